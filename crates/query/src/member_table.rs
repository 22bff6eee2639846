//! What each member brings to the measures of its group, kept beside the group's own: by it the group's figures are reckoned,
//! explained, and derived again. 成员明细
//!
//! Columns of `members.parquet`: `group`, `member` (null: the group itself) and `parent` (the member right above it); for each
//! measure that is made of members' figures its id and `ID:cause`, and where consolidated statements come first
//! `ID:consolidated` and `ID:consolidated:cause`.
#![expect(
    clippy::indexing_slicing,
    reason = "all columns of the table have the same length, and a group's rows lie within it"
)]

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray, UInt8Array};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Int64Type, Schema, UInt8Type};
use arrow::record_batch::RecordBatch;
use pinji_domain::{Decimal, MissingCause};
use pinji_engine::InputType;
use pinji_policy::{CompiledMeasure, CompiledMembers, CompiledRule};

use crate::consolidate::{Entered, Figure, Part, Sum, consolidate};
use crate::error::{QueryError, name_of};
use crate::finished::{Finished, NOT_REPORTED, Plain, UNDEFINED};
use crate::measured::{Measured, MeasuredColumn, id_text};
use crate::store::{Digest, Writer, open};

const CAUSE: &str = ":cause";
const CONSOLIDATED: &str = ":consolidated";

/// What each member brings to the measures of its group. 成员明细
///
/// Rows lie by group and, within a group, by member. Sorted so, they make the same bytes whatever the records' order was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberTable {
    /// For each row the group's place in the population.
    pub(crate) group: Vec<u32>,
    /// The member; empty for what is said of the group itself.
    pub(crate) member: Vec<String>,
    /// The row of the member right above it, in the same group.
    pub(crate) parent: Vec<Option<u32>>,
    pub(crate) figures: Vec<MemberFigures>,
}

/// The figures of one measure, by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberFigures {
    pub(crate) measure: String,
    pub(crate) own: Exact,
    pub(crate) consolidated: Option<Exact>,
}

/// Exact numbers, and why some are missing: 0 where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Exact {
    pub(crate) values: Vec<i64>,
    pub(crate) causes: Vec<u8>,
}

/// How a member's figure entered its group's. 成员数据的计入情况
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is said of the group itself, and then counts alone. 按集团自身数据计入
    Itself,
    /// By its own figure. 按本身数据计入
    Own,
    /// By its consolidated statement. 按合并报表计入
    Consolidated,
    /// Within the consolidated statement of that member. 已含于上级合并报表
    Within(String),
    /// Not at all: its figure is missing, and why. 数据缺失
    Missing(MissingCause),
    /// Not at all: its weight is missing. 权重缺失
    Unweighted,
}

/// One member's line in a measure of its group. 成员合并明细
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPart {
    /// The member; empty for the group itself.
    pub member: String,
    /// How it entered.
    pub standing: Standing,
    /// The figure that was used.
    pub figure: Option<Decimal>,
    /// Its weight, where the rule weighs.
    pub weight: Option<Decimal>,
}

impl Exact {
    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        (self.causes[row] == 0).then(|| self.values[row])
    }
}

impl MemberFigures {
    fn best(&self, row: usize) -> Option<i64> {
        let consolidated = self.consolidated.as_ref().and_then(|held| held.get(row));
        consolidated.or_else(|| self.own.get(row))
    }

    /// The most telling of the causes.
    fn cause(&self, row: usize) -> u8 {
        let consolidated = self.consolidated.as_ref().map_or(0, |held| held.causes[row]);
        self.own.causes[row].max(consolidated).max(NOT_REPORTED)
    }
}

/// A measure that is made of members' figures, with these.
struct Made<'a> {
    how: &'a CompiledMembers,
    figures: &'a MemberFigures,
    weights: Option<&'a MemberFigures>,
}

/// What a group comes to by one measure.
struct Come {
    sum: Sum,
    /// Each row with how it entered.
    parts: Vec<(usize, Part)>,
    /// The row of the group itself, where that counts alone.
    itself: Option<usize>,
}

impl MemberTable {
    fn figures(&self, measure: &str) -> Option<&MemberFigures> {
        self.figures.iter().find(|held| held.measure == measure)
    }

    fn made<'a>(&'a self, measures: &'a [CompiledMeasure], at: usize) -> Option<Made<'a>> {
        let measure = measures.get(at)?;
        let how = measure.members.as_ref()?;
        let weights = match how.rule {
            CompiledRule::Weighted(by) => Some(self.figures(&measures.get(by)?.id)?),
            _ => None,
        };
        Some(Made {
            how,
            figures: self.figures(&measure.id)?,
            weights,
        })
    }

    /// The rows of the group at a place of the population.
    fn rows(&self, group: usize) -> Range<usize> {
        let from = self.group.partition_point(|held| (*held as usize) < group);
        let to = self.group.partition_point(|held| (*held as usize) <= group);
        from..to
    }

    /// The measures that are made of members' figures, by population. 集团度量
    ///
    /// # Errors
    /// Which measure, and of which group, leaves the exact range.
    pub(crate) fn reckon(
        &self,
        measures: &[CompiledMeasure],
        groups: usize,
    ) -> Result<HashMap<usize, Finished>, (usize, usize)> {
        let mut columns = HashMap::new();
        for at in 0..measures.len() {
            let Some(made) = self.made(measures, at) else { continue };
            let (mut values, mut causes) = (vec![0; groups], vec![NOT_REPORTED; groups]);
            let mut from = 0;
            for rows in self.group.chunk_by(|one, other| one == other) {
                let (group, to) = (rows[0] as usize, from + rows.len());
                let come = self.come(&made, from..to);
                from = to;
                if group >= groups {
                    continue;
                }
                (values[group], causes[group]) = match come.sum {
                    Sum::Figure(figure) => (figure, 0),
                    Sum::Missing => (0, made.cause(&come)),
                    Sum::Weightless => (0, UNDEFINED),
                    Sum::Beyond => return Err((at, group)),
                };
            }
            let plain = Plain::Int(values);
            columns.insert(at, Finished { plain, causes });
        }
        Ok(columns)
    }

    /// How the members of the group at a place of the population entered a measure; nothing where it is not made of them.
    pub fn parts(&self, measures: &[CompiledMeasure], at: usize, group: usize) -> Vec<MemberPart> {
        let Some(made) = self.made(measures, at) else {
            return Vec::new();
        };
        let scale = |at: usize| match measures.get(at).map(|measure| &measure.ty) {
            Some(InputType::Int(scale)) => *scale,
            _ => 0,
        };
        let by = match made.how.rule {
            CompiledRule::Weighted(by) => scale(by),
            _ => 0,
        };
        let exact = |units: Option<i64>, scale: u8| units.map(|units| Decimal { units, scale });
        let come = self.come(&made, self.rows(group));
        let shown = |(row, part): &(usize, Part)| MemberPart {
            member: self.member[*row].clone(),
            standing: match part.entered {
                _ if come.itself == Some(*row) => Standing::Itself,
                Entered::Own => Standing::Own,
                Entered::Consolidated => Standing::Consolidated,
                Entered::Within(place) => Standing::Within(
                    come.parts
                        .get(place)
                        .map(|(above, _)| self.member[*above].clone())
                        .unwrap_or_default(),
                ),
                Entered::Missing => {
                    let cause = MissingCause::from_number(made.figures.cause(*row));
                    Standing::Missing(cause.unwrap_or(MissingCause::NotReported))
                }
                Entered::Unweighted => Standing::Unweighted,
            },
            figure: exact(part.figure, scale(at)),
            weight: exact(part.weight, by),
        };
        come.parts.iter().map(shown).collect()
    }

    fn come(&self, made: &Made<'_>, rows: Range<usize>) -> Come {
        // What is said of the group itself counts alone.
        let mut all = rows.clone();
        let itself = all.find(|row| self.member[*row].is_empty());
        if let Some((row, figure)) = itself.and_then(|row| Some((row, made.figures.best(row)?))) {
            let part = Part {
                entered: Entered::Own,
                figure: Some(figure),
                weight: None,
            };
            return Come {
                sum: Sum::Figure(figure),
                parts: vec![(row, part)],
                itself: Some(row),
            };
        }
        // A group without members is its own only one.
        let members: Vec<usize> = match rows.len() {
            1 => rows.collect(),
            _ => rows.filter(|row| Some(*row) != itself).collect(),
        };
        let place = |row: u32| members.binary_search(&(row as usize)).ok();
        let figure = |row: &usize| Figure {
            parent: self.parent[*row].and_then(place),
            own: made.figures.own.get(*row),
            consolidated: made.figures.consolidated.as_ref().and_then(|held| held.get(*row)),
            weight: made.weights.and_then(|weights| weights.best(*row)),
        };
        let figures: Vec<Figure> = members.iter().map(figure).collect();
        let (sum, parts) = consolidate(made.how, &figures);
        Come {
            sum,
            parts: members.into_iter().zip(parts).collect(),
            itself: None,
        }
    }

    /// Writes the table. 写成员明细
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path, groups: &ArrayRef) -> Result<Digest, QueryError> {
        let name = |row: u32| (row as usize) < self.member.len();
        let group: StringArray = self
            .group
            .iter()
            .map(|group| Some(id_text(groups, *group as usize)))
            .collect();
        let member: StringArray = self
            .member
            .iter()
            .map(|member| Some(member).filter(|member| !member.is_empty()))
            .collect();
        let parent: StringArray = self
            .parent
            .iter()
            .map(|parent| parent.filter(|row| name(*row)).map(|row| &self.member[row as usize]))
            .collect();
        let mut fields = vec![
            Field::new("group", DataType::Utf8, false),
            Field::new("member", DataType::Utf8, true),
            Field::new("parent", DataType::Utf8, true),
        ];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(group), Arc::new(member), Arc::new(parent)];
        for held in &self.figures {
            let consolidated = held.consolidated.iter().map(|figures| (CONSOLIDATED, figures));
            for (mark, figures) in std::iter::once(("", &held.own)).chain(consolidated) {
                let id = format!("{}{mark}", held.measure);
                let values = (0..figures.causes.len()).map(|row| figures.get(row));
                fields.push(Field::new(&id, DataType::Int64, true));
                fields.push(Field::new(format!("{id}{CAUSE}"), DataType::UInt8, false));
                arrays.push(Arc::new(values.collect::<Int64Array>()));
                arrays.push(Arc::new(UInt8Array::from(figures.causes.clone())));
            }
        }
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
        let mut writer = Writer::new(path, batch.schema())?;
        writer.write(&batch)?;
        writer.close()
    }

    /// Reads a table back for the policy and the population that it was made for. 读成员明细
    ///
    /// # Errors
    /// The file cannot be read, lacks a measure, or names groups that are not there.
    pub fn read(path: &Path, measures: &[CompiledMeasure], measured: &Measured) -> Result<MemberTable, QueryError> {
        let (schema, batches) = open(path)?;
        let batches = batches.collect::<Result<Vec<_>, _>>()?;
        let batch = concat_batches(&schema, &batches)?;
        let lacks = |wants: &str| QueryError::NotSnapshot {
            path: name_of(path),
            wants: wants.to_owned(),
        };
        let texts = |id: &str| {
            let column = batch
                .column_by_name(id)
                .and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| lacks(id))
        };
        let (groups, members, parents) = (texts("group")?, texts("member")?, texts("parent")?);
        let mut table = MemberTable::default();
        for row in 0..batch.num_rows() {
            let group = measured.find(groups.value(row)).and_then(|at| u32::try_from(at).ok());
            let group = group.filter(|group| table.group.last().is_none_or(|last| last <= group));
            table.group.push(group.ok_or_else(|| lacks("group"))?);
            let member = members.is_valid(row).then(|| members.value(row).to_owned());
            table.member.push(member.unwrap_or_default());
        }
        let mut from = 0;
        for rows in table.group.chunk_by(|one, other| one == other) {
            let to = from + rows.len();
            let at: HashMap<&str, u32> = (from..to).map(|row| (table.member[row].as_str(), row as u32)).collect();
            for row in from..to {
                let parent = parents.is_valid(row).then(|| at.get(parents.value(row)).copied());
                table.parent.push(parent.flatten());
            }
            from = to;
        }
        let exact = |id: String| {
            let values = batch.column_by_name(&id);
            let values = values.and_then(|values| values.as_primitive_opt::<Int64Type>());
            let causes = batch.column_by_name(&format!("{id}{CAUSE}"));
            let causes = causes.and_then(|causes| causes.as_primitive_opt::<UInt8Type>());
            let (values, causes) = values.zip(causes).ok_or_else(|| lacks(&id))?;
            let held = Exact {
                values: (0..values.len())
                    .map(|row| if values.is_valid(row) { values.value(row) } else { 0 })
                    .collect(),
                causes: causes.values().to_vec(),
            };
            let fits = |row: usize| values.is_valid(row) == (held.causes[row] == 0);
            match (0..values.len()).all(fits) {
                true => Ok(held),
                false => Err(lacks(&id)),
            }
        };
        for measure in measures {
            let Some(how) = &measure.members else { continue };
            let consolidated = how.consolidated.as_ref();
            table.figures.push(MemberFigures {
                measure: measure.id.clone(),
                own: exact(measure.id.clone())?,
                consolidated: consolidated
                    .map(|_| exact(format!("{}{CONSOLIDATED}", measure.id)))
                    .transpose()?,
            });
        }
        Ok(table)
    }

    /// The columns of a population that are made of members' figures, reckoned from these alone.
    ///
    /// # Errors
    /// A sum leaves the exact range.
    pub fn columns(
        &self,
        measures: &[CompiledMeasure],
        measured: &Measured,
    ) -> Result<Vec<MeasuredColumn>, QueryError> {
        let found = self
            .reckon(measures, measured.rows())
            .map_err(|(at, group)| beyond(measures, at, measured.id(group)))?;
        let mut found: Vec<(usize, Finished)> = found.into_iter().collect();
        found.sort_unstable_by_key(|(at, _)| *at);
        let named = |(at, column): (usize, Finished)| {
            let measure = measures.get(at)?;
            Some(column.into_column(&measure.id, &measure.ty))
        };
        Ok(found.into_iter().filter_map(named).collect())
    }
}

impl Made<'_> {
    /// Why a group has no figure: the most telling cause of those of its members that lack one.
    fn cause(&self, come: &Come) -> u8 {
        let of = |(row, part): &(usize, Part)| match part.entered {
            Entered::Missing => self.figures.cause(*row),
            Entered::Unweighted => match self.weights {
                // It has one, below zero.
                Some(weights) if weights.best(*row).is_some() => UNDEFINED,
                Some(weights) => weights.cause(*row),
                None => NOT_REPORTED,
            },
            _ => NOT_REPORTED,
        };
        come.parts.iter().map(of).max().unwrap_or(NOT_REPORTED)
    }
}

/// The error of a sum that leaves the exact range.
pub(crate) fn beyond(measures: &[CompiledMeasure], at: usize, subject: String) -> QueryError {
    QueryError::BeyondSum {
        measure: measures.get(at).map(|measure| measure.id.clone()).unwrap_or_default(),
        subject,
    }
}
