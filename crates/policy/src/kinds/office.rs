//! `[kind.NAME.office]`: whom a change concerns, what must add up, how often it is due. 办公约定

use pinji_domain::kind::Field;
use pinji_domain::office::{
    Channel, ChannelTerms, DuplicateRule, Identity, KeyField, OfficeTerms, PeriodRule, Relation, Sign, Term,
};
use pinji_domain::{Decimal, FieldType, Kind, Message};

use crate::finding::Severity;
use crate::parse::fields::{Fields, Value};
use crate::suggest::nearest;

const CHANNELS: [(&str, Channel); 5] = [
    ("form", Channel::Form),
    ("workbook", Channel::Workbook),
    ("api", Channel::Api),
    ("crm", Channel::Crm),
    ("folder", Channel::Folder),
];

/// From which likeness of names on two customers are pointed out, where the kind does not say.
const LIKENESS: Decimal = Decimal { units: 9, scale: 1 };

/// Reads the office's part on top of what was known; `kind` has all its fields already.
pub(super) fn read(fields: &Fields<'_>, kind: &Kind) -> OfficeTerms {
    let mut terms = kind.office.clone();
    if let Some(value) = fields.get("key_fields") {
        terms.key_fields = key_fields(&value, kind);
    }
    terms.notify = fields.strings("notify").unwrap_or(terms.notify);
    if let Some(value) = fields.get("watch") {
        terms.watch = Some(names(&value, kind, Wanted::Number));
    }
    if let Some(value) = fields.get("not_future") {
        terms.not_future = names(&value, kind, Wanted::Date);
    }
    for value in list(fields, "identity") {
        let Some(read) = value.fields().and_then(|row| identity(row, kind)) else {
            continue;
        };
        match terms.identities.iter_mut().find(|known| known.id == read.id) {
            Some(known) => *known = read,
            None => terms.identities.push(read),
        }
    }
    if let Some(row) = fields.fields("period") {
        terms.period = period(row, kind).or(terms.period);
    }
    if let Some(row) = fields.fields("duplicate") {
        terms.duplicate = Some(duplicate(row, kind));
    }
    terms.general.fresh = fields.period("fresh").or(terms.general.fresh);
    terms.general.every = fields.period("every").or(terms.general.every);
    if let Some(channels) = fields.fields("channel") {
        for (name, span, value) in channels.entries() {
            match CHANNELS.iter().find(|(known, _)| *known == name) {
                Some((_, of)) => channel(&mut terms, *of, &value),
                None => unknown_channel(fields, span, name),
            }
        }
    }
    if !terms.key_fields.is_empty() && terms.notify.is_empty() {
        let help = Message::new("policy-office-nobody-told-help");
        let message = Message::new("policy-office-nobody-told").with("kind", kind.id.as_str());
        fields
            .source
            .report(Severity::Warning, fields.span.clone(), message, Some(help));
    }
    terms
}

fn list<'s>(fields: &Fields<'s>, key: &'static str) -> Vec<Value<'s>> {
    fields.get(key).and_then(|value| value.list()).unwrap_or_default()
}

/// `"field"`, or `{ field = "…", change = 0.2 }`.
fn key_fields(value: &Value<'_>, kind: &Kind) -> Vec<KeyField> {
    let mut all = Vec::new();
    for item in value.list().unwrap_or_default() {
        if !item.is_table() {
            let field = item
                .string()
                .filter(|id| is(&item, kind, id, Wanted::Any))
                .map(|field| KeyField { field, change: None });
            all.extend(field);
            continue;
        }
        let Some(row) = item.fields() else { continue };
        let id = row
            .need("field")
            .and_then(|value| Some((value.string()?, value)))
            .filter(|(id, value)| is(value, kind, id, Wanted::Number));
        let change = row.get("change").and_then(|value| above_zero(&value, None));
        row.done();
        all.extend(id.map(|(field, _)| KeyField { field, change }));
    }
    all
}

/// `says = "total_assets = total_liabilities + equity"`, and how far the sides may differ.
fn identity(row: Fields<'_>, kind: &Kind) -> Option<Identity> {
    let id = row.need("id").and_then(|value| value.string());
    let says = row.need("says");
    let name = row.need("name").and_then(|value| value.text()).unwrap_or_default();
    let zero = Decimal { units: 0, scale: 0 };
    let allowance = |value: Option<Value<'_>>| {
        value.map_or(zero, |value| match value.decimal() {
            Some(decimal) if decimal.units < 0 => {
                value.error(Message::new("policy-office-negative"));
                zero
            }
            other => other.unwrap_or(zero),
        })
    };
    let (within, within_share) = (allowance(row.get("within")), allowance(row.get("within_share")));
    row.done();
    let says = says?;
    let text = says.string()?;
    let Some((left, relation, right)) = sides(&text) else {
        says.error(Message::new("policy-office-identity-form").with("says", text));
        return None;
    };
    let fits = left
        .iter()
        .chain(&right)
        .filter(|term| !is(&says, kind, &term.field, Wanted::Number));
    if fits.count() > 0 {
        return None;
    }
    Some(Identity {
        id: id?,
        name,
        left,
        relation,
        right,
        within,
        within_share,
    })
}

/// The two sides of `a = b + c` or `a <= b`.
fn sides(text: &str) -> Option<(Vec<Term>, Relation, Vec<Term>)> {
    let (left, relation, right) = match text.split_once("<=") {
        Some((left, right)) => (left, Relation::AtMost, right),
        None => {
            let (left, right) = text.split_once('=')?;
            (left, Relation::Equal, right)
        }
    };
    Some((sum(left)?, relation, sum(right)?))
}

/// `a + b - c`.
fn sum(text: &str) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    let mut rest = text.trim();
    let mut sign = Sign::Plus;
    if let Some(after) = rest.strip_prefix('-') {
        (sign, rest) = (Sign::Minus, after.trim_start());
    }
    loop {
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        let field = name.trim();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if field.is_empty() || !field.bytes().all(plain) {
            return None;
        }
        let field = field.to_owned();
        terms.push(Term { sign, field });
        sign = match after.chars().next() {
            None => return Some(terms),
            Some('-') => Sign::Minus,
            Some(_) => Sign::Plus,
        };
        rest = after.get(1..)?.trim_start();
    }
}

fn period(row: Fields<'_>, kind: &Kind) -> Option<PeriodRule> {
    let span = row.span.clone();
    let every = row.period("every");
    let by = named(&row, "by", kind, Wanted::Choice);
    let steps = row.fields("steps").map(|steps| steps.entries()).unwrap_or_default();
    let (from, to) = (
        named(&row, "from", kind, Wanted::Date),
        named(&row, "to", kind, Wanted::Date),
    );
    let source = row.source;
    row.done();
    match (every, by, from, to) {
        (Some(every), None, None, None) if steps.is_empty() => Some(PeriodRule::Steps {
            by: None,
            steps: vec![(String::new(), every)],
        }),
        (None, Some(by), None, None) if !steps.is_empty() => {
            let options = match kind.field(&by).map(|field| &field.ty) {
                Some(FieldType::Choice(options)) => options.as_slice(),
                _ => &[],
            };
            let mut read = Vec::new();
            for (code, span, value) in steps {
                if options.iter().any(|(known, _)| known == code) {
                    read.extend(value.period().map(|step| (code.to_owned(), step)));
                } else {
                    let message = Message::new("policy-office-option-unknown")
                        .with("option", code)
                        .with("field", by.as_str());
                    let help = nearest(code, options.iter().map(|(known, _)| known.as_str()))
                        .map(|meant| Message::new("policy-did-you-mean").with("name", meant));
                    source.report(Severity::Error, span, message, help);
                }
            }
            Some(PeriodRule::Steps {
                by: Some(by),
                steps: read,
            })
        }
        (None, None, Some(from), Some(to)) if steps.is_empty() => Some(PeriodRule::Span { from, to }),
        _ => {
            source.error(span, Message::new("policy-office-period-form"));
            None
        }
    }
}

fn duplicate(row: Fields<'_>, kind: &Kind) -> DuplicateRule {
    let rule = DuplicateRule {
        code: named(&row, "code", kind, Wanted::Text),
        name: named(&row, "name", kind, Wanted::Text),
        likeness: row
            .get("likeness")
            .and_then(|value| above_zero(&value, Some(Decimal { units: 1, scale: 0 })))
            .unwrap_or(LIKENESS),
    };
    row.done();
    rule
}

fn channel(terms: &mut OfficeTerms, of: Channel, value: &Value<'_>) {
    let Some(row) = value.fields() else { return };
    let sample = row.get("sample");
    let known = terms.channels.iter().position(|(known, _)| *known == of);
    let mut own = known
        .and_then(|at| terms.channels.get(at))
        .map_or(ChannelTerms::default(), |(_, own)| *own);
    own.fresh = row.period("fresh").or(own.fresh);
    own.every = row.period("every").or(own.every);
    if let Some(value) = sample {
        // What people type is audited by people: only a machine's feed can be trusted by rule.
        if of.is_machine() {
            own.sample = above_zero(&value, Some(Decimal { units: 1, scale: 0 })).or(own.sample);
        } else {
            value.error(Message::new("policy-office-sample-channel").with("channel", of.code()));
        }
    }
    row.done();
    match known.and_then(|at| terms.channels.get_mut(at)) {
        Some((_, slot)) => *slot = own,
        None => terms.channels.push((of, own)),
    }
}

fn unknown_channel(fields: &Fields<'_>, span: std::ops::Range<usize>, name: &str) {
    let known = CHANNELS.map(|(known, _)| known);
    let message = Message::new("policy-word-unknown")
        .with("word", name)
        .with("words", known.join(", "));
    let help = nearest(name, known).map(|meant| Message::new("policy-did-you-mean").with("name", meant));
    fields.source.report(Severity::Error, span, message, help);
}

/// What a field must be to stand somewhere.
#[derive(Clone, Copy)]
enum Wanted {
    Any,
    /// A whole number, a decimal or money: what adds up exactly.
    Number,
    Date,
    Choice,
    Text,
}

impl Wanted {
    fn takes(self, field: &Field) -> bool {
        match self {
            Wanted::Any => true,
            Wanted::Number => field.ty.scale().is_some(),
            Wanted::Date => field.ty == FieldType::Date,
            Wanted::Choice => matches!(field.ty, FieldType::Choice(_)),
            Wanted::Text => field.ty == FieldType::Text,
        }
    }

    fn says(self) -> Message {
        Message::new(match self {
            Wanted::Any | Wanted::Text => "policy-office-text",
            Wanted::Number => "policy-office-exact-number",
            Wanted::Date => "policy-office-date",
            Wanted::Choice => "policy-office-choice",
        })
    }
}

/// Whether the kind has such a field; says so where not.
fn is(value: &Value<'_>, kind: &Kind, id: &str, wanted: Wanted) -> bool {
    let Some(field) = kind.field(id) else {
        let message = Message::new("policy-field-unknown")
            .with("field", id)
            .with("kind", kind.id.as_str());
        let known = kind.fields.iter().map(|field| field.id.as_str());
        let help = nearest(id, known).map(|meant| Message::new("policy-did-you-mean").with("name", meant));
        value.source.report(Severity::Error, value.span(), message, help);
        return false;
    };
    let fits = wanted.takes(field);
    if !fits {
        let message = Message::new("policy-office-field-type")
            .with("field", id)
            .with("wanted", wanted.says());
        value.error(message);
    }
    fits
}

fn names(value: &Value<'_>, kind: &Kind, wanted: Wanted) -> Vec<String> {
    let items = value.list().unwrap_or_default();
    let read = items.iter().filter_map(|item| {
        let id = item.string()?;
        is(item, kind, &id, wanted).then_some(id)
    });
    read.collect()
}

fn named(row: &Fields<'_>, key: &'static str, kind: &Kind, wanted: Wanted) -> Option<String> {
    let value = row.get(key)?;
    let id = value.string()?;
    is(&value, kind, &id, wanted).then_some(id)
}

/// A number above zero, and not above `most`.
fn above_zero(value: &Value<'_>, most: Option<Decimal>) -> Option<Decimal> {
    let decimal = value.decimal()?;
    let too_large = most.is_some_and(|most| most.at(decimal.scale).is_some_and(|units| decimal.units > units));
    if decimal.units <= 0 || too_large {
        value.error(Message::new(match most {
            Some(_) => "policy-office-share-range",
            None => "policy-office-above-zero",
        }));
        return None;
    }
    Some(decimal)
}
