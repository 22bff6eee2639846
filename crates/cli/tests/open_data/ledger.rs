//! The ledger of an online wholesaler, dirty as it is: cancellations, rows without a customer, prices of nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{expected, near};
use crate::program::{Rating, Table, open_data, pinji, values};

/// Recency, frequency and monetary by the conventions of expected.json: only rows of sales count. Cancellations have
/// negative quantities.
const POLICY: &str = r#"policy = "ledger-test"
version = "1"
subject = "customer"
effective = 2000-01-01
currency = "GBP"
name = { zh = "流水测试", en = "Ledger test" }

[measure.last_bought]
name = { zh = "最近购买日", en = "Last bought" }
from = "transaction"
over = "all"
where = "quantity > 0 and unit_price > 0"
value = "max(traded_on)"

[measure.invoices]
name = { zh = "发票数", en = "Invoices" }
from = "transaction"
over = "all"
where = "quantity > 0 and unit_price > 0"
value = "count(distinct order_no)"

[measure.bought]
name = { zh = "购买金额", en = "Bought" }
from = "transaction"
over = "all"
where = "quantity > 0 and unit_price > 0"
value = "sum(quantity * unit_price)"
decimals = 3

[[dimension]]
id = "habit"
weight = 100
name = { zh = "习惯", en = "Habit" }

[[indicator]]
id = "recency"
dimension = "habit"
weight = 20
name = { zh = "近度", en = "Recency" }
formula = "as_of - last_bought"
unit = "days"
decimals = 0
better = "lower"
bands = [{ up_to = 30, points = 100 }, { points = 0 }]
missing = "worst"

[[indicator]]
id = "frequency"
dimension = "habit"
weight = 30
name = { zh = "频度", en = "Frequency" }
formula = "invoices"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 6, points = 0 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "monetary"
dimension = "habit"
weight = 50
name = { zh = "额度", en = "Monetary" }
formula = "bought"
unit = "money"
decimals = 3
better = "higher"
bands = [{ below = 2000, points = 0 }, { points = 100 }]
missing = "worst"

[[grade]]
id = "good"
name = { zh = "好", en = "Good" }
when = "total >= 50"

[[grade]]
id = "other"
name = { zh = "其他", en = "Other" }
"#;

/// The ledger under the name of its record kind, in a folder of its own.
fn ledger(data: &Path, folder: &Path) -> PathBuf {
    let book = folder.join("book");
    std::fs::create_dir(&book).unwrap();
    std::fs::copy(
        data.join("online-retail/transactions.csv.gz"),
        book.join("transactions.csv.gz"),
    )
    .unwrap();
    book
}

#[test]
fn totals_of_the_ledger() {
    let Some(data) = open_data() else { return };
    let expected = expected(&data, "rfm")["dev"].clone();
    let folder = tempfile::tempdir().unwrap();
    let (policy, out) = (folder.path().join("policy.toml"), folder.path().join("run"));
    std::fs::write(&policy, POLICY).unwrap();
    let book = ledger(&data, folder.path());

    // 135,080 rows name no customer. Nothing is graded on them unasked …
    let rating = Rating {
        policy: &policy,
        data: &book,
        as_of: "2011-12-10",
        out: &out,
        words: &[],
    };
    let ran = rating.run();
    assert_eq!(ran.code, 1, "{}", ran.said);
    assert!(!out.exists());
    // … and asked to leave them out, the program says how many they were.
    let ran = Rating {
        words: &["--skip-bad-rows"],
        ..rating
    }
    .succeeds();
    assert!(
        ran.said.contains("135,080") || ran.said.contains("135080"),
        "{}",
        ran.said
    );

    let kept = |indicator: &str| -> BTreeMap<String, f64> {
        let all = values(&out, indicator).into_iter();
        all.filter_map(|(id, value)| value.map(|value| (id, value))).collect()
    };
    let monetary = kept("monetary");
    let of_buyers = |indicator: &str| -> BTreeMap<String, f64> {
        kept(indicator)
            .into_iter()
            .filter(|(id, _)| monetary.contains_key(id))
            .collect()
    };
    let (recency, frequency) = (of_buyers("recency"), of_buyers("frequency"));
    let customers = expected["customers"].as_u64().unwrap() as usize;
    assert_eq!(
        (monetary.len(), recency.len(), frequency.len()),
        (customers, customers, customers)
    );
    // Thousandths of a pound, added as whole numbers: the total is exact.
    let thousandths: i64 = monetary.values().map(|value| (value * 1000.0).round() as i64).sum();
    assert_eq!(
        thousandths,
        (expected["total"].as_f64().unwrap() * 1000.0).round() as i64
    );
    for (name, values) in [("r", &recency), ("f", &frequency), ("m", &monetary)] {
        let mean = values.values().sum::<f64>() / customers as f64;
        near(mean, expected["means"][name].as_f64().unwrap(), 1e-6, name);
        let edges: Vec<f64> = expected["edges"][name]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|edge| edge.as_f64())
            .collect();
        let sorted = sorted(values);
        for (k, edge) in edges.iter().enumerate() {
            near(quantile(&sorted, (k + 1) as f64 / 5.0), *edge, 1e-6, name);
        }
        let counts: Vec<u64> = (1..=5)
            .map(|score| {
                let k = |value: f64| 1 + edges.iter().filter(|edge| **edge < value).count();
                let of = |value: f64| if name == "r" { 6 - k(value) } else { k(value) };
                values.values().filter(|value| of(**value) == score).count() as u64
            })
            .collect();
        assert_eq!(serde_json::json!(counts), expected["score_counts"][name], "{name}");
    }
    for best in expected["top5"].as_array().unwrap() {
        let id = best["customer"].to_string();
        let found = (recency[&id], frequency[&id], monetary[&id]);
        let get = |key: &str| best[key].as_f64().unwrap();
        assert_eq!(found, (get("r"), get("f"), get("m")), "customer {id}");
    }
}

fn sorted(values: &BTreeMap<String, f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.values().copied().collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Linear interpolation between the neighbours, as numpy does.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let below = at.floor() as usize;
    let above = sorted[(below + 1).min(sorted.len() - 1)];
    sorted[below] + (above - sorted[below]) * at.fract()
}

#[test]
fn the_shipped_policy_grades_the_ledger() {
    let Some(data) = open_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/wholesale-rfm.toml");
    let book = ledger(&data, folder.path());
    let words = ["--skip-bad-rows"];
    Rating {
        policy: &policy,
        data: &book,
        as_of: "2011-12-10",
        out: &out,
        words: &words,
    }
    .succeeds();
    let grades = Table::read(&out.join("grades.parquet"));
    // All who occur with a number, also those who only ever sent things back.
    let customers = expected(&data, "integrity")["online_retail_dev"]["customers"]
        .as_u64()
        .unwrap() as usize;
    assert_eq!(grades.full("id").len(), customers);
    let graded = grades.texts("grade").into_iter().flatten().count();
    assert!(graded * 10 > customers * 9, "{graded} of {customers} are graded");
    let ran = pinji(["verify".as_ref(), out.as_os_str()]);
    assert_eq!(ran.code, 0, "{}", ran.said);
}
