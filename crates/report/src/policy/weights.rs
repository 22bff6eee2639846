//! Dimensions, their indicators, and what they weigh. 维度与权重

use pinji_charts::{Bar, Bars, Frame, bars};
use pinji_domain::number::{div_half_even, plain};
use pinji_domain::{Decimal, Message};

use super::{Printer, Score};
use crate::doc::{Block, Table, text};

/// The width of the picture of weights, which stands beside its table.
const CHART: u32 = 600;

impl Printer<'_> {
    /// One picture of dimension weights for each score, and a table of all indicators. 维度与权重
    pub(crate) fn weights(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut blocks: Vec<Block> = policy.scores.iter().map(|score| self.score(score)).collect();
        if policy.dimensions.is_empty() {
            return blocks;
        }
        let mut table = Table::new(self.word("print-weights-table"))
            .words(self.word("report-dimension"))
            .words(self.word("report-indicator"))
            .figures(self.word("print-weight-in-dimension"));
        for score in &policy.scores {
            let title = Message::new("print-weight-in-score").with("score", self.of(&score.name, &score.id));
            table = table.figures(self.say(title));
        }
        for (position, dimension) in policy.dimensions.iter().enumerate() {
            let family: i128 = dimension
                .indicators
                .iter()
                .map(|indicator| at_nine(indicator.weight))
                .sum();
            for indicator in &dimension.indicators {
                let mut row = vec![
                    text(self.of(&dimension.name, &dimension.id)),
                    text(self.of(&indicator.name, &indicator.id)),
                    text(indicator.weight.to_string()),
                ];
                for (number, score) in policy.scores.iter().enumerate() {
                    if let Some(nominal) = indicator.nominal.get(number) {
                        let shown = nominal.map(|share| pinji_locale::ratio(share.units, share.scale));
                        row.push(text(shown.unwrap_or_else(|| "–".to_owned())));
                        continue;
                    }
                    let weight = score.weights.get(position).copied().flatten();
                    let all: i128 = score.weights.iter().flatten().map(|weight| at_nine(*weight)).sum();
                    let share = weight.map(|weight| share(at_nine(weight) * at_nine(indicator.weight), all * family));
                    row.push(text(share.unwrap_or_else(|| "–".to_owned())));
                }
                table.rows.push(row);
            }
        }
        blocks.push(Block::Table(table));
        blocks
    }

    fn score(&self, score: &Score) -> Block {
        let name = self.of(&score.name, &score.id);
        let all: i128 = score.weights.iter().flatten().map(|weight| at_nine(*weight)).sum();
        let caption = self.say(Message::new("print-score-table").with("score", name.as_str()));
        let mut table = Table::new(caption)
            .words(self.word("report-dimension"))
            .figures(self.word("print-weight"))
            .figures(self.word("report-share"));
        let mut rows = Vec::new();
        let mut most: Option<(i128, String)> = None;
        for (dimension, weight) in self.policy.dimensions.iter().zip(&score.weights) {
            let Some(weight) = weight else { continue };
            let label = self.of(&dimension.name, &dimension.id);
            let share = share(at_nine(*weight), all);
            rows.push(Bar {
                label: label.clone(),
                paint: None,
                value: weight.to_f64(),
                text: share.clone(),
                before: None,
            });
            table
                .rows
                .push(vec![text(label.clone()), text(weight.to_string()), text(share)]);
            if most.as_ref().is_none_or(|(found, _)| at_nine(*weight) > *found) {
                most = Some((at_nine(*weight), label));
            }
        }
        let title = match most {
            Some((weight, label)) => self.say(
                Message::new("print-score-conclusion")
                    .with("score", name.as_str())
                    .with("dimension", label)
                    .with("share", share(weight, all)),
            ),
            None => name,
        };
        let subtitle = Message::new("print-score-subtitle")
            .with("policy", self.of(&self.policy.name, &self.policy.id))
            .with("version", self.policy.version.as_str())
            .with("n", i64::from(score.decimals));
        let frame = Frame {
            lang: self.lang,
            title,
            subtitle: self.say(subtitle),
            width: CHART,
        };
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
}

/// A weight with nine decimals, which all weights have room for.
fn at_nine(weight: Decimal) -> i128 {
    let power = 10_i128.pow(u32::from(9_u8.saturating_sub(weight.scale)));
    i128::from(weight.units) * power
}

/// A share as per cent with at most two decimals, half to even.
fn share(part: i128, whole: i128) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let hundredths = div_half_even(part * 10_000, whole);
    let written = plain(i64::try_from(hundredths).unwrap_or(i64::MAX), 2);
    format!("{}%", written.trim_end_matches('0').trim_end_matches('.'))
}
