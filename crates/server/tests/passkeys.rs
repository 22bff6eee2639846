//! Passkeys with a software authenticator, against the real server: registered, used to sign in and to elevate, and misused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::site::{ORIGIN, Person, Site, sites};

/// A device and the browser in front of it, and what they may do wrong.
pub struct Device {
    keys: Ed25519KeyPair,
    id: Vec<u8>,
    counter: u32,
    /// Present and verified.
    flags: u8,
    site: String,
    origin: String,
    handle: Vec<u8>,
}

impl Device {
    pub fn new(seed: u8) -> Device {
        Device {
            keys: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(),
            id: vec![seed; 24],
            counter: 1,
            flags: 0b101,
            site: "pinji.example".to_owned(),
            origin: ORIGIN.to_owned(),
            handle: Vec::new(),
        }
    }

    fn client_data(&self, ty: &str, question: &Value) -> Vec<u8> {
        json!({ "type": ty, "challenge": question["publicKey"]["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, key: Option<&[u8]>) -> Vec<u8> {
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        data.push(self.flags | u8::from(key.is_some()) << 6);
        data.extend(self.counter.to_be_bytes());
        if let Some(key) = key {
            data.extend([0; 16]);
            data.extend((self.id.len() as u16).to_be_bytes());
            data.extend(&self.id);
            data.extend(key);
        }
        data
    }

    /// What `toJSON` writes after a registration.
    pub fn made(&mut self, question: &Value) -> Value {
        self.handle = URL_SAFE_NO_PAD
            .decode(question["publicKey"]["user"]["id"].as_str().unwrap())
            .unwrap();
        // {1: 1, 3: -8, -1: 6, -2: key}
        let mut cose = vec![0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
        cose.extend(self.keys.public_key().as_ref());
        let data = self.data(Some(&cose));
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(data.len() as u8);
        attestation.extend(&data);
        json!({
            "id": URL_SAFE_NO_PAD.encode(&self.id), "rawId": URL_SAFE_NO_PAD.encode(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", question)),
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation), "transports": ["usb"],
            },
        })
    }

    /// What `toJSON` writes after an assertion, with the question that it answers; the counter goes up.
    pub fn answer(&mut self, question: &Value) -> Value {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", question);
        let data = self.data(None);
        let signed = [data.clone(), digest(&SHA256, &client_data).as_ref().to_vec()].concat();
        json!({
            "question": question["question"],
            "credential": {
                "id": URL_SAFE_NO_PAD.encode(&self.id), "rawId": URL_SAFE_NO_PAD.encode(&self.id), "type": "public-key",
                "response": {
                    "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                    "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                    "signature": URL_SAFE_NO_PAD.encode(self.keys.sign(&signed)),
                    "userHandle": URL_SAFE_NO_PAD.encode(&self.handle),
                },
            },
        })
    }
}

const SIGN_IN: &str = "/api/v1/session/passkey";
const ELEVATE: &str = "/api/v1/session/elevation/passkey";
const MINE: &str = "/api/v1/session/passkeys";

fn question(site: &Site) -> Value {
    site.send(&site.ask("GET", SIGN_IN)).expect(200).json()
}

fn sign_in(site: &Site, answer: &Value) -> Answer {
    site.send(&site.ask("POST", SIGN_IN).json(answer))
}

/// Registers the device; in an elevated session no password is needed.
fn add(site: &Site, person: &Person, device: &mut Device) -> Answer {
    let question = site.get(person, &format!("{MINE}/question")).expect(200).json();
    let credential = device.made(&question);
    let body = json!({ "question": question["question"], "name": "办公室电脑", "credential": credential });
    site.post(person, MINE, &body)
}

#[test]
fn a_passkey_is_added_used_and_taken_away() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let mut device = Device::new(1);
        let before = site.ledger_size(&system);
        let added = add(&site, &first, &mut device).expect(201).json();
        assert_eq!(site.ledger_size(&system), before + 1, "{}", site.name);
        assert_eq!(added["recovery_codes"], json!([]), "there are some from the app");
        assert_eq!(add(&site, &first, &mut device).problem(), "conflict", "the same twice");
        // Signing in by it alone: one entry, and the session counts as one with a second factor.
        let answer = device.answer(&question(&site));
        let before = site.ledger_size(&system);
        let opened = sign_in(&site, &answer).expect(201);
        assert_eq!(site.ledger_size(&system), before + 1);
        assert_eq!(
            (&opened.json()["user"], &opened.json()["second_factor"]),
            (&json!(first.id), &json!(true))
        );
        let mine = Person {
            cookie: opened.cookie().unwrap(),
            ..first.clone()
        };
        // Elevating by it: the session has a new secret, and users can be made.
        let asked = site.get(&mine, ELEVATE).expect(200).json();
        assert_eq!(asked["publicKey"]["userVerification"], "required");
        assert_eq!(
            asked["publicKey"]["allowCredentials"][0]["id"],
            URL_SAFE_NO_PAD.encode(&device.id)
        );
        let answer = device.answer(&asked);
        let before = site.ledger_size(&system);
        let higher = site.post(&mine, ELEVATE, &answer).expect(201);
        assert_eq!(site.ledger_size(&system), before + 1);
        site.get(&mine, "/api/v1/session").expect(401);
        let higher = Person {
            cookie: higher.cookie().unwrap(),
            ..first.clone()
        };
        let body = json!({ "login": "new.one", "name": "新人" });
        site.post(&higher, "/api/v1/users", &body).expect(201);
        // Beside the password, in place of a code.
        let answer = device.answer(&question(&site));
        let body = json!({ "login": first.login, "password": first.password, "passkey": answer });
        site.send(&site.ask("POST", "/api/v1/session").json(&body)).expect(201);
        // Whoever has one is listed with it, and takes it away only in an elevated session; nobody takes another's.
        let listed = site.get(&higher, MINE).expect(200).json();
        let id = listed["items"][0]["id"].as_i64().unwrap();
        assert!(listed["items"][0]["used_at"].is_string(), "{listed}");
        let path = format!("{MINE}/{id}");
        assert_eq!(site.send(&site.by(&deputy, "DELETE", &path)).problem(), "not-found");
        let plain = site.renew(&first);
        assert_eq!(
            site.send(&site.by(&plain, "DELETE", &path)).problem(),
            "elevation-needed"
        );
        let before = site.ledger_size(&system);
        site.send(&site.by(&higher, "DELETE", &path)).expect(204);
        assert_eq!(site.ledger_size(&system), before + 1);
        let answer = device.answer(&question(&site));
        assert_eq!(sign_in(&site, &answer).problem(), "not-signed-in");
    }
}

#[test]
fn with_a_passkey_alone_a_password_alone_does_not_sign_in() {
    let site = Site::sqlite();
    let (first, _, _) = site.set_up();
    let made = site
        .post(&first, "/api/v1/users", &json!({ "login": "sun.li", "name": "孙丽" }))
        .expect(201)
        .json();
    let link = json!({ "link": made["link"], "password": crate::site::PASSWORDS[3] });
    site.send(&site.ask("POST", "/api/v1/passwords").json(&link))
        .expect(201);
    let opened = site.sign_in("sun.li", crate::site::PASSWORDS[3], None).expect(201);
    let sun = Person {
        id: made["id"].as_i64().unwrap(),
        login: "sun.li".to_owned(),
        password: crate::site::PASSWORDS[3].to_owned(),
        factor: None,
        cookie: opened.cookie().unwrap(),
    };
    let mut device = Device::new(2);
    // Neither elevated nor with the password.
    assert_eq!(add(&site, &sun, &mut device).problem(), "elevation-needed");
    let question = site.get(&sun, &format!("{MINE}/question")).expect(200).json();
    let body = json!({ "question": question["question"], "name": "手机", "password": sun.password, "credential": device.made(&question) });
    let added = site.post(&sun, MINE, &body).expect(201).json();
    let codes = added["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    assert_eq!(site.sign_in("sun.li", &sun.password, None).status, 401);
    assert_eq!(site.sign_in("sun.li", &sun.password, Some("123456")).status, 401);
    site.sign_in("sun.li", &sun.password, codes[0].as_str()).expect(201);
    assert_eq!(
        site.sign_in("sun.li", &sun.password, codes[0].as_str()).status,
        401,
        "each once"
    );
}

#[test]
fn what_is_not_in_order_is_refused_and_leaves_nothing() {
    for site in sites() {
        let (first, deputy, system) = site.set_up();
        let mut device = Device::new(3);
        add(&site, &first, &mut device).expect(201);
        let mut other = Device::new(4);
        add(&site, &deputy, &mut other).expect(201);
        let before = site.ledger_size(&system);
        let mut refused = |what: &str, change: &dyn Fn(&mut Device, &mut Value)| {
            let mut asked = question(&site);
            let mut spoilt = Device {
                id: device.id.clone(),
                handle: device.handle.clone(),
                counter: device.counter,
                ..Device::new(3)
            };
            change(&mut spoilt, &mut asked);
            let answer = spoilt.answer(&asked);
            device.counter += 1;
            assert_eq!(sign_in(&site, &answer).status, 401, "{}: {what}", site.name);
        };
        refused("another origin", &|device, _| {
            device.origin = "https://pinji.example.evil".to_owned()
        });
        refused("another site", &|device, _| device.site = "evil.example".to_owned());
        refused("nobody was there", &|device, _| device.flags = 0b100);
        refused("nobody was checked", &|device, _| device.flags = 0b001);
        refused("another's handle", &|device, _| {
            device.handle = 99_i64.to_be_bytes().to_vec()
        });
        refused("another key", &|device, _| device.keys = Device::new(9).keys);
        refused("an unknown passkey", &|device, _| device.id = vec![77; 24]);
        refused("another challenge", &|_, asked| {
            asked["publicKey"]["challenge"] = URL_SAFE_NO_PAD.encode([7; 32]).into()
        });
        refused("a question of somebody's own", &|_, asked| {
            asked["question"] = "AAAA".into()
        });
        // The counter goes back.
        let asked = question(&site);
        let high = device.counter;
        device.counter = high + 10;
        sign_in(&site, &device.answer(&asked)).expect(201);
        let asked = question(&site);
        device.counter = high;
        assert_eq!(
            sign_in(&site, &device.answer(&asked)).status,
            401,
            "the counter went back"
        );
        device.counter = high + 20;
        // A question is good once, also after a wrong answer, and for five minutes.
        let asked = question(&site);
        let answer = device.answer(&asked);
        sign_in(&site, &answer).expect(201);
        assert_eq!(sign_in(&site, &answer).status, 401, "the same again");
        assert_eq!(
            sign_in(&site, &device.answer(&asked)).status,
            401,
            "another answer to the same question"
        );
        let asked = question(&site);
        let mut wrong = device.answer(&asked);
        wrong["credential"]["response"]["signature"] = URL_SAFE_NO_PAD.encode([1; 64]).into();
        assert_eq!(sign_in(&site, &wrong).status, 401);
        assert_eq!(
            sign_in(&site, &device.answer(&asked)).status,
            401,
            "a wrong answer uses it up"
        );
        let asked = question(&site);
        site.clock.advance(301);
        assert_eq!(sign_in(&site, &device.answer(&asked)).status, 401, "too late");
        // A question for one thing is none for another, and another user's passkey is not one's own.
        let mine = site.renew(&first);
        let to_sign_in = question(&site);
        assert_eq!(site.post(&mine, ELEVATE, &device.answer(&to_sign_in)).status, 401);
        let to_elevate = site.get(&mine, ELEVATE).expect(200).json();
        assert_eq!(sign_in(&site, &device.answer(&to_elevate)).status, 401);
        let to_elevate = site.get(&mine, ELEVATE).expect(200).json();
        assert_eq!(site.post(&mine, ELEVATE, &other.answer(&to_elevate)).status, 401);
        let theirs = site.renew(&deputy);
        let to_elevate = site.get(&mine, ELEVATE).expect(200).json();
        assert_eq!(site.post(&theirs, ELEVATE, &other.answer(&to_elevate)).status, 401);
        let opened = site.get(&mine, "/api/v1/session").expect(200).json();
        assert_eq!(opened["elevated_until"], Value::Null);
        // Two entries for those who came in, and two for the renewed sessions.
        assert_eq!(site.ledger_size(&system), before + 4, "{}", site.name);
        // Who is locked out stays out.
        site.patch(
            &site.elevate(&mine),
            &format!("/api/v1/users/{}", deputy.id),
            &json!({ "state": "locked" }),
        )
        .expect(200);
        assert_eq!(sign_in(&site, &other.answer(&question(&site))).status, 401);
    }
}
