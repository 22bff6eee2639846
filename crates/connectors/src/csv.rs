//! Writing CSV that no spreadsheet takes for formulas. 写出 CSV

use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a spreadsheet would take a text for a formula, or for something else than text. 公式注入
fn dangerous(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as it is safe in a CSV cell: one that looks like a formula gets an apostrophe in front. 中和
///
/// A text that already begins with apostrophes before such a sign gets one more, so that [`without_guard`] always gives
/// the text itself back.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if dangerous(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Takes the apostrophe of [`neutral`] off again.
pub fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if dangerous(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

/// One cell for [`write_row`].
#[derive(Debug, Clone, PartialEq)]
pub enum CsvCell<'a> {
    /// Nothing.
    Empty,
    /// Text: neutralised, and quoted where it must be.
    Text(&'a str),
    /// A number in plain digits, written as it is (a negative one needs no apostrophe).
    Number(&'a str),
}

/// Writes one record. 写一行
///
/// # Errors
/// Whatever the writer says.
pub fn write_row(out: &mut dyn Write, cells: &[CsvCell<'_>]) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        match cell {
            CsvCell::Empty => {}
            CsvCell::Number(digits) => out.write_all(digits.as_bytes())?,
            CsvCell::Text(text) => {
                let text = neutral(text);
                let edges = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
                if edges || text.contains(['"', ',', ';', '\n', '\r', '\t']) {
                    write!(out, "\"{}\"", text.replace('"', "\"\""))?;
                } else {
                    out.write_all(text.as_bytes())?;
                }
            }
        }
    }
    out.write_all(b"\r\n")
}

/// The mark that tells Excel that a CSV file is UTF-8. It goes in front of the first row.
pub const BYTE_ORDER_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neutralised_comes_back() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-x", "'-x"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("＝cmd", "'＝cmd"),
            ("'=x", "''=x"),
            ("it's", "it's"),
            ("'quoted'", "'quoted'"),
            ("", ""),
        ] {
            assert_eq!(neutral(text), written);
            assert_eq!(without_guard(written), text);
        }
    }
}
