//! `pinji explain`: one customer's grade on one screen. 解释

use pinji_app::error::AppError;
use pinji_app::explain::{Explanation, ScoreView, WayView, explain};
use pinji_domain::Message;
use serde_json::json;

use super::Answer;
use crate::args::Explain;
use crate::meter::Meter;
use crate::screen::Screen;
use crate::table::{Side, lay_out};

/// Explains a customer of a run.
pub fn run(args: &Explain, screen: &Screen) -> Result<Answer, AppError> {
    let meter = Meter::new(screen);
    let found = explain(&args.run, &args.customer, screen.lang, &meter);
    meter.clear();
    let found = found?;
    Ok(Answer::yes(text(&found, screen), json!(found)))
}

fn text(found: &Explanation, screen: &Screen) -> String {
    let mut out = String::new();
    let paint = screen.paint;
    let name = found.name.as_deref().unwrap_or_default();
    let class = if found.class.is_empty() {
        String::new()
    } else {
        format!(" ({})", found.class)
    };
    out.push_str(&format!("{}  {}\n", paint.strong(&found.id), paint.strong(name)));
    out.push_str(&format!(
        "{}{class}\n",
        paint.strong(&format!("{} {}", screen.word("cli-grade"), found.grade_name))
    ));
    out.push_str(&paint.faint(&format!("{}  {}\n", found.policy, found.as_of)));
    section(
        &mut out,
        screen,
        "cli-explain-why",
        found.why.iter().map(|why| format!("- {why}")),
    );
    for score in &found.scores {
        out.push('\n');
        score_text(&mut out, score, screen);
    }
    if found.scores.len() > 1 || found.dimensions.len() > 1 {
        out.push('\n');
        out.push_str(&paint.strong(&screen.word("cli-explain-dimensions")));
        out.push('\n');
        let rows: Vec<Vec<String>> = found
            .dimensions
            .iter()
            .map(|dimension| {
                let points = dimension
                    .points
                    .map_or_else(|| "–".to_owned(), |points| format!("{points:.1}"));
                vec![
                    dimension.name.clone(),
                    points,
                    screen.bar(dimension.points.unwrap_or(0.0) / 100.0, 20),
                ]
            })
            .collect();
        out.push_str(&lay_out(&rows, &[Side::Left, Side::Right, Side::Left], 2));
    }
    let bounds = found.bounds.iter().map(|bound| {
        let code = match bound.kind {
            "cap" => "cli-explain-cap",
            "floor" => "cli-explain-floor",
            _ => "cli-explain-group",
        };
        let message = Message::new(code)
            .with("grade", bound.grade.clone())
            .with("reason", bound.reason.clone())
            .with("when", bound.when.clone());
        format!("- {}{}", screen.say(&message), clause(&bound.clause))
    });
    section(&mut out, screen, "cli-explain-bounds", bounds);
    let group = found.group.iter().flat_map(|group| &group.says);
    section(
        &mut out,
        screen,
        "cli-explain-of-group",
        group.map(|says| format!("- {says}")),
    );
    let missing = found
        .missing
        .iter()
        .map(|missing| format!("- {}: {} → {}", missing.name, missing.cause, missing.effect));
    section(&mut out, screen, "cli-explain-missing", missing);
    let left_out = found.left_out.iter().map(|row| format!("- {row}"));
    section(&mut out, screen, "cli-explain-left-out", left_out);
    section(&mut out, screen, "cli-explain-up", ways(&found.way_up, screen));
    section(&mut out, screen, "cli-explain-down", ways(&found.way_down, screen));
    let formulas = found.formulas.iter().map(|formula| {
        // A bare measure with the same figure on both sides explains nothing twice.
        let equation = match formula.with_numbers == formula.value {
            true => format!("{} = {}", formula.formula, formula.value),
            false => format!("{} = {} = {}", formula.formula, formula.with_numbers, formula.value),
        };
        format!(
            "{}{}\n    {}",
            formula.name,
            clause(&formula.clause),
            paint.faint(&equation)
        )
    });
    section(&mut out, screen, "cli-explain-formulas", formulas);
    if !found.measures.is_empty() {
        out.push('\n');
        out.push_str(&paint.strong(&screen.word("cli-explain-measures")));
        out.push('\n');
        let rows: Vec<Vec<String>> = found
            .measures
            .iter()
            .map(|measure| {
                vec![
                    measure.name.clone(),
                    measure.value.clone(),
                    paint.faint(&measure.source),
                ]
            })
            .collect();
        out.push_str(&lay_out(&rows, &[Side::Left, Side::Right, Side::Left], 2));
    }
    let members = found.measures.iter().filter(|measure| !measure.members.is_empty());
    let members = members.flat_map(|measure| {
        let head = format!("{}: {}", measure.name, measure.value);
        let lines = measure.members.iter().map(|member| format!("  - {}", member.says));
        std::iter::once(head).chain(lines)
    });
    section(&mut out, screen, "cli-explain-members", members);
    let used = found.used.iter().flat_map(|used| {
        let head = format!("{} ({}): {}", used.policy, used.alias, used.grade);
        std::iter::once(head).chain(used.why.iter().map(|why| format!("  - {why}")))
    });
    section(&mut out, screen, "cli-explain-used", used);
    let gives = found
        .entitlements
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    section(&mut out, screen, "cli-explain-entitlements", gives);
    out
}

fn score_text(out: &mut String, score: &ScoreView, screen: &Screen) {
    let message = Message::new("cli-explain-score")
        .with("score", score.name.clone())
        .with("value", score.value.clone().unwrap_or_else(|| "–".to_owned()))
        .with("coverage", score.coverage.clone());
    out.push_str(&screen.paint.strong(&screen.say(&message)));
    out.push('\n');
    let head = [
        screen.word("cli-column-indicator"),
        screen.word("cli-column-value"),
        screen.word("cli-column-band"),
        screen.word("cli-column-points"),
        screen.word("cli-column-weight"),
        screen.word("cli-column-contribution"),
    ];
    let mut rows = vec![head.iter().map(|word| screen.paint.faint(word)).collect::<Vec<_>>()];
    for line in &score.lines {
        rows.push(vec![
            line.name.clone(),
            line.value.clone(),
            line.band.clone(),
            line.points.clone(),
            line.weight.clone(),
            line.contribution.clone(),
        ]);
    }
    rows.push(vec![
        screen.word("cli-column-sum"),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        score.value.clone().unwrap_or_else(|| "–".to_owned()),
    ]);
    let sides = [
        Side::Left,
        Side::Right,
        Side::Left,
        Side::Right,
        Side::Right,
        Side::Right,
    ];
    out.push_str(&lay_out(&rows, &sides, 2));
}

fn ways<'a>(ways: &'a [WayView], screen: &'a Screen) -> impl Iterator<Item = String> + 'a {
    ways.iter().map(|way| {
        let message = Message::new("cli-explain-way")
            .with("grade", way.grade.clone())
            .with("changes", way.changes.join(&screen.word("cli-explain-and")));
        let mark = if way.shares_measure {
            format!(" {}", screen.word("cli-explain-shared"))
        } else {
            String::new()
        };
        format!("- {}{mark}", screen.say(&message))
    })
}

fn clause(clause: &str) -> String {
    if clause.is_empty() {
        String::new()
    } else {
        format!(" [{clause}]")
    }
}

fn section(out: &mut String, screen: &Screen, heading: &'static str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    out.push('\n');
    out.push_str(&screen.paint.strong(&screen.word(heading)));
    out.push('\n');
    for line in lines {
        out.push_str(&format!("  {line}\n"));
    }
}
