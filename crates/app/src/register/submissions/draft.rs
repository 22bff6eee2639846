//! Sending records in: read, checked, compared and shown; nothing is kept as a record yet. 报送

use std::collections::HashMap;

use pinji_access::{Relation, Resource, State, What};
use pinji_domain::{Channel, Date, Kind, Kinds, Message, SubmissionId, Timestamp};
use pinji_store::{NewSubmission, SubmissionList, SubmissionPart, SubmissionState, View};
use pinji_workflow::compare::{resent, resent_message};
use pinji_workflow::{ContentHash, values};
use serde_json::{Value, json};

use super::compare::{self, CUSTOMER, Counts, How};
use super::rows::{Marks, PART_ROWS, Row, Said, Sheet, SheetNote, Summary, array, line as json_line, verdict_code};
use super::sheets::{self, Read};
use super::views::{SubmissionView, entry_of, view};
use super::who::Reach;
use crate::register::deed::Deed;
use crate::register::users::line;
use crate::register::{Action, Answer, Caller, Fault, Office, Via, Wrong, links, rules};

/// How many earlier submissions are looked at for the same content.
const EARLIER: u32 = 2_000;

/// What was sent. 报送内容
pub enum Sent {
    /// A file, under the name that its sender gave it.
    File {
        /// The name.
        name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Rows of one kind, from a form or a program.
    Rows(Vec<Value>),
}

/// The terms under which it comes. 报送说明
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The kind of all rows; without it the sheets say so themselves.
    pub kind: Option<String>,
    /// The way on which it comes; what it is by itself, if left out.
    pub channel: Option<Channel>,
    /// Where the figures are from.
    pub source: String,
    /// How they were got.
    pub method: String,
    /// The period that it is about: its end.
    pub period: Option<Date>,
    /// When they were collected; now, if left out.
    pub collected_at: Option<Timestamp>,
    /// What the collector says about it.
    pub note: String,
    /// The returned submission that this one answers.
    pub answers: Option<SubmissionId>,
}

/// Reads, checks and compares what was sent, and keeps it as a draft. 提交草稿
pub async fn send(
    office: &Office,
    caller: &Caller,
    terms: Terms,
    sent: Sent,
    words: impl Fn(&SubmissionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let own = Resource::new(What::Submission)
        .related(Relation::Own)
        .at(State::Draft)
        .made_by(Some(caller.user), &caller.actor);
    office.authorize(caller, Action::SubmissionCreate, &own)?;
    let channel = channel(caller, &terms, &sent)?;
    let all = office.kinds(&office.store).await?;
    let kinds = chosen(&terms, &sent, all)?;
    let checked = checked(office, caller, &terms).await?;
    let (read, file) = read(sent, kinds).await?;
    let Read { mut sheets, notes } = read;
    by_uscc(&office.store, &mut sheets).await?;

    let reach = Reach::of(office, caller, Action::SubmissionCreate, own);
    let today = caller
        .asked
        .at
        .day()
        .ok_or_else(|| Fault::broken("beyond the calendar"))?;
    // In a form one sees what one leaves empty.
    let clears = channel == Channel::Form;
    let how = How {
        reach: Some(&reach),
        today,
        clears,
    };
    links::refuse_linked(&office.store, sheets.iter().map(|sheet| sheet.kind.id.as_str())).await?;
    let mut counts = Counts::new();
    let mut suspicious = 0;
    let mut verdicts: HashMap<u32, String> = HashMap::new();
    compare::each(office, &office.store, &sheets, &how, &mut |piece| {
        for row in &piece.rows {
            let doubts = piece.doubts_of(row.row);
            suspicious += i64::from(!doubts.is_empty());
            *counts.entry(verdict_code(row.verdict)).or_default() += 1;
            let marks = Marks::of(&piece.kind, row, piece.closed_of(row.row), &doubts);
            verdicts.insert(row.row, json_line(&marks)?);
        }
        Ok(())
    })
    .await?;

    let content = content_hash(&sheets)?;
    let earlier = earlier(&office.store).await?;
    let resent = resent(content, &earlier);
    let mut notes = notes;
    notes.extend(resent.map(|id| Said::of(&resent_message(id))));
    let summary = Summary {
        content: content.to_string(),
        resent: resent.map(|id| id.0),
        suspicious,
        clears,
        sheets: noted(&sheets),
        notes,
    };
    let kind = match summary.sheets.as_slice() {
        [first, rest @ ..] if rest.iter().all(|sheet| sheet.kind == first.kind) => first.kind.clone(),
        _ => "*".to_owned(),
    };
    let parts = parts(&sheets, &verdicts)?;
    drop(verdicts);
    let total = sheets.iter().map(|sheet| sheet.rows.len()).sum::<usize>();
    drop(sheets);

    let change = office.store.change(caller.asked.at).await?;
    if let Some((hash, name, bytes)) = &file {
        change
            .keep_file(hash, name, media(name), Some(caller.user), bytes)
            .await?;
    }
    let count = |code: &str| counts.get(code).copied().unwrap_or(0);
    let new = NewSubmission {
        kind,
        channel,
        source: checked.source,
        method: checked.method,
        period: terms.period,
        collected_by: caller.user,
        collected_at: terms.collected_at.unwrap_or(caller.asked.at),
        entered_by: caller.user,
        entered_at: change.at(),
        file: file.as_ref().map(|(hash, _, _)| hash.clone()),
        file_name: file.as_ref().map(|(_, name, _)| name.clone()),
        answers: terms.answers,
        note: checked.note,
        summary: json_line(&summary)?,
        rows_total: i64::try_from(total).unwrap_or(i64::MAX),
        rows_new: count("new"),
        rows_changed: count("changed"),
        rows_same: count("same"),
        rows_bad: count("bad"),
    };
    let id = change.add(new).await?;
    for part in parts {
        change.add_submission_part(id, part).await?;
    }
    let kept = change.submission(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&kept)?);
    let deed = Deed::new(Action::SubmissionCreate.code(), format!("submission:{id}")).after(entry_of(&kept));
    let deed = deed.fact("content", summary.content).fact("file", json!(kept.file));
    office.keep(change, caller, deed, answer).await
}

/// The channel: a person cannot send as a machine, whose feeds may be trusted by rule, nor a machine as a person.
fn channel(caller: &Caller, terms: &Terms, sent: &Sent) -> Result<Channel, Fault> {
    let is_folder = caller.asked.address == super::folder::ADDRESS;
    let by_machine = matches!(caller.via, Via::Token(_));
    let fits: &[Channel] = match (is_folder, by_machine, sent) {
        (true, ..) => &[Channel::Folder],
        (_, true, _) => &[Channel::Api, Channel::Crm],
        (_, false, Sent::File { .. }) => &[Channel::Workbook],
        (_, false, Sent::Rows(_)) => &[Channel::Form],
    };
    let own = fits.first().copied().unwrap_or(Channel::Workbook);
    match terms.channel {
        None => Ok(own),
        Some(channel) if fits.contains(&channel) => Ok(channel),
        Some(channel) => Err(Fault::field(
            "/channel",
            Message::new("app-submission-channel")
                .with("channel", channel.code())
                .with("own", own.code()),
        )),
    }
}

/// The kinds among which the reader of the file chooses.
fn chosen(terms: &Terms, sent: &Sent, all: Kinds) -> Result<Kinds, Fault> {
    let unknown = |kind: &str| Fault::field("/kind", Message::new("app-submission-kind-unknown").with("kind", kind));
    match (&terms.kind, sent) {
        (None, Sent::File { .. }) => Ok(all),
        (None, Sent::Rows(_)) => Err(Fault::field("/kind", Message::new("app-submission-kind-needed"))),
        (Some(id), _) => {
            let kind: Option<Kind> = all.get(id).cloned();
            Ok(Kinds {
                kinds: vec![kind.ok_or_else(|| unknown(id))?],
            })
        }
    }
}

struct Checked {
    source: String,
    method: String,
    note: String,
}

async fn checked(office: &Office, caller: &Caller, terms: &Terms) -> Result<Checked, Fault> {
    let mut wrong = Vec::new();
    let source = line("/source", &terms.source, 200, &mut wrong);
    let method = line("/method", &terms.method, 200, &mut wrong);
    let note = terms.note.trim().to_owned();
    if note.chars().count() > 2_000 {
        wrong.push(Wrong::at(
            "/note",
            Message::new("app-submission-note").with("most", 2_000_usize),
        ));
    }
    if terms
        .collected_at
        .is_some_and(|at| at > caller.asked.at.plus_seconds(60))
    {
        wrong.push(Wrong::at("/collected_at", Message::new("app-submission-not-yet")));
    }
    if let Some(id) = terms.answers {
        let answered = office.store.submission(id).await?;
        let fits = answered.is_some_and(|one| {
            let back = one.state == SubmissionState::Returned || one.rows_returned > 0;
            super::who::made_by(caller, &one) && back
        });
        if !fits {
            wrong.push(Wrong::at(
                "/answers",
                Message::new("app-submission-answers").with("id", id.to_string()),
            ));
        }
    }
    match wrong.is_empty() {
        true => Ok(Checked { source, method, note }),
        false => Err(Fault::Invalid(wrong)),
    }
}

type Evidence = Option<(String, String, Vec<u8>)>;

/// Reads what was sent, off the runtime's threads.
async fn read(sent: Sent, kinds: Kinds) -> Result<(Read, Evidence), Fault> {
    let task = tokio::task::spawn_blocking(move || -> Result<(Read, Evidence), Fault> {
        match sent {
            Sent::File { name, bytes } => {
                let name = sheets::plain_name(&name)?;
                let read = sheets::of_file(&name, &bytes, &kinds)?;
                Ok((read, Some((rules::hash(&bytes), name, bytes))))
            }
            Sent::Rows(rows) => {
                let kind = kinds.kinds.first().ok_or_else(|| Fault::broken("no kind"))?;
                Ok((sheets::of_rows(kind, &rows, &kinds)?, None))
            }
        }
    });
    task.await.map_err(Fault::broken)?
}

/// A customer may be named by its unified social credit code: such a row gets the customer's own number.
async fn by_uscc(view: &View, sheets: &mut [Sheet]) -> Result<(), Fault> {
    for sheet in sheets.iter_mut().filter(|sheet| sheet.kind.id != CUSTOMER) {
        let like_code = |code: &str| code.len() == 18 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mut codes: Vec<String> = sheet.rows.iter().map(|work| work.customer.clone()).collect();
        codes.retain(|code| like_code(code));
        codes.sort();
        codes.dedup();
        let known = view.customer_ids(&codes).await?;
        let mut numbers: HashMap<String, String> = HashMap::new();
        for code in codes.into_iter().filter(|code| !known.contains_key(code)) {
            // More than one customer with a code is nobody in particular.
            if let [one] = view.customers_by_uscc(&code).await?.as_slice() {
                numbers.insert(code, one.code.clone());
            }
        }
        for work in &mut sheet.rows {
            let Some(number) = numbers.get(&work.customer) else {
                continue;
            };
            let mut row: Row = serde_json::from_str(&work.line).map_err(Fault::broken)?;
            row.v.insert(sheet.kind.subject.clone(), number.as_str().into());
            work.line = json_line(&row)?;
            work.customer.clone_from(number);
        }
    }
    Ok(())
}

fn content_hash(sheets: &[Sheet]) -> Result<ContentHash, Fault> {
    let mut hashes = Vec::new();
    for sheet in sheets {
        for work in &sheet.rows {
            let row: Row = serde_json::from_str(&work.line).map_err(Fault::broken)?;
            hashes.push(values::row_hash(&sheet.kind, &row.v));
        }
    }
    Ok(ContentHash::of_hashes(hashes))
}

/// What was handed over or audited lately, with the hashes of its content.
async fn earlier(view: &View) -> Result<Vec<(SubmissionId, ContentHash)>, Fault> {
    let list = SubmissionList {
        states: vec![SubmissionState::Submitted, SubmissionState::Audited],
        limit: EARLIER,
        ..SubmissionList::default()
    };
    let found = view.list_submissions(&list).await?;
    let hashes = found.iter().filter_map(|one| {
        let summary = Summary::of(one).ok()?;
        Some((one.id, ContentHash::parse(&summary.content)?))
    });
    Ok(hashes.collect())
}

fn noted(sheets: &[Sheet]) -> Vec<SheetNote> {
    let notes = sheets.iter().map(|sheet| SheetNote {
        sheet: sheet.name.clone(),
        kind: sheet.kind.id.clone(),
        fields: sheet.fields.clone(),
        first_row: sheet.rows.first().map_or(0, |work| work.row),
        rows: u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX),
    });
    notes.collect()
}

fn parts(sheets: &[Sheet], verdicts: &HashMap<u32, String>) -> Result<Vec<SubmissionPart>, Fault> {
    let mut parts = Vec::new();
    for sheet in sheets {
        for rows in sheet.rows.chunks(PART_ROWS) {
            let content: Vec<String> = rows.iter().map(|work| work.line.clone()).collect();
            let said = rows.iter().map(|work| verdicts.get(&work.row).cloned());
            let said: Option<Vec<String>> = said.collect();
            let said = said.ok_or_else(|| Fault::broken("a row was not compared"))?;
            parts.push(SubmissionPart {
                part: i64::try_from(parts.len()).unwrap_or(i64::MAX),
                kind: sheet.kind.id.clone(),
                first_row: rows.first().map_or(0, |work| i64::from(work.row)),
                row_count: i64::try_from(rows.len()).unwrap_or(i64::MAX),
                content: array(&content),
                verdicts: array(&said),
                outcome: None,
            });
        }
    }
    Ok(parts)
}

/// The media type of a file by its name.
pub(super) fn media(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    match name.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("gz") => "application/gzip",
        Some("parquet") => "application/vnd.apache.parquet",
        _ => "text/csv",
    }
}
