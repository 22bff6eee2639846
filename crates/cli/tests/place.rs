//! Running the command, and a demo that many tests look at. 测试场所

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why} in\n{}\n{}", self.out, self.err))
    }

    /// The same, which must have ended with this code.
    #[track_caller]
    pub fn ended(self, code: i32) -> Said {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// The same, which must have all these words in it, on either stream.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Said {
        for word in words {
            assert!(
                self.out.contains(word) || self.err.contains(word),
                "no `{word}` in\n{}\n{}",
                self.out,
                self.err
            );
        }
        self
    }
}

/// The program: of this build, or the one that `PINJI_PROGRAM` names, for long runs of an optimised one.
pub fn program() -> PathBuf {
    std::env::var_os("PINJI_PROGRAM").map_or(PathBuf::from(env!("CARGO_BIN_EXE_pinji")), PathBuf::from)
}

/// The command, in a folder, with a fixed environment.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["PINJI_LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("LANG", "C.UTF-8");
    command
}

/// Runs `pinji` with these words in a folder.
pub fn pinji<S: AsRef<OsStr>>(folder: &Path, words: impl IntoIterator<Item = S>) -> Said {
    let output = command(folder).args(words).output().expect("the command runs");
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The same with the words of one line; none of them has a space in it.
pub fn line(folder: &Path, line: &str) -> Said {
    pinji(folder, line.split_whitespace())
}

/// The run in the demo.
pub const RUN: &str = "pinji-demo/run-2025-12-31";

/// A folder in which the demo has been run once for all tests; nobody changes it.
pub fn demo() -> &'static Path {
    static DEMO: OnceLock<(TempDir, String)> = OnceLock::new();
    DEMO.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        let said = line(place.path(), "demo --customers 240").ended(0);
        (place, said.out)
    })
    .0
    .path()
}

/// A copy of the demo's run, to be changed.
pub fn copied_run() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("run");
    copy(&demo().join(RUN), &target);
    (place, target)
}

/// Copies a folder with all below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// All files below a folder, by relative name, with their bytes.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                out.push((
                    path.strip_prefix(root).unwrap().display().to_string(),
                    fs::read(&path).unwrap(),
                ));
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, folder, &mut out);
    out.sort();
    out
}

/// What stands in a folder, hidden things too.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A small policy on given measures, which uses no records.
pub const SMALL_POLICY: &str = r#"
policy = "small"
version = "1"
subject = "customer"
name = { zh = "小标准", en = "Small policy" }
effective = 2025-01-01

[measure.revenue]
given = "money"
name = { zh = "营业收入", en = "Revenue" }
[measure.overdue_days]
given = "integer"
name = { zh = "逾期天数", en = "Days overdue" }
unit = "days"

[[dimension]]
id = "size"
weight = 60
name = { zh = "规模", en = "Size" }
[[dimension]]
id = "conduct"
weight = 40
name = { zh = "履约", en = "Conduct" }

[[indicator]]
id = "turnover"
dimension = "size"
weight = 100
name = { zh = "营业规模", en = "Turnover" }
formula = "revenue"
unit = "money"
decimals = 2
better = "higher"
bands = [{ below = 1000000, points = 20 }, { below = 10000000, points = 60 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "punctuality"
dimension = "conduct"
weight = 100
name = { zh = "付款及时", en = "Punctuality" }
formula = "overdue_days"
unit = "days"
decimals = 0
better = "lower"
bands = [{ up_to = 0, points = 100 }, { up_to = 30, points = 50 }, { points = 0 }]
missing = "refuse"

[[grade]]
id = "good"
name = { zh = "优", en = "Good" }
class = "A"
when = "total >= 80"
[[grade]]
id = "fair"
name = { zh = "良", en = "Fair" }
class = "B"
when = "total >= 50"
[[grade]]
id = "poor"
name = { zh = "差", en = "Poor" }
class = "C"

[[cap]]
id = "late"
when = "overdue_days > 60"
at_most = "poor"
reason = { zh = "逾期超过60天", en = "more than 60 days overdue" }

[[guarantee]]
says = "overdue_days > 60 implies grade at_most 'poor'"
[[guarantee]]
says = "monotone in turnover"

[[example]]
name = { zh = "好客户", en = "a good customer" }
given = { revenue = 20000000, overdue_days = 0 }
grade = "good"
scores = { total = 100 }
"#;

/// Customers for it: one of each grade, one capped, one ungraded.
pub const SMALL_DATA: &str = "id,name,revenue,overdue_days\n\
    C1,甲公司,20000000,0\nC2,乙公司,\"5,000,000.00\",10\nC3,丙公司,50万,40\nC4,丁公司,3000万,90\nC5,戊公司,1.5亿,\n";

/// A folder with the small policy and its customers.
pub fn small() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("small.toml"), SMALL_POLICY).unwrap();
    fs::write(place.path().join("customers.csv"), SMALL_DATA).unwrap();
    place
}

/// The words that rate the small book into `run`.
pub const RATE_SMALL: &str = "rate --policy small.toml --data customers.csv --as-of 2025-12-31 --out run";
