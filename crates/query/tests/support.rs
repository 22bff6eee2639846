//! Kinds, tables, measures and policies in a few words each. 测试工具

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{Field as ArrowField, Schema};
use arrow::record_batch::RecordBatch;
use pinji_domain::date::{parse, to_days};
use pinji_domain::{Decimal, Field, FieldType, Kind, Kinds, Message, Period, Text};
use pinji_engine::{
    Band, Bands, Dimension, Expr, GradeRule, Indicator, Input, InputType, Missing, Plan, PlanParts, Score, ScoreWeight,
    Scoring, Source,
};
use pinji_policy::document::{Document, Subject};
use pinji_policy::{AggregateCall, AggregateFunction, Compiled, CompiledMeasure, MeasureSource};
use pinji_query::{MeasureOptions, Measured, QueryError, Records, Value, measure};

/// `"id:text day:date amount:money"`; the first field names the subject.
pub fn kind(id: &str, fields: &str) -> Kind {
    let field = |word: &str| {
        let (id, ty) = word.split_once(':').unwrap();
        let ty = match ty {
            "text" => FieldType::Text,
            "int" => FieldType::Integer,
            "money" => FieldType::Money(2),
            "decimal4" => FieldType::Decimal(4),
            "number" => FieldType::Number,
            "date" => FieldType::Date,
            "flag" => FieldType::Flag,
            other => panic!("{other}"),
        };
        Field {
            id: id.to_owned(),
            ty,
            unit: Text::default(),
            label: Text::default(),
            aliases: Vec::new(),
            words: Vec::new(),
            required: false,
            personal: false,
        }
    };
    let fields: Vec<Field> = fields.split_whitespace().map(field).collect();
    let date = fields
        .iter()
        .find(|field| field.id == "day")
        .map(|field| field.id.clone());
    let known = fields
        .iter()
        .find(|field| field.id == "known")
        .map(|field| field.id.clone());
    let currency = fields
        .iter()
        .find(|field| field.id == "currency")
        .map(|field| field.id.clone());
    Kind {
        id: id.to_owned(),
        name: Text::default(),
        aliases: Vec::new(),
        subject: fields[0].id.clone(),
        key: Vec::new(),
        date,
        known,
        currency,
        scope: None,
        office: pinji_domain::OfficeTerms::default(),
        fields,
    }
}

pub fn keyed(mut kind: Kind, key: &str) -> Kind {
    kind.key = key.split_whitespace().map(str::to_owned).collect();
    kind
}

/// Records in memory, in parts.
pub struct Table {
    pub kind: String,
    pub parts: Vec<RecordBatch>,
}

impl Records for Table {
    fn kind(&self) -> &str {
        &self.kind
    }
    fn parts(&self) -> usize {
        self.parts.len()
    }
    fn read(&self, part: usize, fields: &[&str]) -> Result<Vec<RecordBatch>, QueryError> {
        let batch = self
            .parts
            .get(part)
            .ok_or_else(|| QueryError::Data(Message::new("no-part")))?;
        let wanted: Vec<usize> = fields
            .iter()
            .filter_map(|field| batch.schema().index_of(field).ok())
            .collect();
        // Two batches per part, as readers may give.
        let batch = batch.project(&wanted)?;
        let half = batch.num_rows() / 2;
        Ok(vec![batch.slice(0, half), batch.slice(half, batch.num_rows() - half)])
    }
}

/// Columns under headings, rows as lines, `-` for null; money and decimals as people write them.
pub fn table(kind: &Kind, text: &str) -> Table {
    let mut lines = text
        .trim()
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let headings = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    rows_table(kind, &headings, &rows, 1 << 20)
}

/// Columns of single values; a subject that is all digits becomes an Int64 column.
pub fn rows_table(kind: &Kind, headings: &[&str], rows: &[Vec<&str>], per_part: usize) -> Table {
    let cells = |at: usize, rows: &[Vec<&str>]| {
        rows.iter()
            .map(|row| Some(row[at]).filter(|cell| *cell != "-").map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let ints = rows.iter().all(|row| row[0] == "-" || row[0].parse::<i64>().is_ok()) && !rows.is_empty();
    let column = |at: usize, rows: &[Vec<&str>]| -> ArrayRef {
        let cells = cells(at, rows);
        let scaled = |scale: u8| {
            cells
                .iter()
                .map(|cell| {
                    cell.as_ref()
                        .map(|cell| Decimal::parse(cell).unwrap().at(scale).unwrap())
                })
                .collect::<Int64Array>()
        };
        match &kind.field(headings[at]).unwrap().ty {
            _ if at == 0 && ints => Arc::new(scaled(0)),
            FieldType::Text | FieldType::Choice(_) => Arc::new(cells.iter().cloned().collect::<StringArray>()),
            FieldType::Integer => Arc::new(scaled(0)),
            FieldType::Money(scale) | FieldType::Decimal(scale) => Arc::new(scaled(*scale)),
            FieldType::Number => Arc::new(
                cells
                    .iter()
                    .map(|cell| cell.as_ref().map(|cell| cell.parse().unwrap()))
                    .collect::<Float64Array>(),
            ),
            FieldType::Date => Arc::new(
                cells
                    .iter()
                    .map(|cell| cell.as_ref().map(|cell| to_days(parse(cell).unwrap())))
                    .collect::<Date32Array>(),
            ),
            FieldType::Flag => Arc::new(
                cells
                    .iter()
                    .map(|cell| cell.as_ref().map(|cell| cell == "yes"))
                    .collect::<BooleanArray>(),
            ),
        }
    };
    let part = |rows: &[Vec<&str>]| {
        let columns: Vec<ArrayRef> = (0..headings.len()).map(|at| column(at, rows)).collect();
        let fields: Vec<ArrowField> = headings
            .iter()
            .zip(&columns)
            .map(|(heading, column)| ArrowField::new(*heading, column.data_type().clone(), true))
            .collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
    };
    let parts = if rows.is_empty() {
        vec![part(rows)]
    } else {
        rows.chunks(per_part).map(part).collect()
    };
    Table {
        kind: kind.id.clone(),
        parts,
    }
}

pub fn document(kinds: Vec<Kind>) -> Document {
    Document {
        kinds: Kinds { kinds },
        currency: "CNY".to_owned(),
        ..Document::default()
    }
}

pub fn input(at: usize) -> Expr {
    Expr::Input(at)
}

pub fn months(count: u32) -> Option<Period> {
    Period::parse(&format!("{count} months"))
}

/// `over` and `filter` of an aggregate, and which fields it reads.
pub struct Over<'a> {
    pub kind: &'a str,
    pub fields: &'a str,
    pub over: Option<Period>,
    pub filter: Option<Expr>,
}

/// One aggregate call as a measure.
pub fn aggregate(
    id: &str,
    ty: InputType,
    of: Over<'_>,
    function: AggregateFunction,
    argument: Option<Expr>,
    decimals: Option<u8>,
) -> CompiledMeasure {
    let call = AggregateCall {
        function,
        argument,
        decimals,
    };
    calls(id, ty, of, vec![call], input(0))
}

pub fn calls(id: &str, ty: InputType, of: Over<'_>, calls: Vec<AggregateCall>, value: Expr) -> CompiledMeasure {
    let fields = of.fields.split_whitespace().map(str::to_owned).collect();
    let source = MeasureSource::Aggregate {
        kind: of.kind.to_owned(),
        fields,
        calls,
        value,
        filter: of.filter,
        over: of.over,
    };
    CompiledMeasure {
        id: id.to_owned(),
        ty,
        source,
        members: None,
    }
}

pub fn newest(
    id: &str,
    ty: InputType,
    kind: &str,
    fields: &str,
    value: Expr,
    fresh: Option<Period>,
) -> CompiledMeasure {
    let fields = fields.split_whitespace().map(str::to_owned).collect();
    let source = MeasureSource::Latest {
        kind: kind.to_owned(),
        fields,
        value,
        filter: None,
        fresh,
    };
    CompiledMeasure {
        id: id.to_owned(),
        ty,
        source,
        members: None,
    }
}

/// A policy over these measures: one indicator, which scores 60 below 10 and 100 above (or everyone 50), two grades.
pub fn compiled(subject: Subject, measures: Vec<CompiledMeasure>) -> Compiled {
    let inputs = measures
        .iter()
        .map(|held| Input {
            id: held.id.clone(),
            ty: held.ty.clone(),
        })
        .collect();
    let bands = Bands {
        edges: vec![10],
        bands: vec![Band::flat(600_000), Band::flat(1_000_000)],
    };
    let number = matches!(measures[0].ty, InputType::Int(_) | InputType::Double);
    let source = if number {
        Source::Input(0)
    } else {
        Source::Formula(Expr::Number(50.0))
    };
    let scoring = if number { Scoring::Bands(bands) } else { Scoring::Direct };
    let parts = PlanParts {
        inputs,
        dimensions: vec![Dimension { id: "all".to_owned() }],
        indicators: vec![Indicator {
            id: "only".to_owned(),
            dimension: 0,
            weight: 10_000,
            decimals: 0,
            source,
            scoring,
            missing: Missing::Points(0),
        }],
        scores: vec![Score {
            id: "total".to_owned(),
            decimals: 2,
            weights: vec![ScoreWeight {
                dimension: 0,
                weight: 10_000,
            }],
        }],
        grades: vec![GradeRule {
            id: "any".to_owned(),
            when: None,
        }],
        caps: Vec::new(),
        floors: Vec::new(),
        group: Vec::new(),
        min_coverage: 0,
        possible: Vec::new(),
    };
    Compiled {
        subject,
        plan: Plan::new(parts).unwrap(),
        measures,
    }
}

/// Measures as of 2025-12-31.
pub fn run(document: &Document, compiled: &Compiled, tables: &[&Table]) -> Result<Measured, QueryError> {
    run_with(&MeasureOptions::new(document), compiled, tables)
}

pub fn run_with(options: &MeasureOptions<'_>, compiled: &Compiled, tables: &[&Table]) -> Result<Measured, QueryError> {
    let tables: Vec<&dyn Records> = tables.iter().map(|table| *table as &dyn Records).collect();
    measure(compiled, &tables, parse("2025-12-31").unwrap(), options)
}

/// A measure as text: its value, or `-` and the cause's number.
pub fn shown(measured: &Measured, measure: usize, row: usize) -> String {
    let column = &measured.columns[measure];
    match column.value(row) {
        Some(Value::Exact(decimal)) => decimal.to_string(),
        Some(Value::Double(value)) => value.to_string(),
        Some(Value::Text(text)) => text,
        Some(Value::Date(days)) => pinji_domain::date::from_days(days).unwrap().to_string(),
        Some(Value::Flag(flag)) => flag.to_string(),
        None => format!("-{}", column.cause(row).unwrap() as u8),
    }
}

/// All of a result as lines: `id | value | value`.
pub fn lines(measured: &Measured) -> Vec<String> {
    (0..measured.rows())
        .map(|row| {
            let values = (0..measured.columns.len()).map(|measure| shown(measured, measure, row));
            std::iter::once(measured.id(row))
                .chain(values)
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .collect()
}

/// Holds a result against lines of text.
pub fn check(measured: &Measured, expected: &str) {
    let expected: Vec<String> = expected
        .trim()
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().join(" | "))
        .collect();
    assert_eq!(lines(measured), expected);
}
