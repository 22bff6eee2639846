//! Writing SVG: escaping, positions, words, and the head that every chart has. 绘图底层

use std::fmt::Write;

use pinji_domain::Lang;

use crate::colour;
use crate::text;

/// What every chart is headed by. 图首
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The language of the chart's own words.
    pub lang: Lang,
    /// The conclusion that the picture supports, not the name of what it shows.
    pub title: String,
    /// How many, which period, which version of which policy.
    pub subtitle: String,
    /// Width in pixels; 320 to 1600.
    pub width: u32,
}

impl Frame {
    pub(crate) fn pixels(&self) -> f64 {
        f64::from(self.width.clamp(320, 1600))
    }
}

/// Text made safe for element content and quoted attributes, in HTML and XML alike.
///
/// Characters that XML does not allow (controls, surrogate leftovers) become `U+FFFD`, so that any file content can be
/// shown without breaking the page.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(character),
        }
    }
    out
}

/// A position: a tenth of a pixel, no trailing zero, no minus zero.
pub(crate) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let tenths = (value * 10.0).round() as i64;
    let (sign, whole, tenth) = (
        if tenths < 0 { "-" } else { "" },
        (tenths / 10).abs(),
        (tenths % 10).abs(),
    );
    if tenth == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{tenth}")
    }
}

/// Where a word hangs on its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a word looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Face {
    pub(crate) size: f64,
    pub(crate) class: &'static str,
    pub(crate) colour: &'static str,
    pub(crate) heavy: bool,
}

pub(crate) const TITLE: Face = Face {
    size: 16.0,
    class: "pj-t",
    colour: colour::TEXT,
    heavy: true,
};
pub(crate) const SUBTITLE: Face = Face {
    size: 12.0,
    class: "pj-m",
    colour: colour::MUTED,
    heavy: false,
};
pub(crate) const LABEL: Face = Face {
    size: 12.0,
    class: "pj-t",
    colour: colour::TEXT,
    heavy: false,
};
pub(crate) const STRONG: Face = Face {
    size: 12.0,
    class: "pj-t",
    colour: colour::TEXT,
    heavy: true,
};
pub(crate) const AXIS: Face = Face {
    size: 12.0,
    class: "pj-m",
    colour: colour::MUTED,
    heavy: false,
};
pub(crate) const NOTE: Face = Face {
    size: 12.0,
    class: "pj-s",
    colour: colour::SECOND,
    heavy: false,
};

const FONTS: &str = "system-ui, 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei UI', 'Microsoft YaHei', \
                     'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Micro Hei', sans-serif";

/// A picture being drawn.
pub(crate) struct Canvas {
    pub(crate) body: String,
    pub(crate) width: f64,
    /// Where the chart proper begins, under title and subtitle.
    pub(crate) top: f64,
}

impl Canvas {
    /// Begins with title and subtitle, each wrapped to the width.
    pub(crate) fn new(frame: &Frame) -> Canvas {
        let mut canvas = Canvas {
            body: String::new(),
            width: frame.pixels(),
            top: 0.0,
        };
        for line in text::wrap(&frame.title, TITLE.size, canvas.width, 3) {
            canvas.top += 24.0;
            canvas.text(0.0, canvas.top - 6.0, Anchor::Start, TITLE, &line);
        }
        if !frame.subtitle.is_empty() {
            for line in text::wrap(&frame.subtitle, SUBTITLE.size, canvas.width, 2) {
                canvas.top += 18.0;
                canvas.text(0.0, canvas.top - 5.0, Anchor::Start, SUBTITLE, &line);
            }
        }
        canvas.top += 10.0;
        canvas
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, words: &str) {
        self.paint_text((x, y), anchor, face.size, (face.colour, face.class), face.heavy, words);
    }

    pub(crate) fn paint_text(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        ink: (&str, &str),
        heavy: bool,
        words: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if heavy { " font-weight=\"500\"" } else { "" };
        let class = if ink.1.is_empty() {
            String::new()
        } else {
            format!(" class=\"{}\"", ink.1)
        };
        let _ = write!(
            self.body,
            "<text{class} x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}>{}</text>",
            px(at.0),
            px(at.1),
            px(size),
            ink.0,
            escape(words)
        );
    }

    /// Words cut to `room`; the whole of them as a tip where they were cut.
    pub(crate) fn fitted(&mut self, x: f64, y: f64, anchor: Anchor, face: Face, room: f64, words: &str) {
        let shown = text::fit(words, face.size, room);
        if shown == words {
            return self.text(x, y, anchor, face, words);
        }
        let _ = write!(self.body, "<g><title>{}</title>", escape(words));
        self.text(x, y, anchor, face, &shown);
        self.body.push_str("</g>");
    }

    /// A warning label on a ground of its own, so that a line behind it does not strike it through.
    pub(crate) fn halo(&mut self, x: f64, y: f64, room: f64, heavy: bool, words: &str) {
        let shown = text::fit(words, 12.0, room);
        let weight = if heavy { " font-weight=\"500\"" } else { "" };
        let _ = write!(
            self.body,
            "<text class=\"pj-w\" x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"{}\" stroke=\"{}\" stroke-width=\"4\" \
             stroke-linejoin=\"round\" paint-order=\"stroke\"{weight}>{}</text>",
            px(x),
            px(y),
            colour::WARNING,
            colour::WHITE,
            escape(&shown)
        );
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str, rest: &str) {
        let _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {rest}/>",
            px(from.0),
            px(from.1),
            px(to.0),
            px(to.1)
        );
    }

    pub(crate) fn grid(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, "pj-g", &format!("stroke=\"{}\"", colour::GRID));
    }

    /// Closes the picture: what it says goes into the description, for those who hear it.
    pub(crate) fn finish(self, frame: &Frame, height: f64, says: &[String]) -> String {
        let stop = match frame.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        };
        let mut description = frame.subtitle.clone();
        for part in says {
            if !description.is_empty() {
                description.push_str(stop);
            }
            description.push_str(part);
        }
        let lang = match frame.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"{lang}\" role=\"img\" class=\"pj-chart\" \
             viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" font-family=\"{FONTS}\">\
             <title>{}</title><desc>{}</desc>{}</svg>",
            escape(&frame.title),
            escape(&description),
            self.body,
            w = px(self.width),
            h = px(height.ceil()),
        )
    }
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) fn inset(self, by: f64) -> Area {
        Area {
            x: self.x + by,
            y: self.y + by,
            width: (self.width - 2.0 * by).max(0.0),
            height: (self.height - 2.0 * by).max(0.0),
        }
    }

    pub(crate) fn attributes(self) -> String {
        format!(
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            px(self.x),
            px(self.y),
            px(self.width),
            px(self.height)
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn positions_are_plain_and_never_odd() {
        let check = |value: f64, written: &str| assert_eq!(px(value), written);
        check(0.0, "0");
        check(-0.04, "0");
        check(-0.25, "-0.3");
        check(12.34, "12.3");
        check(12.0, "12");
        check(f64::NAN, "0");
        check(f64::INFINITY, "0");
    }

    #[test]
    fn hostile_text_is_only_text() {
        assert_eq!(
            escape("<script>alert('1')</script> & \"x\"\u{0}\u{b}"),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;\u{FFFD}\u{FFFD}"
        );
        assert_eq!(escape("甲\n乙𫖯"), "甲\n乙𫖯");
    }
}
