//! From a pass's state to columns of measures, by subject. 度量成列
#![expect(
    clippy::indexing_slicing,
    reason = "group numbers come from the pass's own index, call numbers from its own program"
)]

use std::collections::BTreeMap;

use arrow::array::StringArray;
use pinji_domain::number::{EXACT_LIMIT, div_half_even};
use pinji_engine::{Batch, Bits, Column, Expr, InputType, Texts, Values, evaluate};
use pinji_policy::AggregateFunction;

use crate::aggregate::Accumulator;
use crate::error::QueryError;
use crate::finished::{Finished, NOT_REPORTED, Plain};
use crate::ids::{Id, Ids, Index};
use crate::measured::LeftOut;
use crate::pass::{State, merge_calls};
use crate::program::{From, Output, Program};

/// Whom records count for. 归属
pub(crate) enum Targets<'a> {
    /// Whoever they name: there is no customer sheet.
    Anyone,
    /// The customers of the sheet.
    Customers(&'a Index),
    /// The groups of the sheet's customers, and records that name a group themselves.
    Groups {
        customers: &'a Index,
        /// By customer's number the group's, 0 where there is none (position 0 is unused).
        group_of: &'a [u32],
        groups: &'a Index,
    },
    /// The same customers and groups, each on its own: what is made of members is made of them later.
    Members {
        customers: &'a Index,
        group_of: &'a [u32],
        groups: &'a Index,
    },
}

impl Targets<'_> {
    /// The number of the group that a record of this subject counts for.
    pub(crate) fn group_of(&self, id: Id<'_>) -> Option<u32> {
        let (Targets::Groups {
            customers,
            group_of,
            groups,
        }
        | Targets::Members {
            customers,
            group_of,
            groups,
        }) = self
        else {
            return None;
        };
        let group = match customers.find(id) {
            0 => groups.find(id),
            customer => group_of.get(customer as usize).copied().unwrap_or(0),
        };
        (group != 0).then_some(group)
    }
}

/// The measures of one record kind. Row 0 of each column is that of a subject without records.
#[derive(Debug)]
pub(crate) struct KindResult {
    /// Row `r` is the subject at `r - 1`.
    pub ids: Ids,
    /// Whether there are visible records of the subject at a position of `ids`.
    pub seen: Vec<bool>,
    /// By measure.
    pub columns: Vec<(usize, Finished)>,
    pub left_out: LeftOut,
}

impl KindResult {
    /// Puts another partition's result behind this one.
    pub(crate) fn append(&mut self, other: KindResult) -> Result<(), QueryError> {
        for at in 0..other.ids.len() {
            self.ids.push(other.ids.get(at));
        }
        self.seen.extend(other.seen);
        for ((_, mine), (_, theirs)) in self.columns.iter_mut().zip(&other.columns) {
            mine.append(theirs, 1)?;
        }
        self.left_out.unknown += other.left_out.unknown;
        self.left_out.name(other.left_out.strangers.into_iter());
        self.left_out.ungrouped += other.left_out.ungrouped;
        self.left_out.nameless += other.left_out.nameless;
        self.left_out.undated += other.left_out.undated;
        Ok(())
    }
}

/// Members of groups: by the pass's group numbers, where a subject counts.
struct Members {
    /// The group's number, 0 for nobody's.
    to: Vec<u32>,
    /// Whether the subject is the group itself.
    own: Vec<bool>,
    /// The groups there are records of, in the order of their numbers here.
    ids: Ids,
    groups: usize,
}

/// Finishes a pass.
pub(crate) fn finish(program: &Program<'_>, mut state: State, targets: &Targets<'_>) -> Result<KindResult, QueryError> {
    let mut left_out = LeftOut {
        kind: program.kind.id.clone(),
        nameless: state.nameless,
        undated: state.undated,
        ..LeftOut::default()
    };
    let members = match targets {
        Targets::Anyone => None,
        Targets::Customers(customers) => {
            let ids = state.index.ids();
            let unknown = || (0..ids.len()).filter(|at| customers.find(ids.get(*at)) == 0);
            left_out.unknown = unknown().map(|at| state.records[at + 1]).sum();
            let strangers = unknown().filter(|at| state.records[*at + 1] > 0);
            left_out.name(strangers.map(|at| ids.get(at).to_string()));
            None
        }
        Targets::Members { customers, groups, .. } => {
            members(&state, targets, customers, groups, &mut left_out);
            None
        }
        Targets::Groups { customers, groups, .. } => Some(members(&state, targets, customers, groups, &mut left_out)),
    };
    let groups = members.as_ref().map_or(state.index.len(), |members| members.groups);
    let mut calls = std::mem::take(&mut state.calls);
    for (held, call) in calls.iter_mut().zip(&program.calls) {
        if program.counts_records(call) {
            *held = Some(Accumulator::Count(state.records.clone()));
        }
    }
    if let Some(members) = &members {
        let mut merged: Vec<_> = calls.iter().map(|_| None).collect();
        merge_calls(&mut merged, calls, &members.to, members.groups);
        calls = merged;
    }
    calls.iter_mut().flatten().for_each(|call| call.grow(groups));
    let (ids, seen) = match &members {
        Some(members) => {
            let mut seen = vec![false; members.groups];
            for (to, records) in members.to.iter().zip(&state.records).filter(|(to, _)| **to != 0) {
                seen[*to as usize - 1] |= *records > 0;
            }
            (members.ids.clone(), seen)
        }
        None => {
            let seen = state.records.iter().skip(1).map(|records| *records > 0).collect();
            (std::mem::replace(&mut state.index, Index::new(false)).into_ids(), seen)
        }
    };
    let mut finished = Vec::with_capacity(calls.len());
    for (call, held) in program.calls.iter().zip(&calls) {
        let scale = call.argument.map_or(0, |at| program.scale_of(at));
        let count = matches!(
            call.function,
            AggregateFunction::Count | AggregateFunction::CountDistinct
        );
        let column = match held {
            Some(held) => held
                .finish(call.function, scale, groups)
                .map_err(|group| QueryError::BeyondSum {
                    measure: call.measure.to_owned(),
                    subject: ids.get(group as usize - 1).to_string(),
                })?,
            None if count => Finished {
                plain: Plain::Int(vec![0; groups + 1]),
                causes: vec![0; groups + 1],
            },
            None => Finished::missing(&InputType::Int(scale), groups + 1, NOT_REPORTED),
        };
        let ty = type_of(&column.plain, if count { 0 } else { scale });
        finished.push((column, ty));
    }
    let mut columns = Vec::with_capacity(program.outputs.len());
    for output in &program.outputs {
        let column = match &output.from {
            From::Calls { calls, value } => value_of(output, calls, value, &finished, groups)?,
            From::Latest { latest, value, stale } => {
                let argument = program.latest[*latest].arguments[*value];
                let raw = state.latest[*latest].finish(*value, *stale, state.records.len() - 1);
                let raw = retyped(raw, program.scale_of(argument), output)?;
                rolled(raw, members.as_ref(), RollUp::Sum, output.id, &ids)?
            }
            From::Judged(judged) => {
                let raw = state.judged[*judged].finish(&program.judged[*judged], state.records.len() - 1);
                let raw = rolled(raw, members.as_ref(), RollUp::Mean, output.id, &ids)?;
                retyped(raw, 4, output)?
            }
        };
        columns.push((output.measure, column));
    }
    Ok(KindResult {
        ids,
        seen,
        columns,
        left_out,
    })
}

fn members(state: &State, targets: &Targets<'_>, customers: &Index, groups: &Index, left_out: &mut LeftOut) -> Members {
    let ids = state.index.ids();
    let (mut to, mut own) = (vec![0], vec![false]);
    for at in 0..ids.len() {
        let id = ids.get(at);
        let group = targets.group_of(id).unwrap_or(0);
        let customer = customers.find(id) != 0;
        if group == 0 {
            let records = state.records[at + 1];
            if customer {
                left_out.ungrouped += records;
            } else {
                left_out.unknown += records;
                left_out.name((records > 0).then(|| id.to_string()).into_iter());
            }
        }
        to.push(group);
        own.push(group != 0 && !customer);
    }
    // Numbered anew, since a partition holds only some of the groups.
    let mut held: Vec<u32> = to.iter().copied().filter(|group| *group != 0).collect();
    held.sort_unstable();
    held.dedup();
    let mut names = Ids::new(groups.ids().is_text());
    held.iter()
        .for_each(|group| names.push(groups.ids().get(*group as usize - 1)));
    for group in to.iter_mut().filter(|group| **group != 0) {
        *group = held.partition_point(|other| other < group) as u32 + 1;
    }
    Members {
        to,
        own,
        ids: names,
        groups: held.len(),
    }
}

fn retyped(column: Finished, scale: u8, output: &Output<'_>) -> Result<Finished, QueryError> {
    let found = type_of(&column.plain, scale);
    column.retyped(scale, output.ty).ok_or_else(|| QueryError::FieldType {
        kind: "measure".to_owned(),
        field: output.id.to_owned(),
        expected: crate::cells::type_name(output.ty).to_owned(),
        found: crate::cells::type_name(&found).to_owned(),
    })
}

fn type_of(plain: &Plain, scale: u8) -> InputType {
    match plain {
        Plain::Int(_) => InputType::Int(scale),
        Plain::Double(_) => InputType::Double,
        Plain::Text(_) => InputType::Text(None),
        Plain::Date(_) => InputType::Date,
        Plain::Flag(_) => InputType::Flag,
    }
}

/// A measure's expression over its aggregates.
fn value_of(
    output: &Output<'_>,
    calls: &[usize],
    value: &Expr,
    finished: &[(Finished, InputType)],
    groups: usize,
) -> Result<Finished, QueryError> {
    if let Expr::Input(at) = value
        && let Some((column, ty)) = calls.get(*at).and_then(|call| finished.get(*call))
    {
        let scale = if let InputType::Int(scale) = ty { *scale } else { 0 };
        return retyped(column.clone(), scale, output);
    }
    let columns: Vec<&(Finished, InputType)> = calls.iter().filter_map(|call| finished.get(*call)).collect();
    let types: Vec<InputType> = columns.iter().map(|(_, ty)| ty.clone()).collect();
    let lent: Vec<Lent<'_>> = columns.iter().map(|(column, _)| Lent::new(column)).collect();
    let batch = Batch {
        rows: groups + 1,
        columns: lent.iter().map(Lent::column).collect(),
    };
    let evaluated = evaluate(value, &types, &batch, 0..groups + 1);
    retyped(Finished::of_evaluated(evaluated), 0, output)
}

/// A finished column as the evaluator reads it.
struct Lent<'a> {
    column: &'a Finished,
    valid: Vec<u8>,
    flags: Vec<u8>,
    keys: Vec<i32>,
    list: Vec<&'a str>,
}

impl<'a> Lent<'a> {
    fn new(column: &'a Finished) -> Lent<'a> {
        let bits = |holds: &mut dyn Iterator<Item = bool>| {
            let mut bytes = vec![0_u8; column.len().div_ceil(8)];
            for (row, _) in holds.enumerate().filter(|(_, holds)| *holds) {
                bytes[row / 8] |= 1 << (row % 8);
            }
            bytes
        };
        let valid = bits(&mut column.causes.iter().map(|cause| *cause == 0));
        let flags = match &column.plain {
            Plain::Flag(values) => bits(&mut values.iter().copied()),
            _ => Vec::new(),
        };
        let (keys, list) = match &column.plain {
            Plain::Text(texts) => (
                (0..column.len() as i32).collect(),
                texts.iter().map(Option::unwrap_or_default).collect(),
            ),
            _ => (Vec::new(), Vec::new()),
        };
        Lent {
            column,
            valid,
            flags,
            keys,
            list,
        }
    }

    fn column(&self) -> Column<'_> {
        let values = match &self.column.plain {
            Plain::Int(values) => Values::Int(values),
            Plain::Double(values) => Values::Double(values),
            Plain::Text(_) => Values::Text(Texts {
                keys: &self.keys,
                list: &self.list,
            }),
            Plain::Date(values) => Values::Date(values),
            Plain::Flag(_) => Values::Flag(Bits {
                bytes: &self.flags,
                offset: 0,
            }),
        };
        Column {
            values,
            valid: Some(Bits {
                bytes: &self.valid,
                offset: 0,
            }),
            causes: Some(&self.column.causes),
        }
    }
}

/// How members' integers become their group's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RollUp {
    Sum,
    Mean,
}

fn rolled(
    raw: Finished,
    members: Option<&Members>,
    how: RollUp,
    measure: &str,
    ids: &Ids,
) -> Result<Finished, QueryError> {
    let Some(members) = members else { return Ok(raw) };
    roll_up(&raw, &members.to, &members.own, members.groups, how).map_err(|group| QueryError::BeyondSum {
        measure: measure.to_owned(),
        subject: ids.get(group as usize - 1).to_string(),
    })
}

/// Members' values as their group's. 集团汇总
///
/// What is said of the group itself counts alone. Otherwise, of the members that have a value: integers and money are
/// added up (`Mean`: their mean, half to even), doubles averaged, dates are the earliest, flags hold if any holds, and a
/// text is the most frequent one, of equally frequent ones the first by its bytes. Without any value the cause is the
/// members' most telling one.
///
/// # Errors
/// The number of the first group whose sum leaves ±2^53.
pub(crate) fn roll_up(raw: &Finished, to: &[u32], own: &[bool], groups: usize, how: RollUp) -> Result<Finished, u32> {
    let mut order: Vec<(u32, u32)> = to
        .iter()
        .enumerate()
        .filter(|(_, group)| **group != 0)
        .map(|(from, group)| (*group, from as u32))
        .collect();
    order.sort_unstable();
    let mut causes = vec![NOT_REPORTED; groups + 1];
    let mut taken: Vec<Vec<usize>> = vec![Vec::new(); groups + 1];
    for members in order.chunk_by(|a, b| a.0 == b.0) {
        let group = members[0].0 as usize;
        let has = |from: usize| raw.causes[from] == 0;
        let all = || members.iter().map(|(_, from)| *from as usize);
        let itself: Vec<usize> = all()
            .filter(|from| has(*from) && own.get(*from).copied().unwrap_or(false))
            .collect();
        taken[group] = if itself.is_empty() {
            all().filter(|from| has(*from)).collect()
        } else {
            itself
        };
        causes[group] = if taken[group].is_empty() {
            all().map(|from| raw.causes[from]).max().unwrap_or(NOT_REPORTED)
        } else {
            0
        };
    }
    let plain = match &raw.plain {
        Plain::Int(values) => {
            let mut rolled = vec![0; groups + 1];
            for (group, members) in taken.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
                let sum: i128 = members.iter().map(|from| i128::from(values[*from])).sum();
                let value = if how == RollUp::Mean {
                    div_half_even(sum, members.len() as i128)
                } else {
                    sum
                };
                let exact = i64::try_from(value)
                    .ok()
                    .filter(|value| value.unsigned_abs() <= EXACT_LIMIT.unsigned_abs());
                rolled[group] = exact.ok_or(group as u32)?;
            }
            Plain::Int(rolled)
        }
        Plain::Double(values) => Plain::Double(taken.iter().map(|members| mean(values, members)).collect()),
        Plain::Date(values) => Plain::Date(
            taken
                .iter()
                .map(|members| members.iter().map(|from| values[*from]).min().unwrap_or(0))
                .collect(),
        ),
        Plain::Flag(values) => Plain::Flag(
            taken
                .iter()
                .map(|members| members.iter().any(|from| values[*from]))
                .collect(),
        ),
        Plain::Text(texts) => Plain::Text(StringArray::from_iter_values(
            taken.iter().map(|members| most_frequent(texts, members)),
        )),
    };
    Ok(Finished { plain, causes })
}

/// The mean of doubles, added in ascending order so that the members' order does not matter.
fn mean(values: &[f64], members: &[usize]) -> f64 {
    let mut sorted: Vec<f64> = members.iter().map(|from| values[*from]).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        0.0
    } else {
        sorted.iter().sum::<f64>() / sorted.len() as f64
    }
}

fn most_frequent<'a>(texts: &'a StringArray, members: &[usize]) -> &'a str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for from in members {
        *counts.entry(texts.value(*from)).or_default() += 1;
    }
    let most = counts.values().max().copied().unwrap_or(0);
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map_or("", |(text, _)| text)
}
