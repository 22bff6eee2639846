//! The sheet that nobody should accept.

use std::collections::HashSet;

use pinji_sample::{Cell, Fault, book};

use crate::code_is_right;

#[test]
fn every_fault_is_where_it_is_said_to_be() {
    let book = book(2025, 100, 8);
    assert_eq!(book.spoilt.rows.len(), 40);
    assert!((18..=25).contains(&book.planted.len()));
    let classes: HashSet<Fault> = book.planted.iter().map(|planted| planted.what).collect();
    assert_eq!(classes.len(), 12);
    for planted in &book.planted {
        let row = &book.spoilt.rows[planted.row];
        let wrong = match (planted.what, &row[planted.column]) {
            (Fault::Missing, Cell::Empty) => planted.column == 0,
            (Fault::Duplicate, id) => book.spoilt.rows[..planted.row].iter().any(|above| above[0] == *id),
            (Fault::WrongCode, Cell::Text(code)) => code.len() == 18 && !code_is_right(code),
            (Fault::ShortCode, Cell::Text(code)) => code.len() < 18,
            (Fault::NoSuchDay | Fault::WordsForDate, Cell::Text(day)) => pinji_domain::date::parse(day).is_none(),
            (_, Cell::Text(number)) => pinji_domain::Decimal::parse(number).is_none_or(|number| number.scale > 0),
            _ => false,
        };
        assert!(wrong, "{planted:?} {:?}", row[planted.column]);
    }
}

#[test]
fn the_other_rows_are_sound() {
    let book = book(2025, 100, 8);
    let planted: HashSet<(usize, usize)> = book
        .planted
        .iter()
        .map(|planted| (planted.row, planted.column))
        .collect();
    let mut ids = HashSet::new();
    for (at, row) in book.spoilt.rows.iter().enumerate() {
        if !planted.contains(&(at, 2)) {
            assert!(matches!(&row[2], Cell::Text(code) if code_is_right(code)), "row {at}");
        }
        if !planted.contains(&(at, 0)) {
            assert!(matches!(&row[0], Cell::Text(id) if ids.insert(id.clone())), "row {at}");
        }
    }
}
