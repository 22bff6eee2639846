//! Measures of a population as columns, and what making them needs to know. 度量结果

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{Date32Type, Float64Type, Int32Type, Int64Type};
use pinji_domain::{Decimal, Kind, MissingCause};
use pinji_engine::InputType;
use pinji_policy::Document;

use crate::member_table::MemberTable;

/// The measures of a population as of a date. 度量结果
#[derive(Debug, Clone)]
pub struct Measured {
    /// The subjects' ids: Int64 or Utf8, ascending (texts by their bytes), each once.
    pub ids: ArrayRef,
    /// One per input of the plan, in its order.
    pub columns: Vec<MeasuredColumn>,
    /// Fields of the subject's own row that were asked for: id and values, Int64, Float64, Utf8, Date32 or Boolean.
    pub about: Vec<(String, ArrayRef)>,
    /// Records that count for nobody, by record kind.
    pub left_out: Vec<LeftOut>,
    /// What the members of groups brought, where a policy makes measures of their figures.
    pub members: Option<MemberTable>,
}

/// One measure of a population.
#[derive(Debug, Clone)]
pub struct MeasuredColumn {
    /// The measure's id.
    pub id: String,
    /// What it holds.
    pub ty: InputType,
    /// Int64 (scaled as `ty` says), Float64, Dictionary(Int32, Utf8) with its texts sorted, Date32 or Boolean.
    pub values: ArrayRef,
    /// Why a row is null (numbers of `MissingCause`, 0 where there is a value); `None`: each null is "not reported".
    pub causes: Option<Vec<u8>>,
}

/// Records that count for nobody, so that none disappears silently. 未计入的记录
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Record kind.
    pub kind: String,
    /// Records of customers that the customer sheet does not know.
    pub unknown: u64,
    /// The ids of some of those customers: the first ones as texts, ascending.
    pub strangers: Vec<String>,
    /// Records of customers without a group, where groups are rated.
    pub ungrouped: u64,
    /// Records that name no customer.
    pub nameless: u64,
    /// Records without the date that their kind asks for.
    pub undated: u64,
}

impl LeftOut {
    /// How many strangers are named.
    const NAMED: usize = 20;

    /// Names strangers, as many as there is room for.
    pub(crate) fn name(&mut self, strangers: impl Iterator<Item = String>) {
        for id in strangers {
            let place = self.strangers.partition_point(|known| *known < id);
            let known = self.strangers.get(place).is_some_and(|known| *known == id);
            if place < LeftOut::NAMED && !known {
                self.strangers.insert(place, id);
                self.strangers.truncate(LeftOut::NAMED);
            }
        }
    }

    /// How many records.
    pub fn total(&self) -> u64 {
        self.unknown + self.ungrouped + self.nameless + self.undated
    }
}

/// What another policy gave, for `[uses]`.
#[derive(Debug, Clone)]
pub struct UsedGrades {
    /// The alias under `[uses]`.
    pub alias: String,
    /// Subject ids, Int64 or Utf8.
    pub ids: ArrayRef,
    /// Grade ids; null is ungraded.
    pub grades: StringArray,
}

/// What measuring needs to know beside the policy and the records.
#[derive(Debug, Clone)]
pub struct MeasureOptions<'a> {
    /// The policy's document: record kinds, rates, currency, words of levels.
    pub document: &'a Document,
    /// The made-up kind of a wide sheet (its id is `wide`), where there is one.
    pub wide: Option<&'a Kind>,
    /// Fields of the customer's own row to carry along; personal ones are left out.
    pub about: Vec<String>,
    /// What the policies under `[uses]` gave.
    pub used: Vec<UsedGrades>,
    /// About how many bytes the state of one record kind may take before rows go to temporary files.
    pub memory_limit: usize,
    /// How many threads read and add up.
    pub threads: usize,
}

impl<'a> MeasureOptions<'a> {
    /// All that the document says; nothing carried along, 2 GiB, two threads.
    pub fn new(document: &'a Document) -> Self {
        MeasureOptions {
            document,
            wide: None,
            about: Vec::new(),
            used: Vec::new(),
            memory_limit: 2 << 30,
            threads: 2,
        }
    }
}

/// One value of a measure, for readers.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An exact number.
    Exact(Decimal),
    /// A double.
    Double(f64),
    /// A text.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// A truth value.
    Flag(bool),
}

impl Measured {
    /// How many subjects.
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// A subject's id as text; empty beyond the end.
    pub fn id(&self, row: usize) -> String {
        id_text(&self.ids, row)
    }

    /// Where the subject with this id stands.
    pub fn find(&self, id: &str) -> Option<usize> {
        if let Some(ids) = self.ids.as_primitive_opt::<Int64Type>() {
            return ids.values().binary_search(&id.trim().parse().ok()?).ok();
        }
        let ids = self.ids.as_string_opt::<i32>()?;
        let (mut low, mut high) = (0, ids.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match ids.value(middle).cmp(id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The measure with this id.
    pub fn column(&self, id: &str) -> Option<&MeasuredColumn> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// The carried field with this id.
    pub fn about(&self, id: &str) -> Option<&ArrayRef> {
        self.about.iter().find(|(name, _)| name == id).map(|(_, values)| values)
    }
}

impl MeasuredColumn {
    /// A row's value; `None` where it is missing.
    pub fn value(&self, row: usize) -> Option<Value> {
        let array = &self.values;
        if row >= array.len() || array.is_null(row) {
            return None;
        }
        Some(match &self.ty {
            InputType::Int(scale) => Value::Exact(Decimal {
                units: array.as_primitive_opt::<Int64Type>()?.value(row),
                scale: *scale,
            }),
            InputType::Double => Value::Double(array.as_primitive_opt::<Float64Type>()?.value(row)),
            InputType::Text(_) => Value::Text(self.text(row)?.to_owned()),
            InputType::Date => Value::Date(array.as_primitive_opt::<Date32Type>()?.value(row)),
            InputType::Flag => Value::Flag(array.as_boolean_opt()?.value(row)),
        })
    }

    /// A row's text, where the column holds texts and the row has one.
    pub fn text(&self, row: usize) -> Option<&str> {
        let array = self.values.as_dictionary_opt::<Int32Type>()?;
        let texts = array.values().as_string_opt::<i32>()?;
        let key = array.key(row)?;
        (key < texts.len()).then(|| texts.value(key))
    }

    /// Why a row has no value; `None` where it has one.
    pub fn cause(&self, row: usize) -> Option<MissingCause> {
        if row < self.values.len() && self.values.is_valid(row) {
            return None;
        }
        let number = self
            .causes
            .as_ref()
            .and_then(|causes| causes.get(row))
            .copied()
            .unwrap_or(0);
        Some(MissingCause::from_number(number).unwrap_or(MissingCause::NotReported))
    }
}

/// An id of an array of ids as text; empty beyond the end.
pub fn id_text(ids: &ArrayRef, row: usize) -> String {
    if row >= ids.len() {
        return String::new();
    }
    if let Some(ids) = ids.as_primitive_opt::<Int64Type>() {
        return ids.value(row).to_string();
    }
    ids.as_string_opt::<i32>()
        .map(|ids| ids.value(row).to_owned())
        .unwrap_or_default()
}
