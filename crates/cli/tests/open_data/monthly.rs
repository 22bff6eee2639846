//! Monthly revenues of Taiwan's listed companies: Chinese headings, ROC dates, thousands, and a record kind of our own.

use super::{expected, figure, near, rows};
use crate::program::{Rating, Table, open_data, values};

const POLICY: &str = r#"policy = "monthly-test"
version = "1"
subject = "customer"
effective = 2000-01-01
currency = "TWD"
name = { zh = "月营收测试", en = "Monthly revenue test" }

[kind.monthly_revenue]
name = { zh = "每月营业收入", en = "Monthly revenue" }
subject = "company"
key = ["company", "month"]
date = "month"

[[kind.monthly_revenue.field]]
id = "company"
type = "text"
label = { zh = "公司", en = "Company" }
aliases = ["公司代號"]
required = true

[[kind.monthly_revenue.field]]
id = "month"
type = "date"
label = { zh = "月份", en = "Month" }
required = true

[[kind.monthly_revenue.field]]
id = "revenue"
type = "money"
decimals = 0
unit = { zh = "元", en = "NT$" }
label = { zh = "营业收入", en = "Revenue" }

[[kind.monthly_revenue.field]]
id = "a_year_ago"
type = "money"
decimals = 0
unit = { zh = "元", en = "NT$" }
label = { zh = "去年同月营收", en = "Revenue a year ago" }
aliases = ["營業收入-去年當月營收"]

[measure.sales]
from = "monthly_revenue"
take = "latest"
value = "revenue"
fresh = "2 months"
name = { zh = "当月营收", en = "Sales" }

[measure.base]
from = "monthly_revenue"
take = "latest"
value = "a_year_ago"
fresh = "2 months"
name = { zh = "去年当月营收", en = "Base" }

[[dimension]]
id = "all"
weight = 100
name = { zh = "全部", en = "All" }

[[indicator]]
id = "monthly_sales"
dimension = "all"
weight = 50
name = { zh = "月营收", en = "Monthly sales" }
formula = "sales"
unit = "money"
decimals = 0
better = "higher"
bands = [{ below = 1000000000, points = 0 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "growth"
dimension = "all"
weight = 50
name = { zh = "同比增长", en = "Growth" }
formula = "(sales - base) / nullif(abs(base), 0)"
unit = "ratio"
decimals = 9
better = "higher"
bands = [{ up_to = 0, points = 0 }, { points = 100 }]
missing = "worst"

[[grade]]
id = "good"
name = { zh = "好", en = "Good" }
when = "total >= 50"

[[grade]]
id = "other"
name = { zh = "其他", en = "Other" }
"#;

#[test]
fn revenues_growth_and_dates() {
    let Some(data) = open_data() else { return };
    let expected = expected(&data, "twse")["2025-07_dev"].clone();
    let folder = tempfile::tempdir().unwrap();
    let (book, policy, out) = (
        folder.path().join("book"),
        folder.path().join("policy.toml"),
        folder.path().join("run"),
    );
    std::fs::create_dir(&book).unwrap();
    std::fs::write(&policy, POLICY).unwrap();
    let source = data.join("twse-monthly-revenue-2025-07/t187ap05_L.csv.gz");
    std::fs::copy(&source, book.join("monthly_revenue.csv.gz")).unwrap();
    // The file counts thousands; the field counts dollars. The month is 11407 in years of the Republic.
    let words = [
        "--map",
        "資料年月=month:roc",
        "--map",
        "營業收入-當月營收=revenue*1000",
        "--map",
        "營業收入-去年當月營收=a_year_ago*1000",
    ];
    let rating = Rating {
        policy: &policy,
        data: &book,
        as_of: "2025-08-31",
        out: &out,
        words: &words,
    };
    rating.succeeds();

    let (sales, growth) = (values(&out, "monthly_sales"), values(&out, "growth"));
    assert_eq!(sales.len() as u64, expected["companies"].as_u64().unwrap());
    let total: f64 = sales.values().flatten().sum();
    near(
        total,
        expected["total_revenue_thousand_ntd"].as_f64().unwrap() * 1000.0,
        0.0,
        "total",
    );
    let found: Vec<f64> = growth.values().flatten().copied().collect();
    assert_eq!(
        (growth.len() - found.len()) as u64,
        expected["zero_base_last_year"].as_u64().unwrap()
    );
    assert_eq!(
        found.iter().filter(|growth| **growth > 0.0).count() as u64,
        expected["growing"].as_u64().unwrap()
    );
    let mut sorted = found;
    sorted.sort_by(f64::total_cmp);
    near(
        sorted[sorted.len() / 2] * 100.0,
        expected["median_yoy"].as_f64().unwrap(),
        1e-6,
        "median growth",
    );
    // And each against the exchange's own column, which is in per cent.
    for row in rows(&source)
        .iter()
        .filter(|row| !row["營業收入-去年同月增減(%)"].is_empty())
    {
        if let Some(growth) = growth[&row["公司代號"]] {
            near(
                growth * 100.0,
                figure(row, "營業收入-去年同月增減(%)"),
                1e-6,
                &row["公司代號"],
            );
        }
    }
    // The month ends on 31 July: a day before, nothing is known, and nobody is there to be rated.
    let early = folder.path().join("early");
    let ran = Rating {
        as_of: "2025-07-30",
        out: &early,
        ..rating
    }
    .run();
    assert!(
        ran.code != 0 || Table::read(&early.join("grades.parquet")).full("id").is_empty(),
        "{}",
        ran.said
    );
}
