//! A workbook's archive is looked through before any parser sees it. 压缩包检查
//!
//! An .xlsx is a zip of XML. Small files can unpack to very large ones, and XML can carry definitions that grow without
//! end; both are refused here, whatever the archive's own directory claims. What is refused: too many parts, parts or
//! totals that unpack to too much, parts that share bytes, names that stand twice, parts behind a password, document
//! type definitions. Macros and external links are never followed, so they may stay.

use std::io::{Cursor, Read};

use pinji_domain::Message;
use zip::ZipArchive;

use crate::guard;
use crate::limits::Limits;

/// What the look through the archive learnt besides.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Whether some sheet has merged cells.
    pub merged: bool,
    /// How many rows of all sheets are hidden.
    pub hidden_rows: usize,
}

/// Looks through the archive.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<Facts, Message> {
    // The zip reader is not ours: should a crafted directory make it panic, the file is broken.
    guard::quietly(|| look_through(bytes, limits)).unwrap_or_else(|| Err(broken("zip")))
}

fn broken(why: impl ToString) -> Message {
    Message::new("data-archive-broken").with("why", why.to_string())
}

fn mebibytes(bytes: u64) -> i64 {
    i64::try_from(bytes >> 20).unwrap_or(i64::MAX)
}

fn look_through(bytes: &[u8], limits: &Limits) -> Result<Facts, Message> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > limits.archive_entries {
        return Err(Message::new("data-archive-too-many-parts")
            .with("found", archive.len())
            .with("most", limits.archive_entries));
    }
    if archive.has_duplicate_names() || archive.has_overlapping_files().map_err(broken)? {
        return Err(Message::new("data-archive-hostile"));
    }
    let mut facts = Facts::default();
    let mut total = 0_u64;
    let mut buffer = vec![0; 1 << 16];
    for at in 0..archive.len() {
        let (name, packed, locked) = {
            let part = archive.by_index_raw(at).map_err(broken)?;
            (
                part.name().map_err(broken)?.into_owned(),
                part.compressed_size(),
                part.encrypted(),
            )
        };
        if locked {
            return Err(Message::new("data-archive-locked"));
        }
        let lower = name.to_lowercase();
        let is_xml = lower.ends_with(".xml") || lower.ends_with(".rels") || lower.ends_with(".vml");
        let mut scan = Scan::new(lower.contains("worksheets/"));
        let mut part = archive.by_index(at).map_err(broken)?;
        let mut size = 0_u64;
        loop {
            let count = part.read(&mut buffer).map_err(broken)?;
            if count == 0 {
                break;
            }
            size += count as u64;
            total += count as u64;
            if size > limits.archive_ratio_from && size > packed.saturating_mul(limits.archive_ratio) {
                return Err(Message::new("data-archive-ratio")
                    .with("part", name)
                    .with("most", limits.archive_ratio as i64));
            }
            if total > limits.archive_bytes {
                return Err(Message::new("data-archive-too-large").with("most", mebibytes(limits.archive_bytes)));
            }
            if is_xml {
                scan.feed(buffer.get(..count).unwrap_or_default())
                    .map_err(|()| Message::new("data-archive-doctype").with("part", name.as_str()))?;
            }
        }
        facts.merged |= scan.facts.merged;
        facts.hidden_rows += scan.facts.hidden_rows;
    }
    Ok(facts)
}

/// Looks at the tags of an XML part as it streams by.
struct Scan {
    /// Whether the part is a sheet, whose rows and merges count.
    sheet: bool,
    /// The tag that is open, as far as it is of interest.
    tag: Vec<u8>,
    in_tag: bool,
    facts: Facts,
}

/// As much of a tag as its attributes of interest can stand in.
const TAG: usize = 512;

impl Scan {
    fn new(sheet: bool) -> Self {
        Scan {
            sheet,
            tag: Vec::new(),
            in_tag: false,
            facts: Facts::default(),
        }
    }

    /// Takes the next bytes; fails at a document type definition, and at zero bytes, with which other encodings hide one.
    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), ()> {
        if bytes.contains(&0) {
            return Err(());
        }
        while !bytes.is_empty() {
            if !self.in_tag {
                let Some(open) = bytes.iter().position(|byte| *byte == b'<') else {
                    return Ok(());
                };
                bytes = bytes.get(open + 1..).unwrap_or_default();
                self.in_tag = true;
                self.tag.clear();
                continue;
            }
            let close = bytes
                .iter()
                .position(|byte| *byte == b'>' || *byte == b'<')
                .unwrap_or(bytes.len());
            let room = TAG.saturating_sub(self.tag.len()).min(close);
            self.tag.extend_from_slice(bytes.get(..room).unwrap_or_default());
            if close < bytes.len() {
                self.in_tag = bytes.get(close) == Some(&b'<');
                self.tag()?;
                self.tag.clear();
            }
            bytes = bytes.get(close + 1..).unwrap_or_default();
        }
        Ok(())
    }

    fn tag(&mut self) -> Result<(), ()> {
        if self.tag.first() == Some(&b'!') {
            let upper: Vec<u8> = self.tag.iter().take(16).map(u8::to_ascii_uppercase).collect();
            let forbidden =
                upper.starts_with(b"!DOCTYPE") || upper.starts_with(b"!ENTITY") || upper.starts_with(b"!ELEMENT");
            return if forbidden { Err(()) } else { Ok(()) };
        }
        if !self.sheet {
            return Ok(());
        }
        let name_end = self
            .tag
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            .unwrap_or(self.tag.len());
        let name = self.tag.get(..name_end).unwrap_or_default();
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        if name == b"mergeCell" {
            self.facts.merged = true;
        } else if name == b"row" {
            let has = |words: &[u8]| self.tag.windows(words.len()).any(|window| window == words);
            if has(b" hidden=\"1\"") || has(b" hidden=\"true\"") {
                self.facts.hidden_rows += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tags_are_seen_wherever_the_chunks_are_cut() {
        let sheet = b"<?xml version=\"1.0\"?><x:sheetData><row r=\"1\" hidden=\"1\"><c/></row><row r=\"2\"/></x:sheetData><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>";
        for step in [1, 2, 7, 1000] {
            let mut scan = Scan::new(true);
            for chunk in sheet.chunks(step) {
                scan.feed(chunk).unwrap();
            }
            assert_eq!(
                scan.facts,
                Facts {
                    merged: true,
                    hidden_rows: 1
                }
            );
            let mut scan = Scan::new(false);
            let hostile: &[u8] = b"<?xml version=\"1.0\"?><!DocType x [<!ENTITY a \"b\">]><x>&a;</x>";
            assert!(hostile.chunks(step).any(|chunk| scan.feed(chunk).is_err()), "{step}");
        }
    }
}
