//! Where two workbooks differ: sheet and cell, or the part of the file where no cell does. 工作簿差异
//!
//! For `verify`, which derives a workbook again and has to name what somebody changed in the one that was kept.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::bad::column_letter;
use crate::error::DataError;

/// Where two workbooks differ: `sheet!C12` (or a part of the file), what the first says, what the second says. 差异处
pub type Place = (String, String, String);

/// Cells that differ. Where all cells agree, the parts of the files that do not. 逐格比较工作簿
///
/// # Errors
/// When one of them is no workbook.
pub fn differences(kept: &Path, again: &Path) -> Result<Vec<Place>, DataError> {
    let name = kept
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    found(kept, again).map_err(|why| DataError::damaged(&name, why))
}

fn found(kept: &Path, again: &Path) -> Result<Vec<Place>, String> {
    let open = |path: &Path| {
        open_workbook::<Xlsx<BufReader<File>>, _>(path).map_err(|why: calamine::XlsxError| why.to_string())
    };
    let (mut left, mut right) = (open(kept)?, open(again)?);
    let mut out = Vec::new();
    let (left_names, right_names) = (left.sheet_names(), right.sheet_names());
    if left_names != right_names {
        out.push((String::new(), left_names.join(", "), right_names.join(", ")));
    }
    for name in left_names.iter().filter(|name| right_names.contains(name)) {
        let left = left.worksheet_range(name).map_err(|why| why.to_string())?;
        let right = right.worksheet_range(name).map_err(|why| why.to_string())?;
        cells(name, &left, &right, &mut out);
    }
    if out.is_empty() {
        out = parts(kept, again)?;
    }
    Ok(out)
}

fn cells(name: &str, left: &calamine::Range<Data>, right: &calamine::Range<Data>, out: &mut Vec<Place>) {
    let end = |range: &calamine::Range<Data>| range.end().unwrap_or((0, 0));
    let (left_end, right_end) = (end(left), end(right));
    for row in 0..=left_end.0.max(right_end.0) {
        for column in 0..=left_end.1.max(right_end.1) {
            let get = |range: &calamine::Range<Data>| range.get_value((row, column)).cloned().unwrap_or(Data::Empty);
            let (kept, again) = (get(left), get(right));
            if kept != again {
                let place = format!("{name}!{}{}", column_letter(column), row + 1);
                out.push((place, kept.to_string(), again.to_string()));
            }
        }
    }
}

/// Parts of the files, which are archives, that differ.
fn parts(kept: &Path, again: &Path) -> Result<Vec<Place>, String> {
    let open = |path: &Path| {
        let file = File::open(path).map_err(|why| why.to_string())?;
        zip::ZipArchive::new(BufReader::new(file)).map_err(|why| why.to_string())
    };
    let (mut left, mut right) = (open(kept)?, open(again)?);
    let names = |archive: &zip::ZipArchive<BufReader<File>>| -> Vec<String> {
        archive.file_names().flatten().map(|name| name.into_owned()).collect()
    };
    let mut all = names(&left);
    all.extend(names(&right));
    all.sort();
    all.dedup();
    let read = |archive: &mut zip::ZipArchive<BufReader<File>>, name: &str| {
        let mut bytes = Vec::new();
        let mut part = archive.by_name(name).ok()?;
        part.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    let differs = all
        .into_iter()
        .filter(|name| read(&mut left, name) != read(&mut right, name));
    Ok(differs.map(|name| (name, "–".to_owned(), "–".to_owned())).collect())
}
