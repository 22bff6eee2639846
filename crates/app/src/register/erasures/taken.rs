//! What an erasure has found and taken out so far. 抹除所得

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Kinds;
use serde_json::{Map, Value};

/// The fields that are about persons, by kind. 个人字段
pub(crate) struct Fields(BTreeMap<String, BTreeSet<String>>);

impl Fields {
    pub(crate) fn of(kinds: &Kinds) -> Fields {
        let personal = kinds.kinds.iter().map(|kind| {
            let fields = kind
                .fields
                .iter()
                .filter(|field| field.personal && field.id != kind.subject);
            (kind.id.clone(), fields.map(|field| field.id.clone()).collect())
        });
        Fields(personal.collect())
    }

    /// Whether a field of a kind is about a person.
    pub(crate) fn has(&self, kind: &str, field: &str) -> bool {
        self.0.get(kind).is_some_and(|fields| fields.contains(field))
    }

    /// Takes the personal values out of a record's.
    pub(crate) fn take(&self, kind: &str, values: &mut Map<String, Value>) -> Vec<(String, Value)> {
        let mut taken = Vec::new();
        values.retain(|field, value| {
            let keep = value.is_null() || !self.has(kind, field);
            if !keep {
                taken.push((field.clone(), value.take()));
            }
            keep
        });
        taken
    }
}

/// What was taken out, and what is still to be. 抹除所得
#[derive(Default)]
pub(super) struct Taken {
    /// Texts that stood in personal fields.
    pub(super) words: BTreeSet<String>,
    /// Files that brought them, by hash.
    pub(super) files: BTreeSet<String>,
    /// Objects of the ledger's entries that may speak of them.
    pub(super) objects: Vec<String>,
    /// How many rows of which kind.
    pub(super) counts: BTreeMap<&'static str, u64>,
}

impl Taken {
    /// Counts rows.
    pub(super) fn count(&mut self, what: &'static str, rows: usize) {
        if rows > 0 {
            *self.counts.entry(what).or_default() += u64::try_from(rows).unwrap_or(u64::MAX);
        }
    }

    /// Remembers the text of a value, to be sought elsewhere.
    pub(super) fn word(&mut self, value: &Value) {
        match value {
            Value::String(text) => drop(self.words.insert(text.clone())),
            // A number of a phone or an identity card may have been declared as a number.
            Value::Number(number) if number.to_string().len() >= 6 => drop(self.words.insert(number.to_string())),
            _ => {}
        }
    }
}
