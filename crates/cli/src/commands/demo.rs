//! `pinji demo`: a believable company's book, rated. 演示

use pinji_app::demo::{DemoOutcome, DemoRequest, demo};
use pinji_app::error::AppError;
use pinji_domain::Message;
use serde_json::json;

use super::Answer;
use crate::args::Demo;
use crate::meter::Meter;
use crate::screen::Screen;
use crate::table::{Side, cut, lay_out};

/// Bad cells of the spoilt workbook that are shown.
const BAD_SHOWN: usize = 6;

/// Runs the demo.
pub fn run(args: &Demo, screen: &Screen) -> Result<Answer, AppError> {
    let request = DemoRequest {
        out: args.out.clone(),
        customers: args.customers,
        seed: args.seed,
        lang: screen.lang,
    };
    let meter = Meter::new(screen);
    let outcome = demo(&request, &meter);
    meter.clear();
    let outcome = outcome?;
    Ok(Answer::yes(text(&outcome, screen), json!(outcome)))
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn text(outcome: &DemoOutcome, screen: &Screen) -> String {
    let paint = screen.paint;
    let folder = outcome.folder.display();
    let mut out = String::new();
    let message = Message::new("cli-demo-book")
        .with("customers", count(outcome.customers))
        .with("records", count(outcome.records))
        .with("files", outcome.data.len())
        .with("folder", format!("{folder}/{}", pinji_app::demo::DATA));
    out.push_str(&format!("{}\n\n", screen.say(&message)));
    let head = Message::new("cli-demo-grades")
        .with("policy", outcome.policy.clone())
        .with("as-of", outcome.as_of.clone());
    out.push_str(&format!("{}\n", paint.strong(&screen.say(&head))));
    grades(&mut out, outcome, screen);
    let moved = Message::new("cli-demo-moved")
        .with("up", count(outcome.moved.up))
        .with("down", count(outcome.moved.down))
        .with("entered", count(outcome.moved.entered))
        .with("lost", count(outcome.moved.lost));
    out.push_str(&format!("  {}\n\n", screen.say(&moved)));
    out.push_str(&format!("{}\n", paint.strong(&screen.word("cli-demo-first"))));
    for (at, look) in outcome.first.iter().enumerate() {
        let money = look
            .money
            .as_deref()
            .map(|money| format!("  {money}"))
            .unwrap_or_default();
        out.push_str(&format!(
            "  {:>2}  {} {}  {}{money}\n",
            at + 1,
            look.id,
            look.name,
            paint.strong(&look.grade)
        ));
        out.push_str(&format!(
            "      {}\n",
            paint.faint(&look.why.join(&screen.word("app-separator")))
        ));
    }
    out.push('\n');
    spoilt(&mut out, outcome, screen);
    let run = format!("{folder}/{}", outcome.run);
    out.push_str(&format!("{}\n", paint.strong(&screen.word("cli-demo-where"))));
    let first = outcome.first.first().map(|look| look.id.clone()).unwrap_or_default();
    let rows = [
        (screen.word("cli-demo-workbook"), format!("{run}/grades.xlsx")),
        (screen.word("cli-demo-report"), format!("{run}/report.html")),
        (screen.word("cli-demo-explain"), format!("pinji explain {run} {first}")),
        (screen.word("cli-demo-verify"), format!("pinji verify {run}")),
        (
            screen.word("cli-demo-simulate"),
            format!("pinji simulate {run} --against {folder}/policies/tob-standard-draft.toml"),
        ),
        (
            screen.word("cli-demo-compare"),
            format!("pinji compare {folder}/{} {run}", outcome.before),
        ),
    ];
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(what, how)| vec![what, how]).collect();
    out.push_str(&lay_out(&rows, &[Side::Left, Side::Left], 2));
    out
}

fn grades(out: &mut String, outcome: &DemoOutcome, screen: &Screen) {
    let mut head = vec![
        screen.word("app-column-grade"),
        screen.word("app-column-class"),
        screen.word("app-column-customers"),
        screen.word("app-column-share"),
        screen.word("cli-column-before"),
        outcome.money.clone().unwrap_or_default(),
        String::new(),
    ];
    head.iter_mut().for_each(|word| *word = screen.paint.faint(word));
    let mut rows = vec![head];
    for grade in &outcome.grades {
        rows.push(vec![
            grade.name.clone(),
            grade.class.clone(),
            pinji_locale::count(count(grade.customers)),
            pinji_locale::percent(grade.customers, outcome.customers),
            pinji_locale::count(count(grade.before)),
            grade.money.clone().unwrap_or_default(),
            screen.bar(grade.customers as f64 / outcome.customers.max(1) as f64, 24),
        ]);
    }
    if outcome.ungraded > 0 {
        let percent = pinji_locale::percent(outcome.ungraded, outcome.customers);
        rows.push(vec![
            screen.word("app-ungraded"),
            String::new(),
            pinji_locale::count(count(outcome.ungraded)),
            percent,
        ]);
    }
    let sides = [
        Side::Left,
        Side::Left,
        Side::Right,
        Side::Right,
        Side::Right,
        Side::Right,
        Side::Left,
    ];
    out.push_str(&lay_out(&rows, &sides, 2));
}

fn spoilt(out: &mut String, outcome: &DemoOutcome, screen: &Screen) {
    let spoilt = &outcome.spoilt;
    let message = Message::new("cli-demo-spoilt")
        .with("file", spoilt.file.clone())
        .with("n", spoilt.total);
    out.push_str(&format!("{}\n", screen.paint.strong(&screen.say(&message))));
    let rows: Vec<Vec<String>> = spoilt
        .cells
        .iter()
        .take(BAD_SHOWN)
        .map(|(address, heading, says, expected)| {
            vec![address.clone(), heading.clone(), cut(says, 20), expected.clone()]
        })
        .collect();
    out.push_str(&lay_out(&rows, &[Side::Left; 4], 2));
    if spoilt.total > rows.len() {
        out.push_str(&format!(
            "  {}\n",
            screen.say(&Message::new("cli-bad-more").with("n", spoilt.total - rows.len()))
        ));
    }
    if let Some(marked) = &spoilt.marked {
        let path = format!("{}/{marked}", outcome.folder.display());
        out.push_str(&format!(
            "  {}\n",
            screen.say(&Message::new("cli-bad-marked").with("path", path))
        ));
    }
    out.push('\n');
}
