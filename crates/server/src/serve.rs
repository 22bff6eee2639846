//! Listening, and ending without cutting anybody off. 服务

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use pinji_app::register::{Fault, Office, chain, ledger, runs, submissions};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use utoipa_swagger_ui::SwaggerUi;

use crate::routes::PREFIX;
use crate::shared::{Config, Shared};
use crate::{frame, health, openapi, resources};

/// How long requests that are under way may go on after the end was asked for.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// The whole router for an office. 路由
pub fn router(shared: &Shared) -> Router {
    let (api, document, rows) = resources::all().parts();
    let document = openapi::finished(document, &rows);
    let docs =
        SwaggerUi::new(format!("{PREFIX}/docs")).external_url_unchecked(format!("{PREFIX}/openapi.json"), document);
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(shared.clone())
        .merge(api)
        .merge(docs)
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(shared.clone(), frame::frame))
        // Streams of events are left as they are.
        .layer(CompressionLayer::new())
}

/// Serves the office until `end` comes. 启动服务
///
/// `ready` is told the address as soon as connections are taken; with port 0 in `config`, the system has chosen one.
pub async fn serve(
    office: Arc<Office>,
    config: Config,
    ready: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind(config.listen).await?;
    let shared = Shared::new(office, config);
    let service = router(&shared).into_make_service_with_connect_info::<SocketAddr>();
    ready(listener.local_addr()?);
    let tasks = [
        tokio::spawn(tend(shared.clone())),
        tokio::spawn(checkpoints(shared.clone())),
        tokio::spawn(runs::work(shared.office.clone(), shared.ending.subscribe())),
        tokio::spawn(prepare(shared.clone())),
    ];

    let ending = shared.clone();
    let until = async move {
        end.await;
        ending.ending.send_replace(true);
    };
    let mut told = shared.ending.subscribe();
    let serving = axum::serve(listener, service).with_graceful_shutdown(until);
    let too_long = async move {
        // The sender lives as long as `shared`, so this waits for the word and nothing else.
        let _ = told.wait_for(|ending| *ending).await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    let done = tokio::select! {
        done = serving => done,
        () = too_long => Ok(()),
    };
    for task in tasks {
        task.abort();
    }
    // What was noted in memory is written down, and the last state is signed, before the lights go out.
    report("tend", shared.office.tend().await);
    report("checkpoint", ledger::write_checkpoint(&shared.office).await.map(|_| ()));
    done
}

async fn prepare(shared: Shared) {
    report("search", shared.office.prepare_search().await);
}

async fn tend(shared: Shared) {
    loop {
        tokio::time::sleep(shared.config.tend_every).await;
        report("tend", shared.office.tend().await);
        if let Some(login) = &shared.config.inbox_user {
            report(
                "inbox",
                submissions::pick_up_as(&shared.office, login).await.map(|_| ()),
            );
        }
    }
}

async fn checkpoints(shared: Shared) {
    loop {
        tokio::time::sleep(shared.config.checkpoint_every).await;
        report("checkpoint", ledger::write_checkpoint(&shared.office).await.map(|_| ()));
    }
}

fn report(task: &str, done: Result<(), Fault>) {
    match done {
        Ok(()) => {}
        Err(Fault::Away(why) | Fault::Broken(why)) => {
            tracing::error!(task, error = chain(why.as_ref()), "a task of the office failed");
        }
        Err(other) => tracing::error!(task, error = ?other, "a task of the office failed"),
    }
}

/// Comes when the process is told to end: Ctrl-C, or SIGTERM where there is one. 结束信号
///
/// It listens from this call on, not from the first wait: a server that has said that it is ready ends cleanly.
pub fn told_to_end() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let (interrupt, terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    };
    async move {
        #[cfg(unix)]
        {
            // Without a handler there is nothing to wait for but the other signal.
            async fn heard(signal: io::Result<tokio::signal::unix::Signal>) {
                match signal {
                    Ok(mut signal) => {
                        signal.recv().await;
                    }
                    Err(_) => std::future::pending().await,
                }
            }
            tokio::select! {
                () = heard(interrupt) => {}
                () = heard(terminate) => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
