//! Opening cases: one by hand, or those for which a run gives a reason. 立案

use pinji_access::What;
use pinji_domain::ids::{CaseId, CustomerId, RunId};
use pinji_domain::{Date, Message, Timestamp};
use pinji_policy::Document;
use pinji_store::{Change, NewRatingCase, RatingCase, View};
use pinji_workflow::By;
use pinji_workflow::case::{Case, Conflicts, Decision, Event, Model, Occasion, occasion, standing};
use serde_json::json;

use super::ground::{Graders, Ground, conflicts_with, decisions_of, models_since};
use super::keep::told;
use super::steps::{refused, words as form};
use super::view::{CaseView, shown};
use super::words::write;
use crate::register::deed::Deed;
use crate::register::reach::{at_all, resource, there};
use crate::register::runs::policies_of;
use crate::register::{Action, Answer, Caller, Fault, Office};
use crate::review;

/// So many cases are opened in one change; whoever asks again gets the next.
const MOST: usize = 2_000;
/// Results that are read at once.
const PAGE: u32 = 1_000;
/// The latest runs among which one by hand is looked for.
const RUNS: u32 = 100;

/// A case that somebody opens. 手工立案
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The customer's own number.
    pub customer: String,
    /// By which policy.
    pub policy: String,
    /// On which run it stands; the last that graded the customer, if not said.
    pub run: Option<RunId>,
    /// Why.
    pub reason: String,
}

/// What a run has opened. 批次立案结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The run.
    pub run: RunId,
    /// The policy.
    pub policy: String,
    /// The cases, ascending.
    pub cases: Vec<CaseId>,
    /// Of how many customers a case is under way already.
    pub under_way: u64,
    /// Whether there are more to open: ask again.
    pub more: bool,
}

/// Opens a case by hand. 手工立案
pub async fn open(
    office: &Office,
    caller: &Caller,
    given: ByHand,
    answered: impl Fn(&CaseView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let reason = form("/reason", &given.reason, &mut wrong);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let change = office.store.change(caller.asked.at).await?;
    let customer = there(office, caller, &change, given.customer.trim(), Action::CaseRead).await;
    let customer = customer.map_err(|fault| match fault {
        Fault::Absent => Fault::field("/customer", Message::new("app-customer-unknown")),
        other => other,
    })?;
    office.authorize(caller, Action::CaseOpen, &resource(What::Case, &customer, caller))?;
    let run = match given.run {
        Some(run) if change.run_by_id(run).await?.is_none() => {
            let says = Message::new("app-run-unknown").with("run", run.to_string());
            return Err(Fault::field("/run", says));
        }
        Some(run) => run,
        None => last_run(&change, customer.id, &given.policy).await?,
    };
    let graders = Graders::of(office, &change, run, &given.policy).await?;
    let model = graders.model(&change, customer.id).await?;
    if change.open_case(&given.policy, customer.id).await?.is_some() {
        return Err(Fault::refused("app-case-open-already"));
    }
    let conflicts = conflicts_with(&change, &customer, &[caller.user].into()).await?;
    let place = Place {
        policy: &given.policy,
        customer: customer.id,
        run,
        by: Some(By::user(caller.user)),
    };
    let (row, events) = opened(&change, &place, Occasion::ByHand { reason }, model, &conflicts).await?;
    let entry = json!({
        "customer": customer.id.0, "policy": given.policy, "stage": row.stage, "run": run.0, "events": told(&events),
    });
    let id = row.id;
    let policy = format!("{} {}", given.policy, graders.version);
    let now = change.at();
    let ground = Ground::of(office, &change, caller, row, customer, now).await?;
    let answer = answered(&shown(caller, &ground)?);
    let deed = Deed::new(Action::CaseOpen.code(), format!("case:{id}"))
        .after(entry)
        .under(policy);
    office.keep(change, caller, deed, answer).await
}

/// Opens the cases for which a run gives a reason: new, changed, due. 批次立案
///
/// What is to be opened is found before the change is begun; a case that was opened or decided meanwhile is left out then.
pub async fn open_of_run(
    office: &Office,
    caller: &Caller,
    run: RunId,
    policy: &str,
    answered: impl Fn(&Opened) -> Answer + Send,
) -> Result<Answer, Fault> {
    at_all(office, caller, Action::CaseOpen)?;
    let snapshot = office.store.snapshot().await?;
    let graders = Graders::of(office, &snapshot, run, policy).await?;
    let today = caller.asked.at.day().unwrap_or(Date::MIN);
    let mut found = Opened {
        run,
        policy: policy.to_owned(),
        cases: Vec::new(),
        under_way: 0,
        more: false,
    };
    let mut wanted = Vec::new();
    let mut after = CustomerId(0);
    'pages: loop {
        let page = snapshot.results(run, graders.number, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.subject;
        for row in &page {
            if snapshot.open_case(policy, row.subject).await?.is_some() {
                found.under_way += 1;
                continue;
            }
            if let Some(reason) = reason(&snapshot, &graders, policy, row.subject, today).await? {
                if wanted.len() == MOST {
                    found.more = true;
                    break 'pages;
                }
                wanted.push((row.subject, reason));
            }
        }
    }
    drop(snapshot);
    let change = office.store.change(caller.asked.at).await?;
    for (customer, occasion) in wanted {
        if change.open_case(policy, customer).await?.is_some() {
            found.under_way += 1;
            continue;
        }
        if reason(&change, &graders, policy, customer, today).await?.as_ref() != Some(&occasion) {
            continue;
        }
        let model = graders.model(&change, customer).await?;
        let place = Place {
            policy,
            customer,
            run,
            by: None,
        };
        let (row, _) = opened(&change, &place, occasion, model, &Conflicts::default()).await?;
        found.cases.push(row.id);
    }
    let answer = answered(&found);
    let ids: Vec<i64> = found.cases.iter().map(|id| id.0).collect();
    let deed = Deed::new(Action::CaseOpen.code(), format!("run:{run}"))
        .after(json!({ "run": run.0, "policy": policy, "cases": ids }))
        .under(format!("{policy} {}", graders.version));
    office.keep(change, caller, deed, answer).await
}

/// Where a case is opened.
pub(super) struct Place<'p> {
    pub(super) policy: &'p str,
    pub(super) customer: CustomerId,
    pub(super) run: RunId,
    pub(super) by: Option<By>,
}

pub(super) async fn opened(
    change: &Change,
    place: &Place<'_>,
    occasion: Occasion,
    model: Model,
    conflicts: &Conflicts,
) -> Result<(RatingCase, Vec<Event>), Fault> {
    let new = NewRatingCase {
        policy: place.policy.to_owned(),
        customer: place.customer,
        occasion: occasion.name().to_owned(),
        run: place.run,
        opened_by: place.by.map(|by| by.user),
        opened_at: change.at(),
    };
    let id = change.add(new).await?;
    let whom = (id, place.customer);
    let events = pinji_workflow::case::open(whom, occasion, model, place.by, conflicts, change.at())
        .map_err(|why| refused(&why))?;
    let case = Case::replay(&events).ok_or_else(|| Fault::broken("an opening opens nothing"))?;
    let lines: Vec<(String, String)> = events
        .iter()
        .map(|event| {
            let (name, content) = write(event);
            (name.to_owned(), content.to_string())
        })
        .collect();
    let row = change.rating_case(id).await?.ok_or(Fault::Absent)?;
    change.append_to_case(&row, case.stage.name(), &lines).await?;
    let row = change.rating_case(id).await?.ok_or(Fault::Absent)?;
    Ok((row, events))
}

/// Why a run's result opens a case, if it does.
async fn reason(
    view: &View,
    graders: &Graders,
    policy: &str,
    customer: CustomerId,
    today: Date,
) -> Result<Option<Occasion>, Fault> {
    let document = graders.document()?;
    let decisions = decisions_of(document, &view.decisions(customer, policy).await?);
    let last = decisions.last().map_or(RunId(0), |decision| decision.model.run);
    // What was decided on this run, or on a later one, is decided.
    if last >= graders.run.id {
        return Ok(None);
    }
    let mut since = models_since(view, graders, customer, policy, last).await?;
    since.retain(|model| model.run <= graders.run.id);
    let steady = review::terms(document).steady;
    Ok(occasion(
        &decisions,
        &since,
        due(document, &decisions, today),
        steady,
        today,
    ))
}

/// The day by which the grade in force is to be looked at again.
pub(super) fn due(document: &Document, decisions: &[Decision], today: Date) -> Option<Date> {
    let last = decisions.last()?;
    let grade = standing(decisions, today).or(last.grade)?;
    let every = document.grades.get(usize::from(grade.0))?.review_every?;
    Some(every.after(decided_on(last.at, last.effective)))
}

fn decided_on(at: Timestamp, effective: Date) -> Date {
    at.day().map_or(effective, |day| day.max(effective))
}

/// The last run by which a policy graded a customer.
async fn last_run(view: &View, customer: CustomerId, policy: &str) -> Result<RunId, Fault> {
    for (id, number, _) in view.grades_of(customer, RUNS).await? {
        let run = view.run_by_id(id).await?;
        let policies = run.map(|run| policies_of(&run)).unwrap_or_default();
        if (0..)
            .zip(policies)
            .any(|(at, known)| at == number && known.id == policy)
        {
            return Ok(id);
        }
    }
    Err(Fault::refused("app-case-not-graded"))
}
