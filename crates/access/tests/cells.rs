//! Every cell of the permission table, asked once and shared by the tests. 权限表单元格

use std::collections::BTreeSet;
use std::sync::OnceLock;

use pinji_access::{Action, Actor, Permissions, Relation, Resource, Roles, State, Verdict};
use pinji_domain::ids::{CustomerId, UserId};
use pinji_domain::{Role, Secrecy, Timestamp};

/// The instant of all questions.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000_000);

pub fn permissions() -> &'static Permissions {
    static RULES: OnceLock<Permissions> = OnceLock::new();
    RULES.get_or_init(|| Permissions::new().expect("the embedded rules hold together"))
}

/// Somebody signed in with these roles and a second factor, not elevated.
pub fn somebody(roles: &[Role]) -> Actor {
    Actor {
        portal: roles.contains(&Role::Customer).then_some(CustomerId(1)),
        second_factor: true,
        ..Actor::user(UserId(7), Roles::of(roles), NOW)
    }
}

pub fn elevated(actor: Actor) -> Actor {
    Actor {
        elevated: Some(NOW.plus_seconds(600)),
        ..actor
    }
}

/// The columns of the table: the fourteen roles, and at the end who has not signed in.
pub fn columns() -> impl Iterator<Item = Option<Role>> {
    Role::ALL.into_iter().map(Some).chain([None])
}

pub fn actor_of(role: Option<Role>) -> Actor {
    role.map_or_else(|| Actor::anonymous(NOW), |role| somebody(&[role]))
}

/// All ways in which a thing of this action can stand to somebody: relation, secrecy, state, made, granted.
pub fn things(action: Action) -> Vec<Resource> {
    let mut all = Vec::new();
    for relation in Relation::ALL {
        for secrecy in Secrecy::ALL {
            for state in State::ALL {
                for (made_by_actor, granted) in [(false, false), (false, true), (true, false), (true, true)] {
                    all.push(Resource {
                        what: action.on(),
                        relation,
                        secrecy,
                        state,
                        made_by_actor,
                        granted,
                    });
                }
            }
        }
    }
    all
}

/// One cell, as answered to somebody who is not elevated.
pub struct Cell {
    pub role: Option<Role>,
    pub action: Action,
    pub thing: Resource,
    pub verdict: Verdict<'static>,
}

/// All cells, asked by as many threads as there are cores here.
pub fn all() -> &'static [Cell] {
    static CELLS: OnceLock<Vec<Cell>> = OnceLock::new();
    CELLS.get_or_init(|| {
        let ask = |part: &[Action]| {
            let mut cells = Vec::new();
            for &action in part {
                for role in columns() {
                    let actor = actor_of(role);
                    for thing in things(action) {
                        let verdict = permissions().decide(&actor, action, &thing);
                        cells.push(Cell {
                            role,
                            action,
                            thing,
                            verdict,
                        });
                    }
                }
            }
            cells
        };
        let (one, other) = Action::ALL.split_at(Action::ALL.len() / 2);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| ask(other));
            let mut cells = ask(one);
            cells.extend(second.join().unwrap());
            cells
        })
    })
}

/// Whether it can be had, at once or after a step-up.
pub fn can_be_had(verdict: Verdict<'_>) -> bool {
    !matches!(verdict, Verdict::Refused { .. })
}

pub fn scopes(actions: &[Action]) -> BTreeSet<Action> {
    actions.iter().copied().collect()
}
