//! Numbers in the unit of their field. 数量与单位

use pinji_domain::{Decimal, Text};

use super::number::{self, Exact, Written};
use super::{Cell, Value};
use crate::bad::Why;
use crate::fold;
use crate::unit::{self, Base};

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
    /// Where the field counts days, months or years: which of them, and its unit.
    pub time: Option<(&'static str, Text)>,
}

impl NumberPlan {
    pub(super) fn read(&self, cell: &Cell<'_>, text: Option<&str>) -> Result<Value, Why> {
        match (text, cell) {
            (Some(text), _) => self.read_text(text),
            (None, Cell::Number { value, percent }) => self.read_double(*value, *percent),
            (None, Cell::Exact { units, scale }) => {
                let exact = Exact {
                    mantissa: *units,
                    exponent: -i32::from(*scale),
                };
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
            Err(why) => match self.with_time(text) {
                Some(written) => written?,
                None => return Err(number::letter(text, &self.unit_words).unwrap_or(why)),
            },
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

    /// `3天`, `12个月`, `5 years` in a field that counts just that; `None` for everything else.
    fn with_time(&self, text: &str) -> Option<Result<Written, Why>> {
        let (own, words) = self.time.as_ref()?;
        let text = fold::normal(text);
        let end = text.rfind(|character: char| character.is_ascii_digit())? + 1;
        let (digits, suffix) = (text.get(..end)?, text.get(end..)?.trim());
        let Some(unit::Unit {
            power: 0,
            base: Base::Time(found),
        }) = unit::parse(suffix)
        else {
            return None;
        };
        Some(match found == *own {
            true => number::read(digits, &[]),
            false => Err(Why::OtherUnit {
                unit: suffix.to_owned(),
                own: words.clone(),
            }),
        })
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
            (Some((power, _, heading)), None) if *power != 0 => Err(Why::UnitTwice {
                heading: heading.clone(),
            }),
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
        if self.money || (self.whole && !percent_field) {
            Err(Why::PercentHere)
        } else {
            Ok(())
        }
    }

    pub(crate) fn value(&self, exact: Exact) -> Result<Value, Why> {
        match self.scale {
            Some(scale) => Ok(Value::Int(exact.units(scale)?)),
            None => Ok(Value::Double(exact.to_f64()?)),
        }
    }
}
