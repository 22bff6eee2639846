//! For whoever keeps the server running: alive, ready, counts. 健康与指标

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::guard::STORE_PATIENCE;
use crate::metrics::Gauge;
use crate::problem::Problem;
use crate::shared::Shared;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers too.
pub async fn ready(State(shared): State<Shared>) -> Response {
    match tokio::time::timeout(STORE_PATIENCE, shared.office.ready()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n").into_response(),
        Ok(Err(fault)) => Problem::from(fault).into_response(),
        Err(_) => Problem::away(5).into_response(),
    }
}

/// `GET /metrics`: the counts, for Prometheus.
pub async fn metrics(State(shared): State<Shared>) -> String {
    let up = match tokio::time::timeout(STORE_PATIENCE, shared.office.ready()).await {
        Ok(Ok(())) => 1.0,
        _ => 0.0,
    };
    let store = Gauge {
        name: "pinji_store_up",
        help: "Whether the store answers.",
        value: up,
    };
    shared.metrics.text(&[store])
}
