//! Linked kinds in a run: not copied but pinned, file by file, and looked at again when all is reckoned. 按引用冻结

use std::sync::Arc;

use pinji_domain::{Date, Kind, Message, Timestamp};
use pinji_store::Link;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::columns::{Total, Totals};
use super::stop::Stop;
use crate::digest;
use crate::error::AppError;
use crate::linked::{Found, Linked, LinkedFile, Roots, shown};
use crate::manifest::{LinkedEntry, Manifest};
use crate::register::{Fault, Office};

/// A kind that a snapshot has by reference. 按引用的种类
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pinned {
    /// The record kind.
    pub(super) kind: String,
    /// The link.
    pub(super) link: i64,
    /// Where its records lie.
    pub(super) location: String,
    /// Which columns are which fields, where their headings do not say.
    pub(super) maps: Vec<String>,
    /// The files, by name.
    pub(super) files: Vec<PinnedFile>,
}

/// One file. 按引用的文件
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinnedFile {
    /// Its name, relative to the location.
    pub(super) name: String,
    /// Its size.
    pub(super) bytes: u64,
    /// SHA-256 of its bytes.
    pub(super) sha256: String,
    /// How many rows.
    pub(super) rows: u64,
    /// What its columns add up to.
    pub(super) totals: Vec<Total>,
}

/// Whether a run may read a link: its kind must still be a ledger, and what was known by the day can be told.
pub(super) fn allows(kind: &Kind, as_of: Date, as_known: Timestamp) -> Result<(), Message> {
    if !kind.is_ledger() {
        return Err(Message::new("app-link-not-ledger").with("kind", kind.id.as_str()));
    }
    // Rows have a day on which they were known, or none; but no instant, so an earlier one cannot be gone back to.
    match as_known.day().is_some_and(|known| known < as_of) {
        true => Err(Message::new("app-link-known-earlier").with("kind", kind.id.as_str())),
        false => Ok(()),
    }
}

/// Reads all files of a link once: what they are now.
pub(super) fn pin(roots: &Roots, link: &Link, stop: &Stop) -> Result<Pinned, Fault> {
    let mut files = Vec::new();
    for found in roots.find(&link.location).map_err(Fault::Refused)? {
        stop.check()?;
        files.push(look(&link.kind, &found).map_err(Fault::Refused)?);
    }
    Ok(Pinned {
        kind: link.kind.clone(),
        link: link.id.0,
        location: link.location.clone(),
        maps: serde_json::from_str(&link.maps).map_err(Fault::broken)?,
        files,
    })
}

/// The files of a link as they lie now, not looked into: for an answer that nobody keeps.
pub(super) fn lying(roots: &Roots, link: &Link) -> Result<Linked, Fault> {
    let found = roots.find(&link.location).map_err(Fault::Refused)?;
    let file = |found: Found| LinkedFile {
        name: found.name,
        path: found.path,
        bytes: found.bytes,
        sha256: String::new(),
        rows: 0,
    };
    Ok(Linked {
        kind: link.kind.clone(),
        maps: serde_json::from_str(&link.maps).map_err(Fault::broken)?,
        files: found.into_iter().map(file).collect(),
    })
}

/// Where the files lie that a snapshot has pinned; those that are gone are told by who reads them.
pub(super) fn linked(roots: &Roots, pinned: &Pinned) -> Result<Linked, Message> {
    let found = roots.find(&pinned.location)?;
    let file = |file: &PinnedFile| {
        let here = found.iter().find(|found| found.name == file.name);
        let here = here.ok_or_else(|| gone(pinned, &file.name))?;
        Ok(LinkedFile {
            name: file.name.clone(),
            path: here.path.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            rows: file.rows,
        })
    };
    Ok(Linked {
        kind: pinned.kind.clone(),
        maps: pinned.maps.clone(),
        files: pinned.files.iter().map(file).collect::<Result<_, Message>>()?,
    })
}

/// Reads all files again: what is not as it was pinned. 核对链接文件
pub(super) fn check(roots: &Roots, pinned: &Pinned) -> Vec<Message> {
    let found = match roots.find(&pinned.location) {
        Ok(found) => found,
        Err(message) => return vec![message],
    };
    let mut wrong = Vec::new();
    for file in &pinned.files {
        let Some(here) = found.iter().find(|found| found.name == file.name) else {
            wrong.push(gone(pinned, &file.name));
            continue;
        };
        match look(&pinned.kind, here) {
            Ok(now) if now == *file => {}
            Ok(_) => wrong.push(about("app-gate-linked-changed", pinned, &file.name)),
            Err(message) => wrong.push(message),
        }
    }
    let more = found
        .iter()
        .filter(|found| !pinned.files.iter().any(|file| file.name == found.name));
    wrong.extend(more.map(|found| about("app-gate-linked-more", pinned, &found.name)));
    wrong
}

/// Where the linked files lie that the snapshot has pinned.
pub(super) async fn all_linked(office: &Office, pinned: &[Pinned]) -> Result<Arc<Vec<Linked>>, Fault> {
    let (roots, pinned) = (office.roots.clone(), pinned.to_vec());
    let found = tokio::task::spawn_blocking(move || {
        let all = pinned.iter().map(|pinned| linked(&roots, pinned));
        all.collect::<Result<Vec<_>, Message>>()
    });
    let found = found.await.map_err(Fault::broken)?.map_err(Fault::Refused)?;
    Ok(Arc::new(found))
}

/// Columns that the policy reads and linked files lack: who keeps those files must be told, not who keeps the office.
pub(super) fn lacking(error: &AppError, linked: &[Linked]) -> Option<Fault> {
    let AppError::Lacking(lacking) = error else {
        return None;
    };
    let of_linked = |id: &&str| {
        let kind = id.split('.').next();
        linked.iter().any(|linked| Some(linked.kind.as_str()) == kind)
    };
    let names: Vec<&str> = lacking.lacks.iter().map(|lack| lack.id.as_str()).collect();
    let names: Vec<&str> = names.into_iter().filter(of_linked).collect();
    let message = Message::new("app-run-linked-lacks").with("what", names.join(", "));
    (!names.is_empty()).then(|| Fault::Refused(message))
}

/// What of the linked files is not as it was pinned.
pub(super) async fn all_again(office: &Office, pinned: &[Pinned]) -> Result<Vec<Message>, Fault> {
    let (roots, pinned) = (office.roots.clone(), pinned.to_vec());
    let look = move || {
        let wrong = pinned.iter().flat_map(|pinned| check(&roots, pinned));
        wrong.collect::<Vec<Message>>()
    };
    tokio::task::spawn_blocking(look).await.map_err(Fault::broken)
}

/// What is told of linked kinds: how much was read, and what of it counts for nobody.
pub(super) fn counts(manifest: &Manifest) -> Vec<Value> {
    let one = |entry: &LinkedEntry| {
        json!({
            "kind": entry.kind,
            "files": entry.files.len(),
            "rows": entry.files.iter().map(|file| file.rows).sum::<u64>(),
            "unknown": entry.unknown,
            "strangers": entry.strangers,
            "nameless": entry.nameless,
            "undated": entry.undated,
        })
    };
    manifest.data.linked.iter().map(one).collect()
}

fn gone(pinned: &Pinned, file: &str) -> Message {
    about("app-gate-linked-gone", pinned, file)
}

fn about(code: &'static str, pinned: &Pinned, file: &str) -> Message {
    Message::new(code)
        .with("file", shown(&pinned.kind, file))
        .with("place", pinned.location.as_str())
}

/// A file's size, hash, rows and control totals, from its bytes alone.
fn look(kind: &str, found: &Found) -> Result<PinnedFile, Message> {
    let name = shown(kind, &found.name);
    let unreadable = |why: std::io::Error| {
        Message::new("app-link-unreadable")
            .with("place", name.as_str())
            .with("why", why.to_string())
    };
    let (bytes, sha256) = digest::of_file(&found.path).map_err(unreadable)?;
    let mut totals = Totals::default();
    let schema = pinji_connectors::each_batch(&found.path, &name, &mut |batch| totals.add(batch));
    let schema = schema.map_err(|error| error.message())?;
    Ok(PinnedFile {
        name: found.name.clone(),
        bytes,
        sha256,
        rows: totals.rows(),
        totals: totals.of(&schema),
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
    use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    use parquet::arrow::ArrowWriter;
    use pinji_domain::{LinkId, UserId};
    use pinji_store::LinkState;

    use super::*;

    fn write(path: &std::path::Path, values: &[i64]) {
        let column = Arc::new(Int64Array::from(values.to_vec())) as ArrayRef;
        let batch = RecordBatch::try_from_iter([("amount", column)]).unwrap();
        let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }

    fn link() -> Link {
        Link {
            id: LinkId(1),
            kind: "transaction".to_owned(),
            location: "books/tx".to_owned(),
            maps: "[]".to_owned(),
            reason: "large".to_owned(),
            proposed_by: UserId(1),
            proposed_at: Timestamp(0),
            found: "{}".to_owned(),
            state: LinkState::Active,
            decided_by: Some(UserId(2)),
            decided_at: None,
            ended_by: None,
            ended_at: None,
            version: 2,
        }
    }

    /// What the gate says after something was done to the files between the pinning and the end.
    #[test]
    fn whatever_changes_while_a_run_is_under_way_is_named() {
        type Deed = fn(&std::path::Path);
        let check = |deed: Deed, wanted: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            let tx = folder.path().join("tx");
            std::fs::create_dir(&tx).unwrap();
            write(&tx.join("a.parquet"), &[1, 2, 3]);
            write(&tx.join("b.parquet"), &[4, -9]);
            let roots = Roots::parse(&[format!("books={}", folder.path().display())]).unwrap();
            let pinned = pin(&roots, &link(), &Stop::default()).unwrap();
            let sums: Vec<&str> = pinned.files.iter().map(|file| file.totals[0].sum.as_str()).collect();
            assert_eq!(sums, ["6", "-5"]);
            assert_eq!(check_again(&roots, &pinned), Vec::<String>::new());
            assert_eq!(linked(&roots, &pinned).unwrap().files.len(), 2);
            deed(&tx);
            assert_eq!(check_again(&roots, &pinned), wanted);
        };
        check(
            |tx| write(&tx.join("a.parquet"), &[1, 2, 4]),
            &["app-gate-linked-changed a"],
        );
        check(
            |tx| write(&tx.join("a.parquet"), &[1, 2]),
            &["app-gate-linked-changed a"],
        );
        check(
            |tx| std::fs::remove_file(tx.join("b.parquet")).unwrap(),
            &["app-gate-linked-gone b"],
        );
        check(|tx| write(&tx.join("c.parquet"), &[7]), &["app-gate-linked-more c"]);
        check(|tx| std::fs::write(tx.join("_note"), b"x").unwrap(), &[]);
        check(
            |tx| {
                std::fs::rename(tx.join("b.parquet"), tx.join("0.parquet")).unwrap();
            },
            &["app-gate-linked-gone b", "app-gate-linked-more 0"],
        );
        check(
            |tx| {
                std::fs::rename(tx.join("a.parquet"), tx.join("x")).unwrap();
                std::os::unix::fs::symlink(tx.join("x"), tx.join("a.parquet")).unwrap();
            },
            &["app-link-symlink"],
        );
    }

    fn check_again(roots: &Roots, pinned: &Pinned) -> Vec<String> {
        let said = |message: Message| {
            let file = message.args.iter().find_map(|(name, value)| match (*name, value) {
                ("file", pinji_domain::Arg::Text(text)) => Some(text.clone()),
                _ => None,
            });
            let file = file.unwrap_or_default();
            let file = file.trim_start_matches("transaction/").trim_end_matches(".parquet");
            format!("{} {file}", message.code).trim_end().to_owned()
        };
        check(roots, pinned).into_iter().map(said).collect()
    }
}
