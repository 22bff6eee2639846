//! Where values and weights come from, examples, and the files. 数据口径、权重来源与示例

use pinji_domain::{Decimal, Message, Text};
use pinji_locale::{count, date, list};

use super::{Derivation, Example, ExampleGrade, Printer, StandardTable};
use crate::doc::{Block, Line, Run, Table, code, text};

/// Above this an AHP matrix contradicts itself too much to be used.
const MOST_INCONSISTENT: f64 = 0.10;

impl Printer<'_> {
    /// Measures, parameters and exchange rates. 数据口径
    pub(crate) fn measures(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut blocks = Vec::new();
        if !policy.measures.is_empty() {
            let mut table = Table::new(self.word("print-measures-table"))
                .words(self.word("print-measure"))
                .words(self.word("print-source"))
                .words(self.word("print-formula"))
                .short(self.word("print-unit"));
            for measure in &policy.measures {
                let mut name: Line = text(self.of(&measure.name, &measure.id));
                if measure.name.get(self.lang) != measure.id {
                    name.extend([Run::Break, Run::Code(measure.id.clone())]);
                }
                table.rows.push(vec![
                    name,
                    text(measure.source.get(self.lang)),
                    code(measure.formula.as_str()),
                    text(measure.unit.get(self.lang)),
                ]);
            }
            blocks.push(Block::Table(table));
        }
        if !policy.parameters.is_empty() {
            let mut table = Table::new(self.word("print-parameters"))
                .words(self.word("print-parameter"))
                .short(self.word("print-from"))
                .figures(self.word("print-value"));
            for parameter in &policy.parameters {
                for (from, value) in &parameter.values {
                    let from = from.map_or_else(|| self.word("print-from-the-beginning"), date);
                    let name = self.of(&parameter.name, &parameter.id);
                    table.rows.push(vec![text(name), text(from), text(value.to_string())]);
                }
            }
            blocks.push(Block::Table(table));
        }
        if !policy.rates.is_empty() {
            let value = Message::new("print-rate-in").with("currency", policy.currency.as_str());
            let mut table = Table::new(self.word("print-rates"))
                .short(self.word("print-currency"))
                .short(self.word("print-from"))
                .figures(self.say(value));
            for (currency, from, value) in &policy.rates {
                table.rows.push(vec![
                    text(currency.as_str()),
                    text(date(*from)),
                    text(value.to_string()),
                ]);
            }
            blocks.push(Block::Table(table));
        }
        blocks
    }

    /// Standard tables. 标准值表
    pub(crate) fn tables(&self) -> Vec<Block> {
        self.policy
            .tables
            .iter()
            .flat_map(|table| self.standard_table(table))
            .collect()
    }

    fn standard_table(&self, standard: &StandardTable) -> Vec<Block> {
        let mut table = Table::new(standard.name.get(self.lang)).words(self.word("report-indicator"));
        for key in &standard.keys {
            table = table.words(key.get(self.lang));
        }
        for points in &standard.points {
            let title = Message::new("print-points-at").with("points", points.to_string());
            table = table.figures(self.say(title));
        }
        for (indicator, keys, edges) in &standard.rows {
            let mut row = vec![text(indicator.get(self.lang))];
            row.extend(keys.iter().map(|key| text(key.as_str())));
            row.extend(edges.iter().map(|edge| text(edge.as_str())));
            table.rows.push(row);
        }
        let beyond = Message::new("print-beyond").with("points", standard.beyond.to_string());
        let mut blocks = vec![Block::Table(table), Block::Paragraph(text(self.say(beyond)))];
        if !standard.source.get(self.lang).is_empty() {
            let source = Message::new("print-table-source").with("source", standard.source.clone());
            blocks.push(Block::Paragraph(vec![Run::Muted(self.say(source))]));
        }
        blocks
    }

    /// Where weights came from. 权重来源
    pub(crate) fn derivations(&self) -> Vec<Block> {
        self.policy
            .derivations
            .iter()
            .enumerate()
            .flat_map(|(index, one)| self.derivation(index, one))
            .collect()
    }

    fn derivation(&self, index: usize, derivation: &Derivation) -> Vec<Block> {
        let head = |code: &'static str, of: &Text| {
            let line = text(self.say(Message::new(code).with("of", of.clone())));
            Block::Heading(3, format!("derivation-{}", index + 1), line)
        };
        match derivation {
            Derivation::Ahp {
                of,
                items,
                judges,
                weights,
                consistency,
            } => {
                let mut blocks = vec![head("print-ahp", of)];
                for (judge, matrix, ratio) in judges {
                    let caption = Message::new("print-ahp-judge")
                        .with("judge", judge.as_str())
                        .with("cr", cr(*ratio));
                    blocks.push(Block::Table(self.matrix(self.say(caption), items, matrix)));
                }
                let verdict = if *consistency > MOST_INCONSISTENT {
                    "print-inconsistent"
                } else {
                    "print-consistent"
                };
                let together = Message::new("print-ahp-together")
                    .with("cr", cr(*consistency))
                    .with("verdict", Message::new(verdict));
                blocks.push(Block::Paragraph(text(self.say(together))));
                blocks.push(Block::Table(self.derived(items, weights)));
                blocks
            }
            Derivation::Entropy {
                of,
                items,
                weights,
                rows,
                as_of,
                sha256,
            } => {
                let message = Message::new("print-entropy-from")
                    .with("rows", i64::try_from(*rows).unwrap_or(i64::MAX))
                    .with("date", date(*as_of));
                let mut line = text(self.say(message));
                line.extend([Run::Break, Run::Code(sha256.clone())]);
                vec![
                    head("print-entropy", of),
                    Block::Paragraph(line),
                    Block::Table(self.derived(items, weights)),
                ]
            }
        }
    }

    fn matrix(&self, caption: String, items: &[Text], matrix: &[Vec<f64>]) -> Table {
        let mut table = Table::new(caption).words(self.word("print-compared"));
        for item in items {
            table = table.figures(item.get(self.lang));
        }
        for (item, cells) in items.iter().zip(matrix) {
            let mut row = vec![text(item.get(self.lang))];
            row.extend(cells.iter().map(|cell| text(judgement(*cell))));
            table.rows.push(row);
        }
        table
    }

    fn derived(&self, items: &[Text], weights: &[Decimal]) -> Table {
        let mut table = Table::new(self.word("print-derived"))
            .words(self.word("print-weighed"))
            .figures(self.word("print-weight"));
        for (item, weight) in items.iter().zip(weights) {
            table
                .rows
                .push(vec![text(item.get(self.lang)), text(weight.to_string())]);
        }
        table
    }

    /// The policy's own tests. 示例
    pub(crate) fn examples(&self) -> Vec<Block> {
        if self.policy.examples.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new(self.word("print-examples-table"))
            .words(self.word("print-example"))
            .words(self.word("print-given"))
            .words(self.word("print-result"));
        for (index, example) in self.policy.examples.iter().enumerate() {
            table.rows.push(self.example(index, example));
        }
        vec![Block::Table(table)]
    }

    fn example(&self, index: usize, example: &Example) -> Vec<Line> {
        let mut name = match example.name.get(self.lang) {
            "" => text(count(index as i64 + 1)),
            name => text(name),
        };
        if let Some(as_of) = example.as_of {
            name.extend([Run::Break, Run::Muted(date(as_of))]);
        }
        let mut given = Line::new();
        for (what, value) in &example.given {
            if !given.is_empty() {
                given.push(Run::Break);
            }
            let pair = Message::new("label-value")
                .with("label", what.clone())
                .with("value", value.clone());
            given.push(Run::Text(self.say(pair)));
        }
        let mut result = match example.grade {
            Some(ExampleGrade::Grade(position)) => self.chip(position),
            Some(ExampleGrade::Ungraded) => self.chip(usize::MAX),
            None => Line::new(),
        };
        for (score, value) in &example.scores {
            if !result.is_empty() {
                result.push(Run::Break);
            }
            let pair = Message::new("label-value")
                .with("label", score.clone())
                .with("value", value.to_string());
            result.push(Run::Text(self.say(pair)));
        }
        if let Some(caps) = &example.caps {
            let caps: Vec<&str> = caps.iter().map(|cap| cap.get(self.lang)).collect();
            let message = match caps.is_empty() {
                true => Message::new("print-example-no-caps"),
                false => Message::new("print-example-caps").with("caps", list(self.lang, &caps)),
            };
            result.extend([Run::Break, Run::Text(self.say(message))]);
        }
        vec![name, given, result]
    }

    /// The files and their hashes. 文件与哈希
    pub(crate) fn files(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut blocks = Vec::new();
        if !policy.sha256.is_empty() {
            blocks.push(Block::Paragraph(text(self.word("print-files-note"))));
            blocks.push(Block::Facts(vec![
                (self.word("print-version-word"), text(policy.version.as_str())),
                ("SHA-256".to_owned(), code(policy.sha256.as_str())),
            ]));
        }
        if !policy.files.is_empty() {
            let mut table = Table::new("").words(self.word("report-file")).words("SHA-256");
            for (name, hash) in &policy.files {
                table.rows.push(vec![code(name.as_str()), code(hash.as_str())]);
            }
            blocks.push(Block::Table(table));
        }
        blocks
    }
}

/// A consistency ratio with three decimals.
fn cr(ratio: f64) -> String {
    if ratio.is_finite() {
        format!("{:.3}", ratio.max(0.0))
    } else {
        "–".to_owned()
    }
}

/// A judgement as judges say it: `3`, `1/3`, otherwise two decimals.
fn judgement(value: f64) -> String {
    if !value.is_finite() || value <= 0.0 {
        return "–".to_owned();
    }
    let near = |value: f64| (value - value.round()).abs() < 0.005 && value.round() >= 1.0;
    if near(value) {
        format!("{value:.0}")
    } else if near(1.0 / value) {
        format!("1/{:.0}", 1.0 / value)
    } else {
        format!("{value:.2}")
    }
}
