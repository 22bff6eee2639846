//! What stands for a number: bars, outlines, cells, and the chips that name grades. 图元

use std::fmt::Write;

use crate::colour::{self, Paint};
use crate::svg::{Anchor, Area, Canvas, Face, escape};
use crate::text;

impl Canvas {
    /// A mark of the chart: painted, outlined where it is light, with the number it stands for and a tip.
    pub(crate) fn mark(&mut self, area: Area, paint: &Paint, value: &str, tip: &str) {
        let stroke = if paint.outline {
            colour::SECOND
        } else {
            paint.fill.as_str()
        };
        let dash = if paint.is_empty() {
            " stroke-dasharray=\"3 2\""
        } else {
            ""
        };
        let class = if paint.is_empty() { "pj-o pj-e" } else { "pj-o" };
        // The outline is drawn inside, so a bar is as long as its value and the least one still shows.
        let inner = area.inset(0.5);
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" {} fill=\"{}\" stroke=\"{stroke}\"{dash} data-value=\"{}\"><title>{}</title></rect>",
            inner.attributes(),
            escape(&paint.fill),
            escape(value),
            escape(tip)
        );
    }

    /// An outline without a fill: the previous period, or what was there to win.
    pub(crate) fn outline(&mut self, area: Area, rest: &str, tip: &str) {
        let _ = write!(
            self.body,
            "<rect class=\"pj-b\" {} fill=\"none\" stroke=\"{}\" {rest}><title>{}</title></rect>",
            area.inset(0.5).attributes(),
            colour::SECOND,
            escape(tip)
        );
    }

    /// A small label on the grade's own colour: mark and word. It is `room` wide at most.
    pub(crate) fn chip(&mut self, x: f64, middle: f64, room: f64, paint: &Paint, words: &str) {
        let full = chip_words(paint, words);
        let shown = text::fit(&full, 12.0, (room - 12.0).max(0.0)).into_owned();
        let wide = (text::width(&shown, 12.0) + 12.0).min(room.max(12.0));
        let area = Area {
            x,
            y: middle - 10.0,
            width: wide,
            height: 20.0,
        };
        let stroke = if paint.outline {
            colour::SECOND
        } else {
            paint.fill.as_str()
        };
        let dash = if paint.is_empty() {
            " stroke-dasharray=\"3 2\""
        } else {
            ""
        };
        let (class, ink) = if paint.is_empty() {
            ("pj-o pj-e", "pj-t")
        } else {
            ("pj-o", "")
        };
        let _ = write!(
            self.body,
            "<g><title>{}</title><rect class=\"{class}\" {} rx=\"4\" fill=\"{}\" stroke=\"{stroke}\"{dash}/>",
            escape(words),
            area.inset(0.5).attributes(),
            escape(&paint.fill)
        );
        self.paint_text(
            (x + wide / 2.0, middle + 4.3),
            Anchor::Middle,
            12.0,
            (paint.text, ink),
            false,
            &shown,
        );
        self.body.push_str("</g>");
    }

    /// The same in two lines for narrow places: the mark above the word.
    pub(crate) fn tall_chip(&mut self, area: Area, paint: &Paint, words: &str) {
        let stroke = if paint.outline {
            colour::SECOND
        } else {
            paint.fill.as_str()
        };
        let dash = if paint.is_empty() {
            " stroke-dasharray=\"3 2\""
        } else {
            ""
        };
        let (class, ink) = if paint.is_empty() {
            ("pj-o pj-e", "pj-t")
        } else {
            ("pj-o", "")
        };
        let _ = write!(
            self.body,
            "<g><title>{}</title><rect class=\"{class}\" {} rx=\"4\" fill=\"{}\" stroke=\"{stroke}\"{dash}/>",
            escape(words),
            area.inset(0.5).attributes(),
            escape(&paint.fill)
        );
        let middle = area.x + area.width / 2.0;
        let shown = text::fit(words, 12.0, area.width - 4.0);
        self.paint_text(
            (middle, area.y + 15.0),
            Anchor::Middle,
            12.0,
            (paint.text, ink),
            false,
            paint.mark,
        );
        self.paint_text(
            (middle, area.y + 30.0),
            Anchor::Middle,
            12.0,
            (paint.text, ink),
            false,
            &shown,
        );
        self.body.push_str("</g>");
    }

    /// A painted cell with its number in it.
    pub(crate) fn cell(&mut self, area: Area, fill: &str, ink: &str, words: &str, value: &str, tip: &str) {
        let _ = write!(
            self.body,
            "<g><title>{}</title><rect {} fill=\"{fill}\" data-value=\"{}\"/>",
            escape(tip),
            area.attributes(),
            escape(value)
        );
        let at = (area.x + area.width / 2.0, area.y + area.height / 2.0 + 4.3);
        self.paint_text(at, Anchor::Middle, 12.0, (ink, ""), false, words);
        self.body.push_str("</g>");
    }

    /// A cell with its number, framed by a thin line only.
    pub(crate) fn bare_cell(&mut self, area: Area, face: Face, words: &str, value: &str, tip: &str) {
        let _ = write!(
            self.body,
            "<g><title>{}</title><rect class=\"pj-g\" {} fill=\"none\" stroke=\"{}\" data-value=\"{}\"/>",
            escape(tip),
            area.inset(0.5).attributes(),
            colour::GRID,
            escape(value)
        );
        self.text(
            area.x + area.width / 2.0,
            area.y + area.height / 2.0 + 4.3,
            Anchor::Middle,
            face,
            words,
        );
        self.body.push_str("</g>");
    }
}

/// What a chip says: mark, word.
pub(crate) fn chip_words(paint: &Paint, words: &str) -> String {
    if paint.mark.is_empty() {
        words.to_owned()
    } else {
        format!("{} {words}", paint.mark)
    }
}

/// How wide a chip would like to be.
pub(crate) fn chip_width(paint: &Paint, words: &str) -> f64 {
    text::width(&chip_words(paint, words), 12.0) + 12.0
}
