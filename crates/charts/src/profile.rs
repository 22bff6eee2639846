//! The mean points of each dimension, grade by grade. 维度画像

use pinji_locale::word;

use crate::colour::{self, Paint};
use crate::marks::chip_width;
use crate::scale::{hundred, placed};
use crate::svg::{AXIS, Anchor, Area, Canvas, Frame, LABEL, STRONG};
use crate::text;

/// One grade: its means, one for each axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The grade's name.
    pub label: String,
    /// Its colours and mark.
    pub paint: Paint,
    /// For each axis the mean, 0 to 100; `None` where nobody has one.
    pub means: Vec<Option<f64>>,
}

/// Dimension means per grade. 维度画像
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Title, subtitle, size.
    pub frame: Frame,
    /// Names of the dimensions, in policy order.
    pub axes: Vec<String>,
    /// Grades, best first.
    pub series: Vec<Series>,
}

const LANE: f64 = 15.0;
const LINE: f64 = 16.0;

/// Draws grouped bars on 0 to 100: one group for each dimension, one bar for each grade, its mean beside it. 维度画像
pub fn profile(chart: &Profile) -> String {
    let mut canvas = Canvas::new(&chart.frame);
    if chart.axes.is_empty() || chart.series.is_empty() {
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
    legend(&mut canvas, &chart.series);
    let labels = chart
        .axes
        .iter()
        .map(|axis| text::width(axis, 12.0))
        .fold(0.0, f64::max)
        .min(canvas.width * 0.32);
    let left = labels + 34.0;
    let right = canvas.width - 46.0;
    let x = |value: f64| left + placed(value).min(100.0) / 100.0 * (right - left);
    let top = canvas.top + 18.0;
    let group = LANE * chart.series.len() as f64 + 14.0;
    let bottom = top + group * chart.axes.len() as f64;
    for tick in hundred(right - left).iter().copied() {
        canvas.grid((x(tick), top), (x(tick), bottom));
        canvas.text(x(tick), top - 6.0, Anchor::Middle, AXIS, &format!("{tick:.0}"));
    }
    let mut says = Vec::new();
    for (index, axis) in chart.axes.iter().enumerate() {
        let start = top + group * index as f64 + 7.0;
        let middle = start + LANE * chart.series.len() as f64 / 2.0;
        let lines = text::wrap(axis, 12.0, labels, ((group - 8.0) / LINE).floor().max(1.0) as usize);
        let first = middle - LINE * (lines.len() as f64 - 1.0) / 2.0;
        for (number, line) in lines.iter().enumerate() {
            canvas.text(0.0, first + LINE * number as f64 + 4.3, Anchor::Start, LABEL, line);
        }
        if index > 0 {
            canvas.grid((0.0, start - 7.0), (canvas.width, start - 7.0));
        }
        for (lane, series) in chart.series.iter().enumerate() {
            let y = start + LANE * lane as f64;
            canvas.text(left - 8.0, y + 11.5, Anchor::End, AXIS, series.paint.mark);
            let Some(mean) = series
                .means
                .get(index)
                .copied()
                .flatten()
                .filter(|mean| mean.is_finite())
            else {
                canvas.text(left + 4.0, y + 11.5, Anchor::Start, AXIS, "–");
                says.push(format!("{axis} {} –", series.label));
                continue;
            };
            let written = format!("{mean:.1}");
            let tip = format!("{axis} {} {written}", series.label);
            let area = Area {
                x: left,
                y: y + 1.5,
                width: (x(mean) - left).max(1.0),
                height: LANE - 3.0,
            };
            canvas.mark(area, &series.paint, &written, &tip);
            canvas.text(x(mean) + 5.0, y + 11.5, Anchor::Start, STRONG, &written);
            says.push(tip);
        }
    }
    canvas.line(
        (left, top),
        (left, bottom),
        "pj-b",
        &format!("stroke=\"{}\"", colour::SECOND),
    );
    canvas.finish(&chart.frame, bottom + 6.0, &says)
}

/// Chips of all grades in as many lines as they need.
fn legend(canvas: &mut Canvas, series: &[Series]) {
    let mut x = 0.0;
    let mut middle = canvas.top + 10.0;
    for one in series {
        let wide = chip_width(&one.paint, &one.label).min(canvas.width);
        if x > 0.0 && x + wide > canvas.width {
            x = 0.0;
            middle += 26.0;
        }
        canvas.chip(x, middle, wide, &one.paint, &one.label);
        x += wide + 8.0;
    }
    canvas.top = middle + 18.0;
}
