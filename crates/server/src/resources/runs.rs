//! Runs and the grades that came of them. 评级批次与等级

use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::{FromRequestParts, OriginalUri, Path};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use pinji_app::register::Answer;
use pinji_app::register::runs::{self, Explained, GradesAsked, GroupExplained, GroupGradeRow, RunView, Wanted};
use pinji_domain::{GroupId, Message, RunId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use utoipa::{IntoParams, ToSchema};

use super::times::{day, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::language;
use crate::pages::{Listed, Page, Paging};
use crate::problem::{Problem, Sort};
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::Versioned;

/// A policy of a run. 批次所用标准
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "tob-standard", "version": "1.0", "hash": "9f3c…" }))]
pub struct RunPolicy {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over its files.
    pub hash: String,
}

/// A run. 评级批次
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 3, "name": "tob-standard 2025-12-31", "policies": [{ "id": "tob-standard", "version": "1.0", "hash": "9f3c…" }],
    "as_of": "2025-12-31", "known_at": "2026-01-20T02:00:00.000000Z", "engine": "0.1.0", "previous": null, "created_by": 4,
    "created_at": "2026-01-20T02:00:00.000000Z", "job": 9, "state": "done", "snapshot_hash": "c0ff…", "policy_hash": "77aa…",
    "subjects": 2000, "counts": [{ "policy": "tob-standard", "of": "customers", "subjects": 2000, "graded": 1990, "ungraded": 10,
        "grades": [{ "id": "vip", "customers": 120 }],
        "files": [{ "name": "tob-standard/grades.xlsx", "bytes": 91000, "sha256": "5d1e…" }] }],
    "error": null, "finished_at": "2026-01-20T02:00:09.000000Z", "version": 3,
}))]
pub struct Run {
    /// The id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The policies in their order.
    pub policies: Vec<RunPolicy>,
    /// The day that is graded.
    #[schema(format = Date)]
    pub as_of: String,
    /// Up to when it was known.
    #[schema(format = DateTime)]
    pub known_at: String,
    /// The version of the engine.
    pub engine: String,
    /// The run that it is compared with.
    pub previous: Option<i64>,
    /// Who asked for it.
    pub created_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The job that does it: `GET /jobs/{id}`.
    pub job: Option<i64>,
    /// `created`, `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// The hash of the frozen measures.
    pub snapshot_hash: Option<String>,
    /// The hash of the policies' files.
    pub policy_hash: Option<String>,
    /// How many customers.
    pub subjects: i64,
    /// By policy: how many of each grade, and the files with their hashes.
    #[schema(value_type = Vec<Object>)]
    pub counts: Value,
    /// Why it failed.
    pub error: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// The version.
    pub version: i64,
}

fn shown(view: &RunView, lang: pinji_domain::Lang) -> Run {
    let policies = view.policies.iter().map(|policy| RunPolicy {
        id: policy.id.clone(),
        version: policy.version.clone(),
        hash: policy.hash.clone(),
    });
    Run {
        id: view.id.0,
        name: view.name.clone(),
        policies: policies.collect(),
        as_of: pinji_locale::date(view.as_of),
        known_at: when(view.known_at),
        engine: view.engine.clone(),
        previous: view.previous.map(|id| id.0),
        created_by: view.created_by.0,
        created_at: when(view.created_at),
        job: view.job.map(|id| id.0),
        state: view.state.to_owned(),
        snapshot_hash: view.snapshot_hash.clone(),
        policy_hash: view.policy_hash.clone(),
        subjects: view.subjects,
        counts: view.counts.clone(),
        error: view.error(lang),
        finished_at: view.finished_at.map(when),
        version: view.version,
    }
}

/// A run that is wanted. 新批次
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "policies": ["tob-standard"], "as_of": "2025-12-31" }))]
pub struct NewRun {
    /// Its name; made of policies and day where none is given.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The policies' ids, in their order.
    #[schema(min_items = 1, max_items = 10)]
    pub policies: Vec<String>,
    /// The day that is graded.
    #[schema(format = Date)]
    pub as_of: String,
    /// Up to when it was known; now if not said.
    #[schema(format = DateTime)]
    pub known_at: Option<String>,
    /// The run that it is compared with.
    pub previous: Option<i64>,
}

/// A customer's grade in a list. 等级行
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "customer": "C0042", "name": "海岸贸易有限公司", "grade": "key", "rank": 1, "total": 6630 }))]
pub struct Grade {
    /// The customer's number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// The grade; null for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
}

/// A customer's grade with its reasons. 等级与理由
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "customer": "C0042", "policy": "tob-standard", "as_of": "2025-12-31", "known_at": "2026-01-20T02:00:00.000000Z",
    "grade": "key", "rank": 1, "scores": { "contribution": { "value": 7712, "decimals": 2, "coverage": 10000 } },
    "reasons": { "losses": ["net_margin"], "caps": [], "floors": [], "missing": [] }, "line": "C0042\t77.12\tkey",
    "explanation": { "why": ["meets the condition of Key"] },
}))]
pub struct GradeDetail {
    /// The customer's number.
    pub customer: String,
    /// The policy.
    pub policy: String,
    /// The day.
    #[schema(format = Date)]
    pub as_of: String,
    /// Up to when it was known.
    #[schema(format = DateTime)]
    pub known_at: String,
    /// The grade; null for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The scores at the policy's decimals.
    #[schema(value_type = Object)]
    pub scores: Value,
    /// The reasons by their ids.
    #[schema(value_type = Object)]
    pub reasons: Value,
    /// The line of the run's grades: the same bytes, however the customer was graded.
    pub line: String,
    /// Why, in words; null where they were not asked for, or the figures that it stood on were erased since.
    #[schema(value_type = Option<Object>)]
    pub explanation: Option<Value>,
}

impl From<&Explained> for GradeDetail {
    fn from(view: &Explained) -> GradeDetail {
        GradeDetail {
            customer: view.customer.clone(),
            policy: view.policy.clone(),
            as_of: pinji_locale::date(view.as_of),
            known_at: when(view.known_at),
            grade: view.grade.clone(),
            rank: view.rank,
            scores: view.scores.clone(),
            reasons: view.reasons.clone(),
            line: view.line.clone(),
            explanation: view.explanation.as_ref().map(value),
        }
    }
}

/// A group's grade in a list. 集团等级行
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "group": 3, "code": "G-000003", "name": "海岸控股有限公司", "grade": "key", "rank": 1, "total": 7810,
}))]
pub struct GroupGrade {
    /// The group.
    pub group: i64,
    /// The company's own number for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The grade; null for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
}

impl From<&GroupGradeRow> for GroupGrade {
    fn from(row: &GroupGradeRow) -> GroupGrade {
        GroupGrade {
            group: row.group.0,
            code: row.code.clone(),
            name: row.name.clone(),
            grade: row.grade.clone(),
            rank: row.rank,
            total: row.total,
        }
    }
}

/// A group's grade with its reasons. 集团等级与理由
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "group": 3, "code": "G-000003", "name": "海岸控股有限公司", "policy": "group-standard", "as_of": "2025-12-31",
    "known_at": "2026-01-20T02:00:00.000000Z", "grade": "key", "rank": 1,
    "scores": { "total": { "value": 7810, "decimals": 2, "coverage": 10000 } },
    "reasons": { "losses": ["net_margin"], "caps": [], "floors": [], "missing": [] }, "line": "G-000003\t78.1\tkey",
    "explanation": { "why": ["meets the condition of Key"] },
}))]
pub struct GroupGradeDetail {
    /// The group.
    pub group: i64,
    /// The company's own number for it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The policy.
    pub policy: String,
    /// The day.
    #[schema(format = Date)]
    pub as_of: String,
    /// Up to when it was known.
    #[schema(format = DateTime)]
    pub known_at: String,
    /// The grade; null for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The scores at the policy's decimals.
    #[schema(value_type = Object)]
    pub scores: Value,
    /// The reasons by their ids.
    #[schema(value_type = Object)]
    pub reasons: Value,
    /// The line of the run's grades.
    pub line: String,
    /// Why, in words; null where one may not read the grade of every member, whose figures these are, or where figures were
    /// erased since.
    #[schema(value_type = Option<Object>)]
    pub explanation: Option<Value>,
}

impl From<&GroupExplained> for GroupGradeDetail {
    fn from(view: &GroupExplained) -> GroupGradeDetail {
        let row = GroupGrade::from(&view.row);
        GroupGradeDetail {
            group: row.group,
            code: row.code,
            name: row.name,
            policy: view.policy.clone(),
            as_of: pinji_locale::date(view.as_of),
            known_at: when(view.known_at),
            grade: row.grade,
            rank: row.rank,
            scores: view.scores.clone(),
            reasons: view.reasons.clone(),
            line: view.line.clone(),
            explanation: view.explanation.as_ref().map(value),
        }
    }
}

/// What a customer is graded by, alone. 单户重评
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "policy": "tob-standard", "as_of": "2025-12-31" }))]
pub struct Regrade {
    /// The policy's id.
    pub policy: String,
    /// The day that is graded.
    #[schema(format = Date)]
    pub as_of: String,
    /// Up to when it was known; now if not said.
    #[schema(format = DateTime)]
    pub known_at: Option<String>,
}

/// Which policy of a run. 标准筛选
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OfPolicy {
    /// The policy; the last of the run if not said.
    #[param(example = "tob-standard")]
    pub policy: Option<String>,
}

/// Which grade, and how much of it. 等级查询
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OfGrade {
    /// The policy; the last of the run if not said.
    #[param(example = "tob-standard")]
    pub policy: Option<String>,
    /// Whether with the reasons in words; yes if not said. Without them many grades are looked up quickly.
    #[param(example = true)]
    pub explain: Option<bool>,
}

/// Which grades of a run. 等级筛选
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The policy; the last of the run if not said.
    #[param(example = "tob-standard")]
    pub policy: Option<String>,
    /// Only this grade; `-` for the ungraded.
    #[param(example = "key")]
    pub grade: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    #[param(example = json!(null))]
    pub cursor: Option<String>,
}

/// A run and the name of something in it. 批次及其中一项
pub struct InRun(RunId, String);

impl<S: Send + Sync> FromRequestParts<S> for InRun {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let absent = || Problem::with(Sort::NotFound, Message::new("server-nothing-here"));
        let Path((id, name)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| absent())?;
        Ok(InRun(id.parse().map_err(|_| absent())?, name))
    }
}

/// Lists runs, the newest first. 批次列表
#[utoipa::path(get, path = "/runs", tag = "Runs", params(Paging),
    responses((status = 200, description = "A page of runs", body = Page<Run>)))]
pub async fn list_runs(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Run>, Problem> {
    let lang = language::wanted(&headers);
    let before = paging.after(&shared, "runs")?.map(RunId);
    let page = runs::list(&shared.office, &caller, before, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    let items = page.items.iter().map(|run| shown(run, lang)).collect();
    Listed::new(&shared, uri, "runs", items, next)
}

/// Asks for a run. 发起评级
///
/// The answer says where its job is followed; the run's results can be read when it is `done`.
#[utoipa::path(post, path = "/runs", tag = "Runs", request_body = NewRun,
    responses((status = 202, description = "The run, and in `Location` its job", body = Run)))]
pub async fn create_run(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Body(given): Body<NewRun>,
) -> Result<Reply, Problem> {
    let lang = language::wanted(&headers);
    let wanted = Wanted {
        name: given.name,
        as_of: day("/as_of", &given.as_of)?,
        known_at: maybe_instant("/known_at", given.known_at.as_deref())?,
        policies: given.policies,
        previous: given.previous.map(RunId),
        lang,
    };
    let words = |run: &RunView| {
        let job = run.job.map(|job| job.0).unwrap_or_default();
        Answer::begun(format!("/api/v1/jobs/{job}"), value(&shown(run, lang)))
    };
    Ok(Reply(runs::create(&shared.office, &caller, wanted, words).await?))
}

/// Reads a run: how many of each grade, and the hashes. 查看批次
#[utoipa::path(get, path = "/runs/{id}", tag = "Runs", params(("id" = i64, Path, description = "The run", example = 3)),
    responses((status = 200, description = "The run", body = Run)))]
pub async fn read_run(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Id(id): Id<RunId>,
) -> Result<Versioned<Run>, Problem> {
    let run = runs::read(&shared.office, &caller, id).await?;
    Ok(Versioned(run.version, shown(&run, language::wanted(&headers))))
}

/// Asks a run to stop. 取消评级
#[utoipa::path(post, path = "/runs/{id}/cancellation", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3)),
    responses((status = 202, description = "The run; it stops where nothing is half done", body = Run)))]
pub async fn cancel_run(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Id(id): Id<RunId>,
) -> Result<Reply, Problem> {
    let lang = language::wanted(&headers);
    let words = |run: &RunView| Answer::begun(format!("/api/v1/runs/{}", run.id), value(&shown(run, lang)));
    Ok(Reply(runs::cancel(&shared.office, &caller, id, words).await?))
}

/// Lists the grades of a run that is done, by customer's number. 等级列表
#[utoipa::path(get, path = "/runs/{id}/grades", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3), Which),
    responses((status = 200, description = "A page of grades", body = Page<Grade>)))]
pub async fn list_grades(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Id(id): Id<RunId>,
    Query(which): Query<Which>,
) -> Result<Listed<Grade>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    // A cursor is good for the list that it came from, and for no other.
    let list = format!("grades/{id}/{}/{}", text(&which.policy), text(&which.grade));
    let asked = GradesAsked {
        after: paging.after(&shared, &list)?,
        limit: paging.limit()?,
        policy: which.policy,
        grade: which.grade,
    };
    let page = runs::grades(&shared.office, &caller, id, &asked).await?;
    let grades = page.items.into_iter().map(|row| Grade {
        customer: row.customer,
        name: row.name,
        grade: row.grade,
        rank: row.rank,
        total: row.total,
    });
    Listed::new(&shared, uri, &list, grades.collect(), page.next)
}

fn text(given: &Option<String>) -> &str {
    given.as_deref().unwrap_or_default()
}

/// Reads a customer's grade in a run, with its reasons in words. 查看等级
#[utoipa::path(get, path = "/runs/{id}/grades/{code}", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3),
        ("code" = String, Path, description = "The customer's number", example = "C0042"), OfGrade),
    responses((status = 200, description = "The grade", body = GradeDetail)))]
pub async fn read_grade(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    InRun(id, code): InRun,
    Query(of): Query<OfGrade>,
) -> Result<Json<GradeDetail>, Problem> {
    let lang = of.explain.unwrap_or(true).then(|| language::wanted(&headers));
    let found = runs::grade(&shared.office, &caller, id, of.policy.as_deref(), &code, lang).await?;
    Ok(Json(GradeDetail::from(&found)))
}

/// Lists the grades of groups in a run that is done, by the groups' ids: those of groups that one may see, and of whose members
/// one may read some grade. 集团等级列表
#[utoipa::path(get, path = "/runs/{id}/groups", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3), Which),
    responses((status = 200, description = "A page of grades", body = Page<GroupGrade>)))]
pub async fn list_group_grades(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Id(id): Id<RunId>,
    Query(which): Query<Which>,
) -> Result<Listed<GroupGrade>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let list = format!("group-grades/{id}/{}/{}", text(&which.policy), text(&which.grade));
    let after = paging.after(&shared, &list)?.map(GroupId);
    let asked = GradesAsked {
        after: None,
        limit: paging.limit()?,
        policy: which.policy,
        grade: which.grade,
    };
    let page = runs::group_grades(&shared.office, &caller, id, &asked, after).await?;
    let grades = page.items.iter().map(GroupGrade::from).collect();
    Listed::new(&shared, uri, &list, grades, page.next.map(|group| group.0))
}

/// Reads a group's grade in a run, with its reasons in words. 查看集团等级
#[utoipa::path(get, path = "/runs/{id}/groups/{group}", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3),
        ("group" = i64, Path, description = "The group", example = 3), OfPolicy),
    responses((status = 200, description = "The grade", body = GroupGradeDetail)))]
pub async fn read_group_grade(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    InRun(id, group): InRun,
    Query(of): Query<OfPolicy>,
) -> Result<Json<GroupGradeDetail>, Problem> {
    let lang = language::wanted(&headers);
    let absent = || Problem::with(Sort::NotFound, Message::new("server-nothing-here"));
    let group: GroupId = group.parse().map_err(|_| absent())?;
    let found = runs::group_grade(&shared.office, &caller, id, of.policy.as_deref(), group, lang).await?;
    Ok(Json(GroupGradeDetail::from(&found)))
}

/// Takes a file of a run: `grades.xlsx`, `report.html`, `grades.parquet`, `run.json` and what else the run lists. 下载批次文件
#[utoipa::path(get, path = "/runs/{id}/files/{name}", tag = "Runs",
    params(("id" = i64, Path, description = "The run", example = 3),
        ("name" = String, Path, description = "The file's name", example = "grades.xlsx"), OfPolicy),
    responses((status = 200, description = "The file, with its SHA-256 as `ETag`", content_type = "application/octet-stream",
        body = Vec<u8>, example = json!("PAR1…"))))]
pub async fn read_run_file(
    shared: Shared,
    By(caller): By,
    InRun(id, name): InRun,
    Query(of): Query<OfPolicy>,
) -> Result<Response, Problem> {
    let found = runs::file(&shared.office, &caller, id, of.policy.as_deref(), &name).await?;
    let broken = |_| Problem::new(Sort::Broken);
    let file = tokio::fs::File::open(&found.path).await.map_err(broken)?;
    let pieces = futures_util::stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let mut piece = vec![0; 1 << 16];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(piece), Some(file)))
            }
            // The reader sees that it was cut off, since the length was said before.
            Err(why) => Some((Err(why), None)),
        }
    });
    let mut answer = Bytes::from_stream(pieces).into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(found.media));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(found.bytes));
    let tag = HeaderValue::from_str(&format!("\"{}\"", found.sha256));
    headers.insert(ETAG, tag.map_err(|_| Problem::new(Sort::Broken))?);
    let kept = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", found.name));
    headers.insert(CONTENT_DISPOSITION, kept.map_err(|_| Problem::new(Sort::Broken))?);
    Ok(answer)
}

/// Grades one customer alone, at once. 单户重评
///
/// What comes out has the same bytes as the customer's line in a run of the same policy, day and knowledge. It is an answer,
/// not a new grade: grades in force come of runs.
#[utoipa::path(post, path = "/customers/{code}/regrade", tag = "Runs", request_body = Regrade,
    params(("code" = String, Path, description = "The customer's number", example = "C0042")),
    responses((status = 200, description = "What the policy gives", body = GradeDetail)))]
pub async fn regrade_customer(
    shared: Shared,
    By(caller): By,
    headers: HeaderMap,
    Id(code): Id<String>,
    Body(given): Body<Regrade>,
) -> Result<Reply, Problem> {
    let lang = language::wanted(&headers);
    let wanted = runs::Alone {
        policy: given.policy,
        as_of: day("/as_of", &given.as_of)?,
        known_at: maybe_instant("/known_at", given.known_at.as_deref())?,
        lang,
    };
    let words = |found: &Explained| Answer::changed(None, value(&GradeDetail::from(found)));
    Ok(Reply(
        runs::regrade(&shared.office, &caller, &code, wanted, words).await?,
    ))
}
