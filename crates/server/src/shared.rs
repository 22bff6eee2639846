//! What all requests share. 共享状态

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use pinji_app::register::{Office, Once};
use tokio::sync::watch;

use crate::limits::{Limiter, Rates};
use crate::metrics::Metrics;
use crate::problem::{Problem, Sort};

/// How the server is set up. 服务设置
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The addresses of proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// How often somebody may ask.
    pub rates: Rates,
    /// How long a request may take; streams of events and uploads have their own.
    pub patience: Duration,
    /// How often the office is tended: uses of sessions written down, what is over forgotten.
    pub tend_every: Duration,
    /// How often a signed checkpoint of the ledger leaves the house.
    pub checkpoint_every: Duration,
    /// The user, by the name for signing in, in whose name files of the office's `inbox` come in; nobody, if not said.
    pub inbox_user: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            proxies: Vec::new(),
            rates: Rates::default(),
            patience: Duration::from_secs(30),
            tend_every: Duration::from_secs(60),
            checkpoint_every: Duration::from_secs(3600),
            inbox_user: None,
        }
    }
}

/// What all requests share. 共享状态
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

/// The one copy behind [`Shared`].
pub struct Inner {
    /// The office.
    pub office: Arc<Office>,
    /// How the server is set up.
    pub config: Config,
    /// Who asked how often.
    pub limiter: Limiter,
    /// The counts for Prometheus.
    pub metrics: Metrics,
    /// Turns true when the server is to end; streams look at it.
    pub ending: watch::Sender<bool>,
    working: Mutex<HashSet<(String, String)>>,
}

impl std::ops::Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Shared {
    /// For this office, with nothing counted yet.
    pub fn new(office: Arc<Office>, config: Config) -> Shared {
        Shared(Arc::new(Inner {
            office,
            limiter: Limiter::new(config.rates),
            config,
            metrics: Metrics::default(),
            ending: watch::Sender::new(false),
            working: Mutex::new(HashSet::new()),
        }))
    }

    /// Notes that a request with this key is being worked on; `None` if one already is.
    pub(crate) fn claim(&self, once: &Once) -> Option<Claim> {
        let name = (once.scope.clone(), once.key.clone());
        let mut working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        working.insert(name.clone()).then(|| Claim {
            shared: self.clone(),
            name,
        })
    }
}

/// One request with a key, being worked on; over when dropped.
pub(crate) struct Claim {
    shared: Shared,
    name: (String, String),
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut working = self.shared.working.lock().unwrap_or_else(PoisonError::into_inner);
        working.remove(&self.name);
    }
}

impl<S: Sync> FromRequestParts<S> for Shared {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Shared>()
            .cloned()
            .ok_or_else(|| Problem::new(Sort::Broken))
    }
}
