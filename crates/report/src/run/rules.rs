//! The rules behind the grades, and what the run can be derived from again. 规则与追溯

use pinji_charts::{Bar, Bars, bars};
use pinji_domain::Message;

use super::{Reader, number, number_text};
use crate::doc::{Block, Line, Run, Table, code, text};

impl Reader<'_> {
    /// Caps and floors and how many they bound. 封顶与保底
    pub(crate) fn bounds(&self) -> Vec<Block> {
        let report = self.report;
        if report.bounds.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new(self.word("report-bounds-table"))
            .words(self.word("report-reason"))
            .short(self.word("report-bound"))
            .figures(self.word("report-count"));
        let mut rows = Vec::new();
        for bound in &report.bounds {
            let reason = self.of(&bound.reason, &bound.id);
            let shown = self.say(self.subjects(bound.count));
            let value = bound.count as f64;
            rows.push(Bar {
                label: reason.clone(),
                paint: None,
                value,
                text: shown,
                before: None,
            });
            let mut why: Line = vec![Run::Text(reason)];
            if !bound.clause.is_empty() {
                let clause = Message::new("report-clause").with("clause", bound.clause.as_str());
                why.extend([Run::Break, Run::Muted(self.say(clause))]);
            }
            let side = self.word(if bound.floor {
                "report-at-least"
            } else {
                "report-at-most"
            });
            let mut limit: Line = vec![Run::Text(format!("{side} "))];
            limit.extend(self.chip(Some(bound.grade)));
            table.rows.push(vec![why, limit, text(number_text(bound.count))]);
        }
        let most = report
            .bounds
            .iter()
            .filter(|bound| bound.count > 0)
            .rev()
            .max_by_key(|bound| bound.count);
        let conclusion = match most {
            Some(bound) => self.say(
                Message::new("report-bounds-conclusion")
                    .with("reason", self.of(&bound.reason, &bound.id))
                    .with("n", number(bound.count))
                    .with("subjects", self.subjects(bound.count)),
            ),
            None => self.word("report-bounds-none"),
        };
        let frame = self.frame(conclusion, self.total());
        let picture = bars(&Bars {
            frame,
            rows,
            before: String::new(),
            top: None,
        });
        vec![self.heading("bounds", "report-bounds"), Block::Picture(picture, table)]
    }

    /// The policy in short. 分级标准摘要
    pub(crate) fn policy(&self) -> Vec<Block> {
        let report = self.report;
        let mut blocks = vec![self.heading("policy", "report-policy")];
        if !report.purpose.get(self.lang).is_empty() {
            blocks.push(Block::Paragraph(text(report.purpose.get(self.lang))));
        }
        let mut grades = Table::new(self.word("report-rules-table"))
            .short(self.word("report-grade"))
            .short(self.word("report-class"))
            .words(self.word("report-condition"));
        for (rank, grade) in report.grades.iter().enumerate() {
            let condition = match grade.condition.get(self.lang) {
                "" => self.word("report-otherwise"),
                words => words.to_owned(),
            };
            grades
                .rows
                .push(vec![self.chip(Some(rank)), text(grade.class.as_str()), text(condition)]);
        }
        blocks.push(Block::Table(grades));
        if report
            .dimensions
            .iter()
            .any(|dimension| dimension.weights.iter().any(Option::is_some))
        {
            let mut weights = Table::new(self.word("report-weights-table")).words(self.word("report-dimension"));
            for score in &report.scores {
                weights = weights.figures(self.of(&score.name, &score.id));
            }
            for dimension in &report.dimensions {
                let mut row = vec![text(dimension.name.get(self.lang))];
                for index in 0..report.scores.len() {
                    let weight = dimension.weights.get(index).copied().flatten();
                    row.push(text(weight.map_or_else(|| "–".to_owned(), |weight| weight.to_string())));
                }
                weights.rows.push(row);
            }
            blocks.push(Block::Table(weights));
        }
        if !report.guarantees.is_empty() {
            let mut table = Table::new(self.word("report-guarantees"))
                .words(self.word("report-says"))
                .short(self.word("report-proof"));
            for (says, proved) in &report.guarantees {
                let verdict = if *proved { "report-proved" } else { "report-not-proved" };
                table
                    .rows
                    .push(vec![text(says.get(self.lang)), text(self.word(verdict))]);
            }
            blocks.push(Block::Table(table));
        }
        blocks
    }

    /// Hashes, inputs, engine: what `verify` checks. 可追溯信息
    pub(crate) fn facts(&self) -> Vec<Block> {
        let (report, facts) = (self.report, &self.report.facts);
        let mut list = vec![
            (
                self.word("report-policy-id"),
                code(format!("{} {}", report.policy_id, report.version)),
            ),
            (self.word("report-as-of"), text(self.day())),
            (self.word("report-policy-hash"), code(facts.policy_sha256.as_str())),
            (self.word("report-snapshot-hash"), code(facts.snapshot_sha256.as_str())),
            (self.word("report-engine"), code(facts.engine.as_str())),
        ];
        if facts.left_out > 0 {
            list.push((self.word("report-left-out"), text(number_text(facts.left_out))));
        }
        list.retain(|(_, line)| !line.is_empty());
        let mut blocks = vec![
            self.heading("facts", "report-facts"),
            Block::Paragraph(text(self.word("report-facts-note"))),
            Block::Facts(list),
        ];
        if !facts.inputs.is_empty() {
            let mut table = Table::new(self.word("report-inputs"))
                .words(self.word("report-file"))
                .figures(self.word("report-bytes"))
                .words("SHA-256");
            for (name, bytes, hash) in &facts.inputs {
                table.rows.push(vec![
                    text(name.as_str()),
                    text(number_text(*bytes)),
                    code(hash.as_str()),
                ]);
            }
            blocks.push(Block::Table(table));
        }
        blocks
    }
}
