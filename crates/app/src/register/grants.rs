//! Roles: proposed by one, approved by another, ended by one. 授权

use pinji_access::{Owner, Resource, Roles, State, What, may_hold, role_name};
use pinji_domain::{GrantId, Message, Role, Secrecy, Timestamp, UserId};
use pinji_store::{Grant, GrantState, NewGrant, NewNotification, UserState, View};
use serde_json::{Value, json};

use super::deed::Deed;
use super::users::{line, resource as user_resource};
use super::{Action, Answer, Caller, Fault, Office, Slice};

/// A role given, or about to be. 授权
#[derive(Debug, Clone)]
pub struct GrantView {
    /// The id.
    pub id: GrantId,
    /// For whom.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// `proposed`, `active`, `refused`, `ended`.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: Option<UserId>,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Until when it holds.
    pub until: Option<Timestamp>,
    /// Until when the holder is certified.
    pub certified_until: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

/// What is proposed. 授权提议
pub struct Proposal {
    /// For whom.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// Why.
    pub reason: String,
    /// Until when it is to hold.
    pub until: Option<Timestamp>,
    /// Until when the holder is certified.
    pub certified_until: Option<Timestamp>,
}

/// What the second person says. 决定
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Refuse,
}

/// Which roles. 授权筛选
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of one user, whatever their state.
    Of(UserId),
    /// All in one state.
    In(GrantState),
}

impl Which {
    /// Those in the state with this code.
    pub fn in_state(code: &str) -> Option<Which> {
        GrantState::parse(code).map(Which::In)
    }
}

/// Roles given and proposed, ascending by id; those that the caller may see. 授权列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    which: Which,
    after: Option<GrantId>,
    limit: u32,
) -> Result<Slice<GrantView, GrantId>, Fault> {
    let after = after.unwrap_or(GrantId(0));
    let rows = match which {
        Which::In(state) => office.store.grants(state, after, limit + 1).await?,
        Which::Of(user) => {
            let all = office
                .store
                .grants_of(user)
                .await?
                .into_iter()
                .filter(|grant| grant.id > after);
            all.take(limit as usize + 1).collect()
        }
    };
    let page = Slice::cut(rows.into_iter().map(view).collect(), limit, |grant: &GrantView| {
        grant.id
    });
    Ok(page.only(|grant| office.may(caller, Action::UserRead, &user_resource(caller, grant.user))))
}

/// One role given or proposed. 查看授权
pub async fn read(office: &Office, caller: &Caller, id: GrantId) -> Result<GrantView, Fault> {
    there(office, caller, &office.store, id).await.map(view)
}

/// Proposes a role for somebody, and tells those who may approve it. 提议授权
pub async fn propose(
    office: &Office,
    caller: &Caller,
    given: Proposal,
    words: impl Fn(&GrantView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(
        caller,
        Action::GrantPropose,
        &resource(caller, given.user, State::Draft, None),
    )?;
    let mut wrong = Vec::new();
    let reason = line("/reason", &given.reason, 500, &mut wrong);
    if given.until.is_some_and(|until| until <= caller.asked.at) {
        wrong.push(super::Wrong::at("/until", Message::new("app-time-past")));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let change = office.store.change(caller.asked.at).await?;
    let known = change
        .user(given.user)
        .await?
        .filter(|user| user.state != UserState::Closed);
    let known = known.ok_or_else(|| {
        Fault::field(
            "/user",
            Message::new("app-user-unknown").with("user", given.user.to_string()),
        )
    })?;
    speaks(known.customer.is_some(), given.role)?;
    apart(&change, given.user, given.role, None).await?;
    let new = NewGrant {
        user_id: given.user,
        role: given.role,
        proposed_by: Some(caller.user),
        proposed_at: change.at(),
        reason,
        until: given.until,
        certified_until: given.certified_until,
    };
    let id = change.add(new).await.map_err(|error| match error {
        pinji_store::Error::Taken { .. } => {
            Fault::Refused(Message::new("app-role-already").with("role", role_name(given.role)))
        }
        other => other.into(),
    })?;
    let grant = change.grant(id).await?.ok_or(Fault::Absent)?;
    tell_approvers(&change, Some(caller.user), &grant).await?;
    let deed = Deed::new(Action::GrantPropose.code(), format!("grant:{id}")).after(entry_of(&grant));
    let answer = words(&view(grant));
    office.keep(change, caller, deed, answer).await
}

/// Approves or refuses what another proposed. 批准或拒绝授权
pub async fn decide(
    office: &Office,
    caller: &Caller,
    id: GrantId,
    decision: Decision,
    words: impl Fn(&GrantView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let grant = there(office, caller, &change, id).await?;
    let about = resource(caller, grant.user_id, state_of(&grant), grant.proposed_by);
    office.authorize(caller, Action::GrantApprove, &about)?;
    if grant.state != GrantState::Proposed {
        return Err(Fault::refused("app-grant-decided"));
    }
    let state = match decision {
        Decision::Approve => {
            // Asked again: in the meantime another role may have been approved.
            apart(&change, grant.user_id, grant.role, Some(id)).await?;
            GrantState::Active
        }
        Decision::Refuse => GrantState::Refused,
    };
    let before = entry_of(&grant);
    change.decide_grant(id, grant.version, state, caller.user).await?;
    let grant = change.grant(id).await?.ok_or(Fault::Absent)?;
    if let Some(proposer) = grant.proposed_by {
        let code = match decision {
            Decision::Approve => "app-notice-role-approved",
            Decision::Refuse => "app-notice-role-refused",
        };
        change.put(notice(proposer, code, &grant, change.at())).await?;
    }
    let deed = Deed::new(Action::GrantApprove.code(), format!("grant:{id}"))
        .before(before)
        .after(entry_of(&grant));
    let answer = words(&view(grant));
    office.keep(change, caller, deed, answer).await
}

/// Takes a role away, or a proposal back. 收回授权
pub async fn end(
    office: &Office,
    caller: &Caller,
    id: GrantId,
    version: i64,
    words: impl Fn(&GrantView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let grant = there(office, caller, &change, id).await?;
    // To take away is to manage a user: one is enough, and nobody does it to himself.
    office.authorize(caller, Action::UserWrite, &user_resource(caller, grant.user_id))?;
    if grant.version != version {
        return Err(Fault::Stale(Box::new(words(&view(grant)))));
    }
    if !matches!(grant.state, GrantState::Active | GrantState::Proposed) {
        return Err(Fault::refused("app-grant-decided"));
    }
    let before = entry_of(&grant);
    change.end_grant(id, version, caller.user).await?;
    let grant = change.grant(id).await?.ok_or(Fault::Absent)?;
    let deed = Deed::new(Action::UserWrite.code(), format!("grant:{id}"))
        .before(before)
        .after(entry_of(&grant));
    let answer = words(&view(grant));
    office.keep(change, caller, deed, answer).await
}

/// Who speaks for a customer has the customer's role and no other, and nobody else has it.
fn speaks(for_a_customer: bool, role: Role) -> Result<(), Fault> {
    match (for_a_customer, role == Role::Customer) {
        (true, false) => Err(Fault::refused("app-role-not-for-customers")),
        (false, true) => Err(Fault::refused("app-role-for-customers")),
        _ => Ok(()),
    }
}

/// Whether the user may hold this role beside those that hold or wait for approval.
async fn apart(view: &View, user: UserId, role: Role, but: Option<GrantId>) -> Result<(), Fault> {
    let grants = view.grants_of(user).await?;
    let held: Roles = grants
        .iter()
        .filter(|grant| Some(grant.id) != but && matches!(grant.state, GrantState::Active | GrantState::Proposed))
        .map(|grant| grant.role)
        .collect();
    may_hold(held, role).map_err(|clash| Fault::Refused(clash.message()))
}

/// Tells those who may approve a proposal: neither who made it nor whom it is for.
pub(crate) async fn tell_approvers(
    change: &pinji_store::Change,
    proposer: Option<UserId>,
    grant: &Grant,
) -> Result<(), Fault> {
    let mut told = vec![grant.user_id];
    told.extend(proposer);
    for holder in change.grants(GrantState::Active, GrantId(0), 10_000).await? {
        if holder.role == Role::SecurityAdministrator && !told.contains(&holder.user_id) {
            told.push(holder.user_id);
            let notice = notice(holder.user_id, "app-notice-role-proposed", grant, change.at());
            change.put(notice).await?;
        }
    }
    Ok(())
}

fn notice(to: UserId, code: &str, grant: &Grant, at: Timestamp) -> NewNotification {
    NewNotification {
        user_id: to,
        code: code.to_owned(),
        args: json!({ "role": { "say": role_name(grant.role).code } }).to_string(),
        object: format!("/api/v1/role-grants/{}", grant.id),
        at,
    }
}

async fn there(office: &Office, caller: &Caller, view: &View, id: GrantId) -> Result<Grant, Fault> {
    let grant = view.grant(id).await?.ok_or(Fault::Absent)?;
    match office.may(caller, Action::UserRead, &user_resource(caller, grant.user_id)) {
        true => Ok(grant),
        false => Err(Fault::Absent),
    }
}

fn resource(caller: &Caller, user: UserId, state: State, maker: Option<UserId>) -> Resource {
    let owner = Owner {
        user: Some(user),
        ..Owner::default()
    };
    Resource::of(What::Grant, &owner, Secrecy::Internal, state, &caller.actor).made_by(maker, &caller.actor)
}

fn state_of(grant: &Grant) -> State {
    match grant.state {
        GrantState::Proposed => State::InReview,
        GrantState::Active | GrantState::Refused | GrantState::Ended => State::Committed,
    }
}

fn view(grant: Grant) -> GrantView {
    GrantView {
        id: grant.id,
        user: grant.user_id,
        role: grant.role,
        state: grant.state.code(),
        reason: grant.reason,
        proposed_by: grant.proposed_by,
        proposed_at: grant.proposed_at,
        decided_by: grant.decided_by,
        decided_at: grant.decided_at,
        ended_at: grant.ended_at,
        until: grant.until,
        certified_until: grant.certified_until,
        version: grant.version,
    }
}

fn entry_of(grant: &Grant) -> Value {
    json!({
        "user": grant.user_id.0, "role": grant.role.code(), "state": grant.state.code(), "reason": grant.reason,
        "until": grant.until.map(|until| until.to_string()),
        "certified_until": grant.certified_until.map(|until| until.to_string()),
        "version": grant.version,
    })
}
