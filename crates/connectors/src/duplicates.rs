//! Reporting rows that share a key. 重复行

use std::collections::HashMap;

use pinji_domain::{FieldType, Kind, Text};

use crate::bad::{BadCell, Why};
use crate::keys::{Keys, Place};
use crate::load::BadList;
use crate::source;
use crate::table::Table;

/// Reports rows that share a key, each with where another is, and leaves all of them out: which one is right, nobody
/// knows here. Gives how many rows that are.
pub(crate) fn refuse(keys: Keys, tables: &mut [Table], bad: &mut BadList) -> usize {
    let groups = keys.duplicates();
    let listed = groups.iter().flatten().copied().take(bad.room());
    let listed: Vec<Place> = listed.collect();
    let says = texts(listed.clone(), tables, |kind| kind.key.clone());
    let subjects = texts(listed, tables, |kind| vec![kind.subject.clone()]);
    let mut left_out: HashMap<u32, Vec<u64>> = HashMap::new();
    for group in &groups {
        for place in group {
            left_out.entry(place.table).or_default().push(u64::from(place.kept));
            let Some(table) = tables.get(place.table as usize) else {
                continue;
            };
            let other = group.iter().find(|other| other != &place).unwrap_or(place);
            let elsewhere = tables.get(other.table as usize).filter(|_| other.table != place.table);
            let at = match elsewhere {
                Some(table) => format!("{}:{}", source::place(table.file(), table.sheet()), other.row),
                None => other.row.to_string(),
            };
            bad.push(|| {
                let why = Why::Duplicate {
                    other: at,
                    others: group.len() - 1,
                };
                let (column, heading) = table.heading_of(&table.described().key);
                let subject = subjects.get(place).cloned().unwrap_or_default();
                BadCell {
                    file: table.file().to_owned(),
                    sheet: table.sheet().map(str::to_owned),
                    row: u64::from(place.row),
                    subject,
                    column,
                    heading,
                    says: says.get(place).cloned().unwrap_or_default(),
                    message: why.message(&FieldType::Text, &Text::default()),
                    whole_table: false,
                }
            });
        }
    }
    let mut count = 0;
    for (table, rows) in left_out {
        count += tables
            .get_mut(table as usize)
            .map_or(0, |table| table.leave_out(&mut rows.into_iter()));
    }
    count
}

/// What some fields of these rows say. Rows are visited in order, so that each part of a table is read once.
fn texts(mut places: Vec<Place>, tables: &[Table], fields: impl Fn(&Kind) -> Vec<String>) -> HashMap<Place, String> {
    places.sort_unstable();
    let mut texts = HashMap::with_capacity(places.len());
    let mut cache = None;
    let mut cached = None;
    for place in places {
        if cached != Some(place.table) {
            (cache, cached) = (None, Some(place.table));
        }
        if let Some(table) = tables.get(place.table as usize) {
            let fields = fields(table.described());
            texts.insert(place, table.says(u64::from(place.kept), &fields, &mut cache));
        }
    }
    texts
}
