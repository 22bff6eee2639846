//! Measures as batches of the kernel, and the grading of all of them. 批量评级

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Float64Type, Int32Type, Int64Type};
use pinji_engine::{Batch, Bits, Column, Detail, Graded, Plan, Scratch, Texts, Values, grade_with};

use crate::cells::bits_of;
use crate::error::QueryError;
use crate::measured::{Measured, MeasuredColumn};
use crate::threads::on_threads;

/// Subjects that are graded at a time.
pub const CHUNK: usize = 16_384;

/// The results of some consecutive subjects. 评级结果块
#[derive(Debug, Clone)]
pub struct GradedChunk {
    /// The row of its first subject.
    pub start: usize,
    /// The results.
    pub graded: Graded,
}

/// The measures as the kernel reads them: columns borrowed, and the lists of texts that they point into. 内核视图
#[derive(Debug)]
pub struct View<'a> {
    columns: Vec<&'a MeasuredColumn>,
    lists: Vec<Vec<&'a str>>,
}

impl<'a> View<'a> {
    /// Borrows the measures.
    pub fn new(measured: &'a Measured) -> View<'a> {
        let list = |column: &'a MeasuredColumn| {
            let texts = column
                .values
                .as_dictionary_opt::<Int32Type>()
                .and_then(|array| array.values().as_string_opt::<i32>());
            texts
                .map(|texts| texts.iter().map(Option::unwrap_or_default).collect())
                .unwrap_or_default()
        };
        View {
            columns: measured.columns.iter().collect(),
            lists: measured.columns.iter().map(list).collect(),
        }
    }

    /// The subjects in `rows` as a batch; rows beyond the end are not there.
    pub fn batch(&'a self, rows: Range<usize>) -> Batch<'a> {
        let columns = self
            .columns
            .iter()
            .zip(&self.lists)
            .map(|(column, list)| borrow(column, list, rows.clone()));
        Batch {
            rows: rows.len(),
            columns: columns.collect(),
        }
    }
}

fn borrow<'a>(column: &'a MeasuredColumn, list: &'a [&'a str], rows: Range<usize>) -> Column<'a> {
    let array = &column.values;
    let values = if let Some(array) = array.as_primitive_opt::<Int64Type>() {
        Values::Int(array.values().get(rows.clone()).unwrap_or_default())
    } else if let Some(array) = array.as_primitive_opt::<Float64Type>() {
        Values::Double(array.values().get(rows.clone()).unwrap_or_default())
    } else if let Some(array) = array.as_dictionary_opt::<Int32Type>() {
        Values::Text(Texts {
            keys: array.keys().values().get(rows.clone()).unwrap_or_default(),
            list,
        })
    } else if let Some(array) = array.as_primitive_opt::<Date32Type>() {
        Values::Date(array.values().get(rows.clone()).unwrap_or_default())
    } else if let Some(array) = array.as_boolean_opt() {
        let bits = array.values();
        Values::Flag(Bits {
            bytes: bits.values(),
            offset: bits.offset() + rows.start,
        })
    } else {
        Values::Absent
    };
    let valid = array.nulls().map(bits_of).map(|bits| Bits {
        offset: bits.offset + rows.start,
        ..bits
    });
    let causes = column.causes.as_ref().and_then(|causes| causes.get(rows));
    Column { values, valid, causes }
}

impl Measured {
    /// Grades everyone, with all lines. 评级
    ///
    /// Chunks come in the order of the ids; they depend neither on the number of threads nor on anything but the rows.
    ///
    /// # Errors
    /// Measures and plan do not belong together.
    pub fn grade(&self, plan: &Plan, threads: usize) -> Result<Vec<GradedChunk>, QueryError> {
        self.grade_as(plan, Detail::Lines, threads)
    }

    /// The same with as much detail as is wanted.
    ///
    /// # Errors
    /// Measures and plan do not belong together.
    pub fn grade_as(&self, plan: &Plan, detail: Detail, threads: usize) -> Result<Vec<GradedChunk>, QueryError> {
        let inputs = &plan.parts().inputs;
        let alike = inputs.len() == self.columns.len()
            && inputs.iter().zip(&self.columns).all(|(input, column)| {
                std::mem::discriminant(&input.ty) == std::mem::discriminant(&column.ty)
                    && (column.values.len() == self.rows())
            });
        if !alike {
            return Err(QueryError::Mismatch("the measures are not those that the policy reads"));
        }
        let view = View::new(self);
        let chunks = self.rows().div_ceil(CHUNK);
        let stop = AtomicBool::new(false);
        let make = || (Scratch::default(), Vec::new());
        let step = |(scratch, done): &mut (Scratch, Vec<GradedChunk>), chunk: usize| {
            let start = chunk * CHUNK;
            let batch = view.batch(start..(start + CHUNK).min(self.rows()));
            let mut graded = Graded::default();
            grade_with(plan, &batch, detail, scratch, &mut graded);
            done.push(GradedChunk { start, graded });
            Ok(())
        };
        let states = on_threads(chunks, threads, &stop, make, step)?;
        let mut all: Vec<GradedChunk> = states.into_iter().flat_map(|(_, done)| done).collect();
        all.sort_by_key(|chunk| chunk.start);
        Ok(all)
    }
}
