//! Why a company is controlled: step by step from its controller. 控制路径
#![expect(clippy::indexing_slicing, reason = "places are those of the members that were given")]

use crate::control::Partition;
use crate::{Basis, Edge, Graph, Party};

/// One holder's part in a step. 持有
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub holder: Party,
    /// Its votes in parts per billion, or 1 for a party to the agreement.
    pub power: u32,
    /// The relation that says so.
    pub edge: Edge,
}

/// How one company is controlled by others of its group. 控制步骤
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The company that is controlled.
    pub company: Party,
    /// By what.
    pub basis: Basis,
    /// What `by` have together; more than `need`.
    pub held: u64,
    /// What it takes more than.
    pub need: u64,
    /// The holders, each either the controller itself or controlled by an earlier step; in a circle, all of the group.
    pub by: Vec<Holding>,
    /// How many steps from the controller; `None` in a circle, where no step is first.
    pub rank: Option<u32>,
}

/// The steps of one group: the controller first, each company after those that control it. 集团控制步骤
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    members: Vec<Party>,
    steps: Vec<Option<Step>>,
}

impl Steps {
    /// Works out the steps of a group; `members` are all its parties, ascending.
    pub fn of(graph: &Graph, partition: &Partition, members: &[Party]) -> Steps {
        let place = |party: u32| members.binary_search(&Party(party)).ok();
        // By holder: the members that it has power over.
        let mut held: Vec<Vec<(usize, u32)>> = vec![Vec::new(); members.len()];
        for (at, member) in members.iter().enumerate() {
            if partition.is_controlled(*member) {
                for entry in graph.row(member.0).filter(|entry| graph.power[*entry] > 0) {
                    if let Some(holder) = place(graph.holder[entry]) {
                        held[holder].push((at, graph.power[entry]));
                    }
                }
            }
        }
        let mut rank: Vec<Option<u32>> = members
            .iter()
            .map(|member| (!partition.is_controlled(*member)).then_some(0))
            .collect();
        let mut order: Vec<usize> = (0..members.len()).filter(|at| rank[*at].is_some()).collect();
        // When each member acted, and when it was reached: those who acted till then control it.
        let mut acted = vec![usize::MAX; members.len()];
        let mut reached = vec![usize::MAX; members.len()];
        let mut sum = vec![0_u64; members.len()];
        let mut turn = 0;
        while let Some(holder) = order.get(turn).copied() {
            acted[holder] = turn;
            for (company, power) in std::mem::take(&mut held[holder]) {
                sum[company] += u64::from(power);
                if rank[company].is_none() && sum[company] > graph.need[members[company].0 as usize] {
                    rank[company] = rank[holder].map(|rank| rank + 1);
                    reached[company] = turn;
                    order.push(company);
                }
            }
            turn += 1;
        }
        let steps = members.iter().enumerate().map(|(at, member)| {
            if !partition.is_controlled(*member) {
                return None;
            }
            let row = graph.row(member.0).filter(|entry| graph.power[*entry] > 0);
            let counts =
                |holder: u32| place(holder).is_some_and(|place| rank[at].is_none() || acted[place] <= reached[at]);
            let by: Vec<Holding> = row
                .filter(|entry| counts(graph.holder[*entry]))
                .map(|entry| Holding {
                    holder: Party(graph.holder[entry]),
                    power: graph.power[entry],
                    edge: Edge(graph.power_edge[entry]),
                })
                .collect();
            Some(Step {
                company: *member,
                basis: graph.basis[member.0 as usize],
                held: by.iter().map(|holding| u64::from(holding.power)).sum(),
                need: graph.need[member.0 as usize],
                by,
                rank: rank[at],
            })
        });
        Steps {
            steps: steps.collect(),
            members: members.to_vec(),
        }
    }

    /// How a member is controlled; `None` for the controller.
    pub fn step(&self, company: Party) -> Option<&Step> {
        let at = self.members.binary_search(&company).ok()?;
        self.steps.get(at)?.as_ref()
    }

    /// By member, ascending: the company whose consolidated statement covers it, if anybody's does. 直接母公司
    ///
    /// That is who controls it alone, and where several do together, the nearest company above all of them (in a circle,
    /// nobody). `None` also for the controller, and for what persons control themselves.
    pub fn parents(&self, graph: &Graph) -> Vec<(Party, Option<Party>)> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|at| (self.steps[*at].as_ref().and_then(|step| step.rank), *at));
        let mut parent: Vec<Option<usize>> = vec![None; self.members.len()];
        let mut depth = vec![0_u32; self.members.len()];
        for at in order {
            let Some(step) = &self.steps[at] else { continue };
            let alone = step.by.iter().find(|holding| u64::from(holding.power) > step.need);
            let mut holders = match alone {
                Some(one) => std::slice::from_ref(one),
                None if step.rank.is_none() => continue,
                None => step.by.as_slice(),
            }
            .iter()
            .map(|holding| self.members.binary_search(&holding.holder).ok())
            .map(|place| place.filter(|place| graph.is_company(self.members[*place].0)));
            let first = holders.next().flatten();
            parent[at] = holders.fold(first, |one, other| above_both(&parent, &depth, one?, other?));
            depth[at] = parent[at].map_or(0, |parent| depth[parent] + 1);
        }
        let parents = parent.iter().map(|parent| parent.map(|parent| self.members[parent]));
        self.members.iter().copied().zip(parents).collect()
    }

    /// The steps that lead from the controller to a member: each after those that it needs. In a circle, only the last. 控制路径
    pub fn path(&self, company: Party) -> Vec<&Step> {
        let mut wanted = vec![false; self.members.len()];
        let mut open = vec![company];
        let mut found = Vec::new();
        while let Some(party) = open.pop() {
            let Ok(at) = self.members.binary_search(&party) else {
                continue;
            };
            if let Some(step) = self.steps[at].as_ref().filter(|_| !wanted[at]) {
                wanted[at] = true;
                found.push(step);
                if step.rank.is_some() {
                    open.extend(step.by.iter().map(|holding| holding.holder));
                }
            }
        }
        found.sort_by_key(|step| (step.rank, step.company));
        found
    }
}

/// The nearest that is, or stands above, both.
fn above_both(parent: &[Option<usize>], depth: &[u32], mut one: usize, mut other: usize) -> Option<usize> {
    while one != other {
        match depth[one] >= depth[other] {
            true => one = parent[one]?,
            false => other = parent[other]?,
        }
    }
    Some(one)
}

/// The steps from its ultimate controller to one company; empty where nobody controls it. 控制路径
pub fn path(graph: &Graph, partition: &Partition, company: Party) -> Vec<Step> {
    let Some(group) = partition.group(company) else {
        return Vec::new();
    };
    let members: Vec<Party> = (0..graph.parties() as u32)
        .map(Party)
        .filter(|party| partition.group(*party) == Some(group))
        .collect();
    let steps = Steps::of(graph, partition, &members);
    steps.path(company).into_iter().cloned().collect()
}
