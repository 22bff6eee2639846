//! What changed since the run before: the migration matrix and who moved. 等级迁移

use pinji_charts::{HeatMap, Paint, Side, grade_paint, heat_map};
use pinji_domain::Message;
use pinji_locale::{date, percent};

use super::{Previous, Reader, number, number_text};
use crate::doc::{Block, Run, Table, text};

/// How many moved which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Moves {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) same: u64,
    /// Into a grade or out of one.
    pub(crate) otherwise: u64,
}

impl Reader<'_> {
    /// Counts moves; `None` without a run before, or when its scale was another.
    pub(crate) fn moves(&self) -> Option<Moves> {
        let previous = self.report.previous.as_ref()?;
        let ids = self.report.grades.iter().map(|grade| &grade.id);
        if !previous.grades.iter().map(|(id, _)| id).eq(ids) {
            return None;
        }
        let grades = previous.grades.len();
        let mut moves = Moves::default();
        for (row, cells) in previous.moved.iter().enumerate() {
            for (column, count) in cells.iter().enumerate() {
                match (row < grades, column < grades) {
                    (true, true) if row == column => moves.same += count,
                    (true, true) if row > column => moves.up += count,
                    (true, true) => moves.down += count,
                    (false, false) => moves.same += count,
                    _ => moves.otherwise += count,
                }
            }
        }
        Some(moves)
    }

    /// The migration matrix, and who moved furthest. 等级迁移
    pub(crate) fn movement(&self) -> Vec<Block> {
        let Some(previous) = &self.report.previous else {
            return Vec::new();
        };
        let mut blocks = vec![self.heading("movement", "report-movement"), self.matrix(previous)];
        let note = Message::new("report-movement-note")
            .with("joined", number(previous.joined))
            .with("left", number(previous.left))
            .with("version", previous.version.as_str());
        blocks.push(Block::Paragraph(text(self.say(note))));
        if !self.report.movers.is_empty() {
            blocks.push(Block::Table(self.movers()));
        }
        blocks
    }

    fn matrix(&self, previous: &Previous) -> Block {
        let compared: u64 = previous.moved.iter().flatten().sum();
        let at = |row: usize, column: usize| {
            previous
                .moved
                .get(row)
                .and_then(|cells| cells.get(column))
                .copied()
                .unwrap_or(0)
        };
        let (from_grades, to_grades) = (previous.grades.len(), self.report.grades.len());
        // "Ungraded" is shown where it occurs.
        let ungraded_row = (0..=to_grades).any(|column| at(from_grades, column) > 0);
        let ungraded_column = (0..=from_grades).any(|row| at(row, to_grades) > 0);
        let none = Side {
            id: String::new(),
            label: self.word("report-ungraded"),
            paint: Paint::ungraded(),
        };
        let from = previous.grades.iter().enumerate().map(|(rank, (id, name))| Side {
            id: id.clone(),
            label: self.of(name, id),
            paint: grade_paint(rank, from_grades),
        });
        let from: Vec<Side> = from.chain(ungraded_row.then(|| none.clone())).collect();
        let to = self.report.grades.iter().enumerate().map(|(rank, grade)| Side {
            id: grade.id.clone(),
            label: self.of(&grade.name, &grade.id),
            paint: grade_paint(rank, to_grades),
        });
        let to: Vec<Side> = to.chain(ungraded_column.then_some(none)).collect();
        let mut cells = Vec::new();
        let mut table = Table::new(self.word("report-movement-table")).short(self.word("report-from-to"));
        for side in &to {
            table = table.figures(side.label.clone());
        }
        table = table.figures(self.word("report-all"));
        for (row, side) in from.iter().enumerate() {
            let counts: Vec<u64> = (0..to.len()).map(|column| at(row, column)).collect();
            let mut line = vec![vec![Run::Chip(side.paint.clone(), side.label.clone())]];
            line.extend(counts.iter().map(|count| text(number_text(*count))));
            line.push(text(number_text(counts.iter().sum())));
            table.rows.push(line);
            cells.push(counts);
        }
        let title = |code, day: String| self.say(Message::new(code).with("date", day));
        let picture = heat_map(&HeatMap {
            frame: self.frame_beside(self.movement_conclusion(compared), compared, table.columns.len()),
            from,
            to,
            cells,
            from_title: title("report-previous", date(previous.as_of)),
            to_title: title("report-current", self.day()),
        });
        Block::Picture(picture, table)
    }

    fn movement_conclusion(&self, compared: u64) -> String {
        match self.moves() {
            Some(moves) => self.say(
                Message::new("report-movement-conclusion")
                    .with("same", number(moves.same))
                    .with("share", percent(moves.same, compared))
                    .with("up", number(moves.up))
                    .with("down", number(moves.down))
                    .with("otherwise", number(moves.otherwise)),
            ),
            None => self.word("report-movement-other-scale"),
        }
    }

    fn movers(&self) -> Table {
        let report = self.report;
        let money = report.movers.iter().any(|mover| mover.money.is_some());
        let mut table = Table::new(self.word("report-movers"))
            .words(self.word("report-subject"))
            .short(self.word("report-move"))
            .figures(self.score_name());
        if money {
            table = table.figures(report.stake.get(self.lang));
        }
        table = table.words(self.word("report-why"));
        for mover in &report.movers {
            let arrow = match (mover.from, mover.to) {
                (Some(from), Some(to)) if to < from => "↑",
                (Some(from), Some(to)) if to > from => "↓",
                _ => "→",
            };
            let mut moved = self.chip(mover.from);
            moved.push(Run::Text(format!(" {arrow} ")));
            moved.extend(self.chip(mover.to));
            let scores = format!("{} → {}", self.score(mover.score_before), self.score(mover.score));
            let mut row = vec![self.subject(&mover.id, &mover.name), moved, text(scores)];
            if money {
                row.push(text(self.money(mover.money)));
            }
            row.push(self.whys(&mover.why));
            table.rows.push(row);
        }
        table
    }
}
