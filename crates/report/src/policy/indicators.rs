//! Each indicator: what it is, how it is computed, how it is scored. 指标

use pinji_domain::Message;
use pinji_locale::{list, period};

use super::{Band, Direction, Indicator, Level, MissingRule, Printer, Reconcile, Scoring};
use crate::doc::{Block, Run, Table, code, text};

impl Printer<'_> {
    /// Indicators under their dimensions. 指标
    pub(crate) fn indicators(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for dimension in self
            .policy
            .dimensions
            .iter()
            .filter(|dimension| !dimension.indicators.is_empty())
        {
            let name = self.of(&dimension.name, &dimension.id);
            blocks.push(Block::Heading(3, format!("dimension-{}", dimension.id), text(name)));
            for indicator in &dimension.indicators {
                self.indicator(&mut blocks, indicator);
            }
        }
        blocks
    }

    fn indicator(&self, blocks: &mut Vec<Block>, indicator: &Indicator) {
        let heading = Message::new("print-indicator-heading")
            .with("name", self.of(&indicator.name, &indicator.id))
            .with("weight", indicator.weight.to_string());
        blocks.push(Block::Heading(
            4,
            format!("indicator-{}", indicator.id),
            text(self.say(heading)),
        ));
        if !indicator.means.get(self.lang).is_empty() {
            blocks.push(Block::Paragraph(text(indicator.means.get(self.lang))));
        }
        let judged = matches!(indicator.scoring, Scoring::Judged { .. });
        let mut facts = Vec::new();
        if !indicator.formula.is_empty() && !judged {
            facts.push((self.word("print-formula"), code(indicator.formula.as_str())));
        }
        let unit = indicator.unit.get(self.lang);
        if !judged && !unit.is_empty() {
            let words = Message::new("print-unit-decimals")
                .with("unit", unit)
                .with("n", i64::from(indicator.decimals));
            facts.push((self.word("print-unit"), text(self.say(words))));
        }
        if !indicator.source.get(self.lang).is_empty() {
            facts.push((self.word("print-source"), text(indicator.source.get(self.lang))));
        }
        let better = match indicator.better {
            Direction::Higher => Some("print-better-higher"),
            Direction::Lower => Some("print-better-lower"),
            Direction::Neither => None,
        };
        if let Some(better) = better {
            facts.push((self.word("print-better"), text(self.word(better))));
        }
        facts.extend(self.reconciling(&indicator.scoring));
        facts.push((self.word("print-missing"), text(self.missing(indicator.missing))));
        if !indicator.clause.is_empty() {
            facts.push((self.word("print-clause"), text(indicator.clause.as_str())));
        }
        let mut id = code(indicator.id.as_str());
        id.retain(|_| indicator.id != indicator.name.get(self.lang));
        if !id.is_empty() {
            facts.push((self.word("print-id"), id));
        }
        blocks.push(Block::Facts(facts));
        blocks.extend(self.scoring(&indicator.scoring));
    }

    fn missing(&self, rule: MissingRule) -> String {
        match rule {
            MissingRule::Refuse => self.word("print-missing-refuse"),
            MissingRule::Worst => self.word("print-missing-worst"),
            MissingRule::Reweight => self.word("print-missing-reweight"),
            MissingRule::Points(points) => {
                self.say(Message::new("print-missing-points").with("points", points.to_string()))
            }
        }
    }

    /// Who judges and how several opinions become one.
    fn reconciling(&self, scoring: &Scoring) -> Vec<(String, Vec<Run>)> {
        let Scoring::Judged {
            by,
            reconcile,
            min,
            spread,
            fresh,
            ..
        } = scoring
        else {
            return Vec::new();
        };
        let code = match reconcile {
            Reconcile::Mean => "print-reconcile-mean",
            Reconcile::Median => "print-reconcile-median",
            Reconcile::Consensus => "print-reconcile-consensus",
        };
        let mut words = vec![self.say(Message::new(code).with("n", i64::from(*min)))];
        if let Some(spread) = spread {
            words.push(self.say(Message::new("print-reconcile-spread").with("points", spread.to_string())));
        }
        if let Some(fresh) = fresh {
            words.push(self.say(Message::new("print-reconcile-fresh").with("period", period(self.lang, *fresh))));
        }
        let stop = self.word("report-stop");
        vec![
            (self.word("print-judged-by"), text(by.get(self.lang))),
            (self.word("print-reconcile"), text(words.join(&stop))),
        ]
    }

    fn scoring(&self, scoring: &Scoring) -> Option<Block> {
        let points = self.word("print-points");
        match scoring {
            Scoring::Bands { bands, .. } if bands.is_empty() => None,
            Scoring::Bands { bands, interpolated } => {
                let named = bands.iter().any(|band| !band.name.get(self.lang).is_empty());
                let caption = if *interpolated {
                    "print-points-interpolated"
                } else {
                    "print-points-table"
                };
                let mut table = Table::new(self.word(caption))
                    .short(self.word("print-value"))
                    .figures(points);
                if named {
                    table = table.words(self.word("print-band-name"));
                }
                for band in bands {
                    let mut row = vec![text(self.range(band)), text(band_points(band))];
                    if named {
                        row.push(text(band.name.get(self.lang)));
                    }
                    table.rows.push(row);
                }
                Some(Block::Table(table))
            }
            Scoring::Map { entries, otherwise } => {
                let mut table = Table::new(self.word("print-points-table"))
                    .words(self.word("print-value"))
                    .figures(points);
                for (value, points) in entries {
                    table
                        .rows
                        .push(vec![text(value.get(self.lang)), text(points.to_string())]);
                }
                let rest = otherwise.map_or_else(|| self.word("print-counts-as-missing"), |points| points.to_string());
                table.rows.push(vec![text(self.word("print-any-other")), text(rest)]);
                Some(Block::Table(table))
            }
            Scoring::Judged { levels, .. } => Some(Block::Table(self.levels(levels))),
            Scoring::Table {
                name,
                keys,
                interpolated,
            } => {
                let keys: Vec<&str> = keys.iter().map(|key| key.get(self.lang)).collect();
                let code = if *interpolated {
                    "print-by-table-interpolated"
                } else {
                    "print-by-table"
                };
                let message = Message::new(code)
                    .with("table", name.clone())
                    .with("keys", list(self.lang, &keys));
                Some(Block::Paragraph(text(self.say(message))))
            }
        }
    }

    fn levels(&self, levels: &[Level]) -> Table {
        let mut table = Table::new(self.word("print-levels-table"))
            .short(self.word("print-level"))
            .figures(self.word("print-points"))
            .words(self.word("print-means"));
        for level in levels {
            table.rows.push(vec![
                text(level.name.get(self.lang)),
                text(level.points.to_string()),
                text(level.means.get(self.lang)),
            ]);
        }
        table
    }

    /// A band as an inequality; the ends say whether they belong to it.
    fn range(&self, band: &Band) -> String {
        match (&band.low, &band.high) {
            (None, None) => self.word("print-any-value"),
            (None, Some((high, included))) => format!("{} {}", if *included { "≤" } else { "<" }, high.get(self.lang)),
            (Some((low, included)), None) => format!("{} {}", if *included { "≥" } else { ">" }, low.get(self.lang)),
            (Some((low, from)), Some((high, to))) => {
                let (from, to) = (if *from { "≤" } else { "<" }, if *to { "≤" } else { "<" });
                format!("{} {from} x {to} {}", low.get(self.lang), high.get(self.lang))
            }
        }
    }
}

fn band_points(band: &Band) -> String {
    match band.points {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} → {to}"),
    }
}
