//! The log: one JSON object a line, with ids and templates and no customer's name or figure. 日志

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Writes the log to standard error from here on; `filter` is in the form of `RUST_LOG`, and an unreadable one means
/// `info`. Libraries are heard from `warn` on: what they say may hold values that a statement carries.
pub fn begin(filter: Option<&str>) {
    let wanted = filter.and_then(|filter| EnvFilter::try_new(filter).ok());
    let filter = wanted.unwrap_or_else(|| EnvFilter::new("warn,pinji_server=info,pinji_app=info,sqlx=error"));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(std::io::stderr)
        .flatten_event(true);
    // A second call, as in tests, leaves the first in place.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
