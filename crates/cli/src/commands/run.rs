//! `pinji run`: grade the customers that an office keeps, as of a day. 批次评级

use std::path::Path;
use std::time::Duration;

use pinji_app::error::AppError;
use pinji_app::linked::Roots;
use pinji_app::register::runs::{self, By, RunView, Wanted};
use pinji_app::register::{Fault, Office, Opening};
use pinji_domain::Message;
use serde_json::{Value, json};

use super::{Answer, runtime};
use crate::args::Run;
use crate::screen::Screen;

/// How often the run is looked at while another worker has it.
const PACE: Duration = Duration::from_millis(200);

/// Runs; the answer is no when the run failed or was cancelled.
pub fn run(args: Run, screen: &Screen) -> Result<Answer, AppError> {
    pinji_app::register::runs::may_copy_to(args.out.as_deref())?;
    let out = args.out.clone();
    let runtime = runtime()?;
    let (run, copied) = runtime.block_on(make(args, screen))?;
    runtime.shutdown_background();
    let done = run.state == "done";
    let copied = if copied { out.as_deref() } else { None };
    Ok(Answer::either(
        done,
        text(&run, copied, screen),
        value(&run, copied, screen),
    ))
}

async fn make(args: Run, screen: &Screen) -> Result<(RunView, bool), AppError> {
    // An office is opened, not made, by this.
    let file = args.place.folder.join("keys").join("ledger.key");
    if !file.is_file() {
        let path = args.place.folder.display().to_string();
        return Err(AppError::Failed(Message::new("app-no-office-here").with("path", path)));
    }
    let opening = Opening {
        roots: Roots::parse(&args.place.link_roots)?,
        database: args.place.database,
        ..Opening::of(args.place.folder)
    };
    let office = Office::open(opening).await.map_err(Fault::into_failure)?;
    let wanted = Wanted {
        name: args.name,
        policies: args.policy.iter().map(|id| id.trim().to_owned()).collect(),
        as_of: args.as_of,
        known_at: args.known_at,
        previous: None,
        lang: screen.lang,
    };
    let by = By { login: args.by };
    let asked = runs::create_here(&office, &by, wanted)
        .await
        .map_err(Fault::into_failure)?;
    let worker = format!("command-{}", office.new_id());
    // A server at the same folder may take the run first; then this only waits for it.
    let run = loop {
        let run = runs::wait(&office, asked.id).await.map_err(Fault::into_failure)?;
        if run.is_over() {
            break run;
        }
        if !runs::work_once(&office, &worker).await.map_err(Fault::into_failure)? {
            tokio::time::sleep(PACE).await;
        }
    };
    let mut copied = false;
    if let (Some(out), "done") = (&args.out, run.state) {
        runs::copy_out(&office, &run, out)?;
        copied = true;
    }
    office.close().await.map_err(Fault::into_failure)?;
    Ok((run, copied))
}

fn text(run: &RunView, copied: Option<&Path>, screen: &Screen) -> String {
    let code = match run.state {
        "done" => "cli-run-done",
        "cancelled" => "cli-run-cancelled",
        _ => "cli-run-failed",
    };
    let head = Message::new(code)
        .with("run", run.id.0.to_string())
        .with("n", run.subjects)
        .with("as-of", pinji_locale::date(run.as_of))
        .with("known-at", run.known_at.to_string())
        .with("why", run.error(screen.lang).unwrap_or_default());
    let mut out = format!("{}\n", screen.say(&head));
    for policy in run.counts.as_array().into_iter().flatten() {
        let name = policy["policy"].as_str().unwrap_or_default();
        out.push_str(&format!("{}\n", screen.paint.strong(name)));
        for grade in policy["grades"].as_array().into_iter().flatten() {
            let id = grade["id"].as_str().unwrap_or_default();
            out.push_str(&format!("  {id}  {}\n", grade["customers"]));
        }
        let ungraded = policy["ungraded"].as_u64().unwrap_or_default();
        if ungraded > 0 {
            out.push_str(&format!("  {}  {ungraded}\n", screen.word("app-ungraded")));
        }
    }
    if let Some(path) = copied {
        let message = Message::new("cli-run-copied").with("path", path.display().to_string());
        out.push_str(&format!("{}\n", screen.say(&message)));
    }
    out
}

fn value(run: &RunView, copied: Option<&Path>, screen: &Screen) -> Value {
    json!({
        "run": run.id.0,
        "name": run.name,
        "state": run.state,
        "as_of": pinji_locale::date(run.as_of),
        "known_at": run.known_at.to_string(),
        "snapshot_hash": run.snapshot_hash,
        "policy_hash": run.policy_hash,
        "subjects": run.subjects,
        "counts": run.counts,
        "error": run.error(screen.lang),
        "out": copied,
    })
}
