//! Where instants and random bytes come from: handed in at the edge, so that a test hands in its own. 时钟与随机数

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pinji_domain::Timestamp;

use super::Fault;

/// Tells the instant. 时钟
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks this function.
    pub fn new(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(tell))
    }

    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
        })
    }

    /// The instant now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Fills bytes that nobody can guess; `false` where none are to be had.
type Fill = dyn Fn(&mut [u8]) -> bool + Send + Sync;

/// Gives random bytes. 随机数
#[derive(Clone)]
pub struct Chance(Arc<Fill>);

impl Chance {
    /// Bytes that this function fills in; it says whether it could.
    pub fn new(fill: impl Fn(&mut [u8]) -> bool + Send + Sync + 'static) -> Chance {
        Chance(Arc::new(fill))
    }

    /// The operating system's own.
    pub fn system() -> Chance {
        Chance::new(|bytes| getrandom::fill(bytes).is_ok())
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        match (self.0)(&mut bytes) {
            true => Ok(bytes),
            false => Err(Fault::broken("the operating system gives no random bytes")),
        }
    }
}
