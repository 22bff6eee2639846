//! The rules, compiled once, and the one function that answers whether somebody may do something. 权限判定
//!
//! The rules are the files of `policies/`, in the Cedar language: a permit says who may, a forbid always wins. Each rule is looked
//! at only for the actions that its head names, so a question costs a handful of rules and not all of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    Policy, PolicyId, PolicySet, Request, RestrictedExpression,
};
use pinji_domain::{Role, Secrecy};

use crate::cells::Key;
use crate::scope::Scope;
use crate::verdict::NO_RULE;
use crate::{Action, Actor, FieldClass, Relation, Resource, State, Verdict, What, Why};

/// The files of rules, by name, in the order in which their reasons are given. 规则文件
pub const POLICIES: [(&str, &str); 7] = [
    ("session.cedar", include_str!("../policies/session.cedar")),
    ("duties.cedar", include_str!("../policies/duties.cedar")),
    ("states.cedar", include_str!("../policies/states.cedar")),
    ("business.cedar", include_str!("../policies/business.cedar")),
    ("administration.cedar", include_str!("../policies/administration.cedar")),
    ("fields.cedar", include_str!("../policies/fields.cedar")),
    ("step_up.cedar", include_str!("../policies/step_up.cedar")),
];

/// The words that the rules may use. 规则词汇
pub const SCHEMA: &str = include_str!("../policies/office.cedarschema");

/// The embedded rules do not hold together: a fault of the build, which its tests find. 规则错误
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// A file is no policy text.
    #[error("the rules in {file} cannot be read")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// What Cedar says.
        source: Box<cedar_policy::ParseErrors>,
    },
    /// A rule lacks its id, or a forbid its reason, or two have one id.
    #[error("a rule in {file} has no id, no known reason, or the id of another")]
    Unnamed {
        /// The file.
        file: &'static str,
    },
    /// The rules do not fit the evaluator.
    #[error("the rules do not fit together")]
    Unfit(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One forbid: why, and whether it is told before anything else.
#[derive(Debug, Clone, Copy)]
struct Reason {
    rank: usize,
    why: Why,
    first: bool,
}

/// The rules for one action, permits apart from forbids: so the reason of a refusal is known without asking twice.
#[derive(Debug, Clone, Default)]
struct Slice {
    permits: PolicySet,
    forbids: PolicySet,
}

/// The rules, ready for questions. 权限规则
#[derive(Debug)]
pub struct Permissions {
    authorizer: Authorizer,
    /// By `Action::index`; the last is for fields.
    slices: Vec<Slice>,
    all: PolicySet,
    reasons: HashMap<String, Reason>,
    names: Names,
    scopes: Mutex<BTreeMap<Key, Arc<Scope>>>,
}

const FIELD: &str = "field.see";

impl Permissions {
    /// Reads and compiles the rules. Done once; the caller keeps the result.
    pub fn new() -> Result<Permissions, Broken> {
        Permissions::compile(&POLICIES)
    }

    /// Compiles other files than the embedded ones: for those who try what a change of the rules would do. 试编译
    pub fn compile(files: &[(&'static str, &str)]) -> Result<Permissions, Broken> {
        let mut slices = vec![Slice::default(); Action::ALL.len() + 1];
        let mut all = PolicySet::new();
        let mut reasons = HashMap::new();
        for &(file, text) in files {
            for policy in in_order(file, text)? {
                let id = policy.annotation("id").ok_or(Broken::Unnamed { file })?.to_owned();
                if policy.effect() == Effect::Forbid {
                    let why = policy.annotation("why").and_then(Why::named);
                    let reason = Reason {
                        rank: reasons.len(),
                        why: why.ok_or(Broken::Unnamed { file })?,
                        first: policy.annotation("first").is_some(),
                    };
                    reasons.insert(id.clone(), reason);
                }
                let policy = policy.new_id(PolicyId::new(&id));
                all.add(policy.clone()).map_err(|_| Broken::Unnamed { file })?;
                for (action, slice) in codes().zip(&mut slices) {
                    if concerns(&policy, action) {
                        let set = match policy.effect() {
                            Effect::Permit => &mut slice.permits,
                            Effect::Forbid => &mut slice.forbids,
                        };
                        set.add(policy.clone()).map_err(unfit)?;
                    }
                }
            }
        }
        Ok(Permissions {
            authorizer: Authorizer::new(),
            slices,
            all,
            reasons,
            names: Names::new()?,
            scopes: Mutex::default(),
        })
    }

    /// Whether `actor` may do `action` to `resource`. 判定
    pub fn decide(&self, actor: &Actor, action: Action, resource: &Resource) -> Verdict<'_> {
        if action.on() != resource.what {
            return Verdict::Refused {
                why: Why::WrongKind,
                policy: NO_RULE,
            };
        }
        self.ask(&Question::new(actor, Some(action), *resource, None))
    }

    /// Whether a field of this class is shown to `actor`, of a customer or record that stands as `resource` says. 字段可见
    ///
    /// It is asked beside `decide`, never instead of it: a field of a record is shown if both the record and the class are.
    pub fn visible(&self, actor: &Actor, class: FieldClass, resource: &Resource) -> bool {
        self.ask(&Question::new(actor, None, *resource, Some(class)))
            .is_allowed()
    }

    /// The rules as one set, for those who check them from outside.
    pub fn policies(&self) -> &PolicySet {
        &self.all
    }

    /// Asks all rules at once, as any Cedar evaluator would. For the tests: slower, and without a reason.
    pub fn decide_plainly(&self, actor: &Actor, action: Action, resource: &Resource) -> bool {
        let question = Question::new(actor, Some(action), *resource, None);
        action.on() == resource.what && self.evaluate(&question, &self.all).is_ok_and(|(decision, _)| decision)
    }

    pub(crate) fn scopes(&self) -> &Mutex<BTreeMap<Key, Arc<Scope>>> {
        &self.scopes
    }

    fn ask(&self, question: &Question) -> Verdict<'_> {
        let undecidable = Verdict::Refused {
            why: Why::Undecidable,
            policy: NO_RULE,
        };
        let Some(slice) = self
            .slices
            .get(question.action.map_or(Action::ALL.len(), Action::index))
        else {
            return undecidable;
        };
        let (Ok((permitted, _)), Ok((_, hits))) = (
            self.evaluate(question, &slice.permits),
            self.evaluate(question, &slice.forbids),
        ) else {
            return undecidable;
        };
        let mut reasons: Vec<(Reason, &str)> = Vec::new();
        for id in &hits {
            match self.reasons.get_key_value(id.as_str()) {
                Some((id, reason)) => reasons.push((*reason, id)),
                None => return undecidable,
            }
        }
        reasons.sort_by_key(|(reason, _)| (!reason.first, reason.rank));
        match reasons.first() {
            Some((reason, id)) if reason.first || permitted => {
                if permitted && reason.why == Why::Elevation {
                    return Verdict::NeedsElevation;
                }
                Verdict::Refused {
                    why: reason.why,
                    policy: id,
                }
            }
            None if permitted => Verdict::Allowed,
            _ => Verdict::Refused {
                why: self.why_not(question, slice),
                policy: NO_RULE,
            },
        }
    }

    /// Why no rule allows it: because of the thing, or whatever the thing.
    fn why_not(&self, question: &Question, slice: &Slice) -> Why {
        let own = Question {
            resource: question.resource.related(Relation::Own),
            ..question.clone()
        };
        match self.evaluate(&own, &slice.permits) {
            Ok((true, _)) => Why::NotYours,
            _ => Why::NotYourRole,
        }
    }

    /// Whether the set allows it, and the rules that decided. Any fault in any rule makes the whole answer one.
    fn evaluate(&self, question: &Question, set: &PolicySet) -> Result<(bool, Vec<String>), ()> {
        let (request, entities) = self.names.say(question).map_err(|_| ())?;
        let response = self.authorizer.is_authorized(&request, set, &entities);
        if response.diagnostics().errors().next().is_some() {
            return Err(());
        }
        let hits = response.diagnostics().reason().map(ToString::to_string).collect();
        Ok((response.decision() == Decision::Allow, hits))
    }
}

/// One question, as the rules see it.
#[derive(Debug, Clone)]
struct Question {
    action: Option<Action>,
    resource: Resource,
    class: Option<FieldClass>,
    roles: crate::Roles,
    /// `signed_in`, `through_token`, `token_expired`, `token_in_scope`, `second_factor`, `elevated`.
    session: [(&'static str, bool); 6],
}

impl Question {
    fn new(actor: &Actor, action: Option<Action>, resource: Resource, class: Option<FieldClass>) -> Question {
        let token = actor.token.as_ref();
        Question {
            action,
            resource,
            class,
            roles: actor.roles,
            session: [
                ("signed_in", actor.id.is_some()),
                ("through_token", token.is_some()),
                ("token_expired", token.is_some_and(|token| token.expires <= actor.at)),
                (
                    "token_in_scope",
                    // A field is no action of its own: the record's action was asked already.
                    token.is_none_or(|token| action.is_none_or(|action| token.scopes.contains(&action))),
                ),
                ("second_factor", actor.second_factor),
                ("elevated", actor.is_elevated()),
            ],
        }
    }
}

/// Names of the rules' world, made once, since making one means checking it.
#[derive(Debug)]
struct Names {
    user: EntityUid,
    roles: Vec<EntityUid>,
    relations: Vec<RestrictedExpression>,
    secrecies: Vec<RestrictedExpression>,
    states: Vec<RestrictedExpression>,
    classes: Vec<RestrictedExpression>,
    actions: Vec<EntityUid>,
    whats: Vec<EntityUid>,
    field: EntityUid,
}

impl Names {
    fn new() -> Result<Names, Broken> {
        let values = |ty: &str, codes: &[&str]| -> Result<Vec<RestrictedExpression>, Broken> {
            let uids = codes.iter().map(|code| uid(ty, code));
            uids.map(|uid| Ok(RestrictedExpression::new_entity_uid(uid?))).collect()
        };
        Ok(Names {
            user: uid("User", "asker")?,
            roles: Role::ALL
                .iter()
                .map(|role| uid("Role", role.code()))
                .collect::<Result<_, _>>()?,
            relations: values("Relation", &Relation::ALL.map(Relation::code))?,
            secrecies: values("Secrecy", &Secrecy::ALL.map(Secrecy::code))?,
            states: values("State", &State::ALL.map(State::code))?,
            classes: values("FieldClass", &FieldClass::ALL.map(FieldClass::code))?,
            actions: codes().map(|code| uid("Action", code)).collect::<Result<_, _>>()?,
            whats: What::ALL
                .iter()
                .map(|what| uid(what.code(), "it"))
                .collect::<Result<_, _>>()?,
            field: uid("Field", "it")?,
        })
    }

    /// The question in the rules' words.
    #[expect(
        clippy::indexing_slicing,
        reason = "each list holds one name per variant of the enum that indexes it"
    )]
    fn say(&self, question: &Question) -> Result<(Request, Entities), Box<dyn std::error::Error>> {
        let Question {
            action,
            resource,
            class,
            roles,
            session,
        } = question;
        let parents: HashSet<EntityUid> = roles.iter().map(|role| self.roles[role as usize].clone()).collect();
        let user = Entity::new_no_attrs(self.user.clone(), parents);
        let mut attributes = HashMap::new();
        if class.is_some() || !resource.what.is_common() {
            let mut put = |name: &str, value| attributes.insert(name.to_owned(), value);
            put("relation", self.relations[resource.relation as usize].clone());
            put("secrecy", self.secrecies[resource.secrecy as usize].clone());
            put("state", self.states[resource.state as usize].clone());
            put("made_by_actor", RestrictedExpression::new_bool(resource.made_by_actor));
            put("granted", RestrictedExpression::new_bool(resource.granted));
            if let Some(class) = class {
                put("class", self.classes[*class as usize].clone());
            }
        }
        let it = match class {
            Some(_) => &self.field,
            None => &self.whats[resource.what as usize],
        };
        let thing = Entity::new(it.clone(), attributes, HashSet::new())?;
        let context = session.map(|(name, value)| (name.to_owned(), RestrictedExpression::new_bool(value)));
        let request = Request::new(
            self.user.clone(),
            self.actions[action.map_or(Action::ALL.len(), Action::index)].clone(),
            it.clone(),
            Context::from_pairs(context)?,
            None,
        )?;
        Ok((request, Entities::from_entities([user, thing], None)?))
    }
}

/// The codes of all actions by index, and at the end the question about fields.
fn codes() -> impl Iterator<Item = &'static str> {
    Action::ALL.iter().map(|action| action.code()).chain([FIELD])
}

fn uid(ty: &str, id: &str) -> Result<EntityUid, Broken> {
    let name = EntityTypeName::from_str(ty).map_err(unfit)?;
    Ok(EntityUid::from_type_name_and_id(name, EntityId::new(id)))
}

fn unfit(error: impl std::error::Error + Send + Sync + 'static) -> Broken {
    Broken::Unfit(Box::new(error))
}

/// The rules of a file, in the order in which they are written.
fn in_order(file: &'static str, text: &str) -> Result<Vec<Policy>, Broken> {
    let set = PolicySet::from_str(text).map_err(|source| Broken::Unreadable {
        file,
        source: Box::new(source),
    })?;
    let mut policies: Vec<Policy> = set.policies().cloned().collect();
    // Cedar numbers them `policy0`, `policy1`, … as it reads.
    policies.sort_by_key(|policy| {
        policy
            .id()
            .to_string()
            .trim_start_matches("policy")
            .parse::<usize>()
            .unwrap_or(usize::MAX)
    });
    Ok(policies)
}

/// Whether the head of a rule names this action.
fn concerns(policy: &Policy, action: &str) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(uid) => uid.id().unescaped() == action,
        ActionConstraint::In(uids) => uids.iter().any(|uid| uid.id().unescaped() == action),
    }
}
