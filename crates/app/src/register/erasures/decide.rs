//! The second person: has it done, or says no. 批准抹除

use std::collections::BTreeSet;

use pinji_store::{Change, Erasure, ErasureSort, ErasureState, Near, without_words};
use serde_json::json;

use super::taken::Taken;
use super::{ErasureView, Whose, concerned, customer, entry_of, mentions, people, scrub, shown, state_of, telling};
use super::{there, things};
use crate::register::deed::Deed;
use crate::register::users::line;
use crate::register::{Answer, Caller, Fault, Office};

/// What the second person says. 审批结论
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Erase it.
    Approve,
    /// No, and why.
    Refuse(String),
}

/// Decides on what another asked for. Approved is carried out at once: in one change, with one entry. 批准或拒绝抹除
///
/// When the answer is given, the rows are without it; the files of the database are overwritten right after, and again each
/// minute until that has succeeded.
pub async fn decide(
    office: &Office,
    caller: &Caller,
    whose: Whose,
    id: i64,
    verdict: Verdict,
    words: impl Fn(&ErasureView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let mut wrong = Vec::new();
    let said = match &verdict {
        Verdict::Approve => String::new(),
        Verdict::Refuse(why) => line("/reason", why, 500, &mut wrong),
    };
    concerned(office, caller, whose)?;
    let (_, approve) = whose.actions();
    let change = office.store.change(caller.asked.at).await?;
    let erasure = there(office, caller, &change, whose, id).await?;
    for thing in things(&change, caller, erasure.sort, &super::target(&erasure)).await? {
        let thing = thing
            .at(state_of(&erasure))
            .made_by(Some(erasure.asked_by), &caller.actor);
        office.authorize(caller, approve, &thing)?;
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let mut taken = Taken::default();
    let mut gone: Vec<String> = mentions(&erasure)?;
    let state = match verdict {
        Verdict::Refuse(_) => ErasureState::Refused,
        Verdict::Approve => {
            gone.extend(carry_out(office, &change, &erasure, &mut taken).await?);
            ErasureState::Done
        }
    };
    // Reasons are read again: the names may have stood in them.
    let erasure = change.erasure(id).await?.ok_or(Fault::Absent)?;
    let counts = json!(taken.counts).to_string();
    let counts = (state == ErasureState::Done).then_some(counts.as_str());
    change
        .decide_erasure(&erasure, state, caller.user, &without_words(&said, &gone), counts)
        .await?;
    let now = change.erasure(id).await?.ok_or(Fault::Absent)?;
    let view = shown(&change, &now).await?;
    let deed = Deed::new(approve.code(), format!("erasure:{id}"))
        .before(json!({ "state": erasure.state.code() }))
        .after(entry_of(&now))
        .fact("counts", json!(taken.counts))
        .fact("files", json!(taken.files));
    let answer = words(&view);
    let answer = office.keep(change, caller, deed, answer).await?;
    if state == ErasureState::Done {
        scrub::scrub(office, id, Some(&gone)).await?;
    }
    Ok(answer)
}

/// Takes everything out; gives the words that are gone.
async fn carry_out(
    office: &Office,
    change: &Change,
    erasure: &Erasure,
    taken: &mut Taken,
) -> Result<Vec<String>, Fault> {
    taken.objects.push(format!("erasure:{}", erasure.id));
    let near = match (erasure.sort, erasure.customer, erasure.person, erasure.user_id) {
        (ErasureSort::Customer, Some(id), ..) => Some(customer::erase(office, change, id, taken).await?),
        (ErasureSort::Person, _, Some(party), _) => Some(people::person(change, party, taken).await?),
        (ErasureSort::User, _, _, Some(user)) => Some(people::user(change, user, taken).await?),
        _ => {
            taken.files.extend(erasure.file.clone());
            None
        }
    };
    files(change, taken).await?;
    let words = telling(&taken.words);
    if let Some(near) = &near {
        for (table, rows) in change.take_out(&words, near).await? {
            taken.count(table, usize::try_from(rows).unwrap_or(usize::MAX));
        }
    }
    let mentioned: BTreeSet<String> = mentions(erasure)?.into_iter().collect();
    let mentioned = telling(&mentioned);
    if !mentioned.is_empty() {
        for (table, rows) in change.take_out(&mentioned, &Near::Everywhere).await? {
            taken.count(table, usize::try_from(rows).unwrap_or(usize::MAX));
        }
    }
    sealed(change, &words, &mentioned, taken).await?;
    Ok(words.into_iter().chain(mentioned).collect())
}

/// Takes away the bytes and the names of files.
async fn files(change: &Change, taken: &mut Taken) -> Result<(), Fault> {
    let mut done = BTreeSet::new();
    for hash in &taken.files {
        let Some(file) = change.file(hash).await? else { continue };
        if file.erased_at.is_none() {
            change.erase_file(hash).await?;
            done.insert(hash.clone());
        }
        change.rename_file(hash, pinji_store::ERASED).await?;
    }
    taken.count("file", done.len());
    taken.files = done;
    Ok(())
}

/// Destroys what opens the ledger's commitments to texts in which one of these words stands.
async fn sealed(change: &Change, words: &[String], mentioned: &[String], taken: &mut Taken) -> Result<(), Fault> {
    /// Entries that are looked at at once.
    const PAGE: i64 = 10_000;
    let holds = |one: &pinji_store::SealedValue, words: &[String]| {
        let value = one.value.as_deref().unwrap_or_default();
        let text: String = serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
        words.iter().any(|word| text.contains(word.as_str()))
    };
    let near = change.sealed_about(&taken.objects).await?;
    let mut found: Vec<_> = near.into_iter().filter(|one| holds(one, words)).collect();
    if !mentioned.is_empty() {
        let mut from = 0;
        while from < change.seq() {
            let page = change.sealed_values(from, from + PAGE - 1).await?;
            found.extend(page.into_iter().filter(|one| holds(one, mentioned)));
            from += PAGE;
        }
    }
    for one in &found {
        change.erase_sealed(one.seq, &one.place).await?;
    }
    taken.count("commitment", found.len());
    Ok(())
}
