//! Two gradings of the same customers beside each other: who moved where, why, and what is at stake. 迁移

use std::collections::HashMap;

use pinji_domain::number::pow10;
use pinji_domain::{Lang, Message};
use pinji_locale::say;
use serde::Serialize;

use crate::book::Counting;
use crate::explain::{self, line_value};
use crate::rated::{Layer, Lookup};
use crate::words;

/// Reasons listed for each customer that moved.
const REASONS: usize = 4;

/// Which way a customer went. 方向
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To a worse grade.
    Down,
    /// To a better grade.
    Up,
    /// Into a grade, from none.
    In,
    /// Out of any grade.
    Out,
    /// Between grades that cannot be compared.
    Across,
}

/// What the second grading says of the first. 迁移结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Movement {
    /// The names of the rows: grades before, best first, then "ungraded" and "not there".
    pub before: Vec<String>,
    /// The names of the columns: grades after.
    pub after: Vec<String>,
    /// Customers by row and column.
    pub counts: Vec<Vec<u64>>,
    /// What they are worth, in units of 10^-2; `None` where no measure says so.
    pub money: Option<Vec<Vec<i64>>>,
    /// The name of the measure that says what a customer is worth.
    pub money_name: Option<String>,
    /// How many are in both.
    pub both: u64,
    /// Moved up.
    pub up: u64,
    /// Moved down.
    pub down: u64,
    /// Moved across.
    pub across: u64,
    /// Got a grade, having had none.
    pub entered: u64,
    /// Lost its grade and has none now.
    pub lost: u64,
    /// Stayed.
    pub same: u64,
    /// In the second only.
    pub appeared: u64,
    /// In the first only.
    pub gone: u64,
    /// What those are worth that moved down and up, in units of 10^-2.
    pub money_down: i64,
    /// See `money_down`.
    pub money_up: i64,
    /// Those who moved, worth most first.
    pub movers: Vec<Mover>,
}

/// A customer that moved. 迁移客户
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mover {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its grade before, in words.
    pub before: String,
    /// Its grade after, in words.
    pub after: String,
    /// Which way.
    pub direction: Direction,
    /// What it is worth, in units of 10^-2.
    pub money: Option<i64>,
    /// The same, in words.
    pub money_text: Option<String>,
    /// Why: the lines and bounds that changed, greatest first.
    pub reasons: Vec<String>,
}

/// Compares two gradings. `limit` bounds the movers that are listed with reasons; all are counted. 比较两次评级
pub fn compare(before: &Layer, after: &Layer, money: Option<usize>, lang: Lang, limit: usize) -> Movement {
    let scale = Scale::new(before, after);
    let ungraded = pinji_locale::word(lang, "app-ungraded");
    let absent = pinji_locale::word(lang, "app-absent");
    let names = |layer: &Layer| -> Vec<String> {
        let grades = layer
            .level
            .document
            .grades
            .iter()
            .map(|grade| grade.name.get(lang).to_owned());
        grades.chain([ungraded.clone(), absent.clone()]).collect()
    };
    let (rows, columns) = (names(before), names(after));
    let mut counts = vec![vec![0_u64; columns.len()]; rows.len()];
    let mut worth = vec![vec![0_i64; columns.len()]; rows.len()];
    let mut movement = Movement {
        before: rows,
        after: columns,
        counts: Vec::new(),
        money: None,
        money_name: money.map(|at| words::input_name(&after.level, at).get(lang).to_owned()),
        both: 0,
        up: 0,
        down: 0,
        across: 0,
        entered: 0,
        lost: 0,
        same: 0,
        appeared: 0,
        gone: 0,
        money_down: 0,
        money_up: 0,
        movers: Vec::new(),
    };
    let there = Lookup::new(&before.measured.ids);
    let mut met = vec![false; before.book.rows()];
    let mut moved: Vec<(Option<i64>, usize, usize, Direction)> = Vec::new();
    for row in 0..after.book.rows() {
        let value = after.worth(money, row);
        let column = place(after, row);
        let Some(old) = there.find(&after.measured.ids, row) else {
            movement.appeared += 1;
            add(
                &mut counts,
                &mut worth,
                before.level.document.grades.len() + 1,
                column,
                value,
            );
            continue;
        };
        if let Some(met) = met.get_mut(old) {
            *met = true;
        }
        movement.both += 1;
        add(&mut counts, &mut worth, place(before, old), column, value);
        match scale.direction(before.book.grade(old), after.book.grade(row)) {
            None => movement.same += 1,
            Some(direction) => {
                match direction {
                    Direction::Up => {
                        movement.up += 1;
                        movement.money_up = movement.money_up.saturating_add(value.unwrap_or(0));
                    }
                    Direction::Down => {
                        movement.down += 1;
                        movement.money_down = movement.money_down.saturating_add(value.unwrap_or(0));
                    }
                    Direction::Across => movement.across += 1,
                    Direction::In => movement.entered += 1,
                    Direction::Out => movement.lost += 1,
                }
                moved.push((value, old, row, direction));
            }
        }
    }
    for (old, _) in met.iter().enumerate().filter(|(_, met)| !**met) {
        movement.gone += 1;
        add(
            &mut counts,
            &mut worth,
            place(before, old),
            after.level.document.grades.len() + 1,
            None,
        );
    }
    // Worth most first; those of unknown worth last; then in the order of ids.
    moved.sort_by(|(value1, _, row1, _), (value2, _, row2, _)| value2.cmp(value1).then(row1.cmp(row2)));
    let mut reasons = Reasons::new(before, after, lang);
    movement.movers = moved
        .into_iter()
        .take(limit)
        .map(|(value, old, row, direction)| Mover {
            id: after.id(row),
            name: after.about("name", row),
            before: before.grade_name(lang, before.book.grade(old)),
            after: after.grade_name(lang, after.book.grade(row)),
            direction,
            money: value,
            money_text: value.map(|value| pinji_locale::amount(lang, value, 2)),
            reasons: reasons.of(old, row),
        })
        .collect();
    movement.counts = counts;
    movement.money = money.map(|_| worth);
    movement
}

/// The row or column of a customer: its grade, or the place of the ungraded.
fn place(layer: &Layer, row: usize) -> usize {
    layer
        .book
        .grade(row)
        .map_or(layer.level.document.grades.len(), usize::from)
}

fn add(counts: &mut [Vec<u64>], worth: &mut [Vec<i64>], row: usize, column: usize, value: Option<i64>) {
    if let Some(count) = counts.get_mut(row).and_then(|row| row.get_mut(column)) {
        *count += 1;
    }
    if let Some(sum) = worth.get_mut(row).and_then(|row| row.get_mut(column)) {
        *sum = sum.saturating_add(value.unwrap_or(0));
    }
}

/// How the grades of two policies compare: by position where both have the same grades in the same order.
struct Scale {
    /// For each grade before its rank among the grades after, by id.
    ranks: Vec<Option<usize>>,
}

impl Scale {
    fn new(before: &Layer, after: &Layer) -> Scale {
        let rank: HashMap<&str, usize> = after
            .level
            .document
            .grades
            .iter()
            .enumerate()
            .map(|(at, grade)| (grade.id.as_str(), at))
            .collect();
        Scale {
            ranks: before
                .level
                .document
                .grades
                .iter()
                .map(|grade| rank.get(grade.id.as_str()).copied())
                .collect(),
        }
    }

    /// `None` where the grade is the same.
    fn direction(&self, before: Option<u8>, after: Option<u8>) -> Option<Direction> {
        match (before, after) {
            (None, None) => None,
            (None, Some(_)) => Some(Direction::In),
            (Some(_), None) => Some(Direction::Out),
            (Some(before), Some(after)) => match self.ranks.get(usize::from(before)).copied().flatten() {
                None => Some(Direction::Across),
                Some(rank) => match usize::from(after).cmp(&rank) {
                    std::cmp::Ordering::Less => Some(Direction::Up),
                    std::cmp::Ordering::Greater => Some(Direction::Down),
                    std::cmp::Ordering::Equal => None,
                },
            },
        }
    }
}

/// Finds out what changed between two gradings of one customer. 变动原因
struct Reasons<'a> {
    before: &'a Layer,
    after: &'a Layer,
    lang: Lang,
    counting: (Counting, Counting),
    /// Indicators by id: where they stand before and after.
    indicators: Vec<(Option<usize>, Option<usize>)>,
    /// Scores by id: where they stand before and after.
    scores: Vec<(Option<usize>, Option<usize>)>,
}

impl<'a> Reasons<'a> {
    fn new(before: &'a Layer, after: &'a Layer, lang: Lang) -> Reasons<'a> {
        let (old, new) = (before.level.compiled.plan.parts(), after.level.compiled.plan.parts());
        let ids = |layer: &pinji_engine::PlanParts| -> Vec<String> {
            layer.indicators.iter().map(|one| one.id.clone()).collect()
        };
        let scores = |layer: &pinji_engine::PlanParts| -> Vec<String> {
            layer.scores.iter().map(|one| one.id.clone()).collect()
        };
        Reasons {
            before,
            after,
            lang,
            counting: (Counting::default(), Counting::default()),
            indicators: pair(&ids(old), &ids(new)),
            scores: pair(&scores(old), &scores(new)),
        }
    }

    fn of(&mut self, old: usize, new: usize) -> Vec<String> {
        let mut out = self.bounds(old, new);
        let mut changes = self.lines(old, new);
        // Greatest first; equal ones in policy order.
        changes.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        let greatest = changes.into_iter().filter(|(size, _)| *size > 0).take(REASONS);
        out.extend(greatest.filter_map(|(_, at)| self.line_words(at, old, new)));
        if out.is_empty() {
            out.push(say(self.lang, &Message::new("app-moved-by-rules")));
        }
        out
    }

    /// How much each indicator's contribution changed, over all scores, at the finest decimals.
    fn lines(&mut self, old: usize, new: usize) -> Vec<(i64, usize)> {
        let mut sums: Vec<(i64, usize)> = (0..self.indicators.len()).map(|at| (0, at)).collect();
        for (score_before, score_after) in self.scores.clone() {
            let before = score_before.map(|score| contributions(&mut self.counting.0, self.before, old, score));
            let after = score_after.map(|score| contributions(&mut self.counting.1, self.after, new, score));
            for (sum, (there, here)) in sums.iter_mut().zip(&self.indicators) {
                let get = |map: &Option<HashMap<usize, i64>>, at: &Option<usize>| {
                    at.and_then(|at| map.as_ref()?.get(&at).copied()).unwrap_or(0)
                };
                sum.0 = sum.0.saturating_add((get(&after, here) - get(&before, there)).abs());
            }
        }
        sums
    }

    fn line_words(&self, at: usize, old: usize, new: usize) -> Option<String> {
        let (there, here) = self.indicators.get(at)?;
        let name = match (here, there) {
            (Some(at), _) => words::indicator(&self.after.level, *at)?.name.clone(),
            (None, Some(at)) => words::indicator(&self.before.level, *at)?.name.clone(),
            (None, None) => return None,
        };
        let side = |layer: &Layer, at: &Option<usize>, row: usize| match at {
            None => (pinji_locale::word(self.lang, "app-not-in-policy"), "–".to_owned()),
            Some(at) => {
                let points = layer.book.line(row, *at).and_then(|line| line.points);
                (
                    line_value(layer, row, *at, self.lang),
                    points.map_or_else(|| "–".to_owned(), words::points),
                )
            }
        };
        let (value1, points1) = side(self.before, there, old);
        let (value2, points2) = side(self.after, here, new);
        let code = match (value1 == value2, points1 == points2) {
            (true, true) => "app-moved-weight",
            (true, false) => "app-moved-points",
            _ => "app-moved-value",
        };
        let message = Message::new(code).with("indicator", name);
        let message = match code {
            "app-moved-weight" => message,
            "app-moved-points" => message
                .with("value", value2)
                .with("before", points1)
                .with("after", points2),
            _ => message
                .with("value1", value1)
                .with("value2", value2)
                .with("before", points1)
                .with("after", points2),
        };
        Some(say(self.lang, &message))
    }

    /// Caps and floors that bind on one side only.
    fn bounds(&self, old: usize, new: usize) -> Vec<String> {
        let ids = |layer: &Layer, row: usize| -> Vec<String> {
            let parts = layer.level.compiled.plan.parts();
            let caps = layer
                .book
                .caps(row)
                .into_iter()
                .filter_map(|at| parts.caps.get(at).map(|cap| cap.id.clone()));
            let floors = layer
                .book
                .floors(row)
                .into_iter()
                .filter_map(|at| parts.floors.get(at).map(|floor| floor.id.clone()));
            caps.chain(floors).collect()
        };
        let reason = |layer: &Layer, id: &str| {
            let document = &layer.level.document;
            let found = document
                .caps
                .iter()
                .chain(&document.floors)
                .find(|bound| bound.id == id);
            found.map(|bound| bound.reason.clone()).unwrap_or_default()
        };
        let (before, after) = (ids(self.before, old), ids(self.after, new));
        let began = after
            .iter()
            .filter(|id| !before.contains(id))
            .map(|id| ("app-moved-bound-new", reason(self.after, id)));
        let ended = before
            .iter()
            .filter(|id| !after.contains(id))
            .map(|id| ("app-moved-bound-gone", reason(self.before, id)));
        // The group's bound says what it lowered, so that other notches are another reason.
        let group = |layer: &Layer, row: usize| {
            let mut bounds = explain::bounds(layer, row, self.lang).into_iter();
            bounds.find(|bound| bound.kind == "group").map(|bound| bound.reason)
        };
        let (held, holds) = (group(self.before, old), group(self.after, new));
        let changed = held != holds;
        let by_group = [("app-moved-bound-new", holds), ("app-moved-bound-gone", held)];
        let by_group = by_group.into_iter().filter(|_| changed);
        let by_group = by_group.filter_map(|(code, reason)| Some(Message::new(code).with("reason", reason?)));
        began
            .chain(ended)
            .map(|(code, reason)| Message::new(code).with("reason", reason))
            .chain(by_group)
            .map(|message| say(self.lang, &message))
            .collect()
    }
}

/// What each indicator adds to a score, in units of 10^-4.
fn contributions(counting: &mut Counting, layer: &Layer, row: usize, score: usize) -> HashMap<usize, i64> {
    let plan = &layer.level.compiled.plan;
    let decimals = plan.parts().scores.get(score).map_or(4, |score| score.decimals).min(4);
    let lines = counting.lines(plan, &layer.book, row, score);
    lines
        .into_iter()
        .map(|line| (line.indicator, line.contribution * pow10(4 - decimals)))
        .collect()
}

/// Ids of both lists with their places: those of the second in order, then those of the first alone.
fn pair(before: &[String], after: &[String]) -> Vec<(Option<usize>, Option<usize>)> {
    let find = |list: &[String], id: &String| list.iter().position(|known| known == id);
    let both = after.iter().enumerate().map(|(at, id)| (find(before, id), Some(at)));
    let first = before
        .iter()
        .enumerate()
        .filter(|(_, id)| !after.contains(id))
        .map(|(at, _)| (Some(at), None));
    both.chain(first).collect()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    #[test]
    fn ids_are_paired_in_the_order_of_the_second() {
        let list = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let found = pair(&list("a b c"), &list("c d a"));
        assert_eq!(
            found,
            [(Some(2), Some(0)), (None, Some(1)), (Some(0), Some(2)), (Some(1), None)]
        );
    }

    #[test]
    fn directions_follow_the_second_scale() {
        let scale = Scale {
            ranks: vec![Some(0), Some(1), None],
        };
        let check = |before, after, wanted| assert_eq!(scale.direction(before, after), wanted);
        check(Some(0), Some(0), None);
        check(Some(0), Some(1), Some(Direction::Down));
        check(Some(1), Some(0), Some(Direction::Up));
        check(Some(2), Some(1), Some(Direction::Across));
        check(None, Some(1), Some(Direction::In));
        check(Some(1), None, Some(Direction::Out));
        check(None, None, None);
    }
}
