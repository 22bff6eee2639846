//! The draw of experts can be repeated, and is fair.

use std::collections::BTreeSet;

use pinji_domain::ids::{CaseId, UserId};
use pinji_workflow::case::draw;

fn pool(ids: impl IntoIterator<Item = i64>) -> BTreeSet<UserId> {
    ids.into_iter().map(UserId).collect()
}

#[test]
fn a_draw_is_the_same_every_time() {
    // Written down once; whoever has the seed can draw again by hand.
    let drawn = draw([7; 32], CaseId(5), &pool(31..=36), 3);
    assert_eq!(drawn, draw([7; 32], CaseId(5), &pool(31..=36), 3));
    assert_eq!(drawn.len(), 3);
    assert_ne!(drawn, draw([8; 32], CaseId(5), &pool(31..=36), 3), "another seed");
    let all: BTreeSet<_> = (0..50)
        .map(|case| draw([7; 32], CaseId(case), &pool(31..=36), 3))
        .collect();
    assert!(all.len() > 10, "each case has its own draw: {}", all.len());
}

#[test]
fn who_falls_away_does_not_reorder_the_others() {
    for seed in 0..40u8 {
        let all = pool(1..=10);
        let four = draw([seed; 32], CaseId(1), &all, 4);
        for gone in &all {
            let without: BTreeSet<UserId> = all.iter().copied().filter(|user| user != gone).collect();
            let again = draw([seed; 32], CaseId(1), &without, 4);
            let stays: BTreeSet<UserId> = four.iter().copied().filter(|user| user != gone).collect();
            assert!(again.is_superset(&stays), "{seed} {gone}");
        }
    }
}

#[test]
fn everybody_is_drawn_about_as_often() {
    let mut times = [0u32; 10];
    for case in 0..2_000 {
        for user in draw([1; 32], CaseId(case), &pool(0..10), 3) {
            times[user.0 as usize] += 1;
        }
    }
    // 600 each on average, with a deviation of about 20.
    assert!(times.iter().all(|times| (500..700).contains(times)), "{times:?}");
    assert_eq!(draw([1; 32], CaseId(1), &pool(0..2), 5).len(), 2);
}
