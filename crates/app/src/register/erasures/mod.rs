//! Erasures: what is about persons leaves the office, asked for by one and approved by another; what was done stays. 个人信息抹除
//!
//! Values go out of declared fields; the same words, and others that were named, go out of what people wrote. Files that brought
//! them lose their bytes. The ledger keeps its tree: it holds commitments, and what would open them is destroyed.

mod ask;
mod customer;
mod decide;
mod people;
mod scrub;
mod taken;

use std::collections::BTreeSet;

use pinji_access::{Owner, Relation, Resource, State, What};
use pinji_domain::{CustomerId, Secrecy, Timestamp, UserId};
use pinji_store::{Customer, Erasure, ErasureSort, ErasureState, View};
use serde_json::{Map, Value};

use super::{Action, Caller, Fault, Office, Slice};

pub use ask::{About, Request, ask};
pub(crate) use customer::around;
pub use decide::{Verdict, decide};
pub(crate) use scrub::scrub_rest;
pub(crate) use taken::Fields;

/// An erasure. 抹除
#[derive(Debug, Clone)]
pub struct ErasureView {
    /// The id.
    pub id: i64,
    /// `customer`, `person`, `user` or `file`.
    pub sort: &'static str,
    /// The customer's own number.
    pub customer: Option<String>,
    /// The party that is the person.
    pub person: Option<i64>,
    /// The user.
    pub user: Option<UserId>,
    /// The file, by its hash.
    pub file: Option<String>,
    /// Further texts to be taken out; shown until it is decided, then gone.
    pub mentions: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Timestamp,
    /// `asked`, `done` or `refused`.
    pub state: &'static str,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What he says.
    pub words: Option<String>,
    /// How many rows of which kind something was taken out of.
    pub counts: Map<String, Value>,
    /// When the last trace was overwritten in the database's files.
    pub scrubbed_at: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

/// Of whom: users are the affair of security administrators, all others of the business. 范围
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of users.
    Users,
    /// Of customers' people, of natural persons, of files.
    Business,
}

impl Whose {
    fn of(sort: ErasureSort) -> Whose {
        match sort {
            ErasureSort::User => Whose::Users,
            ErasureSort::Customer | ErasureSort::Person | ErasureSort::File => Whose::Business,
        }
    }

    /// Who may ask, and who may approve.
    fn actions(self) -> (Action, Action) {
        match self {
            Whose::Users => (Action::UserErase, Action::UserEraseApprove),
            Whose::Business => (Action::ErasurePropose, Action::ErasureApprove),
        }
    }
}

/// Erasures that the caller may ask for or approve, ascending by id. 抹除列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    whose: Whose,
    after: Option<i64>,
    limit: u32,
) -> Result<Slice<ErasureView, i64>, Fault> {
    concerned(office, caller, whose)?;
    let view = office.store.snapshot().await?;
    let rows = view
        .erasures(whose == Whose::Users, after.unwrap_or(0), limit + 1)
        .await?;
    let page = Slice::cut(rows, limit, |erasure| erasure.id);
    let mut items = Vec::new();
    for erasure in page.items {
        if sees(office, caller, &view, &erasure).await? {
            items.push(shown(&view, &erasure).await?);
        }
    }
    Ok(Slice { items, next: page.next })
}

/// One erasure. 查看抹除
pub async fn read(office: &Office, caller: &Caller, whose: Whose, id: i64) -> Result<ErasureView, Fault> {
    concerned(office, caller, whose)?;
    let view = office.store.snapshot().await?;
    let erasure = there(office, caller, &view, whose, id).await?;
    shown(&view, &erasure).await
}

/// Says no, in a sentence, to whom neither asking nor approving is open.
fn concerned(office: &Office, caller: &Caller, whose: Whose) -> Result<(), Fault> {
    let (propose, approve) = whose.actions();
    match (
        open_at_all(office, caller, propose, State::Draft),
        open_at_all(office, caller, approve, State::InReview),
    ) {
        (Ok(()), _) | (_, Ok(())) => Ok(()),
        // Who lacks no more than the elevation is told so.
        (Err(Fault::ElevationNeeded), _) | (_, Err(Fault::ElevationNeeded)) => Err(Fault::ElevationNeeded),
        (_, Err(fault)) => Err(fault),
    }
}

/// Says no, in a sentence, to whom this is closed whatever it is asked of, in the state in which it is done.
fn open_at_all(office: &Office, caller: &Caller, action: Action, state: State) -> Result<(), Fault> {
    if !office.permissions.scope(&caller.actor, action).scope.is_none() {
        return Ok(());
    }
    let any = Resource::new(action.on()).related(Relation::OtherTeam).at(state);
    office.authorize(caller, action, &any)?;
    Err(Fault::Absent)
}

/// The erasure with this id, where the caller may ask for or approve such; else it is not there.
async fn there(office: &Office, caller: &Caller, view: &View, whose: Whose, id: i64) -> Result<Erasure, Fault> {
    let erasure = view.erasure(id).await?.filter(|one| Whose::of(one.sort) == whose);
    let erasure = erasure.ok_or(Fault::Absent)?;
    match sees(office, caller, view, &erasure).await? {
        true => Ok(erasure),
        false => Err(Fault::Absent),
    }
}

async fn sees(office: &Office, caller: &Caller, view: &View, erasure: &Erasure) -> Result<bool, Fault> {
    let (propose, approve) = Whose::of(erasure.sort).actions();
    let things = things(view, caller, erasure.sort, &target(erasure)).await?;
    Ok(things.iter().all(|thing| {
        office.may(caller, propose, &thing.at(State::Draft)) || office.may(caller, approve, &thing.at(State::InReview))
    }))
}

/// Whom an erasure is about.
#[derive(Debug, Clone, Default)]
struct Target {
    customer: Option<CustomerId>,
    person: Option<i64>,
    user: Option<UserId>,
    file: Option<String>,
}

fn target(erasure: &Erasure) -> Target {
    Target {
        customer: erasure.customer,
        person: erasure.person,
        user: erasure.user_id,
        file: erasure.file.clone(),
    }
}

/// What is asked of the rules: one thing, or one for each customer with whom a person stands in relations.
async fn things(view: &View, caller: &Caller, sort: ErasureSort, target: &Target) -> Result<Vec<Resource>, Fault> {
    let of = |customer: &Customer| {
        let owner = Owner {
            customer: Some(customer.id),
            user: customer.manager,
            team: customer.team,
            unit: None,
        };
        Resource::of(What::Erasure, &owner, customer.secrecy, State::Draft, &caller.actor)
    };
    let nobodys = Resource::of(
        What::Erasure,
        &Owner::default(),
        Secrecy::Internal,
        State::Draft,
        &caller.actor,
    );
    let customers: Vec<CustomerId> = match (sort, target.customer, target.person) {
        (ErasureSort::User, ..) => {
            let owner = Owner {
                user: target.user,
                ..Owner::default()
            };
            let user = Resource::of(What::User, &owner, Secrecy::Internal, State::Draft, &caller.actor);
            return Ok(vec![user]);
        }
        (_, Some(customer), _) => vec![customer],
        (_, _, Some(person)) => people::customers_around(view, person).await?.into_iter().collect(),
        _ => Vec::new(),
    };
    let rows = view.customers(&customers).await?;
    Ok(match rows.is_empty() {
        true => vec![nobodys],
        false => rows.iter().map(of).collect(),
    })
}

async fn shown(view: &View, erasure: &Erasure) -> Result<ErasureView, Fault> {
    let customer = match erasure.customer {
        Some(id) => view.customer(id).await?.map(|customer| customer.code),
        None => None,
    };
    let counts = erasure.counts.as_deref().unwrap_or("{}");
    Ok(ErasureView {
        id: erasure.id,
        sort: erasure.sort.code(),
        customer,
        person: erasure.person,
        user: erasure.user_id,
        file: erasure.file.clone(),
        mentions: mentions(erasure)?,
        reason: erasure.reason.clone(),
        asked_by: erasure.asked_by,
        asked_at: erasure.asked_at,
        state: erasure.state.code(),
        decided_by: erasure.decided_by,
        decided_at: erasure.decided_at,
        words: erasure.words.clone().filter(|words| !words.is_empty()),
        counts: serde_json::from_str(counts).map_err(Fault::broken)?,
        scrubbed_at: erasure.scrubbed_at,
        version: erasure.version,
    })
}

fn mentions(erasure: &Erasure) -> Result<Vec<String>, Fault> {
    serde_json::from_str(&erasure.mentions).map_err(Fault::broken)
}

/// What the ledger says of an erasure: whom by number, never by name.
fn entry_of(erasure: &Erasure) -> Value {
    let subject = match erasure.sort {
        ErasureSort::Customer => erasure.customer.map(|id| format!("customer:{id}")),
        ErasureSort::Person => erasure.person.map(|id| format!("party:{id}")),
        ErasureSort::User => erasure.user_id.map(|id| format!("user:{id}")),
        ErasureSort::File => erasure.file.as_ref().map(|hash| format!("file:{hash}")),
    };
    serde_json::json!({ "subject": subject, "state": erasure.state.code(), "reason": erasure.reason })
}

fn state_of(erasure: &Erasure) -> State {
    match erasure.state {
        ErasureState::Asked => State::InReview,
        ErasureState::Done | ErasureState::Refused => State::Committed,
    }
}

/// Whether a text is telling enough to be taken out wherever it stands: two characters, and not a word in small letters, which
/// may be a code of ours.
fn is_telling(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() >= 2 && text.chars().any(|letter| !letter.is_ascii_lowercase() && letter != '_')
}

/// The telling ones of these texts, as they may also be spelt.
fn telling(texts: &BTreeSet<String>) -> Vec<String> {
    let keys = texts.iter().map(|text| super::relations::parties::key_of(text));
    let all: BTreeSet<String> = texts.iter().map(|text| text.trim().to_owned()).chain(keys).collect();
    all.into_iter().filter(|text| is_telling(text)).collect()
}
