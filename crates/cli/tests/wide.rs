//! Wide sheets: one row per customer, read in any form, rated directly where they are Parquet. 宽表

use std::fs::{self, File};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, StringArray};
use arrow::datatypes::Float64Type;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::place::{RATE_SMALL, SMALL_POLICY, line, names, small};

#[test]
fn the_small_book_is_graded_as_anybody_can_work_out() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let check = |id: &str, grade: &str, score: &str| {
        let answer = line(place.path(), &format!("explain run {id} --json")).ended(0).json();
        assert_eq!(
            (answer["grade_name"].as_str(), answer["scores"][0]["value"].as_str()),
            (Some(grade), Some(score)),
            "{id}"
        );
    };
    // 60 % by turnover, 40 % by punctuality.
    check("C1", "Good", "100.00");
    check("C2", "Fair", "56.00");
    check("C3", "Poor", "12.00");
    check("C4", "Poor", "60.00");
    let answer = line(place.path(), "explain run C4 --json").ended(0).json();
    assert_eq!(answer["bounds"][0]["reason"], "more than 60 days overdue");
    let answer = line(place.path(), "explain run C5 --json").ended(0).json();
    assert_eq!(
        (answer["grade"].as_str(), answer["missing"][0]["indicator"].as_str()),
        (None, Some("punctuality"))
    );
}

#[test]
fn chinese_headings_maps_and_encodings_give_the_same_grades() {
    let place = small();
    line(place.path(), RATE_SMALL).ended(0);
    let grades = fs::read(place.path().join("run/grades.parquet")).unwrap();
    let text = "客户编号,客户名称,营业收入（万元）,拖欠\nC1,甲公司,2000,0\nC2,乙公司,500,10\nC3,丙公司,50,40\nC4,丁公司,3000,90\nC5,戊公司,15000,\n";
    fs::write(place.path().join("gbk.csv"), encode_gbk(text)).unwrap();
    let words = "rate --policy small.toml --data gbk.csv --as-of 2025-12-31 --out other --map 拖欠=overdue_days";
    line(place.path(), words).ended(0);
    assert!(
        fs::read(place.path().join("other/grades.parquet")).unwrap() == grades,
        "the same grades"
    );
    line(place.path(), "verify other --data gbk.csv").ended(0);
}

/// The few characters of the test as GBK, from a table, so that no encoder is needed here.
fn encode_gbk(text: &str) -> Vec<u8> {
    let table = [
        ('客', [0xbf, 0xcd]),
        ('户', [0xbb, 0xa7]),
        ('编', [0xb1, 0xe0]),
        ('号', [0xba, 0xc5]),
        ('名', [0xc3, 0xfb]),
        ('称', [0xb3, 0xc6]),
        ('营', [0xd3, 0xaa]),
        ('业', [0xd2, 0xb5]),
        ('收', [0xca, 0xd5]),
        ('入', [0xc8, 0xeb]),
        ('（', [0xa3, 0xa8]),
        ('万', [0xcd, 0xf2]),
        ('元', [0xd4, 0xaa]),
        ('）', [0xa3, 0xa9]),
        ('拖', [0xcd, 0xcf]),
        ('欠', [0xc7, 0xb7]),
        ('甲', [0xbc, 0xd7]),
        ('乙', [0xd2, 0xd2]),
        ('丙', [0xb1, 0xfb]),
        ('丁', [0xb6, 0xa1]),
        ('戊', [0xce, 0xec]),
        ('公', [0xb9, 0xab]),
        ('司', [0xcb, 0xbe]),
    ];
    let mut out = Vec::new();
    for character in text.chars() {
        match table.iter().find(|(known, _)| *known == character) {
            Some((_, bytes)) => out.extend(bytes),
            None => out.push(u8::try_from(character).expect("an ASCII character")),
        }
    }
    out
}

#[test]
fn parquet_straight_through_agrees_with_the_general_path() {
    let place = small();
    let policy = SMALL_POLICY.replacen(
        "[[dimension]]",
        r#"[measure.standing]
given = "text"
name = { zh = "名声", en = "Standing" }
[measure.margin]
given = "number"
name = { zh = "利润率", en = "Margin" }

[[dimension]]"#,
        1,
    );
    let standing = r#"[[indicator]]
id = "reputation"
dimension = "size"
weight = 30
name = { zh = "名声", en = "Standing" }
formula = "standing"
better = "higher"
map = { "" = 30, "known" = 100, " known" = 60, "-" = 10 }
otherwise = 5
missing = "worst"

[[indicator]]
id = "earning"
dimension = "size"
weight = 20
name = { zh = "盈利", en = "Earning" }
formula = "margin"
unit = "ratio"
decimals = 4
better = "higher"
bands = [{ below = 0, points = 0 }, { below = 0.2, points = 50 }, { points = 100 }]
missing = "worst"

"#;
    let policy = policy
        .replacen(
            "weight = 100\nname = { zh = \"营业规模\"",
            "weight = 50\nname = { zh = \"营业规模\"",
            1,
        )
        .replacen("[[grade]]", &format!("{standing}[[grade]]"), 1);
    fs::write(place.path().join("small.toml"), policy).unwrap();
    let rows = 5_000_i64;
    // A typed file means what it says: blanks, an empty text and a dash are texts, and only a null is missing.
    let texts = [
        Some("known"),
        Some(" known"),
        Some(""),
        Some("-"),
        Some("known "),
        Some("other"),
        None,
    ];
    let standings: ArrayRef = Arc::new((0..rows).map(|row| texts[row as usize % 7]).collect::<StringArray>());
    let ids: ArrayRef = Arc::new((0..rows).collect::<Int64Array>());
    let revenue: ArrayRef = Arc::new(
        (0..rows)
            .map(|row| Some((row * 7_919 % 20_000_000) as f64))
            .collect::<Float64Array>(),
    );
    let overdue: ArrayRef = Arc::new(
        (0..rows)
            .map(|row| (row % 11 != 0).then_some(row % 97))
            .collect::<Int64Array>(),
    );
    // Beyond 2^53 at four decimals, a figure still stands above, or below, every bound.
    let margins = [Some(0.1), Some(0.3), Some(1e12), Some(-1e12), None];
    let margins: ArrayRef = Arc::new((0..rows).map(|row| margins[row as usize % 5]).collect::<Float64Array>());
    let batch = RecordBatch::try_from_iter([
        ("id", ids),
        ("revenue", revenue),
        ("overdue_days", overdue),
        ("standing", standings),
        ("margin", margins),
    ])
    .unwrap();
    let mut writer = ArrowWriter::try_new(
        File::create(place.path().join("book.parquet")).unwrap(),
        batch.schema(),
        None,
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let words =
        |out: &str, more: &str| format!("rate -p small.toml -d book.parquet --as-of 2025-12-31 -o {out} {more}");
    line(place.path(), &words("all", "")).ended(0);
    line(place.path(), &words("direct", "--write grades")).ended(0);
    assert_eq!(
        names(&place.path().join("direct")),
        ["grades.parquet", "policy", "run.json"]
    );
    let read = |run: &str| {
        let file = File::open(place.path().join(run).join("grades.parquet")).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .unwrap()
            .with_batch_size(10_000);
        let batch = builder.build().unwrap().next().unwrap().unwrap();
        let grade = batch.column_by_name("grade").unwrap();
        let grade = arrow::compute::cast(grade, &arrow::datatypes::DataType::Utf8).unwrap();
        let grades: Vec<Option<String>> = grade
            .as_string::<i32>()
            .iter()
            .map(|grade| grade.map(str::to_owned))
            .collect();
        let totals: Vec<Option<u64>> = batch
            .column_by_name("total")
            .unwrap()
            .as_primitive::<Float64Type>()
            .iter()
            .map(|total| total.map(f64::to_bits))
            .collect();
        (grades, totals)
    };
    assert!(
        read("all") == read("direct"),
        "both paths give the same grades and scores"
    );
    let scores: std::collections::HashSet<_> = read("all").1.into_iter().flatten().collect();
    assert!(scores.len() > 20, "the texts make a difference: {}", scores.len());
    let counts = |run: &str| {
        let text = fs::read_to_string(place.path().join(run).join("run.json")).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        (
            value["grades"].clone(),
            value["counts"]["ungraded"].clone(),
            value["data"]["inputs"].clone(),
        )
    };
    assert_eq!(counts("all"), counts("direct"));
    // It is verified by streaming again, and a changed value is found.
    line(place.path(), "verify direct --data book.parquet")
        .ended(0)
        .says(&["Verified"]);
    line(place.path(), "verify direct").ended(2).says(&["--data"]);
    fs::copy(
        place.path().join("all/grades.parquet"),
        place.path().join("direct/grades.parquet"),
    )
    .unwrap();
    line(place.path(), "verify direct --data book.parquet")
        .ended(1)
        .says(&["grades.parquet"]);
    // A streaming run keeps no snapshot; what needs one says so.
    line(place.path(), "explain direct 7")
        .ended(2)
        .says(&["snapshot", "--write grades"]);
}
