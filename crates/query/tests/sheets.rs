//! Populations, given columns and what is carried along. 客户表与宽表

use std::sync::Arc;

use arrow::array::{AsArray, Int64Array, StringArray};
use pinji_engine::InputType;
use pinji_policy::AggregateFunction::Count;
use pinji_policy::document::{GivenType, Subject};
use pinji_policy::{CompiledMeasure, MeasureSource};
use pinji_query::{LeftOut, MeasureOptions, QueryError, UsedGrades};

use crate::support::{Over, aggregate, check, compiled, document, kind, run, run_with, table};

fn given(id: &str, given: GivenType, ty: InputType) -> CompiledMeasure {
    CompiledMeasure {
        id: id.to_owned(),
        ty,
        source: MeasureSource::Given(given),
        members: None,
    }
}

fn count() -> CompiledMeasure {
    let of = Over {
        kind: "order",
        fields: "",
        over: None,
        filter: None,
    };
    aggregate("orders", InputType::Int(0), of, Count, None, None)
}

#[test]
fn the_customer_sheet_is_the_population() {
    let customers = kind(
        "customer",
        "id:text industry:text since:date employees:int capital:decimal4",
    );
    let orders = kind("order", "customer:text day:date");
    let sheet = table(
        &customers,
        "
        id | industry | since      | employees | capital
        B  | mining   | 2020-01-01 | 12        | 1.23456
        A  | -        | -          | -         | 0.5
        "
        .replace("1.23456", "1.2345")
        .as_str(),
    );
    let ledger = table(
        &orders,
        "customer | day\nA | 2025-01-01\nX | 2025-01-01\nX | 2025-01-02\n- | 2025-01-01\nA | -",
    );
    let document = document(vec![customers, orders]);
    let policy = compiled(
        Subject::Customer,
        vec![
            count(),
            given("industry", GivenType::Text, InputType::Text(None)),
            given("since", GivenType::Date, InputType::Date),
            given("employees", GivenType::Number, InputType::Double),
            given("capital", GivenType::Money, InputType::Int(2)),
            given("absent", GivenType::Flag, InputType::Flag),
        ],
    );
    let options = MeasureOptions {
        about: vec!["industry".to_owned(), "employees".to_owned()],
        ..MeasureOptions::new(&document)
    };
    let measured = run_with(&options, &policy, &[&ledger, &sheet]).unwrap();
    check(
        &measured,
        "
        A | 1 | -1     | -1         | -1 | 0.50 | -1
        B | 0 | mining | 2020-01-01 | 12 | 1.23 | -1
        ",
    );
    assert_eq!(
        measured.left_out,
        [LeftOut {
            kind: "order".to_owned(),
            unknown: 2,
            strangers: vec!["X".to_owned()],
            ungrouped: 0,
            nameless: 1,
            undated: 1
        }]
    );
    assert_eq!(
        measured
            .about("industry")
            .unwrap()
            .as_string::<i32>()
            .iter()
            .collect::<Vec<_>>(),
        [None, Some("mining")]
    );
    assert_eq!((measured.find("B"), measured.find("X")), (Some(1), None));
}

#[test]
fn wide_sheets_bring_any_measure() {
    let wide = kind("wide", "id:text orders:int industry:text");
    let sheet = table(&wide, "id | orders | industry\n20 | 3 | mining\n3 | - | -");
    let document = document(Vec::new());
    let options = MeasureOptions {
        wide: Some(&wide),
        ..MeasureOptions::new(&document)
    };
    let industry = given("industry", GivenType::Text, InputType::Text(None));
    let policy = compiled(Subject::Customer, vec![count(), industry]);
    check(
        &run_with(&options, &policy, &[&sheet]).unwrap(),
        "3 | -1 | -1\n20 | 3 | mining",
    );
}

#[test]
fn an_id_stands_once_and_always() {
    let wide = kind("wide", "id:text orders:int");
    let document = document(Vec::new());
    let options = MeasureOptions {
        wide: Some(&wide),
        ..MeasureOptions::new(&document)
    };
    let policy = compiled(Subject::Customer, vec![count()]);
    let found = |text: &str| run_with(&options, &policy, &[&table(&wide, text)]);
    match found("id | orders\nA | 1\nB | 2\nA | 3") {
        Err(QueryError::DuplicateSubject { id, first, second, .. }) => {
            assert_eq!(
                (id.as_str(), first.as_str(), second.as_str()),
                ("A", "wide 1:1", "wide 1:3")
            );
        }
        other => panic!("{other:?}"),
    }
    match found("id | orders\nA | 1\n- | 2") {
        Err(QueryError::NoSubject { place, .. }) => assert_eq!(place, "wide 1:2"),
        other => panic!("{other:?}"),
    }
    assert_eq!(found("id | orders").unwrap().rows(), 0);
}

#[test]
fn used_grades_come_by_id() {
    let wide = kind("wide", "id:text orders:int");
    let sheet = table(&wide, "id | orders\n1 | 1\n2 | 1\n3 | 1");
    let document = document(Vec::new());
    let used = UsedGrades {
        alias: "credit".to_owned(),
        ids: Arc::new(Int64Array::from(vec![2, 1])),
        grades: StringArray::from(vec![Some("AA"), None]),
    };
    let options = MeasureOptions {
        wide: Some(&wide),
        used: vec![used],
        ..MeasureOptions::new(&document)
    };
    let grade = CompiledMeasure {
        id: "credit".to_owned(),
        ty: InputType::Text(Some(vec!["AAA".to_owned(), "AA".to_owned()])),
        source: MeasureSource::Grade {
            alias: "credit".to_owned(),
        },
        members: None,
    };
    let policy = compiled(Subject::Customer, vec![count(), grade]);
    check(
        &run_with(&options, &policy, &[&sheet]).unwrap(),
        "1 | 1 | -7\n2 | 1 | AA\n3 | 1 | -7",
    );
}

#[test]
fn a_column_of_the_wrong_type_is_named() {
    let customers = kind("customer", "id:text since:text");
    let sheet = table(&customers, "id | since\nA | long ago");
    let document = document(vec![customers]);
    let policy = compiled(
        Subject::Customer,
        vec![given("since", GivenType::Date, InputType::Date)],
    );
    match run(&document, &policy, &[&sheet]) {
        Err(QueryError::FieldType {
            field, expected, found, ..
        }) => {
            assert_eq!(
                (field.as_str(), expected.as_str(), found.as_str()),
                ("since", "date", "text")
            );
        }
        other => panic!("{other:?}"),
    }
}
