//! Where each value of a policy stands in its files. 位置表
//!
//! The document keeps values; findings need places. A place is found by the value's path, such as
//! `indicator[3].bands[2].below`; lists and named tables are both counted, in the order of the file.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

/// Places by path. 位置表
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    known: HashMap<String, Spot>,
}

/// Where one value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    file: Arc<str>,
    span: Range<usize>,
    /// Where the text inside the quotes begins, when it stands there as it is (no escapes).
    inner: Option<usize>,
}

impl Places {
    /// Keeps the place of a key, a header or any other range.
    pub(crate) fn keep(&mut self, path: String, file: &Arc<str>, span: Range<usize>) {
        self.known.insert(
            path,
            Spot {
                file: Arc::clone(file),
                span,
                inner: None,
            },
        );
    }

    /// Keeps the places of a value and of all that is inside it.
    pub(crate) fn keep_all(&mut self, path: &str, file: &Arc<str>, text: &str, value: &Spanned<DeValue<'_>>) {
        let inner = value
            .get_ref()
            .as_str()
            .and_then(|decoded| inner(text, value.span(), decoded));
        self.known.insert(
            path.to_owned(),
            Spot {
                file: Arc::clone(file),
                span: value.span(),
                inner,
            },
        );
        match value.get_ref() {
            DeValue::Table(table) => {
                for (key, value) in table {
                    self.keep(format!("{path}.{}#key", key.get_ref()), file, key.span());
                    self.keep_all(&format!("{path}.{}", key.get_ref()), file, text, value);
                }
            }
            DeValue::Array(array) => {
                for (index, value) in array.iter().enumerate() {
                    self.keep_all(&format!("{path}[{index}]"), file, text, value);
                }
            }
            _ => {}
        }
    }

    /// The place of the value at `path`, or of the nearest thing around it that is known.
    pub(crate) fn at(&self, path: &str) -> (String, Range<usize>) {
        self.spot(path)
            .map_or_else(Default::default, |spot| (spot.file.to_string(), spot.span.clone()))
    }

    /// The place of the id of the thing at `path`: its key, its `id`, or itself.
    pub(crate) fn id(&self, path: &str) -> (String, Range<usize>) {
        let tried = [format!("{path}#id"), format!("{path}.id")];
        let known = tried.iter().find_map(|path| self.known.get(path));
        known.map_or_else(|| self.at(path), |spot| (spot.file.to_string(), spot.span.clone()))
    }

    /// The place of a range inside the text at `path`; the whole text where escapes hide the range.
    pub(crate) fn inside(&self, path: &str, range: &Range<usize>) -> (String, Range<usize>) {
        match self.known.get(path) {
            Some(Spot {
                file,
                inner: Some(inner),
                ..
            }) => (file.to_string(), inner + range.start..inner + range.end),
            _ => self.at(path),
        }
    }

    /// Whether there is a value at `path`.
    pub(crate) fn knows(&self, path: &str) -> bool {
        self.known.contains_key(path)
    }

    fn spot(&self, path: &str) -> Option<&Spot> {
        let mut path = path;
        loop {
            if let Some(spot) = self.known.get(path) {
                return Some(spot);
            }
            path = path.get(..path.rfind(['.', '[', '#'])?)?;
        }
    }
}

/// Where the decoded text begins inside the quotes, when the file has it verbatim.
fn inner(text: &str, span: Range<usize>, decoded: &str) -> Option<usize> {
    let written = text.get(span.clone())?;
    let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") {
        3
    } else {
        1
    };
    let body = written.get(quotes..)?;
    let newline = match quotes {
        3 if body.starts_with("\r\n") => 2,
        3 if body.starts_with('\n') => 1,
        _ => 0,
    };
    body.get(newline..)?
        .starts_with(decoded)
        .then_some(span.start + quotes + newline)
}
