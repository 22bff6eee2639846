//! What policies read and the data do not have, with the words to type next. 缺列

use pinji_app::lacks::{Lack, Lacking};
use pinji_domain::Message;
use serde_json::{Value, json};

use super::rate;
use crate::screen::Screen;

/// Names in a list before it is cut short.
const LISTED: usize = 40;

/// For people: each thing on a line, then what was not used, and what can be done.
pub fn text(lacking: &Lacking, screen: &Screen) -> String {
    let mut out = lacking
        .bad
        .as_ref()
        .map(|bad| rate::bad_text(bad, screen))
        .unwrap_or_default();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for lack in &lacking.lacks {
        line(screen.say(&message(lack, screen)));
    }
    let (files, columns): (Vec<&Lack>, Vec<&Lack>) = lacking.lacks.iter().partition(|lack| lack.is_file);
    if !columns.is_empty() {
        line(screen.say(&listed("cli-lacking-unused", &lacking.unused)));
        if columns.iter().any(|lack| lack.near.is_none()) && !lacking.unused.is_empty() {
            let example = columns
                .iter()
                .find(|lack| lack.near.is_none())
                .map(|lack| lack.target.as_str());
            line(screen.say(&Message::new("cli-lacking-map").with("target", example.unwrap_or_default())));
        }
    }
    if !files.is_empty() {
        line(screen.say(&listed("cli-lacking-unread", &lacking.unread)));
    }
    for (alias, name) in &lacking.grades {
        let message = Message::new("cli-lacking-grade").with("alias", alias.as_str());
        line(screen.say(&message.with("name", name.clone())));
    }
    line(screen.say(&Message::new("cli-lacking-without").with("ids", ids(lacking))));
    out
}

/// For programs.
pub fn json(lacking: &Lacking, screen: &Screen) -> Value {
    let lacks = lacking.lacks.iter().map(|lack| {
        json!({
            "id": lack.id, "name": lack.name.get(screen.lang), "file": lack.is_file, "files": lack.files,
            "near": lack.near, "map": lack.near.as_ref().map(|near| map(near, &lack.target)),
            "message": screen.say(&message(lack, screen)),
        })
    });
    json!({
        "lacks": lacks.collect::<Vec<_>>(), "unused": lacking.unused, "unread": lacking.unread,
        "without": ids(lacking), "bad_data": lacking.bad.as_ref().map(|bad| rate::bad_json(bad, screen)),
    })
}

fn message(lack: &Lack, screen: &Screen) -> Message {
    let message = match (lack.is_file, &lack.near) {
        (true, None) => Message::new("cli-lacking-file"),
        (true, Some(near)) => Message::new("cli-lacking-file-near").with("near", near.as_str()),
        (false, None) => Message::new("cli-lacking-column"),
        (false, Some(near)) => Message::new("cli-lacking-column-near")
            .with("near", near.as_str())
            .with("map", map(near, &lack.target)),
    };
    // A language file can choose by a word, not by an empty text.
    let files = match lack.files.is_empty() {
        true => "none".to_owned(),
        false => lack.files.join(", "),
    };
    let (zh, en) = (lack.name.zh.as_str(), lack.name.en.as_str());
    let own = lack.name.get(screen.lang);
    let both = if zh.is_empty() || en.is_empty() || zh == en {
        own.to_owned()
    } else {
        format!("{zh} / {en}")
    };
    message
        .with("id", lack.id.as_str())
        .with("name", both)
        .with("files", files)
}

fn listed(code: &'static str, names: &[String]) -> Message {
    let mut shown: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    if names.len() > LISTED {
        shown.push("…");
    }
    let shown = if shown.is_empty() {
        "none".to_owned()
    } else {
        shown.join("、")
    };
    Message::new(code).with("names", shown)
}

fn ids(lacking: &Lacking) -> String {
    let ids: Vec<&str> = lacking.lacks.iter().map(|lack| lack.id.as_str()).collect();
    ids.join(",")
}

/// What to type for a heading, with quotes where a shell wants them.
fn map(heading: &str, target: &str) -> String {
    let special = |character: char| character.is_ascii() && !character.is_ascii_alphanumeric();
    let plain =
        |character: char| !(character.is_whitespace() || special(character)) || matches!(character, '_' | '-' | '.');
    match heading.chars().all(plain) {
        true => format!("--map {heading}={target}"),
        false => format!("--map \"{heading}={target}\""),
    }
}
