//! Policies held against the schema by a small checker. 模式检验
#![allow(
    clippy::disallowed_methods, // tests read the shipped files
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use super::json_schema;
use crate::testing::SMALL;

/// TOML as an editor sees it: dates are texts.
fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().replace('_', "").parse::<i64>().unwrap()),
        DeValue::Float(number) => json!(number.as_str().replace('_', "").parse::<f64>().unwrap()),
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(list) => list.iter().map(|item| as_json(item.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

fn table_as_json(table: &DeTable<'_>) -> Value {
    let entries = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), as_json(value.get_ref())));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn read(text: &str) -> Value {
    table_as_json(DeTable::parse(text).unwrap().get_ref())
}

/// What is wrong with a value, by the keywords that the schema uses.
fn faults(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root
            .pointer(name.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{name} is defined"));
        faults(root, target, value, path, found);
        return;
    }
    let fits = |schema: &Value| {
        let mut inner = Vec::new();
        faults(root, schema, value, path, &mut inner);
        inner.is_empty()
    };
    for (keyword, most) in [("oneOf", 1), ("anyOf", usize::MAX)] {
        if let Some(ways) = schema[keyword].as_array() {
            let count = ways.iter().filter(|way| fits(way)).count();
            if count == 0 || count > most {
                found.push(format!("{path}: {keyword} {count}"));
            }
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |ty: &str| match ty {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        other => panic!("{other} is no type"),
    };
    if !types.is_empty() && !types.into_iter().any(is) {
        found.push(format!("{path}: type"));
        return;
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        found.push(format!("{path}: enum"));
    }
    let number = value.as_f64();
    let out = |keyword: &str, wrong: fn(f64, f64) -> bool| matches!((number, schema[keyword].as_f64()), (Some(value), Some(limit)) if wrong(value, limit));
    if out("minimum", |v, l| v < l) || out("maximum", |v, l| v > l) || out("exclusiveMinimum", |v, l| v <= l) {
        found.push(format!("{path}: range"));
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        faults(root, &schema["items"], item, &format!("{path}[{at}]"), found);
    }
    let Some(fields) = value.as_object() else { return };
    for key in schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !fields.contains_key(key) {
            found.push(format!("{path}.{key}: required"));
        }
    }
    for (key, value) in fields {
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(known), _) => faults(root, known, value, &format!("{path}.{key}"), found),
            (None, Value::Bool(false)) => found.push(format!("{path}.{key}: unknown")),
            (None, Value::Null | Value::Bool(true)) => {}
            (None, any) => faults(root, any, value, &format!("{path}.{key}"), found),
        }
    }
}

fn check(text: &str) -> Vec<String> {
    let (schema, mut found) = (json_schema(), Vec::new());
    faults(&schema, &schema, &read(text), "", &mut found);
    found
}

#[test]
fn shipped_policies_fit() {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            assert_eq!(
                check(&std::fs::read_to_string(&path).unwrap()),
                Vec::<String>::new(),
                "{}",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count >= 4, "all shipped policies were seen");
    assert_eq!(check(include_str!("../../tests/complete.toml")), Vec::<String>::new());
}

#[test]
fn listed_files_fit_as_parts() {
    // A listed file has no head of its own, but its parts are the same.
    let head = "policy = \"p\"\nversion = \"1\"\nsubject = \"customer\"\neffective = 2026-01-01\nname = { zh = \"甲\", en = \"A\" }\n";
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for part in ["tests/tables.toml", "../../policies/tables/industry-standards.toml"] {
        let text = std::fs::read_to_string(folder.join(part)).unwrap();
        assert_eq!(check(&format!("{head}{text}")), Vec::<String>::new(), "{part}");
    }
    for entry in std::fs::read_dir(folder.join("kinds")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            check(&format!("{head}{text}")),
            Vec::<String>::new(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn slips_are_found() {
    let one = |old: &str, new: &str, told: &str| {
        let text = SMALL.replacen(old, new, 1);
        assert_ne!(text, SMALL, "`{old}` is in the policy");
        let found = check(&text);
        assert!(found.iter().any(|fault| fault == told), "{old} → {new}: {found:?}");
    };
    assert_eq!(check(SMALL), Vec::<String>::new());
    one("version = \"1\"\n", "", ".version: required");
    one("subject = \"customer\"", "subject = \"person\"", ".subject: enum");
    one(
        "clause = \"1.1\"",
        "clauses = \"1.1\"",
        ".indicator[0].clauses: unknown",
    );
    one("weight = 50", "weight = 0", ".indicator[0].weight: range");
    one("decimals = 4", "decimals = \"4\"", ".indicator[0].decimals: type");
    one(
        "better = \"lower\"",
        "better = \"lower\"\nmap = { a = 1 }",
        ".indicator[0]: oneOf 2",
    );
    one(
        "missing = \"worst\"",
        "missing = \"ignore\"",
        ".indicator[0].missing: oneOf 0",
    );
    one(
        "name = { zh = \"小标准\", en = \"A small policy\" }",
        "name = { zh = \"小标准\" }",
        ".name.en: required",
    );
}

#[test]
fn everything_is_described_and_every_reference_is_defined() {
    fn walk(root: &Value, schema: &Value, path: &str) {
        match schema {
            Value::Object(fields) => {
                if let Some(name) = schema["$ref"].as_str() {
                    assert!(root.pointer(name.trim_start_matches('#')).is_some(), "{path}: {name}");
                }
                for (key, property) in schema["properties"].as_object().into_iter().flatten() {
                    let target = property["$ref"]
                        .as_str()
                        .map(|name| root.pointer(name.trim_start_matches('#')).unwrap());
                    let described = target.unwrap_or(property)["description"].is_string();
                    assert!(described, "{path}.{key} is described");
                }
                fields
                    .iter()
                    .for_each(|(key, value)| walk(root, value, &format!("{path}/{key}")));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(root, value, path)),
            _ => {}
        }
    }
    let schema = json_schema();
    walk(&schema, &schema, "");
}
