//! The two policies of fixed thresholds in expected.json, turned into ours: borrowers of Kazakhstan and listed companies
//! of the United States. Every score and every grade is compared with a plain reckoning of the same tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::{expected, figure, near, rows};
use crate::program::{Rating, Table, open_data};

type Row = BTreeMap<String, String>;

/// One of the two sets.
struct Set {
    /// Its name in expected.json.
    part: &'static str,
    /// Its file.
    file: &'static str,
    /// Its column of ids.
    id: &'static str,
    /// Its column of outcomes.
    bad: &'static str,
    /// The indicator that stands for negative equity above one.
    knock_out: &'static str,
    /// Indicator and formula over the file's columns; an indicator that is not listed is the column of its name.
    formulas: &'static [(&'static str, &'static str)],
    /// The same in Rust.
    value: fn(&Row, &str) -> f64,
}

#[test]
fn borrowers_of_kazakhstan() {
    check(&Set {
        part: "kz_dev",
        file: "kz-corporate-borrowers/borrowers.csv",
        id: "borrower_id",
        bad: "Default",
        knock_out: "DTA",
        formulas: &[],
        value: figure,
    });
}

#[test]
fn listed_companies_of_the_united_states() {
    check(&Set {
        part: "us_listed_dev",
        file: "us-listed-financials/companies.csv.gz",
        id: "company_name",
        bad: "bankrupt",
        knock_out: "debt_ratio",
        formulas: &[
            ("annual_sales", "net_sales"),
            ("net_margin", "net_income / nullif(net_sales, 0)"),
            ("debt_ratio", "total_liabilities / nullif(total_assets, 0)"),
            ("current_ratio", "current_assets / nullif(total_current_liabilities, 0)"),
            ("receivable_days", "total_receivables / nullif(net_sales, 0) * 365"),
        ],
        value: |row, indicator| {
            let get = |column: &str| figure(row, column);
            match indicator {
                "annual_sales" => get("net_sales"),
                "net_margin" => get("net_income") / get("net_sales"),
                "debt_ratio" => get("total_liabilities") / get("total_assets"),
                "current_ratio" => get("current_assets") / get("total_current_liabilities"),
                "receivable_days" => get("total_receivables") / get("net_sales") * 365.0,
                other => panic!("no indicator {other}"),
            }
        },
    });
}

fn check(set: &Set) {
    let Some(data) = open_data() else { return };
    let expected = expected(&data, "grading")[set.part].clone();
    let folder = tempfile::tempdir().unwrap();
    let (policy, out) = (folder.path().join("policy.toml"), folder.path().join("run"));
    let rows = rows(&data.join(set.file));
    std::fs::write(&policy, toml(set, &expected["policy"], rows.first().unwrap())).unwrap();
    let map = format!("{}=id", set.id);
    let words = ["--map", map.as_str()];
    Rating {
        policy: &policy,
        data: &data.join(set.file),
        as_of: "2018-12-31",
        out: &out,
        words: &words,
    }
    .succeeds();
    let found = read(&out);

    assert_eq!(rows.len() as u64, expected["companies"].as_u64().unwrap());
    assert_eq!(found.len(), rows.len(), "every company has one row");
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut sum, mut knocked_out) = (0.0, 0);
    for row in &rows {
        let (score, grade, knocked) = reckon(set, &expected["policy"], row);
        let (found_score, found_grade) = found.get(&row[set.id]).unwrap_or_else(|| panic!("no {}", row[set.id]));
        near(*found_score, score, 1e-9, &row[set.id]);
        assert_eq!(found_grade, grade, "{}", row[set.id]);
        let count = counts.entry(grade).or_default();
        count.0 += 1;
        count.1 += u64::from(row[set.bad] == "1");
        sum += found_score;
        knocked_out += u64::from(knocked);
    }
    near(sum, expected["score_sum"].as_f64().unwrap(), 1e-6, "the sum of scores");
    assert_eq!(knocked_out, expected["knocked_out"].as_u64().unwrap());
    for (grade, count) in expected["grades"].as_object().unwrap() {
        let (n, bad) = counts[grade.as_str()];
        assert_eq!(
            (Some(n), Some(bad)),
            (count["n"].as_u64(), count["bad"].as_u64()),
            "{grade}"
        );
    }
    for first in expected["first10"].as_array().unwrap() {
        let (score, grade) = &found[first["id"].as_str().unwrap()];
        near(*score, first["score"].as_f64().unwrap(), 1e-9, "one of the first ten");
        assert_eq!(grade, first["grade"].as_str().unwrap());
    }
}

/// Score and grade by company, as the run has them.
fn read(out: &Path) -> BTreeMap<String, (f64, String)> {
    let table = Table::read(&out.join("grades.parquet"));
    let scores = table.numbers("total").into_iter().map(|score| score.expect("a score"));
    table
        .full("id")
        .into_iter()
        .zip(scores.zip(table.full("grade")))
        .collect()
}

/// Score, grade and whether it was knocked out, by the conventions of expected.json.
fn reckon(set: &Set, policy: &Value, row: &Row) -> (f64, &'static str, bool) {
    let mut score = 0.0;
    for (indicator, rule) in policy.as_object().unwrap() {
        let value = (set.value)(row, indicator);
        let steps = rule["table"].as_array().unwrap();
        let step = steps.iter().rev().find(|step| value >= step[0].as_f64().unwrap());
        score += rule["weight"].as_f64().unwrap() * step.map_or(0.0, |step| step[1].as_f64().unwrap());
    }
    score /= 100.0;
    let knocked = (set.value)(row, set.knock_out) > 1.0;
    let grade = match score {
        _ if knocked => "ordinary",
        80.0.. => "VIP",
        65.0.. => "key",
        50.0.. => "potential",
        _ => "ordinary",
    };
    (score, grade, knocked)
}

/// The policy in our words. Measures are the file's columns, found by their English names.
fn toml(set: &Set, policy: &Value, row: &Row) -> String {
    let mut out = String::from(
        "policy = \"fixed\"\nversion = \"1\"\nsubject = \"customer\"\neffective = 2000-01-01\n\
         name = { zh = \"固定阈值\", en = \"Fixed thresholds\" }\n",
    );
    let rules = policy.as_object().unwrap();
    let formula = |indicator: &str| -> String {
        let given = set.formulas.iter().find(|(id, _)| *id == indicator);
        given.map_or_else(|| measure(indicator), |(_, formula)| named(formula, row))
    };
    let used: String = rules.keys().map(|indicator| formula(indicator) + " ").collect();
    for column in row
        .keys()
        .filter(|column| words(&used).any(|word| word == measure(column)))
    {
        writeln!(
            out,
            "\n[measure.{}]\ngiven = \"number\"\nname = {{ zh = \"{column}\", en = \"{column}\" }}",
            measure(column)
        )
        .unwrap();
    }
    out.push_str("\n[[dimension]]\nid = \"all\"\nweight = 100\nname = { zh = \"全部\", en = \"All\" }\n");
    for (indicator, rule) in rules {
        let better = if rule["better"] == "high" { "higher" } else { "lower" };
        let id = indicator.to_lowercase();
        writeln!(
            out,
            "\n[[indicator]]\nid = \"{id}\"\ndimension = \"all\"\nweight = {}\nname = {{ zh = \"{indicator}\", en = \"{indicator}\" }}\n\
             formula = \"{}\"\nunit = \"number\"\ndecimals = 6\nbetter = \"{better}\"\nbands = {}\nmissing = {{ points = 0 }}",
            rule["weight"],
            formula(indicator),
            bands(rule["table"].as_array().unwrap()),
        )
        .unwrap();
    }
    for (grade, when) in [
        ("VIP", "total >= 80"),
        ("key", "total >= 65"),
        ("potential", "total >= 50"),
        ("ordinary", ""),
    ] {
        writeln!(
            out,
            "\n[[grade]]\nid = \"{grade}\"\nname = {{ zh = \"{grade}\", en = \"{grade}\" }}"
        )
        .unwrap();
        if !when.is_empty() {
            writeln!(out, "when = \"{when}\"").unwrap();
        }
    }
    writeln!(
        out,
        "\n[[cap]]\nid = \"negative_equity\"\nwhen = \"{} > 1\"\nat_most = \"ordinary\"\n\
         reason = {{ zh = \"资不抵债\", en = \"negative equity\" }}",
        set.knock_out.to_lowercase()
    )
    .unwrap();
    out
}

/// A column's measure: indicators have the plain names, so measures have a word before.
fn measure(column: &str) -> String {
    format!("given_{}", column.to_lowercase())
}

/// A formula with its columns replaced by their measures.
fn named(formula: &str, row: &Row) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for character in formula.chars().chain([' ']) {
        if character.is_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        let taken = std::mem::take(&mut word);
        out.push_str(&if row.contains_key(&taken) {
            measure(&taken)
        } else {
            taken
        });
        out.push(character);
    }
    out.trim_end().to_owned()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
}

/// Steps `[from, points]` as bands; what lies below the first step has no points.
fn bands(steps: &[Value]) -> String {
    let points = |step: &Value| step[1].as_f64().unwrap();
    let mut bands: Vec<(Option<f64>, f64)> = Vec::new();
    if steps[0][0].as_f64().unwrap() > -1e90 && points(&steps[0]) > 0.0 {
        bands.push((steps[0][0].as_f64(), 0.0));
    }
    for (index, step) in steps.iter().enumerate() {
        bands.push((steps.get(index + 1).and_then(|next| next[0].as_f64()), points(step)));
    }
    let written: Vec<String> = bands
        .iter()
        .map(|(end, points)| match end {
            Some(end) => format!("{{ below = {end}, points = {points} }}"),
            None => format!("{{ points = {points} }}"),
        })
        .collect();
    format!("[{}]", written.join(", "))
}
