//! Progress on a terminal: stage, count, rate and time left. 进度

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use pinji_app::progress::{Progress, Stage};
use pinji_domain::Message;
use pinji_locale::say;

use crate::screen::Screen;

/// Nothing is shown before this, so that quick commands stay quiet.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn again.
const BEAT: Duration = Duration::from_millis(100);

/// A progress line on stderr. Draws only on a terminal, and only for work of more than a second. 进度条
#[derive(Debug)]
pub struct Meter {
    screen: Screen,
    on: bool,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    stage: Option<Stage>,
    since: Instant,
    drawn: Option<Instant>,
}

impl Meter {
    /// A meter for one command.
    pub fn new(screen: &Screen) -> Meter {
        let now = Instant::now();
        let on = !screen.quiet && !screen.plain && !screen.json && io::stderr().is_terminal();
        Meter {
            screen: *screen,
            on,
            started: now,
            state: Mutex::new(State {
                stage: None,
                since: now,
                drawn: None,
            }),
        }
    }

    /// Takes the line away again, so that what follows stands on a clean one.
    pub fn clear(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.drawn.take().is_some() {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }

    fn line(&self, stage: Stage, done: u64, total: u64, since: Instant) -> String {
        let lang = self.screen.lang;
        let mut line = say(lang, &stage.name());
        let count = |number: u64| pinji_locale::count(i64::try_from(number).unwrap_or(i64::MAX));
        if total > 0 {
            line = format!(
                "{line}  {} / {} ({})",
                count(done),
                count(total),
                pinji_locale::percent(done, total)
            );
        }
        let spent = since.elapsed().as_secs_f64();
        if done > 0 && total > 0 && spent > 0.2 {
            let rate = done as f64 / spent;
            let left = (total.saturating_sub(done)) as f64 / rate;
            let message = Message::new("cli-progress-rate")
                .with("rate", count(rate as u64))
                .with("left", seconds(left));
            line = format!("{line}  {}", say(lang, &message));
        }
        line
    }
}

impl Progress for Meter {
    fn step(&self, stage: Stage, done: u64, total: u64) {
        if !self.on || self.started.elapsed() < PATIENCE {
            return;
        }
        let Ok(mut state) = self.state.try_lock() else { return };
        let now = Instant::now();
        if state.stage != Some(stage) {
            state.stage = Some(stage);
            state.since = now;
        } else if state.drawn.is_some_and(|drawn| now.duration_since(drawn) < BEAT) {
            return;
        }
        state.drawn = Some(now);
        let line = self.line(stage, done, total, state.since);
        let width = terminal_width();
        let _ = write!(
            io::stderr().lock(),
            "\r\u{1b}[K{}",
            crate::table::cut(&line, width.saturating_sub(1))
        );
    }
}

/// The columns of the terminal as the shell says; eighty where nobody says.
fn terminal_width() -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .unwrap_or(80)
}

/// `0:07`, `12:34`, `3:04:05`.
fn seconds(left: f64) -> String {
    let left = left.clamp(0.0, 359_999.0) as u64;
    match (left / 3600, left / 60 % 60, left % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn time_left_reads_like_a_clock() {
        let check = |left: f64, wanted: &str| assert_eq!(seconds(left), wanted);
        check(7.9, "0:07");
        check(754.0, "12:34");
        check(11_045.0, "3:04:05");
        check(f64::INFINITY, "99:59:59");
    }
}
