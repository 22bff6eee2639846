//! Aggregates over windows, with filters and formulas. 聚合

use pinji_engine::expr::{Comparison, Operator};
use pinji_engine::{Expr, InputType};
use pinji_policy::AggregateFunction::{Count, CountDistinct, Max, Mean, Min, Sum};
use pinji_policy::document::{Rate, Subject};
use pinji_policy::{AggregateCall, CompiledMeasure};
use pinji_query::QueryError;

use crate::support::{Over, aggregate, calls, check, compiled, document, input, kind, months, run, table};

const ORDERS: &str = "
customer | day        | amount | quantity | product | paid
B        | 2025-12-31 | 10.00  | 2        | nut     | yes
A        | 2025-12-31 | 0.10   | 1        | bolt    | no
A        | 2025-01-01 | 0.20   | 3        | bolt    | -
A        | 2024-12-31 | 5.00   | 1        | nut     | yes
A        | 2026-01-01 | 99.00  | 1        | nut     | yes
C        | 2020-02-29 | -      | 4        | -       | no
D        | 2026-01-01 | 1.00   | 1        | nut     | yes
-        | 2025-06-01 | 7.00   | 1        | nut     | yes
A        | -          | 3.00   | 1        | nut     | yes
";

fn orders() -> (pinji_domain::Kind, &'static str) {
    (
        kind(
            "order",
            "customer:text day:date amount:money quantity:int product:text paid:flag",
        ),
        ORDERS,
    )
}

fn all(fields: &str) -> Over<'_> {
    Over {
        kind: "order",
        fields,
        over: None,
        filter: None,
    }
}

fn year(fields: &str) -> Over<'_> {
    Over {
        kind: "order",
        fields,
        over: months(12),
        filter: None,
    }
}

fn measured(measures: Vec<CompiledMeasure>, expected: &str) {
    let (kind, text) = orders();
    let orders = table(&kind, text);
    let document = document(vec![kind]);
    check(
        &run(&document, &compiled(Subject::Customer, measures), &[&orders]).unwrap(),
        expected,
    );
}

#[test]
fn windows_end_at_the_as_of_date_and_leave_out_their_first_day() {
    measured(
        vec![
            aggregate("n", InputType::Int(0), year("amount"), Count, None, None),
            aggregate("all", InputType::Int(0), all("amount"), Count, None, None),
            aggregate(
                "amount",
                InputType::Int(2),
                year("amount"),
                Sum,
                Some(input(0)),
                Some(2),
            ),
            aggregate("mean", InputType::Double, all("amount"), Mean, Some(input(0)), Some(2)),
            aggregate("last", InputType::Date, all("day"), Max, Some(input(0)), None),
            aggregate("least", InputType::Int(2), all("amount"), Min, Some(input(0)), Some(2)),
        ],
        "
        A | 2 | 3 | 0.30  | 1.7666666666666666 | 2025-12-31 | 0.10
        B | 1 | 1 | 10.00 | 10                 | 2025-12-31 | 10.00
        C | 0 | 1 | -1    | -1                 | 2020-02-29 | -1
        ",
    );
}

#[test]
fn counts_see_values_and_distinct_values() {
    measured(
        vec![
            aggregate("valued", InputType::Int(0), all("amount"), Count, Some(input(0)), None),
            aggregate(
                "products",
                InputType::Int(0),
                all("product"),
                CountDistinct,
                Some(input(0)),
                None,
            ),
            aggregate(
                "days",
                InputType::Int(0),
                all("day"),
                CountDistinct,
                Some(input(0)),
                None,
            ),
            aggregate("paid", InputType::Int(0), all("paid"), Count, Some(input(0)), None),
            aggregate(
                "first",
                InputType::Text(None),
                all("product"),
                Min,
                Some(input(0)),
                None,
            ),
        ],
        "
        A | 3 | 2 | 3 | 2 | bolt
        B | 1 | 1 | 1 | 1 | nut
        C | 0 | 0 | 1 | 1 | -1
        ",
    );
}

#[test]
fn filters_and_formulas_are_evaluated_row_by_row() {
    let bolts = Expr::Compare(
        Comparison::Equal,
        Box::new(input(1)),
        Box::new(Expr::Text("bolt".to_owned())),
    );
    let product = Expr::Binary(Operator::Multiply, Box::new(input(0)), Box::new(input(2)));
    let of = Over {
        kind: "order",
        fields: "amount product quantity",
        over: None,
        filter: Some(bolts),
    };
    let none = Over {
        kind: "order",
        fields: "paid",
        over: None,
        filter: Some(input(0)),
    };
    measured(
        vec![
            // 0.10 × 1 + 0.20 × 3, each brought to three decimals.
            aggregate("bolts", InputType::Int(3), of, Sum, Some(product), Some(3)),
            // A flag that is null does not hold.
            aggregate("paid", InputType::Int(0), none, Count, None, None),
        ],
        "
        A | 0.700 | 1
        B | -1    | 1
        C | -1    | 0
        ",
    );
}

#[test]
fn a_measure_may_be_a_formula_over_aggregates() {
    let amount = AggregateCall {
        function: Sum,
        argument: Some(input(0)),
        decimals: Some(2),
    };
    let count = AggregateCall {
        function: Count,
        argument: None,
        decimals: None,
    };
    let share = Expr::Binary(Operator::Divide, Box::new(input(0)), Box::new(input(1)));
    measured(
        vec![calls(
            "mean",
            InputType::Double,
            year("amount"),
            vec![amount, count],
            share,
        )],
        "
        A | 0.15
        B | 10
        C | -1
        ",
    );
}

#[test]
fn amounts_of_other_currencies_are_converted_row_by_row() {
    let kind = kind("order", "customer:text day:date amount:money currency:text");
    let text = "
        customer | day        | amount | currency
        A        | 2025-06-30 | 10.00  | USD
        A        | 2025-07-01 | 10.00  | USD
        A        | 2025-07-01 | 1.00   | CNY
        A        | 2025-07-01 | 1.00   | -
        A        | 2026-07-01 | 1.00   | XXX
        ";
    let rate = |day: &str, value: &str| Rate {
        from: "USD".to_owned(),
        date: pinji_domain::date::parse(day).unwrap(),
        value: pinji_domain::Decimal::parse(value).unwrap(),
    };
    let mut document = document(vec![kind.clone()]);
    document.rates = vec![rate("2025-01-01", "7.1"), rate("2025-07-01", "7.25")];
    let sum = aggregate("amount", InputType::Int(2), all("amount"), Sum, Some(input(0)), Some(2));
    let policy = compiled(Subject::Customer, vec![sum]);
    check(&run(&document, &policy, &[&table(&kind, text)]).unwrap(), "A | 145.50");

    document.rates.remove(0);
    match run(&document, &policy, &[&table(&kind, text)]) {
        Err(QueryError::NoRate {
            currency, date, place, ..
        }) => {
            assert_eq!(
                (currency.as_str(), date.as_str(), place.as_str()),
                ("USD", "2025-06-30", "order 1:1")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn sums_beyond_the_exact_range_are_refused_whatever_the_order() {
    let kind = kind("order", "customer:text day:date amount:money");
    let most = "90071992547409.92";
    let rows = |signs: &str| {
        let amounts = signs.chars().map(|sign| {
            if sign == '+' {
                most.to_owned()
            } else {
                format!("-{most}")
            }
        });
        let rows: Vec<String> = amounts.map(|amount| format!("A | 2025-06-30 | {amount}")).collect();
        format!("customer | day | amount\n{}", rows.join("\n"))
    };
    let document = document(vec![kind.clone()]);
    let sum = aggregate("amount", InputType::Int(2), all("amount"), Sum, Some(input(0)), Some(2));
    let policy = compiled(Subject::Customer, vec![sum]);
    let found = |signs: &str| run(&document, &policy, &[&table(&kind, &rows(signs))]);
    check(&found("++-").unwrap(), &format!("A | {most}"));
    check(&found("-++").unwrap(), &format!("A | {most}"));
    check(
        &found(&format!("{}{}", "+".repeat(3000), "-".repeat(3000))).unwrap(),
        "A | 0.00",
    );
    match found("++") {
        Err(QueryError::BeyondSum { measure, subject }) => {
            assert_eq!((measure.as_str(), subject.as_str()), ("amount", "A"))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_formula_beyond_the_exact_range_names_the_row() {
    let kind = kind("order", "customer:text day:date amount:money");
    let text = "
        customer | day        | amount
        A        | 2025-06-30 | 1.00
        A        | 2026-06-30 | 90071992547409.92
        A        | 2025-06-30 | 90071992547409.92
        ";
    let double = Expr::Binary(Operator::Multiply, Box::new(input(0)), Box::new(Expr::Number(2.0)));
    let sum = aggregate("twice", InputType::Int(2), all("amount"), Sum, Some(double), Some(2));
    match run(
        &document(vec![kind.clone()]),
        &compiled(Subject::Customer, vec![sum]),
        &[&table(&kind, text)],
    ) {
        Err(QueryError::BeyondRow { measure, place }) => {
            assert_eq!(
                (measure.as_str(), place.as_str()),
                ("twice", "order 1:3"),
                "the row after the as-of date does not count"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn integer_ids_are_sorted_as_numbers_unless_another_table_has_texts() {
    let orders = kind("order", "customer:text day:date");
    let visits = kind("visit", "customer:text day:date");
    let count = |id: &str, kind| {
        let of = Over {
            kind,
            fields: "",
            over: None,
            filter: None,
        };
        aggregate(id, InputType::Int(0), of, Count, None, None)
    };
    let document = document(vec![orders.clone(), visits.clone()]);
    let policy = compiled(Subject::Customer, vec![count("orders", "order")]);
    let numbers = table(
        &orders,
        "customer | day\n10 | 2025-01-01\n9 | 2025-01-01\n-3 | 2025-01-01\n99999999999 | 2025-01-01",
    );
    check(
        &run(&document, &policy, &[&numbers]).unwrap(),
        "-3 | 1\n9 | 1\n10 | 1\n99999999999 | 1",
    );
    let texts = table(&visits, "customer | day\n9 | 2025-01-01\nx | 2025-01-01");
    check(
        &run(&document, &policy, &[&numbers, &texts]).unwrap(),
        "-3 | 1\n10 | 1\n9 | 1\n99999999999 | 1\nx | 0",
    );
}

#[test]
fn no_table_is_not_no_event() {
    let orders = kind("order", "customer:text day:date");
    let complaints = kind("complaint", "customer:text day:date");
    let of = Over {
        kind: "complaint",
        fields: "",
        over: None,
        filter: None,
    };
    let policy = compiled(
        Subject::Customer,
        vec![aggregate("n", InputType::Int(0), of, Count, None, None)],
    );
    let document = document(vec![orders.clone(), complaints.clone()]);
    let numbers = table(&orders, "customer | day\nA | 2025-01-01");
    check(&run(&document, &policy, &[&numbers]).unwrap(), "A | -1");
    let empty = table(&complaints, "customer | day");
    check(&run(&document, &policy, &[&numbers, &empty]).unwrap(), "A | 0");
}
