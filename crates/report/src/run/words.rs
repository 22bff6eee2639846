//! Reasons and causes in words. 理由措辞

use pinji_charts::Paint;
use pinji_domain::number::grouped;
use pinji_domain::{Decimal, Message};
use pinji_locale::amount;

use super::{Reader, Ungraded, Why};
use crate::doc::{Line, Run};

impl Reader<'_> {
    /// One reason as a phrase.
    pub(crate) fn why(&self, why: &Why) -> String {
        let message = match why {
            Why::Cap(reason) => Message::new("report-why-cap").with("reason", reason.clone()),
            Why::CapGone(reason) => Message::new("report-why-cap-gone").with("reason", reason.clone()),
            Why::Floor(reason) => Message::new("report-why-floor").with("reason", reason.clone()),
            Why::Missing(indicator, cause) => Message::new("report-why-missing")
                .with("indicator", indicator.clone())
                .with("cause", Message::new(cause.code())),
            Why::Loss(indicator, points) => Message::new("report-why-loss")
                .with("indicator", indicator.clone())
                .with("points", points.to_string()),
            Why::Change(indicator, points) => Message::new("report-why-change")
                .with("indicator", indicator.clone())
                .with("points", signed(*points)),
            Why::NearlyUp(grade, gap) => Message::new("report-why-nearly-up")
                .with("grade", grade.clone())
                .with("gap", gap.to_string()),
            Why::NearlyDown(grade, gap) => Message::new("report-why-nearly-down")
                .with("grade", grade.clone())
                .with("gap", gap.to_string()),
            Why::Fell(notches) => Message::new("report-why-fell").with("n", i64::from(*notches)),
            Why::Rose(notches) => Message::new("report-why-rose").with("n", i64::from(*notches)),
            Why::Ungraded(why) => Message::new("report-why-ungraded").with("cause", self.ungraded_cause(why)),
            Why::MuchAtStake => Message::new("report-why-stake"),
        };
        self.say(message)
    }

    /// All reasons of a subject, one below the other.
    pub(crate) fn whys(&self, whys: &[Why]) -> Line {
        let mut line = Line::new();
        for why in whys {
            if !line.is_empty() {
                line.push(Run::Break);
            }
            line.push(Run::Text(self.why(why)));
        }
        line
    }

    pub(crate) fn ungraded_cause(&self, why: &Ungraded) -> Message {
        match why {
            Ungraded::Refused(indicator) => {
                Message::new("report-ungraded-refused").with("indicator", indicator.clone())
            }
            Ungraded::Coverage => Message::new("report-ungraded-coverage"),
            Ungraded::NoLines => Message::new("report-ungraded-no-lines"),
        }
    }

    /// A subject by name, its id below; the id alone where there is no name.
    pub(crate) fn subject(&self, id: &str, name: &str) -> Line {
        match name.is_empty() {
            true => vec![Run::Text(id.to_owned())],
            false => vec![Run::Text(name.to_owned()), Run::Break, Run::Muted(id.to_owned())],
        }
    }

    pub(crate) fn chip(&self, position: Option<usize>) -> Line {
        let (paint, name): (Paint, String) = self.grade(position);
        vec![Run::Chip(paint, name)]
    }

    pub(crate) fn money(&self, money: Option<Decimal>) -> String {
        money.map_or_else(|| "–".to_owned(), |money| amount(self.lang, money.units, money.scale))
    }

    /// The first score, in its decimals.
    pub(crate) fn score(&self, units: Option<i64>) -> String {
        let decimals = self.report.scores.first().map_or(2, |score| score.decimals);
        units.map_or_else(|| "–".to_owned(), |units| grouped(units, decimals))
    }
}

fn signed(number: Decimal) -> String {
    let written = Decimal {
        units: number.units.saturating_abs(),
        ..number
    }
    .to_string();
    if number.units < 0 {
        format!("−{written}")
    } else {
        format!("+{written}")
    }
}

/// A line without its markup.
pub(crate) fn plain(line: &Line) -> String {
    let mut out = String::new();
    for run in line {
        match run {
            Run::Text(words) | Run::Muted(words) | Run::Code(words) | Run::Chip(_, words) => {
                out.push_str(words);
            }
            Run::Break => out.push(' '),
        }
    }
    out
}
