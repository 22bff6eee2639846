//! Strongly connected parties, owners before what they own. 强连通分量
#![expect(
    clippy::indexing_slicing,
    reason = "nodes are below the count that the arrays were made for"
)]

use std::ops::Range;

/// Stands in `low` for a node whose component is told.
const TOLD: u32 = u32::MAX;

/// When a node was met (0: not yet), and the earliest node that it leads back to; side by side, since they are read together.
#[derive(Clone, Copy)]
struct Mark {
    order: u32,
    low: u32,
}

/// Tarjan's components over the nodes that can be reached from `starts`, without recursion.
///
/// `row` gives the positions of a node's neighbours, `neighbour` the node at a position of a row (`None`: does not count). `tell` gets
/// each component after all that can be reached from it.
pub(crate) fn components(
    count: usize,
    starts: impl Iterator<Item = u32>,
    row: impl Fn(u32) -> Range<usize>,
    neighbour: impl Fn(u32, usize) -> Option<u32>,
    mut tell: impl FnMut(&[u32]),
) {
    let mut marks = vec![Mark { order: 0, low: 0 }; count];
    let mut stack: Vec<u32> = Vec::new();
    let mut frames: Vec<(u32, Range<usize>)> = Vec::new();
    let mut seen = 0;
    for start in starts {
        if marks[start as usize].order != 0 {
            continue;
        }
        seen += 1;
        marks[start as usize] = Mark { order: seen, low: seen };
        stack.push(start);
        frames.push((start, row(start)));
        while let Some((node, left)) = frames.last_mut() {
            let node = *node;
            let Some(at) = left.next() else {
                frames.pop();
                let Mark { order, low: reached } = marks[node as usize];
                if let Some((above, _)) = frames.last() {
                    let above = &mut marks[*above as usize].low;
                    *above = (*above).min(reached);
                }
                if reached == order {
                    let from = stack.iter().rposition(|on| *on == node).unwrap_or(0);
                    for told in &stack[from..] {
                        marks[*told as usize].low = TOLD;
                    }
                    tell(&stack[from..]);
                    stack.truncate(from);
                }
                continue;
            };
            let Some(next) = neighbour(node, at) else { continue };
            let mark = &mut marks[next as usize];
            if mark.order == 0 {
                seen += 1;
                *mark = Mark { order: seen, low: seen };
                stack.push(next);
                frames.push((next, row(next)));
            } else if mark.low != TOLD {
                let order = mark.order;
                let low = &mut marks[node as usize].low;
                *low = (*low).min(order);
            }
        }
    }
}
