//! A file of many rows, on its whole way: sent and compared, confirmed, audited by another.

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::client::Client;
use super::figures::{Found, Watch};
use super::served::Served;
use super::{Bench, code};

/// As many rows as a submission may have.
const ROWS: usize = 300_000;

/// Measures it.
pub fn measure(bench: &Bench) -> Result<Found> {
    let mut found = Found::default();
    let served = Served::start(bench)?;
    let mut people = served.people(bench, 1, ["c0", "a0"].map(str::to_owned).into_iter())?;
    let (Some(mut auditor), Some(mut collector)) = (people.pop(), people.pop()) else {
        anyhow::bail!("nobody is signed in");
    };
    let rows = ROWS.min(bench.count("customers") * 19 / 20);
    let watch = Watch::begin(served.process());
    let times = bring(&mut collector, &mut auditor, rows, "2025-08-31")?;
    found.with_others(&watch);
    let whole: f64 = times.iter().map(|(_, time)| time).sum();
    let steps: Vec<String> = times.iter().map(|(step, time)| format!("{step} {time:.1} s")).collect();
    found.fact(
        &format!("a CSV file of {rows} rows, over HTTP"),
        format!("{}: {:.0} rows/s", steps.join(", "), rows as f64 / whole),
    );
    found.fact("memory of the server at most", format!("{} MiB", served.memory().1));
    Ok(found)
}

/// Brings service records of this period in; the steps and how long each took.
pub fn bring(
    collector: &mut Client,
    auditor: &mut Client,
    rows: usize,
    period: &str,
) -> Result<Vec<(&'static str, f64)>> {
    let mut csv = String::from("customer,period_end,orders,orders_on_time,complaints,complaints_resolved\n");
    for at in (0..).filter(|at| at % 20 != 19).take(rows) {
        let _ = writeln!(
            csv,
            "{},{period},{},{},{},0",
            code(at),
            at % 40 + 10,
            at % 40 + 5,
            at % 3
        );
    }
    let terms = json!({ "kind": "service_record", "source": "CRM", "method": "export" });
    let body = format!(
        "--part\r\nContent-Disposition: form-data; name=\"terms\"\r\n\r\n{terms}\r\n--part\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"service.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--part--\r\n"
    );
    let mut times = Vec::new();
    let mut step = |name, began: Instant| times.push((name, began.elapsed().as_secs_f64()));
    let began = Instant::now();
    let sent = collector.send(
        "POST",
        "/api/v1/submissions",
        "multipart/form-data; boundary=part",
        "",
        body.as_bytes(),
    )?;
    let sent = sent.json()?;
    step("sent, read and compared", began);
    ensure!(
        sent["new"].as_u64() == Some(rows as u64),
        "not all rows are new: {}",
        brief(&sent)
    );
    let at = format!(
        "/api/v1/submissions/{}",
        sent["id"].as_i64().context("a submission without an id")?
    );
    let began = Instant::now();
    collector
        .post(&format!("{at}/confirmation"), &json!({ "without_bad_rows": false }))?
        .json()?;
    step("confirmed", began);
    let began = Instant::now();
    let audited = auditor
        .post(&format!("{at}/audit"), &json!({ "verdict": "accept" }))?
        .json()?;
    step("audited", began);
    ensure!(
        audited["accepted"].as_u64() == Some(rows as u64),
        "not all rows were accepted: {}",
        brief(&audited)
    );
    Ok(times)
}

fn brief(submission: &Value) -> String {
    let counts = ["rows", "new", "changed", "same", "bad", "suspicious", "accepted"];
    counts.map(|count| format!("{count} {}", submission[count])).join(", ")
}
