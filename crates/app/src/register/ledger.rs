//! Reading the ledger, proofs, and the checkpoints that leave the house. 台账

use std::path::PathBuf;

use pinji_access::{Resource, What};
use pinji_domain::Message;
use pinji_ledger::{Algorithm, Checkpoint, Frontier, Hash, consistency as consistency_of, inclusion as inclusion_of};
use pinji_store::{LedgerEntry, NewCheckpoint, View};
use serde_json::{Map, Value};

use super::{Action, Caller, Fault, Office, Slice};

/// An entry. 台账条目
#[derive(Debug, Clone)]
pub struct EntryView {
    /// Its number.
    pub seq: i64,
    /// Its leaf's hash, in hexadecimal digits.
    pub leaf: String,
    /// The entry as it is hashed.
    pub entry: Value,
    /// What its commitments stand for, by their place in it; not those that were erased.
    pub opened: Map<String, Value>,
}

/// A signed checkpoint. 检查点
#[derive(Debug, Clone)]
pub struct CheckpointView {
    /// How many entries it covers.
    pub size: u64,
    /// The root.
    pub root: String,
    /// The note.
    pub note: String,
    /// The key to verify it with.
    pub key: String,
}

/// A proof. 证明
#[derive(Debug, Clone)]
pub struct ProofView {
    /// The size of the tree.
    pub size: u64,
    /// The leaf's hash, in hexadecimal digits; empty for a proof of consistency.
    pub leaf: String,
    /// The hashes.
    pub hashes: Vec<String>,
}

/// Entries from this number on. 台账条目列表
pub async fn entries(office: &Office, caller: &Caller, from: i64, limit: u32) -> Result<Slice<EntryView, i64>, Fault> {
    may_read(office, caller)?;
    let rows = office.store.ledger_entries(from, limit + 1).await?;
    let rows = opened(&office.store, &rows).await?;
    // The list goes on at a number, not after one.
    Ok(Slice::cut(rows, limit, |entry| entry.seq + 1))
}

/// One entry. 查看台账条目
pub async fn entry(office: &Office, caller: &Caller, seq: i64) -> Result<EntryView, Fault> {
    may_read(office, caller)?;
    let row = office.store.ledger_entries(seq, 1).await?.into_iter().next();
    let row = row.filter(|row| row.seq == seq).ok_or(Fault::Absent)?;
    let views = opened(&office.store, &[row]).await?;
    views.into_iter().next().ok_or(Fault::Absent)
}

/// Signs the ledger as it stands; nothing is written. 检查点
pub async fn checkpoint(office: &Office, caller: &Caller) -> Result<CheckpointView, Fault> {
    may_read(office, caller)?;
    signed(office, &office.frontier().await?)
}

/// Proves that an entry is in the tree of this size, or as it stands. 存在性证明
pub async fn inclusion(office: &Office, caller: &Caller, seq: u64, size: Option<u64>) -> Result<ProofView, Fault> {
    may_read(office, caller)?;
    let (size, leaves) = leaves(office, size).await?;
    let leaf = usize::try_from(seq)
        .ok()
        .and_then(|place| leaves.get(place))
        .ok_or(Fault::Absent)?;
    let path = inclusion_of(Algorithm::Sha256, &leaves, seq).ok_or(Fault::Absent)?;
    Ok(ProofView {
        size,
        leaf: leaf.hex(),
        hashes: path.iter().map(Hash::hex).collect(),
    })
}

/// Proves that the ledger only grew between two sizes. 一致性证明
pub async fn consistency(office: &Office, caller: &Caller, from: u64, size: Option<u64>) -> Result<ProofView, Fault> {
    may_read(office, caller)?;
    let (size, leaves) = leaves(office, size).await?;
    let larger = || Fault::field("/from", Message::new("app-tree-larger"));
    let path = consistency_of(Algorithm::Sha256, &leaves, from)
        .filter(|_| from > 0)
        .ok_or_else(larger)?;
    Ok(ProofView {
        size,
        leaf: String::new(),
        hashes: path.iter().map(Hash::hex).collect(),
    })
}

/// Signs the ledger as it stands and writes the note into the folder outside the database; `None` if nothing was added since
/// the last one. For the hourly task, and whenever a committee closes. 写出检查点
pub async fn write_checkpoint(office: &Office) -> Result<Option<PathBuf>, Fault> {
    let frontier = office.frontier().await?;
    let size = i64::try_from(frontier.size()).map_err(Fault::broken)?;
    if office
        .store
        .last_checkpoint()
        .await?
        .is_some_and(|last| last.size == size)
    {
        return Ok(None);
    }
    let made = signed(office, &frontier)?;
    pinji_store::private_folder(&office.checkpoints).map_err(Fault::broken)?;
    // The size comes first, so that the folder reads in order.
    let path = office.checkpoints.join(format!("{size:012}.note"));
    crate::write_file(&path, made.note.as_bytes()).map_err(Fault::broken)?;
    let writing = office.store.upkeep().await?;
    let row = NewCheckpoint {
        size,
        root: frontier.root().0.to_vec(),
        note: made.note,
        made_at: office.now(),
        sent_to: path.display().to_string(),
    };
    writing.put(row).await?;
    writing.commit().await?;
    Ok(Some(path))
}

/// The public key that verifies this office's checkpoints: for whoever keeps watch. 验证公钥
pub fn verifier_key(office: &Office) -> String {
    office.keys.ledger.verifier().to_string()
}

fn may_read(office: &Office, caller: &Caller) -> Result<(), Fault> {
    office.authorize(caller, Action::LedgerRead, &Resource::new(What::Ledger))
}

fn signed(office: &Office, frontier: &Frontier) -> Result<CheckpointView, Fault> {
    let checkpoint = Checkpoint::of(frontier, &office.keys.name);
    let note = checkpoint.sign(&office.keys.ledger).map_err(Fault::broken)?;
    Ok(CheckpointView {
        size: checkpoint.size,
        root: checkpoint.root.to_string(),
        note: note.to_string(),
        key: verifier_key(office),
    })
}

/// The leaves of the tree of this size, or of the whole.
async fn leaves(office: &Office, size: Option<u64>) -> Result<(u64, Vec<Hash>), Fault> {
    let whole = office.frontier().await?.size();
    let size = size.unwrap_or(whole);
    if size == 0 || size > whole {
        return Err(Fault::field("/size", Message::new("app-tree-larger")));
    }
    let limit = u32::try_from(size).map_err(Fault::broken)?;
    let leaves = office.store.ledger_leaves(0, limit).await?;
    let leaves: Option<Vec<Hash>> = leaves.iter().map(|leaf| Hash::from_slice(leaf)).collect();
    Ok((size, leaves.ok_or_else(|| Fault::broken("a leaf has not 32 bytes"))?))
}

/// Entries with what their commitments stand for.
async fn opened(view_of: &View, rows: &[LedgerEntry]) -> Result<Vec<EntryView>, Fault> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    let mut views = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    for sealed in view_of.sealed_values(first.seq, last.seq).await? {
        let place = usize::try_from(sealed.seq - first.seq).unwrap_or(usize::MAX);
        if let (Some(view), Some(value)) = (views.get_mut(place), &sealed.value) {
            let value = serde_json::from_str(value).map_err(Fault::broken)?;
            view.opened.insert(sealed.place, value);
        }
    }
    Ok(views)
}

fn view(row: &LedgerEntry) -> Result<EntryView, Fault> {
    let leaf = Hash::from_slice(&row.leaf).ok_or_else(|| Fault::broken("a leaf has not 32 bytes"))?;
    let entry = serde_json::from_slice(&row.bytes).map_err(Fault::broken)?;
    Ok(EntryView {
        seq: row.seq,
        leaf: leaf.hex(),
        entry,
        opened: Map::new(),
    })
}
