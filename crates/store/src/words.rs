//! Words about persons in what people wrote: notes, reasons, names of files, messages; found and taken out. 文字中的个人信息
//!
//! Values of declared fields are taken out where the fields are known, above the store. This finds the same words where somebody
//! wrote them into a sentence.

use pinji_domain::ids::{CustomerId, SubmissionId, UserId};
use sea_orm::{QueryResult, Value as Parameter};
use serde_json::Value;

use crate::cell::Cell;
use crate::view::{View, listed};
use crate::{Change, Error};

/// What stands where words were taken out. 抹除标记
pub const ERASED: &str = "[erased]";

/// Which texts are meant. 文字范围
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near {
    /// All that the office keeps.
    Everywhere,
    /// What belongs to a customer.
    Customer {
        /// The customer.
        id: CustomerId,
        /// The party that it is in relations.
        party: Option<i64>,
        /// The submissions that say something about it.
        submissions: Vec<SubmissionId>,
    },
    /// What belongs to a person who stands in relations.
    Person {
        /// The person's party.
        party: i64,
    },
    /// What belongs to a user.
    User {
        /// The user.
        id: UserId,
    },
}

/// A text that somebody wrote. 文字
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The table.
    pub table: &'static str,
    /// The row, by its key: `42`, or `42/3`.
    pub row: String,
    /// The column.
    pub column: &'static str,
    /// The text.
    pub text: String,
}

/// How a column holds its words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As they are.
    Plain,
    /// In the texts of a JSON value.
    Json,
    /// In the texts of a JSON array with a line for each element.
    Lines,
    /// In the texts of a JSON value that lies as bytes.
    Bytes,
}

/// A table with words in it.
struct Place {
    table: &'static str,
    /// Its key: whole numbers, or one text.
    key: &'static [&'static str],
    columns: &'static [(&'static str, Form)],
    /// Whether a row says when words were taken out of it.
    dated: bool,
}

const PLACES: [Place; 20] = [
    place(
        "submission",
        &["id"],
        &[
            ("source", Form::Plain),
            ("method", Form::Plain),
            ("note", Form::Plain),
            ("summary", Form::Json),
            ("file_name", Form::Plain),
            ("audit_note", Form::Plain),
        ],
    ),
    place(
        "submission_part",
        &["submission", "part"],
        &[
            ("content", Form::Lines),
            ("verdicts", Form::Lines),
            ("outcome", Form::Lines),
        ],
    ),
    Place {
        dated: true,
        ..place("record", &["id"], &[("content", Form::Json)])
    },
    place("customer", &["id"], &[("custom", Form::Json)]),
    place("evidence", &["sha256"], &[("name", Form::Plain)]),
    place(
        "party",
        &["id"],
        &[("name", Form::Plain), ("name_key", Form::Plain), ("code", Form::Plain)],
    ),
    Place {
        dated: true,
        ..place("relation", &["id"], &[("evidence", Form::Plain)])
    },
    place(
        "corporate_group",
        &["id"],
        &[("name", Form::Plain), ("name_key", Form::Plain), ("note", Form::Plain)],
    ),
    place(
        "group_motion",
        &["id"],
        &[("reason", Form::Plain), ("words", Form::Plain)],
    ),
    Place {
        dated: true,
        ..place("group_decision", &["id"], &[("reason", Form::Plain)])
    },
    place(
        "access_permission",
        &["id"],
        &[("purpose", Form::Plain), ("reason", Form::Plain)],
    ),
    place("role_grant", &["id"], &[("reason", Form::Plain)]),
    place("notification", &["id"], &[("args", Form::Json)]),
    place("run", &["id"], &[("name", Form::Plain), ("error", Form::Plain)]),
    place(
        "job",
        &["id"],
        &[("note", Form::Plain), ("result", Form::Plain), ("error", Form::Plain)],
    ),
    place("setting", &["name"], &[("value", Form::Json)]),
    place("erasure", &["id"], &[("reason", Form::Plain), ("words", Form::Plain)]),
    Place {
        dated: true,
        ..place("case_event", &["case_id", "seq"], &[("content", Form::Json)])
    },
    Place {
        dated: true,
        ..place("case_person", &["case_id", "user_id"], &[("reason", Form::Plain)])
    },
    Place {
        dated: true,
        ..place("grade_decision", &["id"], &[("reason", Form::Plain)])
    },
];

/// What passes through: looked at as a whole each time, whoever the erasure is about.
const PASSING: [Place; 2] = [
    place("answer", &["caller", "key"], &[("body", Form::Bytes)]),
    place("outbox", &["id"], &[("payload", Form::Json)]),
];

const fn place(table: &'static str, key: &'static [&'static str], columns: &'static [(&'static str, Form)]) -> Place {
    Place {
        table,
        key,
        columns,
        dated: false,
    }
}

/// So many words are sought in one statement.
const NEEDLES: usize = 40;

impl View {
    /// All texts near something, with words in them. 相关文字
    pub async fn words_near(&self, near: &Near) -> Result<Vec<Words>, Error> {
        let mut found = Vec::new();
        for place in &PLACES {
            // What is structured is taken out by its fields.
            let structured = ["submission_part", "record", "customer", "party", "notification"].contains(&place.table);
            let Some(condition) = condition(place.table, near).filter(|_| !structured) else {
                continue;
            };
            for row in self.rows(&select(place, &condition), Vec::new()).await? {
                for (text, (column, _)) in texts(place, &row)?.into_iter().zip(place.columns) {
                    found.extend(text.filter(|text| !text.is_empty()).map(|text| Words {
                        table: place.table,
                        row: key_text(place, &row).unwrap_or_default(),
                        column,
                        text,
                    }));
                }
            }
        }
        Ok(found)
    }
}

impl Change {
    /// Takes these words out of all texts near something, and out of answers and messages on their way, whoever they are for.
    /// Gives how many rows of which table were rewritten. 删去文字
    pub async fn take_out(&self, words: &[String], near: &Near) -> Result<Vec<(&'static str, u64)>, Error> {
        let mut done = Vec::new();
        let mut words: Vec<String> = words.iter().filter(|word| !word.is_empty()).cloned().collect();
        // The longest first: what is part of another must not break it.
        words.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        words.dedup();
        for place in PLACES.iter().chain(&PASSING) {
            let passing = PASSING.iter().any(|one| one.table == place.table);
            let condition = match passing {
                true => Some("1 = 1".to_owned()),
                false => condition(place.table, near),
            };
            let Some(condition) = condition else { continue };
            let mut rows = 0;
            for piece in words.chunks(NEEDLES) {
                rows += self.take_out_of(place, piece, &condition).await?;
            }
            if rows > 0 {
                done.push((place.table, rows));
            }
        }
        Ok(done)
    }

    async fn take_out_of(&self, place: &Place, words: &[String], condition: &str) -> Result<u64, Error> {
        let (sought, values) = sought(self.is_postgres(), place, words);
        let sql = format!("{} AND ({sought})", select(place, condition));
        let mut done = 0;
        for row in self.rows(&sql, values).await? {
            let mut set = Vec::new();
            for (text, (column, form)) in texts(place, &row)?.into_iter().zip(place.columns) {
                let without = text.as_deref().map(|text| without(text, *form, words));
                if let Some(without) = without.filter(|without| Some(without) != text.as_ref()) {
                    set.push((*column, without, *form));
                }
            }
            if !set.is_empty() {
                done += self.rewrite(place, &row, set).await?;
            }
        }
        Ok(done)
    }

    async fn rewrite(
        &self,
        place: &Place,
        row: &QueryResult,
        set: Vec<(&'static str, String, Form)>,
    ) -> Result<u64, Error> {
        let mut values: Vec<Parameter> = Vec::new();
        let mut names = Vec::new();
        for (column, text, form) in set {
            values.push(match form {
                Form::Bytes => text.into_bytes().put(),
                _ => text.put(),
            });
            names.push(format!("{column} = ${}", values.len()));
        }
        if place.dated {
            values.push(self.at().put());
            names.push(format!("erased_at = ${}", values.len()));
        }
        let mut keys = Vec::new();
        for (at, column) in place.key.iter().enumerate() {
            values.push(match is_text_key(place) {
                true => String::get(row, at)?.put(),
                false => i64::get(row, at)?.put(),
            });
            keys.push(format!("{column} = ${}", values.len()));
        }
        let sql = format!(
            "UPDATE {} SET {} WHERE {}",
            place.table,
            names.join(", "),
            keys.join(" AND ")
        );
        self.run(&sql, values).await
    }
}

/// The rows of a table that are near; `None` where none are.
fn condition(table: &str, near: &Near) -> Option<String> {
    let ends = |party: i64| format!("(from_party = {party} OR to_party = {party})");
    let listed_in = |column: &str, ids: &[SubmissionId]| {
        (!ids.is_empty()).then(|| format!("{column} IN ({})", listed(ids.iter().map(|id| id.0))))
    };
    match (near, table) {
        (Near::Everywhere, "setting") => Some("name LIKE 'conflicts/%'".to_owned()),
        (Near::Everywhere, "job") => Some("state NOT IN ('queued', 'running')".to_owned()),
        (Near::Everywhere, _) => Some("1 = 1".to_owned()),

        (Near::Customer { submissions, .. }, "submission") => listed_in("id", submissions),
        (Near::Customer { submissions, .. }, "evidence") => listed_in("id", submissions)
            .map(|named| format!("sha256 IN (SELECT file FROM submission WHERE {named} AND file IS NOT NULL)")),
        (Near::Customer { id, .. }, "record") => Some(format!(
            "kind IN (SELECT id FROM kind) AND customer = {id} AND content <> ''"
        )),
        (Near::Customer { id, .. }, "customer") => Some(format!("id = {id}")),
        (Near::Customer { party: Some(party), .. }, "relation") => Some(ends(*party)),
        (Near::Customer { id, .. }, "corporate_group") => Some(format!(
            "id IN (SELECT group_id FROM group_member WHERE customer = {id})"
        )),
        (Near::Customer { id, .. }, "group_motion") => Some(moves(*id)),
        (Near::Customer { id, .. }, "group_decision" | "access_permission" | "grade_decision") => {
            Some(format!("customer = {id}"))
        }
        (Near::Customer { id, .. }, "case_event" | "case_person") => {
            Some(format!("case_id IN (SELECT id FROM rating_case WHERE customer = {id})"))
        }

        (Near::Person { party }, "relation") => Some(ends(*party)),
        (Near::Person { party }, "corporate_group") => Some(format!("controller = {party}")),

        (Near::User { id }, "role_grant" | "access_permission") => Some(format!("user_id = {id}")),
        (Near::User { id }, "case_event") => Some(format!(
            "case_id IN (SELECT case_id FROM case_person WHERE user_id = {id})"
        )),
        (Near::User { id }, "case_person") => Some(format!("user_id = {id}")),
        (Near::User { id }, "setting") => Some(format!("name = 'conflicts/{id}'")),
        // What was asked for and what is told is swept whoever it is about.
        (_, "notification" | "erasure") => Some("1 = 1".to_owned()),
        _ => None,
    }
}

/// The condition that a motion moves this customer: its list of numbers holds that one.
pub(crate) fn moves(customer: CustomerId) -> String {
    format!("',' || REPLACE(REPLACE(customers, '[', ''), ']', '') || ',' LIKE '%,{customer},%'")
}

fn select(place: &Place, condition: &str) -> String {
    let columns: Vec<&str> = place.columns.iter().map(|(column, _)| *column).collect();
    format!(
        "SELECT {}, {} FROM {} WHERE {condition}",
        place.key.join(", "),
        columns.join(", "),
        place.table
    )
}

/// The condition that one of the columns holds one of the words.
fn sought(is_postgres: bool, place: &Place, words: &[String]) -> (String, Vec<Parameter>) {
    let bytes = place.columns.iter().any(|(_, form)| *form == Form::Bytes);
    let mut values = Vec::new();
    let mut any = Vec::new();
    for word in words {
        // In JSON quotation marks and the like are written otherwise.
        let escaped = Value::from(word.as_str()).to_string();
        let escaped = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or(word);
        let spellings = if escaped == word {
            vec![word.as_str()]
        } else {
            vec![word.as_str(), escaped]
        };
        for spelling in spellings {
            values.push(if bytes {
                spelling.as_bytes().to_vec().put()
            } else {
                spelling.put()
            });
            let at = values.len();
            any.extend(place.columns.iter().map(|(column, _)| match (is_postgres, bytes) {
                (true, true) => format!("position(${at} IN {column}) > 0"),
                (true, false) => format!("strpos({column}, ${at}) > 0"),
                (false, _) => format!("instr({column}, ${at}) > 0"),
            }));
        }
    }
    (any.join(" OR "), values)
}

/// The texts of a row, in the order of the columns.
fn texts(place: &Place, row: &QueryResult) -> Result<Vec<Option<String>>, Error> {
    let columns = place.columns.iter().enumerate();
    columns
        .map(|(at, (_, form))| {
            let at = at + place.key.len();
            Ok(match form {
                Form::Bytes => Option::<Vec<u8>>::get(row, at)?.and_then(|bytes| String::from_utf8(bytes).ok()),
                _ => Option::<String>::get(row, at)?,
            })
        })
        .collect()
}

fn is_text_key(place: &Place) -> bool {
    ["evidence", "setting", "answer"].contains(&place.table)
}

fn key_text(place: &Place, row: &QueryResult) -> Result<String, Error> {
    let parts = place.key.iter().enumerate().map(|(at, _)| match is_text_key(place) {
        true => String::get(row, at),
        false => i64::get(row, at).map(|id| id.to_string()),
    });
    Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
}

/// A text with [`ERASED`] in place of each of these words. 删去
pub fn without_words(text: &str, words: &[String]) -> String {
    without(text, Form::Plain, words)
}

/// A JSON value with [`ERASED`] in place of these words in its texts; names of fields stay. 删去
pub fn value_without_words(value: &mut Value, words: &[String]) {
    match value {
        Value::String(text) => *text = without(text, Form::Plain, words),
        Value::Array(list) => list.iter_mut().for_each(|one| value_without_words(one, words)),
        Value::Object(map) => map.values_mut().for_each(|one| value_without_words(one, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without(text: &str, form: Form, words: &[String]) -> String {
    let plain = |text: &str| {
        words
            .iter()
            .fold(text.to_owned(), |text, word| text.replace(word.as_str(), ERASED))
    };
    let json = |text: &str| match serde_json::from_str::<Value>(text) {
        Ok(mut value) => {
            value_without_words(&mut value, words);
            value.to_string()
        }
        Err(_) => plain(text),
    };
    match form {
        Form::Plain => plain(text),
        Form::Json | Form::Bytes => json(text),
        Form::Lines => {
            let lines = text.split('\n').map(|line| match line.strip_suffix(',') {
                _ if matches!(line, "[" | "]" | "") => line.to_owned(),
                Some(element) => json(element) + ",",
                None => json(line),
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn words_go_and_what_holds_them_stays_readable() {
        let words = ["张三\"丰".to_owned(), "13800000000".to_owned(), "张三".to_owned()];
        let check = |text: &str, form: Form, wanted: &str| assert_eq!(without(text, form, &words), wanted, "{text}");
        check("张三说", Form::Plain, "[erased]说");
        check(
            r#"{"张三":"张三\"丰 13800000000","n":13800000000}"#,
            Form::Json,
            r#"{"张三":"[erased] [erased]","n":13800000000}"#,
        );
        check(
            "[\n{\"v\":\"张三\"},\n[\"x,\"]\n]",
            Form::Lines,
            "[\n{\"v\":\"[erased]\"},\n[\"x,\"]\n]",
        );
        check("not json 张三", Form::Json, "not json [erased]");
    }

    #[test]
    fn every_table_with_words_has_its_condition_everywhere() {
        for place in &PLACES {
            assert!(condition(place.table, &Near::Everywhere).is_some(), "{}", place.table);
        }
    }
}
