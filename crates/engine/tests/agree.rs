//! Kernel and reference agree on random plans and batches, however the rows are arranged.

use pinji_engine::{Batch, Detail, Graded, Plan, PlanParts, Scratch, grade, grade_with};

use crate::data::{Data, data};
use crate::random::{Random, plan};
use crate::reference::{self, Row};

fn kernel(plan: &Plan, batch: &Batch<'_>, detail: Detail) -> Graded {
    let mut out = Graded::default();
    grade(plan, batch, detail, &mut out);
    out
}

/// Compares every row and column, and reports the first difference with the plan's indicator or rules around it.
///
/// Returns what the reference found.
fn check(parts: &PlanParts, batch: &Batch<'_>, graded: &Graded, rows: &[usize], name: &str) -> Vec<Row> {
    assert_eq!((graded.rows, graded.grade.len()), (batch.rows, batch.rows), "{name}");
    let found = rows.iter().map(|row| {
        let wanted = reference::grade(parts, batch, *row);
        if let Some(difference) = reference::difference(&wanted, graded, *row) {
            let cells: Vec<_> = (0..parts.inputs.len())
                .map(|input| reference::cell(batch, input, *row))
                .collect();
            panic!("{name}, row {row}: {difference}\ncells: {cells:?}\nreference: {wanted:?}\nplan: {parts:#?}");
        }
        wanted
    });
    found.collect()
}

/// How often what is worth testing occurred; a generator that no longer reaches it would test nothing.
#[derive(Debug, Default)]
struct Tally {
    graded: [usize; 4],
    causes: [usize; 8],
    capped: usize,
    floored: usize,
    lowered: usize,
    no_score: usize,
}

impl Tally {
    fn add(&mut self, rows: &[Row]) {
        for row in rows {
            self.graded[usize::from(row.ungraded)] += 1;
            row.lines
                .iter()
                .for_each(|line| self.causes[usize::from(line.cause)] += 1);
            self.capped += usize::from(row.caps != 0 && row.ungraded == 0);
            self.floored += usize::from(row.floors != 0);
            self.lowered += usize::from(row.own != row.grade);
            self.no_score += usize::from(row.scores.contains(&i64::MIN));
        }
    }

    fn least(&self) -> usize {
        let single = [self.capped, self.floored, self.lowered, self.no_score];
        self.graded.into_iter().chain(self.causes).chain(single).min().unwrap()
    }
}

/// A row of every column as text, so that rows of different results compare.
fn row(graded: &Graded, at: usize) -> String {
    let scores: Vec<_> = graded
        .scores
        .iter()
        .map(|score| (score.values[at], score.coverage[at]))
        .collect();
    let dimensions: Vec<u64> = graded.dimensions.iter().map(|column| column[at].to_bits()).collect();
    let losses: Vec<u8> = graded.losses.iter().map(|column| column[at]).collect();
    let lines: Vec<_> = graded
        .lines
        .iter()
        .map(|line| (line.values[at], line.bands[at], line.points[at], line.causes[at]))
        .collect();
    let (grade, ungraded) = (graded.grade[at], graded.ungraded[at]);
    let sets = (graded.caps[at], graded.floors[at], graded.missing[at]);
    let own = graded.own.get(at);
    format!("{grade} {own:?} {ungraded} {scores:?} {dimensions:?} {losses:?} {sets:?} {lines:?}")
}

fn plan_of(random: &mut Random, size: usize) -> (PlanParts, Plan) {
    let parts = plan(random, size);
    let plan = Plan::new(parts.clone()).unwrap();
    (parts, plan)
}

#[test]
fn kernel_and_reference_agree() {
    let mut scratch = Scratch::default();
    let mut out = Graded::default();
    let mut tally = Tally::default();
    for seed in 0..500 {
        let mut random = Random(seed);
        let size = if seed % 40 == 0 { 64 } else { 12 };
        let (parts, plan) = plan_of(&mut random, size);
        for round in 0..30 {
            let rows = random.pick(&[0, 1, 1, 2, 3, 5, 7, 8, 9, 17, 25, 67]);
            let data = data(&mut random, &parts, rows);
            let batch = data.batch();
            let name = format!("seed {seed}, batch {round}");
            let all: Vec<usize> = (0..rows).collect();
            grade_with(&plan, &batch, Detail::Lines, &mut scratch, &mut out);
            tally.add(&check(&parts, &batch, &out, &all, &name));
            let lines = std::mem::take(&mut out.lines);
            grade_with(&plan, &batch, Detail::Grades, &mut scratch, &mut out);
            assert!(out.lines.is_empty(), "{name}");
            check(&parts, &batch, &out, &all, &format!("{name}, grades only"));
            out.lines = lines;
        }
    }
    assert!(
        tally.graded.iter().sum::<usize>() > 100_000 && tally.least() > 500,
        "{tally:?}"
    );
}

#[test]
fn long_batches_agree() {
    for seed in 0..40 {
        let mut random = Random(1_000_000 + seed);
        let (parts, plan) = plan_of(&mut random, 10);
        let data = data(&mut random, &parts, 2_500 + 777 * (seed as usize % 4));
        let batch = data.batch();
        let out = kernel(&plan, &batch, Detail::Lines);
        let some: Vec<usize> = (0..batch.rows)
            .filter(|row| row % 1_000 > 960 || random.chance(6))
            .collect();
        check(&parts, &batch, &out, &some, &format!("seed {seed}"));
    }
}

/// The rows of `data` graded in another arrangement are the same rows.
fn same(plan: &Plan, whole: &Graded, data: &Data, rows: &[usize], name: &str) {
    let detail = if whole.lines.is_empty() {
        Detail::Grades
    } else {
        Detail::Lines
    };
    let other = kernel(plan, &data.batch(), detail);
    assert_eq!(other.rows, rows.len(), "{name}");
    for (at, from) in rows.iter().enumerate() {
        assert_eq!(row(&other, at), row(whole, *from), "{name}, row {from}");
    }
}

#[test]
fn order_splits_and_codes_do_not_matter() {
    for seed in 0..120 {
        let mut random = Random(2_000_000 + seed);
        let (parts, plan) = plan_of(&mut random, 10);
        let count = random.pick(&[30, 65, 257, 1_100]);
        let data = data(&mut random, &parts, count);
        let detail = random.pick(&[Detail::Lines, Detail::Grades]);
        let whole = kernel(&plan, &data.batch(), detail);

        let mut rows: Vec<usize> = (0..count).collect();
        for at in (1..count).rev() {
            rows.swap(at, random.below(at + 1));
        }
        same(
            &plan,
            &whole,
            &data.gather(&rows, random.below(17)),
            &rows,
            &format!("seed {seed}, permuted"),
        );

        let all: Vec<usize> = (0..count).collect();
        same(
            &plan,
            &whole,
            &data.coded(&mut random),
            &all,
            &format!("seed {seed}, coded"),
        );

        let mut from = 0;
        while from < count {
            let to = count.min(from + 1 + random.below(count / 2));
            let part = kernel(&plan, &data.batch().slice(from..to), detail);
            assert_eq!(part.rows, to - from);
            for at in from..to {
                assert_eq!(
                    row(&part, at - from),
                    row(&whole, at),
                    "seed {seed}, slice {from}..{to}, row {at}"
                );
            }
            from = to;
        }
    }
}
