//! Lists of customers: filtered, sorted, limited to what the reader may see, page by page. 客户列表
//!
//! Three ways lead to a page. Sorted by name or number, the list walks the index that has this order and all filters in
//! it. Sorted by grade or score, it walks the results of a run. And where one of the filters leaves few customers, which a
//! look into its index tells, those few are fetched and sorted. The tests hold that each way gives the same list.

use std::collections::HashMap;

use pinji_domain::Secrecy;
use pinji_domain::ids::{CustomerId, RunId, TeamId, UserId};
use sea_orm::{QueryResult, Value};

use crate::Error;
use crate::cell::Cell;
use crate::customers::Customer;
use crate::view::{View, listed};

/// Whose customers of one class a reader may see. 可见范围
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// None.
    None,
    /// All.
    All,
    /// Those of these managers or of these teams. 本人与团队
    Of {
        /// Managers.
        managers: Vec<UserId>,
        /// Teams.
        teams: Vec<TeamId>,
    },
}

/// Which customers a reader may see; part of each query, so that counts and pages know nothing of the others. 可见范围
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Of the class `internal`.
    pub internal: Reach,
    /// Of the class `confidential`.
    pub confidential: Reach,
    /// These besides, by a permission that holds now.
    pub permitted: Vec<CustomerId>,
    /// These never, whatever else holds: a conflict of interest.
    pub withheld: Vec<CustomerId>,
}

impl Scope {
    /// Everything; for the office's own work, never for a reader. 全部
    pub fn all() -> Scope {
        Scope {
            internal: Reach::All,
            confidential: Reach::All,
            permitted: Vec::new(),
            withheld: Vec::new(),
        }
    }
}

/// By what a list is sorted. 排序
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// The name's sort key.
    Name,
    /// The company's own number.
    Code,
    /// The grade's rank in the run that the list shows.
    Grade,
    /// The total score in that run; no total is less than every total.
    Total,
}

/// Which way. 升降序
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

/// What a list shows. An empty filter lets everything pass. 列表条件
///
/// A list that is filtered or sorted by grade or score holds only customers that the run has, graded or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerList {
    /// What the reader may see.
    pub scope: Scope,
    /// Whose grades are shown, filtered and sorted by: a run, and the number of the policy in it. 所示批次
    pub grades_of: Option<(RunId, i64)>,
    /// Only these ranks of grades, 0 the best; needs `grades_of`.
    pub ranks: Vec<i64>,
    /// Only these industries.
    pub industries: Vec<String>,
    /// Only these regions.
    pub regions: Vec<String>,
    /// Only these sizes.
    pub sizes: Vec<String>,
    /// Only customers of these managers.
    pub managers: Vec<UserId>,
    /// Only customers of these teams.
    pub teams: Vec<TeamId>,
    /// Only this class.
    pub secrecy: Option<Secrecy>,
    /// Only these, for instance what a search found. `None` for no such limit.
    pub ids: Option<Vec<CustomerId>>,
    /// By what it is sorted; ties by id.
    pub sort: SortBy,
    /// Which way.
    pub direction: Direction,
    /// After which row it goes on; `None` for the first page.
    pub after: Option<Cursor>,
    /// How many rows at most.
    pub limit: u32,
}

impl CustomerList {
    /// All that the scope lets see, by name, 50 rows.
    pub fn new(scope: Scope) -> CustomerList {
        CustomerList {
            scope,
            grades_of: None,
            ranks: Vec::new(),
            industries: Vec::new(),
            regions: Vec::new(),
            sizes: Vec::new(),
            managers: Vec::new(),
            teams: Vec::new(),
            secrecy: None,
            ids: None,
            sort: SortBy::Name,
            direction: Direction::Ascending,
            after: None,
            limit: 50,
        }
    }
}

/// Where a list goes on: the sort value and the id of its last row. Stays right while rows come and go. 游标
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort value: a text, or a number in digits.
    pub value: String,
    /// The id.
    pub id: i64,
}

impl Cursor {
    /// Reads what [`std::fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Cursor> {
        let (id, value) = text.split_once(':')?;
        Some(Cursor {
            value: value.to_owned(),
            id: id.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.id, self.value)
    }
}

/// A grade as a list shows it. 等级概要
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeHead {
    /// The grade's code; `None` where the run left the customer ungraded.
    pub grade: Option<String>,
    /// Its rank, 0 the best.
    pub rank: i64,
    /// The total score at the policy's decimals.
    pub total: Option<i64>,
}

/// A page of a list. 列表页
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerPage {
    /// Each customer with its grade, where the run has graded it.
    pub rows: Vec<(Customer, Option<GradeHead>)>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// How many rows a list has, counted up to a limit. 计数
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// So many.
    pub rows: i64,
    /// Whether that is all, or only where counting stopped.
    pub exact: bool,
}

/// So few customers are fetched and sorted; more are walked in the list's order. 2,000 of 1,000,000 means that a walk
/// finds a page of 50 within 25,000 steps.
const FEW: usize = 2_000;
/// The total as the index `result_by_total` sorts it.
const TOTAL: &str = "COALESCE(r.total, -1)";

impl View {
    /// One page of a list. 读取一页
    pub async fn list_customers(&self, list: &CustomerList) -> Result<CustomerPage, Error> {
        let mut query = self.planned(list).await?;
        if let Some(cursor) = &list.after {
            query.after(list, cursor)?;
        }
        let found = self.rows(&query.statement(list), query.values).await?;
        let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
        let shown = found.get(..limit).unwrap_or(&found);
        let next = match shown.last() {
            Some(last) if found.len() > limit => Some(cursor_of(list, last)?),
            _ => None,
        };
        Ok(CustomerPage {
            rows: self.filled(list, shown).await?,
            next,
        })
    }

    /// How many customers a list has, counting no further than `limit`. 计数
    pub async fn count_customers(&self, list: &CustomerList, limit: u32) -> Result<Count, Error> {
        let query = self.planned(list).await?;
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 AS one FROM {} WHERE {} LIMIT {}) AS counted",
            query.from,
            query.conditions.join(" AND "),
            i64::from(limit) + 1
        );
        let rows = self.number(&sql, query.values).await?;
        Ok(Count {
            rows: rows.min(i64::from(limit)),
            exact: rows <= i64::from(limit),
        })
    }

    /// The statement of a page, and that which finds a reader's own customers: for the tests that hold the indices.
    #[doc(hidden)]
    pub async fn list_statement(&self, list: &CustomerList) -> Result<String, Error> {
        Ok(self.planned(list).await?.statement(list))
    }

    #[doc(hidden)]
    pub fn own_statement(&self, scope: &Scope) -> Option<String> {
        own(scope)
    }

    /// The list's conditions, and the tables in the order in which they are to be walked.
    async fn planned(&self, list: &CustomerList) -> Result<Query, Error> {
        let mut query = Query::of(list);
        let few = self.few(list, &query).await?;
        if let Some(few) = &few {
            query
                .conditions
                .push(format!("c.id IN ({})", listed(few.iter().copied())));
        }
        let by_result = matches!(list.sort, SortBy::Grade | SortBy::Total);
        let Some((run, policy)) = list.grades_of else {
            if by_result || !list.ranks.is_empty() {
                return Err(Error::missing("run"));
            }
            return Ok(query);
        };
        let joined = format!("r.run = {} AND r.policy = {policy} AND r.customer = c.id", run.0);
        if !by_result && list.ranks.is_empty() {
            query.from = format!("customer c LEFT JOIN result r ON {joined}");
            return Ok(query);
        }
        // SQLite walks the tables of a CROSS JOIN in the order in which they stand.
        query.from = if few.is_none() && by_result {
            "result r CROSS JOIN customer c".to_owned()
        } else {
            "customer c CROSS JOIN result r".to_owned()
        };
        query.conditions.push(joined);
        if let (Some(best), Some(worst)) = (list.ranks.iter().min(), list.ranks.iter().max()) {
            query.conditions.push(format!("r.rank BETWEEN {best} AND {worst}"));
            // The plus: this one is looked at along the walk, and must not change its order.
            query
                .conditions
                .push(format!("+r.rank IN ({})", listed(list.ranks.iter().copied())));
        }
        Ok(query)
    }

    /// The customers among which the list must be, where some filter leaves few; `None` where all leave many.
    async fn few(&self, list: &CustomerList, query: &Query) -> Result<Option<Vec<i64>>, Error> {
        if let Some(ids) = &list.ids {
            return Ok(Some(ids.iter().map(|id| id.0).collect()));
        }
        let mut ways = Vec::new();
        if !list.managers.is_empty() {
            let managers = listed(list.managers.iter().map(|id| id.0));
            ways.push(format!("SELECT id FROM customer WHERE manager IN ({managers})"));
        }
        if let Some(own) = own(&list.scope) {
            ways.push(own);
        }
        if let Some((run, policy)) = list.grades_of
            && !list.ranks.is_empty()
        {
            ways.push(format!(
                "SELECT customer FROM result WHERE run = {} AND policy = {policy} AND rank IN ({})",
                run.0,
                listed(list.ranks.iter().copied())
            ));
        }
        for way in ways {
            if let Some(few) = self.at_most_few(&way, Vec::new()).await? {
                return Ok(Some(few));
            }
        }
        if query.filtered && matches!(list.sort, SortBy::Grade | SortBy::Total) {
            let way = format!("SELECT c.id FROM customer c WHERE {}", query.conditions.join(" AND "));
            return self.at_most_few(&way, query.values.clone()).await;
        }
        Ok(None)
    }

    async fn at_most_few(&self, way: &str, values: Vec<Value>) -> Result<Option<Vec<i64>>, Error> {
        let rows = self.rows(&format!("{way} LIMIT {}", FEW + 1), values).await?;
        if rows.len() > FEW {
            return Ok(None);
        }
        rows.iter()
            .map(|row| i64::get(row, 0))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// The customers of the rows that a page shows, in its order.
    async fn filled(
        &self,
        list: &CustomerList,
        shown: &[QueryResult],
    ) -> Result<Vec<(Customer, Option<GradeHead>)>, Error> {
        let ids: Vec<CustomerId> = shown.iter().map(|row| Cell::get(row, 0)).collect::<Result<_, _>>()?;
        let mut known: HashMap<CustomerId, Customer> = self
            .customers(&ids)
            .await?
            .into_iter()
            .map(|one| (one.id, one))
            .collect();
        let mut rows = Vec::with_capacity(shown.len());
        for (row, id) in shown.iter().zip(&ids) {
            if let Some(customer) = known.remove(id) {
                rows.push((customer, grade_of(list, row)?));
            }
        }
        Ok(rows)
    }
}

/// A list as conditions over `customer c` and, where it shows grades, `result r`.
struct Query {
    from: String,
    conditions: Vec<String>,
    values: Vec<Value>,
    filtered: bool,
}

impl Query {
    fn of(list: &CustomerList) -> Query {
        let mut query = Query {
            from: "customer c".to_owned(),
            conditions: vec![seen(&list.scope)],
            values: Vec::new(),
            filtered: list.scope != Scope::all(),
        };
        query.one_of("c.industry", &list.industries);
        query.one_of("c.region", &list.regions);
        query.one_of("c.size", &list.sizes);
        if let Some(class) = list.secrecy {
            query.one_of("c.secrecy", &[class.code().to_owned()]);
        }
        if !list.managers.is_empty() {
            query.must(format!(
                "c.manager IN ({})",
                listed(list.managers.iter().map(|id| id.0))
            ));
        }
        if !list.teams.is_empty() {
            query.must(format!("c.team IN ({})", listed(list.teams.iter().map(|id| id.0))));
        }
        query
    }

    fn must(&mut self, condition: String) {
        self.conditions.push(condition);
        self.filtered = true;
    }

    fn one_of(&mut self, column: &str, codes: &[String]) {
        if codes.is_empty() {
            return;
        }
        let places: Vec<String> = codes.iter().map(|code| self.place(code.clone().put())).collect();
        self.must(format!("{column} IN ({})", places.join(",")));
    }

    fn place(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// The statement for one page.
    fn statement(&self, list: &CustomerList) -> String {
        let way = match list.direction {
            Direction::Ascending => "ASC",
            Direction::Descending => "DESC",
        };
        let (sort, id) = sorted(list.sort);
        let grade = if list.grades_of.is_some() {
            "r.grade, r.rank, r.total, r.customer"
        } else {
            "NULL"
        };
        format!(
            "SELECT c.id, {sort}, {grade} FROM {} WHERE {} ORDER BY {sort} {way}, {id} {way} LIMIT {}",
            self.from,
            self.conditions.join(" AND "),
            i64::from(list.limit) + 1,
        )
    }

    fn after(&mut self, list: &CustomerList, cursor: &Cursor) -> Result<(), Error> {
        let (sort, id) = sorted(list.sort);
        let beyond = match list.direction {
            Direction::Ascending => ">",
            Direction::Descending => "<",
        };
        let value = match list.sort {
            SortBy::Name | SortBy::Code => cursor.value.clone().put(),
            SortBy::Grade | SortBy::Total => {
                let number: Result<i64, _> = cursor.value.parse();
                number.map_err(|_| Error::missing("cursor"))?.put()
            }
        };
        let value = self.place(value);
        let last = self.place(cursor.id.put());
        self.conditions
            .push(format!("({sort}, {id}) {beyond} ({value}, {last})"));
        Ok(())
    }
}

/// The sort value and the id beside it, both of the table that is walked.
fn sorted(sort: SortBy) -> (&'static str, &'static str) {
    match sort {
        SortBy::Name => ("c.name_key", "c.id"),
        SortBy::Code => ("c.code", "c.id"),
        SortBy::Grade => ("r.rank", "r.customer"),
        SortBy::Total => (TOTAL, "r.customer"),
    }
}

/// What a reader may see, as a condition over `customer c`.
fn seen(scope: &Scope) -> String {
    let mut ways = Vec::new();
    for (class, reach) in [
        (Secrecy::Internal, &scope.internal),
        (Secrecy::Confidential, &scope.confidential),
    ] {
        let class = format!("c.secrecy = '{}'", class.code());
        match reach {
            Reach::None => {}
            Reach::All => ways.push(class),
            Reach::Of { managers, teams } => ways.push(format!("{class} AND ({})", whose(managers, teams))),
        }
    }
    if (&scope.internal, &scope.confidential) == (&Reach::All, &Reach::All) {
        ways = vec!["1 = 1".to_owned()];
    }
    if !scope.permitted.is_empty() {
        ways.push(format!("c.id IN ({})", listed(scope.permitted.iter().map(|id| id.0))));
    }
    let seen = if ways.is_empty() {
        "1 = 0".to_owned()
    } else {
        ways.join(" OR ")
    };
    if scope.withheld.is_empty() {
        return format!("({seen})");
    }
    format!(
        "({seen}) AND c.id NOT IN ({})",
        listed(scope.withheld.iter().map(|id| id.0))
    )
}

fn whose(managers: &[UserId], teams: &[TeamId]) -> String {
    format!(
        "c.manager IN ({}) OR c.team IN ({})",
        listed(managers.iter().map(|id| id.0)),
        listed(teams.iter().map(|id| id.0))
    )
}

/// All customers that a reader may see who sees no class as a whole: by the indices of managers and teams.
fn own(scope: &Scope) -> Option<String> {
    let mut ways = Vec::new();
    for reach in [&scope.internal, &scope.confidential] {
        match reach {
            Reach::All => return None,
            Reach::None => {}
            Reach::Of { managers, teams } => {
                for (column, ids) in [
                    ("manager", listed(managers.iter().map(|id| id.0))),
                    ("team", listed(teams.iter().map(|id| id.0))),
                ] {
                    ways.push(format!("SELECT id FROM customer WHERE {column} IN ({ids})"));
                }
            }
        }
    }
    let permitted = listed(scope.permitted.iter().map(|id| id.0));
    ways.push(format!("SELECT id FROM customer WHERE id IN ({permitted})"));
    Some(ways.join(" UNION "))
}

fn cursor_of(list: &CustomerList, last: &QueryResult) -> Result<Cursor, Error> {
    let value = match list.sort {
        SortBy::Name | SortBy::Code => String::get(last, 1)?,
        SortBy::Grade | SortBy::Total => i64::get(last, 1)?.to_string(),
    };
    Ok(Cursor {
        value,
        id: i64::get(last, 0)?,
    })
}

fn grade_of(list: &CustomerList, row: &QueryResult) -> Result<Option<GradeHead>, Error> {
    if list.grades_of.is_none() || Option::<i64>::get(row, 5)?.is_none() {
        return Ok(None);
    }
    Ok(Some(GradeHead {
        grade: Cell::get(row, 2)?,
        rank: Cell::get(row, 3)?,
        total: Cell::get(row, 4)?,
    }))
}
