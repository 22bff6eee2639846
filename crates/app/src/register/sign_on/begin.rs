//! Sending somebody to the directory, and what the browser must keep meanwhile. 发起目录登录

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pinji_domain::{Message, Timestamp};

use super::{Directory, Errand, Unsure};
use crate::register::{Asked, Fault, Office};

/// For how long somebody may stay away.
pub(super) const SECONDS: i64 = 600;
/// Where the directory sends people back to, after the office's own address.
const BACK: &str = "/api/v1/session/oidc/callback";
const PURPOSE: &str = "sign-on";

/// Somebody about to be sent away. 待跳转
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub address: String,
    /// What only this browser must bring back, within ten minutes.
    pub remembered: String,
}

/// The directory's name for people and its issuer, where one is set up. 可用登录方式
pub fn offered(office: &Office) -> Option<(&str, &str)> {
    let directory = office.directory.as_ref()?;
    Some((&directory.name, directory.provider.issuer()))
}

/// Sends somebody to the directory; with `anew` to prove once more who he is. Nothing is written. 发起登录
pub async fn begin(office: &Office, asked: &Asked, anew: bool) -> Result<Begun, Fault> {
    let directory = directory(office)?;
    office.may_come_back(asked).await?;
    // Who came first would become nothing, and the first administrators could not be made any more.
    if crate::register::setup::is_open(office).await? {
        return Err(Fault::refused("app-sign-on-before-set-up"));
    }
    let memory = Memory {
        secret: office.chance.bytes()?,
        at: asked.at,
        anew,
    };
    let errand = memory.errand(office);
    let address = directory.provider.begin(&errand).await.map_err(fault_of)?;
    Ok(Begun {
        address,
        remembered: memory.sealed(office),
    })
}

pub(super) fn directory(office: &Office) -> Result<&Directory, Fault> {
    office.directory.as_ref().ok_or(Fault::Absent)
}

pub(super) fn fault_of(unsure: Unsure) -> Fault {
    match unsure {
        Unsure::Refused(says) => Fault::NotSignedIn(says),
        Unsure::Away(cause) => Fault::Unreachable {
            says: Message::new("app-sign-on-away"),
            cause,
        },
    }
}

/// What the browser keeps: random bytes under our seal. State, nonce and verifier follow from them and our key, so that
/// the browser, and whoever reads its cookies, has none of the three.
pub(super) struct Memory {
    pub(super) secret: [u8; 32],
    pub(super) at: Timestamp,
    pub(super) anew: bool,
}

impl Memory {
    fn sealed(&self, office: &Office) -> String {
        let parts = [self.secret.as_slice(), &self.at.0.to_be_bytes(), &[u8::from(self.anew)]];
        office.keys.seal(PURPOSE, &parts.concat())
    }

    /// What this text keeps, if we made it, not longer ago than may be.
    pub(super) fn open(office: &Office, text: &str, now: Timestamp) -> Option<Memory> {
        let bytes = office.keys.unseal(PURPOSE, text)?;
        let (secret, rest) = bytes.split_first_chunk::<32>()?;
        let (at, anew) = rest.split_first_chunk::<8>()?;
        let memory = Memory {
            secret: *secret,
            at: Timestamp(i64::from_be_bytes(*at)),
            anew: anew == [1],
        };
        (memory.at <= now && now < memory.at.plus_seconds(SECONDS)).then_some(memory)
    }

    pub(super) fn errand(&self, office: &Office) -> Errand {
        let part = |purpose: &str| URL_SAFE_NO_PAD.encode(office.keys.tag(purpose, &self.secret));
        Errand {
            back: format!("{}{BACK}", office.origin()),
            state: part("sign-on/state"),
            nonce: part("sign-on/nonce"),
            verifier: part("sign-on/verifier"),
            anew: self.anew,
        }
    }
}
