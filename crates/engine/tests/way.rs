//! Ways up and down hold when the measures really change, and no smaller set of changes would do.

use pinji_engine::{
    Band, Bands, Bound, Change, Condition, Dimension, GradeRule, Indicator, Input, InputType, Missing, Operand, Plan,
    PlanParts, Score, ScoreWeight, Scoring, Source, Test, TextMap, UNGRADED, Way, way_down, way_up,
};

use crate::data::{Cells, Data, Owned, Packed};
use crate::random::{Random, TEXTS};
use crate::reference;

const NO_LIMIT: usize = 1_000;

/// A small plan whose indicators are inputs of their own, and whose rules never ask for less of a score.
fn plan(random: &mut Random) -> PlanParts {
    let count = 2 + random.below(3);
    let dimensions = 1 + random.below(2);
    let mut parts = PlanParts {
        dimensions: (0..dimensions).map(|at| Dimension { id: format!("d{at}") }).collect(),
        ..PlanParts::default()
    };
    for at in 0..count {
        let decimals = random.below(3) as u8;
        let (ty, decimals, scoring) = match random.below(8) {
            0..4 => (InputType::Int(decimals), decimals, bands(random)),
            4..6 => (InputType::Double, decimals, bands(random)),
            6 => (InputType::Double, decimals, Scoring::Direct),
            _ => {
                let entries = (0..3).map(|at| (TEXTS[at].to_owned(), points(random))).collect();
                let otherwise = random.chance(50).then_some(0);
                (InputType::Text(None), 0, Scoring::Map(TextMap { entries, otherwise }))
            }
        };
        parts.inputs.push(Input {
            id: format!("m{at}"),
            ty,
        });
        parts.indicators.push(Indicator {
            id: format!("i{at}"),
            dimension: at % dimensions,
            weight: random.between(1, 4) * 10_000,
            decimals,
            source: Source::Input(at),
            scoring,
            missing: match random.below(8) {
                0 => Missing::Refuse,
                1..4 => Missing::Points(points(random)),
                _ => Missing::Reweight,
            },
        });
    }
    for at in 0..1 + random.below(2) {
        let weight = |dimension: usize| ScoreWeight {
            dimension,
            weight: (1 + (at + dimension) as i64) * 10_000,
        };
        parts.scores.push(Score {
            id: format!("s{at}"),
            decimals: random.below(3) as u8,
            weights: (0..dimensions).map(weight).collect(),
        });
    }
    let grades = 3 + random.below(2);
    for at in 0..grades {
        let score = random.below(parts.scores.len());
        let line = 10_i64.pow(parts.scores[score].decimals.into()) * (90 - 25 * at as i64);
        let enough = Condition::Test(Operand::Score(score), Test::Within(vec![(line, i64::MAX)]));
        let when = match random.below(4) {
            0 => Condition::All(vec![enough, read(random, &parts)]),
            _ => enough,
        };
        parts.grades.push(GradeRule {
            id: format!("g{at}"),
            when: (at + 1 < grades).then_some(when),
        });
    }
    for at in 0..random.below(3) {
        let bound = |random: &mut Random| Bound {
            id: format!("b{at}"),
            when: read(random, &parts),
            grade: random.below(grades),
        };
        let (cap, floor) = (bound(random), bound(random));
        parts.caps.push(cap);
        parts.floors.extend(random.chance(40).then_some(floor));
    }
    parts
}

fn points(random: &mut Random) -> i32 {
    random.between(0, 20) as i32 * 50_000
}

fn bands(random: &mut Random) -> Scoring {
    let edges: Vec<i64> = (0..1 + random.below(3))
        .map(|at| 100 * at as i64 + random.between(0, 99))
        .collect();
    let flat = |random: &mut Random| Band::flat(points(random));
    let mut bands: Vec<Band> = (0..=edges.len()).map(|_| flat(random)).collect();
    for (at, pair) in edges.windows(2).enumerate() {
        if random.chance(40) {
            bands[at + 1] = Band {
                from: points(random),
                to: points(random),
                low: pair[0],
                high: pair[1],
            };
        }
    }
    Scoring::Bands(Bands { edges, bands })
}

/// A condition on an indicator, on the input that it is, or on whether it is there.
fn read(random: &mut Random, parts: &PlanParts) -> Condition {
    let at = random.below(parts.indicators.len());
    let operand = if random.chance(50) {
        Operand::Indicator(at)
    } else {
        Operand::Input(at)
    };
    let edge = random.between(0, 250);
    let within = Test::Within(vec![if random.chance(50) {
        (edge, i64::MAX)
    } else {
        (i64::MIN, edge)
    }]);
    let condition = match (&parts.inputs[at].ty, operand) {
        _ if random.chance(20) => Condition::Missing(operand),
        (InputType::Text(_), _) => {
            Condition::Test(Operand::Input(at), Test::OneOf(vec![random.pick(&TEXTS).to_owned()]))
        }
        (InputType::Double, _) => Condition::Test(Operand::Indicator(at), within),
        _ => Condition::Test(operand, within),
    };
    if random.chance(30) {
        Condition::Not(Box::new(condition))
    } else {
        condition
    }
}

/// One subject.
fn subject(random: &mut Random, parts: &PlanParts) -> Data {
    let columns = parts.indicators.iter().zip(&parts.inputs).map(|(indicator, input)| {
        let units = random.between(-20, 320);
        let cells = match input.ty {
            InputType::Int(_) => Cells::Int(vec![units]),
            InputType::Text(_) => Cells::Text(vec![random.below(4) as i32], TEXTS[..4].to_vec()),
            _ => Cells::Double(vec![units as f64 / 10_f64.powi(indicator.decimals.into())]),
        };
        Owned {
            cells,
            valid: random.chance(20).then(|| Packed::new(&[false], random.below(9))),
            causes: None,
        }
    });
    Data {
        rows: 1,
        columns: columns.collect(),
    }
}

/// The subject with an indicator's measure moved just into another band: to the nearer end, from a missing value to the
/// lower one.
fn moved(parts: &PlanParts, data: &mut Data, change: (usize, Option<u16>, u16)) {
    let (at, from, to) = change;
    let indicator = &parts.indicators[at];
    let cells = match &indicator.scoring {
        Scoring::Map(map) => {
            let text = &map.entries[usize::from(to)].0;
            Cells::Text(vec![0], vec![TEXTS.into_iter().find(|known| known == text).unwrap()])
        }
        Scoring::Bands(Bands { edges, .. }) => {
            let to = usize::from(to);
            let from_above = from.is_some_and(|from| usize::from(from) > to);
            let units = if from_above || to == 0 {
                edges[to] - 1
            } else {
                edges[to - 1]
            };
            match parts.inputs[at].ty {
                InputType::Int(_) => Cells::Int(vec![units]),
                _ => Cells::Double(vec![units as f64 / 10_f64.powi(indicator.decimals.into())]),
            }
        }
        other => panic!("nothing moves in {other:?}"),
    };
    data.columns[at] = Owned::all(cells);
}

/// A set of changes, tried: what it costs and the grade it gives.
#[derive(Debug, Clone)]
struct Tried {
    changes: Vec<Change>,
    steps: usize,
    points: i64,
    grade: u8,
}

/// Every set of `size` changes of different indicators, graded by the reference with the measures changed.
fn all(parts: &PlanParts, data: &Data, size: usize) -> Vec<Tried> {
    let now = reference::grade(parts, &data.batch(), 0);
    let moves: Vec<Vec<(usize, Option<u16>, u16)>> = (0..parts.indicators.len())
        .map(|at| {
            let from = Some(now.lines[at].band).filter(|band| *band != u16::MAX);
            let bands = match &parts.indicators[at].scoring {
                Scoring::Bands(bands) => bands.bands.len(),
                Scoring::Map(map) => map.entries.len(),
                _ => 0,
            };
            (0..bands as u16)
                .filter(|to| Some(*to) != from)
                .map(|to| (at, from, to))
                .collect()
        })
        .collect();
    let mut sets: Vec<Vec<(usize, Option<u16>, u16)>> = vec![Vec::new()];
    for _ in 0..size {
        let longer = sets.iter().flat_map(|set| {
            let next = set.last().map_or(0, |(at, ..)| at + 1);
            let more = moves[next..].iter().flatten();
            more.map(|step| set.iter().copied().chain([*step]).collect::<Vec<_>>())
        });
        sets = longer.collect();
    }
    let tried = sets.into_iter().map(|set| {
        let mut changed = data.clone();
        set.iter().for_each(|change| moved(parts, &mut changed, *change));
        let then = reference::grade(parts, &changed.batch(), 0);
        let change = |(at, from, to): &(usize, Option<u16>, u16)| Change {
            indicator: *at,
            from: *from,
            to: *to,
            points: (now.lines[*at].points.max(0), then.lines[*at].points),
        };
        let changes: Vec<Change> = set.iter().map(change).collect();
        Tried {
            steps: set
                .iter()
                .map(|(_, from, to)| from.map_or(1, |from| usize::from(from.abs_diff(*to))))
                .sum(),
            points: changes
                .iter()
                .map(|one| i64::from((one.points.1 - one.points.0).abs()))
                .sum(),
            grade: then.grade,
            changes,
        }
    });
    tried.collect()
}

fn indicators(changes: &[Change]) -> Vec<usize> {
    changes.iter().map(|change| change.indicator).collect()
}

/// What the ways must be, by trying everything: for each smallest set of indicators the cheapest changes, cheapest first.
fn wanted(parts: &PlanParts, data: &Data, reached: impl Fn(u8) -> bool) -> Vec<Tried> {
    for size in 1..=3 {
        let mut tried: Vec<Tried> = all(parts, data, size)
            .into_iter()
            .filter(|one| reached(one.grade))
            .collect();
        tried.sort_by_key(|one| (one.steps, one.points));
        let mut kept: Vec<Tried> = Vec::new();
        for one in tried {
            if !kept
                .iter()
                .any(|known| indicators(&known.changes) == indicators(&one.changes))
            {
                kept.push(one);
            }
        }
        if !kept.is_empty() {
            return kept;
        }
    }
    Vec::new()
}

fn check(parts: &PlanParts, data: &Data, ways: &[Way], wanted: &[Tried], name: &str) {
    let context = || format!("{name}\nways {ways:#?}\nwanted {wanted:#?}\n{data:?}\n{parts:#?}");
    assert_eq!(ways.len(), wanted.len(), "number of ways, {}", context());
    for (way, wanted) in ways.iter().zip(wanted) {
        // The measures really change, and the subject is graded anew.
        let mut changed = data.clone();
        for change in &way.changes {
            moved(parts, &mut changed, (change.indicator, change.from, change.to));
        }
        let then = reference::grade(parts, &changed.batch(), 0);
        assert_eq!(then.grade, way.grade, "the grade it leads to, {}", context());
        assert_eq!(
            (&way.changes, way.grade),
            (&wanted.changes, wanted.grade),
            "the cheapest, {}",
            context()
        );
        assert!(!way.shares_input, "{}", context());
    }
}

#[test]
fn ways_are_the_smallest_sets_that_work() {
    let (mut up, mut down, mut longer) = (0, 0, 0);
    for seed in 0..400 {
        let mut random = Random(4_000_000 + seed);
        let parts = plan(&mut random);
        let plan = Plan::new(parts.clone()).unwrap();
        for round in 0..2 {
            let data = subject(&mut random, &parts);
            let now = reference::grade(&parts, &data.batch(), 0).grade;
            let ways = (
                way_up(&plan, &data.batch(), 0, NO_LIMIT),
                way_down(&plan, &data.batch(), 0, NO_LIMIT),
            );
            if now == UNGRADED {
                assert_eq!(ways, (Vec::new(), Vec::new()), "seed {seed}");
                continue;
            }
            check(
                &parts,
                &data,
                &ways.0,
                &wanted(&parts, &data, |grade| grade < now),
                &format!("seed {seed}.{round} up"),
            );
            let lost = |grade| grade > now && grade != UNGRADED;
            check(
                &parts,
                &data,
                &ways.1,
                &wanted(&parts, &data, lost),
                &format!("seed {seed}.{round} down"),
            );
            let first = way_up(&plan, &data.batch(), 0, 1);
            assert_eq!(first, ways.0.get(..1).unwrap_or_default(), "seed {seed}.{round}, limit");
            up += ways.0.len();
            down += ways.1.len();
            longer += ways.0.iter().chain(&ways.1).filter(|way| way.changes.len() > 1).count();
        }
    }
    assert!(
        up > 200 && down > 200 && longer > 50,
        "{up} up, {down} down, {longer} of several changes"
    );
}
