//! The rows of a run that somebody may see: the rules of access, as the store's lists take them. 可见结果

use pinji_access::{Held, Relation, Resource, RowFilter, State, What};
use pinji_domain::{CustomerId, Secrecy};
use pinji_store::{Reach, Run, RunState, Scope};

use crate::register::{Action, Caller, Office};

/// A run, as it stands to the caller: it is the company's, not somebody's.
pub(super) fn run(run: &Run) -> Resource {
    Resource::new(What::Run)
        .related(Relation::OtherTeam)
        .at(match run.state {
            RunState::Created | RunState::Running => State::InReview,
            _ => State::Committed,
        })
}

/// A filter that lets no row pass that may not be seen; rows that it lets pass are still asked about one by one.
pub(super) fn scope(office: &Office, caller: &Caller, action: Action) -> Scope {
    let filter: RowFilter = office.permissions.scope(&caller.actor, action);
    let reach = |secrecy: Secrecy| {
        let classes = filter.scope.classes.iter().filter(|class| {
            class.secrecy.contains(&secrecy) && class.states.contains(&State::Committed) && class.held != Held::With
        });
        let relations: Vec<Relation> = classes.flat_map(|class| class.relations.iter().copied()).collect();
        let has = |relation: Relation| relations.contains(&relation);
        if has(Relation::OtherTeam) || has(Relation::OtherGroup) {
            return Reach::All;
        }
        let managers = if has(Relation::Own) {
            vec![caller.user]
        } else {
            Vec::new()
        };
        let teams = match has(Relation::Team) {
            true => caller.actor.team.into_iter().collect(),
            false => Vec::new(),
        };
        if managers.is_empty() && teams.is_empty() {
            return Reach::None;
        }
        Reach::Of { managers, teams }
    };
    let by_permit = filter.scope.classes.iter().any(|class| {
        class.secrecy.contains(&Secrecy::Confidential)
            && class.states.contains(&State::Committed)
            && class.held == Held::With
    });
    let permitted: Vec<CustomerId> = if by_permit { filter.permits } else { Vec::new() };
    Scope {
        internal: reach(Secrecy::Internal),
        confidential: reach(Secrecy::Confidential),
        permitted,
        withheld: filter.conflicts,
    }
}
