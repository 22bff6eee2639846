//! Results as Parquet files: one row per subject, and one per line. 结果文件
#![expect(
    clippy::indexing_slicing,
    reason = "rows are those of the chunk; positions are the plan's own"
)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Float64Builder, StringArray, StringBuilder, UInt16Builder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use pinji_domain::MissingCause;
use pinji_domain::number::{pow10, to_f64};
use pinji_engine::plan::POINT_DECIMALS;
use pinji_engine::{Graded, Missing, NO_INDICATOR, Plan, Scoring, Source, UNGRADED};

use crate::batch::GradedChunk;
use crate::error::QueryError;
use crate::measured::Measured;
use crate::store::{Digest, Writer};

/// Why a subject is ungraded, by the kernel's numbers.
pub const UNGRADED_WHY: [&str; 4] = ["", "refused", "coverage", "no_lines"];

/// The columns of `grades.parquet`.
pub fn grades_schema(plan: &Plan, id: &DataType) -> SchemaRef {
    let parts = plan.parts();
    let mut fields = vec![Field::new("id", id.clone(), false)];
    let number = |name: String| Field::new(name, DataType::Float64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    fields.extend(parts.scores.iter().map(|score| number(score.id.clone())));
    fields.extend(
        parts
            .dimensions
            .iter()
            .map(|dimension| number(format!("score_{}", dimension.id))),
    );
    fields.extend(["grade", "reason_1", "reason_2", "reason_3", "caps", "floors"].map(text));
    if !parts.group.is_empty() {
        // The grade before the group's bound.
        fields.push(text("own_grade"));
    }
    match parts.scores.as_slice() {
        [_] => fields.push(number("coverage".to_owned())),
        scores => fields.extend(scores.iter().map(|score| number(format!("coverage_{}", score.id)))),
    }
    fields.extend(["missing", "ungraded"].map(text));
    Arc::new(Schema::new(fields))
}

/// Writes `grades.parquet`: one row per subject, in the order of the ids. 评级结果表
///
/// # Errors
/// The file cannot be written, or chunks and ids do not belong together.
pub fn write_grades(
    path: &Path,
    plan: &Plan,
    measured: &Measured,
    chunks: &[GradedChunk],
) -> Result<Digest, QueryError> {
    let schema = grades_schema(plan, measured.ids.data_type());
    let mut writer = Writer::new(path, Arc::clone(&schema))?;
    for chunk in chunks {
        writer.write(&grades_batch(plan, &schema, &ids_of(measured, chunk)?, &chunk.graded)?)?;
    }
    writer.close()
}

fn ids_of(measured: &Measured, chunk: &GradedChunk) -> Result<ArrayRef, QueryError> {
    if chunk.start + chunk.graded.rows > measured.rows() {
        return Err(QueryError::Mismatch("there are more results than subjects"));
    }
    Ok(measured.ids.slice(chunk.start, chunk.graded.rows))
}

fn grades_batch(plan: &Plan, schema: &SchemaRef, ids: &ArrayRef, graded: &Graded) -> Result<RecordBatch, QueryError> {
    let parts = plan.parts();
    let mut columns: Vec<ArrayRef> = vec![Arc::clone(ids)];
    for (score, column) in parts.scores.iter().zip(&graded.scores) {
        let value = |value: &i64| (*value != i64::MIN).then(|| to_f64(*value, score.decimals));
        columns.push(Arc::new(column.values.iter().map(value).collect::<Float64Array>()));
    }
    for dimension in &graded.dimensions {
        let value = |value: &f64| (!value.is_nan()).then_some(*value);
        columns.push(Arc::new(dimension.iter().map(value).collect::<Float64Array>()));
    }
    let grade = |grade: &u8| (*grade != UNGRADED).then(|| parts.grades[usize::from(*grade)].id.as_str());
    columns.push(Arc::new(graded.grade.iter().map(grade).collect::<StringArray>()));
    let indicator = |at: &u8| (*at != NO_INDICATOR).then(|| parts.indicators[usize::from(*at)].id.as_str());
    for losses in &graded.losses {
        columns.push(Arc::new(losses.iter().map(indicator).collect::<StringArray>()));
    }
    let caps: Vec<&str> = parts.caps.iter().map(|cap| cap.id.as_str()).collect();
    columns.push(listed(&graded.caps, &caps));
    let floors: Vec<&str> = parts.floors.iter().map(|floor| floor.id.as_str()).collect();
    columns.push(listed(&graded.floors, &floors));
    if !parts.group.is_empty() {
        columns.push(Arc::new(graded.own.iter().map(grade).collect::<StringArray>()));
    }
    for score in &graded.scores {
        let share = score.coverage.iter().map(|share| to_f64(i64::from(*share), 4));
        columns.push(Arc::new(share.collect::<Float64Array>()));
    }
    let indicators: Vec<&str> = parts.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
    columns.push(listed(&graded.missing, &indicators));
    let why = |why: &u8| {
        UNGRADED_WHY
            .get(usize::from(*why))
            .copied()
            .filter(|why| !why.is_empty())
    };
    columns.push(Arc::new(graded.ungraded.iter().map(why).collect::<StringArray>()));
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Sets of names as lists with commas; an empty set is null.
fn listed(sets: &[u64], names: &[&str]) -> ArrayRef {
    let mut seen: HashMap<u64, String> = HashMap::new();
    let mut column = StringBuilder::with_capacity(sets.len(), sets.len());
    for set in sets {
        if *set == 0 {
            column.append_null();
            continue;
        }
        let text = seen.entry(*set).or_insert_with(|| {
            let held = names
                .iter()
                .enumerate()
                .filter(|(at, _)| set >> at & 1 == 1)
                .map(|(_, name)| *name);
            held.collect::<Vec<_>>().join(",")
        });
        column.append_value(text);
    }
    Arc::new(column.finish())
}

/// The columns of `lines.parquet`.
pub fn lines_schema(id: &DataType) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("id", id.clone(), false),
        Field::new("score", DataType::Utf8, false),
        Field::new("indicator", DataType::Utf8, false),
        Field::new("value", DataType::Float64, true),
        Field::new("value_text", DataType::Utf8, true),
        Field::new("band", DataType::UInt16, true),
        Field::new("points", DataType::Float64, true),
        Field::new("weight", DataType::Float64, false),
        Field::new("contribution", DataType::Float64, false),
        Field::new("missing", DataType::Utf8, true),
    ]))
}

/// Writes `lines.parquet`: for each subject, score and indicator what it adds. 计分明细
///
/// Sorted by id, then scores and indicators in policy order. `weight` is the effective share of the score (they add up to
/// one), `contribution` is in the score's own points, and a score is the sum of its contributions. A line that was
/// reweighted away has weight 0; one whose missing value refuses has no points and adds nothing.
///
/// # Errors
/// The file cannot be written, or the chunks were graded without lines.
pub fn write_lines(
    path: &Path,
    plan: &Plan,
    measured: &Measured,
    chunks: &[GradedChunk],
) -> Result<Digest, QueryError> {
    let schema = lines_schema(measured.ids.data_type());
    let mut writer = Writer::new(path, Arc::clone(&schema))?;
    let mut weights = Weights {
        plan,
        held: HashMap::new(),
    };
    for chunk in chunks {
        if chunk.graded.lines.len() != plan.parts().indicators.len() {
            return Err(QueryError::Mismatch("the results came without lines"));
        }
        // A thousand subjects at a time keep the columns of text small.
        let mut start = 0;
        while start < chunk.graded.rows {
            let rows = 1024.min(chunk.graded.rows - start);
            writer.write(&lines_batch(plan, &schema, measured, chunk, start, rows, &mut weights)?)?;
            start += rows;
        }
    }
    writer.close()
}

/// Effective weights by the set of lines that dropped out.
struct Weights<'a> {
    plan: &'a Plan,
    held: HashMap<u64, Vec<Vec<i64>>>,
}

impl Weights<'_> {
    fn of(&mut self, dropped: u64) -> &[Vec<i64>] {
        let plan = self.plan;
        self.held.entry(dropped).or_insert_with(|| {
            let none = vec![0; plan.parts().indicators.len()];
            (0..plan.parts().scores.len())
                .map(|score| plan.weights(score, dropped).unwrap_or_else(|| none.clone()))
                .collect()
        })
    }
}

fn lines_batch(
    plan: &Plan,
    schema: &SchemaRef,
    measured: &Measured,
    chunk: &GradedChunk,
    start: usize,
    rows: usize,
    weights: &mut Weights<'_>,
) -> Result<RecordBatch, QueryError> {
    let parts = plan.parts();
    let lines = &chunk.graded.lines;
    let mut subjects: Vec<u32> = Vec::new();
    let (mut scores, mut indicators) = (StringBuilder::new(), StringBuilder::new());
    let (mut values, mut texts, mut bands) = (Float64Builder::new(), StringBuilder::new(), UInt16Builder::new());
    let (mut points, mut shares, mut adds) = (Float64Builder::new(), Float64Builder::new(), Float64Builder::new());
    let mut causes = StringBuilder::new();
    for row in start..start + rows {
        let reweighted = |at: &usize| lines[*at].causes[row] != 0 && parts.indicators[*at].missing == Missing::Reweight;
        let dropped = (0..lines.len()).filter(reweighted).fold(0_u64, |set, at| set | 1 << at);
        let effective = weights.of(dropped);
        for (score, rule) in parts.scores.iter().enumerate() {
            let nominal = plan.nominal_weights(score);
            for (at, indicator) in parts.indicators.iter().enumerate().filter(|(at, _)| nominal[*at] > 0) {
                let line = &lines[at];
                let weight = effective[score][at];
                subjects.push((chunk.start + row) as u32);
                scores.append_value(&rule.id);
                indicators.append_value(&indicator.id);
                let value = line.values[row];
                values.append_option((value != i64::MIN).then(|| to_f64(value, indicator.decimals)));
                texts.append_option(value_text(plan, measured, at, line.bands[row], chunk.start + row));
                bands.append_option((line.bands[row] != u16::MAX).then_some(line.bands[row]));
                let scored = line.points[row];
                points.append_option((scored >= 0).then(|| to_f64(i64::from(scored), POINT_DECIMALS)));
                shares.append_value(weight as f64 / pow10(rule.decimals + 2) as f64);
                adds.append_value(to_f64(plan.contribution(scored.max(0), weight), rule.decimals));
                causes.append_option(MissingCause::from_number(line.causes[row]).map(MissingCause::code));
            }
        }
    }
    let ids = arrow::compute::take(&measured.ids, &arrow::array::UInt32Array::from(subjects), None)?;
    let columns: Vec<ArrayRef> = vec![
        ids,
        Arc::new(scores.finish()),
        Arc::new(indicators.finish()),
        Arc::new(values.finish()),
        Arc::new(texts.finish()),
        Arc::new(bands.finish()),
        Arc::new(points.finish()),
        Arc::new(shares.finish()),
        Arc::new(adds.finish()),
        Arc::new(causes.finish()),
    ];
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// The text that a map was asked about: the subject's own where the source is an input, otherwise the entry's.
fn value_text(plan: &Plan, measured: &Measured, at: usize, band: u16, row: usize) -> Option<String> {
    let indicator = &plan.parts().indicators[at];
    let Scoring::Map(map) = &indicator.scoring else {
        return None;
    };
    if let Source::Input(input) = indicator.source {
        return measured.columns.get(input)?.text(row).map(str::to_owned);
    }
    map.entries.get(usize::from(band)).map(|(text, _)| text.clone())
}
