//! A new policy file to begin with. 新建标准

use std::path::{Path, PathBuf};

use pinji_domain::Message;

use crate::error::AppError;
use crate::folder::write_file;
use crate::regulation::Regulation;
use crate::shipped;

/// The policy that a new one is a copy of, unless another is named: the smallest that shows every part.
const MODEL: &str = "tob-standard";

/// What was written. 新建结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The files, the entry file first.
    pub files: Vec<PathBuf>,
    /// The shipped policy that it is a copy of.
    pub from: String,
}

/// Writes a copy of a shipped policy, and of those that it needs, to begin with. Nothing is overwritten. 新建标准
///
/// # Errors
/// When the file is there already, or there is no such shipped policy.
pub fn start(target: &Path, from: Option<&str>) -> Result<Started, AppError> {
    let wanted = from.unwrap_or(MODEL);
    let Some(id) = shipped::known(wanted) else {
        let message = Message::new("app-no-such-policy")
            .with("path", wanted)
            .with("names", shipped::names().join(", "));
        return Err(AppError::Failed(message));
    };
    let folder = target.parent().unwrap_or(Path::new(""));
    let regulation = Regulation::shipped(id);
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (name, text) in regulation.files {
        match name == regulation.entry {
            true => files.insert(0, (target.to_owned(), text)),
            false => files.push((folder.join(name), text)),
        }
    }
    if target.exists() {
        return Err(AppError::Failed(
            Message::new("app-file-exists").with("path", target.display().to_string()),
        ));
    }
    // Those that it needs may be there already, from another new policy; they are left as they are.
    files.retain(|(path, _)| !path.exists());
    for (path, text) in &files {
        write_file(path, text.as_bytes())?;
    }
    Ok(Started {
        files: files.into_iter().map(|(path, _)| path).collect(),
        from: id.to_owned(),
    })
}
