//! Tables of text whose columns line up, also with Chinese in them. 表格

use unicode_width::UnicodeWidthStr;

/// Which side a column leans to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Lays rows out in columns, two spaces apart, indented by `indent`. The first row may be a heading; it is treated like
/// the others. Missing cells are empty, and a line carries no spaces at its end.
pub fn lay_out(rows: &[Vec<String>], sides: &[Side], indent: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(width_of(cell));
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(width_of(cell)));
            if index > 0 {
                line.push_str("  ");
            }
            match sides.get(index).copied().unwrap_or(Side::Left) {
                Side::Left => line.extend([cell.as_str(), gap.as_str()]),
                Side::Right => line.extend([gap.as_str(), cell.as_str()]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The cells that a text takes on a terminal: Chinese takes two each, colour codes none.
pub fn width_of(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return text.width();
    }
    let mut width = 0;
    for (index, piece) in text.split('\u{1b}').enumerate() {
        // After an escape the piece starts with `[…m`.
        let shown = if index == 0 {
            piece
        } else {
            piece.split_once('m').map_or("", |(_, rest)| rest)
        };
        width += shown.width();
    }
    width
}

/// Cuts a text to a width, with an ellipsis where something is lost.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for character in text.chars() {
        if out.width() + character.to_string().width() + 1 > width {
            break;
        }
        out.push(character);
    }
    out.push('…');
    out
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
    fn columns_line_up_in_cells_not_characters() {
        let rows = [["指标", "值"], ["Debt", "12"], ["\u{1b}[1m率\u{1b}[0m", "3"]];
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        let laid = lay_out(&rows, &[Side::Left, Side::Right], 1);
        assert_eq!(laid, " 指标  值\n Debt  12\n \u{1b}[1m率\u{1b}[0m     3\n");
    }

    #[test]
    fn cutting_respects_wide_characters() {
        let check = |text: &str, width: usize, wanted: &str| assert_eq!(cut(text, width), wanted);
        check("有限公司", 8, "有限公司");
        check("有限公司", 7, "有限公…");
        check("有限公司", 6, "有限…");
        check("abc", 2, "a…");
    }
}
