//! A clock that stands still until a test moves it. 测试时钟

use std::sync::atomic::{AtomicI64, Ordering};

use pinji_domain::Timestamp;

/// A clock that stands still until it is moved, forward or back. 测试时钟
#[derive(Debug)]
pub struct Clock(AtomicI64);

impl Clock {
    /// A clock that shows this instant, in RFC 3339; `None` where that is not one.
    pub fn at(text: &str) -> Option<Clock> {
        Timestamp::parse(text).map(|instant| Clock(AtomicI64::new(instant.0)))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    /// Moves it by so many seconds, and gives what it shows then.
    pub fn advance(&self, seconds: i64) -> Timestamp {
        let now = self.now().plus_seconds(seconds);
        self.set(now);
        now
    }

    /// Sets it.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.0, Ordering::SeqCst);
    }
}

impl Default for Clock {
    /// 2026-11-22, eight in the morning, UTC.
    fn default() -> Clock {
        Clock(AtomicI64::new(1_795_334_400_000_000))
    }
}
