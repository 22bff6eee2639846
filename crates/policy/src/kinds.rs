//! Record kinds in TOML. 记录种类文件

use std::sync::OnceLock;

use pinji_domain::{Field, FieldType, Kind, Kinds, Message, Text};
use toml::de::DeTable;

use crate::compile::CONSOLIDATED;
use crate::finding::Finding;
use crate::parse::fields::{Fields, Source, Value};
use crate::parse::measures::decimals;
use crate::places::Places;

mod office;

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
        scope: None,
        office: pinji_domain::OfficeTerms::default(),
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
    let (date, seen, currency, scope) = (role("date"), role("known"), role("currency"), role("scope"));
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
    kind.scope = scope.or(kind.scope);
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
    if let Some((value, field)) = fields.get("scope").zip(kind.scope.as_ref()) {
        let told = |field: &Field| matches!(&field.ty, FieldType::Choice(options) if options.iter().any(|(id, _)| id == CONSOLIDATED));
        if kind.field(field).is_some_and(|field| !told(field)) {
            let message = Message::new("policy-scope-options").with("field", field.as_str());
            value.error(message.with("option", CONSOLIDATED));
        }
    }
    if let Some(row) = fields.fields("office") {
        kind.office = office::read(&row, &kind);
        row.done();
    }
    kind
}

fn field(row: &Fields<'_>) -> Option<Field> {
    let id = row.need("id").and_then(|value| value.string());
    let word = row.need("type").and_then(|value| value.word(&TYPES));
    let decimals = row.get("decimals").and_then(decimals);
    let options = row.get("options");
    let mut words = Vec::new();
    let ty = match word.unwrap_or(Word::Text) {
        Word::Text => FieldType::Text,
        Word::Choice => FieldType::Choice(choices(row, options, &mut words)),
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
        words,
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

fn choices(row: &Fields<'_>, options: Option<Value<'_>>, words: &mut Vec<(String, String)>) -> Vec<(String, Text)> {
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
        let aliases = option.strings("aliases").unwrap_or_default();
        option.done();
        words.extend(
            id.iter()
                .flat_map(|id| aliases.iter().map(|word| (word.clone(), id.clone()))),
        );
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

    use pinji_domain::office::Sign;
    use pinji_domain::{Channel, Decimal, Period};

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
options = [{ id = "good", zh = "好", en = "Good", aliases = ["不错"] }]
"#;
        let (kinds, findings) = read("own.toml", text, shipped());
        assert_eq!(findings, Vec::new());
        assert!(kinds.get("transaction").unwrap().field("shop").is_some());
        assert!(kinds.get("transaction").unwrap().field("amount").is_some());
        let visit = kinds.get("visit").unwrap();
        assert_eq!(visit.date.as_deref(), Some("day"));
        assert!(matches!(&visit.field("mood").unwrap().ty, FieldType::Choice(options) if options.len() == 1));
        assert_eq!(
            visit.field("mood").unwrap().words,
            [("不错".to_owned(), "good".to_owned())]
        );
    }

    #[test]
    fn the_office_part_of_the_shipped_kinds() {
        let kinds = shipped();
        let statement = kinds.get("financial_statement").unwrap();
        let balance = &statement.office.identities[0];
        assert_eq!(balance.id, "balance");
        assert_eq!((balance.left.len(), balance.right.len()), (1, 2));
        assert_eq!(statement.series().collect::<Vec<_>>(), ["period_type"]);
        assert!(statement.watched().any(|field| field.id == "revenue"));
        for kind in &kinds.kinds {
            let terms = &kind.office;
            assert!(
                terms.key_fields.is_empty() || !terms.notify.is_empty(),
                "{} tells nobody",
                kind.id
            );
            let due = terms.general.fresh.is_some() || terms.general.every.is_some();
            assert!(
                due || kind.is_ledger() || !kind.is_periodic(),
                "{} is never due",
                kind.id
            );
            // A feed is trusted where the company says so, not where we do.
            assert!(
                terms.channels.iter().all(|(_, own)| own.sample.is_none()),
                "{}",
                kind.id
            );
        }
        assert_eq!(kinds.get("transaction").unwrap().watched().count(), 0);
        assert!(kinds.get("customer").unwrap().office.duplicate.is_some());
    }

    #[test]
    fn a_company_changes_the_office_part() {
        let text = r#"
[kind.financial_statement.office]
key_fields = ["net_profit", { field = "revenue", change = 0.3 }]
notify = ["credit"]
every = "1 month"
[kind.financial_statement.office.channel.crm]
every = "1 day"
sample = 0.05
[[kind.financial_statement.office.identity]]
id = "gross"
says = "operating_profit <= revenue - operating_cost"
name = { zh = "营业利润不超过毛利", en = "Operating profit within gross profit" }
within = 1
"#;
        let (kinds, findings) = read("own.toml", text, shipped());
        assert_eq!(findings, Vec::new());
        let terms = &kinds.get("financial_statement").unwrap().office;
        assert_eq!(terms.notify, ["credit"]);
        assert_eq!(terms.key_fields.len(), 2);
        assert_eq!(terms.of(Channel::Crm).every, Period::parse("1 day"));
        assert_eq!(terms.of(Channel::Api).every, Period::parse("1 month"));
        assert_eq!(terms.of(Channel::Crm).sample, Decimal::parse("0.05"));
        assert!(terms.of(Channel::Crm).fresh.is_some(), "what is not said stays");
        let gross = terms.identities.iter().find(|identity| identity.id == "gross").unwrap();
        assert_eq!(gross.right.last().map(|term| term.sign), Some(Sign::Minus));
        assert!(terms.identities.iter().any(|identity| identity.id == "balance"));
    }

    #[test]
    fn slips_in_the_office_part_are_found() {
        let check = |lines: &str, expected: &[&str]| {
            let text = format!("[kind.financial_statement.office]\nnotify = [\"risk\"]\n{lines}\n");
            let (_, findings) = read("own.toml", &text, shipped());
            let codes: Vec<&str> = findings.iter().map(|finding| finding.message.code).collect();
            assert_eq!(codes, expected, "{lines}");
        };
        check("key_fields = [\"revenu\"]", &["policy-field-unknown"]);
        check(
            "key_fields = [{ field = \"period_type\", change = 0.1 }]",
            &["policy-office-field-type"],
        );
        check(
            "key_fields = [{ field = \"revenue\", change = 0 }]",
            &["policy-office-above-zero"],
        );
        check("notifies = []", &["policy-key-unknown"]);
        check("watch = [\"period_end\"]", &["policy-office-field-type"]);
        check("not_future = [\"revenue\"]", &["policy-office-field-type"]);
        check("fresh = \"a while\"", &["policy-wrong-type"]);
        check("channel.fax.every = \"1 day\"", &["policy-word-unknown"]);
        check("channel.form.sample = 0.1", &["policy-office-sample-channel"]);
        check("channel.api.sample = 1.5", &["policy-office-share-range"]);
        check("channel.api.sample = 0", &["policy-office-share-range"]);
        check(
            "period = { every = \"1 month\", by = \"period_type\" }",
            &["policy-office-period-form"],
        );
        check(
            "period = { by = \"period_type\", steps = { anual = \"1 year\" } }",
            &["policy-office-option-unknown"],
        );
        check("period = { from = \"period_end\" }", &["policy-office-period-form"]);
        check(
            "duplicate = { name = \"currency\", likeness = 2 }",
            &["policy-office-share-range"],
        );
        let identity = |says: &str| {
            format!("identity = [{{ id = \"x\", name = {{ zh = \"甲\", en = \"A\" }}, says = \"{says}\" }}]")
        };
        check(&identity("cash <= current_assets"), &[]);
        check(&identity("cash"), &["policy-office-identity-form"]);
        check(&identity("cash = 1.5"), &["policy-office-identity-form"]);
        check(&identity("cash + = equity"), &["policy-office-identity-form"]);
        check(&identity("cash = period_type"), &["policy-office-field-type"]);
        check(&identity("cash = nothing"), &["policy-field-unknown"]);
        check(
            "identity = [{ id = \"x\", says = \"cash = equity\", name = { zh = \"甲\", en = \"A\" }, within = -1 }]",
            &["policy-office-negative"],
        );
        let text = "[kind.market_signal.office]\nkey_fields = [\"signal\"]\nnotify = []\n";
        let (_, findings) = read("own.toml", text, shipped());
        assert_eq!(findings[0].message.code, "policy-office-nobody-told");
    }
}
