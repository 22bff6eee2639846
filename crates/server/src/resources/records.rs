//! A customer's records, in two times, with where they come from; and its page of data. 客户记录与总览

use axum::Json;
use axum::extract::{OriginalUri, Path};
use pinji_app::register::conflicts;
use pinji_app::register::customer_page::{self, KindPart, PageView};
use pinji_app::register::records::{self as app, RecordView, Wanted};
use pinji_app::register::{Answer, conflicts::Conflict as Declared};
use pinji_domain::{Message, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::customers::Customer;
use super::kinds::Name;
use super::times::{maybe_day, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::{Problem, Sort};
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// Where a record comes from. 来源
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "submission": 7, "row": 12, "channel": "workbook", "source": "年报", "method": "录入", "period": "2026-06-30",
    "collected_by": 4, "collected_at": "2026-11-22T08:00:00.000000Z", "audited_by": 5,
    "audited_at": "2026-11-22T09:00:00.000000Z", "audit_rule": null, "file": null, "file_name": null, "closed_by": null,
}))]
pub struct Provenance {
    /// The submission.
    pub submission: i64,
    /// The row there, from 1.
    pub row: i64,
    /// `form`, `workbook`, `api`, `crm`, `folder`.
    pub channel: &'static str,
    /// Who or what it was had from.
    pub source: String,
    /// How.
    pub method: String,
    /// The period that the submission names.
    #[schema(format = Date)]
    pub period: Option<String>,
    /// Who collected it.
    pub collected_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub collected_at: String,
    /// Who audited it; null where a rule did.
    pub audited_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub audited_at: Option<String>,
    /// The rule that accepted it.
    pub audit_rule: Option<String>,
    /// The evidence: the SHA-256 of the file.
    pub file: Option<String>,
    /// What the file was called.
    pub file_name: Option<String>,
    /// The submission that closed this version.
    pub closed_by: Option<i64>,
}

/// One version of a record. 记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 91, "kind": "financial_statement", "period": "2026-06-30", "values": { "revenue": "1200000.00" }, "masked": [],
    "withdrawn": false, "known_from": "2026-11-22T09:00:00.000000Z", "known_to": null, "erased_at": null, "restores": null,
    "from": { "submission": 7, "row": 12, "channel": "workbook", "source": "年报", "method": "录入", "period": "2026-06-30",
        "collected_by": 4, "collected_at": "2026-11-22T08:00:00.000000Z", "audited_by": 5,
        "audited_at": "2026-11-22T09:00:00.000000Z", "audit_rule": null, "file": null, "file_name": null, "closed_by": null },
}))]
pub struct Record {
    /// The id of this version.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// The day that it is about: its period's end.
    #[schema(format = Date)]
    pub period: Option<String>,
    /// Its values by field. Money and decimals are texts; `***` where a field is not for you.
    #[schema(value_type = Object)]
    pub values: Map<String, Value>,
    /// The fields that are not for you.
    pub masked: Vec<String>,
    /// Whether this version says that the record does not hold any more.
    pub withdrawn: bool,
    /// From when it was known.
    #[schema(format = DateTime)]
    pub known_from: String,
    /// Until when it was held to be so; null while it holds.
    #[schema(format = DateTime)]
    pub known_to: Option<String>,
    /// When personal fields were taken out of it.
    #[schema(format = DateTime)]
    pub erased_at: Option<String>,
    /// The version that it brings back after an undo.
    pub restores: Option<i64>,
    /// Where it comes from.
    pub from: Provenance,
}

impl From<&RecordView> for Record {
    fn from(view: &RecordView) -> Record {
        let from = &view.from;
        Record {
            id: view.id.0,
            kind: view.kind.clone(),
            period: view.period.map(|day| day.to_string()),
            values: view.values.clone(),
            masked: view.masked.clone(),
            withdrawn: view.withdrawn,
            known_from: when(view.known_from),
            known_to: view.known_to.map(when),
            erased_at: view.erased_at.map(when),
            restores: view.restores.map(|id| id.0),
            from: Provenance {
                submission: from.submission.0,
                row: from.row,
                channel: from.channel,
                source: from.source.clone(),
                method: from.method.clone(),
                period: from.period.map(|day| day.to_string()),
                collected_by: from.collected_by.0,
                collected_at: when(from.collected_at),
                audited_by: from.audited_by.map(|id| id.0),
                audited_at: from.audited_at.map(when),
                audit_rule: from.audit_rule.clone(),
                file: from.file.clone(),
                file_name: from.file_name.clone(),
                closed_by: from.closed_by.map(|id| id.0),
            },
        }
    }
}

/// Which records. 记录筛选
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only this kind.
    #[param(example = json!(null))]
    pub kind: Option<String>,
    /// Nothing about a day after this one: `2026-06-30`.
    #[param(format = Date, example = json!(null))]
    pub as_of: Option<String>,
    /// What was known at this instant; now, if left out.
    #[param(format = DateTime, example = json!(null))]
    pub known_at: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before, of this very list.
    pub cursor: Option<String>,
}

/// The newest records of a kind. 某种类的最新记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "financial_statement", "name": { "zh": "财务报表", "en": "Financial statement" }, "records": [],
    "newest": "2026-06-30", "age_days": 145, "target": "18 months", "fresh": true, "overdue_days": null, "linked": null,
}))]
pub struct KindOnPage {
    /// The kind.
    pub kind: String,
    /// Its name.
    pub name: Name,
    /// The newest records, at most three, the latest period first.
    pub records: Vec<Record>,
    /// The day of the newest.
    #[schema(format = Date)]
    pub newest: Option<String>,
    /// Days since then.
    pub age_days: Option<i64>,
    /// How old it may be.
    pub target: Option<String>,
    /// Whether it is fresh; null where the kind says nothing.
    pub fresh: Option<bool>,
    /// By how many days it is overdue.
    pub overdue_days: Option<i64>,
    /// Where the kind's records are linked: they are in no list here, and runs read them where they lie.
    pub linked: Option<LinkedOnPage>,
}

/// A kind whose records lie elsewhere. 链接数据
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "link": 2, "files": 24, "rows": 31_000_000 }))]
pub struct LinkedOnPage {
    /// The link.
    pub link: i64,
    /// How many files there are.
    pub files: u64,
    /// How many rows of all customers there were when the link was proposed. This customer's are not counted: it would mean to
    /// read them all.
    pub rows: u64,
}

impl From<&KindPart> for KindOnPage {
    fn from(part: &KindPart) -> KindOnPage {
        KindOnPage {
            kind: part.kind.clone(),
            name: Name::from(&part.name),
            records: part.records.iter().map(Record::from).collect(),
            newest: part.newest.map(|day| day.to_string()),
            age_days: part.age,
            target: part.target.map(|period| period.to_string()),
            fresh: part.fresh,
            overdue_days: part.overdue,
            linked: part.linked.as_ref().map(|(link, found)| LinkedOnPage {
                link: link.0,
                files: found.files,
                rows: found.rows,
            }),
        }
    }
}

/// A customer's time in a group. 所属集团
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "code": "G-01", "name": "海岸集团", "from": "2026-01-01", "to": null, "basis": "decision" }))]
pub struct Membership {
    /// The group's number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// From when.
    #[schema(format = Date)]
    pub from: String,
    /// The first day on which it is none any more.
    #[schema(format = Date)]
    pub to: Option<String>,
    /// `rule` or `decision`.
    pub basis: String,
}

/// A grade in a run that is done. 历次等级
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "run": 3, "name": "2026 年中", "as_of": "2026-06-30", "policy": 0, "grade": "A", "total": null }))]
pub struct GradeThen {
    /// The run.
    pub run: i64,
    /// Its name.
    pub name: String,
    /// As of which day it graded.
    #[schema(format = Date)]
    pub as_of: Option<String>,
    /// The policy's place in the run.
    pub policy: i64,
    /// The grade.
    pub grade: Option<String>,
    /// The total score in units of the policy's last decimal, where you may see scores.
    pub total: Option<i64>,
}

/// All that the office knows of one customer. 客户总览
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "customer": { "code": "C-0042", "name": "海岸贸易有限公司" }, "kinds": [], "groups": [], "grades": [],
    "at": "2026-11-22T08:00:00.000000Z",
}))]
pub struct CustomerPage {
    /// The customer.
    pub customer: Customer,
    /// Kinds of which there is a record, or should be.
    pub kinds: Vec<KindOnPage>,
    /// The groups that it is in, or was.
    pub groups: Vec<Membership>,
    /// Its grades so far, the newest first.
    pub grades: Vec<GradeThen>,
    /// As of when.
    #[schema(format = DateTime)]
    pub at: String,
}

impl From<&PageView> for CustomerPage {
    fn from(view: &PageView) -> CustomerPage {
        let groups = view.groups.iter().map(|one| Membership {
            code: one.code.clone(),
            name: one.name.clone(),
            from: one.from.to_string(),
            to: one.to.map(|day| day.to_string()),
            basis: one.basis.clone(),
        });
        let grades = view.grades.iter().map(|one| GradeThen {
            run: one.run.0,
            name: one.name.clone(),
            as_of: one.as_of.map(|day| day.to_string()),
            policy: one.policy,
            grade: one.grade.clone(),
            total: one.total,
        });
        CustomerPage {
            customer: Customer::from(&view.customer),
            kinds: view.kinds.iter().map(KindOnPage::from).collect(),
            groups: groups.collect(),
            grades: grades.collect(),
            at: when(view.at),
        }
    }
}

/// A conflict of interest of one's own. 利益冲突
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "customer": "C-0042", "reason": "配偶持股", "declared_at": "2026-11-22T08:00:00.000000Z" }))]
pub struct Conflict {
    /// The customer's number.
    pub customer: String,
    /// What it is.
    pub reason: String,
    /// When it was declared.
    #[schema(format = DateTime)]
    pub declared_at: String,
}

impl From<&Declared> for Conflict {
    fn from(one: &Declared) -> Conflict {
        Conflict {
            customer: one.customer.clone(),
            reason: one.reason.clone(),
            declared_at: when(one.declared_at()),
        }
    }
}

/// A conflict of interest to declare. 申报利益冲突
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "customer": "C-0042", "reason": "配偶持股" }))]
pub struct NewConflict {
    /// The customer's number, whether or not you can see it.
    #[schema(min_length = 1, max_length = 64)]
    pub customer: String,
    /// What it is.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Lists a customer's records as they were known at an instant, about days until a date. 客户记录列表
#[utoipa::path(get, path = "/customers/{code}/records", tag = "Customers",
    params(("code" = String, Path, description = "The customer's number", example = "C-0042"), Which),
    responses((status = 200, description = "A page of records, kind by kind, the latest period first", body = Page<Record>)))]
pub async fn list_records(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<Which>,
) -> Result<Listed<Record>, Problem> {
    let as_of = maybe_day("/as_of", which.as_of.as_deref())?;
    let known_at = maybe_instant("/known_at", which.known_at.as_deref())?;
    let same = Which {
        limit: None,
        cursor: None,
        ..which.clone()
    };
    let digest = shared.office.digest(&[code.as_bytes(), format!("{same:?}").as_bytes()]);
    let name = format!("records/{}/{digest}", caller.user);
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, &name)?;
    let wanted = Wanted {
        kind: which.kind,
        as_of,
        known_at,
    };
    let page = app::list(&shared.office, &caller, &code, &wanted, after, paging.limit()?).await?;
    let items = page.items.iter().map(Record::from).collect();
    Listed::new(&shared, uri, &name, items, page.next)
}

/// Lists all versions of a record, the oldest first, with who brought and who closed each. 记录沿革
#[utoipa::path(get, path = "/customers/{code}/records/{id}/versions", tag = "Customers",
    params(("code" = String, Path, description = "The customer's number", example = "C-0042"),
        ("id" = i64, Path, description = "Any version of the record", example = 91)),
    responses((status = 200, description = "All versions", body = Page<Record>)))]
pub async fn record_versions(
    shared: Shared,
    By(caller): By,
    Path((code, id)): Path<(String, String)>,
) -> Result<Json<Page<Record>>, Problem> {
    let absent = || Problem::with(Sort::NotFound, Message::new("server-nothing-here"));
    let id: RecordId = id.parse().map_err(|_| absent())?;
    let versions = app::versions(&shared.office, &caller, &code, id).await?;
    Ok(Json(Page::whole(versions.iter().map(Record::from).collect())))
}

/// Reads a customer's page of data: newest records with their age, groups, grades. 客户总览
#[utoipa::path(get, path = "/customers/{code}/page", tag = "Customers",
    params(("code" = String, Path, description = "The customer's number", example = "C-0042")),
    responses((status = 200, description = "All that the office knows of it", body = CustomerPage)))]
pub async fn customer_page(
    shared: Shared,
    By(caller): By,
    Id(code): Id<String>,
) -> Result<Json<CustomerPage>, Problem> {
    let page = customer_page::read(&shared.office, &caller, &code).await?;
    Ok(Json(CustomerPage::from(&page)))
}

/// Lists the conflicts of interest that you declared. 本人申报的利益冲突
#[utoipa::path(get, path = "/session/conflicts", tag = "Session",
    responses((status = 200, description = "What you declared, the oldest first", body = Page<Conflict>)))]
pub async fn list_conflicts(shared: Shared, By(caller): By) -> Result<Json<Page<Conflict>>, Problem> {
    let all = conflicts::list(&shared.office, &caller).await?;
    Ok(Json(Page::whole(all.iter().map(Conflict::from).collect())))
}

/// Declares a conflict of interest of your own; the customer is closed to you from then on. 申报利益冲突
#[utoipa::path(post, path = "/session/conflicts", tag = "Session", request_body = NewConflict,
    responses((status = 201, description = "What you declared", body = Conflict)))]
pub async fn declare_conflict(
    shared: Shared,
    By(caller): By,
    Body(given): Body<NewConflict>,
) -> Result<Reply, Problem> {
    let words = |new: &Declared| Answer::made("/api/v1/session/conflicts", None, value(&Conflict::from(new)));
    let kept = conflicts::declare(&shared.office, &caller, &given.customer, &given.reason, words).await?;
    Ok(Reply(kept))
}
