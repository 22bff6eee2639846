//! Two customers that are likely one: the same code, or a name that is much alike. 重复客户

use std::collections::BTreeMap;

use pinji_domain::Kind;
use pinji_domain::number::pow10;
use pinji_domain::office::DuplicateRule;

use super::{Doubt, changes};
use crate::compare::Compared;
use crate::values::{self, Values};

/// How to find other customers; the index is not ours. 查找其他客户
pub struct Others<'a> {
    /// Customers that have this code, from the register and from the submission itself; the asking one may be among them.
    pub by_code: &'a dyn Fn(&str) -> Vec<String>,
    /// Customers whose name is like this one, from the register and from the submission itself. Names that are hardly alike
    /// may be left out; those of the customer itself may be in it.
    pub alike: &'a dyn Fn(&str) -> Vec<Alike>,
}

impl Others<'_> {
    /// Nobody else is known.
    pub const NOBODY: Others<'static> = Others {
        by_code: &|_| Vec::new(),
        alike: &|_| Vec::new(),
    };
}

/// A customer with a similar name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// The customer's own number.
    pub customer: String,
    /// How alike, from 0 to 1,000.
    pub likeness: u16,
    /// Its code, where it has one: two codes that differ are two companies, however alike their names.
    pub code: Option<String>,
}

/// Which customers of a submission bring which codes.
pub(super) struct Codes(BTreeMap<String, Vec<String>>);

impl Codes {
    pub(super) fn new(kind: &Kind, rows: &[&Compared]) -> Codes {
        let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let field = kind.office.duplicate.as_ref().and_then(|rule| rule.code.as_deref());
        for row in rows {
            let code = field.and_then(|field| filled(&row.after, field));
            if let (Some(code), Some(key)) = (code, &row.key) {
                codes.entry(code).or_default().push(key.customer.clone());
            }
        }
        codes.values_mut().for_each(|customers| customers.sort_unstable());
        Codes(codes)
    }
}

fn filled(row: &Values, field: &str) -> Option<String> {
    values::present(row, field)
        .map(values::text)
        .filter(|text| !text.is_empty())
}

pub(super) fn of(kind: &Kind, row: &Compared, codes: &Codes, others: &Others<'_>) -> Vec<Doubt> {
    let (Some(rule), Some(key)) = (&kind.office.duplicate, &row.key) else {
        return Vec::new();
    };
    let mut doubts = Vec::new();
    let mut met: Vec<String> = Vec::new();
    let code = rule.code.as_ref().and_then(|field| filled(&row.after, field));
    if let (Some(field), Some(code)) = (rule.code.as_ref().filter(|field| changes(row, field)), &code) {
        let beside = codes.0.get(code).into_iter().flatten().cloned();
        met.extend((others.by_code)(code).into_iter().chain(beside));
        met.retain(|other| *other != key.customer);
        met.sort_unstable();
        met.dedup();
        doubts.extend(met.iter().map(|other| Doubt::SameCode {
            field: field.clone(),
            code: code.clone(),
            other: other.clone(),
        }));
    }
    let Some(field) = rule.name.as_ref().filter(|field| changes(row, field)) else {
        return doubts;
    };
    let Some(name) = filled(&row.after, field) else {
        return doubts;
    };
    let mut alike = (others.alike)(&name);
    alike.retain(|other| {
        let two_codes = matches!((&code, &other.code), (Some(one), Some(two)) if one != two);
        // Who has the same code was named already.
        other.customer != key.customer && !met.contains(&other.customer) && !two_codes && enough(rule, other.likeness)
    });
    alike.sort_by(|one, other| (other.likeness, &one.customer).cmp(&(one.likeness, &other.customer)));
    alike.dedup_by(|one, other| one.customer == other.customer);
    doubts.extend(alike.into_iter().map(|other| Doubt::SimilarName {
        field: field.clone(),
        name: name.clone(),
        other: other.customer,
        likeness: other.likeness,
    }));
    doubts
}

fn enough(rule: &DuplicateRule, likeness: u16) -> bool {
    i64::from(likeness) * pow10(rule.likeness.scale) >= 1000 * rule.likeness.units
}
