//! Who the directory says has come: found or made, with the roles of today's groups, and a session. 目录用户登录

use pinji_domain::Message;
use pinji_store::{Change, GrantState, NewSetupLink, NewUser, User, UserState};
use serde_json::Value;

use super::begin::directory;
use super::roles::bring_up_to_date;
use super::{Directory, Who};
use crate::register::deed::Deed;
use crate::register::identify::in_force;
use crate::register::password::{attempt, back_door};
use crate::register::session::{Opened, SessionView, start, view_of};
use crate::register::setup::{add_user, entry_of};
use crate::register::users::checked;
use crate::register::{Asked, Fault, Office};

/// Lets somebody in. All of it is one change: user, roles, session, entry; or nothing of it.
pub(super) async fn enter(
    office: &Office,
    asked: &Asked,
    who: Who,
    used: NewSetupLink,
    agent: String,
) -> Result<Opened, Fault> {
    let directory = directory(office)?;
    let issuer = directory.provider.issuer();
    let change = office.store.change(asked.at).await?;
    change.put(used).await?;
    let known = match change.user_of_subject(issuer, &who.subject).await? {
        Some(id) => change.user(id).await?,
        None => None,
    };
    let (user, came) = match known {
        Some(user) => (user, "known"),
        None => newcomer(office, &change, directory, &who, asked).await?,
    };
    if user.state != UserState::Active {
        return Err(Fault::Forbidden(Message::new("app-sign-on-locked")));
    }
    let id = user.id;
    let before = match came {
        "made" => None,
        _ => Some(entry_of(&change, id, asked).await?),
    };
    let user = renewed(&change, user, &who, asked).await?;
    let brought = bring_up_to_date(&change, directory, id, &who.groups).await?;

    let (session, opened, expires_at) = start(office, &change, asked, id, agent).await?;
    let proof = if who.strong { "directory_factor" } else { "directory" };
    change.prove_session(session, proof).await?;
    change.put(attempt(&user.login, asked, true)).await?;
    change.put(attempt(&back_door(asked), asked, true)).await?;

    let mut deed = Deed::new("session.open", format!("session:{session}"))
        .fact("by", "directory")
        .fact("issuer", issuer)
        .fact("second_factor", who.strong)
        .fact("user", format!("{came} user:{id}"));
    for (grant, says) in brought {
        deed = deed.fact(&format!("grant:{grant}"), says);
    }
    let after: Value = entry_of(&change, id, asked).await?;
    if before.as_ref() != Some(&after) {
        deed = deed.after(after);
        deed.before = before;
    }
    let view = SessionView {
        roles: in_force(&change.grants_of(id).await?, asked.at),
        second_factor: who.strong,
        ..view_of(&user, expires_at, None)
    };
    office
        .keep_as(change, &format!("user:{id}"), None, asked, deed, None)
        .await?;
    Ok(Opened {
        secret: opened.secret,
        view,
    })
}

/// Somebody who has not come by the directory before: the local user of the same name, or a new one; as the office allows.
async fn newcomer(
    office: &Office,
    change: &Change,
    directory: &Directory,
    who: &Who,
    asked: &Asked,
) -> Result<(User, &'static str), Fault> {
    let issuer = directory.provider.issuer();
    let refused = |code| Fault::Forbidden(Message::new(code));
    let given = who.login.as_deref().map(str::trim).filter(|login| !login.is_empty());
    let given = given.ok_or_else(|| refused("app-sign-on-without-login"))?;
    // Directories name people `wang.fang@company.example` as well; the part before the sign is the name here.
    let login = given.split('@').next().unwrap_or(given).to_lowercase();
    if let Some(user) = change.user_by_login(&login).await? {
        // A name that only looks like the local one after cutting may be somebody else's, of another domain.
        let same = directory.links && !given.contains('@');
        let taken = !same || change.is_in_directory(user.id, issuer).await? || is_administrator(change, &user).await?;
        if taken {
            return Err(Fault::Forbidden(
                Message::new("app-sign-on-login-taken").with("login", login),
            ));
        }
        change.bind_subject(issuer, &who.subject, user.id).await?;
        return Ok((user, "bound"));
    }
    if !directory.creates {
        return Err(refused("app-sign-on-unknown"));
    }
    let new = NewUser {
        name: who.name.clone().unwrap_or_else(|| login.clone()),
        login,
        email: who.email.clone(),
        created_at: asked.at,
        customer: None,
    };
    let new = match checked("", new) {
        Ok(new) => new,
        Err(wrong) => {
            let says = wrong.into_iter().next().map(|wrong| wrong.says);
            let says = says.unwrap_or_else(|| Message::new("app-login-form"));
            return Err(Fault::Forbidden(
                Message::new("app-sign-on-unusable").with("says", says),
            ));
        }
    };
    let id = add_user(office, change, new).await?;
    change.bind_subject(issuer, &who.subject, id).await?;
    let user = change.user(id).await?.ok_or(Fault::Absent)?;
    Ok((user, "made"))
}

/// Whether somebody holds, or is about to hold, an administrator's role.
async fn is_administrator(change: &Change, user: &User) -> Result<bool, Fault> {
    let grants = change.grants_of(user.id).await?;
    Ok(grants.iter().any(|grant| {
        matches!(grant.state, GrantState::Active | GrantState::Proposed) && super::roles::administers(grant.role)
    }))
}

/// The user with name and address as the directory has them now, where those can be taken.
async fn renewed(change: &Change, user: User, who: &Who, asked: &Asked) -> Result<User, Fault> {
    let new = NewUser {
        login: user.login.clone(),
        name: who.name.clone().unwrap_or_else(|| user.name.clone()),
        email: who.email.clone().or_else(|| user.email.clone()),
        created_at: asked.at,
        customer: user.customer,
    };
    let Ok(NewUser { name, email, .. }) = checked("", new) else {
        return Ok(user);
    };
    if name == user.name && email == user.email {
        return Ok(user);
    }
    let user = User { name, email, ..user };
    change.update_user(&user).await?;
    Ok(change.user(user.id).await?.unwrap_or(user))
}
