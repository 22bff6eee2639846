//! Customers: who the register has, under which names, with whom. 客户

mod book;
mod change;
mod export;
mod given;
mod list;

use pinji_access::FieldClass;
use pinji_domain::{Kinds, RunId, TeamId, Timestamp, UserId};
use pinji_store::{Customer, NameSpan, View};
use serde_json::{Map, Value, json};

use super::reach::{note, shows, there};
use super::{Action, Caller, Fault, Office};

pub(crate) use book::Book;
pub use change::{Alike, Assignment, Change, Made, NewCustomer, assign, change, create};
pub use export::{Exported, Form, export};
pub use list::{Count, Listing, Page, Place, Wanted, list};

/// What stands where a field is not for the reader. 掩码
pub const MASK: &str = "***";

/// A customer as the reader may see it. 客户
#[derive(Debug, Clone)]
pub struct CustomerView {
    /// The company's own number: the public id.
    pub code: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// Its name today.
    pub name: String,
    /// Its names, the oldest first; in a list only today's is told, above.
    pub names: Vec<NameSpan>,
    /// Its industry.
    pub industry: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Its size.
    pub size: Option<String>,
    /// Who looks after it.
    pub manager: Option<UserId>,
    /// The team that looks after it.
    pub team: Option<TeamId>,
    /// `internal` or `confidential`.
    pub secrecy: &'static str,
    /// The company's own fields; those that are not for the reader are masked.
    pub custom: Map<String, Value>,
    /// The fields that are not for the reader, ascending: `custom.phone`.
    pub masked: Vec<String>,
    /// Its grade in the run that the list shows, where the reader may know it.
    pub grade: Option<Grade>,
    /// How a search found it.
    pub found: Option<&'static str>,
    /// Since when the register has it.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// The version.
    pub version: i64,
}

/// A grade by one policy of a run. 等级
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// The run.
    pub run: RunId,
    /// The policy's place in the run, from 0.
    pub policy: i64,
    /// The grade's code; `None` where the run left the customer without one.
    pub grade: Option<String>,
    /// The total score at the policy's decimals, where the reader may see scores.
    pub total: Option<i64>,
}

/// One customer with its names. 查看客户
pub async fn read(office: &Office, caller: &Caller, code: &str) -> Result<CustomerView, Fault> {
    let customer = there(office, caller, &office.store, code, Action::CustomerRead).await?;
    let kinds = office.kinds(&office.store).await?;
    let view = whole(office, caller, &office.store, &kinds, &customer).await?;
    note(office, caller, [&customer], "customer").await?;
    Ok(view)
}

/// A customer with its names, as one reads it.
pub(crate) async fn whole(
    office: &Office,
    caller: &Caller,
    view: &View,
    kinds: &Kinds,
    customer: &Customer,
) -> Result<CustomerView, Fault> {
    let names = view.customer_names(customer.id).await?;
    Ok(CustomerView {
        names,
        ..seen(office, caller, kinds, customer)
    })
}

/// A customer as the caller may see it: fields of a class that is not for him are masked, and named as such.
pub(crate) fn seen(office: &Office, caller: &Caller, kinds: &Kinds, customer: &Customer) -> CustomerView {
    let kind = kinds.get("customer");
    let general = shows(office, caller, FieldClass::General, customer);
    let personal = shows(office, caller, FieldClass::Personal, customer);
    let mut masked = Vec::new();
    let mut custom = own_fields(customer);
    for (name, value) in &mut custom {
        let field = kind.and_then(|kind| kind.field(name));
        let class = field.map_or(FieldClass::General, |field| FieldClass::of("customer", field));
        let shown = if class == FieldClass::Personal {
            personal
        } else {
            general
        };
        if !shown {
            *value = MASK.into();
            masked.push(format!("custom.{name}"));
        }
    }
    masked.sort();
    CustomerView {
        code: customer.code.clone(),
        uscc: customer.uscc.clone(),
        name: customer.name.clone(),
        names: Vec::new(),
        industry: customer.industry.clone(),
        region: customer.region.clone(),
        size: customer.size.clone(),
        manager: customer.manager,
        team: customer.team,
        secrecy: customer.secrecy.code(),
        custom,
        masked,
        grade: None,
        found: None,
        created_at: customer.created_at,
        changed_at: customer.changed_at,
        version: customer.version,
    }
}

/// The name as lists sort it, in pinyin order: the key's bytes in hex, which compare as the bytes do. 名称排序键
pub(crate) fn name_key(name: &str) -> String {
    super::keys::hex(&pinji_search::pinyin_key(name))
}

/// The company's own fields as they are kept.
fn own_fields(customer: &Customer) -> Map<String, Value> {
    serde_json::from_str(&customer.custom).unwrap_or_default()
}

/// What the ledger says of a customer. Own fields may be about persons: only their names stand there.
fn entry_of(customer: &Customer) -> Value {
    let custom: Vec<String> = own_fields(customer).into_iter().map(|(name, _)| name).collect();
    json!({
        "code": customer.code, "uscc": customer.uscc, "name": customer.name, "industry": customer.industry,
        "region": customer.region, "size": customer.size, "manager": customer.manager.map(|id| id.0),
        "team": customer.team.map(|id| id.0), "secrecy": customer.secrecy.code(), "custom": custom,
        "version": customer.version,
    })
}
