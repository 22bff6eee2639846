//! One step of somebody in a case. 办理评级案

use pinji_access::What;
use pinji_domain::ids::CaseId;
use pinji_store::{Change, Customer, RatingCase, View};
use pinji_workflow::By;
use pinji_workflow::case::{Command, Conflicts, Event, Occasion, Refusal, Stage, decide};

use super::ground::{Graders, Ground};
use super::keep::keep;
use super::open::{Place, opened};
use super::steps::{Step, refused};
use super::view::{CaseView, shown};
use crate::register::deed::Deed;
use crate::register::reach::{at_all, resource};
use crate::register::{Action, Answer, Caller, Fault, Office};

/// Does one step in a case. 办理评级案
///
/// - `version`: the version that was read, where the request names one.
///
/// The whole is one change: somebody who was quicker is seen before anything is decided.
pub async fn act(
    office: &Office,
    caller: &Caller,
    id: CaseId,
    version: Option<i64>,
    step: Step,
    answered: impl Fn(&CaseView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let action = step.action();
    let change = office.store.change(caller.asked.at).await?;
    let (row, customer) = there(office, caller, &change, id).await?;
    office.authorize(caller, action, &resource(What::Case, &customer, caller))?;
    let now = change.at();
    let ground = Ground::of(office, &change, caller, row, customer, now).await?;
    if version.is_some_and(|version| version != ground.row.version) {
        return Err(Fault::Stale(Box::new(answered(&shown(caller, &ground)?))));
    }
    let document = ground.graders.document()?;
    let open = u32::try_from(ground.case.ballots.len()).unwrap_or(u32::MAX);
    if let (Stage::Voting(_), Some(number)) = (&ground.case.stage, step.ballot().filter(|number| *number != open)) {
        return Err(refused(&Refusal::NoSuchBallot { number }));
    }
    let command = match step {
        Step::Rerun(run) => {
            let newer = Graders::of(office, &change, run, &ground.row.policy).await?;
            Command::Rerun(newer.model(&change, ground.row.customer).await?)
        }
        step => step.command(office, document)?,
    };
    let by = By::user(caller.user);
    let events = decide(&ground.case, &ground.around(), command, by, now).map_err(|why| refused(&why))?;
    let (_, mut entry) = keep(&change, &ground, &events).await?;
    if let Some(review) = review_of(&change, &ground, &events).await?
        && let Some(entry) = entry.as_object_mut()
    {
        entry.insert("review".to_owned(), review.0.into());
    }
    let policy = format!("{} {}", ground.row.policy, ground.graders.version);
    let row = change.rating_case(id).await?.ok_or(Fault::Absent)?;
    let after = Ground::of(office, &change, caller, row, ground.customer, now).await?;
    let answer = answered(&shown(caller, &after)?);
    let deed = Deed::new(action.code(), format!("case:{id}"))
        .after(entry)
        .under(policy);
    // Who stands aside says something about himself, whatever else he may.
    match action {
        Action::CaseRead => office.keep_own(change, caller, deed, answer).await,
        _ => office.keep(change, caller, deed, answer).await,
    }
}

/// An emergency override is looked at again: the case for that is opened with it.
async fn review_of(change: &Change, ground: &Ground, events: &[Event]) -> Result<Option<CaseId>, Fault> {
    if !events.iter().any(|event| matches!(event, Event::ReviewCalled { .. })) {
        return Ok(None);
    }
    let model = ground.case.model;
    let place = Place {
        policy: &ground.row.policy,
        customer: ground.row.customer,
        run: model.run,
        by: None,
    };
    let (row, _) = opened(change, &place, Occasion::AfterEmergency, model, &Conflicts::default()).await?;
    Ok(Some(row.id))
}

/// The case with its customer, where the caller may see it; else it is not there.
pub(super) async fn there(
    office: &Office,
    caller: &Caller,
    view: &View,
    id: CaseId,
) -> Result<(RatingCase, Customer), Fault> {
    at_all(office, caller, Action::CaseRead)?;
    let row = view.rating_case(id).await?.ok_or(Fault::Absent)?;
    let customer = view.customer(row.customer).await?.ok_or(Fault::Absent)?;
    match office.may(caller, Action::CaseRead, &resource(What::Case, &customer, caller)) {
        true => Ok((row, customer)),
        false => Err(Fault::Absent),
    }
}
