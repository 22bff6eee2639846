//! Cases: from a run's grade to a decided one. Each step of somebody is a thing that he makes. 评级案

mod shown;

use axum::Extension;
use axum::extract::{OriginalUri, Path};
use pinji_app::register::cases::{self, ByHand, CaseView, ListAsked, Opened, Proposal, Step};
use pinji_app::register::{Answer, Caller, Fault};
use pinji_domain::{CaseId, Lang, Message, RunId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::times::{day, maybe_day};
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatched, Versioned};

pub use shown::{Case, CaseDecision, Judgement};

/// A case that is opened by hand. 手工立案
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "customer": "C-0042", "policy": "tob-standard", "reason": "实际控制人变更" }))]
pub struct NewCase {
    /// The customer's own number.
    pub customer: String,
    /// The policy.
    pub policy: String,
    /// The run that it stands on; the last that graded the customer, if left out.
    pub run: Option<i64>,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// By which policy of a run cases are opened. 批次立案
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "policy": "tob-standard" }))]
pub struct NewCases {
    /// The policy.
    pub policy: String,
}

/// The cases that a run has opened. 批次立案结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "run": 3, "policy": "tob-standard", "cases": [5, 6], "under_way": 0, "more": false }))]
pub struct OpenedCases {
    /// The run.
    pub run: i64,
    /// The policy.
    pub policy: String,
    /// The cases, ascending.
    pub cases: Vec<i64>,
    /// Of how many customers a case is under way already.
    pub under_way: u64,
    /// Whether there are more to open: ask again.
    pub more: bool,
}

/// What the administrator does with a case. 初步筛选
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// Accepts the model grade, on the policy's fast lane.
    Accept,
    /// Asks for data.
    Ask,
    /// Goes on with what has come.
    Resume,
    /// Sends it to the committee.
    SendOn,
    /// Takes over what a newer run says.
    Rerun,
}

/// A screening. 初步筛选
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "step": "ask", "reason": "请补充 2025 年审计报告" }))]
pub struct NewScreening {
    /// What is done.
    pub step: Screen,
    /// What is missing, what has come, what the committee shall know.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
    /// The newer run.
    pub run: Option<i64>,
}

/// Experts to be called: drawn by lot or named. 聘请专家
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "draw": 3 }))]
pub struct NewPanel {
    /// How many are drawn.
    #[schema(minimum = 1, maximum = 100)]
    pub draw: Option<u32>,
    /// Who is named.
    #[schema(max_items = 100)]
    pub experts: Option<Vec<i64>>,
}

/// An opinion. 专家意见
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "scores": [{ "indicator": "reputation", "level": "good", "reason": "同业评价良好" }] }))]
pub struct NewOpinion {
    /// A level for each judged indicator.
    #[schema(max_items = 200)]
    pub scores: Vec<Judgement>,
}

/// A grade that is proposed. 提议
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "grade": "key", "way": "committee" }))]
pub struct NewGradeProposal {
    /// The grade; empty: that the customer stays ungraded.
    pub grade: Option<String>,
    /// `committee`, `two_people` or `emergency`.
    pub way: String,
    /// Why it departs from the model grade, by the policy's codes.
    pub code: Option<String>,
    /// The same in words.
    #[schema(max_length = 2000)]
    pub reason: Option<String>,
    /// The last day on which it shall hold; as long as the policy allows, if left out.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// From which day on; the day on which it is decided, if left out.
    #[schema(format = Date)]
    pub effective: Option<String>,
}

/// A ballot by circulation. 书面表决
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "until": "2026-12-05" }))]
pub struct NewBallot {
    /// Its last day.
    #[schema(format = Date)]
    pub until: String,
}

/// A vote. 投票
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "vote": "for" }))]
pub struct NewVote {
    /// `for`, `against` or `abstain`.
    pub vote: String,
    /// Why: needed for a vote against in an open ballot, and refused in a secret one.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// What the chair decides where votes are equal. 主任裁决
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "vote": "for" }))]
pub struct NewCastingVote {
    /// `for` or `against`.
    pub vote: String,
}

/// Why. 理由
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "与该客户有亲属关系" }))]
pub struct CaseReason {
    /// The reason.
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// Which cases. 评级案筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichCases {
    /// Only at this stage.
    #[param(example = json!(null))]
    pub stage: Option<String>,
    /// Only of the customer with this number.
    #[param(example = json!(null))]
    pub customer: Option<String>,
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    #[param(example = json!(null))]
    pub cursor: Option<String>,
}

/// Lists cases that one may see, the newest first. 评级案列表
#[utoipa::path(get, path = "/cases", tag = "Cases", params(WhichCases),
    responses((status = 200, description = "A page of cases", body = Page<Case>)))]
pub async fn list_cases(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    OriginalUri(uri): OriginalUri,
    Query(which): Query<WhichCases>,
) -> Result<Listed<Case>, Problem> {
    let paging = Paging {
        limit: which.limit,
        cursor: which.cursor,
    };
    let asked = ListAsked {
        stage: which.stage,
        customer: which.customer,
        before: paging.after(&shared, "cases")?.map(CaseId),
        limit: paging.limit()?,
    };
    let page = cases::list(&shared.office, &caller, &asked).await?;
    let next = page.next.map(|id| id.0);
    let items = page.items.iter().map(|case| Case::of(case, lang)).collect();
    Listed::new(&shared, uri, "cases", items, next)
}

/// Opens a case by hand. 手工立案
#[utoipa::path(post, path = "/cases", tag = "Cases", request_body = NewCase,
    responses((status = 201, description = "The case", body = Case)))]
pub async fn open_case(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Body(given): Body<NewCase>,
) -> Result<Reply, Problem> {
    let by_hand = ByHand {
        customer: given.customer,
        policy: given.policy,
        run: given.run.map(RunId),
        reason: given.reason,
    };
    let answered = |case: &CaseView| {
        let place = format!("/api/v1/cases/{}", case.id);
        Answer::made(place, case.version, value(&Case::of(case, lang)))
    };
    Ok(Reply(cases::open(&shared.office, &caller, by_hand, answered).await?))
}

/// Opens the cases for which a run gives a reason: a first grade, another grade, one that is due. 批次立案
///
/// At most 2,000 at once; `more` says whether to ask again. Customers with a case under way keep that one.
#[utoipa::path(post, path = "/runs/{id}/cases", tag = "Cases", request_body = NewCases,
    params(("id" = i64, Path, description = "The run", example = 3)),
    responses((status = 200, description = "What was opened", body = OpenedCases)))]
pub async fn open_cases(
    shared: Shared,
    By(caller): By,
    Id(run): Id<RunId>,
    Body(given): Body<NewCases>,
) -> Result<Reply, Problem> {
    let answered = |opened: &Opened| {
        let body = OpenedCases {
            run: opened.run.0,
            policy: opened.policy.clone(),
            cases: opened.cases.iter().map(|id| id.0).collect(),
            under_way: opened.under_way,
            more: opened.more,
        };
        Answer::changed(None, value(&body))
    };
    let answer = cases::open_of_run(&shared.office, &caller, run, &given.policy, answered).await?;
    Ok(Reply(answer))
}

/// Reads a case. 查看评级案
#[utoipa::path(get, path = "/cases/{id}", tag = "Cases", params(("id" = i64, Path, description = "The case", example = 5)),
    responses((status = 200, description = "The case", body = Case)))]
pub async fn read_case(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<CaseId>,
) -> Result<Versioned<Case>, Problem> {
    let case = cases::read(&shared.office, &caller, id).await?;
    Ok(Versioned(case.version, Case::of(&case, lang)))
}

/// Does one step, and gives the case as it stands then.
async fn step(
    shared: &Shared,
    caller: &Caller,
    lang: Lang,
    id: CaseId,
    IfMatched(version): IfMatched,
    step: Step,
) -> Result<Reply, Problem> {
    let answered = |case: &CaseView| Answer::changed(case.version, value(&Case::of(case, lang)));
    let answer = cases::act(&shared.office, caller, id, version, step, answered).await?;
    Ok(Reply(answer))
}

/// The number of a ballot; what cannot be one names nothing.
fn ballot_of(case: &str, ballot: &str) -> Result<(CaseId, u32), Problem> {
    match (case.parse(), ballot.parse()) {
        (Ok(case), Ok(ballot)) => Ok((CaseId(case), ballot)),
        _ => Err(Fault::Absent.into()),
    }
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident $path:literal $body:ident $says:literal |$given:pat_param| $step:expr;)*) => {
        $(
            $(#[$doc])*
            #[utoipa::path(post, path = $path, tag = "Cases", request_body = $body,
                params(("id" = i64, Path, description = "The case", example = 5)),
                responses((status = 200, description = $says, body = Case)))]
            pub async fn $name(
                shared: Shared,
                By(caller): By,
                Extension(lang): Extension<Lang>,
                Id(id): Id<CaseId>,
                matched: IfMatched,
                Body($given): Body<$body>,
            ) -> Result<Reply, Problem> {
                step(&shared, &caller, lang, id, matched, $step).await
            }
        )*
    };
}

steps! {
    /// Screens a case: accept, ask, resume, send on, or take over a newer run. 初步筛选
    screen_case "/cases/{id}/screenings" NewScreening "The case after it" |given| screening(given)?;
    /// Calls experts: drawn by lot, or named. 聘请专家
    call_experts "/cases/{id}/panels" NewPanel "The case with its experts" |given| panel(given)?;
    /// Gives one's opinion as an expert. 出具意见
    give_opinion "/cases/{id}/opinions" NewOpinion "The case with the opinion" |given| opinion(given);
    /// Proposes a grade: to the committee, to a second person, or in an emergency. 提议等级
    propose_grade "/cases/{id}/proposals" NewGradeProposal "The case with the proposal" |given| proposal(given)?;
    /// Puts a proposal aside. 搁置提议
    decline_grade "/cases/{id}/declinals" CaseReason "The case without the proposal" |given| Step::Decline(given.reason);
    /// Opens a ballot by circulation on what is proposed. 开始书面表决
    open_ballot "/cases/{id}/ballots" NewBallot "The case with the ballot" |given| Step::OpenBallot(day("/until", &given.until)?);
    /// Decides as the chair, where votes are equal. 主任裁决
    cast_casting_vote "/cases/{id}/casting-votes" NewCastingVote "The case after it" |given| Step::CastingVote(given.vote);
    /// Stands aside from a case. 申请回避
    stand_aside "/cases/{id}/recusals" CaseReason "The case after it" |given| Step::Recuse(given.reason);
    /// Takes back a case that one has opened by hand. 撤回
    withdraw_case "/cases/{id}/withdrawals" CaseReason "The case, taken back" |given| Step::Withdraw(given.reason);
}

/// Makes the opinions one where nobody is missing any more, since somebody stood aside. 汇总意见
#[utoipa::path(post, path = "/cases/{id}/reconciliations", tag = "Cases",
    params(("id" = i64, Path, description = "The case", example = 5)),
    responses((status = 200, description = "The case after it", body = Case)))]
pub async fn reconcile_opinions(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<CaseId>,
    matched: IfMatched,
) -> Result<Reply, Problem> {
    step(&shared, &caller, lang, id, matched, Step::Reconcile).await
}

/// Seconds what another proposed. 附议
#[utoipa::path(post, path = "/cases/{id}/secondings", tag = "Cases",
    params(("id" = i64, Path, description = "The case", example = 5)),
    responses((status = 200, description = "The case, decided where no committee is asked", body = Case)))]
pub async fn second_grade(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Id(id): Id<CaseId>,
    matched: IfMatched,
) -> Result<Reply, Problem> {
    step(&shared, &caller, lang, id, matched, Step::Second).await
}

/// Votes. 投票
#[utoipa::path(post, path = "/cases/{id}/ballots/{ballot}/votes", tag = "Cases", request_body = NewVote,
    params(("id" = i64, Path, description = "The case", example = 5), ("ballot" = u32, Path, description = "The ballot, from 0", example = 0)),
    responses((status = 200, description = "The case with the vote", body = Case)))]
pub async fn vote(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Path((id, ballot)): Path<(String, String)>,
    matched: IfMatched,
    Body(given): Body<NewVote>,
) -> Result<Reply, Problem> {
    let (id, ballot) = ballot_of(&id, &ballot)?;
    let vote = Step::Vote {
        ballot,
        vote: given.vote,
        reason: given.reason,
    };
    step(&shared, &caller, lang, id, matched, vote).await
}

/// Closes a ballot and says what came out; a tie that no chair may settle ends so too. 结束表决
#[utoipa::path(post, path = "/cases/{id}/ballots/{ballot}/closings", tag = "Cases",
    params(("id" = i64, Path, description = "The case", example = 5), ("ballot" = u32, Path, description = "The ballot, from 0", example = 0)),
    responses((status = 200, description = "The case after it", body = Case)))]
pub async fn close_ballot(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Path((id, ballot)): Path<(String, String)>,
    matched: IfMatched,
) -> Result<Reply, Problem> {
    let (id, ballot) = ballot_of(&id, &ballot)?;
    step(&shared, &caller, lang, id, matched, Step::CloseBallot(ballot)).await
}

/// Has it remembered that one did not agree. 保留意见
#[utoipa::path(post, path = "/cases/{id}/ballots/{ballot}/dissents", tag = "Cases", request_body = CaseReason,
    params(("id" = i64, Path, description = "The case", example = 5), ("ballot" = u32, Path, description = "The ballot, from 0", example = 0)),
    responses((status = 200, description = "The case with the dissent", body = Case)))]
pub async fn dissent(
    shared: Shared,
    By(caller): By,
    Extension(lang): Extension<Lang>,
    Path((id, ballot)): Path<(String, String)>,
    matched: IfMatched,
    Body(given): Body<CaseReason>,
) -> Result<Reply, Problem> {
    let (id, ballot) = ballot_of(&id, &ballot)?;
    let dissent = Step::Dissent {
        ballot,
        reason: given.reason,
    };
    step(&shared, &caller, lang, id, matched, dissent).await
}

fn screening(given: NewScreening) -> Result<Step, Problem> {
    Ok(match given.step {
        Screen::Accept => Step::Accept,
        Screen::Ask => Step::Ask(given.reason),
        Screen::Resume => Step::Resume(given.reason),
        Screen::SendOn => Step::SendOn(given.reason),
        Screen::Rerun => {
            let missing = || Fault::field("/run", Message::new("app-case-run-missing"));
            Step::Rerun(given.run.map(RunId).ok_or_else(missing)?)
        }
    })
}

fn panel(given: NewPanel) -> Result<Step, Problem> {
    match (given.draw, given.experts) {
        (Some(number), None) => Ok(Step::Draw(number)),
        (None, Some(experts)) => Ok(Step::Name(experts.into_iter().map(UserId).collect())),
        _ => Err(Fault::field("/draw", Message::new("app-case-experts-one-way")).into()),
    }
}

fn opinion(given: NewOpinion) -> Step {
    let scores = given.scores.into_iter();
    Step::Opine(scores.map(|one| (one.indicator, one.level, one.reason)).collect())
}

fn proposal(given: NewGradeProposal) -> Result<Step, Problem> {
    Ok(Step::Propose(Proposal {
        grade: given.grade,
        way: given.way,
        code: given.code,
        reason: given.reason,
        until: maybe_day("/until", given.until.as_deref())?,
        effective: maybe_day("/effective", given.effective.as_deref())?,
    }))
}
