//! What the documents promise, case by case, in tables.

use pinji_domain::missing::MissingCause;
use pinji_engine::condition::DoubleRange;
use pinji_engine::expr::{Comparison, Operator};
use pinji_engine::{
    Band, Bands, Bound, Condition, Detail, Dimension, Expr, GradeRule, Graded, Indicator, Input, InputType, Missing,
    Operand, Plan, PlanParts, Score, ScoreWeight, Scoring, Source, Test, TextMap, UNGRADED, grade,
};

use crate::data::{Cells, Data, Owned, Packed};

fn graded(parts: &PlanParts, data: &Data) -> Graded {
    let mut out = Graded::default();
    grade(
        &Plan::new(parts.clone()).unwrap(),
        &data.batch(),
        Detail::Lines,
        &mut out,
    );
    out
}

fn input(id: &str, ty: InputType) -> Input {
    Input { id: id.into(), ty }
}

fn points(points: i32) -> i32 {
    points * 10_000
}

fn flat(edges: &[i64], all: &[i32]) -> Scoring {
    Scoring::Bands(Bands {
        edges: edges.to_vec(),
        bands: all.iter().map(|one| Band::flat(points(*one))).collect(),
    })
}

fn at_least(operand: Operand, low: i64) -> Condition {
    Condition::Test(operand, Test::Within(vec![(low, i64::MAX)]))
}

/// Financial (60): debt ratio and sales, half each. Conduct (40): overdue days and owner, half each.
fn example() -> PlanParts {
    let indicator = |at: usize, id: &str, decimals: u8, scoring: Scoring, missing: Missing| Indicator {
        id: id.into(),
        dimension: at / 2,
        weight: 500_000,
        decimals,
        source: Source::Input(at),
        scoring,
        missing,
    };
    let mut sales = vec![Band::flat(0), Band::flat(0), Band::flat(points(100))];
    sales[1] = Band {
        from: points(40),
        to: points(80),
        low: 100,
        high: 500,
    };
    let sales = Scoring::Bands(Bands {
        edges: vec![100, 500],
        bands: sales,
    });
    let owners = Scoring::Map(TextMap {
        entries: vec![("soe".into(), points(100)), ("private".into(), points(60))],
        otherwise: None,
    });
    let soe = Condition::Test(Operand::Input(3), Test::OneOf(vec!["soe".into()]));
    let bound = |id: &str, when: Condition, grade: usize| Bound {
        id: id.into(),
        when,
        grade,
    };
    let grade = |id: &str, when: Option<Condition>| GradeRule { id: id.into(), when };
    PlanParts {
        inputs: vec![
            input("debt_ratio", InputType::Double),
            input("sales", InputType::Int(0)),
            input("overdue", InputType::Int(0)),
            input("owner", InputType::Text(None)),
        ],
        dimensions: vec![Dimension { id: "financial".into() }, Dimension { id: "conduct".into() }],
        indicators: vec![
            indicator(
                0,
                "debt_ratio",
                4,
                flat(&[5_000, 7_000], &[100, 60, 20]),
                Missing::Refuse,
            ),
            indicator(1, "sales", 0, sales, Missing::Reweight),
            indicator(2, "overdue", 0, flat(&[1, 31], &[100, 50, 0]), Missing::Points(0)),
            indicator(3, "owner", 0, owners, Missing::Points(points(40))),
        ],
        scores: vec![Score {
            id: "total".into(),
            decimals: 2,
            weights: [(0, 600_000), (1, 400_000)]
                .map(|(dimension, weight)| ScoreWeight { dimension, weight })
                .to_vec(),
        }],
        grades: vec![
            grade("vip", Some(at_least(Operand::Score(0), 8_000))),
            grade("key", Some(at_least(Operand::Score(0), 6_000))),
            grade("ordinary", None),
        ],
        caps: vec![
            bound("overdue", at_least(Operand::Input(2), 31), 1),
            bound("default", at_least(Operand::Indicator(2), 91), 2),
        ],
        floors: vec![bound("soe", soe, 1)],
        group: Vec::new(),
        min_coverage: 5_000,
        possible: Vec::new(),
    }
}

/// A cell of the table: a number, a text, or `-` where nothing was reported.
fn owned(text: &str, ty: &InputType) -> Owned {
    let cells = match ty {
        InputType::Int(_) => Cells::Int(vec![text.parse().unwrap_or(-7)]),
        InputType::Double => Cells::Double(vec![text.parse().unwrap_or(-7.0)]),
        _ => Cells::Text(
            vec![0],
            vec![
                ["soe", "private"]
                    .into_iter()
                    .find(|known| *known == text)
                    .unwrap_or("foreign"),
            ],
        ),
    };
    Owned {
        valid: (text == "-").then(|| Packed::new(&[false], 3)),
        ..Owned::all(cells)
    }
}

fn named(set: u64, ids: &[&str]) -> impl Iterator<Item = String> {
    let ids: Vec<String> = (0..ids.len())
        .filter(|at| set >> at & 1 == 1)
        .map(|at| ids[at].to_owned())
        .collect();
    ids.into_iter()
}

#[test]
fn customers_are_graded_as_the_policy_says() {
    let table = "
        customer | debt_ratio | sales | overdue | owner   || grade    | score  | cover | reason
        C01      |       0.45 |   500 |       0 | soe     || vip      | 100.00 | 10000 |
        C02      |       0.45 |   300 |       5 | private || key      |  70.00 | 10000 | lost:sales lost:overdue lost:owner
        C03      |       0.45 |   500 |      45 | soe     || key      |  80.00 | 10000 | cap:overdue lost:overdue
        C04      |          - |   500 |       0 | soe     || ungraded |  70.00 |  7000 | refused missing:debt_ratio lost:debt_ratio
        C05      |        0.6 |     - |       0 | soe     || key      |  76.00 |  7000 | missing:sales lost:sales lost:debt_ratio
        C06      |        0.8 |    50 |       0 | soe     || key      |  46.00 | 10000 | floor:soe lost:sales lost:debt_ratio
        C07      |        0.8 |    50 |     100 | soe     || ordinary |  26.00 | 10000 | cap:default floor:soe lost:sales lost:debt_ratio lost:overdue
        C08      |       0.45 |   500 |       0 | foreign || vip      |  88.00 |  8000 | missing:owner lost:owner
        C09      |        0.5 |   500 |       0 | soe     || vip      |  88.00 | 10000 | lost:debt_ratio
        C10      |    0.49999 |   101 |       0 | soe     || key      |  70.03 | 10000 | lost:sales lost:debt_ratio
        C11      |       0.45 |   500 |       - | soe     || vip      |  80.00 |  8000 | missing:overdue lost:overdue
        C12      |       0.45 |     - |       - | -       || ungraded |  68.00 |  3000 | coverage missing:sales missing:overdue missing:owner lost:sales lost:overdue lost:owner
        C13      |          - |   500 |     100 | private || ungraded |  42.00 |  7000 | refused cap:overdue cap:default missing:debt_ratio lost:debt_ratio lost:overdue lost:owner
        C14      |        NaN |   500 |       0 | soe     || ungraded |  70.00 |  7000 | refused missing:debt_ratio lost:debt_ratio
    ";
    // C10: 0.49999 is 0.5000 at four decimals, the next band; 40.1 points × 30 % are 12.03.
    let parts = example();
    let ids = ["debt_ratio", "sales", "overdue", "owner"];
    for line in table
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('C') || line.starts_with("customer"))
        .skip(1)
    {
        let (given, wanted) = line.split_once("||").unwrap();
        let cells: Vec<&str> = given.split('|').map(str::trim).collect();
        let wanted: Vec<&str> = wanted.split('|').map(str::trim).collect();
        let columns = cells[1..]
            .iter()
            .zip(&parts.inputs)
            .map(|(cell, input)| owned(cell, &input.ty));
        let data = Data {
            rows: 1,
            columns: columns.collect(),
        };
        let out = graded(&parts, &data);

        let name = parts
            .grades
            .get(usize::from(out.grade[0]))
            .map_or("ungraded", |grade| grade.id.as_str());
        let score = format!("{}.{:02}", out.scores[0].values[0] / 100, out.scores[0].values[0] % 100);
        let mut reasons: Vec<String> = Vec::new();
        reasons.extend([None, Some("refused"), Some("coverage")][usize::from(out.ungraded[0])].map(str::to_owned));
        reasons.extend(named(out.caps[0], &["cap:overdue", "cap:default"]));
        reasons.extend(named(out.floors[0], &["floor:soe"]));
        reasons.extend(named(out.missing[0], &ids).map(|id| format!("missing:{id}")));
        let losses = out.losses.iter().filter_map(|column| ids.get(usize::from(column[0])));
        reasons.extend(losses.map(|id| format!("lost:{id}")));
        let found = [
            name.to_owned(),
            score,
            out.scores[0].coverage[0].to_string(),
            reasons.join(" "),
        ];
        assert_eq!(found.as_slice(), wanted, "{line}");
    }
}

/// A plan of one indicator that is judged by its value alone, so that the line's value can be looked at.
fn single(inputs: Vec<Input>, source: Source, decimals: u8) -> PlanParts {
    PlanParts {
        inputs,
        dimensions: vec![Dimension { id: "d".into() }],
        indicators: vec![Indicator {
            id: "i".into(),
            dimension: 0,
            weight: 1,
            decimals,
            source,
            scoring: flat(&[], &[50]),
            missing: Missing::Reweight,
        }],
        scores: vec![Score {
            id: "s".into(),
            decimals: 0,
            weights: vec![ScoreWeight {
                dimension: 0,
                weight: 1,
            }],
        }],
        grades: vec![GradeRule {
            id: "g".into(),
            when: None,
        }],
        ..PlanParts::default()
    }
}

fn value(parts: &PlanParts, columns: Vec<Owned>) -> Result<i64, MissingCause> {
    let out = graded(parts, &Data { rows: 1, columns });
    let line = &out.lines[0];
    MissingCause::from_number(line.causes[0]).map_or(Ok(line.values[0]), |cause| {
        assert_eq!(
            (line.values[0], line.bands[0], line.points[0]),
            (i64::MIN, u16::MAX, -1)
        );
        assert_eq!(
            (out.grade[0], out.ungraded[0], out.scores[0].values[0]),
            (UNGRADED, 3, i64::MIN)
        );
        Err(cause)
    })
}

const EXACT: i64 = 1 << 53;

#[test]
fn bare_measures_are_rounded_once() {
    let whole = |units: i64, scale: u8, decimals: u8, wanted: Result<i64, MissingCause>| {
        let parts = single(vec![input("m", InputType::Int(scale))], Source::Input(0), decimals);
        let found = value(&parts, vec![Owned::all(Cells::Int(vec![units]))]);
        assert_eq!(found, wanted, "{units} at {scale} to {decimals}");
    };
    whole(12_345, 3, 2, Ok(1_234));
    whole(12_355, 3, 2, Ok(1_236));
    whole(-12_345, 3, 2, Ok(-1_234));
    whole(7, 0, 9, Ok(7_000_000_000));
    whole(EXACT, 0, 0, Ok(EXACT));
    whole(-EXACT, 4, 4, Ok(-EXACT));
    whole(EXACT + 1, 0, 0, Err(MissingCause::Undefined));
    // Beyond the range before it is brought to fewer decimals, and only after it is brought to more.
    whole(EXACT + 1, 4, 0, Err(MissingCause::Undefined));
    whole(EXACT / 10 + 1, 0, 1, Err(MissingCause::Undefined));
    whole(i64::MIN, 0, 0, Err(MissingCause::Undefined));

    let double = |number: f64, decimals: u8, wanted: Result<i64, MissingCause>| {
        let parts = single(vec![input("m", InputType::Double)], Source::Input(0), decimals);
        for cells in [Cells::Double(vec![number]), Cells::Coded(vec![2], vec![1.0, number])] {
            assert_eq!(value(&parts, vec![Owned::all(cells)]), wanted, "{number} to {decimals}");
        }
    };
    double(0.125, 2, Ok(12));
    double(0.375, 2, Ok(38));
    double(-2.5, 0, Ok(-2));
    double(-0.0, 3, Ok(0));
    double(2.675, 2, Ok(268));
    double(EXACT as f64, 0, Ok(EXACT));
    // A reported double beyond the exact range still stands among the bounds.
    double(EXACT as f64, 1, Ok(EXACT * 10));
    double(-1e12, 4, Ok(-10_000_000_000_000_000));
    double(1e300, 9, Ok(1 << 62));
    double(-f64::MAX, 9, Ok(-(1 << 62)));
    double(f64::NAN, 2, Err(MissingCause::Undefined));
    double(f64::NEG_INFINITY, 0, Err(MissingCause::Undefined));
}

#[test]
fn interpolated_points_are_rounded_half_to_even() {
    let check = |from: i32, to: i32, length: i64, value: i64, wanted: i32| {
        let band = Band {
            from,
            to,
            low: 10,
            high: 10 + length,
        };
        assert_eq!(band.points(10 + value), wanted, "{from} to {to}, {value} of {length}");
    };
    check(0, 1_000_000, 4, 1, 250_000);
    check(1_000_000, 0, 4, 1, 750_000);
    // It is the points that become even, not the distance from the start.
    check(0, 1, 2, 1, 0);
    check(1, 2, 2, 1, 2);
    check(3, 2, 2, 1, 2);
    check(333_333, 666_666, 2, 1, 500_000);
    // Outside the band the points stay.
    check(400_000, 800_000, 4, -3, 400_000);
    check(400_000, 800_000, 4, 9, 800_000);
}

fn b(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

#[test]
fn formulas_say_why_they_have_no_value() {
    use MissingCause::{Disagreement, NotReported, Stale, Undefined};
    // m0 is 12.5 and there; m1 is stale, m2 is in dispute, m3 not a number; d0 is 2024-02-29.
    let inputs = ["m0", "m1", "m2", "m3"].map(|id| input(id, InputType::Double));
    let inputs: Vec<Input> = inputs.into_iter().chain([input("d0", InputType::Date)]).collect();
    let gone = |cause: MissingCause| Owned {
        valid: Some(Packed::new(&[false], 5)),
        causes: Some(vec![cause as u8]),
        ..Owned::all(Cells::Double(vec![99.0]))
    };
    let columns = vec![
        Owned::all(Cells::Double(vec![12.5])),
        gone(Stale),
        gone(Disagreement),
        Owned::all(Cells::Double(vec![f64::NAN])),
        Owned::all(Cells::Date(vec![19_782])),
    ];
    let check = |expr: Expr, wanted: Result<i64, MissingCause>| {
        let parts = single(inputs.clone(), Source::Formula(expr.clone()), 1);
        assert_eq!(value(&parts, columns.clone()), wanted, "{expr:?}");
    };
    let number = Expr::Number;
    let m = Expr::Input;
    let binary = |operator, x, y| Expr::Binary(operator, b(x), b(y));
    let less = |x, y| Expr::Compare(Comparison::Less, b(x), b(y));
    let when = |flag| Expr::Case(vec![(flag, number(1.0))], Some(b(number(0.0))));
    let add = |x, y| binary(Operator::Add, x, y);
    let over = |x, y| binary(Operator::Divide, x, y);

    check(m(0), Ok(125));
    check(add(m(0), number(0.25)), Ok(128));
    check(over(m(0), number(0.0)), Err(Undefined));
    check(over(number(0.0), number(0.0)), Err(Undefined));
    check(Expr::Ln(b(number(0.0))), Err(Undefined));
    check(Expr::Ln(b(number(-1.0))), Err(Undefined));
    check(Expr::Ln(b(number(1.0))), Ok(0));
    check(m(3), Err(Undefined));
    check(binary(Operator::Multiply, number(1e300), number(1e300)), Err(Undefined));
    check(binary(Operator::Multiply, number(1e15), m(0)), Err(Undefined));
    // The leftmost null says why.
    check(add(m(1), m(2)), Err(Stale));
    check(add(m(2), m(1)), Err(Disagreement));
    check(add(over(m(0), number(0.0)), m(1)), Err(Undefined));
    check(Expr::Negate(b(Expr::Abs(b(m(1))))), Err(Stale));
    // Nulls are skipped; without any value the first says why.
    check(Expr::Coalesce(vec![m(1), m(0), m(2)]), Ok(125));
    check(Expr::Coalesce(vec![m(2), m(1)]), Err(Disagreement));
    check(Expr::Least(vec![m(1), number(20.0), m(0)]), Ok(125));
    check(Expr::Greatest(vec![m(0), m(1), number(20.0)]), Ok(200));
    check(Expr::Greatest(vec![m(1), m(2)]), Err(Stale));
    // nullif strikes with a value only.
    check(Expr::NullIf(b(m(0)), b(number(12.5))), Err(Undefined));
    check(Expr::NullIf(b(m(0)), b(m(1))), Ok(125));
    check(Expr::NullIf(b(m(1)), b(m(0))), Err(Stale));
    // Three-valued logic, seen through case.
    let unknown = || less(m(1), m(0));
    let (yes, no) = (|| Expr::Flag(true), || Expr::Flag(false));
    check(when(unknown()), Ok(0));
    check(when(Expr::Not(b(unknown()))), Ok(0));
    check(when(Expr::IsNull(b(Expr::And(b(no()), b(unknown()))))), Ok(0));
    check(when(Expr::IsNull(b(Expr::And(b(yes()), b(unknown()))))), Ok(10));
    check(when(Expr::Or(b(unknown()), b(yes()))), Ok(10));
    check(when(Expr::IsNull(b(Expr::Or(b(unknown()), b(no()))))), Ok(10));
    check(when(Expr::InList(b(m(0)), vec![m(1), number(12.5)])), Ok(10));
    check(
        when(Expr::IsNull(b(Expr::InList(b(m(0)), vec![m(1), number(1.0)])))),
        Ok(10),
    );
    check(when(Expr::IsNull(b(Expr::InList(b(m(0)), vec![number(1.0)])))), Ok(0));
    check(Expr::Case(vec![(unknown(), number(1.0))], None), Err(NotReported));
    check(Expr::Case(vec![(yes(), m(2))], Some(b(number(1.0)))), Err(Disagreement));
    // Wrong types, which the policy's checks refuse.
    check(add(m(0), Expr::Text("x".into())), Err(Undefined));
    check(Expr::Text("x".into()), Err(Undefined));
    // Dates.
    let since = |days| binary(Operator::Subtract, m(4), Expr::Date(days));
    check(since(19_782 - 31), Ok(310));
    let later = |days: f64| binary(Operator::Subtract, add(m(4), number(days)), m(4));
    check(later(1.9), Ok(10));
    check(later(-1.1), Ok(-20));
    check(Expr::MonthsBetween(b(m(4)), b(Expr::Date(19_753))), Ok(10));
    check(Expr::MonthsBetween(b(Expr::Date(19_753)), b(m(4))), Ok(-10));
    check(Expr::MonthsBetween(b(m(4)), b(Expr::Date(19_782 - 366))), Ok(120));
    check(Expr::MonthsBetween(b(m(4)), b(Expr::Date(19_784 - 366))), Ok(110));
}

#[test]
fn judged_values_are_the_points() {
    let check = |units: i64, decimals: u8, wanted: i32| {
        let mut parts = single(vec![input("m", InputType::Int(decimals))], Source::Input(0), decimals);
        parts.indicators[0].scoring = Scoring::Direct;
        let columns = vec![Owned::all(Cells::Int(vec![units]))];
        let line = graded(&parts, &Data { rows: 1, columns }).lines.remove(0);
        assert_eq!(
            (line.values[0], line.bands[0], line.points[0]),
            (units, u16::MAX, wanted),
            "{units} at {decimals}"
        );
    };
    check(85, 0, 850_000);
    check(8_525, 2, 852_500);
    check(101, 0, 1_000_000);
    check(-1, 0, 0);
    check(5, 5, 0);
    check(15, 5, 2);
}

#[test]
fn conditions_take_what_is_undefined_for_missing() {
    let check = |ty: InputType, cells: Cells, there: bool| {
        let any = match ty {
            InputType::Double => Test::Doubles(vec![DoubleRange {
                low: f64::NEG_INFINITY,
                low_inclusive: true,
                high: f64::INFINITY,
                high_inclusive: true,
            }]),
            _ => Test::Within(vec![(i64::MIN, i64::MAX)]),
        };
        let tested = Condition::Test(Operand::Input(0), any);
        let cases = [
            (tested.clone(), there),
            (Condition::Not(Box::new(tested)), false),
            (Condition::Missing(Operand::Input(0)), !there),
        ];
        for (condition, wanted) in cases {
            let inputs = vec![input("m", ty.clone()), input("n", InputType::Int(0))];
            let mut parts = single(inputs, Source::Input(1), 0);
            parts.grades.insert(
                0,
                GradeRule {
                    id: "if".into(),
                    when: Some(condition.clone()),
                },
            );
            let columns = vec![Owned::all(cells.clone()), Owned::all(Cells::Int(vec![1]))];
            let found = graded(&parts, &Data { rows: 1, columns }).grade[0];
            assert_eq!(found, u8::from(!wanted), "{condition:?} of {cells:?}");
        }
    };
    for (number, there) in [(1.0, true), (1e300, true), (f64::NAN, false), (f64::INFINITY, false)] {
        check(InputType::Double, Cells::Double(vec![number]), there);
        check(InputType::Double, Cells::Coded(vec![1], vec![number]), there);
    }
    check(InputType::Double, Cells::Coded(vec![0], vec![1.0]), false);
    for (units, there) in [(1, true), (EXACT, true), (EXACT + 1, false), (i64::MIN, false)] {
        check(InputType::Int(2), Cells::Int(vec![units]), there);
    }
    check(InputType::Date, Cells::Date(vec![0]), true);
    check(InputType::Flag, Cells::Flag(Packed::new(&[false], 7)), true);
    check(InputType::Flag, Cells::Absent, false);
}
