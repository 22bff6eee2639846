//! What people type and whom they mean, in a book of 20,000 other customers. 检索对照表

use std::collections::BTreeMap;

use pinji_domain::ids::CustomerId;
use pinji_search::{Index, Terms};

use crate::book;

const OTHERS: usize = 20_000;
const SHOWN: usize = 10;

struct Pair {
    query: &'static str,
    name: &'static str,
}

/// The pairs, and the customers they mean.
fn table() -> (Vec<Pair>, BTreeMap<&'static str, Terms<'static>>) {
    let mut pairs = Vec::new();
    let mut customers = BTreeMap::new();
    for line in include_str!("pairs.txt").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [query, name, rest @ ..] = &cells[..] else {
            panic!("a row of two cells or five: {line}")
        };
        pairs.push(Pair { query, name });
        if let [aliases, code, uscc] = rest {
            let aliases = aliases
                .split('、')
                .filter(|alias| !alias.is_empty())
                .map(Into::into)
                .collect();
            let terms = Terms {
                name: (*name).into(),
                aliases,
                code: (*code).into(),
                uscc: (*uscc).into(),
            };
            assert!(customers.insert(*name, terms).is_none(), "{name} is described twice");
        }
    }
    (pairs, customers)
}

#[test]
fn ninety_eight_of_a_hundred_are_among_the_first_ten() {
    let (pairs, customers) = table();
    assert!(pairs.len() >= 200, "{} pairs", pairs.len());
    let ids: BTreeMap<&str, i64> = customers
        .keys()
        .zip(1_000_000..)
        .map(|(name, id)| (*name, id))
        .collect();
    let meant = customers
        .into_iter()
        .map(|(name, terms)| (CustomerId(ids[name]), terms));
    let index = Index::build(book::customers(7, OTHERS).chain(meant));
    let mut missed = Vec::new();
    for pair in &pairs {
        let hits = index.find(pair.query, SHOWN, |_| true);
        if !hits.iter().any(|hit| hit.id.0 == ids[pair.name]) {
            let at = index
                .find(pair.query, 1_000, |_| true)
                .iter()
                .position(|hit| hit.id.0 == ids[pair.name]);
            missed.push(format!("{} for {} (place {at:?})", pair.query, pair.name));
        }
    }
    assert!(
        missed.len() * 100 <= pairs.len() * 2,
        "{} of {} missed:\n{}",
        missed.len(),
        pairs.len(),
        missed.join("\n")
    );
}
