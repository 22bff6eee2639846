//! The committed OpenAPI document, and what each operation must say.

use std::path::PathBuf;

use pinji_server::{openapi, resources};
use serde_json::Value;

fn document() -> Value {
    let (_, document, rows) = resources::all().parts();
    openapi::finished(document, &rows)
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    all.collect()
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("PINJI_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let then = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = then.lines().zip(now.lines()).position(|(then, now)| then != now);
    assert!(
        then == now,
        "docs/openapi.json differs from line {differs:?} on; PINJI_BLESS=1 writes it anew"
    );
}

#[test]
fn every_operation_says_what_it_does_what_it_needs_and_how_it_fails() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let resolved = |value: &Value| -> Value {
        match value["$ref"].as_str() {
            None => value.clone(),
            Some(place) => document
                .pointer(place.trim_start_matches('#'))
                .unwrap_or(&Value::Null)
                .clone(),
        }
    };
    let mut ids = Vec::new();
    for (name, operation) in operations(&document) {
        assert!(
            operation["summary"].as_str().is_some_and(|says| !says.is_empty()),
            "{name}: no summary"
        );
        assert!(operation["x-pinji-needs"].is_string(), "{name}: no need");
        ids.push(operation["operationId"].as_str().unwrap().to_owned());
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.contains_key("500") && responses.contains_key("429"),
            "{name}: no errors"
        );
        for (status, response) in responses {
            let response = resolved(response);
            assert!(
                response["description"].as_str().is_some_and(|says| !says.is_empty()),
                "{name} {status}: {response}"
            );
            for (media, content) in response["content"].as_object().into_iter().flatten() {
                let schema = resolved(&content["schema"]);
                let shown = !content["example"].is_null() || !content["examples"].is_null();
                let page = schema["properties"]["items"].is_object();
                let typed = !schema["example"].is_null() || page;
                assert!(shown || typed, "{name} {status} {media}: no example");
            }
        }
        if let Some(body) = operation.get("requestBody") {
            let schema = resolved(&body["content"]["application/json"]["schema"]);
            assert!(!schema["example"].is_null(), "{name}: no example of a body");
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an operation id stands twice");
}

#[test]
fn all_references_lead_somewhere() {
    fn walk(value: &Value, root: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(place)) = map.get("$ref") {
                    assert!(root.pointer(place.trim_start_matches('#')).is_some(), "{place}");
                }
                map.values().for_each(|value| walk(value, root));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, root)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}
