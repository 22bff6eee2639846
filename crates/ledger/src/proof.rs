//! Proofs: that an entry stands in a tree, and that a later tree only added to an earlier one. 证明
//!
//! RFC 6962 §2.1 says which nodes a proof is made of. Here they are named as ranges of leaves, so that whoever keeps the
//! leaves, or the roots of some ranges of them, can bring each node as it likes best.

use std::ops::Range;

use crate::{Algorithm, Hash, root};

/// The ranges of leaves whose roots prove that leaf `index` stands in the tree of `size`, the nearest first. 包含证明
///
/// `None` when there is no such leaf.
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut low, mut high, mut ranges) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + left(high - low);
        if index < middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The ranges of leaves whose roots prove that the tree of `later` leaves begins with that of `earlier`. 一致性证明
///
/// `None` when the earlier one is the larger. Empty when they are the same, or the earlier one is empty.
pub fn consistency_ranges(earlier: u64, later: u64) -> Option<Vec<Range<u64>>> {
    if earlier > later {
        return None;
    }
    if earlier == 0 {
        return Some(Vec::new());
    }
    let (mut low, mut high, mut ranges) = (0, later, Vec::new());
    while high != earlier {
        let middle = low + left(high - low);
        if earlier <= middle {
            ranges.push(middle..high);
            high = middle;
        } else {
            ranges.push(low..middle);
            low = middle;
        }
    }
    // A verifier has the earlier root already; what is left is needed only where it is not that root itself.
    if low > 0 {
        ranges.push(low..high);
    }
    ranges.reverse();
    Some(ranges)
}

/// The proof that leaf `index` stands in the tree of all these leaves. 包含证明
pub fn inclusion(algorithm: Algorithm, leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    roots(algorithm, leaves, inclusion_ranges(index, leaves.len() as u64)?)
}

/// The proof that the tree of all these leaves begins with that of the first `earlier`. 一致性证明
pub fn consistency(algorithm: Algorithm, leaves: &[Hash], earlier: u64) -> Option<Vec<Hash>> {
    roots(algorithm, leaves, consistency_ranges(earlier, leaves.len() as u64)?)
}

/// Whether `path` proves that `leaf` stands at `index` in the tree of `size` with this root. 验证包含证明
pub fn included(algorithm: Algorithm, leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut at, mut last) = (leaf, index, size - 1);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            node = algorithm.node(sibling, &node);
            climb(&mut at, &mut last);
        } else {
            node = algorithm.node(&node, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && node == root
}

/// Whether `path` proves that the tree `later` (size and root) begins with the tree `earlier`. 验证一致性证明
pub fn consistent(algorithm: Algorithm, earlier: (u64, Hash), later: (u64, Hash), path: &[Hash]) -> bool {
    if earlier.0 > later.0 {
        return false;
    }
    if earlier.0 == 0 {
        return path.is_empty() && earlier.1 == algorithm.empty();
    }
    if earlier.0 == later.0 {
        return path.is_empty() && earlier.1 == later.1;
    }
    let (mut at, mut last) = (earlier.0 - 1, later.0 - 1);
    let down = at.trailing_ones();
    at >>= down;
    last >>= down;
    let mut path = path.iter();
    // A complete earlier tree is itself a node of the later one, and need not be sent.
    let begin = if at == 0 { Some(&earlier.1) } else { path.next() };
    let Some(begin) = begin else { return false };
    let (mut old, mut new) = (*begin, *begin);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = algorithm.node(sibling, &old);
            new = algorithm.node(sibling, &new);
            climb(&mut at, &mut last);
        } else {
            new = algorithm.node(&new, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == earlier.1 && new == later.1
}

/// Passes the levels on which a node at the right edge has no sibling.
fn climb(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        *at >>= 1;
        *last >>= 1;
    }
}

/// How many of `size` leaves stand in the left subtree: the largest power of two below it. For `size` ≥ 2.
fn left(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

fn roots(algorithm: Algorithm, leaves: &[Hash], ranges: Vec<Range<u64>>) -> Option<Vec<Hash>> {
    let root_of = |range: Range<u64>| {
        let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
        leaves.get(range).map(|leaves| root(algorithm, leaves))
    };
    ranges.into_iter().map(root_of).collect()
}
