//! The book itself.

use std::collections::{BTreeMap, HashSet};

use pinji_sample::{Book, Cell, SampleTable, book};

use crate::{cell, code_is_right, text, units};

fn small() -> Book {
    book(2025, 400, 30)
}

#[test]
fn the_same_seed_gives_the_same_book_and_another_one_another() {
    let first = small();
    assert!(first == small());
    let other = book(2026, 400, 30);
    for (one, two) in first.tables.iter().zip(&other.tables) {
        assert!(one.rows != two.rows, "{}", one.kind);
        assert_eq!(one.headings, two.headings);
    }
}

/// A hash of every cell: a machine whose arithmetic differed would show here. A change of the generator changes it too.
#[test]
fn the_book_is_the_same_on_every_machine() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for table in &book(1, 40, 6).tables {
        for byte in format!("{:?}", table.rows).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, 0xdb99_95f7_db3f_c983, "{hash:#018x}");
}

#[test]
fn every_row_has_a_cell_for_every_heading() {
    for table in &small().tables {
        assert!(!table.rows.is_empty(), "{}", table.kind);
        for row in &table.rows {
            assert_eq!(row.len(), table.headings.len(), "{}", table.kind);
        }
    }
}

#[test]
fn names_ids_and_codes_are_unique_and_codes_are_right() {
    let book = small();
    let table = book.table("customer").unwrap();
    let mut seen = HashSet::new();
    for row in &table.rows {
        for heading in ["客户编号", "客户名称", "统一社会信用代码"] {
            assert!(
                seen.insert(text(table, row, heading).to_owned()),
                "{heading} {}",
                text(table, row, heading)
            );
        }
        assert!(
            code_is_right(text(table, row, "统一社会信用代码")),
            "{}",
            text(table, row, "统一社会信用代码")
        );
    }
    assert_eq!(table.rows.len(), 400);
}

#[test]
fn every_group_has_members() {
    let book = small();
    let table = book.table("customer").unwrap();
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &table.rows {
        if let Cell::Text(group) = cell(table, row, "所属集团") {
            *members.entry(group.as_str()).or_default() += 1;
        }
    }
    assert_eq!(members.len(), 30);
    assert!(members.values().all(|count| *count >= 2), "{members:?}");
    let grouped: usize = members.values().sum();
    assert!((100..=180).contains(&grouped), "{grouped}");
}

#[test]
fn statements_balance_and_hang_together_from_year_to_year() {
    let book = small();
    let table = book.table("financial_statement").unwrap();
    let mut revenues: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut compared = 0;
    for row in &table.rows {
        let figure = |heading| units(table, row, heading);
        let (assets, liabilities) = (figure("资产总计（万元）").unwrap(), figure("负债合计（万元）").unwrap());
        assert_eq!(
            assets - liabilities,
            figure("所有者权益合计（万元）").unwrap(),
            "{row:?}"
        );
        assert!(figure("流动资产合计（万元）").is_none_or(|current| current <= assets));
        assert!(figure("流动负债合计（万元）").is_none_or(|current| current <= liabilities));
        assert!(figure("营业收入（万元）").unwrap() > 0);
        if text(table, row, "报表类型") != "年报" {
            continue;
        }
        let Cell::Date(end) = cell(table, row, "报告期末") else {
            panic!("{row:?}")
        };
        let customer = text(table, row, "客户编号").to_owned();
        let year: i32 = end.to_string()[..4].parse().unwrap();
        if let (Some(before), Some(prior)) = (
            revenues.get(&(customer.clone(), (year - 1).to_string())),
            figure("上年营业收入（万元）"),
        ) {
            assert_eq!(*before, prior, "{customer} {year}");
            compared += 1;
        }
        revenues.insert((customer, year.to_string()), figure("营业收入（万元）").unwrap());
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn the_ledger_adds_up_and_returns_are_negative() {
    let book = small();
    let table = book.table("transaction").unwrap();
    let (mut sales, mut returned) = (0, 0);
    for row in &table.rows {
        let (quantity, price) = (
            units(table, row, "quantity").unwrap(),
            units(table, row, "unit_price").unwrap(),
        );
        let amount = units(table, row, "amount").unwrap();
        assert_eq!(
            i128::from(quantity) * i128::from(price),
            i128::from(amount) * 100_000,
            "{row:?}"
        );
        let sale = text(table, row, "entry") == "sale";
        assert_eq!(sale, amount > 0, "{row:?}");
        if sale { sales += amount } else { returned -= amount }
    }
    assert!(returned > 0 && returned * 20 < sales, "{returned} of {sales}");
}

#[test]
fn nothing_is_known_after_the_book_ends() {
    let book = small();
    assert_eq!(
        (book.as_of.to_string(), book.history.to_string()),
        ("2025-12-31".into(), "2024-12-31".into())
    );
    let later = ["到期日", "到期日期"];
    for table in &book.tables {
        for row in &table.rows {
            for (heading, cell) in table.headings.iter().zip(row) {
                if let Cell::Date(date) = cell
                    && !later.contains(heading)
                {
                    assert!(*date <= book.as_of, "{} {heading} {date}", table.kind);
                }
            }
        }
    }
}

#[test]
fn the_record_kinds_know_every_heading() {
    let kinds = include_str!("../../policy/kinds/shipped.toml");
    let known = |table: &SampleTable, heading: &str| {
        let start = kinds.find(&format!("[kind.{}]", table.kind)).unwrap();
        let body = &kinds[start..];
        let body = &body[..body[1..].find("\n[kind.").map_or(body.len(), |end| end + 1)];
        body.contains(&format!("\"{}\"", heading.split('（').next().unwrap()))
    };
    for table in &small().tables {
        for heading in &table.headings {
            assert!(known(table, heading), "{} {heading}", table.kind);
        }
    }
}

#[test]
fn real_books_have_gaps_and_so_has_this_one() {
    let book = small();
    let table = book.table("financial_statement").unwrap();
    let reporting: HashSet<&str> = table.rows.iter().map(|row| text(table, row, "客户编号")).collect();
    assert!((280..390).contains(&reporting.len()), "{}", reporting.len());
    let empty = table.rows.iter().flatten().filter(|cell| **cell == Cell::Empty).count();
    assert!(empty > 300, "{empty}");
    let credit = book.table("credit_report").unwrap();
    let defaults = credit
        .rows
        .iter()
        .filter(|row| units(credit, row, "违约次数") > Some(0))
        .count();
    assert!((2..40).contains(&defaults), "{defaults}");
}
