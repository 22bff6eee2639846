//! `pinji ledger verify`: all entries against the tree and the checkpoints that were kept outside. 核验台账

use pinji_app::error::AppError;
use pinji_app::register::inspect::{Inspected, Inspection, inspect};
use pinji_domain::Message;
use serde_json::{Value, json};

use super::{Answer, runtime};
use crate::args::LedgerVerify;
use crate::screen::Screen;

/// Verifies; the answer is no when anything was tampered with, or nothing vouches for the ledger.
pub fn verify(args: LedgerVerify, screen: &Screen) -> Result<Answer, AppError> {
    let asked = Inspection {
        folder: args.folder,
        database: args.database,
        checkpoints: args.checkpoints,
        keys: args.keys,
        export: args.export,
    };
    let found = runtime()?.block_on(inspect(&asked))?;
    Ok(Answer::either(
        found.holds(),
        text(&found, screen),
        value(&found, screen),
    ))
}

fn text(found: &Inspected, screen: &Screen) -> String {
    let verdict = &found.verdict;
    let code = if found.holds() {
        "cli-ledger-holds"
    } else {
        "cli-ledger-broken"
    };
    let head = Message::new(code)
        .with("entries", whole(verdict.entries))
        .with("covered", whole(verdict.covered))
        .with("checkpoints", verdict.checkpoints)
        .with("proofs", verdict.proofs)
        .with("n", found.findings.len());
    let head = screen.say(&head);
    let mut out = match found.holds() {
        true => screen.paint.fine(&head),
        false => screen.paint.severe(&head),
    };
    out.push('\n');
    for finding in &found.findings {
        out.push_str(&format!("  {}\n", screen.say(finding)));
    }
    let open = verdict.entries.saturating_sub(verdict.covered);
    if found.holds() && open > 0 {
        let message = Message::new("cli-ledger-uncovered").with("n", whole(open));
        out.push_str(&format!("{}\n", screen.say(&message)));
    }
    for key in &found.keys {
        out.push_str(&format!(
            "{}\n",
            screen.say(&Message::new("cli-ledger-key").with("key", key.as_str()))
        ));
    }
    if let Some(path) = &found.export {
        let message = Message::new("cli-ledger-exported").with("path", path.display().to_string());
        out.push_str(&format!("{}\n", screen.say(&message)));
    }
    out
}

fn value(found: &Inspected, screen: &Screen) -> Value {
    let verdict = &found.verdict;
    let findings = found.findings.iter();
    let findings = findings.map(|finding| json!({ "code": finding.code, "message": screen.say(finding) }));
    json!({
        "holds": found.holds(),
        "entries": verdict.entries,
        "covered": verdict.covered,
        "checkpoints": verdict.checkpoints,
        "proofs": verdict.proofs,
        "root": verdict.root.to_string(),
        "findings": findings.collect::<Vec<_>>(),
        "keys": found.keys,
        "export": found.export,
    })
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
