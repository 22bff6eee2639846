//! A TOML table as it is read: each key is asked for by what it must be; what is wrong becomes a finding. 逐项读取

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use pinji_domain::{Date, Decimal, Message, Period, Text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Finding, Severity};
use crate::places::Places;
use crate::suggest::nearest;

/// One file while it is read: its text, and what was found so far.
pub(crate) struct Source<'s> {
    pub(crate) file: Arc<str>,
    pub(crate) text: &'s str,
    findings: RefCell<Vec<Finding>>,
    places: RefCell<Places>,
}

impl<'s> Source<'s> {
    pub(crate) fn new(file: &str, text: &'s str, places: Places) -> Source<'s> {
        Source {
            file: Arc::from(file),
            text,
            findings: RefCell::default(),
            places: RefCell::new(places),
        }
    }

    pub(crate) fn report(&self, severity: Severity, span: Range<usize>, message: Message, help: Option<Message>) {
        self.findings.borrow_mut().push(Finding {
            severity,
            file: self.file.to_string(),
            span,
            message,
            help,
        });
    }

    pub(crate) fn error(&self, span: Range<usize>, message: Message) {
        self.report(Severity::Error, span, message, None);
    }

    pub(crate) fn keep(&self, path: String, span: Range<usize>) {
        self.places.borrow_mut().keep(path, &self.file, span);
    }

    pub(crate) fn into_parts(self) -> (Vec<Finding>, Places) {
        (self.findings.into_inner(), self.places.into_inner())
    }
}

/// A table whose keys are asked for one by one.
pub(crate) struct Fields<'s> {
    pub(crate) source: &'s Source<'s>,
    table: &'s DeTable<'s>,
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'s> Fields<'s> {
    pub(crate) fn new(source: &'s Source<'s>, table: &'s DeTable<'s>, path: String, span: Range<usize>) -> Fields<'s> {
        Fields {
            source,
            table,
            path,
            span,
            asked: RefCell::default(),
        }
    }

    /// Whether the key is there; asking so does not make it known.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &'static str) -> Option<Value<'s>> {
        self.asked.borrow_mut().push(key);
        let (found, value) = self.table.get_key_value(key)?;
        Some(self.value(found.get_ref(), value))
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&self, key: &'static str) -> Option<Value<'s>> {
        let value = self.get(key);
        if value.is_none() {
            self.source
                .error(self.span.clone(), Message::new("policy-key-missing").with("key", key));
        }
        value
    }

    /// All keys with their places and values, in the order of the file. Makes all of them known.
    pub(crate) fn entries(&self) -> Vec<(&'s str, Range<usize>, Value<'s>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), self.value(key.get_ref(), value)))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        entries
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn done(self) {
        let asked = self.asked.into_inner();
        for (key, _) in self.table {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                unknown_key(self.source, key.span(), name, &asked);
            }
        }
    }

    pub(crate) fn string(&self, key: &'static str) -> Option<String> {
        self.get(key)?.string()
    }

    pub(crate) fn text(&self, key: &'static str) -> Text {
        self.get(key).and_then(|value| value.text()).unwrap_or_default()
    }

    pub(crate) fn whole(&self, key: &'static str) -> Option<u32> {
        self.get(key)?.whole()
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        self.get(key)?.date()
    }

    pub(crate) fn period(&self, key: &'static str) -> Option<Period> {
        self.get(key)?.period()
    }

    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        self.get(key)?.flag()
    }

    pub(crate) fn strings(&self, key: &'static str) -> Option<Vec<String>> {
        self.get(key)?.strings()
    }

    pub(crate) fn fields(&self, key: &'static str) -> Option<Fields<'s>> {
        self.get(key)?.fields()
    }

    /// The tables of `[[key]]`, each with the path `key[first], key[first + 1] …`.
    pub(crate) fn tables(&self, key: &'static str, first: usize) -> Vec<Fields<'s>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.value.get_ref() else {
            value.wrong("policy-expects-tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in array.iter().enumerate() {
            let path = format!("{key}[{}]", first + index);
            self.source
                .places
                .borrow_mut()
                .keep_all(&path, &self.source.file, self.source.text, item);
            tables.extend(
                Value {
                    source: self.source,
                    path,
                    value: item,
                }
                .fields(),
            );
        }
        tables
    }

    /// The tables of `[key.NAME]` in the order of the file, each with its name and the path `key[first] …`.
    pub(crate) fn named(&self, key: &'static str, first: usize) -> Vec<(String, Value<'s>)> {
        let Some(outer) = self.fields(key) else {
            return Vec::new();
        };
        let mut named = Vec::new();
        for (index, (name, span, value)) in outer.entries().into_iter().enumerate() {
            let path = format!("{key}[{}]", first + index);
            let mut places = self.source.places.borrow_mut();
            places.keep_all(&path, &self.source.file, self.source.text, value.value);
            places.keep(format!("{path}#id"), &self.source.file, span);
            named.push((name.to_owned(), Value { path, ..value }));
        }
        named
    }

    fn value(&self, key: &str, value: &'s Spanned<DeValue<'s>>) -> Value<'s> {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Value {
            source: self.source,
            path,
            value,
        }
    }
}

/// Says that a key is not one of the language, and which one it may have meant.
fn unknown_key(source: &Source<'_>, span: Range<usize>, name: &str, asked: &[&'static str]) {
    let message = Message::new("policy-key-unknown").with("key", name);
    let help = match nearest(name, asked.iter().copied()) {
        Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
        None => {
            let mut known: Vec<&str> = asked.to_vec();
            known.sort_unstable();
            known.dedup();
            Message::new("policy-keys-known").with("keys", known.join(", "))
        }
    };
    source.report(Severity::Error, span, message, Some(help));
}

/// A value that is about to be read as something.
#[derive(Clone)]
pub(crate) struct Value<'s> {
    pub(crate) source: &'s Source<'s>,
    pub(crate) path: String,
    pub(crate) value: &'s Spanned<DeValue<'s>>,
}

impl<'s> Value<'s> {
    pub(crate) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// Says that something else was expected here.
    pub(crate) fn wrong(&self, expected: &'static str) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "policy-is-text",
            DeValue::Integer(_) | DeValue::Float(_) => "policy-is-number",
            DeValue::Boolean(_) => "policy-is-flag",
            DeValue::Datetime(_) => "policy-is-date",
            DeValue::Array(_) => "policy-is-list",
            DeValue::Table(_) => "policy-is-table",
        };
        let message = Message::new("policy-wrong-type")
            .with("expected", Message::new(expected))
            .with("found", Message::new(found));
        self.source.error(self.span(), message);
    }

    pub(crate) fn error(&self, message: Message) {
        self.source.error(self.span(), message);
    }

    /// Keeps the places of this value and of all inside it.
    pub(crate) fn keep_all(&self) {
        self.source
            .places
            .borrow_mut()
            .keep_all(&self.path, &self.source.file, self.source.text, self.value);
    }

    pub(crate) fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    pub(crate) fn as_str(&self) -> Option<&'s str> {
        self.value.get_ref().as_str()
    }

    pub(crate) fn string(&self) -> Option<String> {
        let text = self.as_str();
        if text.is_none() {
            self.wrong("policy-expects-text");
        }
        text.map(str::to_owned)
    }

    /// One of a closed list of words.
    pub(crate) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.string()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = Message::new("policy-word-unknown")
                .with("word", text.as_str())
                .with("words", known.join(", "));
            let help = nearest(&text, known).map(|meant| Message::new("policy-did-you-mean").with("name", meant));
            self.source.report(Severity::Error, self.span(), message, help);
        }
        found
    }

    /// `{ zh = "…", en = "…" }`; a missing side is a finding, a single text serves the language it is written in.
    pub(crate) fn text(&self) -> Option<Text> {
        let text = match self.value.get_ref() {
            DeValue::String(single) => {
                let chinese = single.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
                if chinese {
                    Text::new(single.as_ref(), "")
                } else {
                    Text::new("", single.as_ref())
                }
            }
            DeValue::Table(_) => {
                let fields = self.fields()?;
                let side = |key| fields.string(key).unwrap_or_default().trim().to_owned();
                let text = Text::new(side("zh"), side("en"));
                fields.done();
                text
            }
            _ => {
                self.wrong("policy-expects-both");
                return None;
            }
        };
        for (missing, lang) in [
            (text.zh.is_empty(), "policy-lang-zh"),
            (text.en.is_empty(), "policy-lang-en"),
        ] {
            if missing {
                let message = Message::new("policy-language-missing").with("language", Message::new(lang));
                let help = Message::new("policy-language-missing-help");
                self.source.report(Severity::Warning, self.span(), message, Some(help));
            }
        }
        Some(text)
    }

    pub(crate) fn decimal(&self) -> Option<Decimal> {
        let written = match self.value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => {
                self.wrong("policy-expects-number");
                return None;
            }
        };
        let decimal = Decimal::parse(&written.replace('_', ""));
        if decimal.is_none() {
            self.error(Message::new("policy-number-inexact").with("number", written));
        }
        decimal
    }

    pub(crate) fn whole(&self) -> Option<u32> {
        let whole = match self.value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        if whole.is_none() {
            self.wrong("policy-expects-whole");
        }
        whole
    }

    pub(crate) fn double(&self) -> Option<f64> {
        let written = match self.value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => "",
        };
        let double = written
            .replace('_', "")
            .parse()
            .ok()
            .filter(|double: &f64| double.is_finite());
        if double.is_none() {
            self.wrong("policy-expects-number");
        }
        double
    }

    pub(crate) fn date(&self) -> Option<Date> {
        let date = match self.value.get_ref() {
            DeValue::Datetime(datetime) if datetime.time.is_none() => datetime
                .date
                .and_then(|date| Date::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))),
            DeValue::String(text) => pinji_domain::date::parse(text),
            _ => None,
        };
        if date.is_none() {
            self.wrong("policy-expects-date");
        }
        date
    }

    pub(crate) fn period(&self) -> Option<Period> {
        let period = self.as_str().and_then(Period::parse);
        if period.is_none() {
            self.wrong("policy-expects-period");
        }
        period
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong("policy-expects-flag");
        }
        flag
    }

    pub(crate) fn list(&self) -> Option<Vec<Value<'s>>> {
        let DeValue::Array(array) = self.value.get_ref() else {
            self.wrong("policy-expects-list");
            return None;
        };
        let item = |(index, value)| Value {
            source: self.source,
            path: format!("{}[{index}]", self.path),
            value,
        };
        Some(array.iter().enumerate().map(item).collect())
    }

    pub(crate) fn strings(&self) -> Option<Vec<String>> {
        Some(self.list()?.iter().filter_map(Value::string).collect())
    }

    pub(crate) fn decimals(&self) -> Option<Vec<Decimal>> {
        Some(self.list()?.iter().filter_map(Value::decimal).collect())
    }

    pub(crate) fn fields(&self) -> Option<Fields<'s>> {
        let DeValue::Table(table) = self.value.get_ref() else {
            self.wrong("policy-expects-table");
            return None;
        };
        Some(Fields::new(self.source, table, self.path.clone(), self.span()))
    }

    /// Any plain value as people would write it.
    pub(crate) fn plain(&self) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(integer) => Some(integer.to_string()),
            DeValue::Float(float) => Some(float.to_string()),
            DeValue::Boolean(flag) => Some(flag.to_string()),
            DeValue::Datetime(datetime) => Some(datetime.to_string()),
            DeValue::Array(_) => Some(
                self.list()?
                    .iter()
                    .filter_map(Value::plain)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            DeValue::Table(_) => {
                self.wrong("policy-expects-plain");
                None
            }
        }
    }
}
