//! How a customer stands to the caller, and which customers a list may hold: the rules of access as the store's filter. 可及范围

use pinji_access::{FieldClass, Held, Maker, Owner, Relation, Resource, State, What};
use pinji_domain::{CustomerId, Secrecy};
use pinji_store::{Customer, CustomerKeys, Reach, Scope, View};

use super::permits::note_readings;
use super::{Action, Caller, Fault, Office};

/// A thing of this customer's as it stands to the caller.
pub(crate) fn resource(what: What, customer: &Customer, caller: &Caller) -> Resource {
    let owner = Owner {
        customer: Some(customer.id),
        user: customer.manager,
        team: customer.team,
        unit: None,
    };
    Resource::of(what, &owner, customer.secrecy, State::Committed, &caller.actor)
}

/// A customer's grade as a run gave it, as it stands to the caller. To the customer itself it is not decided yet. 机评等级
pub(crate) fn model_grade(customer: &Customer, caller: &Caller) -> Resource {
    let grade = resource(What::Grade, customer, caller);
    match caller.actor.portal {
        Some(_) => grade.at(State::InReview),
        None => grade,
    }
}

/// Says no, in a sentence, to whom this action is closed whatever it is asked of: that tells nothing of what is there.
pub(crate) fn at_all(office: &Office, caller: &Caller, action: Action) -> Result<(), Fault> {
    if !office.permissions.scope(&caller.actor, action).scope.is_none() {
        return Ok(());
    }
    let any = Resource::new(action.on()).related(Relation::OtherTeam);
    office.authorize(caller, action, &any)?;
    Err(Fault::Absent)
}

/// The customer with this number, where the caller may do this to it or to what belongs to it; else it is not there.
pub(crate) async fn there(
    office: &Office,
    caller: &Caller,
    view: &View,
    code: &str,
    action: Action,
) -> Result<Customer, Fault> {
    at_all(office, caller, action)?;
    let customer = view.customer_by_code(code).await?.ok_or(Fault::Absent)?;
    match office.may(caller, action, &resource(action.on(), &customer, caller)) {
        true => Ok(customer),
        false => Err(Fault::Absent),
    }
}

/// Whether the caller sees fields of this class of a customer, or of what belongs to it, that he may read. 字段可见
pub(crate) fn shows(office: &Office, caller: &Caller, class: FieldClass, customer: &Customer) -> bool {
    let resource = resource(What::Customer, customer, caller);
    office.permissions.visible(&caller.actor, class, &resource)
}

/// The customers on which the caller may do this, as the store filters. What the store cannot say, it does not show. 行级范围
pub(crate) async fn scope(office: &Office, caller: &Caller, view: &View, action: Action) -> Result<Scope, Fault> {
    let filter = office.permissions.scope(&caller.actor, action);
    let none = Scope {
        internal: Reach::None,
        confidential: Reach::None,
        permitted: Vec::new(),
        withheld: filter.conflicts.clone(),
    };
    if filter.portal.is_some() || filter.scope.is_none() {
        return Ok(none);
    }
    let reach = |secrecy: Secrecy| {
        let holds = |relation: Relation| {
            filter.scope.classes.iter().any(|class| {
                class.secrecy.contains(&secrecy)
                    && class.states.contains(&State::Committed)
                    && class.relations.contains(&relation)
                    && class.maker != Maker::Asker
                    && class.held == Held::Either
            })
        };
        match (holds(Relation::Own), holds(Relation::Team), holds(Relation::OtherTeam)) {
            (true, true, true) => Reach::All,
            (true, team, _) => Reach::Of {
                managers: vec![caller.user],
                teams: caller.actor.team.filter(|_| team).into_iter().collect(),
            },
            (false, ..) => Reach::None,
        }
    };
    let (internal, confidential) = (reach(Secrecy::Internal), reach(Secrecy::Confidential));
    let permitted = view.customers(&filter.permits).await?;
    let permitted = permitted
        .iter()
        .filter(|customer| office.may(caller, action, &resource(action.on(), customer, caller)));
    Ok(Scope {
        permitted: permitted.map(|customer| customer.id).collect(),
        internal,
        confidential,
        ..none
    })
}

/// Whether a customer is in a scope: the same as the store's filter, for what is held in memory.
pub(crate) fn admits(scope: &Scope, one: &CustomerKeys) -> bool {
    if scope.withheld.contains(&one.id) {
        return false;
    }
    let reach = match one.secrecy {
        Secrecy::Internal => &scope.internal,
        Secrecy::Confidential => &scope.confidential,
    };
    let reached = match reach {
        Reach::None => false,
        Reach::All => true,
        Reach::Of { managers, teams } => {
            one.manager.is_some_and(|manager| managers.contains(&manager))
                || one.team.is_some_and(|team| teams.contains(&team))
        }
    };
    reached || scope.permitted.contains(&one.id)
}

/// Writes down that the caller read something of those of these customers that are confidential. 查阅留痕
pub(crate) async fn note(
    office: &Office,
    caller: &Caller,
    customers: impl IntoIterator<Item = &Customer>,
    what: &str,
) -> Result<(), Fault> {
    let secret: Vec<CustomerId> = customers
        .into_iter()
        .filter(|customer| customer.secrecy == Secrecy::Confidential)
        .map(|customer| customer.id)
        .collect();
    note_readings(office, caller, secret, what).await
}
