//! The report of a run: one HTML file. 评级报告

mod distribution;
mod model;
mod movement;
mod quality;
mod rules;
mod spread;
mod words;

use pinji_charts::{Frame, Paint, grade_paint};
use pinji_domain::{Lang, Message, Text};
use pinji_locale::{count, date, percent, say};

pub use model::{
    BoundCount, CoverageClass, DimensionMeans, Facts, GradeCount, Look, MissingCount, Mover, Previous, Report,
    ScoreSpread, Subject, Ungraded, UngradedCount, Why,
};

pub(crate) use words::plain;

use crate::doc::{Block, Tile, text};
use crate::html::{MOST_BESIDE, Shell, Side, page};

/// Writes the report: both languages in one file, `lang` shown first. The same report gives the same bytes. 报告输出
pub fn html(report: &Report, lang: Lang) -> String {
    let sides = Lang::ALL.map(|lang| Reader { report, lang }.side());
    let title = format!(
        "{} {} {}",
        report.policy.get(lang),
        report.version,
        Reader { report, lang }.day()
    );
    let shell = Shell {
        lang,
        title: title.trim(),
        grades: report.grades.len(),
        together: false,
    };
    page(&shell, &sides)
}

/// A report and the language it is told in.
pub(crate) struct Reader<'a> {
    pub(crate) report: &'a Report,
    pub(crate) lang: Lang,
}

/// The width of a chart that stands beside its table.
const CHART: u32 = 620;
/// The width of a chart that stands above its table; more would be too small in print.
const WIDE: u32 = 860;

impl Reader<'_> {
    fn side(&self) -> Side {
        let parts = [
            self.distribution(),
            self.first(),
            self.movement(),
            self.scores(),
            self.profile(),
            self.quality(),
            self.bounds(),
            self.ungraded(),
            self.policy(),
            self.facts(),
        ];
        let body: Vec<Block> = parts.into_iter().flatten().collect();
        let mut contents = Vec::new();
        for block in &body {
            if let Block::Heading(2, id, line) = block {
                contents.push((id.clone(), plain(line)));
            }
        }
        let report = self.report;
        let lead = self.say(
            Message::new("report-lead")
                .with("policy", report.policy.clone())
                .with("version", report.version.as_str())
                .with("date", self.day()),
        );
        let head = vec![
            Block::Heading(1, "top".to_owned(), text(self.headline())),
            Block::Paragraph(text(lead)),
            Block::Tiles(self.tiles()),
            Block::Contents(contents),
        ];
        let foot = Message::new("report-foot").with("engine", report.facts.engine.as_str());
        Side {
            lang: self.lang,
            head,
            body,
            foot: self.say(foot),
        }
    }

    /// What the reader must know if they read one line only.
    fn headline(&self) -> String {
        let message = Message::new("report-headline")
            .with("total", number(self.total()))
            .with("subjects", self.subjects(self.total()))
            .with("graded", number(self.graded()));
        match self.report.grades.first() {
            Some(best) => self.say(
                message
                    .with("best", best.name.clone())
                    .with("count", number(best.count))
                    .with("share", percent(best.count, self.graded())),
            ),
            None => self.word("report-nothing"),
        }
    }

    fn tiles(&self) -> Vec<Tile> {
        let ungraded = self.total().saturating_sub(self.graded());
        let bound = self.report.bounds.iter().filter(|bound| bound.count > 0).count();
        let full: u64 = self
            .report
            .coverage
            .iter()
            .filter(|class| class.from_percent == 100)
            .map(|class| class.count)
            .sum();
        let mut tiles = vec![
            self.tile(
                "report-tile-graded",
                number_text(self.graded()),
                percent(self.graded(), self.total()),
            ),
            self.tile(
                "report-tile-ungraded",
                number_text(ungraded),
                percent(ungraded, self.total()),
            ),
        ];
        if let Some(moves) = self.moves() {
            let note = Message::new("report-tile-moved-note")
                .with("up", number(moves.up))
                .with("down", number(moves.down))
                .with("otherwise", number(moves.otherwise));
            let all = moves.up + moves.down + moves.otherwise;
            tiles.push(self.tile("report-tile-moved", number_text(all), self.say(note)));
        }
        if !self.report.coverage.is_empty() {
            tiles.push(self.tile("report-tile-full", number_text(full), percent(full, self.total())));
        }
        if tiles.len() < 4 {
            let note = Message::new("report-tile-bounds-note").with("n", self.report.bounds.len());
            tiles.push(self.tile("report-tile-bounds", count(bound as i64), self.say(note)));
        }
        tiles
    }

    fn tile(&self, label: &'static str, figure: String, note: String) -> Tile {
        Tile {
            label: self.word(label),
            figure,
            note,
        }
    }

    pub(crate) fn word(&self, code: &'static str) -> String {
        self.say(Message::new(code))
    }

    pub(crate) fn say(&self, message: Message) -> String {
        say(self.lang, &message)
    }

    pub(crate) fn heading(&self, id: &str, code: &'static str) -> Block {
        Block::Heading(2, id.to_owned(), text(self.word(code)))
    }

    /// "customers" or "groups", as a message that knows its plural.
    pub(crate) fn subjects(&self, n: u64) -> Message {
        let code = match self.report.subject {
            Subject::Customer => "report-customers",
            Subject::Group => "report-groups",
        };
        Message::new(code).with("n", number(n))
    }

    pub(crate) fn graded(&self) -> u64 {
        self.report.grades.iter().map(|grade| grade.count).sum()
    }

    pub(crate) fn total(&self) -> u64 {
        self.graded() + self.report.ungraded.iter().map(|row| row.count).sum::<u64>()
    }

    pub(crate) fn day(&self) -> String {
        self.report.as_of.map(date).unwrap_or_default()
    }

    /// The same for a chart whose table has this many columns: one too wide to stand beside it leaves it more room.
    pub(crate) fn frame_beside(&self, title: String, n: u64, columns: usize) -> Frame {
        let width = if columns > MOST_BESIDE { WIDE } else { CHART };
        Frame {
            width,
            ..self.frame(title, n)
        }
    }

    /// The head of a chart: its conclusion, and under it how many, when, by what.
    pub(crate) fn frame(&self, title: String, n: u64) -> Frame {
        let subtitle = self.say(
            Message::new("report-subtitle")
                .with("n", number(n))
                .with("date", self.day())
                .with("policy", self.report.policy.clone())
                .with("version", self.report.version.as_str()),
        );
        Frame {
            lang: self.lang,
            title,
            subtitle,
            width: CHART,
        }
    }

    /// How the grade at this position is painted and called; the position after the last is "ungraded".
    pub(crate) fn grade(&self, position: Option<usize>) -> (Paint, String) {
        let grades = &self.report.grades;
        match position.and_then(|position| grades.get(position).map(|grade| (position, grade))) {
            Some((position, grade)) => (grade_paint(position, grades.len()), self.of(&grade.name, &grade.id)),
            None => (Paint::ungraded(), self.word("report-ungraded")),
        }
    }

    /// A name in the reader's language, or the id where there is none.
    pub(crate) fn of(&self, name: &Text, id: &str) -> String {
        match name.get(self.lang) {
            "" => id.to_owned(),
            name => name.to_owned(),
        }
    }
}

/// A count for a message.
pub(crate) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count as it stands in a table.
pub(crate) fn number_text(n: u64) -> String {
    count(number(n))
}
