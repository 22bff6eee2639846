//! Everything that is wrong with a policy, at once. 检查

use pinji_policy::Document;

use crate::error::AppError;
use crate::regulation::{Origin, Regulation};
use crate::remark::Remark;

/// What the check found. 检查结果
#[derive(Debug, Clone)]
pub struct Checked {
    /// The file.
    pub entry: String,
    /// The policy's id and version, as far as they could be read.
    pub policy: Option<(String, String)>,
    /// Findings.
    pub remarks: Vec<Remark>,
    /// Whether it can be used.
    pub usable: bool,
    /// How many dimensions, indicators, grades, caps and floors, guarantees and examples it has.
    pub counts: [usize; 6],
}

/// Checks a policy. 检查标准
///
/// # Errors
/// When its file cannot be read.
pub fn check(origin: &Origin) -> Result<Checked, AppError> {
    let regulation = Regulation::read(origin)?;
    let counts = |document: &Document| {
        [
            document.dimensions.len(),
            document.indicators.len(),
            document.grades.len(),
            document.caps.len() + document.floors.len(),
            document.guarantees.len(),
            document.examples.len(),
        ]
    };
    Ok(Checked {
        entry: regulation.entry.clone(),
        policy: regulation
            .document
            .as_ref()
            .map(|document| (document.id.clone(), document.version.clone())),
        usable: !regulation.has_errors(),
        counts: regulation.document.as_ref().map(counts).unwrap_or_default(),
        remarks: regulation.remarks,
    })
}
