//! Record kinds in TOML. 记录种类文件

use std::sync::OnceLock;

use pinji_domain::{Field, FieldType, Kind, Kinds, Message, Text};
use toml::de::DeTable;

use crate::finding::Finding;
use crate::parse::fields::{Fields, Source, Value};
use crate::parse::measures::decimals;
use crate::places::Places;

const SHIPPED: &str = include_str!("../kinds/shipped.toml");

/// The kinds that ship with Pinji (`crates/policy/kinds/shipped.toml`, built in).
pub fn shipped() -> Kinds {
    static KINDS: OnceLock<Kinds> = OnceLock::new();
    KINDS
        .get_or_init(|| read("shipped.toml", SHIPPED, Kinds::default()).0)
        .clone()
}

/// Reads a file of record kinds on top of `base`: a new id is a new kind, a known one gains or replaces fields.
pub fn read(file: &str, text: &str, base: Kinds) -> (Kinds, Vec<Finding>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let source = Source::new(file, text, Places::default());
    for error in &errors {
        source.error(
            error.span().unwrap_or(0..0),
            Message::new("policy-toml").with("says", error.message()),
        );
    }
    let mut kinds = base;
    if errors.is_empty() {
        let top = Fields::new(&source, table.get_ref(), String::new(), 0..0);
        declared(&top, &mut kinds);
        top.done();
    }
    (kinds, source.into_parts().0)
}

/// Reads `[kind.*]` of any file.
pub(crate) fn declared(top: &Fields<'_>, kinds: &mut Kinds) {
    for (id, value) in top.named("kind", kinds.kinds.len()) {
        let Some(fields) = value.fields() else { continue };
        let position = kinds.kinds.iter().position(|kind| kind.id == id);
        let known = position.and_then(|position| kinds.kinds.get(position)).cloned();
        let read = kind(&fields, id, known);
        fields.done();
        match position.and_then(|position| kinds.kinds.get_mut(position)) {
            Some(kind) => *kind = read,
            None => kinds.kinds.push(read),
        }
    }
}

/// One kind: what is declared, on top of what was known of it.
fn kind(fields: &Fields<'_>, id: String, known: Option<Kind>) -> Kind {
    let is_new = known.is_none();
    let mut kind = known.unwrap_or_else(|| Kind {
        id,
        name: Text::default(),
        aliases: Vec::new(),
        fields: Vec::new(),
        subject: String::new(),
        key: Vec::new(),
        date: None,
        known: None,
        currency: None,
    });
    let name = if is_new {
        fields.need("name")
    } else {
        fields.get("name")
    };
    if let Some(name) = name.and_then(|value| value.text()) {
        kind.name = name;
    }
    kind.aliases.extend(fields.strings("aliases").unwrap_or_default());
    let mut named: Vec<(Value<'_>, String)> = Vec::new();
    let mut role = |key: &'static str| {
        let value = fields.get(key)?;
        let field = value.string()?;
        named.push((value, field.clone()));
        Some(field)
    };
    let subject = role("subject");
    let (date, seen, currency) = (role("date"), role("known"), role("currency"));
    if is_new && subject.is_none() {
        fields.source.error(
            fields.span.clone(),
            Message::new("policy-key-missing").with("key", "subject"),
        );
    }
    kind.subject = subject.unwrap_or(kind.subject);
    kind.date = date.or(kind.date);
    kind.known = seen.or(kind.known);
    kind.currency = currency.or(kind.currency);
    if let Some(key) = fields.get("key") {
        kind.key = key.strings().unwrap_or_default();
        named.extend(kind.key.iter().map(|field| (key.clone(), field.clone())));
    }
    for value in fields.get("field").and_then(|value| value.list()).unwrap_or_default() {
        let Some(row) = value.fields() else { continue };
        let read = field(&row);
        row.done();
        let Some(read) = read else { continue };
        match kind.fields.iter_mut().find(|known| known.id == read.id) {
            Some(known) => *known = read,
            None => kind.fields.push(read),
        }
    }
    for (value, field) in named {
        if kind.field(&field).is_none() {
            let message = Message::new("policy-field-unknown")
                .with("field", field)
                .with("kind", kind.id.as_str());
            value.error(message);
        }
    }
    kind
}

fn field(row: &Fields<'_>) -> Option<Field> {
    let id = row.need("id").and_then(|value| value.string());
    let word = row.need("type").and_then(|value| value.word(&TYPES));
    let decimals = row.get("decimals").and_then(decimals);
    let options = row.get("options");
    let ty = match word.unwrap_or(Word::Text) {
        Word::Text => FieldType::Text,
        Word::Choice => FieldType::Choice(choices(row, options)),
        Word::Integer => FieldType::Integer,
        Word::Decimal => FieldType::Decimal(decimals.unwrap_or(2)),
        Word::Money => FieldType::Money(decimals.unwrap_or(2)),
        Word::Number => FieldType::Number,
        Word::Date => FieldType::Date,
        Word::Flag => FieldType::Flag,
    };
    let unit = match row.get("unit") {
        // A unit that is the same in each language, such as `%`, may be written once.
        Some(value) => match value.as_str() {
            Some(unit) => Text::new(unit, unit),
            None => value.text().unwrap_or_default(),
        },
        None => Text::default(),
    };
    let label = row.need("label").and_then(|value| value.text()).unwrap_or_default();
    let aliases = row.strings("aliases").unwrap_or_default();
    let required = row.flag("required").unwrap_or(false);
    let personal = row.flag("personal").unwrap_or(false);
    Some(Field {
        id: id?,
        ty,
        unit,
        label,
        aliases,
        required,
        personal,
    })
}

#[derive(Clone, Copy)]
enum Word {
    Text,
    Choice,
    Integer,
    Decimal,
    Money,
    Number,
    Date,
    Flag,
}

const TYPES: [(&str, Word); 8] = [
    ("text", Word::Text),
    ("choice", Word::Choice),
    ("integer", Word::Integer),
    ("decimal", Word::Decimal),
    ("money", Word::Money),
    ("number", Word::Number),
    ("date", Word::Date),
    ("flag", Word::Flag),
];

fn choices(row: &Fields<'_>, options: Option<Value<'_>>) -> Vec<(String, Text)> {
    let Some(options) = options else {
        row.source.error(
            row.span.clone(),
            Message::new("policy-key-missing").with("key", "options"),
        );
        return Vec::new();
    };
    let mut choices = Vec::new();
    for value in options.list().unwrap_or_default() {
        let Some(option) = value.fields() else { continue };
        let id = option.need("id").and_then(|value| value.string());
        let text = Text::new(
            option.string("zh").unwrap_or_default(),
            option.string("en").unwrap_or_default(),
        );
        option.done();
        choices.extend(id.map(|id| (id, text)));
    }
    choices
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use super::*;

    #[test]
    fn the_shipped_kinds_read_without_findings() {
        let (kinds, findings) = read("shipped.toml", SHIPPED, Kinds::default());
        assert_eq!(findings, Vec::new());
        let ids: Vec<&str> = kinds.kinds.iter().map(|kind| kind.id.as_str()).collect();
        for id in [
            "customer",
            "ownership",
            "financial_statement",
            "transaction",
            "assessment",
        ] {
            assert!(ids.contains(&id), "{id} in {ids:?}");
        }
    }

    #[test]
    fn a_company_adds_fields_and_kinds() {
        let text = r#"
[kind.transaction]
[[kind.transaction.field]]
id = "shop"
type = "text"
label = { zh = "门店", en = "Shop" }

[kind.visit]
name = { zh = "拜访", en = "Visit" }
subject = "customer"
date = "day"
[[kind.visit.field]]
id = "customer"
type = "text"
label = { zh = "客户", en = "Customer" }
[[kind.visit.field]]
id = "day"
type = "date"
label = { zh = "日期", en = "Day" }
[[kind.visit.field]]
id = "mood"
type = "choice"
label = { zh = "气氛", en = "Mood" }
options = [{ id = "good", zh = "好", en = "Good" }]
"#;
        let (kinds, findings) = read("own.toml", text, shipped());
        assert_eq!(findings, Vec::new());
        assert!(kinds.get("transaction").unwrap().field("shop").is_some());
        assert!(kinds.get("transaction").unwrap().field("amount").is_some());
        let visit = kinds.get("visit").unwrap();
        assert_eq!(visit.date.as_deref(), Some("day"));
        assert!(matches!(&visit.field("mood").unwrap().ty, FieldType::Choice(options) if options.len() == 1));
    }
}
