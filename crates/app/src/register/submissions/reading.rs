//! Reading submissions: lists, one of them, its rows old beside new, its file as sent and with bad cells marked. 查看报送

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use pinji_access::{FieldClass, Resource};
use pinji_connectors::{BadCell, mark};
use pinji_domain::{CustomerId, FieldType, Kind, Message, Secrecy, SubmissionId, Text, UserId, number};
use pinji_store::{Customer, Submission, SubmissionList, SubmissionState, TeamMember};
use pinji_workflow::values::Values;
use serde_json::{Map, Value};

use super::draft::media;
use super::rows::{BadPlace, Became, Doubted, Marks, Row, Said, Summary, customer_of, kind_gone, lines, lines_of};
use super::sheets::laid_down;
use super::views::{SubmissionView, view};
use super::who::{Reach, hidden, made_by, resource_in, row_resource, there};
use crate::register::permits::note_readings;
use crate::register::{Action, Caller, Fault, Office, Slice};

/// Which submissions. 报送列表条件
#[derive(Debug, Clone, Default)]
pub struct WhichSubmissions {
    /// Only in this state.
    pub state: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only one's own.
    pub mine: bool,
    /// Only those that wait for an auditor who may be the caller.
    pub to_audit: bool,
    /// Before this one: the newest come first.
    pub before: Option<SubmissionId>,
}

/// Which rows. 报送行条件
#[derive(Debug, Clone, Default)]
pub struct WhichRows {
    /// Only with this verdict.
    pub verdict: Option<String>,
    /// Only those about which something is suspicious, or those about which nothing is.
    pub suspicious: Option<bool>,
    /// Only those that were drawn for the auditor.
    pub drawn: bool,
    /// Only what became this: `accepted`, `refused`, `returned`, `left_out`, `waits`.
    pub became: Option<String>,
    /// After this row.
    pub after: u32,
}

/// One field, old beside new. 新旧对照
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The field.
    pub field: String,
    /// Its label.
    pub label: Text,
    /// What is known.
    pub old: Option<Value>,
    /// What came in.
    pub new: Option<Value>,
}

/// A row as a reader sees it. 报送行
#[derive(Debug, Clone)]
pub struct RowView {
    /// Its number within the submission.
    pub row: u32,
    /// Where it stood in the file or list.
    pub at: u32,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// Its kind.
    pub kind: String,
    /// The customer's own number, as the row says it.
    pub customer: String,
    /// `new`, `changed`, `same`, `bad`.
    pub verdict: String,
    /// Its values: exact numbers with decimals as texts.
    pub values: Map<String, Value>,
    /// Of a changed record: the fields that differ.
    pub changes: Vec<Changed>,
    /// Its bad cells.
    pub bad_cells: Vec<BadPlace>,
    /// Why it is bad, where that lies not in its cells.
    pub flaw: Option<Said>,
    /// The row that says the same.
    pub repeats: Option<u32>,
    /// What is suspicious.
    pub doubts: Vec<Doubted>,
    /// What became of it.
    pub became: Option<Became>,
    /// Fields that the reader may not see.
    pub hidden: Vec<String>,
}

/// A file to be handed out. 文件
#[derive(Debug, Clone)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Submissions that the caller may see, the newest first. 报送列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    which: &WhichSubmissions,
    limit: u32,
) -> Result<Slice<SubmissionView, SubmissionId>, Fault> {
    let general = Resource::new(pinji_access::What::Submission).made_by(Some(caller.user), &caller.actor);
    office.authorize(caller, Action::SubmissionRead, &general)?;
    let mut states = Vec::new();
    if let Some(code) = &which.state {
        let unknown = || Fault::field("/state", Message::new("app-state-unknown").with("state", code.as_str()));
        states.push(SubmissionState::parse(code).ok_or_else(unknown)?);
    }
    if which.to_audit {
        states = vec![SubmissionState::Submitted];
    }
    let action = if which.to_audit {
        Action::SubmissionAudit
    } else {
        Action::SubmissionRead
    };
    let mut list = SubmissionList {
        states,
        kind: which.kind.clone(),
        by: which.mine.then_some(caller.user),
        not_by: which.to_audit.then_some(caller.user),
        before: which.before,
        limit: limit + 1,
    };
    let mut teams: HashMap<UserId, Vec<TeamMember>> = HashMap::new();
    let mut found: Vec<Submission> = Vec::new();
    // Pages are filled up: what the caller may not see leaves no gap that tells of it.
    loop {
        let page = office.store.list_submissions(&list).await?;
        let is_last = page.len() < list.limit as usize;
        list.before = page.last().map(|one| one.id).or(list.before);
        for one in page {
            let of = match teams.entry(one.collected_by) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(slot) => slot.insert(office.store.teams_of(one.collected_by).await?),
            };
            if found.len() <= limit as usize && office.may(caller, action, &resource_in(caller, &one, of)) {
                found.push(one);
            }
        }
        if is_last || found.len() > limit as usize {
            break;
        }
    }
    let page = Slice::cut(found, limit, |one: &Submission| one.id);
    let items = page.items.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice { items, next: page.next })
}

/// One submission. 查看报送
pub async fn read(office: &Office, caller: &Caller, id: SubmissionId) -> Result<SubmissionView, Fault> {
    let (kept, _) = there(office, &office.store, caller, id).await?;
    view(&kept)
}

/// Its rows. 报送行
pub async fn rows(
    office: &Office,
    caller: &Caller,
    id: SubmissionId,
    which: &WhichRows,
    limit: u32,
) -> Result<Slice<RowView, u32>, Fault> {
    let (kept, resource) = there(office, &office.store, caller, id).await?;
    let summary = Summary::of(&kept)?;
    let kinds = office.kinds(&office.store).await?;
    let reach = Reach::of(office, caller, Action::SubmissionRead, resource);
    let mine = made_by(caller, &kept);
    let mut found: Vec<RowView> = Vec::new();
    let mut known: HashMap<(Resource, FieldClass), bool> = HashMap::new();
    let mut confidential: BTreeSet<CustomerId> = BTreeSet::new();
    let start = office.store.submission_part_of(id, i64::from(which.after) + 1).await?;
    let mut next = start.as_ref().map_or(i64::MAX, |part| part.part);
    while found.len() <= limit as usize && next < i64::MAX {
        let page = office.store.submission_parts(id, next, 4).await?;
        let Some(last) = page.last() else { break };
        next = last.part + 1;
        for part in page {
            let kind = kinds.get(&part.kind).ok_or_else(|| kind_gone(&part.kind))?;
            let first = u32::try_from(part.first_row).unwrap_or(u32::MAX);
            let marks: Vec<Marks> = lines_of(&part.verdicts)?;
            let became: Vec<Became> = part.outcome.as_deref().map(lines_of).transpose()?.unwrap_or_default();
            let mut wanted = Vec::new();
            for (at, (line, marks)) in lines(&part.content).zip(marks).enumerate() {
                let row = first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
                let became = became.get(at).cloned();
                if row > which.after && fits(which, &marks, became.as_ref()) {
                    wanted.push((row, line, marks, became));
                }
            }
            // No more than a page and one is looked at closely.
            for piece in wanted.chunks(limit as usize + 1) {
                if found.len() > limit as usize {
                    break;
                }
                let mut read: Vec<(Row, String)> = Vec::with_capacity(piece.len());
                for (_, line, ..) in piece {
                    let row: Row = serde_json::from_str(line).map_err(Fault::broken)?;
                    let customer = customer_of(kind, &row.v);
                    read.push((row, customer));
                }
                let customers = customers(office, read.iter().map(|(_, customer)| customer.clone()).collect()).await?;
                for ((number, _, marks, became), (row, code)) in piece.iter().zip(read) {
                    let customer = customers.get(&code);
                    let admitted = customer.is_none_or(|customer| reach.admits(customer));
                    if !(mine || admitted) || found.len() > limit as usize {
                        continue;
                    }
                    // To its maker a row that names somebody out of reach is his own words, and nothing more.
                    let about = customer
                        .filter(|_| admitted)
                        .map_or(resource, |customer| row_resource(caller, customer, &resource));
                    if let Some(customer) = customer.filter(|one| one.secrecy == Secrecy::Confidential && admitted)
                        && found.len() < limit as usize
                    {
                        confidential.insert(customer.id);
                    }
                    let hidden = hidden(office, caller, kind, &about, &mut known);
                    let sheet = summary.sheet_of(*number).and_then(|sheet| sheet.sheet.clone());
                    found.push(shown(kind, (*number, sheet), row, code, marks, became.clone(), &hidden));
                }
            }
        }
    }
    note_readings(office, caller, confidential, &format!("submission:{id}")).await?;
    Ok(Slice::cut(found, limit, |row: &RowView| row.row))
}

fn fits(which: &WhichRows, marks: &Marks, became: Option<&Became>) -> bool {
    which.verdict.as_ref().is_none_or(|verdict| *verdict == marks.v)
        && which.suspicious.is_none_or(|wanted| wanted != marks.doubts.is_empty())
        && (!which.drawn || became.is_some_and(|became| became.drawn))
        && which
            .became
            .as_ref()
            .is_none_or(|wanted| became.is_some_and(|became| became.became == *wanted))
}

async fn customers(office: &Office, mut codes: Vec<String>) -> Result<HashMap<String, Customer>, Fault> {
    codes.sort_unstable();
    codes.dedup();
    let ids = office.store.customer_ids(&codes).await?;
    let ids: Vec<CustomerId> = ids.into_values().collect();
    let found = office.store.customers(&ids).await?;
    Ok(found
        .into_iter()
        .map(|customer| (customer.code.clone(), customer))
        .collect())
}

fn shown(
    kind: &Kind,
    (number, sheet): (u32, Option<String>),
    row: Row,
    customer: String,
    marks: &Marks,
    became: Option<Became>,
    hidden: &[&str],
) -> RowView {
    let seen = |field: &str| !hidden.contains(&field);
    let value = |values: &Values, field: &str| {
        let value = values.get(field).filter(|value| !value.is_null())?;
        Some(readable(kind, field, value))
    };
    let changes = marks.old.keys().filter(|field| seen(field)).map(|field| Changed {
        label: kind
            .field(field)
            .map_or_else(|| Text::new(field, field), |known| known.label.clone()),
        old: value(&marks.old, field),
        new: value(&row.v, field),
        field: field.clone(),
    });
    RowView {
        row: number,
        at: row.at,
        sheet,
        kind: kind.id.clone(),
        customer,
        verdict: marks.v.clone(),
        changes: changes.collect(),
        values: row
            .v
            .iter()
            .filter(|(field, value)| seen(field) && !value.is_null())
            .map(|(field, value)| (field.clone(), readable(kind, field, value)))
            .collect(),
        bad_cells: row.bad,
        flaw: marks.flaw.clone(),
        repeats: marks.repeats,
        doubts: marks
            .doubts
            .iter()
            .filter(|doubt| doubt.field.as_deref().is_none_or(seen))
            .cloned()
            .collect(),
        became,
        hidden: hidden
            .iter()
            .filter(|field| row.v.contains_key(**field))
            .map(|field| (*field).to_owned())
            .collect(),
    }
}

/// An exact number with decimals as text, so that no reader rounds it; all else as it is.
fn readable(kind: &Kind, field: &str, value: &Value) -> Value {
    match (kind.field(field).map(|field| &field.ty), value.as_i64()) {
        (Some(FieldType::Decimal(scale) | FieldType::Money(scale)), Some(units)) => number::plain(units, *scale).into(),
        _ => value.clone(),
    }
}

/// The file as it was sent. 原文件
pub async fn file(office: &Office, caller: &Caller, id: SubmissionId) -> Result<FileView, Fault> {
    let (kept, resource) = there(office, &office.store, caller, id).await?;
    let name = kept.file_name.clone().ok_or(Fault::Absent)?;
    let hash = kept.file.clone().ok_or(Fault::Absent)?;
    whole(office, caller, &kept, resource).await?;
    let bytes = office.store.file_bytes(&hash).await?.ok_or(Fault::Absent)?;
    Ok(FileView {
        media: media(&name),
        name,
        bytes,
    })
}

/// Whoever takes the whole file must be one who may see every row of it; confidential ones are written down.
async fn whole(office: &Office, caller: &Caller, kept: &Submission, resource: Resource) -> Result<(), Fault> {
    let kinds = office.kinds(&office.store).await?;
    let loaded = super::rows::load(&office.store, kept, &kinds).await?;
    let reach = Reach::of(office, caller, Action::SubmissionRead, resource);
    let mine = made_by(caller, kept);
    let mut codes: Vec<String> = loaded
        .sheets
        .into_iter()
        .flat_map(|sheet| sheet.rows.into_iter().map(|work| work.customer))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let mut confidential = Vec::new();
    for piece in codes.chunks(5_000) {
        for customer in customers(office, piece.to_vec()).await?.into_values() {
            match reach.admits(&customer) {
                true if customer.secrecy == Secrecy::Confidential => confidential.push(customer.id),
                false if !mine => return Err(Fault::Absent),
                _ => {}
            }
        }
    }
    note_readings(office, caller, confidential, &format!("submission:{}:file", kept.id)).await
}

/// The sender's own file with its bad cells marked, as a workbook. 标注副本
pub async fn marked(office: &Office, caller: &Caller, id: SubmissionId) -> Result<FileView, Fault> {
    let sent = file(office, caller, id).await?;
    let (kept, _) = there(office, &office.store, caller, id).await?;
    let summary = Summary::of(&kept)?;
    let kinds = office.kinds(&office.store).await?;
    let mut bad: Vec<BadCell> = Vec::new();
    let mut next = 0;
    loop {
        let page = office.store.submission_parts(id, next, 8).await?;
        let Some(last) = page.last() else { break };
        next = last.part + 1;
        for part in page {
            let kind = kinds.get(&part.kind).ok_or_else(|| kind_gone(&part.kind))?;
            let marks: Vec<Marks> = lines_of(&part.verdicts)?;
            let first = u32::try_from(part.first_row).unwrap_or(u32::MAX);
            for ((number, line), marks) in (first..).zip(lines(&part.content)).zip(marks) {
                if marks.is_bad() {
                    let row: Row = serde_json::from_str(line).map_err(Fault::broken)?;
                    let sheet = summary.sheet_of(number).and_then(|sheet| sheet.sheet.clone());
                    bad.extend(cells(kind, &sent.name, sheet, &row, &marks));
                }
            }
        }
    }
    let name = sent.name.clone();
    let done = tokio::task::spawn_blocking(move || -> Result<Vec<u8>, Fault> {
        let (folder, path) = laid_down(&sent.name, &sent.bytes).map_err(Fault::broken)?;
        let bytes = mark(&path, &bad).map_err(|error| Fault::Refused(error.message()))?;
        drop(folder);
        Ok(bytes)
    });
    let bytes = done.await.map_err(Fault::broken)??;
    let stem = name.split('.').next().unwrap_or_default();
    Ok(FileView {
        name: format!("{stem}-marked.xlsx"),
        media: media(".xlsx"),
        bytes,
    })
}

fn cells(kind: &Kind, file: &str, sheet: Option<String>, row: &Row, marks: &Marks) -> Vec<BadCell> {
    let subject = customer_of(kind, &row.v);
    let cell = |column: Option<u32>, heading: &str, says: &str, message: Message| BadCell {
        file: file.to_owned(),
        sheet: sheet.clone(),
        row: u64::from(row.at),
        subject: subject.clone(),
        column,
        heading: heading.to_owned(),
        says: says.to_owned(),
        message,
        whole_table: false,
    };
    let own = row.bad.iter();
    let mut cells: Vec<BadCell> = own
        .map(|bad| cell(bad.column, &bad.heading, &bad.says, bad.why.message()))
        .collect();
    if let Some(flaw) = &marks.flaw {
        let label = kind
            .field(&kind.subject)
            .map_or("", |field| field.label.get(pinji_domain::Lang::Zh));
        cells.push(cell(None, label, &subject, flaw.message()));
    }
    cells
}
