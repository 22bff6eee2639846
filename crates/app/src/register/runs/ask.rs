//! Asking for a run, and asking it to stop. 发起与取消

use pinji_access::{Relation, Resource, State, What};
use pinji_domain::{Date, Lang, Message, Role, RunId, Timestamp, UserId};
use pinji_store::{Change, NewJob, NewRun, Run, RunEnd, RunState, UserState};
use serde_json::{Value, json};

use super::reach;
use super::show::{self, RunView};
use super::work::{KIND, from_app};
use crate::derive::ENGINE;
use crate::register::deed::Deed;
use crate::register::{Action, Answer, Asked, Caller, Fault, Office, Wrong};

/// More policies than these are not run at once.
const MOST_POLICIES: usize = 10;

/// What is asked for. 评级请求
pub struct Wanted {
    /// Its name for people; made of policies and day where none is given.
    pub name: Option<String>,
    /// The policies' ids, in their order.
    pub policies: Vec<String>,
    /// The day that is graded.
    pub as_of: Date,
    /// Up to when it was known; now if not said.
    pub known_at: Option<Timestamp>,
    /// The run that it is compared with.
    pub previous: Option<RunId>,
    /// The language of workbook and report.
    pub lang: Lang,
}

/// In whose name a run is made that nobody is signed in for: somebody at the office's own folder. 经办人
pub struct By {
    /// The name to sign in with.
    pub login: String,
}

/// A policy of a run as it was when it was asked for.
struct Chosen {
    id: String,
    version: String,
    hash: String,
}

/// Asks for a run; a job does it. 发起评级
pub async fn create(
    office: &Office,
    caller: &Caller,
    wanted: Wanted,
    words: impl Fn(&RunView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let new = Resource::new(What::Run).related(Relation::OtherTeam).at(State::Draft);
    office.authorize(caller, Action::RunCreate, &new)?;
    let chosen = checked(office, &wanted, caller.asked.at).await?;
    let change = office.store.change(caller.asked.at).await?;
    let run = add(&change, &wanted, &chosen, caller.user, caller.asked.at).await?;
    let answer = words(&show::view(&run));
    office.keep(change, caller, asked_for(&run), answer).await
}

/// The same for the command line, at the office's own folder: whoever reads that needs no leave, but is named. 命令行发起评级
pub async fn create_here(office: &Office, by: &By, wanted: Wanted) -> Result<RunView, Fault> {
    let now = office.now();
    let unknown = || Fault::Refused(Message::new("app-run-by-unknown").with("login", by.login.as_str()));
    let user = office.store.user_by_login(by.login.trim()).await?.ok_or_else(unknown)?;
    let roles = office.store.roles_of(user.id, now).await?;
    if user.state != UserState::Active || !roles.contains(&Role::RatingAdministrator) {
        return Err(unknown());
    }
    let chosen = checked(office, &wanted, now).await?;
    let change = office.store.change(now).await?;
    let run = add(&change, &wanted, &chosen, user.id, now).await?;
    let asked = Asked {
        request: office.new_id(),
        address: "local".to_owned(),
        at: now,
        once: None,
    };
    let behalf = Some(format!("user:{}", user.id));
    office
        .keep_as(change, "system", behalf, &asked, asked_for(&run), None)
        .await?;
    Ok(show::view(&run))
}

/// Asks a run to stop: at once where it waits, else where nothing is half done. 取消评级
pub async fn cancel(
    office: &Office,
    caller: &Caller,
    id: RunId,
    words: impl Fn(&RunView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let run = show::there(office, caller, &change, id).await?;
    office.authorize(caller, Action::RunCancel, &reach::run(&run))?;
    let before = entry_of(&run);
    let asked = match run.job {
        Some(job) => change.cancel_job(job, change.at()).await?,
        None => false,
    };
    if !asked {
        return Err(Fault::refused("app-run-over"));
    }
    // A job that nobody has begun will not be begun any more, so its run ends here.
    if run.state == RunState::Created {
        let end = RunEnd {
            state: RunState::Cancelled,
            snapshot_hash: None,
            policy_hash: None,
            folder: None,
            subjects: 0,
            counts: None,
            error: None,
        };
        let job = match run.job {
            Some(job) => change.job(job).await?,
            None => None,
        };
        if job.is_some_and(|job| job.finished_at.is_some()) {
            change.end_run(id, run.version, &end).await?;
        }
    }
    let run = change.run_by_id(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&show::view(&run));
    let deed = Deed::new(Action::RunCancel.code(), format!("run:{id}"))
        .before(before)
        .after(entry_of(&run))
        .under(versions_of(&run));
    office.keep(change, caller, deed, answer).await
}

/// Everything that is wrong with what was asked, at once; the policies as they stand.
async fn checked(office: &Office, wanted: &Wanted, now: Timestamp) -> Result<Vec<Chosen>, Fault> {
    let (mut wrong, mut chosen) = (Vec::new(), Vec::new());
    if wanted.policies.is_empty() || wanted.policies.len() > MOST_POLICIES {
        let message = Message::new("app-run-policies").with("most", MOST_POLICIES);
        wrong.push(Wrong::at("/policies", message));
    }
    for (at, id) in wanted.policies.iter().take(MOST_POLICIES).enumerate() {
        let pointer = format!("/policies/{at}");
        if wanted.policies.iter().take(at).any(|earlier| earlier == id) {
            wrong.push(Wrong::at(
                pointer,
                Message::new("app-run-policy-twice").with("policy", id.as_str()),
            ));
            continue;
        }
        let regulation = match office.policy(&office.store, id).await {
            Ok(regulation) => regulation,
            Err(Fault::Absent) => {
                let names = office.policies(&office.store).await?;
                let names: Vec<&str> = names.iter().map(|policy| policy.id.as_str()).collect();
                let message = Message::new("app-run-policy-unknown").with("policy", id.as_str());
                wrong.push(Wrong::at(pointer, message.with("names", names.join(", "))));
                continue;
            }
            Err(Fault::Refused(says)) => {
                wrong.push(Wrong::at(pointer, says));
                continue;
            }
            Err(other) => return Err(other),
        };
        // The date brings findings of its own: a rate that is not there yet, a table that ends.
        match regulation.levels(wanted.as_of) {
            Ok(_) => {}
            Err(error) => {
                if let Fault::Refused(says) = from_app(error) {
                    let message = Message::new("app-run-policy-findings").with("policy", id.as_str());
                    wrong.push(Wrong::at(pointer, message.with("says", says)));
                }
                continue;
            }
        }
        if let Ok(document) = regulation.usable() {
            chosen.push(Chosen {
                id: id.clone(),
                version: document.version.clone(),
                hash: regulation.manifest_entry(document).sha256,
            });
        }
    }
    // The last change may be a little ahead of the clock: its instants are all different.
    let latest = now.max(office.store.known_until().await?);
    if wanted.known_at.is_some_and(|known| known > latest) {
        wrong.push(Wrong::at("/known_at", Message::new("app-run-known-later")));
    }
    if wanted.name.as_deref().is_some_and(|name| {
        let name = name.trim();
        name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control)
    }) {
        wrong.push(Wrong::at("/name", Message::new("app-line-form").with("most", 200_i64)));
    }
    if let Some(previous) = wanted.previous {
        let known = office.store.run_by_id(previous).await?;
        if known.is_none_or(|run| run.state != RunState::Done) {
            wrong.push(Wrong::at("/previous", Message::new("app-run-previous-unknown")));
        }
    }
    match wrong.is_empty() {
        true => Ok(chosen),
        false => Err(Fault::Invalid(wrong)),
    }
}

async fn add(change: &Change, wanted: &Wanted, chosen: &[Chosen], by: UserId, now: Timestamp) -> Result<Run, Fault> {
    let payload = json!({ "lang": wanted.lang.code() });
    let job = change
        .put(NewJob {
            kind: KIND.to_owned(),
            payload: payload.to_string(),
            created_by: Some(by),
            created_at: change.at(),
            // The change's instant may be a little later than the clock, and the job is due at once.
            due_at: now.min(change.at()),
        })
        .await?;
    let policies: Vec<Value> = chosen
        .iter()
        .map(|policy| json!({ "id": policy.id, "version": policy.version, "hash": policy.hash }))
        .collect();
    let ids: Vec<&str> = chosen.iter().map(|policy| policy.id.as_str()).collect();
    let made = || format!("{} {}", ids.join(" + "), pinji_locale::date(wanted.as_of));
    let name = wanted.name.as_deref().map_or_else(made, |name| name.trim().to_owned());
    let id = change
        .add(NewRun {
            name,
            policies: Value::from(policies).to_string(),
            as_of: wanted.as_of,
            as_known: wanted.known_at.unwrap_or(change.at()),
            engine: ENGINE.to_owned(),
            previous: wanted.previous,
            created_by: by,
            created_at: change.at(),
            job: Some(job),
        })
        .await?;
    change.run_by_id(id).await?.ok_or(Fault::Absent)
}

fn asked_for(run: &Run) -> Deed {
    Deed::new(Action::RunCreate.code(), format!("run:{}", run.id))
        .after(entry_of(run))
        .under(versions_of(run))
}

/// The policies of a run with their versions, for the ledger.
pub(super) fn versions_of(run: &Run) -> String {
    let named = show::policies_of(run).into_iter();
    let named: Vec<String> = named
        .map(|policy| format!("{} {}", policy.id, policy.version))
        .collect();
    named.join(", ")
}

pub(super) fn entry_of(run: &Run) -> Value {
    json!({
        "state": run.state.code(), "policies": serde_json::from_str::<Value>(&run.policies).unwrap_or_default(),
        "as_of": pinji_locale::date(run.as_of), "as_known": run.as_known.to_string(), "engine": run.engine,
        "job": run.job.map(|job| job.0), "version": run.version,
    })
}
