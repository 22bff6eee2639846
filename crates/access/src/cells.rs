//! All ways in which a thing can stand to somebody, as a set of bits, and as few boxes that say the same. 单元格集合

use pinji_domain::Secrecy;

use crate::{Action, Relation, Resource, Roles, State};

/// Relation × secrecy × state × made by the asker × permission.
pub(crate) const CELLS: usize = 5 * 2 * 3 * 2 * 2;

/// What a scope depends on, and so the key under which it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) roles: Roles,
    pub(crate) action: Action,
    pub(crate) session: u8,
}

/// A product of sets, each as bits: one line of a folded table, one alternative of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    /// Relations, secrecy, states, made (others' = 1, own = 2), permission (without = 1, with = 2).
    pub(crate) sides: [u8; 5],
}

impl Block {
    fn single(cell: usize) -> Block {
        let (relation, rest) = (cell % 5, cell / 5);
        let (secrecy, rest) = (rest % 2, rest / 2);
        let (state, rest) = (rest % 3, rest / 3);
        let (made, granted) = (rest % 2, rest / 2);
        Block {
            sides: [relation, secrecy, state, made, granted].map(|side| 1 << side),
        }
    }

    /// One box for both, if they differ on one side only.
    fn joined(self, other: Block) -> Option<Block> {
        let mut differing = (0..5).filter(|side| self.sides.get(*side) != other.sides.get(*side));
        let side = differing.next()?;
        if differing.next().is_some() {
            return None;
        }
        let mut sides = self.sides;
        *sides.get_mut(side)? |= other.sides.get(side)?;
        Some(Block { sides })
    }
}

/// The thing that stands in a cell, as `like` otherwise.
pub(crate) fn resource(cell: usize, like: Resource) -> Resource {
    let sides = Block::single(cell).sides.map(u8::trailing_zeros);
    let [relation, secrecy, state, made, granted] = sides.map(|side| side as usize);
    Resource {
        what: like.what,
        relation: Relation::ALL.get(relation).copied().unwrap_or(Relation::Conflict),
        secrecy: Secrecy::ALL.get(secrecy).copied().unwrap_or(Secrecy::Confidential),
        state: State::ALL.get(state).copied().unwrap_or(State::Draft),
        made_by_actor: made == 1,
        granted: granted == 1,
    }
}

/// Folds cells into boxes that hold exactly them: neighbours are joined side by side until none fits another.
pub(crate) fn fold(cells: impl Iterator<Item = usize>) -> Vec<Block> {
    let mut boxes: Vec<Block> = cells.map(Block::single).collect();
    // Permission and maker first, so that what does not depend on them does not mention them.
    for side in [4, 3, 2, 1, 0] {
        let mut folded: Vec<Block> = Vec::new();
        for next in boxes {
            let same = |held: &Block| held.joined(next).filter(|both| differs_on(held, both, side));
            match folded.iter_mut().find_map(|held| same(held).map(|both| (held, both))) {
                Some((held, both)) => *held = both,
                None => folded.push(next),
            }
        }
        boxes = folded;
    }
    boxes
}

fn differs_on(one: &Block, other: &Block, side: usize) -> bool {
    one.sides.get(side) != other.sides.get(side)
}
