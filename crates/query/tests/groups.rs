//! Policies that rate corporate groups. 集团

use pinji_engine::InputType;
use pinji_policy::AggregateFunction::{Count, CountDistinct, Sum};
use pinji_policy::document::{GivenType, Subject};
use pinji_policy::{CompiledMeasure, MeasureSource};
use pinji_query::MeasureOptions;

use crate::support::{Over, aggregate, check, compiled, document, input, keyed, kind, months, newest, run_with, table};

#[test]
fn members_make_their_group() {
    let customers = kind("customer", "id:text group:text industry:text employees:int since:date");
    let orders = kind("order", "customer:text day:date amount:money product:text");
    let statements = keyed(
        kind("statement", "customer:text day:date revenue:money"),
        "customer day",
    );
    let sheet = table(
        &customers,
        "
        id | group | industry | employees | since
        a1 | Alpha | mining   | 10        | 2021-01-01
        a2 | Alpha | steel    | 20        | 2020-01-01
        a3 | Alpha | steel    | -         | -
        b1 | Beta  | mining   | -         | 2022-01-01
        c1 | -     | mining   | 5         | 2022-01-01
        ",
    );
    let ledger = table(
        &orders,
        "
        customer | day        | amount | product
        a1       | 2025-01-01 | 1.00   | nut
        a2       | 2025-01-01 | 2.00   | nut
        a2       | 2025-01-02 | 4.00   | bolt
        Alpha    | 2025-01-02 | 8.00   | bolt
        c1       | 2025-01-02 | 16.00  | bolt
        z9       | 2025-01-02 | 32.00  | bolt
        ",
    );
    let annual = table(
        &statements,
        "
        customer | day        | revenue
        a1       | 2024-12-31 | 100.00
        a2       | 2024-12-31 | 200.00
        a3       | 2020-12-31 | 400.00
        b1       | 2024-12-31 | 100.00
        Beta     | 2024-06-30 | -
        Beta     | 2025-06-30 | 90.00
        ",
    );
    let document = document(vec![customers, orders, statements]);
    let of = |fields: &'static str| Over {
        kind: "order",
        fields,
        over: None,
        filter: None,
    };
    let industry = CompiledMeasure {
        id: "industry".to_owned(),
        ty: InputType::Text(None),
        source: MeasureSource::Given(GivenType::Text),
        members: None,
    };
    let employees = CompiledMeasure {
        id: "employees".to_owned(),
        ty: InputType::Int(0),
        source: MeasureSource::Given(GivenType::Integer),
        members: None,
    };
    let policy = compiled(
        Subject::Group,
        vec![
            aggregate("amount", InputType::Int(2), of("amount"), Sum, Some(input(0)), Some(2)),
            aggregate("n", InputType::Int(0), of(""), Count, None, None),
            aggregate(
                "products",
                InputType::Int(0),
                of("product"),
                CountDistinct,
                Some(input(0)),
                None,
            ),
            aggregate(
                "buyers",
                InputType::Int(0),
                of("customer"),
                CountDistinct,
                Some(input(0)),
                None,
            ),
            newest(
                "revenue",
                InputType::Int(2),
                "statement",
                "revenue",
                input(0),
                months(18),
            ),
            industry,
            employees,
        ],
    );
    let options = MeasureOptions {
        about: vec!["since".to_owned()],
        ..MeasureOptions::new(&document)
    };
    let expected = "
        Alpha | 15.00 | 4 | 2 | 3 | 300.00 | steel  | 30
        Beta  | -1    | 0 | 0 | 0 | 90.00  | mining | -1
        ";
    let measured = run_with(&options, &policy, &[&sheet, &ledger, &annual]).unwrap();
    check(&measured, expected);
    assert_eq!((measured.left_out[0].ungrouped, measured.left_out[0].unknown), (1, 1));
    assert_eq!(measured.about[0].0, "since");

    // Members of a group stay together when rows go to temporary files.
    let tight = MeasureOptions {
        memory_limit: 1,
        ..options
    };
    let spilt = run_with(&tight, &policy, &[&sheet, &ledger, &annual]).unwrap();
    check(&spilt, expected);
    assert_eq!(spilt.left_out, measured.left_out);
}
