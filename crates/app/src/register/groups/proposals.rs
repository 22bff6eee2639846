//! Groups as the rules propose them, with the decisions of people applied. 拟定集团

use std::collections::{BTreeMap, BTreeSet};

use pinji_access::{State, What};
use pinji_domain::ids::{CustomerId, GroupId, RelationId};
use pinji_domain::{Arg, Date, Message};
use pinji_groups::{Doubt, Party, undecided, words};
use serde_json::json;

use super::plan::{Plan, plan};
use super::reading::{GroupView, seen};
use super::write::{Places, found, place};
use crate::register::deed::Deed;
use crate::register::relations::parties::{Customers, about, customers};
use crate::register::{Action, Answer, Caller, Fault, Office};

/// How much of each list an answer shows; the rest is in the lists themselves.
const SHOWN: usize = 200;

/// A group that the resolution made or changed. 拟定集团
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The group as it is now.
    pub group: GroupView,
    /// Whether it is new.
    pub new: bool,
}

/// A relation that only a person can judge. 待人工认定
#[derive(Debug, Clone, PartialEq)]
pub struct Undecided {
    /// The relation.
    pub relation: RelationId,
    /// What is to be judged.
    pub says: Message,
}

/// What came of a resolution, as far as its reader may see it. 识别结果
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The day.
    pub on: Date,
    /// Groups that are new or changed, at most 200.
    pub groups: Vec<Proposed>,
    /// Whether there are more of them.
    pub more: bool,
    /// Relations that a person must judge, at most 200.
    pub undecided: Vec<Undecided>,
    /// What the records leave in doubt, at most 200.
    pub doubts: Vec<Message>,
}

/// Finds the groups of a day from all relations and decisions, and keeps them from that day on. 识别集团
///
/// Groups keep their ids and numbers; what people decided holds whatever the rules propose. Work is done before the change is
/// opened; where somebody changed something meanwhile it is done again within.
pub async fn resolve(
    office: &Office,
    caller: &Caller,
    on: Date,
    answered: impl Fn(&Resolved) -> Answer + Send,
) -> Result<Answer, Fault> {
    let draft = about(What::Group, None, State::Draft, caller);
    office.authorize(caller, Action::GroupDecide, &draft)?;
    let snapshot = office.store.snapshot().await?;
    let head = snapshot.ledger_head().await?.size;
    let early = plan(&snapshot, on).await?;
    drop(snapshot);
    let change = office.store.change(caller.asked.at).await?;
    let mut plan = match change.seq() == head {
        true => early,
        false => plan(&change, on).await?,
    };
    let mut places = Places::new();
    let mut new = BTreeSet::new();
    let mut kept = BTreeSet::new();
    for wanted in &plan.wanted {
        let group = match wanted.group {
            Some(group) => group,
            None => {
                let group = found(&change, &mut plan.groups, &wanted.name, wanted.controller).await?;
                new.insert(group);
                group
            }
        };
        kept.insert(group);
        places.extend(
            wanted
                .members
                .iter()
                .map(|(customer, decision)| (*customer, (group, *decision))),
        );
    }
    let mut touched = place(&change, on, &plan.members, &places).await?;
    let controllers: BTreeMap<GroupId, Option<i64>> = plan
        .wanted
        .iter()
        .filter_map(|wanted| Some((wanted.group?, wanted.controller)))
        .collect();
    for group in &plan.groups {
        let controller = controllers.get(&group.id).copied().unwrap_or(group.controller);
        let ended_at = match kept.contains(&group.id) {
            true => None,
            false => group.ended_at.or(Some(change.at())),
        };
        let mut now = group.clone();
        (now.controller, now.ended_at) = (controller, ended_at);
        if now != *group {
            change.update_group(&now).await?;
            touched.insert(group.id);
        } else if touched.contains(&group.id) && !new.contains(&group.id) {
            change.touch_group(group.id, group.version).await?;
        }
    }
    touched.extend(&new);
    let resolved = told(office, caller, &change, &plan, on, &touched, &new).await?;
    let answer = answered(&resolved);
    let codes = |ids: &BTreeSet<GroupId>| {
        let groups = plan.groups.iter().filter(|group| ids.contains(&group.id));
        groups.map(|group| group.code.clone()).collect::<Vec<_>>()
    };
    let deed = Deed::new(Action::GroupDecide.code(), "group")
        .after(json!({ "on": on.to_string(), "new": codes(&new), "changed": codes(&touched) }));
    office.keep(change, caller, deed, answer).await
}

async fn told(
    office: &Office,
    caller: &Caller,
    change: &pinji_store::Change,
    plan: &Plan,
    on: Date,
    touched: &BTreeSet<GroupId>,
    new: &BTreeSet<GroupId>,
) -> Result<Resolved, Fault> {
    let mut groups = Vec::new();
    let mut more = false;
    for id in touched {
        let Some(group) = change.group(*id).await? else {
            continue;
        };
        if let Some(seen) = seen(office, caller, change, &group, pinji_store::Known::Now, Some(on), false).await? {
            if groups.len() == SHOWN {
                more = true;
                break;
            }
            groups.push(Proposed {
                group: seen.group,
                new: new.contains(id),
            });
        }
    }
    let open = undecided(&plan.graph, &plan.resolution);
    let ends = |party: Party| plan.network.customer(party);
    // As many as could be shown to somebody who sees little of the book.
    let doubtful: Vec<(&Doubt, Vec<Party>)> = plan
        .graph
        .doubts()
        .iter()
        .take(SHOWN * 50)
        .map(|doubt| (doubt, parties_of(plan, doubt)))
        .collect();
    let named: BTreeSet<CustomerId> = open
        .iter()
        .flat_map(|one| [one.ends.0, one.ends.1])
        .chain(doubtful.iter().flat_map(|(_, parties)| parties.iter().copied()))
        .filter_map(ends)
        .collect();
    let known = customers(change, named.into_iter()).await?;
    let sees = |party: Party| shows(office, caller, &known, ends(party));
    let name = |party: Party| -> Arg {
        let party = plan.network.party(party);
        match party.filter(|party| party.sort == pinji_store::PartySort::Company) {
            Some(party) => party.name.as_str().into(),
            None => Message::new("app-party-person").into(),
        }
    };
    let names = words::Names {
        party: &name,
        relations: &plan.network.relations,
    };
    let relation = |edge: pinji_groups::Edge| plan.network.relations.get(edge.0 as usize);
    let undecided = open
        .iter()
        .filter(|one| sees(one.ends.0) && sees(one.ends.1))
        .filter_map(|one| {
            Some(Undecided {
                relation: relation(one.edge)?.id,
                says: words::undecided(one, &names),
            })
        })
        .take(SHOWN)
        .collect();
    let doubts = doubtful
        .iter()
        .filter(|(_, parties)| parties.iter().all(|party| sees(*party)))
        .map(|(doubt, _)| words::doubt(doubt, &names))
        .take(SHOWN)
        .collect();
    Ok(Resolved {
        on,
        groups,
        more,
        undecided,
        doubts,
    })
}

/// The parties that a doubt is about.
fn parties_of(plan: &Plan, doubt: &Doubt) -> Vec<Party> {
    match doubt {
        Doubt::EquityBeyondWhole { company, .. }
        | Doubt::VotesBeyondWhole { company, .. }
        | Doubt::AgreementsClash { company } => vec![*company],
        Doubt::Overlap { kept: edge, .. }
        | Doubt::UnknownShare { edge }
        | Doubt::JointAlone { edge }
        | Doubt::AnonymousHolder { edge }
        | Doubt::DistantKin { edge } => {
            let relation = plan.network.relations.get(edge.0 as usize);
            relation.map_or_else(Vec::new, |relation| vec![relation.holder, relation.target])
        }
    }
}

/// Whether the caller may know of a party: anybody's that is no customer, and a customer whose groups he may read.
fn shows(office: &Office, caller: &Caller, known: &Customers, customer: Option<CustomerId>) -> bool {
    let Some(id) = customer else { return true };
    known.get(&id).is_some_and(|customer| {
        let file = about(What::Group, Some(customer), State::Committed, caller);
        office.may(caller, Action::GroupRead, &file)
    })
}
