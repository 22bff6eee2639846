//! From what a cell says to a value of its field's type. 取值
//!
//! Only the type of the field decides how a cell is understood: `12%` is a number in a column of numbers and stays three
//! characters in a column of texts.

pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod number;

use std::collections::HashMap;

use pinji_domain::date::to_days;
use pinji_domain::{Date, Decimal, Field, FieldType, Text};

use crate::bad::Why;
use crate::fold;
use crate::unit::{self, Base, Unit};
use date::DatePlan;
use number::{Exact, Written};

/// What stands in a cell, before anybody asks what it means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, untrimmed.
    Text(&'a str),
    /// A double, and whether the cell shows it as a percentage.
    Number { value: f64, percent: bool },
    /// A cell that Excel shows as a date; `None` where its number is no day.
    Date { date: Option<Date>, serial: f64 },
    /// A truth value.
    Flag(bool),
    /// An error value such as `#DIV/0!`.
    Error(&'static str),
    /// An exact number with this many decimals, from a typed file.
    Exact { units: i128, scale: u8 },
}

impl Cell<'_> {
    /// Whether there is nothing at all in it. (`-` is something, though it may mean nothing.)
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => fold::trimmed(text).is_empty(),
            _ => false,
        }
    }

    /// The same without a limit on its length, for headings.
    pub(crate) fn says_all(&self) -> String {
        match self {
            Cell::Text(text) => fold::trimmed(text).to_owned(),
            other => other.says(),
        }
    }

    /// What a reader sees in the cell, shortened.
    pub(crate) fn says(&self) -> String {
        const LONGEST: usize = 80;
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => {
                let text = fold::trimmed(text);
                match text.char_indices().nth(LONGEST) {
                    Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
                    None => text.to_owned(),
                }
            }
            Cell::Number { value, percent: true } => match Exact::from_f64(*value) {
                Ok(exact) => format!("{}%", plain(exact.shifted(2))),
                Err(_) => value.to_string(),
            },
            Cell::Number { value, .. } => match Exact::from_f64(*value) {
                Ok(exact) => plain(exact),
                Err(_) => value.to_string(),
            },
            Cell::Date { date: Some(date), .. } => date.to_string(),
            Cell::Date { date: None, serial } => serial.to_string(),
            Cell::Flag(true) => "TRUE".to_owned(),
            Cell::Flag(false) => "FALSE".to_owned(),
            Cell::Error(error) => (*error).to_owned(),
            Cell::Exact { units, scale } => plain(Exact { mantissa: *units, exponent: -i32::from(*scale) }),
        }
    }
}

/// Plain digits without exponent or trailing zeros.
fn plain(exact: Exact) -> String {
    let digits = exact.mantissa.unsigned_abs().to_string();
    let sign = if exact.mantissa < 0 { "-" } else { "" };
    let decimals = usize::try_from(-exact.exponent).unwrap_or(0);
    if exact.exponent >= 0 {
        let zeros = "0".repeat(if exact.mantissa == 0 { 0 } else { exact.exponent.unsigned_abs().min(40) as usize });
        return format!("{sign}{digits}{zeros}");
    }
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at_checked(padded.len() - decimals).unwrap_or((&padded, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

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
    Choice { choices: Vec<(String, Text)>, by_name: HashMap<String, usize> },
    /// Any number.
    Number(NumberPlan),
    /// A date.
    Date(DatePlan),
    /// Yes or no.
    Flag,
    /// Columns that Pinji itself stored: nothing is left to be read.
    Stored,
}

/// How the numbers of one column are read.
#[derive(Debug, Clone)]
pub(crate) struct NumberPlan {
    /// The scale of the storage; `None` for doubles.
    pub scale: Option<u8>,
    /// Whether the field is money: it takes currency signs and no per cent.
    pub money: bool,
    /// Whether whole numbers are meant: they take no per cent, unless that is their unit.
    pub whole: bool,
    /// The power of ten in the field's own unit: 4 for a field in 万元, -2 for one in per cent.
    pub own: i32,
    /// The power of ten in the heading's unit, and the heading; `None` where it names none.
    pub heading: Option<(i32, bool, String)>,
    /// An exact factor from `--map`, which replaces the heading's unit.
    pub factor: Option<Decimal>,
    /// The field's unit in both languages, which may stand behind the digits.
    pub unit_words: Vec<String>,
}

impl Reader {
    /// How cells under `heading`, whose unit is `unit`, become values of `field`.
    pub(crate) fn new(field: &Field, heading: &str, unit: Option<&Unit>, factor: Option<Decimal>, dates: DatePlan) -> Self {
        let number = |scale: Option<u8>, money: bool, whole: bool| {
            let own = unit::parse(&field.unit.zh).or_else(|| unit::parse(&field.unit.en)).map_or(0, |unit| unit.power);
            let scaled = unit.filter(|unit| !matches!(unit.base, Base::Time(_)));
            let unit_words = [&field.unit.zh, &field.unit.en].into_iter().filter(|word| !word.is_empty());
            Reader::Number(NumberPlan {
                scale,
                money,
                whole,
                own,
                heading: scaled.map(|unit| {
                    let fen = money && unit.base == Base::Fen;
                    (if fen { -2 } else { unit.power }, unit.base == Base::Percent, heading.to_owned())
                }),
                factor,
                unit_words: unit_words.map(|word| fold::normal(word)).collect(),
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
                by_name.remove("");
                Reader::Choice { choices: choices.clone(), by_name }
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
            if text.len() > 7 && text.contains('\u{FFFD}') || text == "\u{FFFD}" {
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
            Reader::Choice { choices, by_name } => read_choice(cell, text, choices, by_name, arena),
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
    choices: &[(String, Text)],
    by_name: &HashMap<String, usize>,
    arena: &mut String,
) -> Result<Value, Why> {
    let says = match text {
        Some(text) => text.to_owned(),
        None => cell.says(),
    };
    match by_name.get(&fold::name(&says)).and_then(|at| choices.get(*at)) {
        Some((id, _)) => Ok(push(arena, id)),
        None if number::says_nothing(&says) => Ok(Value::Null),
        None => Err(Why::NotListed(choices.to_vec())),
    }
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
            "否" | "无" | "無" | "不是" | "没有" | "错" | "假" | "n" | "no" | "f" | "false" | "0" | "×" | "✗" => false,
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

impl NumberPlan {
    fn read(&self, cell: &Cell<'_>, text: Option<&str>) -> Result<Value, Why> {
        match (text, cell) {
            (Some(text), _) => self.read_text(text),
            (None, Cell::Number { value, percent }) => self.read_double(*value, *percent),
            (None, Cell::Exact { units, scale }) => {
                let exact = Exact { mantissa: *units, exponent: -i32::from(*scale) };
                self.value(self.in_own_unit(exact)?)
            }
            (None, Cell::Date { .. }) => Err(Why::DateForNumber),
            (None, Cell::Flag(_)) => Err(Why::FlagForValue),
            _ => Err(Why::NotANumber),
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, Why> {
        let written = match number::read(text, &self.unit_words) {
            Ok(written) => written,
            Err(_) if number::says_nothing(text) => return Ok(Value::Null),
            Err(why) => return Err(why),
        };
        if written.currency && !self.money {
            return Err(Why::NotANumber);
        }
        if written.shortened && self.scale.is_some() {
            return Err(Why::Shortened);
        }
        let exact = self.scaled(&written)?;
        self.value(exact)
    }

    /// The number in the field's own unit.
    fn scaled(&self, written: &Written) -> Result<Exact, Why> {
        if let Some(power) = written.percent {
            self.may_be_percent()?;
            if self.heading.as_ref().is_some_and(|(_, percent, _)| !percent) {
                return Err(Why::PercentHere);
            }
            let exact = written.exact.shifted(power - self.own);
            return self.factor.map_or(Ok(exact), |factor| exact.times(factor));
        }
        let Some(power) = written.power else {
            return self.in_own_unit(written.exact);
        };
        match (&self.heading, self.factor) {
            (Some((power, _, heading)), None) if *power != 0 => Err(Why::UnitTwice { heading: heading.clone() }),
            (_, Some(factor)) => written.exact.shifted(power - self.own).times(factor),
            (_, None) => Ok(written.exact.shifted(power - self.own)),
        }
    }

    /// A bare number: its unit is the factor of the mapping, or the heading's, or the field's.
    pub(crate) fn in_own_unit(&self, exact: Exact) -> Result<Exact, Why> {
        match (self.factor, &self.heading) {
            (Some(factor), _) => exact.times(factor),
            (None, Some((power, _, _))) => Ok(exact.shifted(power - self.own)),
            (None, None) => Ok(exact),
        }
    }

    fn read_double(&self, value: f64, percent: bool) -> Result<Value, Why> {
        number::in_range(value)?;
        let untouched = self.factor.is_none() && self.heading.as_ref().is_none_or(|(power, _, _)| *power == self.own);
        if percent && !self.money {
            // Excel keeps 12% as 0.12, whatever the heading says.
            if self.own == 0 && self.scale.is_none() && self.factor.is_none() {
                return Ok(Value::Double(value));
            }
            let exact = Exact::from_f64(value)?.shifted(-self.own);
            return self.value(self.factor.map_or(Ok(exact), |factor| exact.times(factor))?);
        }
        match self.scale {
            None if untouched => Ok(Value::Double(value)),
            Some(0) if untouched && value.fract() == 0.0 => Ok(Value::Int(value as i64)),
            _ => self.value(self.in_own_unit(Exact::from_f64(value)?)?),
        }
    }

    fn may_be_percent(&self) -> Result<(), Why> {
        let percent_field = self.own == -2;
        if self.money || (self.whole && !percent_field) { Err(Why::PercentHere) } else { Ok(()) }
    }

    pub(crate) fn value(&self, exact: Exact) -> Result<Value, Why> {
        match self.scale {
            Some(scale) => Ok(Value::Int(exact.units(scale)?)),
            None => Ok(Value::Double(exact.to_f64()?)),
        }
    }
}
