//! The figures of members, each measured as a customer of its own, for measures that are made of them. 成员度量
#![expect(
    clippy::indexing_slicing,
    reason = "rows are those of the population and of the customers, whose columns were just made to fit"
)]

use pinji_policy::{CompiledMeasure, MeasureSource, PARENT};

use crate::error::QueryError;
use crate::finish::KindResult;
use crate::finished::{Finished, NOT_REPORTED, Plain};
use crate::ids::{Id, Index};
use crate::measured::LeftOut;
use crate::member_table::{Exact, MemberFigures, MemberTable};
use crate::subjects::Subjects;

/// What is measured of members: the measures over their own records and, where these come first, over consolidated ones.
#[derive(Debug, Default)]
pub(crate) struct Singles {
    pub(crate) measures: Vec<CompiledMeasure>,
    /// For each of them the measure that it is for, and whether it is over consolidated records.
    of: Vec<(usize, bool)>,
}

impl Singles {
    pub(crate) fn of(measures: &[CompiledMeasure]) -> Singles {
        let mut singles = Singles::default();
        for (at, measure) in measures.iter().enumerate() {
            let Some(how) = &measure.members else { continue };
            let sources = std::iter::once((&measure.source, false));
            for (source, consolidated) in sources.chain(how.consolidated.iter().map(|source| (source, true))) {
                singles.of.push((at, consolidated));
                singles.measures.push(CompiledMeasure {
                    id: measure.id.clone(),
                    ty: measure.ty.clone(),
                    source: source.clone(),
                    members: None,
                });
            }
        }
        singles
    }

    fn reads_parents(&self) -> bool {
        self.of.iter().any(|(_, consolidated)| *consolidated)
    }

    /// The table of the members of a population: of each customer in a group, and of groups of which something is said
    /// themselves. Where there are no groups, each subject is its own.
    ///
    /// - `given`: a measure's column of the customers' own rows.
    pub(crate) fn table(
        &self,
        measures: &[CompiledMeasure],
        results: &[KindResult],
        subjects: Option<&Subjects<'_>>,
        population: &Index,
        given: impl Fn(&CompiledMeasure) -> Result<Finished, QueryError>,
    ) -> Result<MemberTable, QueryError> {
        let grouped = subjects.and_then(|subjects| Some((subjects, subjects.group_of()?)));
        let known: Vec<Known<'_>> = results.iter().map(Known::new).collect();
        let mut table = MemberTable::default();
        // The row of each line among the customers; of a group itself, in the population.
        let mut lines: Vec<Line> = Vec::new();
        match grouped {
            None => lines.extend((0..population.len()).map(Line::Itself)),
            Some((subjects, group_of)) => {
                let customers = &subjects.index;
                let mut members: Vec<(u32, usize)> = (0..customers.len())
                    .map(|row| (group_of[row + 1], row))
                    .filter(|(group, _)| *group != 0)
                    .collect();
                members.sort_unstable();
                let mut members = members.into_iter().peekable();
                for group in 0..population.len() {
                    let id = population.ids().get(group);
                    let own = customers.find(id) == 0 && known.iter().any(|known| known.seen(id).is_some());
                    lines.extend(own.then_some(Line::Itself(group)));
                    while let Some((_, row)) = members.next_if(|(of, _)| *of as usize == group + 1) {
                        lines.push(Line::Member { group, row });
                    }
                }
            }
        }
        let place: Vec<Option<u32>> = grouped.map_or_else(Vec::new, |(subjects, _)| {
            let mut place = vec![None; subjects.index.len()];
            for (at, line) in lines.iter().enumerate() {
                if let Line::Member { row, .. } = line {
                    place[*row] = Some(at as u32);
                }
            }
            place
        });
        let parents = match grouped.filter(|_| self.reads_parents()) {
            Some((subjects, _)) => parents(subjects)?,
            None => Vec::new(),
        };
        for line in &lines {
            table.group.push(line.group() as u32);
            let (member, parent) = match (line, grouped) {
                (Line::Member { row, .. }, Some((subjects, _))) => (
                    subjects.index.ids().get(*row).to_string(),
                    parents.get(*row).copied().flatten().and_then(|above| place[above]),
                ),
                _ => (String::new(), None),
            };
            table.member.push(member);
            // A member of another group is not above anybody here.
            let parent = parent.filter(|above| lines[*above as usize].group() == line.group());
            table.parent.push(parent);
        }
        for (at, measure) in measures.iter().enumerate().filter(|(_, held)| held.members.is_some()) {
            let figures = |consolidated: bool| -> Result<Option<Exact>, QueryError> {
                let Some(single) = self.of.iter().position(|of| *of == (at, consolidated)) else {
                    return Ok(None);
                };
                let held = match &self.measures[single].source {
                    MeasureSource::Given(_) => of_rows(&given(measure)?, &lines, grouped.is_some()),
                    _ => of_records(
                        &known,
                        single,
                        grouped.map(|(subjects, _)| subjects),
                        population,
                        &lines,
                    ),
                };
                Ok(Some(held))
            };
            table.figures.push(MemberFigures {
                measure: measure.id.clone(),
                own: figures(false)?.unwrap_or_default(),
                consolidated: figures(true)?,
            });
        }
        Ok(table)
    }
}

/// Whose line it is.
#[derive(Debug, Clone, Copy)]
enum Line {
    /// The group's own, or that of a subject that is nobody's member; its place in the population.
    Itself(usize),
    /// A customer's, by its row.
    Member { group: usize, row: usize },
}

impl Line {
    fn group(self) -> usize {
        match self {
            Line::Itself(group) | Line::Member { group, .. } => group,
        }
    }
}

/// A pass's result with its subjects numbered.
struct Known<'a> {
    result: &'a KindResult,
    index: Index,
}

impl<'a> Known<'a> {
    fn new(result: &'a KindResult) -> Known<'a> {
        Known {
            result,
            index: Index::of(&result.ids),
        }
    }

    fn column(&self, single: usize) -> Option<&'a Finished> {
        let mut columns = self.result.columns.iter();
        columns
            .find(|(measure, _)| *measure == single)
            .map(|(_, column)| column)
    }

    /// The row of a subject; that of nobody where there are no records of it.
    fn row(&self, id: Id<'_>) -> usize {
        self.index.find(id) as usize
    }

    /// The row of a subject of which there are visible records.
    fn seen(&self, id: Id<'_>) -> Option<usize> {
        let row = self.row(id);
        row.checked_sub(1)
            .filter(|at| self.result.seen.get(*at).copied().unwrap_or(false))
            .map(|_| row)
    }
}

/// A column of the customers' own rows, by line; of groups themselves nothing is given.
fn of_rows(column: &Finished, lines: &[Line], grouped: bool) -> Exact {
    let mut held = Exact::default();
    for line in lines {
        match line {
            Line::Member { row, .. } => put(&mut held, column, *row),
            Line::Itself(row) if !grouped => put(&mut held, column, *row),
            Line::Itself(_) => put_nothing(&mut held),
        }
    }
    held
}

/// A column that a pass brought, by line.
fn of_records(
    known: &[Known<'_>],
    single: usize,
    subjects: Option<&Subjects<'_>>,
    population: &Index,
    lines: &[Line],
) -> Exact {
    let found = known.iter().find_map(|known| Some((known, known.column(single)?)));
    let mut held = Exact::default();
    let Some((known, column)) = found else {
        lines.iter().for_each(|_| put_nothing(&mut held));
        return held;
    };
    for line in lines {
        match (line, subjects) {
            (Line::Member { row, .. }, Some(subjects)) => {
                put(&mut held, column, known.row(subjects.index.ids().get(*row)));
            }
            // Where nothing is said of the group, nothing counts for it: a count of nothing would hide its members.
            (Line::Itself(group), Some(_)) => match known.seen(population.ids().get(*group)) {
                None => put_nothing(&mut held),
                Some(row) => put(&mut held, column, row),
            },
            (Line::Itself(row) | Line::Member { row, .. }, None) => {
                put(&mut held, column, known.row(population.ids().get(*row)));
            }
        }
    }
    held
}

fn put(held: &mut Exact, column: &Finished, row: usize) {
    match (&column.plain, column.causes[row]) {
        (Plain::Int(values), 0) => {
            held.values.push(values[row]);
            held.causes.push(0);
        }
        (_, cause) => {
            held.values.push(0);
            held.causes.push(cause.max(NOT_REPORTED));
        }
    }
}

fn put_nothing(held: &mut Exact) {
    held.values.push(0);
    held.causes.push(NOT_REPORTED);
}

/// By customer's row the row of whom it names as right above it; nothing where the sheet does not know that one.
fn parents(subjects: &Subjects<'_>) -> Result<Vec<Option<usize>>, QueryError> {
    let Some((column, _)) = subjects.own_field(PARENT) else {
        return Ok(Vec::new());
    };
    let named = |row: usize| {
        let Plain::Text(texts) = &column.plain else { return None };
        let name = Some(texts.value(row).trim()).filter(|name| column.causes[row] == 0 && !name.is_empty())?;
        (subjects.index.find(Id::Text(name)) as usize).checked_sub(1)
    };
    Ok((0..column.len()).map(named).collect())
}

/// Puts together what two passes left out: a kind that both read is said once.
pub(crate) fn left_out(pooled: Vec<LeftOut>, single: Vec<LeftOut>) -> Vec<LeftOut> {
    let mut all = pooled;
    for left in single {
        if !all.iter().any(|held| held.kind == left.kind) {
            all.push(left);
        }
    }
    all
}
