//! Looking through a Parquet file before anything is graded. 逐列检查

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use parquet::file::statistics::Statistics;
use pinji_domain::number::{EXACT_LIMIT, pow10};
use pinji_domain::{FieldType, Kind};

use super::ParquetFile;
use crate::bad::Why;
use crate::convert;
use crate::error::DataError;
use crate::keys::{KeyHash, Keys, Place};
use crate::limits::Limits;
use crate::load::{At, BadList, Loose};
use crate::plan::Planned;
use crate::value::{Cell, Reader, Value};

/// What a look through a Parquet file found.
#[derive(Debug)]
pub(crate) struct Looked {
    pub bad: BadList,
    /// Rows with bad cells, in order.
    pub dropped: Vec<u64>,
    pub keys: Keys,
    /// By field.
    pub loose: BTreeMap<usize, Loose>,
}

/// Reads the columns that leave a doubt, and only those: types that cannot go wrong, and statistics that prove it, are
/// trusted. Row groups are looked through side by side.
pub(crate) fn look_through(file: &ParquetFile, kind: &Kind, limits: &Limits) -> Result<Looked, DataError> {
    let keyed: Vec<usize> = kind.key.iter().filter_map(|id| kind.position(id)).collect();
    let has_key = !keyed.is_empty() && keyed.iter().all(|field| file.fields().any(|own| own == *field));
    let wanted: Vec<&(Planned, usize)> = file
        .columns
        .iter()
        .filter(|(planned, source)| {
            (has_key && keyed.contains(&planned.field)) || file.is_doubtful(kind, planned, *source)
        })
        .collect();
    let mut looked = Looked {
        bad: BadList::new(limits.bad_cells),
        dropped: Vec::new(),
        keys: Keys::default(),
        loose: BTreeMap::new(),
    };
    if wanted.is_empty() {
        return Ok(looked);
    }
    let next = AtomicUsize::new(0);
    let parts: Mutex<Vec<(usize, Result<Looked, DataError>)>> = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(file.groups().max(1));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let group = next.fetch_add(1, Ordering::Relaxed);
                    if group >= file.groups() {
                        return;
                    }
                    let part = look_at_group(file, kind, group, &wanted, if has_key { &keyed } else { &[] }, limits);
                    if let Ok(mut parts) = parts.lock() {
                        parts.push((group, part));
                    }
                }
            });
        }
    });
    let mut parts = parts.into_inner().unwrap_or_default();
    parts.sort_by_key(|(group, _)| *group);
    for (_, part) in parts {
        let part = part?;
        looked.bad.append(part.bad);
        looked.dropped.extend(part.dropped);
        looked.keys.append(part.keys);
        for (field, loose) in part.loose {
            looked.loose.entry(field).or_default().append(loose);
        }
    }
    Ok(looked)
}

fn look_at_group(
    file: &ParquetFile,
    kind: &Kind,
    group: usize,
    wanted: &[&(Planned, usize)],
    key: &[usize],
    limits: &Limits,
) -> Result<Looked, DataError> {
    let mut bad = BadList::new(limits.bad_cells);
    let mut dropped = BTreeSet::new();
    let mut keys = Keys::default();
    let mut all_loose: BTreeMap<usize, Loose> = BTreeMap::new();
    file.batches(group, wanted, &mut |first, columns, rows| {
        let mut converted: Vec<(usize, ArrayRef)> = Vec::with_capacity(columns.len());
        for ((planned, _), column) in wanted.iter().zip(columns) {
            let Some(field) = kind.fields.get(planned.field) else {
                continue;
            };
            let mut report = |row: usize, cell: &Cell<'_>, why: &Why| {
                dropped.insert((first + row) as u64);
                let at = At {
                    kind,
                    file: &file.name,
                    sheet: None,
                    row: (first + row + 1) as u64,
                    // Read afterwards, for those rows alone that are bad.
                    subject: String::new,
                };
                bad.push(|| at.bad_cell(planned, cell, why));
            };
            let mut failed = BTreeSet::new();
            let mut loose = Loose::default();
            let array = convert::convert(column, field, &planned.reader, &mut |row, cell, why| match why {
                Why::NotListed(..) if planned.lenient => loose.add(1, cell.says()),
                _ => {
                    failed.insert(row);
                    report(row, cell, why);
                }
            });
            if loose.cells > 0 {
                all_loose.entry(planned.field).or_default().append(loose);
            }
            let array = array.map_err(|error| DataError::damaged(&file.name, error))?;
            if field.required && array.null_count() > 0 {
                for row in (0..array.len()).filter(|row| array.is_null(*row) && !failed.contains(row)) {
                    report(row, &Cell::Empty, &Why::Required);
                }
            }
            converted.push((planned.field, array));
        }
        if !key.is_empty() {
            let fields: Vec<&ArrayRef> = key
                .iter()
                .filter_map(|field| converted.iter().find(|(own, _)| own == field))
                .map(|(_, array)| array)
                .collect();
            let mut arena = String::new();
            for row in (0..rows).filter(|row| !dropped.contains(&((first + row) as u64))) {
                let mut hash = KeyHash::new();
                arena.clear();
                for array in &fields {
                    let value = value_at(array, row, &mut arena);
                    hash.add(value, &arena);
                }
                let place = u32::try_from(first + row).unwrap_or(u32::MAX);
                keys.add(
                    hash,
                    Place {
                        table: 0,
                        kept: place,
                        row: place.saturating_add(1),
                    },
                );
            }
        }
        Ok(())
    })?;
    Ok(Looked {
        bad,
        dropped: dropped.into_iter().collect(),
        keys,
        loose: all_loose,
    })
}

/// The value of a stored column at a row.
pub(crate) fn value_at(array: &ArrayRef, row: usize, arena: &mut String) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Double(array.as_primitive::<Float64Type>().value(row)),
        DataType::Date32 => Value::Days(array.as_primitive::<Date32Type>().value(row)),
        DataType::Boolean => Value::Flag(array.as_boolean().value(row)),
        DataType::Utf8 => {
            let from = arena.len();
            arena.push_str(array.as_string::<i32>().value(row));
            Value::Text(from, arena.len())
        }
        _ => Value::Null,
    }
}

impl ParquetFile {
    /// Whether some value of this column might be refused.
    fn is_doubtful(&self, kind: &Kind, planned: &Planned, source: usize) -> bool {
        let Some(field) = kind.fields.get(planned.field) else {
            return false;
        };
        let Some(ty) = self
            .footer
            .schema()
            .fields()
            .get(source)
            .map(|column| column.data_type())
        else {
            return false;
        };
        if field.required
            && (!self.has_no_nulls(source)
                || matches!(
                    ty,
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _)
                ))
        {
            return true;
        }
        match (&planned.reader, ty) {
            (Reader::Stored, _) | (_, DataType::Null) => false,
            (Reader::Text, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => false,
            (Reader::Text, DataType::Dictionary(_, values)) => **values != DataType::Utf8,
            (Reader::Text, ty) => !ty.is_integer(),
            (Reader::Flag, DataType::Boolean) | (Reader::Date(_), DataType::Date32) => false,
            (Reader::Number(plan), ty)
                if ty.is_signed_integer() || matches!(ty, DataType::UInt8 | DataType::UInt16 | DataType::UInt32) =>
            {
                match (plan.integer_power(), &field.ty) {
                    (Some(power), _) => !self.is_within(source, EXACT_LIMIT / pow10(power), ty),
                    (None, FieldType::Number) if plan.factor.is_none() => !self.is_within(source, EXACT_LIMIT, ty),
                    _ => true,
                }
            }
            _ => true,
        }
    }

    fn leaf(&self, source: usize) -> Option<usize> {
        let schema = self.footer.parquet_schema();
        (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == source)
    }

    fn has_no_nulls(&self, source: usize) -> bool {
        let not_null = self
            .footer
            .schema()
            .fields()
            .get(source)
            .is_some_and(|column| !column.is_nullable());
        let Some(leaf) = self.leaf(source) else { return false };
        not_null
            || self.footer.metadata().row_groups().iter().all(|group| {
                group
                    .columns()
                    .get(leaf)
                    .and_then(|column| column.statistics())
                    .and_then(Statistics::null_count_opt)
                    == Some(0)
            })
    }

    fn is_within(&self, source: usize, limit: i64, ty: &DataType) -> bool {
        let widest = match ty {
            DataType::Int8 | DataType::UInt8 => 1 << 8,
            DataType::Int16 | DataType::UInt16 => 1 << 16,
            DataType::Int32 | DataType::UInt32 => 1_i64 << 32,
            _ => i64::MAX,
        };
        if widest <= limit {
            return true;
        }
        let Some(leaf) = self.leaf(source) else { return false };
        self.footer.metadata().row_groups().iter().all(|group| {
            let statistics = group.columns().get(leaf).and_then(|column| column.statistics());
            match statistics {
                Some(Statistics::Int64(range)) => {
                    matches!((range.min_opt(), range.max_opt()), (Some(min), Some(max)) if *min >= -limit && *max <= limit)
                }
                Some(Statistics::Int32(range)) => {
                    matches!((range.min_opt(), range.max_opt()), (Some(min), Some(max)) if i64::from(*min) >= -limit && i64::from(*max) <= limit)
                }
                _ => false,
            }
        })
    }
}
