//! Lists of customers: filtered, sorted, limited to what the reader may see, page by page. 客户列表
//!
//! Three ways lead to a page. Sorted by name or number, the list walks the index that has this order and all filters in
//! it. Sorted by grade or score, it walks the results of a run, grade by grade. And where one of the filters leaves so few
//! customers that they are sorted sooner than a walk finds a page of them, which a look into its index tells, those few are
//! fetched and sorted. The tests hold that each way gives the same list.

use std::collections::{BTreeSet, HashMap};

use pinji_domain::Secrecy;
use pinji_domain::ids::{CustomerId, RunId, TeamId, UserId};
use sea_orm::{QueryResult, Value};

use crate::Error;
use crate::cell::{Cell, args};
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
    /// The grade's rank in the run that the list shows; of equal grades the better total is nearer to the best grade.
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
    /// By what it is sorted; what is still equal, by id.
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
    /// The sort value: a text, or a number in digits; by grade two of them, rank and total, with a stroke between.
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

/// The total as the index `result_by_rank` sorts it.
const TOTAL: &str = "COALESCE(r.total, -1)";

impl View {
    /// One page of a list. 读取一页
    pub async fn list_customers(&self, list: &CustomerList) -> Result<CustomerPage, Error> {
        let query = self.planned(list).await?;
        let after = list
            .after
            .as_ref()
            .map(|cursor| After::parse(list, cursor))
            .transpose()?;
        let found = match &query.way {
            Way::Ranks(ranks) => self.along_ranks(list, &query, ranks, after.as_ref()).await?,
            Way::Customers | Way::Few => {
                let mut query = query;
                let beyond = after.map(|after| query.beyond(list, &after));
                let sql = query.statement(list, beyond.as_deref());
                self.rows(&sql, query.values).await?
            }
        };
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
        let mut query = self.planned(list).await?;
        if !list.ranks.is_empty() && query.way != Way::Few {
            // In whatever order: those that have the grade are fewer than all.
            query.from = BY_RESULT.to_owned();
            query.of_ranks("r.rank", list);
        }
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

    /// The statement of a page, of the best grade where it goes by grades, and that which finds a reader's own customers: for
    /// the tests that hold the indices.
    #[doc(hidden)]
    pub async fn list_statement(&self, list: &CustomerList) -> Result<String, Error> {
        let query = self.planned(list).await?;
        Ok(match &query.way {
            Way::Ranks(_) => query.of_rank(list, 0, None, list.limit.into()),
            Way::Customers | Way::Few => query.statement(list, None),
        })
    }

    #[doc(hidden)]
    pub fn own_statement(&self, scope: &Scope) -> Option<String> {
        own(scope)
    }

    /// The list's conditions, and the tables in the order in which they are to be walked.
    async fn planned(&self, list: &CustomerList) -> Result<Query, Error> {
        let mut query = Query::of(list, self.is_postgres());
        if let Some(few) = self.few(list).await? {
            query.conditions.push(format!("c.id IN ({few})"));
            query.way = Way::Few;
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
        query.conditions.push(joined);
        query.from = "customer c CROSS JOIN result r".to_owned();
        if by_result && query.way != Way::Few {
            let ranks = match list.ranks.is_empty() {
                true => self.ranks(run, policy).await?,
                false => list
                    .ranks
                    .iter()
                    .copied()
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            };
            query.from = BY_RESULT.to_owned();
            query.way = Way::Ranks(ranks);
        } else if !list.ranks.is_empty() {
            // The plus: this one is looked at along the walk, and must not change its order.
            query.of_ranks("+r.rank", list);
        }
        Ok(query)
    }

    /// The ranks that some customer has by this policy of this run, ascending; one step along the index for each.
    async fn ranks(&self, run: RunId, policy: i64) -> Result<Vec<i64>, Error> {
        let sql = "SELECT rank FROM result WHERE run = $1 AND policy = $2 AND rank > $3 ORDER BY rank LIMIT 1";
        let mut ranks: Vec<i64> = Vec::new();
        while let Some(row) = self
            .row(sql, args![run, policy, ranks.last().copied().unwrap_or(-1)])
            .await?
        {
            ranks.push(Cell::get(&row, 0)?);
        }
        Ok(ranks)
    }

    /// The rows of a page, grade by grade along the results: within one grade the index has them by score.
    async fn along_ranks(
        &self,
        list: &CustomerList,
        query: &Query,
        ranks: &[i64],
        after: Option<&After>,
    ) -> Result<Vec<QueryResult>, Error> {
        let most = i64::from(list.limit) + 1;
        let by_grade = list.sort == SortBy::Grade;
        let mut ranks = ranks.to_vec();
        if by_grade && list.direction == Direction::Descending {
            ranks.reverse();
        }
        let mut found = Vec::new();
        for rank in ranks {
            let begins = match (by_grade, after) {
                (true, Some(after)) if after.is_past(list.direction, rank) => continue,
                (true, Some(after)) if after.rank != rank => None,
                (_, after) => after,
            };
            let left = match by_grade {
                // The grades come one after the other, so the page may be full.
                true => most - found.len() as i64,
                false => most,
            };
            if left > 0 {
                let sql = query.of_rank(list, rank, begins, left);
                found.extend(self.rows(&sql, query.values.clone()).await?);
            }
        }
        if by_grade {
            return Ok(found);
        }
        let mut placed: Vec<((i64, i64), QueryResult)> = Vec::with_capacity(found.len());
        for row in found {
            placed.push(((Cell::get(&row, 1)?, Cell::get(&row, 0)?), row));
        }
        placed.sort_by(|(one, _), (two, _)| match list.direction {
            Direction::Ascending => one.cmp(two),
            Direction::Descending => two.cmp(one),
        });
        let rows = placed.into_iter().map(|(_, row)| row);
        Ok(rows.take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
    }

    /// The customers among which the list must be, where some filter leaves few; `None` where all leave many.
    ///
    /// Of n customers of whom m pass, a walk finds a page of p after some p · n / m steps, and all that pass are sorted after m.
    /// So m are few where m² is at most p · n.
    async fn few(&self, list: &CustomerList) -> Result<Option<String>, Error> {
        if let Some(ids) = &list.ids {
            return Ok(Some(listed(ids.iter().map(|id| id.0))));
        }
        let mut ways: Vec<(String, Vec<Value>)> = Vec::new();
        if !list.managers.is_empty() {
            let managers = listed(list.managers.iter().map(|id| id.0));
            let way = format!("SELECT id FROM customer WHERE manager IN ({managers})");
            ways.push((way, Vec::new()));
        }
        if let Some(own) = own(&list.scope) {
            ways.push((own, Vec::new()));
        }
        if let Some((run, policy)) = list.grades_of
            && !list.ranks.is_empty()
        {
            let ranks = listed(list.ranks.iter().copied());
            let run = run.0;
            let way = format!(
                "SELECT customer AS id FROM result WHERE run = {run} AND policy = {policy} AND rank IN ({ranks})"
            );
            ways.push((way, Vec::new()));
        }
        ways.extend(traits(list));
        if ways.is_empty() {
            return Ok(None);
        }
        let all = self
            .number("SELECT COALESCE(max(id), 0) FROM customer", Vec::new())
            .await?;
        let most = all.saturating_mul(i64::from(list.limit) + 1).isqrt();
        let mut fewest: Option<(i64, String, Vec<Value>)> = None;
        for (way, values) in ways {
            let most = fewest.as_ref().map_or(most, |(fewest, ..)| *fewest);
            let sql = format!("SELECT count(*) FROM ({way} LIMIT {}) AS one", most + 1);
            let count = self.number(&sql, values.clone()).await?;
            if count <= most {
                fewest = Some((count, way, values));
            }
        }
        let Some((_, way, values)) = fewest else {
            return Ok(None);
        };
        let sql = format!("SELECT COALESCE(string_agg(CAST(id AS TEXT), ','), 'NULL') FROM ({way}) AS few");
        let row = self.row(&sql, values).await?;
        row.map(|row| String::get(&row, 0)).transpose()
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

/// The results first: SQLite walks the tables of a CROSS JOIN in the order in which they stand.
const BY_RESULT: &str = "result r CROSS JOIN customer c";

/// How a list is walked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// Along the customers, by name or by number.
    Customers,
    /// Along the results, rank by rank.
    Ranks(Vec<i64>),
    /// The few are sorted.
    Few,
}

/// Where a list goes on.
struct After {
    value: String,
    rank: i64,
    total: i64,
    id: i64,
}

impl After {
    fn parse(list: &CustomerList, cursor: &Cursor) -> Result<After, Error> {
        let number = |text: &str| -> Result<i64, Error> { text.parse().map_err(|_| Error::missing("cursor")) };
        let (rank, total) = match list.sort {
            SortBy::Name | SortBy::Code => (0, 0),
            SortBy::Total => (0, number(&cursor.value)?),
            SortBy::Grade => {
                let both = cursor.value.split_once('/');
                let (rank, total) = both.ok_or(Error::missing("cursor"))?;
                (number(rank)?, number(total)?)
            }
        };
        Ok(After {
            value: cursor.value.clone(),
            rank,
            total,
            id: cursor.id,
        })
    }

    /// Whether all of this rank were shown already.
    fn is_past(&self, direction: Direction, rank: i64) -> bool {
        match direction {
            Direction::Ascending => rank < self.rank,
            Direction::Descending => rank > self.rank,
        }
    }
}

/// A list as conditions over `customer c` and, where it shows grades, `result r`.
struct Query {
    from: String,
    conditions: Vec<String>,
    values: Vec<Value>,
    way: Way,
}

impl Query {
    fn of(list: &CustomerList, is_postgres: bool) -> Query {
        let mut query = Query {
            from: "customer c".to_owned(),
            conditions: vec![seen(&list.scope)],
            values: Vec::new(),
            way: Way::Customers,
        };
        // The plus: SQLite looks at the column along the walk, and must not walk an index of it and sort what it finds.
        let along = if is_postgres { "c." } else { "+c." };
        for (column, codes) in of_traits(list) {
            let places = placed(&mut query.values, codes);
            query.conditions.push(format!("{along}{column} IN ({places})"));
        }
        if let Some(class) = list.secrecy {
            let place = placed(&mut query.values, &[class.code().to_owned()]);
            query.conditions.push(format!("c.secrecy = {place}"));
        }
        for (column, ids) in [
            ("manager", list.managers.iter().map(|id| id.0).collect::<Vec<_>>()),
            ("team", list.teams.iter().map(|id| id.0).collect()),
        ] {
            if !ids.is_empty() {
                query
                    .conditions
                    .push(format!("c.{column} IN ({})", listed(ids.into_iter())));
            }
        }
        query
    }

    fn of_ranks(&mut self, column: &str, list: &CustomerList) {
        let ranks = listed(list.ranks.iter().copied());
        self.conditions.push(format!("{column} IN ({ranks})"));
    }

    /// The statement for one page.
    fn statement(&self, list: &CustomerList, beyond: Option<&str>) -> String {
        let (way, back) = match list.direction {
            Direction::Ascending => ("ASC", "DESC"),
            Direction::Descending => ("DESC", "ASC"),
        };
        let (sort, id) = sorted(list.sort);
        let order = match list.sort {
            SortBy::Grade => format!("r.rank {way}, {TOTAL} {back}, {id} {back}"),
            _ => format!("{sort} {way}, {id} {way}"),
        };
        let grade = if list.grades_of.is_some() { GRADE } else { "NULL" };
        let beyond = beyond.map_or(String::new(), |beyond| format!(" AND {beyond}"));
        format!(
            "SELECT c.id, {sort}, {grade} FROM {} WHERE {}{beyond} ORDER BY {order} LIMIT {}",
            self.from,
            self.conditions.join(" AND "),
            i64::from(list.limit) + 1,
        )
    }

    /// The statement for the customers of one rank, by score.
    fn of_rank(&self, list: &CustomerList, rank: i64, after: Option<&After>, limit: i64) -> String {
        // By grade it goes from the best grade on, and there the best score comes first.
        let descends = (list.sort == SortBy::Grade) != (list.direction == Direction::Descending);
        let (way, beyond) = if descends { ("DESC", "<") } else { ("ASC", ">") };
        let after = after.map_or(String::new(), |after| {
            format!(" AND ({TOTAL}, r.customer) {beyond} ({}, {})", after.total, after.id)
        });
        format!(
            "SELECT c.id, {TOTAL}, {GRADE} FROM {} WHERE {} AND r.rank = {rank}{after} \
             ORDER BY {TOTAL} {way}, r.customer {way} LIMIT {limit}",
            self.from,
            self.conditions.join(" AND "),
        )
    }

    /// The condition that leaves out what was shown before, and its values put among the others.
    fn beyond(&mut self, list: &CustomerList, after: &After) -> String {
        let (beyond, back) = match list.direction {
            Direction::Ascending => (">", "<"),
            Direction::Descending => ("<", ">"),
        };
        let (sort, id) = sorted(list.sort);
        let After {
            rank, total, id: last, ..
        } = after;
        match list.sort {
            SortBy::Grade => {
                format!("(r.rank {beyond} {rank} OR (r.rank = {rank} AND ({TOTAL}, {id}) {back} ({total}, {last})))")
            }
            SortBy::Total => format!("({sort}, {id}) {beyond} ({total}, {last})"),
            SortBy::Name | SortBy::Code => {
                let value = placed(&mut self.values, std::slice::from_ref(&after.value));
                format!("({sort}, {id}) {beyond} ({value}, {last})")
            }
        }
    }
}

const GRADE: &str = "r.grade, r.rank, r.total, r.customer";

/// What a list asks of the customers' own traits: the column, and the codes that pass.
fn of_traits(list: &CustomerList) -> impl Iterator<Item = (&'static str, &[String])> {
    [
        ("industry", list.industries.as_slice()),
        ("region", list.regions.as_slice()),
        ("size", list.sizes.as_slice()),
    ]
    .into_iter()
    .filter(|(_, codes)| !codes.is_empty())
}

/// All customers with these traits, by the indices of traits; `None` where nothing is asked of them.
fn traits(list: &CustomerList) -> Option<(String, Vec<Value>)> {
    let mut values = Vec::new();
    let mut conditions = Vec::new();
    for (column, codes) in of_traits(list) {
        conditions.push(format!("{column} IN ({})", placed(&mut values, codes)));
    }
    let way = format!("SELECT id FROM customer WHERE {}", conditions.join(" AND "));
    (!conditions.is_empty()).then_some((way, values))
}

/// Puts texts among the values, and gives their places.
fn placed(values: &mut Vec<Value>, texts: &[String]) -> String {
    let place = |text: &String| {
        values.push(text.clone().put());
        format!("${}", values.len())
    };
    texts.iter().map(place).collect::<Vec<_>>().join(",")
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
    let total = |at: usize| Ok::<_, Error>(Option::<i64>::get(last, at)?.unwrap_or(-1));
    let value = match list.sort {
        SortBy::Name | SortBy::Code => String::get(last, 1)?,
        SortBy::Grade => format!("{}/{}", i64::get(last, 3)?, total(4)?),
        SortBy::Total => total(4)?.to_string(),
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
