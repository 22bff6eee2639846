//! The population: the rows of the customer sheet, or of a wide sheet, one per subject. 客户总体
#![expect(
    clippy::indexing_slicing,
    reason = "rows are positions in columns of one length, numbers come from the index"
)]

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::concat;
use pinji_domain::{Kind, Text};
use pinji_engine::InputType;

use crate::cells::{Cells, input_type};
use crate::error::QueryError;
use crate::finish::{RollUp, Targets, roll_up};
use crate::finished::{Finished, Plain};
use crate::ids::{Id, Ids, Index};
use crate::records::{Origin, Records};
use crate::spill::storage;
use crate::threads::each;

/// The kind of the customer sheet.
pub(crate) const CUSTOMER: &str = "customer";
/// Its fields that may name the group.
const GROUP: [&str; 3] = ["group", "group_id", "group_name"];

/// A sheet with a row per subject, sorted by id. 客户表
pub(crate) struct Subjects<'a> {
    pub kind: &'a Kind,
    /// The ids of its rows, ascending; number `n` is row `n - 1`.
    pub index: Index,
    fields: HashMap<&'a str, (Finished, InputType)>,
    groups: Option<Groups>,
}

/// The groups that the rows belong to.
struct Groups {
    /// By row number; position 0 is unused.
    of: Vec<u32>,
    index: Index,
}

/// The field of a sheet that brings a measure: by the measure's id, or by its name, as heading or alias.
pub fn field_for<'a>(kind: &'a Kind, id: &str, name: Option<&Text>) -> Option<&'a str> {
    let names: Vec<&str> = name
        .map(|name| vec![name.zh.as_str(), name.en.as_str()])
        .unwrap_or_default();
    let named = |text: &str| text == id || (!text.is_empty() && names.contains(&text));
    let by_name = || {
        kind.fields.iter().find(|field| {
            named(&field.label.zh) || named(&field.label.en) || field.aliases.iter().any(|alias| named(alias))
        })
    };
    kind.field(id).or_else(by_name).map(|field| field.id.as_str())
}

/// The field with the group, where the kind has one.
pub fn group_field(kind: &Kind) -> Option<&str> {
    GROUP
        .into_iter()
        .find_map(|id| kind.field(id))
        .map(|field| field.id.as_str())
}

impl<'a> Subjects<'a> {
    /// Reads the sheet's rows with the wanted fields; `by_group` puts its groups in the place of its rows.
    pub(crate) fn read(
        kind: &'a Kind,
        tables: &[&dyn Records],
        mut wanted: Vec<&'a str>,
        by_group: bool,
        text: bool,
        threads: usize,
    ) -> Result<Subjects<'a>, QueryError> {
        let group = if by_group { group_field(kind) } else { None };
        wanted.extend(group);
        wanted.sort_unstable();
        wanted.dedup();
        let types: Vec<InputType> = wanted
            .iter()
            .map(|id| {
                kind.field(id)
                    .map_or(InputType::Text(None), |field| input_type(&field.ty))
            })
            .collect();
        let mut read = vec![kind.subject.as_str()];
        read.extend(wanted.iter().filter(|id| **id != kind.subject));
        let work: Vec<(usize, usize)> = tables
            .iter()
            .enumerate()
            .flat_map(|(at, table)| (0..table.parts()).map(move |part| (at, part)))
            .collect();
        let parts = each(work.len(), threads, |at| {
            part(kind, tables, work[at], &read, &wanted, &types)
        })?;
        let mut ids = Ids::new(text);
        for (at, part) in parts.iter().enumerate() {
            push_ids(&mut ids, &part.subject, |row| origin(work[at], row).place(tables), kind)?;
        }
        let order = ascending(&ids);
        if let Some(pair) = order
            .windows(2)
            .find(|pair| ids.get(pair[0] as usize) == ids.get(pair[1] as usize))
        {
            let place = |at: u32| {
                let mut row = at as usize;
                for (part, work) in parts.iter().zip(&work) {
                    if row < part.subject.len() {
                        return origin(*work, row).place(tables);
                    }
                    row -= part.subject.len();
                }
                String::new()
            };
            return Err(QueryError::DuplicateSubject {
                kind: kind.id.clone(),
                id: ids.get(pair[0] as usize).to_string(),
                first: place(pair[0].min(pair[1])),
                second: place(pair[0].max(pair[1])),
            });
        }
        let mut sorted = Ids::new(text);
        order.iter().for_each(|at| sorted.push(ids.get(*at as usize)));
        let straight = order.iter().enumerate().all(|(to, from)| to == *from as usize);
        let mut fields = HashMap::new();
        for (at, (field, ty)) in wanted.iter().zip(&types).enumerate() {
            let arrays: Vec<&dyn Array> = parts.iter().map(|part| part.fields[at].as_ref()).collect();
            let whole = if arrays.is_empty() {
                new_null_array(&storage(ty), 0)
            } else {
                concat(&arrays)?
            };
            let cells = Cells::of_field(&whole, &kind.id, field, ty)?;
            let column = Finished::of_cells(&cells);
            let column = if straight { column } else { column.gather(&order)? };
            fields.insert(*field, (column, ty.clone()));
        }
        let index = Index::of(&sorted);
        let groups = group
            .and_then(|group| fields.get(group))
            .map(|(column, _)| groups(column));
        Ok(Subjects {
            kind,
            index,
            fields,
            groups,
        })
    }

    /// Whom records count for.
    pub(crate) fn targets(&self) -> Targets<'_> {
        match &self.groups {
            None => Targets::Customers(&self.index),
            Some(groups) => Targets::Groups {
                customers: &self.index,
                group_of: &groups.of,
                groups: &groups.index,
            },
        }
    }

    /// The same for the figures of members, each on its own.
    pub(crate) fn targets_of_members(&self) -> Targets<'_> {
        match &self.groups {
            None => Targets::Customers(&self.index),
            Some(groups) => Targets::Members {
                customers: &self.index,
                group_of: &groups.of,
                groups: &groups.index,
            },
        }
    }

    /// By customer's number the group's, 0 where there is none (position 0 is unused), where groups are rated.
    pub(crate) fn group_of(&self) -> Option<&[u32]> {
        self.groups.as_ref().map(|groups| groups.of.as_slice())
    }

    /// A field by row, with the scale of its integers.
    pub(crate) fn own_field(&self, field: &str) -> Option<&(Finished, InputType)> {
        self.fields.get(field)
    }

    /// The population: the rows' ids, or the groups' names.
    pub(crate) fn population(&self) -> &Index {
        self.groups.as_ref().map_or(&self.index, |groups| &groups.index)
    }

    /// A field by population, with the scale of its integers.
    pub(crate) fn column(&self, field: &str) -> Result<Option<(Finished, InputType)>, QueryError> {
        let Some((column, ty)) = self.fields.get(field) else {
            return Ok(None);
        };
        let Some(groups) = &self.groups else {
            return Ok(Some((column.clone(), ty.clone())));
        };
        // Row 0 is nobody, here as in a pass.
        let mut all: Vec<u32> = (0..column.len() as u32).collect();
        all.insert(0, 0);
        if column.len() == 0 {
            return Ok(Some((column.clone(), ty.clone())));
        }
        let shifted = column.gather(&all)?;
        let rolled = roll_up(&shifted, &groups.of, &[], groups.index.len(), RollUp::Sum);
        let rolled = rolled.map_err(|group| QueryError::BeyondSum {
            measure: field.to_owned(),
            subject: groups.index.ids().get(group as usize - 1).to_string(),
        })?;
        let rows: Vec<u32> = (1..=groups.index.len() as u32).collect();
        Ok(Some((rolled.gather(&rows)?, ty.clone())))
    }
}

/// What is read of a part.
struct Part {
    subject: Cells,
    fields: Vec<ArrayRef>,
}

fn origin((table, part): (usize, usize), row: usize) -> Origin {
    Origin {
        table: table as u32,
        part: part as u32,
        row: row as u32,
    }
}

fn part(
    kind: &Kind,
    tables: &[&dyn Records],
    (table, part): (usize, usize),
    read: &[&str],
    wanted: &[&str],
    types: &[InputType],
) -> Result<Part, QueryError> {
    let batches = tables[table].read(part, read)?;
    let column = |field: &str, ty: Option<&InputType>| -> Result<ArrayRef, QueryError> {
        let mut arrays = Vec::with_capacity(batches.len());
        for batch in &batches {
            arrays.push(match (batch.column_by_name(field), ty) {
                (Some(array), None) => ArrayRef::clone(array),
                (Some(array), Some(ty)) => Cells::of_field(array, &kind.id, field, ty)?.into_array(&storage(ty)),
                (None, ty) => new_null_array(&ty.map_or(arrow::datatypes::DataType::Null, storage), batch.num_rows()),
            });
        }
        let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
        let empty = || new_null_array(&ty.map_or(arrow::datatypes::DataType::Null, storage), 0);
        Ok(if arrays.is_empty() { empty() } else { concat(&arrays)? })
    };
    let subject = column(&kind.subject, None)?;
    let subject = match Cells::from_array(&subject) {
        Some(cells @ (Cells::Int(_) | Cells::Text(_) | Cells::Nothing(_))) => cells,
        _ => Cells::of_field(&subject, &kind.id, &kind.subject, &InputType::Text(None))?,
    };
    let fields = wanted
        .iter()
        .zip(types)
        .map(|(field, ty)| column(field, Some(ty)))
        .collect::<Result<_, _>>()?;
    Ok(Part { subject, fields })
}

fn push_ids(ids: &mut Ids, subject: &Cells, place: impl Fn(usize) -> String, kind: &Kind) -> Result<(), QueryError> {
    for row in 0..subject.len() {
        let id = match subject {
            Cells::Int(array) if array.is_valid(row) => Id::Int(array.value(row)),
            Cells::Text(array) if array.is_valid(row) && !array.value(row).is_empty() => Id::Text(array.value(row)),
            _ => {
                return Err(QueryError::NoSubject {
                    kind: kind.id.clone(),
                    place: place(row),
                });
            }
        };
        ids.push(id);
    }
    Ok(())
}

/// Positions in the order of their ids, equal ids in the order of their positions.
fn ascending(ids: &Ids) -> Vec<u32> {
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    let sorted = order
        .windows(2)
        .all(|pair| ids.get(pair[0] as usize) <= ids.get(pair[1] as usize));
    if !sorted {
        order.sort_by(|a, b| ids.get(*a as usize).cmp(&ids.get(*b as usize)));
    }
    order
}

fn groups(column: &Finished) -> Groups {
    let name = |row: usize| -> Option<String> {
        if column.causes[row] != 0 {
            return None;
        }
        let text = match &column.plain {
            Plain::Text(texts) => texts.value(row).trim().to_owned(),
            Plain::Int(values) => values[row].to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    };
    let names: Vec<Option<String>> = (0..column.len()).map(name).collect();
    let mut ids = Ids::new(true);
    names.iter().flatten().for_each(|name| ids.push(Id::Text(name)));
    let index = Index::of(&ids.sorted());
    let number = |name: &Option<String>| name.as_ref().map_or(0, |name| index.find(Id::Text(name)));
    let of = std::iter::once(0).chain(names.iter().map(number)).collect();
    Groups { of, index }
}
