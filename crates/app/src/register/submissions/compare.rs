//! Rows held against what is known, some thousand at a time: all rows of one customer lie in one piece. 比对

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use pinji_domain::{CustomerId, Date, Kind, Message};
use pinji_store::{Customer, View};
use pinji_workflow::compare::{Blank, Brought, Sent, compare};
use pinji_workflow::suspect::{Others, suspect};
use pinji_workflow::values::Values;
use pinji_workflow::{Compared, Known, RecordKey, Suspicion, Version};

use super::accept::text;
use super::alike::Twins;
use super::rows::{Row, Sheet, Work};
use super::who::Reach;
use crate::register::relations::{OWNER_CUSTOMER, OWNERSHIP, flaw, unknown_owner};
use crate::register::{Fault, Office};

/// Rows of a piece, unless one customer has more.
const PIECE: usize = 1_000;
/// A ledger has no keys, so the rows of one customer may lie in several pieces.
const LEDGER_PIECE: usize = 5_000;
/// The kind whose rows make and change customers themselves.
pub(super) const CUSTOMER: &str = "customer";

/// Some rows of one kind with what was found. 比对片
pub(super) struct Piece {
    pub kind: Arc<Kind>,
    pub rows: Vec<Compared>,
    pub doubts: Vec<Suspicion>,
    /// Why rows are bad, where the comparison itself does not say.
    pub closed: HashMap<u32, Message>,
    /// The customers of the register that the rows are about.
    pub customers: HashMap<String, Customer>,
}

impl Piece {
    pub(super) fn doubts_of(&self, row: u32) -> Vec<&Suspicion> {
        let from = self.doubts.partition_point(|doubt| doubt.row < row);
        let rest = self.doubts.get(from..).unwrap_or_default();
        rest.iter().take_while(|doubt| doubt.row == row).collect()
    }

    pub(super) fn closed_of(&self, row: u32) -> Option<&Message> {
        self.closed.get(&row)
    }
}

/// How rows are compared. 比对条件
pub(super) struct How<'a> {
    /// Only rows of these customers of the register are taken; of all where nothing is said.
    pub reach: Option<&'a Reach>,
    /// The day on which it is looked at.
    pub today: Date,
    /// Whether an empty field takes a value away.
    pub clears: bool,
}

/// Compares all rows, piece by piece.
pub(super) async fn each(
    office: &Office,
    view: &View,
    sheets: &[Sheet],
    how: &How<'_>,
    take: &mut (dyn FnMut(Piece) -> Result<(), Fault> + Send),
) -> Result<(), Fault> {
    let twins = Twins::of(office, view, sheets).await?;
    // Whoever is made known by the submission itself may be spoken of in its other sheets.
    let own = sheets.iter().filter(|sheet| sheet.kind.id == CUSTOMER);
    let own: HashSet<&str> = own
        .flat_map(|sheet| sheet.rows.iter().filter(|work| !work.is_bad))
        .map(|work| work.customer.as_str())
        .collect();
    let mut kinds: Vec<Arc<Kind>> = Vec::new();
    for sheet in sheets {
        if !kinds.iter().any(|kind| kind.id == sheet.kind.id) {
            kinds.push(Arc::clone(&sheet.kind));
        }
    }
    for kind in kinds {
        let of_kind = || sheets.iter().filter(|sheet| sheet.kind.id == kind.id);
        let mut fields: Vec<String> = of_kind().flat_map(|sheet| sheet.fields.iter().cloned()).collect();
        fields.sort();
        fields.dedup();
        let mut rows: Vec<&Work> = of_kind().flat_map(|sheet| &sheet.rows).collect();
        rows.sort_by(|one, other| (&one.customer, one.row).cmp(&(&other.customer, other.row)));
        let mut left = rows.as_slice();
        while !left.is_empty() {
            let (piece, rest) = left.split_at(cut(&kind, left));
            left = rest;
            let task = prepare(view, &kind, &fields, piece, how, &own, Arc::clone(&twins)).await?;
            let done = tokio::task::spawn_blocking(move || task.run())
                .await
                .map_err(Fault::broken)?;
            take(done?)?;
        }
    }
    Ok(())
}

/// Where the next piece ends: behind the last row of a customer.
fn cut(kind: &Kind, rows: &[&Work]) -> usize {
    let most = if kind.is_ledger() { LEDGER_PIECE } else { usize::MAX };
    let mut end = PIECE.min(rows.len());
    while end < rows.len().min(most) {
        match (rows.get(end - 1), rows.get(end)) {
            (Some(last), Some(next)) if last.customer == next.customer => end += 1,
            _ => break,
        }
    }
    end
}

/// All that the comparison of one piece needs, apart from the store.
struct Task {
    kind: Arc<Kind>,
    fields: Vec<String>,
    lines: Vec<(u32, String, bool)>,
    closed: HashMap<u32, Message>,
    versions: Vec<(String, String, bool, String)>,
    customers: HashMap<String, Customer>,
    twins: Arc<Twins>,
    today: Date,
    clears: bool,
}

async fn prepare(
    view: &View,
    kind: &Arc<Kind>,
    fields: &[String],
    piece: &[&Work],
    how: &How<'_>,
    own: &HashSet<&str>,
    twins: Arc<Twins>,
) -> Result<Task, Fault> {
    let mut codes: Vec<String> = piece.iter().map(|work| work.customer.clone()).collect();
    codes.dedup();
    codes.retain(|code| !code.is_empty());
    let ids = view.customer_ids(&codes).await?;
    let ids: Vec<CustomerId> = ids.into_values().collect();
    let mut customers: HashMap<String, Customer> = HashMap::new();
    let mut out_of_reach: HashSet<String> = HashSet::new();
    for customer in view.customers(&ids).await? {
        match how.reach.is_none_or(|reach| reach.admits(&customer)) {
            true => drop(customers.insert(customer.code.clone(), customer)),
            false => drop(out_of_reach.insert(customer.code)),
        }
    }
    let mut closed = HashMap::new();
    for work in piece.iter().filter(|work| !work.is_bad && !work.customer.is_empty()) {
        let code = &work.customer;
        let may_be_new = kind.id == CUSTOMER || own.contains(code.as_str());
        if out_of_reach.contains(code) || !(may_be_new || customers.contains_key(code)) {
            let says = Message::new("app-submission-customer-unknown").with("customer", code.as_str());
            closed.insert(work.row, says);
        }
    }
    if kind.id == OWNERSHIP {
        closed.extend(no_relations(view, piece, how, own, &closed).await?);
    }
    let known: Vec<CustomerId> = customers.values().map(|customer| customer.id).collect();
    let names: HashMap<CustomerId, &str> = customers
        .values()
        .map(|customer| (customer.id, customer.code.as_str()))
        .collect();
    let versions = match (kind.is_ledger(), kind.date.is_none()) {
        (true, _) => Vec::new(),
        (false, true) => view.all_versions(&kind.id, &known).await?,
        (false, false) => {
            let current = view.histories(&kind.id, &known).await?;
            current.into_iter().map(|record| (record, true)).collect()
        }
    };
    let versions = versions.into_iter().filter_map(|(record, is_current)| {
        let code = names.get(&record.customer)?;
        Some(((*code).to_owned(), record.key, is_current, record.content))
    });
    let versions = versions.collect();
    Ok(Task {
        kind: Arc::clone(kind),
        fields: fields.to_vec(),
        lines: piece
            .iter()
            .map(|work| {
                (
                    work.row,
                    work.line.clone(),
                    work.is_bad || closed.contains_key(&work.row),
                )
            })
            .collect(),
        closed,
        versions,
        customers,
        twins,
        today: how.today,
        clears: how.clears,
    })
}

/// Rows that say who owns whom and can be no relation: found here, before anything is kept.
async fn no_relations(
    view: &View,
    piece: &[&Work],
    how: &How<'_>,
    own: &HashSet<&str>,
    closed: &HashMap<u32, Message>,
) -> Result<HashMap<u32, Message>, Fault> {
    let mut rows: Vec<(&Work, Row)> = Vec::new();
    for work in piece
        .iter()
        .filter(|work| !work.is_bad && !closed.contains_key(&work.row))
    {
        rows.push((work, serde_json::from_str(&work.line).map_err(Fault::broken)?));
    }
    let owner = |row: &Row| text(&row.v, OWNER_CUSTOMER).unwrap_or_default();
    let mut codes: Vec<String> = rows.iter().map(|(_, row)| owner(row)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| !code.is_empty());
    let ids: Vec<CustomerId> = view.customer_ids(&codes).await?.into_values().collect();
    let customers = view.customers(&ids).await?;
    let reached = customers
        .iter()
        .filter(|one| how.reach.is_none_or(|reach| reach.admits(one)));
    let known: HashSet<&str> = reached.map(|customer| customer.code.as_str()).collect();
    let found = rows.iter().filter_map(|(work, row)| {
        let code = owner(row);
        let stranger = !code.is_empty() && !known.contains(code.as_str()) && !own.contains(code.as_str());
        let why = flaw(&row.v, &work.customer).or_else(|| stranger.then(|| unknown_owner(&code)));
        Some((work.row, why?))
    });
    Ok(found.collect())
}

impl Task {
    fn run(self) -> Result<Piece, Fault> {
        let mut versions = Vec::with_capacity(self.versions.len());
        for (customer, key, is_current, content) in self.versions {
            let values: Values = serde_json::from_str(&content).map_err(Fault::broken)?;
            versions.push(Version {
                key: RecordKey { customer, key },
                is_current,
                values,
            });
        }
        let known = Known::new(versions);
        let mut rows: Vec<(u32, Values, bool)> = Vec::with_capacity(self.lines.len());
        for (number, line, is_bad) in self.lines {
            let row: Row = serde_json::from_str(&line).map_err(Fault::broken)?;
            rows.push((number, row.v, is_bad));
        }
        let sent: Vec<Sent<'_>> = rows
            .iter()
            .map(|(row, values, is_bad)| Sent {
                row: *row,
                values,
                is_bad: *is_bad,
            })
            .collect();
        let fields: Vec<&str> = self.fields.iter().map(String::as_str).collect();
        let brought = Brought {
            fields: &fields,
            blank: if self.clears { Blank::Clears } else { Blank::Keeps },
        };
        let compared = compare(&self.kind, &sent, brought, &known);
        let twins = &self.twins;
        let others = Others {
            by_code: &|code| twins.by_code(code),
            alike: &|name| twins.alike(name),
        };
        let doubts = suspect(&self.kind, &compared.rows, &known, self.today, &others);
        Ok(Piece {
            kind: self.kind,
            rows: compared.rows,
            doubts,
            closed: self.closed,
            customers: self.customers,
        })
    }
}

/// How many rows of each verdict. 计数
pub(super) type Counts = BTreeMap<&'static str, i64>;
