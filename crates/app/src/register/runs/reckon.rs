//! The reckoning of a run: each policy over the frozen folder, as `pinji rate` does it, in its own folder. 评级计算

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinji_domain::{Date, Lang};
use pinji_policy::document;
use pinji_store::{Graded, Subject};

use super::freeze::Listed;
use super::gate::{self, Expected};
use super::lines::{Checksum, graded};
use super::stop::Stop;
use crate::derive::Write;
use crate::error::AppError;
use crate::intake::Reading;
use crate::linked::Linked;
use crate::manifest::Manifest;
use crate::needs::kind_of;
use crate::rate::{RateRequest, rate_by};
use crate::rated::{self, Rated};
use crate::regulation::{Origin, Regulation};
use crate::run_folder;

/// Above so many customers no workbook, lines and report are written: nobody reads a sheet of a million rows. 仅写等级的界限
pub const MOST_IN_BOOKS: usize = 100_000;

/// What is reckoned, and how. 计算条件
pub(super) struct Terms {
    pub(super) regulation: Arc<Regulation>,
    pub(super) data: PathBuf,
    pub(super) as_of: Date,
    pub(super) out: PathBuf,
    pub(super) lang: Lang,
    pub(super) write: Write,
    pub(super) threads: Option<usize>,
    /// The kinds whose records do not lie with the data.
    pub(super) linked: Arc<Vec<Linked>>,
}

/// Reckons, or takes what an earlier attempt left whole.
pub(super) fn reckon(terms: &Terms, stop: &Stop) -> Result<(Manifest, Rated), AppError> {
    if terms.out.join(crate::manifest::FILE).is_file() {
        return again(&terms.out, &terms.regulation, stop);
    }
    let linked = terms.linked.iter();
    let read = linked.filter(|linked| reads(&terms.regulation, terms.as_of, &linked.kind));
    let linked: Vec<Linked> = read.cloned().collect();
    let request = RateRequest {
        policy: Origin::Named(String::new()),
        data: terms.data.clone(),
        as_of: terms.as_of,
        out: terms.out.clone(),
        previous: None,
        write: terms.write,
        money: None,
        reading: Reading {
            threads: terms.threads,
            maps: linked.iter().flat_map(|linked| linked.maps.iter().cloned()).collect(),
            linked,
            ..Reading::default()
        },
        lang: terms.lang,
        dry_run: false,
    };
    let (outcome, rated) = rate_by(Regulation::clone(&terms.regulation), &request, stop)?;
    match rated {
        Some(rated) => Ok((outcome.manifest, rated)),
        None => again(&terms.out, &terms.regulation, stop),
    }
}

/// Whether a policy reads a kind: of others' linked records nothing is said in its folder.
fn reads(regulation: &Regulation, as_of: Date, kind: &str) -> bool {
    let levels = regulation.levels(as_of).unwrap_or_default();
    levels.iter().any(|level| {
        let mut kinds = level.compiled.measures.iter().filter_map(kind_of);
        kinds.any(|read| read == kind)
    })
}

/// A run's folder, graded again from its own snapshot.
pub(super) fn again(folder: &Path, regulation: &Regulation, stop: &Stop) -> Result<(Manifest, Rated), AppError> {
    let manifest = Manifest::read(folder)?;
    let (layers, _) = run_folder::layers(folder, &manifest, regulation, stop)?;
    let as_of = manifest.date()?;
    Ok((manifest, rated::together(layers, as_of)?))
}

/// Whether a book's subjects are groups rather than customers.
pub(super) fn is_of_groups(rated: &Rated) -> bool {
    rated.main.level.compiled.subject == document::Subject::Group
}

/// Which row of the book each subject has, ascending by subject.
pub(super) fn order<S: Subject>(rated: &Rated, listed: &[Listed<S>]) -> Vec<(S, usize)> {
    let found = |one: &Listed<S>| Some((one.subject, rated.main.measured.find(&one.code)?));
    listed.iter().filter_map(found).collect()
}

/// What the store must hold of this policy in the end; its chunks are known when they are made.
pub(super) fn expected<S: Subject>(policy: i64, manifest: &Manifest, listed: &[Listed<S>]) -> Expected<S> {
    Expected {
        policy,
        subjects: listed.iter().map(|one| one.subject).collect(),
        chunks: Vec::new(),
        ranks: gate::ranks(manifest),
    }
}

/// The rows of a chunk, and its checksum.
pub(super) fn chunk<S: Subject>(policy: i64, rated: &Rated, piece: &[(S, usize)]) -> (Vec<(i64, Graded<S>)>, String) {
    let mut checksum = Checksum::default();
    let row = |(subject, row): &(S, usize)| {
        let graded = graded(&rated.main, *row, *subject);
        checksum.add(policy, &graded);
        (policy, graded)
    };
    let rows = piece.iter().map(row).collect();
    (rows, checksum.take())
}
