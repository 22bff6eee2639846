//! All that the rules look at when somebody does something in a case, read once from one view. 评级案环境

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pinji_domain::ids::{CustomerId, GrantId, RunId, UserId};
use pinji_domain::{Date, Role, Timestamp};
use pinji_policy::Document;
use pinji_store::{
    CaseBallot, Customer, GradeDecision, Graded, GrantState, RatingCase, Run, RunState, UserState, View,
};
use pinji_workflow::case::{
    Around, BallotSecrecy, Basis, Case, Conflict, Conflicts, Decision, Departure, Event, Model, Rank, Roll, Stage,
    Terms, Vote,
};
use pinji_workflow::{By, Signed};

use super::words;
use crate::register::runs::{policies_of, regulation_of};
use crate::register::{Caller, Fault, Office, conflicts};
use crate::regulation::Regulation;
use crate::review::{self, rank};

/// More runs than these are not looked at for how long a grade has been falling.
const RUNS: u32 = 100;
/// So many grants are looked through for experts and members.
const GRANTS: u32 = 10_000;

/// A run's part that one policy graded. 标准批次
pub(super) struct Graders {
    /// The run.
    pub(super) run: Run,
    /// The policy's number within it.
    pub(super) number: i64,
    /// The policy as it was then.
    pub(super) regulation: Arc<Regulation>,
    /// Its version.
    pub(super) version: String,
}

impl Graders {
    /// A run that is done, and the policy of this id as it graded there.
    pub(super) async fn of(office: &Office, view: &View, run: RunId, policy: &str) -> Result<Graders, Fault> {
        let run = view.run_by_id(run).await?.ok_or(Fault::Absent)?;
        if run.state != RunState::Done {
            return Err(Fault::refused("app-run-not-done"));
        }
        let found = (0..).zip(policies_of(&run)).find(|(_, known)| known.id == policy);
        let Some((number, found)) = found else {
            return Err(Fault::refused("app-case-not-graded"));
        };
        let regulation = regulation_of(office, &run, policy, &found.hash).await?;
        Ok(Graders {
            run,
            number,
            regulation: regulation.ok_or_else(|| Fault::refused("app-case-policy-gone"))?,
            version: found.version,
        })
    }

    pub(super) fn document(&self) -> Result<&Document, Fault> {
        self.regulation.usable().map_err(Fault::broken)
    }

    /// What it says of a customer; refused where it graded that one not at all.
    pub(super) async fn model(&self, view: &View, customer: CustomerId) -> Result<Model, Fault> {
        let graded = view.graded(self.run.id, self.number, customer).await?;
        let graded = graded.ok_or_else(|| Fault::refused("app-case-not-graded"))?;
        Ok(model_of(self.document()?, self.run.id, &graded))
    }
}

/// What a result says, as the rules take it.
pub(super) fn model_of(document: &Document, run: RunId, graded: &Graded) -> Model {
    let scores: serde_json::Value = serde_json::from_str(&graded.scores).unwrap_or_default();
    let coverages = scores.as_object().into_iter().flatten();
    let least = coverages.filter_map(|(_, score)| score["coverage"].as_u64()).min();
    Model {
        run,
        grade: graded.grade.as_deref().and_then(|grade| rank(document, grade)),
        // Kept in ten-thousandths.
        coverage_ppm: u32::try_from(least.unwrap_or(0).saturating_mul(100)).unwrap_or(u32::MAX),
    }
}

/// A case with all that its rules look at.
pub(super) struct Ground {
    pub(super) row: RatingCase,
    pub(super) case: Case,
    pub(super) customer: Customer,
    pub(super) graders: Graders,
    pub(super) ballots: Vec<CaseBallot>,
    terms: Terms,
    conflicts: Conflicts,
    roll: Roll,
    experts: BTreeSet<UserId>,
    decisions: Vec<Decision>,
    since: Vec<Model>,
    today: Date,
}

impl Ground {
    /// Replays a case and reads what stands around it, for this caller at this instant.
    pub(super) async fn of(
        office: &Office,
        view: &View,
        caller: &Caller,
        row: RatingCase,
        customer: Customer,
        now: Timestamp,
    ) -> Result<Ground, Fault> {
        let ballots = view.case_ballots(row.id).await?;
        let case = replayed(view, &row, &ballots).await?;
        let graders = Graders::of(office, view, case.model.run, &row.policy).await?;
        let document = graders.document()?;
        let terms = review::terms(document);
        let people = People::of(view, now).await?;
        let roll = people.roll(view, &row.policy).await?;
        let mut concerned = taking_part(&case);
        concerned.extend(roll.members().keys());
        concerned.extend(&people.experts);
        concerned.insert(caller.user);
        let conflicts = conflicts_with(view, &customer, &concerned).await?;
        let decisions = decisions_of(document, &view.decisions(row.customer, &row.policy).await?);
        let since = since(view, &graders, &row, &decisions, case.model).await?;
        Ok(Ground {
            conflicts,
            terms,
            roll,
            experts: people.experts,
            decisions,
            since,
            today: now.day().unwrap_or(Date::MIN),
            row,
            case,
            customer,
            graders,
            ballots,
        })
    }

    pub(super) fn around(&self) -> Around<'_> {
        Around {
            terms: &self.terms,
            conflicts: &self.conflicts,
            roll: &self.roll,
            experts: &self.experts,
            decisions: &self.decisions,
            since: &self.since,
            today: self.today,
        }
    }

    /// A grade's id by its place.
    pub(super) fn grade(&self, rank: Option<Rank>) -> Option<String> {
        grade_id(self.graders.document().ok()?, rank)
    }

    /// Those whom a known conflict keeps out, and who have done nothing in the case that refers to them.
    pub(super) fn to_bar(&self) -> Vec<(UserId, Conflict)> {
        let part = taking_part(&self.case);
        let all = self.roll.members().keys().chain(&self.experts);
        let all: BTreeSet<UserId> = all.copied().filter(|user| !part.contains(user)).collect();
        all.into_iter()
            .filter_map(|user| Some((user, self.conflicts.of_user(user)?)))
            .collect()
    }
}

pub(super) fn grade_id(document: &Document, rank: Option<Rank>) -> Option<String> {
    let grade = document.grades.get(usize::from(rank?.0))?;
    Some(grade.id.clone())
}

/// The case that its events tell of. What was counted of a secret ballot that is open stands in its tally alone.
async fn replayed(view: &View, row: &RatingCase, ballots: &[CaseBallot]) -> Result<Case, Fault> {
    let mut events = Vec::new();
    for kept in view.case_events(row.id).await? {
        let content = serde_json::from_str(&kept.content).map_err(Fault::broken)?;
        let event = words::read(&kept.name, &content);
        events
            .push(event.ok_or_else(|| Fault::broken(format!("event {} of case {} is unreadable", kept.seq, row.id)))?);
    }
    let case = Case::replay(&events).ok_or_else(|| Fault::broken(format!("case {} has no opening", row.id)))?;
    let is_secret = matches!(&case.stage, Stage::Voting(ballot) if ballot.secrecy == BallotSecrecy::Secret);
    let counted = match ballots.last().filter(|ballot| is_secret && ballot.outcome.is_none()) {
        Some(open) => counted(open),
        None => Vec::new(),
    };
    Ok(counted.iter().fold(case, Case::after))
}

/// The votes of a ballot as events: sorted, so that nothing tells in which order they were cast.
pub(super) fn counted(ballot: &CaseBallot) -> Vec<Event> {
    let all = Vote::ALL.into_iter().zip(ballot.tally);
    all.flat_map(|(vote, number)| std::iter::repeat_n(Event::Counted(vote), usize::try_from(number).unwrap_or(0)))
        .collect()
}

/// Everybody who has done something that the case stands on.
pub(super) fn taking_part(case: &Case) -> BTreeSet<UserId> {
    let mut part = BTreeSet::new();
    if let Some(panel) = &case.panel {
        part.extend(panel.opinions.keys());
        part.extend(panel.before.iter().flatten().map(|(user, _)| *user));
    }
    let open = match &case.stage {
        Stage::Voting(ballot) => Some(ballot),
        _ => None,
    };
    for ballot in case.ballots.iter().map(|closed| &closed.ballot).chain(open) {
        for (member, cast) in &ballot.cast {
            part.insert(*member);
            part.extend(cast.signed.by.people());
        }
    }
    for proposal in case.ballots.iter().map(|closed| &closed.proposal).chain(&case.proposal) {
        part.extend(proposal.signed.by.people());
        part.extend(proposal.seconded.iter().flat_map(|signed| signed.by.people()));
    }
    part
}

/// Who holds which of the roles that a case needs.
struct People {
    experts: BTreeSet<UserId>,
    members: BTreeSet<UserId>,
}

impl People {
    async fn of(view: &View, now: Timestamp) -> Result<People, Fault> {
        let mut people = People {
            experts: BTreeSet::new(),
            members: BTreeSet::new(),
        };
        let mut active: BTreeMap<UserId, bool> = BTreeMap::new();
        for grant in view.grants(GrantState::Active, GrantId(0), GRANTS).await? {
            let role = match grant.role {
                Role::Expert => &mut people.experts,
                Role::CommitteeMember | Role::CommitteeChair => &mut people.members,
                _ => continue,
            };
            if grant.until.is_some_and(|until| until <= now) {
                continue;
            }
            let is_active = match active.get(&grant.user_id) {
                Some(known) => *known,
                None => {
                    let user = view.user(grant.user_id).await?;
                    let found = user.is_some_and(|user| user.state == UserState::Active);
                    active.insert(grant.user_id, found);
                    found
                }
            };
            if is_active {
                role.insert(grant.user_id);
            }
        }
        Ok(people)
    }

    /// The committee of a policy: who has a seat, and still the role.
    async fn roll(&self, view: &View, policy: &str) -> Result<Roll, Fault> {
        let seats = view.committee(policy).await?;
        let held = || seats.iter().filter(|seat| self.members.contains(&seat.member));
        let chair = held().find(|seat| seat.is_chair).map(|seat| seat.member);
        Roll::new(held().map(|seat| (seat.seat.clone(), seat.member)), chair)
            .map_err(|refusal| Fault::Refused(refusal.message()))
    }
}

/// Who of these people has a conflict with a customer: who looks after it, and who has declared one.
pub(super) async fn conflicts_with(
    view: &View,
    customer: &Customer,
    people: &BTreeSet<UserId>,
) -> Result<Conflicts, Fault> {
    let mut found: Vec<(UserId, Conflict)> = Vec::new();
    found.extend(customer.manager.map(|manager| (manager, Conflict::AccountManager)));
    for user in people {
        if conflicts::closed_to(view, *user).await?.contains(&customer.id) {
            found.push((*user, Conflict::Declared));
        }
    }
    Ok(Conflicts::of(found))
}

/// Decisions as the rules take them. A grade that the scale does not have any more keeps its place.
pub(super) fn decisions_of(document: &Document, rows: &[GradeDecision]) -> Vec<Decision> {
    rows.iter().map(|row| decision_of(document, row)).collect()
}

fn decision_of(document: &Document, row: &GradeDecision) -> Decision {
    let placed = |grade: &Option<String>, place: Option<i64>| {
        let now = grade.as_deref().and_then(|grade| rank(document, grade));
        now.or_else(|| place.and_then(|place| u16::try_from(place).ok()).map(Rank))
    };
    let signed = |by: Option<UserId>, at: Option<Timestamp>| {
        Some(Signed {
            by: By::user(by?),
            at: at?,
        })
    };
    let departure = || {
        Some(Departure {
            code: row.code.clone()?,
            reason: row.reason.clone()?,
            proposed: signed(row.proposed_by, row.proposed_at)?,
            seconded: signed(row.seconded_by, row.seconded_at),
            until: row.until?,
        })
    };
    Decision {
        grade: placed(&row.grade, row.place),
        model: Model {
            run: row.run,
            grade: placed(&row.model_grade, row.model_place),
            coverage_ppm: u32::try_from(row.coverage_ppm).unwrap_or(0),
        },
        basis: match (row.basis.as_str(), row.ballot) {
            ("committee", ballot) => Basis::Committee {
                ballot: ballot.and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
            },
            ("two_people", _) => Basis::TwoPeople,
            ("emergency", _) => Basis::Emergency,
            _ => Basis::FastLane,
        },
        departure: departure(),
        at: row.decided_at,
        effective: row.effective,
    }
}

/// What the runs said since the last decision, oldest first; the case's own model grade is the last.
async fn since(
    view: &View,
    graders: &Graders,
    row: &RatingCase,
    decisions: &[Decision],
    own: Model,
) -> Result<Vec<Model>, Fault> {
    let last = decisions.last().map_or(RunId(0), |decision| decision.model.run);
    let mut since = models_since(view, graders, row.customer, &row.policy, last).await?;
    since.retain(|model| model.run < own.run);
    since.push(own);
    Ok(since)
}

/// What the runs after this one said of a customer by a policy, oldest first.
pub(super) async fn models_since(
    view: &View,
    graders: &Graders,
    customer: CustomerId,
    policy: &str,
    after: RunId,
) -> Result<Vec<Model>, Fault> {
    let document = graders.document()?;
    let mut models = Vec::new();
    for (run, number, graded) in view.grades_of(customer, RUNS).await? {
        if run <= after {
            break;
        }
        let of_run = match run == graders.run.id {
            true => Some(graders.number),
            false => {
                let run = view.run_by_id(run).await?;
                let policies = run.map(|run| policies_of(&run)).unwrap_or_default();
                (0..)
                    .zip(policies)
                    .find(|(_, known)| known.id == policy)
                    .map(|(at, _)| at)
            }
        };
        if of_run == Some(number) {
            models.push(model_of(document, run, &graded));
        }
    }
    models.reverse();
    Ok(models)
}
