//! Random plans and random subjects, from a seed. 随机用例

use pinji_domain::MissingCause;
use pinji_engine::condition::{Condition, DoubleRange, Operand, Test};
use pinji_engine::expr::{Comparison, Expr, Operator};
use pinji_engine::{
    Band, Bands, Bound, Choice, Dimension, GradeRule, Indicator, Input, InputType, Keyed, Missing, PlanParts, Score,
    ScoreWeight, Scoring, Source, TextMap,
};

use crate::rows::{Cell, Datum, Row};

/// The same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }
    pub fn chance(&mut self, in_hundred: u64) -> bool {
        self.next() % 100 < in_hundred
    }
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

const TEXTS: [&str; 6] = ["a", "b", "c", "制造业", "", "A"];
const EXACT: i64 = 1 << 53;

fn texts() -> Vec<String> {
    TEXTS.iter().map(|text| (*text).to_owned()).collect()
}

fn points(random: &mut Random) -> i32 {
    match random.below(4) {
        0 => random.pick(&[0, 1_000_000, 500_000]),
        1 => random.between(0, 100) as i32 * 10_000,
        _ => random.between(0, 1_000_000) as i32,
    }
}

/// Numbers that bands, conditions and subjects share, so that edges are hit exactly.
fn small(random: &mut Random) -> i64 {
    match random.below(20) {
        0 => random.between(-1_000_000, 1_000_000),
        1 => random.pick(&[0, 1, -1, EXACT, -EXACT, 1 << 30, -(1 << 30), (1 << 31) - 1, 1 << 31]),
        _ => random.between(-40, 40),
    }
}

fn bands(random: &mut Random) -> Bands {
    let count = if random.chance(3) { 40 } else { random.below(6) };
    let mut edges: Vec<i64> = (0..count).map(|_| small(random)).collect();
    edges.sort_unstable();
    edges.dedup();
    let sloped = random.chance(40);
    let mut bands = Vec::new();
    for at in 0..=edges.len() {
        let (low, high) = (at.checked_sub(1).and_then(|at| edges.get(at)), edges.get(at));
        bands.push(match (low, high) {
            (Some(low), Some(high)) if sloped && random.chance(70) => {
                // An upper end that belongs to the band lies one before the next edge.
                let high = if random.chance(30) && high - 1 > *low {
                    high - 1
                } else {
                    *high
                };
                Band {
                    from: points(random),
                    to: points(random),
                    low: *low,
                    high,
                }
            }
            _ => Band::flat(points(random)),
        });
    }
    Bands { edges, bands }
}

fn positions(parts: &PlanParts, wanted: impl Fn(&InputType) -> bool) -> Vec<usize> {
    parts
        .inputs
        .iter()
        .enumerate()
        .filter(|(_, input)| wanted(&input.ty))
        .map(|(at, _)| at)
        .collect()
}

fn is_number(ty: &InputType) -> bool {
    matches!(ty, InputType::Int(_) | InputType::Double)
}

fn is_text(ty: &InputType) -> bool {
    matches!(ty, InputType::Text(_))
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

/// A formula with a number.
fn number(random: &mut Random, parts: &PlanParts, depth: usize) -> Expr {
    let numbers = positions(parts, is_number);
    let dates = positions(parts, |ty| *ty == InputType::Date);
    if depth == 0 || random.chance(15) {
        return if random.chance(75) && !numbers.is_empty() {
            Expr::Input(random.pick(&numbers))
        } else {
            Expr::Number(random.pick(&[0.0, 1.0, -1.0, 0.5, 3.25, 0.1, 100.0, 1e9, 7.0]))
        };
    }
    let mut deeper = || number(random, parts, depth - 1);
    let (a, b, c) = (deeper(), deeper(), deeper());
    match random.below(14) {
        0 => Expr::Negate(boxed(a)),
        1 => Expr::Abs(boxed(a)),
        2 => Expr::Ln(boxed(a)),
        3 => Expr::Coalesce(vec![a, b, c]),
        4 => Expr::Least(vec![a, b]),
        5 => Expr::Greatest(vec![a, b, c]),
        6 => Expr::NullIf(boxed(a), boxed(b)),
        7 => Expr::Case(
            vec![(flag(random, parts, depth - 1), a), (flag(random, parts, depth - 1), b)],
            Some(boxed(c)),
        ),
        8 => Expr::Case(vec![(flag(random, parts, depth - 1), a)], None),
        9 if !dates.is_empty() => {
            let (one, other) = (when(random, &dates), when(random, &dates));
            if random.chance(50) {
                Expr::MonthsBetween(boxed(one), boxed(other))
            } else {
                Expr::Binary(Operator::Subtract, boxed(one), boxed(other))
            }
        }
        10 => Expr::Binary(
            Operator::Divide,
            boxed(a),
            boxed(Expr::NullIf(boxed(b), boxed(Expr::Number(0.0)))),
        ),
        _ => {
            let operator = random.pick(&[Operator::Add, Operator::Subtract, Operator::Multiply, Operator::Divide]);
            Expr::Binary(operator, boxed(a), boxed(b))
        }
    }
}

/// A formula with a date.
fn when(random: &mut Random, dates: &[usize]) -> Expr {
    let date = if random.chance(70) {
        Expr::Input(random.pick(dates))
    } else {
        Expr::Date(random.between(18_000, 21_000) as i32)
    };
    match random.below(4) {
        0 => Expr::Binary(
            Operator::Add,
            boxed(date),
            boxed(Expr::Number(random.pick(&[30.0, 0.5, -3.7]))),
        ),
        1 => Expr::Binary(
            Operator::Subtract,
            boxed(date),
            boxed(Expr::Number(random.pick(&[365.0, 1.5]))),
        ),
        _ => date,
    }
}

/// A formula with a text.
fn words(random: &mut Random, parts: &PlanParts, depth: usize) -> Expr {
    let own = positions(parts, is_text);
    if depth == 0 || own.is_empty() || random.chance(30) {
        return if random.chance(70) && !own.is_empty() {
            Expr::Input(random.pick(&own))
        } else {
            Expr::Text(random.pick(&TEXTS).to_owned())
        };
    }
    let (a, b) = (words(random, parts, depth - 1), words(random, parts, depth - 1));
    match random.below(3) {
        0 => Expr::Coalesce(vec![a, b]),
        1 => Expr::NullIf(boxed(a), boxed(b)),
        _ => Expr::Case(
            vec![(flag(random, parts, depth - 1), a)],
            random.chance(60).then(|| boxed(b)),
        ),
    }
}

/// A formula with a truth value.
fn flag(random: &mut Random, parts: &PlanParts, depth: usize) -> Expr {
    let flags = positions(parts, |ty| *ty == InputType::Flag);
    let dates = positions(parts, |ty| *ty == InputType::Date);
    if depth == 0 && !flags.is_empty() && random.chance(60) {
        return Expr::Input(random.pick(&flags));
    }
    let comparison = random.pick(&[
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
    ]);
    let less = depth.saturating_sub(1);
    match random.below(if depth == 0 { 4 } else { 9 }) {
        0 => Expr::Flag(random.chance(50)),
        1 => Expr::Compare(
            comparison,
            boxed(words(random, parts, less)),
            boxed(words(random, parts, less)),
        ),
        2 if !dates.is_empty() => Expr::Compare(comparison, boxed(when(random, &dates)), boxed(when(random, &dates))),
        2 | 3 => Expr::Compare(
            comparison,
            boxed(number(random, parts, less)),
            boxed(number(random, parts, less)),
        ),
        4 => Expr::Not(boxed(flag(random, parts, less))),
        5 => Expr::And(boxed(flag(random, parts, less)), boxed(flag(random, parts, less))),
        6 => Expr::Or(boxed(flag(random, parts, less)), boxed(flag(random, parts, less))),
        7 => {
            if random.chance(50) {
                let list = (0..1 + random.below(3)).map(|_| number(random, parts, less)).collect();
                Expr::InList(boxed(number(random, parts, less)), list)
            } else {
                let list = (0..1 + random.below(3)).map(|_| words(random, parts, less)).collect();
                Expr::InList(boxed(words(random, parts, less)), list)
            }
        }
        _ => {
            let inner = if random.chance(50) {
                number(random, parts, less)
            } else {
                words(random, parts, less)
            };
            Expr::IsNull(boxed(inner))
        }
    }
}

fn within(random: &mut Random, low: i64, high: i64) -> Test {
    let mut number = || {
        if random.chance(80) {
            random.between(low, high)
        } else {
            small(random)
        }
    };
    let mut ends = [number(), number(), number(), number()];
    ends.sort_unstable();
    Test::Within(match random.below(5) {
        0 => vec![(i64::MIN, ends[0])],
        1 => vec![(ends[0], i64::MAX)],
        2 => vec![(ends[0], ends[0])],
        3 if ends[1] < ends[2] => vec![(ends[0], ends[1]), (ends[2], ends[3])],
        _ => vec![(ends[0], ends[3])],
    })
}

fn doubles(random: &mut Random) -> Test {
    let ends = [
        random.between(-20, 20) as f64 / 4.0,
        random.between(-20, 20) as f64 / 4.0,
    ];
    let (low, high) = match random.below(3) {
        0 => (f64::NEG_INFINITY, ends[1]),
        1 => (ends[0], f64::INFINITY),
        _ => (ends[0].min(ends[1]), ends[0].max(ends[1])),
    };
    Test::Doubles(vec![DoubleRange {
        low,
        low_inclusive: random.chance(50),
        high,
        high_inclusive: random.chance(50),
    }])
}

fn condition(random: &mut Random, parts: &PlanParts, depth: usize) -> Condition {
    let some = |random: &mut Random| {
        let count = random.below(4);
        (0..count).map(|_| condition(random, parts, depth - 1)).collect()
    };
    match random.below(if depth == 0 { 8 } else { 12 }) {
        0..=3 => {
            let score = random.below(parts.scores.len());
            let whole = 100 * 10_i64.pow(u32::from(parts.scores[score].decimals));
            Condition::Test(Operand::Score(score), within(random, 0, whole))
        }
        4 => {
            let at = random.below(parts.indicators.len());
            Condition::Test(Operand::Indicator(at), within(random, -40, 40))
        }
        5 => {
            let at = random.below(parts.inputs.len());
            let test = match parts.inputs[at].ty {
                InputType::Int(_) => within(random, -40, 40),
                InputType::Double => doubles(random),
                InputType::Date => within(random, 18_000, 21_000),
                InputType::Flag => Test::Within(vec![(1, 1)]),
                InputType::Text(_) if random.chance(50) => {
                    Test::OneOf(vec![random.pick(&texts()), random.pick(&texts())])
                }
                InputType::Text(_) => Test::NoneOf(vec![random.pick(&texts())]),
            };
            Condition::Test(Operand::Input(at), test)
        }
        6 => Condition::Missing(match random.below(4) {
            0 => Operand::Score(random.below(parts.scores.len())),
            1 => Operand::Indicator(random.below(parts.indicators.len())),
            _ => Operand::Input(random.below(parts.inputs.len())),
        }),
        7 => Condition::Constant(random.chance(30)),
        8 => Condition::Not(Box::new(condition(random, parts, depth - 1))),
        9 | 10 => Condition::All(some(random)),
        _ => Condition::Any(some(random)),
    }
}

/// A plan that `Plan::new` accepts.
pub fn plan(random: &mut Random) -> PlanParts {
    let mut parts = PlanParts::default();
    // Many plans have formulas and texts of all sorts; many are the plain tables that the kernel has fast paths for.
    let plain = random.chance(35);
    for at in 0..2 + random.below(7) {
        let ty = match random.below(if plain { 6 } else { 10 }) {
            0..=2 => InputType::Int(random.pick(&[0, 2, 4])),
            3 | 4 => InputType::Double,
            5 | 6 => InputType::Text(random.chance(50).then(texts)),
            7 | 8 => InputType::Date,
            _ => InputType::Flag,
        };
        parts.inputs.push(Input {
            id: format!("m{at}"),
            ty,
        });
    }
    let dimensions = 1 + random.below(4);
    parts.dimensions = (0..dimensions).map(|at| Dimension { id: format!("d{at}") }).collect();
    let count = if random.chance(4) {
        64
    } else {
        dimensions + random.below(8)
    };
    for at in 0..count.min(64) {
        let indicator = indicator(random, &parts, at, at % dimensions, plain);
        parts.indicators.push(indicator);
    }
    for at in 0..1 + random.below(3) {
        let mut weights: Vec<ScoreWeight> = (0..dimensions)
            .map(|dimension| ScoreWeight {
                dimension,
                weight: weight(random),
            })
            .collect();
        weights.retain(|_| random.chance(75));
        if weights.is_empty() {
            weights.push(ScoreWeight {
                dimension: random.below(dimensions),
                weight: weight(random),
            });
        }
        parts.scores.push(Score {
            id: format!("s{at}"),
            decimals: random.below(5) as u8,
            weights,
        });
    }
    let grades = 1 + random.below(5);
    for at in 0..grades {
        let when = (at + 1 < grades).then(|| condition(random, &parts, 2));
        parts.grades.push(GradeRule {
            id: format!("g{at}"),
            when,
        });
    }
    let bounds = |random: &mut Random, most: usize, id: &str| {
        let count = if random.chance(2) { 64 } else { random.below(most) };
        let bound = |at: usize, random: &mut Random| Bound {
            id: format!("{id}{at}"),
            when: condition(random, &parts, 2),
            grade: random.below(grades),
        };
        (0..count).map(|at| bound(at, random)).collect()
    };
    let (caps, floors) = (bounds(random, 5, "c"), bounds(random, 3, "f"));
    (parts.caps, parts.floors) = (caps, floors);
    parts.min_coverage = random.pick(&[0, 0, 0, 2_500, 5_000, 6_667, 9_999, 10_000]);
    parts
}

fn weight(random: &mut Random) -> i64 {
    match random.below(4) {
        0 => random.between(1, 100_000_000),
        1 => random.between(1, 3),
        _ => random.between(1, 100) * 10_000,
    }
}

fn indicator(random: &mut Random, parts: &PlanParts, at: usize, dimension: usize, plain: bool) -> Indicator {
    let numbers = positions(parts, is_number);
    let own_texts = positions(parts, is_text);
    let missing = match random.below(6) {
        0 => Missing::Refuse,
        1 | 2 => Missing::Reweight,
        _ => Missing::Points(points(random)),
    };
    let decimals = random.pick(&[0, 0, 1, 2, 4, 6, 9]);
    let formula = |random: &mut Random| Source::Formula(number(random, parts, if plain { 1 } else { 3 }));
    let source = |random: &mut Random| match numbers.as_slice() {
        [] => formula(random),
        numbers if random.chance(55) => Source::Input(random.pick(numbers)),
        _ => formula(random),
    };
    let (source, scoring) = match random.below(10) {
        0 | 1 if !own_texts.is_empty() => {
            let source = if random.chance(60) {
                Source::Input(random.pick(&own_texts))
            } else {
                Source::Formula(words(random, parts, 2))
            };
            let entries = (0..random.below(5))
                .map(|_| (random.pick(&texts()), points(random)))
                .collect();
            let otherwise = random.chance(50).then(|| points(random));
            (source, Scoring::Map(TextMap { entries, otherwise }))
        }
        2 | 3 if !own_texts.is_empty() => {
            let keys: Vec<usize> = (0..1 + random.below(2)).map(|_| random.pick(&own_texts)).collect();
            let mut choices: Vec<Choice> = (0..random.below(4))
                .map(|_| Choice {
                    keys: keys
                        .iter()
                        .map(|_| random.chance(70).then(|| random.pick(&texts())))
                        .collect(),
                    bands: bands(random),
                })
                .collect();
            choices.push(Choice {
                keys: vec![None; keys.len()],
                bands: bands(random),
            });
            (source(random), Scoring::Keyed(Keyed { keys, choices }))
        }
        4 => (source(random), Scoring::Direct),
        _ => (source(random), Scoring::Bands(bands(random))),
    };
    let decimals = if matches!(scoring, Scoring::Map(_)) {
        0
    } else {
        decimals
    };
    Indicator {
        id: format!("i{at}"),
        dimension,
        weight: weight(random),
        decimals,
        source,
        scoring,
        missing,
    }
}

/// Subjects for a plan: edges hit exactly, extremes, nothing at all, texts that nobody lists.
pub fn rows(random: &mut Random, parts: &PlanParts, count: usize) -> Vec<Row> {
    let gaps = random.pick(&[0, 5, 20, 60]);
    (0..count)
        .map(|_| {
            parts
                .inputs
                .iter()
                .map(|input| cell(random, parts, &input.ty, gaps))
                .collect()
        })
        .collect()
}

fn cell(random: &mut Random, parts: &PlanParts, ty: &InputType, gaps: u64) -> Cell {
    if random.chance(gaps) {
        return Err(random.pick(&MissingCause::ALL));
    }
    Ok(match ty {
        InputType::Int(scale) => Datum::Int(match random.below(30) {
            0 => random.pick(&[EXACT, -EXACT, EXACT + 1, -EXACT - 1, i64::MAX, i64::MIN, EXACT - 1]),
            1..=8 => edge(random, parts) * 10_i64.pow(u32::from(*scale)) / random.pick(&[1, 10, 100]),
            9 | 10 => random.next() as i64 >> random.between(10, 60),
            // Halves, which are rounded to even.
            11..=15 => random.between(-500, 500) * 5,
            _ => random.between(-60, 60) * random.pick(&[1, 10_i64.pow(u32::from(*scale))]),
        }),
        InputType::Double => Datum::Double(match random.below(30) {
            0 => random.pick(&[
                f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                f64::MIN_POSITIVE,
                9.1e15,
                -0.0,
                1e300,
            ]),
            1..=8 => edge(random, parts) as f64 / 10_f64.powi(random.pick(&[0, 1, 2, 4])),
            9..=14 => random.between(-80, 80) as f64 / 8.0,
            15 | 16 => f64::from_bits(random.next()),
            17..=20 => (edge(random, parts) as f64 / 10_f64.powi(random.pick(&[0, 1, 2, 4]))) * (1.0 + f64::EPSILON),
            _ => random.between(-1_000_000, 1_000_000) as f64 / 997.0,
        }),
        InputType::Text(Some(list)) => Datum::Text(random.pick(list)),
        InputType::Text(None) if random.chance(10) => Datum::Text("nobody lists me".to_owned()),
        InputType::Text(None) => Datum::Text(random.pick(&texts())),
        InputType::Date => Datum::Date(match random.below(20) {
            0 => random.pick(&[i32::MAX, i32::MIN, 0, -1]),
            _ => random.between(18_000, 21_000) as i32,
        }),
        InputType::Flag => Datum::Flag(random.chance(50)),
    })
}

/// A number at which some band of the plan changes, or one beside it.
fn edge(random: &mut Random, parts: &PlanParts) -> i64 {
    let indicator = random.pick(&parts.indicators);
    let edges = match indicator.scoring {
        Scoring::Bands(bands) => bands.edges,
        Scoring::Keyed(keyed) => random.pick(&keyed.choices).bands.edges,
        Scoring::Map(_) | Scoring::Direct => Vec::new(),
    };
    let edge = if edges.is_empty() {
        random.between(-5, 105)
    } else {
        random.pick(&edges)
    };
    (edge + random.pick(&[0, 0, 0, -1, 1])).clamp(-(1 << 40), 1 << 40)
}
