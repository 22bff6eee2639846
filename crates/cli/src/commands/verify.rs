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
        linked: args.linked.clone(),
        lang: screen.lang,
    };
    let found = verify(&request, &meter);
    meter.clear();
    let found = found?;
    Ok(Answer::either(found.same, text(&found, args, screen), json!(found)))
}

/// Places shown unless `--all` asks for more.
const SHOWN: usize = 12;

/// The verdict and its cause first, then the places.
fn text(found: &Verification, args: &Verify, screen: &Screen) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let code = match (found.same, found.with_data) {
        (true, true) => "cli-verify-same-data",
        (true, false) => "cli-verify-same",
        (false, _) => "cli-verify-differs",
    };
    let all = found.differences.len() + found.more;
    let message = Message::new(code)
        .with("run", args.run.display().to_string())
        .with("files", found.files.len())
        .with("n", all);
    let verdict = screen.say(&message);
    line(match found.same {
        true => screen.paint.fine(&verdict),
        false => screen.paint.severe(&verdict),
    });
    if !found.altered.is_empty() {
        line(screen.say(&Message::new("cli-verify-altered").with("files", found.altered.join(", "))));
    }
    if let Some(engine) = &found.other_engine {
        line(screen.say(&Message::new("cli-verify-engine").with("engine", engine.clone())));
    }
    let shown = if args.all { all } else { SHOWN };
    for difference in found.differences.iter().take(shown) {
        line(place(difference, screen));
    }
    let more = all.saturating_sub(shown.min(found.differences.len()));
    if more > 0 {
        line(screen.say(&Message::new("cli-verify-more").with("n", more)));
    }
    out
}

fn place(difference: &Difference, screen: &Screen) -> String {
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
    let Some(derived) = &difference.derived else {
        return format!("{place}\n    {}", difference.kept);
    };
    let said = |value: &String| match value.is_empty() {
        true => screen.word("cli-verify-nothing"),
        false => value.clone(),
    };
    let (kept, again) = (screen.word("cli-verify-kept"), screen.word("cli-verify-derived"));
    format!(
        "{place}\n    {kept} {}\n    {again} {}",
        said(&difference.kept),
        said(derived)
    )
}
