//! What the groups are on a day, by the rules and the decisions together, and which of the known groups each one is. 集团划分

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pinji_domain::Date;
use pinji_domain::ids::{CustomerId, GroupId};
use pinji_groups::{Controller, Decision, Graph, Party, Resolution, controller, resolve, scope};
use pinji_store::{Group, GroupDecision, GroupMember, Known, View};

use super::network::Network;
use crate::register::Fault;

/// How many rows are fetched at a time.
const ROWS: u32 = 10_000;

/// What a decision on a member says, as it is kept.
pub(crate) const MEMBER: &str = "member";
pub(crate) const NOT_MEMBER: &str = "not_member";
pub(crate) const TOGETHER: &str = "together";

/// One group as it is to be from the day on.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Which of the known groups it is; `None`: a new one.
    pub(crate) group: Option<GroupId>,
    /// The members, and the decision that put each there.
    pub(crate) members: BTreeMap<CustomerId, Option<i64>>,
    /// The party that controls it.
    pub(crate) controller: Option<i64>,
    /// What a new one is called.
    pub(crate) name: String,
}

/// All groups of a day, and what they were worked out from.
pub(crate) struct Plan {
    pub(crate) network: Network,
    pub(crate) graph: Graph,
    pub(crate) resolution: Resolution,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) groups: Vec<Group>,
    pub(crate) members: Vec<GroupMember>,
}

/// Works out the groups of a day. Kept is a group of two customers or more: what has one customer needs no consolidation.
pub(crate) async fn plan(view: &View, on: Date) -> Result<Plan, Fault> {
    let network = Network::whole(view, Known::Now, Some(on)).await?;
    let groups = groups(view).await?;
    let members = members(view, Known::Now, None).await?;
    let standing = standing(view).await?;
    let graph = Graph::as_of(&network.kinds, &network.relations, on).map_err(Fault::broken)?;
    let resolution = resolve(&graph);
    let decisions = decisions(&network, &groups, &members, &standing);
    let scope = scope(resolution.proposed(), &decisions);

    let mut of: BTreeMap<Party, BTreeMap<CustomerId, Option<i64>>> = BTreeMap::new();
    for (at, party) in network.parties.iter().enumerate() {
        let place = Party(u32::try_from(at).unwrap_or(u32::MAX));
        if let (Some(customer), Some(group)) = (party.customer, scope.group(place)) {
            let decision = standing.get(&customer).filter(|row| row.verdict != NOT_MEMBER);
            of.entry(group)
                .or_default()
                .insert(customer, decision.map(|row| row.id));
        }
    }
    of.retain(|_, members| members.len() > 1);
    let controllers = controllers(&network, &graph, &resolution, &of);
    let mut wanted: Vec<Wanted> = of
        .into_iter()
        .map(|(label, members)| {
            let controller = controllers.get(&label).copied();
            let party = controller.and_then(|party| network.party(party));
            Wanted {
                group: None,
                name: name(&network, party, &members),
                controller: party.map(|party| party.id),
                members,
            }
        })
        .collect();
    recognise(&mut wanted, &groups, &members);
    Ok(Plan {
        network,
        graph,
        resolution,
        wanted,
        groups,
        members,
    })
}

/// All groups, ascending by id.
pub(crate) async fn groups(view: &View) -> Result<Vec<Group>, Fault> {
    let mut all: Vec<Group> = Vec::new();
    loop {
        let after = all.last().map_or(GroupId(0), |group| group.id);
        let rows = view.groups(after, ROWS).await?;
        if rows.is_empty() {
            return Ok(all);
        }
        all.extend(rows);
    }
}

/// All memberships, ascending by id.
pub(crate) async fn members(view: &View, known: Known, on: Option<Date>) -> Result<Vec<GroupMember>, Fault> {
    let mut all: Vec<GroupMember> = Vec::new();
    loop {
        let after = all.last().map_or(0, |member| member.id);
        let rows = view.all_group_members(known, on, after, ROWS).await?;
        if rows.is_empty() {
            return Ok(all);
        }
        all.extend(rows);
    }
}

/// The decision in force for each customer: the last one.
pub(crate) async fn standing(view: &View) -> Result<BTreeMap<CustomerId, GroupDecision>, Fault> {
    let mut standing = BTreeMap::new();
    let mut after = 0;
    loop {
        let rows = view.all_group_decisions(after, ROWS).await?;
        let Some(last) = rows.last() else { return Ok(standing) };
        after = last.id;
        standing.extend(rows.into_iter().map(|row| (row.customer, row)));
    }
}

/// Kept decisions in the words of the rules: who was taken in leaves its own group and joins the other's anchor.
fn decisions(
    network: &Network,
    groups: &[Group],
    members: &[GroupMember],
    standing: &BTreeMap<CustomerId, GroupDecision>,
) -> Vec<Decision> {
    let mut by_rule: HashMap<GroupId, BTreeSet<CustomerId>> = HashMap::new();
    for member in members.iter().filter(|member| member.valid_to.is_none()) {
        by_rule.entry(member.group).or_default().insert(member.customer);
    }
    let controller: HashMap<GroupId, Option<i64>> = groups.iter().map(|group| (group.id, group.controller)).collect();
    let anchor = |group: GroupId| -> Option<Party> {
        let controls = controller.get(&group).copied().flatten().and_then(|id| network.at(id));
        let moved = |party: &Party| network.customer(*party).is_some_and(|id| standing.contains_key(&id));
        let undecided = || {
            let members = by_rule.get(&group).into_iter().flatten();
            let members = members.filter(|customer| !standing.contains_key(customer));
            members.filter_map(|customer| network.of(*customer)).next()
        };
        let decided = || {
            let mut rows = standing
                .values()
                .filter(|row| row.group_id == group && row.verdict == MEMBER);
            rows.find_map(|row| network.of(row.customer))
        };
        controls
            .filter(|party| !moved(party))
            .or_else(undecided)
            .or_else(decided)
    };
    let mut anchors: HashMap<GroupId, Option<Party>> = HashMap::new();
    let mut decisions = Vec::new();
    for row in standing.values() {
        let Some(party) = network.of(row.customer) else {
            continue;
        };
        if row.verdict != TOGETHER {
            decisions.push(Decision::Apart(party));
        }
        if row.verdict != NOT_MEMBER
            && let Some(anchor) = *anchors.entry(row.group_id).or_insert_with(|| anchor(row.group_id))
        {
            decisions.push(Decision::Together(party, anchor));
        }
    }
    decisions
}

/// Who controls each group: who controls most of its customers by the rules.
fn controllers(
    network: &Network,
    graph: &Graph,
    resolution: &Resolution,
    of: &BTreeMap<Party, BTreeMap<CustomerId, Option<i64>>>,
) -> HashMap<Party, Party> {
    let partition = resolution.proposed();
    let mut heads: HashMap<Party, Party> = HashMap::new();
    for members in partition.groups().iter() {
        let head = match controller(graph, partition, members) {
            Controller::Company(party) | Controller::Person(party) => Some(party),
            Controller::Family(persons) => persons.first().copied(),
            Controller::Circle => None,
        };
        if let (Some(head), Some(group)) = (head, members.first()) {
            heads.insert(*group, head);
        }
    }
    let mut found = HashMap::new();
    for (label, members) in of {
        let mut counts: BTreeMap<Party, usize> = BTreeMap::new();
        for customer in members.keys() {
            let group = network.of(*customer).and_then(|party| partition.group(party));
            *counts.entry(group.unwrap_or(*label)).or_default() += 1;
        }
        let most = counts
            .iter()
            .max_by_key(|(group, count)| (**count, std::cmp::Reverse(**group)));
        if let Some(head) = most.and_then(|(group, _)| heads.get(group)) {
            found.insert(*label, *head);
        }
    }
    found
}

/// A group is called by the company that controls it, else by its first member; never by a person.
fn name(
    network: &Network,
    controller: Option<&pinji_store::Party>,
    members: &BTreeMap<CustomerId, Option<i64>>,
) -> String {
    let company = controller.filter(|party| party.sort == pinji_store::PartySort::Company);
    let first = || {
        let first = members.keys().next()?;
        network.party(network.of(*first)?)
    };
    company
        .or_else(first)
        .map(|party| party.name.clone())
        .unwrap_or_default()
}

/// Says which known group each one is, so that numbers stay: first by members in common (the more the better), the same
/// controller going before, the older group winning where all is equal.
fn recognise(wanted: &mut [Wanted], groups: &[Group], members: &[GroupMember]) {
    let mut of: HashMap<CustomerId, BTreeSet<GroupId>> = HashMap::new();
    for member in members.iter().filter(|member| member.valid_to.is_none()) {
        of.entry(member.customer).or_default().insert(member.group);
    }
    let controller: HashMap<GroupId, Option<i64>> = groups.iter().map(|group| (group.id, group.controller)).collect();
    let mut likeness = Vec::new();
    for (at, one) in wanted.iter().enumerate() {
        let mut common: BTreeMap<GroupId, usize> = BTreeMap::new();
        for group in one.members.keys().filter_map(|customer| of.get(customer)).flatten() {
            *common.entry(*group).or_default() += 1;
        }
        for (group, count) in common {
            let same = one.controller.is_some() && controller.get(&group).copied().flatten() == one.controller;
            likeness.push((std::cmp::Reverse((same, count)), group, at));
        }
    }
    likeness.sort_unstable();
    let mut taken: BTreeSet<GroupId> = BTreeSet::new();
    for (_, group, at) in likeness {
        if let Some(one) = wanted.get_mut(at)
            && one.group.is_none()
            && taken.insert(group)
        {
            one.group = Some(group);
        }
    }
}
