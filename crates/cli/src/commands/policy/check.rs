//! `pinji policy check`: everything that is wrong with a policy, at once. 检查标准

use pinji_app::error::AppError;
use pinji_app::policy::{Checked, check};
use pinji_domain::Message;
use serde_json::{Value, json};

use crate::args::PolicyFiles;
use crate::commands::{Answer, origin};
use crate::findings;
use crate::screen::Screen;

/// Checks policies; the answer is no when one of them cannot be used.
pub fn run(args: &PolicyFiles, screen: &Screen) -> Result<Answer, AppError> {
    let mut text = String::new();
    let mut values: Vec<Value> = Vec::new();
    let mut usable = true;
    for file in &args.files {
        let checked = check(&origin(file)?)?;
        usable &= checked.usable;
        text.push_str(&findings::text(&checked.remarks, screen, screen.paint));
        text.push_str(&verdict(&checked, screen));
        values.push(json!({
            "file": file,
            "policy": checked.policy.as_ref().map(|(id, _)| id),
            "version": checked.policy.as_ref().map(|(_, version)| version),
            "usable": checked.usable,
            "findings": findings::json(&checked.remarks, screen),
        }));
    }
    Ok(Answer::either(usable, text, Value::Array(values)))
}

fn verdict(checked: &Checked, screen: &Screen) -> String {
    let name = checked
        .policy
        .as_ref()
        .map_or_else(|| checked.entry.clone(), |(id, version)| format!("{id} {version}"));
    let [dimensions, indicators, grades, bounds, guarantees, examples] = checked.counts;
    if checked.usable {
        let message = Message::new("cli-check-fine")
            .with("policy", name)
            .with("dimensions", dimensions)
            .with("indicators", indicators)
            .with("grades", grades)
            .with("bounds", bounds)
            .with("guarantees", guarantees)
            .with("examples", examples)
            .with("found", findings::count(&checked.remarks, screen));
        return format!("{}\n", screen.paint.fine(&screen.say(&message)));
    }
    let message = Message::new("cli-check-broken")
        .with("policy", name)
        .with("found", findings::count(&checked.remarks, screen));
    format!("{}\n", screen.paint.severe(&screen.say(&message)))
}
