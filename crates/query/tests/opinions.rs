//! Judged indicators from assessment records and from wide sheets. 定性评价

use pinji_domain::{Kind, Text};
use pinji_engine::InputType;
use pinji_policy::document::{Indicator, Level, Reconcile, ReconcileBy, Scoring, Subject};
use pinji_policy::{CompiledMeasure, MeasureSource};
use pinji_query::QueryError;

use crate::support::{check, compiled, document, keyed, kind, months, run, run_with, table};

fn assessments() -> Kind {
    keyed(
        kind(
            "assessment",
            "customer:text day:date indicator:text expert:text level:text points:decimal4",
        ),
        "customer indicator expert day",
    )
}

fn judged(by: ReconcileBy, min: u32, spread: Option<i32>) -> CompiledMeasure {
    let levels = vec![
        ("good".to_owned(), 900_000),
        ("fair".to_owned(), 600_000),
        ("poor".to_owned(), 200_000),
    ];
    let source = MeasureSource::Judged {
        levels,
        by,
        min,
        spread,
        fresh: months(12),
    };
    CompiledMeasure {
        id: "service".to_owned(),
        ty: InputType::Int(4),
        source,
        members: None,
    }
}

/// The document knows the level's names.
fn named(kinds: Vec<Kind>) -> pinji_policy::Document {
    let mut document = document(kinds);
    let level = |id: &str, zh: &str| Level {
        id: id.to_owned(),
        name: Text::new(zh, id.to_uppercase()),
        points: pinji_domain::Decimal::parse("0").unwrap(),
        means: Text::default(),
    };
    document.indicators.push(Indicator {
        id: "service".to_owned(),
        dimension: String::new(),
        name: Text::new("服务", "Service"),
        means: Text::default(),
        clause: String::new(),
        weight: pinji_domain::Decimal::parse("1").unwrap(),
        formula: "service".to_owned(),
        unit: pinji_policy::document::Unit::Points,
        decimals: 4,
        better: pinji_policy::document::Better::Higher,
        scoring: Scoring::Judged {
            by: "expert".to_owned(),
            levels: vec![level("good", "好"), level("fair", "中"), level("poor", "差")],
            reconcile: Reconcile {
                by: ReconcileBy::Mean,
                min: 1,
                spread: None,
            },
            fresh: None,
        },
        missing: pinji_policy::document::MissingRule::Reweight,
    });
    document
}

const OPINIONS: &str = "
customer | day        | indicator | expert | level | points
A        | 2025-03-01 | service   | wang   | good  | -
A        | 2025-02-01 | service   | wang   | poor  | -
A        | 2025-03-01 | service   | li     | 中    | -
A        | 2025-03-01 | quality   | li     | awful | -
B        | 2025-03-01 | service   | wang   | -     | 87.5
C        | 2024-12-31 | service   | wang   | good  | -
C        | 2026-12-31 | service   | wang   | good  | -
D        | 2025-03-01 | quality   | wang   | good  | -
E        | 2025-03-01 | service   | wang   | GOOD  | -
E        | 2025-03-01 | service   | li     | poor  | -
E        | 2024-03-01 | service   | zhao   | poor  | -
";

#[test]
fn the_newest_fresh_opinion_of_each_expert_counts() {
    let kind = assessments();
    let opinions = table(&kind, OPINIONS);
    let found = |by, min, spread| {
        run(
            &named(vec![kind.clone()]),
            &compiled(Subject::Customer, vec![judged(by, min, spread)]),
            &[&opinions],
        )
        .unwrap()
    };
    check(
        &found(ReconcileBy::Mean, 1, None),
        "A | 75.0000\nB | 87.5000\nC | -2\nD | -1\nE | 55.0000",
    );
    check(
        &found(ReconcileBy::Mean, 2, None),
        "A | 75.0000\nB | -5\nC | -2\nD | -1\nE | 55.0000",
    );
    check(
        &found(ReconcileBy::Consensus, 1, Some(300_000)),
        "A | 75.0000\nB | 87.5000\nC | -2\nD | -1\nE | -6",
    );
}

#[test]
fn a_level_that_is_not_listed_is_an_error() {
    let kind = assessments();
    let text = "customer | day | indicator | expert | level | points\nA | 2025-03-01 | service | wang | so-so | -";
    let policy = compiled(Subject::Customer, vec![judged(ReconcileBy::Mean, 1, None)]);
    match run(&named(vec![kind.clone()]), &policy, &[&table(&kind, text)]) {
        Err(QueryError::UnknownLevel {
            indicator,
            level,
            place,
        }) => {
            assert_eq!(
                (indicator.as_str(), level.as_str(), place.as_str()),
                ("service", "so-so", "assessment 1:1")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn wide_sheets_bring_levels_by_id_or_name_or_as_points() {
    let wide = kind("wide", "id:text service:text");
    let sheet = table(&wide, "id | service\nA | good\nB | 差\nC | 66.6\nD | -");
    let document = named(Vec::new());
    let options = pinji_query::MeasureOptions {
        wide: Some(&wide),
        ..pinji_query::MeasureOptions::new(&document)
    };
    let policy = compiled(Subject::Customer, vec![judged(ReconcileBy::Mean, 2, None)]);
    check(
        &run_with(&options, &policy, &[&sheet]).unwrap(),
        "A | 90.0000\nB | 20.0000\nC | 66.6000\nD | -1",
    );
    let bad = table(&wide, "id | service\nA | 100.5");
    assert!(matches!(
        run_with(&options, &policy, &[&bad]),
        Err(QueryError::UnknownLevel { .. })
    ));
}
