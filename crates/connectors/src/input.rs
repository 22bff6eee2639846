//! The files themselves: their names, sizes and hashes. 输入文件

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::DataError;

/// A file that was read, as the run's record names it. 输入文件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Its name, relative to the folder that was opened.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// A reader that hashes what passes through it.
pub(crate) struct Hashing<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(inner: R) -> Self {
        Hashing {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    /// Reads what is left and gives the file's record.
    pub(crate) fn finish(mut self, name: &str) -> io::Result<InputFile> {
        let mut rest = vec![0; 1 << 16];
        while self.read(&mut rest)? > 0 {}
        Ok(InputFile {
            name: name.to_owned(),
            bytes: self.bytes,
            sha256: hex(&self.hasher.finalize()),
        })
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
            // Writing to a string does not fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// Hashes a file as it lies on disk.
pub(crate) fn hash(path: &Path, name: &str) -> Result<InputFile, DataError> {
    let file = File::open(path).map_err(|source| DataError::io(name, source))?;
    Hashing::new(file)
        .finish(name)
        .map_err(|source| DataError::io(name, source))
}

/// What a file is by its first bytes, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    Empty,
    Zip,
    Gzip,
    Parquet,
    /// An old .xls, or a workbook behind a password.
    Compound,
    Program,
    Pdf,
    Image,
    /// Anything else: text, for all that can be seen.
    Other,
}

/// Looks at a file's first bytes.
pub(crate) fn nature(path: &Path, name: &str) -> Result<Nature, DataError> {
    let mut first = Vec::with_capacity(16);
    let file = File::open(path).map_err(|source| DataError::io(name, source))?;
    file.take(16)
        .read_to_end(&mut first)
        .map_err(|source| DataError::io(name, source))?;
    Ok(match first.as_slice() {
        [] => Nature::Empty,
        [b'P', b'K', 3 | 5 | 7, ..] => Nature::Zip,
        [0x1F, 0x8B, ..] => Nature::Gzip,
        [b'P', b'A', b'R', b'1', ..] => Nature::Parquet,
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Nature::Compound,
        [b'M', b'Z', _, 0, ..] | [0x7F, b'E', b'L', b'F', ..] => Nature::Program,
        [b'%', b'P', b'D', b'F', ..] => Nature::Pdf,
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [b'G', b'I', b'F', b'8', ..] => Nature::Image,
        _ => Nature::Other,
    })
}
