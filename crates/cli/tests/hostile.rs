//! Files that nobody should be hurt by: each is refused in words that name it, nothing is half-written, nothing panics.

mod archives;
mod books;
mod policies;
mod runs;
mod tables;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::program::{Ran, Rating};

/// A policy over three columns of a wide sheet.
const POLICY: &str = r#"policy = "hostile"
version = "1"
subject = "customer"
effective = 2000-01-01
name = { zh = "恶意输入", en = "Hostile input" }

[measure.sales]
given = "number"
name = { zh = "销售额", en = "Sales" }

[measure.kind_of_customer]
given = "text"
name = { zh = "客户类型", en = "Kind of customer" }

[measure.orders]
given = "integer"
name = { zh = "订单数", en = "Orders" }

[[dimension]]
id = "all"
weight = 100
name = { zh = "全部", en = "All" }

[[indicator]]
id = "size"
dimension = "all"
weight = 50
name = { zh = "规模", en = "Size" }
formula = "sales"
unit = "number"
decimals = 2
better = "higher"
bands = [{ below = 1000, points = 0 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "activity"
dimension = "all"
weight = 30
name = { zh = "活跃度", en = "Activity" }
formula = "orders"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 10, points = 0 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "nature"
dimension = "all"
weight = 20
name = { zh = "性质", en = "Nature" }
formula = "kind_of_customer"
map = { private = 60, state = 80 }
otherwise = 30
missing = "worst"

[[grade]]
id = "good"
name = { zh = "好", en = "Good" }
when = "total >= 50"

[[grade]]
id = "other"
name = { zh = "其他", en = "Other" }
"#;

/// A folder for one case: the policy, and room for the input and the run.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Room {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
        Room { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn rate(&self, data: &Path, words: &[&str]) -> Ran {
        let (policy, out) = (self.path("policy.toml"), self.path("run"));
        Rating {
            policy: &policy,
            data,
            as_of: "2026-01-01",
            out: &out,
            words,
        }
        .run()
    }

    /// The input is refused: 1 or 2, in words that name `says`, and nothing of a run is left.
    fn refuses(&self, data: &Path, says: &[&str]) {
        let ran = self.rate(data, &[]);
        refused(&ran, says);
        self.nothing_written();
    }

    /// Neither a run nor a part of one.
    fn nothing_written(&self) {
        let names = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        for name in names.map(|name| name.to_string_lossy().into_owned()) {
            assert!(name != "run" && !name.contains("partial"), "`{name}` was left behind");
        }
    }

    /// The input is as good as any other.
    fn takes(&self, data: &Path) -> PathBuf {
        let ran = self.rate(data, &[]);
        assert_eq!(ran.code, 0, "{}", ran.said);
        self.path("run")
    }
}

/// A refusal in plain words.
fn refused(ran: &Ran, says: &[&str]) {
    assert!(matches!(ran.code, 1 | 2), "exit code {}: {}", ran.code, ran.said);
    for strange in [
        "panicked",
        "RUST_BACKTRACE",
        "unwrap",
        "overflow",
        "src/",
        "Err(",
        "Some(",
    ] {
        assert!(!ran.said.contains(strange), "`{strange}` in: {}", ran.said);
    }
    for part in says {
        assert!(ran.said.contains(part), "no `{part}` in: {}", ran.said);
    }
    assert!(ran.said.trim().len() > 20, "hardly a sentence: {}", ran.said);
}
