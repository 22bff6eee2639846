//! The whole ledger of a store against its tree and the papers that were kept outside. 核验办公室台账
//!
//! Nobody needs to be let in for this: whoever may read the database and the folder may ask, also while the office is
//! open. What is written out is the file that [docs/ledger.md](../../../../docs/ledger.md) describes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pinji_domain::Message;
use pinji_ledger::{Hash, Paper, Verdict, Verifier, VerifierKey};
use pinji_store::{Place, Snapshot, Store};

use super::keys::Keys;
use super::{Clock, Fault, chain};
use crate::error::AppError;

/// Entries that are read at once.
const PAGE: u32 = 10_000;

/// Where a ledger lies, and what it is held against. 核验请求
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// The office's folder: its key, its checkpoints, and the database where none is named.
    pub folder: Option<PathBuf>,
    /// A PostgreSQL database.
    pub database: Option<String>,
    /// Where checkpoints and proofs were kept; `checkpoints` in the folder if not said.
    pub checkpoints: Option<PathBuf>,
    /// Verifier keys that were kept outside, as texts or as the files that hold them; the folder's own if none is given.
    pub keys: Vec<String>,
    /// Where the ledger is written to, for others who verify.
    pub export: Option<PathBuf>,
}

/// What was found. 核验结果
#[derive(Debug, Clone)]
pub struct Inspected {
    /// What the entries say, held against the papers.
    pub verdict: Verdict,
    /// What is wrong, with the entries' numbers: the verdict's findings and those of the database's own tables.
    pub findings: Vec<Message>,
    /// The keys that vouched.
    pub keys: Vec<String>,
    /// Where the ledger was written to.
    pub export: Option<PathBuf>,
}

impl Inspected {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Verifies the ledger of a store. 核验台账
///
/// # Errors
/// When there is no ledger to be read there, or nothing to hold it against.
pub async fn inspect(asked: &Inspection) -> Result<Inspected, AppError> {
    let place = place(asked)?;
    let keys = keys(asked)?;
    let papers = papers(asked)?;
    let store = Store::open(&place, Clock::system().now())
        .await
        .map_err(|error| AppError::Failed(error.message()))?;
    let found = walk(&store, &papers, &keys, asked.export.as_deref()).await;
    let closed = store.close().await;
    let (verdict, mut findings) = found?;
    closed.map_err(|error| AppError::Failed(error.message()))?;
    let mut all: Vec<Message> = verdict.findings.iter().map(pinji_ledger::Finding::message).collect();
    all.append(&mut findings);
    Ok(Inspected {
        verdict,
        findings: all,
        keys: keys.iter().map(ToString::to_string).collect(),
        export: asked.export.clone(),
    })
}

fn place(asked: &Inspection) -> Result<Place, AppError> {
    if let Some(url) = &asked.database {
        return Ok(Place::Postgres(url.clone()));
    }
    let folder = asked.folder.clone().unwrap_or_default();
    let place = Place::Folder(folder.clone());
    // Opening would make what is not there.
    match place.file().is_some_and(|file| file.is_file()) {
        true => Ok(place),
        false => Err(AppError::Failed(
            Message::new("app-no-office-here").with("path", folder.display().to_string()),
        )),
    }
}

fn keys(asked: &Inspection) -> Result<Vec<VerifierKey>, AppError> {
    if !asked.keys.is_empty() {
        let given = asked.keys.iter().map(|given| keys_given(given));
        return Ok(given.collect::<Result<Vec<_>, _>>()?.concat());
    }
    let lacking = || AppError::Failed(Message::new("app-inspect-needs-key"));
    let folder = asked.folder.as_deref().ok_or_else(lacking)?.join("keys");
    if !folder.join("ledger.key").is_file() {
        return Err(lacking());
    }
    let key = Keys::verifier_in(&folder).map_err(|fault| fault.into_failure())?;
    Ok(vec![key])
}

/// The keys that somebody named: one as its text, or those in a file, one a line. The office's own key file is taken too,
/// since whoever has it at hand needs no other.
fn keys_given(given: &str) -> Result<Vec<VerifierKey>, AppError> {
    if let Ok(key) = given.trim().parse() {
        return Ok(vec![key]);
    }
    let path = Path::new(given);
    let unreadable = || AppError::Failed(Message::new("app-inspect-key-form").with("given", given));
    if !path.is_file() {
        return Err(unreadable());
    }
    let text = fs::read_to_string(path).map_err(|why| AppError::io("app-cannot-read", path, why))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Option<Vec<VerifierKey>> = lines
        .map(|line| line.parse().ok().or_else(|| Keys::verifier_of(line)))
        .collect();
    keys.filter(|keys| !keys.is_empty()).ok_or_else(unreadable)
}

/// Checkpoints and proofs, by name.
fn papers(asked: &Inspection) -> Result<Vec<Paper>, AppError> {
    let named = asked.checkpoints.clone();
    let folder = named.or_else(|| asked.folder.as_ref().map(|folder| folder.join("checkpoints")));
    let Some(folder) = folder else {
        return Err(AppError::Failed(Message::new("app-inspect-needs-checkpoints")));
    };
    // A new office has made no checkpoint yet; that nothing vouches for it is a finding, not a failure.
    if asked.checkpoints.is_none() && !folder.exists() {
        return Ok(Vec::new());
    }
    let cannot = |why: io::Error| AppError::io("app-cannot-read", &folder, why);
    let mut papers = Vec::new();
    for entry in fs::read_dir(&folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let sort = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        if !["note", "tlog-proof"].contains(&sort) {
            continue;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        papers.push(Paper {
            name: name.unwrap_or_default(),
            bytes: fs::read(&path).map_err(|why| AppError::io("app-cannot-read", &path, why))?,
        });
    }
    papers.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(papers)
}

/// Reads all entries in one state of the store, holds them against the papers, and writes them out where asked.
async fn walk(
    store: &Store,
    papers: &[Paper],
    keys: &[VerifierKey],
    export: Option<&Path>,
) -> Result<(Verdict, Vec<Message>), AppError> {
    let away = |error: pinji_store::Error| AppError::Failed(error.message());
    let snapshot = store.snapshot().await.map_err(away)?;
    let mut out = export.map(Export::begin).transpose()?;
    let mut verifier = Verifier::new(papers, keys);
    let mut findings = Vec::new();
    let mut next = 0;
    loop {
        let page = snapshot.ledger_entries(next, PAGE).await.map_err(away)?;
        let Some(last) = page.last() else { break };
        next = last.seq + 1;
        for entry in &page {
            verifier.line(&entry.bytes);
            if let Some(out) = &mut out {
                out.line(&entry.bytes)?;
            }
            // The column is what proofs are made from; only the first that lies is named.
            if findings.is_empty()
                && Hash::from_slice(&entry.leaf) != Some(pinji_ledger::Algorithm::Sha256.leaf(&entry.bytes))
            {
                findings.push(Message::new("app-inspect-leaf").with("seq", entry.seq.to_string()));
            }
        }
    }
    let verdict = verifier.finish();
    findings.extend(edge(&snapshot, &verdict).await.map_err(away)?);
    if let Some(out) = out {
        out.finish()?;
    }
    Ok((verdict, findings))
}

/// Whether the edge of the tree that the next entry is put to is that of the entries that are here.
async fn edge(snapshot: &Snapshot, verdict: &Verdict) -> Result<Option<Message>, pinji_store::Error> {
    let head = snapshot.ledger_head().await?;
    let kept = head.frontier.as_deref().map(pinji_ledger::Frontier::from_bytes);
    let same = match kept {
        Some(Ok(frontier)) => {
            frontier.size() == verdict.entries
                && frontier.root() == verdict.root
                && u64::try_from(head.size) == Ok(verdict.entries)
        }
        Some(Err(_)) => false,
        None => verdict.entries == 0,
    };
    let message = Message::new("app-inspect-edge")
        .with("entries", verdict.entries.to_string())
        .with("kept", head.size.to_string());
    Ok((!same).then_some(message))
}

/// The file in the making; it appears whole or not at all.
struct Export {
    path: PathBuf,
    file: io::BufWriter<tempfile::NamedTempFile>,
}

impl Export {
    fn begin(path: &Path) -> Result<Export, AppError> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let cannot = |why: io::Error| AppError::io("app-cannot-write", path, why);
        let mut builder = tempfile::Builder::new();
        let file = builder
            .prefix(".")
            .suffix(".partial")
            .tempfile_in(parent)
            .map_err(cannot)?;
        Ok(Export {
            path: path.to_owned(),
            file: io::BufWriter::new(file),
        })
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|why| AppError::io("app-cannot-write", &self.path, why))
    }

    fn finish(self) -> Result<(), AppError> {
        let cannot = |why: io::Error| AppError::io("app-cannot-write", &self.path, why);
        let file = self.file.into_inner().map_err(|why| cannot(why.into_error()))?;
        file.as_file().sync_all().map_err(cannot)?;
        file.persist(&self.path).map_err(|why| cannot(why.error))?;
        Ok(())
    }
}

impl Fault {
    /// For a command, which has no request to answer: the sentence, and whether the answer is no or it could not be done.
    pub fn into_failure(self) -> AppError {
        match self {
            Fault::Refused(says)
            | Fault::Forbidden(says)
            | Fault::NotSignedIn(says)
            | Fault::Unreachable { says, .. }
            | Fault::TooMany { why: says, .. } => AppError::Refused(says),
            Fault::Invalid(wrong) => {
                let first = wrong.into_iter().next().map(|wrong| wrong.says);
                AppError::Refused(first.unwrap_or_else(|| Message::new("store-failed")))
            }
            Fault::ElevationNeeded => AppError::Refused(Message::new("app-session-needed")),
            Fault::Absent | Fault::Stale(_) => AppError::Refused(Message::new("store-moved")),
            Fault::Full => AppError::Failed(Message::new("store-full")),
            Fault::Away(why) | Fault::Broken(why) => AppError::Failed(match why.downcast_ref::<pinji_store::Error>() {
                Some(error) => error.message(),
                None => Message::new("app-office-broken").with("why", chain(why.as_ref())),
            }),
        }
    }
}
