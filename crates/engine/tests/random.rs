//! Random plans from a seed, with every kind of source, scoring, missing rule and condition. 随机计划

use pinji_engine::condition::DoubleRange;
use pinji_engine::expr::{Comparison, Operator};
use pinji_engine::plan::FULL_POINTS;
use pinji_engine::{
    Band, Bands, Bound, Choice, Condition, Dimension, Expr, GradeRule, Indicator, Input, InputType, Keyed, Missing,
    Operand, PlanParts, Score, ScoreWeight, Scoring, Source, Test, TextMap,
};

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` - 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

/// Texts that occur, some of them on lists and some not.
pub const TEXTS: [&str; 9] = [
    "manufacturing",
    "制造业",
    "retail",
    "",
    "large",
    "small",
    "零售业",
    "all",
    "A",
];
/// Doubles that hurt.
pub const NUMBERS: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -2.5,
    0.1,
    0.3,
    0.125,
    2.675,
    99.995,
    100.0,
    1e-9,
    1e-300,
    1e15,
    1e300,
    9_007_199_254_740_992.0,
    9_007_199_254_740_994.0,
    -9_007_199_254_740_992.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];
/// The largest magnitude that counts.
pub const LIMIT: i64 = 1 << 53;

/// A plan in the making: inputs by what they hold.
struct Maker<'r> {
    random: &'r mut Random,
    inputs: Vec<Input>,
}

/// A random plan. `size` is the most indicators.
pub fn plan(random: &mut Random, size: usize) -> PlanParts {
    let inputs = inputs(random);
    let dimensions: Vec<Dimension> = (0..=random.below(5))
        .map(|at| Dimension { id: format!("d{at}") })
        .collect();
    let mut maker = Maker { random, inputs };
    let count = 1 + maker.random.below(size);
    let indicators: Vec<Indicator> = (0..count).map(|at| maker.indicator(at, dimensions.len())).collect();
    let scores = (0..=maker.random.below(3))
        .map(|at| maker.score(at, &indicators))
        .collect();
    let mut parts = PlanParts {
        inputs: maker.inputs.clone(),
        dimensions,
        indicators,
        scores,
        min_coverage: maker.random.pick(&[0, 0, 0, 1, 3_333, 5_000, 9_999, 10_000]),
        ..PlanParts::default()
    };
    let grades = 1 + maker.random.below(7);
    parts.grades = (0..grades)
        .map(|at| GradeRule {
            id: format!("g{at}"),
            when: (at + 1 < grades).then(|| maker.condition(&parts, 3)),
        })
        .collect();
    let most = if maker.random.chance(5) { 64 } else { 4 };
    let (caps, floors) = (maker.random.below(most + 1), maker.random.below(most + 1));
    parts.caps = (0..caps).map(|at| maker.bound(&parts, at, grades)).collect();
    parts.floors = (0..floors).map(|at| maker.bound(&parts, at, grades)).collect();
    let group = if maker.random.chance(40) {
        maker.random.below(grades + 1)
    } else {
        0
    };
    parts.group = (0..group).map(|at| maker.bound(&parts, at, grades)).collect();
    parts
}

/// At least one input of every kind, in any order.
fn inputs(random: &mut Random) -> Vec<Input> {
    let mut types = vec![
        InputType::Int(random.below(5) as u8),
        InputType::Double,
        InputType::Double,
        InputType::Text(None),
        InputType::Date,
        InputType::Flag,
    ];
    for _ in 0..random.below(6) {
        let listed = (0..1 + random.below(4)).map(|at| TEXTS[at * 2].to_owned()).collect();
        let more = [
            InputType::Int(random.below(10) as u8),
            InputType::Double,
            InputType::Text(None),
            InputType::Text(Some(listed)),
            InputType::Date,
        ];
        types.push(random.pick(&more));
    }
    for at in (1..types.len()).rev() {
        types.swap(at, random.below(at + 1));
    }
    let named = types.into_iter().enumerate();
    named
        .map(|(at, ty)| Input {
            id: format!("m{at}"),
            ty,
        })
        .collect()
}

impl Maker<'_> {
    fn input(&mut self, wanted: fn(&InputType) -> bool) -> usize {
        let found: Vec<usize> = (0..self.inputs.len())
            .filter(|at| wanted(&self.inputs[*at].ty))
            .collect();
        self.random.pick(&found)
    }

    fn number_input(&mut self) -> usize {
        self.input(|ty| matches!(ty, InputType::Int(_) | InputType::Double))
    }

    fn text_input(&mut self) -> usize {
        self.input(|ty| matches!(ty, InputType::Text(_)))
    }

    fn indicator(&mut self, at: usize, dimensions: usize) -> Indicator {
        let texts = self.random.chance(25);
        let decimals = if texts {
            0
        } else {
            self.random.pick(&[0, 1, 2, 2, 3, 4, 6, 9])
        };
        let source = match (self.random.chance(60), texts) {
            (true, false) => Source::Input(self.number_input()),
            (true, true) => Source::Input(self.text_input()),
            (false, false) => Source::Formula(self.number(3)),
            (false, true) => Source::Formula(self.text(3)),
        };
        let scoring = match self.random.below(10) {
            _ if texts => Scoring::Map(self.map()),
            0..6 => Scoring::Bands(self.bands(decimals)),
            6..9 => Scoring::Keyed(self.keyed(decimals)),
            _ => Scoring::Direct,
        };
        let missing = match self.random.below(20) {
            0..2 => Missing::Refuse,
            2..9 => Missing::Points(self.points()),
            _ => Missing::Reweight,
        };
        Indicator {
            id: format!("i{at}"),
            dimension: self.random.below(dimensions),
            weight: self.weight(),
            decimals,
            source,
            scoring,
            missing,
        }
    }

    fn weight(&mut self) -> i64 {
        let usual = self.random.between(1, 20) * 50_000;
        let odd = self.random.between(1, 1_000_000);
        self.random.pick(&[usual, usual, usual, odd, 333_333, 1, 100_000_000])
    }

    /// Points with up to four decimals, more often round ones.
    fn points(&mut self) -> i32 {
        let round = self.random.between(0, 20) as i32 * 50_000;
        let odd = self.random.between(0, FULL_POINTS.into()) as i32;
        self.random.pick(&[round, round, odd, 0, FULL_POINTS])
    }

    fn bands(&mut self, decimals: u8) -> Bands {
        let unit = 10_i64.pow(decimals.into());
        let count = self.random.below(7);
        let mut edges: Vec<i64> = (0..count)
            .map(|_| match self.random.below(12) {
                0 => self.random.pick(&[i64::MIN, -LIMIT, LIMIT, LIMIT + 1, i64::MAX]),
                1..6 => self.random.between(-10, 10) * unit,
                6..9 => self.random.between(-200, 200) * unit / 2,
                _ => self.random.between(-1_000, 1_000),
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let interpolated = self.random.chance(40);
        let bands = (0..=edges.len()).map(|at| {
            let flat = Band::flat(self.points());
            let Some(low) = at.checked_sub(1).map(|below| edges[below]) else {
                return flat;
            };
            match edges.get(at) {
                Some(high) if interpolated => Band {
                    from: flat.from,
                    to: self.points(),
                    low,
                    high: *high,
                },
                _ => flat,
            }
        });
        let bands = bands.collect();
        Bands { edges, bands }
    }

    fn keyed(&mut self, decimals: u8) -> Keyed {
        let keys: Vec<usize> = (0..1 + self.random.below(2)).map(|_| self.text_input()).collect();
        let mut choices: Vec<Choice> = (0..self.random.below(5))
            .map(|_| Choice {
                keys: keys
                    .iter()
                    .map(|_| self.random.chance(70).then(|| self.random.pick(&TEXTS).to_owned()))
                    .collect(),
                bands: self.bands(decimals),
            })
            .collect();
        choices.push(Choice {
            keys: vec![None; keys.len()],
            bands: self.bands(decimals),
        });
        Keyed { keys, choices }
    }

    fn map(&mut self) -> TextMap {
        let from = self.random.below(TEXTS.len());
        let count = self.random.below(6);
        let text = |at: usize| TEXTS[(from + at) % TEXTS.len()].to_owned();
        TextMap {
            entries: (0..count).map(|at| (text(at), self.points())).collect(),
            otherwise: self.random.chance(50).then(|| self.points()),
        }
    }

    /// Some of the dimensions that have indicators, in policy order.
    fn score(&mut self, at: usize, indicators: &[Indicator]) -> Score {
        let mut peopled: Vec<usize> = indicators.iter().map(|indicator| indicator.dimension).collect();
        peopled.sort_unstable();
        peopled.dedup();
        let sure = self.random.pick(&peopled);
        peopled.retain(|dimension| *dimension == sure || self.random.chance(70));
        Score {
            id: format!("s{at}"),
            decimals: self.random.below(5) as u8,
            weights: peopled
                .into_iter()
                .map(|dimension| ScoreWeight {
                    dimension,
                    weight: self.weight(),
                })
                .collect(),
        }
    }

    fn bound(&mut self, parts: &PlanParts, at: usize, grades: usize) -> Bound {
        Bound {
            id: format!("b{at}"),
            when: self.condition(parts, 2),
            grade: self.random.below(grades),
        }
    }

    // Conditions.

    fn condition(&mut self, parts: &PlanParts, depth: usize) -> Condition {
        let kind = self.random.below(if depth == 0 { 7 } else { 12 });
        match kind {
            0..3 => {
                let at = self.random.below(parts.scores.len());
                let unit = 10_i64.pow(parts.scores[at].decimals.into());
                Condition::Test(Operand::Score(at), self.within(unit))
            }
            3 => {
                let at = self.random.below(parts.indicators.len());
                if matches!(parts.indicators[at].scoring, Scoring::Map(_)) {
                    return Condition::Missing(Operand::Indicator(at));
                }
                let unit = 10_i64.pow(parts.indicators[at].decimals.into());
                Condition::Test(Operand::Indicator(at), self.within(unit))
            }
            4 | 5 => {
                let at = self.random.below(self.inputs.len());
                Condition::Test(Operand::Input(at), self.test(at))
            }
            6 => Condition::Missing(match self.random.below(3) {
                0 => Operand::Score(self.random.below(parts.scores.len())),
                1 => Operand::Indicator(self.random.below(parts.indicators.len())),
                _ => Operand::Input(self.random.below(self.inputs.len())),
            }),
            7 | 8 => Condition::All(
                (0..self.random.below(4))
                    .map(|_| self.condition(parts, depth - 1))
                    .collect(),
            ),
            9 => Condition::Any(
                (0..self.random.below(4))
                    .map(|_| self.condition(parts, depth - 1))
                    .collect(),
            ),
            10 => Condition::Not(Box::new(self.condition(parts, depth - 1))),
            _ => Condition::Constant(self.random.chance(50)),
        }
    }

    /// Up to three intervals, ascending and disjoint, often open at an end.
    fn within(&mut self, unit: i64) -> Test {
        if self.random.chance(50) {
            let edge = self.random.between(-2, 20) * 5 * unit;
            return Test::Within(vec![if self.random.chance(80) {
                (edge, i64::MAX)
            } else {
                (i64::MIN, edge)
            }]);
        }
        let mut ends: Vec<i64> = (0..2 * (1 + self.random.below(3)))
            .map(|_| self.random.between(-20, 110) * unit)
            .collect();
        ends.sort_unstable();
        ends.dedup();
        Test::Within(ends.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }

    fn test(&mut self, input: usize) -> Test {
        match self.inputs[input].ty.clone() {
            InputType::Int(scale) => self.within(10_i64.pow(scale.into())),
            InputType::Date => self.within(1_000),
            InputType::Flag => {
                let one = self.random.between(0, 1);
                Test::Within(vec![(one, one)])
            }
            InputType::Double => {
                let ends = [self.random.pick(&NUMBERS[..21]), self.random.between(-10, 10) as f64];
                let range = DoubleRange {
                    low: ends[0].min(ends[1]),
                    low_inclusive: self.random.chance(50),
                    high: if self.random.chance(50) {
                        f64::INFINITY
                    } else {
                        ends[0].max(ends[1])
                    },
                    high_inclusive: self.random.chance(50),
                };
                Test::Doubles(vec![range])
            }
            InputType::Text(_) => {
                let list = (0..self.random.below(4))
                    .map(|_| self.random.pick(&TEXTS).to_owned())
                    .collect();
                if self.random.chance(50) {
                    Test::OneOf(list)
                } else {
                    Test::NoneOf(list)
                }
            }
        }
    }

    // Formulas, well typed.

    fn boxed(&mut self, make: fn(&mut Self, usize) -> Expr, depth: usize) -> Box<Expr> {
        Box::new(make(self, depth))
    }

    fn list(&mut self, make: fn(&mut Self, usize) -> Expr, depth: usize) -> Vec<Expr> {
        (0..1 + self.random.below(3)).map(|_| make(self, depth)).collect()
    }

    /// What numbers and dates have: case, coalesce, nullif, least and greatest.
    fn choice(&mut self, make: fn(&mut Self, usize) -> Expr, depth: usize) -> Expr {
        match self.random.below(5) {
            0 => {
                let arms = (0..1 + self.random.below(2))
                    .map(|_| (self.flag(depth), make(self, depth)))
                    .collect();
                Expr::Case(arms, self.random.chance(70).then(|| self.boxed(make, depth)))
            }
            1 => Expr::Coalesce(self.list(make, depth)),
            2 => Expr::NullIf(self.boxed(make, depth), self.boxed(make, depth)),
            3 => Expr::Least(self.list(make, depth)),
            _ => Expr::Greatest(self.list(make, depth)),
        }
    }

    /// The same without least and greatest.
    fn text_choice(&mut self, depth: usize) -> Expr {
        loop {
            let choice = self.choice(Self::text, depth);
            if !matches!(choice, Expr::Least(_) | Expr::Greatest(_)) {
                return choice;
            }
        }
    }

    fn number(&mut self, depth: usize) -> Expr {
        if depth == 0 || self.random.chance(10) {
            return match self.random.below(3) {
                0 if self.random.chance(50) => Expr::Number(self.random.pick(&NUMBERS[..17])),
                0 => Expr::Number(self.random.between(-20, 20) as f64),
                _ => Expr::Input(self.number_input()),
            };
        }
        let down = depth - 1;
        match self.random.below(12) {
            0..6 => {
                let operators = [Operator::Add, Operator::Subtract, Operator::Multiply, Operator::Divide];
                let operator = self.random.pick(&operators);
                Expr::Binary(operator, self.boxed(Self::number, down), self.boxed(Self::number, down))
            }
            6 => Expr::Negate(self.boxed(Self::number, down)),
            7 => Expr::Abs(self.boxed(Self::number, down)),
            8 => Expr::Ln(self.boxed(Self::number, down)),
            9 => {
                let (a, b) = (self.boxed(Self::date, down), self.boxed(Self::date, down));
                if self.random.chance(50) {
                    Expr::MonthsBetween(a, b)
                } else {
                    Expr::Binary(Operator::Subtract, a, b)
                }
            }
            _ => self.choice(Self::number, down),
        }
    }

    fn text(&mut self, depth: usize) -> Expr {
        match self.random.below(10) {
            0..2 => Expr::Text(self.random.pick(&TEXTS).to_owned()),
            2..6 => Expr::Input(self.text_input()),
            _ if depth == 0 => Expr::Input(self.text_input()),
            _ => self.text_choice(depth - 1),
        }
    }

    fn date(&mut self, depth: usize) -> Expr {
        match self.random.below(10) {
            0..2 => Expr::Date(self.random.between(-1_000, 25_000) as i32),
            2..5 => Expr::Input(self.input(|ty| *ty == InputType::Date)),
            _ if depth == 0 => Expr::Input(self.input(|ty| *ty == InputType::Date)),
            5..8 => {
                let operator = self.random.pick(&[Operator::Add, Operator::Subtract]);
                let days = Expr::Number(self.random.between(-4_000, 4_000) as f64 / 2.0);
                Expr::Binary(operator, self.boxed(Self::date, depth - 1), Box::new(days))
            }
            _ => self.choice(Self::date, depth - 1),
        }
    }

    fn flag(&mut self, depth: usize) -> Expr {
        if depth == 0 || self.random.chance(10) {
            return match self.random.below(4) {
                0 => Expr::Flag(self.random.chance(50)),
                _ => Expr::Input(self.input(|ty| *ty == InputType::Flag)),
            };
        }
        let down = depth - 1;
        let operands: [fn(&mut Self, usize) -> Expr; 4] = [Self::number, Self::text, Self::date, Self::number];
        let operand = self.random.pick(&operands);
        match self.random.below(12) {
            0..5 => {
                let comparisons = [
                    Comparison::Equal,
                    Comparison::NotEqual,
                    Comparison::Less,
                    Comparison::AtMost,
                    Comparison::Greater,
                    Comparison::AtLeast,
                ];
                Expr::Compare(
                    self.random.pick(&comparisons),
                    self.boxed(operand, down),
                    self.boxed(operand, down),
                )
            }
            5 | 6 => Expr::InList(self.boxed(operand, down), self.list(operand, down)),
            7 => Expr::IsNull(self.boxed(operand, down)),
            8 => Expr::Not(self.boxed(Self::flag, down)),
            9 => Expr::And(self.boxed(Self::flag, down), self.boxed(Self::flag, down)),
            10 => Expr::Or(self.boxed(Self::flag, down), self.boxed(Self::flag, down)),
            _ => Expr::Coalesce(self.list(Self::flag, down)),
        }
    }
}
