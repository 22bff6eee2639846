//! Random batches for a plan: nulls of every kind, values on and next to the edges, lists with repetitions. 随机批

use pinji_engine::{Batch, Bits, Coded, Column, InputType, Keyed, PlanParts, Scoring, Source, Texts, Values};

use crate::random::{LIMIT, NUMBERS, Random, TEXTS};

/// A batch that owns its columns.
#[derive(Debug, Clone)]
pub struct Data {
    pub rows: usize,
    pub columns: Vec<Owned>,
}

/// A column that owns its values.
#[derive(Debug, Clone)]
pub struct Owned {
    pub cells: Cells,
    /// The bytes and the first bit's position.
    pub valid: Option<Packed>,
    pub causes: Option<Vec<u8>>,
}

/// The values of such a column.
#[derive(Debug, Clone)]
pub enum Cells {
    Int(Vec<i64>),
    Double(Vec<f64>),
    Coded(Vec<u32>, Vec<f64>),
    Text(Vec<i32>, Vec<&'static str>),
    Date(Vec<i32>),
    Flag(Packed),
    Absent,
}

/// Bits from an odd position on.
#[derive(Debug, Clone)]
pub struct Packed {
    bytes: Vec<u8>,
    offset: usize,
}

impl Packed {
    /// Packs the bits behind `offset` others that are noise.
    pub fn new(bits: &[bool], offset: usize) -> Packed {
        let mut bytes = vec![0xA5_u8; (offset + bits.len()).div_ceil(8)];
        for (at, bit) in bits.iter().enumerate() {
            let (byte, mask) = ((offset + at) / 8, 1 << ((offset + at) % 8));
            bytes[byte] = if *bit { bytes[byte] | mask } else { bytes[byte] & !mask };
        }
        Packed { bytes, offset }
    }

    fn bits(&self) -> Bits<'_> {
        Bits {
            bytes: &self.bytes,
            offset: self.offset,
        }
    }

    fn gather(&self, rows: &[usize], offset: usize) -> Packed {
        let bits: Vec<bool> = rows.iter().map(|row| self.bits().get(*row)).collect();
        Packed::new(&bits, offset)
    }
}

impl Data {
    /// The batch to grade.
    pub fn batch(&self) -> Batch<'_> {
        Batch {
            rows: self.rows,
            columns: self.columns.iter().map(Owned::column).collect(),
        }
    }

    /// These rows in this order.
    pub fn gather(&self, rows: &[usize], offset: usize) -> Data {
        Data {
            rows: rows.len(),
            columns: self.columns.iter().map(|column| column.gather(rows, offset)).collect(),
        }
    }

    /// The same data with every column of doubles by numbers in a list that has some values twice.
    pub fn coded(&self, random: &mut Random) -> Data {
        let mut data = self.clone();
        for column in &mut data.columns {
            let valid = column.column().valid;
            let Cells::Double(values) = &column.cells else { continue };
            let mut list: Vec<f64> = vec![12.5];
            let mut keys = Vec::new();
            for (row, value) in values.iter().enumerate() {
                let null = valid.is_some_and(|valid| !valid.get(row));
                let known = list.iter().position(|known| known.to_bits() == value.to_bits());
                let at = known.filter(|_| random.chance(90)).unwrap_or_else(|| {
                    list.push(*value);
                    list.len() - 1
                });
                keys.push(if null { 0 } else { at as u32 + 1 });
            }
            column.cells = Cells::Coded(keys, list);
            if random.chance(70) {
                column.valid = None;
            }
        }
        data
    }
}

impl Owned {
    /// A column without nulls.
    pub fn all(cells: Cells) -> Owned {
        Owned {
            cells,
            valid: None,
            causes: None,
        }
    }

    fn column(&self) -> Column<'_> {
        let values = match &self.cells {
            Cells::Int(values) => Values::Int(values),
            Cells::Double(values) => Values::Double(values),
            Cells::Coded(keys, list) => Values::Coded(Coded { keys, list }),
            Cells::Text(keys, list) => Values::Text(Texts { keys, list }),
            Cells::Date(values) => Values::Date(values),
            Cells::Flag(packed) => Values::Flag(packed.bits()),
            Cells::Absent => Values::Absent,
        };
        Column {
            values,
            valid: self.valid.as_ref().map(Packed::bits),
            causes: self.causes.as_deref(),
        }
    }

    fn gather(&self, rows: &[usize], offset: usize) -> Owned {
        fn of<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|row| values[*row]).collect()
        }
        let cells = match &self.cells {
            Cells::Int(values) => Cells::Int(of(values, rows)),
            Cells::Double(values) => Cells::Double(of(values, rows)),
            Cells::Coded(keys, list) => Cells::Coded(of(keys, rows), list.clone()),
            Cells::Text(keys, list) => Cells::Text(of(keys, rows), list.clone()),
            Cells::Date(values) => Cells::Date(of(values, rows)),
            Cells::Flag(packed) => Cells::Flag(packed.gather(rows, offset)),
            Cells::Absent => Cells::Absent,
        };
        Owned {
            cells,
            valid: self.valid.as_ref().map(|valid| valid.gather(rows, offset)),
            causes: self.causes.as_ref().map(|causes| of(causes, rows)),
        }
    }
}

/// Edges and decimals of the indicators that read this input as it is.
fn edges(parts: &PlanParts, input: usize) -> Vec<(i64, u8)> {
    let mut found = Vec::new();
    for indicator in &parts.indicators {
        if indicator.source == Source::Input(input) {
            let bands = match &indicator.scoring {
                Scoring::Bands(bands) => vec![bands],
                Scoring::Keyed(Keyed { choices, .. }) => choices.iter().map(|choice| &choice.bands).collect(),
                Scoring::Map(_) | Scoring::Direct => Vec::new(),
            };
            for bands in bands {
                found.extend(bands.edges.iter().map(|edge| (*edge, indicator.decimals)));
            }
        }
    }
    found
}

/// A random batch of `rows` subjects.
pub fn data(random: &mut Random, parts: &PlanParts, rows: usize) -> Data {
    let mut columns = Vec::new();
    for (at, input) in parts.inputs.iter().enumerate() {
        let edges = edges(parts, at);
        let valid = random.chance(60).then(|| {
            let percent = random.pick(&[50, 90, 99, 0, 100]);
            let bits: Vec<bool> = (0..rows).map(|_| random.chance(percent)).collect();
            Packed::new(&bits, random.below(19))
        });
        let cells = match &input.ty {
            _ if random.chance(6) => Cells::Absent,
            InputType::Int(scale) => Cells::Int((0..rows).map(|_| whole(random, *scale, &edges)).collect()),
            InputType::Double if random.chance(40) => coded(random, rows, &edges),
            InputType::Double => Cells::Double((0..rows).map(|_| double(random, &edges)).collect()),
            InputType::Text(listed) => {
                let known: Vec<&'static str> = match listed {
                    Some(listed) => TEXTS
                        .into_iter()
                        .filter(|text| listed.iter().any(|one| one == text))
                        .collect(),
                    None => TEXTS.to_vec(),
                };
                let list: Vec<&'static str> = (0..1 + random.below(12)).map(|_| random.pick(&known)).collect();
                let keys = (0..rows).map(|_| match random.below(12) {
                    0 => -1 - random.below(3) as i32,
                    _ => random.below(list.len()) as i32,
                });
                Cells::Text(keys.collect(), list)
            }
            InputType::Date => Cells::Date((0..rows).map(|_| random.between(-1_000, 25_000) as i32).collect()),
            InputType::Flag => {
                let bits: Vec<bool> = (0..rows).map(|_| random.chance(50)).collect();
                Cells::Flag(Packed::new(&bits, random.below(19)))
            }
        };
        let causes = random
            .chance(50)
            .then(|| (0..rows).map(|_| random.below(8) as u8).collect());
        columns.push(Owned { cells, valid, causes });
    }
    Data { rows, columns }
}

fn whole(random: &mut Random, scale: u8, edges: &[(i64, u8)]) -> i64 {
    let unit = 10_i64.pow(scale.into());
    match random.below(10) {
        0 => random.pick(&[
            0,
            LIMIT,
            -LIMIT,
            LIMIT - 1,
            LIMIT + 1,
            i64::MAX,
            i64::MIN + 1,
            LIMIT / 10,
            LIMIT / 10 + 1,
        ]),
        1..6 if !edges.is_empty() => {
            let (edge, decimals) = random.pick(edges);
            let up = 10_i128.pow(scale.saturating_sub(decimals).into());
            let down = 10_i128.pow(decimals.saturating_sub(scale).into());
            let near = i128::from(edge) * up / down;
            // On it, next to it, and at the half that rounds to it.
            let near = near + i128::from(random.pick(&[-1, 0, 1, 0])) * random.pick(&[1, up / 2, up / 2 + 1]);
            i64::try_from(near).unwrap_or(LIMIT)
        }
        6..8 => random.between(-20, 120) * unit,
        _ => random.between(-2_000, 2_000) * unit / 16,
    }
}

fn double(random: &mut Random, edges: &[(i64, u8)]) -> f64 {
    match random.below(10) {
        0 => random.pick(&NUMBERS),
        1..6 if !edges.is_empty() => {
            let (edge, decimals) = random.pick(edges);
            let unit = 10_f64.powi(decimals.into());
            let near = match random.below(4) {
                0 => (edge as f64 - 0.5) / unit,
                1 => (edge as f64 + 0.5) / unit,
                _ => edge as f64 / unit,
            };
            random.pick(&[near, near, near.next_up(), near.next_down()])
        }
        6..8 => random.between(-20, 120) as f64,
        _ => random.between(-2_000_000, 2_000_000) as f64 / 1_024.0,
    }
}

/// Doubles by number: short lists and long ones, numbers of null and numbers never used.
fn coded(random: &mut Random, rows: usize, edges: &[(i64, u8)]) -> Cells {
    let most = if random.chance(50) { 6 } else { rows + 3 };
    let list: Vec<f64> = (0..1 + random.below(most)).map(|_| double(random, edges)).collect();
    let nulls = random.chance(50);
    let keys = (0..rows).map(|_| match random.below(10) {
        0 if nulls => 0,
        _ => 1 + random.below(list.len()) as u32,
    });
    Cells::Coded(keys.collect(), list)
}
