//! `pinji verify`: derive a run again and compare every byte. 验证

use pinji_app::error::AppError;
use pinji_app::verify::{Difference, Verification, VerifyRequest, verify};
use pinji_domain::Message;
use serde_json::json;

use super::Answer;
use crate::args::Verify;
use crate::meter::Meter;
use crate::screen::Screen;

/// Verifies a run; the answer is no when anything differs.
pub fn run(args: &Verify, screen: &Screen) -> Result<Answer, AppError> {
    let meter = Meter::new(screen);
    let request = VerifyRequest {
        run: args.run.clone(),
        data: args.data.clone(),
    };
    let found = verify(&request, &meter);
    meter.clear();
    let found = found?;
    Ok(Answer::either(found.same, text(&found, args, screen), json!(found)))
}

fn text(found: &Verification, args: &Verify, screen: &Screen) -> String {
    let mut out = String::new();
    for difference in &found.differences {
        out.push_str(&line(difference, screen));
    }
    if found.more > 0 {
        out.push_str(&format!(
            "{}\n",
            screen.say(&Message::new("cli-verify-more").with("n", found.more))
        ));
    }
    if let Some(engine) = &found.other_engine {
        out.push_str(&format!(
            "{}\n",
            screen.say(&Message::new("cli-verify-engine").with("engine", engine.clone()))
        ));
    }
    let code = match (found.same, found.with_data) {
        (true, true) => "cli-verify-same-data",
        (true, false) => "cli-verify-same",
        (false, _) => "cli-verify-differs",
    };
    let message = Message::new(code)
        .with("run", args.run.display().to_string())
        .with("files", found.files.len())
        .with("n", found.differences.len() + found.more);
    let verdict = screen.say(&message);
    out.push_str(&if found.same {
        screen.paint.fine(&verdict)
    } else {
        screen.paint.severe(&verdict)
    });
    out.push('\n');
    out
}

fn line(difference: &Difference, screen: &Screen) -> String {
    let file = if difference.file.is_empty() {
        screen.word("cli-verify-run")
    } else {
        difference.file.clone()
    };
    let place = match difference.place.is_empty() {
        true => file,
        false => format!("{file}: {}", difference.place),
    };
    let place = screen.paint.place(&place);
    if difference.derived.is_empty() {
        return format!("{place}\n    {}\n", difference.kept);
    }
    let (kept, derived) = (screen.word("cli-verify-kept"), screen.word("cli-verify-derived"));
    format!(
        "{place}\n    {kept} {}\n    {derived} {}\n",
        difference.kept, difference.derived
    )
}
