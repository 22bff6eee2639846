//! Which parties act as one: the least fixpoint of control. 控制关系求解
//!
//! Every party begins as a group of one. A group that together has more power over a company than control takes, takes it in,
//! and with it the company's own group; so on until nothing changes. Since no two groups can both have more than half, the
//! result does not depend on the order of work. In a group there is at most one party (or one family that began as one) that
//! the group itself does not control: its controller. A group without one is a circle that owns itself.
//!
//! Work: single majorities by one pass; after that a list of the companies that several could control together, looked at again
//! only when enough of their power has changed hands. When groups merge, the smaller list of power is walked: O(e log e)
//! steps, times the number of holders of one company at worst.
#![expect(
    clippy::indexing_slicing,
    reason = "all arrays are as long as the list of parties, of candidates or of their entries"
)]

use crate::graph::NONE;
use crate::{Graph, Party};

/// Who belongs together, as flat arrays. 分组
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The smallest party of each party's group.
    pub(crate) label: Vec<u32>,
    /// By label: the smallest party of the group that the group does not control.
    pub(crate) head: Vec<u32>,
    /// By label: how many parties the group has.
    pub(crate) size: Vec<u32>,
    /// Whether its own group controls the party.
    pub(crate) controlled: Vec<bool>,
}

impl Partition {
    /// The group of a party, named by its smallest party. 所属分组
    pub fn group(&self, party: Party) -> Option<Party> {
        self.label.get(party.0 as usize).copied().map(Party)
    }

    /// Who controls the party's group in the end: the party itself where nobody does, the smallest person of a family; `None`
    /// for a circle. 最终控制人
    pub fn controller(&self, party: Party) -> Option<Party> {
        let label = self.group(party)?;
        self.head
            .get(label.0 as usize)
            .copied()
            .filter(|head| *head != NONE)
            .map(Party)
    }

    /// How many parties, persons among them, the party's group has.
    pub fn size(&self, party: Party) -> usize {
        let label = self.group(party).map_or(0, |label| label.0 as usize);
        self.size.get(label).map_or(0, |size| *size as usize)
    }

    /// Whether the party's own group controls it. `false` for its controller.
    pub fn is_controlled(&self, party: Party) -> bool {
        self.controlled.get(party.0 as usize).copied().unwrap_or(false)
    }

    /// All groups of two or more parties, each ascending, ascending by their smallest. 各组成员
    pub fn groups(&self) -> Groups {
        Groups::of(self)
    }
}

/// The members of all groups of two or more, in one array. 各组成员
#[derive(Debug, Clone)]
pub struct Groups {
    start: Vec<u32>,
    party: Vec<Party>,
}

impl Groups {
    fn of(partition: &Partition) -> Groups {
        let mut place = vec![NONE; partition.label.len()];
        let mut start = vec![0_u32];
        let mut end = 0;
        for (label, size) in partition.size.iter().enumerate().filter(|(_, size)| **size > 1) {
            place[label] = end;
            end += size;
            start.push(end);
        }
        let mut party = vec![Party(NONE); end as usize];
        for (at, label) in partition.label.iter().enumerate() {
            let place = &mut place[*label as usize];
            if *place != NONE {
                party[*place as usize] = Party(at as u32);
                *place += 1;
            }
        }
        Groups { start, party }
    }

    /// How many groups of two or more there are.
    pub fn count(&self) -> usize {
        self.start.len().saturating_sub(1)
    }

    /// The members of each.
    pub fn iter(&self) -> impl Iterator<Item = &[Party]> {
        self.start
            .windows(2)
            .map(|ends| &self.party[ends[0] as usize..ends[1] as usize])
    }
}

/// Whose power counts. 计入的持有人
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holders {
    /// Everybody's.
    All,
    /// That of companies alone, for what legal persons control among themselves.
    Companies,
}

/// Solves control; `together` are parties that act as one from the beginning (families).
pub(crate) fn control(graph: &Graph, holders: Holders, together: &[(u32, u32)]) -> Partition {
    let count = graph.parties();
    let mut sets = Sets::of(count);
    let mut controlled = vec![false; count];
    for (one, other) in together {
        sets.join(*one, *other);
    }
    let power = |at: usize| match holders {
        Holders::Companies if !graph.is_company(graph.holder[at]) => 0,
        _ => graph.power[at],
    };
    let mut open = Vec::new();
    for company in 0..count as u32 {
        let need = graph.need[company as usize];
        let row = graph.row(company);
        let mut sum = 0_u64;
        let mut majority = NONE;
        for at in row {
            let power = u64::from(power(at));
            sum += power;
            if power > need {
                majority = graph.holder[at];
            }
        }
        if majority != NONE {
            sets.join(company, majority);
            controlled[company as usize] = true;
        } else if sum > need {
            open.push(company);
        }
    }
    if !open.is_empty() {
        Together::of(graph, power, &mut sets, open).run(&mut controlled);
    }
    finish(sets, controlled)
}

fn finish(mut sets: Sets, controlled: Vec<bool>) -> Partition {
    let count = controlled.len();
    let mut label = vec![NONE; count];
    let mut head = vec![NONE; count];
    let mut size = vec![0; count];
    for party in 0..count {
        let found = sets.find(party as u32);
        label[party] = found;
        size[found as usize] += 1;
        if !controlled[party] && head[found as usize] == NONE {
            head[found as usize] = party as u32;
        }
    }
    Partition {
        label,
        head,
        size,
        controlled,
    }
}

/// Disjoint sets whose smallest member stands for them.
pub(crate) struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    pub(crate) fn of(count: usize) -> Sets {
        Sets {
            parent: (0..count as u32).collect(),
        }
    }

    pub(crate) fn find(&mut self, mut at: u32) -> u32 {
        loop {
            let up = self.parent[at as usize];
            if up == at {
                return at;
            }
            let over = self.parent[up as usize];
            self.parent[at as usize] = over;
            at = over;
        }
    }

    /// Gives the sets that were joined, the one that stands for both first; `None` where they were one already.
    pub(crate) fn join(&mut self, one: u32, other: u32) -> Option<(u32, u32)> {
        let (one, other) = (self.find(one), self.find(other));
        let (low, high) = (one.min(other), one.max(other));
        self.parent[high as usize] = low;
        (low != high).then_some((low, high))
    }
}

/// Companies that nobody controls alone, though all their recorded holders together would.
struct Together<'g> {
    graph: &'g Graph,
    sets: &'g mut Sets,
    open: Vec<u32>,
    /// By candidate: entries in `holder` and `power` from `start` on.
    start: Vec<u32>,
    holder: Vec<u32>,
    power: Vec<u32>,
    /// By entry: its candidate, and the next entry of the same group's list.
    candidate: Vec<u32>,
    next: Vec<u32>,
    /// By group: its list of entries.
    first: Vec<u32>,
    last: Vec<u32>,
    length: Vec<u32>,
    /// By candidate: how much power must still change hands before anybody could have enough.
    slack: Vec<u64>,
    waiting: Vec<bool>,
    done: Vec<bool>,
    queue: Vec<u32>,
}

impl<'g> Together<'g> {
    fn of(graph: &'g Graph, power: impl Fn(usize) -> u32, sets: &'g mut Sets, open: Vec<u32>) -> Together<'g> {
        let parties = graph.parties();
        let mut all = Together {
            graph,
            start: Vec::with_capacity(open.len() + 1),
            holder: Vec::new(),
            power: Vec::new(),
            candidate: Vec::new(),
            next: Vec::new(),
            first: vec![NONE; parties],
            last: vec![NONE; parties],
            length: vec![0; parties],
            slack: vec![0; open.len()],
            waiting: vec![true; open.len()],
            done: vec![false; open.len()],
            queue: (0..open.len() as u32).rev().collect(),
            sets,
            open,
        };
        for (candidate, company) in all.open.iter().enumerate() {
            all.start.push(all.holder.len() as u32);
            for at in graph.row(*company) {
                let power = power(at);
                if power == 0 {
                    continue;
                }
                let entry = all.holder.len() as u32;
                let group = all.sets.find(graph.holder[at]) as usize;
                all.holder.push(graph.holder[at]);
                all.power.push(power);
                all.candidate.push(candidate as u32);
                all.next.push(all.first[group]);
                if all.first[group] == NONE {
                    all.last[group] = entry;
                }
                all.first[group] = entry;
                all.length[group] += 1;
            }
        }
        all.start.push(all.holder.len() as u32);
        all
    }

    fn run(mut self, controlled: &mut [bool]) {
        let mut sums = Vec::new();
        while let Some(candidate) = self.queue.pop() {
            self.waiting[candidate as usize] = false;
            let Some(group) = self.majority(candidate, &mut sums) else {
                continue;
            };
            self.done[candidate as usize] = true;
            let company = self.open[candidate as usize];
            controlled[company as usize] = true;
            if let Some((low, high)) = self.sets.join(group, company) {
                self.merge(low, high);
            }
        }
    }

    /// The group that has enough of a candidate; else notes how far the nearest is from it.
    fn majority(&mut self, candidate: u32, sums: &mut Vec<(u32, u64)>) -> Option<u32> {
        let at = candidate as usize;
        let need = self.graph.need[self.open[at] as usize];
        sums.clear();
        for entry in self.start[at] as usize..self.start[at + 1] as usize {
            let group = self.sets.find(self.holder[entry]);
            // Knowing the group now saves the way next time.
            self.holder[entry] = group;
            sums.push((group, u64::from(self.power[entry])));
        }
        sums.sort_unstable_by_key(|(group, _)| *group);
        let mut most = 0;
        for of_one in sums.chunk_by(|one, other| one.0 == other.0) {
            let sum = of_one.iter().map(|(_, power)| power).sum::<u64>();
            if sum > need {
                return of_one.first().map(|(group, _)| *group);
            }
            most = most.max(sum);
        }
        self.slack[at] = need - most;
        None
    }

    /// Two groups became one: the power of the one with less of it has changed hands.
    fn merge(&mut self, low: u32, high: u32) {
        let (low, high) = (low as usize, high as usize);
        let fewer = if self.length[low] < self.length[high] {
            low
        } else {
            high
        };
        let mut entry = self.first[fewer];
        while entry != NONE {
            let (candidate, power) = (
                self.candidate[entry as usize] as usize,
                u64::from(self.power[entry as usize]),
            );
            if !self.done[candidate] && !self.waiting[candidate] {
                match self.slack[candidate].checked_sub(power) {
                    Some(left) => self.slack[candidate] = left,
                    None => {
                        self.waiting[candidate] = true;
                        self.queue.push(candidate as u32);
                    }
                }
            }
            entry = self.next[entry as usize];
        }
        if self.first[low] == NONE {
            self.first[low] = self.first[high];
            self.last[low] = self.last[high];
        } else if self.first[high] != NONE {
            self.next[self.last[low] as usize] = self.first[high];
            self.last[low] = self.last[high];
        }
        self.length[low] += self.length[high];
    }
}
