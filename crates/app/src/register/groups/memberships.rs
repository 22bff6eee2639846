//! Who belongs to which group on a day, for whoever grades: groups as columns, subjects and measures. 集团归属

use std::collections::{BTreeMap, HashMap};

use pinji_domain::Date;
use pinji_domain::ids::{CustomerId, GroupId};
use pinji_groups::{Graph, Party, Share, Steps, resolve};
use pinji_store::{Known, View};

use super::network::Network;
use crate::register::Fault;

/// How many rows are fetched at a time.
const ROWS: u32 = 10_000;

/// A customer's place in its group. 成员
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberOf {
    /// Who.
    pub customer: CustomerId,
    /// The member whose consolidated statement covers this one, if there is such a member. 直接母公司
    pub parent: Option<CustomerId>,
    /// What the group's controller has of it: the weight of weighted measures. 实际持股比例
    pub share: Option<Share>,
}

/// A group and its members on one day. 集团
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOf {
    /// The id.
    pub id: GroupId,
    /// The company's own number for it, which stays.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The members, ascending by customer.
    pub members: Vec<MemberOf>,
}

/// The groups of one day. 集团归属
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memberships {
    /// The groups that have members on that day, ascending by id.
    pub groups: Vec<GroupOf>,
    place: HashMap<CustomerId, usize>,
}

impl Memberships {
    /// The group of a customer, if it is in one. 所属集团
    pub fn of(&self, customer: CustomerId) -> Option<&GroupOf> {
        self.groups.get(*self.place.get(&customer)?)
    }

    /// A customer's place in its group, if it is in one. 成员
    pub fn member(&self, customer: CustomerId) -> Option<&MemberOf> {
        let members = &self.of(customer)?.members;
        let at = members.binary_search_by_key(&customer, |member| member.customer).ok()?;
        members.get(at)
    }

    /// The number of a customer's group, if it is in one. 集团编号
    pub fn code(&self, customer: CustomerId) -> Option<&str> {
        self.of(customer).map(|group| group.code.as_str())
    }
}

/// Who belongs to which group on a day, as far as was known at an instant. 集团归属
///
/// - `view`: the store, a snapshot, or a change; take a snapshot where other reads must see the same state.
/// - `on`: the day of the run.
/// - `known`: `Known::At(as_known)` of the run, or `Known::Now`.
///
/// A customer is in one group at most. No rights are asked: the caller is the office itself.
pub async fn memberships(view: &View, on: Date, known: Known) -> Result<Memberships, Fault> {
    let mut members: BTreeMap<GroupId, BTreeMap<CustomerId, MemberOf>> = BTreeMap::new();
    let mut after = 0;
    loop {
        let rows = view.all_group_members(known, Some(on), after, ROWS).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let member = MemberOf {
                customer: row.customer,
                parent: None,
                share: None,
            };
            members.entry(row.group).or_default().insert(row.customer, member);
        }
    }
    if members.is_empty() {
        return Ok(Memberships::default());
    }
    let network = Network::whole(view, known, Some(on)).await?;
    let ties = ties(&network, on)?;
    let mut found = Memberships::default();
    let mut after = GroupId(0);
    loop {
        let rows = view.groups(after, ROWS).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let Some(members) = members.remove(&row.id) else {
                continue;
            };
            let within = |customer: &CustomerId| members.contains_key(customer);
            let members: Vec<MemberOf> = members
                .values()
                .map(|member| MemberOf {
                    parent: ties.parent(member.customer, within),
                    share: ties.share.get(&member.customer).copied(),
                    ..*member
                })
                .collect();
            for member in &members {
                found.place.insert(member.customer, found.groups.len());
            }
            found.groups.push(GroupOf {
                id: row.id,
                code: row.code,
                name: row.name,
                members,
            });
        }
    }
    Ok(found)
}

/// Who stands directly above whom, and what controllers have of customers.
struct Ties {
    above: HashMap<Party, Party>,
    customer: HashMap<Party, CustomerId>,
    place: HashMap<CustomerId, Party>,
    share: HashMap<CustomerId, Share>,
}

impl Ties {
    /// The nearest above a customer that is a member too: companies between that are no customers have no statements here.
    fn parent(&self, customer: CustomerId, within: impl Fn(&CustomerId) -> bool) -> Option<CustomerId> {
        let mut at = *self.place.get(&customer)?;
        // Holdings run in circles; nobody stands more steps above than there are companies.
        for _ in 0..self.above.len() {
            at = *self.above.get(&at)?;
            match self.customer.get(&at) {
                Some(found) if *found == customer => return None,
                Some(found) if within(found) => return Some(*found),
                _ => {}
            }
        }
        None
    }
}

fn ties(network: &Network, on: Date) -> Result<Ties, Fault> {
    let graph = Graph::as_of(&network.kinds, &network.relations, on).map_err(Fault::broken)?;
    let resolution = resolve(&graph);
    let partition = resolution.proposed();
    let mut ties = Ties {
        above: HashMap::new(),
        customer: HashMap::new(),
        place: HashMap::new(),
        share: HashMap::new(),
    };
    for members in partition.groups().iter().filter(|members| members.len() > 1) {
        for (party, parent) in Steps::of(&graph, partition, members).parents(&graph) {
            if let Some(parent) = parent {
                ties.above.insert(party, parent);
            }
            let Some(customer) = network.customer(party) else {
                continue;
            };
            ties.customer.insert(party, customer);
            ties.place.insert(customer, party);
            if let Some(share) = resolution.group_share(party) {
                ties.share.insert(customer, share);
            }
        }
    }
    Ok(ties)
}
