//! The roles that go with today's groups: given, proposed, ended; each as a grant with its reason. 组与角色同步

use pinji_access::{Roles, may_hold};
use pinji_domain::{GrantId, Message, Role, UserId};
use pinji_store::{Change, DirectoryGrant, Grant, GrantState, NewGrant};

use super::Directory;
use crate::register::Fault;
use crate::register::grants::tell_approvers;

/// Gives what the groups of today bring, ends what they bring no more, and tells what was done to which grant.
///
/// A role that somebody here refused or took away stays away until the directory has taken the group away and given it
/// again. Roles that were given here stay as they are. One forbidden combination, and nothing at all is done.
pub(super) async fn bring_up_to_date(
    change: &Change,
    directory: &Directory,
    user: UserId,
    groups: &[String],
) -> Result<Vec<(GrantId, String)>, Fault> {
    let wanted = wanted(directory, groups);
    let grants = change.grants_of(user).await?;
    let given = change.directory_grants_of(user).await?;
    let grant_of = |id: GrantId| grants.iter().find(|grant| grant.id == id);
    let mut done = Vec::new();
    let mut ended = Vec::new();
    let mut still: Vec<Role> = Vec::new();
    for from in &given {
        let Some(grant) = grant_of(from.grant) else { continue };
        if wanted.iter().any(|wish| wish.role == grant.role) {
            still.push(grant.role);
            continue;
        }
        if is_open(grant) {
            change.end_grant_unheld(grant.id, grant.version).await?;
            done.push((grant.id, format!("ended user:{user} {}", grant.role.code())));
        }
        change.withdraw_directory_grant(grant.id).await?;
        ended.push(grant.id);
    }
    let mut held: Vec<Role> = grants
        .iter()
        .filter(|grant| is_open(grant) && !ended.contains(&grant.id))
        .map(|grant| grant.role)
        .collect();
    for wish in wanted {
        if held.contains(&wish.role) || still.contains(&wish.role) {
            continue;
        }
        may_hold(Roles::of(&held), wish.role).map_err(|clash| {
            Fault::Forbidden(
                Message::new("app-sign-on-roles-apart")
                    .with("group", wish.group)
                    .with("says", clash.message()),
            )
        })?;
        held.push(wish.role);
        let (id, says) = give(change, directory, user, &wish).await?;
        done.push((id, says));
    }
    Ok(done)
}

/// A role that a group brings.
struct Wish<'d> {
    role: Role,
    group: &'d str,
    approved: bool,
}

/// The roles of these groups, each once, in the order of the map.
fn wanted<'d>(directory: &'d Directory, groups: &[String]) -> Vec<Wish<'d>> {
    let mut wishes: Vec<Wish<'d>> = Vec::new();
    for mapping in directory.map.iter().filter(|mapping| groups.contains(&mapping.group)) {
        for role in &mapping.roles {
            match wishes.iter_mut().find(|wish| wish.role == *role) {
                Some(wish) => wish.approved |= mapping.approved,
                None => wishes.push(Wish {
                    role: *role,
                    group: &mapping.group,
                    approved: mapping.approved,
                }),
            }
        }
    }
    wishes
}

async fn give(
    change: &Change,
    directory: &Directory,
    user: UserId,
    wish: &Wish<'_>,
) -> Result<(GrantId, String), Fault> {
    let reason = format!("by the directory's group {}", wish.group);
    let new = NewGrant {
        user_id: user,
        role: wish.role,
        proposed_by: None,
        proposed_at: change.at(),
        reason: reason.chars().take(500).collect(),
        until: None,
        certified_until: None,
    };
    // The directory is one; over administrators a second decides, and that is somebody here.
    let at_once = wish.approved || !administers(wish.role);
    let id = match at_once {
        true => change.add_first_grant(new).await?,
        false => change.add(new).await?,
    };
    let from = DirectoryGrant {
        grant: id,
        issuer: directory.provider.issuer().to_owned(),
        group: wish.group.to_owned(),
    };
    change.note_directory_grant(&from).await?;
    if !at_once {
        let grant = change.grant(id).await?.ok_or(Fault::Absent)?;
        tell_approvers(change, None, &grant).await?;
    }
    let state = if at_once { "given" } else { "proposed" };
    Ok((id, format!("{state} user:{user} {}", wish.role.code())))
}

/// Whether a role stands over people or the system.
pub(super) fn administers(role: Role) -> bool {
    matches!(
        role,
        Role::SystemAdministrator | Role::SecurityAdministrator | Role::AuditAdministrator
    )
}

fn is_open(grant: &Grant) -> bool {
    matches!(grant.state, GrantState::Active | GrantState::Proposed)
}
