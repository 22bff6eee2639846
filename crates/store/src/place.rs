//! Where a store lies: a folder with one SQLite file, or a PostgreSQL database. 存放处

use std::path::{Path, PathBuf};

/// Where a store lies. 存放处
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder; the database is the file `pinji.db` in it. 文件夹
    Folder(PathBuf),
    /// A PostgreSQL database, as `postgres://user:password@host:port/name`.
    Postgres(String),
}

/// The name of the database in its folder.
pub const FILE: &str = "pinji.db";

impl Place {
    /// Reads what the command line says: `postgres://…` or `postgresql://…` is a database, all else a folder.
    pub fn parse(text: &str) -> Place {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Place::Postgres(text.to_owned())
        } else {
            Place::Folder(PathBuf::from(text))
        }
    }

    /// The database file of a folder; `None` for PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        match self {
            Place::Folder(folder) => Some(folder.join(FILE)),
            Place::Postgres(_) => None,
        }
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Place {
        Place::Folder(folder.to_owned())
    }
}

impl std::fmt::Display for Place {
    /// Without user and password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Folder(folder) => write!(f, "{}", folder.display()),
            Place::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
                let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
                write!(f, "{scheme}://{rest}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart_and_keep_passwords_to_themselves() {
        let check = |text: &str, shown: &str, folder: bool| {
            let place = Place::parse(text);
            assert_eq!(place.to_string(), shown);
            assert_eq!(place.file().is_some(), folder, "{text}");
        };
        check("data", "data", true);
        check(
            "postgres://me:se@cret@host:5/db?x=secret",
            "postgres://host:5/db",
            false,
        );
        check("postgresql://host/db", "postgresql://host/db", false);
    }
}
