//! Why this score: what each part adds, from nothing to the total. 得分瀑布图

use pinji_domain::number::{plain, to_f64};
use pinji_locale::word;

use crate::colour::{self, Paint};
use crate::scale::hundred;
use crate::svg::{AXIS, Anchor, Area, Canvas, Frame, LABEL, STRONG};
use crate::text;

/// One part of the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is: a dimension or an indicator.
    pub label: String,
    /// What it adds, in units of the score.
    pub units: i64,
    /// What it could have added at most, in the same units; drawn as an outline.
    pub most: Option<i64>,
}

/// A line that the total is held against, or that holds the grade down.
#[derive(Debug, Clone, PartialEq)]
pub struct CutLine {
    /// Where, in units of the score.
    pub at: i64,
    /// What it is: `VIP ≥ 80.00`, or `封顶：12个月内有违约`.
    pub label: String,
    /// Whether it binds (a cap, a veto): drawn heavy.
    pub binds: bool,
}

/// A score taken apart. 得分瀑布图
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// Title, subtitle, size.
    pub frame: Frame,
    /// The parts, in policy order; they sum to the score exactly.
    pub steps: Vec<Step>,
    /// Decimals of the units.
    pub decimals: u8,
    /// What the sum is called.
    pub total: String,
    /// The grade's colours, for the total.
    pub paint: Paint,
    /// Cut-offs and caps.
    pub cuts: Vec<CutLine>,
}

const ROW: f64 = 28.0;
const BAR: f64 = 16.0;

/// Draws each part where the ones before it ended, and the total from zero. The printed numbers sum to the total, for
/// the total is their sum. 得分瀑布图
pub fn waterfall(chart: &Waterfall) -> String {
    let mut canvas = Canvas::new(&chart.frame);
    let total = chart
        .steps
        .iter()
        .fold(0_i64, |sum, step| sum.saturating_add(step.units));
    if chart.steps.is_empty() {
        let top = canvas.top;
        canvas.text(
            0.0,
            top + 14.0,
            Anchor::Start,
            AXIS,
            &word(chart.frame.lang, "chart-empty"),
        );
        return canvas.finish(&chart.frame, top + 24.0, &[]);
    }
    let value = |units: i64| to_f64(units, chart.decimals);
    let labels = chart.steps.iter().map(|step| text::width(&step.label, 12.0));
    let labels = labels
        .fold(text::width(&chart.total, 12.0), f64::max)
        .min(canvas.width * 0.36);
    let numbers = chart
        .steps
        .iter()
        .map(|step| text::width(&written(step, chart.decimals), 12.0));
    let numbers = numbers
        .fold(text::width(&plain(total, chart.decimals), 12.0), f64::max)
        .min(canvas.width * 0.3);
    let (left, right) = (labels + 12.0, canvas.width - numbers - 12.0);

    // Scores run from 0 to 100; parts that step outside (a score of deductions) widen the axis.
    let mut reach = (0.0_f64, 100.0_f64);
    let mut run = 0_i64;
    for step in &chart.steps {
        let best = run.saturating_add(step.most.unwrap_or(step.units));
        run = run.saturating_add(step.units);
        reach = (reach.0.min(value(run)), reach.1.max(value(run)).max(value(best)));
    }
    let x = |units: f64| left + (units - reach.0) / (reach.1 - reach.0) * (right - left).max(20.0);

    let lanes = cut_labels(&mut canvas, chart, &|units| x(value(units)));
    let top = canvas.top + lanes;
    let bottom = top + ROW * (chart.steps.len() + 1) as f64 + 6.0;
    for cut in &chart.cuts {
        let at = x(value(cut.at));
        let (wide, dash) = if cut.binds {
            ("2.5", "")
        } else {
            ("1.5", " stroke-dasharray=\"5 3\"")
        };
        let rest = format!("stroke=\"{}\" stroke-width=\"{wide}\"{dash}", colour::WARNING);
        canvas.line((at, top - 2.0), (at, bottom), "pj-wl", &rest);
    }
    let mut says = Vec::new();
    let mut run = 0_i64;
    for (index, step) in chart.steps.iter().enumerate() {
        let y = top + ROW * index as f64;
        let middle = y + ROW / 2.0;
        canvas.fitted(0.0, middle + 4.3, Anchor::Start, LABEL, labels, &step.label);
        let (from, to) = (value(run), value(run.saturating_add(step.units)));
        let tip = format!("{} {}", step.label, written(step, chart.decimals));
        if let Some(most) = step.most.filter(|most| *most > step.units) {
            let end = x(value(run.saturating_add(most)));
            let area = Area {
                x: x(from),
                y: middle - BAR / 2.0,
                width: end - x(from),
                height: BAR,
            };
            canvas.outline(area, "stroke-dasharray=\"2 2\"", &tip);
        }
        let (low, high) = (x(from.min(to)), x(from.max(to)));
        let paint = if step.units < 0 { falling() } else { Paint::plain() };
        let area = Area {
            x: low,
            y: middle - BAR / 2.0,
            width: (high - low).max(1.0),
            height: BAR,
        };
        canvas.mark(area, &paint, &step.units.to_string(), &tip);
        let next = middle + ROW - BAR / 2.0;
        canvas.line(
            (x(to), middle + BAR / 2.0),
            (x(to), next),
            "pj-b",
            &format!("stroke=\"{}\"", colour::SECOND),
        );
        canvas.fitted(
            right + 8.0,
            middle + 4.3,
            Anchor::Start,
            LABEL,
            numbers + 4.0,
            &written(step, chart.decimals),
        );
        says.push(tip);
        run = run.saturating_add(step.units);
    }
    let middle = top + ROW * chart.steps.len() as f64 + ROW / 2.0;
    let (low, high) = (x(value(total).min(0.0)), x(value(total).max(0.0)));
    let area = Area {
        x: low,
        y: middle - BAR / 2.0 - 1.0,
        width: (high - low).max(1.0),
        height: BAR + 2.0,
    };
    let tip = format!("{} {}", chart.total, plain(total, chart.decimals));
    canvas.grid((0.0, middle - ROW / 2.0), (canvas.width, middle - ROW / 2.0));
    canvas.mark(area, &chart.paint, &total.to_string(), &tip);
    canvas.fitted(0.0, middle + 4.3, Anchor::Start, STRONG, labels, &chart.total);
    canvas.text(
        right + 8.0,
        middle + 4.3,
        Anchor::Start,
        STRONG,
        &plain(total, chart.decimals),
    );
    canvas.line(
        (x(0.0), top),
        (x(0.0), bottom),
        "pj-b",
        &format!("stroke=\"{}\"", colour::SECOND),
    );
    for tick in hundred(x(100.0) - x(0.0)).iter().copied() {
        canvas.text(x(tick), bottom + 16.0, Anchor::Middle, AXIS, &format!("{tick:.0}"));
    }
    says.push(tip);
    says.extend(chart.cuts.iter().map(|cut| cut.label.clone()));
    canvas.finish(&chart.frame, bottom + 24.0, &says)
}

fn falling() -> Paint {
    Paint {
        fill: "#C04A00".to_owned(),
        text: colour::WHITE,
        mark: "↓",
        outline: false,
    }
}

/// A part as it is printed: what it added, and of how much.
fn written(step: &Step, decimals: u8) -> String {
    match step.most {
        Some(most) => format!("{} / {}", plain(step.units, decimals), plain(most, decimals)),
        None => plain(step.units, decimals),
    }
}

/// One row for each cut label, so that none covers another; returns their height.
fn cut_labels(canvas: &mut Canvas, chart: &Waterfall, x: &dyn Fn(i64) -> f64) -> f64 {
    let height = 18.0 * chart.cuts.len() as f64;
    let y = |index: usize| 18.0 * index as f64;
    let top = canvas.top;
    // From the left: a line hangs from its label and so passes beside the labels before it.
    let mut cuts: Vec<&CutLine> = chart.cuts.iter().collect();
    cuts.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.label.cmp(&b.label)));
    for (index, cut) in cuts.iter().enumerate() {
        let rest = format!("stroke=\"{}\"", colour::WARNING);
        canvas.line(
            (x(cut.at), top + y(index) + 16.0),
            (x(cut.at), top + height),
            "pj-wl",
            &rest,
        );
    }
    for (index, cut) in cuts.iter().enumerate() {
        let wide = text::width(&cut.label, 12.0).min(canvas.width);
        let start = (x(cut.at) - 4.0).min(canvas.width - wide).max(0.0);
        canvas.halo(
            start,
            top + y(index) + 12.0,
            canvas.width - start,
            cut.binds,
            &cut.label,
        );
    }
    height
}
