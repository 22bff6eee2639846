//! Subjects as rows, and the same subjects as a batch. 行与批

use pinji_domain::MissingCause;
use pinji_engine::{Batch, Bits, Column, InputType, Texts, Values};

/// A value of one subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    Int(i64),
    Double(f64),
    Text(String),
    Date(i32),
    Flag(bool),
}

/// A value, or why there is none.
pub type Cell = Result<Datum, MissingCause>;

/// One subject: a cell for each input.
pub type Row = Vec<Cell>;

/// How a column is stored, which must not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    /// Where bits begin.
    pub offset: usize,
    /// Texts stand in their list once for each row instead of once.
    pub repeat_texts: bool,
    /// Columns without any value are absent, and columns without nulls have no bits.
    pub lean: bool,
}

struct Stored {
    ints: Vec<i64>,
    doubles: Vec<f64>,
    dates: Vec<i32>,
    flags: Vec<u8>,
    keys: Vec<i32>,
    list: Vec<String>,
    valid: Vec<u8>,
    causes: Vec<u8>,
}

/// Shows rows to `see` as a batch.
pub fn with_batch<R>(types: &[InputType], rows: &[Row], layout: Layout, see: impl FnOnce(&Batch<'_>) -> R) -> R {
    let stored: Vec<Stored> = (0..types.len()).map(|input| store(rows, input, layout)).collect();
    let lists: Vec<Vec<&str>> = stored
        .iter()
        .map(|stored| stored.list.iter().map(String::as_str).collect())
        .collect();
    let columns = types
        .iter()
        .enumerate()
        .zip(stored.iter().zip(&lists))
        .map(|((input, ty), (stored, list))| {
            let bits = |bytes| Bits {
                bytes,
                offset: layout.offset,
            };
            let missing = rows.iter().filter(|row| row[input].is_err()).count();
            let known = rows
                .iter()
                .any(|row| matches!(row[input], Err(cause) if cause != MissingCause::NotReported));
            let values = match ty {
                _ if layout.lean && missing == rows.len() => Values::Absent,
                InputType::Int(_) => Values::Int(&stored.ints),
                InputType::Double => Values::Double(&stored.doubles),
                InputType::Text(_) => Values::Text(Texts {
                    keys: &stored.keys,
                    list,
                }),
                InputType::Date => Values::Date(&stored.dates),
                InputType::Flag => Values::Flag(bits(&stored.flags)),
            };
            Column {
                values,
                valid: (!layout.lean || missing > 0).then(|| bits(&stored.valid)),
                causes: (!layout.lean || known).then_some(&stored.causes[..]),
            }
        });
    see(&Batch {
        rows: rows.len(),
        columns: columns.collect(),
    })
}

fn store(rows: &[Row], input: usize, layout: Layout) -> Stored {
    let bytes = (rows.len() + layout.offset).div_ceil(8);
    // What stands where there is no value is noise, and must not matter.
    let mut stored = Stored {
        ints: vec![i64::MAX - 7; rows.len()],
        doubles: vec![f64::NAN; rows.len()],
        dates: vec![i32::MIN; rows.len()],
        flags: vec![0; bytes],
        keys: vec![-1; rows.len()],
        list: if layout.repeat_texts {
            vec!["noise".to_owned()]
        } else {
            Vec::new()
        },
        valid: vec![0; bytes],
        causes: vec![0; rows.len()],
    };
    for (at, row) in rows.iter().enumerate() {
        let set = |bits: &mut [u8]| bits[(at + layout.offset) / 8] |= 1 << ((at + layout.offset) % 8);
        match &row[input] {
            Err(cause) => {
                stored.causes[at] = *cause as u8;
                continue;
            }
            Ok(Datum::Int(value)) => stored.ints[at] = *value,
            Ok(Datum::Double(value)) => stored.doubles[at] = *value,
            Ok(Datum::Date(value)) => stored.dates[at] = *value,
            Ok(Datum::Flag(value)) => {
                if *value {
                    set(&mut stored.flags);
                }
            }
            Ok(Datum::Text(text)) => {
                let known = stored
                    .list
                    .iter()
                    .position(|listed| listed == text)
                    .filter(|_| !layout.repeat_texts);
                let key = known.unwrap_or_else(|| {
                    stored.list.push(text.clone());
                    stored.list.len() - 1
                });
                stored.keys[at] = i32::try_from(key).expect("few texts");
            }
        }
        set(&mut stored.valid);
    }
    stored
}
