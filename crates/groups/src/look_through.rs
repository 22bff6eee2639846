//! Who owns a company in the end: holdings followed through every company, cross-holdings included. 股权穿透
#![expect(
    clippy::indexing_slicing,
    reason = "local places are below the number of parties that were met"
)]

use std::collections::HashMap;

use crate::block::Block;
use crate::scc::components;
use crate::share::apportion;
use crate::{Graph, Party, Share};

/// The ultimate owners of a company. 最终权益人
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookThrough {
    /// Parties of whom no owner is recorded, with their shares; the greatest first, equal ones in the order of parties.
    pub owners: Vec<(Party, Share)>,
    /// What nobody is recorded for, here or further up. 未披露部分
    pub unknown: Share,
    /// What ends in circles that own themselves. 循环持股部分
    pub circle: Share,
    /// Whether the shares are exact to 10⁻⁹; not so only among thousands of companies that hold each other almost wholly.
    pub settled: bool,
}

/// Follows ownership from a company upwards: the row of (I − A)⁻¹ that belongs to it. 股权穿透
///
/// Owners, unknown and circle sum to exactly the whole (largest remainder). `None` for a party that is not on the list.
pub fn look_through(graph: &Graph, company: Party) -> Option<LookThrough> {
    graph.kind(company)?;
    let above = Above::of(graph, company.0);
    let mut blocks: Vec<Vec<u32>> = Vec::new();
    components(
        above.party.len(),
        std::iter::once(0),
        |at| above.row(at),
        |_, at| Some(above.holder[at].0),
        |members| blocks.push(members.to_vec()),
    );
    let mut flow = Flow {
        arrived: vec![0.0; above.party.len()],
        unknown: 0.0,
        circle: 0.0,
        left: 0.0,
        block: Block::default(),
        passed: Vec::new(),
        place: vec![u32::MAX; above.party.len()],
    };
    flow.arrived[0] = 1.0;
    let mut owners = Vec::new();
    // Components were told owners first; what is passed on runs the other way.
    for members in blocks.iter().rev() {
        match members.as_slice() {
            [at] if *at != 0 && above.row(*at).is_empty() => owners.push(*at),
            _ => flow.pass(&above, members),
        }
    }
    owners.sort_unstable_by_key(|at| above.party[*at as usize]);
    let mut parts: Vec<f64> = owners.iter().map(|at| flow.arrived[*at as usize]).collect();
    parts.push(flow.unknown);
    parts.push(flow.circle);
    let mut shares = apportion(&parts);
    let circle = shares.pop().unwrap_or_default();
    let unknown = shares.pop().unwrap_or_default();
    let mut owners: Vec<(Party, Share)> = owners
        .into_iter()
        .map(|at| Party(above.party[at as usize]))
        .zip(shares)
        .collect();
    owners.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    Some(LookThrough {
        owners,
        unknown,
        circle,
        settled: flow.left <= 1e-9,
    })
}

/// All that lies above a company, by places of its own.
struct Above {
    party: Vec<u32>,
    start: Vec<usize>,
    /// Place of the holder, and parts per billion.
    holder: Vec<(u32, u32)>,
}

impl Above {
    fn of(graph: &Graph, company: u32) -> Above {
        let mut above = Above {
            party: vec![company],
            start: vec![0],
            holder: Vec::new(),
        };
        let mut place = HashMap::from([(company, 0_u32)]);
        let mut at = 0;
        while let Some(party) = above.party.get(at).copied() {
            for entry in graph.row(party).filter(|entry| graph.equity[*entry] > 0) {
                let holder = graph.holder[entry];
                let next = above.party.len() as u32;
                let known = *place.entry(holder).or_insert(next);
                if known == next {
                    above.party.push(holder);
                }
                above.holder.push((known, graph.equity[entry]));
            }
            above.start.push(above.holder.len());
            at += 1;
        }
        above
    }

    fn row(&self, at: u32) -> std::ops::Range<usize> {
        self.start[at as usize]..self.start[at as usize + 1]
    }
}

/// Shares on their way up.
struct Flow {
    arrived: Vec<f64>,
    unknown: f64,
    circle: f64,
    left: f64,
    block: Block,
    passed: Vec<f64>,
    place: Vec<u32>,
}

impl Flow {
    fn pass(&mut self, above: &Above, members: &[u32]) {
        for (at, member) in members.iter().enumerate() {
            self.place[*member as usize] = at as u32;
        }
        self.block.begin();
        for member in members {
            let held = above.row(*member).map(|at| above.holder[at]);
            let within = held.map(|(holder, units)| (self.place[holder as usize], units));
            self.block
                .row(self.arrived[*member as usize], within.filter(|(to, _)| *to != u32::MAX));
        }
        if self.block.leaks() {
            self.left += self.block.pushed(&mut self.passed);
            for (at, member) in members.iter().enumerate() {
                let passed = self.passed[at];
                let mut recorded = 0_u64;
                for (holder, units) in above.row(*member).map(|at| above.holder[at]) {
                    recorded += u64::from(units);
                    if self.place[holder as usize] == u32::MAX {
                        self.arrived[holder as usize] += passed * Share::ratio(units);
                    }
                }
                self.unknown += passed * (u64::from(Share::WHOLE.units()).saturating_sub(recorded) as f64 / 1e9);
            }
        } else {
            self.circle += members.iter().map(|member| self.arrived[*member as usize]).sum::<f64>();
        }
        for member in members {
            self.place[*member as usize] = u32::MAX;
        }
    }
}
