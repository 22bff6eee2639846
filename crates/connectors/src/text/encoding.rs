//! The encoding of a text file, found by itself. 编码识别

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, CoderResult, Decoder, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file's beginning is kept to find the separator.
const SAMPLE: usize = 1 << 16;
/// How much text is enough to guess an encoding, from the first character that is not ASCII on.
const ENOUGH: usize = 1 << 20;

/// Sees all bytes of a file once and knows then what they are.
pub(crate) struct Detector {
    sample: Vec<u8>,
    utf8: bool,
    /// The beginning of a character that the last chunk cut.
    carry: Vec<u8>,
    zeros: bool,
    ascii_only: bool,
    guess: EncodingDetector,
    fed: usize,
    /// Some text from the first character on that is not ASCII.
    foreign: Vec<u8>,
}

/// What a file's bytes turned out to be.
pub(crate) enum Found {
    /// Nothing, or white space.
    Nothing,
    /// No text in any encoding that tables come in.
    Binary,
    /// Text in this encoding.
    Text(&'static Encoding),
}

impl Default for Detector {
    fn default() -> Self {
        Detector {
            sample: Vec::new(),
            utf8: true,
            carry: Vec::new(),
            zeros: false,
            ascii_only: true,
            guess: EncodingDetector::new(Iso2022JpDetection::Deny),
            fed: 0,
            foreign: Vec::new(),
        }
    }
}

impl Detector {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let room = SAMPLE.saturating_sub(self.sample.len()).min(bytes.len());
        self.sample.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.zeros = self.zeros || bytes.contains(&0);
        self.ascii_only = self.ascii_only && bytes.is_ascii();
        if !self.ascii_only && self.foreign.len() < SAMPLE {
            let start = if self.foreign.is_empty() {
                bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0)
            } else {
                0
            };
            self.foreign
                .extend(bytes.iter().skip(start).take(SAMPLE - self.foreign.len()));
        }
        if self.utf8 {
            self.check_utf8(bytes);
        }
        // The detector never hears that the text ends: a file cut inside a character would make it guess wildly.
        if !self.ascii_only && self.fed < ENOUGH {
            self.guess.feed(bytes, false);
            self.fed += bytes.len();
        }
    }

    fn check_utf8(&mut self, bytes: &[u8]) {
        let joined;
        let bytes = if self.carry.is_empty() {
            bytes
        } else {
            joined = [self.carry.as_slice(), bytes].concat();
            self.carry.clear();
            &joined
        };
        if let Err(error) = std::str::from_utf8(bytes) {
            match error.error_len() {
                Some(_) => self.utf8 = false,
                None => self
                    .carry
                    .extend_from_slice(bytes.get(error.valid_up_to()..).unwrap_or_default()),
            }
        }
    }

    /// The file's beginning, cut after the last complete line where there is one.
    pub(crate) fn sample(&self) -> &[u8] {
        if self.sample.len() < SAMPLE {
            return &self.sample;
        }
        let end = self
            .sample
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(self.sample.len(), |at| at + 1);
        self.sample.get(..end).unwrap_or_default()
    }

    pub(crate) fn found(&self) -> Found {
        match self.sample.as_slice() {
            [0xFF, 0xFE, ..] => return Found::Text(UTF_16LE),
            [0xFE, 0xFF, ..] => return Found::Text(UTF_16BE),
            _ => {}
        }
        if self
            .sample
            .iter()
            .all(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF))
        {
            return Found::Nothing;
        }
        if self.zeros {
            return utf16(&self.sample).map_or(Found::Binary, Found::Text);
        }
        let control = |byte: &&u8| matches!(byte, 1..=8 | 14..=26 | 28..=31);
        if self.sample.iter().filter(control).count() * 20 > self.sample.len() {
            return Found::Binary;
        }
        if self.utf8 && self.carry.is_empty() {
            return Found::Text(UTF_8);
        }
        let guess = self.chinese_first();
        // GB 18030 reads all of GBK, and the rare characters of names besides.
        Found::Text(if guess == GBK { GB18030 } else { guess })
    }

    /// A Chinese file is the likeliest; other encodings need evidence, which a handful of characters is not.
    fn chinese_first(&self) -> &'static Encoding {
        const MUCH: usize = 400;
        let (pairs, common) = common_in_gbk(&self.foreign);
        let chinese = self.guess.guess(Some(b"cn"), Utf8Detection::Deny);
        let plain = self.guess.guess(None, Utf8Detection::Deny);
        if chinese != GBK || plain == GBK || plain.is_single_byte() {
            return chinese;
        }
        // Big5 read as GBK gives characters that nobody uses; Korean read as GBK does not, so it needs more text.
        let reads_well = common * 10 >= pairs * 7;
        if !reads_well || (plain != BIG5 && pairs * 2 >= MUCH) {
            plain
        } else {
            GBK
        }
    }
}

/// How many double-byte characters other than signs a text has as GBK, and how many of them are among the 3,755 commonest
/// (the first level of GB 2312).
fn common_in_gbk(bytes: &[u8]) -> (usize, usize) {
    let (mut pairs, mut common) = (0, 0);
    let mut rest = bytes;
    while let [lead, after @ ..] = rest {
        rest = after;
        if *lead < 0x81 {
            continue;
        }
        let Some((trail, after)) = after.split_first() else {
            break;
        };
        rest = after;
        if !(0xA1..=0xA9).contains(lead) {
            pairs += 1;
            common += usize::from((0xB0..=0xD7).contains(lead) && *trail >= 0xA1);
        }
    }
    (pairs, common)
}

/// UTF-16 without a mark shows in where the zero bytes of digits and separators stand.
fn utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros_at = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    let many = sample.len() / 16;
    let encoding = if odd > many && even <= odd / 20 {
        UTF_16LE
    } else if even > many && odd <= even / 20 {
        UTF_16BE
    } else {
        return None;
    };
    // The mark of a program is zeros in both places, or text that does not decode.
    let whole = sample.get(..sample.len() & !1).unwrap_or_default();
    let (text, broken) = encoding.decode_without_bom_handling(whole);
    let control = text
        .chars()
        .filter(|character| character.is_control() && !character.is_whitespace())
        .count();
    (!broken && control * 20 <= text.chars().count()).then_some(encoding)
}

/// A reader that turns any encoding into UTF-8. What an encoding does not have becomes U+FFFD, which no cell may hold.
pub(crate) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    /// A decoder that was told of the end and came to it may not be asked again.
    finished: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Decoded {
            inner,
            decoder,
            raw: vec![0; 1 << 16],
            from: 0,
            to: 0,
            ended: false,
            finished: false,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.finished {
            return Ok(0);
        }
        loop {
            if self.from == self.to && !self.ended {
                self.from = 0;
                self.to = match self.inner.read(&mut self.raw) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    other => other?,
                };
                self.ended = self.to == 0;
            }
            let bytes = self.raw.get(self.from..self.to).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, out, self.ended);
            self.from += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 || self.finished {
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                return Err(io::Error::other("no room to decode into"));
            }
        }
    }
}
