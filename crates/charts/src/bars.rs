//! Bars from zero, one row each: grade counts, coverage, caps, weights. 条形图

use pinji_locale::word;

use crate::colour::{self, Paint};
use crate::marks::chip_width;
use crate::scale::placed;
use crate::svg::{AXIS, Anchor, Area, Canvas, Frame, LABEL, NOTE, STRONG};
use crate::text;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Its colours and mark, when it is a grade; otherwise it is drawn in one plain colour.
    pub paint: Option<Paint>,
    /// How long the bar is.
    pub value: f64,
    /// The value as the reader sees it, with its unit or share.
    pub text: String,
    /// The same in the previous period, drawn as an outline.
    pub before: Option<f64>,
}

/// A bar chart. 条形图
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Title, subtitle, size.
    pub frame: Frame,
    /// The rows, from the top.
    pub rows: Vec<Bar>,
    /// What the outlines are, for instance `上期 2025-12-31`; needed when any row has one.
    pub before: String,
    /// Where the longest bar could end, for instance 100 for shares; otherwise the largest value.
    pub top: Option<f64>,
}

const ROW: f64 = 30.0;
const BAR: f64 = 16.0;
const OUTLINE: f64 = 24.0;

/// Draws bars with their values beside them. 条形图
pub fn bars(chart: &Bars) -> String {
    let mut canvas = Canvas::new(&chart.frame);
    if chart.rows.is_empty() {
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
    if chart.rows.iter().any(|row| row.before.is_some()) {
        let middle = canvas.top + 8.0;
        canvas.outline(
            Area {
                x: 0.0,
                y: middle - 7.0,
                width: 22.0,
                height: 14.0,
            },
            "",
            &chart.before,
        );
        let room = canvas.width - 28.0;
        canvas.fitted(28.0, middle + 4.3, Anchor::Start, NOTE, room, &chart.before);
        canvas.top += 24.0;
    }
    let wish = |row: &Bar| match &row.paint {
        Some(paint) => chip_width(paint, &row.label),
        None => text::width(&row.label, 12.0),
    };
    let labels = chart.rows.iter().map(wish).fold(0.0, f64::max).min(canvas.width * 0.42);
    let values = chart
        .rows
        .iter()
        .map(|row| text::width(&row.text, 12.0))
        .fold(0.0, f64::max)
        .min(canvas.width * 0.34);
    let left = labels + 10.0;
    let room = (canvas.width - left - values - 8.0).max(20.0);
    let longest = chart
        .rows
        .iter()
        .flat_map(|row| [Some(row.value), row.before])
        .flatten()
        .map(placed);
    let top_value = chart
        .top
        .unwrap_or_else(|| longest.fold(0.0, f64::max))
        .max(f64::MIN_POSITIVE);
    let length = |value: f64| (placed(value) / top_value).min(1.0) * room;

    let mut y = canvas.top;
    let mut says = Vec::new();
    let bottom = y + ROW * chart.rows.len() as f64;
    for row in &chart.rows {
        let middle = y + ROW / 2.0;
        match &row.paint {
            Some(paint) => canvas.chip(0.0, middle, labels, paint, &row.label),
            None => canvas.fitted(0.0, middle + 4.3, Anchor::Start, LABEL, labels, &row.label),
        }
        let tip = format!("{} {}", row.label, row.text);
        let paint = row.paint.clone().unwrap_or_else(Paint::plain);
        let mut end = 0.0;
        if placed(row.value) > 0.0 {
            // A value above zero is never thinner than a line.
            end = length(row.value).max(2.0);
            let area = Area {
                x: left,
                y: middle - BAR / 2.0,
                width: end,
                height: BAR,
            };
            canvas.mark(area, &paint, &row.value.to_string(), &tip);
        }
        if let Some(before) = row.before {
            let width = length(before).max(1.0);
            let area = Area {
                x: left,
                y: middle - OUTLINE / 2.0,
                width,
                height: OUTLINE,
            };
            canvas.outline(area, "", &format!("{} {}", chart.before, before));
            end = end.max(width);
        }
        canvas.fitted(left + end + 6.0, middle + 4.3, Anchor::Start, STRONG, values, &row.text);
        says.push(tip);
        y += ROW;
    }
    canvas.line(
        (left, canvas.top),
        (left, bottom),
        "pj-b",
        &format!("stroke=\"{}\"", colour::SECOND),
    );
    canvas.finish(&chart.frame, bottom + 6.0, &says)
}
