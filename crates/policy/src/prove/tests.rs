//! The prover against brute force: small random policies whose every customer can be graded. 证明的检验
#![allow(
    clippy::disallowed_methods, // tests read the shipped files
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use pinji_domain::{Decimal, Text, date};
use pinji_engine::expr::Operator;
use pinji_engine::{
    Band, Bands, Bound, Choice, Condition, Dimension, Expr, GradeRule, Indicator, Input, InputType, Keyed, Missing,
    Operand, Plan, PlanParts, Score, ScoreWeight, Scoring, Source, Test, TextMap, UNGRADED,
};

use super::customer::{graded, says};
use super::model::TRUE;
use super::{Outcome, decide};
use crate::compile::{Compiled, CompiledMeasure, MeasureSource, Statement};
use crate::document::{self, Better, Document, GivenType, MissingRule, Subject, Unit};
use crate::rows::{Row, Value};

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }
    fn chance(&mut self, in_hundred: u64) -> bool {
        self.below(100) < in_hundred
    }
    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize].clone()
    }
}

const LOW: i64 = -1;
const HIGH: i64 = 5;
const TEXTS: [&str; 3] = ["a", "b", "c"];

/// Points that make round sums likely, so that thresholds are hit exactly.
fn points(random: &mut Random) -> i32 {
    random.pick(&[0, 200_000, 333_333, 500_000, 500_001, 1_000_000])
}

fn bands(random: &mut Random) -> Bands {
    let mut edges: Vec<i64> = (0..=random.between(0, 2)).map(|_| random.between(0, HIGH)).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut bands = vec![Band::flat(points(random))];
    for at in 0..edges.len() {
        let end = edges.get(at + 1).copied();
        bands.push(match end {
            Some(end) if random.chance(30) && end > edges[at] => Band {
                from: points(random),
                to: points(random),
                low: edges[at],
                high: end,
            },
            _ => Band::flat(points(random)),
        });
    }
    Bands { edges, bands }
}

fn interval(random: &mut Random, low: i64, high: i64) -> Test {
    let at = random.between(low, high);
    Test::Within(vec![if random.chance(50) {
        (at, i64::MAX)
    } else {
        (i64::MIN, at)
    }])
}

fn condition(random: &mut Random, parts: &PlanParts, depth: u32) -> Condition {
    match random.below(if depth == 0 { 7 } else { 10 }) {
        0..=2 => {
            let score = random.below(parts.scores.len() as u64) as usize;
            let whole = 100 * 10_i64.pow(u32::from(parts.scores[score].decimals));
            Condition::Test(Operand::Score(score), interval(random, whole / 5, whole))
        }
        3 => {
            let at = random.below(parts.indicators.len() as u64) as usize;
            match parts.indicators[at].scoring {
                Scoring::Map(_) => Condition::Missing(Operand::Indicator(at)),
                _ => Condition::Test(Operand::Indicator(at), interval(random, LOW, HIGH)),
            }
        }
        4..=5 => {
            let at = random.below(parts.inputs.len() as u64) as usize;
            let test = match parts.inputs[at].ty {
                InputType::Text(_) if random.chance(50) => Test::OneOf(vec![random.pick(&TEXTS).to_owned()]),
                InputType::Text(_) => Test::NoneOf(vec![random.pick(&TEXTS).to_owned()]),
                _ => interval(random, LOW, HIGH),
            };
            Condition::Test(Operand::Input(at), test)
        }
        6 => Condition::Missing(Operand::Input(random.below(parts.inputs.len() as u64) as usize)),
        7 => Condition::Not(Box::new(condition(random, parts, depth - 1))),
        8 => Condition::All(vec![
            condition(random, parts, depth - 1),
            condition(random, parts, depth - 1),
        ]),
        _ => Condition::Any(vec![
            condition(random, parts, depth - 1),
            condition(random, parts, depth - 1),
        ]),
    }
}

/// `formulas`: whether indicators may be formulas over several inputs, for which proofs are only sound.
fn parts(random: &mut Random, formulas: bool) -> PlanParts {
    let mut parts = PlanParts::default();
    let numbers = random.between(1, 3) as usize;
    for at in 0..numbers {
        parts.inputs.push(Input {
            id: format!("n{at}"),
            ty: InputType::Int(0),
        });
    }
    let texts = random.chance(60);
    if texts {
        let list = random
            .chance(50)
            .then(|| TEXTS.iter().map(|text| (*text).to_owned()).collect());
        parts.inputs.push(Input {
            id: "t".to_owned(),
            ty: InputType::Text(list),
        });
    }
    let dimensions = random.between(1, 2) as usize;
    parts.dimensions = (0..dimensions).map(|at| Dimension { id: format!("d{at}") }).collect();
    let missing = |random: &mut Random| match random.below(4) {
        0 => Missing::Refuse,
        1 => Missing::Points(points(random)),
        _ => Missing::Reweight,
    };
    for at in 0..random.between(dimensions as i64, 4) as usize {
        let number = random.below(numbers as u64) as usize;
        let map = texts && random.chance(25);
        let source = if map {
            Source::Input(numbers)
        } else if formulas && random.chance(60) {
            let other = random.below(numbers as u64) as usize;
            let operator = random.pick(&[Operator::Add, Operator::Subtract]);
            Source::Formula(Expr::Binary(
                operator,
                Box::new(Expr::Input(number)),
                Box::new(Expr::Input(other)),
            ))
        } else {
            Source::Input(number)
        };
        let scoring = if map {
            let otherwise = random.chance(50).then(|| points(random));
            let entries = TEXTS[..2]
                .iter()
                .map(|text| ((*text).to_owned(), points(random)))
                .collect();
            Scoring::Map(TextMap { entries, otherwise })
        } else if texts && random.chance(25) {
            let one = Choice {
                keys: vec![Some(random.pick(&TEXTS).to_owned())],
                bands: bands(random),
            };
            Scoring::Keyed(Keyed {
                keys: vec![numbers],
                choices: vec![
                    one,
                    Choice {
                        keys: vec![None],
                        bands: bands(random),
                    },
                ],
            })
        } else if formulas && random.chance(10) {
            Scoring::Direct
        } else {
            Scoring::Bands(bands(random))
        };
        parts.indicators.push(Indicator {
            id: format!("i{at}"),
            dimension: at % dimensions,
            weight: random.between(1, 6) * 10_000,
            decimals: 0,
            source,
            scoring,
            missing: missing(random),
        });
    }
    for at in 0..random.between(1, 2) as usize {
        let mut weights: Vec<ScoreWeight> = (0..dimensions)
            .map(|dimension| ScoreWeight {
                dimension,
                weight: random.between(1, 5) * 10_000,
            })
            .collect();
        if random.chance(40) {
            weights.truncate(1);
        }
        parts.scores.push(Score {
            id: format!("s{at}"),
            decimals: random.below(3) as u8,
            weights,
        });
    }
    let grades = random.between(2, 4) as usize;
    for at in 0..grades {
        let when = (at + 1 < grades).then(|| condition(random, &parts, 1));
        parts.grades.push(GradeRule {
            id: format!("g{at}"),
            when,
        });
    }
    let bound = |random: &mut Random, parts: &PlanParts, id: String| Bound {
        id,
        when: condition(random, parts, 1),
        grade: random.below(grades as u64) as usize,
    };
    parts.caps = (0..random.below(3))
        .map(|at| bound(random, &parts, format!("c{at}")))
        .collect();
    parts.floors = (0..random.below(2))
        .map(|at| bound(random, &parts, format!("f{at}")))
        .collect();
    parts.group = (0..random.below(2).min(grades as u64))
        .map(|at| bound(random, &parts, format!("m{at}")))
        .collect();
    parts.min_coverage = random.pick(&[0, 0, 3_000, 5_000, 8_000]);
    parts
}

fn document(parts: &PlanParts, random: &mut Random) -> Document {
    let indicators = parts.indicators.iter().map(|indicator| document::Indicator {
        id: indicator.id.clone(),
        dimension: String::new(),
        name: Text::default(),
        means: Text::default(),
        clause: String::new(),
        weight: Decimal { units: 1, scale: 0 },
        formula: String::new(),
        unit: Unit::Unknown,
        decimals: 0,
        better: random.pick(&[Better::Higher, Better::Lower, Better::Neither]),
        scoring: document::Scoring::Bands {
            bands: Vec::new(),
            interpolate: false,
        },
        missing: MissingRule::Worst,
    });
    Document {
        indicators: indicators.collect(),
        ..Document::default()
    }
}

/// Everybody: each number from just below `LOW` to just above `HIGH` or missing, each text or missing.
fn everybody(parts: &PlanParts) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![Vec::new()];
    for input in &parts.inputs {
        let values: Vec<Option<Value>> = match &input.ty {
            InputType::Text(list) => {
                let other = list.is_none().then_some("other");
                let texts = TEXTS
                    .into_iter()
                    .chain(other)
                    .map(|text| Some(Value::Text(text.to_owned())));
                texts.chain([None]).collect()
            }
            _ => (LOW - 1..=HIGH + 1)
                .map(|number| Some(Value::Int(number, 0)))
                .chain([None])
                .collect(),
        };
        rows = rows
            .iter()
            .flat_map(|row| {
                values
                    .iter()
                    .map(move |value| row.iter().cloned().chain([value.clone()]).collect())
            })
            .collect();
    }
    rows
}

fn statement(random: &mut Random, parts: &PlanParts) -> Statement {
    let grade = random.below(parts.grades.len() as u64) as usize;
    match random.below(6) {
        0 | 1 => Statement::AtMost {
            when: condition(random, parts, 1),
            grade,
        },
        2 => Statement::AtLeast {
            when: condition(random, parts, 1),
            grade,
        },
        3 => Statement::Reachable(grade),
        4 if random.chance(50) => {
            Statement::Monotone(Operand::Indicator(random.below(parts.indicators.len() as u64) as usize))
        }
        4 => Statement::Monotone(Operand::Input(0)),
        _ => {
            let input = random.below(parts.inputs.len() as u64) as usize;
            Statement::Independent {
                name: String::new(),
                inputs: vec![input],
            }
        }
    }
}

/// Whether the statement holds for everybody; `None` where brute force does not answer.
fn holds(plan: &Plan, document: &Document, statement: &Statement, rows: &[Row]) -> Option<bool> {
    let results = graded(plan, rows);
    let grade = |at: usize| results.grade[at];
    let parts = plan.parts();
    let all = |when: &Condition, holds: &dyn Fn(u8) -> bool| {
        (0..rows.len()).all(|at| says(when, plan, &rows[at], &results, at) != TRUE || holds(grade(at)))
    };
    // Pairs of rows that differ in one input only.
    let pairs = |input: usize| {
        let mut groups: std::collections::HashMap<String, Vec<usize>> = std::collections::HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let mut rest = row.clone();
            rest[input] = None;
            groups.entry(format!("{rest:?}")).or_default().push(at);
        }
        groups.into_values().collect::<Vec<_>>()
    };
    match statement {
        Statement::AtMost { when, grade } => Some(all(when, &|found| usize::from(found) >= *grade)),
        Statement::AtLeast { when, grade } => {
            Some(all(when, &|found| found != UNGRADED && usize::from(found) <= *grade))
        }
        Statement::Reachable(wanted) => Some((0..rows.len()).any(|at| usize::from(grade(at)) == *wanted)),
        Statement::Independent { inputs, .. } => Some(
            pairs(inputs[0])
                .iter()
                .all(|group| group.iter().all(|at| grade(*at) == grade(group[0]))),
        ),
        Statement::Monotone(Operand::Indicator(indicator)) => {
            let Source::Input(input) = parts.indicators[*indicator].source else {
                return None;
            };
            let line = &results.lines[*indicator];
            let better = document.indicators[*indicator].better;
            let text = matches!(parts.inputs[input].ty, InputType::Text(_));
            let rises = |a: usize, b: usize| match better {
                _ if line.causes[a] != 0 || line.causes[b] != 0 => false,
                Better::Higher if !text => line.values[b] > line.values[a],
                Better::Lower if !text => line.values[b] < line.values[a],
                _ => line.points[b] > line.points[a],
            };
            // Formulas over the same input stay as they are: the claim is about this indicator alone.
            let formulas = || {
                parts
                    .indicators
                    .iter()
                    .zip(&results.lines)
                    .filter(|(of, _)| matches!(of.source, Source::Formula(_)))
            };
            let alone = |a: usize, b: usize| {
                formulas().all(|(_, line)| line.values[a] == line.values[b] && line.causes[a] == line.causes[b])
            };
            let mut groups = pairs(input).into_iter();
            Some(groups.all(|group| {
                group.iter().all(|a| {
                    group
                        .iter()
                        .all(|b| !rises(*a, *b) || !alone(*a, *b) || grade(*b) <= grade(*a))
                })
            }))
        }
        // Nobody asks which way is better here, so one of the two ways has to be kept.
        Statement::Monotone(Operand::Input(input)) => {
            let number = |at: usize| match rows[at][*input] {
                Some(Value::Int(units, _)) => Some(units),
                _ => None,
            };
            let keeps = |sign: i64| {
                pairs(*input).iter().all(|group| {
                    group.iter().all(|a| {
                        group.iter().all(|b| match (number(*a), number(*b)) {
                            (Some(x), Some(y)) if sign * y > sign * x => grade(*b) <= grade(*a),
                            _ => true,
                        })
                    })
                })
            };
            Some(keeps(1) || keeps(-1)).filter(|keeps| !keeps)
        }
        Statement::Monotone(_) => None,
    }
}

fn compiled(plan: &Plan) -> Compiled {
    let measures = plan.parts().inputs.iter().map(|input| CompiledMeasure {
        id: input.id.clone(),
        ty: input.ty.clone(),
        source: MeasureSource::Given(GivenType::Number),
        members: None,
    });
    Compiled {
        subject: Subject::Customer,
        plan: plan.clone(),
        measures: measures.collect(),
    }
}

fn check(seed: u64, formulas: bool, tally: &mut [usize; 4]) {
    let mut random = Random(seed);
    let parts = parts(&mut random, formulas);
    let Ok(plan) = Plan::new(parts.clone()) else { return };
    let document = document(&parts, &mut random);
    let rows = everybody(&parts);
    let compiled = compiled(&plan);
    for _ in 0..4 {
        let statement = statement(&mut random, &parts);
        let outcome = decide(
            &document,
            &compiled,
            date::parse("2026-01-01").unwrap(),
            &statement,
            20_000,
        );
        let holds = holds(&plan, &document, &statement, &rows);
        let told = || format!("seed {seed}: {statement:?}\n{outcome:?}\n{parts:?}");
        match &outcome {
            Outcome::Proved { .. } => {
                tally[0] += 1;
                let far = formulas && matches!(statement, Statement::Reachable(_));
                assert!(far || holds != Some(false), "proved, but broken: {}", told());
            }
            Outcome::Refuted { confirmed: true, .. } => {
                tally[1] += 1;
                // A formula's counterexample may lie outside the numbers that brute force tries.
                assert!(
                    formulas || holds != Some(true),
                    "refuted, but nobody breaks it: {}",
                    told()
                );
            }
            Outcome::Refuted { .. } => {
                tally[2] += 1;
                assert!(
                    formulas,
                    "everything is tied, so a counterexample can be found: {}",
                    told()
                );
            }
            Outcome::Undecided { nodes } => {
                assert!(formulas, "spent {nodes}: {}", told());
                tally[3] += 1;
            }
            Outcome::Unclear(_) => {}
        }
    }
}

#[test]
fn proofs_agree_with_brute_force_where_indicators_are_inputs() {
    let mut tally = [0; 4];
    for seed in 0..400 {
        check(seed, false, &mut tally);
    }
    assert!(tally[0] > 150 && tally[1] > 150, "both sides are met: {tally:?}");
}

#[test]
fn proofs_are_sound_where_indicators_share_inputs() {
    let mut tally = [0; 4];
    for seed in 10_000..10_250 {
        check(seed, true, &mut tally);
    }
    assert!(tally[0] > 100 && tally[1] > 100, "both sides are met: {tally:?}");
}

/// The outcome in a word.
fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Proved { .. } => "proved".to_owned(),
        Outcome::Refuted { confirmed: true, .. } => "refuted".to_owned(),
        Outcome::Refuted { .. } => "refuted, unconfirmed".to_owned(),
        Outcome::Undecided { .. } => "undecided".to_owned(),
        Outcome::Unclear(message) => message.code.to_owned(),
    }
}

#[test]
fn what_shipped_policies_do_not_promise_is_refuted_by_a_customer() {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut found = String::new();
    let mut check = |entry: &str, claims: &[(&str, &str)]| {
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
        let document = crate::load(entry, &read).document.unwrap();
        let as_of = document.effective.unwrap();
        let compiled = crate::compile(&document, as_of).unwrap();
        for (says, expected) in claims {
            let guarantee = document::Guarantee {
                says: (*says).to_owned(),
                name: Text::default(),
                place: (String::new(), 0..0),
            };
            let word = word(&super::prove(&document, &compiled, as_of, &guarantee, 100_000));
            if word != *expected {
                found.push_str(&format!("{entry}: {says}: {word}\n"));
            }
        }
    };
    check(
        "tob-standard.toml",
        &[
            ("net_margin < 0 implies grade at_most 'ordinary'", "refuted"),
            ("defaults_12m = 0 implies grade at_least 'potential'", "refuted"),
            ("debt_ratio > 0.5 implies grade at_most 'key'", "refuted"),
            ("safety >= 60 implies grade at_least 'ordinary'", "refuted"),
            (
                "contribution >= 80 and safety >= 60 implies grade at_least 'vip'",
                "refuted",
            ),
            ("industry = '建筑施工' implies grade at_most 'key'", "refuted"),
            ("relationship is missing implies grade at_most 'key'", "refuted"),
            (
                "complaint_rate > 3 and debt_ratio > 0.9 implies grade at_most 'ordinary'",
                "refuted",
            ),
            ("independent of industry", "refuted"),
            ("independent of revenue", "refuted"),
            ("independent of defaults_12m", "refuted"),
            ("monotone in revenue", "refuted"),
            ("monotone in total_assets", "refuted"),
            ("monotone in tenure", "proved"),
            ("monotone in credit_level", "proved"),
            ("monotone in satisfaction", "proved"),
            ("monotone in defaults_12m", "proved"),
        ],
    );
    check(
        "wholesale-rfm.toml",
        &[
            ("monetary > 100000 implies grade at_least 'loyal'", "refuted"),
            ("order_size < 10 implies grade at_most 'developing'", "refuted"),
            // More orders for the same money make each smaller; whether that can cost a grade nobody was found to show.
            ("monotone in orders", "refuted, unconfirmed"),
        ],
    );
    check(
        "credit-nine-level.toml",
        &[
            ("net_margin < 0 implies grade at_most 'A'", "refuted"),
            ("debt_ratio > 0.7 implies grade at_most 'BB'", "refuted"),
            ("nonsense in nothing", "policy-formula-unexpected"),
        ],
    );
    assert_eq!(found, "");
}
