//! How far a run is, and whether it is to stop: shared by who works, who reports, and who asked. 进度与停止

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use pinji_domain::Message;

use crate::progress::{Progress, Stage};
use crate::register::Fault;

/// How far it is, and whether to stop.
#[derive(Debug, Default)]
pub(super) struct Stop {
    asked: AtomicBool,
    done: AtomicI64,
    total: AtomicI64,
    note: Mutex<String>,
}

impl Stop {
    /// Asks it to stop at the next place where nothing is half done.
    pub(super) fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// Goes on, or ends the work where it was asked to stop.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.stopped().map_or(Ok(()), |why| Err(Fault::Refused(why)))
    }

    /// Tells what it is at.
    pub(super) fn at(&self, note: &str) {
        note.clone_into(&mut self.note.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Tells how many customers have their results kept, of how many.
    pub(super) fn kept(&self, done: usize, total: usize) {
        self.done
            .store(i64::try_from(done).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.total
            .store(i64::try_from(total).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Done, of how many, and at what.
    pub(super) fn told(&self) -> (i64, i64, String) {
        let note = self.note.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
            note,
        )
    }
}

impl Progress for Stop {
    fn stopped(&self) -> Option<Message> {
        self.is_asked().then(|| Message::new("app-run-cancelled"))
    }

    fn step(&self, stage: Stage, _done: u64, _total: u64) {
        self.at(match stage {
            Stage::Sample | Stage::Read => "reading",
            Stage::Measure => "measuring",
            Stage::Grade => "grading",
            Stage::Write | Stage::Compare => "writing",
        });
    }
}
