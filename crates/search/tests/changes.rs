//! Customers come, change and go: the index is always the one that would be built anew. 增改删

use std::collections::BTreeMap;

use pinji_domain::ids::CustomerId;
use pinji_search::{Index, Terms};

use crate::book::{self, Dice};

const QUERIES: &[&str] = &[
    "华",
    "hua",
    "h",
    "有限公司",
    "kj",
    "深圳",
    "C0000012",
    "c00",
    "91",
    "alpha",
    "科技 shenzhen",
    "龙gong",
];

#[test]
fn a_changed_index_answers_like_one_built_anew() {
    let mut dice = Dice(11);
    let mut kept: BTreeMap<CustomerId, Terms<'static>> = BTreeMap::new();
    let mut index = Index::default();
    // Enough of both to have it packed on the way.
    for round in 0..4u64 {
        for (id, terms) in book::customers(round, 6_000) {
            match dice.below(5) {
                0 => assert_eq!(index.remove(id), kept.remove(&id).is_some()),
                _ => {
                    index.upsert(id, &terms);
                    kept.insert(id, terms);
                }
            }
        }
        let anew = Index::build(kept.iter().map(|(id, terms)| (*id, terms.clone())));
        assert_eq!(index.len(), kept.len());
        for query in QUERIES {
            assert_eq!(
                index.find(query, 50, |_| true),
                anew.find(query, 50, |_| true),
                "{query}"
            );
        }
    }
    for id in kept.keys() {
        assert!(index.remove(*id));
        assert!(!index.remove(*id));
    }
    assert!(index.is_empty());
    QUERIES
        .iter()
        .for_each(|query| assert_eq!(index.find(query, 50, |_| true), [], "{query}"));
}

#[test]
fn what_changed_is_found_by_the_new_and_not_by_the_old() {
    let mut index = Index::build([
        (CustomerId(1), Terms::new("旧名工厂", "A1")),
        (CustomerId(2), Terms::new("旁边工厂", "A2")),
    ]);
    index.upsert(CustomerId(1), &Terms::new("新名工厂", "A9"));
    let ids = |query: &str| {
        index
            .find(query, 9, |_| true)
            .iter()
            .map(|hit| hit.id.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("旧名"), [0; 0]);
    assert_eq!(ids("jiuming"), [0; 0]);
    assert_eq!(ids("A1"), [0; 0]);
    assert_eq!(ids("新名"), [1]);
    assert_eq!(ids("a9"), [1]);
    assert_eq!(ids("工厂"), [2, 1]);
    assert_eq!(index.len(), 2);
}

#[test]
fn of_two_with_one_id_the_later_holds() {
    let index = Index::build([
        (CustomerId(1), Terms::new("甲", "A1")),
        (CustomerId(1), Terms::new("乙", "A1")),
    ]);
    assert_eq!(
        (
            index.len(),
            index.find("甲", 9, |_| true).len(),
            index.find("乙", 9, |_| true).len()
        ),
        (1, 0, 1)
    );
}
