//! A piece of a batch of records: what is visible, in which currency, and what it adds to each accumulator. 批片
#![expect(
    clippy::indexing_slicing,
    reason = "positions of fields, arguments and calls are the program's own; rows are those of the batch"
)]

use std::borrow::Cow;

use arrow::array::{Array, AsArray};
use arrow::datatypes::UInt32Type;
use arrow::record_batch::RecordBatch;
use pinji_domain::date;
use pinji_engine::{Batch, Evaluated, InputType, Results, evaluate};

use crate::aggregate::{Accumulator, masked};
use crate::argument::{self, Of, Values};
use crate::cells::{Cells, Lent};
use crate::error::QueryError;
use crate::hash::mix;
use crate::ids::Id;
use crate::judged::{Opinion, cell_text, points_of_cell, points_of_text};
use crate::latest::Rank;
use crate::pass::{Context, ORIGIN, State};
use crate::program::Program;
use crate::records::Origin;

/// A piece of a batch with its fields at hand.
pub(crate) struct Piece<'a> {
    program: &'a Program<'a>,
    context: &'a Context<'a>,
    rows: usize,
    cells: Vec<Cells>,
    origins: Option<[Vec<u32>; 3]>,
    first: Origin,
    /// Whether a row is visible as of the date; `None` when all are.
    visible: Option<Vec<bool>>,
    undated: u64,
}

impl<'a> Piece<'a> {
    pub(crate) fn new(
        program: &'a Program<'a>,
        context: &'a Context<'a>,
        batch: &RecordBatch,
        first: Origin,
    ) -> Result<Self, QueryError> {
        let rows = batch.num_rows();
        let mut cells = Vec::with_capacity(program.fields.len());
        for (at, (field, ty)) in program.fields.iter().zip(&program.types).enumerate() {
            cells.push(match batch.column_by_name(field) {
                None => Cells::Nothing(rows),
                // The subject is an integer or a text, as the file has it.
                Some(array) if at == 0 => {
                    let subject = Cells::from_array(array);
                    match subject {
                        Some(subject @ (Cells::Int(_) | Cells::Text(_) | Cells::Nothing(_))) => subject,
                        _ => Cells::of_field(array, &program.kind.id, field, ty)?,
                    }
                }
                Some(array) => Cells::of_field(array, &program.kind.id, field, ty)?,
            });
        }
        let origins = ORIGIN.map(|name| {
            batch
                .column_by_name(name)?
                .as_primitive_opt::<UInt32Type>()
                .map(|held| held.values().to_vec())
        });
        let origins = match origins {
            [Some(table), Some(part), Some(row)] => Some([table, part, row]),
            _ => None,
        };
        let mut piece = Piece {
            program,
            context,
            rows,
            cells,
            origins,
            first,
            visible: None,
            undated: 0,
        };
        piece.see();
        piece.convert()?;
        Ok(piece)
    }

    fn origin(&self, row: usize) -> Origin {
        match &self.origins {
            Some([table, part, rows]) => Origin {
                table: table[row],
                part: part[row],
                row: rows[row],
            },
            None => Origin {
                row: self.first.row + row as u32,
                ..self.first
            },
        }
    }

    fn place(&self, row: usize) -> String {
        self.origin(row).place(self.context.tables)
    }

    fn is_visible(&self, row: usize) -> bool {
        self.visible.as_ref().is_none_or(|visible| visible[row])
    }

    /// Finds out which rows are visible: dated not after the as-of date, and known by then.
    fn see(&mut self) {
        let as_of = self.program.as_of;
        let mut hidden: Option<Vec<bool>> = None;
        if let Some(dates) = self.program.date.map(|at| &self.cells[at]) {
            let fine = match dates {
                Cells::Date(array) => array.null_count() == 0 && array.values().iter().all(|day| *day <= as_of),
                _ => false,
            };
            if !fine {
                let days: Vec<Option<i32>> = (0..self.rows).map(|row| dates.date(row)).collect();
                self.undated = days.iter().filter(|day| day.is_none()).count() as u64;
                hidden = Some(days.iter().map(|day| day.is_none_or(|day| day > as_of)).collect());
            }
        }
        if let Some(known) = self.program.known.map(|at| &self.cells[at]) {
            let late = |row: usize| known.date(row).is_some_and(|day| day > as_of);
            if (0..self.rows).any(late) {
                let mut all = hidden.unwrap_or_else(|| vec![false; self.rows]);
                all.iter_mut()
                    .enumerate()
                    .for_each(|(row, hidden)| *hidden |= late(row));
                hidden = Some(all);
            }
        }
        self.visible = hidden.map(|hidden| hidden.into_iter().map(|hidden| !hidden).collect());
    }

    /// Brings money to the policy's currency.
    fn convert(&mut self) -> Result<(), QueryError> {
        let Some(currency) = self.program.currency else {
            return Ok(());
        };
        let own = |row: usize| {
            self.cells[currency]
                .text(row)
                .is_none_or(|text| text.is_empty() || text == self.context.rates.currency)
        };
        if (0..self.rows).all(own) {
            return Ok(());
        }
        for at in &self.program.money {
            let Cells::Int(amounts) = &self.cells[*at] else {
                continue;
            };
            let mut converted = Vec::with_capacity(self.rows);
            for (row, amount) in amounts.iter().enumerate() {
                let counts = self.is_visible(row);
                converted.push(match amount {
                    Some(amount) if counts => Some(self.exchange(*at, amount, currency, row)?),
                    other => other,
                });
            }
            self.cells[*at] = Cells::Int(converted.into_iter().collect());
        }
        Ok(())
    }

    fn exchange(&self, field: usize, amount: i64, currency: usize, row: usize) -> Result<i64, QueryError> {
        let rates = self.context.rates;
        let currency = self.cells[currency]
            .text(row)
            .filter(|currency| !currency.is_empty())
            .unwrap_or(&rates.currency);
        let day = self
            .program
            .date
            .and_then(|at| self.cells[at].date(row))
            .unwrap_or(self.program.as_of);
        let date = date::from_days(day).unwrap_or_default();
        rates
            .convert(amount, currency, date)
            .map_err(|_| match rates.rate(currency, date) {
                None => QueryError::NoRate {
                    kind: self.program.kind.id.clone(),
                    currency: currency.to_owned(),
                    date: date.to_string(),
                    place: self.place(row),
                },
                Some(_) => QueryError::BeyondRow {
                    measure: self.program.fields[field].to_owned(),
                    place: self.place(row),
                },
            })
    }

    /// Adds the piece to a state.
    pub(crate) fn add_to(self, state: &mut State) -> Result<(), QueryError> {
        let mut groups = Vec::with_capacity(self.rows);
        state.index.map(&self.cells[0], &mut groups);
        state.undated += self.undated;
        if let Some(visible) = &self.visible {
            for (group, visible) in groups.iter_mut().zip(visible) {
                *group = if *visible { *group } else { 0 };
            }
        }
        if let Some(superseded) = self.context.superseded {
            for (row, group) in groups.iter_mut().enumerate() {
                *group = if superseded.contains(&self.origin(row)) {
                    0
                } else {
                    *group
                };
            }
        }
        state.grow();
        for group in &groups {
            state.records[*group as usize] += 1;
        }
        if self.cells[0].may_be_null() {
            let nameless =
                |(row, group): (usize, &u32)| *group == 0 && self.is_visible(row) && self.cells[0].is_null(row);
            state.nameless += groups.iter().enumerate().filter(|row| nameless(*row)).count() as u64;
        }
        self.note_keys(state);
        if self.program.selections.is_empty() && self.program.judged.is_empty() {
            return Ok(());
        }
        let lent = self.program.computes().then(|| Lent::new(&self.cells, self.rows));
        let columns = lent.as_ref().map(Lent::columns).unwrap_or_default();
        let batch = Batch {
            rows: self.rows,
            columns,
        };
        let mut values = Vec::with_capacity(self.program.arguments.len());
        for argument in &self.program.arguments {
            values.push(match argument::field_of(&argument.expr) {
                Some(at) if at < self.cells.len() => {
                    argument::of_field(&self.cells[at], &self.program.types[at], argument.decimals)
                }
                _ => {
                    let evaluated = evaluate(&argument.expr, &self.program.types, &batch, 0..self.rows);
                    argument::of_formula(evaluated, argument.decimals)
                }
            });
        }
        let mut selected = Vec::with_capacity(self.program.selections.len());
        for selection in &self.program.selections {
            if selection.is_all() {
                selected.push(Cow::Borrowed(groups.as_slice()));
                continue;
            }
            let mut chosen = groups.clone();
            self.narrow(&mut chosen, selection.after);
            if let Some(filter) = &selection.filter {
                keep(
                    &mut chosen,
                    &evaluate(filter, &self.program.types, &batch, 0..self.rows),
                );
            }
            selected.push(Cow::Owned(chosen));
        }
        self.add_calls(state, &selected, &values)?;
        self.add_latest(state, &selected, &values)?;
        self.add_opinions(state, &groups)
    }

    fn note_keys(&self, state: &mut State) {
        if self.program.key.is_empty() || self.context.superseded.is_some() {
            return;
        }
        let fields: Vec<&Cells> = self
            .program
            .key
            .iter()
            .filter(|at| **at != 0)
            .map(|at| &self.cells[*at])
            .collect();
        let known = self.program.known.map(|at| &self.cells[at]);
        for row in (0..self.rows).filter(|row| self.is_visible(*row) && !self.cells[0].is_null(*row)) {
            let known = known.and_then(|known| known.date(row)).unwrap_or(i32::MIN);
            state
                .keys
                .add(self.cells[0].hash(row), &fields, row, known, self.origin(row));
        }
    }

    /// Leaves out the rows before the window.
    fn narrow(&self, groups: &mut [u32], after: Option<i32>) {
        let (Some(after), Some(at)) = (after, self.program.date) else {
            return;
        };
        match &self.cells[at] {
            // Null dates are hidden already.
            Cells::Date(array) => {
                for (group, day) in groups.iter_mut().zip(array.values()) {
                    *group = if *day > after { *group } else { 0 };
                }
            }
            _ => groups.fill(0),
        }
    }

    fn add_calls(
        &self,
        state: &mut State,
        selected: &[Cow<'_, [u32]>],
        values: &[Values<'_>],
    ) -> Result<(), QueryError> {
        let groups = state.index.len();
        for (call, held) in self.program.calls.iter().zip(&mut state.calls) {
            if self.program.counts_records(call) {
                continue;
            }
            let values = call.argument.map(|at| &values[at]);
            let of = values.map(|values| &values.of);
            if matches!(of, Some(Of::Nothing)) {
                continue;
            }
            let accumulator = match held {
                Some(accumulator) => accumulator,
                None => {
                    let fresh = Accumulator::new(call.function, of);
                    let fresh = fresh.map_err(|_| QueryError::NoDecimals {
                        measure: call.measure.to_owned(),
                    })?;
                    held.insert(fresh)
                }
            };
            accumulator.grow(groups);
            match values.and_then(|values| values.causes.as_ref()) {
                None => accumulator.add(&selected[call.selection], of),
                Some(causes) => {
                    let masked = masked(&selected[call.selection], causes).map_err(|row| QueryError::BeyondRow {
                        measure: call.measure.to_owned(),
                        place: self.place(row),
                    })?;
                    accumulator.add(&masked, of);
                }
            }
        }
        Ok(())
    }

    fn add_latest(
        &self,
        state: &mut State,
        selected: &[Cow<'_, [u32]>],
        values: &[Values<'_>],
    ) -> Result<(), QueryError> {
        let dates = self.program.date.map(|at| &self.cells[at]);
        let known = self.program.known.map(|at| &self.cells[at]);
        let rank = |row: usize, held: Rank| {
            let date = dates.map_or(0, |dates| dates.date(row).unwrap_or(i32::MIN));
            let known = known.map_or(0, |known| known.date(row).unwrap_or(i32::MIN));
            ((date, known) >= (held.date, held.known)).then(|| Rank {
                date,
                known,
                print: self.print(row),
            })
        };
        for (latest, newest) in self.program.latest.iter().zip(&mut state.latest) {
            newest.look(&selected[latest.selection], rank);
            for (value, argument) in latest.arguments.iter().enumerate() {
                if let Some(row) = newest.beyond(&values[*argument]) {
                    let measure = self.program.arguments[*argument].measure.to_owned();
                    return Err(QueryError::BeyondRow {
                        measure,
                        place: self.place(row),
                    });
                }
                newest.take(value, &values[*argument]);
            }
            newest.settle();
        }
        Ok(())
    }

    /// A fixed number for all that is read of a row.
    fn print(&self, row: usize) -> u64 {
        self.cells
            .iter()
            .fold(0, |print, cells| mix(print.rotate_left(7) ^ cells.hash(row)))
    }

    fn add_opinions(&self, state: &mut State, groups: &[u32]) -> Result<(), QueryError> {
        if self.program.judged.is_empty() {
            return Ok(());
        }
        let nothing = Cells::Nothing(self.rows);
        let [indicator, expert, level, points] =
            self.program.opinion.map(|at| at.map_or(&nothing, |at| &self.cells[at]));
        let scale = match self.program.opinion[3].map(|at| &self.program.types[at]) {
            Some(InputType::Int(scale)) => *scale,
            _ => 0,
        };
        for (row, group) in groups.iter().enumerate().filter(|(_, group)| **group != 0) {
            let Some(id) = indicator.text(row) else { continue };
            let found = self.program.judged.iter().position(|judged| judged.indicator == id);
            let Some(at) = found else { continue };
            let given = level
                .text(row)
                .and_then(|text| points_of_text(text, &self.context.words[at]));
            let Some(points) = given.or_else(|| points_of_cell(points, scale, row)) else {
                if level.is_null(row) && points.is_null(row) {
                    continue;
                }
                let says = if level.is_null(row) { points } else { level };
                return Err(QueryError::UnknownLevel {
                    indicator: id.to_owned(),
                    level: cell_text(says, scale, row),
                    place: self.place(row),
                });
            };
            let day = |at: Option<usize>| at.and_then(|at| self.cells[at].date(row)).unwrap_or(0);
            let opinion = Opinion {
                date: day(self.program.date),
                known: day(self.program.known),
                points,
            };
            let expert = match expert {
                Cells::Int(array) if array.is_valid(row) => Id::Int(array.value(row)),
                other => Id::Text(other.text(row).unwrap_or_default()),
            };
            state.judged[at].add(*group, expert, opinion);
        }
        Ok(())
    }
}

/// Leaves out the rows for which a filter does not hold.
fn keep(groups: &mut [u32], filter: &Evaluated<'_>) {
    match &filter.values {
        Results::Flag(holds) => {
            for (group, (holds, cause)) in groups.iter_mut().zip(holds.iter().zip(&filter.causes)) {
                *group = if *holds && *cause == 0 { *group } else { 0 };
            }
        }
        Results::Number(_) | Results::Text(_) | Results::Date(_) => groups.fill(0),
    }
}
