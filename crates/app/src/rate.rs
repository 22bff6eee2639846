//! Customers in, a policy in, grades out, each with its reasons. 评级

use std::path::{Path, PathBuf};

use pinji_domain::{Date, Lang, Message};
use pinji_policy::Document;
use pinji_query::LeftOut;

use crate::derive::{self, Terms, Write};
use crate::direct;
use crate::error::AppError;
use crate::folder::Draft;
use crate::intake::{self, Reading};
use crate::left_out::LeftRow;
use crate::manifest::{self, Manifest};
use crate::previous::Previous;
use crate::progress::Progress;
use crate::rated::Rated;
use crate::regulation::{Origin, Regulation};
use crate::remark::Remark;

/// What is asked. 评级请求
#[derive(Debug, Clone)]
pub struct RateRequest {
    /// The policy.
    pub policy: Origin,
    /// The data: a file or a folder.
    pub data: PathBuf,
    /// As of when.
    pub as_of: Date,
    /// Where the results go.
    pub out: PathBuf,
    /// The run before.
    pub previous: Option<PathBuf>,
    /// How much is written.
    pub write: Write,
    /// The measure that says what a customer is worth.
    pub money: Option<String>,
    /// How to read the data.
    pub reading: Reading,
    /// The language of workbook and report.
    pub lang: Lang,
    /// Whether everything is done but nothing written.
    pub dry_run: bool,
}

/// What came out. 评级结果
#[derive(Debug)]
pub struct RateOutcome {
    /// `run.json`.
    pub manifest: Manifest,
    /// Where the results are; `None` when nothing was written.
    pub folder: Option<PathBuf>,
    /// The policy's document.
    pub document: Document,
    /// What the policy's check had to say, no errors among it.
    pub remarks: Vec<Remark>,
    /// What reading the data had to say.
    pub notes: Vec<Message>,
    /// Records that count for nobody.
    pub left_out: Vec<LeftOut>,
    /// Rows that were left out because of bad cells.
    pub left_rows: Vec<LeftRow>,
}

/// Rates. 评级
///
/// # Errors
/// When the policy cannot be used, cells are bad and may not be left out, or something cannot be read or written. Nothing
/// is written then, except the marked copies of files with bad cells, beside where the result would have stood.
pub fn rate(request: &RateRequest, progress: &dyn Progress) -> Result<RateOutcome, AppError> {
    let regulation = Regulation::read(&request.policy)?;
    rate_by(regulation, request, progress).map(|(outcome, _)| outcome)
}

/// Rates by a policy that was read before, and hands out the grades as they are in memory; there are none where a wide file
/// was rated straight through. 按已读取的标准评级
///
/// # Errors
/// As [`rate`].
pub(crate) fn rate_by(
    regulation: Regulation,
    request: &RateRequest,
    progress: &dyn Progress,
) -> Result<(RateOutcome, Option<Rated>), AppError> {
    let levels = regulation.levels(request.as_of)?;
    let previous = request.previous.as_deref().map(Previous::of_run).transpose()?;
    let target = (!request.dry_run).then_some(&request.out);
    let draft = target
        .map(|target| Draft::begin(target, manifest::may_replace))
        .transpose()?;
    let direct = match (&draft, direct::straight(request)) {
        (Some(draft), Some(terms)) => direct::rate(&terms, &regulation, &levels, draft.path(), progress)?,
        _ => None,
    };
    let document = regulation.usable()?.clone();
    if let Some(manifest) = direct {
        draft.map(Draft::publish).transpose()?;
        let folder = target.cloned();
        let remarks = regulation.remarks;
        let notes = not_yet(&document, request.as_of)
            .into_iter()
            .chain(manifest.data.ungrouped.then(|| Message::new("app-note-no-group-grade")))
            .chain(remove_marked(request))
            .collect();
        let outcome = RateOutcome {
            manifest,
            folder,
            document,
            remarks,
            notes,
            left_out: Vec::new(),
            left_rows: Vec::new(),
        };
        return Ok((outcome, None));
    }
    let marked = marked_folder(&request.out);
    let taken = intake::rate(
        &request.data,
        levels,
        request.as_of,
        &request.reading,
        marked.as_deref(),
        progress,
    )?;
    let terms = Terms {
        as_of: request.as_of,
        lang: request.lang,
        write: request.write,
        data: taken.data,
        money: request.money.clone(),
        previous,
        left_rows: taken.left_rows,
    };
    let scratch = tempfile::tempdir().map_err(|why| AppError::io("app-cannot-write", &std::env::temp_dir(), why))?;
    let folder = draft.as_ref().map_or(scratch.path(), Draft::path);
    let manifest = derive::write(folder, &regulation, &taken.rated, &terms, progress)?;
    draft.map(Draft::publish).transpose()?;
    let notes = not_yet(&document, request.as_of).into_iter().chain(taken.notes);
    let removed = target.and_then(|_| remove_marked(request));
    let outcome = RateOutcome {
        manifest,
        folder: target.cloned(),
        document,
        remarks: regulation.remarks,
        notes: notes.chain(removed).collect(),
        left_out: taken.left_out,
        left_rows: terms.left_rows,
    };
    Ok((outcome, Some(taken.rated)))
}

/// Removes the marked copies of an earlier refusal, now that there is a result. What else somebody put there stays, and so
/// does everything where the data themselves lie there.
fn remove_marked(request: &RateRequest) -> Option<Message> {
    let folder = marked_folder(&request.out)?.canonicalize().ok()?;
    let is_copy = |path: &Path| path.is_file() && path.extension().is_some_and(|end| end == "xlsx");
    let entries: Vec<PathBuf> = std::fs::read_dir(&folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let rated_from = request.data.canonicalize().is_ok_and(|data| data.starts_with(&folder));
    if rated_from || !entries.iter().all(|path| is_copy(path)) {
        return None;
    }
    std::fs::remove_dir_all(&folder).ok()?;
    let shown = marked_folder(&request.out)?.display().to_string();
    Some(Message::new("app-note-marked-removed").with("path", shown))
}

/// Where marked copies go: beside the results, under the same name.
fn marked_folder(out: &Path) -> Option<PathBuf> {
    let name = out.file_name()?.to_str()?;
    Some(out.with_file_name(format!("{name}.marked")))
}

/// What to say of a policy that is rated by before it is in force.
fn not_yet(document: &Document, as_of: Date) -> Option<Message> {
    let effective = document.effective.filter(|effective| *effective > as_of)?;
    let message = Message::new("app-policy-not-yet")
        .with("policy", document.id.as_str())
        .with("effective", pinji_locale::date(effective));
    Some(message.with("as-of", pinji_locale::date(as_of)))
}
