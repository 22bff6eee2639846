//! A case as its readers see it: with its experts, opinions, proposal, ballots and decision. 评级案视图

use pinji_app::register::cases::{
    BallotShown, CaseView, DecisionShown, ExpertShown, OpinionShown, ProposalShown, ReconciledShown,
};
use pinji_domain::Lang;
use pinji_domain::number::plain;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::resources::relations::Remark;
use crate::resources::when;

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
    pub(super) fn of(view: &CaseView, lang: Lang) -> Case {
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
