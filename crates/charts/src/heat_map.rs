//! Who moved where: from the previous grade (rows) to this one (columns). 迁移矩阵

use pinji_locale::{amount, count, percent, word};

use crate::colour::{Paint, legible};
use crate::marks::chip_width;
use crate::svg::{AXIS, Anchor, Area, Canvas, Frame, LABEL, NOTE, STRONG};
use crate::text;

/// One grade at an edge of the matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The grade's id: cells whose row and column have the same one are boxed.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its colours and mark.
    pub paint: Paint,
}

/// A migration matrix. 迁移矩阵
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Title, subtitle, size.
    pub frame: Frame,
    /// Rows: grades of the previous period, best first.
    pub from: Vec<Side>,
    /// Columns: grades of this period, best first.
    pub to: Vec<Side>,
    /// Counts by row, then column; what is not there counts as zero.
    pub cells: Vec<Vec<u64>>,
    /// What the rows are: `上期 2025-12-31`.
    pub from_title: String,
    /// What the columns are: `本期 2026-06-30`.
    pub to_title: String,
}

const ROW: f64 = 34.0;
/// Shares of a row below this are not coloured.
const LEAST: f64 = 0.05;

/// Draws the matrix: numbers in every cell, colour by the share of the row, the diagonal boxed. 迁移矩阵
pub fn heat_map(chart: &HeatMap) -> String {
    let mut canvas = Canvas::new(&chart.frame);
    if chart.from.is_empty() || chart.to.is_empty() {
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
    let at = |row: usize, column: usize| {
        chart
            .cells
            .get(row)
            .and_then(|cells| cells.get(column))
            .copied()
            .unwrap_or(0)
    };
    let total = |row: usize| (0..chart.to.len()).map(|column| at(row, column)).sum::<u64>();
    let whole = |number: u64| count(i64::try_from(number).unwrap_or(i64::MAX));
    let total_word = word(chart.frame.lang, "chart-total");

    let wish = |side: &Side| chip_width(&side.paint, &side.label);
    let labels = chart.from.iter().map(wish).fold(0.0, f64::max).min(canvas.width * 0.26);
    let totals = (0..chart.from.len()).map(|row| text::width(&whole(total(row)), 12.0));
    let totals = totals.fold(text::width(&total_word, 12.0), f64::max) + 10.0;
    let left = labels + 10.0;
    // A number is shortened before it is cut; where even that does not fit, the picture grows.
    let short = |number: u64| amount(chart.frame.lang, number.min(i64::MAX as u64) as i64, 0);
    let numbers = chart
        .cells
        .iter()
        .flatten()
        .map(|number| text::width(&short(*number), 12.0));
    let least = numbers.fold(24.0, f64::max) + 6.0;
    let cell = ((canvas.width - left - totals) / chart.to.len() as f64)
        .min(104.0)
        .max(least);
    canvas.width = canvas.width.max(left + cell * chart.to.len() as f64 + totals);

    let sides = format!("↓ {} · → {}", chart.from_title, chart.to_title);
    canvas.fitted(0.0, canvas.top + 12.0, Anchor::Start, NOTE, canvas.width, &sides);
    // Where the columns are too narrow for mark and word side by side, the mark stands above the word.
    let tall = chart.to.iter().any(|side| wish(side) > cell - 4.0);
    let head = canvas.top + if tall { 40.0 } else { 32.0 };
    for (column, side) in chart.to.iter().enumerate() {
        let room = cell - 4.0;
        let x = left + cell * column as f64;
        match tall {
            true => canvas.tall_chip(
                Area {
                    x: x + 2.0,
                    y: head - 18.0,
                    width: room,
                    height: 36.0,
                },
                &side.paint,
                &side.label,
            ),
            false => canvas.chip(x + (cell - wish(side)) / 2.0, head, room, &side.paint, &side.label),
        }
    }
    let right = left + cell * chart.to.len() as f64;
    canvas.text(right + totals, head + 4.3, Anchor::End, AXIS, &total_word);

    let top = head + if tall { 24.0 } else { 16.0 };
    let mut says = Vec::new();
    let mut boxes = Vec::new();
    for (row, from) in chart.from.iter().enumerate() {
        let y = top + ROW * row as f64;
        canvas.chip(0.0, y + ROW / 2.0, labels, &from.paint, &from.label);
        canvas.text(
            right + totals,
            y + ROW / 2.0 + 4.3,
            Anchor::End,
            STRONG,
            &whole(total(row)),
        );
        for (column, to) in chart.to.iter().enumerate() {
            let number = at(row, column);
            let area = Area {
                x: left + cell * column as f64,
                y,
                width: cell,
                height: ROW,
            };
            let tip = format!(
                "{} → {}: {} ({})",
                from.label,
                to.label,
                whole(number),
                percent(number, total(row))
            );
            let written = match text::width(&whole(number), 12.0) <= cell - 4.0 {
                true => whole(number),
                false => short(number),
            };
            let inside = Area {
                x: area.x + 1.0,
                y: area.y + 1.0,
                width: cell - 2.0,
                height: ROW - 2.0,
            };
            let share = number as f64 / total(row).max(1) as f64;
            let (fill, ink) = legible(1.0 - share);
            // A trickle keeps the ground's colour, so that the eye finds the streams.
            if share < LEAST {
                canvas.bare_cell(
                    inside,
                    if number == 0 { AXIS } else { LABEL },
                    &written,
                    &number.to_string(),
                    &tip,
                );
            } else {
                canvas.cell(inside, &fill, ink, &written, &number.to_string(), &tip);
            }
            if number > 0 {
                says.push(tip);
            }
            if from.id == to.id {
                boxes.push(inside);
            }
        }
    }
    for area in boxes {
        canvas.outline(area, "stroke-width=\"2.5\"", "");
    }
    let bottom = top + ROW * chart.from.len() as f64;
    let end = legend(&mut canvas, chart, (left, bottom + 12.0));
    canvas.finish(&chart.frame, end, &says)
}

/// What the colours mean, from nothing to the whole row.
fn legend(canvas: &mut Canvas, chart: &HeatMap, at: (f64, f64)) -> f64 {
    let words = word(chart.frame.lang, "chart-share-of-row");
    let mut x = at.0;
    for share in [LEAST, 0.25, 0.5, 0.75, 1.0] {
        let (fill, ink) = legible(1.0 - share);
        let area = Area {
            x,
            y: at.1,
            width: 40.0,
            height: 18.0,
        };
        canvas.cell(area, &fill, ink, &format!("{:.0}%", share * 100.0), "", &words);
        x += 40.0;
    }
    if canvas.width - x - 8.0 < text::width(&words, 12.0) {
        canvas.fitted(at.0, at.1 + 34.0, Anchor::Start, AXIS, canvas.width - at.0, &words);
        return at.1 + 42.0;
    }
    canvas.text(x + 8.0, at.1 + 13.3, Anchor::Start, AXIS, &words);
    at.1 + 24.0
}
