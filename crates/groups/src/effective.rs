//! How much of each member its group's controller owns, through the members of the group. 实际持股比例
//!
//! The controller has all of itself; of another member it has what its holders within the group have, weighted by their
//! shares. Shares that come back into the controller do not count again.
#![expect(clippy::indexing_slicing, reason = "all arrays are as long as the list of parties")]

use crate::block::Block;
use crate::control::Partition;
use crate::graph::NONE;
use crate::scc::components;
use crate::{Graph, Share};

/// Shares by party, parts per billion (`NONE` in circles), and the labels of groups that were not solved to the bound.
pub(crate) fn effective(graph: &Graph, partition: &Partition) -> (Vec<u32>, Vec<u32>) {
    let count = graph.parties();
    let label = &partition.label;
    let mut known = vec![1.0_f64; count];
    let mut unsettled = Vec::new();
    // Group and whether it is controlled in one word, since every holding asks for both.
    let seats: Vec<u64> = (0..count)
        .map(|party| u64::from(label[party]) << 1 | u64::from(partition.controlled[party]))
        .collect();
    let inside = |party: u32| {
        let seat = seats[party as usize];
        seat & 1 == 1 && partition.head[(seat >> 1) as usize] != NONE
    };
    let mut block = Block::default();
    let mut solved = Vec::new();
    let mut place = vec![NONE; count];
    let starts = (0..count as u32).filter(|party| inside(*party));
    // A member's holders in its own group, other than those that are controlled by nobody.
    let owner = |company: u32, at: usize| {
        let holder = graph.holder[at];
        let counts = graph.equity[at] > 0 && seats[holder as usize] >> 1 == seats[company as usize] >> 1;
        counts.then_some(holder)
    };
    // The same seat as a controlled company's is a controlled party's of the same group.
    let unsolved = |company: u32, at: usize| {
        let holder = graph.holder[at];
        let counts = graph.equity[at] > 0 && seats[holder as usize] == seats[company as usize];
        counts.then_some(holder)
    };
    components(
        count,
        starts,
        |company| graph.row(company),
        unsolved,
        |members| {
            if let [company] = members {
                known[*company as usize] = alone(graph, *company, |at| owner(*company, at), &known);
                return;
            }
            for (at, member) in members.iter().enumerate() {
                place[*member as usize] = at as u32;
            }
            block.begin();
            for member in members {
                let mut given = 0.0;
                for at in graph.row(*member) {
                    if let Some(holder) = owner(*member, at)
                        && place[holder as usize] == NONE
                    {
                        given += Share::ratio(graph.equity[at]) * known[holder as usize];
                    }
                }
                let within = graph
                    .row(*member)
                    .map(|at| (place[graph.holder[at] as usize], graph.equity[at]));
                block.row(given, within.filter(|(to, units)| *to != NONE && *units > 0));
            }
            if block.pulled(&mut solved) > 1e-9 {
                unsettled.extend(members.first().map(|member| label[*member as usize]));
            }
            for (member, share) in members.iter().zip(&solved) {
                known[*member as usize] = *share;
                place[*member as usize] = NONE;
            }
        },
    );
    let shares = (0..count).map(|party| match partition.head[label[party] as usize] {
        NONE => NONE,
        _ => Share::rounded(known[party]).units(),
    });
    (shares.collect(), unsettled)
}

fn alone(graph: &Graph, company: u32, owner: impl Fn(usize) -> Option<u32>, known: &[f64]) -> f64 {
    let (mut sum, mut own) = (0.0, 0);
    for at in graph.row(company) {
        match owner(at) {
            Some(holder) if holder == company => own += graph.equity[at],
            Some(holder) => sum += Share::ratio(graph.equity[at]) * known[holder as usize],
            None => {}
        }
    }
    let rest = Share::WHOLE.units() - own;
    if rest == 0 { 0.0 } else { sum / Share::ratio(rest) }
}
