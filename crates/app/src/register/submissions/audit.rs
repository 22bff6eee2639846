//! An independent auditor judges a submission, whole, by row or by field; and puts one back that nobody has used. 审核与撤销

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pinji_domain::{CustomerId, Message, RecordId, SubmissionId};
use pinji_store::{Audit as Whole, SubmissionState};
use pinji_workflow::submission::{By, Command, Event, Judgement, Part, Refusal, changes, decide};
use pinji_workflow::values::Values;
use pinji_workflow::{Audit, Outcome};
use serde_json::json;

use super::accept::{Harvest, keep_customers, with_relations};
use super::again::{self, Again, TRIES};
use super::compare::CUSTOMER;
use super::confirm::is_named;
use super::rows::{Became, Summary, array, line, lines_of};
use super::stand::{Standing, refused};
use super::told::{self, Told};
use super::views::{SubmissionView, entry_of, view};
use super::who::{Reach, there};
use crate::register::deed::Deed;
use crate::register::{Action, Answer, Caller, Fault, Office, relations};

/// What an auditor says. 审核意见
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// On every row of which nothing else is said.
    pub rest: Option<Judgement>,
    /// On single rows.
    pub rows: Vec<(u32, Judgement)>,
    /// On single fields of single rows.
    pub fields: Vec<(u32, String, Judgement)>,
    /// On the whole, for who reads it later.
    pub note: String,
}

impl Words {
    /// Of these rows, and those on the rest.
    fn of(&self, rows: &BTreeSet<u32>) -> Audit {
        let of_rows = self.rows.iter().filter(|(row, _)| rows.contains(row));
        let of_fields = self.fields.iter().filter(|(row, ..)| rows.contains(row));
        Audit {
            rest: self.rest.clone(),
            rows: of_rows.cloned().collect(),
            fields: of_fields
                .map(|(row, field, judgement)| ((*row, field.clone()), judgement.clone()))
                .collect(),
        }
    }
}

/// What became of all rows, gathered piece by piece.
#[derive(Default)]
struct Judged {
    became: BTreeMap<u32, Became>,
    harvest: Harvest,
    told: Told,
    unjudged: Option<(u32, u32)>,
    closed: usize,
    any_audited: bool,
    accepted: i64,
    refused: i64,
    returned: i64,
}

/// Accepts, refuses or sends back what another collected. 审核
pub async fn audit(
    office: &Office,
    caller: &Caller,
    id: SubmissionId,
    said: Words,
    words: impl Fn(&SubmissionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    for _ in 0..TRIES {
        let (kept, resource) = there(office, &office.store, caller, id).await?;
        office.authorize(caller, Action::SubmissionAudit, &resource)?;
        let last = u32::try_from(kept.rows_total).unwrap_or(u32::MAX);
        let named = said
            .rows
            .iter()
            .map(|(row, _)| row)
            .chain(said.fields.iter().map(|(row, ..)| row));
        if let Some(row) = named.copied().find(|row| *row == 0 || *row > last) {
            return Err(refused(Refusal::NoSuchRow { row }));
        }
        let reach = Reach::of(office, caller, Action::SubmissionAudit, resource);
        let kinds = office.kinds(&office.store).await?;
        let by = By::user(caller.user);
        let mut judged = Judged::default();
        let again = again::each(office, &office.store, caller, &kept, &kinds, &mut |again, piece| {
            let standing = Standing::of(&kept, &again.loaded.summary, again.waiting.clone())?;
            let rows: BTreeSet<u32> = piece.rows.iter().map(|row| row.row).collect();
            let closed = piece.rows.iter().filter(|row| !row.is_bad()).filter(|row| {
                let customer = row.key.as_ref().and_then(|key| piece.customers.get(&key.customer));
                customer.is_some_and(|customer| !reach.admits(customer))
            });
            judged.closed += closed.count();
            let parts = [Part {
                kind: &piece.kind,
                rows: &piece.rows,
            }];
            let none = BTreeSet::new();
            let submission = standing.with(&kept, &parts, &none);
            let events = match decide(&submission, Command::Audit(said.of(&rows)), by, caller.asked.at) {
                Ok(events) => events,
                // How many there are in all is told when all pieces were looked at.
                Err(Refusal::Unjudged { rows, first }) => {
                    let (sum, before) = judged.unjudged.unwrap_or((0, u32::MAX));
                    judged.unjudged = Some((sum + rows, before.min(first)));
                    return Ok(());
                }
                Err(refusal) => return Err(refused(refusal)),
            };
            for event in events {
                match event {
                    Event::Audited { lines, .. } | Event::Returned { lines, .. } => {
                        judged.harvest.take(&piece.kind, changes(&submission, &lines))?;
                        for line in &lines {
                            judged.count(&line.outcome);
                            judged.became.insert(line.row, Became::of(&line.outcome));
                        }
                    }
                    Event::Told(notice) => judged.told.add(&piece.kind, &notice, is_named(&piece, &notice)),
                    _ => {}
                }
            }
            Ok(())
        })
        .await?;
        if judged.closed > 0 {
            let says = Message::new("app-submission-audit-closed").with("n", judged.closed);
            return Err(Fault::Refused(says));
        }
        if again.rows_moved > 0 {
            return Err(compared_again(office, caller, id, &again).await?);
        }
        if let Some((rows, first)) = judged.unjudged {
            return Err(refused(Refusal::Unjudged { rows, first }));
        }
        if let Some(answer) = keep(office, caller, &kept, &again, judged, &said, &words).await? {
            return Ok(answer);
        }
    }
    Err(Fault::refused("app-submission-records-moving"))
}

impl Judged {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Accepted { .. } => {
                self.accepted += 1;
                self.any_audited = true;
            }
            Outcome::Refused { .. } => {
                self.refused += 1;
                self.any_audited = true;
            }
            Outcome::Returned { .. } => self.returned += 1,
            Outcome::LeftOut => {}
        }
    }
}

/// Keeps the audit in one transaction; `None` where records have changed since they were compared.
async fn keep(
    office: &Office,
    caller: &Caller,
    kept: &pinji_store::Submission,
    again: &Again,
    judged: Judged,
    said: &Words,
    words: &(impl Fn(&SubmissionView) -> Answer + Send),
) -> Result<Option<Answer>, Fault> {
    let id = kept.id;
    let mut outcomes = Vec::new();
    for part in &again.loaded.parts {
        let old: Vec<Became> = part.outcome.as_deref().map(lines_of).transpose()?.unwrap_or_default();
        let mut texts = Vec::with_capacity(part.rows);
        for (at, row) in (part.first..).take(part.rows).enumerate() {
            let before = old.get(at);
            let became = match (judged.became.get(&row), before) {
                (Some(now), before) => Became {
                    drawn: before.is_some_and(|before| before.drawn),
                    ..now.clone()
                },
                (None, Some(before)) => before.clone(),
                (None, None) => Became::plain("left_out"),
            };
            texts.push(line(&became)?);
        }
        outcomes.push((part.part, part.outcome.as_deref(), array(&texts)));
    }
    let change = office.store.change(caller.asked.at).await?;
    let now = change.submission(id).await?.ok_or(Fault::Absent)?;
    if now.version == kept.version && change.records_moved_since(again.known).await? {
        return Ok(None);
    }
    // A rule's part stands already; of the rest nothing may be left.
    let returned = again.waiting.is_none() && judged.returned > 0 && !judged.any_audited;
    let whole = Whole {
        state: if returned {
            SubmissionState::Returned
        } else {
            SubmissionState::Audited
        },
        by: Some(caller.user),
        rule: kept.audit_rule.clone(),
        note: Some(said.note.trim().to_owned()).filter(|note| !note.is_empty()),
        accepted: judged.accepted + kept.rows_accepted,
        refused: judged.refused,
        returned: judged.returned,
    };
    // The state first: of several auditors only one gets further than this.
    change
        .audit(id, kept.version, &whole)
        .await
        .map_err(|error| match error {
            pinji_store::Error::Stale { .. } => Fault::refused("store-moved"),
            other => other.into(),
        })?;
    let brought = judged.harvest.keep(&change, id, kept.collected_by).await?;
    for (part, before, outcome) in &outcomes {
        match before {
            None => change.decide_part(id, *part, outcome).await?,
            Some(before) => change.decide_rest(id, *part, before, outcome).await?,
        }
    }
    judged.told.put(&change, id).await?;
    let code = if returned {
        "app-notice-submission-returned"
    } else {
        "app-notice-submission-audited"
    };
    let args = json!({
        "submission": id.to_string(), "accepted": whole.accepted, "refused": whole.refused, "returned": whole.returned,
    });
    told::put(&change, kept.collected_by, code, &args, id, change.at()).await?;
    let after = change.submission(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&after)?);
    let deed = Deed::new(Action::SubmissionAudit.code(), format!("submission:{id}"))
        .before(entry_of(kept))
        .after(entry_of(&after));
    office.keep(change, caller, brought.facts(deed), answer).await.map(Some)
}

/// What is known has changed since the collector saw the comparison: it is made anew, and the auditor looks again.
async fn compared_again(office: &Office, caller: &Caller, id: SubmissionId, again: &Again) -> Result<Fault, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    for (part, verdicts) in &again.moved {
        change.compare_part_again(id, *part, verdicts).await?;
    }
    let deed = Deed::new("submission.compare", format!("submission:{id}")).fact("rows", again.rows_moved);
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    let says = Message::new("app-submission-compared-again").with("n", again.rows_moved);
    Ok(Fault::Refused(says))
}

/// Puts back what a submission changed, as long as no run has used it. 撤销
pub async fn undo(
    office: &Office,
    caller: &Caller,
    id: SubmissionId,
    reason: String,
    words: impl Fn(&SubmissionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let (kept, resource) = there(office, &change, caller, id).await?;
    office.authorize(caller, Action::SubmissionUndo, &resource)?;
    let summary = Summary::of(&kept)?;
    let standing = Standing::of(&kept, &summary, None)?;
    let standing = standing.since(change.using_run(id).await?, change.overtaken_by(id).await?);
    let command = Command::Undo { reason: reason.clone() };
    standing.allows(&kept, command, By::user(caller.user), change.at())?;
    let customers = customers_of(&change, id).await?;
    let undone = change.undo_records(id).await?;
    let relations = relations::take_back(&change, id).await?;
    change.undo(id, kept.version, caller.user).await?;
    put_back(&change, customers, &kept).await?;
    let now = change.submission(id).await?.ok_or(Fault::Absent)?;
    let args = json!({ "submission": id.to_string() });
    told::put(
        &change,
        kept.collected_by,
        "app-notice-submission-undone",
        &args,
        id,
        change.at(),
    )
    .await?;
    let answer = words(&view(&now)?);
    let deed = Deed::new(Action::SubmissionUndo.code(), format!("submission:{id}"))
        .before(entry_of(&kept))
        .after(entry_of(&now))
        .fact("reason", reason)
        .fact("closed", undone.closed)
        .fact("restored", undone.restored);
    let deed = match relations.closed {
        0 => deed,
        _ => with_relations(deed, &relations),
    };
    office.keep(change, caller, deed, answer).await
}

/// The customers whose own sheet the submission wrote.
async fn customers_of(change: &pinji_store::Change, id: SubmissionId) -> Result<Vec<(CustomerId, String)>, Fault> {
    let mut found = Vec::new();
    let mut after = RecordId(0);
    loop {
        let page = change.records_from(id, after, 10_000).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        let own = page.into_iter().filter(|record| record.kind == CUSTOMER);
        found.extend(own.map(|record| (record.customer, record.key)));
    }
}

/// The register shows customers again as their sheets now say. One that the submission itself had made stays, without a
/// sheet: others may speak of it by now.
async fn put_back(
    change: &pinji_store::Change,
    keys: Vec<(CustomerId, String)>,
    kept: &pinji_store::Submission,
) -> Result<(), Fault> {
    let mut rows = Vec::new();
    for piece in keys.chunks(500) {
        let ids: Vec<CustomerId> = piece.iter().map(|(id, _)| *id).collect();
        let codes = change.customers(&ids).await?;
        let codes: HashMap<CustomerId, String> = codes.into_iter().map(|one| (one.id, one.code)).collect();
        for record in change.current(CUSTOMER, piece).await? {
            let values: Values = serde_json::from_str(&record.content).map_err(Fault::broken)?;
            rows.extend(codes.get(&record.customer).map(|code| (code.clone(), values)));
        }
    }
    keep_customers(change, rows, kept.collected_by).await
}
