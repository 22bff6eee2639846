//! Runs the built `pinji` and reads what it wrote.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// What a run of the program left.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; -1 when it was killed.
    pub code: i32,
    /// Standard output and standard error.
    pub said: String,
}

/// Runs `pinji` in English with these words, without anything of the environment that could change its answer.
pub fn pinji<I, S>(words: I) -> Ran
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(env!("CARGO_BIN_EXE_pinji"));
    command
        .args(words)
        .args(["--lang", "en"])
        .env("RUST_BACKTRACE", "0")
        .env_remove("PINJI_LANG");
    let output = command.output().expect("pinji starts");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ran {
        code: output.status.code().unwrap_or(-1),
        said,
    }
}

/// A rating in a folder of its own.
pub struct Rating<'a> {
    /// The policy: a path or the name of a shipped one.
    pub policy: &'a Path,
    /// What is rated.
    pub data: &'a Path,
    /// As of when.
    pub as_of: &'a str,
    /// Where the run goes.
    pub out: &'a Path,
    /// Further words.
    pub words: &'a [&'a str],
}

impl Rating<'_> {
    /// Rates.
    pub fn run(&self) -> Ran {
        let mut words: Vec<&OsStr> = vec!["rate".as_ref(), "--policy".as_ref(), self.policy.as_ref()];
        words.extend([
            "--data".as_ref(),
            self.data.as_os_str(),
            "--as-of".as_ref(),
            self.as_of.as_ref(),
        ]);
        words.extend(["--out".as_ref(), self.out.as_os_str()]);
        words.extend(self.words.iter().map(OsStr::new));
        pinji(words)
    }

    /// Rates, and shows what the program said if it did not succeed.
    pub fn succeeds(&self) -> Ran {
        let ran = self.run();
        assert_eq!(ran.code, 0, "{}", ran.said);
        ran
    }
}

/// A Parquet file as columns of texts and of numbers.
pub struct Table {
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Reads a whole file.
    pub fn read(path: &Path) -> Table {
        let file = File::open(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        Table {
            batches: reader.map(|batch| batch.unwrap()).collect(),
        }
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> Vec<String> {
        let schema = self.batches.first().map(RecordBatch::schema).expect("a row");
        schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    fn column(&self, name: &str, ty: &DataType) -> Vec<arrow::array::ArrayRef> {
        let batches = self.batches.iter();
        batches
            .map(|batch| {
                let column = batch
                    .column_by_name(name)
                    .unwrap_or_else(|| panic!("no column {name} in {:?}", batch.schema()));
                cast(column, ty).unwrap()
            })
            .collect()
    }

    /// A column as texts.
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let parts = self.column(name, &DataType::Utf8);
        parts
            .iter()
            .flat_map(|part| {
                part.as_string::<i32>()
                    .iter()
                    .map(|text| text.map(str::to_owned))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// A column as numbers.
    pub fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        let parts = self.column(name, &DataType::Float64);
        parts
            .iter()
            .flat_map(|part| part.as_primitive::<Float64Type>().iter().collect::<Vec<_>>())
            .collect()
    }

    /// A column without gaps.
    pub fn full(&self, name: &str) -> Vec<String> {
        self.texts(name)
            .into_iter()
            .map(|text| text.unwrap_or_else(|| panic!("a null in {name}")))
            .collect()
    }
}

/// The values of one indicator by customer, from a run's lines.
pub fn values(run: &Path, indicator: &str) -> BTreeMap<String, Option<f64>> {
    let lines = Table::read(&run.join("lines.parquet"));
    let (ids, indicators, values) = (lines.full("id"), lines.full("indicator"), lines.numbers("value"));
    let rows = ids.into_iter().zip(indicators).zip(values);
    let found: BTreeMap<_, _> = rows
        .filter(|((_, of), _)| of == indicator)
        .map(|((id, _), value)| (id, value))
        .collect();
    assert!(!found.is_empty(), "no lines of {indicator}");
    found
}

/// The folder with the open data, or a line that says why a test is skipped.
pub fn open_data() -> Option<PathBuf> {
    let folder = std::env::var_os("PINJI_OPEN_DATA").map(PathBuf::from);
    let found = folder.filter(|folder| folder.join("expected.json").is_file());
    if found.is_none() {
        println!("skipped: PINJI_OPEN_DATA does not name a folder with the open data");
    }
    found
}
