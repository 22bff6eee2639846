//! Why a use case did not give what was asked for. 失败与拒绝

use std::path::Path;

use pinji_domain::Message;

use crate::intake::BadData;
use crate::lacks::Lacking;
use crate::remark::Remark;

/// The answer is no, or it could not be done. 失败与拒绝
#[derive(Debug)]
pub enum AppError {
    /// The policy cannot be used; here is everything that was found in it.
    Findings(Vec<Remark>),
    /// Cells cannot be read as what they should be, and nothing was graded.
    BadCells(Box<BadData>),
    /// Policies read what the data do not have, and nothing was graded.
    Lacking(Box<Lacking>),
    /// The rules say no.
    Refused(Message),
    /// It could not be done: a file that cannot be read, a folder that must not be replaced.
    Failed(Message),
}

impl AppError {
    /// What it says, in one sentence.
    pub fn message(&self) -> Message {
        match self {
            AppError::Findings(remarks) => Message::new("app-policy-has-errors").with("n", errors_in(remarks)),
            AppError::BadCells(bad) => match &bad.nothing_left {
                Some(file) => Message::new("app-no-row-left").with("file", file.as_str()),
                None => Message::new("app-bad-cells").with("n", bad.total),
            },
            AppError::Lacking(lacking) => Message::new("app-lacking").with("n", lacking.lacks.len()),
            AppError::Refused(message) | AppError::Failed(message) => message.clone(),
        }
    }

    /// The exit code that a program ends with: 1 where the answer is no, 2 where it could not be done.
    pub fn exit_code(&self) -> u8 {
        match self {
            AppError::Findings(_) | AppError::BadCells(_) | AppError::Lacking(_) | AppError::Refused(_) => 1,
            AppError::Failed(_) => 2,
        }
    }

    /// A file or folder could not be read or written.
    pub fn io(code: &'static str, path: &Path, why: impl std::fmt::Display) -> AppError {
        AppError::Failed(
            Message::new(code)
                .with("path", path.display().to_string())
                .with("why", why.to_string()),
        )
    }
}

fn errors_in(remarks: &[Remark]) -> usize {
    remarks.iter().filter(|remark| remark.is_error).count()
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&pinji_locale::say(pinji_domain::Lang::En, &self.message()))
    }
}

impl std::error::Error for AppError {}
