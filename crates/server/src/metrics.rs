//! What Prometheus asks for: requests, errors and durations by route. 指标
//!
//! The label is the route's template, never the address with its ids, so nothing about a customer gets into it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The upper ends of the duration buckets, in seconds.
const EDGES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Default)]
struct Route {
    statuses: BTreeMap<u16, u64>,
    buckets: [u64; EDGES.len()],
    count: u64,
    seconds: f64,
}

/// The counts since the start. 计数
#[derive(Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<(String, String), Route>>,
    open: AtomicI64,
}

/// A gauge that another part of the office tells.
pub struct Gauge {
    /// Its name, with the prefix `pinji_`.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// Its value.
    pub value: f64,
}

impl Metrics {
    /// A request has begun.
    pub fn begun(&self) {
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// A request has been answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        let mut routes = self.routes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let route = routes.entry((method.to_owned(), route.to_owned())).or_default();
        *route.statuses.entry(status).or_default() += 1;
        route.count += 1;
        let seconds = took.as_secs_f64();
        route.seconds += seconds;
        for (bucket, edge) in route.buckets.iter_mut().zip(EDGES) {
            *bucket += u64::from(seconds <= edge);
        }
    }

    /// The text form of the Prometheus exposition format.
    pub fn text(&self, gauges: &[Gauge]) -> String {
        let mut out = String::new();
        let routes = self.routes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Writing to a string never fails.
        let _ = self.write(&mut out, &routes, gauges);
        out
    }

    fn write(
        &self,
        out: &mut String,
        routes: &BTreeMap<(String, String), Route>,
        gauges: &[Gauge],
    ) -> std::fmt::Result {
        writeln!(
            out,
            "# HELP pinji_http_requests_total Requests answered, by route and status."
        )?;
        writeln!(out, "# TYPE pinji_http_requests_total counter")?;
        for ((method, template), route) in routes {
            for (status, count) in &route.statuses {
                writeln!(
                    out,
                    "pinji_http_requests_total{{method=\"{method}\",route=\"{template}\",status=\"{status}\"}} {count}"
                )?;
            }
        }
        writeln!(
            out,
            "# HELP pinji_http_request_duration_seconds Time until the answer began, by route."
        )?;
        writeln!(out, "# TYPE pinji_http_request_duration_seconds histogram")?;
        for ((method, template), route) in routes {
            let labels = format!("method=\"{method}\",route=\"{template}\"");
            let name = "pinji_http_request_duration_seconds";
            for (edge, bucket) in EDGES.iter().zip(route.buckets) {
                writeln!(out, "{name}_bucket{{{labels},le=\"{edge}\"}} {bucket}")?;
            }
            writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", route.count)?;
            writeln!(out, "{name}_sum{{{labels}}} {}", route.seconds)?;
            writeln!(out, "{name}_count{{{labels}}} {}", route.count)?;
        }
        let open = Gauge {
            name: "pinji_http_requests_in_flight",
            help: "Requests not yet answered.",
            #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 requests in flight")]
            value: self.open.load(Ordering::Relaxed) as f64,
        };
        for gauge in std::iter::once(&open).chain(gauges) {
            writeln!(out, "# HELP {} {}", gauge.name, gauge.help)?;
            writeln!(out, "# TYPE {} gauge", gauge.name)?;
            writeln!(out, "{} {}", gauge.name, gauge.value)?;
        }
        Ok(())
    }
}
