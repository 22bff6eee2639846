//! The worker of runs: takes the job, does it step by step, and ends the run. 批次执行
//!
//! All that a step leaves is whole or not there: the frozen folder and the policies' folders appear by rename, chunks are
//! kept with their checksums in one transaction. So a worker that was killed loses one step, and the next goes on there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pinji_domain::{CustomerId, Lang, Message};
use pinji_locale::say;
use pinji_store::{GoOn, Graded, Job, JobState, Run, RunChunk, RunEnd, RunState};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::freeze::{self, Roster, Snapshot, Whom};
use super::gate::{self, Expected, Gate};
use super::lines::{CHUNK, graded};
use super::reckon::{self, MOST_IN_BOOKS};
use super::show::{PolicyOf, policies_of};
use super::stop::Stop;
use crate::derive::Write;
use crate::digest;
use crate::manifest::Manifest;
use crate::register::deed::Deed;
use crate::register::{Asked, Fault, Office};

/// The jobs that this worker does.
pub(super) const KIND: &str = "run";
/// How long a worker that is silent keeps its job. Short, so that a run goes on soon after its program was killed.
const LEASE_SECONDS: i64 = 10;
/// How often the worker says how far it is.
const BEAT: Duration = Duration::from_secs(1);
/// How often an idle worker looks for jobs.
const PACE: Duration = Duration::from_millis(500);

/// Does runs until `ending` turns true. 批次执行循环
pub async fn work(office: Arc<Office>, mut ending: watch::Receiver<bool>) {
    let worker = format!("runs-{}", office.new_id());
    loop {
        let found = tokio::select! {
            // The step at hand is left where it is; the next start goes on there.
            _ = ending.wait_for(|ending| *ending) => return,
            found = work_once(&office, &worker) => found,
        };
        match found {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => tracing::error!(task = "runs", error = ?fault, "the worker of runs could not go on"),
        }
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

/// Takes one job, where one waits, and does it; says whether there was one.
pub async fn work_once(office: &Office, worker: &str) -> Result<bool, Fault> {
    // Looked at first, so that an idle office writes nothing.
    if !office.store.job_waits(KIND, office.now()).await? {
        return Ok(false);
    }
    let now = office.now();
    let up = office.store.upkeep().await?;
    let job = up
        .claim_job(&[KIND], worker, now, now.plus_seconds(LEASE_SECONDS))
        .await?;
    up.commit().await?;
    let Some(job) = job else { return Ok(false) };
    let stop = Arc::new(Stop::default());
    if job.cancel_asked_at.is_some() {
        stop.ask();
    }
    tokio::select! {
        done = attempt(office, &job, worker, &stop) => done?,
        // Another worker has it now: whatever this one does is in vain.
        () = beat(office, &job, worker, &stop) => {}
    }
    Ok(true)
}

/// Says how far the job is, keeps the lease, and hears whether to stop; returns when the job is another's.
async fn beat(office: &Office, job: &Job, worker: &str, stop: &Stop) {
    loop {
        tokio::time::sleep(BEAT).await;
        let (done, total, note) = stop.told();
        let told = async {
            let up = office.store.upkeep().await?;
            let until = office.now().plus_seconds(LEASE_SECONDS);
            let go_on = up.report_job(job.id, worker, done, total, Some(&note), until).await?;
            up.commit().await?;
            Ok::<_, pinji_store::Error>(go_on)
        };
        match told.await {
            Ok(GoOn::Yes) => {}
            Ok(GoOn::Stop) => stop.ask(),
            Ok(GoOn::Lost) => return,
            // The store is away for a moment: the lease is longer than that.
            Err(error) => tracing::warn!(task = "runs", error = %error, "a worker could not report"),
        }
    }
}

/// One attempt at a run, and its end.
async fn attempt(office: &Office, job: &Job, worker: &str, stop: &Arc<Stop>) -> Result<(), Fault> {
    let run = office.store.run_of_job(job.id).await?.ok_or(Fault::Absent)?;
    if !matches!(run.state, RunState::Created | RunState::Running) {
        return finish_job(office, job, worker, &run).await;
    }
    let up = office.store.upkeep().await?;
    up.begin_run(run.id).await?;
    up.commit().await?;
    let end = match do_run(office, job, &run, stop).await {
        Ok(end) => end,
        // What passes is tried again; what the rules say is the run's end.
        Err(fault @ (Fault::Away(_) | Fault::Full)) => return Err(fault),
        Err(_) if stop.is_asked() => ended(RunState::Cancelled, None),
        Err(fault) => {
            if let Fault::Broken(why) = &fault {
                tracing::error!(task = "runs", run = run.id.0, error = %why, "a run failed");
            }
            ended(RunState::Failed, Some(fault.into_failure().message()))
        }
    };
    end_run(office, job, worker, &run, &end).await
}

fn ended(state: RunState, why: Option<Message>) -> RunEnd {
    RunEnd {
        state,
        snapshot_hash: None,
        policy_hash: None,
        folder: None,
        subjects: 0,
        counts: None,
        error: why
            .map(|why| json!({ "code": why.code, "zh": say(Lang::Zh, &why), "en": say(Lang::En, &why) }).to_string()),
    }
}

/// The run's end, the job's end and the one entry, in one transaction.
async fn end_run(office: &Office, job: &Job, worker: &str, run: &Run, end: &RunEnd) -> Result<(), Fault> {
    let now = office.now();
    let change = office.store.change(now).await?;
    let current = change.run_by_id(run.id).await?.ok_or(Fault::Absent)?;
    change.end_run(run.id, current.version, end).await?;
    let state = match end.state {
        RunState::Done => JobState::Done,
        RunState::Cancelled => JobState::Cancelled,
        _ => JobState::Failed,
    };
    let place = format!("/api/v1/runs/{}", run.id);
    let why = end.error.as_deref().map(|error| in_words(error, &lang(job)));
    let ours = change
        .end_job(job.id, worker, state, Some(&place), why.as_deref(), change.at())
        .await?;
    if !ours {
        // Another worker has it: it will say how it ended.
        return Ok(());
    }
    if end.state != RunState::Done {
        // What was kept so far is no result.
        change.forget_results(run.id).await?;
    }
    let deed = Deed::new("run.end", format!("run:{}", run.id)).after(json!({
        "state": end.state.code(), "snapshot": end.snapshot_hash, "policies": end.policy_hash,
        "subjects": end.subjects, "error": end.error.as_deref().map(|error| in_words(error, "en")),
    }));
    let asked = Asked {
        request: office.new_id(),
        address: String::new(),
        at: now,
        once: None,
    };
    office.keep_as(change, "system", None, &asked, deed, None).await
}

/// A job whose run has ended already: the program was killed between nothing and nothing, or somebody cancelled it.
async fn finish_job(office: &Office, job: &Job, worker: &str, run: &Run) -> Result<(), Fault> {
    let state = match run.state {
        RunState::Done => JobState::Done,
        RunState::Cancelled => JobState::Cancelled,
        _ => JobState::Failed,
    };
    let place = format!("/api/v1/runs/{}", run.id);
    let up = office.store.upkeep().await?;
    up.end_job(job.id, worker, state, Some(&place), None, office.now())
        .await?;
    Ok(up.commit().await?)
}

fn lang(job: &Job) -> String {
    let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let lang = payload.get("lang").and_then(Value::as_str);
    lang.unwrap_or("zh").to_owned()
}

/// A kept sentence in one language.
pub(super) fn in_words(error: &str, lang: &str) -> String {
    let kept: Value = serde_json::from_str(error).unwrap_or_default();
    kept.get(lang).and_then(Value::as_str).unwrap_or(error).to_owned()
}

/// The folder of a run, relative to the office's.
pub(super) fn folder_of(run: &Run) -> String {
    format!("runs/{}", run.id)
}

/// All steps of a run, each passed over where an earlier attempt has done it.
async fn do_run(office: &Office, job: &Job, run: &Run, stop: &Arc<Stop>) -> Result<RunEnd, Fault> {
    let folder = office.folder().join(folder_of(run));
    let policies = policies_of(run);
    stop.at("freezing");
    stop.check()?;
    let mut regulations = Vec::new();
    for policy in &policies {
        let regulation = office.policy(&office.store, &policy.id).await?;
        let document = regulation.usable().map_err(from_app)?;
        if regulation.manifest_entry(document).sha256 != policy.hash {
            return Err(Fault::Refused(
                Message::new("app-run-policy-changed").with("policy", policy.id.as_str()),
            ));
        }
        regulations.push(regulation);
    }
    let (roster, snapshot) = snapshot_of(office, run, &regulations, &folder, stop).await?;
    let data = folder.join("data");
    let mut done = 0;
    let mut expected: Vec<Expected> = Vec::new();
    let mut manifests: Vec<(PolicyOf, Manifest)> = Vec::new();
    let mut wrong = Vec::new();
    let noted = office.store.run_chunks(run.id).await?;
    let total = roster.rows.len() * policies.len();
    for ((number, policy), regulation) in (0..).zip(&policies).zip(regulations) {
        stop.check()?;
        let terms = reckon::Terms {
            regulation,
            data: data.clone(),
            as_of: run.as_of,
            out: folder.join(&policy.id),
            lang: if lang(job) == "en" { Lang::En } else { Lang::Zh },
            write: match roster.rows.len() > MOST_IN_BOOKS {
                true => Write::Grades,
                false => Write::All,
            },
            threads: None,
        };
        let (told, rows) = (Arc::clone(stop), Arc::clone(&roster));
        let reckoned = tokio::task::spawn_blocking(move || {
            let (manifest, rated) = reckon::reckon(&terms, &told)?;
            let of_customers = reckon::is_of_customers(&rated);
            let expected = of_customers.then(|| reckon::expected(number, &rated, &manifest, &rows));
            Ok::<_, crate::error::AppError>((manifest, Arc::new(rated), expected))
        });
        let (manifest, rated, this) = reckoned.await.map_err(Fault::broken)?.map_err(from_app)?;
        wrong.extend(gate::weights(&rated.main.level.compiled.plan));
        if let Some(this) = this {
            stop.at("keeping");
            let before: usize = expected.iter().map(|policy| policy.chunks.len()).sum();
            let order = reckon::order(&rated, &roster);
            for (at, piece) in order.chunks(CHUNK).enumerate() {
                stop.check()?;
                let chunk = before + at;
                if noted.len() <= chunk {
                    let checksum = this.chunks.get(at).map(|(_, sum)| sum.clone()).unwrap_or_default();
                    keep(office, run, number, chunk, checksum, piece, &rated).await?;
                }
                done += piece.len();
                stop.kept(done, total);
            }
            expected.push(this);
        }
        manifests.push((policy.clone(), manifest));
    }
    stop.at("checking");
    wrong.extend(freeze::check(&data, &snapshot).map_err(from_app)?);
    wrong.extend(gate::chunks(&office.store.run_chunks(run.id).await?, &expected));
    for policy in &expected {
        wrong.extend(pass(office, run, policy, stop).await?);
    }
    if let Some(first) = wrong.first() {
        return Err(Fault::Refused(
            Message::new("app-gate-stopped")
                .with("why", first.clone())
                .with("n", wrong.len()),
        ));
    }
    Ok(RunEnd {
        state: RunState::Done,
        snapshot_hash: Some(snapshot_hash(&manifests)),
        policy_hash: Some(digest::of_parts(
            manifests
                .iter()
                .map(|(policy, manifest)| (policy.id.as_str(), manifest.policy.sha256.as_str())),
        )),
        folder: Some(folder_of(run)),
        subjects: i64::try_from(roster.rows.len()).map_err(Fault::broken)?,
        counts: Some(counts(&manifests).to_string()),
        error: None,
    })
}

async fn snapshot_of(
    office: &Office,
    run: &Run,
    regulations: &[Arc<crate::regulation::Regulation>],
    folder: &std::path::Path,
    stop: &Stop,
) -> Result<(Arc<Roster>, Snapshot), Fault> {
    let mut levels = Vec::new();
    for regulation in regulations {
        levels.extend(regulation.levels(run.as_of).map_err(from_app)?);
    }
    let kinds = freeze::kinds_of(&levels, &office.kinds(&office.store).await?);
    let terms = freeze::Terms {
        as_of: run.as_of,
        as_known: run.as_known,
        whom: Whom::Everybody,
        kinds: &kinds,
    };
    let roster = Arc::new(freeze::roster(&office.store, &terms).await?);
    let data: PathBuf = folder.join("data");
    let snapshot = match freeze::kept(&data) {
        Some(snapshot) => snapshot,
        None => freeze::freeze(&office.store, &terms, &roster, &data, stop).await?,
    };
    if roster.rows.is_empty() {
        return Err(Fault::refused("app-run-nobody"));
    }
    Ok((roster, snapshot))
}

/// Keeps one chunk. The rows are made before the writing begins, so that others wait for the writing alone.
async fn keep(
    office: &Office,
    run: &Run,
    policy: i64,
    number: usize,
    checksum: String,
    piece: &[(CustomerId, usize)],
    rated: &crate::rated::Rated,
) -> Result<(), Fault> {
    let (Some((first, _)), Some((last, _))) = (piece.first(), piece.last()) else {
        return Ok(());
    };
    let rows: Vec<(i64, Graded)> = piece
        .iter()
        .map(|(customer, row)| (policy, graded(&rated.main, *row, *customer)))
        .collect();
    let chunk = RunChunk {
        chunk: i64::try_from(number).map_err(Fault::broken)?,
        first: *first,
        last: *last,
        row_count: i64::try_from(rows.len()).map_err(Fault::broken)?,
        checksum,
    };
    let up = office.store.upkeep().await?;
    up.keep_chunk(run.id, &chunk, rows, office.now()).await?;
    Ok(up.commit().await?)
}

/// Leads all kept rows of a policy past the gate.
async fn pass(office: &Office, run: &Run, expected: &Expected, stop: &Stop) -> Result<Vec<Message>, Fault> {
    let mut gate = Gate::new(expected);
    let mut after = CustomerId(i64::MIN);
    loop {
        stop.check()?;
        let page = office.store.results(run.id, expected.policy, after, 20_000).await?;
        let Some(last) = page.last() else { break };
        after = last.customer;
        page.iter().for_each(|row| gate.row(row));
    }
    Ok(gate.finish())
}

fn snapshot_hash(manifests: &[(PolicyOf, Manifest)]) -> String {
    let names: Vec<(String, &str)> = manifests
        .iter()
        .flat_map(|(policy, manifest)| {
            let of = |entry| -> (String, &str) {
                let entry: &crate::manifest::SnapshotEntry = entry;
                (format!("{}/{}", policy.id, entry.file), entry.content.as_str())
            };
            manifest.snapshot.iter().map(of).collect::<Vec<_>>()
        })
        .collect();
    digest::of_parts(names.iter().map(|(name, content)| (name.as_str(), *content)))
}

/// What is counted, by policy: the page of a run shows it without looking into its files.
fn counts(manifests: &[(PolicyOf, Manifest)]) -> Value {
    let one = |(policy, manifest): &(PolicyOf, Manifest)| {
        let grades = manifest
            .grades
            .iter()
            .map(|grade| json!({ "id": grade.id, "customers": grade.customers }));
        let files = manifest.outputs.iter().map(|file| {
            json!({
                "name": format!("{}/{}", policy.id, file.file), "bytes": file.bytes, "sha256": file.sha256,
            })
        });
        json!({
            "policy": policy.id,
            "subjects": manifest.counts.customers,
            "graded": manifest.counts.graded,
            "ungraded": manifest.counts.ungraded,
            "grades": grades.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        })
    };
    Value::Array(manifests.iter().map(one).collect())
}

/// What the reckoning says, as the office says it.
pub(super) fn from_app(error: crate::error::AppError) -> Fault {
    use crate::error::AppError;
    match error {
        AppError::Findings(remarks) => {
            let first = remarks
                .iter()
                .find(|remark| remark.is_error)
                .map(|remark| remark.message.clone());
            Fault::Refused(first.unwrap_or_else(|| Message::new("app-policy-has-errors").with("n", remarks.len())))
        }
        AppError::Lacking(lacking) => {
            let names: Vec<String> = lacking.lacks.iter().map(|lack| lack.id.clone()).collect();
            Fault::Refused(Message::new("app-run-lacks").with("what", names.join(", ")))
        }
        AppError::BadCells(bad) => {
            let first = bad.cells.first().map(|cell| cell.message.clone());
            let why = first.unwrap_or_else(|| Message::new("app-bad-cells").with("n", bad.total));
            let place = bad
                .cells
                .first()
                .map(|cell| format!("{} {}", cell.file, cell.address))
                .unwrap_or_default();
            Fault::Refused(Message::new("app-run-bad-values").with("place", place).with("why", why))
        }
        AppError::Refused(message) => Fault::Refused(message),
        error @ AppError::Failed(_) => Fault::Refused(error.message()),
    }
}
