//! What a formula's value is counted in. 单位推导

use pinji_domain::{Field, FieldType, Text};

use crate::document::Unit;

/// Whether a unit is one whose use is checked.
pub(crate) fn checked(unit: &Unit) -> bool {
    !matches!(unit, Unit::Unknown | Unit::Other(_))
}

/// Whether two values may be added, compared or chosen between; an unknown unit goes with all.
pub(crate) fn agree(left: &Unit, right: &Unit) -> bool {
    !checked(left) || !checked(right) || left == right
}

/// The unit of a sum, a difference or a choice.
pub(crate) fn either(left: &Unit, right: &Unit) -> Unit {
    if *left == Unit::Unknown {
        right.clone()
    } else {
        left.clone()
    }
}

/// The unit of a product. A bare constant scales money and leaves it money; of anything else it makes something new.
pub(crate) fn product(left: (&Unit, bool), right: (&Unit, bool)) -> Unit {
    match (left, right) {
        ((unit, _), (_, true)) | ((_, true), (unit, _)) => scaled(unit),
        ((Unit::Ratio, _), (unit, _)) | ((unit, _), (Unit::Ratio, _)) => unit.clone(),
        ((Unit::Count, _), (Unit::Money, _)) | ((Unit::Money, _), (Unit::Count, _)) => Unit::Money,
        _ => Unit::Unknown,
    }
}

/// The unit of a quotient.
pub(crate) fn quotient(left: (&Unit, bool), right: (&Unit, bool)) -> Unit {
    match (left, right) {
        ((unit, _), (_, true)) => scaled(unit),
        ((_, true), _) => Unit::Unknown,
        ((unit, _), (Unit::Ratio, _)) => unit.clone(),
        ((Unit::Money, _), (Unit::Count, _)) => Unit::Money,
        ((left, _), (right, _)) if left == right && *left != Unit::Unknown => Unit::Ratio,
        _ => Unit::Unknown,
    }
}

fn scaled(unit: &Unit) -> Unit {
    if *unit == Unit::Money {
        Unit::Money
    } else {
        Unit::Unknown
    }
}

/// The unit of a record's field: by its type, then by the word that its declaration uses.
pub(crate) fn of_field(field: &Field) -> Unit {
    match &field.ty {
        FieldType::Money(_) => Unit::Money,
        FieldType::Date => Unit::Date,
        FieldType::Flag => Unit::Flag,
        FieldType::Text | FieldType::Choice(_) => Unit::Text,
        FieldType::Integer | FieldType::Decimal(_) | FieldType::Number => {
            [field.unit.en.as_str(), field.unit.zh.as_str()]
                .into_iter()
                .find_map(by_word)
                .unwrap_or_else(|| {
                    let unit = &field.unit;
                    match (unit.zh.is_empty(), unit.en.is_empty()) {
                        (true, true) => Unit::Unknown,
                        // One language stands for both, before a figure is shown without its unit.
                        (true, false) => Unit::Other(Text::new(unit.en.clone(), unit.en.clone())),
                        (false, true) => Unit::Other(Text::new(unit.zh.clone(), unit.zh.clone())),
                        (false, false) => Unit::Other(unit.clone()),
                    }
                })
        }
    }
}

fn by_word(word: &str) -> Option<Unit> {
    Some(match word.trim() {
        "%" | "ratio" | "比率" | "比例" => Unit::Ratio,
        "day" | "days" | "天" | "日" => Unit::Days,
        "month" | "months" | "月" | "个月" => Unit::Months,
        "year" | "years" | "年" => Unit::Years,
        "point" | "points" | "分" => Unit::Points,
        "count" | "times" | "pieces" | "people" | "件" | "次" | "人" | "个" | "家" | "笔" => Unit::Count,
        _ => return None,
    })
}

/// The message that names a unit.
pub(crate) fn name(unit: &Unit) -> pinji_domain::Message {
    let code = match unit {
        Unit::Money => "policy-unit-money",
        Unit::Ratio => "policy-unit-ratio",
        Unit::Count => "policy-unit-count",
        Unit::Days => "policy-unit-days",
        Unit::Months => "policy-unit-months",
        Unit::Years => "policy-unit-years",
        Unit::Points => "policy-unit-points",
        Unit::Text => "policy-unit-text",
        Unit::Date => "policy-unit-date",
        Unit::Flag => "policy-unit-flag",
        Unit::Other(_) | Unit::Unknown => "policy-unit-other",
    };
    pinji_domain::Message::new(code)
}
