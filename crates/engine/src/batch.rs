//! Columns of measures, borrowed from wherever they lie. 度量列

/// A batch of subjects: one column for each input of the plan, all of the same length. 批
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// How many subjects.
    pub rows: usize,
    /// The columns, in the order of the plan's inputs.
    pub columns: Vec<Column<'a>>,
}

impl<'a> Batch<'a> {
    /// The rows of `range` as a batch of their own; columns too short for it come as absent.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Batch<'a> {
        let columns = self.columns.iter().map(|column| column.slice(range.clone())).collect();
        Batch {
            rows: range.len(),
            columns,
        }
    }
}

impl<'a> Column<'a> {
    fn slice(&self, range: std::ops::Range<usize>) -> Column<'a> {
        let at = range.clone();
        let values = match self.values {
            Values::Int(values) => values.get(at).map(Values::Int),
            Values::Double(values) => values.get(at).map(Values::Double),
            Values::Coded(Coded { keys, list }) => keys.get(at).map(|keys| Values::Coded(Coded { keys, list })),
            Values::Text(Texts { keys, list }) => keys.get(at).map(|keys| Values::Text(Texts { keys, list })),
            Values::Date(values) => values.get(at).map(Values::Date),
            Values::Flag(bits) => Some(Values::Flag(bits.skip(at.start))),
            Values::Absent => None,
        };
        Column {
            values: values.unwrap_or(Values::Absent),
            valid: self.valid.map(|valid| valid.skip(range.start)),
            causes: self.causes.and_then(|causes| causes.get(range)),
        }
    }
}

/// One input for all subjects of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The values; where one is null, whatever stands there is ignored.
    pub values: Values<'a>,
    /// Which rows have a value; `None` when all do.
    pub valid: Option<Bits<'a>>,
    /// Why a row has none (numbers of `MissingCause`), where the source knows; otherwise a null is "not reported".
    pub causes: Option<&'a [u8]>,
}

/// The values of a column.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// Scaled integers, at the scale that the plan's input declares. Magnitudes beyond 2^53 are undefined, for conditions
    /// too.
    Int(&'a [i64]),
    /// Doubles. NaN and infinities are undefined; a finite one beyond 2^53 at the indicator's decimals stands beyond every
    /// bound.
    Double(&'a [f64]),
    /// Doubles by their numbers in a list, as Parquet often has them.
    Coded(Coded<'a>),
    /// Texts.
    Text(Texts<'a>),
    /// Days since 1970-01-01.
    Date(&'a [i32]),
    /// Truth values.
    Flag(Bits<'a>),
    /// Nothing for any row: the data have no such column.
    Absent,
}

/// Doubles by their numbers in a list: what is worked out for the list need not be worked out for each row.
#[derive(Debug, Clone, Copy)]
pub struct Coded<'a> {
    /// For each row 0 where it is null, otherwise one more than where its value stands in `list`.
    pub keys: &'a [u32],
    /// The values; the same value may stand there twice.
    pub list: &'a [f64],
}

impl Coded<'_> {
    /// The value of a row; `None` where it is null.
    pub fn get(&self, row: usize) -> Option<f64> {
        let key = usize::try_from(*self.keys.get(row)?).ok()?;
        self.list.get(key.checked_sub(1)?).copied()
    }
}

/// Texts by their numbers in a list.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// For each row, where its text stands in `list`; negative, or ignored, where the row is null.
    pub keys: &'a [i32],
    /// The texts; the same text may stand there twice.
    pub list: &'a [&'a str],
}

/// Bits, least significant first, as Arrow keeps them.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// The first bit's position.
    pub offset: usize,
}

impl<'a> Bits<'a> {
    /// The bits from row `rows` on.
    pub fn skip(self, rows: usize) -> Bits<'a> {
        Bits {
            offset: self.offset + rows,
            ..self
        }
    }

    /// The bit of row `row`; false beyond the end.
    pub fn get(&self, row: usize) -> bool {
        let bit = self.offset + row;
        self.bytes.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }
}
