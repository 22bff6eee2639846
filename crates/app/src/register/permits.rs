//! Permissions to read what is confidential, and the record of who read it. 查阅许可

use pinji_access::{Owner, Relation, Resource, State, What};
use pinji_domain::{AccessId, CustomerId, Message, Secrecy, Timestamp, UserId};
use pinji_store::{Access, AccessState, Customer, NewAccess, NewNotification, NewReading, View};
use serde_json::{Value, json};

use super::deed::Deed;
use super::users::line;
use super::{Action, Answer, Caller, Fault, Office, Slice, Wrong};

/// No permission is asked for longer than that.
const DAYS_MAX: i64 = 90;

/// A permission. 查阅许可
#[derive(Debug, Clone)]
pub struct PermitView {
    /// The id.
    pub id: AccessId,
    /// Who reads.
    pub user: UserId,
    /// The customer's own number.
    pub customer: String,
    /// What for.
    pub purpose: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when it is wanted.
    pub wanted_until: Timestamp,
    /// `asked`, `given`, `refused`, `ended`.
    pub state: &'static str,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What the approver says.
    pub reason: Option<String>,
    /// The version.
    pub version: i64,
}

/// What is asked for. 查阅申请
pub struct Wanted {
    /// The customer's own number.
    pub customer: String,
    /// What for.
    pub purpose: String,
    /// Until when.
    pub until: Timestamp,
}

/// What the approver says. 审批结论
pub enum Verdict {
    /// Yes: until then, or as long as was asked for.
    Given {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// No, and why.
    Refused {
        /// Why.
        reason: String,
    },
}

/// One's own permissions, or those in one state for who decides on them; ascending by id. 查阅许可列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    state: Option<&str>,
    after: Option<AccessId>,
    limit: u32,
) -> Result<Slice<PermitView, AccessId>, Fault> {
    let after = after.unwrap_or(AccessId(0));
    let mut rows = match state {
        Some(code) => {
            let unknown = || Fault::field("/state", Message::new("app-state-unknown").with("state", code));
            let state = AccessState::parse(code).ok_or_else(unknown)?;
            office.store.accesses(state, after, limit + 1).await?
        }
        None => office
            .store
            .accesses_of(caller.user)
            .await?
            .into_iter()
            .filter(|access| access.id > after)
            .collect(),
    };
    rows.sort_by_key(|access| access.id);
    rows.truncate(limit as usize + 1);
    let page = Slice::cut(rows, limit, |access| access.id);
    let mut items = Vec::new();
    for access in page.items {
        let customer = office.store.customer(access.customer).await?.ok_or(Fault::Absent)?;
        if may_see(office, caller, &access, &customer) {
            items.push(view(&access, &customer));
        }
    }
    Ok(Slice { items, next: page.next })
}

/// One permission. 查看查阅许可
pub async fn read(office: &Office, caller: &Caller, id: AccessId) -> Result<PermitView, Fault> {
    let (access, customer) = there(office, caller, &office.store, id).await?;
    Ok(view(&access, &customer))
}

/// Asks for a permission. 申请查阅
pub async fn ask(
    office: &Office,
    caller: &Caller,
    wanted: Wanted,
    words: impl Fn(&PermitView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let general = Resource::new(What::Access).at(State::Draft);
    office.authorize(caller, Action::AccessRequest, &general)?;
    let mut wrong = Vec::new();
    let purpose = line("/purpose", &wanted.purpose, 500, &mut wrong);
    if wanted.until <= caller.asked.at || wanted.until > caller.asked.at.plus_seconds(DAYS_MAX * 24 * 3600) {
        wrong.push(Wrong::at(
            "/until",
            Message::new("app-permit-time").with("days", DAYS_MAX),
        ));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let change = office.store.change(caller.asked.at).await?;
    let customer = change.customer_by_code(wanted.customer.trim()).await?;
    let unknown = || Fault::field("/customer", Message::new("app-customer-unknown"));
    let customer = customer.ok_or_else(unknown)?;
    if customer.secrecy != Secrecy::Confidential {
        return Err(Fault::refused("app-not-confidential"));
    }
    office.authorize(
        caller,
        Action::AccessRequest,
        &resource(caller, caller.user, &customer, State::Draft),
    )?;
    let earlier = change.accesses_of(caller.user).await?;
    let earlier = earlier
        .into_iter()
        .find(|access| access.customer == customer.id && access.state == AccessState::Given);
    // One that has run out makes room for the next.
    if let Some(over) = earlier.filter(|access| access.expires_at.is_some_and(|end| end <= change.at())) {
        change.end_access(over.id, over.version).await?;
    }
    let new = NewAccess {
        user_id: caller.user,
        customer: customer.id,
        purpose,
        asked_at: change.at(),
        wanted_until: wanted.until,
    };
    let id = change.add(new).await.map_err(|error| match error {
        pinji_store::Error::Taken { .. } => Fault::refused("app-permit-already"),
        other => other.into(),
    })?;
    let access = change.access(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&access, &customer));
    let deed = Deed::new(Action::AccessRequest.code(), format!("access:{id}")).after(entry_of(&access));
    office.keep(change, caller, deed, answer).await
}

/// Gives or refuses what another asked for. 审批查阅
pub async fn decide(
    office: &Office,
    caller: &Caller,
    id: AccessId,
    verdict: Verdict,
    words: impl Fn(&PermitView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let (access, customer) = there(office, caller, &change, id).await?;
    let state = match access.state {
        AccessState::Asked => State::InReview,
        _ => State::Committed,
    };
    office.authorize(
        caller,
        Action::AccessApprove,
        &resource(caller, access.user_id, &customer, state),
    )?;
    if access.state != AccessState::Asked {
        return Err(Fault::refused("app-permit-decided"));
    }
    let before = entry_of(&access);
    let code = match verdict {
        Verdict::Given { until } => {
            let until = until.unwrap_or(access.wanted_until);
            if until <= change.at() || until > access.wanted_until {
                return Err(Fault::field("/expires_at", Message::new("app-permit-longer")));
            }
            change.give_access(id, access.version, caller.user, until, "").await?;
            "app-notice-permit-given"
        }
        Verdict::Refused { reason } => {
            let mut wrong = Vec::new();
            let reason = line("/reason", &reason, 500, &mut wrong);
            if !wrong.is_empty() {
                return Err(Fault::Invalid(wrong));
            }
            change.refuse_access(id, access.version, caller.user, &reason).await?;
            "app-notice-permit-refused"
        }
    };
    let access = change.access(id).await?.ok_or(Fault::Absent)?;
    let notice = NewNotification {
        user_id: access.user_id,
        code: code.to_owned(),
        args: json!({ "customer": customer.code }).to_string(),
        object: format!("/api/v1/access-requests/{id}"),
        at: change.at(),
    };
    change.put(notice).await?;
    let answer = words(&view(&access, &customer));
    let deed = Deed::new(Action::AccessApprove.code(), format!("access:{id}"))
        .before(before)
        .after(entry_of(&access));
    office.keep(change, caller, deed, answer).await
}

/// Writes down that the caller has read something of these confidential customers, before it is handed out: all in one
/// write, and none where there is nobody. 查阅留痕
pub async fn note_readings(
    office: &Office,
    caller: &Caller,
    customers: impl IntoIterator<Item = CustomerId>,
    what: &str,
) -> Result<(), Fault> {
    let customers: Vec<CustomerId> = customers.into_iter().collect();
    if customers.is_empty() {
        return Ok(());
    }
    let permits = office.store.permitted(caller.user, caller.asked.at).await?;
    let writing = office.store.upkeep().await?;
    for customer in customers {
        let permission = permits.iter().find(|(held, _)| *held == customer).map(|(_, id)| *id);
        let reading = NewReading {
            user_id: caller.user,
            customer,
            what: what.to_owned(),
            permission,
            at: caller.asked.at,
            request: caller.asked.request.clone(),
        };
        writing.put(reading).await?;
    }
    Ok(writing.commit().await?)
}

async fn there(office: &Office, caller: &Caller, view: &View, id: AccessId) -> Result<(Access, Customer), Fault> {
    let access = view.access(id).await?.ok_or(Fault::Absent)?;
    let customer = view.customer(access.customer).await?.ok_or(Fault::Absent)?;
    match may_see(office, caller, &access, &customer) {
        true => Ok((access, customer)),
        false => Err(Fault::Absent),
    }
}

/// Who asked sees it, and who may decide on such things.
fn may_see(office: &Office, caller: &Caller, access: &Access, customer: &Customer) -> bool {
    if access.user_id == caller.user {
        return office.may(
            caller,
            Action::AccessRequest,
            &resource(caller, access.user_id, customer, State::Draft),
        );
    }
    let waiting = resource(caller, access.user_id, customer, State::InReview).related(Relation::OtherTeam);
    office.may(caller, Action::AccessApprove, &waiting)
}

/// A permission stands to the caller as its receiver does; a conflict with the customer comes before that.
fn resource(caller: &Caller, user: UserId, customer: &Customer, state: State) -> Resource {
    let about = Owner {
        customer: Some(customer.id),
        user: Some(user),
        ..Owner::default()
    };
    Resource::of(What::Access, &about, customer.secrecy, state, &caller.actor).made_by(Some(user), &caller.actor)
}

fn view(access: &Access, customer: &Customer) -> PermitView {
    PermitView {
        id: access.id,
        user: access.user_id,
        customer: customer.code.clone(),
        purpose: access.purpose.clone(),
        asked_at: access.asked_at,
        wanted_until: access.wanted_until,
        state: access.state.code(),
        decided_by: access.decided_by,
        decided_at: access.decided_at,
        expires_at: access.expires_at,
        reason: access.reason.clone().filter(|reason| !reason.is_empty()),
        version: access.version,
    }
}

fn entry_of(access: &Access) -> Value {
    json!({
        "user": access.user_id.0, "customer": access.customer.0, "purpose": access.purpose, "state": access.state.code(),
        "wanted_until": access.wanted_until.to_string(),
        "expires_at": access.expires_at.map(|at| at.to_string()), "version": access.version,
    })
}
