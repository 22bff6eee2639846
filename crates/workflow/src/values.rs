//! Values of a record as they travel, and what it means that two are the same. 记录值
//!
//! A record is a map from field id to value: integers, money and decimals as whole numbers at the field's scale, numbers as
//! doubles, texts and choices as texts, dates as `YYYY-MM-DD`, flags as truth values. What is missing is not there; a null
//! counts as missing.

use pinji_domain::{Date, FieldType, Kind, date};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The values of one record, by field id. 记录值
pub type Values = serde_json::Map<String, Value>;

/// What stands between the values of a key text.
pub const SEPARATOR: char = '\u{1F}';
/// What stands before a separator that belongs to a value itself.
const ESCAPE: char = '\u{1B}';

/// A value that is there: neither absent nor null.
pub fn present<'v>(values: &'v Values, field: &str) -> Option<&'v Value> {
    values.get(field).filter(|value| !value.is_null())
}

/// A value as text, the same for the same value. 值的文本
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(units), _) => units.to_string(),
            // 3.0 and -0.0 are the numbers 3 and 0, whoever wrote them.
            (None, Some(double)) => (double + 0.0).to_string(),
            (None, None) => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// Whether two values, or their absence, are the same.
pub fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let filled = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(text);
    filled(one) == filled(other)
}

/// The exact number under a field, in units of its scale.
pub fn units(values: &Values, field: &str) -> Option<i128> {
    present(values, field)?.as_i64().map(i128::from)
}

/// The date under a field.
pub fn day(values: &Values, field: &str) -> Option<Date> {
    date::parse(present(values, field)?.as_str()?)
}

/// The day that a row belongs to: its period's end; `None` for standing facts. 记录日期
pub fn date_of(kind: &Kind, values: &Values) -> Option<Date> {
    day(values, kind.date.as_deref()?)
}

/// The customer's own number in a row.
pub fn customer_of(kind: &Kind, values: &Values) -> Option<String> {
    present(values, &kind.subject)
        .map(text)
        .filter(|customer| !customer.is_empty())
}

/// The values of the key fields, joined by U+001F; empty for a ledger. 键文本
///
/// A value that itself holds U+001F has U+001B put before it, so that two keys never meet by accident.
pub fn key_text(kind: &Kind, values: &Values) -> String {
    joined(kind.key.iter().map(String::as_str), values)
}

/// The same of the fields that make a series: annual statements are one, monthly ones another. 序列
pub fn series_text(kind: &Kind, values: &Values) -> String {
    joined(kind.series(), values)
}

fn joined<'f>(fields: impl Iterator<Item = &'f str>, values: &Values) -> String {
    let mut out = String::new();
    for (at, field) in fields.enumerate() {
        if at > 0 {
            out.push(SEPARATOR);
        }
        for character in present(values, field).map(text).unwrap_or_default().chars() {
            if matches!(character, SEPARATOR | ESCAPE) {
                out.push(ESCAPE);
            }
            out.push(character);
        }
    }
    out
}

/// SHA-256 of one row, whatever the order of its fields. 行哈希
pub fn row_hash(kind: &Kind, values: &Values) -> [u8; 32] {
    let mut filled: Vec<(&String, &Value)> = values.iter().filter(|(_, value)| !value.is_null()).collect();
    filled.sort_by_key(|(field, _)| *field);
    let mut hasher = Sha256::new();
    put(&mut hasher, kind.id.as_bytes());
    for (field, value) in filled {
        put(&mut hasher, field.as_bytes());
        put(&mut hasher, text(value).as_bytes());
    }
    hasher.finalize().into()
}

/// Bytes with their length before them, so that no two lists of bytes run together.
pub(crate) fn put(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

/// A value as a reader sees it: decimals where they belong. 展示
pub fn shown(ty: &FieldType, value: &Value) -> String {
    match (ty.scale(), value.as_i64()) {
        (Some(scale), Some(units)) => pinji_domain::number::grouped(units, scale),
        _ => text(value),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Values {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn the_same_value_has_the_same_text() {
        let check = |one: Value, other: Value, is: bool| {
            assert_eq!(same(Some(&one), Some(&other)), is, "{one} {other}");
        };
        check(json!(1), json!(1), true);
        check(json!(1), json!(1.0), true);
        check(json!(0.0), json!(-0.0), true);
        check(json!(0.1), json!(0.1), true);
        check(json!("a"), json!("a "), false);
        check(json!(true), json!(false), false);
        check(json!(1), json!(2), false);
        assert!(same(None, Some(&Value::Null)));
        assert!(!same(None, Some(&json!(""))));
    }

    #[test]
    fn keys_do_not_meet_by_accident() {
        let kind = crate::suspect::testing::kind(&["a", "b"]);
        let key = |a: &str, b: &str| key_text(&kind, &map(json!({ "a": a, "b": b })));
        assert_eq!(key("x", "y"), "x\u{1F}y");
        assert_ne!(key("x\u{1F}", "y"), key("x", "\u{1F}y"));
        assert_ne!(key("x\u{1B}", "y"), key("x", "y"));
        assert_eq!(key_text(&kind, &map(json!({ "a": "x" }))), "x\u{1F}");
    }

    #[test]
    fn a_row_is_hashed_whatever_the_order_of_its_fields() {
        let kind = crate::suspect::testing::kind(&["a"]);
        let one = row_hash(&kind, &map(json!({ "a": "x", "n": 1, "gone": null })));
        assert_eq!(one, row_hash(&kind, &map(json!({ "n": 1, "a": "x" }))));
        assert_ne!(one, row_hash(&kind, &map(json!({ "n": "x", "a": 1 }))));
        assert_ne!(one, row_hash(&kind, &map(json!({ "n": 1, "a": "x", "b": "" }))));
    }
}
