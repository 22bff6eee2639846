//! Passkeys: registered by their owner, good for signing in, as a second factor and for elevation. 通行密钥
//!
//! The device checks who holds it, so a passkey alone is two factors. The questions are ours to recognise: each carries what it
//! is for and until when under our seal, nothing is written when it is put, and it is answered once, rightly or not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pinji_access::passkey::{
    Assertion as Answered, Ceremony, Passkey as Rules, PasskeyFault, Purpose as RulesPurpose, Registration,
    RelyingParty,
};
use pinji_domain::{Message, Timestamp, UserId};
use pinji_store::{NewPasskey, Passkey, UserState};

use super::deed::Deed;
use super::identify::in_force;
use super::password::{RECOVERY, Second, find};
use super::second_factor::new_recovery_codes;
use super::session::{Opened, SessionView, elevated, mine, own_session, remember, start, view_of};
use super::users::line;
use super::{Asked, Caller, Fault, Office};

/// So many for one user.
const MOST: usize = 20;

/// What a question is for. 用途
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A signed-in user adds a passkey.
    Register(UserId),
    /// This user proves once more who he is.
    Confirm(UserId),
    /// Somebody signs in.
    SignIn,
}

/// A question to a browser. 认证问题
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question as it is sent back with the answer.
    pub question: String,
    /// What the browser is to have signed, in base64url.
    pub challenge: String,
    /// The site: a domain.
    pub site: String,
    /// The handle of the user, in base64url; of a registration.
    pub handle: Option<String>,
    /// The passkeys that are meant, or must not be made again, by their ids in base64url.
    pub passkeys: Vec<String>,
    /// The algorithms that are taken, the preferred first, by their COSE numbers.
    pub algorithms: &'static [i64],
}

/// A passkey as its owner sees it. 通行密钥
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyView {
    /// The number.
    pub id: i64,
    /// What the owner calls it.
    pub name: String,
    /// Whether it may be copied to other devices of its owner.
    pub may_be_copied: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// What a browser made of a registration, in base64url. 注册应答
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// The question as it was given.
    pub question: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.attestationObject`.
    pub attestation: String,
}

/// What a passkey answered, in base64url. 通行密钥应答
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The question as it was given.
    pub question: String,
    /// The passkey's id.
    pub id: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.authenticatorData`.
    pub authenticator_data: String,
    /// `response.signature`.
    pub signature: String,
    /// `response.userHandle`, where the browser gives it.
    pub user_handle: Option<String>,
}

/// What adding a passkey takes besides it. 添加通行密钥
#[derive(Debug, Clone)]
pub struct Adding {
    /// What its owner will call it.
    pub name: String,
    /// The password; not asked for in an elevated session.
    pub password: Option<String>,
    /// The code of the second factor, where one is set up.
    pub code: Option<String>,
    /// The new passkey.
    pub credential: NewCredential,
}

/// A passkey that was used.
pub(crate) struct Taken {
    pub(crate) user: UserId,
    pub(crate) passkey: i64,
    pub(crate) counter: i64,
}

/// One's own passkeys, the oldest first. 我的通行密钥
pub async fn list(office: &Office, caller: &Caller) -> Result<Vec<PasskeyView>, Fault> {
    let all = office.store.passkeys_of(caller.user).await?;
    Ok(all.into_iter().map(view).collect())
}

/// Asks a browser to make a passkey. 注册问题
pub async fn registration(office: &Office, caller: &Caller) -> Result<Question, Fault> {
    own_session(caller)?;
    let known = office.store.passkeys_of(caller.user).await?;
    let handle = URL_SAFE_NO_PAD.encode(Ceremony::user_handle(caller.user));
    let question = office.question(Purpose::Register(caller.user), caller.asked.at, known)?;
    Ok(Question {
        handle: Some(handle),
        ..question
    })
}

/// Adds a passkey, after the password was shown or in an elevated session. One's other sessions end. Gives recovery codes
/// where there are none yet. 添加通行密钥
pub async fn add(office: &Office, caller: &Caller, given: Adding) -> Result<(PasskeyView, Vec<String>), Fault> {
    let session = own_session(caller)?;
    let mut wrong = Vec::new();
    let name = line("/name", &given.name, 100, &mut wrong);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let shown = match &given.password {
        Some(password) => {
            let second = Second::code(given.code.as_deref());
            Some(office.prove(&caller.login, password, second, &caller.asked).await?.1)
        }
        None if caller.actor.is_elevated() => None,
        None => return Err(Fault::ElevationNeeded),
    };
    let at = caller.asked.at;
    let purpose = Purpose::Register(caller.user);
    let ceremony = office.answered_once(&given.credential.question, purpose, at).await?;
    let answer = (
        decoded("/credential/response/clientDataJSON", &given.credential.client_data)?,
        decoded("/credential/response/attestationObject", &given.credential.attestation)?,
    );
    let answer = Registration {
        client_data: &answer.0,
        attestation: &answer.1,
    };
    let made = ceremony
        .register(&office.party(), &answer, at)
        .map_err(|fault| Fault::field("/credential", fault.message()))?;
    let change = office.store.change(at).await?;
    if change.passkeys_of(caller.user).await?.len() >= MOST {
        return Err(Fault::Refused(Message::new("app-passkey-many").with("most", MOST)));
    }
    if let Some(shown) = &shown {
        remember(&change, caller.user, shown).await?;
    }
    let new = NewPasskey {
        credential: URL_SAFE_NO_PAD.encode(&made.id),
        user_id: caller.user,
        name,
        public_key: URL_SAFE_NO_PAD.encode(&made.key),
        counter: i64::from(made.counter),
        may_be_copied: made.may_be_copied,
        created_at: change.at(),
    };
    let id = change.add(new).await.map_err(|error| match error {
        pinji_store::Error::Taken { .. } => Fault::refused("app-passkey-known"),
        other => other.into(),
    })?;
    let kept = change.credentials(caller.user).await?;
    let codes = match find(&kept, RECOVERY) {
        Some(_) => Vec::new(),
        None => new_recovery_codes(office, &change, caller).await?,
    };
    change
        .end_sessions_of(caller.user, Some(session), change.at(), "second-factor")
        .await?;
    let passkey = change.passkey(id).await?.ok_or(Fault::Absent)?;
    let deed = Deed::new("user.passkey", format!("user:{}", caller.user))
        .fact("step", "added")
        .fact("passkey", id);
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    Ok((view(passkey), codes))
}

/// Takes one of one's own passkeys away, in an elevated session. 删除通行密钥
pub async fn remove(office: &Office, caller: &Caller, id: i64) -> Result<(), Fault> {
    own_session(caller)?;
    let change = office.store.change(caller.asked.at).await?;
    let passkey = change.passkey(id).await?.filter(|one| one.user_id == caller.user);
    passkey.ok_or(Fault::Absent)?;
    if !caller.actor.is_elevated() {
        return Err(Fault::ElevationNeeded);
    }
    change.remove_passkey(id).await?;
    let deed = Deed::new("user.passkey", format!("user:{}", caller.user))
        .fact("step", "removed")
        .fact("passkey", id);
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await
}

/// Asks a browser for a passkey to sign in with; it does not matter whose. 登录问题
pub fn sign_in_question(office: &Office, asked: &Asked) -> Result<Question, Fault> {
    office.question(Purpose::SignIn, asked.at, Vec::new())
}

/// Signs in by a passkey alone. 通行密钥登录
pub async fn sign_in(office: &Office, asked: &Asked, answer: &Assertion, agent: String) -> Result<Opened, Fault> {
    office.may_come_back(asked).await?;
    let taken = match office.answered(answer, Purpose::SignIn, asked.at).await {
        Ok(Some(taken)) => Ok(taken),
        Ok(None) => Err(Fault::NotSignedIn(PasskeyFault::WrongUser.message())),
        Err(fault) => Err(fault),
    };
    let taken = match taken {
        Err(Fault::NotSignedIn(why)) => {
            office.note_return(asked).await?;
            return Err(Fault::NotSignedIn(why));
        }
        other => other?,
    };
    let change = office.store.change(asked.at).await?;
    let user = change.user(taken.user).await?;
    let user = user.filter(|user| user.state == UserState::Active);
    let user = user.ok_or_else(|| Fault::NotSignedIn(PasskeyFault::WrongUser.message()))?;
    used(&change, &taken).await?;
    change.put(super::password::attempt(&user.login, asked, true)).await?;
    let (id, opened, expires_at) = start(office, &change, asked, user.id, agent).await?;
    let session = SessionView {
        roles: in_force(&change.grants_of(user.id).await?, asked.at),
        second_factor: true,
        ..view_of(&user, expires_at, None)
    };
    let deed = Deed::new("session.open", format!("session:{id}"))
        .fact("second_factor", true)
        .fact("passkey", taken.passkey);
    office
        .keep_as(change, &format!("user:{}", user.id), None, asked, deed, None)
        .await?;
    Ok(Opened {
        secret: opened.secret,
        view: session,
    })
}

/// Asks a browser for one of one's own passkeys. 提权问题
pub async fn elevation_question(office: &Office, caller: &Caller) -> Result<Question, Fault> {
    own_session(caller)?;
    let known = office.store.passkeys_of(caller.user).await?;
    if known.is_empty() {
        return Err(Fault::refused("app-passkey-none"));
    }
    office.question(Purpose::Confirm(caller.user), caller.asked.at, known)
}

/// Elevates the session by one of one's own passkeys. 通行密钥提权
pub async fn elevate(office: &Office, caller: &Caller, answer: &Assertion) -> Result<Opened, Fault> {
    let id = own_session(caller)?;
    let taken = office
        .answered(answer, Purpose::Confirm(caller.user), caller.asked.at)
        .await?;
    let taken = taken.ok_or_else(|| Fault::NotSignedIn(PasskeyFault::WrongUser.message()))?;
    let change = office.store.change(caller.asked.at).await?;
    used(&change, &taken).await?;
    let (secret, until) = elevated(office, &change, id, caller).await?;
    if caller.by_directory {
        change.prove_session(id, "directory_factor").await?;
    }
    let deed = Deed::new("session.elevate", format!("session:{id}"))
        .fact("until", until.to_string())
        .fact("passkey", taken.passkey);
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    let view = SessionView {
        elevated_until: Some(until),
        ..mine(office, caller).await?
    };
    Ok(Opened { secret, view })
}

impl Office {
    /// The site for which passkeys are made: the host under which the office is reached.
    fn party(&self) -> RelyingParty {
        let host = self.origin().split_once("://").map_or(self.origin(), |(_, host)| host);
        // An address in brackets has colons of its own; passkeys are not made for addresses anyway.
        let id = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        RelyingParty {
            id: id.to_owned(),
            origins: vec![self.origin().to_owned()],
        }
    }

    fn question(&self, purpose: Purpose, now: Timestamp, known: Vec<Passkey>) -> Result<Question, Fault> {
        let ceremony = Ceremony::ask(purpose.rules(), self.chance.bytes()?, now);
        let mut bytes = vec![purpose.number()];
        bytes.extend(purpose.user().map_or(0, |user| user.0).to_be_bytes());
        bytes.extend(ceremony.expires.0.to_be_bytes());
        bytes.extend(ceremony.challenge);
        Ok(Question {
            question: self.seal("passkey", &bytes),
            challenge: URL_SAFE_NO_PAD.encode(ceremony.challenge),
            site: self.party().id,
            handle: None,
            passkeys: known.into_iter().map(|passkey| passkey.credential).collect(),
            algorithms: Ceremony::algorithms(),
        })
    }

    /// The question behind this text, if it is one of ours for this purpose; from now on it is answered.
    async fn answered_once(&self, question: &str, purpose: Purpose, now: Timestamp) -> Result<Ceremony, Fault> {
        let other = || Fault::NotSignedIn(PasskeyFault::WrongChallenge.message());
        let bytes = self.unseal("passkey", question).ok_or_else(other)?;
        let (head, challenge) = bytes.split_at_checked(17).ok_or_else(other)?;
        let (kind, numbers) = head.split_first().ok_or_else(other)?;
        let (user, expires) = numbers.split_at_checked(8).ok_or_else(other)?;
        let number = |bytes: &[u8]| bytes.try_into().map(i64::from_be_bytes).map_err(|_| other());
        let (user, expires) = (number(user)?, Timestamp(number(expires)?));
        let fits = *kind == purpose.number() && user == purpose.user().map_or(0, |user| user.0);
        if !fits || now >= expires {
            return Err(other());
        }
        let ceremony = Ceremony {
            challenge: challenge.try_into().map_err(|_| other())?,
            purpose: purpose.rules(),
            expires,
        };
        let upkeep = self.store.upkeep().await?;
        let first = upkeep
            .answer_question(&URL_SAFE_NO_PAD.encode(ceremony.challenge), expires)
            .await?;
        upkeep.commit().await?;
        match first {
            true => Ok(ceremony),
            false => Err(other()),
        }
    }

    /// The passkey that answered; `None` where the office does not know it. Its use is the caller's to write down.
    pub(crate) async fn answered(
        &self,
        answer: &Assertion,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Option<Taken>, Fault> {
        let ceremony = self.answered_once(&answer.question, purpose, now).await?;
        let Some(kept) = self.store.passkey_by_credential(&answer.id).await? else {
            return Ok(None);
        };
        let client_data = decoded("/response/clientDataJSON", &answer.client_data)?;
        let authenticator_data = decoded("/response/authenticatorData", &answer.authenticator_data)?;
        let signature = decoded("/response/signature", &answer.signature)?;
        let handle = answer.user_handle.as_deref();
        let handle = handle.map(|text| decoded("/response/userHandle", text)).transpose()?;
        let said = Answered {
            client_data: &client_data,
            authenticator_data: &authenticator_data,
            signature: &signature,
            user_handle: handle.as_deref(),
        };
        let broken = || Fault::broken("a kept passkey cannot be read");
        let known = Rules {
            id: URL_SAFE_NO_PAD.decode(&kept.credential).map_err(|_| broken())?,
            user: kept.user_id,
            key: URL_SAFE_NO_PAD.decode(&kept.public_key).map_err(|_| broken())?,
            counter: u32::try_from(kept.counter).map_err(|_| broken())?,
            may_be_copied: kept.may_be_copied,
        };
        let moved = ceremony
            .confirm(&self.party(), &known, &said, now)
            .map_err(|fault| Fault::NotSignedIn(fault.message()))?;
        Ok(Some(Taken {
            user: kept.user_id,
            passkey: kept.id,
            counter: i64::from(moved.counter),
        }))
    }
}

impl Purpose {
    fn rules(self) -> RulesPurpose {
        match self {
            Purpose::Register(user) => RulesPurpose::Register(user),
            Purpose::Confirm(user) => RulesPurpose::Confirm(user),
            Purpose::SignIn => RulesPurpose::SignIn,
        }
    }

    fn number(self) -> u8 {
        match self {
            Purpose::Register(_) => 1,
            Purpose::Confirm(_) => 2,
            Purpose::SignIn => 3,
        }
    }

    fn user(self) -> Option<UserId> {
        match self {
            Purpose::Register(user) | Purpose::Confirm(user) => Some(user),
            Purpose::SignIn => None,
        }
    }
}

/// Writes the use down; somebody may have used the same counter in between.
async fn used(change: &pinji_store::Change, taken: &Taken) -> Result<(), Fault> {
    match change.use_passkey(taken.passkey, taken.counter).await? {
        true => Ok(()),
        false => Err(Fault::NotSignedIn(PasskeyFault::Cloned.message())),
    }
}

fn decoded(pointer: &str, text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Fault::field(pointer, PasskeyFault::Malformed.message()))
}

fn view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        id: passkey.id,
        name: passkey.name,
        may_be_copied: passkey.may_be_copied,
        created_at: passkey.created_at,
        used_at: passkey.used_at,
    }
}
