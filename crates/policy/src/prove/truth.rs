//! Sets of truth values of two customers at once. 真值集合
//!
//! A set has nine bits, one for each pair of Kleene values of the first and the second customer. Kept as pairs, what the
//! two share stays shared: a condition on an untouched measure is never true for one and false for the other.

use super::model::{FALSE, TRUE, UNKNOWN};

/// A set of pairs of truth values.
pub(super) type Pairs = u16;

/// No pair.
pub(super) const NONE: Pairs = 0;

/// The set of one pair.
pub(super) const fn pair(first: u8, second: u8) -> Pairs {
    1 << (3 * first + second)
}

/// Both true, and nothing else.
pub(super) const CERTAIN: Pairs = pair(TRUE, TRUE);
/// Both have the same, whatever it is.
pub(super) const ANY_SHARED: Pairs = pair(FALSE, FALSE) | pair(UNKNOWN, UNKNOWN) | pair(TRUE, TRUE);

/// The pairs in a set.
pub(super) fn members(set: Pairs) -> impl Iterator<Item = (u8, u8)> {
    (0..9_u8)
        .filter(move |bit| set >> bit & 1 == 1)
        .map(|bit| (bit / 3, bit % 3))
}

/// Whether there is more than one pair in a set.
pub(super) fn open(set: Pairs) -> bool {
    set.count_ones() > 1
}

/// Kleene "and" of every pair of the one with every pair of the other.
pub(super) fn and(a: Pairs, b: Pairs) -> Pairs {
    each(a, b, u8::min)
}

/// Kleene "or".
pub(super) fn or(a: Pairs, b: Pairs) -> Pairs {
    each(a, b, u8::max)
}

/// Kleene "not".
pub(super) fn not(set: Pairs) -> Pairs {
    members(set).fold(NONE, |found, (first, second)| found | pair(TRUE - first, TRUE - second))
}

fn each(a: Pairs, b: Pairs, of: impl Fn(u8, u8) -> u8) -> Pairs {
    let mut found = NONE;
    for (first, second) in members(a) {
        for (other_first, other_second) in members(b) {
            found |= pair(of(first, other_first), of(second, other_second));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kleene_logic_holds_for_pairs() {
        let one = |value: u8| pair(value, value);
        for a in [FALSE, UNKNOWN, TRUE] {
            for b in [FALSE, UNKNOWN, TRUE] {
                assert_eq!(and(one(a), one(b)), one(a.min(b)));
                assert_eq!(or(one(a), one(b)), one(a.max(b)));
                assert_eq!(not(and(one(a), one(b))), or(not(one(a)), not(one(b))));
            }
        }
        assert_eq!(and(ANY_SHARED, CERTAIN), ANY_SHARED);
        assert!(!open(CERTAIN) && open(ANY_SHARED));
        assert_eq!(not(pair(TRUE, UNKNOWN)), pair(FALSE, UNKNOWN));
    }
}
