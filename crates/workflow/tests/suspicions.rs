//! What is pointed out, on the shipped kinds.

use pinji_workflow::suspect::{Alike, Others, rows_of, suspect};
use pinji_workflow::{Doubt, Known, Suspicion};
use serde_json::{Value, json};

use crate::book::{compared, day, kind, known, statement};

const TODAY: &str = "2026-07-01";

fn look(id: &str, rows: &[Value], known: &Known, others: &Others<'_>) -> Vec<Suspicion> {
    let kind = kind(id);
    suspect(kind, &compared(kind, rows, known).rows, known, day(TODAY), others)
}

fn word(suspicion: &Suspicion) -> String {
    let row = suspicion.row;
    match &suspicion.doubt {
        Doubt::Jump { field, past, .. } => format!("{row} jump {field} of {past}"),
        Doubt::UnitSlip { field, factor, way, .. } => format!("{row} {factor} {way:?} {field}"),
        Doubt::Sign { field, .. } => format!("{row} sign {field}"),
        Doubt::Identity {
            identity,
            left,
            right,
            allowed,
            ..
        } => format!("{row} {identity} {left} {right} ±{allowed}"),
        Doubt::Gap { missing, .. } => format!("{row} gap {missing}"),
        Doubt::Overlap { other } => format!("{row} overlap {other}"),
        Doubt::Reversed { from, to } => format!("{row} reversed {from} {to}"),
        Doubt::Future { field, date } => format!("{row} future {field} {date}"),
        Doubt::SameCode { other, .. } => format!("{row} same code as {other}"),
        Doubt::SimilarName { other, likeness, .. } => format!("{row} like {other} {likeness}"),
    }
}

fn check(id: &str, rows: &[Value], records: &[Value], expected: &[&str]) {
    let known = known(kind(id), records);
    let found: Vec<String> = look(id, rows, &known, &Others::NOBODY).iter().map(word).collect();
    assert_eq!(found, expected, "{rows:?}");
}

fn years(customer: &str, from: i32, revenues: &[i64]) -> Vec<Value> {
    let years = revenues.iter().enumerate();
    years
        .map(|(at, revenue)| statement(customer, from + at as i32, *revenue))
        .collect()
}

#[test]
fn statements_beside_the_customers_own_history() {
    let past = years("C1", 2020, &[1_000_000, 1_040_000, 1_010_000, 1_080_000, 1_050_000]);
    let only = |field: &str, value: i64| {
        let mut row = statement("C1", 2025, 1_060_000);
        row[field] = json!(value);
        row
    };
    check("financial_statement", &[statement("C1", 2025, 1_060_000)], &past, &[]);
    check(
        "financial_statement",
        &[only("revenue", 2_000_000)],
        &past,
        &["1 jump revenue of 5"],
    );
    check(
        "financial_statement",
        &[only("revenue", 10_600_000_000)],
        &past,
        &["1 10000 TooLarge revenue"],
    );
    check(
        "financial_statement",
        &[only("net_profit", -106_000)],
        &past,
        &["1 jump net_profit of 5", "1 sign net_profit"],
    );
    // Somebody else's history is no history, and neither are monthly figures.
    check("financial_statement", &[statement("C2", 2025, 9_000_000)], &past, &[]);
    let mut month = statement("C1", 2025, 90_000);
    month["period_type"] = json!("month");
    check("financial_statement", &[month], &past, &[]);
    // A correction of a past period is held against the others, not against what it corrects.
    check(
        "financial_statement",
        &[statement("C1", 2024, 105_000)],
        &past,
        &[
            "1 10 TooSmall revenue",
            "1 10 TooSmall net_profit",
            "1 10 TooSmall total_assets",
            "1 10 TooSmall total_liabilities",
            "1 10 TooSmall equity",
        ],
    );
    // What does not change is not looked at again.
    let mut odd = past.clone();
    odd[4]["net_profit"] = json!(99_000_000);
    let mut again = odd[4].clone();
    again["cash"] = json!(5);
    check("financial_statement", &[again], &odd, &[]);
}

#[test]
fn standing_facts_have_the_history_of_their_versions() {
    let customer = kind("customer");
    let version = |employees: i64, is_current: bool| {
        let mut version = crate::book::version(customer, json!({ "id": "C1", "employees": employees }));
        version.is_current = is_current;
        version
    };
    let known = Known::new([version(118, false), version(121, false), version(120, true)]);
    let rows = [json!({ "id": "C1", "employees": 12_000 })];
    let found: Vec<String> = look("customer", &rows, &known, &Others::NOBODY)
        .iter()
        .map(word)
        .collect();
    assert_eq!(found, ["1 100 TooLarge employees"]);
}

#[test]
fn sums_that_do_not_add_up() {
    let row = |assets: i64, liabilities: i64, equity: i64| {
        json!({
            "customer": "C1", "period_end": "2025-12-31", "period_type": "annual",
            "total_assets": assets, "total_liabilities": liabilities, "equity": equity,
        })
    };
    let check = |row: Value, expected: &[&str]| check("financial_statement", &[row], &[], expected);
    check(row(3_000_000, 1_000_000, 2_000_000), &[]);
    // One yuan, or one thousandth of the larger side.
    check(row(3_000_100, 1_000_000, 2_000_000), &[]);
    check(row(3_003_000, 1_000_000, 2_000_000), &[]);
    check(
        row(3_004_000, 1_000_000, 2_000_000),
        &["1 balance 3004000 3000000 ±3004"],
    );
    check(row(300, 100, 400), &["1 balance 300 500 ±100"]);
    check(row(0, 100, 0), &[]);
    check(row(2_000_000, 3_000_000, -1_000_000), &[]);
    let mut part = row(3_000_000, 1_000_000, 2_000_000);
    part.as_object_mut().unwrap().remove("equity");
    check(part, &[]);
    let mut liquid = row(3_000_000, 1_000_000, 2_000_000);
    liquid["current_assets"] = json!(1_000_000);
    for field in ["cash", "receivables", "inventory"] {
        liquid[field] = json!(400_000);
    }
    check(liquid, &["1 liquid-assets 1200000 1000000 ±1200"]);
    let service =
        json!({ "customer": "C1", "period_end": "2026-05-31", "orders": 10, "orders_on_time": 11, "returns": 2 });
    super::suspicions::check("service_record", &[service], &[], &["1 on-time 11 10 ±0"]);
}

#[test]
fn periods_that_do_not_follow_each_other() {
    let service = |end: &str| json!({ "customer": "C1", "period_end": end, "visits": 3 });
    let known = [service("2026-01-31"), service("2026-02-28")];
    let check = |rows: &[&str], expected: &[&str]| {
        let rows: Vec<Value> = rows.iter().map(|end| service(end)).collect();
        check("service_record", &rows, &known, expected);
    };
    check(&["2026-03-31"], &[]);
    check(&["2026-03-28"], &[]);
    check(&["2026-04-30"], &["1 gap 2026-03-31"]);
    check(&["2026-04-30", "2026-03-31"], &[]);
    check(&["2026-05-31", "2026-03-31"], &["1 gap 2026-04-30"]);
    check(&["2026-03-15"], &["1 overlap 2026-02-28"]);
    check(&["2026-02-10"], &["1 overlap 2026-01-31", "1 overlap 2026-02-28"]);
    check(&["2025-12-31"], &[]);
    check(&["2025-11-30"], &[]);
    // A correction of a period that is known is in nobody's way.
    let mut corrected = service("2026-02-28");
    corrected["visits"] = json!(4);
    super::suspicions::check("service_record", &[corrected], &known, &[]);
    // Years and quarters have their own steps, or none.
    let mut quarter = statement("C1", 2024, 5);
    quarter["period_type"] = json!("quarter");
    let mut later = quarter.clone();
    later["period_end"] = json!("2025-12-31");
    super::suspicions::check("financial_statement", &[later], &[quarter], &[]);
    super::suspicions::check(
        "financial_statement",
        &[statement("C1", 2025, 5)],
        &[statement("C1", 2022, 5), statement("C2", 2024, 5)],
        &["1 gap 2023-12-31"],
    );
}

#[test]
fn spans_that_overlap_or_run_backwards() {
    let share = |from: &str, to: Value| json!({ "customer": "C1", "owner": "甲", "relation": "equity", "valid_from": from, "valid_to": to });
    let check = |rows: &[Value], known: &[Value], expected: &[&str]| check("ownership", rows, known, expected);
    let held = share("2020-01-01", json!("2022-12-31"));
    check(&[share("2023-01-01", Value::Null)], std::slice::from_ref(&held), &[]);
    check(&[share("2022-12-31", Value::Null)], &[held], &["1 overlap 2020-01-01"]);
    check(
        &[share("2023-01-01", json!("2022-01-01"))],
        &[],
        &["1 reversed 2023-01-01 2022-01-01"],
    );
    let open = share("2020-01-01", Value::Null);
    check(&[share("2024-01-01", Value::Null)], &[open], &["1 overlap 2020-01-01"]);
    let mut other = share("2020-01-01", Value::Null);
    other["owner"] = json!("乙");
    check(&[share("2024-01-01", Value::Null)], &[other], &[]);
}

#[test]
fn days_that_have_not_come_yet() {
    let mut statement = statement("C1", 2026, 5);
    statement["published_on"] = json!("2026-07-02");
    check(
        "financial_statement",
        &[statement],
        &[],
        &["1 future period_end 2026-12-31", "1 future published_on 2026-07-02"],
    );
    let contract = json!({ "customer": "C1", "contract_no": "H1", "signed_on": TODAY, "ends_on": "2030-01-01", "breached_on": "2027-01-01" });
    check("contract", &[contract], &[], &["1 future breached_on 2027-01-01"]);
    check(
        "customer",
        &[json!({ "id": "C1", "founded": "2026-07-02" })],
        &[],
        &["1 future founded 2026-07-02"],
    );
}

#[test]
fn customers_that_are_likely_one() {
    let by_code = |code: &str| Vec::from_iter((code == "91350100M000100Y43").then(|| "C7".to_owned()));
    let alike = |name: &str| {
        let hit = |customer: &str, likeness: u16, code: Option<&str>| Alike {
            customer: customer.to_owned(),
            likeness,
            code: code.map(str::to_owned),
        };
        match name {
            "厦门甲乙机械有限公司" => vec![
                hit("C8", 900, None),
                hit("C9", 960, None),
                hit("C2", 899, None),
                hit("C1", 1_000, None),
                hit("C6", 990, Some("91350200000000001X")),
                hit("C7", 1_000, Some("91350100M000100Y43")),
            ],
            _ => Vec::new(),
        }
    };
    let others = Others {
        by_code: &by_code,
        alike: &alike,
    };
    let check = |rows: &[Value], records: &[Value], expected: &[&str]| {
        let known = known(kind("customer"), records);
        let found: Vec<String> = look("customer", rows, &known, &others).iter().map(word).collect();
        assert_eq!(found, expected, "{rows:?}");
    };
    let row = |id: &str, name: &str, uscc: &str| json!({ "id": id, "name": name, "uscc": uscc });
    check(
        &[row("C1", "某公司", "91350100M000100Y43")],
        &[],
        &["1 same code as C7"],
    );
    check(&[row("C7", "某公司", "91350100M000100Y43")], &[], &[]);
    // Alike enough, not oneself, not with another code, and not twice.
    check(
        &[row("C1", "厦门甲乙机械有限公司", "91350100M000100Y43")],
        &[],
        &["1 same code as C7", "1 like C9 960", "1 like C8 900"],
    );
    // Two new customers of one file.
    check(
        &[row("C3", "丙", "X1"), row("C4", "丁", "X1"), row("C5", "戊", "X2")],
        &[],
        &["1 same code as C4", "2 same code as C3"],
    );
    // What was there before was looked at before.
    let held = row("C1", "厦门甲乙机械有限公司", "91350100M000100Y43");
    let mut moved = held.clone();
    moved["city"] = json!("厦门");
    check(&[moved], &[held], &[]);
}

#[test]
fn rows_that_bring_nothing_are_passed_over() {
    let mut bad = statement("C1", 2030, 5);
    bad["bad"] = json!(true);
    let same = statement("C1", 2040, 5);
    check("financial_statement", &[bad, same.clone()], &[same], &[]);
}

#[test]
fn suspicious_rows_stay_in_the_submission() {
    let rows = [statement("C1", 2030, 5), statement("C1", 2025, 5)];
    let known = Known::default();
    let kind = kind("financial_statement");
    let comparison = compared(kind, &rows, &known);
    let found = suspect(kind, &comparison.rows, &known, day(TODAY), &Others::NOBODY);
    assert_eq!(rows_of(&found), [1].into());
    assert_eq!(comparison.counts.new, 2, "pointed out, and not dropped");
}
