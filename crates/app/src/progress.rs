//! How far a use case has come, for whoever wants to show it. 进度

use pinji_domain::Message;

use crate::error::AppError;

/// A part of a use case that may take time. 阶段
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Making the sample book.
    Sample,
    /// Reading and checking files; counted in files.
    Read,
    /// Taking measures from records; counted in measures' tables.
    Measure,
    /// Grading; counted in customers.
    Grade,
    /// Writing results; counted in files.
    Write,
    /// Deriving a run again and comparing; counted in files.
    Compare,
}

impl Stage {
    /// What it is called.
    pub fn name(self) -> Message {
        Message::new(match self {
            Stage::Sample => "app-stage-sample",
            Stage::Read => "app-stage-read",
            Stage::Measure => "app-stage-measure",
            Stage::Grade => "app-stage-grade",
            Stage::Write => "app-stage-write",
            Stage::Compare => "app-stage-compare",
        })
    }
}

/// Somebody who follows the work. 进度接收
pub trait Progress: Sync {
    /// `done` of `total` things of this stage are done; `total` is 0 where it is not known.
    fn step(&self, stage: Stage, done: u64, total: u64);

    /// Why the work is to end here, where nothing is half done; `None`: it goes on.
    fn stopped(&self) -> Option<Message> {
        None
    }
}

/// Goes on, or ends the work where whoever follows it wants it to end. 是否停止
pub(crate) fn go_on(progress: &dyn Progress) -> Result<(), AppError> {
    match progress.stopped() {
        Some(why) => Err(AppError::Refused(why)),
        None => Ok(()),
    }
}

/// Nobody follows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn step(&self, _stage: Stage, _done: u64, _total: u64) {}
}
