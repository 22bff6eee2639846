//! How many have which grade, and whom to look at first. 等级分布

use pinji_charts::{Bar, Bars, bars};
use pinji_domain::Message;
use pinji_locale::{date, percent};

use super::{Reader, number, number_text};
use crate::doc::{Block, Table, text};

impl Reader<'_> {
    /// The distribution of grades: bars, the previous run as outlines, and the numbers. 等级分布
    pub(crate) fn distribution(&self) -> Vec<Block> {
        let report = self.report;
        let total = self.total();
        let compared = report.grades.iter().any(|grade| grade.before.is_some());
        let money = report.grades.iter().any(|grade| grade.money.is_some());
        let mut rows = Vec::new();
        let mut table = Table::new(self.word("report-distribution-table"))
            .short(self.word("report-grade"))
            .figures(self.word("report-count"))
            .figures(self.word("report-share"));
        if compared {
            table = table
                .figures(self.word("report-before"))
                .figures(self.word("report-change"));
        }
        if money {
            table = table.figures(report.stake.get(self.lang));
        }
        let ungraded = total.saturating_sub(self.graded());
        let ungraded_before = report
            .previous
            .as_ref()
            .map(|previous| ungraded_before(&previous.moved));
        let graded = report
            .grades
            .iter()
            .enumerate()
            .map(|(rank, grade)| (Some(rank), grade.count, grade.before, grade.money));
        let last = (None, ungraded, ungraded_before.filter(|_| compared), None);
        let shown_last = ungraded > 0 || last.2.is_some_and(|before| before > 0);
        for (rank, count, before, sum) in graded.chain(shown_last.then_some(last)) {
            let (paint, label) = self.grade(rank);
            let share = percent(count, total);
            let shown = Message::new("report-bar")
                .with("n", number(count))
                .with("share", share.as_str());
            let value = count as f64;
            rows.push(Bar {
                label,
                paint: Some(paint),
                value,
                text: self.say(shown),
                before: before.map(|before| before as f64),
            });
            let mut row = vec![self.chip(rank), text(number_text(count)), text(share)];
            if compared {
                row.push(text(before.map_or_else(|| "–".to_owned(), number_text)));
                row.push(text(
                    before.map_or_else(|| "–".to_owned(), |before| change(count, before)),
                ));
            }
            if money {
                row.push(text(self.money(sum)));
            }
            table.rows.push(row);
        }
        let mut all = vec![
            text(self.word("report-all")),
            text(number_text(total)),
            text(percent(total, total)),
        ];
        all.resize(table.columns.len(), text(""));
        table.rows.push(all);
        let before = report
            .previous
            .as_ref()
            .map(|previous| date(previous.as_of))
            .unwrap_or_default();
        let before = self.say(Message::new("report-previous").with("date", before));
        let frame = self.frame(self.distribution_conclusion(), total);
        let picture = bars(&Bars {
            frame,
            rows,
            before,
            top: None,
        });
        vec![
            self.heading("grades", "report-distribution"),
            Block::Picture(picture, table),
        ]
    }

    /// The grade whose count changed most, or without a previous run the share of the largest.
    fn distribution_conclusion(&self) -> String {
        let grades = &self.report.grades;
        let changed = grades
            .iter()
            .filter_map(|grade| Some((grade, grade.before?.abs_diff(grade.count))));
        // The first of equals, so that the best grade is spoken of.
        let most = changed.fold(None, |most: Option<(_, u64)>, next| match most {
            Some(found) if found.1 >= next.1 => Some(found),
            _ => Some(next),
        });
        match most {
            Some((_, 0)) => self.word("report-distribution-same"),
            Some((grade, by)) => {
                let fell = grade.before.is_some_and(|before| before > grade.count);
                let code = if fell {
                    "report-distribution-fell"
                } else {
                    "report-distribution-rose"
                };
                self.say(
                    Message::new(code)
                        .with("grade", self.of(&grade.name, &grade.id))
                        .with("n", number(by)),
                )
            }
            None => {
                let largest = grades
                    .iter()
                    .fold(None, |most: Option<&super::GradeCount>, next| match most {
                        Some(found) if found.count >= next.count => Some(found),
                        _ => Some(next),
                    });
                let Some(grade) = largest.filter(|_| self.graded() > 0) else {
                    return self.word("report-nothing");
                };
                self.say(
                    Message::new("report-distribution-largest")
                        .with("grade", self.of(&grade.name, &grade.id))
                        .with("n", number(grade.count))
                        .with("share", percent(grade.count, self.total())),
                )
            }
        }
    }

    /// Whom to look at first, and why. 优先关注
    pub(crate) fn first(&self) -> Vec<Block> {
        let report = self.report;
        if report.first.is_empty() {
            return Vec::new();
        }
        let money = report.first.iter().any(|look| look.money.is_some());
        let mut table = Table::new("")
            .words(self.word("report-subject"))
            .short(self.word("report-grade"));
        table = table.figures(self.score_name());
        if money {
            table = table.figures(report.stake.get(self.lang));
        }
        table = table.words(self.word("report-why"));
        for look in &report.first {
            let mut row = vec![
                self.subject(&look.id, &look.name),
                self.chip(look.grade),
                text(self.score(look.score)),
            ];
            if money {
                row.push(text(self.money(look.money)));
            }
            row.push(self.whys(&look.why));
            table.rows.push(row);
        }
        let explain = Message::new("report-first-note").with("n", report.first.len());
        vec![
            self.heading("first", "report-first"),
            Block::Paragraph(text(self.say(explain))),
            Block::Table(table),
        ]
    }

    /// The name of the first score, for table heads.
    pub(crate) fn score_name(&self) -> String {
        let first = self.report.scores.first();
        first.map_or_else(|| self.word("report-score"), |score| self.of(&score.name, &score.id))
    }
}

/// A change with its direction as mark and sign.
fn change(now: u64, before: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Greater => format!("↑ {}", number_text(now - before)),
        std::cmp::Ordering::Less => format!("↓ {}", number_text(before - now)),
        std::cmp::Ordering::Equal => "→ 0".to_owned(),
    }
}

/// How many were not graded the last time, of those still there.
fn ungraded_before(moved: &[Vec<u64>]) -> u64 {
    moved.last().map_or(0, |row| row.iter().sum())
}
