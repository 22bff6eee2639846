//! Groups through time. 集团沿革

use pinji_groups::{Controller, difference, history, resolve, turning_points};

use crate::book::{Book, day};

const BOOK: &str = "
    A 60 B @2020-01-01..2023-01-01
    X 60 B @2023-01-01..
    A 60 C @2021-06-01..
    X 60 Y
    P 100 Q @1999-01-01..";

#[test]
fn each_day_has_its_groups() {
    let book = Book::of(BOOK);
    let check = |on: &str, company: &str, controller: &str| {
        let resolution = resolve(&book.graph(on));
        let found = resolution.controller(book.at(company)).unwrap();
        assert_eq!(book.name(found), controller, "{company} on {on}");
    };
    check("2019-12-31", "B", "B");
    check("2020-01-01", "B", "A");
    check("2022-12-31", "B", "A");
    check("2023-01-01", "B", "X");
    check("1900-01-01", "Y", "X");
    check("2999-01-01", "C", "A");
    let days: Vec<String> = turning_points(&book.relations)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(days, ["1999-01-01", "2020-01-01", "2021-06-01", "2023-01-01"]);
}

#[test]
fn a_company_has_a_history() {
    let book = Book::of(BOOK);
    let check = |company: &str, spells: &[&str]| {
        let found = history(&book.kinds, &book.relations, book.at(company)).unwrap();
        let said: Vec<String> = found
            .iter()
            .map(|spell| {
                let Controller::Company(controller) = spell.controller else {
                    panic!("{spell:?}")
                };
                let day = |day: Option<pinji_domain::Date>| day.map_or_else(String::new, |day| day.to_string());
                let companies = book.said(spell.companies.iter().copied());
                format!(
                    "{}..{} {}: {companies}",
                    day(spell.from),
                    day(spell.until),
                    book.name(controller)
                )
            })
            .collect();
        assert_eq!(said, spells, "{company}");
    };
    check(
        "B",
        &[
            "..2020-01-01 B: B",
            "2020-01-01..2021-06-01 A: A B",
            "2021-06-01..2023-01-01 A: A B C",
            "2023-01-01.. X: B X Y",
        ],
    );
    check("Y", &["..2023-01-01 X: X Y", "2023-01-01.. X: B X Y"]);
    check("Q", &["..1999-01-01 Q: Q", "1999-01-01.. P: P Q"]);
    let alone = Book::of("A; B 60 C");
    assert_eq!(history(&alone.kinds, &alone.relations, alone.at("A")).unwrap().len(), 1);
    assert!(history(&alone.kinds, &alone.relations, pinji_groups::Party(9)).is_err());
}

#[test]
fn two_days_differ() {
    let book = Book::of(BOOK);
    let of = |on: &str| resolve(&book.graph(on));
    let found = difference(book.at("B"), &of("2022-01-01"), &of("2024-01-01"));
    assert_eq!(book.said(found.joined), "X Y");
    assert_eq!(book.said(found.left), "A C");
    assert_eq!(found.controller, Some((Some(book.at("A")), Some(book.at("X")))));
    let same = difference(book.at("Y"), &of("2021-01-01"), &of("2022-01-01"));
    assert_eq!((same.joined.len(), same.left.len(), same.controller), (0, 0, None));
    assert_eq!(day("2022-01-01").to_string(), "2022-01-01");
}
