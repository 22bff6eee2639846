//! The ledger: entries, checkpoints, and proofs for whoever does not believe us. 台账

use axum::Json;
use axum::extract::OriginalUri;
use pinji_app::register::ledger;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::body::{Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::shared::Shared;

/// An entry of the ledger. 台账条目
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "seq": 3, "leaf": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "entry": { "action": "user.write", "actor": "user:1", "at": "2026-11-22T08:00:00.000000Z", "object": "user:4", "seq": 3 },
    "opened": {},
}))]
pub struct Entry {
    /// Its number, from 0 without gaps.
    pub seq: i64,
    /// The hash of its leaf, in hexadecimal digits.
    pub leaf: String,
    /// The entry as it is hashed: who, when, from where, what, before and after.
    #[schema(value_type = Object)]
    pub entry: Value,
    /// What the commitments in it stand for, by their place (`/facts/reason`); without what was erased.
    #[schema(value_type = Object)]
    pub opened: Value,
}

/// The newest signed checkpoint. 检查点
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "size": 4, "root": "uPVh…", "note": "pinji.example\n4\nuPVh…\n\n— pinji.example Az3g…\n", "key": "pinji.example+7a1c2b3d+AaBb…",
}))]
pub struct Checkpoint {
    /// How many entries it covers.
    pub size: u64,
    /// The root of the tree, in base 64.
    pub root: String,
    /// The C2SP signed note.
    pub note: String,
    /// The public key to verify it with.
    pub key: String,
}

/// A proof that an entry is in the tree. 存在性证明
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "seq": 3, "size": 4, "leaf": "9f86…", "hashes": ["5feceb66ffc86f38"] }))]
pub struct Inclusion {
    /// The entry.
    pub seq: u64,
    /// The size of the tree.
    pub size: u64,
    /// The hash of its leaf, in hexadecimal digits.
    pub leaf: String,
    /// The hashes beside its path to the root, from below.
    pub hashes: Vec<String>,
}

/// A proof that the ledger only grew. 一致性证明
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "from": 2, "size": 4, "hashes": ["5feceb66ffc86f38"] }))]
pub struct Consistency {
    /// The smaller size.
    pub from: u64,
    /// The size of the tree.
    pub size: u64,
    /// The hashes of RFC 6962.
    pub hashes: Vec<String>,
}

/// In which tree. 树的大小
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InTree {
    /// The size of the tree; as it stands now, if left out.
    #[param(minimum = 1, example = 4)]
    pub size: Option<u64>,
}

/// Between which trees. 两棵树
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The smaller size.
    #[param(minimum = 1, example = 2)]
    pub from: u64,
    /// The larger size; as it stands now, if left out.
    #[param(minimum = 1, example = 4)]
    pub size: Option<u64>,
}

impl From<ledger::EntryView> for Entry {
    fn from(view: ledger::EntryView) -> Entry {
        Entry {
            seq: view.seq,
            leaf: view.leaf,
            entry: view.entry,
            opened: Value::Object(view.opened),
        }
    }
}

/// Lists entries in their order. 台账条目列表
#[utoipa::path(get, path = "/ledger/entries", tag = "Ledger", params(Paging),
    responses((status = 200, description = "A page of entries", body = Page<Entry>)))]
pub async fn list_entries(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Entry>, Problem> {
    let from = paging.after::<i64>(&shared, "ledger")?.unwrap_or(0);
    let page = ledger::entries(&shared.office, &caller, from, paging.limit()?).await?;
    Listed::new(
        &shared,
        uri,
        "ledger",
        page.items.into_iter().map(Entry::from).collect(),
        page.next,
    )
}

/// Reads an entry. 查看台账条目
#[utoipa::path(get, path = "/ledger/entries/{seq}", tag = "Ledger",
    params(("seq" = i64, Path, description = "Its number", minimum = 0, example = 3)),
    responses((status = 200, description = "The entry", body = Entry)))]
pub async fn read_entry(shared: Shared, By(caller): By, Id(seq): Id<i64>) -> Result<Json<Entry>, Problem> {
    Ok(Json(ledger::entry(&shared.office, &caller, seq).await?.into()))
}

/// Signs what stands now. 检查点
#[utoipa::path(get, path = "/ledger/checkpoint", tag = "Ledger",
    responses((status = 200, description = "A signed note over the ledger as it stands", body = Checkpoint)))]
pub async fn read_checkpoint(shared: Shared, By(caller): By) -> Result<Json<Checkpoint>, Problem> {
    let made = ledger::checkpoint(&shared.office, &caller).await?;
    Ok(Json(Checkpoint {
        size: made.size,
        root: made.root,
        note: made.note,
        key: made.key,
    }))
}

/// Proves that an entry is in the tree. 存在性证明
#[utoipa::path(get, path = "/ledger/entries/{seq}/proof", tag = "Ledger",
    params(("seq" = i64, Path, description = "The entry", minimum = 0, example = 3), InTree),
    responses((status = 200, description = "The proof", body = Inclusion)))]
pub async fn prove_inclusion(
    shared: Shared,
    By(caller): By,
    Id(seq): Id<u64>,
    Query(tree): Query<InTree>,
) -> Result<Json<Inclusion>, Problem> {
    let proof = ledger::inclusion(&shared.office, &caller, seq, tree.size).await?;
    Ok(Json(Inclusion {
        seq,
        size: proof.size,
        leaf: proof.leaf,
        hashes: proof.hashes,
    }))
}

/// Proves that the ledger only grew between two sizes. 一致性证明
#[utoipa::path(get, path = "/ledger/consistency", tag = "Ledger", params(Between),
    responses((status = 200, description = "The proof", body = Consistency)))]
pub async fn prove_consistency(
    shared: Shared,
    By(caller): By,
    Query(between): Query<Between>,
) -> Result<Json<Consistency>, Problem> {
    let proof = ledger::consistency(&shared.office, &caller, between.from, between.size).await?;
    Ok(Json(Consistency {
        from: between.from,
        size: proof.size,
        hashes: proof.hashes,
    }))
}
