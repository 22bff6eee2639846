//! The grade in force of a customer: what its decisions come to on a day, beside what the last run says. 生效等级

use pinji_access::{State, What};
use pinji_domain::Date;
use pinji_domain::ids::{CaseId, RunId};
use pinji_workflow::case::in_force;

use super::ground::{decisions_of, grade_id};
use super::open::due;
use super::view::{DecisionShown, decision_shown};
use crate::register::reach::{self, resource};
use crate::register::runs::policies_of;
use crate::register::{Action, Caller, Fault, Office};

/// Runs among which the model grade is looked for.
const RUNS: u32 = 100;

/// What decisions and the last run say of a customer under one policy. 生效等级
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeInForce {
    /// The policy's id.
    pub policy: String,
    /// The grade in force; `None` where nothing was decided until the day.
    pub given: Option<Given>,
    /// The run that graded it last; `None` where none has.
    pub run: Option<RunId>,
    /// What that run says; `None`: ungraded, or no run.
    pub model_grade: Option<String>,
}

/// A grade that was decided. 认定等级
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The grade; `None`: ungraded.
    pub grade: Option<String>,
    /// Since when it is so.
    pub since: Date,
    /// Whether an override has ended and the model grade returned.
    pub is_returned: bool,
    /// The day by which it is to be looked at again.
    pub due: Option<Date>,
    /// The case that decided it, and what was decided, for who may read the case.
    pub decided: Option<(CaseId, DecisionShown)>,
}

/// The grade in force of a customer on a day, under each policy that has graded it or decided on it. 某日生效等级
pub async fn grade_in_force(
    office: &Office,
    caller: &Caller,
    code: &str,
    on: Option<Date>,
) -> Result<Vec<GradeInForce>, Fault> {
    let snapshot = office.store.snapshot().await?;
    let customer = reach::there(office, caller, &snapshot, code, Action::GradeRead).await?;
    let today = caller.asked.at.day().unwrap_or(Date::MIN);
    let day = on.unwrap_or(today);
    let mut found: Vec<GradeInForce> = Vec::new();
    // What a run says is not decided: who sees only what is in force sees no model grade.
    let before_decision = resource(What::Grade, &customer, caller).at(State::InReview);
    if office.may(caller, Action::GradeRead, &before_decision) {
        for (run, number, graded) in snapshot.grades_of(customer.id, RUNS).await? {
            let row = snapshot.run_by_id(run).await?;
            let policies = row.map(|row| policies_of(&row)).unwrap_or_default();
            let Some((_, policy)) = (0..).zip(policies).find(|(at, _)| *at == number) else {
                continue;
            };
            if !found.iter().any(|known| known.policy == policy.id) {
                found.push(GradeInForce {
                    policy: policy.id,
                    given: None,
                    run: Some(run),
                    model_grade: graded.grade,
                });
            }
        }
    }
    let reads_cases = office.may(caller, Action::CaseRead, &resource(What::Case, &customer, caller));
    for policy in snapshot.policies_decided(customer.id).await? {
        let rows = snapshot.decisions(customer.id, &policy).await?;
        let regulation = office.policy(&snapshot, &policy).await?;
        let document = regulation.usable().map_err(Fault::broken)?;
        let decisions = decisions_of(document, &rows);
        let given = in_force(&decisions, day).and_then(|now| {
            let (row, decision) = (rows.get(now.decision)?, decisions.get(now.decision)?);
            // The name that it had when it was decided, whatever the scale is today.
            let grade = match now.is_returned {
                true => row.model_grade.clone(),
                false => row.grade.clone(),
            };
            let mut shown = decision_shown(decision, &|rank| grade_id(document, rank));
            shown.grade = row.grade.clone();
            Some(Given {
                grade,
                since: now.since,
                is_returned: now.is_returned,
                due: due(document, &decisions, day),
                decided: reads_cases.then_some((row.case_id, shown)),
            })
        });
        match found.iter_mut().find(|known| known.policy == policy) {
            Some(known) => known.given = given,
            None => found.push(GradeInForce {
                policy,
                given,
                run: None,
                model_grade: None,
            }),
        }
    }
    drop(snapshot);
    found.sort_by(|one, other| one.policy.cmp(&other.policy));
    reach::note(office, caller, [&customer], "grade").await?;
    Ok(found)
}
