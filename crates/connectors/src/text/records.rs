//! Records of a CSV file (RFC 4180), with the row that Excel shows for each. 逐条记录
//!
//! A tokenizer of our own, because three things matter here that general CSV readers leave out: the row number as Excel
//! counts it (blank lines count, line breaks inside a cell do not), a bound on the memory of one record, and a quotation
//! mark that is never closed, which would otherwise swallow the rest of the file unseen.

use std::io::{self, Read};

/// One record: its bytes one after the other, and where each cell ends.
#[derive(Debug, Default)]
pub(crate) struct Record {
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell at this place.
    pub(crate) fn get(&self, column: usize) -> Option<&str> {
        let end = *self.ends.get(column)?;
        let start = match column.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..end)
    }
}

/// Why records stop.
#[derive(Debug)]
pub(crate) enum Broken {
    Io(io::Error),
    /// A record beyond the limit.
    TooLong {
        row: u64,
    },
    /// A quotation mark that is never closed.
    OpenQuote {
        row: u64,
    },
}

/// Where in a record the tokenizer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

/// The records of a reader of UTF-8.
pub(crate) struct Records<R> {
    input: R,
    separator: u8,
    longest: usize,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    row: u64,
    after_return: bool,
    bytes: Vec<u8>,
    record: Record,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(input: R, separator: u8, longest: usize) -> Self {
        Records {
            input,
            separator,
            longest,
            buffer: vec![0; 1 << 16],
            at: 0,
            filled: 0,
            row: 0,
            after_return: false,
            bytes: Vec::new(),
            record: Record::default(),
        }
    }

    /// The next record that is not a blank line, and its row.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &Record)>, Broken> {
        loop {
            if !self.tokenize()? {
                return Ok(None);
            }
            let blank = self.record.ends.len() == 1 && self.bytes.is_empty();
            if !blank {
                break;
            }
        }
        // The decoder before us writes nothing but UTF-8, and cells end at ASCII characters.
        let text = std::mem::take(&mut self.record.text);
        let mut reused = text.into_bytes();
        reused.clear();
        reused.extend_from_slice(&self.bytes);
        self.record.text = String::from_utf8(reused)
            .map_err(|_| Broken::Io(io::Error::new(io::ErrorKind::InvalidData, "not UTF-8")))?;
        Ok(Some((self.row, &self.record)))
    }

    /// Reads one record, blank or not, into `bytes` and the record's ends. False at the end of the file.
    fn tokenize(&mut self) -> Result<bool, Broken> {
        self.bytes.clear();
        self.record.ends.clear();
        let mut state = State::CellStart;
        let row = self.row + 1;
        loop {
            if self.at == self.filled && !self.fill()? {
                return match state {
                    State::Quoted => Err(Broken::OpenQuote { row }),
                    State::CellStart if self.record.ends.is_empty() => Ok(false),
                    _ => {
                        self.row = row;
                        self.record.ends.push(self.bytes.len());
                        Ok(true)
                    }
                };
            }
            if self.bytes.len() > self.longest {
                return Err(Broken::TooLong { row });
            }
            let chunk = self.buffer.get(self.at..self.filled).unwrap_or_default();
            let Some(&byte) = chunk.first() else { continue };
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                self.at += 1;
                continue;
            }
            match state {
                State::Plain => {
                    let separator = self.separator;
                    let special = |byte: &u8| *byte == separator || *byte == b'\n' || *byte == b'\r';
                    let run = chunk.iter().position(special).unwrap_or(chunk.len());
                    self.bytes.extend_from_slice(chunk.get(..run).unwrap_or_default());
                    self.at += run;
                    if run < chunk.len() {
                        state = State::QuoteInQuoted;
                    }
                }
                State::Quoted => {
                    let run = chunk.iter().position(|byte| *byte == b'"').unwrap_or(chunk.len());
                    self.bytes.extend_from_slice(chunk.get(..run).unwrap_or_default());
                    self.at += run;
                    if run < chunk.len() {
                        self.at += 1;
                        state = State::QuoteInQuoted;
                        if self.at == self.filled && !self.fill()? {
                            continue;
                        }
                        if self.buffer.get(self.at) == Some(&b'"') {
                            self.bytes.push(b'"');
                            self.at += 1;
                            state = State::Quoted;
                        }
                    }
                }
                // At the end of a cell: only a separator, a line end, or stray text after a closed quotation follows.
                State::QuoteInQuoted | State::CellStart => {
                    if byte == self.separator {
                        self.at += 1;
                        self.record.ends.push(self.bytes.len());
                        state = State::CellStart;
                        // A separator at the very end of the file still opens a last, empty cell.
                    } else if byte == b'\n' || byte == b'\r' {
                        self.at += 1;
                        self.after_return = byte == b'\r';
                        self.record.ends.push(self.bytes.len());
                        self.row = row;
                        return Ok(true);
                    } else if byte == b'"' && state == State::CellStart {
                        self.at += 1;
                        state = State::Quoted;
                    } else {
                        state = State::Plain;
                    }
                }
            }
        }
    }

    fn fill(&mut self) -> Result<bool, Broken> {
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(count) => {
                    (self.at, self.filled) = (0, count);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Broken::Io(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    /// A reader that hands out `step` bytes at a time, so that every cut is met.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            let (now, later) = self.0.split_at(count);
            out[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn all(text: &str, step: usize) -> Result<Vec<(u64, Vec<String>)>, Broken> {
        let mut records = Records::new(Slow(text.as_bytes(), step), b',', 1000);
        let mut out = Vec::new();
        while let Some((row, record)) = records.next()? {
            out.push((
                row,
                (0..record.len()).map(|at| record.get(at).unwrap().to_owned()).collect(),
            ));
        }
        Ok(out)
    }

    #[test]
    fn records_and_rows_are_those_of_excel() {
        let check = |text: &str, expected: &[(u64, &[&str])]| {
            for step in [1, 2, 3, 1000] {
                let found = all(text, step).unwrap();
                let found: Vec<(u64, Vec<&str>)> = found
                    .iter()
                    .map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect()))
                    .collect();
                let expected: Vec<(u64, Vec<&str>)> =
                    expected.iter().map(|(row, cells)| (*row, cells.to_vec())).collect();
                assert_eq!(found, expected, "{text:?} by {step}");
            }
        };
        check("a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r\n1,2", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a,b\r1,2\r", &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("a\n\n\nb\n", &[(1, &["a"]), (4, &["b"])]);
        check("\"x\ny\",2\nz,3\n", &[(1, &["x\ny", "2"]), (2, &["z", "3"])]);
        check("\"say \"\"hi\"\"\",2\n", &[(1, &["say \"hi\"", "2"])]);
        check("a,\"\",\n", &[(1, &["a", "", ""])]);
        check("a,", &[(1, &["a", ""])]);
        check("5\" pipe,x\n", &[(1, &["5\" pipe", "x"])]);
        check("\"a\"b,c\n", &[(1, &["ab", "c"])]);
        check("甲,乙\n", &[(1, &["甲", "乙"])]);
        check("", &[]);
        check("\n\n", &[]);
    }

    #[test]
    fn broken_files_are_named_with_their_row() {
        assert!(matches!(
            all("a,b\n1,\"2\n3,4\n", 1000),
            Err(Broken::OpenQuote { row: 2 })
        ));
        let long = format!("a\n{}\n", "x".repeat(5000));
        assert!(matches!(all(&long, 1000), Err(Broken::TooLong { row: 2 })));
    }
}
