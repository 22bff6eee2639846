//! `pinji policy diff`: what changed between two versions, in words. 版本比较

use pinji_app::error::AppError;
use pinji_app::policy::diff;
use serde_json::json;

use crate::args::Diff;
use crate::commands::{Answer, origin};
use crate::screen::Screen;

/// Tells two versions apart.
pub fn run(args: &Diff, screen: &Screen) -> Result<Answer, AppError> {
    let found = diff(&origin(&args.before)?, &origin(&args.after)?, screen.lang)?;
    let title = format!(
        "{} {} → {} {}",
        found.before.0, found.before.1, found.after.0, found.after.1
    );
    let mut text = format!("{}\n", screen.paint.strong(&title));
    for (_, change) in &found.changes {
        text.push_str(&format!("  {change}\n"));
    }
    if found.changes.is_empty() {
        text.push_str(&format!("  {}\n", screen.word("cli-diff-none")));
    }
    Ok(Answer::yes(text, json!(found)))
}
