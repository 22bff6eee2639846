//! All measures of a policy for everyone, from wherever each of them comes. 度量计算

use std::collections::HashMap;

use arrow::array::Array;
use pinji_domain::{Date, Kind, MissingCause, Text};
use pinji_engine::InputType;
use pinji_policy::document::Subject;
use pinji_policy::{Compiled, CompiledMeasure, MeasureSource, PARENT, Rates};

use crate::cells::{Cells, type_name};
use crate::error::QueryError;
use crate::finish::{KindResult, Targets};
use crate::finished::{Finished, NOT_REPORTED, Plain};
use crate::gather::{Run, gather};
use crate::ids::{Ids, Index};
use crate::judged::{points_of_cell, points_of_text};
use crate::measured::{LeftOut, MeasureOptions, Measured, UsedGrades};
use crate::member_table::beyond;
use crate::members::{self, Singles};
use crate::pass::Context;
use crate::program::{Program, kind_of, level_words};
use crate::records::Records;
use crate::subjects::{CUSTOMER, Subjects, field_for};

/// Measures a population as of a date. 度量计算
///
/// The population is the wide sheet's or the customer sheet's; without either it is everyone there is a visible record of.
/// A measure is taken from the wide sheet's column where it has one, otherwise from the records. A record kind of which
/// there is no table at all gives missing measures: no file is not the same as no event.
///
/// Where groups are rated and there is a customer sheet, records count for the group of their customer, or for the group that they name themselves;
/// what is one value per customer (a given field, a latest record, an opinion) is made one per group as `roll_up` says. A measure
/// that says how members' figures become the group's is taken of each member first, and their figures are kept beside the result.
///
/// The result depends neither on the order of rows and parts nor on the number of threads.
///
/// # Errors
/// The first thing wrong with the records; see [`QueryError`].
pub fn measure(
    compiled: &Compiled,
    tables: &[&dyn Records],
    as_of: Date,
    options: &MeasureOptions<'_>,
) -> Result<Measured, QueryError> {
    let text = any_text_id(tables, options)?;
    let run = Run {
        threads: options.threads.max(1),
        text,
        limit: options.memory_limit,
    };
    let sheet = sheet_kind(tables, options);
    let by_group = compiled.subject == Subject::Group && sheet.is_some_and(|kind| kind.id == CUSTOMER);
    let subjects = match sheet {
        None => None,
        Some(kind) => {
            let rows = of_kind(tables, &kind.id);
            let wanted = wanted_fields(kind, compiled, options);
            Some(Subjects::read(kind, &rows, wanted, by_group, text, run.threads)?)
        }
    };
    let rates = Rates::new(options.document);
    // A wide sheet has a row per subject already.
    let single = match compiled.subject == Subject::Group && sheet.is_none_or(|kind| kind.id == CUSTOMER) {
        true => Singles::of(&compiled.measures),
        false => Singles::default(),
    };
    let made = |measure: &CompiledMeasure| !single.measures.is_empty() && measure.members.is_some();
    let source = Source {
        tables,
        as_of,
        options,
        subjects: subjects.as_ref(),
        rates: &rates,
        run,
    };
    let pooled = |measure: &CompiledMeasure| !made(measure);
    let targets = subjects.as_ref().map_or(Targets::Anyone, Subjects::targets);
    let results = source.read(&compiled.measures, &targets, pooled)?;
    let targets = subjects.as_ref().map_or(Targets::Anyone, Subjects::targets_of_members);
    let of_members = match single.measures.is_empty() {
        true => Vec::new(),
        false => source.read(&single.measures, &targets, |_| true)?,
    };
    let left = |results: &[KindResult]| -> Vec<LeftOut> {
        let all = results.iter().map(|result| result.left_out.clone());
        all.filter(|left| left.total() > 0).collect()
    };
    let left_out = members::left_out(left(&results), left(&of_members));
    let everyone;
    let population = match &subjects {
        Some(subjects) => subjects.population(),
        None => {
            everyone = population_of(&results, text);
            &everyone
        }
    };
    let mut by_measure = spread(&results, population)?;
    let mut members = None;
    if !single.measures.is_empty() {
        let given = |measure: &CompiledMeasure| own_column(measure, subjects.as_ref(), population, options);
        let table = single.table(&compiled.measures, &of_members, subjects.as_ref(), population, given)?;
        let reckoned = table
            .reckon(&compiled.measures, population.len())
            .map_err(|(at, group)| beyond(&compiled.measures, at, population.ids().get(group).to_string()))?;
        by_measure.extend(reckoned);
        members = Some(table);
    }
    let mut columns = Vec::with_capacity(compiled.measures.len());
    for (at, measure) in compiled.measures.iter().enumerate() {
        let column = match by_measure.remove(&at) {
            Some(column) => column,
            None => of_sheet(measure, subjects.as_ref(), population, options)?,
        };
        columns.push(column.into_column(&measure.id, &measure.ty));
    }
    let mut about = Vec::new();
    for (field, kind) in options.about.iter().filter_map(|field| Some((field, sheet?))) {
        let open = kind.field(field).is_some_and(|field| !field.personal);
        let column = subjects
            .as_ref()
            .filter(|_| open)
            .map(|subjects| subjects.column(field))
            .transpose()?
            .flatten();
        if let Some((column, ty)) = column {
            let scale = if let InputType::Int(scale) = ty { scale } else { 0 };
            about.push((field.clone(), column.into_about(scale)));
        }
    }
    Ok(Measured {
        ids: population.ids().to_array(),
        columns,
        about,
        left_out,
        members,
    })
}

fn of_kind<'a>(tables: &[&'a dyn Records], kind: &str) -> Vec<&'a dyn Records> {
    tables.iter().copied().filter(|table| table.kind() == kind).collect()
}

/// The kind of the sheet that has a row per subject: the wide one, or the customers'.
fn sheet_kind<'a>(tables: &[&dyn Records], options: &MeasureOptions<'a>) -> Option<&'a Kind> {
    let has = |kind: &&'a Kind| tables.iter().any(|table| table.kind() == kind.id);
    options
        .wide
        .filter(has)
        .or_else(|| options.document.kinds.get(CUSTOMER).filter(has))
}

fn kind_named<'a>(options: &MeasureOptions<'a>, id: &str) -> Option<&'a Kind> {
    options
        .wide
        .filter(|kind| kind.id == id)
        .or_else(|| options.document.kinds.get(id))
}

/// Whether any table's subjects are texts: then all are, and integers are written out.
fn any_text_id(tables: &[&dyn Records], options: &MeasureOptions<'_>) -> Result<bool, QueryError> {
    let mut known = false;
    for table in tables {
        let Some(kind) = kind_named(options, table.kind()) else {
            continue;
        };
        for part in 0..table.parts() {
            let batches = table.read(part, &[&kind.subject])?;
            let ids = batches
                .iter()
                .find_map(|batch| Cells::from_array(batch.column_by_name(&kind.subject)?));
            match ids {
                Some(Cells::Text(_)) => return Ok(true),
                Some(Cells::Int(_)) => {
                    known = true;
                    break;
                }
                _ => {}
            }
        }
    }
    // A book without any rows has text ids like any sheet.
    Ok(!known)
}

fn name_of<'a>(measure: &CompiledMeasure, options: &MeasureOptions<'a>) -> Option<&'a Text> {
    let document = options.document;
    let measures = document.measures.iter().map(|held| (&held.id, &held.name));
    let indicators = document.indicators.iter().map(|held| (&held.id, &held.name));
    measures
        .chain(indicators)
        .find(|(id, _)| **id == measure.id)
        .map(|(_, name)| name)
}

/// The sheet's field for a measure: any measure of a wide sheet, given ones of the customer sheet.
fn sheet_field<'a>(kind: &'a Kind, measure: &CompiledMeasure, options: &MeasureOptions<'_>) -> Option<&'a str> {
    let wide = options.wide.is_some_and(|wide| wide.id == kind.id);
    let given = matches!(measure.source, MeasureSource::Given(_));
    (wide || given)
        .then(|| field_for(kind, &measure.id, name_of(measure, options)))
        .flatten()
}

fn wanted_fields<'a>(kind: &'a Kind, compiled: &Compiled, options: &MeasureOptions<'_>) -> Vec<&'a str> {
    let measures = compiled
        .measures
        .iter()
        .filter_map(|measure| sheet_field(kind, measure, options));
    let open = |id: &String| {
        kind.field(id)
            .filter(|field| !field.personal)
            .map(|field| field.id.as_str())
    };
    // Who stands above whom is read where consolidated statements come first.
    let mut stated = compiled.measures.iter().filter_map(|measure| measure.members.as_ref());
    let above = stated
        .any(|how| how.consolidated.is_some())
        .then(|| kind.field(PARENT))
        .flatten()
        .map(|field| field.id.as_str());
    measures
        .chain(options.about.iter().filter_map(open))
        .chain(above)
        .collect()
}

/// A given measure of members: the customers' own column, by their rows.
fn own_column(
    measure: &CompiledMeasure,
    subjects: Option<&Subjects<'_>>,
    population: &Index,
    options: &MeasureOptions<'_>,
) -> Result<Finished, QueryError> {
    let rows = subjects.map_or(population.len(), |subjects| subjects.index.len());
    let found = subjects.and_then(|subjects| {
        let field = sheet_field(subjects.kind, measure, options)?;
        Some((subjects.kind, field, subjects.own_field(field)?))
    });
    let Some((kind, field, (column, ty))) = found else {
        return Ok(Finished::missing(&measure.ty, rows, NOT_REPORTED));
    };
    retyped(column.clone(), ty, measure, kind, field)
}

/// A sheet's column as a measure holds it.
fn retyped(
    column: Finished,
    ty: &InputType,
    measure: &CompiledMeasure,
    kind: &Kind,
    field: &str,
) -> Result<Finished, QueryError> {
    let scale = if let InputType::Int(scale) = ty { *scale } else { 0 };
    column.retyped(scale, &measure.ty).ok_or_else(|| QueryError::FieldType {
        kind: kind.id.clone(),
        field: field.to_owned(),
        expected: type_name(&measure.ty).to_owned(),
        found: type_name(ty).to_owned(),
    })
}

/// Where measures are taken from.
struct Source<'a> {
    tables: &'a [&'a dyn Records],
    as_of: Date,
    options: &'a MeasureOptions<'a>,
    subjects: Option<&'a Subjects<'a>>,
    rates: &'a Rates,
    run: Run,
}

impl Source<'_> {
    /// One pass per record kind, for those of the measures that are wanted.
    fn read(
        &self,
        all: &[CompiledMeasure],
        targets: &Targets<'_>,
        wanted: impl Fn(&CompiledMeasure) -> bool,
    ) -> Result<Vec<KindResult>, QueryError> {
        let options = self.options;
        let mut passes: Vec<(&str, Vec<usize>)> = Vec::new();
        for (at, measure) in all.iter().enumerate().filter(|(_, measure)| wanted(measure)) {
            let in_sheet = self
                .subjects
                .is_some_and(|subjects| sheet_field(subjects.kind, measure, options).is_some());
            let Some(kind) = kind_of(measure).filter(|_| !in_sheet) else {
                continue;
            };
            match passes.iter_mut().find(|(held, _)| *held == kind) {
                Some((_, measures)) => measures.push(at),
                None => passes.push((kind, vec![at])),
            }
        }
        if self.subjects.is_none() {
            // Whoever has a record of any kind is in the population.
            for table in self.tables {
                if !passes.iter().any(|(kind, _)| *kind == table.kind()) && kind_named(options, table.kind()).is_some()
                {
                    passes.push((table.kind(), Vec::new()));
                }
            }
        }
        let mut results = Vec::with_capacity(passes.len());
        for (id, measures) in passes {
            let rows = of_kind(self.tables, id);
            if rows.is_empty() {
                continue;
            }
            let kind = kind_named(options, id).ok_or_else(|| QueryError::UnknownKind {
                measure: measures
                    .first()
                    .and_then(|at| all.get(*at))
                    .map(|held| held.id.clone())
                    .unwrap_or_default(),
                kind: id.to_owned(),
            })?;
            let program = Program::new(kind, all, &measures, self.as_of)?;
            let words = program
                .judged
                .iter()
                .map(|judged| level_words(options.document, judged.indicator, judged.levels));
            let context = Context {
                rates: self.rates,
                tables: &rows,
                words: words.collect(),
                superseded: None,
            };
            results.push(gather(&program, &context, &rows, targets, self.run, 0)?);
        }
        Ok(results)
    }
}

fn population_of(results: &[KindResult], text: bool) -> Index {
    let mut all = Ids::new(text);
    for result in results {
        let seen = result.seen.iter().enumerate().filter(|(_, seen)| **seen);
        seen.for_each(|(at, _)| all.push(result.ids.get(at)));
    }
    Index::of(&all.sorted())
}

/// The measures of all kinds by population.
fn spread(results: &[KindResult], population: &Index) -> Result<HashMap<usize, Finished>, QueryError> {
    let mut columns = HashMap::new();
    for result in results {
        let mut at = vec![0_u32; population.len()];
        for row in 0..result.ids.len() {
            let number = population.find(result.ids.get(row)) as usize;
            if let Some(at) = number.checked_sub(1).and_then(|number| at.get_mut(number)) {
                *at = row as u32 + 1;
            }
        }
        for (measure, column) in &result.columns {
            columns.insert(*measure, column.gather(&at)?);
        }
    }
    Ok(columns)
}

/// A measure that no pass brought: a column of the subject's own row, another policy's grade, or nothing.
fn of_sheet(
    measure: &CompiledMeasure,
    subjects: Option<&Subjects<'_>>,
    population: &Index,
    options: &MeasureOptions<'_>,
) -> Result<Finished, QueryError> {
    let field = subjects.and_then(|subjects| Some((subjects, sheet_field(subjects.kind, measure, options)?)));
    if let Some((subjects, field)) = field
        && let Some((column, ty)) = subjects.column(field)?
    {
        let scale = if let InputType::Int(scale) = ty { scale } else { 0 };
        if let MeasureSource::Judged { levels, .. } = &measure.source {
            let words = level_words(options.document, &measure.id, levels);
            return judged_of(measure, column, scale, &words, population);
        }
        return retyped(column, &ty, measure, subjects.kind, field);
    }
    if let MeasureSource::Grade { alias } = &measure.source
        && let Some(used) = options.used.iter().find(|used| used.alias == *alias)
    {
        return Ok(grades_of(used, population));
    }
    Ok(Finished::missing(&measure.ty, population.len(), NOT_REPORTED))
}

/// A wide sheet's column of judgements: levels by id or name, or points.
fn judged_of(
    measure: &CompiledMeasure,
    column: Finished,
    scale: u8,
    words: &[(&str, i32)],
    population: &Index,
) -> Result<Finished, QueryError> {
    let rows = column.len();
    let causes = column.causes.clone();
    let cells = match &column.plain {
        Plain::Int(values) => Cells::Int(values.clone().into()),
        Plain::Double(values) => Cells::Double(values.clone().into()),
        Plain::Text(texts) => Cells::Text(texts.clone()),
        Plain::Date(_) | Plain::Flag(_) => Cells::Nothing(rows),
    };
    let mut values = vec![0; rows];
    for (row, (value, cause)) in values
        .iter_mut()
        .zip(&causes)
        .enumerate()
        .filter(|(_, (_, cause))| **cause == 0)
    {
        let _ = cause;
        let points = match cells.text(row) {
            Some(text) => points_of_text(text, words),
            None => points_of_cell(&cells, scale, row),
        };
        *value = i64::from(points.ok_or_else(|| QueryError::UnknownLevel {
            indicator: measure.id.clone(),
            level: crate::judged::cell_text(&cells, scale, row),
            place: if row < population.len() {
                population.ids().get(row).to_string()
            } else {
                String::new()
            },
        })?);
    }
    let column = Finished {
        plain: Plain::Int(values),
        causes,
    };
    column
        .retyped(4, &measure.ty)
        .ok_or(QueryError::Mismatch("a judged indicator's input holds no points"))
}

/// What another policy gave; where it gave nothing, the cause is `Ungraded`.
fn grades_of(used: &UsedGrades, population: &Index) -> Finished {
    let index = Index::of(&Ids::from_array(&used.ids));
    let grade = |row: usize| {
        let number = index.find(population.ids().get(row)) as usize;
        let at = number
            .checked_sub(1)
            .filter(|at| *at < used.grades.len() && used.grades.is_valid(*at))?;
        Some(used.grades.value(at))
    };
    let found: Vec<Option<&str>> = (0..population.len()).map(grade).collect();
    let causes = found
        .iter()
        .map(|grade| {
            if grade.is_some() {
                0
            } else {
                MissingCause::Ungraded as u8
            }
        })
        .collect();
    Finished {
        plain: Plain::Text(found.into_iter().collect()),
        causes,
    }
}
