//! Whether conditions can hold, and whether one implies another: sets of values per operand, and a small search. 条件推理
//!
//! Operands are taken as free of each other, so what is found impossible is impossible; what is found possible may
//! still not happen, and then nothing is said.

use std::collections::BTreeMap;

use pinji_engine::condition::DoubleRange;
use pinji_engine::{Condition, Operand, Test};

use super::sets::{Set, Values};

/// How many steps a question may take before it is left open.
const BUDGET: usize = 20_000;

/// A condition with its negations pushed down to sets.
#[derive(Debug, Clone)]
pub(super) enum Clause {
    All(Vec<Clause>),
    Any(Vec<Clause>),
    In(Operand, Set),
}

/// The values that an operand can have at all.
pub(super) type Domain<'d> = &'d dyn Fn(Operand) -> Set;

/// Where the condition is true (`true`), or false (`false`); unknown is neither.
pub(super) fn when(condition: &Condition, holds: bool, domain: Domain<'_>) -> Clause {
    let each = |list: &[Condition]| list.iter().map(|one| when(one, holds, domain)).collect();
    match condition {
        Condition::Constant(constant) if *constant == holds => Clause::All(Vec::new()),
        Condition::Constant(_) => Clause::Any(Vec::new()),
        Condition::Test(operand, test) => {
            let values = if holds { of(test) } else { of(test).complement() };
            Clause::In(*operand, Set { missing: false, values })
        }
        Condition::Missing(operand) => {
            let everything = domain(*operand).values.everything();
            let values = if holds { everything.complement() } else { everything };
            Clause::In(*operand, Set { missing: holds, values })
        }
        Condition::All(list) if holds => Clause::All(each(list)),
        Condition::Any(list) if !holds => Clause::All(each(list)),
        Condition::All(list) | Condition::Any(list) => Clause::Any(each(list)),
        Condition::Not(inner) => when(inner, !holds, domain),
    }
}

/// Where the clause does not hold.
pub(super) fn negated(clause: &Clause) -> Clause {
    match clause {
        Clause::All(list) => Clause::Any(list.iter().map(negated).collect()),
        Clause::Any(list) => Clause::All(list.iter().map(negated).collect()),
        Clause::In(operand, set) => Clause::In(
            *operand,
            Set {
                missing: !set.missing,
                values: set.values.complement(),
            },
        ),
    }
}

/// Whether all clauses can hold together; `None` when that would take too long to say.
pub(super) fn possible(clauses: &[&Clause], domain: Domain<'_>) -> Option<bool> {
    let mut budget = BUDGET;
    search(&BTreeMap::new(), clauses.to_vec(), domain, &mut budget)
}

fn of(test: &Test) -> Values {
    match test {
        Test::Within(list) => Values::Integers(list.clone()),
        Test::Doubles(list) => Values::Doubles(list.clone()),
        Test::OneOf(list) => Values::Texts {
            listed: true,
            list: list.clone(),
        },
        Test::NoneOf(list) => Values::Texts {
            listed: false,
            list: list.clone(),
        },
    }
}

fn search(
    known: &BTreeMap<Operand, Set>,
    clauses: Vec<&Clause>,
    domain: Domain<'_>,
    budget: &mut usize,
) -> Option<bool> {
    *budget = budget.checked_sub(1)?;
    let mut known = known.clone();
    let mut left = clauses;
    let mut choices: Vec<&Vec<Clause>> = Vec::new();
    while let Some(clause) = left.pop() {
        match clause {
            Clause::All(list) => left.extend(list),
            Clause::Any(list) => choices.push(list),
            Clause::In(operand, set) => {
                let before = known.remove(operand).unwrap_or_else(|| domain(*operand));
                let after = before.intersection(set);
                if after.is_empty() {
                    return Some(false);
                }
                known.insert(*operand, after);
            }
        }
    }
    // The narrowest choice first.
    choices.sort_by_key(|list| std::cmp::Reverse(list.len()));
    let Some(choice) = choices.pop() else { return Some(true) };
    for clause in choice {
        let mut next: Vec<&Clause> = vec![clause];
        let rest: Vec<Clause> = choices.iter().map(|list| Clause::Any((*list).clone())).collect();
        next.extend(&rest);
        if search(&known, next, domain, budget)? {
            return Some(true);
        }
    }
    Some(false)
}

/// An interval of doubles with both ends in it, for domains.
pub(super) fn between(low: f64, high: f64) -> DoubleRange {
    DoubleRange {
        low,
        low_inclusive: low.is_finite(),
        high,
        high_inclusive: high.is_finite(),
    }
}
