//! How scores are spread, and what the grades look like dimension by dimension. 得分分布与维度画像

use pinji_charts::{Bin, CutOff, Histogram, Profile, Series, grade_paint, histogram, profile};
use pinji_domain::Message;
use pinji_domain::number::plain;
use pinji_locale::percent;

use super::{DimensionMeans, Reader, ScoreSpread, Subject, number_text};
use crate::doc::{Block, Table, text};

/// More axes than this nobody reads.
const MOST_AXES: usize = 8;

impl Reader<'_> {
    /// A histogram for each score. 得分分布
    pub(crate) fn scores(&self) -> Vec<Block> {
        if self.report.scores.is_empty() {
            return Vec::new();
        }
        let mut blocks = vec![self.heading("scores", "report-scores")];
        blocks.extend(self.report.scores.iter().map(|score| self.spread(score)));
        blocks
    }

    fn spread(&self, score: &ScoreSpread) -> Block {
        let name = self.of(&score.name, &score.id);
        let n: u64 = score.bins.iter().map(|(_, _, count)| count).sum();
        let conclusion = match score.quartiles {
            Some([_, low, middle, high, _]) => self.say(
                Message::new("report-scores-conclusion")
                    .with("score", name.as_str())
                    .with("low", plain(low, score.decimals))
                    .with("middle", plain(middle, score.decimals))
                    .with("high", plain(high, score.decimals)),
            ),
            None => name.clone(),
        };
        let caption = self.say(Message::new("report-scores-table").with("score", name.as_str()));
        let mut table = Table::new(caption)
            .short(self.word("report-interval"))
            .figures(self.word("report-count"))
            .figures(self.word("report-share"));
        let mut bins = Vec::new();
        for (from, to, count) in &score.bins {
            let interval = format!("{} – {}", edge(*from), edge(*to));
            table.rows.push(vec![
                text(interval),
                text(number_text(*count)),
                text(percent(*count, n)),
            ]);
            bins.push(Bin {
                from: *from,
                to: *to,
                count: *count,
            });
        }
        let cut_offs = score.cut_offs.iter();
        let cut_offs = cut_offs
            .map(|(at, label)| CutOff {
                at: *at,
                label: label.get(self.lang).to_owned(),
            })
            .collect();
        let up = match self.report.subject {
            Subject::Customer => self.word("report-count-customers"),
            Subject::Group => self.word("report-count-groups"),
        };
        let picture = histogram(&Histogram {
            frame: self.frame(conclusion, n),
            bins,
            cut_offs,
            across: name,
            up,
        });
        Block::Picture(picture, table)
    }

    /// Dimension means per grade. 维度画像
    pub(crate) fn profile(&self) -> Vec<Block> {
        let report = self.report;
        let axes: Vec<&DimensionMeans> = report.dimensions.iter().take(MOST_AXES).collect();
        let held: Vec<usize> = (0..report.grades.len())
            .filter(|rank| axes.iter().any(|axis| mean(axis, *rank).is_some()))
            .collect();
        if axes.is_empty() || held.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new(self.word("report-profile-table")).words(self.word("report-dimension"));
        let mut series = Vec::new();
        for rank in &held {
            let (_, label) = self.grade(Some(*rank));
            table = table.figures(label.clone());
            let means = axes.iter().map(|axis| mean(axis, *rank)).collect();
            series.push(Series {
                label,
                paint: grade_paint(*rank, report.grades.len()),
                means,
            });
        }
        for axis in &report.dimensions {
            let mut row = vec![text(axis.name.get(self.lang))];
            row.extend(held.iter().map(|rank| text(points(mean(axis, *rank)))));
            table.rows.push(row);
        }
        let picture = profile(&Profile {
            frame: self.frame_beside(
                self.profile_conclusion(&axes, &held),
                self.graded(),
                table.columns.len(),
            ),
            axes: axes.iter().map(|axis| axis.name.get(self.lang).to_owned()).collect(),
            series,
        });
        vec![
            self.heading("profile", "report-profile"),
            Block::Picture(picture, table),
        ]
    }

    /// The dimension in which the best and the last grade are furthest apart.
    fn profile_conclusion(&self, axes: &[&DimensionMeans], held: &[usize]) -> String {
        let (Some(best), Some(last)) = (held.first(), held.last()) else {
            return self.word("report-profile");
        };
        let mut widest: Option<(f64, &DimensionMeans)> = None;
        for axis in axes {
            let (Some(high), Some(low)) = (mean(axis, *best), mean(axis, *last)) else {
                continue;
            };
            if widest.is_none_or(|(gap, _)| high - low > gap) {
                widest = Some((high - low, axis));
            }
        }
        let Some((gap, axis)) = widest.filter(|_| best != last) else {
            return self.word("report-profile");
        };
        // Rounded means may be equal where the exact ones are not; then there is nothing to conclude.
        if gap < 0.05 {
            return self.word("report-profile");
        }
        self.say(
            Message::new("report-profile-conclusion")
                .with("dimension", axis.name.clone())
                .with("best", self.grade(Some(*best)).1)
                .with("high", points(mean(axis, *best)))
                .with("last", self.grade(Some(*last)).1)
                .with("low", points(mean(axis, *last))),
        )
    }
}

fn mean(axis: &DimensionMeans, rank: usize) -> Option<f64> {
    axis.means.get(rank).copied().flatten().filter(|mean| mean.is_finite())
}

fn points(mean: Option<f64>) -> String {
    mean.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.1}"))
}

/// An edge of a bin without needless decimals.
fn edge(value: f64) -> String {
    let written = format!("{value:.2}");
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}
