//! `pinji policy print`: the policy as a document for publication. 印刷标准

use pinji_app::error::AppError;
use pinji_app::policy::{Form, print};
use pinji_domain::Message;
use serde_json::json;

use crate::args::{Format, Print};
use crate::commands::{Answer, origin, write_out};
use crate::screen::Screen;

/// Prints a policy to stdout or into a file.
pub fn run(args: &Print, screen: &Screen) -> Result<Answer, AppError> {
    let form = match args.format {
        Format::Html => Form::Html,
        Format::Markdown => Form::Markdown,
    };
    let printed = print(&origin(&args.file)?, form, screen.lang)?;
    let (id, version) = printed.policy;
    match &args.out {
        None => Ok(Answer::yes(
            printed.text.clone(),
            json!({ "policy": id, "version": version, "text": printed.text }),
        )),
        Some(path) => {
            write_out(path, printed.text.as_bytes())?;
            let text = screen.say(&Message::new("cli-written").with("path", path.display().to_string()));
            Ok(Answer::yes(
                format!("{text}\n"),
                json!({ "policy": id, "version": version, "file": path }),
            ))
        }
    }
}
