//! Bands: ends and points as integers, with everything that can be wrong with their order. 分档

use pinji_domain::number::EXACT_LIMIT;
use pinji_domain::{Decimal, Message};
use pinji_engine::{Band, Bands};

use super::names::Names;
use crate::document::{BandRow, Threshold};
use crate::finding::Finding;
use crate::formula::condition::at_scale;
use crate::formula::plain_digits;
use crate::suggest::nearest;

/// Points in units of 10^-4.
pub(crate) fn units(points: Decimal) -> i32 {
    points.at(4).and_then(|units| i32::try_from(units).ok()).unwrap_or(0)
}

/// The bands of a list; `None` where they do not cover all values in order. `path` is the list's.
pub(crate) fn bands(
    names: &Names<'_>,
    rows: &[BandRow],
    decimals: u8,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Option<Bands> {
    let before = findings.len();
    let mut work = Work {
        names,
        path,
        decimals,
        findings,
    };
    if rows.is_empty() {
        if work.names.document.places.knows(path) {
            work.error(path, Message::new("policy-bands-empty"));
        }
        return None;
    }
    let ends = work.ends(rows);
    work.order(rows, &ends);
    let last = rows.len() - 1;
    let mut bands = Bands::default();
    for (index, row) in rows.iter().enumerate() {
        let low = index
            .checked_sub(1)
            .and_then(|before| ends.get(before).copied().flatten());
        let high = ends.get(index).copied().flatten();
        if index < last {
            bands.edges.extend(high.as_ref().map(End::edge));
        }
        bands.bands.push(work.band(row, index, low, high));
    }
    let wrong = |finding: &Finding| finding.severity == crate::finding::Severity::Error;
    (!work.findings.iter().skip(before).any(wrong)).then_some(bands)
}

/// The upper end of a band, as written and on the indicator's decimals.
#[derive(Clone, Copy)]
struct End {
    number: Decimal,
    inclusive: bool,
    floor: i64,
    exact: bool,
}

impl End {
    /// The first value that is no longer in the band.
    fn edge(&self) -> i64 {
        match (self.inclusive, self.exact) {
            (false, true) => self.floor,
            _ => self.floor + 1,
        }
    }

    /// For comparing ends as written: by number, and `below` before `up_to`.
    fn order(&self) -> (i128, bool) {
        (
            i128::from(self.number.units) * i128::from(pinji_domain::number::pow10(9 - self.number.scale)),
            self.inclusive,
        )
    }
}

struct Work<'w, 'd> {
    names: &'w Names<'d>,
    path: &'w str,
    decimals: u8,
    findings: &'w mut Vec<Finding>,
}

impl Work<'_, '_> {
    fn error(&mut self, path: &str, message: Message) {
        self.findings
            .push(Finding::error(self.names.document.places.at(path), message));
    }

    /// Where the end of a band stands in the file.
    fn end_path(&self, index: usize, inclusive: bool) -> String {
        format!("{}[{index}].{}", self.path, if inclusive { "up_to" } else { "below" })
    }

    fn ends(&mut self, rows: &[BandRow]) -> Vec<Option<End>> {
        let mut ends = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let end = row.end.as_ref().and_then(|end| {
                let path = self.end_path(index, end.inclusive);
                let number = self.threshold(&end.at, &path)?;
                let (floor, exact) = at_scale(number, self.decimals);
                if floor.unsigned_abs() > EXACT_LIMIT.unsigned_abs() {
                    self.error(
                        &path,
                        Message::new("policy-number-inexact").with("number", number.to_string()),
                    );
                    return None;
                }
                if !exact {
                    let message = Message::new("policy-band-finer").with("number", number.to_string());
                    let message = message.with("decimals", usize::from(self.decimals));
                    self.findings
                        .push(Finding::warning(self.names.document.places.at(&path), message));
                }
                Some(End {
                    number,
                    inclusive: end.inclusive,
                    floor,
                    exact,
                })
            });
            ends.push(end);
        }
        ends
    }

    fn threshold(&mut self, threshold: &Threshold, path: &str) -> Option<Decimal> {
        let name = match threshold {
            Threshold::Number(number) => return Some(*number),
            Threshold::Parameter(name) => name,
        };
        if let Some(value) = self.names.parameter(name) {
            return value;
        }
        let message = match plain_digits(name) {
            Some(digits) => Message::new("policy-number-words")
                .with("number", name.as_str())
                .with("digits", digits),
            None => Message::new("policy-parameter-unknown").with("name", name.as_str()),
        };
        let finding = Finding::error(self.names.document.places.at(path), message);
        let parameters = self
            .names
            .document
            .parameters
            .iter()
            .map(|parameter| parameter.id.as_str());
        self.findings.push(match nearest(name, parameters) {
            Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
            None => finding,
        });
        None
    }

    /// Ends ascend, only the last band has none, and no two become one on the indicator's decimals.
    fn order(&mut self, rows: &[BandRow], ends: &[Option<End>]) {
        let last = rows.len() - 1;
        let mut before: Option<End> = None;
        for (index, row) in rows.iter().enumerate() {
            let here = format!("{}[{index}]", self.path);
            if let Some(from) = &row.from {
                self.begins(from, before, &format!("{here}.from"));
            }
            let Some(written) = &row.end else {
                if index < last && !self.names.document.misread(&here) {
                    self.error(&here, Message::new("policy-band-endless").with("position", index + 1));
                }
                continue;
            };
            let Some(end) = ends.get(index).copied().flatten() else {
                continue;
            };
            let path = self.end_path(index, written.inclusive);
            if index == last {
                let message = Message::new("policy-band-gap-above").with("end", end.number.to_string());
                let finding = Finding::error(self.names.document.places.at(&path), message);
                self.findings
                    .push(finding.help(Message::new("policy-band-gap-above-help")));
            }
            if let Some(earlier) = before {
                let named = |code| {
                    let message = Message::new(code).with("end", end.number.to_string());
                    message.with("before", earlier.number.to_string())
                };
                if end.order().0 < earlier.order().0 {
                    self.error(&path, named("policy-band-disorder"));
                } else if end.order() <= earlier.order() {
                    self.error(&path, named("policy-band-repeated"));
                } else if end.edge() <= earlier.edge() {
                    let message = named("policy-band-rounded").with("decimals", usize::from(self.decimals));
                    self.error(&path, message);
                }
            }
            before = Some(end);
        }
    }

    /// A band that says where it begins must begin where the one before ends.
    fn begins(&mut self, from: &Threshold, before: Option<End>, path: &str) {
        let Some(number) = self.threshold(from, path) else {
            return;
        };
        let Some(before) = before else {
            let message = Message::new("policy-band-gap-below").with("from", number.to_string());
            return self.error(path, message);
        };
        let (start, end) = (End { number, ..before }.order(), before.order());
        if start != end {
            let code = if start < end {
                "policy-band-overlap"
            } else {
                "policy-band-gap"
            };
            let message = Message::new(code).with("from", number.to_string());
            self.error(path, message.with("before", before.number.to_string()));
        }
    }

    fn band(&mut self, row: &BandRow, index: usize, low: Option<End>, high: Option<End>) -> Band {
        let (from, to) = (units(row.points.0), units(row.points.1));
        if from == to {
            return Band::flat(from);
        }
        let path = format!("{}[{index}].points", self.path);
        let (Some(low), Some(high)) = (low, high) else {
            self.error(&path, Message::new("policy-band-open"));
            return Band::flat(from);
        };
        if !low.exact || !high.exact {
            let message = Message::new("policy-band-inexact").with("decimals", usize::from(self.decimals));
            self.error(&path, message);
        }
        Band {
            from,
            to,
            low: low.floor,
            high: high.floor,
        }
    }
}
