//! The demo's book from a seed: a distributor's customers and three years of records about them. 样例账册
//!
//! Every company, person, code and figure is invented. The records follow from hidden traits of each customer, so they
//! agree as real ones do, and have the gaps, stale figures and outliers that real ones have. Pure: the same seed gives
//! the same book on every machine.

mod code;
mod day;
mod dice;
mod finance;
mod people;
mod profile;
mod spoilt;
mod standing;
mod table;
mod trade;
mod words;

use std::collections::HashSet;

pub use table::{Book, Cell, Fault, Planted, SampleTable};

/// Makes a book of so many customers, about a third of them in so many groups. 生成样例账册
///
/// - `groups` is held to a quarter of `customers`.
/// - The book is complete as of 2025-12-31; nothing in it was known later. The same records give the grades of a year
///   before, since each row says when it was known.
pub fn book(seed: u64, customers: usize, groups: usize) -> Book {
    let mut words = HashSet::new();
    let groups = profile::groups(seed, groups.min(customers / 4), &mut words);
    let customers = profile::profiles(seed, customers, &groups, &mut words);
    let orders: Vec<Vec<trade::Order>> = customers.iter().map(|customer| trade::orders(seed, customer)).collect();
    let (spoilt, planted) = spoilt::spoilt(seed, &customers);
    let tables = vec![
        people::customers(seed, &customers, &groups),
        standing::ownership(seed, &customers, &groups),
        finance::statements(seed, &customers),
        standing::credit_reports(seed, &customers),
        standing::market(seed, &customers),
        trade::transactions(&customers, &orders),
        people::contracts(seed, &customers),
        trade::receivables(seed, &customers, &orders),
        trade::service(seed, &customers, &orders),
        people::assessments(seed, &customers),
        standing::signals(seed, &customers),
    ];
    let as_of = day::date(day::last());
    let history = day::date(day::month_end(day::LAST_YEAR - 1, 12));
    Book {
        tables,
        spoilt,
        planted,
        as_of,
        history,
    }
}
