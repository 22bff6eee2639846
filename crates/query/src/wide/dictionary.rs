//! Column chunks written as a dictionary and packed numbers. 字典编码
//!
//! Grades and reasons are numbers of short lists already, and scores repeat; the general writer would spell each value
//! out, only to look it up again. One dictionary page, one data page, both Zstandard.

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::WideError;

/// Level 1, as everything that Pinji writes.
const LEVEL: i32 = 1;

/// Values of a column: for each row 0 where it is null, otherwise one more than its place in the dictionary.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub keys: Vec<u32>,
    /// How many are null.
    pub nulls: usize,
}

/// An encoded column chunk, ready to be appended.
pub(super) struct Encoded {
    pub bytes: Bytes,
    pub close: ColumnCloseResult,
}

/// Numbers doubles by their bits, in the order of their first appearance. 去重编号
///
/// An open table; a score column has few distinct values beside its rows.
#[derive(Debug, Default)]
pub(super) struct Interner {
    places: Vec<u32>,
    list: Vec<f64>,
}

impl Interner {
    /// Keys of `values`; NaN stands for null.
    pub(super) fn keys(&mut self, values: &[f64]) -> (Keys, &[f64]) {
        self.list.clear();
        self.places.clear();
        let size = (2 * values.len()).next_power_of_two().max(16);
        self.places.resize(size, 0);
        let shift = 64 - size.trailing_zeros();
        let mut out = Keys {
            keys: Vec::with_capacity(values.len()),
            nulls: 0,
        };
        let mut last = (0_u64, 0_u32);
        for value in values {
            if value.is_nan() {
                out.nulls += 1;
                out.keys.push(0);
                continue;
            }
            let bits = value.to_bits();
            if last.1 == 0 || last.0 != bits {
                last = (bits, self.find(bits, shift));
            }
            out.keys.push(last.1);
        }
        (out, &self.list)
    }

    fn find(&mut self, bits: u64, shift: u32) -> u32 {
        // Fibonacci hashing: the upper bits of the product are well spread.
        let mut at = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize;
        let wrap = self.places.len() - 1;
        loop {
            let Some(place) = self.places.get_mut(at & wrap) else {
                return 0;
            };
            if *place == 0 {
                self.list.push(f64::from_bits(bits));
                *place = self.list.len() as u32;
                return *place;
            }
            let known = (*place as usize).checked_sub(1).and_then(|known| self.list.get(known));
            if known.is_some_and(|known| known.to_bits() == bits) {
                return *place;
            }
            at += 1;
        }
    }
}

/// Plain bytes of doubles, as a dictionary page keeps them.
pub(super) fn plain_doubles(list: &[f64]) -> Vec<u8> {
    list.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Plain bytes of texts.
pub(super) fn plain_texts(list: &[String]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in list {
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// Encodes one nullable column chunk: `entries` plain values in `dictionary`, and a key per row.
pub(super) fn encode(
    column: &ColumnDescPtr,
    keys: &Keys,
    dictionary: &[u8],
    entries: usize,
) -> Result<Encoded, WideError> {
    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let mut zstd = zstd::bulk::Compressor::new(LEVEL)?;
    let mut sizes = (0_i64, 0_i64);
    let mut write = |page: CompressedPage| -> Result<u64, ParquetError> {
        let spec = pages.write_page(page)?;
        sizes.0 += spec.compressed_size as i64;
        sizes.1 += spec.uncompressed_size as i64;
        Ok(spec.offset)
    };
    let page = Page::DictionaryPage {
        buf: zstd.compress(dictionary)?.into(),
        num_values: entries as u32,
        encoding: Encoding::PLAIN,
        is_sorted: false,
    };
    let dictionary_offset = write(CompressedPage::new(page, dictionary.len()))?;
    let data = data_page(keys, entries);
    let page = Page::DataPage {
        buf: zstd.compress(&data)?.into(),
        num_values: keys.keys.len() as u32,
        encoding: Encoding::RLE_DICTIONARY,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    let data_offset = write(CompressedPage::new(page, data.len()))?;
    pages.close()?;
    let metadata = ColumnChunkMetaData::builder(column.clone())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_total_compressed_size(sizes.0)
        .set_total_uncompressed_size(sizes.1)
        .set_num_values(keys.keys.len() as i64)
        .set_data_page_offset(data_offset as i64)
        .set_dictionary_page_offset(Some(dictionary_offset as i64))
        .build()?;
    let bytes = Bytes::from(sink.into_inner()?);
    let close = ColumnCloseResult {
        bytes_written: bytes.len() as u64,
        rows_written: keys.keys.len() as u64,
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    Ok(Encoded { bytes, close })
}

/// Definition levels and packed numbers of a nullable column.
fn data_page(keys: &Keys, entries: usize) -> Vec<u8> {
    let rows = keys.keys.len();
    let mut page = vec![0; 4];
    if keys.nulls == 0 {
        varint(rows << 1, &mut page);
        page.push(1);
    } else {
        varint(rows.div_ceil(8) << 1 | 1, &mut page);
        let bits = |keys: &[u32]| keys.iter().rev().fold(0, |bits, key| bits << 1 | u8::from(*key != 0));
        page.extend(keys.keys.chunks(8).map(bits));
    }
    let levels = (page.len() - 4) as u32;
    if let Some(length) = page.first_chunk_mut::<4>() {
        *length = levels.to_le_bytes();
    }
    let width = usize::BITS - entries.saturating_sub(1).leading_zeros();
    page.push(width as u8);
    varint((rows - keys.nulls).div_ceil(8) << 1 | 1, &mut page);
    pack(&keys.keys, keys.nulls > 0, width, &mut page);
    page
}

/// Packs the numbers of the rows that have one, least significant bit first, padded to whole groups of eight.
fn pack(keys: &[u32], nulls: bool, width: u32, page: &mut Vec<u8>) {
    let start = page.len();
    page.reserve(keys.len() * width as usize / 8 + 16);
    let (mut word, mut bits, mut count) = (0_u64, 0_u32, 0_usize);
    let mut put = |number: u32, page: &mut Vec<u8>| {
        word |= u64::from(number) << bits;
        bits += width;
        if bits >= 32 {
            page.extend_from_slice(&(word as u32).to_le_bytes());
            word >>= 32;
            bits -= 32;
        }
        count += 1;
    };
    if nulls {
        keys.iter().filter(|key| **key != 0).for_each(|key| put(key - 1, page));
    } else {
        keys.iter().for_each(|key| put(key.wrapping_sub(1), page));
    }
    let size = count.div_ceil(8) * width as usize;
    page.extend_from_slice(&word.to_le_bytes());
    page.resize(start + size, 0);
}

fn varint(mut value: usize, page: &mut Vec<u8>) {
    while value >= 0x80 {
        page.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    page.push(value as u8);
}
