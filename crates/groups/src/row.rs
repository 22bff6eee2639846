//! One company's holders: ownership, votes or agreement, and what control takes. 一家企业的持有人
#![expect(clippy::indexing_slicing, reason = "positions come from walking the same slice")]

use crate::graph::NONE;
use crate::{Basis, Doubt, Edge, Party, PartyKind, Relation};

/// A share that nobody knows.
pub(crate) const UNKNOWN: u32 = u32::MAX;

const WHOLE: u64 = 1_000_000_000;

/// A relation in the row of its target: `class` 0 equity, 1 voting, 2 management, 3 joint.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slot {
    pub(crate) holder: u32,
    pub(crate) class: u32,
    pub(crate) value: u32,
    pub(crate) edge: u32,
}

/// What one holder has in the company.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) holder: u32,
    pub(crate) equity: u32,
    pub(crate) power: u32,
    pub(crate) equity_edge: u32,
    pub(crate) power_edge: u32,
    /// Recorded votes and agreements, by edge; `NONE` where there is none.
    votes: u32,
    voting: u32,
    management: u32,
    joint: u32,
}

impl Entry {
    fn of(holder: u32) -> Entry {
        Entry {
            holder,
            equity: 0,
            power: 0,
            equity_edge: NONE,
            power_edge: NONE,
            votes: 0,
            voting: NONE,
            management: NONE,
            joint: NONE,
        }
    }
}

/// A row in the making; reused from company to company.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) entries: Vec<Entry>,
    company_has_agreement: bool,
}

impl Row {
    /// Gathers the slots of a company by holder; of two relations of one kind the one that began later counts.
    pub(crate) fn read(&mut self, slots: &mut [Slot], relations: &[Relation], doubts: &mut Vec<Doubt>) {
        self.entries.clear();
        self.company_has_agreement = false;
        slots.sort_unstable_by_key(|slot| (slot.holder, slot.class));
        let mut at = 0;
        while at < slots.len() {
            let mut slot = slots[at];
            at += 1;
            while at < slots.len() && (slots[at].holder, slots[at].class) == (slot.holder, slot.class) {
                let age = |slot: &Slot| {
                    relations
                        .get(slot.edge as usize)
                        .map(|relation| (relation.from, relation.id))
                };
                let (kept, dropped) = match age(&slots[at]) > age(&slot) {
                    true => (slots[at], slot),
                    false => (slot, slots[at]),
                };
                let (kept_edge, dropped_edge) = (Edge(kept.edge), Edge(dropped.edge));
                doubts.push(Doubt::Overlap {
                    kept: kept_edge,
                    dropped: dropped_edge,
                });
                slot = kept;
                at += 1;
            }
            if self.entries.last().is_none_or(|entry| entry.holder != slot.holder) {
                self.entries.push(Entry::of(slot.holder));
            }
            let Some(entry) = self.entries.last_mut() else { continue };
            match slot.class {
                0 => {
                    entry.equity_edge = slot.edge;
                    match slot.value {
                        UNKNOWN => doubts.push(Doubt::UnknownShare { edge: Edge(slot.edge) }),
                        units => entry.equity = units,
                    }
                }
                1 => (entry.voting, entry.votes) = (slot.edge, slot.value),
                2 => entry.management = slot.edge,
                _ => entry.joint = slot.edge,
            }
            self.company_has_agreement |= slot.class >= 2;
        }
    }

    /// Says what control takes, and gives each holder its power.
    pub(crate) fn settle(&mut self, company: Party, kinds: &[PartyKind], doubts: &mut Vec<Doubt>) -> (Basis, u64) {
        for entry in &self.entries {
            if kinds[entry.holder as usize] == PartyKind::Anonymous {
                let edges = [entry.equity_edge, entry.voting, entry.management, entry.joint];
                let known = edges.into_iter().find(|edge| *edge != NONE);
                doubts.extend(known.map(|edge| Doubt::AnonymousHolder { edge: Edge(edge) }));
            }
        }
        let sum: u64 = self.entries.iter().map(|entry| u64::from(entry.equity)).sum();
        if sum > WHOLE {
            doubts.push(Doubt::EquityBeyondWhole { company, sum });
        }
        let decided = match self.company_has_agreement {
            true => self.agreement(company, doubts),
            false => self.votes(company, doubts),
        };
        if sum > WHOLE {
            self.cut_equity(sum);
        }
        decided
    }

    /// Cuts shares down in proportion to exactly the whole: largest remainder, ties by holder.
    fn cut_equity(&mut self, sum: u64) {
        let mut left = WHOLE;
        let mut remainder: Vec<(u64, usize)> = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter_mut().enumerate() {
            let exact = u64::from(entry.equity) * WHOLE;
            entry.equity = (exact / sum) as u32;
            left -= exact / sum;
            remainder.push((sum - exact % sum, at));
        }
        remainder.sort_unstable();
        for (_, at) in remainder.into_iter().take(left as usize) {
            self.entries[at].equity += 1;
        }
    }

    /// Control by agreement takes all whom it names.
    fn agreement(&mut self, company: Party, doubts: &mut Vec<Doubt>) -> (Basis, u64) {
        let (mut parties, mut managers, mut joint) = (0_u64, 0, 0);
        let mut last = NONE;
        for entry in &mut self.entries {
            entry.power_edge = if entry.management != NONE {
                entry.management
            } else {
                entry.joint
            };
            entry.power = u32::from(entry.power_edge != NONE);
            parties += u64::from(entry.power);
            managers += u32::from(entry.management != NONE);
            if entry.joint != NONE {
                joint += 1;
                last = entry.joint;
            }
        }
        if managers > 1 || (managers == 1 && joint > 0) {
            doubts.push(Doubt::AgreementsClash { company });
        }
        if managers == 0 && joint == 1 {
            doubts.push(Doubt::JointAlone { edge: Edge(last) });
            return (Basis::Unclear, u64::MAX);
        }
        (Basis::Agreement, parties.saturating_sub(1))
    }

    /// Control by votes takes more than half of those that can be cast.
    fn votes(&mut self, company: Party, doubts: &mut Vec<Doubt>) -> (Basis, u64) {
        let (mut recorded, mut implied, mut own) = (0_u64, 0_u64, 0_u64);
        for entry in &self.entries {
            if entry.holder == company.0 {
                own += u64::from(entry.equity);
            } else if entry.voting != NONE {
                recorded += u64::from(entry.votes);
            } else {
                implied += u64::from(entry.equity);
            }
        }
        let whole = WHOLE.saturating_sub(own);
        // Rights that are recorded change what shares carry: founders' votes leave less for the others.
        let left = whole.saturating_sub(recorded);
        let cut = recorded > 0 && implied > left;
        if recorded > whole || (!cut && recorded + implied > whole) {
            let sum = recorded + implied;
            doubts.push(Doubt::VotesBeyondWhole { company, sum });
        }
        let mut cast = 0_u64;
        for entry in &mut self.entries {
            (entry.power, entry.power_edge) = if entry.holder == company.0 {
                (0, NONE)
            } else if entry.voting != NONE {
                (entry.votes, entry.voting)
            } else if cut {
                ((u64::from(entry.equity) * left / implied) as u32, entry.equity_edge)
            } else {
                (entry.equity, entry.equity_edge)
            };
            cast += u64::from(entry.power);
        }
        (Basis::Votes, cast.max(whole) / 2)
    }
}
