//! One customer: its grade in a run, explained; and graded alone at once, with the same bytes as in the batch. 单户结果与重评
//!
//! Both freeze this customer alone and reckon it by the same functions as a run. A subject's result depends on its own row and
//! the policy only, so the bytes are those of the batch; where they are not, that is said and not hidden. Where its group's
//! grade bounds it, the members of the group are frozen with it, and nobody else.

use std::sync::Arc;

use pinji_domain::{CustomerId, Date, Lang, Message, RunId, Secrecy, Timestamp};
use pinji_policy::document;
use pinji_store::{Customer, Graded, Run, Subject, View};
use serde_json::Value;

use super::freeze::{self, Listed, Whom};
use super::lines;
use super::reckon;
use super::show::{self, Of, policy_of};
use super::stop::Stop;
use super::work::from_app;
use crate::derive::Write;
use crate::explain::{Explanation, of_row};
use crate::manifest::Manifest;
use crate::register::deed::Deed;
use crate::register::groups::Memberships;
use crate::register::reach::model_grade;
use crate::register::{Action, Answer, Caller, Fault, Office, permits};
use crate::regulation::{Level, Regulation};

/// A customer's grade, with its reasons in words. 等级与理由
#[derive(Debug, Clone)]
pub struct Explained {
    /// The customer's number.
    pub customer: String,
    /// The policy.
    pub policy: String,
    /// The day.
    pub as_of: Date,
    /// Up to when it was known.
    pub known_at: Timestamp,
    /// The grade; `None` for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The scores.
    pub scores: Value,
    /// The reasons by their ids.
    pub reasons: Value,
    /// The line of the run's grades, as it is compared and hashed.
    pub line: String,
    /// Why, in words; `None` where they were not asked for, or the figures that it stood on are not there any more.
    pub explanation: Option<Explanation>,
}

/// What a customer is graded by, alone. 单户重评请求
pub struct Alone {
    /// The policy's id.
    pub policy: String,
    /// The day that is graded.
    pub as_of: Date,
    /// Up to when it was known; now if not said.
    pub known_at: Option<Timestamp>,
    /// The language of the reasons.
    pub lang: Lang,
}

/// A customer's grade in a run; with its reasons in words, where a language is named, which costs as much as a regrade. 查看等级
pub async fn grade(
    office: &Office,
    caller: &Caller,
    id: RunId,
    policy: Option<&str>,
    code: &str,
    lang: Option<Lang>,
) -> Result<Explained, Fault> {
    let run = show::done(show::there(office, caller, &office.store, id).await?)?;
    let (number, policy) = policy_of(&run, policy, Of::Customers)?;
    let customer = office.store.customer_by_code(code).await?.ok_or(Fault::Absent)?;
    if !office.may(caller, Action::GradeRead, &model_grade(&customer, caller)) {
        return Err(Fault::Absent);
    }
    let kept = office
        .store
        .graded(id, number, customer.id)
        .await?
        .ok_or(Fault::Absent)?;
    if customer.secrecy == Secrecy::Confidential {
        permits::note_readings(office, caller, [customer.id], "grade").await?;
    }
    let terms = run_terms(&run);
    let Some(lang) = lang else {
        return Ok(explained(&customer, &policy.id, &terms, &kept, None));
    };
    // Linked records may be others by now, or may not have been linked then, and to read them all for one customer is long:
    // the run's own measures tell.
    let from_run = reads_linked(office, &run, &policy.id) || !office.store.links_in_force().await?.is_empty();
    let again = match regulation_of(office, &run, &policy.id, &policy.hash).await? {
        Some(regulation) if from_run => of_folder(office, &run, &policy.id, regulation, &customer, lang).await?,
        // What was known then is still known to have been known then; so it can be reckoned again, and explained.
        Some(regulation) => Some(customer_alone(office, &office.store, &terms, regulation, &customer, lang).await?),
        None => None,
    };
    let explanation = again
        .filter(|(row, _)| row.line == kept.line)
        .map(|(_, explanation)| explanation);
    Ok(explained(&customer, &policy.id, &terms, &kept, explanation))
}

/// Grades one customer alone, by what is known now or was known then. 单户重评
pub async fn regrade(
    office: &Office,
    caller: &Caller,
    code: &str,
    wanted: Alone,
    words: impl Fn(&Explained) -> Answer + Send,
) -> Result<Answer, Fault> {
    let Alone {
        policy,
        as_of,
        known_at,
        lang,
    } = wanted;
    let policy = policy.as_str();
    let customer = office.store.customer_by_code(code).await?.ok_or(Fault::Absent)?;
    let about = model_grade(&customer, caller);
    if !office.may(caller, Action::GradeRead, &about) {
        return Err(Fault::Absent);
    }
    office.authorize(caller, Action::GradeRegrade, &about)?;
    // The last change may be a little ahead of the clock: its instants are all different.
    let latest = caller.asked.at.max(office.store.known_until().await?);
    if known_at.is_some_and(|known| known > latest) {
        return Err(Fault::field("/known_at", Message::new("app-run-known-later")));
    }
    let regulation = office
        .policy(&office.store, policy)
        .await
        .map_err(|fault| match fault {
            Fault::Absent => {
                let message = Message::new("app-run-policy-unknown").with("policy", policy);
                Fault::field("/policy", message.with("names", crate::shipped::names().join(", ")))
            }
            other => other,
        })?;
    let known_at = match known_at {
        Some(known) => known,
        None => office.store.known_until().await?,
    };
    let terms = OneTerms { as_of, known_at };
    let version = regulation.usable().map_err(from_app)?.version.clone();
    let (row, explanation) = customer_alone(office, &office.store, &terms, regulation, &customer, lang).await?;
    if customer.secrecy == Secrecy::Confidential {
        permits::note_readings(office, caller, [customer.id], "grade").await?;
    }
    let view = explained(&customer, policy, &terms, &row, Some(explanation));
    let answer = words(&view);
    let change = office.store.change(caller.asked.at).await?;
    let deed = Deed::new(Action::GradeRegrade.code(), format!("customer:{}", customer.id))
        .under(format!("{policy} {version}"))
        .fact("policy", policy)
        .fact("as_of", pinji_locale::date(as_of))
        .fact("as_known", known_at.to_string())
        .fact("line", pinji_ledger::digest(&row.line));
    office.keep(change, caller, deed, answer).await
}

/// Of which day, and known up to when.
pub(super) struct OneTerms {
    pub(super) as_of: Date,
    pub(super) known_at: Timestamp,
}

pub(super) fn run_terms(run: &Run) -> OneTerms {
    OneTerms {
        as_of: run.as_of,
        known_at: run.as_known,
    }
}

/// The policy as it was at the run: the one in force, where it is the same, else that of the run's folder.
pub(crate) async fn regulation_of(
    office: &Office,
    run: &Run,
    id: &str,
    hash: &str,
) -> Result<Option<Arc<Regulation>>, Fault> {
    match office.policy(&office.store, id).await {
        Ok(now) => {
            let document = now.usable().map_err(from_app)?;
            if now.manifest_entry(document).sha256 == hash {
                return Ok(Some(now));
            }
        }
        Err(Fault::Absent | Fault::Refused(_)) => {}
        Err(other) => return Err(other),
    }
    let Some(folder) = &run.folder else { return Ok(None) };
    let folder = office.folder().join(folder).join(id);
    let Ok(manifest) = Manifest::read(&folder) else {
        return Ok(None);
    };
    let kept = Regulation::of_run(&folder, &manifest).ok();
    Ok(kept.filter(|kept| !kept.has_errors()).map(Arc::new))
}

/// Whether a run read linked records for a policy.
fn reads_linked(office: &Office, run: &Run, policy: &str) -> bool {
    let Some(folder) = &run.folder else { return false };
    let manifest = Manifest::read(&office.folder().join(folder).join(policy));
    manifest.is_ok_and(|manifest| !manifest.data.linked.is_empty())
}

/// One customer's row graded again from the measures that the run's folder keeps; nothing where they are gone.
async fn of_folder(
    office: &Office,
    run: &Run,
    policy: &str,
    regulation: Arc<Regulation>,
    customer: &Customer,
    lang: Lang,
) -> Result<Option<(Graded, Explanation)>, Fault> {
    let Some(folder) = &run.folder else { return Ok(None) };
    let folder = office.folder().join(folder).join(policy);
    let (code, id) = (customer.code.clone(), customer.id);
    let found = tokio::task::spawn_blocking(move || {
        let (_, rated) = reckon::again(&folder, &regulation, &Stop::default()).ok()?;
        let row = rated.main.measured.find(&code)?;
        Some((lines::graded(&rated.main, row, id), of_row(&rated, row, lang)))
    });
    found.await.map_err(Fault::broken)
}

/// One customer's row as the batch would have it, and why.
async fn customer_alone(
    office: &Office,
    view: &View,
    terms: &OneTerms,
    regulation: Arc<Regulation>,
    customer: &Customer,
    lang: Lang,
) -> Result<(Graded, Explanation), Fault> {
    let levels = regulation.levels(terms.as_of).map_err(from_app)?;
    if levels
        .last()
        .is_some_and(|main| main.compiled.subject == document::Subject::Group)
    {
        return Err(Fault::refused("app-regrade-of-group"));
    }
    let only = Listed {
        subject: customer.id,
        code: customer.code.clone(),
    };
    let whom = |memberships: &Memberships| match memberships.of(customer.id) {
        Some(group) if levels.iter().any(|level| level.group.is_some()) => {
            group.members.iter().map(|member| member.customer).collect()
        }
        _ => vec![customer.id],
    };
    let found = alone(office, view, terms, &regulation, &levels, whom, only, lang).await?;
    found.ok_or_else(|| Fault::refused("app-regrade-not-yet"))
}

/// Freezes a few customers and reckons them: the row of one subject, a customer or the group that they are, and why; nothing
/// where it was not there then.
#[expect(clippy::too_many_arguments, reason = "all of them say of whom, by what and when")]
pub(super) async fn alone<S: Subject + Send + 'static>(
    office: &Office,
    view: &View,
    terms: &OneTerms,
    regulation: &Arc<Regulation>,
    levels: &[Level],
    whom: impl Fn(&Memberships) -> Vec<CustomerId>,
    only: Listed<S>,
    lang: Lang,
) -> Result<Option<(Graded<S>, Explanation)>, Fault> {
    let mut kinds = freeze::kinds_of(levels, &office.kinds(view).await?);
    let links = freeze::links_of(view, &mut kinds, (terms.as_of, terms.known_at)).await?;
    let linked = freeze::lying(office, links).await?;
    let mut frozen = freeze::Terms {
        as_of: terms.as_of,
        as_known: terms.known_at,
        whom: Whom::These(Vec::new()),
        kinds: &kinds,
        // Nobody keeps what is frozen for one customer, so nothing is pinned.
        linked: &[],
    };
    let memberships = Arc::new(freeze::memberships(view, &frozen).await?);
    frozen.whom = Whom::These(whom(&memberships));
    let roster = Arc::new(freeze::roster(view, &frozen).await?);
    if roster.rows.is_empty() {
        return Ok(None);
    }
    let place = tempfile::tempdir().map_err(Fault::broken)?;
    let data = place.path().join("data");
    let stop = Stop::default();
    freeze::freeze(view, &frozen, &roster, &memberships, &data, &stop).await?;
    let terms = reckon::Terms {
        regulation: Arc::clone(regulation),
        data,
        as_of: terms.as_of,
        out: place.path().join("run"),
        lang,
        write: Write::Grades,
        threads: if linked.is_empty() { Some(1) } else { None },
        linked: Arc::new(linked),
    };
    let reckoned = tokio::task::spawn_blocking(move || {
        let (_, rated) = reckon::reckon(&terms, &stop)?;
        let row = reckon::order(&rated, &[only]).first().copied();
        Ok::<_, crate::error::AppError>(
            row.map(|(subject, row)| (lines::graded(&rated.main, row, subject), of_row(&rated, row, lang))),
        )
    });
    let found = reckoned.await.map_err(Fault::broken)?.map_err(from_app)?;
    // The frozen folder goes with its holder, after the reckoning has read it.
    drop(place);
    Ok(found)
}

fn explained(
    customer: &Customer,
    policy: &str,
    terms: &OneTerms,
    row: &Graded,
    explanation: Option<Explanation>,
) -> Explained {
    Explained {
        customer: customer.code.clone(),
        policy: policy.to_owned(),
        as_of: terms.as_of,
        known_at: terms.known_at,
        grade: row.grade.clone(),
        rank: row.rank,
        scores: serde_json::from_str(&row.scores).unwrap_or_default(),
        reasons: serde_json::from_str(&row.reasons).unwrap_or_default(),
        line: String::from_utf8_lossy(&row.line).into_owned(),
        explanation,
    }
}
