//! What came in, held against what is known: new, changed, same or bad, field by field. 比对

use std::collections::{BTreeMap, HashMap};

use pinji_domain::ids::SubmissionId;
use pinji_domain::{Date, Kind, Message};
use serde_json::Value;

use crate::notice;
use crate::sample::ContentHash;
use crate::values::{self, Values};

/// Whose record it is and which: its identity within its kind. 记录标识
///
/// Rows of a ledger have an empty key and are never the same record: their identity is the submission and the row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The customer's own number.
    pub customer: String,
    /// The values of the key fields; see [`values::key_text`].
    pub key: String,
}

impl RecordKey {
    /// The identity of a row; `None` when it names no customer.
    pub fn of(kind: &Kind, row: &Values) -> Option<RecordKey> {
        Some(RecordKey {
            customer: values::customer_of(kind, row)?,
            key: values::key_text(kind, row),
        })
    }
}

/// One version of a record that is known. 已知版本
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Whose and which.
    pub key: RecordKey,
    /// Whether it is what counts today; otherwise it was replaced by a later one.
    pub is_current: bool,
    /// Its values.
    pub values: Values,
}

/// What is known of the customers of a submission, for one kind. 已知记录
///
/// The caller loads it once: the current versions of all records of these customers and, for kinds without a date (standing
/// facts), the earlier versions too, the oldest first. Of ledgers nothing is needed.
#[derive(Debug, Default)]
pub struct Known {
    versions: Vec<Version>,
    current: HashMap<RecordKey, usize>,
    by_customer: HashMap<String, Vec<usize>>,
}

impl Known {
    /// Orders what was loaded.
    pub fn new(versions: impl IntoIterator<Item = Version>) -> Known {
        let mut known = Known::default();
        for (at, version) in versions.into_iter().enumerate() {
            if version.is_current {
                known.current.insert(version.key.clone(), at);
            }
            let all = known.by_customer.entry(version.key.customer.clone()).or_default();
            all.push(at);
            known.versions.push(version);
        }
        known
    }

    /// What counts today for this record.
    pub fn current(&self, key: &RecordKey) -> Option<&Values> {
        let at = self.current.get(key)?;
        self.versions.get(*at).map(|version| &version.values)
    }

    /// All versions of a customer's records, in the order in which they were loaded.
    pub fn of<'k>(&'k self, customer: &str) -> impl Iterator<Item = &'k Version> + use<'k> {
        let places = self.by_customer.get(customer).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| self.versions.get(*at))
    }

    /// The newest record of the same series that is dated before `date`. 上一期
    fn before(&self, kind: &Kind, customer: &str, series: &str, date: Date) -> Option<&Values> {
        let earlier = self.of(customer).filter(|version| version.is_current);
        let dated = earlier.filter_map(|version| Some((values::date_of(kind, &version.values)?, version)));
        dated
            .filter(|(day, version)| *day < date && values::series_text(kind, &version.values) == series)
            .max_by_key(|(day, version)| (*day, version.key.clone()))
            .map(|(_, version)| &version.values)
    }
}

/// A row as it came in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sent<'a> {
    /// Its number within the submission, over all its sheets.
    pub row: u32,
    /// Its values.
    pub values: &'a Values,
    /// Whether some of its cells could not be understood.
    pub is_bad: bool,
}

/// What an empty cell means where there is a value already. 空白含义
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Nothing is said; the value stays. So it is in workbooks and feeds, where most cells are empty most of the time.
    Keeps,
    /// The value is taken away. So it is in a form, where one sees what one leaves empty.
    Clears,
}

/// Which fields a submission brings at all, and what it means that one is empty.
#[derive(Debug, Clone, Copy)]
pub struct Brought<'a> {
    /// Ids of fields; others keep their values in any case.
    pub fields: &'a [&'a str],
    /// What an empty one means.
    pub blank: Blank,
}

/// One field, old beside new. 新旧对照
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// What is known.
    pub old: Option<Value>,
    /// What came in.
    pub new: Option<Value>,
}

/// How a row stands to what is known. 比对结论
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// There was no such record.
    New,
    /// There is, with other values.
    Changed,
    /// There is, with these values; or the row repeats another of the same submission word for word.
    Same,
    /// It cannot be taken.
    Bad(Flaw),
}

/// Why a row cannot be taken. 问题
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Some of its cells could not be understood.
    Cells,
    /// It names no customer.
    NoCustomer,
    /// Another row of the submission says something else about the same record: nobody knows which is right.
    Contradicts {
        /// The other row.
        row: u32,
    },
}

impl Flaw {
    /// The sentence for readers.
    pub fn message(self) -> Message {
        match self {
            Flaw::Cells => Message::new("workflow-flaw-cells"),
            Flaw::NoCustomer => Message::new("workflow-flaw-no-customer"),
            Flaw::Contradicts { row } => Message::new("workflow-flaw-contradicts").with("row", i64::from(row)),
        }
    }
}

/// A row and what was found about it. 比对结果
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its number within the submission.
    pub row: u32,
    /// Whose and which; `None` when it names no customer.
    pub key: Option<RecordKey>,
    /// How it stands.
    pub verdict: Verdict,
    /// The first row of the submission that says the same.
    pub repeats: Option<u32>,
    /// What is known now.
    pub before: Option<Values>,
    /// What would be known if the row were accepted whole.
    pub after: Values,
    /// The fields that differ, in the order of the kind; of a new record all that are filled.
    pub differences: Vec<Difference>,
    /// Key fields that moved far enough to be told; of a new record against the period before. 关键字段变动
    pub told: Vec<Difference>,
}

impl Compared {
    /// Whether it would change the register.
    pub fn brings(&self) -> bool {
        matches!(self.verdict, Verdict::New | Verdict::Changed)
    }

    /// Whether it cannot be taken.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict, Verdict::Bad(_))
    }
}

/// How many rows of each sort. 计数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New records.
    pub new: u32,
    /// Records with other values.
    pub changed: u32,
    /// Rows that say what is known, and repetitions.
    pub same: u32,
    /// Rows that cannot be taken.
    pub bad: u32,
}

/// All rows of one kind with what was found. 比对
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// By their numbers.
    pub rows: Vec<Compared>,
    /// How many of each sort.
    pub counts: Counts,
}

/// Holds rows of one kind against what is known. 比对
///
/// The result follows from the numbers of the rows, not from the order in which they are given. Nothing is dropped: each row
/// that goes in comes out.
pub fn compare(kind: &Kind, sent: &[Sent<'_>], brought: Brought<'_>, known: &Known) -> Comparison {
    let mut rows: Vec<Compared> = sent.iter().map(|row| one(kind, *row, brought, known)).collect();
    rows.sort_by_key(|row| row.row);
    twins(kind, sent, &mut rows);
    for row in rows.iter_mut().filter(|row| row.brings()) {
        row.told = told(kind, row, known);
    }
    let mut counts = Counts::default();
    for row in &rows {
        match row.verdict {
            Verdict::New => counts.new += 1,
            Verdict::Changed => counts.changed += 1,
            Verdict::Same => counts.same += 1,
            Verdict::Bad(_) => counts.bad += 1,
        }
    }
    Comparison { rows, counts }
}

/// A row by itself.
fn one(kind: &Kind, sent: Sent<'_>, brought: Brought<'_>, known: &Known) -> Compared {
    let key = RecordKey::of(kind, sent.values);
    let before = key
        .as_ref()
        .filter(|_| !kind.is_ledger())
        .and_then(|key| known.current(key));
    let after = merged(before, sent.values, brought);
    let differences = differences(kind, before, &after);
    let verdict = match (&key, before) {
        _ if sent.is_bad => Verdict::Bad(Flaw::Cells),
        (None, _) => Verdict::Bad(Flaw::NoCustomer),
        (Some(_), None) => Verdict::New,
        (Some(_), Some(_)) if differences.is_empty() => Verdict::Same,
        (Some(_), Some(_)) => Verdict::Changed,
    };
    Compared {
        row: sent.row,
        key,
        verdict,
        repeats: None,
        before: before.cloned(),
        after,
        differences,
        told: Vec::new(),
    }
}

/// What is known once a row is taken: what it says, and the old values of fields about which it says nothing. 合并
pub fn merged(before: Option<&Values>, sent: &Values, brought: Brought<'_>) -> Values {
    let mut after = before.cloned().unwrap_or_default();
    after.retain(|_, value| !value.is_null());
    if brought.blank == Blank::Clears {
        for field in brought.fields {
            after.shift_remove(*field);
        }
    }
    for (field, value) in sent.iter().filter(|(_, value)| !value.is_null()) {
        after.insert(field.clone(), value.clone());
    }
    after
}

/// The fields in which two states of a record differ, in the order of the kind.
pub fn differences(kind: &Kind, before: Option<&Values>, after: &Values) -> Vec<Difference> {
    let fields = kind.fields.iter().map(|field| field.id.as_str());
    let differing = fields.filter_map(|field| {
        let old = before.and_then(|before| values::present(before, field));
        let new = values::present(after, field);
        (!values::same(old, new)).then(|| Difference {
            field: field.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
        })
    });
    differing.collect()
}

/// Rows of one submission that are about the same record: word for word the same, or contradicting each other. 重复行
fn twins(kind: &Kind, sent: &[Sent<'_>], rows: &mut [Compared]) {
    let content: HashMap<u32, [u8; 32]> = sent
        .iter()
        .map(|sent| (sent.row, values::row_hash(kind, sent.values)))
        .collect();
    let mut groups: BTreeMap<(RecordKey, Option<[u8; 32]>), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_bad()) {
        if let Some(key) = &row.key {
            // Two rows of a ledger are the same only if they say the same.
            let hash = content.get(&row.row).copied().filter(|_| kind.is_ledger());
            groups.entry((key.clone(), hash)).or_default().push(at);
        }
    }
    for places in groups.into_values().filter(|places| places.len() > 1) {
        let numbers: Vec<(usize, u32)> = places.iter().filter_map(|at| Some((*at, rows.get(*at)?.row))).collect();
        let Some((_, first)) = numbers.first().copied() else {
            continue;
        };
        let hash = |row: u32| content.get(&row);
        let agree = numbers.iter().all(|(_, row)| hash(*row) == hash(first));
        for (at, number) in &numbers {
            let Some(row) = rows.get_mut(*at) else { continue };
            if !agree {
                let other = numbers.iter().find(|(_, other)| hash(*other) != hash(*number));
                let other = other.map_or(first, |(_, other)| *other);
                row.verdict = Verdict::Bad(Flaw::Contradicts { row: other });
            } else if *number != first {
                row.repeats = Some(first);
                // In a ledger two equal orders on one day are two orders: pointed out, and kept.
                if !kind.is_ledger() {
                    row.verdict = Verdict::Same;
                    row.differences.clear();
                }
            }
        }
    }
}

/// The key fields that moved, against the record itself or, for a new period, the one before.
fn told(kind: &Kind, row: &Compared, known: &Known) -> Vec<Difference> {
    let moved = match (&row.before, &row.key, values::date_of(kind, &row.after)) {
        (Some(_), ..) => row.differences.clone(),
        (None, Some(key), Some(date)) if kind.is_periodic() => {
            let series = values::series_text(kind, &row.after);
            match known.before(kind, &key.customer, &series, date) {
                Some(earlier) => differences(kind, Some(earlier), &row.after),
                None => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    moved
        .into_iter()
        .filter(|difference| notice::counts(kind, difference))
        .collect()
}

/// A submission that says exactly the same; the first of them. 重复报送
///
/// A ledger has no keys, so a file that is sent twice would count twice: this is how it is pointed out. The caller hands in
/// submissions that are kept (submitted or audited), with their content hashes.
pub fn resent<'e>(
    content: ContentHash,
    earlier: impl IntoIterator<Item = &'e (SubmissionId, ContentHash)>,
) -> Option<SubmissionId> {
    let same = earlier.into_iter().filter(|(_, hash)| *hash == content);
    same.map(|(id, _)| *id).min()
}

/// The sentence about a submission that was sent before.
pub fn resent_message(earlier: SubmissionId) -> Message {
    Message::new("workflow-doubt-resent").with("earlier", earlier.to_string())
}
