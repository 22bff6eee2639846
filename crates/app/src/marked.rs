//! Copies of files with their bad cells marked, beside where the result would have stood. 标注副本

use std::path::{Path, PathBuf};

use pinji_connectors::BadCell;

/// Makes a marked workbook of every file that has bad cells, in `folder`. A copy that cannot be made is left out: the
/// cells are told in any case. 生成标注副本
pub fn copies(data: &Path, bad: &[BadCell], folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<&str> = bad.iter().map(|cell| cell.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files
        .into_iter()
        .filter_map(|file| copy(data, file, bad, folder))
        .collect()
}

fn copy(data: &Path, file: &str, bad: &[BadCell], folder: &Path) -> Option<PathBuf> {
    let source = if data.is_dir() {
        data.join(file)
    } else {
        data.to_owned()
    };
    let cells: Vec<BadCell> = bad.iter().filter(|cell| cell.file == file).cloned().collect();
    let bytes = pinji_connectors::mark(&source, &cells).ok()?;
    let stem = Path::new(file).file_stem()?.to_string_lossy().into_owned();
    let target = folder.join(format!("{stem}.xlsx"));
    crate::folder::write_file(&target, &bytes).ok()?;
    Some(target)
}
