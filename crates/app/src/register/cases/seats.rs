//! The seats of a policy's committee: who holds them, appointed by somebody else. 委员席位

use pinji_access::{Owner, Resource, State, What};
use pinji_domain::ids::UserId;
use pinji_domain::{Message, Role, Secrecy, Timestamp};
use pinji_store::{CommitteeSeat, NewCommitteeSeat};
use serde_json::{Value, json};

use crate::register::deed::Deed;
use crate::register::{Action, Answer, Caller, Fault, Office, Wrong};
use crate::review;

/// A seat and who holds it. 委员席位
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatView {
    /// The id.
    pub id: i64,
    /// The policy's id.
    pub policy: String,
    /// The seat, by the policy's word.
    pub seat: String,
    /// Who holds it.
    pub member: UserId,
    /// Whether he has the chair.
    pub is_chair: bool,
    /// Who appointed him.
    pub appointed_by: UserId,
    /// When.
    pub appointed_at: Timestamp,
    /// When he left it.
    pub ended_at: Option<Timestamp>,
}

/// An appointment. 任命
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The policy's id.
    pub policy: String,
    /// The seat, by the policy's word.
    pub seat: String,
    /// Who is to hold it.
    pub member: UserId,
    /// Whether he shall have the chair.
    pub is_chair: bool,
}

/// Who holds which seat of a policy's committee now. 现任委员
pub async fn list(office: &Office, caller: &Caller, policy: &str) -> Result<Vec<SeatView>, Fault> {
    office.authorize(caller, Action::SeatRead, &seat_of(caller, None))?;
    let seats = office.store.committee(policy).await?;
    Ok(seats.iter().map(view).collect())
}

/// One seat, held or left. 查看席位
pub async fn read(office: &Office, caller: &Caller, id: i64) -> Result<SeatView, Fault> {
    office.authorize(caller, Action::SeatRead, &seat_of(caller, None))?;
    let seat = office.store.committee_seat(id).await?.ok_or(Fault::Absent)?;
    Ok(view(&seat))
}

/// Appoints somebody to a seat. Nobody appoints himself. 任命委员
pub async fn appoint(
    office: &Office,
    caller: &Caller,
    given: Appointment,
    answered: impl Fn(&SeatView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(caller, Action::SeatAppoint, &seat_of(caller, Some(given.member)))?;
    let change = office.store.change(caller.asked.at).await?;
    let mut wrong = Vec::new();
    let terms = match office.policy(&change, &given.policy).await {
        Ok(regulation) => Some(review::terms(regulation.usable().map_err(Fault::broken)?)),
        Err(Fault::Absent) => None,
        Err(other) => return Err(other),
    };
    match terms.and_then(|terms| terms.committee) {
        None => {
            let says = Message::new("app-seat-no-committee").with("policy", given.policy.as_str());
            wrong.push(Wrong::at("/policy", says));
        }
        Some(committee) if !committee.seats.contains(&given.seat) => {
            let known: Vec<&str> = committee.seats.iter().map(String::as_str).collect();
            let says = Message::new("app-seat-unknown").with("seat", given.seat.as_str());
            wrong.push(Wrong::at("/seat", says.with("seats", known.join(", "))));
        }
        Some(_) => {}
    }
    let roles = change.roles_of(given.member, change.at()).await?;
    let fits = match given.is_chair {
        true => roles.contains(&Role::CommitteeChair),
        false => roles.contains(&Role::CommitteeMember) || roles.contains(&Role::CommitteeChair),
    };
    if !fits {
        let code = match given.is_chair {
            true => "app-seat-chair-without-role",
            false => "app-seat-member-without-role",
        };
        wrong.push(Wrong::at("/member", Message::new(code)));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let held = change.committee(&given.policy).await?;
    if held.iter().any(|seat| seat.seat == given.seat) {
        return Err(Fault::refused("app-seat-held"));
    }
    if held.iter().any(|seat| seat.member == given.member) {
        return Err(Fault::refused("app-seat-member-twice"));
    }
    if given.is_chair && held.iter().any(|seat| seat.is_chair) {
        return Err(Fault::refused("app-seat-chair-held"));
    }
    let new = NewCommitteeSeat {
        policy: given.policy,
        seat: given.seat,
        member: given.member,
        is_chair: given.is_chair,
        appointed_by: caller.user,
        appointed_at: change.at(),
    };
    let id = change.add(new).await?;
    let seat = change.committee_seat(id).await?.ok_or(Fault::Absent)?;
    let answer = answered(&view(&seat));
    let deed = Deed::new(Action::SeatAppoint.code(), format!("seat:{id}")).after(entry_of(&seat));
    office.keep(change, caller, deed, answer).await
}

/// Ends somebody's time in a seat. Votes that he has cast stand. 终止任命
pub async fn end(
    office: &Office,
    caller: &Caller,
    id: i64,
    answered: impl Fn(&SeatView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let seat = change.committee_seat(id).await?;
    let member = seat.as_ref().map(|seat| seat.member);
    office.authorize(caller, Action::SeatAppoint, &seat_of(caller, member))?;
    let seat = seat.ok_or(Fault::Absent)?;
    if seat.ended_at.is_some() {
        return Err(Fault::refused("app-seat-ended"));
    }
    change.end_seat(id).await?;
    let now = change.committee_seat(id).await?.ok_or(Fault::Absent)?;
    let answer = answered(&view(&now));
    let deed = Deed::new(Action::SeatAppoint.code(), format!("seat:{id}"))
        .before(entry_of(&seat))
        .after(entry_of(&now));
    office.keep(change, caller, deed, answer).await
}

/// A seat as it stands to the caller: own is the one that he holds or would hold.
fn seat_of(caller: &Caller, member: Option<UserId>) -> Resource {
    let owner = Owner {
        user: member,
        ..Owner::default()
    };
    Resource::of(What::Seat, &owner, Secrecy::Internal, State::Committed, &caller.actor)
}

fn view(seat: &CommitteeSeat) -> SeatView {
    SeatView {
        id: seat.id,
        policy: seat.policy.clone(),
        seat: seat.seat.clone(),
        member: seat.member,
        is_chair: seat.is_chair,
        appointed_by: seat.appointed_by,
        appointed_at: seat.appointed_at,
        ended_at: seat.ended_at,
    }
}

fn entry_of(seat: &CommitteeSeat) -> Value {
    json!({
        "policy": seat.policy, "seat": seat.seat, "member": seat.member.0, "is_chair": seat.is_chair,
        "appointed_by": seat.appointed_by.0, "ended": seat.ended_at.is_some(),
    })
}
