//! How much a file may ask of the machine. 上限

/// Limits against files that are hostile, or simply too big for what they are. 读取上限
///
/// The defaults fit every file that Excel can write and ledgers of hundreds of millions of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes that a workbook may have on disk.
    pub workbook_bytes: u64,
    /// The most parts inside a workbook's archive.
    pub archive_entries: usize,
    /// The most bytes that the parts of a workbook may unpack to, together.
    pub archive_bytes: u64,
    /// A part of a workbook may not unpack to more than this many times its packed size …
    pub archive_ratio: u64,
    /// … once it is larger than this.
    pub archive_ratio_from: u64,
    /// The most bytes that a `.csv.gz` may unpack to.
    pub gzip_bytes: u64,
    /// The most bytes of one record of a CSV file.
    pub record_bytes: usize,
    /// The most columns of a table.
    pub columns: usize,
    /// The most rows of one CSV file or sheet that are kept in memory; beyond, they go to a temporary Parquet file.
    pub rows_in_memory: usize,
    /// The most bad cells that are listed one by one; the rest is only counted.
    pub bad_cells: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            workbook_bytes: 512 << 20,
            archive_entries: 1000,
            archive_bytes: 1 << 30,
            archive_ratio: 100,
            archive_ratio_from: 1 << 20,
            gzip_bytes: 1 << 30,
            record_bytes: 16 << 20,
            columns: 16_384,
            rows_in_memory: 2_000_000,
            bad_cells: 100_000,
        }
    }
}
