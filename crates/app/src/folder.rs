//! Output folders that appear whole or not at all. 输出文件夹
//!
//! Everything is written into `.NAME.….partial` beside the target, flushed to disk and moved into place in one step. A
//! folder that is there already is swapped, and the old one removed afterwards. A program that was stopped leaves a
//! partial folder behind; the next one finds it unlocked and removes it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use pinji_domain::Message;
use tempfile::TempDir;

use crate::error::AppError;

/// A folder in the making. 待发布的文件夹
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    holder: TempDir,
    inside: PathBuf,
    /// Held until the end: whoever can take it knows that nobody works here any more.
    _lock: File,
}

impl Draft {
    /// Begins a folder that will stand at `target`. `may_replace` is asked about what stands there now, and gives the
    /// reason why it must not be replaced.
    ///
    /// # Errors
    /// When the target has no name, must not be replaced, or nothing can be written beside it.
    pub fn begin(target: &Path, may_replace: impl Fn(&Path) -> Result<(), Message>) -> Result<Draft, AppError> {
        let target = resolve(target)?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name().and_then(|name| name.to_str())) else {
            return Err(AppError::Failed(
                Message::new("app-out-needs-name").with("path", target.display().to_string()),
            ));
        };
        if target.exists() {
            may_replace(&target).map_err(AppError::Failed)?;
        }
        let cannot = |why: io::Error| AppError::io("app-cannot-write", &target, why);
        fs::create_dir_all(parent).map_err(cannot)?;
        sweep(parent, name);
        let holder = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".partial")
            .tempdir_in(parent)
            .map_err(cannot)?;
        let lock = File::create(holder.path().join("lock")).map_err(cannot)?;
        // Where locks are not to be had the sweep finds none either, and leaves the folder alone.
        let _ = lock.try_lock();
        let inside = holder.path().join(name);
        fs::create_dir(&inside).map_err(cannot)?;
        Ok(Draft {
            target,
            holder,
            inside,
            _lock: lock,
        })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.inside
    }

    /// Flushes everything to disk and moves the folder into place.
    ///
    /// # Errors
    /// When that fails; what stood at the target before then still stands there.
    pub fn publish(self) -> Result<PathBuf, AppError> {
        let cannot = |why: io::Error| AppError::io("app-cannot-write", &self.target, why);
        flush(&self.inside).map_err(cannot)?;
        if self.target.exists() {
            swap(&self.inside, &self.target, &self.holder.path().join("old")).map_err(cannot)?;
        } else {
            fs::rename(&self.inside, &self.target).map_err(cannot)?;
        }
        if let Some(parent) = self.target.parent() {
            let _ = File::open(parent).and_then(|folder| folder.sync_all());
        }
        Ok(self.target)
    }
}

/// Writes a file whole or not at all, making the folders above it.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let cannot = |why: io::Error| AppError::io("app-cannot-write", path, why);
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(cannot)?;
    let mut builder = tempfile::Builder::new();
    shared(builder.prefix(".").suffix(".partial"));
    let mut file = builder.tempfile_in(parent).map_err(cannot)?;
    io::Write::write_all(&mut file, bytes).map_err(cannot)?;
    file.as_file().sync_all().map_err(cannot)?;
    file.persist(path).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// Temporary files are made for their owner alone; a result is for whoever may read files here (less the user's mask).
fn shared(builder: &mut tempfile::Builder<'_, '_>) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = builder;
}

/// The target's full path, links resolved where it exists, so that a link is not replaced by a folder.
fn resolve(target: &Path) -> Result<PathBuf, AppError> {
    let cannot = |why: io::Error| AppError::io("app-cannot-write", target, why);
    if target.exists() {
        return target.canonicalize().map_err(cannot);
    }
    std::path::absolute(target).map_err(cannot)
}

/// Removes what stopped programs left of the same target.
fn sweep(parent: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let file_name = entry.file_name();
        let Some(rest) = file_name
            .to_str()
            .and_then(|found| found.strip_prefix(&format!(".{name}.")))
        else {
            continue;
        };
        let random = rest.strip_suffix(".partial");
        if random.is_none_or(|random| random.contains('.')) {
            continue;
        }
        let Ok(lock) = File::open(entry.path().join("lock")) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn flush(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            flush(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    // Not every system lets a folder be opened; where it does, its entries are flushed too.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Puts `new` where `target` is. In one step where the system can, otherwise by way of `aside`; if the second step
/// fails, the first is taken back.
fn swap(new: &Path, target: &Path, aside: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let here = rustix::fs::CWD;
        if rustix::fs::renameat_with(here, new, here, target, rustix::fs::RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    fs::rename(target, aside)?;
    fs::rename(new, target).inspect_err(|_| {
        let _ = fs::rename(aside, target);
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_appears_whole_and_is_replaced_whole() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("run");
        let draft = Draft::begin(&target, |_| Ok(())).unwrap();
        write_file(&draft.path().join("a.txt"), b"1").unwrap();
        assert!(!target.exists());
        draft.publish().unwrap();
        assert_eq!(names(&target), ["a.txt"]);
        let draft = Draft::begin(&target, |_| Ok(())).unwrap();
        write_file(&draft.path().join("b.txt"), b"2").unwrap();
        draft.publish().unwrap();
        assert_eq!(names(&target), ["b.txt"]);
        assert_eq!(names(place.path()), ["run"]);
    }

    #[test]
    fn what_is_not_finished_leaves_no_trace() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("run");
        let draft = Draft::begin(&target, |_| Ok(())).unwrap();
        write_file(&draft.path().join("a.txt"), b"1").unwrap();
        drop(draft);
        assert_eq!(names(place.path()), Vec::<String>::new());
    }

    #[test]
    fn what_must_not_be_replaced_stays() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("mine");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("precious"), "x").unwrap();
        let refused = Draft::begin(&target, |_| Err(Message::new("app-not-a-run"))).unwrap_err();
        assert_eq!(refused.message().code, "app-not-a-run");
        assert_eq!(names(&target), ["precious"]);
    }

    #[test]
    fn leftovers_of_stopped_programs_are_swept_and_others_are_not() {
        let place = tempfile::tempdir().unwrap();
        let stale = place.path().join(".run.abc123.partial");
        fs::create_dir(&stale).unwrap();
        fs::write(stale.join("lock"), "").unwrap();
        let other = place.path().join(".run2.abc123.partial");
        fs::create_dir(&other).unwrap();
        let busy = Draft::begin(&place.path().join("run"), |_| Ok(())).unwrap();
        assert!(!stale.exists());
        assert!(other.exists());
        let second = Draft::begin(&place.path().join("run"), |_| Ok(())).unwrap();
        assert!(busy.path().exists() && second.path().exists());
    }
}
