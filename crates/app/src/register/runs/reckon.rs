//! The reckoning of a run: each policy over the frozen folder, as `pinji rate` does it, in its own folder. 评级计算

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinji_domain::{CustomerId, Date, Lang};
use pinji_policy::document::Subject;

use super::freeze::Roster;
use super::gate::{self, Expected};
use super::lines::{CHUNK, Checksum, graded};
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

/// Whether a book's subjects are customers, whose results the store keeps.
pub(super) fn is_of_customers(rated: &Rated) -> bool {
    rated.main.level.compiled.subject == Subject::Customer
}

/// Which row of the book each customer has, ascending by customer.
pub(super) fn order(rated: &Rated, roster: &Roster) -> Vec<(CustomerId, usize)> {
    let found = |row: &pinji_store::RosterRow| Some((row.id, rated.main.measured.find(&row.code)?));
    roster.rows.iter().filter_map(found).collect()
}

/// What the store must hold of this policy in the end.
pub(super) fn expected(policy: i64, rated: &Rated, manifest: &Manifest, roster: &Roster) -> Expected {
    let order = order(rated, roster);
    let mut chunks = Vec::new();
    let mut checksum = Checksum::default();
    for piece in order.chunks(CHUNK) {
        for (customer, row) in piece {
            checksum.add(policy, &graded(&rated.main, *row, *customer));
        }
        chunks.push((piece.len() as i64, checksum.take()));
    }
    Expected {
        policy,
        customers: roster.rows.iter().map(|row| row.id).collect(),
        chunks,
        ranks: gate::ranks(manifest),
    }
}
