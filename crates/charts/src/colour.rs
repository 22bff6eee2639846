//! Colours and marks. 颜色与标记
//!
//! Grades are coloured by rank, not by name, and a mark and a word always stand beside the colour. The four colours of
//! short scales are far apart for every kind of colour vision, and from dark to light, so that grey print keeps the order.

/// Text. Contrast with white 15.8.
pub const TEXT: &str = "#1F2329";
/// Secondary text, and the outline of light fills. 7.4.
pub const SECOND: &str = "#51565D";
/// Muted text. 5.5.
pub const MUTED: &str = "#646A73";
/// Grid lines.
pub const GRID: &str = "#DEE0E3";
/// Links, and bars that stand for no grade. 5.2.
pub const BLUE: &str = "#0072B2";
/// Cut lines and warnings. 5.2.
pub const WARNING: &str = "#B84A00";
/// White.
pub const WHITE: &str = "#FFFFFF";

/// How one grade is painted. 等级配色
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paint {
    /// The fill.
    pub fill: String,
    /// The colour of text on it; its contrast is at least 4.5.
    pub text: &'static str,
    /// The mark that stands beside the word.
    pub mark: &'static str,
    /// Whether the fill is so light that it needs an outline on white.
    pub outline: bool,
}

impl Paint {
    /// What is not graded: an empty, outlined mark.
    pub fn ungraded() -> Paint {
        Paint {
            fill: WHITE.to_owned(),
            text: TEXT,
            mark: "–",
            outline: true,
        }
    }

    /// What is not a grade.
    pub fn plain() -> Paint {
        Paint {
            fill: BLUE.to_owned(),
            text: WHITE,
            mark: "",
            outline: false,
        }
    }

    /// Whether it stands for no grade, and is drawn with a broken outline.
    pub fn is_empty(&self) -> bool {
        self.fill == WHITE
    }
}

/// Best to worst on a scale of up to four grades: fill, text, mark.
const FOUR: [(&str, &str, &str); 4] = [
    ("#12355B", WHITE, "★"),
    ("#0072B2", WHITE, "◆"),
    ("#E69F00", TEXT, "●"),
    ("#D5D9E0", TEXT, "○"),
];

/// Marks of longer scales: the rank itself.
const RANKS: [&str; 20] = [
    "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨", "⑩", "⑪", "⑫", "⑬", "⑭", "⑮", "⑯", "⑰", "⑱", "⑲", "⑳",
];

/// The paint of the grade at `rank` (0 is best) on a scale of `of` grades. 等级配色
///
/// Up to four grades have fixed colours; scales of three and fewer leave the first one out, as A, B, C classes do.
/// Longer scales take cividis at equal steps, dark is best. A rank beyond the scale is painted as its last grade.
pub fn grade_paint(rank: usize, of: usize) -> Paint {
    let rank = rank.min(of.saturating_sub(1));
    if of <= 4 {
        let position = match (of, rank) {
            (4, rank) => rank,
            (2, 1) => 3,
            (_, rank) => rank + 1,
        };
        let (fill, text, mark) = FOUR.get(position).copied().unwrap_or(("#D5D9E0", TEXT, "○"));
        return Paint {
            fill: fill.to_owned(),
            text,
            mark,
            outline: contrast(fill, WHITE) < 3.0,
        };
    }
    let (fill, text) = legible(rank as f64 / (of - 1) as f64);
    let outline = contrast(&fill, WHITE) < 3.0;
    Paint {
        fill,
        text,
        mark: RANKS.get(rank).copied().unwrap_or("·"),
        outline,
    }
}

/// Cividis at `t` (0 is dark), with the text colour that reads on it. The middle of the scale, where neither black nor
/// white reads, is replaced by its nearest neighbours that do.
pub fn legible(t: f64) -> (String, &'static str) {
    let fill = cividis(t);
    let (white, dark) = (contrast(&fill, WHITE), contrast(&fill, TEXT));
    match white >= dark {
        true if white >= 4.5 => (fill, WHITE),
        false if dark >= 4.5 => (fill, TEXT),
        _ if t <= 0.5 => ("#767571".to_owned(), WHITE),
        _ => ("#8F8B7C".to_owned(), TEXT),
    }
}

/// Cividis (Nuñez, Anderton, Renslow 2018) at seventeen equal steps, straight lines between them.
const CIVIDIS: [(u8, u8, u8); 17] = [
    (0x00, 0x22, 0x4e),
    (0x00, 0x2e, 0x6a),
    (0x1a, 0x38, 0x6f),
    (0x32, 0x43, 0x6d),
    (0x43, 0x4e, 0x6c),
    (0x53, 0x5a, 0x6d),
    (0x61, 0x65, 0x6f),
    (0x6f, 0x70, 0x73),
    (0x7d, 0x7c, 0x78),
    (0x8c, 0x88, 0x78),
    (0x9b, 0x94, 0x76),
    (0xab, 0xa0, 0x72),
    (0xbc, 0xae, 0x6c),
    (0xcd, 0xbb, 0x63),
    (0xde, 0xc9, 0x58),
    (0xf0, 0xd8, 0x46),
    (0xfe, 0xe8, 0x38),
];

fn cividis(t: f64) -> String {
    let t = if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 };
    let place = t * 16.0;
    let low = place.floor() as usize;
    let share = place - place.floor();
    let at = |step: usize| CIVIDIS.get(step.min(16)).copied().unwrap_or_default();
    let (a, b) = (at(low), at(low + 1));
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    format!("#{:02X}{:02X}{:02X}", mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// The contrast of two colours (`#RRGGBB`) as WCAG computes it, 1 to 21.
pub fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: &str) -> f64 {
    let channel = |from: usize| {
        let digits = colour
            .get(from..from + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let share = f64::from(digits.unwrap_or(0)) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
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
    fn every_grade_of_every_scale_is_legible_and_its_own() {
        for of in 1..=16 {
            let paints: Vec<Paint> = (0..of).map(|rank| grade_paint(rank, of)).collect();
            for (rank, paint) in paints.iter().enumerate() {
                assert!(contrast(&paint.fill, paint.text) >= 4.5, "{rank} of {of}: {paint:?}");
                assert!(
                    paint.outline || contrast(&paint.fill, WHITE) >= 3.0,
                    "{rank} of {of} vanishes on white"
                );
                assert!(!paint.mark.is_empty());
                assert!(
                    paints[..rank]
                        .iter()
                        .all(|other| other.mark != paint.mark && other.fill != paint.fill)
                );
            }
            for pair in paints.windows(2) {
                assert!(
                    luminance(&pair[0].fill) < luminance(&pair[1].fill),
                    "grey print keeps the order of {of}"
                );
            }
        }
    }

    #[test]
    fn the_published_colours_stand() {
        let fills = |of: usize| (0..of).map(|rank| grade_paint(rank, of).fill).collect::<Vec<_>>();
        assert_eq!(fills(4), ["#12355B", "#0072B2", "#E69F00", "#D5D9E0"]);
        assert_eq!(fills(3), ["#0072B2", "#E69F00", "#D5D9E0"]);
        assert_eq!(fills(5), ["#00224E", "#434E6C", "#767571", "#BCAE6C", "#FEE838"]);
        assert!((contrast("#1F2329", "#FFFFFF") - 15.8).abs() < 0.05);
        assert_eq!(grade_paint(9, 4), grade_paint(3, 4));
        assert_eq!(cividis(f64::NAN), "#00224E");
    }
}
