//! The way up and the way down. 升级与降级路径

use crate::batch::Batch;
use crate::plan::Plan;

/// One change of a way: an indicator's points move to another band. 变动
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which indicator.
    pub indicator: usize,
    /// The band it is in now; `None` where it is missing.
    pub from: Option<u16>,
    /// The band it would have to be in.
    pub to: u16,
    /// Points now and then (units of 10^-4).
    pub points: (i32, i32),
}

/// A smallest set of changes that moves the grade. 路径
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// At most three, in policy order.
    pub changes: Vec<Change>,
    /// The grade then.
    pub grade: u8,
    /// Whether two of the indicators share an input, so that they may not move apart.
    pub shares_input: bool,
}

/// The smallest sets of band changes that reach the next better grade: fewest indicators, then fewest band steps, then
/// fewest points; at most `limit` sets. Empty for the best grade and for the ungraded.
pub fn way_up(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    let _ = (plan, batch, row, limit);
    Vec::new()
}

/// The smallest sets of band changes that lose the grade, in the same order.
pub fn way_down(plan: &Plan, batch: &Batch<'_>, row: usize, limit: usize) -> Vec<Way> {
    let _ = (plan, batch, row, limit);
    Vec::new()
}
