//! Which columns are read at all: what nobody uses can stop nothing. 所需字段

use std::collections::{BTreeMap, BTreeSet};

use pinji_domain::Kind;

/// What a field is for. 字段用途
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Only for readers to see: a choice that is not on the list is left empty, and told.
    Shown,
    /// Something is worked out from it: every cell must be as it should.
    Read,
}

/// The fields that are needed, by record kind; the columns of all others are neither read nor checked. 所需字段
///
/// A kind's subject and dates are always needed, its key and its currency where any of its fields is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    fields: BTreeMap<String, BTreeMap<String, Need>>,
    counted: BTreeSet<String>,
    roster: Option<String>,
}

impl Needs {
    /// Needs a field of a kind.
    pub fn add(&mut self, kind: &str, field: &str, need: Need) {
        let fields = self.fields.entry(kind.to_owned()).or_default();
        let known = fields.entry(field.to_owned()).or_insert(need);
        *known = need.max(*known);
    }

    /// Needs the rows of a kind, whatever of their fields.
    pub fn count(&mut self, kind: &str) {
        self.counted.insert(kind.to_owned());
    }

    /// The kind whose rows say who there is. Where a table of it is there, kinds of which nothing is read are not looked at:
    /// they bring nobody.
    pub fn roster(&mut self, kind: &str) {
        self.roster = Some(kind.to_owned());
    }

    /// The fields of a kind that are needed, ascending; `None` where the kind itself is not. 某种类所需字段
    pub fn fields(&self, kind: &str) -> Option<Vec<&str>> {
        let fields = self.fields.get(kind);
        let is_needed = fields.is_some() || self.counted.contains(kind) || self.roster.as_deref() == Some(kind);
        is_needed.then(|| fields.into_iter().flatten().map(|(field, _)| field.as_str()).collect())
    }

    /// What a field of a kind is needed for; `None` where it is for nothing. 字段用途
    ///
    /// The customer, the date and from when a row was known are always read; the key and the currency where anything is.
    pub fn of(&self, kind: &Kind, field: &str) -> Option<Need> {
        let is = |id: &Option<String>| id.as_deref() == Some(field);
        if kind.subject == field || is(&kind.date) || is(&kind.known) {
            return Some(Need::Read);
        }
        let read = self.reads(&kind.id);
        if read && (is(&kind.currency) || kind.key.iter().any(|key| key == field)) {
            return Some(Need::Read);
        }
        self.fields.get(&kind.id)?.get(field).copied()
    }

    /// Whether anything of a kind is read.
    pub(crate) fn reads(&self, kind: &str) -> bool {
        let mut fields = self.fields.get(kind).into_iter().flatten();
        self.counted.contains(kind) || fields.any(|(_, need)| *need == Need::Read)
    }

    /// Whether a table of `kind` is beside the point, given the kinds of all tables.
    pub(crate) fn is_idle<'k>(&self, kind: &str, mut all: impl Iterator<Item = &'k str>) -> bool {
        let roster = self.roster.as_deref();
        roster.is_some_and(|roster| roster != kind && !self.reads(kind) && all.any(|other| other == roster))
    }
}
