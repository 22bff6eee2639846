//! Other customers with the same code or a name much alike, of the register and of the submission itself. 查重
//!
//! Names are narrowed by their cores: two cores that differ in one character share a core with one character taken out.
//! Only what the submission names is remembered, so a register of a million customers is walked through once and costs no
//! memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use pinji_domain::CustomerId;
use pinji_search::{name_core, similarity};
use pinji_store::View;
use pinji_workflow::suspect::Alike as Like;

use super::accept::text;
use super::rows::{Row, Sheet};
use crate::register::Fault;

/// Customers of one page of the register.
const PAGE: u32 = 20_000;
/// Candidates for one name that are measured.
const MOST: usize = 20;

/// One customer that another may be.
#[derive(Debug)]
struct Known {
    customer: String,
    name: String,
    code: Option<String>,
}

/// What is needed to find customers that are likely one. 查重索引
#[derive(Debug, Default)]
pub(super) struct Twins {
    codes: HashMap<String, Vec<String>>,
    known: Vec<Known>,
    by_core: HashMap<String, Vec<u32>>,
}

impl Twins {
    /// Looks through the submission and the register; nothing where no kind declares how customers are told apart.
    pub(super) async fn of(view: &View, sheets: &[Sheet]) -> Result<Arc<Twins>, Fault> {
        let mut twins = Twins::default();
        let mut wanted: HashSet<String> = HashSet::new();
        for sheet in sheets {
            let Some(rule) = &sheet.kind.office.duplicate else {
                continue;
            };
            for work in sheet.rows.iter().filter(|work| !work.is_bad) {
                let row: Row = serde_json::from_str(&work.line).map_err(Fault::broken)?;
                let code = rule.code.as_ref().and_then(|field| text(&row.v, field));
                let name = rule.name.as_ref().and_then(|field| text(&row.v, field));
                if let Some(name) = &name {
                    wanted.extend(cores(name));
                }
                twins.add(&work.customer, name, code);
            }
        }
        if twins.known.is_empty() && twins.codes.is_empty() {
            return Ok(Arc::new(twins));
        }
        let mut after = CustomerId(0);
        loop {
            let page = view.customer_keys(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for keys in page {
                let code = keys.uscc.filter(|code| !code.is_empty());
                let same_code = code.as_ref().is_some_and(|code| twins.codes.contains_key(code));
                let near = cores(&keys.name).iter().any(|core| wanted.contains(core));
                if same_code || near {
                    twins.add(&keys.code, near.then_some(keys.name), code);
                }
            }
        }
        Ok(Arc::new(twins))
    }

    fn add(&mut self, customer: &str, name: Option<String>, code: Option<String>) {
        if let Some(code) = &code {
            let customers = self.codes.entry(code.clone()).or_default();
            if !customers.iter().any(|known| known == customer) {
                customers.push(customer.to_owned());
            }
        }
        let Some(name) = name else { return };
        let place = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        for core in cores(&name) {
            self.by_core.entry(core).or_default().push(place);
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
        let mut places: Vec<u32> = Vec::new();
        for core in cores(name) {
            let found = self.by_core.get(&core).into_iter().flatten();
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
                likeness: u16::try_from(similarity(name, &known.name)).unwrap_or(u16::MAX),
                code: known.code.clone(),
            })
            .collect()
    }
}

/// The core of a name, and the same with each character taken out; of a short core only itself.
fn cores(name: &str) -> Vec<String> {
    let core = name_core(name);
    let letters: Vec<char> = core.chars().collect();
    let mut cores = Vec::with_capacity(letters.len() + 1);
    if (3..=24).contains(&letters.len()) {
        for left_out in 0..letters.len() {
            let rest = letters.iter().enumerate().filter(|(at, _)| *at != left_out);
            cores.push(rest.map(|(_, letter)| *letter).collect());
        }
    }
    if !core.is_empty() {
        cores.push(core);
    }
    cores.dedup();
    cores
}
