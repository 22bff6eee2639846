//! The sample's tables as files, in the mix that real books come in: a workbook, CSV and Parquet. 样例文件

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use pinji_connectors::csv::{CsvCell, write_row};
use pinji_connectors::workbook::{self, Cell as Cells, Sheet, Style, Workbook};
use pinji_domain::number::{plain, rescale};
use pinji_domain::{Lang, date};
use pinji_sample::{Book, Cell, SampleTable};

use crate::error::AppError;
use crate::folder::write_file;

/// Kinds that an accounting system exports as CSV.
const CSV: [&str; 3] = ["financial_statement", "receivable", "service_record"];
/// Kinds that come as Parquet, because they are long.
const PARQUET: [&str; 1] = ["transaction"];

/// Writes all tables into a folder. Gives the files' names and sizes, in order.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, book: &Book, lang: Lang) -> Result<Vec<(String, u64)>, AppError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let sheets: Vec<Sheet<'_>> = book
        .tables
        .iter()
        .filter(|table| !CSV.contains(&table.kind) && !PARQUET.contains(&table.kind))
        .map(sheet)
        .collect();
    let title = pinji_locale::word(lang, "app-demo-workbook");
    files.push((format!("{title}.xlsx"), workbook_bytes(&title, sheets)?));
    for table in &book.tables {
        if CSV.contains(&table.kind) {
            files.push((format!("{}.csv", table.sheet), csv_bytes(table)?));
        } else if PARQUET.contains(&table.kind) {
            files.push((format!("{}.parquet", table.sheet), parquet_bytes(table)?));
        }
    }
    let mut names = Vec::new();
    for (name, bytes) in files {
        write_file(&folder.join(&name), &bytes)?;
        names.push((name, bytes.len() as u64));
    }
    names.sort();
    Ok(names)
}

/// Writes the spoilt workbook. Gives its name.
///
/// # Errors
/// When it cannot be written.
pub fn write_spoilt(folder: &Path, book: &Book, lang: Lang) -> Result<String, AppError> {
    let title = pinji_locale::word(lang, "app-demo-spoilt");
    let name = format!("{title}.xlsx");
    write_file(&folder.join(&name), &workbook_bytes(&title, vec![sheet(&book.spoilt)])?)?;
    Ok(name)
}

fn workbook_bytes(title: &str, sheets: Vec<Sheet<'_>>) -> Result<Vec<u8>, AppError> {
    workbook::bytes(Workbook {
        title: title.to_owned(),
        sheets,
    })
    .map_err(|error| AppError::Failed(error.message()))
}

fn sheet(table: &SampleTable) -> Sheet<'_> {
    let headings = table
        .headings
        .iter()
        .map(|heading| Cells::text(*heading).styled(Style::heading()))
        .collect();
    let row = |row: &'_ Vec<Cell>| row.iter().map(cell).collect::<Vec<_>>();
    let mut sheet = Sheet::new(
        table.sheet,
        std::iter::once(headings)
            .chain(table.rows.iter().map(row))
            .collect::<Vec<_>>(),
    );
    sheet.widths = vec![16.0; table.headings.len()];
    sheet.frozen = (1, 1);
    sheet
}

fn cell(cell: &Cell) -> Cells<'static> {
    match cell {
        Cell::Empty => Cells::empty(),
        Cell::Text(text) => Cells::text(text.clone()),
        Cell::Integer(number) => Cells::units(*number, 0),
        Cell::Decimal(units, scale) => Cells::units(*units, *scale),
        Cell::Date(date) => Cells::date(*date),
    }
}

fn csv_bytes(table: &SampleTable) -> Result<Vec<u8>, AppError> {
    // The mark by which Excel knows UTF-8.
    let mut out = "\u{feff}".as_bytes().to_vec();
    let failed = |why: std::io::Error| AppError::io("app-cannot-write", Path::new(table.sheet), why);
    let headings: Vec<CsvCell<'_>> = table.headings.iter().map(|heading| CsvCell::Text(heading)).collect();
    write_row(&mut out, &headings).map_err(failed)?;
    for row in &table.rows {
        let texts: Vec<String> = row.iter().map(text).collect();
        let cells: Vec<CsvCell<'_>> = row
            .iter()
            .zip(&texts)
            .map(|(cell, text)| match cell {
                Cell::Empty => CsvCell::Empty,
                Cell::Text(_) => CsvCell::Text(text),
                Cell::Integer(_) | Cell::Decimal(..) | Cell::Date(_) => CsvCell::Number(text),
            })
            .collect();
        write_row(&mut out, &cells).map_err(failed)?;
    }
    Ok(out)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Decimal(units, scale) => plain(*units, *scale),
        Cell::Date(date) => pinji_locale::date(*date),
    }
}

fn parquet_bytes(table: &SampleTable) -> Result<Vec<u8>, AppError> {
    let failed = |why: &dyn std::fmt::Display| AppError::io("app-cannot-write", Path::new(table.sheet), why);
    let columns = (0..table.headings.len()).map(|at| column(table, at));
    let named: Result<Vec<(&str, ArrayRef)>, AppError> = table
        .headings
        .iter()
        .copied()
        .zip(columns)
        .map(|(name, column)| column.map(|column| (name, column)).map_err(|why| failed(&why)))
        .collect();
    let batch = RecordBatch::try_from_iter(named?).map_err(|why| failed(&why))?;
    let properties = WriterProperties::builder()
        .set_created_by("pinji".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).map_err(|why| failed(&why))?;
    writer.write(&batch).map_err(|why| failed(&why))?;
    writer.close().map_err(|why| failed(&why))?;
    Ok(out)
}

/// A column in the type that its cells have; mixed columns become text.
fn column(table: &SampleTable, at: usize) -> Result<ArrayRef, arrow::error::ArrowError> {
    let cells = || table.rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Empty));
    let all = |fits: fn(&Cell) -> bool| cells().all(|cell| matches!(cell, Cell::Empty) || fits(cell));
    if all(|cell| matches!(cell, Cell::Integer(_))) {
        let value = |cell: &Cell| {
            if let Cell::Integer(number) = cell {
                Some(*number)
            } else {
                None
            }
        };
        return Ok(Arc::new(cells().map(value).collect::<Int64Array>()));
    }
    if all(|cell| matches!(cell, Cell::Date(_))) {
        let value = |cell: &Cell| {
            if let Cell::Date(day) = cell {
                Some(date::to_days(*day))
            } else {
                None
            }
        };
        return Ok(Arc::new(cells().map(value).collect::<Date32Array>()));
    }
    if all(|cell| matches!(cell, Cell::Integer(_) | Cell::Decimal(..))) {
        let scale = cells()
            .map(|cell| if let Cell::Decimal(_, scale) = cell { *scale } else { 0 })
            .max()
            .unwrap_or(0);
        let value = |cell: &Cell| match cell {
            Cell::Integer(number) => rescale(*number, 0, scale).map(i128::from),
            Cell::Decimal(units, from) => rescale(*units, *from, scale).map(i128::from),
            _ => None,
        };
        let array = cells().map(value).collect::<Decimal128Array>();
        return Ok(Arc::new(
            array.with_precision_and_scale(18, i8::try_from(scale).unwrap_or(0))?,
        ));
    }
    let value = |cell: &Cell| if let Cell::Empty = cell { None } else { Some(text(cell)) };
    Ok(Arc::new(cells().map(value).collect::<StringArray>()))
}
