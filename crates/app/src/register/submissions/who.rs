//! Who may do what with a submission, and with the rows of which customers. 权限

use std::collections::HashMap;

use pinji_access::{FieldClass, Owner, Resource, State, What};
use pinji_domain::Kind;
use pinji_domain::SubmissionId;
use pinji_store::{Customer, Submission, SubmissionState, TeamMember, View};

use crate::register::{Action, Caller, Fault, Office};

/// How far a submission has come, for the rules of access.
fn state(state: SubmissionState) -> State {
    match state {
        SubmissionState::Draft => State::Draft,
        SubmissionState::Submitted => State::InReview,
        _ => State::Committed,
    }
}

/// A submission as it stands to the caller. It is its collector's, and his team's.
pub(super) async fn resource(view: &View, caller: &Caller, submission: &Submission) -> Result<Resource, Fault> {
    let teams = view.teams_of(submission.collected_by).await?;
    Ok(resource_in(caller, submission, &teams))
}

pub(super) fn resource_in(caller: &Caller, submission: &Submission, teams: &[TeamMember]) -> Resource {
    let owner = Owner {
        user: Some(submission.collected_by),
        team: teams.first().map(|member| member.team),
        ..Owner::default()
    };
    let maker = made_by(caller, submission).then_some(caller.user);
    let plain = Resource::of(
        What::Submission,
        &owner,
        pinji_domain::Secrecy::Internal,
        state(submission.state),
        &caller.actor,
    );
    plain.made_by(maker, &caller.actor)
}

/// Whether the caller collected it or brought it in.
pub(super) fn made_by(caller: &Caller, submission: &Submission) -> bool {
    [submission.collected_by, submission.entered_by].contains(&caller.user)
}

/// The submission with this id, where the caller may know of it; otherwise it is not there.
pub(super) async fn there(
    office: &Office,
    view: &View,
    caller: &Caller,
    id: SubmissionId,
) -> Result<(Submission, Resource), Fault> {
    let submission = view.submission(id).await?.ok_or(Fault::Absent)?;
    let resource = resource(view, caller, &submission).await?;
    match office.may(caller, Action::SubmissionRead, &resource) {
        true => Ok((submission, resource)),
        false => Err(Fault::Absent),
    }
}

/// A row about a customer stands to the caller as the customer does.
pub(super) fn row_resource(caller: &Caller, customer: &Customer, like: &Resource) -> Resource {
    let owner = Owner {
        customer: Some(customer.id),
        user: customer.manager,
        team: customer.team,
        ..Owner::default()
    };
    Resource {
        made_by_actor: like.made_by_actor,
        ..Resource::of(What::Submission, &owner, customer.secrecy, like.state, &caller.actor)
    }
}

/// Which customers' rows the caller may handle in one way: asked of the rules once.
pub(super) struct Reach {
    caller: Caller,
    scope: std::sync::Arc<pinji_access::Scope>,
    like: Resource,
}

impl Reach {
    pub(super) fn of(office: &Office, caller: &Caller, action: Action, like: Resource) -> Reach {
        Reach {
            caller: caller.clone(),
            scope: office.permissions.scope(&caller.actor, action).scope,
            like,
        }
    }

    pub(super) fn admits(&self, customer: &Customer) -> bool {
        self.scope.admits(&row_resource(&self.caller, customer, &self.like))
    }
}

/// The fields of a kind that the caller does not see of a customer; asked once for each class.
pub(super) fn hidden<'k>(
    office: &Office,
    caller: &Caller,
    kind: &'k Kind,
    resource: &Resource,
    known: &mut HashMap<(Resource, FieldClass), bool>,
) -> Vec<&'k str> {
    let fields = kind.fields.iter().filter(|field| {
        let class = FieldClass::of(&kind.id, field);
        let sees = known
            .entry((*resource, class))
            .or_insert_with(|| office.permissions.visible(&caller.actor, class, resource));
        !*sees
    });
    fields.map(|field| field.id.as_str()).collect()
}
