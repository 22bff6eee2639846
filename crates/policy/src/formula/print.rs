//! Tree → text, with no more parentheses than needed. 公式打印

use pinji_engine::expr::{Comparison, Operator};

use super::tree::{Kind, Node};

/// How tightly a part binds; the higher, the tighter.
fn binding(node: &Node) -> u8 {
    match &node.kind {
        Kind::Or(..) => 0,
        Kind::And(..) => 1,
        Kind::Not(..) => 2,
        Kind::Compare(..)
        | Kind::In { .. }
        | Kind::Between { .. }
        | Kind::IsNull { .. }
        | Kind::IsMissing { .. }
        | Kind::Grade { .. } => 3,
        Kind::Binary(Operator::Add | Operator::Subtract, ..) => 4,
        Kind::Binary(Operator::Multiply | Operator::Divide, ..) => 5,
        Kind::Negate(..) => 6,
        _ => 7,
    }
}

/// The formula as text that reads back as the same tree.
pub(crate) fn print(node: &Node) -> String {
    let negation = |negated: bool| if negated { "not " } else { "" };
    match &node.kind {
        Kind::Number(number) => number.to_string(),
        Kind::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Kind::Date(date) => format!("date '{date}'"),
        Kind::Flag(flag) => flag.to_string(),
        Kind::Null => "null".to_owned(),
        Kind::Star => "*".to_owned(),
        Kind::Name(name) => name.clone(),
        Kind::Negate(value) => format!("-{}", at_least(value, 6)),
        Kind::Not(value) => format!("not {}", at_least(value, 2)),
        Kind::Binary(operator, left, right) => {
            let (sign, level) = match operator {
                Operator::Add => ("+", 4),
                Operator::Subtract => ("-", 4),
                Operator::Multiply => ("*", 5),
                Operator::Divide => ("/", 5),
            };
            format!("{} {sign} {}", at_least(left, level), at_least(right, level + 1))
        }
        Kind::Compare(comparison, left, right) => {
            format!("{} {} {}", at_least(left, 4), sign(*comparison), at_least(right, 4))
        }
        Kind::And(left, right) => format!("{} and {}", at_least(left, 1), at_least(right, 2)),
        Kind::Or(left, right) => format!("{} or {}", at_least(left, 0), at_least(right, 1)),
        Kind::In { value, list, negated } => {
            let list: Vec<String> = list.iter().map(|item| at_least(item, 4)).collect();
            format!("{} {}in ({})", at_least(value, 4), negation(*negated), list.join(", "))
        }
        Kind::Between { value, low, high, negated } => {
            let negation = negation(*negated);
            format!("{} {negation}between {} and {}", at_least(value, 4), at_least(low, 4), at_least(high, 4))
        }
        Kind::IsNull { value, negated } => format!("{} is {}null", at_least(value, 4), negation(*negated)),
        Kind::IsMissing { value, negated } => format!("{} is {}missing", at_least(value, 4), negation(*negated)),
        Kind::Grade { value, grade, at_least: least } => {
            let side = if *least { "at_least" } else { "at_most" };
            format!("{} {side} {}", at_least(value, 4), print(grade))
        }
        Kind::Case { arms, otherwise } => {
            let mut out = String::from("case");
            for (when, then) in arms {
                out.push_str(&format!(" when {} then {}", print(when), print(then)));
            }
            if let Some(otherwise) = otherwise {
                out.push_str(&format!(" else {}", print(otherwise)));
            }
            out.push_str(" end");
            out
        }
        Kind::Call { name, distinct, arguments } => {
            let arguments: Vec<String> = arguments.iter().map(print).collect();
            format!("{name}({}{})", if *distinct { "distinct " } else { "" }, arguments.join(", "))
        }
    }
}

/// A comparison's sign.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    }
}

fn at_least(node: &Node, level: u8) -> String {
    if binding(node) >= level { print(node) } else { format!("({})", print(node)) }
}
