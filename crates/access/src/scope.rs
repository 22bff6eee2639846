//! Which rows of a list somebody may see: the same rules, turned into a filter. 行级范围

use std::sync::{Arc, PoisonError};

use pinji_domain::Secrecy;
use pinji_domain::ids::CustomerId;

use crate::cells::{self, Block, CELLS, Key};
use crate::{Action, Actor, Permissions, Relation, Resource, State};

/// Whose making a filter lets through. 制作人条件
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// Anybody's.
    Anybody,
    /// Only what the asker made.
    Asker,
    /// Only what others made.
    Others,
}

/// Which secret rows a filter lets through. 许可条件
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Whether or not there is a permission.
    Either,
    /// Only with a valid permission.
    With,
    /// Only without one. Not used by the rules as they stand; a filter that cannot say it would be wrong when they change.
    Without,
}

/// One alternative of a filter: all its conditions hold together. 范围条件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// How the row may stand to the asker.
    pub relations: Vec<Relation>,
    /// Of which classes it may be.
    pub secrecy: Vec<Secrecy>,
    /// In which states.
    pub states: Vec<State>,
    /// Made by whom.
    pub maker: Maker,
    /// With or without a permission.
    pub held: Held,
}

/// The rows that somebody may see: those that fit one of the classes. 行级范围
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// The alternatives; none of them means no row.
    pub classes: Vec<Class>,
}

/// How far a scope reaches in plain words. 范围
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// No row.
    None,
    /// One's own.
    Own,
    /// The own team's.
    Team,
    /// The own unit's.
    Unit,
    /// All units'.
    All,
}

/// A scope, and for whom it is: what the store needs to filter. 查询范围
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    /// The classes of rows.
    pub scope: Arc<Scope>,
    /// In the portal, the only customer whose rows there are.
    pub portal: Option<CustomerId>,
    /// Customers of which no row is shown, whatever the class: conflicts of interest.
    pub conflicts: Vec<CustomerId>,
    /// Customers for which a permission holds now.
    pub permits: Vec<CustomerId>,
}

impl Permissions {
    /// The rows on which `actor` may do `action`, as conditions for a query. 行级范围
    ///
    /// A row fits exactly if `decide` allows it. Rows that would need a step-up first are not in it.
    pub fn scope(&self, actor: &Actor, action: Action) -> RowFilter {
        let mut permits: Vec<CustomerId> = actor.permits.iter().map(|permit| permit.customer).collect();
        permits.sort_unstable();
        permits.dedup();
        permits.retain(|customer| actor.holds(*customer));
        RowFilter {
            scope: self.classes(actor, action),
            portal: actor.portal,
            conflicts: actor.conflicts.iter().copied().collect(),
            permits,
        }
    }

    /// Asked of the rules once per set of roles and kind of session, then kept.
    fn classes(&self, actor: &Actor, action: Action) -> Arc<Scope> {
        let session = [
            actor.id.is_some(),
            actor.token.is_some(),
            actor.token.as_ref().is_some_and(|token| token.expires <= actor.at),
            actor.token.as_ref().is_some_and(|token| token.scopes.contains(&action)),
            actor.second_factor,
            actor.is_elevated(),
        ];
        let key = Key {
            roles: actor.roles,
            action,
            session: session.iter().fold(0, |bits, flag| bits << 1 | u8::from(*flag)),
        };
        // A thread that died while it held the lock left the map whole: entries are only ever added.
        let kept = self
            .scopes()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        kept.unwrap_or_else(|| {
            let like = Resource::new(action.on());
            let allowed =
                (0..CELLS).filter(|cell| self.decide(actor, action, &cells::resource(*cell, like)).is_allowed());
            let classes = cells::fold(allowed).into_iter().map(Class::from).collect();
            let scope = Arc::new(Scope { classes });
            let mut scopes = self.scopes().lock().unwrap_or_else(PoisonError::into_inner);
            scopes.insert(key, Arc::clone(&scope));
            scope
        })
    }
}

impl Scope {
    /// Whether this row is in it.
    pub fn admits(&self, row: &Resource) -> bool {
        self.classes.iter().any(|class| class.admits(row))
    }

    /// Whether there is no row in it: a query need not be made.
    pub fn is_none(&self) -> bool {
        self.classes.is_empty()
    }

    /// How far it reaches at most, for people.
    pub fn reach(&self) -> Reach {
        let relations = self.classes.iter().flat_map(|class| &class.relations);
        let reaches = relations.map(|relation| match relation {
            Relation::Own => Reach::Own,
            Relation::Team => Reach::Team,
            Relation::OtherTeam => Reach::Unit,
            Relation::OtherGroup => Reach::All,
            // No rule opens what is in conflict; should one do so, it opens that and not more.
            Relation::Conflict => Reach::Own,
        });
        reaches.max().unwrap_or(Reach::None)
    }
}

impl Class {
    /// Whether this row fits all conditions.
    pub fn admits(&self, row: &Resource) -> bool {
        let made = match self.maker {
            Maker::Anybody => true,
            Maker::Asker => row.made_by_actor,
            Maker::Others => !row.made_by_actor,
        };
        let granted = match self.held {
            Held::Either => true,
            Held::With => row.granted,
            Held::Without => !row.granted,
        };
        made && granted
            && self.relations.contains(&row.relation)
            && self.secrecy.contains(&row.secrecy)
            && self.states.contains(&row.state)
    }
}

impl From<Block> for Class {
    fn from(block: Block) -> Class {
        fn chosen<T: Copy>(all: &[T], bits: u8) -> Vec<T> {
            let chosen = all.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
            chosen.map(|(_, each)| *each).collect()
        }
        let [relations, secrecy, states, made, granted] = block.sides;
        Class {
            relations: chosen(&Relation::ALL, relations),
            secrecy: chosen(&Secrecy::ALL, secrecy),
            states: chosen(&State::ALL, states),
            maker: match made {
                1 => Maker::Others,
                2 => Maker::Asker,
                _ => Maker::Anybody,
            },
            held: match granted {
                1 => Held::Without,
                2 => Held::With,
                _ => Held::Either,
            },
        }
    }
}
