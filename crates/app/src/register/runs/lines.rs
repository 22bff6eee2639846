//! A graded book as rows of the store: each with the bytes of its line, and checksums of their chunks. 结果行
//!
//! A line is what stands for this customer, or group, in `grades.parquet`, as text: its fields in the same order, tabs
//! between them. It follows from the subject's own measures and the policy alone, so one graded alone has the same bytes.

use std::fmt::Write as _;

use pinji_domain::number::to_f64;
use pinji_store::{Graded, Subject};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::book::Why;
use crate::rated::Layer;

/// Rows that are kept at once.
pub(super) const CHUNK: usize = 50_000;

/// The row of the store for a subject of a graded book. 结果行
pub(super) fn graded<S: Subject>(layer: &Layer, row: usize, subject: S) -> Graded<S> {
    let parts = layer.level.compiled.plan.parts();
    let book = &layer.book;
    let grade = book.grade(row);
    let grade_id = grade.and_then(|grade| parts.grades.get(usize::from(grade)));
    let mut line = layer.id(row);
    let mut add = |text: &str| {
        line.push('\t');
        // Tabs and line ends of an id would make two fields of one.
        line.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    };
    let mut scores = Map::new();
    let mut total = None;
    for (at, score) in parts.scores.iter().enumerate() {
        let value = book.score(row, at);
        if at == 0 {
            total = value;
        }
        add(&value.map_or_else(String::new, |value| number(to_f64(value, score.decimals))));
        scores.insert(
            score.id.clone(),
            json!({ "value": value, "decimals": score.decimals, "coverage": book.coverage(row, at) }),
        );
    }
    for at in 0..parts.dimensions.len() {
        add(&book.dimension(row, at).map_or_else(String::new, number));
    }
    add(grade_id.map_or("", |grade| grade.id.as_str()));
    let indicators = |list: Vec<usize>| -> Vec<&str> {
        let name = |at: usize| parts.indicators.get(at).map(|indicator| indicator.id.as_str());
        list.into_iter().filter_map(name).collect()
    };
    let losses = indicators(book.losses(row));
    for at in 0..3 {
        add(losses.get(at).copied().unwrap_or_default());
    }
    let caps: Vec<&str> = book
        .caps(row)
        .into_iter()
        .filter_map(|at| Some(parts.caps.get(at)?.id.as_str()))
        .collect();
    let floors: Vec<&str> = book
        .floors(row)
        .into_iter()
        .filter_map(|at| Some(parts.floors.get(at)?.id.as_str()))
        .collect();
    add(&caps.join(","));
    add(&floors.join(","));
    let own = book.own_grade(row).and_then(|own| layer.id_of(own));
    if !parts.group.is_empty() {
        add(own.as_deref().unwrap_or_default());
    }
    for at in 0..parts.scores.len() {
        add(&number(to_f64(i64::from(book.coverage(row, at)), 4)));
    }
    let missing = indicators(book.missing(row));
    add(&missing.join(","));
    let why = book.why(row).map(Why::code);
    add(why.unwrap_or_default());
    let mut reasons = Map::new();
    reasons.insert("losses".to_owned(), json!(losses));
    reasons.insert("caps".to_owned(), json!(caps));
    reasons.insert("floors".to_owned(), json!(floors));
    reasons.insert("missing".to_owned(), json!(missing));
    if let Some(group) = layer.group_grade(row) {
        let notches = book.notches(row).into_iter();
        let notches = notches.map(|(from, to)| json!({ "from": layer.id_of(from), "to": layer.id_of(to) }));
        let notches: Vec<Value> = notches.collect();
        reasons.insert(
            "group".to_owned(),
            json!({ "grade": group, "own": own, "notches": notches }),
        );
    }
    if let Some(why) = why {
        reasons.insert("ungraded".to_owned(), json!(why));
    }
    Graded {
        subject,
        grade: grade_id.map(|grade| grade.id.clone()),
        rank: grade.map_or(parts.grades.len() as i64, i64::from),
        total,
        scores: Value::Object(scores).to_string(),
        reasons: Value::Object(reasons).to_string(),
        line: line.into_bytes(),
    }
}

/// The shortest text that reads back as the same double.
fn number(value: f64) -> String {
    let mut text = String::new();
    let _ = write!(text, "{value}");
    text
}

/// The checksum of rows in their order. 校验和
#[derive(Debug, Clone, Default)]
pub(super) struct Checksum {
    digest: Sha256,
    rows: i64,
}

impl Checksum {
    pub(super) fn add<S: Subject>(&mut self, policy: i64, row: &Graded<S>) {
        self.rows += 1;
        let mut part = |bytes: &[u8]| {
            self.digest.update((bytes.len() as u64).to_be_bytes());
            self.digest.update(bytes);
        };
        part(&policy.to_be_bytes());
        part(&row.subject.number().to_be_bytes());
        // A grade that is not there is not the same as one without a name.
        part(&[u8::from(row.grade.is_some())]);
        part(row.grade.as_deref().unwrap_or_default().as_bytes());
        part(&row.rank.to_be_bytes());
        part(&[u8::from(row.total.is_some())]);
        part(&row.total.unwrap_or(0).to_be_bytes());
        part(row.scores.as_bytes());
        part(row.reasons.as_bytes());
        part(&row.line);
    }

    pub(super) fn rows(&self) -> i64 {
        self.rows
    }

    /// What was added since the last time.
    pub(super) fn take(&mut self) -> String {
        self.rows = 0;
        let hash = std::mem::take(&mut self.digest).finalize();
        crate::register::keys::hex(&hash)
    }
}
