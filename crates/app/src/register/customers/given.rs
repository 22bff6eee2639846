//! What somebody gives about a customer, checked before anything is written. 客户输入校验

use pinji_domain::{FieldType, Kinds, Message};
use serde_json::{Map, Value};

use super::super::Wrong;
use super::super::users::line;

/// The longest of a customer's own texts.
const LONGEST_TEXT: usize = 2_000;
/// So many own fields, and so many characters of them in all.
const MOST_FIELDS: usize = 100;
const MOST_CUSTOM: usize = 16_384;
/// So many aliases.
const MOST_ALIASES: usize = 20;

/// The number of a customer: what an address can carry without doubt. 客户编号
pub(super) fn code(text: &str, wrong: &mut Vec<Wrong>) -> String {
    let code = text.trim().to_owned();
    let plain = |ch: char| ch.is_alphanumeric() || "-_.".contains(ch);
    let length = code.chars().count();
    // A name of ours in that place could never be read back.
    let taken = code.to_ascii_lowercase().starts_with("export.");
    if length == 0 || length > 64 || !code.chars().all(plain) || code.starts_with('.') || taken {
        wrong.push(Wrong::at("/code", Message::new("app-customer-code-form")));
    }
    code
}

/// A unified social credit code, its check character verified. 统一社会信用代码
pub(super) fn uscc(text: &str, wrong: &mut Vec<Wrong>) -> Option<String> {
    match pinji_connectors::credit_code(text) {
        Ok(code) => Some(code),
        Err(says) => {
            wrong.push(Wrong::at("/uscc", says));
            None
        }
    }
}

/// Industry, region or size; where the office's kind of customers has a closed list of them, one of that. 行业、地区、规模
pub(super) fn class(kinds: &Kinds, field: &str, text: &str, wrong: &mut Vec<Wrong>) -> String {
    let pointer = format!("/{field}");
    let text = line(&pointer, text, 100, wrong);
    let declared = kinds.get("customer").and_then(|kind| kind.field(field));
    if let Some(FieldType::Choice(options)) = declared.map(|field| &field.ty)
        && !options.iter().any(|(id, _)| *id == text)
    {
        let known: Vec<&str> = options.iter().map(|(id, _)| id.as_str()).collect();
        let says = Message::new("app-customer-choice")
            .with("value", text.as_str())
            .with("known", known.join(", "));
        wrong.push(Wrong::at(pointer, says));
    }
    text
}

/// A customer's own fields with these changes: a null takes one away. 自定义字段
pub(super) fn custom(old: Map<String, Value>, given: Map<String, Value>, wrong: &mut Vec<Wrong>) -> Map<String, Value> {
    let mut custom = old;
    for (name, value) in given {
        let pointer = format!("/custom/{}", name.replace('~', "~0").replace('/', "~1"));
        let mut letters = name.chars();
        let begins = letters.next().is_some_and(|first| first.is_ascii_lowercase());
        let plain = letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        if !begins || !plain || name.len() > 64 {
            wrong.push(Wrong::at(pointer, Message::new("app-custom-name").with("name", name)));
            continue;
        }
        if !fits(&name, &value) {
            let code = if name == "aliases" {
                "app-custom-aliases"
            } else {
                "app-custom-value"
            };
            wrong.push(Wrong::at(pointer, Message::new(code).with("most", LONGEST_TEXT)));
            continue;
        }
        match value {
            Value::Null => drop(custom.remove(&name)),
            value => drop(custom.insert(name, value)),
        }
    }
    let size = Value::Object(custom.clone()).to_string().chars().count();
    if custom.len() > MOST_FIELDS || size > MOST_CUSTOM {
        let says = Message::new("app-custom-too-much")
            .with("fields", MOST_FIELDS)
            .with("most", MOST_CUSTOM);
        wrong.push(Wrong::at("/custom", says));
    }
    custom
}

fn fits(name: &str, value: &Value) -> bool {
    let text = |value: &Value, most: usize| {
        let text = value.as_str();
        text.is_some_and(|text| text.chars().count() <= most && !text.contains('\0'))
    };
    match value {
        Value::Null => true,
        Value::Array(list) if name == "aliases" => {
            list.len() <= MOST_ALIASES && list.iter().all(|alias| text(alias, 200) && alias != "")
        }
        _ if name == "aliases" => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(_) => text(value, LONGEST_TEXT),
        Value::Array(_) | Value::Object(_) => false,
    }
}
