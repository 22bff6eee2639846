//! From what a cell says to a value of its field's type. 取值
//!
//! Only the type of the field decides how a cell is understood: `12%` is a number in a column of numbers and stays three
//! characters in a column of texts.

mod amount;
mod cell;
pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod number;

use std::collections::HashMap;

use pinji_domain::date::to_days;
use pinji_domain::{Decimal, Field, FieldType, Lang, Text};

use crate::bad::Why;
use crate::fold;
use crate::unit::{self, Base, Unit};
pub(crate) use amount::NumberPlan;
pub(crate) use cell::Cell;
use cell::plain;
use date::DatePlan;
use number::Exact;

/// A value of a field, checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// Nothing was reported.
    Null,
    /// A scaled integer at the field's scale.
    Int(i64),
    /// A double.
    Double(f64),
    /// Days since 1970-01-01.
    Days(i32),
    /// A truth value.
    Flag(bool),
    /// Text: from where to where it stands in the row's arena.
    Text(usize, usize),
}

/// How one column is read: made once from its field and heading, used for every cell.
#[derive(Debug, Clone)]
pub(crate) enum Reader {
    /// Text as it came, trimmed.
    Text,
    /// A unified social credit code.
    Code,
    /// One of a list: folded ids and labels to the place on the list.
    Choice {
        choices: Vec<(String, Text)>,
        by_name: HashMap<String, usize>,
        /// The language of the heading.
        lang: Lang,
    },
    /// Any number.
    Number(NumberPlan),
    /// A date.
    Date(DatePlan),
    /// Yes or no.
    Flag,
    /// Columns that Pinji itself stored: nothing is left to be read.
    Stored,
}

impl Reader {
    /// How cells under `heading`, whose unit is `unit`, become values of `field`.
    pub(crate) fn new(
        field: &Field,
        heading: &str,
        unit: Option<&Unit>,
        factor: Option<Decimal>,
        dates: DatePlan,
    ) -> Self {
        let number = |scale: Option<u8>, money: bool, whole: bool| {
            let own = unit::parse(&field.unit.zh)
                .or_else(|| unit::parse(&field.unit.en))
                .map_or(0, |unit| unit.power);
            let scaled = unit.filter(|unit| !matches!(unit.base, Base::Time(_)));
            let unit_words = [&field.unit.zh, &field.unit.en]
                .into_iter()
                .filter(|word| !word.is_empty());
            Reader::Number(NumberPlan {
                scale,
                money,
                whole,
                own,
                heading: scaled.map(|unit| {
                    let fen = money && unit.base == Base::Fen;
                    (
                        if fen { -2 } else { unit.power },
                        unit.base == Base::Percent,
                        heading.to_owned(),
                    )
                }),
                factor,
                unit_words: unit_words.map(|word| fold::normal(word)).collect(),
                time: unit::parse(&field.unit.zh)
                    .or_else(|| unit::parse(&field.unit.en))
                    .and_then(|unit| match unit.base {
                        Base::Time(time) => Some((time, field.unit.clone())),
                        _ => None,
                    }),
            })
        };
        match &field.ty {
            FieldType::Text if field.id == "uscc" => Reader::Code,
            FieldType::Text => Reader::Text,
            FieldType::Choice(choices) => {
                let mut by_name = HashMap::new();
                for (at, (id, label)) in choices.iter().enumerate() {
                    for name in [id, &label.zh, &label.en] {
                        by_name.entry(fold::name(name)).or_insert(at);
                    }
                }
                for (word, id) in &field.words {
                    if let Some(at) = choices.iter().position(|(choice, _)| choice == id) {
                        by_name.entry(fold::name(word)).or_insert(at);
                    }
                }
                by_name.remove("");
                Reader::Choice {
                    choices: choices.clone(),
                    by_name,
                    lang: language(heading),
                }
            }
            FieldType::Integer => number(Some(0), false, true),
            FieldType::Decimal(scale) => number(Some(*scale), false, false),
            FieldType::Money(scale) => number(Some(*scale), true, false),
            FieldType::Number => number(None, false, false),
            FieldType::Date => Reader::Date(dates),
            FieldType::Flag => Reader::Flag,
        }
    }

    /// Reads one cell. Text goes to the end of `arena`. `is_1904` is how the workbook counts its days.
    pub(crate) fn read(&self, cell: &Cell<'_>, is_1904: bool, arena: &mut String) -> Result<Value, Why> {
        let text = match cell {
            Cell::Empty => return Ok(Value::Null),
            Cell::Error(_) => return Err(Why::ExcelError),
            Cell::Text(text) => {
                let text = fold::trimmed(text);
                if text.is_empty() {
                    return Ok(Value::Null);
                }
                Some(text)
            }
            _ => None,
        };
        if let Some(text) = text {
            if !text.is_ascii() && text.contains('\u{FFFD}') {
                return Err(Why::BrokenText);
            }
            if is_excel_error(text) {
                return Err(Why::ExcelError);
            }
        }
        match self {
            Reader::Text => read_text(cell, text, arena),
            Reader::Code => {
                let at = arena.len();
                match read_text(cell, text, arena)? {
                    Value::Text(from, to) => {
                        let code = code::check(arena.get(from..to).unwrap_or_default())?;
                        arena.truncate(at);
                        Ok(push(arena, &code))
                    }
                    other => Ok(other),
                }
            }
            Reader::Choice { choices, by_name, lang } => read_choice(cell, text, (choices, by_name), *lang, arena),
            Reader::Number(plan) => plan.read(cell, text),
            Reader::Date(plan) => read_date(*plan, cell, text, is_1904),
            Reader::Flag => read_flag(cell, text),
            Reader::Stored => Ok(Value::Null),
        }
    }
}

fn push(arena: &mut String, text: &str) -> Value {
    let from = arena.len();
    arena.push_str(text);
    Value::Text(from, arena.len())
}

/// The longest text that an Excel cell can hold, in UTF-16 units; here in characters, which is at most as many.
const LONGEST_TEXT: usize = 32_767;

fn read_text(cell: &Cell<'_>, text: Option<&str>, arena: &mut String) -> Result<Value, Why> {
    // From here on Excel keeps fewer digits than a code may have: 91350100M000100Y43 survives, 350100000100043123 does not.
    const SIXTEEN_DIGITS: f64 = 1e15;
    match (text, cell) {
        (Some(text), _) if number::says_nothing(text) => Ok(Value::Null),
        (Some(text), _) if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT => Err(Why::TooLong),
        (Some(text), _) => Ok(push(arena, text)),
        (None, Cell::Number { value, .. }) if value.abs() >= SIXTEEN_DIGITS => Err(Why::DigitsLost),
        (None, Cell::Number { value, .. }) if !value.is_finite() => Err(Why::NotFinite),
        (None, Cell::Number { value, .. }) => Ok(push(arena, &plain(Exact::from_f64(*value)?))),
        (None, Cell::Date { date: None, .. }) => Err(Why::NoSuchDate),
        (None, other) => Ok(push(arena, &other.says())),
    }
}

fn read_choice(
    cell: &Cell<'_>,
    text: Option<&str>,
    (choices, by_name): (&[(String, Text)], &HashMap<String, usize>),
    heading: Lang,
    arena: &mut String,
) -> Result<Value, Why> {
    let says = match text {
        Some(text) => text.to_owned(),
        None => cell.says(),
    };
    match by_name.get(&fold::name(&says)).and_then(|at| choices.get(*at)) {
        Some((id, _)) => Ok(push(arena, id)),
        None if number::says_nothing(&says) => Ok(Value::Null),
        None => {
            let lang = if heading == Lang::Zh { Lang::Zh } else { language(&says) };
            Err(Why::NotListed(choices.to_vec(), lang))
        }
    }
}

/// The language that a heading or a cell speaks.
fn language(text: &str) -> Lang {
    if fold::is_chinese(text) { Lang::Zh } else { Lang::En }
}

fn read_date(plan: DatePlan, cell: &Cell<'_>, text: Option<&str>, is_1904: bool) -> Result<Value, Why> {
    let date = match (text, cell) {
        (Some(text), _) if number::says_nothing(text) => return Ok(Value::Null),
        (Some(text), _) => plan.read(text)?,
        (None, Cell::Date { date, .. }) => date.ok_or(Why::NoSuchDate)?,
        (None, Cell::Number { value, .. }) => plan.read_number(*value, is_1904)?,
        (None, Cell::Exact { units, scale: 0 }) => plan.read_number(*units as f64, is_1904)?,
        _ => return Err(Why::NotADate),
    };
    Ok(Value::Days(to_days(date)))
}

fn read_flag(cell: &Cell<'_>, text: Option<&str>) -> Result<Value, Why> {
    let flag = match (text, cell) {
        (Some(text), _) => match fold::normal(text).to_lowercase().as_str() {
            "是" | "有" | "对" | "真" | "y" | "yes" | "t" | "true" | "1" | "√" | "✓" | "✔" => true,
            "否" | "无" | "無" | "不是" | "没有" | "错" | "假" | "n" | "no" | "f" | "false" | "0" | "×" | "✗" => {
                false
            }
            other if number::says_nothing(other) => return Ok(Value::Null),
            other if number::says_nothing(&other.to_uppercase()) => return Ok(Value::Null),
            _ => return Err(Why::NotAFlag),
        },
        (None, Cell::Flag(flag)) => *flag,
        (None, Cell::Number { value, .. }) if *value == 1.0 => true,
        (None, Cell::Number { value, .. }) if *value == 0.0 => false,
        (None, Cell::Exact { units: 1, scale: 0 }) => true,
        (None, Cell::Exact { units: 0, .. }) => false,
        _ => return Err(Why::NotAFlag),
    };
    Ok(Value::Flag(flag))
}

fn is_excel_error(text: &str) -> bool {
    text.starts_with('#')
        && matches!(
            text,
            "#N/A" | "#DIV/0!" | "#VALUE!" | "#REF!" | "#NAME?" | "#NULL!" | "#SPILL!" | "#CALC!" | "#GETTING_DATA"
        )
}
