//! The worker of runs: takes the job, does it step by step, and ends the run. 批次执行
//!
//! All that a step leaves is whole or not there: the frozen folder and the policies' folders appear by rename, chunks are
//! kept with their checksums in one transaction. So a worker that was killed loses one step, and the next goes on there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pinji_domain::{CustomerId, GroupId, Lang, Message};
use pinji_locale::say;
use pinji_store::{GoOn, Graded, Job, JobState, Run, RunChunk, RunEnd, RunState, Subject};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::ask::versions_of;
use super::by_reference;
use super::freeze::{self, Listed, Snapshot, Whom};
use super::gate::{self, Expected, Gate};
use super::lines::CHUNK;
use super::reckon::{self, MOST_IN_BOOKS};
use super::show::{PolicyOf, policies_of};
use super::stop::Stop;
use crate::derive::Write;
use crate::digest;
use crate::manifest::Manifest;
use crate::rated::Rated;
use crate::register::deed::Deed;
use crate::register::{Asked, Fault, Office};

/// The jobs that this worker does.
pub(super) const KIND: &str = "run";
/// What the counts say of whom a policy grades.
pub(super) const OF_GROUPS: &str = "groups";
const OF_CUSTOMERS: &str = "customers";
/// How long a worker that is silent keeps its job. Short, so that a run goes on soon after its program was killed.
const LEASE_SECONDS: i64 = 10;
/// How often the worker says how far it is.
const BEAT: Duration = Duration::from_secs(1);
/// How often an idle worker looks for jobs.
const PACE: Duration = Duration::from_millis(500);

/// How many kept rows the gate looks at at once.
const PAGE: u32 = 20_000;

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
    let deed = deed.under(versions_of(run));
    let asked = Asked {
        request: office.new_id(),
        address: String::new(),
        at: now,
        once: None,
    };
    office.keep_as(change, "system", None, &asked, deed, None).await?;
    if end.state == RunState::Done
        && let Err(error) = office.store.tend().await
    {
        // Lists of these results are slower until the database has looked at them of itself.
        tracing::warn!(task = "runs", run = run.id.0, error = %error, "the store could not be tended after a run");
    }
    Ok(())
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
    let (lists, snapshot) = snapshot_of(office, run, &regulations, &folder, stop).await?;
    let lists = Arc::new(lists);
    let data = folder.join("data");
    let linked = by_reference::all_linked(office, &snapshot.linked).await?;
    let mut expected: Vec<Whose> = Vec::new();
    let mut manifests: Vec<(PolicyOf, bool, Manifest)> = Vec::new();
    let mut wrong = Vec::new();
    let mut keeping = Keeping {
        office,
        run,
        noted: office.store.run_chunks(run.id).await?.len(),
        chunks: Vec::new(),
        done: 0,
        total: regulations.iter().map(|one| lists.count(of_groups(one))).sum(),
    };
    for ((number, policy), regulation) in (0..).zip(&policies).zip(regulations) {
        stop.check()?;
        let terms = reckon::Terms {
            regulation,
            data: data.clone(),
            as_of: run.as_of,
            out: folder.join(&policy.id),
            lang: if lang(job) == "en" { Lang::En } else { Lang::Zh },
            write: match lists.customers.len() > MOST_IN_BOOKS {
                true => Write::Grades,
                false => Write::All,
            },
            threads: None,
            linked: Arc::clone(&linked),
        };
        let (told, known) = (Arc::clone(stop), Arc::clone(&lists));
        let reckoned = tokio::task::spawn_blocking(move || {
            let (manifest, rated) = reckon::reckon(&terms, &told)?;
            let expected = match reckon::is_of_groups(&rated) {
                true => Whose::Groups(reckon::expected(number, &manifest, &known.groups)),
                false => Whose::Customers(reckon::expected(number, &manifest, &known.customers)),
            };
            Ok::<_, crate::error::AppError>((manifest, Arc::new(rated), expected))
        });
        let refused = |error| by_reference::lacking(&error, &linked).unwrap_or_else(|| from_app(error));
        let (manifest, rated, mut this) = reckoned.await.map_err(Fault::broken)?.map_err(refused)?;
        wrong.extend(gate::weights(&rated.main.level.compiled.plan));
        stop.at("keeping");
        match &mut this {
            Whose::Customers(this) => keeping.all(this, &lists.customers, &rated, stop).await?,
            Whose::Groups(this) => keeping.all(this, &lists.groups, &rated, stop).await?,
        }
        expected.push(this);
        manifests.push((policy.clone(), reckon::is_of_groups(&rated), manifest));
    }
    stop.at("checking");
    // What was read is added up again while the results pass the gate.
    let (at, frozen) = (data.clone(), snapshot.clone());
    let inputs = tokio::task::spawn_blocking(move || freeze::check(&at, &frozen));
    wrong.extend(by_reference::all_again(office, &snapshot.linked).await?);
    wrong.extend(gate::chunks(&office.store.run_chunks(run.id).await?, &keeping.chunks));
    for policy in expected {
        wrong.extend(match policy {
            Whose::Customers(expected) => pass(office, run, expected, stop).await?,
            Whose::Groups(expected) => pass(office, run, expected, stop).await?,
        });
    }
    wrong.extend(inputs.await.map_err(Fault::broken)?.map_err(from_app)?);
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
                .map(|(policy, _, manifest)| (policy.id.as_str(), manifest.policy.sha256.as_str())),
        )),
        folder: Some(folder_of(run)),
        subjects: i64::try_from(lists.customers.len()).map_err(Fault::broken)?,
        counts: Some(counts(&manifests).to_string()),
        error: None,
    })
}

/// What is expected of a policy's results: of customers, or of groups.
enum Whose {
    Customers(Expected<CustomerId>),
    Groups(Expected<GroupId>),
}

/// Whom the policies of a run grade.
struct Lists {
    customers: Vec<Listed<CustomerId>>,
    groups: Vec<Listed<GroupId>>,
}

impl Lists {
    fn count(&self, groups: bool) -> usize {
        if groups {
            self.groups.len()
        } else {
            self.customers.len()
        }
    }
}

fn of_groups(regulation: &crate::regulation::Regulation) -> bool {
    let document = regulation.document.as_ref();
    document.is_some_and(|document| document.subject == pinji_policy::document::Subject::Group)
}

async fn snapshot_of(
    office: &Office,
    run: &Run,
    regulations: &[Arc<crate::regulation::Regulation>],
    folder: &std::path::Path,
    stop: &Arc<Stop>,
) -> Result<(Lists, Snapshot), Fault> {
    let mut levels = Vec::new();
    for regulation in regulations {
        levels.extend(regulation.levels(run.as_of).map_err(from_app)?);
    }
    let mut kinds = freeze::kinds_of(&levels, &office.kinds(&office.store).await?);
    let data: PathBuf = folder.join("data");
    let kept = freeze::kept(&data);
    let pinned = match &kept {
        // What was pinned once stays so: the gate looks whether it is still true.
        Some(snapshot) => snapshot.linked.clone(),
        None => {
            let links = freeze::links_of(&office.store, &mut kinds, (run.as_of, run.as_known)).await?;
            freeze::pinned(office, links, stop).await?
        }
    };
    let terms = freeze::Terms {
        as_of: run.as_of,
        as_known: run.as_known,
        whom: Whom::Everybody,
        kinds: &kinds,
        linked: &pinned,
    };
    let roster = Arc::new(freeze::roster(&office.store, &terms).await?);
    let memberships = Arc::new(freeze::memberships(&office.store, &terms).await?);
    let snapshot = match kept {
        Some(snapshot) => snapshot,
        None => freeze::freeze(&office.store, &terms, &roster, &memberships, &data, stop).await?,
    };
    if roster.rows.is_empty() {
        return Err(Fault::refused("app-run-nobody"));
    }
    let lists = Lists {
        customers: roster.listed(),
        groups: freeze::groups_of(&memberships, &roster),
    };
    Ok((lists, snapshot))
}

/// Keeping the results of a run's policies, one after another, chunk by chunk.
struct Keeping<'a> {
    office: &'a Office,
    run: &'a Run,
    /// How many chunks an earlier attempt kept.
    noted: usize,
    /// How many rows each chunk must have, and its checksum, over all policies so far.
    chunks: Vec<(i64, String)>,
    done: usize,
    total: usize,
}

/// The rows of a chunk, and their checksum.
type Made<S> = (Vec<(i64, Graded<S>)>, String);

impl Keeping<'_> {
    /// Keeps what is not kept yet of one policy. The rows of a chunk are made while the one before it is written.
    async fn all<S: Subject + Send + Sync + 'static>(
        &mut self,
        this: &mut Expected<S>,
        listed: &[Listed<S>],
        rated: &Arc<Rated>,
        stop: &Stop,
    ) -> Result<(), Fault> {
        let order = reckon::order(rated, listed);
        let mut pieces = order.chunks(CHUNK);
        let mut making = pieces.next().map(|piece| make(this.policy, rated, piece));
        while let Some(made) = making.take() {
            let (rows, checksum) = made.await.map_err(Fault::broken)?;
            stop.check()?;
            making = pieces.next().map(|piece| make(this.policy, rated, piece));
            let (number, count) = (self.chunks.len(), rows.len());
            if self.noted <= number {
                self.keep(number, &checksum, rows).await?;
            }
            this.chunks.push((count as i64, checksum.clone()));
            self.chunks.push((count as i64, checksum));
            self.done += count;
            stop.kept(self.done, self.total);
        }
        Ok(())
    }

    /// Keeps one chunk.
    async fn keep<S: Subject>(&self, number: usize, checksum: &str, rows: Vec<(i64, Graded<S>)>) -> Result<(), Fault> {
        let (Some((_, first)), Some((_, last))) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let chunk = RunChunk {
            chunk: i64::try_from(number).map_err(Fault::broken)?,
            first: first.subject.number(),
            last: last.subject.number(),
            row_count: i64::try_from(rows.len()).map_err(Fault::broken)?,
            checksum: checksum.to_owned(),
        };
        let up = self.office.store.upkeep().await?;
        up.keep_chunk(self.run.id, &chunk, rows, self.office.now()).await?;
        Ok(up.commit().await?)
    }
}

/// Makes the rows of a chunk, on a thread of its own.
fn make<S: Subject + Send + 'static>(policy: i64, rated: &Arc<Rated>, piece: &[(S, usize)]) -> JoinHandle<Made<S>> {
    let (rated, piece) = (Arc::clone(rated), piece.to_vec());
    tokio::task::spawn_blocking(move || reckon::chunk(policy, &rated, &piece))
}

/// Leads all kept rows of a policy past the gate: a page is looked at while the next one is fetched.
async fn pass<S: Subject + Send + Sync + 'static>(
    office: &Office,
    run: &Run,
    expected: Expected<S>,
    stop: &Stop,
) -> Result<Vec<Message>, Fault> {
    let (policy, expected) = (expected.policy, Arc::new(expected));
    let mut gate = Gate::new(&expected);
    let mut page = office.store.results(run.id, policy, S::of(i64::MIN), PAGE).await?;
    while let Some(last) = page.last() {
        stop.check()?;
        let after = last.subject;
        let looking = tokio::task::spawn_blocking(move || {
            page.iter().for_each(|row| gate.row(row));
            gate
        });
        let next = office.store.results(run.id, policy, after, PAGE).await;
        gate = looking.await.map_err(Fault::broken)?;
        page = next?;
    }
    Ok(gate.finish())
}

fn snapshot_hash(manifests: &[(PolicyOf, bool, Manifest)]) -> String {
    let names: Vec<(String, &str)> = manifests
        .iter()
        .flat_map(|(policy, _, manifest)| {
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
fn counts(manifests: &[(PolicyOf, bool, Manifest)]) -> Value {
    let one = |(policy, groups, manifest): &(PolicyOf, bool, Manifest)| {
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
            "of": if *groups { OF_GROUPS } else { OF_CUSTOMERS },
            "subjects": manifest.counts.customers,
            "graded": manifest.counts.graded,
            "ungraded": manifest.counts.ungraded,
            "grades": grades.collect::<Vec<_>>(),
            "linked": by_reference::counts(manifest),
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
            if let Some((cell, group)) = bad.cells.first().and_then(|cell| Some((cell, cell.row_group?))) {
                let message = Message::new("app-run-bad-row")
                    .with("n", bad.total)
                    .with("file", cell.file.as_str())
                    .with("group", i64::try_from(group).unwrap_or(i64::MAX))
                    .with("row", i64::try_from(cell.row).unwrap_or(i64::MAX))
                    .with("heading", cell.heading.as_str());
                return Fault::Refused(message.with("why", why));
            }
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
