//! Parquet pages read into numbers of a list, without spelling every value out. 页解码
//!
//! Parquet mostly keeps a column chunk as a dictionary and the numbers of its entries. Bands and maps only depend on the
//! entry, so what is worked out for the dictionary is worked out for all rows. Values that a writer spelt out (it gave up
//! on the dictionary) are added to the list one by one. Anything unusual is `None`: the caller reads that column the
//! general way.

use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;

/// A column chunk as numbers of a list: 0 is null, otherwise one more than the entry's place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chunk<T> {
    pub keys: Vec<u32>,
    pub list: Vec<T>,
}

/// Values that a list may hold.
pub(super) trait Entry: Sized {
    /// Takes `count` plain values from the front of `bytes`; `None` when they are not sound.
    fn take(bytes: &[u8], count: usize, list: &mut Vec<Self>) -> Option<()>;
}

impl Entry for f64 {
    fn take(bytes: &[u8], count: usize, list: &mut Vec<f64>) -> Option<()> {
        let (values, _) = bytes.get(..count.checked_mul(8)?)?.as_chunks::<8>();
        list.extend(values.iter().map(|value| f64::from_le_bytes(*value)));
        Some(())
    }
}

impl Entry for String {
    fn take(mut bytes: &[u8], count: usize, list: &mut Vec<String>) -> Option<()> {
        for _ in 0..count {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            list.push(std::str::from_utf8(rest.get(..length)?).ok()?.to_owned());
            bytes = rest.get(length..)?;
        }
        Some(())
    }
}

/// Reads a whole column chunk of `rows` rows. `None`: not in a form that this reader knows.
///
/// # Errors
/// Where the pages themselves are not sound.
pub(super) fn read<T: Entry>(
    mut pages: impl PageReader,
    rows: usize,
    nullable: bool,
) -> Result<Option<Chunk<T>>, ParquetError> {
    let mut chunk = Chunk {
        keys: Vec::with_capacity(rows),
        list: Vec::new(),
    };
    let mut numbers = Vec::new();
    while let Some(page) = pages.get_next_page()? {
        let read = match &page {
            Page::DictionaryPage {
                buf,
                num_values,
                encoding: Encoding::PLAIN | Encoding::PLAIN_DICTIONARY,
                ..
            } => T::take(buf, *num_values as usize, &mut chunk.list),
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding: Encoding::RLE,
                ..
            } => levels_and_values(buf, nullable).and_then(|(levels, values)| {
                data(
                    levels,
                    values,
                    *num_values as usize,
                    *encoding,
                    &mut numbers,
                    &mut chunk,
                )
            }),
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len: 0,
                ..
            } => buf
                .split_at_checked(*def_levels_byte_len as usize)
                .and_then(|(levels, values)| {
                    let levels = nullable.then_some(levels);
                    data(
                        levels,
                        values,
                        *num_values as usize,
                        *encoding,
                        &mut numbers,
                        &mut chunk,
                    )
                }),
            _ => None,
        };
        if read.is_none() {
            return Ok(None);
        }
    }
    Ok((chunk.keys.len() == rows).then_some(chunk))
}

/// Levels and values of a page of the first version: the levels carry their length.
fn levels_and_values(bytes: &[u8], nullable: bool) -> Option<(Option<&[u8]>, &[u8])> {
    if !nullable {
        return Some((None, bytes));
    }
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (levels, values) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    Some((Some(levels), values))
}

/// One data page: its numbers, spread over the rows that are there.
fn data<T: Entry>(
    levels: Option<&[u8]>,
    values: &[u8],
    rows: usize,
    encoding: Encoding,
    numbers: &mut Vec<u32>,
    chunk: &mut Chunk<T>,
) -> Option<()> {
    let mut count = rows;
    if let Some(levels) = levels {
        count = 0;
        runs(levels, 1, rows, |run| count += run.ones())?;
    }
    numbers.clear();
    match encoding {
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
            let (width, runs) = values.split_first()?;
            unpack(runs, u32::from(*width), count, numbers)?;
        }
        Encoding::PLAIN => {
            let first = u32::try_from(chunk.list.len()).ok()?;
            T::take(values, count, &mut chunk.list)?;
            numbers.extend(first..first + u32::try_from(count).ok()?);
        }
        _ => return None,
    }
    let most = u32::try_from(chunk.list.len()).ok()?;
    if numbers.len() != count || numbers.iter().fold(0, |most, number| most.max(*number)) >= most.max(1) {
        return None;
    }
    // Key 0 is null, so every number moves up by one.
    numbers.iter_mut().for_each(|number| *number = number.wrapping_add(1));
    match levels {
        None => chunk.keys.extend_from_slice(numbers),
        Some(levels) => spread(levels, rows, numbers, &mut chunk.keys)?,
    }
    Some(())
}

/// Gives each row its key, or 0 where its level says that it is null.
fn spread(levels: &[u8], rows: usize, mut numbers: &[u32], keys: &mut Vec<u32>) -> Option<()> {
    runs(levels, 1, rows, |run| match run {
        Run::Same { value: 0, count } => keys.resize(keys.len() + count, 0),
        Run::Same { count, .. } => {
            let (now, later) = numbers.split_at_checked(count).unwrap_or((numbers, &[]));
            keys.extend_from_slice(now);
            numbers = later;
        }
        Run::Packed { bytes, count } => {
            for (at, byte) in bytes.iter().enumerate() {
                let bits = (count - (8 * at).min(count)).min(8);
                match (numbers.split_first_chunk::<8>(), *byte, bits) {
                    (Some((now, later)), u8::MAX, 8) => {
                        keys.extend_from_slice(now);
                        numbers = later;
                    }
                    _ => {
                        for bit in 0..bits {
                            let there = byte >> bit & 1 == 1;
                            let next = numbers.split_first().filter(|_| there);
                            keys.push(next.map_or(0, |(number, _)| *number));
                            numbers = next.map_or(numbers, |(_, later)| later);
                        }
                    }
                }
            }
        }
    })
}

/// A run of Parquet's hybrid encoding, cut to what is wanted of it.
enum Run<'a> {
    /// One value many times.
    Same { value: u32, count: usize },
    /// Values one after the other, bit by bit.
    Packed { bytes: &'a [u8], count: usize },
}

impl Run<'_> {
    /// How many ones there are, where values have one bit.
    fn ones(&self) -> usize {
        match self {
            Run::Same { value, count } => *count * *value as usize,
            Run::Packed { bytes, count } => {
                let whole = bytes.get(..count / 8).unwrap_or_default();
                let last = bytes.get(count / 8).copied().unwrap_or(0) & ((1_u16 << (count % 8)) - 1) as u8;
                whole.iter().map(|byte| byte.count_ones() as usize).sum::<usize>() + last.count_ones() as usize
            }
        }
    }
}

/// Shows the runs that make up exactly `count` numbers of `width` bits. `None` when they are not sound.
fn runs<'a>(mut bytes: &'a [u8], width: u32, mut count: usize, mut see: impl FnMut(Run<'a>)) -> Option<()> {
    while count > 0 {
        let (header, rest) = varint(bytes)?;
        let run = if header & 1 == 0 {
            let size = width.div_ceil(8) as usize;
            let value = rest
                .get(..size)?
                .iter()
                .rev()
                .fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
            let run = usize::try_from(header >> 1).ok()?.min(count);
            bytes = rest.get(size..)?;
            see(Run::Same { value, count: run });
            run
        } else {
            let groups = usize::try_from(header >> 1).ok()?;
            let size = groups.checked_mul(width as usize)?.min(rest.len());
            let (packed, rest) = rest.split_at_checked(size)?;
            let run = groups.checked_mul(8)?.min(count);
            if packed.len() * 8 < run * width as usize {
                return None;
            }
            bytes = rest;
            see(Run::Packed {
                bytes: packed,
                count: run,
            });
            run
        };
        if run == 0 {
            return None;
        }
        count -= run;
    }
    Some(())
}

/// Appends exactly `count` numbers of `width` bits.
fn unpack(bytes: &[u8], width: u32, count: usize, numbers: &mut Vec<u32>) -> Option<()> {
    if width > 32 {
        return None;
    }
    numbers.reserve(count + 8);
    runs(bytes, width, count, |run| match run {
        Run::Same { value, count } => numbers.resize(numbers.len() + count, value),
        Run::Packed { bytes, count } => bit_packed(bytes, width, count, numbers),
    })
}

fn varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0_u32;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= u32::from(byte & 0x7f).checked_shl(u32::try_from(7 * at).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

/// Numbers of `width` bits, least significant first.
fn bit_packed(packed: &[u8], width: u32, run: usize, numbers: &mut Vec<u32>) {
    let mask = ((1_u64 << width) - 1) as u32;
    let step = width as usize;
    let end = numbers.len() + run;
    // Eight numbers take `width` bytes. Up to sixteen bits, four of them fit into a word, whatever bit they begin at.
    let mut at = 0;
    if width <= 16 && width > 0 {
        while let Some(bytes) = packed.get(at * step..).and_then(|bytes| bytes.first_chunk::<16>())
            && numbers.len() < end
        {
            let group = u128::from_le_bytes(*bytes);
            let low = group as u64;
            let high = (group >> (4 * width)) as u64;
            let number = |word: u64, place: u32| (word >> (place * width)) as u32 & mask;
            numbers.extend_from_slice(&[
                number(low, 0),
                number(low, 1),
                number(low, 2),
                number(low, 3),
                number(high, 0),
                number(high, 1),
                number(high, 2),
                number(high, 3),
            ]);
            at += 1;
        }
        numbers.truncate(end);
    }
    // The rest one by one; near the end the eight bytes that hold any number are padded.
    let word = |bit: usize| {
        let bytes = packed.get(bit / 8..).unwrap_or_default();
        let bytes = bytes.first_chunk::<8>().copied().unwrap_or_else(|| {
            let mut padded = [0; 8];
            padded.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
            padded
        });
        (u64::from_le_bytes(bytes) >> (bit % 8)) as u32 & mask
    };
    let done = (8 * at).min(run);
    numbers.extend((done..run).map(|place| word(place * step)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]
    use super::*;

    fn unpack_all(bytes: &[u8], width: u32, count: usize) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        unpack(bytes, width, count, &mut numbers).map(|()| numbers)
    }

    #[test]
    fn numbers_of_every_width_are_unpacked() {
        for width in 1..=32_u32 {
            let numbers: Vec<u32> = (0..96_u64)
                .map(|at| (at * 2_654_435_761 % (1 << width)) as u32)
                .collect();
            let mut bits: Vec<bool> = Vec::new();
            for number in &numbers {
                bits.extend((0..width).map(|bit| number >> bit & 1 == 1));
            }
            let mut bytes = vec![12 << 1 | 1];
            bytes.extend(
                bits.chunks(8)
                    .map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | u8::from(*bit))),
            );
            for count in [1, 7, 8, 90, 96] {
                assert_eq!(
                    unpack_all(&bytes, width, count).unwrap(),
                    numbers[..count],
                    "width {width}, {count} numbers"
                );
            }
        }
    }

    #[test]
    fn nulls_are_spread() {
        // Six there, four bit by bit (there, not, there, there), two not there.
        let levels = [12, 1, 3, 0b0000_1101, 4, 0];
        let mut keys = Vec::new();
        let numbers: Vec<u32> = (1..=9).collect();
        spread(&levels, 12, &numbers, &mut keys).unwrap();
        assert_eq!(keys, [1, 2, 3, 4, 5, 6, 7, 0, 8, 9, 0, 0]);
    }

    #[test]
    fn hybrids_are_unpacked() {
        let check = |bytes: &[u8], width: u32, count: usize, expected: Option<Vec<u32>>| {
            assert_eq!(unpack_all(bytes, width, count), expected, "{bytes:?}");
        };
        // A run of five sevens, three bits wide.
        check(&[10, 7], 3, 5, Some(vec![7; 5]));
        // 0 to 7 bit-packed, three bits wide (the format's own example).
        check(
            &[3, 0b1000_1000, 0b1100_0110, 0b1111_1010],
            3,
            8,
            Some((0..8).collect()),
        );
        // The same, cut after six.
        check(
            &[3, 0b1000_1000, 0b1100_0110, 0b1111_1010],
            3,
            6,
            Some((0..6).collect()),
        );
        // No bits at all: a dictionary of one entry.
        check(&[8], 0, 4, Some(vec![0; 4]));
        // Ends too early, a run of none, a width beyond 32.
        check(&[3, 0b1000_1000], 3, 8, None);
        check(&[0, 0], 3, 8, None);
        check(&[10, 7], 33, 5, None);
        check(&[], 3, 1, None);
    }
}
