//! All customers in memory, to be found by name, pinyin, initials, aliases, former names and codes. 客户检索簿
//!
//! Built on first use. Before each search the ledger tells what was changed since: entries about customers name them, new
//! ones have higher numbers than those that are held, and after an audit or its undo the rows are looked through. So the
//! book is right whoever changed what, be it another process on the same database.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use pinji_domain::{CustomerId, Timestamp};
use pinji_search::{Hit, Index, Name, Near, SAME_ENOUGH, Terms, spell};
use pinji_store::{CustomerKeys, Scope, View};
use serde_json::Value;

use super::super::reach::admits;
use super::super::{Fault, Office};

/// How many customers are read at a time.
const PAGE: u32 = 50_000;
/// After more entries than this, all rows are looked through at once.
const MANY: i64 = 2_000;
/// How many candidates are measured against a new name.
const CANDIDATES: usize = 50;

/// The book, and whose turn it is to bring it up to date.
#[derive(Default)]
pub(crate) struct Book {
    held: Arc<RwLock<Option<Held>>>,
    turn: tokio::sync::Mutex<()>,
}

struct Held {
    index: Index,
    keys: HashMap<CustomerId, CustomerKeys>,
    /// Names that differ in little; made when a submission first asks.
    near: Option<Near>,
    /// How many entries the ledger had, and its last instant, when the book was as the store is.
    size: i64,
    at: Timestamp,
    last: CustomerId,
}

impl Office {
    /// The customers in this scope that a query finds, best first. 检索
    pub(crate) async fn search(&self, query: &str, limit: usize, scope: Scope) -> Result<Vec<Hit>, Fault> {
        self.refresh().await?;
        let held = Arc::clone(&self.book.held);
        let query = query.to_owned();
        // A scan of a million names is work for a thread of its own.
        tokio::task::spawn_blocking(move || {
            let held = held.read().unwrap_or_else(PoisonError::into_inner);
            let Some(held) = held.as_ref() else { return Vec::new() };
            let keep = |id: CustomerId| held.keys.get(&id).is_some_and(|one| admits(&scope, one));
            held.index.find(&query, limit, keep)
        })
        .await
        .map_err(Fault::broken)
    }

    /// Customers that may be the same as one of this name, the most alike first: id and likeness in thousandths. 疑似重复
    pub(crate) async fn alike(&self, name: &str) -> Result<Vec<(CustomerId, u32)>, Fault> {
        self.refresh().await?;
        let held = Arc::clone(&self.book.held);
        let name = name.to_owned();
        tokio::task::spawn_blocking(move || {
            let held = held.read().unwrap_or_else(PoisonError::into_inner);
            let Some(held) = held.as_ref() else { return Vec::new() };
            let name = Name::of(&name);
            let sound = spell(name.core()).replace(' ', "");
            let mut found: Vec<(CustomerId, u32)> = Vec::new();
            for query in [name.core(), sound.as_str()] {
                for hit in held.index.find(query, CANDIDATES, |_| true) {
                    let Some(known) = held.keys.get(&hit.id) else { continue };
                    let likeness = name.likeness(&Name::of(&known.name));
                    if likeness >= SAME_ENOUGH && !found.iter().any(|(id, _)| *id == hit.id) {
                        found.push((hit.id, likeness));
                    }
                }
            }
            found.sort_by_key(|(id, likeness)| (std::cmp::Reverse(*likeness), *id));
            found
        })
        .await
        .map_err(Fault::broken)
    }

    /// The customers whose names have one of these keys, ascending; among them some that have it not, or not any more. 近名客户
    pub(crate) async fn near(&self, keys: Vec<u64>) -> Result<Vec<CustomerId>, Fault> {
        self.refresh().await?;
        // While it is this one's turn, nobody amends the book between the look at its names and what was made of them.
        let _turn = self.book.turn.lock().await;
        let held = Arc::clone(&self.book.held);
        tokio::task::spawn_blocking(move || {
            let made = {
                let held = held.read().unwrap_or_else(PoisonError::into_inner);
                let Some(held) = held.as_ref() else { return Vec::new() };
                if let Some(near) = &held.near {
                    return near.find(keys);
                }
                Near::build(held.keys.iter().map(|(id, one)| (*id, one.name.as_str())))
            };
            let found = made.find(keys);
            if let Some(held) = held.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
                held.near = Some(made);
            }
            found
        })
        .await
        .map_err(Fault::broken)
    }

    /// Reads all customers, so that the first search need not wait for it. 预备检索
    pub async fn prepare_search(&self) -> Result<(), Fault> {
        self.refresh().await
    }

    /// Brings the book to where the store is.
    async fn refresh(&self) -> Result<(), Fault> {
        let head = self.store.ledger_head().await?;
        if self.book.size() == Some(head.size) {
            return Ok(());
        }
        let _turn = self.book.turn.lock().await;
        // One state for all that is read, so that nothing falls between two looks.
        let view = self.store.snapshot().await?;
        let head = view.ledger_head().await?;
        let known = {
            let held = self.book.held.read().unwrap_or_else(PoisonError::into_inner);
            held.as_ref().map(|held| (held.size, held.at, held.last))
        };
        let touched = match known {
            Some((size, ..)) if size == head.size => return Ok(()),
            Some((size, at, last)) if size < head.size => {
                touched(&view, size, head.size, at).await?.map(|ids| (ids, last))
            }
            _ => None,
        };
        match touched {
            Some((touched, last)) => {
                let mut rows = Rows::of(&view, &touched).await?;
                rows.after(&view, last).await?;
                self.book.amend(rows, head.size, head.last_at);
            }
            None => {
                let mut rows = Rows::default();
                rows.after(&view, CustomerId(i64::MIN)).await?;
                rows.former = view.former_names().await?;
                let held = tokio::task::spawn_blocking(move || rows.book(head.size, head.last_at))
                    .await
                    .map_err(Fault::broken)?;
                *self.book.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
            }
        }
        Ok(())
    }
}

/// The customers that the entries from number `from` on are about; `None` where words were taken out, wherever they stood.
async fn touched(view: &View, from: i64, size: i64, at: Timestamp) -> Result<Option<Vec<CustomerId>>, Fault> {
    if size - from > MANY {
        return match view.erased_since(at).await? {
            true => Ok(None),
            false => Ok(Some(view.customers_changed(at).await?)),
        };
    }
    let mut ids = BTreeSet::new();
    let mut all = false;
    for entry in view
        .ledger_entries(from, u32::try_from(MANY).unwrap_or(u32::MAX))
        .await?
    {
        let act = pinji_ledger::Entry::parse(&entry.bytes).map_err(Fault::broken)?.act;
        match act.object.strip_prefix("customer:").map(str::parse) {
            Some(Ok(id)) => drop(ids.insert(id)),
            // An audit may have renamed many; and what names no customer by number says nothing of which.
            Some(Err(_)) => all = true,
            None if act.object.starts_with("submission:") => all = true,
            None if act.object.starts_with("erasure:") => return Ok(None),
            None => {}
        }
    }
    Ok(Some(match all {
        true => view.customers_changed(at).await?,
        false => ids.into_iter().collect(),
    }))
}

/// Customers as they are read for the book.
#[derive(Default)]
struct Rows {
    keys: Vec<CustomerKeys>,
    former: Vec<(CustomerId, String)>,
}

impl Rows {
    async fn of(view: &View, ids: &[CustomerId]) -> Result<Rows, Fault> {
        let mut rows = Rows::default();
        for piece in ids.chunks(500) {
            rows.keys.extend(view.customer_keys_of(piece).await?);
            rows.former.extend(view.former_names_of(piece).await?);
        }
        Ok(rows)
    }

    async fn after(&mut self, view: &View, mut last: CustomerId) -> Result<(), Fault> {
        loop {
            let page = view.customer_keys(last, PAGE).await?;
            let Some(end) = page.last() else { return Ok(()) };
            last = end.id;
            self.keys.extend(page);
        }
    }

    fn names(&self) -> HashMap<CustomerId, Vec<&str>> {
        let mut names: HashMap<CustomerId, Vec<&str>> = HashMap::new();
        for (id, name) in &self.former {
            names.entry(*id).or_default().push(name);
        }
        names
    }

    fn book(self, size: i64, at: Timestamp) -> Held {
        let names = self.names();
        let index = Index::build(self.keys.iter().map(|one| (one.id, terms(one, &names))));
        let last = self.keys.iter().map(|one| one.id).max();
        drop(names);
        Held {
            index,
            keys: self.keys.into_iter().map(|one| (one.id, slim(one))).collect(),
            near: None,
            size,
            at,
            last: last.unwrap_or(CustomerId(i64::MIN)),
        }
    }
}

impl Book {
    fn size(&self) -> Option<i64> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().map(|held| held.size)
    }

    fn amend(&self, rows: Rows, size: i64, at: Timestamp) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = held.as_mut() else { return };
        let names = rows.names();
        for one in &rows.keys {
            held.index.upsert(one.id, &terms(one, &names));
            held.last = held.last.max(one.id);
            let known = held.keys.get(&one.id).is_some_and(|known| known.name == one.name);
            if let Some(near) = held.near.as_mut().filter(|_| !known) {
                near.add(one.id, &one.name);
            }
        }
        drop(names);
        held.keys.extend(rows.keys.into_iter().map(|one| (one.id, slim(one))));
        if held.index.changes() > 4_096 && held.index.changes() > held.index.len() / 8 {
            held.index.pack();
        }
        (held.size, held.at) = (size, at);
    }
}

/// Without what only the index needs.
fn slim(one: CustomerKeys) -> CustomerKeys {
    CustomerKeys {
        custom: String::new(),
        code: String::new(),
        uscc: None,
        ..one
    }
}

fn terms<'a>(one: &'a CustomerKeys, former: &HashMap<CustomerId, Vec<&'a str>>) -> Terms<'a> {
    let former = former.get(&one.id).into_iter().flatten();
    let mut aliases: Vec<std::borrow::Cow<'a, str>> = former.map(|name| (*name).into()).collect();
    aliases.extend(aliases_of(&one.custom).into_iter().map(std::borrow::Cow::from));
    Terms {
        name: one.name.as_str().into(),
        aliases,
        code: one.code.as_str().into(),
        uscc: one.uscc.as_deref().unwrap_or_default().into(),
    }
}

/// The field `aliases` of a customer's own fields: a list of texts. 别名
fn aliases_of(custom: &str) -> Vec<String> {
    let custom: Option<Value> = serde_json::from_str(custom).ok();
    let aliases = custom.as_ref().and_then(|custom| custom.get("aliases")?.as_array());
    let texts = aliases.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
