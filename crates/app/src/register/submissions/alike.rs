//! Other customers with the same code or a name much alike, of the register and of the submission itself. 查重
//!
//! Names are narrowed by the keys of their cores, which the book of customers has of the whole register: of a million names
//! only those are looked at that may be meant.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use pinji_domain::CustomerId;
use pinji_search::{Name, near_keys};
use pinji_store::View;
use pinji_workflow::suspect::Alike as Like;

use super::accept::text;
use super::rows::{Row, Sheet};
use crate::register::{Fault, Office};

/// Customers that are read at once.
const PIECE: usize = 500;
/// Candidates for one name that are measured.
const MOST: usize = 20;

/// One customer that another may be.
#[derive(Debug)]
struct Known {
    customer: String,
    name: Name,
    code: Option<String>,
}

/// What is needed to find customers that are likely one. 查重索引
#[derive(Debug, Default)]
pub(super) struct Twins {
    codes: HashMap<String, Vec<String>>,
    known: Vec<Known>,
    by_key: HashMap<u64, Vec<u32>>,
}

impl Twins {
    /// Looks through the submission and the register; nothing where no kind declares how customers are told apart.
    pub(super) async fn of(office: &Office, view: &View, sheets: &[Sheet]) -> Result<Arc<Twins>, Fault> {
        let mut twins = Twins::default();
        for sheet in sheets {
            let Some(rule) = &sheet.kind.office.duplicate else {
                continue;
            };
            for work in sheet.rows.iter().filter(|work| !work.is_bad) {
                let row: Row = serde_json::from_str(&work.line).map_err(Fault::broken)?;
                let code = rule.code.as_ref().and_then(|field| text(&row.v, field));
                let name = rule.name.as_ref().and_then(|field| text(&row.v, field));
                twins.add(&work.customer, name.as_deref().map(Name::of), code);
            }
        }
        if twins.known.is_empty() && twins.codes.is_empty() {
            return Ok(Arc::new(twins));
        }
        let wanted: HashSet<u64> = twins.by_key.keys().copied().collect();
        let mut codes: Vec<String> = twins.codes.keys().cloned().collect();
        codes.sort_unstable();
        let mut meant: BTreeSet<CustomerId> = office
            .near(wanted.iter().copied().collect())
            .await?
            .into_iter()
            .collect();
        meant.extend(view.customers_with_uscc(&codes).await?);
        let meant: Vec<CustomerId> = meant.into_iter().collect();
        for piece in meant.chunks(PIECE) {
            for keys in view.customer_keys_of(piece).await? {
                let code = keys.uscc.filter(|code| !code.is_empty());
                let same_code = code.as_ref().is_some_and(|code| twins.codes.contains_key(code));
                let name = Name::of(&keys.name);
                let near = near_keys(name.core()).iter().any(|key| wanted.contains(key));
                if same_code || near {
                    twins.add(&keys.code, near.then_some(name), code);
                }
            }
        }
        Ok(Arc::new(twins))
    }

    fn add(&mut self, customer: &str, name: Option<Name>, code: Option<String>) {
        if let Some(code) = &code {
            let customers = self.codes.entry(code.clone()).or_default();
            if !customers.iter().any(|known| known == customer) {
                customers.push(customer.to_owned());
            }
        }
        let Some(name) = name else { return };
        let place = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        for key in near_keys(name.core()) {
            self.by_key.entry(key).or_default().push(place);
        }
        self.known.push(Known {
            customer: customer.to_owned(),
            name,
            code,
        });
    }

    pub(super) fn by_code(&self, code: &str) -> Vec<String> {
        self.codes.get(code).cloned().unwrap_or_default()
    }

    pub(super) fn alike(&self, name: &str) -> Vec<Like> {
        let name = Name::of(name);
        let mut places: Vec<u32> = Vec::new();
        for key in near_keys(name.core()) {
            let found = self.by_key.get(&key).into_iter().flatten();
            for place in found.take(MOST) {
                if places.len() < 2 * MOST && !places.contains(place) {
                    places.push(*place);
                }
            }
        }
        let known = places.iter().filter_map(|place| self.known.get(*place as usize));
        known
            .map(|known| Like {
                customer: known.customer.clone(),
                likeness: u16::try_from(name.likeness(&known.name)).unwrap_or(u16::MAX),
                code: known.code.clone(),
            })
            .collect()
    }
}
