//! Two versions of a policy, told apart in words. 版本比较

use pinji_domain::Lang;
use pinji_policy::diff::diff as differences;
use serde::Serialize;

use crate::error::AppError;
use crate::regulation::{Origin, Regulation};

/// What changed. 版本差异
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Id and version before.
    pub before: (String, String),
    /// Id and version after.
    pub after: (String, String),
    /// What changed: the sentence's code and the sentence.
    pub changes: Vec<(String, String)>,
}

/// Tells two versions apart. 比较两个版本
///
/// # Errors
/// When one of them cannot be read or used.
pub fn diff(before: &Origin, after: &Origin, lang: Lang) -> Result<Differences, AppError> {
    let (before, after) = (Regulation::read(before)?, Regulation::read(after)?);
    let (before, after) = (before.usable()?, after.usable()?);
    let changes = differences(before, after);
    Ok(Differences {
        before: (before.id.clone(), before.version.clone()),
        after: (after.id.clone(), after.version.clone()),
        changes: changes
            .iter()
            .map(|change| (change.code.to_owned(), pinji_locale::say(lang, change)))
            .collect(),
    })
}
