//! Corporate groups: proposed by rule, decided by people. 集团客户

use axum::extract::{OriginalUri, Path};
use axum::{Extension, Json};
use pinji_app::register::groups::motions::{self, Motion, MotionView, Verdict};
use pinji_app::register::groups::{self, GroupView, MemberView, Resolved as AppResolved};
use pinji_app::register::{Answer, Fault};
use pinji_domain::{GroupId, Lang, Message};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::relations::{AsOf, Party, Remark, percent};
use super::times::{day, maybe_day, maybe_instant};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::Versioned;

/// A customer in a group. 集团成员
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "customer": "C-0042", "name": "海岸贸易有限公司", "from": "2026-01-01", "until": null, "basis": "rule", "decision": null,
    "tests": [1, 2], "reasons": [], "share": "51", "path": [], "evidence": [31],
    "known_from": "2026-11-22T08:00:00.000000Z", "known_to": null,
}))]
pub struct Member {
    /// The customer's own number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Its first day as a member.
    #[schema(format = Date)]
    pub from: String,
    /// The first day on which it is none any more.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// `rule` or `decision`.
    pub basis: String,
    /// The decision, where one was made.
    pub decision: Option<i64>,
    /// The tests that it meets by the relations of the day: 1 to 3.
    pub tests: Vec<u8>,
    /// Why it is a member, in words.
    pub reasons: Vec<Remark>,
    /// What the controller has of it through the group, per cent.
    pub share: Option<String>,
    /// The steps from the controller to it.
    pub path: Vec<Remark>,
    /// The relations that those steps stand on.
    pub evidence: Vec<i64>,
    /// From when this was known.
    #[schema(format = DateTime)]
    pub known_from: String,
    /// Until when; empty while it is held to be so.
    #[schema(format = DateTime)]
    pub known_to: Option<String>,
}

impl Member {
    fn of(view: &MemberView, lang: Lang) -> Member {
        let said = |messages: &[Message]| messages.iter().map(|message| Remark::of(message, lang)).collect();
        Member {
            customer: view.customer.clone(),
            name: view.name.clone(),
            from: view.from.to_string(),
            until: view.until.map(|day| day.to_string()),
            basis: view.basis.clone(),
            decision: view.decision,
            tests: view.tests.clone(),
            reasons: said(&view.reasons),
            share: view.share.map(percent),
            path: said(&view.path),
            evidence: view.evidence.iter().map(|id| id.0).collect(),
            known_from: when(view.known_from),
            known_to: view.known_to.map(when),
        }
    }
}

/// A corporate group. 集团客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 3, "code": "G-000003", "name": "海岸控股有限公司", "controller": null, "members": [], "ended_at": null, "version": 2,
}))]
pub struct Group {
    /// The id, which stays.
    pub id: i64,
    /// The company's own number for it, which stays.
    pub code: String,
    /// The name: that of the company that controls it, else of its first member.
    pub name: String,
    /// Who controls it in the end.
    pub controller: Option<Party>,
    /// Its members on the day, as far as one may see them.
    pub members: Vec<Member>,
    /// Since when it is dissolved.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl Group {
    fn of(view: &GroupView, lang: Lang) -> Group {
        Group {
            id: view.id.0,
            code: view.code.clone(),
            name: view.name.clone(),
            controller: view.controller.as_ref().map(Party::from),
            members: view.members.iter().map(|member| Member::of(member, lang)).collect(),
            ended_at: view.ended_at.map(when),
            version: view.version,
        }
    }
}

/// Members of a group. 集团成员
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct Members {
    /// The members: each as long as it was one.
    pub items: Vec<Member>,
}

/// The day whose groups are wanted. 基准日
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "on": "2026-01-01" }))]
pub struct NewProposals {
    /// The day; what is found holds from this day on.
    #[schema(format = Date)]
    pub on: String,
}

/// A group that is new or changed. 拟定集团
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "new": true, "group": {
    "id": 3, "code": "G-000003", "name": "海岸控股有限公司", "controller": null, "members": [], "ended_at": null, "version": 1,
} }))]
pub struct ProposedGroup {
    /// Whether it was not known before.
    pub new: bool,
    /// The group.
    pub group: Group,
}

/// A relation that only a person can judge. 待人工认定
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "relation": 31, "code": "groups-undecided", "text": "…" }))]
pub struct UndecidedRelation {
    /// The relation.
    pub relation: i64,
    /// The code of what is to be judged.
    pub code: String,
    /// Its words.
    pub text: String,
}

/// What the rules propose for a day. 集团识别结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "on": "2026-01-01", "groups": [], "more": false, "undecided": [], "doubts": [] }))]
pub struct Proposals {
    /// The day.
    #[schema(format = Date)]
    pub on: String,
    /// Groups that are new or changed.
    pub groups: Vec<ProposedGroup>,
    /// Whether there are more than are shown here; `GET /groups` lists all.
    pub more: bool,
    /// Relations that a person must judge: the fourth test.
    pub undecided: Vec<UndecidedRelation>,
    /// What the records leave in doubt.
    pub doubts: Vec<Remark>,
}

/// What is to be decided about a group. 认定提议
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "sort": "include", "customers": ["C-0043"], "test": 4, "reason": "资金往来密切，统一调度", "from": "2026-01-01" }))]
pub struct NewDecision {
    /// `include`, `exclude`, `merge` or `split`.
    pub sort: String,
    /// The customers that it moves; none for a merger.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub customers: Vec<String>,
    /// The group that is merged into this one.
    pub other: Option<i64>,
    /// By which of the four tests; the fourth, if left out.
    #[schema(minimum = 1, maximum = 4)]
    pub test: Option<u8>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// From which day on; today, if left out.
    #[schema(format = Date)]
    pub from: Option<String>,
}

/// A change of a group, proposed by one and decided by another. 集团认定
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 8, "group": 3, "sort": "include", "customers": ["C-0043"], "other": null, "test": 4, "reason": "资金往来密切，统一调度",
    "from": "2026-01-01", "proposed_by": 4, "proposed_at": "2026-11-22T08:00:00.000000Z", "state": "proposed",
    "decided_by": null, "decided_at": null, "decision_reason": null, "outcome": null, "version": 1,
}))]
pub struct Decision {
    /// The id.
    pub id: i64,
    /// The group.
    pub group: i64,
    /// `include`, `exclude`, `merge` or `split`.
    pub sort: String,
    /// The customers that it moves.
    pub customers: Vec<String>,
    /// The group that is merged into this one.
    pub other: Option<i64>,
    /// By which of the four tests.
    pub test: u8,
    /// Why.
    pub reason: String,
    /// From which day on.
    #[schema(format = Date)]
    pub from: String,
    /// Who proposed it.
    pub proposed_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub proposed_at: String,
    /// `proposed`, `approved` or `refused`.
    pub state: String,
    /// Who decided; never who proposed.
    pub decided_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    /// What who decided says to it.
    pub decision_reason: Option<String>,
    /// The group that a split made.
    pub outcome: Option<i64>,
    /// The version.
    pub version: i64,
}

impl From<&MotionView> for Decision {
    fn from(view: &MotionView) -> Decision {
        Decision {
            id: view.id,
            group: view.group.0,
            sort: view.sort.to_owned(),
            customers: view.customers.clone(),
            other: view.other.map(|group| group.0),
            test: view.test,
            reason: view.reason.clone(),
            from: view.from.to_string(),
            proposed_by: view.proposed_by.0,
            proposed_at: when(view.proposed_at),
            state: view.state.to_owned(),
            decided_by: view.decided_by.map(|user| user.0),
            decided_at: view.decided_at.map(when),
            decision_reason: view.words.clone(),
            outcome: view.outcome.map(|group| group.0),
            version: view.version,
        }
    }
}

/// Decisions about a group. 认定记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct Decisions {
    /// The decisions, the oldest first.
    pub items: Vec<Decision>,
}

/// The approval. 同意
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "已核对资金流水" }))]
pub struct GroupApproval {
    /// What is to be said to it.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// The refusal. 否决
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "证据不足" }))]
pub struct GroupRefusal {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Which groups. 集团筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichGroups {
    /// With their members on this day; today, if left out.
    #[param(format = Date, example = "2026-01-01")]
    pub on: Option<String>,
    /// As it was known at this instant; now, if left out.
    #[param(format = DateTime, example = json!(null))]
    pub known_at: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    #[param(example = json!(null))]
    pub cursor: Option<String>,
}

/// Finds the groups of a day from all relations and decisions, and keeps them from that day on. 识别集团
#[utoipa::path(post, path = "/groups/proposals", tag = "Groups", request_body = NewProposals,
    responses((status = 200, description = "What was found", body = Proposals)))]
pub async fn propose_groups(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Body(given): Body<NewProposals>,
) -> Result<Reply, Problem> {
    let on = day("/on", &given.on)?;
    let answered = |found: &AppResolved| {
        let proposals = Proposals {
            on: found.on.to_string(),
            groups: found
                .groups
                .iter()
                .map(|one| ProposedGroup {
                    new: one.new,
                    group: Group::of(&one.group, lang),
                })
                .collect(),
            more: found.more,
            undecided: found
                .undecided
                .iter()
                .map(|one| UndecidedRelation {
                    relation: one.relation.0,
                    code: one.says.code.to_owned(),
                    text: pinji_locale::say(lang, &one.says),
                })
                .collect(),
            doubts: found.doubts.iter().map(|doubt| Remark::of(doubt, lang)).collect(),
        };
        Answer::changed(None, value(&proposals))
    };
    Ok(Reply(groups::resolve(&shared.office, &caller, on, answered).await?))
}

/// Lists groups that have a member whom one may see. 集团列表
#[utoipa::path(get, path = "/groups", tag = "Groups", params(WhichGroups),
    responses((status = 200, description = "A page of groups", body = Page<Group>)))]
pub async fn list_groups(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<WhichGroups>,
) -> Result<Listed<Group>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let after = paging.after(&shared, "groups")?.map(GroupId);
    let (on, known_at) = (
        maybe_day("/on", which.on.as_deref())?,
        maybe_instant("/known_at", which.known_at.as_deref())?,
    );
    let page = groups::list(&shared.office, &caller, on, known_at, after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    let items = page.items.iter().map(|group| Group::of(group, lang)).collect();
    Listed::new(&shared, uri, "groups", items, next)
}

/// Reads a group as of a day, with the reasons for each member. 查看集团
#[utoipa::path(get, path = "/groups/{id}", tag = "Groups", params(("id" = i64, Path, description = "The group", example = 3), AsOf),
    responses((status = 200, description = "The group", body = Group)))]
pub async fn read_group(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<GroupId>,
    Query(as_of): Query<AsOf>,
) -> Result<Versioned<Group>, Problem> {
    let (on, known_at) = as_of.read()?;
    let group = groups::read(&shared.office, &caller, id, on, known_at).await?;
    Ok(Versioned(group.version, Group::of(&group, lang)))
}

/// Lists the members of a group: of a day, or through all days. 集团成员
#[utoipa::path(get, path = "/groups/{id}/members", tag = "Groups", params(("id" = i64, Path, description = "The group", example = 3), AsOf),
    responses((status = 200, description = "Its members", body = Members)))]
pub async fn list_members(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<GroupId>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<Members>, Problem> {
    let (on, known_at) = as_of.read()?;
    let members = groups::history(&shared.office, &caller, id, on, known_at).await?;
    Ok(Json(Members {
        items: members.iter().map(|member| Member::of(member, lang)).collect(),
    }))
}

/// Reads the group that a customer is in on a day. 客户所属集团
#[utoipa::path(get, path = "/customers/{code}/group", tag = "Groups", params(("code" = String, Path, description = "The customer's own number", example = "C-0042"), AsOf),
    responses((status = 200, description = "The group", body = Group)))]
pub async fn read_customer_group(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Path(code): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Versioned<Group>, Problem> {
    let (on, known_at) = as_of.read()?;
    let group = groups::of_customer(&shared.office, &caller, &code, on, known_at).await?;
    Ok(Versioned(group.version, Group::of(&group, lang)))
}

/// Lists the decisions about a group. 认定记录
#[utoipa::path(get, path = "/groups/{id}/decisions", tag = "Groups", params(("id" = i64, Path, description = "The group", example = 3)),
    responses((status = 200, description = "Its decisions", body = Decisions)))]
pub async fn list_decisions(shared: Shared, By(caller): By, Id(id): Id<GroupId>) -> Result<Json<Decisions>, Problem> {
    let motions = motions::list(&shared.office, &caller, id).await?;
    Ok(Json(Decisions {
        items: motions.iter().map(Decision::from).collect(),
    }))
}

/// Proposes a change of a group, for another person to decide. 提议认定
#[utoipa::path(post, path = "/groups/{id}/decisions", tag = "Groups", request_body = NewDecision,
    params(("id" = i64, Path, description = "The group", example = 3)),
    responses((status = 201, description = "What was proposed", body = Decision)))]
pub async fn propose_decision(
    shared: Shared,
    By(caller): By,
    Id(id): Id<GroupId>,
    Body(given): Body<NewDecision>,
) -> Result<Reply, Problem> {
    let motion = Motion {
        sort: given.sort,
        customers: given.customers,
        other: given.other.map(GroupId),
        test: given.test,
        reason: given.reason,
        from: maybe_day("/from", given.from.as_deref())?,
    };
    let answered = |view: &MotionView| {
        let place = format!("/api/v1/groups/{}/decisions/{}", view.group, view.id);
        Answer::made(place, view.version, value(&Decision::from(view)))
    };
    Ok(Reply(
        motions::propose(&shared.office, &caller, id, motion, answered).await?,
    ))
}

/// Approves what another proposed: it is so from its day on. 同意认定
#[utoipa::path(post, path = "/groups/{id}/decisions/{decision}/approval", tag = "Groups", request_body = GroupApproval,
    params(("id" = i64, Path, description = "The group", example = 3), ("decision" = i64, Path, description = "The decision", example = 8)),
    responses((status = 200, description = "The decision", body = Decision)))]
pub async fn approve_decision(
    shared: Shared,
    By(caller): By,
    Path((id, decision)): Path<(String, String)>,
    Body(given): Body<GroupApproval>,
) -> Result<Reply, Problem> {
    let verdict = Verdict::Approved(given.reason.unwrap_or_default());
    decided(&shared, &caller, &id, &decision, verdict).await
}

/// Refuses what another proposed. 否决认定
#[utoipa::path(post, path = "/groups/{id}/decisions/{decision}/refusal", tag = "Groups", request_body = GroupRefusal,
    params(("id" = i64, Path, description = "The group", example = 3), ("decision" = i64, Path, description = "The decision", example = 8)),
    responses((status = 200, description = "The decision", body = Decision)))]
pub async fn refuse_decision(
    shared: Shared,
    By(caller): By,
    Path((id, decision)): Path<(String, String)>,
    Body(given): Body<GroupRefusal>,
) -> Result<Reply, Problem> {
    decided(&shared, &caller, &id, &decision, Verdict::Refused(given.reason)).await
}

async fn decided(
    shared: &Shared,
    caller: &pinji_app::register::Caller,
    group: &str,
    decision: &str,
    verdict: Verdict,
) -> Result<Reply, Problem> {
    // What cannot be an id names nothing.
    let (Ok(group), Ok(decision)) = (group.parse(), decision.parse()) else {
        return Err(Fault::Absent.into());
    };
    let answered = |view: &MotionView| Answer::changed(view.version, value(&Decision::from(view)));
    let answer = motions::decide(&shared.office, caller, GroupId(group), decision, verdict, answered).await?;
    Ok(Reply(answer))
}
