//! How long one customer takes from raw measures to grade and reasons, one call each. 单客户评级耗时
//!
//! `cargo bench -p pinji-engine` grades 200 000 customers; without `--bench` (as under `cargo test --benches`) only the
//! first 2 000, whose results are held against a fixed checksum either way.
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    missing_docs
)]

use std::hint::black_box;
use std::time::Instant;

use pinji_engine::condition::DoubleRange;
use pinji_engine::{
    Band, Bands, Batch, Bits, Bound, Column, Condition, Detail, Dimension, GradeRule, Graded, Indicator, Input,
    InputType, Missing, Operand, Plan, PlanParts, Score, ScoreWeight, Scoring, Scratch, Source, Test, TextMap, Texts,
    Values, grade_with,
};

const SEED: u64 = 20_260_101;
const CUSTOMERS: usize = 200_000;
const CHECKED: usize = 2_000;
/// The results of the first customers; it changes only when the plan, the customers or the meaning of a plan change.
const CHECKSUM: u64 = 16_479_640_042_310_379_791;

const DIMENSIONS: usize = 5;
const INDICATORS: usize = 30;
/// Every fifth indicator is a category.
const CATEGORY: usize = 5;
const WORDS: [&str; 12] = [
    "soe",
    "listed",
    "foreign",
    "private",
    "collective",
    "AAA",
    "AA",
    "A",
    "direct",
    "partner",
    "online",
    "elsewhere",
];

/// Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn is_category(at: usize) -> bool {
    at % CATEGORY == CATEGORY - 1
}

/// 24 numbers by bands and 6 categories by maps in five dimensions, five grades, three caps.
fn plan(random: &mut Random) -> Plan {
    let mut indicators = Vec::with_capacity(INDICATORS);
    for at in 0..INDICATORS {
        let scoring = if is_category(at) {
            let points = |random: &mut Random| random.below(21) as i32 * 50_000;
            // The last word is on no map.
            let entries = WORDS[..11].iter().map(|word| ((*word).to_owned(), points(random)));
            Scoring::Map(TextMap {
                entries: entries.collect(),
                otherwise: Some(points(random)),
            })
        } else {
            let edges: Vec<i64> = (1..6 + random.below(2) as i64).map(|edge| edge * 1_500).collect();
            let rising = random.below(3) > 0;
            let step = 1_000_000 / edges.len() as i32;
            let points = |band: usize| band as i32 * step / 10_000 * 10_000;
            let place = |band: usize| if rising { band } else { edges.len() - band };
            let bands = (0..=edges.len()).map(|band| Band::flat(points(place(band))));
            Scoring::Bands(Bands {
                bands: bands.collect(),
                edges: edges.clone(),
            })
        };
        indicators.push(Indicator {
            id: format!("indicator_{at}"),
            dimension: at * DIMENSIONS / INDICATORS,
            weight: 20_000 + random.below(9) as i64 * 5_000,
            decimals: if is_category(at) { 0 } else { 4 },
            source: Source::Input(at),
            scoring,
            missing: Missing::Points(random.below(9) as i32 * 50_000),
        });
    }
    let input = |at: usize| Input {
        id: format!("measure_{at}"),
        ty: if is_category(at) {
            InputType::Text(None)
        } else {
            InputType::Double
        },
    };
    let grade = |id: &str, least: Option<i64>| GradeRule {
        id: id.to_owned(),
        when: least.map(|least| Condition::Test(Operand::Score(0), Test::Within(vec![(least * 100, i64::MAX)]))),
    };
    let above = |at: usize, low: f64| {
        let range = DoubleRange {
            low,
            low_inclusive: false,
            high: f64::INFINITY,
            high_inclusive: false,
        };
        Condition::Test(Operand::Input(at), Test::Doubles(vec![range]))
    };
    let cap = |id: &str, when: Condition, grade: usize| Bound {
        id: id.to_owned(),
        when,
        grade,
    };
    let one_of = Test::OneOf(vec!["private".to_owned(), "online".to_owned()]);
    let parts = PlanParts {
        inputs: (0..INDICATORS).map(input).collect(),
        dimensions: (0..DIMENSIONS)
            .map(|at| Dimension {
                id: format!("dimension_{at}"),
            })
            .collect(),
        indicators,
        scores: vec![Score {
            id: "total".to_owned(),
            decimals: 2,
            weights: [35, 20, 15, 20, 10]
                .into_iter()
                .enumerate()
                .map(|(dimension, weight)| ScoreWeight {
                    dimension,
                    weight: weight * 10_000,
                })
                .collect(),
        }],
        grades: vec![
            grade("A", Some(65)),
            grade("B", Some(55)),
            grade("C", Some(45)),
            grade("D", Some(35)),
            grade("E", None),
        ],
        caps: vec![
            cap("default", above(20, 0.95), 2),
            cap("debt", above(2, 0.9), 1),
            cap(
                "compliance",
                Condition::All(vec![Condition::Test(Operand::Input(24), one_of), above(21, 0.6)]),
                3,
            ),
        ],
        floors: Vec::new(),
        group: Vec::new(),
        min_coverage: 0,
        possible: Vec::new(),
    };
    Plan::new(parts).expect("a sound plan")
}

/// The measures of one customer as a program has them before it asks for a grade.
#[derive(Clone, Copy)]
enum Measure {
    Number(f64),
    Text(&'static str),
    None,
}

fn customer(random: &mut Random) -> [Measure; INDICATORS] {
    std::array::from_fn(|at| {
        if random.below(100) < 6 {
            Measure::None
        } else if is_category(at) {
            Measure::Text(WORDS[random.below(WORDS.len() as u64) as usize])
        } else {
            // Four decimals, as recorded figures have, now and then below zero.
            Measure::Number((random.below(11_000) as f64 - 1_000.0) / 10_000.0)
        }
    })
}

/// A batch of one.
fn grade_one(plan: &Plan, customer: &[Measure; INDICATORS], scratch: &mut Scratch, out: &mut Graded) {
    let mut numbers = [0.0; INDICATORS];
    let mut texts = [""; INDICATORS];
    for ((number, text), measure) in numbers.iter_mut().zip(&mut texts).zip(customer) {
        match measure {
            Measure::Number(value) => *number = *value,
            Measure::Text(value) => *text = *value,
            Measure::None => {}
        }
    }
    let columns = customer.iter().enumerate().map(|(at, measure)| {
        let values = if is_category(at) {
            Values::Text(Texts {
                keys: &[0],
                list: std::slice::from_ref(&texts[at]),
            })
        } else {
            Values::Double(std::slice::from_ref(&numbers[at]))
        };
        let null = matches!(measure, Measure::None);
        Column {
            values,
            valid: null.then_some(Bits { bytes: &[0], offset: 0 }),
            causes: None,
        }
    });
    let batch = Batch {
        rows: 1,
        columns: columns.collect(),
    };
    grade_with(plan, &batch, Detail::Grades, scratch, out);
}

/// Mixes a result into a checksum.
fn add(sum: u64, graded: &Graded) -> u64 {
    let reasons = graded.losses.iter().map(|column| u64::from(column[0]));
    let scores = graded.scores.iter().map(|score| score.values[0].cast_unsigned());
    let dimensions = graded.dimensions.iter().map(|column| column[0].to_bits());
    let rest = [u64::from(graded.grade[0]), graded.caps[0], graded.missing[0]];
    let mix = |sum: u64, part: u64| (sum.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
    reasons.chain(scores).chain(dimensions).chain(rest).fold(sum, mix)
}

fn main() {
    let timed = std::env::args().any(|argument| argument == "--bench");
    let mut random = Random(SEED);
    let plan = plan(&mut random);
    let (mut scratch, mut out) = (Scratch::default(), Graded::default());
    let mut checksum = 0;
    let customers: Vec<_> = (0..if timed { CUSTOMERS } else { CHECKED })
        .map(|_| customer(&mut random))
        .collect();
    for customer in &customers[..CHECKED] {
        grade_one(&plan, customer, &mut scratch, &mut out);
        checksum = add(checksum, &out);
    }
    assert_eq!(checksum, CHECKSUM, "the results of the first {CHECKED} customers");
    if !timed {
        return;
    }
    let mut grades = [0_usize; 5];
    let mut nanoseconds = Vec::with_capacity(customers.len());
    let start = Instant::now();
    for customer in &customers {
        let before = Instant::now();
        grade_one(&plan, black_box(customer), &mut scratch, &mut out);
        black_box(&out);
        nanoseconds.push(before.elapsed().as_nanos());
        grades[usize::from(out.grade[0])] += 1;
    }
    let mean = start.elapsed().as_nanos() / customers.len() as u128;
    nanoseconds.sort_unstable();
    let at = |per_cent: usize| nanoseconds[(nanoseconds.len() - 1) * per_cent / 100];
    println!(
        "{INDICATORS} indicators, {} customers, one call each; grades {grades:?}",
        customers.len()
    );
    println!(
        "nanoseconds per customer: median {}, p99 {}, mean {mean}",
        at(50),
        at(99)
    );
}
