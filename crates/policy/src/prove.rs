//! Guarantees proved from the policy, not tested on data. 保证的证明
//!
//! A policy has finitely many bands, texts and thresholds, and scores are sums over them, so a search that bounds and
//! divides ends with certainty: nobody can break the guarantee, or somebody does, and here he is. Indicators that share a
//! measure are treated as free of each other; what is proved then holds all the more, and a counterexample is confirmed
//! by measures that give it through the kernel, or said to be unconfirmed.
//!
//! Taken for granted: inputs hold no NaN and no infinities (reading refuses them), choice fields hold their listed texts,
//! and each used policy, and that of the groups, may give any of its grades.

mod axis;
mod bound;
mod claim;
mod climb;
mod compare;
pub(crate) mod customer;
mod direction;
mod mean;
mod model;
mod pairs;
mod search;
mod solve;
mod truth;
mod unconfirmed;
mod witness;

use pinji_domain::{Date, Message};
use pinji_engine::{Condition, Operand};

use crate::compile::{AggregateFunction, Compiled, CompiledRule, MeasureSource, Statement, statement};
use crate::document::{Better, Document, Guarantee};
pub use crate::rows::Value;
use claim::{Claim, Differs, Goal};
pub use customer::{Customer, CustomerLine};
use model::{Known, Model};
use search::{Ended, Search};
use witness::Witness;

/// What came of a guarantee. 证明结果
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It holds for every customer there can be.
    Proved {
        /// How many parts were looked at.
        nodes: u64,
        /// For `reachable`: a customer who has the grade, confirmed by the kernel.
        example: Option<Customer>,
    },
    /// It does not hold.
    Refuted {
        /// Who breaks it; `None` for `reachable`, where nobody has the grade.
        counterexample: Option<Counterexample>,
        /// Whether the kernel graded the counterexample so from its measures. Without that, the bands as such allow it,
        /// but no measures were found that give it.
        confirmed: bool,
        /// How many parts were looked at.
        nodes: u64,
    },
    /// Neither within the budget.
    Undecided {
        /// How many parts were looked at.
        nodes: u64,
    },
    /// It cannot be asked: why.
    Unclear(Message),
}

/// Who breaks a guarantee. 反例
#[derive(Debug, Clone, PartialEq)]
pub struct Counterexample {
    /// The customer.
    pub customer: Customer,
    /// For `monotone` the same customer with a better value and a worse grade; for `independent` with another value and
    /// another grade.
    pub changed: Option<Customer>,
}

/// Proves or refutes a guarantee. 证明
///
/// - `as_of` decides dated parameters, as it did for `compiled`.
/// - `nodes`: how many parts may be looked at; a standard policy needs a few hundred.
pub fn prove(document: &Document, compiled: &Compiled, as_of: Date, guarantee: &Guarantee, nodes: u64) -> Outcome {
    match statement(document, as_of, &guarantee.says) {
        Ok(statement) => decide(document, compiled, as_of, &statement, nodes),
        Err(findings) => Outcome::Unclear(
            findings
                .into_iter()
                .next()
                .map_or_else(|| Message::new("policy-prove-unreadable"), |finding| finding.message),
        ),
    }
}

/// The same for a guarantee whose names were looked up already.
pub fn decide(document: &Document, compiled: &Compiled, as_of: Date, statement: &Statement, nodes: u64) -> Outcome {
    let question = Question {
        document,
        compiled,
        known: known(compiled),
        nodes,
    };
    match statement {
        Statement::AtMost { when, grade } => question.bound(when, Goal::Better(position(*grade))),
        Statement::AtLeast { when, grade } => question.bound(when, Goal::Worse(position(*grade))),
        Statement::Reachable(grade) => question.reachable(*grade),
        Statement::Monotone(Operand::Indicator(indicator)) => question.monotone_indicator(*indicator),
        Statement::Monotone(Operand::Input(input)) => question.monotone_measure(*input),
        Statement::Monotone(Operand::Score(_)) => Outcome::Unclear(Message::new("policy-prove-unreadable")),
        Statement::Independent { name, inputs } => {
            let mut inputs = inputs.clone();
            inputs.extend(used(document, compiled, as_of, name));
            question.independent(inputs)
        }
    }
}

/// The aliases whose policies read a field or measure of this name, as inputs.
fn used(document: &Document, compiled: &Compiled, as_of: Date, name: &str) -> Vec<usize> {
    let reads = |alias: &str| {
        document
            .uses
            .iter()
            .any(|used| used.alias == alias && reads(&used.policy, as_of, name))
    };
    let measures = compiled.measures.iter().enumerate();
    let aliases = measures.filter(|(_, measure)| match &measure.source {
        MeasureSource::Grade { alias } => reads(alias),
        MeasureSource::GroupGrade => group_reads(document, as_of, name),
        _ => false,
    });
    aliases.map(|(at, _)| at).collect()
}

fn reads(document: &Document, as_of: Date, name: &str) -> bool {
    let own = match statement(document, as_of, &format!("independent of {name}")) {
        Ok(Statement::Independent { inputs, .. }) => !inputs.is_empty(),
        _ => false,
    };
    own || document.uses.iter().any(|used| reads(&used.policy, as_of, name)) || group_reads(document, as_of, name)
}

/// Whether the policy that grades the groups reads it, for its grade bounds those of members.
fn group_reads(document: &Document, as_of: Date, name: &str) -> bool {
    let policy = document.group.as_ref().and_then(|group| group.document.as_ref());
    policy.is_some_and(|policy| reads(policy, as_of, name))
}

struct Question<'q> {
    document: &'q Document,
    compiled: &'q Compiled,
    known: Vec<Known>,
    nodes: u64,
}

impl<'q> Question<'q> {
    fn model(&self, when: &Condition) -> Model<'q> {
        Model::new(&self.compiled.plan, when, &self.known)
    }

    fn bound(&self, when: &Condition, goal: Goal) -> Outcome {
        let claim = Claim {
            goal,
            when: when.clone(),
            differs: Differs::Nothing,
        };
        self.refute(&claim, self.model(when), Better::Neither)
    }

    fn reachable(&self, grade: usize) -> Outcome {
        let always = Condition::Constant(true);
        let claim = Claim {
            goal: Goal::Exactly(position(grade)),
            when: always.clone(),
            differs: Differs::Nothing,
        };
        match self.refute(&claim, self.model(&always), Better::Neither) {
            Outcome::Proved { nodes, .. } => Outcome::Refuted {
                counterexample: None,
                confirmed: true,
                nodes,
            },
            Outcome::Refuted {
                counterexample,
                confirmed: true,
                nodes,
            } => Outcome::Proved {
                nodes,
                example: counterexample.map(|found| found.customer),
            },
            // The bands allow it, but that is not yet a customer.
            Outcome::Refuted { nodes, .. } => Outcome::Undecided { nodes },
            other => other,
        }
    }

    /// Texts have no order but that of their points.
    fn better(&self, indicator: usize) -> Better {
        let Some(planned) = self.compiled.plan.parts().indicators.get(indicator) else {
            return Better::Neither;
        };
        let written = self.document.indicators.iter().find(|written| written.id == planned.id);
        match planned.scoring {
            pinji_engine::Scoring::Map(_) => Better::Neither,
            _ => written.map_or(Better::Neither, |written| written.better),
        }
    }

    fn monotone_indicator(&self, indicator: usize) -> Outcome {
        let better = self.better(indicator);
        let mut model = self.model(&Condition::Constant(true));
        pairs::better_indicator(&mut model, indicator, better);
        let differs = Differs::Indicator(indicator);
        self.refute(
            &Claim {
                goal: Goal::Falls,
                when: Condition::Constant(true),
                differs,
            },
            model,
            better,
        )
    }

    fn monotone_measure(&self, input: usize) -> Outcome {
        let always = Condition::Constant(true);
        let Some(better) = pairs::better_of(&self.model(&always), input, &|indicator| self.better(indicator)) else {
            return Outcome::Unclear(Message::new("policy-prove-direction").with("measure", self.id(input)));
        };
        let claim = Claim {
            goal: Goal::Falls,
            when: always.clone(),
            differs: Differs::Inputs(vec![input]),
        };
        let attempt = |better: Better| {
            let mut model = self.model(&always);
            pairs::better_measure(&mut model, input, better);
            self.refute(&claim, model, better)
        };
        if better != Better::Neither {
            return attempt(better);
        }
        // No indicator says which way is better: a measure that only conditions read may go either way, but one of them.
        match (attempt(Better::Lower), attempt(Better::Higher)) {
            (proved @ Outcome::Proved { .. }, _) | (_, proved @ Outcome::Proved { .. }) => proved,
            (Outcome::Refuted { .. }, Outcome::Refuted { .. }) => {
                Outcome::Unclear(Message::new("policy-prove-direction").with("measure", self.id(input)))
            }
            (Outcome::Undecided { nodes }, _) | (_, Outcome::Undecided { nodes }) => Outcome::Undecided { nodes },
            (other, _) => other,
        }
    }

    fn independent(&self, inputs: Vec<usize>) -> Outcome {
        if inputs.is_empty() {
            return Outcome::Proved {
                nodes: 0,
                example: None,
            };
        }
        let always = Condition::Constant(true);
        let mut model = self.model(&always);
        pairs::free_inputs(&mut model, &inputs);
        let claim = Claim {
            goal: Goal::Differs,
            when: always,
            differs: Differs::Inputs(inputs),
        };
        self.refute(&claim, model, Better::Neither)
    }

    fn id(&self, input: usize) -> String {
        self.compiled
            .measures
            .get(input)
            .map(|measure| measure.id.clone())
            .unwrap_or_default()
    }

    fn refute(&self, claim: &Claim, model: Model<'q>, better: Better) -> Outcome {
        let witness = Witness {
            claim,
            known: &self.known,
            better,
        };
        // The first part is tried hard; those after it are mostly the same customer with something irrelevant changed.
        let mut attempts = 40;
        let mut confirm = |model: &Model<'q>, at: &bound::Region| {
            let found = witness.find(model, at, attempts);
            attempts = witness::FEW;
            found
        };
        let mut search = Search::new(model, claim.goal, self.nodes, &mut confirm);
        let ended = search.run();
        let (nodes, model) = (search.nodes, search.model);
        match ended {
            Ended::Nobody => Outcome::Proved { nodes, example: None },
            Ended::Spent => Outcome::Undecided { nodes },
            Ended::Somebody((customer, changed)) => {
                let counterexample = Some(Counterexample { customer, changed });
                Outcome::Refuted {
                    counterexample,
                    confirmed: true,
                    nodes,
                }
            }
            Ended::Perhaps(region) => {
                let counterexample = Some(unconfirmed::counterexample(&model, claim, &region));
                Outcome::Refuted {
                    counterexample,
                    confirmed: false,
                    nodes,
                }
            }
        }
    }
}

fn position(grade: usize) -> u8 {
    u8::try_from(grade).unwrap_or(u8::MAX)
}

/// What is known of the inputs from where they come from: counts are there and not negative, judged values lie between
/// their levels.
fn known(compiled: &Compiled) -> Vec<Known> {
    let one = |measure: &crate::compile::CompiledMeasure| match &measure.source {
        MeasureSource::Aggregate {
            calls,
            value: pinji_engine::Expr::Input(call),
            ..
        } => match calls.get(*call).map(|call| call.function) {
            Some(AggregateFunction::Count | AggregateFunction::CountDistinct) => Known {
                // A mean of counts is missing where nobody weighs anything.
                present: !matches!(
                    measure.members.as_ref().map(|how| how.rule),
                    Some(CompiledRule::Weighted(_))
                ),
                within: (Some(model::key_of(&measure.ty, 0)), None),
            },
            _ => Known::default(),
        },
        MeasureSource::Judged { levels, .. } => {
            let points = levels.iter().map(|(_, points)| i64::from(*points));
            let end = |points: Option<i64>| model::key_of_points(&measure.ty, points?);
            Known {
                present: false,
                within: (end(points.clone().min()), end(points.max())),
            }
        }
        _ => Known::default(),
    };
    compiled.measures.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
