//! Weights sum to one exactly, also after lines were reweighted away.

use pinji_engine::{Band, Bands, Dimension, Indicator, Input, InputType, Missing, Plan, PlanParts, Score, ScoreWeight};
use pinji_engine::{GradeRule, Scoring, Source};

use crate::random::{self, Random};
use crate::reference;

/// A plan of nothing but weights: per dimension its own and those of its indicators, in units of 10^-4.
fn parts(dimensions: &[(i64, &[i64])], decimals: u8) -> PlanParts {
    let indicator = |dimension: usize, weight: i64| Indicator {
        id: format!("i{dimension}-{weight}"),
        dimension,
        weight,
        decimals: 0,
        source: Source::Input(0),
        scoring: Scoring::Bands(Bands {
            edges: Vec::new(),
            bands: vec![Band::flat(0)],
        }),
        missing: Missing::Reweight,
    };
    let indicators = dimensions.iter().enumerate();
    PlanParts {
        inputs: vec![Input {
            id: "m".into(),
            ty: InputType::Double,
        }],
        dimensions: (0..dimensions.len())
            .map(|at| Dimension { id: format!("d{at}") })
            .collect(),
        indicators: indicators
            .flat_map(|(at, (_, lines))| lines.iter().map(move |weight| indicator(at, *weight)))
            .collect(),
        scores: vec![Score {
            id: "total".into(),
            decimals,
            weights: dimensions
                .iter()
                .enumerate()
                .map(|(dimension, (weight, _))| ScoreWeight {
                    dimension,
                    weight: *weight,
                })
                .collect(),
        }],
        grades: vec![GradeRule {
            id: "only".into(),
            when: None,
        }],
        ..PlanParts::default()
    }
}

#[test]
fn remainders_go_to_the_largest_and_ties_to_the_first() {
    let check = |dimensions: &[(i64, &[i64])], decimals: u8, dropped: u64, wanted: Option<&[i64]>| {
        let plan = Plan::new(parts(dimensions, decimals)).unwrap();
        let found = plan.weights(0, dropped);
        assert_eq!(
            found.as_deref(),
            wanted,
            "{dimensions:?} at {decimals}, without {dropped:b}"
        );
        if dropped == 0 {
            assert_eq!(
                Some(plan.nominal_weights(0)),
                wanted,
                "{dimensions:?} at {decimals}, nominal"
            );
        }
    };
    // Thirds: the unit that is left goes to the first.
    check(&[(1, &[1, 1, 1])], 0, 0, Some(&[34, 33, 33]));
    check(&[(1, &[1, 1, 1, 1, 1, 1])], 0, 0, Some(&[17, 17, 17, 17, 16, 16]));
    // The largest remainder, not the first line: 12.5, 87.5 is a tie; 14.28…, 85.71… is none.
    check(&[(1, &[1, 7])], 0, 0, Some(&[13, 87]));
    check(&[(1, &[1, 6])], 0, 0, Some(&[14, 86]));
    // Ties go across dimensions in policy order.
    check(&[(1, &[1, 1]), (1, &[1, 1, 1])], 0, 0, Some(&[25, 25, 17, 17, 16]));
    check(&[(2, &[1]), (1, &[1])], 2, 0, Some(&[6_667, 3_333]));
    check(
        &[(600_000, &[500_000, 500_000]), (400_000, &[1])],
        4,
        0,
        Some(&[300_000, 300_000, 400_000]),
    );
    // Within the dimension first; over the score when a whole dimension is gone; nothing when all is gone.
    check(&[(60, &[1, 2]), (40, &[1])], 0, 0b001, Some(&[0, 60, 40]));
    check(&[(60, &[1, 2]), (40, &[1])], 0, 0b010, Some(&[60, 0, 40]));
    check(&[(60, &[1, 2]), (40, &[1])], 0, 0b011, Some(&[0, 0, 100]));
    check(&[(60, &[1, 2]), (40, &[1])], 0, 0b100, Some(&[33, 67, 0]));
    check(&[(60, &[1, 2]), (40, &[1])], 0, 0b111, None);
    check(&[(50, &[1]), (30, &[1]), (10, &[1])], 0, 0b001, Some(&[0, 75, 25]));
}

#[test]
fn weights_sum_to_one_and_stay_within_a_unit() {
    for seed in 0..300 {
        let mut random = Random(3_000_000 + seed);
        let parts = random::plan(&mut random, if seed % 10 == 0 { 64 } else { 12 });
        let plan = Plan::new(parts.clone()).unwrap();
        for (at, score) in parts.scores.iter().enumerate() {
            let units = 10_i64.pow(u32::from(score.decimals) + 2);
            for round in 0..20 {
                let dropped = if round == 0 { 0 } else { random.next() & random.next() };
                let gone: Vec<bool> = (0..parts.indicators.len())
                    .map(|line| dropped >> line & 1 == 1)
                    .collect();
                let found = plan.weights(at, dropped);
                assert_eq!(
                    found,
                    reference::weights(&parts, at, &gone),
                    "seed {seed}, score {at}, {dropped:b}"
                );
                let Some(weights) = found else { continue };
                assert_eq!(weights.iter().sum::<i64>(), units, "seed {seed}, score {at}");
                for (line, weight) in weights.iter().enumerate() {
                    let exact = share(&parts, at, line, &gone) * units as f64;
                    assert!(
                        (*weight as f64 - exact).abs() < 1.0 + 1e-6,
                        "seed {seed}: {weight} for {exact}"
                    );
                    assert!(
                        *weight == 0 || !gone[line],
                        "seed {seed}: a dropped line weighs {weight}"
                    );
                }
            }
        }
    }
}

/// The share of a line, as a double.
fn share(parts: &PlanParts, score: usize, line: usize, gone: &[bool]) -> f64 {
    let inside = |dimension: usize| -> f64 {
        let kept = parts
            .indicators
            .iter()
            .zip(gone)
            .filter(|(one, gone)| one.dimension == dimension && !**gone);
        kept.map(|(indicator, _)| indicator.weight as f64).sum()
    };
    let weights = &parts.scores[score].weights;
    let whole: f64 = weights
        .iter()
        .filter(|one| inside(one.dimension) > 0.0)
        .map(|one| one.weight as f64)
        .sum();
    let indicator = &parts.indicators[line];
    let own = weights
        .iter()
        .find(|one| one.dimension == indicator.dimension && !gone[line]);
    own.map_or(0.0, |own| {
        own.weight as f64 / whole * indicator.weight as f64 / inside(own.dimension)
    })
}
