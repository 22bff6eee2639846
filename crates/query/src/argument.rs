//! The values that a pass adds up, per row of a batch. 逐行取值

use std::borrow::Cow;

use arrow::array::{Array, StringArray};
use pinji_domain::number::{EXACT_LIMIT, rescale, scale_f64};
use pinji_engine::{Evaluated, Expr, InputType, Results};

use crate::cells::Cells;
use crate::finished::NOT_REPORTED;

/// In `causes`: there is a figure, but it is beyond the exact range; an error as soon as the row counts.
pub(crate) const BEYOND: u8 = u8::MAX;

/// A value per row.
#[derive(Debug)]
pub(crate) struct Values<'a> {
    pub of: Of<'a>,
    /// 0 where there is a value; `None` when there is one everywhere.
    pub causes: Option<Vec<u8>>,
}

/// What the values are.
#[derive(Debug)]
pub(crate) enum Of<'a> {
    Ints(Cow<'a, [i64]>),
    Doubles(Cow<'a, [f64]>),
    Dates(Cow<'a, [i32]>),
    Flags(Vec<bool>),
    Texts(Texts<'a>),
    /// Nulls throughout.
    Nothing,
}

/// Texts of a column, or of a formula.
#[derive(Debug)]
pub(crate) enum Texts<'a> {
    Column(&'a StringArray),
    Formula(Vec<&'a str>),
}

impl Texts<'_> {
    pub(crate) fn get(&self, row: usize) -> &str {
        match self {
            Texts::Column(array) if row < array.len() => array.value(row),
            Texts::Column(_) => "",
            Texts::Formula(texts) => texts.get(row).copied().unwrap_or_default(),
        }
    }
}

/// The values of a bare field, as they stand in the file.
pub(crate) fn of_field<'a>(cells: &'a Cells, ty: &InputType, decimals: Option<u8>) -> Values<'a> {
    let mut causes = cells.nulls().map(|nulls| {
        nulls
            .iter()
            .map(|valid| if valid { 0 } else { NOT_REPORTED })
            .collect::<Vec<u8>>()
    });
    let of = match cells {
        Cells::Int(array) => {
            let scale = if let InputType::Int(scale) = ty { *scale } else { 0 };
            let to = decimals.unwrap_or(scale);
            if to == scale {
                let limit = EXACT_LIMIT.unsigned_abs();
                if array.values().iter().any(|value| value.unsigned_abs() > limit) {
                    each(&mut causes, array.values(), |value| {
                        (value.unsigned_abs() <= limit).then_some(*value)
                    });
                }
                Of::Ints(Cow::Borrowed(array.values()))
            } else {
                Of::Ints(Cow::Owned(each(&mut causes, array.values(), |value| {
                    rescale(*value, scale, to)
                })))
            }
        }
        Cells::Double(array) => match decimals {
            Some(to) => Of::Ints(Cow::Owned(each(&mut causes, array.values(), |value| {
                scale_f64(*value, to)
            }))),
            None => Of::Doubles(Cow::Borrowed(array.values())),
        },
        Cells::Text(array) => Of::Texts(Texts::Column(array)),
        Cells::Date(array) => Of::Dates(Cow::Borrowed(array.values())),
        Cells::Flag(array) => Of::Flags(array.values().iter().collect()),
        Cells::Nothing(rows) => {
            causes = Some(vec![NOT_REPORTED; *rows]);
            Of::Nothing
        }
    };
    Values { of, causes }
}

/// The values of a formula.
pub(crate) fn of_formula(evaluated: Evaluated<'_>, decimals: Option<u8>) -> Values<'_> {
    if !evaluated.causes.contains(&0) {
        // Nothing but nulls: what type they would have is of no use.
        return Values {
            of: Of::Nothing,
            causes: Some(evaluated.causes),
        };
    }
    let mut causes = Some(evaluated.causes);
    let of = match (evaluated.values, decimals) {
        (Results::Number(values), Some(to)) => {
            Of::Ints(Cow::Owned(each(&mut causes, &values, |value| scale_f64(*value, to))))
        }
        (Results::Number(values), None) => Of::Doubles(Cow::Owned(values)),
        (Results::Text(values), _) => Of::Texts(Texts::Formula(values)),
        (Results::Date(values), _) => Of::Dates(Cow::Owned(values)),
        (Results::Flag(values), _) => Of::Flags(values),
    };
    Values { of, causes }
}

/// Converts each value, and marks those that cannot be held.
fn each<T>(causes: &mut Option<Vec<u8>>, values: &[T], convert: impl Fn(&T) -> Option<i64>) -> Vec<i64> {
    let converted: Vec<Option<i64>> = values.iter().map(convert).collect();
    if converted.contains(&None) {
        let causes = causes.get_or_insert_with(|| vec![0; values.len()]);
        for (cause, value) in causes.iter_mut().zip(&converted) {
            if *cause == 0 && value.is_none() {
                *cause = BEYOND;
            }
        }
    }
    converted.into_iter().map(Option::unwrap_or_default).collect()
}

/// Whether an argument is a bare field.
pub(crate) fn field_of(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Input(at) => Some(*at),
        _ => None,
    }
}
