//! The first start, and first passwords by one-time links. 初始设置
//!
//! The law of separation keeps the system's and the security's administrator apart, and lets nobody give a role alone. So
//! the set-up makes the first security administrator and invites two more: a second security administrator, who approves
//! what the first proposes, and a system administrator. These three grants have no proposer; all others have two people.

use pinji_access::identity::{SecretHash, SecretText, SetupLink as Rules};
use pinji_domain::{Message, Role, Timestamp, UserId};
use pinji_store::{Change, NewGrant, NewSetupLink, NewUser, SetupLink, User};

use super::deed::{Deed, Personal, SUBJECT_KEY};
use super::keys::hex;
use super::password::PASSWORD;
use super::users::checked;
use super::{Asked, Fault, Office, Wrong};

/// Somebody to be invited. 受邀人
pub struct Invited {
    /// The name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
}

/// What the first person gives. 初始设置
pub struct SetUp {
    /// The link's secret.
    pub link: String,
    /// The first security administrator's name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The password.
    pub password: String,
    /// The second security administrator.
    pub deputy: Invited,
    /// The system administrator.
    pub system_administrator: Invited,
}

/// Who is there after the set-up. 设置结果
pub struct Done {
    /// The first security administrator.
    pub login: String,
    /// The deputy's one-time link.
    pub deputy_link: String,
    /// The system administrator's one-time link.
    pub system_administrator_link: String,
}

/// Whether nobody is there yet. 是否待设置
pub async fn is_open(office: &Office) -> Result<bool, Fault> {
    Ok(office.store.count_users().await? == 0)
}

/// A one-time link for the set-up, if nobody is there yet; only its hash is kept. Made at each start, good for a day. 设置链接
pub async fn first_link(office: &Office) -> Result<Option<String>, Fault> {
    if !is_open(office).await? {
        return Ok(None);
    }
    let now = office.now();
    let writing = office.store.upkeep().await?;
    let (secret, link) = Rules::issue(None, &office.chance.bytes()?, now);
    writing.put(row(&link, "first", now)).await?;
    writing.commit().await?;
    Ok(Some(address(office, "setup", &secret)))
}

/// Sets the office up. 初始设置
pub async fn set_up(office: &Office, asked: &Asked, given: SetUp) -> Result<Done, Fault> {
    let first = found(office, &given.link, asked, &["first"]).await?;
    let people = [
        (given.login.clone(), given.name.clone(), ""),
        (given.deputy.login, given.deputy.name, "/deputy"),
        (
            given.system_administrator.login,
            given.system_administrator.name,
            "/system_administrator",
        ),
    ];
    let mut new = Vec::new();
    let mut wrong: Vec<Wrong> = Vec::new();
    for (login, name, place) in people {
        match checked(
            place,
            NewUser {
                login,
                name,
                email: None,
                created_at: asked.at,
                customer: None,
            },
        ) {
            Ok(user) => new.push(user),
            Err(faults) => wrong.extend(faults),
        }
    }
    let mut logins: Vec<&str> = new.iter().map(|user| user.login.as_str()).collect();
    logins.sort_unstable();
    logins.dedup();
    if wrong.is_empty() && logins.len() < new.len() {
        wrong.push(Wrong::at("/deputy/login", Message::new("app-login-twice")));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let hash = office
        .hashed("/password", given.password, &given.login, &given.name)
        .await?;

    let change = office.store.change(asked.at).await?;
    if change.count_users().await? > 0 || !change.use_setup_link(&first.hash, change.at()).await? {
        return Err(Fault::NotSignedIn(Message::new("access-link-used")));
    }
    let roles = [
        Role::SecurityAdministrator,
        Role::SecurityAdministrator,
        Role::SystemAdministrator,
    ];
    let mut deed = Deed::new("office.setup", "office");
    let mut made = Vec::new();
    for (user, role) in new.into_iter().zip(roles) {
        let id = add_user(office, &change, user).await?;
        let grant = change.add_first_grant(first_grant(id, role, &change)).await?;
        deed = deed.fact(&format!("grant:{grant}"), format!("user:{id} {}", role.code()));
        made.push(id);
    }
    let [me, deputy, system] = made.as_slice() else {
        return Err(Fault::broken("three people were to be made"));
    };
    change.set_credential(*me, PASSWORD, &hash).await?;
    let deputy_link = invite(office, &change, *deputy, "invite").await?.0;
    let system_administrator_link = invite(office, &change, *system, "invite").await?.0;
    office
        .keep_as(change, &format!("user:{me}"), None, asked, deed, None)
        .await?;
    Ok(Done {
        login: given.login,
        deputy_link,
        system_administrator_link,
    })
}

/// Sets a password under a one-time link; all of the user's sessions end. Gives the name to sign in with. 设置口令
pub async fn set_password(office: &Office, asked: &Asked, link: &str, password: String) -> Result<String, Fault> {
    let link = found(office, link, asked, &["invite", "reset"]).await?;
    let user = match link.user_id {
        Some(id) => office.store.user(id).await?,
        None => None,
    };
    let user: User = user.ok_or_else(unknown)?;
    let hash = office.hashed("/password", password, &user.login, &user.name).await?;
    let change = office.store.change(asked.at).await?;
    if !change.use_setup_link(&link.hash, change.at()).await? {
        return Err(Fault::NotSignedIn(Message::new("access-link-used")));
    }
    change.set_credential(user.id, PASSWORD, &hash).await?;
    change.end_sessions_of(user.id, None, change.at(), "password").await?;
    let deed = Deed::new("user.password", format!("user:{}", user.id)).fact("by", link.sort);
    office
        .keep_as(change, &format!("user:{}", user.id), None, asked, deed, None)
        .await?;
    Ok(user.login)
}

/// Adds a user, with the key under which the ledger's commitments about him stand.
pub(crate) async fn add_user(office: &Office, change: &Change, user: NewUser) -> Result<UserId, Fault> {
    let id = change.add(user).await?;
    change
        .set_credential(id, SUBJECT_KEY, &hex(&office.chance.bytes::<32>()?))
        .await?;
    Ok(id)
}

/// What the ledger says about a user: commitments in place of what is personal.
pub(crate) async fn entry_of(change: &Change, id: UserId, asked: &Asked) -> Result<serde_json::Value, Fault> {
    let user = change.user(id).await?.ok_or(Fault::Absent)?;
    let personal = Personal::of(change, id, asked).await?;
    Ok(serde_json::json!({
        "login": personal.seal("login", &user.login),
        "name": personal.seal("name", &user.name),
        "email": user.email.as_deref().map(|email| personal.seal("email", email)),
        "state": user.state.code(),
        "customer": user.customer.map(|customer| customer.0),
        "version": user.version,
    }))
}

/// A one-time link for a user's password, and until when it is good.
pub(crate) async fn invite(
    office: &Office,
    change: &Change,
    user: UserId,
    sort: &str,
) -> Result<(String, Timestamp), Fault> {
    let (secret, link) = Rules::issue(Some(user), &office.chance.bytes()?, change.at());
    change.put(row(&link, sort, change.at())).await?;
    Ok((address(office, "password", &secret), link.expires))
}

/// The link with this secret, if it is of one of these sorts and still good.
async fn found(office: &Office, secret: &str, asked: &Asked, sorts: &[&str]) -> Result<SetupLink, Fault> {
    // A whole link does as well as its secret alone.
    let secret = secret.rsplit_once('=').map_or(secret, |(_, secret)| secret).trim();
    let link = office.store.setup_link(&hex(&SecretHash::of(secret).0)).await?;
    let link = link
        .filter(|link| sorts.contains(&link.sort.as_str()))
        .ok_or_else(unknown)?;
    let rules = Rules {
        id: SecretHash::of(secret),
        user: link.user_id,
        expires: link.expires_at,
        used: link.used_at,
    };
    rules
        .spent(asked.at)
        .map_err(|fault| Fault::NotSignedIn(fault.message()))?;
    Ok(link)
}

/// The secret stands behind `#`, which browsers keep to themselves: it gets into no log.
fn address(office: &Office, page: &str, secret: &SecretText) -> String {
    format!("{}/{page}#link={}", office.origin(), secret.reveal())
}

fn row(link: &Rules, sort: &str, now: Timestamp) -> NewSetupLink {
    NewSetupLink {
        hash: hex(&link.id.0),
        sort: sort.to_owned(),
        user_id: link.user,
        created_at: now,
        expires_at: link.expires,
    }
}

fn first_grant(user_id: UserId, role: Role, change: &Change) -> NewGrant {
    NewGrant {
        user_id,
        role,
        proposed_by: None,
        proposed_at: change.at(),
        reason: "set-up".to_owned(),
        until: None,
        certified_until: None,
    }
}

fn unknown() -> Fault {
    Fault::NotSignedIn(Message::new("app-link-unknown"))
}
