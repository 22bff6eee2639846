//! A run over everybody: its time and memory, one that is stopped, and one whose server is killed and that goes on.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Bench;
use super::client::Client;
use super::figures::{Found, Watch};
use super::page::grouped;
use super::served::Served;

/// The policy; it reads all kinds of records that were planted.
const POLICY: &str = "tob-standard";
const PACE: Duration = Duration::from_millis(100);
/// A run that takes longer than this is given up.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// Measures them.
pub fn measure(bench: &Bench) -> Result<Found> {
    let mut found = Found::default();
    let served = Served::start(bench)?;
    let mut one = administrator(bench, &served)?;
    let watch = Watch::begin(served.process());
    let (began, run) = (Instant::now(), begin(&mut one, None)?);
    let mut steps = Vec::new();
    let whole = until(&mut one, &run, |job| {
        let at = job["note"].as_str().unwrap_or("waiting").to_owned();
        if steps.last().is_none_or(|(last, _): &(String, Duration)| *last != at) {
            steps.push((at, began.elapsed()));
        }
        false
    })?;
    let time = began.elapsed();
    ensure!(whole["state"] == "done", "the run did not end well: {whole}");
    found.with_others(&watch);
    let steps: Vec<String> = steps
        .iter()
        .map(|(at, since)| format!("{at} from {:.0}", since.as_secs_f64()))
        .collect();
    found.fact(
        &format!("a run by {POLICY}, snapshot included"),
        format!(
            "{:.1} s for {} customers",
            time.as_secs_f64(),
            grouped(whole["subjects"].as_u64().unwrap_or(0))
        ),
    );
    found.fact("its steps, in seconds", steps.join(", "));
    found.fact("memory of the server at most", format!("{} MiB", served.memory().1));

    // Stopped while its results are being kept: nothing of it is left to be seen.
    let stopped = begin(&mut one, None)?;
    until(&mut one, &stopped, |job| {
        job["done"].as_i64().unwrap_or(0) > 0 || job["note"] == "grading"
    })?;
    let asked = Instant::now();
    let id = &stopped["id"];
    one.post(&format!("/api/v1/runs/{id}/cancellation"), &json!({}))?
        .json()?;
    let over = until(&mut one, &stopped, |_| false)?;
    ensure!(over["state"] == "cancelled", "the run was not stopped: {over}");
    found.fact(
        "a run that was stopped was over after",
        format!("{:.1} s", asked.elapsed().as_secs_f64()),
    );

    // Killed while its results are being kept: the next start goes on, and comes to the same.
    let killed = begin(&mut one, whole["known_at"].as_str())?;
    let at = until(&mut one, &killed, |job| job["done"].as_i64().unwrap_or(0) > 0)?;
    if !at["finished_at"].is_null() {
        found.fact(
            "a run whose server was killed",
            "this one was over too soon: it takes more customers",
        );
        return Ok(found);
    }
    served.kill()?;
    let again = Instant::now();
    let served = Served::start(bench)?;
    let mut one = administrator(bench, &served)?;
    let resumed = until(&mut one, &killed, |_| false)?;
    ensure!(resumed["state"] == "done", "the run did not go on: {resumed}");
    ensure!(
        resumed["snapshot_hash"] == whole["snapshot_hash"],
        "the run that went on came to another snapshot"
    );
    ensure!(
        grades(&resumed) == grades(&whole),
        "the run that went on came to other grades"
    );
    found.fact(
        "a run whose server was killed while results were kept",
        format!(
            "went on and was done {:.1} s after the next start, with the same hash and grades",
            again.elapsed().as_secs_f64()
        ),
    );
    Ok(found)
}

fn administrator(bench: &Bench, served: &Served) -> Result<Client> {
    let people = served.people(bench, 1, std::iter::once("r00".to_owned()))?;
    people.into_iter().next().context("nobody is signed in")
}

/// Asks for a run; gives it as answered.
pub fn begin(one: &mut Client, known_at: Option<&str>) -> Result<Value> {
    one.post(
        "/api/v1/runs",
        &json!({ "policies": [POLICY], "as_of": "2025-12-31", "known_at": known_at }),
    )?
    .json()
}

/// Waits until the run is over, or the job is so far; gives the run as it is then.
pub fn until(one: &mut Client, run: &Value, mut far: impl FnMut(&Value) -> bool) -> Result<Value> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let job = one.get(&format!("/api/v1/jobs/{}", run["job"]))?.json()?;
        if far(&job) || !job["finished_at"].is_null() {
            return one.get(&format!("/api/v1/runs/{}", run["id"]))?.json();
        }
        std::thread::sleep(PACE);
    }
    bail!("the run took more than {} s", PATIENCE.as_secs())
}

fn grades(run: &Value) -> Value {
    run["counts"][0]["grades"].clone()
}

/// The last run that is done.
pub fn last(one: &mut Client) -> Result<Value> {
    let runs = one.get("/api/v1/runs?limit=500")?.json()?;
    let runs = runs["items"].as_array().cloned().unwrap_or_default();
    runs.into_iter()
        .find(|run| run["state"] == "done")
        .context("no run is done: the part `runs` comes first")
}

/// The grades that the last run that is done gave to somebody.
pub fn grades_of_last(one: &mut Client) -> Result<Vec<String>> {
    let run = last(one)?;
    let grades = grades(&run).as_array().cloned().unwrap_or_default();
    let given = grades.iter().filter(|grade| grade["customers"].as_u64() > Some(0));
    Ok(given
        .filter_map(|grade| grade["id"].as_str().map(str::to_owned))
        .collect())
}
