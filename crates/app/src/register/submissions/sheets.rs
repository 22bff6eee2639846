//! From a file, or a list of rows, to checked rows in work: off the runtime's threads. 读入

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};
use pinji_connectors::csv::{BYTE_ORDER_MARK, CsvCell, write_row};
use pinji_connectors::{BadCell, OpenOptions, Table, open};
use pinji_domain::{Kind, Kinds, Message};
use pinji_workflow::values::Values;
use serde_json::{Number, Value};

use super::rows::{BadPlace, Row, Said, Sheet, Work, customer_of, line};
use crate::register::{Fault, Wrong};

/// More rows than these are sent in several submissions: each is one transaction.
pub(super) const MOST_ROWS: usize = 300_000;
/// More faults than these of a list of rows are not named one by one.
const MOST_WRONG: usize = 200;

/// What was read. 读入结果
pub(super) struct Read {
    pub sheets: Vec<Sheet>,
    pub notes: Vec<Said>,
}

/// Reads a file that was sent under this name. 读文件
pub(super) fn of_file(name: &str, bytes: &[u8], kinds: &Kinds) -> Result<Read, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::broken)?;
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).map_err(Fault::broken)?;
    of_path(&path, kinds, 0)
}

/// The name without its folders; a name that says nothing is refused.
pub(super) fn plain_name(name: &str) -> Result<String, Fault> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let fits =
        (1..=200).contains(&last.chars().count()) && !last.starts_with('.') && !last.chars().any(char::is_control);
    match fits {
        true => Ok(last.to_owned()),
        false => Err(Fault::field("/file", Message::new("app-submission-file-name"))),
    }
}

/// Reads rows that came as JSON: they go through the same reader as a CSV file, so each cell is checked by the same rules. 读 JSON 行
pub(super) fn of_rows(kind: &Kind, rows: &[Value], kinds: &Kinds) -> Result<Read, Fault> {
    let mut wrong = Vec::new();
    let mut fields: Vec<&str> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let pointer = format!("/rows/{at}");
        match row.as_object() {
            Some(map) if map.values().any(|value| !value.is_null()) => {
                for (field, value) in map {
                    match kind.field(field) {
                        None => wrong.push(Wrong::at(
                            format!("{pointer}/{field}"),
                            Message::new("app-submission-field-unknown")
                                .with("field", field.as_str())
                                .with("kind", kind.name.clone()),
                        )),
                        Some(_) if value.is_object() || value.is_array() => {
                            wrong.push(Wrong::at(
                                format!("{pointer}/{field}"),
                                Message::new("app-submission-value-form"),
                            ));
                        }
                        Some(_) if !fields.contains(&field.as_str()) => fields.push(field),
                        Some(_) => {}
                    }
                }
            }
            _ => wrong.push(Wrong::at(pointer, Message::new("app-submission-row-form"))),
        }
        if wrong.len() >= MOST_WRONG {
            break;
        }
    }
    if rows.is_empty() {
        wrong.push(Wrong::at("/rows", Message::new("app-submission-no-rows")));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let ordered: Vec<&str> = kind
        .fields
        .iter()
        .map(|field| field.id.as_str())
        .filter(|id| fields.contains(id))
        .collect();
    let mut file: Vec<u8> = BYTE_ORDER_MARK.to_vec();
    let headings: Vec<CsvCell<'_>> = ordered.iter().map(|id| CsvCell::Text(id)).collect();
    write_row(&mut file, &headings).map_err(Fault::broken)?;
    for row in rows {
        let texts: Vec<Option<(bool, String)>> = ordered.iter().map(|id| says(row.get(*id))).collect();
        let cells: Vec<CsvCell<'_>> = texts
            .iter()
            .map(|text| match text {
                None => CsvCell::Empty,
                Some((true, digits)) => CsvCell::Number(digits),
                Some((false, text)) => CsvCell::Text(text),
            })
            .collect();
        write_row(&mut file, &cells).map_err(Fault::broken)?;
    }
    let folder = tempfile::tempdir().map_err(Fault::broken)?;
    let path = folder.path().join(format!("{}.csv", kind.id));
    std::fs::write(&path, file).map_err(Fault::broken)?;
    // The first row of the list stands in the second of the file.
    of_path(&path, kinds, 1)
}

fn says(value: Option<&Value>) -> Option<(bool, String)> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some((false, text.clone())),
        Value::Number(number) => Some((true, number.to_string())),
        other => Some((false, other.to_string())),
    }
}

fn of_path(path: &Path, kinds: &Kinds, above: u32) -> Result<Read, Fault> {
    let options = OpenOptions {
        skip_bad_rows: true,
        row_numbers: true,
        ..OpenOptions::default()
    };
    let data = open(path, kinds, &options).map_err(|error| Fault::field("/file", error.message()))?;
    if let Some(whole) = data.bad.iter().find(|cell| cell.whole_table) {
        let wrong = data.bad.iter().filter(|cell| cell.whole_table).take(MOST_WRONG);
        let place = whole.sheet.clone().unwrap_or_else(|| whole.file.clone());
        let wrong = wrong.map(|cell| {
            let says = Message::new("app-submission-column")
                .with("place", place.as_str())
                .with("heading", cell.heading.as_str())
                .with("says", cell.message.clone());
            Wrong::at("/file", says)
        });
        return Err(Fault::Invalid(wrong.collect()));
    }
    if data.bad_total > data.bad.len() {
        let says = Message::new("app-submission-too-many-bad").with("n", data.bad_total);
        return Err(Fault::field("/file", says));
    }
    let rows: usize = data.tables.iter().map(Table::rows).sum::<usize>() + data.left_out;
    if rows > MOST_ROWS {
        let says = Message::new("app-submission-too-many-rows")
            .with("n", rows)
            .with("most", MOST_ROWS);
        return Err(Fault::field("/file", says));
    }
    let mut bad: BTreeMap<(Option<String>, u64), Vec<&BadCell>> = BTreeMap::new();
    for cell in &data.bad {
        bad.entry((cell.sheet.clone(), cell.row)).or_default().push(cell);
    }
    let mut sheets = Vec::new();
    let mut next = 1;
    for table in &data.tables {
        let sheet = sheet(table, &bad, above, &mut next)?;
        if !sheet.rows.is_empty() {
            sheets.push(sheet);
        }
    }
    if sheets.is_empty() {
        return Err(Fault::field("/file", Message::new("app-submission-no-rows")));
    }
    Ok(Read {
        sheets,
        notes: data.notes.iter().map(Said::of).collect(),
    })
}

/// The rows of a table, good and bad, in the order of the file.
fn sheet(
    table: &Table,
    bad: &BTreeMap<(Option<String>, u64), Vec<&BadCell>>,
    above: u32,
    next: &mut u32,
) -> Result<Sheet, Fault> {
    let kind = Arc::new(table.described().clone());
    let name = table.sheet().map(str::to_owned);
    let here = |(sheet, _): &(Option<String>, u64)| *sheet == name;
    let mut waiting = bad.iter().filter(|(place, _)| here(place)).peekable();
    let fields: Vec<String> = table.fields().into_iter().map(str::to_owned).collect();
    let wanted: Vec<&str> = fields.iter().map(String::as_str).collect();
    let numbers = table.numbers().unwrap_or_default();
    let mut numbers = numbers.into_iter();
    let mut rows = Vec::with_capacity(table.rows());
    let mut put = |row: &Row, is_bad: bool, next: &mut u32| -> Result<(), Fault> {
        rows.push(Work {
            row: *next,
            customer: customer_of(&kind, &row.v),
            line: line(row)?,
            is_bad,
        });
        *next += 1;
        Ok(())
    };
    for part in 0..table.parts() {
        let batches = table
            .read(part, &wanted)
            .map_err(|error| Fault::field("/file", error.message()))?;
        for batch in batches {
            for place in 0..batch.num_rows() {
                let at = numbers.next().unwrap_or(0);
                while let Some((_, cells)) = waiting.next_if(|((_, row), _)| *row < u64::from(at)) {
                    put(&bad_row(&kind, cells, above), true, next)?;
                }
                let row = Row {
                    at: at.saturating_sub(above),
                    v: values(&kind, &wanted, &batch, place),
                    bad: Vec::new(),
                };
                put(&row, false, next)?;
            }
        }
    }
    for (_, cells) in waiting {
        put(&bad_row(&kind, cells, above), true, next)?;
    }
    Ok(Sheet {
        kind: Arc::clone(&kind),
        name,
        fields,
        rows,
    })
}

fn bad_row(kind: &Kind, cells: &[&BadCell], above: u32) -> Row {
    let mut v = Values::new();
    let first = cells.first();
    if let Some(subject) = first
        .map(|cell| cell.subject.trim())
        .filter(|subject| !subject.is_empty())
    {
        v.insert(kind.subject.clone(), subject.into());
    }
    let at = first.map_or(0, |cell| u32::try_from(cell.row).unwrap_or(u32::MAX));
    Row {
        at: at.saturating_sub(above),
        v,
        bad: cells
            .iter()
            .map(|cell| BadPlace {
                column: cell.column,
                heading: cell.heading.clone(),
                says: cell.says.clone(),
                why: Said::of(&cell.message),
            })
            .collect(),
    }
}

/// The values of one row of a batch as they travel; what is missing is not there.
fn values(kind: &Kind, fields: &[&str], batch: &RecordBatch, place: usize) -> Values {
    use pinji_domain::FieldType;
    let mut values = Values::new();
    for (column, id) in batch.columns().iter().zip(fields) {
        let Some(field) = kind.field(id) else { continue };
        if column.is_null(place) {
            continue;
        }
        let value = match field.ty {
            FieldType::Text | FieldType::Choice(_) => match column.as_string_opt::<i32>() {
                Some(texts) => Some(Value::from(texts.value(place))),
                // Ids that a Parquet file keeps as whole numbers.
                None => column
                    .as_primitive_opt::<Int64Type>()
                    .map(|ids| Value::from(ids.value(place).to_string())),
            },
            FieldType::Integer | FieldType::Decimal(_) | FieldType::Money(_) => column
                .as_primitive_opt::<Int64Type>()
                .map(|units| Value::from(units.value(place))),
            FieldType::Number => column
                .as_primitive_opt::<Float64Type>()
                .and_then(|doubles| Number::from_f64(doubles.value(place)))
                .map(Value::Number),
            FieldType::Date => column
                .as_primitive_opt::<Date32Type>()
                .and_then(|days| pinji_domain::date::from_days(days.value(place)))
                .map(|day| Value::from(day.to_string())),
            FieldType::Flag => column.as_boolean_opt().map(|flags| Value::from(flags.value(place))),
        };
        if let Some(value) = value {
            values.insert((*id).to_owned(), value);
        }
    }
    values
}

/// A temporary copy of a kept file, under the name as it was sent.
pub(super) fn laid_down(name: &str, bytes: &[u8]) -> std::io::Result<(tempfile::TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    std::fs::write(&path, bytes)?;
    Ok((folder, path))
}
