//! What is run: the options, the peers, and the RFM measures in our words.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Sizes of the scoring workload.
    pub rows: Vec<u64>,
    /// Peers by name.
    pub peers: Vec<String>,
    /// Counted runs of each program.
    pub rounds: u32,
    /// Orders of the RFM workload; 0 leaves it out.
    pub rfm: u64,
    /// Where environment and inputs are kept.
    pub work: Option<PathBuf>,
    /// A program that is built already; otherwise one is built with the release profile.
    pub pinji: Option<PathBuf>,
    /// How often `bench.py` may repeat disturbed runs.
    pub tries: u32,
    /// How many seconds it may wait for a quiet moment.
    pub wait: u32,
}

/// A program to compare with.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its name.
    pub name: &'static str,
    /// Its runner.
    pub script: &'static str,
    /// Further words of its command line, with a space before.
    pub words: &'static str,
    /// More rows than this it is not asked for.
    most: u64,
}

const PEERS: [Peer; 6] = [
    Peer {
        name: "duckdb",
        script: "run_duckdb.py",
        words: "",
        most: u64::MAX,
    },
    Peer {
        name: "polars",
        script: "run_polars.py",
        words: "",
        most: u64::MAX,
    },
    Peer {
        name: "datafusion",
        script: "run_datafusion.py",
        words: "",
        most: u64::MAX,
    },
    Peer {
        name: "pandas",
        script: "run_pandas.py",
        words: "",
        most: u64::MAX,
    },
    Peer {
        name: "c",
        script: "run_c.py",
        words: "",
        most: u64::MAX,
    },
    Peer {
        name: "zen",
        script: "run_zen.py",
        words: " --form expressions --mode batch",
        most: 100_000,
    },
];

impl Options {
    /// Reads the command line.
    pub fn parse(args: &[String]) -> Result<Options> {
        let mut options = Options {
            rows: vec![100_000, 1_000_000, 10_000_000],
            peers: PEERS.iter().map(|peer| peer.name.to_owned()).collect(),
            rounds: 3,
            rfm: 50_000_000,
            work: None,
            pinji: None,
            tries: 0,
            wait: 0,
        };
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().with_context(|| format!("{flag} needs a value"))?;
            match flag.as_str() {
                "--rows" => options.rows = value.split(',').map(number).collect::<Result<_>>()?,
                "--peers" => options.peers = peers(value)?,
                "--rounds" => options.rounds = value.parse().context("--rounds")?,
                "--rfm" => options.rfm = number(value)?,
                "--work" => options.work = Some(std::path::absolute(value)?),
                "--pinji" => options.pinji = Some(std::path::absolute(value)?),
                "--tries" => options.tries = value.parse().context("--tries")?,
                "--wait" => options.wait = value.parse().context("--wait")?,
                other => bail!("bench does not know `{other}`; see `cargo xtask help`"),
            }
        }
        ensure!(options.rounds > 0, "--rounds must be at least 1");
        Ok(options)
    }

    /// Whether this peer was asked for.
    pub fn has(&self, name: &str) -> bool {
        self.peers.iter().any(|peer| peer == name)
    }

    /// The peers for a size, the reference first.
    pub fn peers_at(&self, rows: u64) -> impl Iterator<Item = &'static Peer> {
        PEERS
            .iter()
            .filter(move |peer| self.has(peer.name) && rows <= peer.most)
    }
}

/// `1e6`, `250000` or `5e7`.
pub fn number(text: &str) -> Result<u64> {
    let (digits, zeros) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let zeros: u32 = zeros
        .parse()
        .with_context(|| format!("`{text}` is not a number of rows"))?;
    let digits: u64 = digits
        .parse()
        .with_context(|| format!("`{text}` is not a number of rows"))?;
    10_u64
        .checked_pow(zeros)
        .and_then(|power| digits.checked_mul(power))
        .with_context(|| format!("`{text}` is too large"))
}

fn peers(list: &str) -> Result<Vec<String>> {
    match list {
        "all" => Ok(PEERS.iter().map(|peer| peer.name.to_owned()).collect()),
        "none" => Ok(Vec::new()),
        _ => list
            .split(',')
            .map(|name| {
                ensure!(PEERS.iter().any(|peer| peer.name == name), "there is no peer `{name}`");
                Ok(name.to_owned())
            })
            .collect(),
    }
}

/// The words of a command line: spaces part them, single quotes hold them together.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Recency, frequency and monetary over a ledger of orders. The grades are beside the point here.
pub const RFM_POLICY: &str = r#"policy = "rfm-bench"
version = "1"
subject = "customer"
name = { zh = "RFM 基准测试", en = "RFM benchmark" }
effective = 2000-01-01

[kind.order]
name = { zh = "订单", en = "Order" }
subject = "customer_id"
date = "order_date"
[[kind.order.field]]
id = "customer_id"
type = "text"
label = { zh = "客户", en = "Customer" }
[[kind.order.field]]
id = "order_date"
type = "date"
label = { zh = "日期", en = "Date" }
[[kind.order.field]]
id = "amount_fen"
type = "integer"
label = { zh = "金额(分)", en = "Amount (fen)" }

[measure.recency_days]
name = { zh = "最近下单距今", en = "Days since the last order" }
from = "order"
over = "all"
value = "as_of - max(order_date)"

[measure.frequency]
name = { zh = "订单数", en = "Orders" }
from = "order"
over = "all"
value = "count(*)"

[measure.monetary_fen]
name = { zh = "金额合计", en = "Sum of amounts" }
from = "order"
over = "all"
value = "sum(amount_fen)"

[[dimension]]
id = "habit"
weight = 100
name = { zh = "购买习惯", en = "Buying habit" }

[[indicator]]
id = "recency"
dimension = "habit"
weight = 40
name = { zh = "近度", en = "Recency" }
formula = "recency_days"
unit = "days"
decimals = 0
better = "lower"
bands = [{ below = 90, points = 100 }, { points = 0 }]
missing = "worst"

[[indicator]]
id = "orders"
dimension = "habit"
weight = 30
name = { zh = "频度", en = "Frequency" }
formula = "frequency"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 50, points = 0 }, { points = 100 }]
missing = "worst"

[[indicator]]
id = "monetary"
dimension = "habit"
weight = 30
name = { zh = "额度", en = "Monetary" }
formula = "monetary_fen"
unit = "count"
decimals = 0
better = "higher"
bands = [{ below = 10000000, points = 0 }, { points = 100 }]
missing = "worst"

[[grade]]
id = "good"
name = { zh = "好", en = "Good" }
when = "total >= 50"

[[grade]]
id = "other"
name = { zh = "其他", en = "Other" }
"#;

/// Python that adds the quintile scores to our measures, by the definition at the head of the peers' `rfm.py`.
pub fn quintiles(snapshot: &Path, out: &Path) -> String {
    format!(
        "import duckdb; duckdb.sql(\"\"\"COPY (WITH a AS (SELECT CAST(id AS BIGINT) AS customer_id, \
         CAST(recency_days AS BIGINT) AS recency_days, CAST(frequency AS BIGINT) AS frequency, \
         CAST(monetary_fen AS BIGINT) AS monetary_fen FROM '{}'), n AS (SELECT count(*) AS n FROM a) \
         SELECT customer_id, recency_days, frequency, monetary_fen, \
         CAST(5 - (5 * (rank() OVER (ORDER BY recency_days) - 1)) // n AS TINYINT) AS r, \
         CAST(1 + (5 * (rank() OVER (ORDER BY frequency) - 1)) // n AS TINYINT) AS f, \
         CAST(1 + (5 * (rank() OVER (ORDER BY monetary_fen) - 1)) // n AS TINYINT) AS m FROM a, n) \
         TO '{}' (FORMAT parquet)\"\"\")",
        snapshot.display(),
        out.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let parse = |line: &str| Options::parse(&words(line));
        let options = parse("--rows 1e6,250000 --peers duckdb,zen --rounds 5").unwrap();
        assert_eq!(
            (options.rows.as_slice(), options.rounds),
            ([1_000_000, 250_000].as_slice(), 5)
        );
        assert_eq!(
            options.peers_at(1_000_000).map(|peer| peer.name).collect::<Vec<_>>(),
            ["duckdb"]
        );
        assert_eq!(
            options.peers_at(100_000).map(|peer| peer.name).collect::<Vec<_>>(),
            ["duckdb", "zen"]
        );
        for wrong in [
            "--rows many",
            "--peers nobody",
            "--rounds",
            "--rounds 0",
            "--fast yes",
            "--rows 9e99",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_keep_quoted_paths_together() {
        assert_eq!(words("'/a b/c' --out '/d' x"), ["/a b/c", "--out", "/d", "x"]);
    }
}
