//! The newest record: ties, freshness, corrections. 最新记录

use pinji_engine::expr::Operator;
use pinji_engine::{Expr, InputType};
use pinji_policy::AggregateFunction::{Count, Sum};
use pinji_policy::CompiledMeasure;
use pinji_policy::document::Subject;
use pinji_query::QueryError;

use crate::support::{
    Over, Table, aggregate, check, compiled, document, input, keyed, kind, lines, months, newest, run, table,
};

fn statements() -> pinji_domain::Kind {
    keyed(
        kind(
            "statement",
            "customer:text day:date known:date kind:text revenue:money profit:money",
        ),
        "customer day kind",
    )
}

fn revenue() -> CompiledMeasure {
    newest(
        "revenue",
        InputType::Int(2),
        "statement",
        "revenue",
        input(0),
        months(18),
    )
}

fn margin() -> CompiledMeasure {
    let share = Expr::Binary(Operator::Divide, Box::new(input(0)), Box::new(input(1)));
    newest(
        "margin",
        InputType::Double,
        "statement",
        "profit revenue",
        share,
        months(18),
    )
}

fn found(text: &str) -> Result<pinji_query::Measured, QueryError> {
    let kind = statements();
    let document = document(vec![kind.clone()]);
    let word = newest("kind", InputType::Text(None), "statement", "kind", input(0), None);
    run(
        &document,
        &compiled(Subject::Customer, vec![revenue(), margin(), word]),
        &[&table(&kind, text)],
    )
}

#[test]
fn the_newest_visible_record_counts_and_grows_stale() {
    let text = "
        customer | day        | known      | kind   | revenue | profit
        A        | 2024-12-31 | 2025-04-30 | annual | 100.00  | 10.00
        A        | 2023-12-31 | 2024-04-30 | annual | 200.00  | 10.00
        A        | 2025-12-31 | 2026-04-30 | annual | 300.00  | 10.00
        B        | 2024-06-30 | -          | annual | 100.00  | 10.00
        C        | 2024-07-01 | -          | annual | 0.00    | 10.00
        D        | 2025-12-31 | -          | -      | -       | 10.00
        D        | 2025-06-30 | -          | annual | 7.00    | 10.00
        E        | 2026-01-01 | -          | annual | 100.00  | 10.00
        ";
    let expected = "
        A | 100.00 | 0.1 | annual
        B | -2     | -2  | annual
        C | 0.00   | -3  | annual
        D | -1     | -1  | -1
        ";
    check(&found(text).unwrap(), expected);
}

#[test]
fn the_same_key_twice_is_an_error_that_names_both() {
    let text = "
        customer | day        | known      | kind   | revenue | profit
        A        | 2024-12-31 | 2025-04-30 | annual | 100.00  | 10.00
        B        | 2024-12-31 | 2025-04-30 | annual | 100.00  | 10.00
        A        | 2024-12-31 | 2025-04-30 | half   | 100.00  | 10.00
        A        | 2024-12-31 | 2025-04-30 | annual | 120.00  | 10.00
        ";
    match found(text) {
        Err(QueryError::DuplicateKey { key, first, second, .. }) => {
            assert_eq!(key, "customer = A, day = 2024-12-31, kind = annual");
            assert_eq!((first.as_str(), second.as_str()), ("statement 1:1", "statement 1:4"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_correction_replaces_what_it_corrects_from_the_day_it_is_known() {
    let kind = statements();
    let text = "
        customer | day        | known      | kind   | revenue | profit
        A        | 2025-06-30 | 2025-09-30 | annual | 120.00  | 10.00
        A        | 2025-06-30 | 2025-08-31 | annual | 100.00  | 10.00
        A        | 2025-06-30 | 2025-08-31 | annual | 101.00  | 10.00
        A        | 2025-06-30 | 2026-01-01 | annual | 999.00  | 10.00
        A        | 2024-06-30 | 2025-08-31 | annual | 80.00   | 10.00
        ";
    let of = || Over {
        kind: "statement",
        fields: "revenue",
        over: None,
        filter: None,
    };
    let measures = vec![
        revenue(),
        aggregate("sum", InputType::Int(2), of(), Sum, Some(input(0)), Some(2)),
        aggregate("n", InputType::Int(0), of(), Count, None, None),
    ];
    let document = document(vec![kind.clone()]);
    check(
        &run(
            &document,
            &compiled(Subject::Customer, measures),
            &[&table(&kind, text)],
        )
        .unwrap(),
        "A | 120.00 | 200.00 | 2",
    );
}

#[test]
fn ties_in_a_ledger_do_not_depend_on_the_order() {
    let kind = kind("reading", "customer:text day:date a:int b:int");
    let rows = [
        vec!["A", "2025-01-01", "1", "9"],
        vec!["A", "2025-01-01", "2", "8"],
        vec!["A", "2025-01-01", "3", "7"],
    ];
    let document = document(vec![kind.clone()]);
    let measures = vec![
        newest("a", InputType::Int(0), "reading", "a", input(0), None),
        newest("b", InputType::Int(0), "reading", "b", input(0), None),
    ];
    let policy = compiled(Subject::Customer, measures);
    let seen = |order: [usize; 3], per_part: usize| {
        let rows: Vec<Vec<&str>> = order.iter().map(|at| rows[*at].clone()).collect();
        let table: Table = crate::support::rows_table(&kind, &["customer", "day", "a", "b"], &rows, per_part);
        lines(&run(&document, &policy, &[&table]).unwrap())
    };
    let first = seen([0, 1, 2], 3);
    assert!(
        ["A | 1 | 9", "A | 2 | 8", "A | 3 | 7"].contains(&first[0].as_str()),
        "one row as a whole: {first:?}"
    );
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(
            (seen(order, 3), seen(order, 1)),
            (first.clone(), first.clone()),
            "{order:?}"
        );
    }
}
