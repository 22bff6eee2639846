//! Whether bytes are canonical, told in one pass without building anything. 规范扫描
//!
//! A million entries are verified by this. It only ever says yes or no; why a line is refused is found out by reading it
//! the slow way, which is also what the tests hold this against.

use std::borrow::Cow;

use crate::canonical::DEEPEST;

/// The fields of a canonical object, as they stand: names and values still in their JSON form. Empty for other values.
pub(crate) struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    /// The JSON of a field's value; for a name that needs no escapes.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// The fields of what the bytes say; `None` where they are not its canonical form.
pub(crate) fn scan(bytes: &[u8]) -> Option<Fields<'_>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut scanner = Scanner { text, bytes, at: 0 };
    let mut fields = Fields(Vec::new());
    if scanner.peek()? == b'{' {
        fields.0.reserve(16);
        scanner.object(0, |key, value| fields.0.push((key, value)))?;
    } else {
        scanner.value(0)?;
    }
    (scanner.at == bytes.len()).then_some(fields)
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

/// The inside of a text in quotation marks, and whether there are escapes in it.
struct Quoted<'a> {
    inner: &'a str,
    escaped: bool,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, word: &[u8]) -> Option<()> {
        self.bytes.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(depth, |_, _| ()),
            b'[' => self.list(depth),
            b'"' => self.quoted().map(drop),
            b't' => self.take(b"true"),
            b'f' => self.take(b"false"),
            b'n' => self.take(b"null"),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize, mut each: impl FnMut(&'a str, &'a str)) -> Option<()> {
        self.take(b"{")?;
        if self.peek()? == b'}' {
            return self.take(b"}");
        }
        let mut last: Option<Quoted<'a>> = None;
        loop {
            let key = self.quoted()?;
            if last.is_some_and(|last| last.says() >= key.says()) {
                return None;
            }
            self.take(b":")?;
            let begin = self.at;
            self.value(depth + 1)?;
            each(key.inner, self.text.get(begin..self.at)?);
            last = Some(key);
            if self.peek()? == b'}' {
                return self.take(b"}");
            }
            self.take(b",")?;
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        self.take(b"[")?;
        if self.peek()? == b']' {
            return self.take(b"]");
        }
        loop {
            self.value(depth + 1)?;
            if self.peek()? == b']' {
                return self.take(b"]");
            }
            self.take(b",")?;
        }
    }

    fn quoted(&mut self) -> Option<Quoted<'a>> {
        self.take(b"\"")?;
        let (begin, mut escaped) = (self.at, false);
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += escape(self.bytes.get(self.at + 1..)?)?.1 + 1;
                }
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        let inner = self.text.get(begin..self.at)?;
        self.at += 1;
        Some(Quoted { inner, escaped })
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
        let number = rest.get(..sign + digits)?;
        let canonical = match number.as_bytes() {
            b"0" => true,
            [b'-', b'0', ..] | [b'0', ..] => false,
            _ => number.parse::<i64>().is_ok(),
        };
        self.at += number.len();
        canonical.then_some(())
    }
}

impl Quoted<'_> {
    /// What the text says, its escapes resolved: keys are in order by this.
    fn says(&self) -> Cow<'_, [u8]> {
        if !self.escaped {
            return Cow::Borrowed(self.inner.as_bytes());
        }
        let mut bytes = Vec::with_capacity(self.inner.len());
        let mut rest = self.inner.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let (byte, taken) = if *first == b'\\' {
                escape(after).unwrap_or((b'\\', 0))
            } else {
                (*first, 0)
            };
            bytes.push(byte);
            rest = after.get(taken..).unwrap_or_default();
        }
        Cow::Owned(bytes)
    }
}

/// What an escape stands for, and how many bytes it has after its backslash; `None` where it is not the shortest one.
fn escape(after: &[u8]) -> Option<(u8, usize)> {
    match after {
        [plain @ (b'"' | b'\\'), ..] => Some((*plain, 1)),
        [b'b', ..] => Some((0x08, 1)),
        [b't', ..] => Some((0x09, 1)),
        [b'n', ..] => Some((0x0a, 1)),
        [b'f', ..] => Some((0x0c, 1)),
        [b'r', ..] => Some((0x0d, 1)),
        [
            b'u',
            b'0',
            b'0',
            high @ (b'0' | b'1'),
            low @ (b'0'..=b'9' | b'a'..=b'f'),
            ..,
        ] => {
            let low = if low.is_ascii_digit() {
                low - b'0'
            } else {
                low - b'a' + 10
            };
            let byte = (high - b'0') * 16 + low;
            (!matches!(byte, 0x08 | 0x09 | 0x0a | 0x0c | 0x0d)).then_some((byte, 5))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::canonical::encode;

    /// Canonical is what comes out again as it was.
    fn slow(bytes: &[u8]) -> bool {
        serde_json::from_slice::<Value>(bytes).is_ok_and(|value| encode(&value).is_ok_and(|again| again == bytes))
    }

    fn agree(bytes: &[u8]) -> bool {
        let fast = scan(bytes).is_some();
        assert_eq!(fast, slow(bytes), "{}", String::from_utf8_lossy(bytes));
        fast
    }

    const SEEDS: [&str; 8] = [
        r#"{"":[],"a":{"b":-1,"c":[true,false,null]},"b":"\"\\\b\t\n\f\r\u0000\u001f"}"#,
        r#"{"\u0000":1,"\t":2,"\n":3,"\"":4,"A":5,"\\":6,"a":7}"#,
        r#"[0,-1,9223372036854775807,-9223372036854775808,10,[[]],{}]"#,
        r#"{"甲":"客户😀","～":1,"😀":2}"#,
        r#"{"a":"","aa":"x","ab":"/"}"#,
        "0",
        r#""\u000b\u000e\u001a""#,
        "null",
    ];

    #[test]
    fn it_agrees_with_the_slow_way_on_whatever_is_done_to_a_line() {
        const BYTES: &[u8] = b"\"\\{}[]:,-+.0123456789eEutrfnbax \n\t\x00\x1f\x7f\xc3\xa9\xff";
        let (mut refused, mut taken) = (0, 0);
        let mut count = |canonical: bool| if canonical { taken += 1 } else { refused += 1 };
        for seed in SEEDS.map(str::as_bytes) {
            assert!(agree(seed), "{}", String::from_utf8_lossy(seed));
            for at in 0..=seed.len() {
                let (before, after) = seed.split_at(at);
                count(agree(before));
                count(agree(after));
                for byte in BYTES {
                    count(agree(&[before, &[*byte], after].concat()));
                    if let Some((_, rest)) = after.split_first() {
                        count(agree(&[before, &[*byte], rest].concat()));
                        count(agree(&[before, rest].concat()));
                    }
                }
                for end in at..seed.len() {
                    let (moved, rest) = after.split_at(end - at);
                    count(agree(&[before, moved, moved, rest].concat()));
                    count(agree(&[moved, before, rest].concat()));
                }
            }
        }
        assert!(taken > 1_000 && refused > 10_000, "{taken} taken, {refused} refused");
    }

    #[test]
    fn fields_are_found_as_they_stand() {
        let fields = scan(br#"{"a":{"seq":1},"prev":"x","seq":7}"#).unwrap();
        let found = ["a", "prev", "seq", "b"].map(|name| fields.get(name));
        assert_eq!(found, [Some(r#"{"seq":1}"#), Some("\"x\""), Some("7"), None]);
        assert!(scan(b"[]").unwrap().get("seq").is_none());
        for deep in [64, 65, 100_000] {
            let nested = format!("{}1{}", "[".repeat(deep), "]".repeat(deep));
            assert_eq!(scan(nested.as_bytes()).is_some(), deep == 64);
        }
    }
}
