//! What policies need of data: which columns they read, and which are only shown. 所需数据

use pinji_connectors::{Need, Needs};
use pinji_domain::Kind;
use pinji_engine::{Condition, Expr, Operand, Plan, Scoring, Source};
use pinji_policy::document::Subject;
use pinji_policy::{Compiled, CompiledMeasure, CompiledRule, MeasureSource, PARENT};

use crate::intake::ABOUT;
use crate::regulation::Level;
use crate::wide::{WIDE, has_rows};
use crate::words;

/// The kind whose rows are the customers.
pub const CUSTOMER: &str = "customer";
/// The kind whose rows are expert opinions.
const ASSESSMENT: &str = "assessment";
/// The fields of an opinion.
pub const OPINION: [&str; 4] = ["indicator", "expert", "level", "points"];

/// The fields that policies read, and those that results show. 所需字段
pub fn needs(levels: &[Level], wide: &Kind) -> Needs {
    let mut needs = Needs::default();
    needs.roster(CUSTOMER);
    for field in ABOUT {
        needs.add(CUSTOMER, field, Need::Shown);
        needs.add(WIDE, field, Need::Shown);
    }
    for level in levels {
        let customer = level.document.kinds.get(CUSTOMER);
        if (level.compiled.subject == Subject::Group || level.group.is_some())
            && let Some(group) = customer.and_then(pinji_query::group_field)
        {
            needs.add(CUSTOMER, group, Need::Read);
        }
        if reads_parents(level) {
            needs.add(CUSTOMER, PARENT, Need::Read);
        }
        for (at, measure) in level.compiled.measures.iter().enumerate() {
            if wide.field(&measure.id).is_some() && has_rows(levels, level) {
                needs.add(WIDE, &measure.id, Need::Read);
            }
            match (&measure.source, customer) {
                (MeasureSource::Given(_), Some(customer)) => {
                    let field = pinji_query::field_for(customer, &measure.id, Some(&words::input_name(level, at)));
                    if let Some(field) = field {
                        needs.add(CUSTOMER, field, Need::Read);
                    }
                }
                (MeasureSource::Latest { kind, fields, .. } | MeasureSource::Aggregate { kind, fields, .. }, _) => {
                    // A count of rows reads none of their fields, and yet reads them.
                    needs.count(kind);
                    for field in fields {
                        needs.add(kind, field, Need::Read);
                    }
                }
                (MeasureSource::Judged { .. }, _) => {
                    for field in OPINION {
                        needs.add(ASSESSMENT, field, Need::Read);
                    }
                }
                (MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade, _) => {}
            }
        }
    }
    needs
}

/// The kind of record that a measure is taken from, where it is taken from records. 记录种类
pub fn kind_of(measure: &CompiledMeasure) -> Option<&str> {
    match &measure.source {
        MeasureSource::Latest { kind, .. } | MeasureSource::Aggregate { kind, .. } => Some(kind),
        MeasureSource::Judged { .. } => Some(ASSESSMENT),
        MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade => None,
    }
}

/// Whether a policy lets consolidated statements stand for the members below, and so reads who is above whom. 是否读取上级成员
pub fn reads_parents(level: &Level) -> bool {
    let mut made = level
        .compiled
        .measures
        .iter()
        .filter_map(|measure| measure.members.as_ref());
    made.any(|how| how.consolidated.is_some())
}

/// For each measure of a policy: whether a grade depends on it, be it only as the weight of another. 被读取的度量
pub fn read_measures(compiled: &Compiled) -> Vec<bool> {
    let mut read = read_inputs(&compiled.plan);
    let mut weights = vec![false; read.len()];
    for (at, measure) in compiled.measures.iter().enumerate() {
        // Of a weight the members' own figures are read, whatever it is weighted by itself.
        if let Some(CompiledRule::Weighted(by)) = measure.members.as_ref().map(|how| how.rule)
            && read.get(at) == Some(&true)
            && let Some(place) = weights.get_mut(by)
        {
            *place = true;
        }
    }
    read.iter_mut().zip(weights).for_each(|(read, weighs)| *read |= weighs);
    read
}

/// For each input of a plan: whether an indicator, a grade or a bound depends on it. 被读取的度量
fn read_inputs(plan: &Plan) -> Vec<bool> {
    let parts = plan.parts();
    let mut read = vec![false; parts.inputs.len()];
    let mut note = |at: usize| {
        if let Some(read) = read.get_mut(at) {
            *read = true;
        }
    };
    for indicator in &parts.indicators {
        match &indicator.source {
            Source::Input(at) => note(*at),
            Source::Formula(formula) => formula.inputs().into_iter().for_each(&mut note),
        }
        if let Scoring::Keyed(keyed) = &indicator.scoring {
            keyed.keys.iter().copied().for_each(&mut note);
        }
    }
    for operand in parts.conditions().flat_map(Condition::operands) {
        if let Operand::Input(at) = operand {
            note(at);
        }
    }
    read
}

/// The inputs of a formula without which it never has a value, or a wrong one, when `lacks` says which are not there: what
/// is only asked whether it is there, and what has a substitute, is not among them. 不可缺少的字段
pub fn lacking_in(formula: &Expr, lacks: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let all = |parts: &[&Expr]| -> Vec<usize> { parts.iter().flat_map(|part| lacking_in(part, lacks)).collect() };
    match formula {
        Expr::Input(at) if lacks(*at) => vec![*at],
        Expr::Input(_) => Vec::new(),
        Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::Flag(_) | Expr::IsNull(_) => Vec::new(),
        Expr::Negate(a) | Expr::Not(a) | Expr::Abs(a) | Expr::Ln(a) => lacking_in(a, lacks),
        Expr::Binary(_, a, b)
        | Expr::Compare(_, a, b)
        | Expr::And(a, b)
        | Expr::Or(a, b)
        | Expr::NullIf(a, b)
        | Expr::MonthsBetween(a, b) => all(&[a, b]),
        Expr::InList(value, list) => {
            let parts: Vec<&Expr> = std::iter::once(value.as_ref()).chain(list).collect();
            all(&parts)
        }
        Expr::Case(arms, otherwise) => {
            let arms = arms.iter().flat_map(|(when, then)| [when, then]);
            let parts: Vec<&Expr> = arms.chain(otherwise.as_deref()).collect();
            all(&parts)
        }
        // A bound beside a figure that is never there would pass for the figure.
        Expr::Least(list) | Expr::Greatest(list) => all(&list.iter().collect::<Vec<_>>()),
        // One of them is enough.
        Expr::Coalesce(list) => {
            let found: Vec<Vec<usize>> = list.iter().map(|part| lacking_in(part, lacks)).collect();
            if found.iter().any(Vec::is_empty) {
                Vec::new()
            } else {
                found.concat()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_formula_cannot_do_without() {
        let x = |at: usize| Expr::Input(at);
        let check = |formula: Expr, without: &[usize]| {
            let mut found = lacking_in(&formula, &|at| at >= 1);
            found.sort_unstable();
            assert_eq!(found, without, "{formula:?}");
        };
        let add = |a, b| Expr::Binary(pinji_engine::expr::Operator::Add, Box::new(a), Box::new(b));
        check(x(0), &[]);
        check(add(x(0), x(1)), &[1]);
        check(Expr::Coalesce(vec![x(1), x(0)]), &[]);
        check(Expr::Coalesce(vec![x(1), Expr::Number(0.0)]), &[]);
        check(Expr::Coalesce(vec![x(1), add(x(2), x(0))]), &[1, 2]);
        check(Expr::IsNull(Box::new(x(1))), &[]);
        check(Expr::Case(vec![(Expr::IsNull(Box::new(x(1))), x(2))], None), &[2]);
        check(Expr::Greatest(vec![x(1), Expr::Number(0.0)]), &[1]);
    }
}
