//! `pinji policy new`: a policy file to begin with. 新建标准

use pinji_app::error::AppError;
use pinji_app::policy::start;
use pinji_domain::Message;
use serde_json::json;

use crate::args::New;
use crate::commands::Answer;
use crate::screen::Screen;

/// Writes a copy of a shipped policy and of what it needs.
pub fn run(args: &New, screen: &Screen) -> Result<Answer, AppError> {
    let started = start(&args.file, args.from.as_deref())?;
    let mut text = String::new();
    for file in &started.files {
        text.push_str(&screen.say(&Message::new("cli-written").with("path", file.display().to_string())));
        text.push('\n');
    }
    let next = Message::new("cli-new-next")
        .with("from", started.from.clone())
        .with("path", args.file.display().to_string());
    text.push_str(&format!("{}\n", screen.say(&next)));
    Ok(Answer::yes(
        text,
        json!({ "from": started.from, "files": started.files }),
    ))
}
