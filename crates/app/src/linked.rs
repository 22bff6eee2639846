//! Records of a kind that are read where they lie: under which folders, and which files. 链接数据
//!
//! The operator of the server names folders on the command line, each with a name of its own; a location begins with such
//! a name. Nothing outside them is looked at: no `..`, no symbolic link, nothing that is not a plain file. A store of
//! objects would be another kind of root here; see docs/decisions.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use pinji_connectors::Elsewhere;
use pinji_domain::Message;

use crate::error::AppError;

/// More files than these are no link but an archive.
pub const MOST_FILES: usize = 10_000;
/// Folders within folders.
const DEEPEST: usize = 16;
/// The longest location.
const LONGEST: usize = 500;

/// The folders below which linked records may lie, by name. 链接根目录
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roots(BTreeMap<String, PathBuf>);

/// A file that was found. 链接文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name, relative to the location.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// A kind whose records are read where they lie, for one reading. 链接种类
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// The record kind.
    pub kind: String,
    /// Which columns are which fields, where their headings do not say, as `--map` has it.
    pub maps: Vec<String>,
    /// The files.
    pub files: Vec<LinkedFile>,
}

/// One file of them, and what it was when it was frozen. 链接文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFile {
    /// Its name, relative to the location.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many rows it has.
    pub rows: u64,
}

impl Linked {
    /// The files as `connectors` is to read them.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = Elsewhere> {
        self.files.iter().map(|file| Elsewhere {
            kind: self.kind.clone(),
            name: shown(&self.kind, &file.name),
            path: file.path.clone(),
        })
    }
}

/// What a linked file is called in messages.
pub(crate) fn shown(kind: &str, name: &str) -> String {
    format!("{kind}/{name}")
}

impl Roots {
    /// Reads `NAME=DIR` as the command line has it. 解析根目录
    ///
    /// # Errors
    /// A name that is not one, or twice, and a folder that is not there.
    pub fn parse<S: AsRef<str>>(given: &[S]) -> Result<Roots, AppError> {
        let mut roots = BTreeMap::new();
        for given in given.iter().map(AsRef::as_ref) {
            let form = || AppError::Failed(Message::new("app-link-root-form").with("given", given));
            let (name, path) = given.split_once('=').ok_or_else(form)?;
            let plain = |name: &str| name.chars().all(|ch| ch.is_ascii_alphanumeric() || "-_".contains(ch));
            if name.is_empty() || !plain(name) || path.is_empty() {
                return Err(form());
            }
            let place = Path::new(path);
            let folder = fs::canonicalize(place).map_err(|why| AppError::io("app-cannot-read", place, why))?;
            if !folder.is_dir() || roots.insert(name.to_owned(), folder).is_some() {
                return Err(form());
            }
        }
        Ok(Roots(roots))
    }

    /// The files at a location, by name. 查找链接文件
    ///
    /// # Errors
    /// A location that may not be read, is not there, holds anything but Parquet files, or too many of them.
    pub fn find(&self, location: &str) -> Result<Vec<Found>, Message> {
        let (root, way) = self.place(location)?;
        let mut path = root.to_owned();
        // Each step is looked at by itself, so that no link in the middle leads elsewhere.
        for part in &way {
            path.push(part);
            plain(&path, location)?;
        }
        let about = plain(&path, location)?;
        let mut found = Vec::new();
        if about.is_file() {
            let name = way.last().copied().unwrap_or_default().to_owned();
            found.push(taken(&path, name, &about));
        } else {
            walk(&path, "", location, 0, &mut found)?;
        }
        match found.is_empty() {
            true => Err(Message::new("app-link-empty").with("place", location)),
            false => Ok(found),
        }
    }

    /// A location's root, and the way from there.
    fn place<'l>(&self, location: &'l str) -> Result<(&Path, Vec<&'l str>), Message> {
        if location.contains("://") {
            return Err(Message::new("app-link-remote").with("place", location));
        }
        let mut parts = location.trim_end_matches('/').split('/');
        let name = parts.next().unwrap_or_default();
        let way: Vec<&str> = parts.collect();
        let odd = |part: &&str| {
            part.is_empty() || matches!(*part, "." | "..") || part.contains('\\') || part.chars().any(char::is_control)
        };
        if name.is_empty() || location.len() > LONGEST || way.iter().any(odd) {
            return Err(Message::new("app-link-location").with("place", location));
        }
        let root = self.0.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            let message = Message::new(match known.is_empty() {
                true => "app-link-no-roots",
                false => "app-link-root-unknown",
            });
            message.with("root", name).with("known", known.join(", "))
        })?;
        Ok((root, way))
    }
}

/// What stands at a path itself: a folder or a plain file.
fn plain(path: &Path, place: &str) -> Result<Metadata, Message> {
    let about = fs::symlink_metadata(path).map_err(|why| match why.kind() {
        std::io::ErrorKind::NotFound => Message::new("app-link-absent").with("place", place),
        _ => unreadable(place, &why),
    })?;
    if about.is_symlink() {
        return Err(Message::new("app-link-symlink").with("place", place));
    }
    if !about.is_file() && !about.is_dir() {
        return Err(Message::new("app-link-special").with("place", place));
    }
    Ok(about)
}

/// All files below a folder, in the order of their names. Names with `.` or `_` before them are nobody's data.
fn walk(folder: &Path, way: &str, location: &str, depth: usize, found: &mut Vec<Found>) -> Result<(), Message> {
    let here = |name: &str| match way {
        "" => name.to_owned(),
        way => format!("{way}/{name}"),
    };
    let place = |name: &str| format!("{}/{}", location.trim_end_matches('/'), here(name));
    if depth > DEEPEST {
        return Err(Message::new("app-link-deep")
            .with("place", location)
            .with("most", DEEPEST));
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|why| unreadable(location, &why))? {
        let name = entry.map_err(|why| unreadable(location, &why))?.file_name();
        let name = name.into_string().map_err(|name| {
            let name = name.to_string_lossy().into_owned();
            Message::new("app-link-name").with("place", place(&name))
        })?;
        if !name.starts_with(['.', '_']) {
            names.push(name);
        }
        if names.len() + found.len() > MOST_FILES {
            return Err(Message::new("app-link-many")
                .with("place", location)
                .with("most", MOST_FILES));
        }
    }
    names.sort_unstable();
    for name in names {
        let path = folder.join(&name);
        let about = plain(&path, &place(&name))?;
        if about.is_dir() {
            walk(&path, &here(&name), location, depth + 1, found)?;
        } else {
            if !name.to_ascii_lowercase().ends_with(".parquet") {
                return Err(Message::new("app-link-stranger").with("place", place(&name)));
            }
            found.push(taken(&path, here(&name), &about));
        }
        if found.len() > MOST_FILES {
            return Err(Message::new("app-link-many")
                .with("place", location)
                .with("most", MOST_FILES));
        }
    }
    Ok(())
}

fn taken(path: &Path, name: String, about: &Metadata) -> Found {
    Found {
        name,
        path: path.to_owned(),
        bytes: about.len(),
    }
}

fn unreadable(place: &str, why: &std::io::Error) -> Message {
    Message::new("app-link-unreadable")
        .with("place", place)
        .with("why", why.to_string())
}

/// The files that a run read of a kind, where they are said to lie now: a folder, or the one file. 待验证的链接文件
///
/// # Errors
/// A name that leads out of the folder.
pub(crate) fn given_again(at: &Path, entry: &crate::manifest::LinkedEntry) -> Result<Linked, AppError> {
    let path = |name: &str| match at.is_dir() {
        true => crate::regulation::inside(at, name),
        false => Ok(at.to_owned()),
    };
    let file = |file: &crate::manifest::LinkedFileEntry| {
        Ok::<_, AppError>(LinkedFile {
            path: path(&file.name)?,
            name: file.name.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            rows: file.rows,
        })
    };
    Ok(Linked {
        kind: entry.kind.clone(),
        // They stand among all the mappings of the run.
        maps: Vec::new(),
        files: entry.files.iter().map(file).collect::<Result<_, _>>()?,
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

    fn laid(files: &[&str]) -> (tempfile::TempDir, Roots) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"PAR1").unwrap();
        }
        let roots = Roots::parse(&[format!("books={}", folder.path().display())]).unwrap();
        (folder, roots)
    }

    #[test]
    fn locations_lead_to_plain_files_below_their_root_and_nowhere_else() {
        let (folder, roots) = laid(&[
            "tx/year=2025/month=02/b.parquet",
            "tx/year=2025/month=01/a.PARQUET",
            "tx/_SUCCESS",
            "tx/.b.crc",
            "one.parquet",
            "odd/readme.txt",
            "empty/_x",
            "real/a.parquet",
        ]);
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x.parquet"), b"PAR1").unwrap();
        let link = std::os::unix::fs::symlink::<&Path, PathBuf>;
        link(outside.path(), folder.path().join("out")).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        link(&outside.path().join("x.parquet"), folder.path().join("in/x.parquet")).unwrap();
        fs::create_dir(folder.path().join("pipes")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join("pipes/a.parquet"))
            .status();
        assert!(made.unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("pipes.sock")).unwrap();
        let check = |location: &str, wanted: Result<&[&str], &str>| {
            let found = roots.find(location);
            let found = found.map(|files| files.into_iter().map(|file| file.name).collect::<Vec<_>>());
            match wanted {
                Ok(names) => assert_eq!(found.unwrap(), names, "{location}"),
                Err(code) => assert_eq!(found.unwrap_err().code, code, "{location}"),
            }
        };
        check(
            "books/tx",
            Ok(&["year=2025/month=01/a.PARQUET", "year=2025/month=02/b.parquet"]),
        );
        check(
            "books/tx/",
            Ok(&["year=2025/month=01/a.PARQUET", "year=2025/month=02/b.parquet"]),
        );
        check("books/tx/year=2025/month=02", Ok(&["b.parquet"]));
        check("books/one.parquet", Ok(&["one.parquet"]));
        check("books/real", Ok(&["a.parquet"]));
        for (location, code) in [
            ("books/../etc", "app-link-location"),
            ("books/tx/../../etc", "app-link-location"),
            ("books//tx", "app-link-location"),
            ("books/./tx", "app-link-location"),
            ("books/t\\x", "app-link-location"),
            ("books/t\nx", "app-link-location"),
            ("/etc/passwd", "app-link-location"),
            ("", "app-link-location"),
            ("s3://bucket/tx", "app-link-remote"),
            ("file:///etc", "app-link-remote"),
            ("http://169.254.169.254/latest", "app-link-remote"),
            ("others/tx", "app-link-root-unknown"),
            ("books/none", "app-link-absent"),
            ("books/out", "app-link-symlink"),
            ("books/out/x.parquet", "app-link-symlink"),
            ("books/in", "app-link-symlink"),
            ("books/in/x.parquet", "app-link-symlink"),
            ("books/pipes", "app-link-special"),
            ("books/pipes/a.parquet", "app-link-special"),
            ("books/pipes.sock", "app-link-special"),
            ("books/odd", "app-link-stranger"),
            ("books/empty", "app-link-empty"),
        ] {
            check(location, Err(code));
        }
        let none = Roots::default().find("books/tx").unwrap_err();
        assert_eq!(none.code, "app-link-no-roots");
    }

    #[test]
    fn too_many_files_and_folders_too_deep_are_refused() {
        let (folder, roots) = laid(&["many/a.parquet"]);
        for at in 0..MOST_FILES {
            fs::File::create(folder.path().join(format!("many/{at}.parquet"))).unwrap();
        }
        assert_eq!(roots.find("books/many").unwrap_err().code, "app-link-many");
        fs::remove_file(folder.path().join("many/a.parquet")).unwrap();
        assert_eq!(roots.find("books/many").unwrap().len(), MOST_FILES);
        let deep = folder.path().join("deep").join("d/".repeat(DEEPEST + 2));
        fs::create_dir_all(&deep).unwrap();
        assert_eq!(roots.find("books/deep").unwrap_err().code, "app-link-deep");
    }

    #[test]
    fn roots_are_named_folders() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        fs::write(folder.path().join("file"), b"").unwrap();
        for (given, fine) in [
            (vec![format!("a={at}"), format!("b={at}")], true),
            (vec![], true),
            (vec![format!("a={at}"), format!("a={at}")], false),
            (vec![format!("{at}")], false),
            (vec![format!("={at}")], false),
            (vec!["a=".to_owned()], false),
            (vec![format!("a/b={at}")], false),
            (vec![format!("a={at}/none")], false),
            (vec![format!("a={at}/file")], false),
        ] {
            assert_eq!(Roots::parse(&given).is_ok(), fine, "{given:?}");
        }
    }
}
