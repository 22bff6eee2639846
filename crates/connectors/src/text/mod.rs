//! CSV files: their encoding, their separator, their records. 文本表格

pub(crate) mod encoding;
pub(crate) mod records;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use flate2::read::MultiGzDecoder;
use pinji_domain::Message;

use crate::error::DataError;
use crate::input::{Hashing, InputFile};
use crate::limits::Limits;
use crate::load::{RowCells, Visit};
use crate::value::Cell;
use encoding::{Decoded, Detector, Found};
use records::{Broken, Record, Records};

/// A CSV file that was looked through once: hashed, its encoding and separator found. 文本文件
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    path: PathBuf,
    /// Its record.
    pub input: InputFile,
    gzip: bool,
    /// The encoding that was found.
    pub encoding: &'static Encoding,
    separator: u8,
    record_bytes: usize,
    columns: usize,
}

impl TextFile {
    /// Reads the whole file once: hash, encoding, separator, and whether it can be read at all.
    pub(crate) fn probe(path: &Path, name: &str, gzip: bool, limits: &Limits) -> Result<TextFile, DataError> {
        let file = File::open(path).map_err(|source| DataError::io(name, source))?;
        let mut hashing = Hashing::new(file);
        let detector = if gzip {
            let mut unpacked = MultiGzDecoder::new(&mut hashing);
            look_through(&mut unpacked, name, gzip, limits.gzip_bytes)?
        } else {
            look_through(&mut hashing, name, gzip, u64::MAX)?
        };
        let input = hashing.finish(name).map_err(|source| DataError::io(name, source))?;
        let encoding = match detector.found() {
            Found::Nothing => return Err(DataError::refused(name, Message::new("data-empty-file"))),
            Found::Binary => return Err(DataError::refused(name, Message::new("data-not-text"))),
            Found::Text(encoding) => encoding,
        };
        let (sample, _) = encoding.decode_with_bom_removal(detector.sample());
        let separator = separator(&sample);
        Ok(TextFile {
            path: path.to_owned(),
            input,
            gzip,
            encoding,
            separator,
            record_bytes: limits.record_bytes,
            columns: limits.columns,
        })
    }

    /// Passes each record to `visit`, with the row that Excel would show it in.
    pub(crate) fn each(&self, visit: Visit<'_>) -> Result<(), DataError> {
        let name = &self.input.name;
        let file = File::open(&self.path).map_err(|source| DataError::io(name, source))?;
        let raw: Box<dyn Read> = if self.gzip {
            Box::new(MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let mut records = Records::new(Decoded::new(raw, self.encoding), self.separator, self.record_bytes);
        loop {
            match records.next() {
                Ok(Some((row, record))) => {
                    if record.len() > self.columns {
                        let message = Message::new("data-too-many-columns")
                            .with("most", self.columns)
                            .with("row", row.to_string());
                        return Err(DataError::refused(name, message));
                    }
                    // `sep=;` in the first line is a word to Excel, not a row.
                    if row == 1 && record.len() <= 2 && record.get(0).is_some_and(|cell| cell.starts_with("sep=")) {
                        continue;
                    }
                    if visit(row, record)?.is_break() {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(broken) => return Err(self.broken(broken)),
            }
        }
    }

    fn broken(&self, broken: Broken) -> DataError {
        let name = &self.input.name;
        match broken {
            Broken::Io(source) => unreadable(name, source, self.gzip),
            Broken::TooLong { row } => {
                let message = Message::new("data-record-too-long")
                    .with("row", row.to_string())
                    .with("most", self.record_bytes >> 20);
                DataError::refused(name, message)
            }
            Broken::OpenQuote { row } => {
                DataError::refused(name, Message::new("data-open-quote").with("row", row.to_string()))
            }
        }
    }
}

/// Reads everything once through the detector.
fn look_through(from: &mut dyn Read, name: &str, gzip: bool, most: u64) -> Result<Detector, DataError> {
    let mut detector = Detector::default();
    let mut buffer = vec![0; 1 << 17];
    let mut total = 0_u64;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(detector),
            Ok(count) => count,
            Err(source) if source.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(unreadable(name, source, gzip)),
        };
        total += count as u64;
        if total > most {
            let message =
                Message::new("data-gzip-too-large").with("most", i64::try_from(most >> 20).unwrap_or(i64::MAX));
            return Err(DataError::refused(name, message));
        }
        detector.feed(buffer.get(..count).unwrap_or_default());
    }
}

fn unreadable(name: &str, source: io::Error, gzip: bool) -> DataError {
    match source.kind() {
        io::ErrorKind::UnexpectedEof if gzip => DataError::refused(name, Message::new("data-gzip-truncated")),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput if gzip => {
            DataError::refused(name, Message::new("data-gzip-broken"))
        }
        _ => DataError::io(name, source),
    }
}

/// The separator of a text: the one of `,` `;` tab `|` that divides the first lines most evenly.
fn separator(sample: &str) -> u8 {
    const LINES: usize = 20;
    if let Some(told) = sample
        .strip_prefix("sep=")
        .and_then(|rest| rest.bytes().next())
        .filter(u8::is_ascii)
    {
        return told;
    }
    let mut best = (b',', 0);
    for candidate in [b',', b'\t', b';', b'|'] {
        let mut counts: Vec<usize> = Vec::new();
        let mut quoted = false;
        let mut count = 0;
        let mut any = false;
        for byte in sample.bytes() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    if any {
                        counts.push(count);
                    }
                    if counts.len() == LINES {
                        break;
                    }
                    (count, any) = (0, false);
                }
                byte if byte == candidate && !quoted => count += 1,
                b'\r' => {}
                _ => any = true,
            }
        }
        if counts.is_empty() {
            counts.push(count);
        }
        counts.sort_unstable();
        let median = counts.get(counts.len() / 2).copied().unwrap_or(0);
        if median > best.1 {
            best = (candidate, median);
        }
    }
    best.0
}

impl RowCells for Record {
    fn cell(&self, column: usize) -> Cell<'_> {
        match self.get(column) {
            Some("") | None => Cell::Empty,
            Some(text) => Cell::Text(crate::csv::without_guard(text)),
        }
    }

    fn width(&self) -> usize {
        self.len()
    }

    fn is_typed(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found() {
        let check = |sample: &str, expected: u8| assert_eq!(separator(sample), expected, "{sample}");
        check("a,b,c\n1,2,3\n", b',');
        check("a;b;c\n1,5;2;3\n1,6;2;3\n", b';');
        check("a\tb\n\"x,y,z\"\t2\n", b'\t');
        check("标题\n编号|名称\n1|甲\n2|乙\n", b'|');
        check("only\n1\n", b',');
        check("sep=;\na;b\n", b';');
    }
}
