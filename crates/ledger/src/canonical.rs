//! The one byte form of a value: what is hashed, and what stands in an exported ledger. 规范字节形式
//!
//! JSON in UTF-8, no spaces, keys ascending by their bytes and each only once, numbers whole and within 64 signed bits.
//! In texts `"` and `\` and the characters below U+0020 are escaped, in the shortest way; nothing else is.

use serde_json::{Map, Value};

use crate::Error;

/// How deep lists and objects may stand in each other.
pub(crate) const DEEPEST: usize = 64;

/// The canonical bytes of a value. 规范编码
///
/// Refuses doubles and whole numbers beyond 64 signed bits: [`exact`] writes them as text.
pub fn encode(value: &Value) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(256);
    write(value, 0, &mut bytes)?;
    Ok(bytes)
}

/// Reads canonical bytes; anything that is not the canonical form of what it says is refused. 规范解码
pub fn read(bytes: &[u8]) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| Error::NotJson { column: error.column() })?;
    if encode(&value)? != bytes {
        return Err(Error::NotCanonical);
    }
    Ok(value)
}

/// The same value with each number that has no canonical form as text, written as JSON writes it. 精确值
pub fn exact(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() => Value::String(number.to_string()),
        Value::Array(items) => Value::Array(items.into_iter().map(exact).collect()),
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, exact(value))).collect()),
        other => other,
    }
}

fn write(value: &Value, depth: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
    if depth > DEEPEST {
        return Err(Error::TooDeep { most: DEEPEST });
    }
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => bytes.extend_from_slice(whole.to_string().as_bytes()),
            None => {
                return Err(Error::NumberNotWhole {
                    number: number.to_string(),
                });
            }
        },
        Value::String(text) => write_text(text, bytes),
        Value::Array(items) => {
            bytes.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                write(item, depth + 1, bytes)?;
            }
            bytes.push(b']');
        }
        Value::Object(map) => write_object(map, depth, bytes)?,
    }
    Ok(())
}

fn write_object(map: &Map<String, Value>, depth: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let mut fields: Vec<(&String, &Value)> = map.iter().collect();
    fields.sort_unstable_by_key(|(key, _)| *key);
    bytes.push(b'{');
    for (index, (key, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        write_text(key, bytes);
        bytes.push(b':');
        write(value, depth + 1, bytes)?;
    }
    bytes.push(b'}');
    Ok(())
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => bytes.extend_from_slice(br#"\""#),
            b'\\' => bytes.extend_from_slice(br"\\"),
            0x08 => bytes.extend_from_slice(br"\b"),
            0x09 => bytes.extend_from_slice(br"\t"),
            0x0a => bytes.extend_from_slice(br"\n"),
            0x0c => bytes.extend_from_slice(br"\f"),
            0x0d => bytes.extend_from_slice(br"\r"),
            0x00..=0x1f => bytes.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => bytes.push(byte),
        }
    }
    bytes.push(b'"');
}
