//! All that the office knows of one customer, in one answer: newest records with their age, groups, grades. 客户总览

use pinji_access::{FieldClass, What};
use pinji_domain::{Date, LinkId, Period, RunId, Text, Timestamp, date};
use pinji_store::{Known, RecordsOf};
use pinji_workflow::due::{Due, Followed, Target, overdue};

use super::customers::{CustomerView, whole};
use super::links::{Found, found_of};
use super::reach::{model_grade, note, resource, shows, there};
use super::records::{RecordView, seen};
use super::{Action, Caller, Fault, Office};

/// So many of the newest records of each kind.
const EACH: u32 = 3;
/// So many of the newest grades.
const GRADES: u32 = 20;

/// A customer's page of data. 客户总览
#[derive(Debug, Clone)]
pub struct PageView {
    /// The customer.
    pub customer: CustomerView,
    /// The kinds of which there is a record, or should be, in the order of declaration.
    pub kinds: Vec<KindPart>,
    /// The groups that it is in, or was; none where the reader may not read groups.
    pub groups: Vec<Membership>,
    /// Its grades so far, the newest first; none where the reader may not read them.
    pub grades: Vec<GradeThen>,
    /// As of which instant all this is.
    pub at: Timestamp,
}

/// The newest records of a kind. 某种类的最新记录
#[derive(Debug, Clone)]
pub struct KindPart {
    /// The kind.
    pub kind: String,
    /// Its name.
    pub name: Text,
    /// The newest records, the latest period first.
    pub records: Vec<RecordView>,
    /// The day of the newest: its period's end, for standing facts the day on which it was accepted.
    pub newest: Option<Date>,
    /// Days since then.
    pub age: Option<i64>,
    /// How old it may be, as the kind declares.
    pub target: Option<Period>,
    /// Whether it is fresh; `None` where the kind declares nothing.
    pub fresh: Option<bool>,
    /// By how many days it is overdue.
    pub overdue: Option<i64>,
    /// Where the kind is linked: what was found of all customers' records when the link was proposed. How many of them
    /// are this customer's is not counted here, since that is to read them all.
    pub linked: Option<(LinkId, Found)>,
}

/// A customer's time in a group. 所属集团
#[derive(Debug, Clone)]
pub struct Membership {
    /// The group's number.
    pub code: String,
    /// Its name.
    pub name: String,
    /// From when.
    pub from: Date,
    /// The first day on which it is none any more.
    pub to: Option<Date>,
    /// By what: `rule` or `decision`.
    pub basis: String,
}

/// A grade in a run that is done. 历次等级
#[derive(Debug, Clone)]
pub struct GradeThen {
    /// The run.
    pub run: RunId,
    /// Its name.
    pub name: String,
    /// As of which day it graded.
    pub as_of: Option<Date>,
    /// The policy's place in the run.
    pub policy: i64,
    /// The grade.
    pub grade: Option<String>,
    /// The total, where the reader may see scores.
    pub total: Option<i64>,
}

/// A customer's page of data. 客户总览
pub async fn read(office: &Office, caller: &Caller, code: &str) -> Result<PageView, Fault> {
    let view = office.store.snapshot().await?;
    let customer = there(office, caller, &view, code, Action::CustomerRead).await?;
    let kinds = office.kinds(&view).await?;
    let today = caller.asked.at.day().unwrap_or_default();
    let since = customer.created_at.day().unwrap_or(today);
    let mut parts = Vec::new();
    if office.may(caller, Action::RecordRead, &resource(What::Record, &customer, caller)) {
        let all = RecordsOf {
            customer: customer.id,
            kinds: &[],
            known: Known::Now,
            as_of: None,
            each: EACH,
        };
        let mut records = seen(office, caller, &view, &kinds, &customer, view.records_of(&all).await?).await?;
        let links = view.links_in_force().await?;
        for kind in &kinds.kinds {
            let link = links.iter().find(|link| link.kind == kind.id);
            let (mine, rest): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.kind == kind.id);
            records = rest;
            // What nobody sends in is never overdue.
            let target = kind.office.general.fresh.filter(|_| link.is_none());
            if mine.is_empty() && target.is_none() && link.is_none() {
                continue;
            }
            let days = mine
                .iter()
                .filter_map(|record| record.period.or(record.known_from.day()));
            let newest = days.max();
            let late = target.map(|period| {
                let followed = Followed {
                    customer: customer.code.clone(),
                    since,
                    newest,
                    came: None,
                };
                let target = Target {
                    channel: None,
                    what: Due::Fresh,
                    period,
                };
                overdue(target, [&followed], today)
                    .first()
                    .map(|late| i64::from(late.days))
            });
            parts.push(KindPart {
                kind: kind.id.clone(),
                name: kind.name.clone(),
                records: mine,
                newest,
                age: newest.map(|day| i64::from(date::to_days(today) - date::to_days(day))),
                target,
                fresh: late.map(|late| late.is_none() && newest.is_some()),
                overdue: late.flatten(),
                linked: link.map(|link| (link.id, found_of(link))),
            });
        }
    }
    let mut groups = Vec::new();
    if office.may(caller, Action::GroupRead, &resource(What::Group, &customer, caller)) {
        for member in view.memberships(customer.id, Known::Now, None).await? {
            let Some(group) = view.group(member.group).await? else {
                continue;
            };
            groups.push(Membership {
                code: group.code,
                name: group.name,
                from: member.valid_from,
                to: member.valid_to,
                basis: member.basis,
            });
        }
    }
    let mut grades = Vec::new();
    if office.may(caller, Action::GradeRead, &model_grade(&customer, caller))
        && shows(office, caller, FieldClass::Grade, &customer)
    {
        let scores = shows(office, caller, FieldClass::Opinion, &customer);
        for (run, policy, graded) in view.grades_of(customer.id, GRADES).await? {
            let about = view.run_by_id(run).await?;
            grades.push(GradeThen {
                run,
                name: about.as_ref().map(|run| run.name.clone()).unwrap_or_default(),
                as_of: about.map(|run| run.as_of),
                policy,
                grade: graded.grade,
                total: graded.total.filter(|_| scores),
            });
        }
    }
    let whole = whole(office, caller, &view, &kinds, &customer).await?;
    drop(view);
    note(office, caller, [&customer], "page").await?;
    Ok(PageView {
        customer: whole,
        kinds: parts,
        groups,
        grades,
        at: caller.asked.at,
    })
}
