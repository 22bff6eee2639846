//! Coming back from the directory: the same browser, once, in time; then in, or elevated. 完成目录登录

use pinji_access::identity::SecretHash;
use pinji_domain::Message;
use pinji_store::NewSetupLink;
use subtle::ConstantTimeEq;

use super::begin::{Memory, SECONDS, directory, fault_of};
use super::{elevate, enter};
use crate::register::keys::hex;
use crate::register::session::Opened;
use crate::register::{Asked, Credential, Fault, Office};

/// What somebody brings back. 回调内容
#[derive(Debug, Clone, Default)]
pub struct Returned {
    /// For the directory, which says for it who this is.
    pub code: Option<String>,
    /// What went out with him.
    pub state: String,
    /// The issuer that the answer names.
    pub issuer: Option<String>,
    /// Why the directory let nobody in.
    pub error: Option<String>,
    /// What the browser kept.
    pub remembered: Option<String>,
    /// The session that the browser has, if it has one.
    pub session: Option<String>,
    /// The program that they use.
    pub agent: String,
}

/// Somebody who is in. 登录结果
#[derive(Debug)]
pub enum Entered {
    /// With a new session.
    New(Opened),
    /// With the session that there was, elevated, under a new secret.
    Elevated(Opened),
}

/// Lets somebody in, or elevates the session. One entry in the ledger, as for passwords. 完成登录
pub async fn finish(office: &Office, asked: &Asked, given: Returned) -> Result<Entered, Fault> {
    directory(office)?;
    office.may_come_back(asked).await?;
    let done = come_back(office, asked, given).await;
    // A directory that is away is no failure of whoever comes from it.
    if matches!(
        &done,
        Err(Fault::NotSignedIn(_) | Fault::Forbidden(_) | Fault::Refused(_))
    ) {
        office.note_return(asked).await?;
    }
    done
}

async fn come_back(office: &Office, asked: &Asked, given: Returned) -> Result<Entered, Fault> {
    let directory = directory(office)?;
    let refused = |code| Fault::NotSignedIn(Message::new(code));
    let memory = given
        .remembered
        .as_deref()
        .and_then(|text| Memory::open(office, text, asked.at));
    let memory = memory.ok_or_else(|| refused("app-sign-on-forgotten"))?;
    let errand = memory.errand(office);
    if !bool::from(errand.state.as_bytes().ct_eq(given.state.as_bytes())) {
        return Err(refused("app-sign-on-forgotten"));
    }
    match given.error.as_deref() {
        None => {}
        Some(error @ ("temporarily_unavailable" | "server_error")) => {
            return Err(fault_of(super::Unsure::Away(error.to_owned().into())));
        }
        Some(error) => {
            let error: String = error.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(Fault::NotSignedIn(
                Message::new("app-sign-on-refused-there").with("error", error),
            ));
        }
    }
    let code = given.code.ok_or_else(|| refused("app-sign-on-without-code"))?;
    let hash = hex(&SecretHash::of(&errand.state).0);
    if office.store.setup_link(&hash).await?.is_some() {
        return Err(refused("app-sign-on-used"));
    }
    let who = directory
        .provider
        .finish(&code, given.issuer.as_deref(), &errand, asked.at)
        .await
        .map_err(fault_of)?;
    // Kept in the change that lets him in: what was used up once is never good again.
    let used = NewSetupLink {
        hash,
        sort: "sign-on".to_owned(),
        user_id: None,
        created_at: asked.at,
        expires_at: memory.at.plus_seconds(SECONDS),
    };
    if !memory.anew {
        return enter::enter(office, asked, who, used, given.agent)
            .await
            .map(Entered::New);
    }
    let secret = given
        .session
        .ok_or_else(|| Fault::NotSignedIn(Message::new("app-session-unknown")))?;
    let caller = office.identify(&Credential::Session(secret), asked).await?;
    elevate::elevate(office, &caller, &who, memory.at, used)
        .await
        .map(Entered::Elevated)
}
