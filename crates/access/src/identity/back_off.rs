//! Log-in back-off: strangers get slow, and at most a hundred tries a day; who is signed in notices nothing. 登录退避
//!
//! Failures are counted by door: (account, stranger), (account, a device on which it signed in before), (address). A stranger's
//! failures close only the stranger's door, so nobody locks out the owner on his own device, and no session asks here at all.
//! The account's door counts whether or not there is such an account, or its answer would tell.

use pinji_domain::{Message, Timestamp};

const DAY_SECONDS: i64 = 24 * 3600;

/// How fast a door closes. 退避参数
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many failures in a row cost nothing but the hash.
    pub free: u32,
    /// The longest wait after a failure, reached by doubling from one second.
    pub seconds_max: i64,
    /// Failures in any 24 hours after which the door stays closed until the oldest is a day old.
    pub per_day: usize,
}

impl Limits {
    /// For an account: three tries at once, then 1 s, 2 s, 4 s … 15 min, 100 a day.
    pub const ACCOUNT: Limits = Limits {
        free: 3,
        seconds_max: 900,
        per_day: 100,
    };
    /// For an address, behind which a whole office may sit.
    pub const ADDRESS: Limits = Limits {
        free: 20,
        seconds_max: 300,
        per_day: 500,
    };
}

/// The failures at one door: plain data for the store. 失败记录
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempts {
    /// When tries failed within the last 24 hours, oldest first.
    pub failed: Vec<Timestamp>,
    /// Failures since the last success.
    pub in_a_row: u32,
}

/// The door is closed. 须等待
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Until when.
    pub until: Timestamp,
    /// For how many seconds, at least one: `Retry-After`.
    pub seconds: i64,
}

impl Wait {
    /// The sentence for who wants in. It says nothing about whether the account exists.
    pub fn message(self) -> Message {
        Message::new("access-log-in-wait").with("seconds", self.seconds)
    }
}

impl Attempts {
    /// Whether a try may be made now. Asked before the password is looked at.
    pub fn may_try(&self, limits: &Limits, now: Timestamp) -> Result<(), Wait> {
        let recent = self.failed.iter().filter(|at| within_a_day(**at, now));
        let full = (recent.clone().count() >= limits.per_day)
            .then(|| recent.clone().next())
            .flatten()
            .map(|oldest| oldest.plus_seconds(DAY_SECONDS));
        let slow = self.failed.last().map(|last| last.plus_seconds(self.delay(limits)));
        match full.max(slow) {
            Some(until) if now < until => Err(Wait {
                until,
                // Rounded up: who comes back after so many seconds finds the door open.
                seconds: (until.0.saturating_sub(now.0)).div_euclid(1_000_000).saturating_add(1),
            }),
            _ => Ok(()),
        }
    }

    /// Counts a failure. To be kept before the answer goes out, and in one transaction with the question, so that many tries at
    /// once are not one.
    #[must_use]
    pub fn failed(&self, limits: &Limits, now: Timestamp) -> Attempts {
        let mut failed: Vec<Timestamp> = self
            .failed
            .iter()
            .filter(|at| within_a_day(**at, now))
            .copied()
            .collect();
        failed.push(now);
        let surplus = failed.len().saturating_sub(limits.per_day);
        failed.drain(..surplus);
        Attempts {
            failed,
            in_a_row: self.in_a_row.saturating_add(1),
        }
    }

    /// Forgets the row of failures after a success. The day's count stays, or a stranger could ride on the owner's log-ins.
    #[must_use]
    pub fn succeeded(&self) -> Attempts {
        Attempts {
            failed: self.failed.clone(),
            in_a_row: 0,
        }
    }

    fn delay(&self, limits: &Limits) -> i64 {
        match self.in_a_row.saturating_sub(limits.free) {
            0 => 0,
            over => 1_i64
                .checked_shl(over - 1)
                .filter(|delay| *delay > 0)
                .map_or(limits.seconds_max, |delay| delay.min(limits.seconds_max)),
        }
    }
}

fn within_a_day(at: Timestamp, now: Timestamp) -> bool {
    // A clock that was set back leaves instants in the future: they count, once.
    now < at.plus_seconds(DAY_SECONDS)
}
