//! Relations as they are read: as of a day, as known at an instant, and only between parties that the reader may see. 查看关系

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pinji_access::{State, What};
use pinji_domain::{CustomerId, Date, RelationId, Secrecy, Timestamp};
use pinji_groups::{Evidence, Kinship, Share, Tie};
use pinji_store::{Known, Party, Relation, View};

use super::parties::{self, Customers, PartyView, about, shown};
use crate::register::groups::network;
use crate::register::{Action, Caller, Fault, Office, Slice, permits};

/// A relation. 关联关系
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationView {
    /// The id.
    pub id: RelationId,
    /// Who holds, controls or is related.
    pub holder: PartyView,
    /// What is held or controlled, or whom it is related to.
    pub target: PartyView,
    /// `equity`, `voting`, `management`, `joint`, `family` or `other`.
    pub sort: &'static str,
    /// How much of it.
    pub share: Option<Share>,
    /// Of kin: how near.
    pub kinship: Option<Kinship>,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The first day on which it holds no longer.
    pub until: Option<Date>,
    /// What it stands on.
    pub evidence: Evidence,
    /// The same in words.
    pub words: String,
    /// The file that proves it, by its hash.
    pub file: Option<String>,
    /// From when it was known.
    pub known_from: Timestamp,
    /// Until when.
    pub known_to: Option<Timestamp>,
}

/// Which relations. 关系筛选
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// Only those from or to this party.
    pub party: Option<i64>,
    /// Only those that hold on this day.
    pub on: Option<Date>,
    /// As it was known at this instant.
    pub known_at: Option<Timestamp>,
}

impl Which {
    pub(crate) fn known(&self) -> Known {
        self.known_at.map_or(Known::Now, Known::At)
    }
}

/// Relations, ascending by id. 关系列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    which: &Which,
    after: Option<RelationId>,
    limit: u32,
) -> Result<Slice<RelationView, RelationId>, Fault> {
    let after = after.unwrap_or(RelationId(0));
    let snapshot = office.store.snapshot().await?;
    let rows = match which.party {
        Some(party) => {
            let rows = snapshot.relations_of(party, which.known(), which.on).await?;
            let mut rows: Vec<Relation> = rows.into_iter().filter(|row| row.id > after).collect();
            rows.truncate(limit as usize + 1);
            rows
        }
        None => snapshot.relations(which.known(), which.on, after, limit + 1).await?,
    };
    let page = Slice::cut(rows, limit, |row: &Relation| row.id);
    let items = seen(office, caller, &snapshot, &page.items).await?;
    drop(snapshot);
    note(office, caller, &items).await?;
    let items = items.into_iter().map(|seen| seen.relation).collect();
    Ok(Slice { items, next: page.next })
}

/// The relations of a customer. 客户的关系
pub async fn of_customer(
    office: &Office,
    caller: &Caller,
    code: &str,
    which: &Which,
) -> Result<Vec<RelationView>, Fault> {
    let snapshot = office.store.snapshot().await?;
    let customer = snapshot.customer_by_code(code).await?.ok_or(Fault::Absent)?;
    let file = about(What::Edge, Some(&customer), State::Committed, caller);
    if !office.may(caller, Action::RelationRead, &file) {
        return Err(Fault::Absent);
    }
    let rows = match snapshot.party_of(customer.id).await? {
        Some(party) => snapshot.relations_of(party.id, which.known(), which.on).await?,
        None => Vec::new(),
    };
    let items = seen(office, caller, &snapshot, &rows).await?;
    drop(snapshot);
    if customer.secrecy == Secrecy::Confidential && items.is_empty() {
        permits::note_readings(office, caller, [customer.id], "relations").await?;
    }
    note(office, caller, &items).await?;
    Ok(items.into_iter().map(|seen| seen.relation).collect())
}

/// A relation that the reader may see, and the confidential customers that it tells of.
pub(crate) struct Seen {
    pub(crate) relation: RelationView,
    confidential: Vec<CustomerId>,
}

/// Those of the relations that the caller may see: both ends are his to read, as far as they are customers.
pub(crate) async fn seen(office: &Office, caller: &Caller, view: &View, rows: &[Relation]) -> Result<Vec<Seen>, Fault> {
    let ends: BTreeSet<i64> = rows.iter().flat_map(|row| [row.said.from, row.said.to]).collect();
    let mut known: BTreeMap<i64, Party> = BTreeMap::new();
    for id in ends {
        if let Some(party) = view.party(id).await? {
            known.insert(id, party);
        }
    }
    let customers = parties::customers(view, known.values().filter_map(|party| party.customer)).await?;
    let mut open: HashMap<CustomerId, bool> = HashMap::new();
    for customer in customers.values() {
        let file = about(What::Edge, Some(customer), State::Committed, caller);
        open.insert(customer.id, office.may(caller, Action::RelationRead, &file));
    }
    let nobodys = about(What::Edge, None, State::Committed, caller);
    let nobodys = office.may(caller, Action::RelationRead, &nobodys);
    let mut items = Vec::new();
    for row in rows {
        let (Some(holder), Some(target)) = (known.get(&row.said.from), known.get(&row.said.to)) else {
            continue;
        };
        let ends = [holder.customer, target.customer];
        let mut theirs = ends.into_iter().flatten().peekable();
        let may = match theirs.peek() {
            None => nobodys,
            Some(_) => theirs.all(|customer| open.get(&customer).copied().unwrap_or(false)),
        };
        if may && let Some(item) = one(office, caller, row, (holder, target), &customers) {
            items.push(item);
        }
    }
    Ok(items)
}

fn one(
    office: &Office,
    caller: &Caller,
    row: &Relation,
    ends: (&Party, &Party),
    customers: &Customers,
) -> Option<Seen> {
    let tie = network::tie(&row.said.sort, row.said.share_ppm)?;
    let (evidence, words) = network::evidence(&row.said.evidence);
    let of = |party: &Party| party.customer.and_then(|id| customers.get(&id));
    let beside = of(ends.1).or_else(|| of(ends.0));
    let confidential = [of(ends.0), of(ends.1)].into_iter().flatten();
    Some(Seen {
        confidential: confidential
            .filter(|customer| customer.secrecy == Secrecy::Confidential)
            .map(|customer| customer.id)
            .collect(),
        relation: RelationView {
            id: row.id,
            holder: shown(office, caller, ends.0, customers, beside),
            target: shown(office, caller, ends.1, customers, beside),
            sort: tie.code(),
            share: match tie {
                Tie::Equity(share) => share,
                Tie::Voting(share) => Some(share),
                _ => None,
            },
            kinship: match tie {
                Tie::Family(kinship) => Some(kinship),
                _ => None,
            },
            from: row.said.valid_from,
            until: row.said.valid_to,
            evidence,
            words: words.to_owned(),
            file: row.said.file.clone(),
            known_from: row.known_from,
            known_to: row.known_to,
        },
    })
}

/// Writes down whose confidential relations are about to be handed out.
pub(crate) async fn note(office: &Office, caller: &Caller, items: &[Seen]) -> Result<(), Fault> {
    let read: BTreeSet<CustomerId> = items
        .iter()
        .flat_map(|item| item.confidential.iter().copied())
        .collect();
    permits::note_readings(office, caller, read, "relations").await
}
