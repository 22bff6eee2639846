//! The kernel agrees with the reference, and a subject's result depends on nothing but the subject. 一致性

use pinji_engine::{Detail, Graded, Plan, Scratch, grade, grade_with};

use crate::random::{Random, plan, rows};
use crate::reference::{Answer, LineAnswer, grade as slowly};
use crate::rows::{Layout, Row, with_batch};

/// One row of the kernel's columns.
fn answer(graded: &Graded, at: usize) -> Answer {
    Answer {
        scores: graded.scores.iter().map(|score| score.values[at]).collect(),
        coverage: graded.scores.iter().map(|score| score.coverage[at]).collect(),
        dimensions: graded
            .dimensions
            .iter()
            .map(|dimension| canonical(dimension[at]))
            .collect(),
        grade: graded.grade[at],
        ungraded: graded.ungraded[at],
        losses: [0, 1, 2].map(|place: usize| graded.losses[place][at]),
        caps: graded.caps[at],
        floors: graded.floors[at],
        missing: graded.missing[at],
        lines: (graded.lines.iter())
            .map(|line| LineAnswer {
                value: line.values[at],
                band: line.bands[at],
                points: line.points[at],
                cause: line.causes[at],
            })
            .collect(),
    }
}

/// Any NaN is the same NaN.
fn canonical(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        value.to_bits()
    }
}

fn quickly(plan: &Plan, rows: &[Row], layout: Layout, detail: Detail) -> Vec<Answer> {
    let mut out = Graded::default();
    with_batch(plan.types(), rows, layout, |batch| grade(plan, batch, detail, &mut out));
    assert_eq!(out.rows, rows.len());
    (0..rows.len()).map(|at| answer(&out, at)).collect()
}

/// Plans and rows of each: together well over ten thousand subjects.
const PLANS: u64 = 600;

fn size(random: &mut Random) -> usize {
    // Some batches are longer than a chunk of the kernel may be.
    if random.chance(1) { 3_000 } else { 1 + random.below(60) }
}

#[test]
fn the_kernel_agrees_with_the_reference_in_every_column() {
    let mut cases = 0;
    let mut seen = [0; 4];
    for seed in 0..PLANS {
        let mut random = Random(seed);
        let parts = plan(&mut random);
        let plan = Plan::new(parts.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error:?}\n{parts:#?}"));
        let count = size(&mut random);
        let rows = rows(&mut random, &parts, count);
        let found = quickly(&plan, &rows, Layout::default(), Detail::Lines);
        for (at, row) in rows.iter().enumerate() {
            let expected = slowly(&parts, row);
            seen[usize::from(expected.ungraded)] += 1;
            assert_eq!(
                found[at], expected,
                "seed {seed}, row {at} (left the kernel, right the reference): {row:?}\n{parts:#?}"
            );
            cases += 1;
        }
    }
    assert!(cases >= 10_000, "{cases} cases");
    assert!(
        seen.iter().all(|count| *count > 20),
        "graded and ungraded for each reason: {seen:?}"
    );
}

#[test]
fn neither_order_nor_batches_nor_storage_change_a_result() {
    for seed in 10_000..10_150 {
        let mut random = Random(seed);
        let parts = plan(&mut random);
        let plan = Plan::new(parts.clone()).expect("random plans are plans");
        let count = size(&mut random);
        let mut rows = rows(&mut random, &parts, count);
        let expected = quickly(&plan, &rows, Layout::default(), Detail::Lines);

        for layout in [
            Layout {
                offset: 3,
                repeat_texts: true,
                lean: false,
            },
            Layout {
                offset: 9,
                repeat_texts: false,
                lean: true,
            },
        ] {
            assert_eq!(
                quickly(&plan, &rows, layout, Detail::Lines),
                expected,
                "seed {seed}, stored as {layout:?}"
            );
        }

        let without_lines: Vec<Answer> = expected
            .iter()
            .map(|answer| Answer {
                lines: Vec::new(),
                ..answer.clone()
            })
            .collect();
        assert_eq!(
            quickly(&plan, &rows, Layout::default(), Detail::Grades),
            without_lines,
            "seed {seed}"
        );

        // In batches of odd sizes, cut out of the whole, with buffers used again.
        let mut pieces = Vec::new();
        let (mut out, mut scratch) = (Graded::default(), Scratch::default());
        with_batch(
            plan.types(),
            &rows,
            Layout {
                offset: 5,
                ..Layout::default()
            },
            |batch| {
                let mut from = 0;
                while from < rows.len() {
                    let to = (from + 1 + random.below(17)).min(rows.len());
                    grade_with(&plan, &batch.slice(from..to), Detail::Lines, &mut scratch, &mut out);
                    pieces.extend((0..to - from).map(|at| answer(&out, at)));
                    from = to;
                }
            },
        );
        assert_eq!(pieces, expected, "seed {seed}, in pieces");

        // In another order.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, random.below(at + 1));
        }
        rows = order.iter().map(|at| rows[*at].clone()).collect();
        let shuffled = quickly(&plan, &rows, Layout::default(), Detail::Lines);
        for (place, at) in order.into_iter().enumerate() {
            assert_eq!(shuffled[place], expected[at], "seed {seed}, shuffled");
        }
    }
}
