//! Users. 用户

use pinji_access::{Owner, Resource, State, What};
use pinji_domain::{Message, Role, Secrecy, TeamId, Timestamp, UserId};
use pinji_store::{NewUser as Row, User, UserState, View};

use super::deed::Deed;
use super::identify::{TOTP, in_force};
use super::setup::{add_user, entry_of, invite};
use super::{Action, Answer, Caller, Fault, Office, Slice, Wrong};

/// A user as others see it. 用户
#[derive(Debug, Clone)]
pub struct UserView {
    /// The id.
    pub id: UserId,
    /// The name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// `active`, `locked`, `closed`.
    pub state: &'static str,
    /// The roles that hold now.
    pub roles: Vec<Role>,
    /// The teams.
    pub teams: Vec<TeamId>,
    /// The number of the customer for which they speak; `None` for the office's own people.
    pub customer: Option<String>,
    /// Whether a second factor is set up.
    pub second_factor: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// The version.
    pub version: i64,
}

/// A new user. 新用户
pub struct NewUser {
    /// The name to sign in with.
    pub login: String,
    /// The name that people read.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// The number of the customer for which they are to speak in the portal.
    pub customer: Option<String>,
}

/// What is to change. 用户变更
#[derive(Default)]
pub struct Change {
    /// The name that people read.
    pub name: Option<String>,
    /// The mail address; empty takes it away.
    pub email: Option<String>,
    /// Whether they may sign in.
    pub state: Option<UserState>,
}

/// The state with this code. 用户状态
pub fn state(code: &str) -> Option<UserState> {
    UserState::parse(code)
}

/// Users, ascending by id: all of them, or oneself. 用户列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    after: Option<UserId>,
    limit: u32,
) -> Result<Slice<UserView, UserId>, Fault> {
    let others = Resource::new(What::User).related(pinji_access::Relation::OtherTeam);
    if !office.may(caller, Action::UserRead, &others) {
        office.authorize(caller, Action::UserRead, &resource(caller, caller.user))?;
        let me = read(office, caller, caller.user).await?;
        return Ok(Slice {
            items: vec![me],
            next: None,
        });
    }
    let rows = office.store.users(after.unwrap_or(UserId(0)), limit + 1).await?;
    let page = Slice::cut(rows, limit, |user| user.id);
    let mut items = Vec::with_capacity(page.items.len());
    for user in page.items {
        items.push(view(&office.store, user, caller.asked.at).await?);
    }
    Ok(Slice { items, next: page.next })
}

/// One user. 查看用户
pub async fn read(office: &Office, caller: &Caller, id: UserId) -> Result<UserView, Fault> {
    if !office.may(caller, Action::UserRead, &resource(caller, id)) {
        return Err(Fault::Absent);
    }
    let user = office.store.user(id).await?.ok_or(Fault::Absent)?;
    view(&office.store, user, caller.asked.at).await
}

/// Makes a user, and a one-time link for the password, which only the first answer shows. 新建用户
pub async fn create(
    office: &Office,
    caller: &Caller,
    given: NewUser,
    words: impl Fn(&UserView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let new = Resource::new(What::User)
        .related(pinji_access::Relation::OtherTeam)
        .at(State::Draft);
    office.authorize(caller, Action::UserWrite, &new)?;
    let row = Row {
        login: given.login,
        name: given.name,
        email: given.email,
        created_at: caller.asked.at,
        customer: None,
    };
    let row = checked("", row).map_err(Fault::Invalid)?;
    let change = office.store.change(caller.asked.at).await?;
    let customer = match given.customer.as_deref().map(str::trim) {
        None => None,
        Some(code) => {
            let unknown = || Fault::field("/customer", Message::new("app-customer-unknown"));
            Some(change.customer_by_code(code).await?.ok_or_else(unknown)?.id)
        }
    };
    let row = Row { customer, ..row };
    if change.user_by_login(&row.login).await?.is_some() {
        return Err(Fault::Refused(Message::new("app-login-taken").with("login", row.login)));
    }
    let id = add_user(office, &change, row).await?;
    let (link, _) = invite(office, &change, id, "invite").await?;
    let user = change.user(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&change, user, caller.asked.at).await?);
    let deed = Deed::new(Action::UserWrite.code(), format!("user:{id}"));
    let deed = deed.after(entry_of(&change, id, &caller.asked).await?);
    office
        .keep(change, caller, deed, answer.showing_once("link", &link))
        .await
}

/// Changes a user. Whoever may not sign in any more is signed out at once. 修改用户
pub async fn change(
    office: &Office,
    caller: &Caller,
    id: UserId,
    version: i64,
    given: Change,
    words: impl Fn(&UserView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let user = there(office, caller, &change, id).await?;
    office.authorize(caller, Action::UserWrite, &resource(caller, id))?;
    not_erased(&user)?;
    if user.version != version {
        return Err(Fault::Stale(Box::new(words(
            &view(&change, user, caller.asked.at).await?,
        ))));
    }
    let before = entry_of(&change, id, &caller.asked).await?;
    let email = match given.email.as_deref() {
        None => user.email.clone(),
        Some("") => None,
        Some(_) => given.email,
    };
    let new = Row {
        login: user.login.clone(),
        name: given.name.unwrap_or_else(|| user.name.clone()),
        email,
        created_at: user.created_at,
        customer: user.customer,
    };
    let Row { name, email, .. } = checked("", new).map_err(Fault::Invalid)?;
    let state = given.state.unwrap_or(user.state);
    change
        .update_user(&User {
            name,
            email,
            state,
            ..user
        })
        .await?;
    if state != UserState::Active {
        change.end_sessions_of(id, None, change.at(), "user").await?;
    }
    let user = change.user(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&change, user, caller.asked.at).await?);
    let deed = Deed::new(Action::UserWrite.code(), format!("user:{id}")).before(before);
    let deed = deed.after(entry_of(&change, id, &caller.asked).await?);
    office.keep(change, caller, deed, answer).await
}

/// Makes a new one-time link for a user's password. 重置口令
pub async fn link(
    office: &Office,
    caller: &Caller,
    id: UserId,
    words: impl Fn(&Timestamp) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let user = there(office, caller, &change, id).await?;
    office.authorize(caller, Action::UserWrite, &resource(caller, id))?;
    not_erased(&user)?;
    let (link, until) = invite(office, &change, id, "reset").await?;
    let answer = words(&until).showing_once("link", &link);
    let deed = Deed::new(Action::UserWrite.code(), format!("user:{id}")).fact("link_until", until.to_string());
    office.keep(change, caller, deed, answer).await
}

/// The user, if the caller may know of it.
async fn there(office: &Office, caller: &Caller, view: &View, id: UserId) -> Result<User, Fault> {
    let user = view.user(id).await?;
    let user = user.filter(|_| office.may(caller, Action::UserRead, &resource(caller, id)));
    user.ok_or(Fault::Absent)
}

/// Who was erased stays so: nothing is kept any more under which the ledger could commit to a new name.
fn not_erased(user: &User) -> Result<(), Fault> {
    match user.login == format!("erased-{}", user.id) {
        true => Err(Fault::refused("app-user-erased")),
        false => Ok(()),
    }
}

/// How a user stands to the caller.
pub(crate) fn resource(caller: &Caller, id: UserId) -> Resource {
    let owner = Owner {
        user: Some(id),
        ..Owner::default()
    };
    Resource::of(What::User, &owner, Secrecy::Internal, State::Committed, &caller.actor)
}

async fn view(view: &View, user: User, at: Timestamp) -> Result<UserView, Fault> {
    let credentials = view.credentials(user.id).await?;
    Ok(UserView {
        roles: in_force(&view.grants_of(user.id).await?, at),
        teams: view
            .teams_of(user.id)
            .await?
            .into_iter()
            .map(|member| member.team)
            .collect(),
        customer: match user.customer {
            Some(customer) => view.customer(customer).await?.map(|customer| customer.code),
            None => None,
        },
        second_factor: credentials.iter().any(|credential| credential.sort == TOTP)
            || view.has_passkey(user.id).await?,
        id: user.id,
        login: user.login,
        name: user.name,
        email: user.email,
        state: user.state.code(),
        created_at: user.created_at,
        version: user.version,
    })
}

/// A user's fields as they may be kept: in lower case, trimmed, without control characters; or all that is wrong with them.
pub(crate) fn checked(place: &str, user: Row) -> Result<Row, Vec<Wrong>> {
    let login = user.login.trim().to_lowercase();
    let mut wrong = Vec::new();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let well_formed = (2..=64).contains(&login.len())
        && login.starts_with(plain)
        && login.chars().all(|c| plain(c) || "._-".contains(c));
    if !well_formed {
        wrong.push(Wrong::at(format!("{place}/login"), Message::new("app-login-form")));
    }
    let name = line(&format!("{place}/name"), &user.name, 100, &mut wrong);
    let email = user.email.map(|email| email.trim().to_owned());
    if let Some(email) = &email {
        let parts = email
            .split_once('@')
            .filter(|(who, domain)| !who.is_empty() && domain.contains('.'));
        if parts.is_none() || email.len() > 254 || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
            wrong.push(Wrong::at(format!("{place}/email"), Message::new("app-email-form")));
        }
    }
    match wrong.is_empty() {
        true => Ok(Row {
            login,
            name,
            email,
            created_at: user.created_at,
            customer: user.customer,
        }),
        false => Err(wrong),
    }
}

/// A line of text that people read: trimmed, not empty, of at most so many characters, none of them invisible.
pub(crate) fn line(pointer: &str, text: &str, most: usize, wrong: &mut Vec<Wrong>) -> String {
    let text = text.trim().to_owned();
    let count = text.chars().count();
    if count == 0 || count > most || text.chars().any(char::is_control) {
        wrong.push(Wrong::at(pointer, Message::new("app-line-form").with("most", most)));
    }
    text
}
