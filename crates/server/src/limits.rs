//! How often somebody may ask: a bucket of credits for each address, user and token. 限流

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Credits that come back each second, and how many may be saved up. 速率
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Credits a second.
    pub per_second: f64,
    /// Credits that may be spent at once.
    pub burst: f64,
}

/// The rates of a server. 限流设置
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// For each network address, whoever asks from there.
    pub address: Rate,
    /// For each user, over all their sessions.
    pub user: Rate,
    /// For each API token.
    pub token: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            address: Rate {
                per_second: 200.0,
                burst: 2_000.0,
            },
            user: Rate {
                per_second: 20.0,
                burst: 400.0,
            },
            token: Rate {
                per_second: 100.0,
                burst: 2_000.0,
            },
        }
    }
}

/// Who is counted. 计数对象
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A network address.
    Address(String),
    /// A user.
    User(i64),
    /// An API token.
    Token(i64),
}

struct Bucket {
    credits: f64,
    at: Instant,
}

/// The buckets of everybody who asked lately. 限流器
pub struct Limiter {
    rates: Rates,
    buckets: Mutex<HashMap<Whose, Bucket>>,
}

/// Above so many, full buckets are forgotten: they say nothing.
const MANY: usize = 50_000;

impl Limiter {
    /// With these rates and nobody counted.
    pub fn new(rates: Rates) -> Limiter {
        Limiter {
            rates,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes `cost` credits at `now`, or says how long to wait until they are there.
    pub fn take(&self, whose: Whose, cost: f64, now: Instant) -> Result<(), Duration> {
        let rate = match whose {
            Whose::Address(_) => self.rates.address,
            Whose::User(_) => self.rates.user,
            Whose::Token(_) => self.rates.token,
        };
        // A thread that panicked under the lock leaves counts that are still counts.
        let mut buckets = self.buckets.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if buckets.len() > MANY {
            buckets.retain(|whose, bucket| filled(self.rate(whose), bucket, now) < self.rate(whose).burst);
        }
        let bucket = buckets.entry(whose).or_insert(Bucket {
            credits: rate.burst,
            at: now,
        });
        let credits = filled(rate, bucket, now);
        bucket.at = now;
        // Nothing costs more than a full bucket, or it could never be had.
        let cost = cost.min(rate.burst);
        if credits >= cost {
            bucket.credits = credits - cost;
            return Ok(());
        }
        bucket.credits = credits;
        Err(Duration::from_secs_f64(
            ((cost - credits) / rate.per_second).min(3600.0),
        ))
    }

    fn rate(&self, whose: &Whose) -> Rate {
        match whose {
            Whose::Address(_) => self.rates.address,
            Whose::User(_) => self.rates.user,
            Whose::Token(_) => self.rates.token,
        }
    }
}

fn filled(rate: Rate, bucket: &Bucket, now: Instant) -> f64 {
    let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
    (bucket.credits + seconds * rate.per_second).min(rate.burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_spent_and_come_back() {
        let rate = Rate {
            per_second: 1.0,
            burst: 3.0,
        };
        let limiter = Limiter::new(Rates {
            address: rate,
            user: rate,
            token: rate,
        });
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let check = |user: i64, cost: f64, second: u64, wait: Option<u64>| {
            let found = limiter.take(Whose::User(user), cost, at(second)).err();
            assert_eq!(
                found.map(|wait| wait.as_secs_f64().round() as u64),
                wait,
                "user {user} second {second}"
            );
        };
        check(1, 1.0, 0, None);
        check(1, 2.0, 0, None);
        check(1, 1.0, 0, Some(1));
        // One person's flood is nobody else's.
        check(2, 1.0, 0, None);
        check(1, 2.0, 1, Some(1));
        check(1, 2.0, 2, None);
        // What costs more than is ever saved up is to be had with a full bucket.
        check(3, 10.0, 0, None);
        check(3, 10.0, 2, Some(1));
        check(3, 10.0, 3, None);
    }
}
