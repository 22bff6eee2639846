//! What one part of Pinji tells another, before it is put into words. 消息
//!
//! Codes cross the walls; words (zh, en) are chosen by the `locale` crate at the edge.

use crate::Text;

/// A sentence as its code and values. 消息代码与参数
///
/// `code` names a message in `locales/*/…ftl`; `cargo xtask tidy` holds that each exists in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// The message's name in the language files, for instance `policy-band-gap`.
    pub code: &'static str,
    /// The values that the sentence mentions, by the names that the language files use.
    pub args: Vec<(&'static str, Arg)>,
}

/// A value inside a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Arg {
    /// Text that is the same in each language: an id, a cell, a formatted number.
    Text(String),
    /// A count, which the language may need for its plural.
    Count(i64),
    /// A name that exists in both languages.
    Both(Text),
    /// A word or phrase that is itself a message.
    Say(Box<Message>),
}

impl Message {
    /// A sentence without values.
    pub fn new(code: &'static str) -> Self {
        Message { code, args: Vec::new() }
    }

    /// The same sentence with one value more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Arg::Text(value.to_owned())
    }
}
impl From<String> for Arg {
    fn from(value: String) -> Self {
        Arg::Text(value)
    }
}
impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Arg::Count(value)
    }
}
impl From<usize> for Arg {
    fn from(value: usize) -> Self {
        Arg::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}
impl From<Text> for Arg {
    fn from(value: Text) -> Self {
        Arg::Both(value)
    }
}
impl From<Message> for Arg {
    fn from(value: Message) -> Self {
        Arg::Say(Box::new(value))
    }
}
