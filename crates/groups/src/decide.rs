//! What persons decided about the scope of groups: the fourth test, and exceptions. 人工认定范围
#![expect(
    clippy::indexing_slicing,
    reason = "keys are labels or places of parties, and decisions were filtered to parties on the list"
)]

use std::collections::BTreeMap;

use crate::Party;
use crate::control::Partition;

/// A person's decision about the scope of a group, kept with its reason in the register. 人工认定
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The groups of both are one (the fourth test). 视同一集团
    Together(Party, Party),
    /// The company does not belong to the group that the rules put it into. 不纳入该集团
    Apart(Party),
}

/// Where a company's place in a group comes from. 成员来源
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The rules alone. 规则认定
    Rule,
    /// These decisions too, by their places in the list. 人工认定
    Decided(Vec<usize>),
}

/// The groups as they are after the decisions. 集团范围
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    label: Vec<u32>,
    /// By group: the decisions that shaped it.
    decided: BTreeMap<u32, Vec<usize>>,
}

impl Scope {
    /// The group of a party, named by its smallest. 所属集团
    pub fn group(&self, party: Party) -> Option<Party> {
        self.label.get(party.0 as usize).copied().map(Party)
    }

    /// All parties of a group, ascending.
    pub fn members(&self, group: Party) -> Vec<Party> {
        let all = self.label.iter().enumerate().filter(|(_, label)| **label == group.0);
        all.map(|(at, _)| Party(at as u32)).collect()
    }

    /// Whether decisions shaped a group.
    pub fn origin(&self, group: Party) -> Origin {
        match self.decided.get(&group.0) {
            Some(decisions) => Origin::Decided(decisions.clone()),
            None => Origin::Rule,
        }
    }
}

/// Applies decisions to the groups that the rules propose. 应用人工认定
///
/// First every company that is set apart leaves its group; then groups are put together, a company that was set apart being a
/// group of its own. So the order of decisions does not matter, and to move a company takes both. Decisions about parties that
/// are not on the list are passed over.
pub fn scope(proposed: &Partition, decisions: &[Decision]) -> Scope {
    let count = proposed.label.len();
    let on_list = |party: Party| (party.0 as usize) < count;
    // Keys: a group's label, or behind all labels the place of one that was set apart.
    let mut key: Vec<usize> = proposed.label.iter().map(|label| *label as usize).collect();
    for decision in decisions {
        if let Decision::Apart(party) = decision
            && on_list(*party)
        {
            key[party.0 as usize] = count + party.0 as usize;
        }
    }
    let mut parent: BTreeMap<usize, usize> = BTreeMap::new();
    let root = |parent: &BTreeMap<usize, usize>, mut key: usize| {
        while let Some(up) = parent.get(&key) {
            key = *up;
        }
        key
    };
    for decision in decisions {
        if let Decision::Together(one, other) = decision
            && on_list(*one)
            && on_list(*other)
        {
            let (one, other) = (root(&parent, key[one.0 as usize]), root(&parent, key[other.0 as usize]));
            if one != other {
                parent.insert(one.max(other), one.min(other));
            }
        }
    }
    let mut smallest = vec![u32::MAX; 2 * count];
    let mut label = Vec::with_capacity(count);
    for (at, key) in key.iter().enumerate() {
        let key = if parent.is_empty() { *key } else { root(&parent, *key) };
        if smallest[key] == u32::MAX {
            smallest[key] = at as u32;
        }
        label.push(smallest[key]);
    }
    let mut decided: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, decision) in decisions.iter().enumerate() {
        let (Decision::Together(party, _) | Decision::Apart(party)) = decision;
        if let Some(label) = label.get(party.0 as usize) {
            decided.entry(*label).or_default().push(at);
        }
    }
    Scope { label, decided }
}
