//! Kinds, rows and people that the tests share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use pinji_domain::ids::UserId;
use pinji_domain::{Channel, Date, Kind, Kinds, Timestamp, date};
use pinji_workflow::compare::{Blank, Brought, Sent, compare};
use pinji_workflow::{By, Comparison, ContentHash, Known, Part, RecordKey, Signed, State, Submission, Values, Version};
use serde_json::{Value, json};

/// The shipped kinds, and on top of them what a company says about trusted feeds.
pub fn kinds() -> &'static Kinds {
    static KINDS: OnceLock<Kinds> = OnceLock::new();
    KINDS.get_or_init(|| {
        let own = r#"
[kind.service_record.office]
period = { every = "1 month" }
[kind.service_record.office.channel.crm]
every = "1 month"
sample = 0.05
[kind.transaction.office.channel.api]
sample = 0.1
"#;
        let (kinds, findings) = pinji_policy::kinds::read("own.toml", own, pinji_policy::kinds::shipped());
        assert_eq!(findings, Vec::new());
        kinds
    })
}

pub fn kind(id: &str) -> &'static Kind {
    kinds().get(id).unwrap()
}

pub fn values(value: Value) -> Values {
    value.as_object().unwrap().clone()
}

pub fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

pub const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
pub const COLLECTOR: By = person(1);
pub const CONFIRMER: By = person(2);
pub const AUDITOR: By = person(3);

pub const fn person(id: i64) -> By {
    By {
        user: UserId(id),
        on_behalf_of: None,
    }
}

pub fn acting(id: i64, on_behalf_of: i64) -> By {
    By {
        user: UserId(id),
        on_behalf_of: Some(UserId(on_behalf_of)),
    }
}

pub fn signed(by: By) -> Signed {
    Signed { by, at: NOW }
}

/// A current version of a record.
pub fn version(kind: &Kind, value: Value) -> Version {
    let values = values(value);
    Version {
        key: RecordKey::of(kind, &values).unwrap(),
        is_current: true,
        values,
    }
}

pub fn known(kind: &Kind, records: &[Value]) -> Known {
    Known::new(records.iter().map(|record| version(kind, record.clone())))
}

/// Compares rows as a workbook brings them: all fields are there, an empty one says nothing.
pub fn compared(kind: &Kind, rows: &[Value], known: &Known) -> Comparison {
    compared_with(kind, rows, known, Blank::Keeps)
}

pub fn compared_with(kind: &Kind, rows: &[Value], known: &Known, blank: Blank) -> Comparison {
    let rows: Vec<Values> = rows.iter().cloned().map(values).collect();
    let sent: Vec<Sent<'_>> = rows
        .iter()
        .enumerate()
        .map(|(at, values)| Sent {
            row: at as u32 + 1,
            values,
            is_bad: values.contains_key("bad"),
        })
        .collect();
    let fields: Vec<&str> = kind.fields.iter().map(|field| field.id.as_str()).collect();
    compare(kind, &sent, Brought { fields: &fields, blank }, known)
}

/// A statement of a customer for a year, in fen.
pub fn statement(customer: &str, year: i32, revenue: i64) -> Value {
    json!({
        "customer": customer, "period_end": format!("{year}-12-31"), "period_type": "annual",
        "revenue": revenue, "net_profit": revenue / 10,
        "total_assets": 3 * revenue, "total_liabilities": revenue, "equity": 2 * revenue,
    })
}

/// A submission that is all of one kind.
pub struct Whole {
    pub kind: &'static Kind,
    pub comparison: Comparison,
    pub channel: Channel,
    pub suspicious: BTreeSet<u32>,
}

impl Whole {
    pub fn new(id: &str, rows: &[Value], records: &[Value]) -> Whole {
        let kind = kind(id);
        Whole {
            kind,
            comparison: compared(kind, rows, &known(kind, records)),
            channel: Channel::Workbook,
            suspicious: BTreeSet::new(),
        }
    }

    pub fn content(&self) -> ContentHash {
        ContentHash::of(self.comparison.rows.iter().map(|row| (self.kind, &row.after)))
    }

    /// Calls `look` with the submission in this state.
    pub fn at<T>(&self, state: State, look: impl FnOnce(&Submission<'_>) -> T) -> T {
        let parts = [Part {
            kind: self.kind,
            rows: &self.comparison.rows,
        }];
        look(&Submission {
            channel: self.channel,
            collector: COLLECTOR,
            content: self.content(),
            parts: &parts,
            suspicious: &self.suspicious,
            state,
            used_by: None,
            overtaken_by: None,
        })
    }
}

pub fn submitted() -> State {
    State::Submitted {
        confirmed: signed(CONFIRMER),
        ruled: None,
    }
}

/// A register as simple as can be: what counts today. Rows of ledgers are told apart by their number.
pub type Register = BTreeMap<(String, RecordKey, u32), Values>;

/// Does changes to the register as the store does: each must find what it says it replaces.
pub fn apply(register: &mut Register, kind: &Kind, changes: &[pinji_workflow::Change]) {
    for change in changes {
        let row = if kind.is_ledger() { change.row } else { 0 };
        let place = (change.kind.clone(), change.key.clone(), row);
        assert_eq!(register.get(&place), change.before.as_ref(), "{place:?}");
        match &change.after {
            Some(after) => register.insert(place, after.clone()),
            None => register.remove(&place),
        };
    }
}

/// Numbers that look random and are the same every time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
