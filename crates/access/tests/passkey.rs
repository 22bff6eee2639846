//! Passkeys against a software authenticator that is written here, from the specification's other side. 通行密钥

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pinji_access::passkey::{Assertion, Ceremony, Passkey, PasskeyFault, Purpose, Registration, RelyingParty};
use pinji_domain::ids::UserId;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use sha2::{Digest, Sha256};

use crate::cells::NOW;

const USER: UserId = UserId(7);
const ORIGIN: &str = "https://pinji.example.com";

fn party() -> RelyingParty {
    RelyingParty {
        id: "pinji.example.com".to_owned(),
        origins: vec![ORIGIN.to_owned()],
    }
}

enum Keys {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// What an authenticator and a browser may do wrong.
#[derive(Clone)]
struct Device {
    id: Vec<u8>,
    counter: u32,
    flags: u8,
    site: String,
    origin: String,
    crossed: bool,
    format: &'static str,
    ty: Option<&'static str>,
    extensions: bool,
}

impl Default for Device {
    fn default() -> Device {
        Device {
            id: vec![9; 32],
            counter: 1,
            flags: 0b101,
            site: party().id,
            origin: ORIGIN.to_owned(),
            crossed: false,
            format: "none",
            ty: None,
            extensions: false,
        }
    }
}

fn head(major: u8, length: usize) -> Vec<u8> {
    match length {
        0..=23 => vec![major << 5 | length as u8],
        24..=255 => vec![major << 5 | 24, length as u8],
        _ => [vec![major << 5 | 25], (length as u16).to_be_bytes().to_vec()].concat(),
    }
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

fn integer(value: i64) -> Vec<u8> {
    if value < 0 {
        head(1, (-1 - value) as usize)
    } else {
        head(0, value as usize)
    }
}

impl Keys {
    fn all() -> [Keys; 3] {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let ecdsa = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let rsa = RsaKeyPair::from_pkcs8(include_bytes!("data/rsa_for_tests.der")).unwrap();
        [
            Keys::Es256(ecdsa),
            Keys::EdDsa(Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap()),
            Keys::Rs256(rsa),
        ]
    }

    fn algorithm(&self) -> i64 {
        match self {
            Keys::Es256(_) => -7,
            Keys::EdDsa(_) => -8,
            Keys::Rs256(_) => -257,
        }
    }

    fn cose(&self) -> Vec<u8> {
        let entry = |key: i64, value: Vec<u8>| [integer(key), value].concat();
        let entries = match self {
            Keys::Es256(pair) => {
                let point = pair.public_key().as_ref();
                vec![
                    entry(1, integer(2)),
                    entry(3, integer(-7)),
                    entry(-1, integer(1)),
                    entry(-2, bytes(&point[1..33])),
                    entry(-3, bytes(&point[33..])),
                ]
            }
            Keys::EdDsa(pair) => vec![
                entry(1, integer(1)),
                entry(3, integer(-8)),
                entry(-1, integer(6)),
                entry(-2, bytes(pair.public_key().as_ref())),
            ],
            Keys::Rs256(pair) => {
                let parts = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                vec![
                    entry(1, integer(3)),
                    entry(3, integer(-257)),
                    entry(-1, bytes(&parts.n)),
                    entry(-2, bytes(&parts.e)),
                ]
            }
        };
        [head(5, entries.len()), entries.concat()].concat()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Keys::Es256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Keys::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Keys::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

impl Device {
    fn client_data(&self, ty: &str, challenge: &[u8]) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        let ty = self.ty.unwrap_or(ty);
        format!(
            r#"{{"type":"{ty}","challenge":"{challenge}","origin":"{}","crossOrigin":{}}}"#,
            self.origin, self.crossed
        )
        .into_bytes()
    }

    fn data(&self, key: Option<&[u8]>) -> Vec<u8> {
        let mut data = Sha256::digest(self.site.as_bytes()).to_vec();
        let more = u8::from(key.is_some()) << 6 | u8::from(self.extensions) << 7;
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        if let Some(key) = key {
            data.extend([0; 16]);
            data.extend((self.id.len() as u16).to_be_bytes());
            data.extend(&self.id);
            data.extend(key);
        }
        if self.extensions {
            data.extend([head(5, 1), text("credProtect"), integer(2)].concat());
        }
        data
    }

    fn register(&self, keys: &Keys, challenge: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let client_data = self.client_data("webauthn.create", challenge);
        let data = self.data(Some(&keys.cose()));
        let statement = match self.format {
            "packed" => {
                let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
                [
                    head(5, 2),
                    text("alg"),
                    integer(keys.algorithm()),
                    text("sig"),
                    bytes(&keys.sign(&signed)),
                ]
                .concat()
            }
            _ => head(5, 0),
        };
        let attestation = [
            head(5, 3),
            text("fmt"),
            text(self.format),
            text("attStmt"),
            statement,
            text("authData"),
            bytes(&data),
        ]
        .concat();
        (client_data, attestation)
    }

    fn answer(&self, keys: &Keys, challenge: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.data(None);
        let signed = [data.clone(), Sha256::digest(&client_data).to_vec()].concat();
        let signature = keys.sign(&signed);
        (client_data, data, signature)
    }
}

fn registered(device: &Device, keys: &Keys) -> Result<Passkey, PasskeyFault> {
    let question = Ceremony::ask(Purpose::Register(USER), [4; 32], NOW);
    let (client_data, attestation) = device.register(keys, &[4; 32]);
    let answer = Registration {
        client_data: &client_data,
        attestation: &attestation,
    };
    question.register(&party(), &answer, NOW)
}

fn signed_in(device: &Device, keys: &Keys, passkey: &Passkey, purpose: Purpose) -> Result<Passkey, PasskeyFault> {
    let question = Ceremony::ask(purpose, [5; 32], NOW);
    let (client_data, authenticator_data, signature) = device.answer(keys, &[5; 32]);
    let handle = Ceremony::user_handle(USER);
    let answer = Assertion {
        client_data: &client_data,
        authenticator_data: &authenticator_data,
        signature: &signature,
        user_handle: Some(&handle),
    };
    question.confirm(&party(), passkey, &answer, NOW)
}

#[test]
fn passkeys_of_all_algorithms_register_and_sign_in() {
    assert_eq!(Ceremony::algorithms(), Keys::all().map(|keys| keys.algorithm()));
    for keys in Keys::all() {
        for (format, extensions) in [("none", false), ("packed", false), ("none", true)] {
            let mut device = Device {
                format,
                extensions,
                ..Device::default()
            };
            let mut passkey = registered(&device, &keys).unwrap();
            assert_eq!((passkey.user, passkey.counter, passkey.may_be_copied), (USER, 1, false));
            for counter in [2, 7] {
                device.counter = counter;
                passkey = signed_in(&device, &keys, &passkey, Purpose::SignIn).unwrap();
                assert_eq!(passkey.counter, counter);
            }
            assert_eq!(
                signed_in(&device, &keys, &passkey, Purpose::Confirm(USER)),
                Err(PasskeyFault::Cloned)
            );
        }
    }
}

#[test]
fn wrong_registrations_are_refused() {
    let [keys, ..] = Keys::all();
    let check = |fault: PasskeyFault, change: fn(&mut Device)| {
        let mut device = Device::default();
        change(&mut device);
        assert_eq!(registered(&device, &keys).map(|_| ()), Err(fault));
    };
    check(PasskeyFault::WrongSite, |device| {
        device.site = "evil.example.com".to_owned()
    });
    check(PasskeyFault::WrongSite, |device| {
        device.origin = "https://pinji.example.com.evil.com".to_owned()
    });
    check(PasskeyFault::WrongSite, |device| {
        device.origin = "http://pinji.example.com".to_owned()
    });
    check(PasskeyFault::WrongSite, |device| device.crossed = true);
    check(PasskeyFault::NotVerified, |device| device.flags = 0b001);
    check(PasskeyFault::NotVerified, |device| device.flags = 0b100);
    check(PasskeyFault::Malformed, |device| device.flags = 0b10101);
    check(PasskeyFault::WrongChallenge, |device| device.ty = Some("webauthn.get"));
    check(PasskeyFault::Unsupported, |device| device.format = "fido-u2f");
    check(PasskeyFault::Malformed, |device| device.id = Vec::new());
    check(PasskeyFault::Malformed, |device| device.id = vec![1; 1024]);
    let question = |purpose, challenge| Ceremony::ask(purpose, challenge, NOW);
    let (client_data, attestation) = Device::default().register(&keys, &[4; 32]);
    let answer = Registration {
        client_data: &client_data,
        attestation: &attestation,
    };
    let late = question(Purpose::Register(USER), [4; 32]).register(&party(), &answer, NOW.plus_seconds(300));
    assert_eq!(late, Err(PasskeyFault::WrongChallenge));
    let other = question(Purpose::Register(USER), [6; 32]).register(&party(), &answer, NOW);
    assert_eq!(other, Err(PasskeyFault::WrongChallenge));
    let not_asked = question(Purpose::SignIn, [4; 32]).register(&party(), &answer, NOW);
    assert_eq!(not_asked, Err(PasskeyFault::WrongChallenge));
    // Cut off anywhere, or with something behind: an answer, not a panic.
    for end in 0..attestation.len() {
        let cut = Registration {
            attestation: &attestation[..end],
            ..answer
        };
        let found = question(Purpose::Register(USER), [4; 32]).register(&party(), &cut, NOW);
        assert_eq!(found, Err(PasskeyFault::Malformed), "{end}");
    }
    let longer = [attestation.clone(), vec![0]].concat();
    let longer = Registration {
        attestation: &longer,
        ..answer
    };
    assert!(
        question(Purpose::Register(USER), [4; 32])
            .register(&party(), &longer, NOW)
            .is_err()
    );
}

#[test]
fn self_attestation_must_be_by_the_key_itself() {
    let [keys, other, _] = Keys::all();
    let device = Device {
        format: "packed",
        ..Device::default()
    };
    let (client_data, mut attestation) = device.register(&keys, &[4; 32]);
    // The statement says another algorithm than the key's.
    let at = attestation
        .windows(5)
        .position(|part| part == [0x63, b'a', b'l', b'g', 0x26])
        .unwrap();
    attestation[at + 4] = 0x27;
    let answer = Registration {
        client_data: &client_data,
        attestation: &attestation,
    };
    let question = Ceremony::ask(Purpose::Register(USER), [4; 32], NOW);
    assert_eq!(
        question.register(&party(), &answer, NOW),
        Err(PasskeyFault::Unsupported)
    );
    let (_, attestation) = device.register(&other, &[6; 32]);
    let answer = Registration {
        client_data: &client_data,
        attestation: &attestation,
    };
    assert_eq!(
        question.register(&party(), &answer, NOW),
        Err(PasskeyFault::BadSignature)
    );
}

#[test]
fn wrong_log_ins_are_refused() {
    for keys in Keys::all() {
        let passkey = registered(&Device::default(), &keys).unwrap();
        let check = |fault: PasskeyFault, purpose: Purpose, change: fn(&mut Device)| {
            let mut device = Device {
                counter: 2,
                ..Device::default()
            };
            change(&mut device);
            assert_eq!(signed_in(&device, &keys, &passkey, purpose).map(|_| ()), Err(fault));
        };
        check(PasskeyFault::WrongUser, Purpose::Confirm(UserId(8)), |_| {});
        check(PasskeyFault::WrongChallenge, Purpose::Register(USER), |_| {});
        check(PasskeyFault::WrongSite, Purpose::SignIn, |device| {
            device.site = "evil.example.com".to_owned()
        });
        check(PasskeyFault::WrongSite, Purpose::SignIn, |device| {
            device.origin = "https://evil.example.com".to_owned()
        });
        check(PasskeyFault::NotVerified, Purpose::SignIn, |device| device.flags = 1);
        check(PasskeyFault::Malformed, Purpose::SignIn, |device| device.flags = 0b1101);
        check(PasskeyFault::Cloned, Purpose::SignIn, |device| device.counter = 1);
        check(PasskeyFault::Cloned, Purpose::SignIn, |device| device.counter = 0);
        check(PasskeyFault::WrongChallenge, Purpose::SignIn, |device| {
            device.ty = Some("webauthn.create")
        });
        // One bit changed in what is signed or in the signature.
        let question = Ceremony::ask(Purpose::SignIn, [5; 32], NOW);
        let device = Device {
            counter: 2,
            ..Device::default()
        };
        let (client_data, data, signature) = device.answer(&keys, &[5; 32]);
        let handle = Ceremony::user_handle(USER);
        let ask = |data: &[u8], signature: &[u8], handle: Option<&[u8]>| {
            let answer = Assertion {
                client_data: &client_data,
                authenticator_data: data,
                signature,
                user_handle: handle,
            };
            question.confirm(&party(), &passkey, &answer, NOW).map(|_| ())
        };
        assert_eq!(ask(&data, &signature, Some(&handle)), Ok(()));
        let mut changed = data.clone();
        changed[36] ^= 4;
        assert_eq!(
            ask(&changed, &signature, Some(&handle)),
            Err(PasskeyFault::BadSignature)
        );
        let mut changed = signature.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(ask(&data, &changed, Some(&handle)), Err(PasskeyFault::BadSignature));
        assert_eq!(ask(&data, &[], Some(&handle)), Err(PasskeyFault::BadSignature));
        assert_eq!(ask(&data, &signature, None), Err(PasskeyFault::WrongUser));
        assert_eq!(ask(&data, &signature, Some(&[0; 8])), Err(PasskeyFault::WrongUser));
        let [other, ..] = Keys::all();
        if matches!(keys, Keys::Es256(_)) {
            let (_, _, forged) = device.answer(&other, &[5; 32]);
            assert_eq!(ask(&data, &forged, Some(&handle)), Err(PasskeyFault::BadSignature));
        }
    }
}

#[test]
fn synced_passkeys_do_not_count() {
    let [keys, ..] = Keys::all();
    let device = Device {
        counter: 0,
        flags: 0b11101,
        ..Device::default()
    };
    let passkey = registered(&device, &keys).unwrap();
    assert!(passkey.may_be_copied);
    let again = signed_in(&device, &keys, &passkey, Purpose::SignIn).unwrap();
    assert_eq!(again, passkey);
}

#[test]
fn hostile_bytes_are_answered() {
    let question = Ceremony::ask(Purpose::Register(USER), [4; 32], NOW);
    let [keys, ..] = Keys::all();
    let (client_data, attestation) = Device::default().register(&keys, &[4; 32]);
    let mut state = 1_u64;
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut hostile = attestation.clone();
        for _ in 0..1 + state % 3 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 33) as usize % hostile.len();
            hostile[at] = (state >> 20) as u8;
        }
        let answer = Registration {
            client_data: &client_data,
            attestation: &hostile,
        };
        accepted += usize::from(question.register(&party(), &answer, NOW).is_ok());
    }
    // Changes within the key's coordinates, the credential's id or the counter are not visible at registration.
    assert!(accepted < 20_000);
    for bomb in [
        vec![0x9f; 10_000],
        vec![0x81; 10_000],
        vec![0xbb; 9],
        [0x5b_u8].iter().chain(&[0xff; 8]).copied().collect(),
    ] {
        let answer = Registration {
            client_data: &client_data,
            attestation: &bomb,
        };
        assert_eq!(question.register(&party(), &answer, NOW), Err(PasskeyFault::Malformed));
    }
    for json in [
        "",
        "{",
        "[]",
        "{\"type\":1}",
        "{\"type\":\"webauthn.create\",\"challenge\":\"**\",\"origin\":\"\"}",
    ] {
        let answer = Registration {
            client_data: json.as_bytes(),
            attestation: &attestation,
        };
        assert!(question.register(&party(), &answer, NOW).is_err(), "{json}");
    }
}
