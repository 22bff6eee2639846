//! How scores are spread, with the cut-offs of the grades. 得分直方图

use pinji_locale::{count, word};

use crate::colour::{self, Paint};
use crate::scale::{placed, ticks};
use crate::svg::{AXIS, Anchor, Area, Canvas, Frame, px};
use crate::text;

/// One column: the values from `from` (included) to `to`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many.
    pub count: u64,
}

/// A line where a grade begins.
#[derive(Debug, Clone, PartialEq)]
pub struct CutOff {
    /// Where.
    pub at: f64,
    /// What begins there, for instance `VIP ≥ 80`.
    pub label: String,
}

/// A histogram. 直方图
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Title, subtitle, size.
    pub frame: Frame,
    /// Columns, from the left, without gaps.
    pub bins: Vec<Bin>,
    /// Cut-offs, in any order; those outside the bins are left out.
    pub cut_offs: Vec<CutOff>,
    /// What is spread, under the axis: `总分`.
    pub across: String,
    /// What is counted, above the axis: `客户数`.
    pub up: String,
}

const PLOT: f64 = 300.0;
const LANE: f64 = 18.0;

/// Draws columns from zero and the cut-offs as broken lines, their labels in lanes so that none covers another. 得分直方图
pub fn histogram(chart: &Histogram) -> String {
    let mut canvas = Canvas::new(&chart.frame);
    let most = chart.bins.iter().map(|bin| bin.count).max().unwrap_or(0);
    let span = chart
        .bins
        .first()
        .zip(chart.bins.last())
        .map(|(first, last)| (first.from, last.to));
    let Some((low, high)) = span.filter(|(low, high)| most > 0 && high > low) else {
        let top = canvas.top;
        canvas.text(
            0.0,
            top + 14.0,
            Anchor::Start,
            AXIS,
            &word(chart.frame.lang, "chart-empty"),
        );
        return canvas.finish(&chart.frame, top + 24.0, &[]);
    };
    let (step, top_count) = ticks(most as f64, 4);
    let left = text::width(&count(top_count as i64), 12.0) + 8.0;
    let right = canvas.width - 12.0;
    let x = |value: f64| left + (value.clamp(low, high) - low) / (high - low) * (right - left);

    let mut cuts: Vec<&CutOff> = chart
        .cut_offs
        .iter()
        .filter(|cut| cut.at > low && cut.at < high)
        .collect();
    cuts.sort_by(|a, b| a.at.total_cmp(&b.at).then_with(|| a.label.cmp(&b.label)));
    let (places, lanes) = place_labels(&cuts, &x, canvas.width);
    let canvas_top = canvas.top;
    canvas.fitted(0.0, canvas_top + 12.0, Anchor::Start, AXIS, canvas.width, &chart.up);
    let plot_top = canvas_top + 26.0 + lanes as f64 * LANE;
    let floor = plot_top + PLOT;
    let y = |value: f64| floor - placed(value) / top_count * PLOT;

    let mut tick = 0.0;
    while tick <= top_count {
        canvas.grid((left, y(tick)), (right, y(tick)));
        canvas.text(left - 6.0, y(tick) + 4.3, Anchor::End, AXIS, &count(tick as i64));
        tick += step;
    }
    let mut says = Vec::new();
    for bin in &chart.bins {
        let tip = format!(
            "{}–{}: {}",
            short(bin.from),
            short(bin.to),
            count(i64::try_from(bin.count).unwrap_or(i64::MAX))
        );
        if bin.count > 0 {
            let (from, to) = (x(bin.from), x(bin.to));
            let height = (floor - y(bin.count as f64)).max(1.5);
            let area = Area {
                x: from + 0.5,
                y: floor - height,
                width: (to - from - 1.0).max(1.0),
                height,
            };
            canvas.mark(area, &Paint::plain(), &bin.count.to_string(), &tip);
        }
        says.push(tip);
    }
    canvas.line(
        (left, floor),
        (right, floor),
        "pj-b",
        &format!("stroke=\"{}\"", colour::SECOND),
    );
    axis_labels(&mut canvas, chart, floor, &x);
    let dash = format!(
        "stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"5 3\"",
        colour::WARNING
    );
    let label_y = |lane: usize| canvas_top + 20.0 + lane as f64 * LANE;
    for (cut, (_, lane)) in cuts.iter().zip(&places) {
        canvas.line(
            (x(cut.at), label_y(*lane) + LANE - 2.0),
            (x(cut.at), floor),
            "pj-wl",
            &dash,
        );
    }
    for (cut, (start, lane)) in cuts.iter().zip(&places) {
        canvas.halo(*start, label_y(*lane) + 12.0, canvas.width - start, true, &cut.label);
        says.push(cut.label.clone());
    }
    canvas.fitted(right, floor + 34.0, Anchor::End, AXIS, right, &chart.across);
    canvas.finish(&chart.frame, floor + 42.0, &says)
}

/// Each label begins at its line, or ends at the right edge. Labels that would touch go down like stairs from the left, so
/// that the lines, which hang from their labels, pass beside the labels before them.
fn place_labels(cuts: &[&CutOff], x: &dyn Fn(f64) -> f64, width: f64) -> (Vec<(f64, usize)>, usize) {
    let mut places: Vec<(f64, usize)> = Vec::new();
    let mut ends: Vec<f64> = Vec::new();
    for cut in cuts {
        let wide = text::width(&cut.label, 12.0).min(width);
        let start = (x(cut.at) - 4.0).min(width - wide).max(0.0);
        let touched = places.iter().zip(&ends).filter(|(_, end)| **end > start);
        let lane = touched.map(|((_, lane), _)| lane + 1).max().unwrap_or(0);
        places.push((start, lane));
        ends.push(start + wide + 8.0);
    }
    let lanes = places.iter().map(|(_, lane)| lane + 1).max().unwrap_or(0);
    (places, lanes)
}

/// Labels at equal strides, as many as stand apart; a stride that ends at the last edge is preferred.
fn axis_labels(canvas: &mut Canvas, chart: &Histogram, floor: f64, x: &dyn Fn(f64) -> f64) {
    let edges: Vec<f64> = chart
        .bins
        .iter()
        .map(|bin| bin.from)
        .chain(chart.bins.last().map(|bin| bin.to))
        .collect();
    let widest = edges
        .iter()
        .map(|edge| text::width(&short(*edge), 12.0))
        .fold(0.0, f64::max)
        + 8.0;
    let bins = chart.bins.len().max(1);
    let gap = edges
        .first()
        .zip(edges.last())
        .map_or(1.0, |(first, last)| (x(*last) - x(*first)) / bins as f64);
    let enough = |stride: &usize| *stride as f64 * gap >= widest;
    let even = (1..=bins).filter(|stride| bins.is_multiple_of(*stride)).find(enough);
    let stride = even
        .filter(|stride| *stride <= bins / 2)
        .or_else(|| (1..=bins).find(enough))
        .unwrap_or(bins);
    for edge in edges.iter().step_by(stride) {
        canvas.line(
            (x(*edge), floor),
            (x(*edge), floor + 4.0),
            "pj-b",
            &format!("stroke=\"{}\"", colour::SECOND),
        );
        canvas.text(x(*edge), floor + 18.0, Anchor::Middle, AXIS, &short(*edge));
    }
}

/// An edge without needless decimals.
fn short(value: f64) -> String {
    px(value)
}
