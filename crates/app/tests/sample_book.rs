//! The demo's book under the shipped policies: every good cell is read, every planted one refused, and the grades are
//! spread as a real book's would be. 样例账册评级
use std::collections::BTreeSet;

use pinji_app::demo::{DemoRequest, demo};
use pinji_app::progress::Unwatched;
use pinji_domain::Lang;
use pinji_sample::Fault;

const CUSTOMERS: u32 = 2_000;
const SEED: u64 = 2_025;

#[test]
fn the_demo_book_is_read_whole_and_graded_believably() {
    let folder = tempfile::tempdir().unwrap();
    let request = DemoRequest {
        out: folder.path().join("demo"),
        customers: CUSTOMERS,
        seed: SEED,
        lang: Lang::En,
    };
    let outcome = demo(&request, &Unwatched).unwrap();

    // Per cent of the customers, lowest and highest, and how many of a hundred may have moved within the year.
    let share = |count: u64| count as f64 * 100.0 / f64::from(CUSTOMERS);
    let spread = [
        ("VIP customer", 3.5, 9.0),
        ("Key customer", 18.0, 26.0),
        ("Potential customer", 22.0, 32.0),
        ("Ordinary customer", 33.0, 50.0),
    ];
    assert_eq!(outcome.grades.len(), spread.len());
    for (grade, (name, low, high)) in outcome.grades.iter().zip(spread) {
        assert_eq!(grade.name, name);
        for (year, count) in [("now", grade.customers), ("before", grade.before)] {
            assert!(
                (low..=high).contains(&share(count)),
                "{name} {year}: {:.1} % of {:?}",
                share(count),
                outcome.grades
            );
        }
    }
    assert!(
        (1.0..8.0).contains(&share(outcome.ungraded)),
        "ungraded {}",
        outcome.ungraded
    );
    let (up, down) = (outcome.moved.up, outcome.moved.down);
    assert!(
        (5.0..25.0).contains(&share(up)) && (5.0..25.0).contains(&share(down)),
        "moved {up} up, {down} down"
    );

    // The planted cells, all of them and no other; of a number that stands twice both places. Row 1 has the headings.
    let book = pinji_sample::book(SEED, CUSTOMERS as usize, 120);
    let address =
        |row: usize, column: usize| format!("{}{}", char::from(b'A' + u8::try_from(column).unwrap()), row + 2);
    let mut planted = BTreeSet::new();
    for one in &book.planted {
        planted.insert(address(one.row, one.column));
        if one.what == Fault::Duplicate {
            planted.insert(address(one.row - 1, one.column));
        }
    }
    let refused: BTreeSet<String> = outcome
        .spoilt
        .cells
        .iter()
        .map(|(address, ..)| address.clone())
        .collect();
    assert_eq!(refused, planted, "{:#?}", outcome.spoilt.cells);
    assert_eq!(outcome.spoilt.total, planted.len());
}
