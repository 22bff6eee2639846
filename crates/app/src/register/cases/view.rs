//! A case as somebody may see it at this moment. 查看评级案
//!
//! Who has a conflict, or has stood aside, sees that there is a case and what was decided, and nothing of how.

use pinji_access::What;
use pinji_domain::ids::{CaseId, RunId, UserId};
use pinji_domain::{Date, Message, Timestamp};
use pinji_store::{CaseList, Customer};
use pinji_workflow::By;
use pinji_workflow::case::{
    BallotView, Case, Chosen, Decision, Occasion, OpinionView, Reconciled, Sitting, Stage, Vote, ballots, opinions,
};

use super::act::there;
use super::ground::Ground;
use crate::register::reach::{self, at_all, resource};
use crate::register::{Action, Caller, Fault, Office, Slice};

/// A case. 评级案
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// The id.
    pub id: CaseId,
    /// The policy's id.
    pub policy: String,
    /// Its version, as it graded in the run.
    pub policy_version: String,
    /// The customer's own number.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Why it was opened, by name.
    pub occasion: &'static str,
    /// Why, where it was opened by hand.
    pub reason: Option<String>,
    /// By whom; `None`: a run.
    pub opened_by: Option<UserId>,
    /// When.
    pub opened_at: Timestamp,
    /// Where it stands, by name.
    pub stage: &'static str,
    /// What was asked for, while it is awaited.
    pub asked: Option<String>,
    /// The run that it stands on.
    pub run: RunId,
    /// The grade that the run gives; `None`: ungraded.
    pub model_grade: Option<String>,
    /// The least coverage of the scores, in millionths.
    pub coverage_ppm: u32,
    /// Why the reader has no part in it and sees no more, if so.
    pub apart: Option<Message>,
    /// The experts.
    pub experts: Vec<ExpertShown>,
    /// Their opinions.
    pub opinions: Vec<OpinionShown>,
    /// What the opinions came to.
    pub reconciled: Vec<ReconciledShown>,
    /// What is proposed and not yet decided.
    pub proposal: Option<ProposalShown>,
    /// The ballots.
    pub ballots: Vec<BallotShown>,
    /// Who has stood aside.
    pub recused: Vec<UserId>,
    /// What was decided.
    pub decision: Option<DecisionShown>,
    /// Why it was taken back, if it was.
    pub withdrawn: Option<String>,
    /// The version.
    pub version: i64,
}

/// An expert of a case. 专家
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertShown {
    /// Who.
    pub user: UserId,
    /// `drawn` or `named`.
    pub chosen: &'static str,
    /// Whether the opinion of this round is in.
    pub is_in: bool,
}

/// An opinion. 专家意见
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionShown {
    /// 1, or 2 after it went back.
    pub round: u8,
    /// Whose.
    pub expert: UserId,
    /// When.
    pub at: Timestamp,
    /// Indicator, level, reason.
    pub scores: Vec<(String, String, String)>,
}

/// What the opinions on an indicator came to, in 10⁻⁴ points. 汇总结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconciledShown {
    /// The indicator.
    pub indicator: String,
    /// One number.
    pub points: Option<i32>,
    /// The lowest and the highest, where they lie too far apart.
    pub split: Option<(i32, i32)>,
}

/// A proposal. 提议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalShown {
    /// The grade; `None`: ungraded.
    pub grade: Option<String>,
    /// On which way it is to be decided.
    pub way: &'static str,
    /// Why it departs from the model grade, by code.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The last day.
    pub until: Option<Date>,
    /// From which day on.
    pub effective: Option<Date>,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who seconded it.
    pub seconded_by: Option<UserId>,
}

/// A ballot. 表决
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotShown {
    /// Its number, from 0.
    pub number: u32,
    /// Whether only totals are kept.
    pub is_secret: bool,
    /// Its last day.
    pub until: Option<Date>,
    /// Who may vote, with the seat.
    pub electors: Vec<(UserId, String)>,
    /// How many have voted.
    pub voted: usize,
    /// What one has said oneself, in an open ballot.
    pub own: Option<&'static str>,
    /// Who said what and why: of a closed, open ballot.
    pub votes: Option<Vec<(UserId, &'static str, String)>>,
    /// For, against, neither: of a closed one.
    pub tally: Option<[u32; 3]>,
    /// What came out of it.
    pub outcome: Option<&'static str>,
    /// What the chair decided, where votes were equal.
    pub casting: Option<&'static str>,
    /// Who wants it remembered that he did not agree, and why.
    pub dissent: Vec<(UserId, String)>,
}

/// A decision. 认定
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionShown {
    /// The grade; `None`: ungraded.
    pub grade: Option<String>,
    /// How it came about.
    pub basis: &'static str,
    /// From which day on.
    pub effective: Date,
    /// When it was decided.
    pub at: Timestamp,
    /// Why it departs from the model grade, by code.
    pub code: Option<String>,
    /// The same in words.
    pub reason: Option<String>,
    /// The last day of the departure.
    pub until: Option<Date>,
}

/// Which cases a list is to show. 评级案筛选
#[derive(Debug, Clone, Default)]
pub struct ListAsked {
    /// Only at this stage, by name.
    pub stage: Option<String>,
    /// Only of the customer with this number.
    pub customer: Option<String>,
    /// Before this case: the newest come first.
    pub before: Option<CaseId>,
    /// How many at most.
    pub limit: u32,
}

/// Cases that the caller may see, the newest first. 评级案列表
pub async fn list(office: &Office, caller: &Caller, asked: &ListAsked) -> Result<Slice<CaseView, CaseId>, Fault> {
    at_all(office, caller, Action::CaseRead)?;
    let snapshot = office.store.snapshot().await?;
    if let Some(stage) = asked.stage.as_deref().filter(|stage| !Stage::NAMES.contains(stage)) {
        let says = Message::new("app-case-no-such-stage").with("stage", stage);
        return Err(Fault::field("/stage", says.with("stages", Stage::NAMES.join(", "))));
    }
    let customer = match &asked.customer {
        None => None,
        Some(code) => Some(
            reach::there(office, caller, &snapshot, code, Action::CaseRead)
                .await?
                .id,
        ),
    };
    let rows = snapshot
        .list_cases(&CaseList {
            stages: asked.stage.iter().cloned().collect(),
            customer,
            before: asked.before,
            limit: asked.limit + 1,
        })
        .await?;
    let page = Slice::cut(rows, asked.limit, |row| row.id);
    let (mut items, mut seen) = (Vec::new(), Vec::new());
    for row in page.items {
        let customer = snapshot.customer(row.customer).await?.ok_or(Fault::Absent)?;
        if office.may(caller, Action::CaseRead, &resource(What::Case, &customer, caller)) {
            let ground = Ground::of(office, &snapshot, caller, row, customer.clone(), caller.asked.at).await?;
            items.push(shown(caller, &ground)?);
            seen.push(customer);
        }
    }
    drop(snapshot);
    note(office, caller, &seen).await?;
    Ok(Slice { items, next: page.next })
}

/// One case. 查看评级案
pub async fn read(office: &Office, caller: &Caller, id: CaseId) -> Result<CaseView, Fault> {
    let snapshot = office.store.snapshot().await?;
    let (row, customer) = there(office, caller, &snapshot, id).await?;
    let ground = Ground::of(office, &snapshot, caller, row, customer.clone(), caller.asked.at).await?;
    let view = shown(caller, &ground)?;
    drop(snapshot);
    note(office, caller, &[customer]).await?;
    Ok(view)
}

async fn note(office: &Office, caller: &Caller, customers: &[Customer]) -> Result<(), Fault> {
    reach::note(office, caller, customers, "case").await
}

/// The case as this caller may see it.
pub(super) fn shown(caller: &Caller, ground: &Ground) -> Result<CaseView, Fault> {
    let (case, row) = (&ground.case, &ground.row);
    let grade = |rank| ground.grade(rank);
    let mut view = CaseView {
        id: row.id,
        policy: row.policy.clone(),
        policy_version: ground.graders.version.clone(),
        customer: ground.customer.code.clone(),
        name: ground.customer.name.clone(),
        occasion: case.occasion.name(),
        reason: match &case.occasion {
            Occasion::ByHand { reason } => Some(reason.clone()),
            _ => None,
        },
        opened_by: case.opened_by.map(|by| by.user),
        opened_at: case.opened,
        stage: case.stage.name(),
        asked: None,
        run: case.model.run,
        model_grade: grade(case.model.grade),
        coverage_ppm: case.model.coverage_ppm,
        apart: None,
        experts: Vec::new(),
        opinions: Vec::new(),
        reconciled: Vec::new(),
        proposal: None,
        ballots: Vec::new(),
        recused: case.recused.keys().copied().collect(),
        decision: match &case.stage {
            Stage::Decided(decision) => Some(decision_shown(decision, &grade)),
            _ => None,
        },
        withdrawn: None,
        version: row.version,
    };
    let (around, by) = (ground.around(), By::user(caller.user));
    match (opinions(case, &around, by), ballots(case, &around, by)) {
        (Ok(opinions), Ok(ballots)) => within(&mut view, ground, &opinions, &ballots),
        (Err(why), _) | (_, Err(why)) => view.apart = Some(why.message()),
    }
    Ok(view)
}

/// What those see who may have a part in it.
fn within(view: &mut CaseView, ground: &Ground, opinions: &[OpinionView<'_>], ballots: &[BallotView<'_>]) {
    let case = &ground.case;
    match &case.stage {
        Stage::AwaitingData { what, .. } => view.asked = Some(what.clone()),
        Stage::Withdrawn { reason, .. } => view.withdrawn = Some(reason.clone()),
        _ => {}
    }
    let experts = case.panel.iter().flat_map(|panel| {
        panel.experts.iter().map(|(user, how)| ExpertShown {
            user: *user,
            chosen: match how {
                Chosen::Drawn => "drawn",
                Chosen::Named => "named",
            },
            is_in: panel.opinions.contains_key(user),
        })
    });
    view.experts = experts.collect();
    view.opinions = opinions.iter().map(opinion_shown).collect();
    let lines = case.reconciled.iter().map(|(indicator, line)| ReconciledShown {
        indicator: indicator.clone(),
        points: match line {
            Reconciled::Points(points) => Some(*points),
            Reconciled::Split { .. } => None,
        },
        split: match line {
            Reconciled::Points(_) => None,
            Reconciled::Split { least, most } => Some((*least, *most)),
        },
    });
    view.reconciled = lines.collect();
    view.proposal = case.proposal.as_ref().map(|proposal| {
        let why = proposal.terms.why.as_ref();
        ProposalShown {
            grade: ground.grade(proposal.terms.grade),
            way: proposal.terms.way.name(),
            code: why.map(|why| why.code.clone()),
            reason: why.map(|why| why.reason.clone()),
            until: why.and_then(|why| why.until),
            effective: proposal.terms.effective,
            proposed_by: proposal.signed.by.user,
            proposed_at: proposal.signed.at,
            seconded_by: proposal.seconded.map(|signed| signed.by.user),
        }
    });
    view.ballots = ballots.iter().map(|ballot| ballot_shown(case, ballot)).collect();
}

fn opinion_shown(view: &OpinionView<'_>) -> OpinionShown {
    let scores = view.opinion.scores.iter();
    OpinionShown {
        round: view.round,
        expert: view.expert,
        at: view.opinion.signed.at,
        scores: scores
            .map(|(indicator, one)| (indicator.clone(), one.level.clone(), one.reason.clone()))
            .collect(),
    }
}

fn ballot_shown(case: &Case, view: &BallotView<'_>) -> BallotShown {
    let closed = usize::try_from(view.number).ok().and_then(|at| case.ballots.get(at));
    let ballot = match (&case.stage, closed) {
        (_, Some(closed)) => Some(&closed.ballot),
        (Stage::Voting(ballot), None) => Some(ballot),
        _ => None,
    };
    let votes = view.votes.as_ref().map(|votes| {
        let votes = votes.iter();
        votes
            .map(|(user, vote, reason)| (*user, vote.name(), (*reason).to_owned()))
            .collect()
    });
    BallotShown {
        number: view.number,
        is_secret: ballot.is_some_and(|ballot| ballot.secrecy == pinji_workflow::case::BallotSecrecy::Secret),
        until: ballot.and_then(|ballot| match ballot.sitting {
            Sitting::Circulation { until } => Some(until),
            Sitting::Meeting { .. } => None,
        }),
        electors: view.electors.iter().map(|(user, seat)| (*user, seat.clone())).collect(),
        voted: view.voted,
        own: view.own.map(Vote::name),
        votes,
        tally: view.tally.map(|tally| [tally.yes, tally.no, tally.abstained]),
        outcome: view.outcome.map(pinji_workflow::case::Outcome::name),
        casting: closed.and_then(|closed| closed.casting).map(|(_, vote)| vote.name()),
        dissent: closed
            .iter()
            .flat_map(|closed| &closed.dissent)
            .map(|(signed, reason)| (signed.by.user, reason.clone()))
            .collect(),
    }
}

pub(super) fn decision_shown(
    decision: &Decision,
    grade: &dyn Fn(Option<pinji_workflow::case::Rank>) -> Option<String>,
) -> DecisionShown {
    let departure = decision.departure.as_ref();
    DecisionShown {
        grade: grade(decision.grade),
        basis: decision.basis.name(),
        effective: decision.effective,
        at: decision.at,
        code: departure.map(|one| one.code.clone()),
        reason: departure.map(|one| one.reason.clone()),
        until: departure.map(|one| one.until),
    }
}
