//! Records of one kind as columns: values out of their JSON, at the fields' scales, with control totals. 冻结列

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field as Column, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use pinji_domain::{Date, FieldType, Kind, date};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

/// More digits than any field has.
const DIGITS: u8 = 18;

/// The columns of a kind's file in the making. 列构建器
pub(super) struct Columns {
    kind: Kind,
    schema: SchemaRef,
    /// The place of each field by its id, among `builders`.
    places: HashMap<String, usize>,
    /// The fields of the record before, in its order, each with its place: the next one has mostly the same.
    order: Vec<(String, Option<usize>)>,
    builders: Vec<Builder>,
    /// Whether the row at hand has a value there already.
    filled: Vec<bool>,
    subject: usize,
    /// The key fields without the subject, in the order in which a record's key names them.
    keys: Vec<usize>,
    date: Option<usize>,
    rows: usize,
}

enum Builder {
    Text(StringBuilder),
    Whole(Int64Builder),
    Exact(Decimal128Builder),
    Double(Float64Builder),
    Day(Date32Builder),
    Flag(BooleanBuilder),
}

/// A record that does not say what its kind declares. 记录与种类不符
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unlike {
    /// The field; empty where the whole record cannot be read.
    pub(super) field: String,
}

impl Columns {
    /// No rows yet. Fields about persons never enter a snapshot, so they have no column.
    pub(super) fn new(kind: &Kind) -> Columns {
        let fields: Vec<&pinji_domain::Field> = kind
            .fields
            .iter()
            .filter(|field| !field.personal || field.id == kind.subject)
            .collect();
        let place = |id: &str| fields.iter().position(|field| field.id == id);
        let columns: Vec<Column> = fields
            .iter()
            .map(|field| Column::new(&field.id, storage(&field.ty), field.id != kind.subject))
            .collect();
        let keys = kind.key.iter().filter(|id| **id != kind.subject);
        Columns {
            schema: Arc::new(Schema::new(columns)),
            places: fields
                .iter()
                .enumerate()
                .map(|(at, field)| (field.id.clone(), at))
                .collect(),
            order: Vec::new(),
            builders: fields.iter().map(|field| Builder::of(&field.ty)).collect(),
            filled: vec![false; fields.len()],
            subject: place(&kind.subject).unwrap_or(0),
            keys: keys.filter_map(|id| place(id)).collect(),
            date: kind.date.as_deref().and_then(place),
            kind: kind.clone(),
            rows: 0,
        }
    }

    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a record of the customer with this number. What is in `more` stands where the record says nothing, or always; numbers in
    /// units of the field's last decimal.
    pub(super) fn push(
        &mut self,
        code: &str,
        content: &str,
        key: &str,
        period: Option<Date>,
        more: &[(&str, Option<&str>, bool)],
    ) -> Result<(), Unlike> {
        self.filled.fill(false);
        self.text(self.subject, code);
        for (id, text, _) in more.iter().filter(|(_, _, always)| *always) {
            if let (Some(at), Some(text)) = (self.places.get(*id).copied(), text) {
                self.part(at, text)?;
            } else if let Some(at) = self.places.get(*id).copied() {
                // Nothing at all, whatever the record says.
                self.null(at);
            }
        }
        if !content.is_empty() {
            let mut reader = serde_json::Deserializer::from_str(content);
            let read = (&mut reader).deserialize_map(Row(self));
            read.map_err(|why| self.unlike(&why.to_string()))?;
        }
        if let (Some(at), Some(period)) = (self.date, period)
            && !self.is_filled(at)
        {
            let days = date::to_days(period);
            if let Some(Builder::Day(days_of)) = self.builders.get_mut(at) {
                days_of.append_value(days);
                self.fill(at);
            }
        }
        if !self.keys.iter().all(|at| self.is_filled(*at)) && key.split('\u{1f}').count() == self.keys.len() {
            for (turn, part) in key.split('\u{1f}').enumerate() {
                let at = self.keys.get(turn).copied();
                if let Some(at) = at.filter(|at| !self.is_filled(*at) && !part.is_empty()) {
                    self.part(at, part)?;
                }
            }
        }
        for (id, text, _) in more.iter().filter(|(_, _, always)| !*always) {
            if let (Some(at), Some(text)) = (self.places.get(*id).copied(), text)
                && !self.is_filled(at)
            {
                self.text(at, text);
            }
        }
        for at in 0..self.builders.len() {
            if !self.is_filled(at) {
                self.null(at);
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// What was added since the last time.
    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let columns = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(self.schema(), columns)
    }

    /// The place of the field that a record names at this turn.
    fn place(&mut self, turn: usize, id: &str) -> Option<usize> {
        if let Some((known, at)) = self.order.get(turn)
            && known == id
        {
            return *at;
        }
        let at = self.places.get(id).copied();
        self.order.truncate(turn);
        self.order.push((id.to_owned(), at));
        at
    }

    fn unlike(&self, why: &str) -> Unlike {
        let named = self
            .kind
            .fields
            .iter()
            .find(|field| why.contains(&format!("`{}`", field.id)));
        Unlike {
            field: named.map(|field| field.id.clone()).unwrap_or_default(),
        }
    }

    fn is_filled(&self, at: usize) -> bool {
        self.filled.get(at).copied().unwrap_or(true)
    }

    fn fill(&mut self, at: usize) {
        if let Some(filled) = self.filled.get_mut(at) {
            *filled = true;
        }
    }

    fn text(&mut self, at: usize, text: &str) {
        if let Some(Builder::Text(texts)) = self.builders.get_mut(at) {
            texts.append_value(text);
            self.fill(at);
        }
    }

    fn null(&mut self, at: usize) {
        if let Some(builder) = self.builders.get_mut(at) {
            builder.null();
            self.fill(at);
        }
    }

    /// A value as keys have it: numbers in units of the field's last decimal.
    fn part(&mut self, at: usize, part: &str) -> Result<(), Unlike> {
        let unlike = Unlike {
            field: "key".to_owned(),
        };
        let scalar = match self.builders.get(at) {
            Some(Builder::Whole(_) | Builder::Exact(_)) => Scalar::Whole(part.parse().map_err(|_| unlike)?),
            Some(Builder::Double(_)) => Scalar::Double(part.parse().map_err(|_| unlike)?),
            Some(Builder::Flag(_)) => Scalar::Flag(part == "true"),
            _ => Scalar::Text(Cow::Borrowed(part)),
        };
        self.put(at, scalar).ok_or(Unlike {
            field: "key".to_owned(),
        })
    }

    /// Puts a value of a record where it belongs; `None` where it is not what the field holds.
    fn put(&mut self, at: usize, scalar: Scalar<'_>) -> Option<()> {
        if self.is_filled(at) {
            return Some(());
        }
        match (self.builders.get_mut(at)?, scalar) {
            (_, Scalar::Null) => return Some(()),
            (Builder::Text(texts), Scalar::Text(text)) => texts.append_value(text),
            (Builder::Whole(whole), Scalar::Whole(value)) => whole.append_value(value),
            (Builder::Exact(exact), Scalar::Whole(value)) => exact.append_value(i128::from(value)),
            (Builder::Double(doubles), Scalar::Whole(value)) => doubles.append_value(value as f64),
            (Builder::Double(doubles), Scalar::Double(value)) => doubles.append_value(value),
            (Builder::Flag(flags), Scalar::Flag(value)) => flags.append_value(value),
            (Builder::Day(days), Scalar::Text(text)) => days.append_value(date::to_days(date::parse(&text)?)),
            _ => return None,
        }
        self.fill(at);
        Some(())
    }
}

impl Builder {
    fn of(ty: &FieldType) -> Builder {
        match ty {
            FieldType::Text | FieldType::Choice(_) => Builder::Text(StringBuilder::new()),
            FieldType::Integer => Builder::Whole(Int64Builder::new()),
            FieldType::Decimal(_) | FieldType::Money(_) => {
                Builder::Exact(Decimal128Builder::new().with_data_type(storage(ty)))
            }
            FieldType::Number => Builder::Double(Float64Builder::new()),
            FieldType::Date => Builder::Day(Date32Builder::new()),
            FieldType::Flag => Builder::Flag(BooleanBuilder::new()),
        }
    }

    fn null(&mut self) {
        match self {
            Builder::Text(builder) => builder.append_null(),
            Builder::Whole(builder) => builder.append_null(),
            Builder::Exact(builder) => builder.append_null(),
            Builder::Double(builder) => builder.append_null(),
            Builder::Day(builder) => builder.append_null(),
            Builder::Flag(builder) => builder.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(builder) => Arc::new(builder.finish()),
            Builder::Whole(builder) => Arc::new(builder.finish()),
            Builder::Exact(builder) => Arc::new(builder.finish()),
            Builder::Double(builder) => Arc::new(builder.finish()),
            Builder::Day(builder) => Arc::new(builder.finish()),
            Builder::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}

fn storage(ty: &FieldType) -> DataType {
    match ty {
        FieldType::Text | FieldType::Choice(_) => DataType::Utf8,
        FieldType::Integer => DataType::Int64,
        FieldType::Decimal(scale) | FieldType::Money(scale) => {
            DataType::Decimal128(DIGITS, i8::try_from(*scale).unwrap_or(0))
        }
        FieldType::Number => DataType::Float64,
        FieldType::Date => DataType::Date32,
        FieldType::Flag => DataType::Boolean,
    }
}

/// A value as the JSON of a record has it.
enum Scalar<'a> {
    Null,
    Flag(bool),
    Whole(i64),
    Double(f64),
    Text(Cow<'a, str>),
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Scalar<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a record")
            }
            fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Flag(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Whole(value))
            }
            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Scalar<'de>, E> {
                i64::try_from(value).map(Scalar::Whole).map_err(E::custom)
            }
            fn visit_f64<E>(self, value: f64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Double(value))
            }
            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Borrowed(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_any(One)
    }
}

/// The name of a field, borrowed from the text wherever it stands there as it is.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(One)
    }
}

/// The fields of a record, put into their columns as they are read.
struct Row<'c>(&'c mut Columns);

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the values of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut turns = 0..;
        while let Some(Name(id)) = map.next_key::<Name<'de>>()? {
            // Fields without a column: those that nobody reads, personal ones, and those that a later version of the kind took
            // away.
            let Some(at) = self.0.place(turns.next().unwrap_or_default(), id.as_ref()) else {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            };
            let value = map
                .next_value::<Scalar<'de>>()
                .map_err(|_| A::Error::custom(format!("`{id}`")))?;
            self.0
                .put(at, value)
                .ok_or_else(|| A::Error::custom(format!("`{id}`")))?;
        }
        Ok(())
    }
}

/// How much stands in a column: what a copy of it must add up to. 控制总数
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, Deserialize)]
pub(super) struct Total {
    /// The field.
    pub(super) field: String,
    /// Rows with a value.
    pub(super) values: u64,
    /// The sum of exact numbers and days, as a decimal text: it may be larger than any number of JSON.
    pub(super) sum: String,
}

/// Control totals as they add up. 控制总数累计
#[derive(Debug, Clone, Default)]
pub(super) struct Totals {
    rows: u64,
    columns: Vec<(u64, i128)>,
}

impl Totals {
    pub(super) fn add(&mut self, batch: &RecordBatch) {
        self.rows += batch.num_rows() as u64;
        self.columns.resize(batch.num_columns(), (0, 0));
        for (column, (values, sum)) in batch.columns().iter().zip(&mut self.columns) {
            *values += (column.len() - column.null_count()) as u64;
            *sum += match column.data_type() {
                DataType::Int64 => {
                    let column = column.as_primitive::<Int64Type>();
                    column.iter().flatten().map(i128::from).sum::<i128>()
                }
                DataType::Decimal128(_, _) => column.as_primitive::<Decimal128Type>().iter().flatten().sum(),
                DataType::Date32 => {
                    let column = column.as_primitive::<Date32Type>();
                    column.iter().flatten().map(i128::from).sum::<i128>()
                }
                // Of texts, their lengths: a cut or exchanged one is seen by them, or by the file's hash.
                DataType::Utf8 => {
                    let column = column.as_string::<i32>();
                    column.iter().flatten().map(|text| text.len() as i128).sum::<i128>()
                }
                _ => 0,
            };
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn of(&self, schema: &Schema) -> Vec<Total> {
        let one = |(column, (values, sum)): (&Arc<Column>, &(u64, i128))| Total {
            field: column.name().clone(),
            values: *values,
            sum: sum.to_string(),
        };
        schema.fields().iter().zip(&self.columns).map(one).collect()
    }
}
