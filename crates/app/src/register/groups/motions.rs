//! Decisions of people about groups: proposed by one with a reason, decided by another. 集团认定

use std::collections::{BTreeMap, BTreeSet};

use pinji_access::{Relation, Resource, State, What};
use pinji_domain::ids::{CustomerId, GroupId, UserId};
use pinji_domain::{Date, Message, Timestamp};
use pinji_store::{
    Change, Customer, Group, GroupMember, GroupMotion, Known, MotionSort, MotionState, NewGroupDecision,
    NewGroupMotion, View,
};
use serde_json::{Value, json};

use super::plan::{MEMBER, NOT_MEMBER, TOGETHER, groups, standing};
use super::reading::seen;
use super::write::{Places, found, place};
use crate::register::deed::Deed;
use crate::register::relations::parties::{about, customers, of_customer};
use crate::register::users::line;
use crate::register::{Action, Answer, Caller, Fault, Office, Wrong};

/// What is proposed. 认定提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Motion {
    /// `include`, `exclude`, `merge` or `split`.
    pub sort: String,
    /// The customers that it moves, by their own numbers; none for a merger.
    pub customers: Vec<String>,
    /// The group that is to be merged into this one.
    pub other: Option<GroupId>,
    /// By which of the four tests; the fourth, if not said.
    pub test: Option<u8>,
    /// Why.
    pub reason: String,
    /// From which day on; today, if not said.
    pub from: Option<Date>,
}

/// What the other person says. 认定结论
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is so; words may be added.
    Approved(String),
    /// It is not so, and why.
    Refused(String),
}

/// A proposed or decided change of a group. 认定提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MotionView {
    /// The id.
    pub id: i64,
    /// The group.
    pub group: GroupId,
    /// What is wanted.
    pub sort: &'static str,
    /// The customers that it moves.
    pub customers: Vec<String>,
    /// The group that is to be merged into this one.
    pub other: Option<GroupId>,
    /// By which of the four tests.
    pub test: u8,
    /// Why.
    pub reason: String,
    /// From which day on.
    pub from: Date,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: Timestamp,
    /// `proposed`, `approved` or `refused`.
    pub state: &'static str,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What he says to it.
    pub words: Option<String>,
    /// The group that a split made.
    pub outcome: Option<GroupId>,
    /// The version.
    pub version: i64,
}

/// The motions about a group, the oldest first. 认定记录
pub async fn list(office: &Office, caller: &Caller, group: GroupId) -> Result<Vec<MotionView>, Fault> {
    let snapshot = office.store.snapshot().await?;
    there(office, caller, &snapshot, group).await?;
    let mut views = Vec::new();
    for motion in snapshot.group_motions(group).await? {
        let concerned = concerned(&snapshot, &motion).await?;
        if concerned.iter().all(|customer| sees(office, caller, customer)) {
            views.push(view(&motion, &concerned));
        }
    }
    Ok(views)
}

/// Proposes a change of a group, for another person to decide. 提议认定
pub async fn propose(
    office: &Office,
    caller: &Caller,
    id: GroupId,
    given: Motion,
    answered: impl Fn(&MotionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let reason = line("/reason", &given.reason, 1000, &mut wrong);
    let sort = MotionSort::parse(&given.sort);
    if sort.is_none() {
        wrong.push(Wrong::at(
            "/sort",
            Message::new("app-motion-sort").with("sort", given.sort.as_str()),
        ));
    }
    let test = given.test.unwrap_or(4);
    if !(1..=4).contains(&test) {
        wrong.push(Wrong::at("/test", Message::new("app-motion-test")));
    }
    let change = office.store.change(caller.asked.at).await?;
    there(office, caller, &change, id).await?;
    // Who may decide on no group is told that, and nothing about who is a member.
    let any = Resource::new(What::Group).related(Relation::OtherTeam).at(State::Draft);
    office.authorize(caller, Action::GroupDecide, &any)?;
    let members = present(&change, id).await?;
    let mut moved: BTreeMap<CustomerId, Customer> = BTreeMap::new();
    for (at, code) in given.customers.iter().enumerate() {
        let pointer = format!("/customers/{at}");
        let customer = change.customer_by_code(code.trim()).await?;
        let Some(customer) = customer.filter(|customer| sees(office, caller, customer)) else {
            let says = Message::new("app-party-unknown").with("party", code.as_str());
            wrong.push(Wrong::at(pointer, says));
            continue;
        };
        let is_member = members.contains(&customer.id);
        let fits = match sort {
            Some(MotionSort::Include) => !is_member,
            Some(MotionSort::Exclude | MotionSort::Split) => is_member,
            _ => true,
        };
        if !fits {
            let code = if is_member {
                "app-motion-member"
            } else {
                "app-motion-no-member"
            };
            wrong.push(Wrong::at(
                pointer,
                Message::new(code).with("customer", customer.code.as_str()),
            ));
        }
        moved.insert(customer.id, customer);
    }
    match (sort, given.other) {
        (Some(MotionSort::Merge), Some(other)) if other != id => {
            let known = change.group(other).await?.filter(|group| group.ended_at.is_none());
            let known = match known {
                Some(_) => there(office, caller, &change, other).await.ok(),
                None => None,
            };
            match known {
                Some(_) if given.customers.is_empty() => {
                    let rows = present(&change, other).await?;
                    let rows = customers(&change, rows.into_iter()).await?;
                    moved.extend(rows);
                }
                Some(_) => wrong.push(Wrong::at("/customers", Message::new("app-motion-merge-customers"))),
                None => wrong.push(Wrong::at("/other", Message::new("app-motion-other"))),
            }
        }
        (Some(MotionSort::Merge), _) => wrong.push(Wrong::at("/other", Message::new("app-motion-other"))),
        (_, Some(_)) => wrong.push(Wrong::at("/other", Message::new("app-motion-other-stray"))),
        (Some(MotionSort::Split), None) if moved.len() < 2 || moved.len() >= members.len() => {
            wrong.push(Wrong::at("/customers", Message::new("app-motion-split")));
        }
        (_, None) if given.customers.is_empty() => {
            wrong.push(Wrong::at("/customers", Message::new("app-motion-nobody")));
        }
        _ => {}
    }
    let Some(sort) = sort.filter(|_| wrong.is_empty()) else {
        return Err(Fault::Invalid(wrong));
    };
    for customer in moved.values() {
        let file = about(What::Group, Some(customer), State::Draft, caller);
        office.authorize(caller, Action::GroupDecide, &file)?;
    }
    let ids: Vec<i64> = moved.keys().map(|id| id.0).collect();
    let new = NewGroupMotion {
        group_id: id,
        sort,
        customers: Value::from(ids).to_string(),
        other: given.other,
        test: test.to_string(),
        reason,
        valid_from: given.from.or_else(|| change.at().day()).unwrap_or(Date::MIN),
        proposed_by: caller.user,
        proposed_at: change.at(),
    };
    let motion = change.add(new).await?;
    let motion = change.group_motion(motion).await?.ok_or(Fault::Absent)?;
    let moved: Vec<Customer> = moved.into_values().collect();
    let answer = answered(&view(&motion, &moved));
    let deed = Deed::new(Action::GroupDecide.code(), format!("group:{id}")).after(entry_of(&motion));
    office.keep(change, caller, deed, answer).await
}

/// Decides what another proposed. 认定
pub async fn decide(
    office: &Office,
    caller: &Caller,
    group: GroupId,
    id: i64,
    verdict: Verdict,
    answered: impl Fn(&MotionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let words = match &verdict {
        Verdict::Approved(words) if words.trim().is_empty() => String::new(),
        Verdict::Approved(words) | Verdict::Refused(words) => line("/reason", words, 1000, &mut wrong),
    };
    let change = office.store.change(caller.asked.at).await?;
    there(office, caller, &change, group).await?;
    let motion = change.group_motion(id).await?.filter(|motion| motion.group_id == group);
    let motion = motion.ok_or(Fault::Absent)?;
    let concerned = concerned(&change, &motion).await?;
    if !concerned.iter().all(|customer| sees(office, caller, customer)) {
        return Err(Fault::Absent);
    }
    for customer in &concerned {
        let file = about(What::Group, Some(customer), State::InReview, caller);
        office.authorize(caller, Action::GroupDecide, &file)?;
    }
    if motion.proposed_by == caller.user {
        return Err(Fault::Forbidden(Message::new("app-motion-own")));
    }
    if motion.state != MotionState::Proposed {
        return Err(Fault::refused("app-motion-decided"));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let (state, outcome) = match verdict {
        Verdict::Refused(_) => (MotionState::Refused, None),
        Verdict::Approved(_) => (
            MotionState::Approved,
            carry_out(&change, &motion, &concerned, caller.user).await?,
        ),
    };
    change
        .decide_motion(&motion, state, caller.user, &words, outcome)
        .await?;
    let now = change.group_motion(id).await?.ok_or(Fault::Absent)?;
    let answer = answered(&view(&now, &concerned));
    let deed = Deed::new(Action::GroupDecide.code(), format!("group:{group}"))
        .before(entry_of(&motion))
        .after(entry_of(&now));
    office.keep(change, caller, deed, answer).await
}

/// Writes the decisions on each customer, and where they are from the day on. Gives the group that a split made.
async fn carry_out(
    change: &Change,
    motion: &GroupMotion,
    concerned: &[Customer],
    decider: UserId,
) -> Result<Option<GroupId>, Fault> {
    let mut all = groups(change).await?;
    let on = motion.valid_from;
    let mut outcome = None;
    let mut group = motion.group_id;
    if motion.sort == MotionSort::Split {
        let name = concerned
            .first()
            .map(|customer| customer.name.as_str())
            .unwrap_or_default();
        group = found(change, &mut all, name, None).await?;
        outcome = Some(group);
    }
    // A merger takes in what the rules put together, also later; whoever was moved singly before is moved singly again.
    let decided = match motion.sort {
        MotionSort::Merge => standing(change).await?,
        _ => BTreeMap::new(),
    };
    let anchor = concerned.iter().find(|customer| !decided.contains_key(&customer.id));
    let mut places = Places::new();
    let mut rows: Vec<GroupMember> = Vec::new();
    for customer in concerned {
        of_customer(change, customer).await?;
        let verdict = match motion.sort {
            MotionSort::Exclude => Some(NOT_MEMBER),
            MotionSort::Include | MotionSort::Split => Some(MEMBER),
            MotionSort::Merge if decided.contains_key(&customer.id) => Some(MEMBER),
            MotionSort::Merge => anchor.filter(|anchor| anchor.id == customer.id).map(|_| TOGETHER),
        };
        let mut decision = None;
        if let Some(verdict) = verdict {
            let new = NewGroupDecision {
                group_id: group,
                customer: customer.id,
                verdict: verdict.to_owned(),
                test: motion.test.clone(),
                reason: motion.reason.clone(),
                proposed_by: Some(motion.proposed_by),
                decided_by: decider,
                decided_at: change.at(),
            };
            decision = Some(change.add(new).await?);
        }
        if motion.sort != MotionSort::Exclude {
            places.insert(customer.id, (group, decision));
        }
        rows.extend(change.memberships(customer.id, Known::Now, None).await?);
    }
    let mut touched = place(change, on, &rows, &places).await?;
    touched.insert(motion.group_id);
    for group in all.iter().filter(|group| touched.contains(&group.id)) {
        if Some(group.id) == outcome {
            continue;
        }
        let left = present(change, group.id).await?;
        let ended_at = match left.is_empty() {
            true => group.ended_at.or(Some(change.at())),
            false => None,
        };
        let now = Group {
            ended_at,
            ..group.clone()
        };
        change.update_group(&now).await?;
    }
    Ok(outcome)
}

/// The members that a group has until further notice.
async fn present(view: &View, group: GroupId) -> Result<BTreeSet<CustomerId>, Fault> {
    let rows = view.group_members(group, Known::Now, None).await?;
    let open = rows.into_iter().filter(|row| row.valid_to.is_none());
    Ok(open.map(|row| row.customer).collect())
}

/// The group, where the caller may see it.
async fn there(office: &Office, caller: &Caller, view: &View, id: GroupId) -> Result<Group, Fault> {
    let group = view.group(id).await?.ok_or(Fault::Absent)?;
    match seen(office, caller, view, &group, Known::Now, None, false).await? {
        Some(_) => Ok(group),
        None => Err(Fault::Absent),
    }
}

fn sees(office: &Office, caller: &Caller, customer: &Customer) -> bool {
    let file = about(What::Group, Some(customer), State::Committed, caller);
    file.relation != Relation::Conflict && office.may(caller, Action::GroupRead, &file)
}

/// The customers that a motion moves, ascending by id.
async fn concerned(view: &View, motion: &GroupMotion) -> Result<Vec<Customer>, Fault> {
    let ids: Vec<i64> = serde_json::from_str(&motion.customers).map_err(Fault::broken)?;
    let found = customers(view, ids.into_iter().map(CustomerId)).await?;
    let mut found: Vec<Customer> = found.into_values().collect();
    found.sort_by_key(|customer| customer.id);
    Ok(found)
}

fn view(motion: &GroupMotion, concerned: &[Customer]) -> MotionView {
    MotionView {
        id: motion.id,
        group: motion.group_id,
        sort: motion.sort.code(),
        customers: concerned.iter().map(|customer| customer.code.clone()).collect(),
        other: motion.other,
        test: motion.test.parse().unwrap_or(4),
        reason: motion.reason.clone(),
        from: motion.valid_from,
        proposed_by: motion.proposed_by,
        proposed_at: motion.proposed_at,
        state: motion.state.code(),
        decided_by: motion.decided_by,
        decided_at: motion.decided_at,
        words: motion.words.clone().filter(|words| !words.is_empty()),
        outcome: motion.outcome,
        version: motion.version,
    }
}

fn entry_of(motion: &GroupMotion) -> Value {
    json!({
        "motion": motion.id, "group": motion.group_id.0, "sort": motion.sort.code(), "customers": motion.customers,
        "other": motion.other.map(|group| group.0), "test": motion.test, "reason": motion.reason,
        "from": motion.valid_from.to_string(), "proposed_by": motion.proposed_by.0, "state": motion.state.code(),
        "decided_by": motion.decided_by.map(|user| user.0), "outcome": motion.outcome.map(|group| group.0),
    })
}
