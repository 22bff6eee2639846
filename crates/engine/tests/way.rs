//! Ways up and down hold when the measures really change, and no smaller set of changes would do.

use pinji_engine::{
    Band, Bands, Bound, Change, Condition, Dimension, GradeRule, Indicator, Input, InputType, Missing, Operand, Plan,
    PlanParts, Score, ScoreWeight, Scoring, Source, Test, TextMap, UNGRADED, Way, way_down, way_up,
};

use crate::data::{Cells, Data, Owned, Packed};
use crate::random::{Random, TEXTS};
use crate::reference;

const NO_LIMIT: usize = 1_000;

/// What a plan has beside scores and flat bands.
#[derive(Debug, Clone, Copy)]
struct With {
    /// Bands whose points run from end to end.
    interpolation: bool,
    /// Conditions that read indicators and inputs.
    reads: bool,
}

/// A small plan whose indicators are inputs of their own, and whose rules never ask for less of a score.
fn plan(random: &mut Random, with: With) -> PlanParts {
    let count = 2 + random.below(3);
    let dimensions = 1 + random.below(2);
    let mut parts = PlanParts {
        dimensions: (0..dimensions).map(|at| Dimension { id: format!("d{at}") }).collect(),
        ..PlanParts::default()
    };
    for at in 0..count {
        let decimals = random.below(3) as u8;
        let (ty, decimals, scoring) = match random.below(8) {
            0..4 => (InputType::Int(decimals), decimals, bands(random, with)),
            4..6 => (InputType::Double, decimals, bands(random, with)),
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
            0 if with.reads => Condition::All(vec![enough, read(random, &parts)]),
            _ => enough,
        };
        parts.grades.push(GradeRule {
            id: format!("g{at}"),
            when: (at + 1 < grades).then_some(when),
        });
    }
    let bounds = if with.reads { random.below(3) } else { 0 };
    for at in 0..bounds {
        let bound = |random: &mut Random| Bound {
            id: format!("b{at}"),
            when: read(random, &parts),
            grade: random.below(grades),
        };
        let (cap, floor) = (bound(random), bound(random));
        parts.caps.push(cap);
        parts.floors.extend(random.chance(40).then_some(floor));
    }
    if random.chance(50) {
        let limit = |random: &mut Random, chance, limit, open| if random.chance(chance) { limit } else { open };
        let limits = |random: &mut Random| (limit(random, 60, 0, i64::MIN), limit(random, 30, 260, i64::MAX));
        parts.possible = (0..count).map(|_| limits(random)).collect();
    }
    // What the group allows depends on nothing that the subject can change. Its dice are its own.
    let mut apart = Random(random.0 ^ 0x9E37_79B9);
    if with.reads && apart.chance(30) {
        parts.inputs.push(Input {
            id: "group".into(),
            ty: InputType::Text(None),
        });
        let when = Condition::Test(Operand::Input(count), Test::OneOf(vec![TEXTS[0].to_owned()]));
        let grade = apart.below(grades);
        parts.group.push(Bound {
            id: "group".into(),
            when,
            grade,
        });
    }
    parts
}

fn points(random: &mut Random) -> i32 {
    random.between(0, 20) as i32 * 50_000
}

fn bands(random: &mut Random, with: With) -> Scoring {
    let edges: Vec<i64> = (0..1 + random.below(3))
        .map(|at| 100 * at as i64 + random.between(0, 99))
        .collect();
    let flat = |random: &mut Random| Band::flat(points(random));
    let mut bands: Vec<Band> = (0..=edges.len()).map(|_| flat(random)).collect();
    for (at, pair) in edges.windows(2).enumerate() {
        if with.interpolation && random.chance(70) {
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
    let mut columns: Vec<Owned> = columns.collect();
    if parts.inputs.len() > columns.len() {
        let mut apart = Random(random.0 ^ 0x9E37_79B9);
        columns.push(Owned::all(Cells::Text(
            vec![apart.below(3) as i32 - 1],
            TEXTS[..2].to_vec(),
        )));
    }
    Data { rows: 1, columns }
}

/// A move of an indicator to another band, or on within its own: the values that it may take, the nearest first. A flat
/// band and a text have but one.
#[derive(Debug, Clone)]
struct Step {
    indicator: usize,
    from: Option<u16>,
    to: u16,
    values: Vec<i64>,
}

/// Every move of an indicator.
fn steps(parts: &PlanParts, now: &reference::Row, at: usize) -> Vec<Step> {
    let from = Some(now.lines[at].band).filter(|band| *band != u16::MAX);
    let step = |to: usize, values: Vec<i64>| Step {
        indicator: at,
        from,
        to: to as u16,
        values,
    };
    let bands = match &parts.indicators[at].scoring {
        Scoring::Bands(bands) => bands,
        Scoring::Map(map) => {
            let others = (0..map.entries.len()).filter(|to| from != Some(*to as u16));
            return others.map(|to| step(to, vec![0])).collect();
        }
        _ => return Vec::new(),
    };
    let (least, greatest) = parts.possible.get(at).copied().unwrap_or((i64::MIN, i64::MAX));
    let value = now.lines[at].value;
    let mut all = Vec::new();
    for (to, band) in bands.bands.iter().enumerate() {
        // Open ends are flat; a hundred units of them are enough.
        let low = if to == 0 {
            bands.edges[0] - 100
        } else {
            bands.edges[to - 1]
        };
        let high = bands.edges.get(to).map_or(low + 100, |edge| edge - 1);
        let values: Vec<i64> = (low..=high)
            .filter(|value| (least..=greatest).contains(value))
            .collect();
        let is_flat = band.from == band.to;
        let mut offer = |values: Vec<i64>| {
            let kept = if is_flat { 1 } else { values.len() };
            if !values.is_empty() {
                all.push(step(to, values[..kept].to_vec()));
            }
        };
        match from.map(|from| usize::from(from).cmp(&to)) {
            Some(std::cmp::Ordering::Equal) if is_flat => {}
            Some(std::cmp::Ordering::Equal) => {
                offer(values.iter().copied().filter(|other| *other > value).collect());
                offer(values.iter().rev().copied().filter(|other| *other < value).collect());
            }
            Some(std::cmp::Ordering::Greater) => offer(values.into_iter().rev().collect()),
            None if to == 0 => offer(values.into_iter().rev().collect()),
            _ => offer(values),
        }
    }
    all
}

/// The subject with the measures of some steps changed to these values.
fn moved(parts: &PlanParts, data: &Data, changes: impl IntoIterator<Item = (usize, u16, i64)>) -> Data {
    let mut data = data.clone();
    for (at, to, units) in changes {
        let indicator = &parts.indicators[at];
        let cells = match (&indicator.scoring, &parts.inputs[at].ty) {
            (Scoring::Map(map), _) => {
                let text = &map.entries[usize::from(to)].0;
                Cells::Text(vec![0], vec![TEXTS.into_iter().find(|known| known == text).unwrap()])
            }
            (_, InputType::Int(_)) => Cells::Int(vec![units]),
            _ => Cells::Double(vec![units as f64 / 10_f64.powi(indicator.decimals.into())]),
        };
        data.columns[at] = Owned::all(cells);
    }
    data
}

/// A set of changes, tried: what it costs and the grade it gives.
#[derive(Debug, Clone)]
struct Tried {
    changes: Vec<Change>,
    steps: usize,
    points: i64,
    grade: u8,
}

/// Every set of `size` moves of different indicators that reaches what it should, each with the first values that do,
/// looked for one by one: in policy order as far as needed, and back again as far as possible.
fn all(parts: &PlanParts, data: &Data, size: usize, reached: &impl Fn(u8) -> bool) -> Vec<Tried> {
    let now = reference::grade(parts, &data.batch(), 0);
    let steps: Vec<Vec<Step>> = (0..parts.indicators.len()).map(|at| steps(parts, &now, at)).collect();
    let mut sets: Vec<Vec<&Step>> = vec![Vec::new()];
    for _ in 0..size {
        let longer = sets.iter().flat_map(|set| {
            let next = set.last().map_or(0, |step| step.indicator + 1);
            let more = steps[next..].iter().flatten();
            more.map(|step| set.iter().copied().chain([step]).collect::<Vec<_>>())
        });
        sets = longer.collect();
    }
    let mut found = Vec::new();
    for set in sets {
        let then = |places: &[usize]| {
            let changes = set.iter().zip(places);
            let changes = changes.map(|(step, place)| (step.indicator, step.to, step.values[*place]));
            reference::grade(parts, &moved(parts, data, changes).batch(), 0)
        };
        let does = |places: &[usize]| reached(then(places).grade);
        let ends: Vec<usize> = set.iter().map(|step| step.values.len() - 1).collect();
        let mut places = vec![0; size];
        if !does(&places) && !does(&ends) {
            continue;
        }
        for at in 0..size {
            while places[at] < ends[at] && !does(&places) {
                places[at] += 1;
            }
        }
        for at in (0..size).rev() {
            let last = places[at];
            let at_place = |place: usize| {
                let mut places = places.clone();
                places[at] = place;
                places
            };
            places[at] = (0..=last).find(|place| does(&at_place(*place))).unwrap_or(last);
        }
        let then = then(&places);
        let change = |(step, place): (&&Step, &usize)| Change {
            indicator: step.indicator,
            from: step.from,
            to: step.to,
            value: matches!(parts.indicators[step.indicator].scoring, Scoring::Bands(_)).then(|| step.values[*place]),
            points: (
                now.lines[step.indicator].points.max(0),
                then.lines[step.indicator].points,
            ),
        };
        let changes: Vec<Change> = set.iter().zip(&places).map(change).collect();
        let distance = |step: &&Step| step.from.map_or(1, |from| usize::from(from.abs_diff(step.to)));
        found.push(Tried {
            steps: set.iter().map(distance).sum(),
            points: changes
                .iter()
                .map(|one| i64::from((one.points.1 - one.points.0).abs()))
                .sum(),
            grade: then.grade,
            changes,
        });
    }
    found
}

fn indicators(changes: &[Change]) -> Vec<usize> {
    changes.iter().map(|change| change.indicator).collect()
}

/// What the ways must be, by trying everything: for each smallest set of indicators the cheapest changes, cheapest first.
fn wanted(parts: &PlanParts, data: &Data, reached: impl Fn(u8) -> bool) -> Vec<Tried> {
    for size in 1..=3 {
        let mut tried = all(parts, data, size, &reached);
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
        assert_eq!(
            (&way.changes, way.grade),
            (&wanted.changes, wanted.grade),
            "the cheapest, {}",
            context()
        );
        assert!(!way.shares_input, "{}", context());
    }
}

/// The measures really change, and the subject is graded anew: each way leads where it says, and one unit less of any
/// value does not. Gives how many values ended inside a band.
fn check_values(parts: &PlanParts, data: &Data, ways: &[Way], reached: &impl Fn(u8) -> bool, name: &str) -> usize {
    let now = reference::grade(parts, &data.batch(), 0);
    let mut inside = 0;
    for way in ways {
        let context = || format!("{name}\n{way:#?}\n{data:?}\n{parts:#?}");
        let units = |change: &Change| change.value.unwrap_or(0);
        let with = |at: usize, less: i64| {
            let changes = way.changes.iter().enumerate();
            let changes = changes.map(|(place, change)| {
                (
                    change.indicator,
                    change.to,
                    units(change) - if place == at { less } else { 0 },
                )
            });
            reference::grade(parts, &moved(parts, data, changes).batch(), 0)
        };
        let then = with(0, 0);
        assert!(
            then.grade == way.grade && reached(then.grade),
            "leads there, {}",
            context()
        );
        for (at, change) in way.changes.iter().enumerate() {
            let (line, value) = (&then.lines[change.indicator], units(change));
            assert_eq!((line.band, line.points), (change.to, change.points.1), "{}", context());
            let Scoring::Bands(bands) = &parts.indicators[change.indicator].scoring else {
                continue;
            };
            let possible = |value: i64| {
                let limits = parts.possible.get(change.indicator);
                limits.is_none_or(|(least, greatest)| (*least..=*greatest).contains(&value))
            };
            assert!(possible(value), "{}", context());
            let before = (change.from.is_some()).then(|| now.lines[change.indicator].value);
            let less = if before.is_some_and(|before| before > value) {
                -1
            } else {
                1
            };
            let nearer = value - less;
            let still_a_change = before != Some(nearer);
            if bands.find(nearer) == usize::from(change.to) && still_a_change && possible(nearer) && before.is_some() {
                let again = with(at, less);
                assert!(!reached(again.grade), "one unit less, {}", context());
                inside += 1;
            }
        }
    }
    inside
}

/// Ways up and down of many made-up subjects; `exactly` holds them against all that could be tried.
fn try_all(seeds: std::ops::Range<u64>, with: With, exactly: bool) -> [usize; 4] {
    let (mut up, mut down, mut longer, mut inside) = (0, 0, 0, 0);
    for seed in seeds {
        let mut random = Random(seed);
        let parts = plan(&mut random, with);
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
            let names = [format!("seed {seed}.{round} up"), format!("seed {seed}.{round} down")];
            let (better, lost) = (|grade| grade < now, |grade| grade > now && grade != UNGRADED);
            if exactly {
                check(&parts, &data, &ways.0, &wanted(&parts, &data, better), &names[0]);
                check(&parts, &data, &ways.1, &wanted(&parts, &data, lost), &names[1]);
            }
            inside += check_values(&parts, &data, &ways.0, &better, &names[0]);
            inside += check_values(&parts, &data, &ways.1, &lost, &names[1]);
            let first = way_up(&plan, &data.batch(), 0, 1);
            assert_eq!(first, ways.0.get(..1).unwrap_or_default(), "seed {seed}.{round}, limit");
            up += ways.0.len();
            down += ways.1.len();
            longer += ways.0.iter().chain(&ways.1).filter(|way| way.changes.len() > 1).count();
        }
    }
    [up, down, longer, inside]
}

#[test]
fn ways_are_the_smallest_sets_that_work() {
    let with = With {
        interpolation: false,
        reads: true,
    };
    let [up, down, longer, _] = try_all(4_000_000..4_000_400, with, true);
    assert!(
        up > 200 && down > 200 && longer > 50,
        "{up} up, {down} down, {longer} of several changes"
    );
}

#[test]
fn ways_inside_interpolated_bands_end_at_the_first_value_that_suffices() {
    let with = With {
        interpolation: true,
        reads: false,
    };
    let [up, down, longer, inside] = try_all(5_000_000..5_000_150, with, true);
    assert!(
        up > 80 && down > 80 && longer > 20 && inside > 60,
        "{up} up, {down} down, {longer} of several changes, {inside} inside a band"
    );
}

#[test]
fn ways_lead_where_they_say_whatever_conditions_read() {
    let with = With {
        interpolation: true,
        reads: true,
    };
    let [up, down, longer, inside] = try_all(6_000_000..6_000_600, with, false);
    assert!(
        up > 300 && down > 300 && longer > 50 && inside > 200,
        "{up} up, {down} down, {longer} of several changes, {inside} inside a band"
    );
}
