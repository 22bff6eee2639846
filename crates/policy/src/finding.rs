//! What `check` has to say about a policy. 检查意见

use pinji_domain::Message;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One thing found in a policy file, with its place. 检查意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file, as the entry file names it.
    pub file: String,
    /// Byte range in that file: the offending text. Empty where something is missing altogether.
    pub span: std::ops::Range<usize>,
    /// What is wrong.
    pub message: Message,
    /// What to do next, where that is not plain from the message.
    pub help: Option<Message>,
}
