//! A value against the customer's own past: jumps, slips of the unit, changes of sign. 历史比对

use pinji_domain::{FieldType, Kind};

use super::{Doubt, Way, changes, series};
use crate::compare::{Compared, Known};
use crate::values;

/// How many past values a jump needs before anybody speaks of one.
pub const LEAST: usize = 4;
/// How many past values must agree on a sign.
pub const LEAST_SIGNS: usize = 2;
/// How many robust spreads from the median are a jump. For a normal past that is once in two million; real pasts have
/// heavier tails, and five keeps the pointing rare.
pub const JUMP_TIMES: i128 = 5;
/// A past that hardly moves still may: the spread is at least this part of the median (5%) …
pub const FLOOR_PART: i128 = 20;
/// … and at least one unit of a count.
pub const FLOOR_UNITS: i128 = 1;
/// The median distance from the median is this many ten-thousandths smaller than a normal past's standard deviation.
const NORMAL: (i128, i128) = (14_826, 10_000);
/// By which factors units are mistaken: a digit too many, per cent and fen, 万元 and 元.
const FACTORS: [i128; 3] = [10_000, 100, 10];
/// Counts below this are so small that ten times as many is no slip of the unit.
const SMALL_COUNT: i128 = 100;

/// What a row's numbers look like beside the customer's past.
pub(super) fn of(kind: &Kind, row: &Compared, known: &Known) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for field in kind.watched() {
        if !changes(row, &field.id) {
            continue;
        }
        let Some(value) = values::units(&row.after, &field.id) else {
            continue;
        };
        let past = past(kind, row, known, &field.id);
        let counted = field.ty == FieldType::Integer;
        doubts.extend(look(&field.id, value, past, counted));
    }
    doubts
}

/// The values that a field has had for this customer, in the same series.
///
/// Of periodic records and numbered papers the current versions of the other records count; of standing facts all versions
/// of the same record.
fn past(kind: &Kind, row: &Compared, known: &Known, field: &str) -> Vec<i128> {
    let Some(key) = &row.key else { return Vec::new() };
    let series = series(kind, row);
    let standing = kind.date.is_none();
    let versions = known.of(&key.customer).filter(|version| match standing {
        true => version.key == *key,
        false => version.is_current && version.key != *key && values::series_text(kind, &version.values) == series,
    });
    versions
        .filter_map(|version| values::units(&version.values, field))
        .collect()
}

/// What one value looks like beside its past. A slip of the unit says more than a jump, and takes its place.
fn look(field: &str, value: i128, mut past: Vec<i128>, counted: bool) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    past.sort_unstable();
    let Some(median) = median(&past) else { return doubts };
    let field = || field.to_owned();
    if let Some((factor, way)) = slip(value, median, &past, counted) {
        doubts.push(Doubt::UnitSlip {
            field: field(),
            value,
            median,
            factor,
            way,
        });
    } else if past.len() >= LEAST {
        let spread = spread(&past, median);
        if (value - median).abs() * NORMAL.1 > JUMP_TIMES * NORMAL.0 * spread {
            doubts.push(Doubt::Jump {
                field: field(),
                value,
                median,
                spread,
                past: past.len(),
            });
        }
    }
    let turned = |past: i128| past.signum() * value.signum() < 0;
    if past.len() >= LEAST_SIGNS && past.iter().all(|past| turned(*past)) {
        doubts.push(Doubt::Sign {
            field: field(),
            value,
            median,
        });
    }
    doubts
}

/// The middle of sorted values; of an even number the mean of the two, rounded down.
fn median(sorted: &[i128]) -> Option<i128> {
    let upper = sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(*upper);
    }
    let lower = sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper).div_euclid(2))
}

/// The median distance from the median, not less than its floors.
fn spread(past: &[i128], median: i128) -> i128 {
    let mut distances: Vec<i128> = past.iter().map(|value| (value - median).abs()).collect();
    distances.sort_unstable();
    let middle = self::median(&distances).unwrap_or(0);
    middle.max(median.abs() / FLOOR_PART).max(FLOOR_UNITS)
}

/// By which factor a value is off, where its size says nothing else: within two thirds and three halves of the median times
/// or divided by it, and outside everything that was.
fn slip(value: i128, median: i128, past: &[i128], counted: bool) -> Option<(i128, Way)> {
    let (size, usual) = (value.abs(), median.abs());
    if value.signum() != median.signum() || size == 0 || (counted && size.min(usual) < SMALL_COUNT) {
        return None;
    }
    let sizes = || past.iter().map(|value| value.abs());
    let (least, most) = (sizes().min()?, sizes().max()?);
    let near = |one: i128, other: i128| 3 * one >= 2 * other && 2 * one <= 3 * other;
    FACTORS.into_iter().find_map(|factor| {
        if size > most && near(size, usual * factor) {
            Some((factor, Way::TooLarge))
        } else if size < least && near(size * factor, usual) {
            Some((factor, Way::TooSmall))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beside_their_past() {
        let check = |value: i128, past: &[i128], says: &[&str]| {
            let found = look("x", value, past.to_vec(), false);
            let found: Vec<String> = found
                .iter()
                .map(|doubt| match doubt {
                    Doubt::Jump { .. } => "jump".to_owned(),
                    Doubt::UnitSlip { factor, way, .. } => format!("{factor} {way:?}"),
                    Doubt::Sign { .. } => "sign".to_owned(),
                    other => format!("{other:?}"),
                })
                .collect();
            assert_eq!(found, says, "{value} beside {past:?}");
        };
        let steady = [1_000, 1_020, 990, 1_050, 1_010];
        check(1_030, &steady, &[]);
        check(1_300, &steady, &[]);
        check(1_500, &steady, &["jump"]);
        check(500, &steady, &["jump"]);
        check(1_500, &steady[..3], &[]);
        check(10_100, &steady, &["10 TooLarge"]);
        check(101_000, &steady, &["100 TooLarge"]);
        check(10_100_000, &steady, &["10000 TooLarge"]);
        check(10_100_000, &steady[..1], &["10000 TooLarge"]);
        check(101, &steady, &["10 TooSmall"]);
        check(10, &steady, &["100 TooSmall"]);
        check(3_000, &steady, &["jump"]);
        check(-1_000, &steady, &["jump", "sign"]);
        check(-1_000, &steady[..2], &["sign"]);
        check(-1_000, &steady[..1], &[]);
        check(0, &steady, &["jump"]);
        check(5_000, &[], &[]);
        // A lively past makes room: nothing is a jump that lies within it.
        check(900, &[100, 500, 1_000, 2_000, 300], &[]);
        // Ten times the median, but not outside of what was: no slip, though still a jump.
        check(1_200, &[120, 100, 130, 1_500], &["jump"]);
        // Losses: the same with the sign turned.
        check(-10_100, &[-1_000, -1_020, -990], &["10 TooLarge"]);
        check(1_000, &[-1_000, -1_020, -990], &["sign"]);
        // A past of zeros.
        check(0, &[0, 0, 0, 0], &[]);
        check(7, &[0, 0, 0, 0], &[]);
        check(8, &[0, 0, 0, 0], &["jump"]);
    }

    #[test]
    fn small_counts_do_not_slip() {
        let slips = |value: i128, past: &[i128]| !look("x", value, past.to_vec(), true).is_empty();
        assert!(!slips(10, &[1, 1, 2]));
        assert!(slips(1_200_000, &[120]));
        assert!(!slips(120, &[12]));
    }

    #[test]
    fn the_past_has_no_order() {
        let mut past = vec![90, 110, 100, 95, 105, 400];
        let first = look("x", 7_000, past.clone(), false);
        for _ in 0..6 {
            past.rotate_left(1);
            assert_eq!(look("x", 7_000, past.clone(), false), first);
        }
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let far = i128::from(i64::MAX);
        assert!(!look("x", -far, vec![far; 6], false).is_empty());
        assert!(look("x", far, vec![far; 6], false).is_empty());
    }
}
