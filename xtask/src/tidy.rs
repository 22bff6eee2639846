//! What must hold of the tree beyond what the compiler sees. 整洁检查

mod files;
mod imports;
mod links;
mod messages;

use anyhow::Result;

use crate::{shell, source};

/// What one check has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// What must be mended: place and sentence.
    pub errors: Vec<String>,
    /// What somebody should look at.
    pub warnings: Vec<String>,
}

impl Report {
    fn error(&mut self, place: impl std::fmt::Display, says: impl std::fmt::Display) {
        self.errors.push(format!("{place}: {says}"));
    }

    fn warning(&mut self, place: impl std::fmt::Display, says: impl std::fmt::Display) {
        self.warnings.push(format!("{place}: {says}"));
    }
}

/// Runs all checks and prints what they found; true when nothing must be mended.
pub fn run() -> Result<bool> {
    let root = shell::root();
    let files = source::files(&root)?;
    let mut report = Report::default();
    imports::check(&imports::packages()?, &mut report);
    files::check(&root, &files, &mut report);
    messages::check(&files, &mut report);
    links::check(&root, &files, &mut report);
    for warning in &report.warnings {
        println!("tidy: warning: {warning}");
    }
    for error in &report.errors {
        println!("tidy: {error}");
    }
    println!(
        "tidy: {} files, {} to mend, {} to look at",
        files.len(),
        report.errors.len(),
        report.warnings.len()
    );
    Ok(report.errors.is_empty())
}
