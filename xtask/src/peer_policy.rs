//! The peers' policy (JSON, basis points of the whole) as a policy of ours (TOML).
//!
//! Both mean the same: a value is first rounded to its column's recorded decimals, which changes nothing in tables
//! recorded with those decimals, and all sums are exact in both.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Decimals of columns that `--decimals` does not name.
const DEFAULT_DECIMALS: u8 = 4;

/// `cargo xtask peer-policy IN.json OUT.toml [--decimals column=4,…]`
pub fn run(args: &[String]) -> Result<bool> {
    let [input, output, rest @ ..] = args else {
        bail!("peer-policy needs IN.json and OUT.toml")
    };
    let decimals = match rest {
        [] => BTreeMap::new(),
        [flag, list] if flag == "--decimals" => parse_decimals(list)?,
        _ => bail!("after the two files only `--decimals column=4,…` may stand"),
    };
    let json = std::fs::read_to_string(input).with_context(|| format!("cannot read {input}"))?;
    std::fs::write(output, convert(&json, &decimals)?).with_context(|| format!("cannot write {output}"))?;
    Ok(true)
}

fn parse_decimals(list: &str) -> Result<BTreeMap<String, u8>> {
    let pairs = list.split(',').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (column, decimals) = pair
                .split_once('=')
                .with_context(|| format!("`{pair}` is not column=decimals"))?;
            Ok((
                column.to_owned(),
                decimals
                    .parse()
                    .with_context(|| format!("`{decimals}` is not a number of decimals"))?,
            ))
        })
        .collect()
}

/// The columns' decimals out of a Python or JSON dictionary of numbers.
pub fn decimals_of(dictionary: &str) -> Result<BTreeMap<String, u8>> {
    let value: Value = serde_json::from_str(dictionary).context("the decimals are not JSON")?;
    let columns = value.as_object().context("the decimals are not an object")?;
    let pairs = columns.iter().map(|(column, decimals)| {
        let decimals = decimals.as_u64().and_then(|decimals| u8::try_from(decimals).ok());
        Ok((
            column.clone(),
            decimals.with_context(|| format!("decimals of `{column}`"))?,
        ))
    });
    pairs.collect()
}

/// Turns the peers' policy into TOML.
pub fn convert(json: &str, decimals: &BTreeMap<String, u8>) -> Result<String> {
    let policy: Value = serde_json::from_str(json).context("the policy is not JSON")?;
    let mut out = String::new();
    head(&mut out, &policy)?;
    measures(&mut out, &policy)?;
    dimensions(&mut out, &policy)?;
    for indicator in list(&policy, "indicators")? {
        indicator_table(&mut out, indicator, decimals).with_context(|| format!("indicator {}", indicator["code"]))?;
    }
    grades(&mut out, &policy)?;
    caps(&mut out, &policy)?;
    Ok(out)
}

fn head(out: &mut String, policy: &Value) -> Result<()> {
    let id = text(policy, "id")?;
    writeln!(
        out,
        "# Converted by `cargo xtask peer-policy` from the policy of the benchmark."
    )?;
    writeln!(out, "policy = {}", quoted(id))?;
    writeln!(out, "version = {}", quoted(&policy["version"].to_string()))?;
    writeln!(out, "subject = \"customer\"")?;
    writeln!(
        out,
        "name = {{ zh = \"基准测试用分级标准\", en = \"Benchmark policy\" }}"
    )?;
    writeln!(out, "effective = 2000-01-01")?;
    Ok(())
}

/// A measure may not share its id with its indicator, so its column finds it by its English name.
fn measure_id(column: &str) -> String {
    format!("given_{column}")
}

/// A column of the peers' table that the policy reads.
struct Column {
    name: String,
    given: &'static str,
    zh: String,
}

/// The columns that the policy reads, each once: those of its indicators, then those that only caps look at.
fn columns(policy: &Value) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    for indicator in list(policy, "indicators")? {
        let given = if indicator["kind"] == "numeric" {
            "number"
        } else {
            "text"
        };
        columns.push(Column {
            name: text(indicator, "code")?.to_owned(),
            given,
            zh: name_zh(indicator, "code")?,
        });
    }
    for cap in list(policy, "caps")? {
        for test in list(cap, "all")? {
            let name = text(test, "column")?.to_owned();
            let given = if test["op"] == "in" { "text" } else { "number" };
            if !columns.iter().any(|known| known.name == name) {
                columns.push(Column {
                    name: name.clone(),
                    given,
                    zh: name,
                });
            }
        }
    }
    Ok(columns)
}

fn measures(out: &mut String, policy: &Value) -> Result<()> {
    for Column { name, given, zh } in columns(policy)? {
        writeln!(out, "\n[measure.{}]", measure_id(&name))?;
        writeln!(out, "given = \"{given}\"")?;
        writeln!(out, "name = {{ zh = {}, en = {} }}", quoted(&zh), quoted(&name))?;
    }
    Ok(())
}

fn dimensions(out: &mut String, policy: &Value) -> Result<()> {
    let mut weights = Vec::new();
    for dimension in list(policy, "dimensions")? {
        let code = text(dimension, "code")?;
        writeln!(out, "\n[[dimension]]\nid = {}", quoted(code))?;
        writeln!(
            out,
            "name = {{ zh = {}, en = {} }}",
            quoted(&name_zh(dimension, "code")?),
            quoted(code)
        )?;
        weights.push(format!("{code} = {}", dimension["weight"]));
    }
    writeln!(out, "\n[score.total]\nname = {{ zh = \"总分\", en = \"Total\" }}")?;
    writeln!(out, "decimals = 4\nweights = {{ {} }}", weights.join(", "))?;
    Ok(())
}

fn indicator_table(out: &mut String, indicator: &Value, decimals: &BTreeMap<String, u8>) -> Result<()> {
    let code = text(indicator, "code")?;
    writeln!(out, "\n[[indicator]]\nid = {}", quoted(code))?;
    writeln!(out, "dimension = {}", quoted(text(indicator, "dimension")?))?;
    let weight = indicator["weight_bp"].as_i64().context("a weight in basis points")?;
    writeln!(out, "weight = {}.{:02}", weight / 100, weight % 100)?;
    writeln!(
        out,
        "name = {{ zh = {}, en = {} }}",
        quoted(&name_zh(indicator, "code")?),
        quoted(code)
    )?;
    writeln!(out, "formula = {}", quoted(&measure_id(code)))?;
    if indicator["kind"] == "numeric" {
        let decimals = decimals.get(code).copied().unwrap_or(DEFAULT_DECIMALS);
        let bands = list(indicator, "bands")?;
        writeln!(out, "unit = \"number\"\ndecimals = {decimals}")?;
        if let Some(better) = better(bands) {
            writeln!(out, "better = \"{better}\"")?;
        }
        writeln!(out, "bands = [")?;
        for band in bands {
            let end = match &band["hi"] {
                Value::Null => String::new(),
                end => format!("below = {}, ", at_decimals(end, decimals)?),
            };
            writeln!(out, "    {{ {end}points = {} }},", band["points"])?;
        }
        writeln!(out, "]")?;
    } else {
        writeln!(out, "unit = \"text\"\nmap = {{")?;
        let map = indicator["map"].as_object().context("a category without a map")?;
        let entries: Vec<String> = map
            .iter()
            .map(|(key, points)| format!("{} = {points}", quoted(key)))
            .collect();
        // An inline table stands on one line.
        out.truncate(out.trim_end_matches('\n').len());
        writeln!(
            out,
            " {} }}\notherwise = {}",
            entries.join(", "),
            indicator["other_points"]
        )?;
    }
    writeln!(out, "missing = {{ points = {} }}", indicator["null_points"])?;
    Ok(())
}

/// `higher` when the points never fall from band to band, `lower` when they never rise.
fn better(bands: &[Value]) -> Option<&'static str> {
    let points: Vec<i64> = bands.iter().filter_map(|band| band["points"].as_i64()).collect();
    if points.is_sorted() {
        return Some("higher");
    }
    points.iter().rev().is_sorted().then_some("lower")
}

/// A bound as it was written; it must not be finer than the values that it is compared with.
fn at_decimals(bound: &Value, decimals: u8) -> Result<String> {
    let written = bound.to_string();
    let fraction = written
        .split_once('.')
        .map_or("", |(_, fraction)| fraction.trim_end_matches('0'));
    ensure!(
        !written.contains(['e', 'E']),
        "the bound {written} is not a plain decimal"
    );
    ensure!(
        fraction.len() <= usize::from(decimals),
        "the bound {written} is finer than {decimals} decimals"
    );
    Ok(written)
}

fn grades(out: &mut String, policy: &Value) -> Result<()> {
    let grades = list(policy, "grades")?;
    for (index, grade) in grades.iter().enumerate() {
        let id = text(grade, "grade")?;
        writeln!(
            out,
            "\n[[grade]]\nid = {}\nname = {{ zh = {}, en = {} }}",
            quoted(id),
            quoted(id),
            quoted(id)
        )?;
        if index + 1 < grades.len() {
            writeln!(out, "when = \"total >= {}\"", grade["min"])?;
        }
    }
    Ok(())
}

fn caps(out: &mut String, policy: &Value) -> Result<()> {
    for cap in list(policy, "caps")? {
        let tests = list(cap, "all")?.iter().map(condition).collect::<Result<Vec<_>>>()?;
        let id = text(cap, "id")?;
        writeln!(
            out,
            "\n[[cap]]\nid = {}\nwhen = {}",
            quoted(id),
            quoted(&tests.join(" and "))
        )?;
        writeln!(out, "at_most = {}", quoted(text(cap, "cap")?))?;
        writeln!(
            out,
            "reason = {{ zh = {}, en = {} }}",
            quoted(&name_zh(cap, "id")?),
            quoted(id)
        )?;
    }
    Ok(())
}

fn condition(test: &Value) -> Result<String> {
    let column = measure_id(text(test, "column")?);
    let operator = text(test, "op")?;
    if operator != "in" {
        return Ok(format!("{column} {operator} {}", test["value"]));
    }
    let values = list(test, "value")?.iter().map(|value| {
        let value = value.as_str().context("`in` takes texts")?;
        ensure!(!value.contains('\''), "a quote in `{value}`");
        Ok(format!("'{value}'"))
    });
    Ok(format!(
        "{column} in [{}]",
        values.collect::<Result<Vec<_>>>()?.join(", ")
    ))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value]> {
    value[key]
        .as_array()
        .map(Vec::as_slice)
        .with_context(|| format!("no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("no text `{key}`"))
}

/// The Chinese name, or what stands under `or` where there is none.
fn name_zh(value: &Value, or: &str) -> Result<String> {
    Ok(value["name_zh"]
        .as_str()
        .map_or(text(value, or)?, |name| name)
        .to_owned())
}

/// A TOML basic string; JSON's escapes are all TOML's too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{
        "id": "small", "version": 3,
        "dimensions": [{ "code": "money", "name_zh": "钱", "weight": 60 }, { "code": "kind", "weight": 40 }],
        "indicators": [
            { "code": "margin", "name_zh": "净利率", "dimension": "money", "kind": "numeric", "weight_bp": 6000,
              "bands": [{ "lo": null, "hi": -0.05, "points": 0 }, { "lo": -0.05, "hi": null, "points": 100 }], "null_points": 30 },
            { "code": "type", "dimension": "kind", "kind": "category", "weight_bp": 4000,
              "map": { "soe": 100, "AA+": 50 }, "other_points": 40, "null_points": 20 }
        ],
        "grades": [{ "grade": "A", "min": 80 }, { "grade": "B", "min": 0 }],
        "caps": [{ "id": "bad", "name_zh": "坏", "cap": "B",
                   "all": [{ "column": "status", "op": "in", "value": ["x", "y"] }, { "column": "margin", "op": ">", "value": 0.95 }] }]
    }"#;

    #[test]
    fn each_part_is_converted() {
        let toml = convert(POLICY, &BTreeMap::from([("margin".to_owned(), 2)])).unwrap();
        for part in [
            "policy = \"small\"\nversion = \"3\"",
            "[measure.given_margin]\ngiven = \"number\"\nname = { zh = \"净利率\", en = \"margin\" }",
            "[measure.given_status]\ngiven = \"text\"",
            "decimals = 4\nweights = { money = 60, kind = 40 }",
            "unit = \"number\"\ndecimals = 2\nbetter = \"higher\"\nbands = [\n    { below = -0.05, points = 0 },\n    { points = 100 },\n]",
            "map = { \"soe\" = 100, \"AA+\" = 50 }\notherwise = 40\nmissing = { points = 20 }",
            "id = \"A\"\nname = { zh = \"A\", en = \"A\" }\nwhen = \"total >= 80\"",
            "when = \"given_status in ['x', 'y'] and given_margin > 0.95\"\nat_most = \"B\"\nreason = { zh = \"坏\", en = \"bad\" }",
        ] {
            assert!(toml.contains(part), "{part}\n--- not in ---\n{toml}");
        }
        assert_eq!(
            toml.matches("when = \"total").count(),
            1,
            "the last grade has no condition"
        );
    }

    #[test]
    fn a_bound_finer_than_its_column_is_refused() {
        let error = convert(POLICY, &BTreeMap::from([("margin".to_owned(), 1)])).unwrap_err();
        assert!(format!("{error:#}").contains("finer than 1 decimals"), "{error:#}");
    }
}
