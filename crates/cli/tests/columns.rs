//! Columns and files that the policy reads and the data lack, columns that it does not read, rows that are left out. 缺列与多列

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;

use crate::place::{RATE_SMALL, SMALL_DATA, SMALL_POLICY, demo, line, names, pinji, small};

/// The small book under a heading that nobody knows.
fn other_heading() -> String {
    SMALL_DATA.replace("id,name,revenue,overdue_days", "客户编号,客户名称,营收,overdue_days")
}

#[test]
fn a_column_that_is_missing_is_refused_and_not_graded_as_missing() {
    let place = small();
    fs::write(place.path().join("customers.csv"), other_heading()).unwrap();
    let said = line(place.path(), RATE_SMALL).ended(1).says(&[
        "no column for `revenue` (营业收入 / Revenue)",
        "columns that were not used: 营收",
        "--map 营收=revenue",
        "--without revenue",
    ]);
    assert!(
        said.out.is_empty() && !said.err.contains("overdue_days"),
        "{}",
        said.err
    );
    assert_eq!(names(place.path()), ["customers.csv", "small.toml"]);
    line(place.path(), &format!("{RATE_SMALL} --lang zh")).ended(1).says(&[
        "没有「revenue」（营业收入 / Revenue）列",
        "--map 营收=revenue",
        "--without revenue",
    ]);
    let answer = line(place.path(), &format!("{RATE_SMALL} --json")).ended(1).json();
    let lack = &answer["error"]["lacking"]["lacks"][0];
    assert_eq!(
        (lack["id"].as_str(), lack["near"].as_str()),
        (Some("revenue"), Some("营收"))
    );
    // What it says to type does.
    line(place.path(), &format!("{RATE_SMALL} --map 营收=revenue"))
        .ended(0)
        .says(&["Good"]);
    line(place.path(), "verify run --data customers.csv").ended(0);
    // All of them at once, and the bad cells besides.
    let text = "客户编号,销售额,逾期\nC1,1,1\nC1,2,2\n";
    fs::write(place.path().join("customers.csv"), text).unwrap();
    line(place.path(), RATE_SMALL).ended(1).says(&[
        "no column for `revenue`",
        "no column for `overdue_days` (逾期天数 / Days overdue); if `逾期` is meant add --map 逾期=overdue_days",
        "--map HEADING=revenue",
        "--without revenue,overdue_days",
        "the same key as row",
        "2 things",
    ]);
}

#[test]
fn what_the_data_lack_can_be_accepted_in_so_many_words() {
    let place = small();
    fs::write(place.path().join("customers.csv"), other_heading()).unwrap();
    line(place.path(), &format!("{RATE_SMALL} --without revenue")).ended(0);
    let answer = line(place.path(), "explain run C1 --json").ended(0).json();
    assert_eq!(answer["missing"][0]["indicator"], "turnover");
    let run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.path().join("run/run.json")).unwrap()).unwrap();
    assert_eq!(run["data"]["without"], serde_json::json!(["revenue"]));
    line(place.path(), "verify run --data customers.csv").ended(0);
    let wrong =
        |words: &str, says: &[&str]| drop(line(place.path(), &format!("{RATE_SMALL} {words}")).ended(2).says(says));
    wrong("--without revenu", &["`revenu`", "did you mean `revenue`"]);
    wrong("--without nothing", &["`nothing`", "a measure, a record kind"]);
    wrong("--map 营业额=revenue", &["no column `营业额`", "营收"]);
    wrong("--map 营收入=revenue", &["no column `营收入`; did you mean `营收`"]);
    wrong("--map 营收=revenu", &["no field `revenu`; did you mean `revenue`"]);
    // Saying it of a column that is there changes nothing, and is told.
    line(
        place.path(),
        &format!("{RATE_SMALL} --map 营收=revenue --without revenue"),
    )
    .ended(0)
    .says(&["--without `revenue` was not needed", "Good"]);
}

fn write_parquet(path: &Path, headings: [&str; 3], standing: bool) {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..500));
    let revenue: ArrayRef = Arc::new(Int64Array::from_iter_values((0..500).map(|row| row * 60_000)));
    let overdue: ArrayRef = Arc::new(Int64Array::from_iter_values((0..500).map(|row| row % 80)));
    let mut columns = vec![(headings[0], ids), (headings[1], revenue), (headings[2], overdue)];
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["巨型"; 500]));
    if standing {
        columns.push(("size", texts));
    }
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn streaming_refuses_and_accepts_the_same() {
    let place = small();
    let rate = |data: &str, out: &str, more: &str| {
        line(
            place.path(),
            &format!("rate -p small.toml -d {data} --as-of 2025-12-31 -o {out} {more}"),
        )
    };
    let grades = |run: &str| {
        let text = fs::read_to_string(place.path().join(run).join("run.json")).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        (
            value["grades"].clone(),
            value["data"]["without"].clone(),
            value["snapshot"].as_array().unwrap().is_empty(),
        )
    };
    let path = place.path().join("book.parquet");
    write_parquet(&path, ["id", "income", "overdue_days"], false);
    for more in ["", "--write grades"] {
        rate("book.parquet", "run", more)
            .ended(1)
            .says(&["no column for `revenue`", "income", "--without revenue"]);
        assert!(!place.path().join("run").exists());
    }
    rate("book.parquet", "all", "--without revenue").ended(0);
    rate("book.parquet", "direct", "--without revenue --write grades").ended(0);
    let (all, direct) = (grades("all"), grades("direct"));
    assert_eq!((&all.0, &all.1), (&direct.0, &direct.1));
    assert_eq!((all.2, direct.2), (false, true), "one of them went straight through");
    line(place.path(), "verify direct --data book.parquet").ended(0);
    // A heading that the general path knows is not absent for the short one.
    write_parquet(&path, ["id", "营业收入（元）", "overdue_days"], false);
    rate("book.parquet", "found", "--write grades --without revenue")
        .ended(0)
        .says(&["--without `revenue` was not needed"]);
    assert_ne!(grades("found").0, direct.0);
    line(place.path(), "verify direct --data book.parquet")
        .ended(1)
        .says(&["not the file that the run read"]);
    // A choice that nothing is graded by stops neither.
    write_parquet(&path, ["id", "revenue", "overdue_days"], true);
    rate("book.parquet", "shown", "").ended(0).says(&["巨型"]);
}

#[test]
fn a_file_that_is_missing_is_refused_like_a_column() {
    let place = tempfile::tempdir().unwrap();
    crate::place::copy(&demo().join("pinji-demo/data"), &place.path().join("data"));
    fs::rename(
        place.path().join("data/应收账款.csv"),
        place.path().join("data/应收.csv.csv"),
    )
    .unwrap();
    let file = place.path().join("data/财务报表.csv");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("净利润", "利润净额", 1)).unwrap();
    fs::remove_file(place.path().join("data/服务记录.csv")).unwrap();
    let rate = "rate -p tob-standard -d data --as-of 2025-12-31 -o run";
    let said = line(place.path(), rate).ended(1).says(&[
        "no column for `financial_statement.net_profit` (净利润 / Net profit) in 财务报表.csv",
        "--map 利润净额（万元）=financial_statement.net_profit",
        "no file for `service_record` (服务记录 / Service record)",
        "--without ",
    ]);
    assert!(
        !said.err.contains("`receivable`"),
        "a file is known by any of its names: {}",
        said.err
    );
    let more = "--map 利润净额=financial_statement.net_profit --without service_record";
    line(place.path(), &format!("{rate} {more}")).ended(0);
    line(place.path(), "verify run --data data").ended(0);
    // One word for a policy that is used, too: nothing that it alone reads is asked for then.
    fs::remove_file(place.path().join("data/客户资料.xlsx")).unwrap();
    line(place.path(), &format!("{rate} {more}"))
        .ended(1)
        .says(&["no file for `credit_report`", "no file for `customer`"]);
    let both =
        "--map 利润净额=financial_statement.net_profit --without service_record,credit_grade,credit_report,customer";
    let said = line(place.path(), &format!("{rate} {both}"));
    assert!(!said.err.contains("audit_opinion"), "{}", said.err);
}

#[test]
fn a_column_that_the_policy_does_not_use_stops_nothing() {
    let place = small();
    let data = "id,name,size,founded,status,revenue,overdue_days\n\
                C1,甲公司,巨型,很久以前,不详,20000000,0\nC2,乙公司,小型,2001-02-30,正常,500万,10\n";
    fs::write(place.path().join("customers.csv"), data).unwrap();
    let said = line(place.path(), RATE_SMALL).ended(0);
    let said = said.says(&["2 customers", "Size", "巨型", "大型、中型、小型、微型"]);
    assert!(!said.err.contains("很久以前"), "{}", said.err);
    // A column that it does use is checked as ever.
    fs::write(
        place.path().join("customers.csv"),
        data.replace("500万,10", "500万,3个月"),
    )
    .unwrap();
    line(place.path(), RATE_SMALL)
        .ended(1)
        .says(&["G3", "3个月", "days", "1 cell"].map(|word| match word {
            "1 cell" => "a cell cannot be read",
            other => other,
        }));
    fs::write(
        place.path().join("customers.csv"),
        data.replace("500万,10", "500万,10天"),
    )
    .unwrap();
    line(place.path(), RATE_SMALL).ended(0);
}

#[test]
fn rows_that_are_left_out_are_named_and_explained() {
    let place = small();
    let mut data = SMALL_DATA
        .replace("20000000,0", "约两千万,0")
        .replace("3000万,90", "3000万,9O");
    for number in 10..40 {
        data.push_str(&format!("D{number},丁,1,x\n"));
    }
    fs::write(place.path().join("customers.csv"), &data).unwrap();
    line(place.path(), RATE_SMALL).ended(1);
    assert!(place.path().join("run.marked").exists());
    let rate = format!("{RATE_SMALL} --skip-bad-rows");
    let said = line(place.path(), &rate).ended(0);
    let said = said.says(&["32 rows", "C1", "约两千万", "D10", "… and 12 more", "run.marked"]);
    assert!(!said.out.contains("D28"), "twenty and no more:\n{}", said.out);
    assert!(
        !place.path().join("run.marked").exists(),
        "the copies of the refusal are gone"
    );
    let said = line(place.path(), "explain run C1").ended(1);
    said.says(&[
        "`C1` was not graded, its row was left out",
        "row 2 of customers.csv",
        "C2 (revenue)",
        "约两千万",
        "is no number",
    ]);
    line(place.path(), "explain run C4 --lang zh")
        .ended(1)
        .says(&["第 5 行", "9O", "90"]);
    line(place.path(), "explain run C99")
        .ended(2)
        .says(&["no customer `C99`"]);
    line(place.path(), "explain run C2").ended(0);
    line(place.path(), "verify run --data customers.csv").ended(0);
    let file = place.path().join("run/left_out.json");
    let kept = fs::read_to_string(&file).unwrap();
    line(place.path(), &rate.replace("--out run", "--out again")).ended(0);
    assert_eq!(
        fs::read_to_string(place.path().join("again/left_out.json")).unwrap(),
        kept,
        "the same bytes"
    );
    fs::write(&file, kept.replace("约两千万", "两千万")).unwrap();
    line(place.path(), "verify run").ended(1).says(&["left_out.json"]);
}

#[test]
fn a_run_of_no_rows_is_refused() {
    let place = small();
    fs::write(
        place.path().join("customers.csv"),
        "id,revenue,overdue_days\nC1,x,0\nC2,y,0\n",
    )
    .unwrap();
    let said = line(place.path(), &format!("{RATE_SMALL} --skip-bad-rows")).ended(1);
    let said = said.says(&["no row of `customers.csv` would be left", "nothing written", "B2"]);
    assert!(!said.err.contains("--skip-bad-rows"), "{}", said.err);
    assert_eq!(names(place.path()), ["customers.csv", "small.toml"]);
}

#[test]
fn marked_copies_that_somebody_works_on_stay() {
    let place = small();
    fs::write(
        place.path().join("customers.csv"),
        SMALL_DATA.replace("20000000", "many"),
    )
    .unwrap();
    line(place.path(), RATE_SMALL).ended(1);
    fs::write(place.path().join("customers.csv"), SMALL_DATA).unwrap();
    fs::write(place.path().join("run.marked/notes.txt"), "mine").unwrap();
    line(place.path(), RATE_SMALL).ended(0);
    assert_eq!(names(&place.path().join("run.marked")), ["customers.xlsx", "notes.txt"]);
    fs::remove_file(place.path().join("run.marked/notes.txt")).unwrap();
    let rate = RATE_SMALL.replace("customers.csv", "run.marked/customers.xlsx");
    line(place.path(), &format!("{rate} --skip-bad-rows")).ended(0);
    assert_eq!(
        names(&place.path().join("run.marked")),
        ["customers.xlsx"],
        "the data themselves"
    );
    line(place.path(), RATE_SMALL)
        .ended(0)
        .says(&["`run.marked` was removed"]);
}

/// The small policy with its turnover scored by interpolation.
fn interpolated() -> String {
    SMALL_POLICY.replace(
        "bands = [{ below = 1000000, points = 20 }, { below = 10000000, points = 60 }, { points = 100 }]",
        "interpolate = true\nbands = [{ below = 0, points = 0 }, { from = 0, below = 10000000, points = [0, 100] }, { points = 100 }]",
    )
}

#[test]
fn the_way_up_inside_an_interpolated_band_is_the_first_value_that_suffices() {
    let place = small();
    fs::write(place.path().join("small.toml"), interpolated()).unwrap();
    let rate = |revenue: &str| {
        let data = format!("id,revenue,overdue_days\nC1,{revenue},10\n");
        fs::write(place.path().join("customers.csv"), data).unwrap();
        line(place.path(), RATE_SMALL).ended(0);
        line(place.path(), "explain run C1 --json").ended(0).json()
    };
    // 60 % by turnover, 40 % × 50 points by punctuality: 50.00 once it is rounded, from 49.99166… points of turnover on.
    let answer = rate("4000000");
    assert_eq!(answer["grade"], "poor");
    let target = &answer["way_up"][0]["targets"][0];
    assert_eq!(target["indicator"], "turnover");
    let value = target["value"].as_f64().unwrap();
    assert!((4_999_100.0..4_999_200.0).contains(&value), "{value}");
    let said = pinji(place.path(), ["explain", "run", "C1"]).ended(0);
    said.says(&["Turnover from CNY 4,000,000.00", "or more", "to Fair"]);
    assert_eq!(rate(&format!("{value:.2}"))["grade"], "fair");
    assert_eq!(rate(&format!("{:.2}", value - 0.01))["grade"], "poor");
    // Down again the same way, and never below nothing.
    let answer = rate("6000000");
    for way in answer["way_down"].as_array().unwrap() {
        for target in way["targets"].as_array().unwrap() {
            assert!(target["value"].as_f64().unwrap() >= 0.0, "{way}");
        }
    }
}
