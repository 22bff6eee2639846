//! A run's files beside the office: a copy of each policy's folder, which `pinji verify` and `pinji explain` take. 导出批次文件夹

use std::fs;
use std::path::Path;

use pinji_domain::Message;

use super::show::RunView;
use crate::error::AppError;
use crate::folder::Draft;
use crate::register::Office;

/// Whether a copy may go there: it must not be there yet, or be empty. Asked before the work, not after it. 输出位置检查
///
/// # Errors
/// Why not.
pub fn may_copy_to(out: Option<&Path>) -> Result<(), AppError> {
    match out.filter(|out| out.exists()) {
        Some(out) => is_empty(out).map_err(AppError::Failed),
        None => Ok(()),
    }
}

fn is_empty(out: &Path) -> Result<(), Message> {
    let empty = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    let taken = || Message::new("app-run-out-taken").with("path", out.display().to_string());
    empty.then_some(()).ok_or_else(taken)
}

/// Copies the folders of a run that is done; whole or not at all. 复制批次文件夹
///
/// # Errors
/// When it cannot be read or written.
pub fn copy_out(office: &Office, run: &RunView, out: &Path) -> Result<(), AppError> {
    let draft = Draft::begin(out, is_empty)?;
    let folder = office.folder().join("runs").join(run.id.to_string());
    for policy in &run.policies {
        copy(&folder.join(&policy.id), &draft.path().join(&policy.id))?;
    }
    draft.publish().map(|_| ())
}

fn copy(from: &Path, to: &Path) -> Result<(), AppError> {
    let cannot = |why: std::io::Error| AppError::io("app-cannot-write", to, why);
    fs::create_dir_all(to).map_err(cannot)?;
    for entry in fs::read_dir(from).map_err(|why| AppError::io("app-cannot-read", from, why))? {
        let entry = entry.map_err(cannot)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(cannot)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(cannot)?;
        }
    }
    Ok(())
}
