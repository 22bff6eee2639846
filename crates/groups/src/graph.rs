//! The relations of one day as flat arrays: who holds what of each company, and what it takes to control it. 关系图
#![expect(
    clippy::indexing_slicing,
    reason = "rows lie between the starts that the same counts made, and parties were checked against the list"
)]

use pinji_domain::Date;

use crate::row::{Row, Slot, UNKNOWN};
use crate::{Doubt, Edge, Party, PartyKind, Refusal, Relation, Tie};

/// No relation, no party.
pub(crate) const NONE: u32 = u32::MAX;

/// What decides about control of a company. 控制依据
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// More than one half of the votes. 表决权过半数
    Votes,
    /// An agreement: the party that it names, or all that it names together. 协议或共同控制
    Agreement,
    /// Control is joint and the others are not known: nobody controls it. 共同控制方不全
    Unclear,
}

/// The relations that hold on one day, by company: a row of holders for each, ascending. 关系图
#[derive(Debug, Clone)]
pub struct Graph {
    pub(crate) kinds: Vec<PartyKind>,
    /// Where each party's row begins; one more than there are parties.
    pub(crate) start: Vec<u32>,
    pub(crate) holder: Vec<u32>,
    /// Votes in parts per billion, or 1 for a party to the agreement that decides.
    pub(crate) power: Vec<u32>,
    /// Ownership in parts per billion; rows sum to at most the whole.
    pub(crate) equity: Vec<u32>,
    pub(crate) power_edge: Vec<u32>,
    pub(crate) equity_edge: Vec<u32>,
    /// To control a company takes more than this much power.
    pub(crate) need: Vec<u64>,
    pub(crate) basis: Vec<Basis>,
    pub(crate) kin: Vec<Edge>,
    pub(crate) kin_ends: Vec<(u32, u32)>,
    pub(crate) others: Vec<(Edge, Party, Party)>,
    pub(crate) doubts: Vec<Doubt>,
}

impl Graph {
    /// Takes the relations that hold on a day. 取基准日有效的关系
    ///
    /// A row's holders come ascending by party, so nothing later depends on the order of `relations`. Votes are the recorded
    /// voting rights, and shares where none are recorded; votes that are not recorded give way where both exceed the whole. A
    /// company's own shares carry no votes. Agreements (management, joint control) stand before votes.
    ///
    /// Refuses what [`Relation::check`] refuses, at the first.
    pub fn as_of(parties: &[PartyKind], relations: &[Relation], as_of: Date) -> Result<Graph, Refusal> {
        let count = parties.len();
        let mut graph = Graph {
            kinds: parties.to_vec(),
            start: Vec::with_capacity(count + 1),
            holder: Vec::new(),
            power: Vec::new(),
            equity: Vec::new(),
            power_edge: Vec::new(),
            equity_edge: Vec::new(),
            need: Vec::with_capacity(count),
            basis: Vec::with_capacity(count),
            kin: Vec::new(),
            kin_ends: Vec::new(),
            others: Vec::new(),
            doubts: Vec::new(),
        };
        let mut first = vec![0_u32; count + 1];
        for (at, relation) in relations.iter().enumerate() {
            relation.check(parties)?;
            if !relation.holds(as_of) {
                continue;
            }
            let edge = Edge(at as u32);
            match relation.tie {
                Tie::Family(kinship) if kinship.is_near() => {
                    graph.kin.push(edge);
                    graph.kin_ends.push((relation.holder.0, relation.target.0));
                }
                Tie::Family(_) => graph.doubts.push(Doubt::DistantKin { edge }),
                Tie::Other => graph.others.push((edge, relation.holder, relation.target)),
                _ => first[relation.target.0 as usize + 1] += 1,
            }
        }
        for at in 0..count {
            first[at + 1] += first[at];
        }
        let slots = scatter(relations, as_of, &first);
        graph.rows(relations, first, slots);
        Ok(graph)
    }

    /// How many parties there are.
    pub fn parties(&self) -> usize {
        self.kinds.len()
    }

    /// What a party is; `None` for one that is not on the list.
    pub fn kind(&self, party: Party) -> Option<PartyKind> {
        self.kinds.get(party.0 as usize).copied()
    }

    /// What decides about control of a company, and how much it takes more than. 控制依据与门槛
    pub fn need(&self, company: Party) -> Option<(Basis, u64)> {
        let at = company.0 as usize;
        Some((*self.basis.get(at)?, *self.need.get(at)?))
    }

    /// What the records leave in doubt. 存疑
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    pub(crate) fn row(&self, party: u32) -> std::ops::Range<usize> {
        self.start[party as usize] as usize..self.start[party as usize + 1] as usize
    }

    pub(crate) fn is_company(&self, party: u32) -> bool {
        self.kinds[party as usize] == PartyKind::Company
    }

    fn rows(&mut self, relations: &[Relation], first: Vec<u32>, mut slots: Vec<Slot>) {
        for column in [
            &mut self.holder,
            &mut self.power,
            &mut self.equity,
            &mut self.power_edge,
            &mut self.equity_edge,
        ] {
            column.reserve_exact(slots.len());
        }
        let mut row = Row::default();
        for company in 0..self.kinds.len() {
            self.start.push(self.holder.len() as u32);
            let range = first[company] as usize..first[company + 1] as usize;
            if range.is_empty() {
                self.need.push(u64::MAX);
                self.basis.push(Basis::Votes);
                continue;
            }
            row.read(&mut slots[range], relations, &mut self.doubts);
            let (basis, need) = row.settle(Party(company as u32), &self.kinds, &mut self.doubts);
            self.need.push(need);
            self.basis.push(basis);
            for entry in &row.entries {
                self.holder.push(entry.holder);
                self.power.push(entry.power);
                self.equity.push(entry.equity);
                self.power_edge.push(entry.power_edge);
                self.equity_edge.push(entry.equity_edge);
            }
        }
        self.start.push(self.holder.len() as u32);
    }
}

/// Puts what bears on each company into its row.
fn scatter(relations: &[Relation], as_of: Date, first: &[u32]) -> Vec<Slot> {
    let mut next = first.to_vec();
    let mut slots = vec![Slot::default(); first.last().copied().unwrap_or(0) as usize];
    for (at, relation) in relations.iter().enumerate() {
        let (class, value) = match relation.tie {
            Tie::Equity(share) => (0, share.map_or(UNKNOWN, |share| share.units())),
            Tie::Voting(share) => (1, share.units()),
            Tie::Management => (2, 1),
            Tie::Joint => (3, 1),
            Tie::Family(_) | Tie::Other => continue,
        };
        if !relation.holds(as_of) {
            continue;
        }
        let place = &mut next[relation.target.0 as usize];
        slots[*place as usize] = Slot {
            holder: relation.holder.0,
            class,
            value,
            edge: at as u32,
        };
        *place += 1;
    }
    slots
}
