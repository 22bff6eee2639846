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
        Kind::Between {
            value,
            low,
            high,
            negated,
        } => {
            let negation = negation(*negated);
            format!(
                "{} {negation}between {} and {}",
                at_least(value, 4),
                at_least(low, 4),
                at_least(high, 4)
            )
        }
        Kind::IsNull { value, negated } => format!("{} is {}null", at_least(value, 4), negation(*negated)),
        Kind::IsMissing { value, negated } => format!("{} is {}missing", at_least(value, 4), negation(*negated)),
        Kind::Grade {
            value,
            grade,
            at_least: least,
        } => {
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
        Kind::Call {
            name,
            distinct,
            arguments,
        } => {
            let arguments: Vec<String> = arguments.iter().map(print).collect();
            format!(
                "{name}({}{})",
                if *distinct { "distinct " } else { "" },
                arguments.join(", ")
            )
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
    if binding(node) >= level {
        print(node)
    } else {
        format!("({})", print(node))
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use super::*;
    use crate::formula::parse;
    use pinji_domain::Decimal;

    #[test]
    fn formulas_are_printed_with_no_more_parentheses_than_needed() {
        let check = |text: &str, printed: &str| {
            let node = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            assert_eq!(print(&node), printed);
        };
        check("a+b*c", "a + b * c");
        check("( a + b )*c", "(a + b) * c");
        check("a - (b - c)", "a - (b - c)");
        check("(a - b) - c", "a - b - c");
        check("a / (b / c) / d", "a / (b / c) / d");
        check("-(a + b)", "-(a + b)");
        check("- -5", "--5");
        check("NOT a AND b OR c", "not a and b or c");
        check("not (a and b)", "not (a and b)");
        check("a and (b or c)", "a and (b or c)");
        check("x NOT IN ('a', 'it''s')", "x not in ('a', 'it''s')");
        check("x in ['a']", "x in ('a')");
        check("x between 1 and 2 and y", "x between 1 and 2 and y");
        check("x is not null or y is missing", "x is not null or y is missing");
        check("grade_of at_most 'CC'", "grade_of at_most 'CC'");
        check(
            "Case When a > 0 Then 1 Else coalesce(b, 0.50) End",
            "case when a > 0 then 1 else coalesce(b, 0.5) end",
        );
        check(
            "COUNT(DISTINCT x) / nullif(count(*), 0)",
            "count(distinct x) / nullif(count(*), 0)",
        );
        check("as_of - date '2024-02-29'", "as_of - date '2024-02-29'");
        check("净利润 / 收入", "净利润 / 收入");
    }

    /// A small generator: the same trees on every machine.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % sides
        }

        fn node(&mut self, depth: u32) -> Node {
            let next = |dice: &mut Dice| Box::new(dice.node(depth.saturating_sub(1)));
            let flip = self.roll(2) == 0;
            let kind = match if depth == 0 { self.roll(4) } else { self.roll(17) } {
                0 => Kind::Number(Decimal {
                    units: self.roll(1000) as i64,
                    scale: 0,
                }),
                1 => Kind::Text("it's".to_owned()),
                2 => Kind::Name(["a", "b", "c"][self.roll(3) as usize].to_owned()),
                3 => Kind::Date(pinji_domain::date::parse("2026-01-31").unwrap()),
                4 => Kind::Negate(next(self)),
                5 => Kind::Not(next(self)),
                6 => {
                    use Operator::{Add, Divide, Multiply, Subtract};
                    let operator = [Add, Subtract, Multiply, Divide][self.roll(4) as usize];
                    Kind::Binary(operator, next(self), next(self))
                }
                7 => Kind::Compare(Comparison::AtMost, next(self), next(self)),
                8 => Kind::And(next(self), next(self)),
                9 => Kind::Or(next(self), next(self)),
                10 => Kind::In {
                    value: next(self),
                    list: vec![*next(self), *next(self)],
                    negated: flip,
                },
                11 => Kind::Between {
                    value: next(self),
                    low: next(self),
                    high: next(self),
                    negated: flip,
                },
                12 => Kind::IsNull {
                    value: next(self),
                    negated: flip,
                },
                13 => Kind::IsMissing {
                    value: next(self),
                    negated: flip,
                },
                14 => {
                    let grade = Box::new(Node {
                        span: 0..0,
                        kind: Kind::Text("A".to_owned()),
                    });
                    Kind::Grade {
                        value: next(self),
                        grade,
                        at_least: flip,
                    }
                }
                15 => {
                    let otherwise = flip.then(|| next(self));
                    Kind::Case {
                        arms: vec![(*next(self), *next(self))],
                        otherwise,
                    }
                }
                _ => Kind::Call {
                    name: "least".to_owned(),
                    distinct: false,
                    arguments: vec![*next(self), *next(self)],
                },
            };
            Node { span: 0..0, kind }
        }
    }

    /// `-5` is a number with a sign in front, so places do not matter but the tree does: printed again it is the same.
    #[test]
    fn every_tree_reads_back_as_it_was_printed() {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let mut different = 0;
        for _ in 0..3_000 {
            let tree = dice.node(4);
            let printed = print(&tree);
            let back = parse(&printed).unwrap_or_else(|fault| panic!("{printed}: {fault:?}"));
            assert_eq!(bare(&back), bare(&tree), "{printed}");
            different += usize::from(matches!(tree.kind, Kind::Case { .. } | Kind::And(..)));
        }
        assert!(different > 100, "the generator makes more than leaves");
    }

    /// The tree without its places.
    fn bare(node: &Node) -> String {
        let text = format!("{node:?}");
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("span: ") {
            out.push_str(&rest[..at]);
            let after = &rest[at..];
            rest = &after[after.find(", ").unwrap_or(after.len())..];
        }
        out.push_str(rest);
        out
    }
}
