//! Cases: from a run's grade to a decided one. Each step of somebody is a thing that he makes. 评级案

use axum::Extension;
use axum::extract::{OriginalUri, Path};
use pinji_app::register::cases::{
    self, BallotShown, ByHand, CaseView, DecisionShown, ExpertShown, ListAsked, Opened, OpinionShown, Proposal,
    ProposalShown, ReconciledShown, Step,
};
use pinji_app::register::{Answer, Caller, Fault};
use pinji_domain::number::plain;
use pinji_domain::{CaseId, Lang, Message, RunId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::relations::Remark;
use super::times::{day, maybe_day};
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatched, Versioned};

/// A case, as far as its reader may see it. 评级案
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 5, "policy": "tob-standard", "policy_version": "2026.1", "customer": "C-0042", "name": "海岸贸易有限公司",
    "occasion": "new", "reason": null, "opened_by": null, "opened_at": "2026-11-22T08:00:00.000000Z", "stage": "screening",
    "asked": null, "run": 3, "model_grade": "key", "coverage": "92.5", "apart": null, "experts": [], "opinions": [],
    "reconciled": [], "proposal": null, "ballots": [], "recused": [], "decision": null, "withdrawn": null, "version": 2,
}))]
pub struct Case {
    /// The id.
    pub id: i64,
    /// The policy.
    pub policy: String,
    /// Its version, as it graded in the run; by that the case is decided.
    pub policy_version: String,
    /// The customer's own number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Why it was opened: `new`, `changed`, `due`, `alert`, `appeal`, `after_emergency`, `by_hand`.
    pub occasion: String,
    /// Why, where it was opened by hand.
    pub reason: Option<String>,
    /// By whom; empty: by a run.
    pub opened_by: Option<i64>,
    /// When.
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// `screening`, `awaiting_data`, `judging`, `committee`, `voting`, `tied`, `decided`, `withdrawn`.
    pub stage: String,
    /// What was asked for, while it is awaited.
    pub asked: Option<String>,
    /// The run that it stands on.
    pub run: i64,
    /// The grade that the run gives; empty: ungraded.
    pub model_grade: Option<String>,
    /// The least coverage of its scores, per cent.
    pub coverage: String,
    /// Why the reader stands apart from it, and sees no opinions, proposals and ballots.
    pub apart: Option<Remark>,
    /// The experts.
    pub experts: Vec<CaseExpert>,
    /// Their opinions: until all are in, only one's own.
    pub opinions: Vec<CaseOpinion>,
    /// What they came to.
    pub reconciled: Vec<CaseLine>,
    /// What is proposed and not yet decided.
    pub proposal: Option<CaseProposal>,
    /// The ballots, in their order.
    pub ballots: Vec<CaseBallot>,
    /// Who has stood aside.
    pub recused: Vec<i64>,
    /// What was decided.
    pub decision: Option<CaseDecision>,
    /// Why it was taken back, where it was.
    pub withdrawn: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

/// An expert of a case. 专家
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "user": 31, "chosen": "drawn", "is_in": false }))]
pub struct CaseExpert {
    /// Who.
    pub user: i64,
    /// `drawn` or `named`.
    pub chosen: String,
    /// Whether the opinion of this round is in.
    pub is_in: bool,
}

/// An expert's opinion. 专家意见
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "round": 1, "expert": 31, "at": "2026-11-22T08:00:00.000000Z", "scores": [] }))]
pub struct CaseOpinion {
    /// 1, or 2 after the opinions went back once.
    pub round: u8,
    /// Whose.
    pub expert: i64,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// A level for each judged indicator.
    pub scores: Vec<Judgement>,
}

/// What an expert says of an indicator. 单项意见
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "indicator": "reputation", "level": "good", "reason": "同业评价良好" }))]
pub struct Judgement {
    /// The indicator.
    pub indicator: String,
    /// The level, by the policy's description.
    pub level: String,
    /// Why.
    #[schema(max_length = 2000)]
    pub reason: String,
}

/// What the opinions on an indicator came to, in ten-thousandths of a point. 汇总结果
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "indicator": "reputation", "points": 800_000, "least": null, "most": null }))]
pub struct CaseLine {
    /// The indicator.
    pub indicator: String,
    /// One number, where they agree.
    pub points: Option<i32>,
    /// The lowest, where they lie too far apart.
    pub least: Option<i32>,
    /// The highest.
    pub most: Option<i32>,
}

/// What is proposed. 提议
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "grade": "key", "way": "committee", "code": null, "reason": null, "until": null, "effective": null, "proposed_by": 4,
    "proposed_at": "2026-11-22T08:00:00.000000Z", "seconded_by": null,
}))]
pub struct CaseProposal {
    /// The grade; empty: ungraded.
    pub grade: Option<String>,
    /// `committee`, `two_people` or `emergency`.
    pub way: String,
    /// Why it departs from the model grade, by the policy's codes.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The last day of the departure.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// From which day on.
    #[schema(format = Date)]
    pub effective: Option<String>,
    /// Who proposed it.
    pub proposed_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub proposed_at: String,
    /// Who seconded it; never who proposed it.
    pub seconded_by: Option<i64>,
}

/// A ballot. 表决
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "number": 0, "is_secret": false, "until": "2026-12-05", "electors": [], "voted": 0, "own": null, "votes": null,
    "tally": null, "outcome": null, "casting": null, "dissent": [],
}))]
pub struct CaseBallot {
    /// Its number, from 0.
    pub number: u32,
    /// Whether only totals are kept.
    pub is_secret: bool,
    /// Its last day.
    #[schema(format = Date)]
    pub until: Option<String>,
    /// Who may vote.
    pub electors: Vec<Elector>,
    /// How many have.
    pub voted: usize,
    /// What one has said oneself, in an open ballot.
    pub own: Option<String>,
    /// Who said what; of a ballot that is closed, and was open to see.
    pub votes: Option<Vec<CaseVote>>,
    /// How many said what; of a ballot that is closed.
    pub tally: Option<Tally>,
    /// `adopted`, `rejected`, `tied`, `no_quorum`, `annulled`.
    pub outcome: Option<String>,
    /// What the chair decided, where votes were equal.
    pub casting: Option<String>,
    /// Who wants it remembered that he did not agree.
    pub dissent: Vec<Dissent>,
}

/// Who may vote. 有表决权的委员
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "user": 21, "seat": "risk" }))]
pub struct Elector {
    /// Who.
    pub user: i64,
    /// The seat that he holds.
    pub seat: String,
}

/// A vote. 表决意见
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "user": 21, "vote": "for", "reason": "" }))]
pub struct CaseVote {
    /// Whose.
    pub user: i64,
    /// `for`, `against` or `abstain`.
    pub vote: String,
    /// Why.
    pub reason: String,
}

/// How many said what. 计票
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "for": 3, "against": 1, "abstain": 0 }))]
pub struct Tally {
    /// For.
    #[serde(rename = "for")]
    pub yes: u32,
    /// Against.
    #[serde(rename = "against")]
    pub no: u32,
    /// Neither.
    #[serde(rename = "abstain")]
    pub abstained: u32,
}

/// A dissent. 保留意见
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "user": 22, "reason": "担保不足" }))]
pub struct Dissent {
    /// Whose.
    pub user: i64,
    /// Why.
    pub reason: String,
}

/// A decided grade. 认定
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "grade": "key", "basis": "fast_lane", "effective": "2026-11-22", "at": "2026-11-22T08:00:00.000000Z", "code": null,
    "reason": null, "until": null,
}))]
pub struct CaseDecision {
    /// The grade; empty: ungraded.
    pub grade: Option<String>,
    /// `fast_lane`, `committee`, `two_people` or `emergency`.
    pub basis: String,
    /// From which day on it holds.
    #[schema(format = Date)]
    pub effective: String,
    /// When it was decided.
    #[schema(format = DateTime)]
    pub at: String,
    /// Why it departs from the model grade, by the policy's codes.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The last day of the departure; then the model grade returns.
    #[schema(format = Date)]
    pub until: Option<String>,
}

impl Case {
    fn of(view: &CaseView, lang: Lang) -> Case {
        Case {
            id: view.id.0,
            policy: view.policy.clone(),
            policy_version: view.policy_version.clone(),
            customer: view.customer.clone(),
            name: view.name.clone(),
            occasion: view.occasion.to_owned(),
            reason: view.reason.clone(),
            opened_by: view.opened_by.map(|user| user.0),
            opened_at: when(view.opened_at),
            stage: view.stage.to_owned(),
            asked: view.asked.clone(),
            run: view.run.0,
            model_grade: view.model_grade.clone(),
            coverage: plain(i64::from(view.coverage_ppm) / 100, 2),
            apart: view.apart.as_ref().map(|why| Remark::of(why, lang)),
            experts: view.experts.iter().map(CaseExpert::from).collect(),
            opinions: view.opinions.iter().map(CaseOpinion::from).collect(),
            reconciled: view.reconciled.iter().map(CaseLine::from).collect(),
            proposal: view.proposal.as_ref().map(CaseProposal::from),
            ballots: view.ballots.iter().map(CaseBallot::from).collect(),
            recused: view.recused.iter().map(|user| user.0).collect(),
            decision: view.decision.as_ref().map(CaseDecision::from),
            withdrawn: view.withdrawn.clone(),
            version: view.version,
        }
    }
}

impl From<&ExpertShown> for CaseExpert {
    fn from(view: &ExpertShown) -> CaseExpert {
        CaseExpert {
            user: view.user.0,
            chosen: view.chosen.to_owned(),
            is_in: view.is_in,
        }
    }
}

impl From<&OpinionShown> for CaseOpinion {
    fn from(view: &OpinionShown) -> CaseOpinion {
        let scores = view.scores.iter().map(|(indicator, level, reason)| Judgement {
            indicator: indicator.clone(),
            level: level.clone(),
            reason: reason.clone(),
        });
        CaseOpinion {
            round: view.round,
            expert: view.expert.0,
            at: when(view.at),
            scores: scores.collect(),
        }
    }
}

impl From<&ReconciledShown> for CaseLine {
    fn from(view: &ReconciledShown) -> CaseLine {
        CaseLine {
            indicator: view.indicator.clone(),
            points: view.points,
            least: view.split.map(|(least, _)| least),
            most: view.split.map(|(_, most)| most),
        }
    }
}

impl From<&ProposalShown> for CaseProposal {
    fn from(view: &ProposalShown) -> CaseProposal {
        CaseProposal {
            grade: view.grade.clone(),
            way: view.way.to_owned(),
            code: view.code.clone(),
            reason: view.reason.clone(),
            until: view.until.map(|day| day.to_string()),
            effective: view.effective.map(|day| day.to_string()),
            proposed_by: view.proposed_by.0,
            proposed_at: when(view.proposed_at),
            seconded_by: view.seconded_by.map(|user| user.0),
        }
    }
}

impl From<&BallotShown> for CaseBallot {
    fn from(view: &BallotShown) -> CaseBallot {
        let votes = view.votes.as_ref().map(|votes| {
            let votes = votes.iter().map(|(user, vote, reason)| CaseVote {
                user: user.0,
                vote: (*vote).to_owned(),
                reason: reason.clone(),
            });
            votes.collect()
        });
        let electors = view.electors.iter().map(|(user, seat)| Elector {
            user: user.0,
            seat: seat.clone(),
        });
        let dissent = view.dissent.iter().map(|(user, reason)| Dissent {
            user: user.0,
            reason: reason.clone(),
        });
        CaseBallot {
            number: view.number,
            is_secret: view.is_secret,
            until: view.until.map(|day| day.to_string()),
            electors: electors.collect(),
            voted: view.voted,
            own: view.own.map(str::to_owned),
            votes,
            tally: view.tally.map(|[yes, no, abstained]| Tally { yes, no, abstained }),
            outcome: view.outcome.map(str::to_owned),
            casting: view.casting.map(str::to_owned),
            dissent: dissent.collect(),
        }
    }
}

impl From<&DecisionShown> for CaseDecision {
    fn from(view: &DecisionShown) -> CaseDecision {
        CaseDecision {
            grade: view.grade.clone(),
            basis: view.basis.to_owned(),
            effective: view.effective.to_string(),
            at: when(view.at),
            code: view.code.clone(),
            reason: view.reason.clone(),
            until: view.until.map(|day| day.to_string()),
        }
    }
}

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
