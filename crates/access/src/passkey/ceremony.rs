//! The two ceremonies: a passkey is registered, and somebody signs in with it. 注册与登录

use pinji_domain::Timestamp;
use pinji_domain::ids::UserId;
use sha2::{Digest, Sha256};

use super::authenticator_data::AuthenticatorData;
use super::cbor::{self, Value};
use super::public_key::{ALGORITHMS, PublicKey};
use super::{PasskeyFault, client_data};

/// For how long a question stands.
const SECONDS: i64 = 5 * 60;

/// The site for which passkeys are made. 依赖方
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain, for instance `pinji.example.com`.
    pub id: String,
    /// The addresses under which the office is opened, for instance `https://pinji.example.com`.
    pub origins: Vec<String>,
}

/// What a question is for. 用途
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A signed-in user adds a passkey.
    Register(UserId),
    /// This user proves who he is: the second factor, or an elevation.
    Confirm(UserId),
    /// Somebody signs in; the passkey tells who.
    SignIn,
}

/// A question to a browser, kept until it is answered, once. 一次认证
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// 256 random bits.
    pub challenge: [u8; 32],
    /// What for.
    pub purpose: Purpose,
    /// When the question lapses.
    pub expires: Timestamp,
}

/// A browser's answer to a registration, decoded from base64url. 注册应答
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// `response.clientDataJSON`.
    pub client_data: &'a [u8],
    /// `response.attestationObject`.
    pub attestation: &'a [u8],
}

/// A browser's answer to a log-in, decoded from base64url. 登录应答
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    /// `response.clientDataJSON`.
    pub client_data: &'a [u8],
    /// `response.authenticatorData`.
    pub authenticator_data: &'a [u8],
    /// `response.signature`.
    pub signature: &'a [u8],
    /// `response.userHandle`, where the browser gives it.
    pub user_handle: Option<&'a [u8]>,
}

/// A passkey as it is kept: found by its id, which the browser names (`rawId`). 通行密钥
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential's id, unique in the office.
    pub id: Vec<u8>,
    /// Whose it is.
    pub user: UserId,
    /// The public key, in COSE.
    pub key: Vec<u8>,
    /// The authenticator's counter at its last use; 0 where it does not count.
    pub counter: u32,
    /// Whether it may be copied to other devices of its owner.
    pub may_be_copied: bool,
}

impl Ceremony {
    /// Asks a question of 256 random bits.
    pub fn ask(purpose: Purpose, random: [u8; 32], now: Timestamp) -> Ceremony {
        Ceremony {
            challenge: random,
            purpose,
            expires: now.plus_seconds(SECONDS),
        }
    }

    /// The algorithms that the browser is to be offered, by COSE number, the preferred first.
    pub fn algorithms() -> &'static [i64] {
        &ALGORITHMS
    }

    /// The handle under which an authenticator keeps a user: the number, not the name.
    pub fn user_handle(user: UserId) -> [u8; 8] {
        user.0.to_be_bytes()
    }

    /// Verifies a registration. The caller takes the question away in the same transaction, and refuses an id that is known.
    ///
    /// Attestation is not asked for: `none` is taken, and the key's own signature (`packed`, self) is checked where it is sent.
    pub fn register(
        &self,
        party: &RelyingParty,
        answer: &Registration<'_>,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyFault> {
        let Purpose::Register(user) = self.purpose else {
            return Err(PasskeyFault::WrongChallenge);
        };
        self.in_time(now)?;
        client_data::check(answer.client_data, "webauthn.create", &self.challenge, party)?;
        let (attestation, length) = cbor::read(answer.attestation)?;
        if length != answer.attestation.len() {
            return Err(PasskeyFault::Malformed);
        }
        let said = attestation.named("authData").and_then(Value::bytes);
        let said = said.ok_or(PasskeyFault::Malformed)?;
        let data = AuthenticatorData::read(said, party)?;
        let new = data.new.ok_or(PasskeyFault::Malformed)?;
        let statement = attestation.named("attStmt").ok_or(PasskeyFault::Malformed)?;
        match attestation.named("fmt") {
            Some(Value::Text("none")) if *statement == Value::Map(Vec::new()) => {}
            Some(Value::Text("packed")) if statement.named("x5c").is_none() => {
                let algorithm = statement.named("alg").and_then(Value::integer);
                let signature = statement.named("sig").and_then(Value::bytes);
                if algorithm != Some(new.key.algorithm()) {
                    return Err(PasskeyFault::Unsupported);
                }
                let signature = signature.ok_or(PasskeyFault::Malformed)?;
                new.key.verify(&signed(said, answer.client_data), signature)?;
            }
            _ => return Err(PasskeyFault::Unsupported),
        }
        Ok(Passkey {
            id: new.id.to_vec(),
            user,
            key: new.cose.to_vec(),
            counter: data.counter,
            may_be_copied: data.may_be_copied,
        })
    }

    /// Verifies that the holder of `passkey` answered, and gives the passkey with its counter moved on, to be kept.
    pub fn confirm(
        &self,
        party: &RelyingParty,
        passkey: &Passkey,
        answer: &Assertion<'_>,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyFault> {
        match self.purpose {
            Purpose::Register(_) => return Err(PasskeyFault::WrongChallenge),
            Purpose::Confirm(user) if user != passkey.user => return Err(PasskeyFault::WrongUser),
            Purpose::Confirm(_) => {}
            // Only the device tells who signs in: it must say so.
            Purpose::SignIn if answer.user_handle.is_none() => return Err(PasskeyFault::WrongUser),
            Purpose::SignIn => {}
        }
        if answer
            .user_handle
            .is_some_and(|handle| handle != Ceremony::user_handle(passkey.user))
        {
            return Err(PasskeyFault::WrongUser);
        }
        self.in_time(now)?;
        client_data::check(answer.client_data, "webauthn.get", &self.challenge, party)?;
        let data = AuthenticatorData::read(answer.authenticator_data, party)?;
        if data.may_be_copied != passkey.may_be_copied {
            return Err(PasskeyFault::Malformed);
        }
        let (cose, _) = cbor::read(&passkey.key)?;
        let message = signed(answer.authenticator_data, answer.client_data);
        PublicKey::read(&cose)?.verify(&message, answer.signature)?;
        if (data.counter != 0 || passkey.counter != 0) && data.counter <= passkey.counter {
            return Err(PasskeyFault::Cloned);
        }
        Ok(Passkey {
            counter: data.counter,
            ..passkey.clone()
        })
    }

    fn in_time(&self, now: Timestamp) -> Result<(), PasskeyFault> {
        if now >= self.expires {
            return Err(PasskeyFault::WrongChallenge);
        }
        Ok(())
    }
}

/// What is signed: the authenticator's statement, then the hash of the browser's.
fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [authenticator_data, Sha256::digest(client_data).as_slice()].concat()
}
