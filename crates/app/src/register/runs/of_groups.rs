//! The grades of groups in a run, for who may see the groups. 集团等级
//!
//! A group is shown as everywhere: through a member whom the reader may see, and to nobody with a conflict of interest in
//! any. Its grade is a grade of its members as well, so it takes the right to read one's grade; and its figures are sums over
//! all of them, so they are explained only to who may read the grades of all.

use pinji_domain::{CustomerId, Date, GroupId, Lang, RunId, Secrecy, Timestamp};
use pinji_store::{Customer, Graded, Group, Known, Run, View};
use serde_json::Value;

use super::freeze::Listed;
use super::one::{OneTerms, alone, regulation_of, run_terms};
use super::show::{self, GradesAsked, Of, policy_of, rank_of};
use super::work::from_app;
use crate::explain::Explanation;
use crate::register::groups::{self, Memberships};
use crate::register::reach::model_grade;
use crate::register::relations::parties::customers;
use crate::register::{Action, Caller, Fault, Office, Slice, permits};

/// A group's grade in a list. 集团等级行
#[derive(Debug, Clone)]
pub struct GroupGradeRow {
    /// The group's id.
    pub group: GroupId,
    /// The company's own number for it.
    pub code: String,
    /// Its name, as the reader may know it.
    pub name: String,
    /// The grade; `None` for ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
}

/// A group's grade, with its reasons. 集团等级与理由
#[derive(Debug, Clone)]
pub struct GroupExplained {
    /// What its line in a list says.
    pub row: GroupGradeRow,
    /// The policy.
    pub policy: String,
    /// The day.
    pub as_of: Date,
    /// Up to when it was known.
    pub known_at: Timestamp,
    /// The scores.
    pub scores: Value,
    /// The reasons by their ids.
    pub reasons: Value,
    /// The line of the run's grades, as it is compared and hashed.
    pub line: String,
    /// Why, in words; `None` where the reader may not read the grade of every member, or the figures are not there any more.
    pub explanation: Option<Explanation>,
}

/// The grades of the groups of a run that is done: those that the caller may see, by the groups' ids. 集团等级列表
pub async fn group_grades(
    office: &Office,
    caller: &Caller,
    id: RunId,
    asked: &GradesAsked,
    after: Option<GroupId>,
) -> Result<Slice<GroupGradeRow, GroupId>, Fault> {
    let run = show::done(show::there(office, caller, &office.store, id).await?)?;
    let (number, policy) = policy_of(&run, asked.policy.as_deref(), Of::Groups)?;
    let rank = asked
        .grade
        .as_deref()
        .map(|grade| rank_of(&run, &policy.id, grade))
        .transpose()?;
    let snapshot = office.store.snapshot().await?;
    let (after, limit) = (after.unwrap_or(GroupId(0)), asked.limit + 1);
    let rows = match rank {
        Some(rank) => snapshot.groups_ranked(id, number, rank, after, limit).await?,
        None => snapshot.results(id, number, after, limit).await?,
    };
    let page = Slice::cut(rows, asked.limit, |row: &Graded<GroupId>| row.subject);
    let (mut items, mut seen) = (Vec::new(), Vec::new());
    for row in &page.items {
        let Some(group) = snapshot.group(row.subject).await? else {
            continue;
        };
        if let Some(sight) = sight(office, caller, &snapshot, &run, &group).await? {
            items.push(shown(&sight, row));
            seen.push(sight.seen);
        }
    }
    drop(snapshot);
    groups::note(office, caller, &seen).await?;
    Ok(Slice { items, next: page.next })
}

/// A group's grade in a run. 查看集团等级
pub async fn group_grade(
    office: &Office,
    caller: &Caller,
    id: RunId,
    policy: Option<&str>,
    group: GroupId,
    lang: Lang,
) -> Result<GroupExplained, Fault> {
    let run = show::done(show::there(office, caller, &office.store, id).await?)?;
    let (number, policy) = policy_of(&run, policy, Of::Groups)?;
    let group = office.store.group(group).await?.ok_or(Fault::Absent)?;
    let sight = sight(office, caller, &office.store, &run, &group)
        .await?
        .ok_or(Fault::Absent)?;
    let kept = office.store.graded(id, number, group.id).await?.ok_or(Fault::Absent)?;
    let terms = run_terms(&run);
    let mut explanation = None;
    if sight.whole
        && let Some(regulation) = regulation_of(office, &run, &policy.id, &policy.hash).await?
    {
        permits::note_readings(office, caller, sight.confidential.iter().copied(), "grade").await?;
        let again = again(office, &terms, &regulation, &group, lang).await?;
        explanation = again
            .filter(|(row, _)| row.line == kept.line)
            .map(|(_, explanation)| explanation);
    }
    groups::note(office, caller, std::slice::from_ref(&sight.seen)).await?;
    Ok(GroupExplained {
        row: shown(&sight, &kept),
        policy: policy.id,
        as_of: terms.as_of,
        known_at: terms.known_at,
        scores: serde_json::from_str(&kept.scores).unwrap_or_default(),
        reasons: serde_json::from_str(&kept.reasons).unwrap_or_default(),
        line: String::from_utf8_lossy(&kept.line).into_owned(),
        explanation,
    })
}

/// A group as the caller sees it in a run, and how much of it.
struct Sight {
    seen: groups::Seen,
    /// Whether he may read the grade of every member of that day.
    whole: bool,
    /// The confidential ones among them.
    confidential: Vec<CustomerId>,
}

async fn sight(
    office: &Office,
    caller: &Caller,
    view: &View,
    run: &Run,
    group: &Group,
) -> Result<Option<Sight>, Fault> {
    let known = Known::At(run.as_known);
    let Some(seen) = groups::seen(office, caller, view, group, known, Some(run.as_of), false).await? else {
        return Ok(None);
    };
    let rows = view.group_members(group.id, known, Some(run.as_of)).await?;
    let members = customers(view, rows.iter().map(|row| row.customer)).await?;
    let may = |customer: &Customer| office.may(caller, Action::GradeRead, &model_grade(customer, caller));
    if !members.values().any(may) {
        return Ok(None);
    }
    let confidential = members
        .values()
        .filter(|member| member.secrecy == Secrecy::Confidential);
    Ok(Some(Sight {
        whole: members.values().all(may),
        confidential: confidential.map(|member| member.id).collect(),
        seen,
    }))
}

fn shown(sight: &Sight, row: &Graded<GroupId>) -> GroupGradeRow {
    GroupGradeRow {
        group: row.subject,
        code: sight.seen.group.code.clone(),
        name: sight.seen.group.name.clone(),
        grade: row.grade.clone(),
        rank: row.rank,
        total: row.total,
    }
}

/// The group reckoned again from its members, as the batch did.
async fn again(
    office: &Office,
    terms: &OneTerms,
    regulation: &std::sync::Arc<crate::regulation::Regulation>,
    group: &Group,
    lang: Lang,
) -> Result<Option<(Graded<GroupId>, Explanation)>, Fault> {
    let levels = regulation.levels(terms.as_of).map_err(from_app)?;
    let only = Listed {
        subject: group.id,
        code: group.code.clone(),
    };
    let whom = |memberships: &Memberships| {
        let found = memberships.groups.iter().find(|found| found.id == group.id);
        let members = found.into_iter().flat_map(|found| &found.members);
        members.map(|member| member.customer).collect()
    };
    alone(office, &office.store, terms, regulation, &levels, whom, only, lang).await
}
