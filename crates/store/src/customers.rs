//! Customers as the register shows them today, and the names they had. 客户

use std::collections::HashMap;

use pinji_domain::ids::{CustomerId, TeamId, UserId};
use pinji_domain::{Secrecy, Timestamp};
use sea_orm::QueryResult;

use crate::cell::{Cell, OPEN, Until, args};
use crate::rows::{New, Row, rows};
use crate::view::{View, listed, places};
use crate::{Change, Error};

rows! {
    /// A customer as the register shows it today. 客户
    ///
    /// How it was at an earlier date stands in the records of kind `customer`; names are kept here too.
    Customer, NewCustomer, "customer", CustomerId, {
        /// The company's own number for it: the public id. 客户编号
        code: String,
        /// The unified social credit code. 统一社会信用代码
        uscc: Option<String>,
        /// Its name today.
        name: String,
        /// The name as lists sort it: pinyin, folded. 排序键
        name_key: String,
        /// Its industry, by the company's own codes. 行业
        industry: Option<String>,
        /// Its region. 地区
        region: Option<String>,
        /// Its size. 规模
        size: Option<String>,
        /// Who looks after it. 客户经理
        manager: Option<UserId>,
        /// The team that looks after it. 团队
        team: Option<TeamId>,
        /// How secret it is. 密级
        secrecy: Secrecy,
        /// The company's own fields, as a JSON object. 自定义字段
        custom: String,
    } then {
        /// Since when the register has it.
        created_at: Timestamp,
        /// When it was last changed.
        changed_at: Timestamp,
        /// Goes up by one with each change; what `ETag` and `If-Match` speak of. 行版本
        version: i64,
    }
}

/// A customer as the roster of a run needs it: no more columns than that. 名册行
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Its id.
    pub id: CustomerId,
    /// Its number.
    pub code: String,
    /// Its name today.
    pub name: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// Its industry today.
    pub industry: Option<String>,
    /// Its region today.
    pub region: Option<String>,
    /// Its size today.
    pub size: Option<String>,
}

/// A name that a customer had. 曾用名
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameSpan {
    /// The name.
    pub name: String,
    /// From when the register knew it.
    pub known_from: Timestamp,
    /// Until when; `None` for today's.
    pub known_to: Option<Timestamp>,
}

/// What a search over all customers needs to know of one. 检索信息
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerKeys {
    /// Its id.
    pub id: CustomerId,
    /// The company's own number.
    pub code: String,
    /// The unified social credit code.
    pub uscc: Option<String>,
    /// Its name today.
    pub name: String,
    /// Who looks after it.
    pub manager: Option<UserId>,
    /// The team that looks after it.
    pub team: Option<TeamId>,
    /// How secret it is.
    pub secrecy: Secrecy,
    /// Its own fields, where they name aliases; else empty.
    pub custom: String,
}

/// What a search reads of a customer.
const KEYS: &str = "id, code, uscc, name, manager, team, secrecy, \
                    CASE WHEN custom LIKE '%\"aliases\"%' THEN custom ELSE '' END";

/// How many rows go into one statement.
const ROWS: usize = 100;

impl View {
    /// The customers that the register had at `known`, after `after` and ascending by id: a page of a run's roster. 名册
    pub async fn roster(&self, known: Timestamp, after: CustomerId, limit: u32) -> Result<Vec<RosterRow>, Error> {
        // A whole page as one text, as in a freeze: numbers and lengths in bytes (-1: not said), then the texts.
        let texts = ["code", "name", "uscc", "industry", "region", "size"];
        let lengths = texts.map(|text| format!("COALESCE(octet_length({text}), -1)"));
        let values = texts.map(|text| format!("COALESCE({text}, '')"));
        let sql = format!(
            "SELECT string_agg(one, '') FROM (SELECT id || ',' || {} || ',' || {} AS one FROM customer \
             WHERE id > $1 AND created_at <= $2 ORDER BY id LIMIT $3) AS page",
            lengths.join(" || ',' || "),
            values.join(" || ")
        );
        let packed = self.row(&sql, args![after, known, i64::from(limit)]).await?;
        let packed = packed.map(|row| Option::<String>::get(&row, 0)).transpose()?.flatten();
        let packed = packed.unwrap_or_default();
        let (mut page, mut rows) = (packed.as_str(), Vec::new());
        while !page.is_empty() {
            let row = roster_row(&mut page);
            rows.push(row.ok_or_else(|| Error::Damaged(page.chars().take(40).collect()))?);
        }
        Ok(rows)
    }

    /// The customer with this id. 按标识读取
    pub async fn customer(&self, id: CustomerId) -> Result<Option<Customer>, Error> {
        self.by_id(id.0).await
    }

    /// The customer with this number. 按编号读取
    pub async fn customer_by_code(&self, code: &str) -> Result<Option<Customer>, Error> {
        self.one("WHERE code = $1", args![code]).await
    }

    /// Customers with this unified social credit code; more than one is worth a look. 按信用代码读取
    pub async fn customers_by_uscc(&self, uscc: &str) -> Result<Vec<Customer>, Error> {
        self.all("WHERE uscc = $1 ORDER BY id", args![uscc]).await
    }

    /// These customers, ascending by id; unknown ids are left out.
    pub async fn customers(&self, ids: &[CustomerId]) -> Result<Vec<Customer>, Error> {
        let tail = format!("WHERE id IN ({}) ORDER BY id", listed(ids.iter().map(|id| id.0)));
        self.all(&tail, Vec::new()).await
    }

    /// The ids that go with these numbers; unknown numbers are absent. 编号换标识
    pub async fn customer_ids(&self, codes: &[String]) -> Result<HashMap<String, CustomerId>, Error> {
        let mut found = HashMap::with_capacity(codes.len());
        for piece in codes.chunks(500) {
            let list = places(self.backend(), 1, piece.len());
            let sql = format!("SELECT code, id FROM customer WHERE code IN {list}");
            let values = piece.iter().map(|code| Cell::put(code.clone())).collect();
            for row in self.rows(&sql, values).await? {
                found.insert(row.try_get_by_index(0)?, CustomerId(row.try_get_by_index(1)?));
            }
        }
        Ok(found)
    }

    /// All customers after `after` in the order of their ids, at most `limit`: for a search index, or a freeze. 遍历客户
    pub async fn customer_keys(&self, after: CustomerId, limit: u32) -> Result<Vec<CustomerKeys>, Error> {
        let sql = format!("SELECT {KEYS} FROM customer WHERE id > $1 ORDER BY id LIMIT $2");
        let rows = self.rows(&sql, args![after, i64::from(limit)]).await?;
        rows.iter().map(keys).collect()
    }

    /// The same of these customers, ascending by id. 指定客户的检索信息
    pub async fn customer_keys_of(&self, ids: &[CustomerId]) -> Result<Vec<CustomerKeys>, Error> {
        let ids = listed(ids.iter().map(|id| id.0));
        let sql = format!("SELECT {KEYS} FROM customer WHERE id IN ({ids}) ORDER BY id");
        let rows = self.rows(&sql, Vec::new()).await?;
        rows.iter().map(keys).collect()
    }

    /// The customers that have one of these unified social credit codes, ascending. 按信用代码查找客户
    pub async fn customers_with_uscc(&self, codes: &[String]) -> Result<Vec<CustomerId>, Error> {
        let mut found = Vec::new();
        for piece in codes.chunks(500) {
            let list = places(self.backend(), 1, piece.len());
            let sql = format!("SELECT id FROM customer WHERE uscc IN {list}");
            let values = piece.iter().map(|code| Cell::put(code.clone())).collect();
            for row in self.rows(&sql, values).await? {
                found.push(Cell::get(&row, 0)?);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The ids of all customers that were changed after an instant, ascending. Looks at every row. 变更过的客户
    pub async fn customers_changed(&self, after: Timestamp) -> Result<Vec<CustomerId>, Error> {
        let rows = self
            .rows(
                "SELECT id FROM customer WHERE changed_at > $1 ORDER BY id",
                args![after],
            )
            .await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The names of these customers that are not their names of today, by customer. 曾用名
    pub async fn former_names_of(&self, ids: &[CustomerId]) -> Result<Vec<(CustomerId, String)>, Error> {
        let ids = listed(ids.iter().map(|id| id.0));
        let sql = format!(
            "SELECT customer, name FROM customer_name WHERE customer IN ({ids}) AND known_to < {OPEN} ORDER BY customer, id"
        );
        let rows = self.rows(&sql, Vec::new()).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?)))
            .collect()
    }

    /// The names that a customer had, the oldest first. 名称沿革
    pub async fn customer_names(&self, customer: CustomerId) -> Result<Vec<NameSpan>, Error> {
        let sql = "SELECT name, known_from, known_to FROM customer_name WHERE customer = $1 ORDER BY known_from";
        let rows = self.rows(sql, args![customer]).await?;
        rows.iter().map(span).collect()
    }

    /// All names of all customers that are not the names of today, for the search's aliases. 全部曾用名
    pub async fn former_names(&self) -> Result<Vec<(CustomerId, String)>, Error> {
        let sql = format!("SELECT customer, name FROM customer_name WHERE known_to < {OPEN} ORDER BY customer, id");
        let rows = self.rows(&sql, Vec::new()).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?)))
            .collect()
    }
}

impl Change {
    /// Adds customers and gives their ids, in the order in which they were handed in. 新增客户
    ///
    /// A number that exists is [`Error::Taken`].
    pub async fn add_customers(&self, new: &[NewCustomer]) -> Result<Vec<CustomerId>, Error> {
        let at = self.at();
        let mut ids: HashMap<String, CustomerId> = HashMap::with_capacity(new.len());
        for piece in new.chunks(ROWS) {
            let sql = format!(
                "INSERT INTO customer ({}, created_at, changed_at) VALUES {} RETURNING id, code",
                NewCustomer::GIVEN.join(", "),
                places(self.backend(), piece.len(), NewCustomer::GIVEN.len() + 2)
            );
            let mut values = Vec::with_capacity(piece.len() * 13);
            for customer in piece.iter().cloned() {
                values.extend(customer.given());
                values.extend(args![at, at]);
            }
            let mut names = Vec::with_capacity(piece.len() * 4);
            let given = self.rows(&sql, values).await?;
            for row in &given {
                ids.insert(row.try_get_by_index(1)?, CustomerId(row.try_get_by_index(0)?));
            }
            for customer in piece {
                let id = ids.get(&customer.code).copied();
                names.extend(args![id, customer.name.as_str(), at, OPEN]);
            }
            let sql = format!(
                "INSERT INTO customer_name (customer, name, known_from, known_to) VALUES {}",
                places(self.backend(), piece.len(), 4)
            );
            self.run(&sql, names).await?;
        }
        new.iter()
            .map(|customer| {
                ids.get(&customer.code)
                    .copied()
                    .ok_or_else(|| Error::missing("customer"))
            })
            .collect()
    }

    /// Writes a customer as `customer` says, if the register still has it at `customer.version`. 修改客户
    ///
    /// Code and creation stay as they are; another name goes into the names. Gives the new version;
    /// [`Error::Stale`] where somebody was quicker.
    pub async fn update_customer(&self, customer: &Customer) -> Result<i64, Error> {
        let at = self.at();
        let set = vec![
            ("uscc", customer.uscc.clone().put()),
            ("name", customer.name.clone().put()),
            ("name_key", customer.name_key.clone().put()),
            ("industry", customer.industry.clone().put()),
            ("region", customer.region.clone().put()),
            ("size", customer.size.clone().put()),
            ("manager", customer.manager.put()),
            ("team", customer.team.put()),
            ("secrecy", customer.secrecy.put()),
            ("custom", customer.custom.clone().put()),
            ("changed_at", at.put()),
        ];
        let version = self
            .update(Customer::TABLE, customer.id.0, customer.version, set)
            .await?;
        let sql =
            format!("UPDATE customer_name SET known_to = $1 WHERE customer = $2 AND known_to = {OPEN} AND name <> $3");
        if self.run(&sql, args![at, customer.id, customer.name.as_str()]).await? == 1 {
            let sql = "INSERT INTO customer_name (customer, name, known_from, known_to) VALUES ($1, $2, $3, $4)";
            self.run(sql, args![customer.id, customer.name.as_str(), at, OPEN])
                .await?;
        }
        Ok(version)
    }
}

fn keys(row: &QueryResult) -> Result<CustomerKeys, Error> {
    Ok(CustomerKeys {
        id: Cell::get(row, 0)?,
        code: Cell::get(row, 1)?,
        uscc: Cell::get(row, 2)?,
        name: Cell::get(row, 3)?,
        manager: Cell::get(row, 4)?,
        team: Cell::get(row, 5)?,
        secrecy: Cell::get(row, 6)?,
        custom: Cell::get(row, 7)?,
    })
}

fn span(row: &QueryResult) -> Result<NameSpan, Error> {
    let Until(known_to) = Cell::get(row, 2)?;
    Ok(NameSpan {
        name: Cell::get(row, 0)?,
        known_from: Cell::get(row, 1)?,
        known_to,
    })
}

fn roster_row(page: &mut &str) -> Option<RosterRow> {
    let mut number = || -> Option<i64> {
        let (number, rest) = page.split_once(',')?;
        *page = rest;
        number.parse().ok()
    };
    let id = number()?;
    let mut lengths = [0; 6];
    for length in &mut lengths {
        *length = number()?;
    }
    let mut texts = lengths.into_iter().map(|length| match usize::try_from(length) {
        Err(_) => Some(None),
        Ok(length) => {
            let (text, rest) = page.split_at_checked(length)?;
            *page = rest;
            Some(Some(text.to_owned()))
        }
    });
    let mut text = || texts.next()?;
    Some(RosterRow {
        id: CustomerId(id),
        code: text()??,
        name: text()??,
        uscc: text()?,
        industry: text()?,
        region: text()?,
        size: text()?,
    })
}
