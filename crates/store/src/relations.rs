//! Relations between companies and persons: typed, dated, with evidence, in two times. 关联关系

use pinji_domain::date::to_days;
use pinji_domain::ids::{CustomerId, RelationId, SubmissionId};
use pinji_domain::{Date, Timestamp};
use sea_orm::QueryResult;

use crate::cell::{Cell, OPEN, Until, args, codes};
use crate::records::Known;
use crate::rows::rows;
use crate::view::{View, places};
use crate::{Change, Error};

codes! {
    /// What a party is. 主体类型
    PartySort {
        /// A company, customer or not. 企业
        Company = "company",
        /// A natural person. 自然人
        Person = "person",
    }
}

rows! {
    /// A company or person that relations lead from or to. 关联主体
    Party, NewParty: NewInChange, "party", i64, {
        /// Company or person.
        sort: PartySort,
        /// The customer that it is, where it is one.
        customer: Option<CustomerId>,
        /// Its name.
        name: String,
        /// The name as lists sort it.
        name_key: String,
        /// Its unified social credit code, or another code that tells it apart.
        code: Option<String>,
    } then {
        /// Goes up by one with each change.
        version: i64,
    }
}

/// What is said of a new relation. 新关系
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelation {
    /// Its type, by the codes of the group rules: equity, voting, management, joint, other, and kinship with its degree:
    /// family-spouse, family-direct-3, family-collateral-2.
    pub sort: String,
    /// Who holds, controls or is related.
    pub from: i64,
    /// What is held or controlled, or whom it is related to.
    pub to: i64,
    /// The share in millionths: 51% is 510,000. `None` where there is no share.
    pub share_ppm: Option<i64>,
    /// The first day on which it holds; `None` for always.
    pub valid_from: Option<Date>,
    /// The first day on which it does not hold any more; `None` for still.
    pub valid_to: Option<Date>,
    /// What proves it: the code of its kind (register, disclosure, contract, statement, nothing), a space, and words.
    pub evidence: String,
    /// The file that proves it.
    pub file: Option<String>,
    /// The submission that brought it.
    pub submission: Option<SubmissionId>,
}

/// A relation as it is known. 关联关系
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// What was said of it.
    pub said: NewRelation,
    /// From when it was known.
    pub known_from: Timestamp,
    /// Until when; `None` while it is held to be so.
    pub known_to: Option<Timestamp>,
}

const COLUMNS: &str = "id, sort, from_party, to_party, share_ppm, valid_from, valid_to, evidence, file, submission, \
                       known_from, known_to";
const ROWS: usize = 100;

impl View {
    /// The party with this id. 读取主体
    pub async fn party(&self, id: i64) -> Result<Option<Party>, Error> {
        self.by_id(id).await
    }

    /// The party that a customer is. 客户对应的主体
    pub async fn party_of(&self, customer: CustomerId) -> Result<Option<Party>, Error> {
        self.one("WHERE customer = $1", args![customer]).await
    }

    /// Parties with this code. 按代码查主体
    pub async fn parties_by_code(&self, code: &str) -> Result<Vec<Party>, Error> {
        self.all("WHERE code = $1 ORDER BY id", args![code]).await
    }

    /// Parties of a sort with this sorting name, ascending by id. 按名称查主体
    pub async fn parties_by_name(&self, sort: PartySort, name_key: &str) -> Result<Vec<Party>, Error> {
        self.all("WHERE name_key = $1 AND sort = $2 ORDER BY id", args![name_key, sort])
            .await
    }

    /// All parties after `after`, ascending by id. 遍历主体
    pub async fn parties(&self, after: i64, limit: u32) -> Result<Vec<Party>, Error> {
        self.all("WHERE id > $1 ORDER BY id LIMIT $2", args![after, i64::from(limit)])
            .await
    }

    /// Relations after `after`, ascending by id, that hold on a day: the edges of the graph. 遍历关系
    pub async fn relations(
        &self,
        known: Known,
        on: Option<Date>,
        after: RelationId,
        limit: u32,
    ) -> Result<Vec<Relation>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM relation WHERE id > $1 AND {} AND {} ORDER BY id LIMIT $2",
            known.condition(""),
            holds_on(on)
        );
        let rows = self.rows(&sql, args![after, i64::from(limit)]).await?;
        rows.iter().map(relation).collect()
    }

    /// The relations that lead from or to a party. 某主体的关系
    pub async fn relations_of(&self, party: i64, known: Known, on: Option<Date>) -> Result<Vec<Relation>, Error> {
        let wanted = format!("{} AND {}", known.condition(""), holds_on(on));
        let sql = format!(
            "SELECT {COLUMNS} FROM relation WHERE from_party = $1 AND {wanted} UNION \
             SELECT {COLUMNS} FROM relation WHERE to_party = $1 AND {wanted} ORDER BY id"
        );
        let rows = self.rows(&sql, args![party]).await?;
        rows.iter().map(relation).collect()
    }

    /// The relations that a submission brought and that are still held to be so, ascending by id. 报送带来的关系
    pub async fn relations_from(&self, submission: SubmissionId) -> Result<Vec<Relation>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM relation WHERE submission = $1 AND known_to = {OPEN} ORDER BY id");
        let rows = self.rows(&sql, args![submission]).await?;
        rows.iter().map(relation).collect()
    }

    /// All that was ever said of relations from or to a party, the oldest first. 某主体的全部关系
    pub async fn relations_ever(&self, party: i64) -> Result<Vec<Relation>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM relation WHERE from_party = $1 UNION SELECT {COLUMNS} FROM relation \
             WHERE to_party = $1 ORDER BY id"
        );
        let rows = self.rows(&sql, args![party]).await?;
        rows.iter().map(relation).collect()
    }

    /// The relation with this id. 读取关系
    pub async fn relation(&self, id: RelationId) -> Result<Option<Relation>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM relation WHERE id = $1");
        self.row(&sql, args![id]).await?.as_ref().map(relation).transpose()
    }
}

impl Change {
    /// Adds relations, known from this change on; ids in the order in which they were handed in. 新增关系
    pub async fn add_relations(&self, new: &[NewRelation]) -> Result<Vec<RelationId>, Error> {
        let mut ids = Vec::with_capacity(new.len());
        for piece in new.chunks(ROWS) {
            let sql = format!(
                "INSERT INTO relation (sort, from_party, to_party, share_ppm, valid_from, valid_to, evidence, file, \
                 submission, known_from, known_to) VALUES {} RETURNING id",
                places(self.backend(), piece.len(), 11)
            );
            let mut values = Vec::with_capacity(piece.len() * 11);
            for relation in piece.iter().cloned() {
                values.extend(args![
                    relation.sort,
                    relation.from,
                    relation.to,
                    relation.share_ppm,
                    relation.valid_from,
                    relation.valid_to,
                    relation.evidence,
                    relation.file,
                    relation.submission,
                    self.at(),
                    OPEN,
                ]);
            }
            let given = self.rows(&sql, values).await?;
            // Both databases number the rows of one statement in its order, and answer in any.
            let mut given: Vec<RelationId> = given.iter().map(|row| Cell::get(row, 0)).collect::<Result<_, _>>()?;
            given.sort_unstable();
            ids.extend(given);
        }
        Ok(ids)
    }

    /// Says that a relation is not held to be so any more; what replaces it is added beside. 终止关系
    pub async fn close_relation(&self, id: RelationId) -> Result<(), Error> {
        let still = format!("known_to = {OPEN}");
        self.step("relation", id.0, vec![("known_to", self.at().put())], &still)
            .await
    }

    /// Writes a party as `party` says, if it is still at `party.version`. 修改主体
    pub async fn update_party(&self, party: &Party) -> Result<i64, Error> {
        let set = vec![
            ("customer", party.customer.put()),
            ("name", party.name.clone().put()),
            ("name_key", party.name_key.clone().put()),
            ("code", party.code.clone().put()),
        ];
        self.update("party", party.id, party.version, set).await
    }
}

/// The condition that something dated holds on a day; all that is known where there is no day.
pub(crate) fn holds_on(day: Option<Date>) -> String {
    match day {
        Some(day) => {
            let day = to_days(day);
            format!("(valid_from IS NULL OR valid_from <= {day}) AND (valid_to IS NULL OR valid_to > {day})")
        }
        None => "1 = 1".to_owned(),
    }
}

fn relation(row: &QueryResult) -> Result<Relation, Error> {
    let Until(known_to) = Cell::get(row, 11)?;
    Ok(Relation {
        id: Cell::get(row, 0)?,
        said: NewRelation {
            sort: Cell::get(row, 1)?,
            from: Cell::get(row, 2)?,
            to: Cell::get(row, 3)?,
            share_ppm: Cell::get(row, 4)?,
            valid_from: Cell::get(row, 5)?,
            valid_to: Cell::get(row, 6)?,
            evidence: Cell::get(row, 7)?,
            file: Cell::get(row, 8)?,
            submission: Cell::get(row, 9)?,
        },
        known_from: Cell::get(row, 10)?,
        known_to,
    })
}
