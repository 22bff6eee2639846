//! `pinji simulate`: what another policy would do to the same book. 模拟

use pinji_app::error::AppError;
use pinji_app::movement::{Direction, Movement};
use pinji_app::simulate::{On, SimulateRequest, Simulation, simulate};
use pinji_domain::Message;
use serde_json::json;

use super::{Answer, origin, reading};
use crate::args::Simulate;
use crate::meter::Meter;
use crate::screen::Screen;
use crate::table::{Side, lay_out};

/// Simulates.
pub fn run(args: Simulate, screen: &Screen) -> Result<Answer, AppError> {
    let on = match (args.run, args.policy, args.data, args.as_of) {
        (Some(run), None, None, None) => On::Run(run),
        (None, Some(policy), Some(data), Some(as_of)) => On::Data {
            policy: origin(&policy)?,
            data,
            as_of,
            reading: reading(args.reading),
        },
        _ => return Err(AppError::Failed(Message::new("cli-simulate-needs"))),
    };
    let request = SimulateRequest {
        on,
        against: origin(&args.against)?,
        money: args.money,
        top: args.top,
        lang: screen.lang,
    };
    let meter = Meter::new(screen);
    let found = simulate(&request, &meter);
    meter.clear();
    let found = found?;
    let message = Message::new("cli-simulate-head")
        .with("policy", found.policy.clone())
        .with("against", found.against.clone())
        .with(
            "n",
            Message::new("customers").with("n", i64::try_from(found.customers).unwrap_or(i64::MAX)),
        )
        .with("as-of", found.as_of.clone());
    let mut text = screen.paint.strong(&screen.say(&message));
    text.push_str("\n\n");
    changes(&mut text, &found, screen);
    movement_text(&mut text, &found.movement, screen);
    Ok(Answer::yes(text, json!(found)))
}

/// Changes of the policy that are printed; `policy diff` tells all.
const CHANGES: usize = 12;

fn changes(out: &mut String, found: &Simulation, screen: &Screen) {
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if found.changes.is_empty() {
        line(screen.word("cli-simulate-same"));
    }
    for change in found.changes.iter().take(CHANGES) {
        line(format!("  {change}"));
    }
    if found.changes.len() > CHANGES {
        line(screen.say(&Message::new("cli-simulate-more").with("n", found.changes.len() - CHANGES)));
    }
    if found.same_version {
        line(screen.paint.notice(&screen.word("cli-simulate-same-version")));
    }
    line(String::new());
}

/// A migration matrix and the movers below it.
pub fn movement_text(out: &mut String, movement: &Movement, screen: &Screen) {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let message = Message::new("cli-movement-head")
        .with("up", count(movement.up))
        .with("down", count(movement.down))
        .with("entered", count(movement.entered))
        .with("lost", count(movement.lost))
        .with("same", count(movement.same));
    out.push_str(&screen.say(&message));
    out.push('\n');
    if movement.across > 0 {
        out.push_str(&screen.say(&Message::new("cli-movement-across").with("n", count(movement.across))));
        out.push('\n');
    }
    if movement.appeared + movement.gone > 0 {
        let message = Message::new("cli-movement-others")
            .with("appeared", count(movement.appeared))
            .with("gone", count(movement.gone));
        out.push_str(&screen.say(&message));
        out.push('\n');
    }
    if let Some(name) = &movement.money_name {
        let message = Message::new("cli-movement-money")
            .with("measure", name.clone())
            .with("down", pinji_locale::amount(screen.lang, movement.money_down, 2))
            .with("up", pinji_locale::amount(screen.lang, movement.money_up, 2));
        out.push_str(&screen.say(&message));
        out.push('\n');
    }
    out.push('\n');
    matrix(out, movement, screen);
    movers(out, movement, screen);
}

fn matrix(out: &mut String, movement: &Movement, screen: &Screen) {
    let used_column = |column: usize| {
        movement
            .counts
            .iter()
            .any(|row| row.get(column).is_some_and(|count| *count > 0))
    };
    let grades = movement.after.len().saturating_sub(2);
    let columns: Vec<usize> = (0..movement.after.len())
        .filter(|column| *column < grades || used_column(*column))
        .collect();
    let name = |column: &usize| movement.after.get(*column).cloned().unwrap_or_default();
    let corner = screen.word("cli-movement-corner");
    let mut rows = vec![
        std::iter::once(corner)
            .chain(columns.iter().map(name))
            .map(|word| screen.paint.faint(&word))
            .collect::<Vec<_>>(),
    ];
    let before_grades = movement.before.len().saturating_sub(2);
    for (at, (name, counts)) in movement.before.iter().zip(&movement.counts).enumerate() {
        if at >= before_grades && counts.iter().all(|count| *count == 0) {
            continue;
        }
        let cells = columns
            .iter()
            .map(|column| match counts.get(*column).copied().unwrap_or(0) {
                0 => "·".to_owned(),
                count if *column == at => screen.paint.faint(&count.to_string()),
                count => screen.paint.strong(&count.to_string()),
            });
        rows.push(std::iter::once(name.clone()).chain(cells).collect());
    }
    let sides: Vec<Side> = std::iter::once(Side::Left)
        .chain(columns.iter().map(|_| Side::Right))
        .collect();
    out.push_str(&lay_out(&rows, &sides, 2));
}

fn movers(out: &mut String, movement: &Movement, screen: &Screen) {
    if movement.movers.is_empty() {
        return;
    }
    let moved = movement.up + movement.down + movement.across + movement.entered + movement.lost;
    let message = Message::new("cli-movers-head")
        .with("n", movement.movers.len())
        .with("all", i64::try_from(moved).unwrap_or(i64::MAX));
    out.push_str(&format!("\n{}\n", screen.paint.strong(&screen.say(&message))));
    for mover in &movement.movers {
        let arrow = match (mover.direction, screen.plain) {
            (Direction::Up | Direction::In, false) => "↑",
            (Direction::Down | Direction::Out, false) => "↓",
            (Direction::Across, false) => "↔",
            (Direction::Up | Direction::In, true) => "+",
            (Direction::Down | Direction::Out, true) => "-",
            (Direction::Across, true) => "~",
        };
        let money = mover
            .money_text
            .as_ref()
            .map(|money| format!("  {money}"))
            .unwrap_or_default();
        let name = mover.name.as_deref().unwrap_or_default();
        out.push_str(&format!(
            "  {arrow} {} {name}  {} → {}{money}\n",
            mover.id, mover.before, mover.after
        ));
        for reason in &mover.reasons {
            out.push_str(&format!("      {}\n", screen.paint.faint(reason)));
        }
    }
}
