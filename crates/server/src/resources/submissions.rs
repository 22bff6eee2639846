//! Submissions: sent in, looked at, confirmed, audited, undone. 报送

use axum::Extension;
use axum::extract::{FromRequest, Multipart, OriginalUri, Request};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use pinji_app::register::submissions::{self, FileView, Judgement, Sent, SubmissionView, Terms, Words};
use pinji_app::register::{Answer, Fault, Wrong};
use pinji_domain::{Channel, Lang, Message, SubmissionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::times::{maybe_day, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::{Problem, Sort};
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::Versioned;

/// The largest upload.
pub const MOST_BYTES: usize = 128 << 20;
/// The largest part of an upload that is not the file.
const MOST_TERMS: usize = 1 << 16;

/// Rows of one sheet. 分表
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionSheet {
    /// The sheet's name, in a workbook.
    pub sheet: Option<String>,
    /// The kind of its rows.
    pub kind: String,
    /// The fields that it brings.
    pub fields: Vec<String>,
    /// The number of its first row within the submission, from 1.
    pub first_row: u32,
    /// How many rows it has.
    pub rows: u32,
}

/// A submission. 报送
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 31, "kind": "financial_statement", "channel": "workbook", "state": "draft", "source": "客户年报", "method": "人工录入",
    "period": "2025-12-31", "collected_by": 4, "collected_at": "2026-11-22T08:00:00.000000Z", "entered_by": 4,
    "entered_at": "2026-11-22T08:00:00.000000Z", "submitted_at": null, "file_name": "年报.xlsx", "answers": null, "note": "",
    "rows": 120, "new": 100, "changed": 12, "same": 5, "bad": 3, "suspicious": 2, "accepted": 0, "refused": 0, "returned": 0,
    "content": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "resent": null, "notes": [],
    "sheets": [{ "sheet": "财务报表", "kind": "financial_statement", "fields": ["customer", "period_end"], "first_row": 1, "rows": 120 }],
    "audited_by": null, "audited_at": null, "audit_rule": null, "audit_note": null, "undone_by": null, "undone_at": null,
    "version": 1,
}))]
pub struct Submission {
    /// The id.
    pub id: i64,
    /// The kind of its rows; `*` where its sheets bring several.
    pub kind: String,
    /// The way on which it came.
    pub channel: String,
    /// `draft`, `submitted`, `audited`, `withdrawn`, `returned` or `undone`.
    pub state: String,
    /// Where the figures are from.
    pub source: String,
    /// How they were got.
    pub method: String,
    /// The period that it is about: its end.
    #[schema(format = Date)]
    pub period: Option<String>,
    /// Who collected it.
    pub collected_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub collected_at: String,
    /// Who brought it in.
    pub entered_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub entered_at: String,
    /// When its collector confirmed it.
    #[schema(format = DateTime)]
    pub submitted_at: Option<String>,
    /// The file's name as it was sent.
    pub file_name: Option<String>,
    /// The returned submission that this one answers.
    pub answers: Option<i64>,
    /// What the collector says about it.
    pub note: String,
    /// Rows in all.
    pub rows: i64,
    /// Rows whose record was not known.
    pub new: i64,
    /// Rows that change a record.
    pub changed: i64,
    /// Rows that say what is known.
    pub same: i64,
    /// Rows that cannot be taken.
    pub bad: i64,
    /// Rows about which something is suspicious.
    pub suspicious: i64,
    /// Rows accepted.
    pub accepted: i64,
    /// Rows refused.
    pub refused: i64,
    /// Rows sent back.
    pub returned: i64,
    /// The hash of what it says, whatever the order of its rows; the seed of the sample.
    pub content: String,
    /// An earlier submission that said exactly the same.
    pub resent: Option<i64>,
    /// What is to be said of it as a whole.
    pub notes: Vec<String>,
    /// Its sheets.
    pub sheets: Vec<SubmissionSheet>,
    /// Who audited it.
    pub audited_by: Option<i64>,
    /// When it was audited, or accepted by rule.
    #[schema(format = DateTime)]
    pub audited_at: Option<String>,
    /// The rule by which a trusted feed was accepted.
    pub audit_rule: Option<String>,
    /// What the auditor says.
    pub audit_note: Option<String>,
    /// Who undid it.
    pub undone_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub undone_at: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl Submission {
    fn of(view: &SubmissionView, lang: Lang) -> Submission {
        let kept = &view.kept;
        Submission {
            id: view.id.0,
            kind: kept.kind.clone(),
            channel: kept.channel.code().to_owned(),
            state: kept.state.code().to_owned(),
            source: kept.source.clone(),
            method: kept.method.clone(),
            period: kept.period.map(|day| day.to_string()),
            collected_by: kept.collected_by.0,
            collected_at: when(kept.collected_at),
            entered_by: kept.entered_by.0,
            entered_at: when(kept.entered_at),
            submitted_at: kept.submitted_at.map(when),
            file_name: kept.file_name.clone(),
            answers: kept.answers.map(|id| id.0),
            note: kept.note.clone(),
            rows: kept.rows_total,
            new: kept.rows_new,
            changed: kept.rows_changed,
            same: kept.rows_same,
            bad: kept.rows_bad,
            suspicious: view.suspicious,
            accepted: kept.rows_accepted,
            refused: kept.rows_refused,
            returned: kept.rows_returned,
            content: view.content.clone(),
            resent: view.resent.map(|id| id.0),
            notes: view.notes.iter().map(|note| note.get(lang).to_owned()).collect(),
            sheets: view
                .sheets
                .iter()
                .map(|sheet| SubmissionSheet {
                    sheet: sheet.sheet.clone(),
                    kind: sheet.kind.clone(),
                    fields: sheet.fields.clone(),
                    first_row: sheet.first_row,
                    rows: sheet.rows,
                })
                .collect(),
            audited_by: kept.audited_by.map(|user| user.0),
            audited_at: kept.audited_at.map(when),
            audit_rule: kept.audit_rule.clone(),
            audit_note: kept.audit_note.clone(),
            undone_by: kept.undone_by.map(|user| user.0),
            undone_at: kept.undone_at.map(when),
            version: kept.version,
        }
    }
}

/// What is sent in as rows; the same terms go with a file, in a form of parts. 报送
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "market_standing", "source": "CRM", "method": "接口", "period": "2026-09-30", "note": "",
    "rows": [{ "customer": "C-0042", "period_end": "2026-09-30" }],
}))]
pub struct NewSubmission {
    /// The kind of all rows. A workbook's sheets say it themselves where it is left out.
    #[schema(max_length = 64)]
    pub kind: Option<String>,
    /// `api` or `crm`, for programs; what it is by itself, if left out.
    pub channel: Option<String>,
    /// Where the figures are from.
    #[schema(min_length = 1, max_length = 200)]
    pub source: String,
    /// How they were got.
    #[schema(min_length = 1, max_length = 200)]
    pub method: String,
    /// The period that it is about: its end.
    #[schema(format = Date)]
    pub period: Option<String>,
    /// When they were collected; now, if left out.
    #[schema(format = DateTime)]
    pub collected_at: Option<String>,
    /// What the collector says about it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
    /// The returned submission that this one answers.
    pub answers: Option<i64>,
    /// The rows: values by the ids of fields, in the units of the kind. Not with a file.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<Value>,
}

/// A form of parts: `terms`, as JSON, and `file`. 上传
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// [`NewSubmission`] without `rows`, as JSON.
    pub terms: String,
    /// An .xlsx, .csv, .csv.gz or .parquet file.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    pub file: String,
}

/// A confirmation. 确认
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "without_bad_rows": false }))]
pub struct Confirmation {
    /// Whether bad rows are knowingly left out.
    #[serde(default)]
    pub without_bad_rows: bool,
}

/// A reason. 理由
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "来源有误，重新报送" }))]
pub struct Because {
    /// Why; a draft needs none.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// A judgement on a row, or on a field of it. 逐项结论
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneVerdict {
    /// The row.
    pub row: u32,
    /// The field; the whole row, if left out.
    pub field: Option<String>,
    /// `accept`, `refuse` or `return`.
    #[schema(pattern = r"^(accept|refuse|return)$")]
    pub verdict: String,
    /// Why, unless it is accepted.
    #[serde(default)]
    pub reason: String,
}

/// An audit. 审核
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "verdict": "accept", "single": [{ "row": 3, "field": "revenue", "verdict": "refuse", "reason": "与年报不符" }],
}))]
pub struct SubmissionAudit {
    /// On everything of which nothing else is said: `accept`, `refuse` or `return`.
    #[schema(pattern = r"^(accept|refuse|return)$")]
    pub verdict: Option<String>,
    /// Why, unless it is accepted.
    #[serde(default)]
    pub reason: String,
    /// On single rows and fields.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub single: Vec<OneVerdict>,
    /// What else whoever reads it later should know.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
}

/// One field, old beside new. 新旧对照
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What is known; null where nothing was.
    #[schema(value_type = Option<Object>)]
    pub old: Option<Value>,
    /// What came in.
    #[schema(value_type = Option<Object>)]
    pub new: Option<Value>,
}

/// A cell that could not be understood. 问题单元格
#[derive(Debug, Serialize, ToSchema)]
pub struct BadCell {
    /// Its column's letter, in a file.
    pub column: Option<String>,
    /// The column's heading.
    pub heading: String,
    /// What it says.
    pub says: String,
    /// What is wrong, and what to do.
    pub why: String,
}

/// Something that deserves a second look. 疑点
#[derive(Debug, Serialize, ToSchema)]
pub struct Suspicion {
    /// What sort of thing, for programs.
    pub code: String,
    /// The field, where it is about one.
    pub field: Option<String>,
    /// In words.
    pub says: String,
}

/// A field of an accepted row that was not accepted. 未采纳字段
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOut {
    /// The field.
    pub field: String,
    /// `refused` or `returned`.
    pub became: String,
    /// Why.
    pub reason: String,
}

/// A row of a submission. 报送行
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "row": 3, "at": 5, "sheet": "财务报表", "kind": "financial_statement", "customer": "C-0042", "verdict": "changed",
    "values": { "customer": "C-0042", "revenue": "1200000.00" },
    "changes": [{ "field": "revenue", "label": "营业收入", "old": "1000000.00", "new": "1200000.00" }],
    "bad_cells": [], "flaw": null, "repeats": null, "suspicions": [], "became": null, "reason": null, "fields_out": [],
    "drawn": false, "hidden": [],
}))]
pub struct SubmissionRow {
    /// Its number within the submission.
    pub row: u32,
    /// Where it stood in the sheet or list.
    pub at: u32,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// Its kind.
    pub kind: String,
    /// The customer's own number, as the row says it.
    pub customer: String,
    /// `new`, `changed`, `same` or `bad`.
    pub verdict: String,
    /// Its values by the ids of fields; exact numbers with decimals are strings.
    #[schema(value_type = Object)]
    pub values: serde_json::Map<String, Value>,
    /// Of a changed record: the fields that differ.
    pub changes: Vec<FieldChange>,
    /// Its bad cells.
    pub bad_cells: Vec<BadCell>,
    /// Why it is bad, where that lies not in its cells.
    pub flaw: Option<String>,
    /// The row that says the same.
    pub repeats: Option<u32>,
    /// What is suspicious.
    pub suspicions: Vec<Suspicion>,
    /// `accepted`, `refused`, `returned`, `left_out`, or `waits` for the auditor.
    pub became: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Fields of an accepted row that were not accepted.
    pub fields_out: Vec<FieldOut>,
    /// Whether it was drawn for the auditor.
    pub drawn: bool,
    /// Fields that you may not see.
    pub hidden: Vec<String>,
}

impl SubmissionRow {
    fn of(view: submissions::RowView, lang: Lang) -> SubmissionRow {
        let became = view.became;
        SubmissionRow {
            row: view.row,
            at: view.at,
            sheet: view.sheet,
            kind: view.kind,
            customer: view.customer,
            verdict: view.verdict,
            values: view.values,
            changes: view
                .changes
                .into_iter()
                .map(|change| FieldChange {
                    label: change.label.get(lang).to_owned(),
                    field: change.field,
                    old: change.old,
                    new: change.new,
                })
                .collect(),
            bad_cells: view
                .bad_cells
                .into_iter()
                .map(|cell| BadCell {
                    column: cell.column.map(letter),
                    why: cell.why.get(lang).to_owned(),
                    heading: cell.heading,
                    says: cell.says,
                })
                .collect(),
            flaw: view.flaw.map(|flaw| flaw.get(lang).to_owned()),
            repeats: view.repeats,
            suspicions: view
                .doubts
                .into_iter()
                .map(|doubt| Suspicion {
                    says: doubt.why.get(lang).to_owned(),
                    code: doubt.why.code,
                    field: doubt.field,
                })
                .collect(),
            reason: became.as_ref().and_then(|became| became.reason.clone()),
            drawn: became.as_ref().is_some_and(|became| became.drawn),
            fields_out: became
                .iter()
                .flat_map(|became| &became.kept_out)
                .map(|out| FieldOut {
                    field: out.field.clone(),
                    became: out.became.clone(),
                    reason: out.reason.clone(),
                })
                .collect(),
            became: became.map(|became| became.became),
            hidden: view.hidden,
        }
    }
}

/// The letters of a column counted from 0: 0 is `A`, 27 is `AB`.
fn letter(column: u32) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters
}

/// Which submissions. 报送列表条件
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubmissionFilter {
    /// Only in this state.
    #[param(pattern = r"^(draft|submitted|audited|withdrawn|returned|undone)$")]
    pub state: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// `true`: only one's own.
    #[serde(default)]
    pub mine: bool,
    /// `true`: only those that wait for an auditor who may be you.
    #[serde(default)]
    pub to_audit: bool,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Which rows. 报送行条件
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RowFilter {
    /// Only with this verdict.
    #[param(pattern = r"^(new|changed|same|bad)$")]
    pub verdict: Option<String>,
    /// `true`: only those about which something is suspicious; `false`: only the others.
    pub suspicious: Option<bool>,
    /// Only what became this.
    #[param(pattern = r"^(accepted|refused|returned|left_out|waits)$")]
    pub became: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// What is overdue. 逾期条件
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OverdueFilter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// How many entries at most; entries of one customer stay together.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    pub cursor: Option<String>,
}

/// Something that should have come in. 逾期事项
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "customer": "C-0042", "kind": "financial_statement", "channel": null, "what": "fresh", "due": "2026-06-30", "days": 145,
    "says": "客户 C-0042 的财务报表应于 2026-06-30 前更新，已逾期 145 天",
}))]
pub struct Overdue {
    /// The customer's own number.
    pub customer: String,
    /// The kind of record.
    pub kind: String,
    /// The channel that is late; null where it holds over all channels.
    pub channel: Option<String>,
    /// `fresh`: a later record is due; `every`: anything new is.
    pub what: String,
    /// The last day in time.
    #[schema(format = Date)]
    pub due: String,
    /// Days since then.
    pub days: i32,
    /// In words.
    pub says: String,
}

/// Sends records in, as a file in a form of parts or as rows: read, checked, compared and shown as a draft. 报送
#[utoipa::path(post, path = "/submissions", tag = "Submissions",
    request_body(content((NewSubmission = "application/json"), (Upload = "multipart/form-data"))),
    responses((status = 201, description = "The draft", body = Submission)))]
pub async fn send_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    request: Request,
) -> Result<Reply, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_form = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"));
    let (given, sent) = match is_form {
        true => uploaded(request).await?,
        false => {
            let Body(mut given) = Body::<NewSubmission>::from_request(request, &()).await?;
            let rows = std::mem::take(&mut given.rows);
            (given, Sent::Rows(rows))
        }
    };
    let terms = terms(given)?;
    let words = |view: &SubmissionView| {
        let place = format!("/api/v1/submissions/{}", view.id);
        Answer::made(place, view.kept.version, value(&Submission::of(view, lang)))
    };
    Ok(Reply(
        submissions::send(&shared.office, &caller, terms, sent, words).await?,
    ))
}

async fn uploaded(request: Request) -> Result<(NewSubmission, Sent), Problem> {
    let unreadable = |code| Problem::with(Sort::Malformed, Message::new(code));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| unreadable("server-form-unreadable"))?;
    let (mut given, mut sent) = (None, None);
    loop {
        let part = form.next_field().await.map_err(broken_off)?;
        let Some(part) = part else { break };
        match part.name().unwrap_or_default() {
            "terms" => {
                let text = part.text().await.map_err(broken_off)?;
                if text.len() > MOST_TERMS {
                    return Err(Problem::new(Sort::TooLarge));
                }
                let read: Result<NewSubmission, _> = serde_json::from_str(&text);
                given = Some(read.map_err(|why| {
                    let says = Message::new("server-field-not-as-declared").with("why", why.to_string());
                    Problem::wrong(vec![Wrong::at("/terms", says)])
                })?);
            }
            "file" => {
                let name = part.file_name().unwrap_or_default().to_owned();
                let bytes = part.bytes().await.map_err(broken_off)?;
                sent = Some(Sent::File {
                    name,
                    bytes: bytes.to_vec(),
                });
            }
            other => {
                let says = Message::new("server-form-part").with("part", other);
                return Err(Problem::with(Sort::Malformed, says));
            }
        }
    }
    match (given, sent) {
        (Some(given), Some(sent)) if given.rows.is_empty() => Ok((given, sent)),
        _ => Err(unreadable("server-form-needs")),
    }
}

fn broken_off(why: axum::extract::multipart::MultipartError) -> Problem {
    match why.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Sort::TooLarge),
        _ => Problem::with(Sort::Malformed, Message::new("server-body-broken-off")),
    }
}

fn terms(given: NewSubmission) -> Result<Terms, Problem> {
    let mut wrong = Vec::new();
    let channel = given.channel.as_deref().map(|code| (code, Channel::parse(code)));
    if let Some((code, None)) = channel {
        wrong.push(Wrong::at(
            "/channel",
            Message::new("server-no-channel").with("text", code),
        ));
    }
    let period = maybe_day("/period", given.period.as_deref()).unwrap_or_else(|unclear| {
        wrong.push(unclear);
        None
    });
    let collected_at = maybe_instant("/collected_at", given.collected_at.as_deref()).unwrap_or_else(|unclear| {
        wrong.push(unclear);
        None
    });
    if !wrong.is_empty() {
        return Err(Problem::wrong(wrong));
    }
    Ok(Terms {
        kind: given.kind,
        channel: channel.and_then(|(_, channel)| channel),
        source: given.source,
        method: given.method,
        period,
        collected_at,
        note: given.note,
        answers: given.answers.map(SubmissionId),
    })
}

/// Lists submissions, the newest first. 报送列表
#[utoipa::path(get, path = "/submissions", tag = "Submissions", params(SubmissionFilter),
    responses((status = 200, description = "A page of submissions", body = Page<Submission>)))]
pub async fn list_submissions(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Query(filter): Query<SubmissionFilter>,
) -> Result<Listed<Submission>, Problem> {
    let paging = Paging {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let which = submissions::WhichSubmissions {
        state: filter.state,
        kind: filter.kind,
        mine: filter.mine,
        to_audit: filter.to_audit,
        before: paging.after(&shared, "submissions")?.map(SubmissionId),
    };
    let page = submissions::list(&shared.office, &caller, &which, paging.limit()?).await?;
    let items = page.items.iter().map(|one| Submission::of(one, lang)).collect();
    Listed::new(&shared, uri, "submissions", items, page.next.map(|id| id.0))
}

/// Reads a submission. 查看报送
#[utoipa::path(get, path = "/submissions/{id}", tag = "Submissions",
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The submission", body = Submission)))]
pub async fn read_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<SubmissionId>,
) -> Result<Versioned<Submission>, Problem> {
    let view = submissions::read(&shared.office, &caller, id).await?;
    Ok(Versioned(view.kept.version, Submission::of(&view, lang)))
}

/// Lists a submission's rows: old beside new, bad cells, what is suspicious, what became of them. 报送行
#[utoipa::path(get, path = "/submissions/{id}/rows", tag = "Submissions",
    params(("id" = i64, Path, description = "The submission", example = 31), RowFilter),
    responses((status = 200, description = "A page of rows", body = Page<SubmissionRow>)))]
pub async fn list_submission_rows(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Id(id): Id<SubmissionId>,
    Query(filter): Query<RowFilter>,
) -> Result<Listed<SubmissionRow>, Problem> {
    let paging = Paging {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let list = format!("submission-rows {id}");
    let which = submissions::WhichRows {
        verdict: filter.verdict,
        suspicious: filter.suspicious,
        became: filter.became,
        drawn: false,
        after: paging.after(&shared, &list)?.unwrap_or(0),
    };
    page_of(&shared, &caller, (uri, &list, lang), id, &which, paging.limit()?).await
}

/// Lists the rows that were drawn for the auditor when a rule accepted the others. 抽样
#[utoipa::path(get, path = "/submissions/{id}/sample", tag = "Submissions",
    params(("id" = i64, Path, description = "The submission", example = 31), Paging),
    responses((status = 200, description = "A page of rows", body = Page<SubmissionRow>)))]
pub async fn list_sample(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Id(id): Id<SubmissionId>,
    Query(paging): Query<Paging>,
) -> Result<Listed<SubmissionRow>, Problem> {
    let list = format!("submission-sample {id}");
    let which = submissions::WhichRows {
        drawn: true,
        after: paging.after(&shared, &list)?.unwrap_or(0),
        ..submissions::WhichRows::default()
    };
    page_of(&shared, &caller, (uri, &list, lang), id, &which, paging.limit()?).await
}

async fn page_of(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    (uri, list, lang): (axum::http::Uri, &str, Lang),
    id: SubmissionId,
    which: &submissions::WhichRows,
    limit: u32,
) -> Result<Listed<SubmissionRow>, Problem> {
    let page = submissions::rows(&shared.office, caller, id, which, limit).await?;
    let items = page.items.into_iter().map(|row| SubmissionRow::of(row, lang)).collect();
    Listed::new(shared, uri, list, items, page.next)
}

/// Gives the file as it was sent. 原文件
#[utoipa::path(get, path = "/submissions/{id}/file", tag = "Submissions",
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The file", body = String, content_type = "application/octet-stream",
        example = json!("PK…"))))]
pub async fn read_submission_file(
    shared: Shared,
    By(caller): By,
    Id(id): Id<SubmissionId>,
) -> Result<Response, Problem> {
    Ok(handed(submissions::file(&shared.office, &caller, id).await?))
}

/// Gives the sender's own file with its bad cells marked and explained. 标注副本
#[utoipa::path(get, path = "/submissions/{id}/marked.xlsx", tag = "Submissions",
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "A workbook", body = String,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("PK…"))))]
pub async fn read_marked_file(shared: Shared, By(caller): By, Id(id): Id<SubmissionId>) -> Result<Response, Problem> {
    Ok(handed(submissions::marked(&shared.office, &caller, id).await?))
}

/// A file to be saved, whatever its name is made of.
fn handed(file: FileView) -> Response {
    let mut answer = file.bytes.into_response();
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(file.media));
    let mut name = String::new();
    for byte in file.name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    if let Ok(line) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        answer.headers_mut().insert(CONTENT_DISPOSITION, line);
    }
    answer
}

/// Stands by a draft. 确认报送
#[utoipa::path(post, path = "/submissions/{id}/confirmation", tag = "Submissions", request_body = Confirmation,
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The submission, which now waits for an auditor", body = Submission)))]
pub async fn confirm_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<SubmissionId>,
    Body(given): Body<Confirmation>,
) -> Result<Reply, Problem> {
    let words = |view: &SubmissionView| changed(view, lang);
    let done = submissions::confirm(&shared.office, &caller, id, given.without_bad_rows, words).await?;
    Ok(Reply(done))
}

/// Takes a submission back before the audit. 撤回报送
#[utoipa::path(post, path = "/submissions/{id}/withdrawal", tag = "Submissions", request_body = Because,
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The submission, withdrawn", body = Submission)))]
pub async fn withdraw_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<SubmissionId>,
    Body(given): Body<Because>,
) -> Result<Reply, Problem> {
    let words = |view: &SubmissionView| changed(view, lang);
    let done = submissions::withdraw(&shared.office, &caller, id, reason(given)?, words).await?;
    Ok(Reply(done))
}

/// Accepts, refuses or sends back what another collected, whole, by row or by field. 审核
#[utoipa::path(post, path = "/submissions/{id}/audit", tag = "Submissions", request_body = SubmissionAudit,
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The submission, audited or returned", body = Submission)))]
pub async fn audit_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<SubmissionId>,
    Body(given): Body<SubmissionAudit>,
) -> Result<Reply, Problem> {
    let said = said(given)?;
    let words = |view: &SubmissionView| changed(view, lang);
    Ok(Reply(
        submissions::audit(&shared.office, &caller, id, said, words).await?,
    ))
}

/// Puts back what a submission changed, as long as no run has used it. 撤销
#[utoipa::path(post, path = "/submissions/{id}/undo", tag = "Submissions", request_body = Because,
    params(("id" = i64, Path, description = "The submission", example = 31)),
    responses((status = 200, description = "The submission, undone", body = Submission)))]
pub async fn undo_submission(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<SubmissionId>,
    Body(given): Body<Because>,
) -> Result<Reply, Problem> {
    let words = |view: &SubmissionView| changed(view, lang);
    let done = submissions::undo(&shared.office, &caller, id, reason(given)?, words).await?;
    Ok(Reply(done))
}

fn changed(view: &SubmissionView, lang: Lang) -> Answer {
    Answer::changed(view.kept.version, value(&Submission::of(view, lang)))
}

fn reason(given: Because) -> Result<String, Problem> {
    let long = given.reason.chars().count() > 2_000;
    match long {
        false => Ok(given.reason),
        true => {
            let says = Message::new("app-submission-note").with("most", 2_000_usize);
            Err(Problem::wrong(vec![Wrong::at("/reason", says)]))
        }
    }
}

fn said(given: SubmissionAudit) -> Result<Words, Problem> {
    let mut wrong = Vec::new();
    let mut judged = |pointer: String, verdict: &str, reason: String| match verdict {
        "accept" => Some(Judgement::Accept),
        "refuse" => Some(Judgement::Refuse { reason }),
        "return" => Some(Judgement::Return { reason }),
        other => {
            wrong.push(Wrong::at(
                pointer,
                Message::new("server-no-verdict").with("text", other),
            ));
            None
        }
    };
    let rest = given
        .verdict
        .and_then(|verdict| judged("/verdict".to_owned(), &verdict, given.reason));
    let mut words = Words {
        rest,
        note: given.note,
        ..Words::default()
    };
    for (at, one) in given.single.into_iter().enumerate() {
        let Some(judgement) = judged(format!("/single/{at}/verdict"), &one.verdict, one.reason) else {
            continue;
        };
        match one.field {
            Some(field) => words.fields.push((one.row, field, judgement)),
            None => words.rows.push((one.row, judgement)),
        }
    }
    match wrong.is_empty() {
        true => Ok(words),
        false => Err(Fault::Invalid(wrong).into()),
    }
}

/// Lists what should have come in and has not. 逾期清单
#[utoipa::path(get, path = "/overdue", tag = "Submissions", params(OverdueFilter),
    responses((status = 200, description = "A page of what is overdue", body = Page<Overdue>)))]
pub async fn list_overdue(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Query(filter): Query<OverdueFilter>,
) -> Result<Listed<Overdue>, Problem> {
    let paging = Paging {
        limit: filter.limit,
        cursor: filter.cursor,
    };
    let after: Option<submissions::OverduePlace> = paging.after(&shared, "overdue")?;
    let limit = paging.limit()?;
    let page = submissions::overdue(&shared.office, &caller, filter.kind.as_deref(), after, limit).await?;
    let items = page.items.into_iter().map(|one| Overdue {
        says: one.says.get(lang).to_owned(),
        customer: one.customer,
        kind: one.kind,
        channel: one.channel.map(|channel| channel.code().to_owned()),
        what: one.what.to_owned(),
        due: one.due.to_string(),
        days: one.days,
    });
    Listed::new(&shared, uri, "overdue", items.collect(), page.next)
}
