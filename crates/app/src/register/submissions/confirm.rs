//! The collector stands by a draft, or takes it back. 确认与撤回

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use pinji_domain::{Kind, Message, SubmissionId};
use pinji_store::{Audit as Outcome, Submission, SubmissionState};
use pinji_workflow::Compared;
use pinji_workflow::notice::{Notice, Stage};
use pinji_workflow::submission::{By, Command, Event, Line, Part, Signed, changes, decide};

use super::accept::{Harvest, Kept};
use super::again::{self, Again, TRIES};
use super::rows::{Became, array, line};
use super::stand::{Standing, refused};
use super::told::Told;
use super::views::{SubmissionView, entry_of, view};
use super::who::there;
use crate::register::deed::Deed;
use crate::register::{Action, Answer, Caller, Fault, Office};

/// Stands by a draft: from now on it waits for an auditor, or is accepted by rule where its feed is trusted. 确认报送
pub async fn confirm(
    office: &Office,
    caller: &Caller,
    id: SubmissionId,
    without_bad_rows: bool,
    words: impl Fn(&SubmissionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    for _ in 0..TRIES {
        let (kept, resource) = there(office, &office.store, caller, id).await?;
        office.authorize(caller, Action::SubmissionConfirm, &resource)?;
        if kept.rows_bad > 0 && !without_bad_rows {
            let says = Message::new("app-submission-bad-rows").with("n", kept.rows_bad);
            return Err(Fault::Refused(says));
        }
        let kinds = office.kinds(&office.store).await?;
        let signed = Signed {
            by: By::user(caller.user),
            at: caller.asked.at,
        };
        let mut told = Told::default();
        let mut rule = ByRule::default();
        let mut left_out = 0;
        let again = again::each(office, &office.store, caller, &kept, &kinds, &mut |again, piece| {
            let standing = Standing::of(&kept, &again.loaded.summary, None)?;
            let bad = piece.rows.iter().filter(|row| row.is_bad()).count();
            left_out += bad;
            let suspicious = pinji_workflow::suspect::rows_of(&piece.doubts);
            if bad < piece.rows.len() {
                let parts = [Part {
                    kind: &piece.kind,
                    rows: &piece.rows,
                }];
                let submission = standing.with(&kept, &parts, &suspicious);
                let confirm = Command::Confirm {
                    leaving_out: u32::try_from(bad).unwrap_or(u32::MAX),
                };
                for event in decide(&submission, confirm, signed.by, signed.at).map_err(refused)? {
                    if let Event::Told(notice) = event {
                        told.add(&piece.kind, &notice, is_named(&piece, &notice));
                    }
                }
            }
            rule.take(&kept, &standing.confirmed(signed), piece, suspicious)
        })
        .await?;
        if i64::try_from(left_out).unwrap_or(i64::MAX) >= kept.rows_total {
            return Err(refused(pinji_workflow::Refusal::NothingToSubmit));
        }
        let standing = Standing::of(&kept, &again.loaded.summary, None)?.confirmed(signed);
        let ruled = rule.decide(&kept, &standing, signed)?;
        let change = office.store.change(caller.asked.at).await?;
        if change.records_moved_since(again.known).await? {
            continue;
        }
        let before = change.submission(id).await?.ok_or(Fault::Absent)?;
        change.submit(id, kept.version).await?;
        for (part, verdicts) in &again.moved {
            change.compare_part_again(id, *part, verdicts).await?;
        }
        let mut deed = Deed::new(Action::SubmissionConfirm.code(), format!("submission:{id}"))
            .before(entry_of(&before))
            .fact("left_out", left_out);
        if let Some(ruled) = ruled {
            deed = deed.fact("rule", ruled.rule.as_str()).fact("drawn", ruled.drawn.len());
            deed = deed.fact("waiting", ruled.waiting.len());
            deed = keep_ruled(&change, &before, &again, ruled, &mut told)
                .await?
                .facts(deed);
        }
        told.put(&change, id).await?;
        let now = change.submission(id).await?.ok_or(Fault::Absent)?;
        let answer = words(&view(&now)?);
        return office.keep(change, caller, deed.after(entry_of(&now)), answer).await;
    }
    Err(Fault::refused("app-submission-records-moving"))
}

/// Whether a notice may name its customer.
pub(super) fn is_named(piece: &super::compare::Piece, notice: &Notice) -> bool {
    let customer = piece.customers.get(&notice.customer);
    customer.is_none_or(|customer| customer.secrecy == pinji_domain::Secrecy::Internal)
}

/// What a rule would accept, gathered over all pieces: the draw is over the whole.
#[derive(Default)]
struct ByRule {
    light: HashMap<String, (Arc<Kind>, Vec<Compared>)>,
    suspicious: BTreeSet<u32>,
    harvest: Harvest,
    told: Vec<(Arc<Kind>, Notice, bool)>,
}

/// What a rule has decided.
struct Decided {
    rule: String,
    lines: Vec<Line>,
    drawn: BTreeSet<u32>,
    waiting: BTreeSet<u32>,
    harvest: Harvest,
    told: Vec<(Arc<Kind>, Notice, bool)>,
}

impl ByRule {
    fn take(
        &mut self,
        kept: &Submission,
        standing: &Standing,
        piece: super::compare::Piece,
        suspicious: BTreeSet<u32>,
    ) -> Result<(), Fault> {
        if !kept.channel.is_machine() {
            return Ok(());
        }
        let parts = [Part {
            kind: &piece.kind,
            rows: &piece.rows,
        }];
        let none = BTreeSet::new();
        let submission = standing.with(kept, &parts, &none);
        let all = piece.rows.iter().filter(|row| !row.is_bad()).map(|row| Line {
            row: row.row,
            outcome: pinji_workflow::Outcome::Accepted { kept_out: Vec::new() },
        });
        let lines: Vec<Line> = all.collect();
        self.harvest.take(&piece.kind, changes(&submission, &lines))?;
        for row in piece.rows.iter().filter(|row| row.brings() && !row.told.is_empty()) {
            let Some(key) = &row.key else { continue };
            let notice = Notice {
                kind: piece.kind.id.clone(),
                customer: key.customer.clone(),
                row: row.row,
                stage: Stage::Accepted,
                departments: piece.kind.office.notify.clone(),
                changes: row.told.clone(),
            };
            let named = is_named(&piece, &notice);
            self.told.push((Arc::clone(&piece.kind), notice, named));
        }
        self.suspicious.extend(suspicious);
        let is_ledger = piece.kind.is_ledger();
        let kind = Arc::clone(&piece.kind);
        let slot = self.light.entry(kind.id.clone()).or_insert_with(|| (kind, Vec::new()));
        // The draw asks for verdict and key, and for the values only where there is no key.
        slot.1.extend(piece.rows.into_iter().map(|row| Compared {
            before: None,
            after: if is_ledger {
                row.after
            } else {
                pinji_workflow::Values::new()
            },
            differences: Vec::new(),
            told: Vec::new(),
            ..row
        }));
        Ok(())
    }

    fn decide(mut self, kept: &Submission, standing: &Standing, signed: Signed) -> Result<Option<Decided>, Fault> {
        let rates: Vec<String> = self
            .light
            .values()
            .filter_map(|(kind, _)| Some(format!("{}:{}", kind.id, kind.office.of(kept.channel).sample?)))
            .collect();
        if !kept.channel.is_machine() || rates.is_empty() {
            return Ok(None);
        }
        for (_, rows) in self.light.values_mut() {
            rows.sort_by_key(|row| row.row);
        }
        let parts: Vec<Part<'_>> = self.light.values().map(|(kind, rows)| Part { kind, rows }).collect();
        let submission = standing.with(kept, &parts, &self.suspicious);
        let events = decide(&submission, Command::AcceptByRule, signed.by, signed.at).map_err(refused)?;
        let accepted = events.into_iter().find_map(|event| match event {
            Event::AcceptedByRule {
                lines, drawn, waiting, ..
            } => Some((lines, drawn, waiting)),
            _ => None,
        });
        let (lines, drawn, waiting) = accepted.ok_or_else(|| Fault::broken("a rule that decides nothing"))?;
        let rows: BTreeSet<u32> = lines.iter().map(|line| line.row).collect();
        self.harvest.only(&rows);
        self.told.retain(|(_, notice, _)| rows.contains(&notice.row));
        let mut rates = rates;
        rates.sort();
        Ok(Some(Decided {
            rule: format!("sample {}", rates.join(" ")),
            lines,
            drawn,
            waiting,
            harvest: self.harvest,
            told: self.told,
        }))
    }
}

async fn keep_ruled(
    change: &pinji_store::Change,
    kept: &Submission,
    again: &Again,
    ruled: Decided,
    told: &mut Told,
) -> Result<Kept, Fault> {
    let accepted: BTreeSet<u32> = ruled.lines.iter().map(|line| line.row).collect();
    let brought = ruled.harvest.keep(change, kept.id, kept.collected_by).await?;
    for part in &again.loaded.parts {
        let mut texts = Vec::with_capacity(part.rows);
        for row in (part.first..).take(part.rows) {
            let became = if accepted.contains(&row) {
                Became::plain("accepted")
            } else if ruled.waiting.contains(&row) {
                Became {
                    drawn: ruled.drawn.contains(&row),
                    ..Became::plain("waits")
                }
            } else {
                Became::plain("left_out")
            };
            texts.push(line(&became)?);
        }
        change.decide_part(kept.id, part.part, &array(&texts)).await?;
    }
    for (kind, notice, named) in &ruled.told {
        told.add(kind, notice, *named);
    }
    let count = i64::try_from(accepted.len()).unwrap_or(i64::MAX);
    let version = kept.version + 1;
    if ruled.waiting.is_empty() {
        let done = Outcome {
            state: SubmissionState::Audited,
            by: None,
            rule: Some(ruled.rule),
            note: None,
            accepted: count,
            refused: 0,
            returned: 0,
        };
        change.audit(kept.id, version, &done).await?;
    } else {
        change.rule(kept.id, version, &ruled.rule, count).await?;
    }
    Ok(brought)
}

/// Takes a draft, or what nobody has audited yet, back. 撤回报送
pub async fn withdraw(
    office: &Office,
    caller: &Caller,
    id: SubmissionId,
    reason: String,
    words: impl Fn(&SubmissionView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let (kept, resource) = there(office, &change, caller, id).await?;
    office.authorize(caller, Action::SubmissionWithdraw, &resource)?;
    let before = view(&kept)?;
    let summary = super::rows::Summary::of(&kept)?;
    // Part of it is in the register where a rule has accepted it.
    let ruled = kept.audit_rule.is_some().then(BTreeSet::new);
    let standing = Standing::of(&kept, &summary, ruled)?;
    let command = Command::Withdraw { reason: reason.clone() };
    standing.allows(&kept, command, By::user(caller.user), change.at())?;
    change.withdraw(id, kept.version).await?;
    let now = change.submission(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&now)?);
    let deed = Deed::new(Action::SubmissionWithdraw.code(), format!("submission:{id}"))
        .before(entry_of(&before.kept))
        .after(entry_of(&now))
        .fact("reason", reason);
    office.keep(change, caller, deed, answer).await
}
