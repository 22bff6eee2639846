//! `pinji serve`: the office, open for people and programs until it is told to end. 服务

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pinji_app::error::AppError;
use pinji_app::linked::Roots;
use pinji_app::register::sign_on::Directory;
use pinji_app::register::{Clock, Fault, Office, Opening, SecondFactor, setup};
use pinji_domain::Message;
use pinji_server::{Config, logging, serve, told_to_end};
use serde_json::json;

use super::{Answer, runtime};
use crate::args::Serve;
use crate::screen::Screen;

/// Serves until SIGTERM or Ctrl-C.
pub fn run(args: Serve, screen: &Screen) -> Result<Answer, AppError> {
    logging::begin(args.log.as_deref());
    let config = Config {
        listen: args.listen,
        proxies: args.proxies.clone(),
        checkpoint_every: Duration::from_secs(args.checkpoint_minutes * 60),
        ..Config::default()
    };
    let opening = opening(args)?;
    let runtime = runtime()?;
    let served = runtime.block_on(open_and_serve(opening, config, *screen));
    // A run's reckoning that is under way is not waited for: the next start goes on where it stood.
    runtime.shutdown_background();
    served?;
    let said = format!("{}\n", screen.word("cli-serve-ended"));
    Ok(Answer::yes(said, json!({ "ended": true })))
}

fn opening(args: Serve) -> Result<Opening, AppError> {
    let origin = match args.origin {
        Some(origin) => origin,
        // People cannot come to "any address", nor to a port that the system is yet to choose.
        None if args.listen.ip().is_unspecified() || args.listen.port() == 0 => {
            let listen = args.listen.to_string();
            return Err(AppError::Failed(
                Message::new("cli-serve-needs-origin").with("listen", listen),
            ));
        }
        None => format!("http://{}", args.listen),
    };
    let clock = Clock::system();
    Ok(Opening {
        directory: directory(&args.place.folder, &clock)?,
        clock,
        roots: Roots::parse(&args.place.link_roots)?,
        database: args.place.database,
        origin,
        checkpoints: args.checkpoints,
        second_factor: match args.without_second_factor {
            true => SecondFactor::Optional,
            false => SecondFactor::Demanded,
        },
        company_words: args.company_words,
        ..Opening::of(args.place.folder)
    })
}

/// The company's directory, where the folder has an `oidc.toml`. The client's secret may come from the environment.
#[cfg(feature = "oidc")]
fn directory(folder: &Path, clock: &Clock) -> Result<Option<Directory>, AppError> {
    let secret = std::env::var("PINJI_OIDC_CLIENT_SECRET").ok();
    let failed = |why: pinji_oidc::ConfigError| AppError::Failed(why.message());
    match pinji_oidc::read(folder, secret).map_err(failed)? {
        Some(config) => config.directory(clock.clone()).map(Some).map_err(failed),
        None => Ok(None),
    }
}

/// This program was built without: who set the directory up is told so, before anybody stands before a closed door.
#[cfg(not(feature = "oidc"))]
fn directory(folder: &Path, _clock: &Clock) -> Result<Option<Directory>, AppError> {
    match folder.join("oidc.toml").exists() {
        true => Err(AppError::Failed(Message::new("cli-serve-without-oidc"))),
        false => Ok(None),
    }
}

async fn open_and_serve(opening: Opening, config: Config, screen: Screen) -> Result<(), AppError> {
    let office = Office::open(opening).await.map_err(Fault::into_failure)?;
    let office = Arc::new(office);
    let link = setup::first_link(&office).await.map_err(Fault::into_failure)?;
    let listen = config.listen;
    let origin = office.origin().to_owned();
    let ready = move |at: SocketAddr| {
        let text = match screen.json {
            true => format!(
                "{}\n",
                json!({ "listening": at.to_string(), "origin": origin, "setup": link })
            ),
            false => greeting(&screen, at, &origin, link.as_deref()),
        };
        screen.data(&text);
    };
    let served = serve(Arc::clone(&office), config, ready, told_to_end()).await;
    // The last one who holds the office closes it; a request that outlived its time may still hold it.
    if let Ok(office) = Arc::try_unwrap(office) {
        office.close().await.map_err(Fault::into_failure)?;
    }
    served.map_err(|why| {
        AppError::Failed(
            Message::new("cli-serve-cannot-listen")
                .with("listen", listen.to_string())
                .with("why", why.to_string()),
        )
    })
}

fn greeting(screen: &Screen, at: SocketAddr, origin: &str, link: Option<&str>) -> String {
    let at = Message::new("cli-serve-listening")
        .with("listen", at.to_string())
        .with("origin", origin);
    let mut text = format!("{}\n", screen.say(&at));
    if let Some(link) = link {
        let first = Message::new("cli-serve-setup").with("link", screen.paint.place(link));
        text.push_str(&format!("{}\n", screen.say(&first)));
    }
    text
}
