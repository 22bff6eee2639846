//! Random records: the operator against a plain reference, and against itself in other orders, parts and threads. 对照

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::date::{from_days, parse, to_days};
use pinji_engine::expr::{Comparison, Operator};
use pinji_engine::{Expr, InputType};
use pinji_policy::AggregateFunction::{Count, CountDistinct, Max, Mean, Min, Sum};
use pinji_policy::Compiled;
use pinji_policy::document::Subject;
use pinji_query::MeasureOptions;

use crate::support::{
    Over, aggregate, compiled, document, input, keyed, kind, lines, months, newest, rows_table, run_with,
};

/// A small generator of our own, so that the cases are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

#[derive(Debug, Clone)]
struct Order {
    customer: Option<i64>,
    day: i32,
    amount: Option<i64>,
    quantity: i64,
    product: Option<&'static str>,
}

fn orders(seed: u64, rows: usize, customers: u64) -> Vec<Order> {
    let mut dice = Dice(seed * 2 + 1);
    let last = to_days(parse("2026-01-31").unwrap());
    let products = ["nut", "bolt", "screw", "washer"];
    (0..rows)
        .map(|_| Order {
            customer: (dice.roll(50) != 0)
                .then(|| dice.roll(customers) as i64 * if dice.roll(2) == 0 { 1 } else { -7_000_000_000 }),
            day: last - dice.roll(800) as i32,
            amount: (dice.roll(9) != 0).then(|| dice.roll(2_000_000) as i64 - 500_000),
            quantity: dice.roll(5) as i64,
            product: (dice.roll(7) != 0).then(|| products[dice.roll(4) as usize]),
        })
        .collect()
}

fn order_kind() -> pinji_domain::Kind {
    kind("order", "customer:text day:date amount:money quantity:int product:text")
}

fn policy() -> Compiled {
    let all = |fields| Over {
        kind: "order",
        fields,
        over: None,
        filter: None,
    };
    let year = |fields| Over {
        kind: "order",
        fields,
        over: months(12),
        filter: None,
    };
    let nuts = || {
        Some(Expr::Compare(
            Comparison::Equal,
            Box::new(input(1)),
            Box::new(Expr::Text("nut".to_owned())),
        ))
    };
    let each = Expr::Binary(Operator::Divide, Box::new(input(0)), Box::new(input(1)));
    compiled(
        Subject::Customer,
        vec![
            aggregate("n", InputType::Int(0), year(""), Count, None, None),
            aggregate("amount", InputType::Int(2), all("amount"), Sum, Some(input(0)), Some(2)),
            aggregate("mean", InputType::Double, year("amount"), Mean, Some(input(0)), Some(2)),
            aggregate("first", InputType::Date, all("day"), Min, Some(input(0)), None),
            aggregate("best", InputType::Int(2), all("amount"), Max, Some(input(0)), Some(2)),
            aggregate(
                "products",
                InputType::Int(0),
                year("product"),
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
            aggregate(
                "greatest",
                InputType::Text(None),
                all("product"),
                Max,
                Some(input(0)),
                None,
            ),
            aggregate(
                "each",
                InputType::Int(3),
                all("amount quantity"),
                Sum,
                Some(each),
                Some(3),
            ),
            aggregate(
                "nuts",
                InputType::Int(2),
                Over {
                    kind: "order",
                    fields: "amount product",
                    over: None,
                    filter: nuts(),
                },
                Sum,
                Some(input(0)),
                Some(2),
            ),
            newest("last", InputType::Date, "order", "day", input(0), months(6)),
        ],
    )
}

fn exact(units: Option<i128>, scale: usize) -> String {
    units.map_or("-1".to_owned(), |units| {
        let power = 10_u128.pow(scale as u32);
        let sign = if units < 0 { "-" } else { "" };
        let whole = units.unsigned_abs() / power;
        if scale == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{:0scale$}", units.unsigned_abs() % power)
        }
    })
}

fn date(day: Option<i32>) -> String {
    day.map_or("-1".to_owned(), |day| from_days(day).unwrap().to_string())
}

/// One subject at a time, one measure after the other.
fn reference(orders: &[Order]) -> Vec<String> {
    let (as_of, year) = (
        to_days(parse("2025-12-31").unwrap()),
        to_days(parse("2024-12-31").unwrap()),
    );
    let half = to_days(parse("2025-06-30").unwrap());
    let mut by_customer: BTreeMap<i64, Vec<&Order>> = BTreeMap::new();
    for order in orders.iter().filter(|order| order.day <= as_of) {
        if let Some(customer) = order.customer {
            by_customer.entry(customer).or_default().push(order);
        }
    }
    let line = |(customer, all): (&i64, &Vec<&Order>)| {
        let recent: Vec<&&Order> = all.iter().filter(|order| order.day > year).collect();
        let sum =
            |amounts: Vec<i64>| (!amounts.is_empty()).then(|| amounts.iter().map(|amount| i128::from(*amount)).sum());
        let amounts: Vec<i64> = all.iter().filter_map(|order| order.amount).collect();
        let recent_amounts: Vec<i64> = recent.iter().filter_map(|order| order.amount).collect();
        let mean = recent_amounts.iter().sum::<i64>() as f64 / (recent_amounts.len() as f64 * 100.0);
        let each = all.iter().filter(|order| order.quantity != 0).filter_map(|order| {
            let value = (order.amount? as f64 / 100.0) / order.quantity as f64;
            Some((value * 1000.0).round_ties_even() as i64)
        });
        let nuts = all
            .iter()
            .filter(|order| order.product == Some("nut"))
            .filter_map(|order| order.amount);
        let last = all.iter().map(|order| order.day).max();
        let fields = [
            customer.to_string(),
            recent.len().to_string(),
            exact(sum(amounts.clone()), 2),
            if recent_amounts.is_empty() {
                "-1".to_owned()
            } else {
                mean.to_string()
            },
            date(all.iter().map(|order| order.day).min()),
            exact(amounts.iter().max().map(|most| i128::from(*most)), 2),
            recent
                .iter()
                .filter_map(|order| order.product)
                .collect::<BTreeSet<_>>()
                .len()
                .to_string(),
            all.iter()
                .map(|order| order.day)
                .collect::<BTreeSet<_>>()
                .len()
                .to_string(),
            all.iter()
                .filter_map(|order| order.product)
                .max()
                .unwrap_or("-1")
                .to_owned(),
            exact(sum(each.collect()), 3),
            exact(sum(nuts.collect()), 2),
            if last.is_some_and(|last| last <= half) {
                "-2".to_owned()
            } else {
                date(last)
            },
        ];
        fields.join(" | ")
    };
    by_customer.iter().map(line).collect()
}

fn table_of(orders: &[Order], per_part: usize) -> crate::support::Table {
    let cell = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let rows: Vec<[String; 5]> = orders
        .iter()
        .map(|order| {
            let money = |units: i64| exact(Some(i128::from(units)), 2);
            [
                cell(order.customer.map(|id| id.to_string())),
                date(Some(order.day)),
                cell(order.amount.map(money)),
                order.quantity.to_string(),
                cell(order.product.map(str::to_owned)),
            ]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    rows_table(
        &order_kind(),
        &["customer", "day", "amount", "quantity", "product"],
        &rows,
        per_part,
    )
}

#[test]
fn the_operator_agrees_with_the_reference() {
    let (document, policy) = (document(vec![order_kind()]), policy());
    for seed in 0..20 {
        let orders = orders(seed, 1 + seed as usize * 37, 1 + seed * 3);
        let measured = run_with(&MeasureOptions::new(&document), &policy, &[&table_of(&orders, 100)]).unwrap();
        assert_eq!(lines(&measured), reference(&orders), "seed {seed}");
    }
}

#[test]
fn neither_order_nor_parts_nor_threads_nor_memory_matter() {
    let (document, policy) = (document(vec![order_kind()]), policy());
    let mut orders = orders(99, 3_000, 400);
    let expected = reference(&orders);
    let check = |orders: &[Order], per_part: usize, threads: usize, memory_limit: usize| {
        let options = MeasureOptions {
            threads,
            memory_limit,
            ..MeasureOptions::new(&document)
        };
        let measured = run_with(&options, &policy, &[&table_of(orders, per_part)]).unwrap();
        assert_eq!(
            lines(&measured),
            expected,
            "{per_part} rows a part, {threads} threads, {memory_limit} bytes"
        );
        assert_eq!(
            measured.left_out[0].nameless,
            orders
                .iter()
                .filter(|order| order.customer.is_none() && order.day <= 20_453)
                .count() as u64
        );
    };
    check(&orders, 10_000, 1, usize::MAX);
    check(&orders, 250, 3, usize::MAX);
    orders.reverse();
    check(&orders, 7, 2, usize::MAX);
    let mut dice = Dice(5);
    for at in (1..orders.len()).rev() {
        orders.swap(at, dice.roll(at as u64 + 1) as usize);
    }
    check(&orders, 400, 2, usize::MAX);
    check(&orders, 400, 2, 20_000);
    check(&orders, 400, 2, 1);
}

#[test]
fn corrections_are_found_from_temporary_files_too() {
    let kind = keyed(
        kind("order", "customer:text day:date known:date amount:money"),
        "customer day",
    );
    let document = document(vec![kind.clone()]);
    let of = Over {
        kind: "order",
        fields: "amount",
        over: None,
        filter: None,
    };
    let policy = compiled(
        Subject::Customer,
        vec![aggregate("amount", InputType::Int(2), of, Sum, Some(input(0)), Some(2))],
    );
    let mut dice = Dice(7);
    let (mut rows, mut expected) = (Vec::new(), BTreeMap::<String, i64>::new());
    for customer in 0..200 {
        for month in 1..=3 {
            for version in 0..=dice.roll(3) {
                let amount = dice.roll(1000) as i64;
                rows.push([
                    format!("c{customer:03}"),
                    format!("2025-0{month}-01"),
                    format!("2025-0{}-15", month + version),
                    format!("{amount}.00"),
                ]);
                if version == 0 {
                    *expected.entry(format!("c{customer:03}")).or_default() += amount;
                } else {
                    let earlier: i64 = rows[rows.len() - 2][3].trim_end_matches(".00").parse().unwrap();
                    *expected.entry(format!("c{customer:03}")).or_default() += amount - earlier;
                }
            }
        }
    }
    let expected: Vec<String> = expected
        .into_iter()
        .map(|(customer, amount)| format!("{customer} | {amount}.00"))
        .collect();
    for (backwards, memory_limit) in [(false, usize::MAX), (true, usize::MAX), (false, 1)] {
        let mut cells: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.iter().map(String::as_str).collect())
            .collect();
        if backwards {
            cells.reverse();
        }
        let table = rows_table(&kind, &["customer", "day", "known", "amount"], &cells, 100);
        let options = MeasureOptions {
            memory_limit,
            ..MeasureOptions::new(&document)
        };
        assert_eq!(
            lines(&run_with(&options, &policy, &[&table]).unwrap()),
            expected,
            "backwards {backwards}, {memory_limit} bytes"
        );
    }
}
