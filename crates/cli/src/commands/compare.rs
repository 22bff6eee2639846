//! `pinji compare`: two runs beside each other. 批次比较

use pinji_app::compare::{RunView, compare};
use pinji_app::error::AppError;
use pinji_domain::Message;
use serde_json::json;

use super::Answer;
use super::simulate::movement_text;
use crate::args::Compare;
use crate::meter::Meter;
use crate::screen::Screen;

/// Compares two runs.
pub fn run(args: &Compare, screen: &Screen) -> Result<Answer, AppError> {
    let meter = Meter::new(screen);
    let found = compare(&args.before, &args.after, screen.lang, args.top, &meter);
    meter.clear();
    let found = found?;
    let line = |view: &RunView| {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let message = Message::new("cli-compare-run")
            .with("as-of", view.as_of.clone())
            .with("policy", view.policy.clone())
            .with("customers", count(view.customers))
            .with("graded", count(view.graded));
        screen.say(&message)
    };
    let mut text = format!("1  {}\n2  {}\n", line(&found.before), line(&found.after));
    let same = match (found.same_policy, found.same_snapshot) {
        (true, true) => "cli-compare-same",
        (true, false) => "cli-compare-same-policy",
        (false, true) => "cli-compare-same-snapshot",
        (false, false) => "cli-compare-both-differ",
    };
    text.push_str(&format!("{}\n\n", screen.word(same)));
    movement_text(&mut text, &found.movement, screen);
    Ok(Answer::yes(text, json!(found)))
}
