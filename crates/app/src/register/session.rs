//! Signing in and out, elevation, one's own password. 会话

use pinji_access::identity::{OpenedSession, SecretHash, SecretText, Session as Rules};
use pinji_access::passkey::PasskeyFault;
use pinji_domain::{Message, Role, Timestamp, UserId};
use pinji_store::{Change, NewSession, User};

use super::deed::Deed;
use super::identify::{TOTP, in_force};
use super::keys::hex;
use super::passkeys::Assertion;
use super::password::{PASSWORD, RECOVERY, Second, Shown, attempt};
use super::{Asked, Caller, Fault, Office, Via};

/// What somebody signs in with. 登录
pub struct SignIn {
    /// The name.
    pub login: String,
    /// The password.
    pub password: String,
    /// The code of the second factor.
    pub code: Option<String>,
    /// Or what a passkey answered.
    pub passkey: Option<Assertion>,
    /// The program that they use.
    pub agent: String,
}

/// Who is signed in. 当前会话
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Who.
    pub user: UserId,
    /// The name they sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The roles that hold now.
    pub roles: Vec<Role>,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// Until when it is elevated.
    pub elevated_until: Option<Timestamp>,
}

/// A session with its secret, for the cookie. 已开会话
#[derive(Debug)]
pub struct Opened {
    /// The secret.
    pub secret: SecretText,
    /// Whose.
    pub view: SessionView,
}

/// Signs in. 登录
pub async fn sign_in(office: &Office, asked: &Asked, given: SignIn) -> Result<Opened, Fault> {
    let login = given.login.trim().to_lowercase();
    let second = Second {
        code: given.code.as_deref(),
        passkey: given.passkey.as_ref(),
    };
    let (user, shown) = office.prove(&login, &given.password, second, asked).await?;
    let change = office.store.change(asked.at).await?;
    remember(&change, user.id, &shown).await?;
    change.put(attempt(&login, asked, true)).await?;
    let (id, opened, expires_at) = start(office, &change, asked, user.id, given.agent).await?;
    let view = SessionView {
        roles: in_force(&change.grants_of(user.id).await?, asked.at),
        second_factor: !matches!(shown, Shown::Nothing),
        ..view_of(&user, expires_at, None)
    };
    let deed = Deed::new("session.open", format!("session:{id}")).fact("second_factor", view.second_factor);
    office
        .keep_as(change, &format!("user:{}", user.id), None, asked, deed, None)
        .await?;
    Ok(Opened {
        secret: opened.secret,
        view,
    })
}

/// Begins a session: its number, its secret, and when it ends whatever happens.
pub(crate) async fn start(
    office: &Office,
    change: &Change,
    asked: &Asked,
    user: UserId,
    agent: String,
) -> Result<(i64, OpenedSession, Timestamp), Fault> {
    let opened = Rules::open(user, &office.chance.bytes()?, true, asked.at);
    let expires_at = asked.at.plus_seconds(office.session_rules.whole_seconds);
    let session = NewSession {
        hash: hash_of(&opened),
        user_id: user,
        created_at: asked.at,
        expires_at,
        address: asked.address.clone(),
        agent,
        seen_at: asked.at,
    };
    let id = change.put(session).await?;
    Ok((id, opened, expires_at))
}

/// Says who is signed in. 当前会话
pub async fn mine(_office: &Office, caller: &Caller) -> Result<SessionView, Fault> {
    let token_ends = caller.actor.token.as_ref().map(|token| token.expires);
    let ends = caller.session.map(|(_, ends)| ends).or(token_ends);
    Ok(SessionView {
        user: caller.user,
        login: caller.login.clone(),
        name: caller.name.clone(),
        roles: caller.actor.roles.iter().collect(),
        second_factor: match caller.by_directory {
            true => caller.actor.second_factor,
            false => caller.has_factor,
        },
        expires_at: ends.unwrap_or(caller.asked.at),
        elevated_until: caller.actor.elevated.filter(|until| caller.asked.at < *until),
    })
}

/// Signs out. 退出
pub async fn sign_out(office: &Office, caller: &Caller) -> Result<(), Fault> {
    let id = own_session(caller)?;
    let change = office.store.change(caller.asked.at).await?;
    change.end_session(id, change.at(), "sign_out").await?;
    let deed = Deed::new("session.close", format!("session:{id}"));
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await
}

/// Elevates the session, under a new secret, after password and second factor were shown again. 提权
pub async fn elevate(office: &Office, caller: &Caller, password: &str, code: Option<&str>) -> Result<Opened, Fault> {
    let id = own_session(caller)?;
    let (user, shown) = office
        .prove(&caller.login, password, Second::code(code), &caller.asked)
        .await?;
    let change = office.store.change(caller.asked.at).await?;
    remember(&change, user.id, &shown).await?;
    change.put(attempt(&caller.login, &caller.asked, true)).await?;
    let (secret, until) = elevated(office, &change, id, caller).await?;
    if caller.by_directory && !matches!(shown, Shown::Nothing) {
        change.prove_session(id, "directory_factor").await?;
    }
    let deed = Deed::new("session.elevate", format!("session:{id}")).fact("until", until.to_string());
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    let view = SessionView {
        elevated_until: Some(until),
        ..mine(office, caller).await?
    };
    Ok(Opened { secret, view })
}

/// Changes one's own password; all sessions end but this one, which gets a new secret. 修改口令
pub async fn change_password(office: &Office, caller: &Caller, old: &str, new: String) -> Result<Opened, Fault> {
    let id = own_session(caller)?;
    let (user, _) = match office.prove(&caller.login, old, Second::default(), &caller.asked).await {
        // The session showed the second factor when it was opened; here the password is enough.
        Err(Fault::NotSignedIn(why)) if why.code == "app-code-needed" => {
            let user = office.store.user(caller.user).await?.ok_or(Fault::Absent)?;
            (user, Shown::Nothing)
        }
        other => other?,
    };
    let hash = office.hashed("/new_password", new, &user.login, &user.name).await?;
    let change = office.store.change(caller.asked.at).await?;
    change.set_credential(user.id, PASSWORD, &hash).await?;
    change
        .end_sessions_of(user.id, Some(id), change.at(), "password")
        .await?;
    let secret = renamed(office, &change, id, caller).await?;
    let deed = Deed::new("user.password", format!("user:{}", user.id));
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    Ok(Opened {
        secret,
        view: mine(office, caller).await?,
    })
}

/// The caller's own session; a token has none.
pub(crate) fn own_session(caller: &Caller) -> Result<i64, Fault> {
    let by_session = matches!(caller.via, Via::Session(_));
    caller
        .session
        .filter(|_| by_session)
        .map(|(id, _)| id)
        .ok_or_else(|| Fault::Forbidden(Message::new("app-session-needed")))
}

/// Elevates the session from now on for as long as the rules say, under a new secret.
pub(crate) async fn elevated(
    office: &Office,
    change: &Change,
    id: i64,
    caller: &Caller,
) -> Result<(SecretText, Timestamp), Fault> {
    let until = caller.asked.at.plus_seconds(office.session_rules.elevated_seconds);
    let secret = renamed(office, change, id, caller).await?;
    change.elevate_session(id, until).await?;
    Ok((secret, until))
}

/// Gives the session a new secret. The old one is no longer good.
pub(crate) async fn renamed(office: &Office, change: &Change, id: i64, caller: &Caller) -> Result<SecretText, Fault> {
    let opened = Rules::open(caller.user, &office.chance.bytes()?, true, caller.asked.at);
    change.rename_session(id, &hash_of(&opened)).await?;
    Ok(opened.secret)
}

/// Keeps what a second factor must not be used for again.
pub(crate) async fn remember(change: &Change, user: UserId, shown: &Shown) -> Result<(), Fault> {
    match shown {
        Shown::Nothing => {}
        Shown::Step(step) => {
            if !change.use_counter(user, TOTP, *step).await? {
                return Err(Fault::NotSignedIn(Message::new("access-totp-used")));
            }
        }
        Shown::Recovery(left) => change.set_credential(user, RECOVERY, left).await?,
        Shown::Passkey(id, counter) => {
            if !change.use_passkey(*id, *counter).await? {
                return Err(Fault::NotSignedIn(PasskeyFault::Cloned.message()));
            }
        }
    }
    Ok(())
}

fn hash_of(opened: &OpenedSession) -> String {
    let SecretHash(hash) = opened.session.id;
    hex(&hash)
}

pub(crate) fn view_of(user: &User, expires_at: Timestamp, elevated_until: Option<Timestamp>) -> SessionView {
    SessionView {
        user: user.id,
        login: user.login.clone(),
        name: user.name.clone(),
        roles: Vec::new(),
        second_factor: false,
        expires_at,
        elevated_until,
    }
}
