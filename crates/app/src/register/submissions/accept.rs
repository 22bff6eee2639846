//! Accepted rows on their way into the records, and into the register of customers. 入库

use std::collections::{BTreeMap, HashMap};

use pinji_domain::{CustomerId, Date, FieldType, Kind, Message, SubmissionId, UserId};
use pinji_store::{AcceptedRow, Change as Writing, Customer, NewCustomer};
use pinji_workflow::submission::Change;
use pinji_workflow::values::{self, Values};

use super::compare::CUSTOMER;
use crate::register::customers::name_key;
use crate::register::deed::Deed;
use crate::register::relations::{self, OWNERSHIP, OwnershipRow};
use crate::register::{Fault, links};

/// Rows handed to the store at once.
const PIECE: usize = 20_000;
/// Customers read at once.
const CUSTOMERS: usize = 500;

/// An accepted row that waits for the transaction. 待入库行
#[derive(Debug)]
pub(super) struct Pending {
    customer: String,
    key: String,
    period: Option<Date>,
    row: u32,
    content: String,
}

/// All accepted rows of a submission, by kind. 待入库
#[derive(Debug, Default)]
pub(super) struct Harvest {
    by_kind: BTreeMap<String, Vec<Pending>>,
    /// What customers themselves become, by their number.
    customers: Vec<(String, Values)>,
}

impl Harvest {
    /// Takes up what accepted lines change.
    pub(super) fn take(&mut self, kind: &Kind, changes: Vec<Change>) -> Result<(), Fault> {
        for change in changes {
            let Some(after) = change.after else { continue };
            let pending = Pending {
                customer: change.key.customer.clone(),
                key: change.key.key,
                period: values::date_of(kind, &after),
                row: change.row,
                content: serde_json::to_string(&after).map_err(Fault::broken)?,
            };
            self.by_kind.entry(change.kind).or_default().push(pending);
            if kind.id == CUSTOMER {
                self.customers.push((change.key.customer, about(&after)));
            }
        }
        Ok(())
    }

    /// Only these rows.
    pub(super) fn only(&mut self, rows: &std::collections::BTreeSet<u32>) {
        let mut left_out: std::collections::HashSet<String> = std::collections::HashSet::new();
        for (kind, pending) in &mut self.by_kind {
            if kind == CUSTOMER {
                let out = pending.iter().filter(|one| !rows.contains(&one.row));
                left_out.extend(out.map(|one| one.customer.clone()));
            }
            pending.retain(|one| rows.contains(&one.row));
        }
        self.customers.retain(|(code, _)| !left_out.contains(code));
    }

    /// Writes them as versions of records; customers first, so that the other rows find them. Who owns whom becomes relations
    /// as well, after all customers are there.
    pub(super) async fn keep(
        self,
        change: &Writing,
        submission: SubmissionId,
        collector: UserId,
    ) -> Result<Kept, Fault> {
        let filled = self.by_kind.iter().filter(|(_, pending)| !pending.is_empty());
        links::refuse_linked(change, filled.map(|(kind, _)| kind.as_str())).await?;
        keep_customers(change, self.customers, collector).await?;
        let mut kept = Kept::default();
        let mut owned: Vec<OwnershipRow> = Vec::new();
        for (kind, pending) in self.by_kind {
            if pending.is_empty() {
                continue;
            }
            let batch = change.batch(submission, &kind).await?;
            let mut pending = pending.into_iter().peekable();
            while pending.peek().is_some() {
                let piece: Vec<Pending> = pending.by_ref().take(PIECE).collect();
                let mut codes: Vec<String> = piece.iter().map(|one| one.customer.clone()).collect();
                codes.sort_unstable();
                codes.dedup();
                let ids = change.customer_ids(&codes).await?;
                let rows = piece.into_iter().map(|one| accepted(one, &ids));
                let rows: Vec<AcceptedRow> = rows.collect::<Result<_, _>>()?;
                if kind == OWNERSHIP {
                    owned.extend(rows.iter().map(ownership).collect::<Result<Vec<_>, _>>()?);
                }
                kept.versions += change.accept(&batch, rows).await?.added;
            }
        }
        if !owned.is_empty() {
            kept.relations = relations::from_rows(change, &owned, submission).await?;
        }
        Ok(kept)
    }
}

/// What was written. 入库结果
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// How many versions of records.
    pub(super) versions: u64,
    /// What became of rows that say who owns whom.
    pub(super) relations: relations::Brought,
}

impl Kept {
    /// The same in the ledger: relations where there were any.
    pub(super) fn facts(&self, deed: Deed) -> Deed {
        let deed = deed.fact("versions", self.versions);
        match self.relations.added + self.relations.closed {
            0 => deed,
            _ => with_relations(deed, &self.relations),
        }
    }
}

/// How many relations came and went.
pub(super) fn with_relations(deed: Deed, brought: &relations::Brought) -> Deed {
    let deed = deed.fact("relations_added", brought.added);
    deed.fact("relations_closed", brought.closed)
}

fn ownership(row: &AcceptedRow) -> Result<OwnershipRow, Fault> {
    let content = row.content.as_deref().unwrap_or("{}");
    Ok(OwnershipRow {
        customer: row.customer,
        row: u32::try_from(row.row).unwrap_or(u32::MAX),
        values: serde_json::from_str(content).map_err(Fault::broken)?,
    })
}

fn accepted(one: Pending, ids: &HashMap<String, CustomerId>) -> Result<AcceptedRow, Fault> {
    let customer = ids.get(&one.customer).copied().ok_or_else(|| {
        let says = Message::new("app-submission-customer-not-accepted")
            .with("row", i64::from(one.row))
            .with("customer", one.customer.as_str());
        Fault::Refused(says)
    })?;
    Ok(AcceptedRow {
        customer,
        key: one.key,
        period: one.period,
        row: i64::from(one.row),
        content: Some(one.content),
    })
}

/// What of a customer's row the register shows by itself.
fn about(row: &Values) -> Values {
    let fields = ["name", "uscc", "industry", "region", "size"];
    let found = fields
        .into_iter()
        .filter_map(|field| Some((field.to_owned(), row.get(field)?.clone())));
    found.collect()
}

/// A field's text; nothing where it is absent or empty.
pub(super) fn text(row: &Values, field: &str) -> Option<String> {
    let text = values::text(values::present(row, field)?);
    (!text.is_empty()).then_some(text)
}

/// New customers are made, known ones changed; they belong to the team that brought them in.
pub(super) async fn keep_customers(
    change: &Writing,
    all: Vec<(String, Values)>,
    collector: UserId,
) -> Result<(), Fault> {
    if all.is_empty() {
        return Ok(());
    }
    let team = change.teams_of(collector).await?.first().map(|member| member.team);
    for piece in all.chunks(CUSTOMERS) {
        let codes: Vec<String> = piece.iter().map(|(code, _)| code.clone()).collect();
        let ids = change.customer_ids(&codes).await?;
        let ids: Vec<CustomerId> = ids.into_values().collect();
        let known = change.customers(&ids).await?;
        let mut known: HashMap<String, Customer> = known
            .into_iter()
            .map(|customer| (customer.code.clone(), customer))
            .collect();
        let mut new = Vec::new();
        for (code, row) in piece {
            let name = text(row, "name");
            let Some(old) = known.remove(code) else {
                let name = name.unwrap_or_else(|| code.clone());
                new.push(NewCustomer {
                    code: code.clone(),
                    uscc: text(row, "uscc"),
                    name_key: name_key(&name),
                    name,
                    industry: text(row, "industry"),
                    region: text(row, "region"),
                    size: text(row, "size"),
                    manager: None,
                    team,
                    secrecy: pinji_domain::Secrecy::Internal,
                    custom: "{}".to_owned(),
                });
                continue;
            };
            let name = name.unwrap_or_else(|| old.name.clone());
            let now = Customer {
                uscc: text(row, "uscc"),
                name_key: name_key(&name),
                name,
                industry: text(row, "industry"),
                region: text(row, "region"),
                size: text(row, "size"),
                ..old.clone()
            };
            if now != old {
                change.update_customer(&now).await?;
            }
        }
        if !new.is_empty() {
            change.add_customers(&new).await?;
        }
    }
    Ok(())
}

/// A value for a sentence: decimals where they belong, choices by their words.
pub(super) fn shown(kind: &Kind, field: &str, value: Option<&serde_json::Value>) -> String {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return "—".to_owned();
    };
    match kind.field(field).map(|field| &field.ty) {
        Some(FieldType::Choice(options)) => {
            let code = values::text(value);
            let named = options.iter().find(|(known, _)| *known == code);
            named.map_or(code.clone(), |(_, text)| text.get(pinji_domain::Lang::Zh).to_owned())
        }
        Some(ty) => values::shown(ty, value),
        None => values::text(value),
    }
}
