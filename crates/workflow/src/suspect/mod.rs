//! Changes that deserve a second look: pointed out, never dropped. 可疑变动
//!
//! | what | when |
//! |---|---|
//! | unit slip | outside the customer's history, and near its median times or divided by 10, 100 or 10,000 |
//! | jump | further from the median than [`history::JUMP_TIMES`] robust spreads, with at least [`history::LEAST`] past values |
//! | sign | all past values (at least [`history::LEAST_SIGNS`]) are on the other side of zero |
//! | identity | a sum that the kind declares does not add up within its allowance |
//! | gap, overlap, reversed | periods do not follow each other as the kind declares |
//! | future | a date that has happened already lies after today |
//! | same code, similar name | another customer has the code, or a name at least as alike as the kind declares |
//!
//! Everything is computed in integers, so the same rows are suspicious everywhere. Only what a row would change is looked
//! at; what is known already was looked at when it came in.

pub mod history;
mod identity;
mod message;
#[cfg(test)]
pub(crate) mod testing;
mod time;
mod twins;

use std::collections::BTreeSet;

use pinji_domain::{Date, Kind, Period};

use crate::compare::{Compared, Known};
use crate::values;

pub use twins::{Alike, Others};

/// One thing to look at, in one row. 疑点
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// The row of the submission.
    pub row: u32,
    /// The customer's own number.
    pub customer: String,
    /// What it is.
    pub doubt: Doubt,
}

/// What may be wrong. Numbers are units at the field's scale. 疑点类型
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Far outside what the field has been for this customer. 异常跳动
    Jump {
        /// The field.
        field: String,
        /// What came in.
        value: i128,
        /// The median of its past.
        median: i128,
        /// The median distance from it, not less than its floor.
        spread: i128,
        /// Of how many past values.
        past: usize,
    },
    /// Likely in another unit than before. 单位误差
    UnitSlip {
        /// The field.
        field: String,
        /// What came in.
        value: i128,
        /// The median of its past.
        median: i128,
        /// 10, 100 or 10,000.
        factor: i128,
        /// Whether it is too large or too small by that.
        way: Way,
    },
    /// On the other side of zero than ever before. 正负号
    Sign {
        /// The field.
        field: String,
        /// What came in.
        value: i128,
        /// The median of its past.
        median: i128,
    },
    /// A declared sum does not add up. 勾稽不平
    Identity {
        /// Its id within the kind.
        identity: String,
        /// The left side, at `scale`.
        left: i128,
        /// The right side, at `scale`.
        right: i128,
        /// How far they may differ, at `scale`.
        allowed: i128,
        /// The decimals of all three.
        scale: u8,
    },
    /// Periods are missing before this one. 期间缺口
    Gap {
        /// The period before that is known.
        before: Date,
        /// The end of the first one that is missing.
        missing: Date,
        /// The step between periods.
        step: Period,
    },
    /// Two periods of a series cover the same days. 期间重叠
    Overlap {
        /// The other one: its end, or its first day where rows hold from one day to another.
        other: Date,
    },
    /// It ends before it begins. 起止颠倒
    Reversed {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// A day that has not come yet. 未来日期
    Future {
        /// The field.
        field: String,
        /// What it says.
        date: Date,
    },
    /// Another customer has this code. 代码重复
    SameCode {
        /// The field.
        field: String,
        /// The code.
        code: String,
        /// The other customer.
        other: String,
    },
    /// Another customer's name is much alike. 名称相似
    SimilarName {
        /// The field.
        field: String,
        /// The name.
        name: String,
        /// The other customer.
        other: String,
        /// How alike, from 0 to 1,000.
        likeness: u16,
    },
}

/// On which side a value is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Too large by the factor.
    TooLarge,
    /// Too small by the factor.
    TooSmall,
}

/// Looks through the rows of one kind. 疑点检查
///
/// - `rows`: as compared; those that bring nothing are passed over.
/// - `known`: as for the comparison.
/// - `today`: the day on which it is looked at.
/// - `others`: how to find other customers by code and by name.
///
/// Sorted by row; the order of `rows` does not matter.
pub fn suspect(kind: &Kind, rows: &[Compared], known: &Known, today: Date, others: &Others<'_>) -> Vec<Suspicion> {
    let mut bringing: Vec<&Compared> = rows.iter().filter(|row| row.brings()).collect();
    bringing.sort_by_key(|row| row.row);
    let mut found: Vec<Suspicion> = Vec::new();
    let mut point = |row: &Compared, doubt: Doubt| {
        if let Some(key) = &row.key {
            found.push(Suspicion {
                row: row.row,
                customer: key.customer.clone(),
                doubt,
            });
        }
    };
    let periods = time::Periods::new(kind, &bringing, known);
    let codes = twins::Codes::new(kind, &bringing);
    for row in &bringing {
        for doubt in history::of(kind, row, known) {
            point(row, doubt);
        }
        for doubt in identity::of(kind, row) {
            point(row, doubt);
        }
        for doubt in time::future(kind, row, today) {
            point(row, doubt);
        }
        for doubt in periods.of(kind, row) {
            point(row, doubt);
        }
        for doubt in twins::of(kind, row, &codes, others) {
            point(row, doubt);
        }
    }
    // Stable: within a row in the order above.
    found.sort_by_key(|suspicion| suspicion.row);
    found
}

/// The rows about which there is anything to say.
pub fn rows_of(suspicions: &[Suspicion]) -> BTreeSet<u32> {
    suspicions.iter().map(|suspicion| suspicion.row).collect()
}

/// Whether a row would change this field.
fn changes(row: &Compared, field: &str) -> bool {
    row.differences
        .iter()
        .any(|difference| difference.field == field && difference.new.is_some())
}

/// The series of a row, for its customer.
fn series(kind: &Kind, row: &Compared) -> String {
    values::series_text(kind, &row.after)
}
