//! Lists of customers: filtered, sorted, found; only what the caller may see, also in counts. 客户列表

use std::collections::HashMap;

use pinji_access::{FieldClass, What};
use pinji_domain::{CustomerId, Message, RunId, Secrecy, TeamId, UserId};
use pinji_search::How;
use pinji_store::{Cursor, Customer, CustomerList, Direction, GradeHead, SortBy, View};

use super::super::reach::{at_all, model_grade, note, resource, scope, shows};
use super::super::{Action, Caller, Fault, Office, Wrong};
use super::{CustomerView, Grade, seen};

/// A count goes no further: enough to say how many, and quick on a million.
const COUNTED: u32 = 10_000;
/// So many of what a search finds are looked at by the other filters.
const FOUND: usize = 1_000;
/// The longest query.
const LONGEST_QUERY: usize = 200;

/// Which customers. 筛选条件
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Name, pinyin, initials, alias, former name or code.
    pub query: Option<String>,
    /// Grades in the run that the list shows.
    pub grades: Vec<String>,
    /// The run; the last that is done, if not said.
    pub run: Option<RunId>,
    /// The policy's place in the run, from 0.
    pub policy: i64,
    /// Classes of secrecy.
    pub secrecy: Option<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
    /// Sizes.
    pub sizes: Vec<String>,
    /// Account managers.
    pub managers: Vec<UserId>,
    /// Teams.
    pub teams: Vec<TeamId>,
    /// `name`, `code`, `grade`, `score`; with `-` before it the other way round.
    pub sort: Option<String>,
    /// Whether to count.
    pub count: bool,
}

impl Wanted {
    /// Whether something besides the search leaves customers out.
    fn filters(&self) -> bool {
        self.secrecy.is_some()
            || !(self.grades.is_empty()
                && self.regions.is_empty()
                && self.industries.is_empty()
                && self.sizes.is_empty())
            || !(self.managers.is_empty() && self.teams.is_empty())
    }
}

/// Where a page begins: as the store says it. 页起点
pub type Place = String;

/// How many customers a list has, counted up to a limit. 计数
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// So many.
    pub rows: i64,
    /// Whether that is all.
    pub exact: bool,
}

/// A page. 一页客户
#[derive(Debug, Clone)]
pub struct Page {
    /// The customers.
    pub items: Vec<CustomerView>,
    /// Where the next page begins.
    pub next: Option<Place>,
    /// How many there are, where that was asked.
    pub count: Option<Count>,
}

/// A list as it was asked for and checked. 列表条件
pub struct Listing {
    /// What the store is asked.
    pub(super) list: CustomerList,
    /// The customers that a search found, best first.
    found: Option<Vec<(CustomerId, &'static str)>>,
}

/// A page of customers. 客户列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    wanted: &Wanted,
    after: Option<&str>,
    limit: u32,
) -> Result<Page, Fault> {
    let Listing { mut list, found } = prepare(office, caller, wanted, Action::CustomerList).await?;
    list.after = match after {
        None => None,
        Some(place) => Some(Cursor::parse(place).ok_or(Fault::Absent)?),
    };
    let whole = list_from_start(&list);
    list.limit = limit;
    if let Some(found) = &found {
        // Where nothing else filters, the best hits are the page; else they must be looked for among all.
        list.limit = if wanted.filters() { FOUND as u32 } else { limit };
        let best = found.iter().take(list.limit as usize);
        list.ids = Some(best.map(|(id, _)| *id).collect());
    }
    let view = office.store.snapshot().await?;
    let kinds = office.kinds(&view).await?;
    let page = view.list_customers(&list).await?;
    let count = match wanted.count {
        true => Some(view.count_customers(&whole, COUNTED).await?),
        false => None,
    };
    drop(view);
    let mut rows = page.rows;
    let mut next = page.next;
    if let Some(found) = &found {
        let places: HashMap<CustomerId, usize> = found.iter().zip(0..).map(|((id, _), at)| (*id, at)).collect();
        rows.sort_by_key(|(customer, _)| places.get(&customer.id).copied());
        rows.truncate(limit as usize);
        next = None;
    }
    // The store's filter says the same; a row that got past it would still not be shown.
    rows.retain(|(customer, _)| {
        office.may(
            caller,
            Action::CustomerList,
            &resource(What::Customer, customer, caller),
        )
    });
    note(office, caller, rows.iter().map(|(customer, _)| customer), "list").await?;
    let items = rows.iter().map(|(customer, head)| {
        let how = found
            .as_ref()
            .and_then(|found| found.iter().find(|(id, _)| *id == customer.id));
        CustomerView {
            grade: graded(office, caller, &list, customer, head.as_ref()),
            found: how.map(|(_, how)| *how),
            ..seen(office, caller, &kinds, customer)
        }
    });
    Ok(Page {
        items: items.collect(),
        next: next.map(|cursor| cursor.to_string()),
        count: count.map(|count| Count {
            rows: count.rows,
            exact: count.exact,
        }),
    })
}

fn list_from_start(list: &CustomerList) -> CustomerList {
    CustomerList {
        after: None,
        ..list.clone()
    }
}

/// What the store is to be asked, with the caller's own filter of rows for this action.
pub(super) async fn prepare(
    office: &Office,
    caller: &Caller,
    wanted: &Wanted,
    action: Action,
) -> Result<Listing, Fault> {
    at_all(office, caller, action)?;
    let mut wrong = Vec::new();
    let (sort, direction) = sorted(wanted.sort.as_deref(), &mut wrong);
    let by_grade = matches!(sort, SortBy::Grade | SortBy::Total) || !wanted.grades.is_empty();
    if by_grade {
        // Whom grades are not for learns nothing of them by asking who has which.
        at_all(office, caller, Action::GradeRead)?;
    }
    let secrecy = wanted.secrecy.as_deref().and_then(|code| {
        let secrecy = Secrecy::parse(code);
        if secrecy.is_none() {
            let says = Message::new("app-secrecy-unknown").with("value", code);
            wrong.push(Wrong::at("/secrecy", says));
        }
        secrecy
    });
    let query = wanted.query.as_deref().map(str::trim);
    if query.is_some_and(|query| query.is_empty() || query.chars().count() > LONGEST_QUERY) {
        let says = Message::new("app-query-length").with("most", LONGEST_QUERY);
        wrong.push(Wrong::at("/q", says));
    }
    if query.is_some() && wanted.sort.is_some() {
        wrong.push(Wrong::at("/sort", Message::new("app-query-sorted")));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let view = office.store.snapshot().await?;
    let reach = match by_grade {
        true => scope(office, caller, &view, Action::GradeRead).await?,
        false => scope(office, caller, &view, action).await?,
    };
    let mut list = CustomerList::new(reach);
    list.industries.clone_from(&wanted.industries);
    list.regions.clone_from(&wanted.regions);
    list.sizes.clone_from(&wanted.sizes);
    list.managers.clone_from(&wanted.managers);
    list.teams.clone_from(&wanted.teams);
    (list.secrecy, list.sort, list.direction) = (secrecy, sort, direction);
    list.grades_of = run_of(&view, wanted).await?;
    if by_grade && list.grades_of.is_none() {
        return Err(Fault::refused("app-no-run-yet"));
    }
    if let Some((run, policy)) = list.grades_of
        && !wanted.grades.is_empty()
    {
        list.ranks = ranks(&view, run, policy, &wanted.grades).await?;
    }
    drop(view);
    let found = match query {
        None => None,
        Some(query) => {
            let hits = office.search(query, FOUND, list.scope.clone()).await?;
            Some(hits.into_iter().map(|hit| (hit.id, said(hit.how))).collect::<Vec<_>>())
        }
    };
    list.ids = found.as_ref().map(|found| found.iter().map(|(id, _)| *id).collect());
    Ok(Listing { list, found })
}

/// The run and the policy whose grades a list shows.
async fn run_of(view: &View, wanted: &Wanted) -> Result<Option<(RunId, i64)>, Fault> {
    let run = match wanted.run {
        None => view.last_run().await?,
        Some(id) => {
            let run = view.run_by_id(id).await?;
            let run = run.filter(|run| run.state == pinji_store::RunState::Done);
            let unknown = || Fault::field("/run", Message::new("app-run-unknown").with("run", id.to_string()));
            Some(run.ok_or_else(unknown)?)
        }
    };
    Ok(run.map(|run| (run.id, wanted.policy)))
}

async fn ranks(view: &View, run: RunId, policy: i64, grades: &[String]) -> Result<Vec<i64>, Fault> {
    let known = view.grade_ranks(run, policy).await?;
    let (mut ranks, mut wrong) = (Vec::new(), Vec::new());
    for grade in grades {
        match known.iter().find(|(code, _)| code == grade) {
            Some((_, rank)) => ranks.push(*rank),
            None => {
                let codes: Vec<&str> = known.iter().map(|(code, _)| code.as_str()).collect();
                let says = Message::new("app-grade-unknown")
                    .with("grade", grade.as_str())
                    .with("known", codes.join(", "));
                wrong.push(Wrong::at("/grade", says));
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(ranks),
        false => Err(Fault::Invalid(wrong)),
    }
}

fn sorted(sort: Option<&str>, wrong: &mut Vec<Wrong>) -> (SortBy, Direction) {
    let text = sort.unwrap_or("name");
    let (key, direction) = match text.strip_prefix('-') {
        Some(key) => (key, Direction::Descending),
        None => (text, Direction::Ascending),
    };
    let by = match key {
        "name" => SortBy::Name,
        "code" => SortBy::Code,
        "grade" => SortBy::Grade,
        "score" => SortBy::Total,
        _ => {
            let says = Message::new("app-sort-unknown").with("sort", text);
            wrong.push(Wrong::at("/sort", says));
            SortBy::Name
        }
    };
    (by, direction)
}

/// A customer's grade as the caller may know it.
pub(super) fn graded(
    office: &Office,
    caller: &Caller,
    list: &CustomerList,
    customer: &Customer,
    head: Option<&GradeHead>,
) -> Option<Grade> {
    let (run, policy) = list.grades_of?;
    let head = head?;
    let may = office.may(caller, Action::GradeRead, &model_grade(customer, caller))
        && shows(office, caller, FieldClass::Grade, customer);
    may.then(|| Grade {
        run,
        policy,
        grade: head.grade.clone(),
        total: head
            .total
            .filter(|_| shows(office, caller, FieldClass::Opinion, customer)),
    })
}

/// The way in which a search found a customer, as the interface says it.
fn said(how: How) -> &'static str {
    match how {
        How::Code | How::CodeStart => "code",
        How::Uscc | How::UsccStart => "uscc",
        How::NameStart | How::BrandStart | How::Name => "name",
        How::WholeAlias | How::Alias => "alias",
        How::PinyinStart | How::PinyinBrand | How::Pinyin => "pinyin",
        How::PinyinWholeAlias | How::PinyinAlias => "alias_pinyin",
        How::InitialsStart | How::InitialsBrand | How::Initials => "initials",
        How::InitialsWholeAlias | How::InitialsAlias => "alias_initials",
    }
}
