//! `pinji rate`: customers in, a policy in, grades out, each with its reasons. 评级

use pinji_app::derive::Write;
use pinji_app::error::AppError;
use pinji_app::intake::BadData;
use pinji_app::rate::{RateOutcome, RateRequest, rate};
use pinji_domain::{Message, Text};
use serde_json::{Value, json};

use super::{Answer, origin, reading};
use crate::args::{self, Rate};
use crate::findings;
use crate::meter::Meter;
use crate::screen::Screen;
use crate::table::{Side, cut, lay_out};

/// Bad cells that are printed; the marked copy and `--json` have more.
const PRINTED: usize = 50;

/// Rows left out that are printed, and that `--json` has.
const LEFT_SHOWN: usize = 20;
const LEFT_IN_JSON: usize = 1_000;

/// Rates.
pub fn run(args: Rate, screen: &Screen) -> Result<Answer, AppError> {
    let request = RateRequest {
        policy: origin(&args.policy)?,
        data: args.data,
        as_of: args.as_of,
        out: args.out,
        previous: args.previous,
        write: match args.write {
            args::Write::All => Write::All,
            args::Write::Grades => Write::Grades,
        },
        money: args.money,
        reading: reading(args.reading),
        lang: screen.lang,
        dry_run: args.dry_run,
    };
    let meter = Meter::new(screen);
    let outcome = rate(&request, &meter);
    meter.clear();
    let outcome = outcome?;
    if !screen.json && !outcome.remarks.is_empty() {
        screen.talk(findings::text(&outcome.remarks, screen, screen.paint_talk).trim_end());
    }
    for note in &outcome.notes {
        screen.talk(&format!(
            "{} {}",
            screen.paint_talk.faint(&screen.word("cli-note")),
            screen.say(note)
        ));
    }
    for left in outcome.left_out.iter().filter(|left| left.total() > 0) {
        let name = outcome.document.kinds.get(&left.kind).map(|kind| kind.name.clone());
        let message = Message::new("cli-records-left-out")
            .with(
                "kind",
                name.unwrap_or_else(|| Text::new(left.kind.clone(), left.kind.clone())),
            )
            .with("n", count(left.total()))
            .with("unknown", count(left.unknown))
            .with("ungrouped", count(left.ungrouped))
            .with("nameless", count(left.nameless))
            .with("undated", count(left.undated));
        screen.talk(&format!(
            "{} {}",
            screen.paint_talk.faint(&screen.word("cli-note")),
            screen.say(&message)
        ));
    }
    Ok(Answer::yes(text(&outcome, screen), value(&outcome, screen)))
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn text(outcome: &RateOutcome, screen: &Screen) -> String {
    let manifest = &outcome.manifest;
    let counts = &manifest.counts;
    let message = Message::new("cli-rate-head")
        .with("policy", format!("{} {}", manifest.policy.id, manifest.policy.version))
        .with("as-of", manifest.as_of.clone())
        .with("n", Message::new("customers").with("n", count(counts.customers)));
    let mut out = format!("{}\n", screen.paint.strong(&screen.say(&message)));
    let name = |id: &str| {
        let found = outcome.document.grades.iter().find(|grade| grade.id == id);
        found.map_or_else(|| id.to_owned(), |grade| grade.name.get(screen.lang).to_owned())
    };
    let share = |part: u64| part as f64 / counts.customers.max(1) as f64;
    let line = |name: String, number: u64| {
        vec![
            name,
            pinji_locale::count(count(number)),
            pinji_locale::percent(number, counts.customers),
            screen.bar(share(number), 30),
        ]
    };
    let mut rows: Vec<Vec<String>> = manifest
        .grades
        .iter()
        .map(|grade| line(name(&grade.id), grade.customers))
        .collect();
    if counts.ungraded > 0 {
        rows.push(line(screen.word("app-ungraded"), counts.ungraded));
    }
    out.push_str(&lay_out(&rows, &[Side::Left, Side::Right, Side::Right, Side::Left], 2));
    for (code, number) in [
        ("app-ungraded-refused", counts.refused),
        ("app-ungraded-coverage", counts.coverage),
        ("app-ungraded-no-lines", counts.no_lines),
    ] {
        if number > 0 {
            out.push_str(&format!(
                "    {}: {}\n",
                screen.word(code),
                pinji_locale::count(count(number))
            ));
        }
    }
    if manifest.data.left_out > 0 {
        let message = Message::new("cli-rows-left-out").with("n", count(manifest.data.left_out));
        out.push_str(&format!("{}\n", screen.paint.notice(&screen.say(&message))));
        left_rows(&mut out, outcome, screen);
    }
    match &outcome.folder {
        None => out.push_str(&format!("{}\n", screen.word("cli-dry-run"))),
        Some(folder) => {
            let files: Vec<&str> = manifest.outputs.iter().map(|output| output.file.as_str()).collect();
            let shown = folder.display().to_string();
            let message = Message::new("cli-rate-written")
                .with("folder", shown)
                .with("files", files.join(", "));
            out.push_str(&format!("{}\n", screen.say(&message)));
        }
    }
    out
}

/// The rows that were left out, each with its first bad cell.
fn left_rows(out: &mut String, outcome: &RateOutcome, screen: &Screen) {
    let paint = screen.paint;
    let head = [
        "cli-bad-file",
        "cli-left-row",
        "cli-left-whom",
        "cli-bad-heading",
        "cli-bad-says",
        "cli-bad-expected",
    ];
    let mut rows = vec![
        head.iter()
            .map(|code| paint.faint(&screen.word(code)))
            .collect::<Vec<_>>(),
    ];
    for left in outcome.left_rows.iter().take(LEFT_SHOWN) {
        let file = match &left.sheet {
            Some(sheet) => format!("{} [{sheet}]", left.file),
            None => left.file.clone(),
        };
        let cell = left.cells.first();
        let why = cell.map(|cell| Text::new(cell.zh.clone(), cell.en.clone()).get(screen.lang).to_owned());
        let mut why = why.unwrap_or_default();
        if left.cells.len() > 1 {
            let more = Message::new("cli-left-more-cells").with("n", left.cells.len() - 1);
            why = format!("{why} {}", screen.say(&more));
        }
        rows.push(vec![
            cut(&file, 36),
            left.row.to_string(),
            cut(&left.id, 24),
            cut(cell.map_or("", |cell| cell.heading.as_str()), 24),
            cut(&printable(cell.map_or("", |cell| cell.says.as_str())), 24),
            why,
        ]);
    }
    let sides = [Side::Left, Side::Right, Side::Left, Side::Left, Side::Left, Side::Left];
    out.push_str(&lay_out(&rows, &sides, 2));
    let all = usize::try_from(outcome.manifest.data.left_out).unwrap_or(usize::MAX);
    let shown = outcome.left_rows.len().min(LEFT_SHOWN);
    if all > shown {
        let message = Message::new("cli-bad-more").with("n", all - shown);
        out.push_str(&format!("  {}\n", screen.say(&message)));
    }
}

fn printable(text: &str) -> String {
    text.replace(['\n', '\r', '\t', '\u{1b}'], " ")
}

fn value(outcome: &RateOutcome, screen: &Screen) -> Value {
    let notes: Vec<String> = outcome.notes.iter().map(|note| screen.say(note)).collect();
    let left_out = outcome.left_out.iter().filter(|left| left.total() > 0).map(|left| {
        json!({
            "kind": left.kind, "unknown": left.unknown, "ungrouped": left.ungrouped,
            "nameless": left.nameless, "undated": left.undated,
        })
    });
    json!({
        "folder": outcome.folder,
        "run": outcome.manifest,
        "findings": findings::json(&outcome.remarks, screen),
        "notes": notes,
        "records_left_out": left_out.collect::<Vec<_>>(),
        "rows_left_out": outcome.left_rows.iter().take(LEFT_IN_JSON).collect::<Vec<_>>(),
    })
}

/// Bad cells as a table.
pub fn bad_text(bad: &BadData, screen: &Screen) -> String {
    let paint = screen.paint_talk;
    let head = [
        "cli-bad-file",
        "cli-bad-cell",
        "cli-bad-heading",
        "cli-bad-says",
        "cli-bad-expected",
    ];
    let mut rows = vec![
        head.iter()
            .map(|code| paint.faint(&screen.word(code)))
            .collect::<Vec<_>>(),
    ];
    for cell in bad.cells.iter().take(PRINTED) {
        let file = if cell.sheet.is_empty() {
            cell.file.clone()
        } else {
            format!("{} [{}]", cell.file, cell.sheet)
        };
        rows.push(vec![
            cut(&file, 36),
            cell.address.clone(),
            cut(&cell.heading, 24),
            cut(&printable(&cell.says), 24),
            screen.say(&cell.message),
        ]);
    }
    let mut out = lay_out(&rows, &[Side::Left, Side::Left, Side::Left, Side::Left, Side::Left], 0);
    let shown = bad.cells.len().min(PRINTED);
    if bad.total > shown {
        out.push_str(&format!(
            "{}\n",
            screen.say(&Message::new("cli-bad-more").with("n", bad.total - shown))
        ));
    }
    for path in &bad.marked {
        out.push_str(&format!(
            "{}\n",
            screen.say(&Message::new("cli-bad-marked").with("path", path.display().to_string()))
        ));
    }
    out
}

/// The same for programs.
pub fn bad_json(bad: &BadData, screen: &Screen) -> Value {
    let cells = bad.cells.iter().map(|cell| {
        json!({
            "file": cell.file, "sheet": cell.sheet, "row": cell.row, "cell": cell.address, "heading": cell.heading,
            "says": cell.says, "code": cell.message.code, "message": screen.say(&cell.message),
        })
    });
    json!({ "total": bad.total, "cells": cells.collect::<Vec<_>>(), "marked": bad.marked })
}
