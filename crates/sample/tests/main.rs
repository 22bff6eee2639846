//! What the book promises: repeatable, consistent in itself, and readable by the shipped record kinds. 样例账册测试
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

mod book;
mod spoilt;

use pinji_sample::{Cell, SampleTable};

/// The cell under a heading.
fn cell<'t>(table: &'t SampleTable, row: &'t [Cell], heading: &str) -> &'t Cell {
    let at = table
        .headings
        .iter()
        .position(|known| *known == heading)
        .expect(heading);
    &row[at]
}

fn text<'t>(table: &'t SampleTable, row: &'t [Cell], heading: &str) -> &'t str {
    match cell(table, row, heading) {
        Cell::Text(text) => text,
        other => panic!("{heading}: {other:?}"),
    }
}

/// A number's units, at whatever scale its column has.
fn units(table: &SampleTable, row: &[Cell], heading: &str) -> Option<i64> {
    match cell(table, row, heading) {
        Cell::Decimal(units, _) | Cell::Integer(units) => Some(*units),
        Cell::Empty => None,
        other => panic!("{heading}: {other:?}"),
    }
}

/// Whether a credit code is right by GB 32100, worked out in another way than the book does: the weighted sum of all
/// eighteen characters must be a multiple of 31.
fn code_is_right(code: &str) -> bool {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1];
    let values: Option<Vec<usize>> = code.chars().map(|character| alphabet.find(character)).collect();
    values.is_some_and(|values| {
        values.len() == 18
            && values
                .iter()
                .zip(weights)
                .map(|(value, weight)| value * weight)
                .sum::<usize>()
                % 31
                == 0
    })
}
