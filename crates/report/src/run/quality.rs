//! How complete the data were, and who could not be graded. 数据质量

use pinji_charts::{Bar, Bars, bars};
use pinji_domain::Message;
use pinji_locale::percent;

use super::{CoverageClass, MissingCount, Reader, Ungraded, number, number_text};
use crate::doc::{Block, Table, text};

/// How many indicators the picture of missing values shows; the table shows all.
const MOST_BARS: usize = 12;

impl Reader<'_> {
    /// Coverage, and the indicators that were missing most. 数据覆盖
    pub(crate) fn quality(&self) -> Vec<Block> {
        let report = self.report;
        let mut blocks = Vec::new();
        if !report.coverage.is_empty() {
            blocks.push(self.coverage());
        }
        let missing: Vec<&MissingCount> = report.missing.iter().filter(|row| total(row) > 0).collect();
        if !missing.is_empty() {
            blocks.push(self.missing(&missing));
        }
        if !blocks.is_empty() {
            blocks.insert(0, self.heading("coverage", "report-coverage"));
        }
        blocks
    }

    fn coverage(&self) -> Block {
        let classes = &self.report.coverage;
        let n: u64 = classes.iter().map(|class| class.count).sum();
        let full: u64 = classes
            .iter()
            .filter(|class| class.from_percent == 100)
            .map(|class| class.count)
            .sum();
        let mut table = Table::new(self.word("report-coverage-table"))
            .short(self.word("report-coverage-class"))
            .figures(self.word("report-count"))
            .figures(self.word("report-share"));
        let mut rows = Vec::new();
        for class in classes {
            let share = percent(class.count, n);
            let shown = Message::new("report-bar")
                .with("n", number(class.count))
                .with("share", share.as_str());
            let value = class.count as f64;
            rows.push(Bar {
                label: interval(class),
                paint: None,
                value,
                text: self.say(shown),
                before: None,
            });
            table
                .rows
                .push(vec![text(interval(class)), text(number_text(class.count)), text(share)]);
        }
        let conclusion = Message::new("report-coverage-conclusion")
            .with("n", number(full))
            .with("subjects", self.subjects(full))
            .with("share", percent(full, n));
        let frame = self.frame(self.say(conclusion), n);
        Block::Picture(
            bars(&Bars {
                frame,
                rows,
                before: String::new(),
                top: None,
            }),
            table,
        )
    }

    fn missing(&self, missing: &[&MissingCount]) -> Block {
        let all = self.total();
        let mut table = Table::new(self.word("report-missing-table"))
            .words(self.word("report-indicator"))
            .figures(self.word("report-count"))
            .words(self.word("report-cause"));
        let mut rows = Vec::new();
        for (index, row) in missing.iter().enumerate() {
            let name = row.indicator.get(self.lang);
            let share = percent(total(row), all);
            let shown = Message::new("report-bar")
                .with("n", number(total(row)))
                .with("share", share);
            if index < MOST_BARS {
                let value = total(row) as f64;
                rows.push(Bar {
                    label: name.to_owned(),
                    paint: None,
                    value,
                    text: self.say(shown),
                    before: None,
                });
            }
            let causes = row
                .causes
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|(cause, count)| format!("{} {}", self.word(cause.code()), number_text(*count)));
            let stop = self.word("report-stop");
            table.rows.push(vec![
                text(name),
                text(number_text(total(row))),
                text(causes.collect::<Vec<_>>().join(&stop)),
            ]);
        }
        let most = missing
            .first()
            .map(|row| (row.indicator.clone(), total(row)))
            .unwrap_or_default();
        let conclusion = Message::new("report-missing-conclusion")
            .with("indicator", most.0)
            .with("n", number(most.1))
            .with("subjects", self.subjects(most.1));
        let frame = self.frame(self.say(conclusion), all);
        Block::Picture(
            bars(&Bars {
                frame,
                rows,
                before: String::new(),
                top: None,
            }),
            table,
        )
    }

    /// Who was not graded, and why. 未定级
    pub(crate) fn ungraded(&self) -> Vec<Block> {
        let rows: Vec<_> = self.report.ungraded.iter().filter(|row| row.count > 0).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new("")
            .words(self.word("report-cause"))
            .figures(self.word("report-count"))
            .figures(self.word("report-share"))
            .words(self.word("report-next-step"));
        for row in rows {
            let step = match row.why {
                Ungraded::Refused(_) => self.word("report-step-refused"),
                Ungraded::Coverage => self.word("report-step-coverage"),
                Ungraded::NoLines => self.word("report-step-no-lines"),
            };
            table.rows.push(vec![
                text(self.say(self.ungraded_cause(&row.why))),
                text(number_text(row.count)),
                text(percent(row.count, self.total())),
                text(step),
            ]);
        }
        vec![self.heading("ungraded", "report-ungraded-why"), Block::Table(table)]
    }
}

fn total(row: &MissingCount) -> u64 {
    row.causes.iter().map(|(_, count)| count).sum()
}

fn interval(class: &CoverageClass) -> String {
    match class.from_percent == class.to_percent {
        true => format!("{}%", class.from_percent),
        false => format!("{}% – {}%", class.from_percent, class.to_percent),
    }
}
