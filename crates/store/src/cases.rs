//! Cases as they are kept: their events, who has a part in them, opinions, ballots and votes. 评级案
//!
//! What a case *is* follows from its events, which are the caller's JSON. What stands beside them is what the schema itself
//! must forbid: see `migrations/0006-office.sql`.

use pinji_domain::Timestamp;
use pinji_domain::ids::{CaseId, CustomerId, RunId, UserId};
use sea_orm::QueryResult;

use crate::cell::{Cell, args};
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error};

rows! {
    /// A seat of a policy's committee, and who holds it. 委员席位
    CommitteeSeat, NewCommitteeSeat: NewInChange, "committee_seat", i64, {
        /// The policy's id.
        policy: String,
        /// The seat, by the policy's word.
        seat: String,
        /// Who holds it.
        member: UserId,
        /// Whether he has the chair.
        is_chair: bool,
        /// Who appointed him; never himself.
        appointed_by: UserId,
        /// When.
        appointed_at: Timestamp,
    } then {
        /// When he left it.
        ended_at: Option<Timestamp>,
    }
}

rows! {
    /// A customer's way to a decided grade. 评级案
    RatingCase, NewRatingCase: NewInChange, "rating_case", CaseId, {
        /// The policy's id.
        policy: String,
        /// Whom it is about.
        customer: CustomerId,
        /// Why it was opened, by name.
        occasion: String,
        /// The run that it stood on when it was opened.
        run: RunId,
        /// Who opened it; `None`: a run or a rule.
        opened_by: Option<UserId>,
        /// When.
        opened_at: Timestamp,
    } then {
        /// Where it stands, by name.
        stage: String,
        /// How many events it has.
        events: i64,
        /// Goes up by one with each step.
        version: i64,
    }
}

/// An event of a case. 评级案事件
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// From 0.
    pub seq: i64,
    /// When; the instant of the change that brought it.
    pub at: Timestamp,
    /// Its name.
    pub name: String,
    /// What it says, as JSON.
    pub content: String,
}

/// A ballot as it is counted. 表决
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseBallot {
    /// From 0.
    pub number: i64,
    /// Who proposed a departure from the model grade, and so has no vote.
    pub maker: Option<UserId>,
    /// Whether only totals are kept.
    pub is_secret: bool,
    /// For, against, neither.
    pub tally: [i64; 3],
    /// What came out; `None` while it is open.
    pub outcome: Option<String>,
}

/// A vote that is cast. 投票
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVote {
    /// Whose vote it is.
    pub member: UserId,
    /// Who casts it: the member, or who acts for him.
    pub cast_by: UserId,
    /// 0 for, 1 against, 2 neither.
    pub vote: usize,
}

/// Which cases a list shows; an empty filter lets everything pass. 评级案列表条件
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseList {
    /// Only in these stages.
    pub stages: Vec<String>,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Before this id: the newest come first.
    pub before: Option<CaseId>,
    /// How many at most.
    pub limit: u32,
}

const VOTES: [&str; 3] = ["for", "against", "abstain"];
const TALLIES: [&str; 3] = ["yes", "no", "abstained"];

impl View {
    /// Who holds which seat of a policy's committee now. 现任委员
    pub async fn committee(&self, policy: &str) -> Result<Vec<CommitteeSeat>, Error> {
        self.all("WHERE policy = $1 AND ended_at IS NULL ORDER BY seat", args![policy])
            .await
    }

    /// The seat with this id, held or left. 读取席位
    pub async fn committee_seat(&self, id: i64) -> Result<Option<CommitteeSeat>, Error> {
        self.by_id(id).await
    }

    /// The ids of all cases about a customer, ascending. 客户的评级案
    pub async fn cases_about(&self, customer: CustomerId) -> Result<Vec<CaseId>, Error> {
        let sql = "SELECT id FROM rating_case WHERE customer = $1 ORDER BY id";
        let rows = self.rows(sql, args![customer]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The case with this id. 读取评级案
    pub async fn rating_case(&self, id: CaseId) -> Result<Option<RatingCase>, Error> {
        self.by_id(id.0).await
    }

    /// A customer's open case under a policy. 未结评级案
    pub async fn open_case(&self, policy: &str, customer: CustomerId) -> Result<Option<RatingCase>, Error> {
        let tail = "WHERE policy = $1 AND customer = $2 AND stage NOT IN ('decided', 'withdrawn')";
        self.one(tail, args![policy, customer]).await
    }

    /// Cases, the newest first. 评级案列表
    pub async fn list_cases(&self, list: &CaseList) -> Result<Vec<RatingCase>, Error> {
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut values = Vec::new();
        if !list.stages.is_empty() {
            let places: Vec<String> = (1..=list.stages.len()).map(|place| format!("${place}")).collect();
            values.extend(list.stages.iter().map(|stage| stage.as_str().put()));
            conditions.push(format!("stage IN ({})", places.join(",")));
        }
        if let Some(CustomerId(customer)) = list.customer {
            conditions.push(format!("customer = {customer}"));
        }
        if let Some(CaseId(before)) = list.before {
            conditions.push(format!("id < {before}"));
        }
        let conditions = conditions.join(" AND ");
        let tail = format!("WHERE {conditions} ORDER BY id DESC LIMIT {}", list.limit);
        self.all(&tail, values).await
    }

    /// The events of a case, in their order. 评级案事件
    pub async fn case_events(&self, case: CaseId) -> Result<Vec<CaseEvent>, Error> {
        let sql = "SELECT seq, at, name, content FROM case_event WHERE case_id = $1 ORDER BY seq";
        let rows = self.rows(sql, args![case]).await?;
        let read = |row: &QueryResult| {
            Ok(CaseEvent {
                seq: Cell::get(row, 0)?,
                at: Cell::get(row, 1)?,
                name: Cell::get(row, 2)?,
                content: Cell::get(row, 3)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The ballots of a case, in their order. 历次表决
    pub async fn case_ballots(&self, case: CaseId) -> Result<Vec<CaseBallot>, Error> {
        let sql = "SELECT number, maker, is_secret, yes, no, abstained, outcome FROM case_ballot WHERE case_id = $1 \
                   ORDER BY number";
        let rows = self.rows(sql, args![case]).await?;
        let read = |row: &QueryResult| {
            let maker: i64 = Cell::get(row, 1)?;
            Ok(CaseBallot {
                number: Cell::get(row, 0)?,
                maker: (maker != 0).then_some(UserId(maker)),
                is_secret: Cell::get(row, 2)?,
                tally: [Cell::get(row, 3)?, Cell::get(row, 4)?, Cell::get(row, 5)?],
                outcome: Cell::get(row, 6)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Whose votes a ballot has, ascending. 已投票委员
    pub async fn case_voters(&self, case: CaseId, ballot: i64) -> Result<Vec<UserId>, Error> {
        let sql = "SELECT member FROM case_vote WHERE case_id = $1 AND ballot = $2 ORDER BY member";
        let rows = self.rows(sql, args![case, ballot]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// Who must have no part in a case, ascending. 须回避的人
    pub async fn barred(&self, case: CaseId) -> Result<Vec<UserId>, Error> {
        let sql = "SELECT user_id FROM case_person WHERE case_id = $1 AND barred = 1 ORDER BY user_id";
        let rows = self.rows(sql, args![case]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }
}

impl Change {
    /// Ends somebody's time in a seat. 终止任命
    pub async fn end_seat(&self, id: i64) -> Result<(), Error> {
        let set = vec![("ended_at", self.at().put())];
        self.step("committee_seat", id, set, "ended_at IS NULL").await
    }

    /// Appends what happened in a case, and says where it stands now. 追加事件
    ///
    /// - `events`: names and contents, in their order.
    ///
    /// Refuses if the case is not at this version: what was decided on was another case.
    pub async fn append_to_case(
        &self,
        case: &RatingCase,
        stage: &str,
        events: &[(String, String)],
    ) -> Result<i64, Error> {
        let all = case.events + i64::try_from(events.len()).unwrap_or(i64::MAX);
        let set = vec![("stage", stage.put()), ("events", all.put())];
        let version = self.update("rating_case", case.id.0, case.version, set).await?;
        let sql = "INSERT INTO case_event (case_id, seq, at, name, content) VALUES ($1, $2, $3, $4, $5)";
        for (seq, (name, content)) in (case.events..).zip(events) {
            let values = args![case.id, seq, self.at(), name.as_str(), content.as_str()];
            self.run(sql, values).await?;
        }
        Ok(version)
    }

    /// Notes that these people have a part in a case. Who is barred is not let in. 参与人
    pub async fn take_part(&self, case: CaseId, users: &[UserId]) -> Result<(), Error> {
        let sql =
            "INSERT INTO case_person (case_id, user_id) VALUES ($1, $2) ON CONFLICT (case_id, user_id) DO NOTHING";
        for user in users {
            self.run(sql, args![case, *user]).await?;
        }
        Ok(())
    }

    /// Bars somebody from a case for good. Refused where he has voted, given an opinion or proposed what was decided. 回避
    pub async fn bar(&self, case: CaseId, user: UserId, reason: &str) -> Result<(), Error> {
        self.take_part(case, &[user]).await?;
        let sql = "UPDATE case_person SET barred = 1, reason = $1 WHERE case_id = $2 AND user_id = $3";
        match self.run(sql, args![reason, case, user]).await {
            // What he has done already refers to him as one who may.
            Err(Error::Missing { .. }) => Err(Error::Moved {
                what: "case_person",
                id: case.0,
            }),
            other => other.map(|_| ()),
        }
    }

    /// Keeps that an expert gave his opinion; once in a round. 专家意见
    pub async fn add_opinion(&self, case: CaseId, round: i64, expert: UserId) -> Result<(), Error> {
        self.take_part(case, &[expert]).await?;
        let sql = "INSERT INTO case_opinion (case_id, round, expert, at) VALUES ($1, $2, $3, $4)";
        self.run(sql, args![case, round, expert, self.at()]).await?;
        Ok(())
    }

    /// Opens a ballot. 开始表决
    ///
    /// - `maker`: who proposed a departure from the model grade; `None` where nothing departs.
    pub async fn open_ballot(
        &self,
        case: CaseId,
        number: i64,
        maker: Option<UserId>,
        is_secret: bool,
        electors: &[(UserId, String)],
    ) -> Result<(), Error> {
        let sql = "INSERT INTO case_ballot (case_id, number, maker, is_secret, opened_at) VALUES ($1, $2, $3, $4, $5)";
        let maker = maker.map_or(0, |user| user.0);
        self.run(sql, args![case, number, maker, is_secret, self.at()]).await?;
        let sql = "INSERT INTO case_elector (case_id, ballot, member, seat) VALUES ($1, $2, $3, $4)";
        for (member, seat) in electors {
            self.run(sql, args![case, number, *member, seat.as_str()]).await?;
        }
        Ok(())
    }

    /// Counts a vote, and keeps whose it was; what it was only where the ballot is not secret. 计票
    pub async fn count_vote(&self, case: CaseId, ballot: &CaseBallot, vote: &NewVote) -> Result<(), Error> {
        let (Some(word), Some(tally)) = (VOTES.get(vote.vote), TALLIES.get(vote.vote)) else {
            return Err(Error::Damaged(format!("vote {}", vote.vote)));
        };
        self.take_part(case, &[vote.member, vote.cast_by]).await?;
        let sql = "INSERT INTO case_vote (case_id, ballot, member, cast_by, vote, maker, is_secret) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let said = (!ballot.is_secret).then(|| (*word).to_owned());
        let maker = ballot.maker.map_or(0, |user| user.0);
        let number = ballot.number;
        let values = args![case, number, vote.member, vote.cast_by, said, maker, ballot.is_secret];
        self.run(sql, values).await?;
        let sql = format!(
            "UPDATE case_ballot SET {tally} = {tally} + 1 WHERE case_id = $1 AND number = $2 AND closed_at IS NULL"
        );
        self.touched_once(self.run(&sql, args![case, number]).await?, case)
    }

    /// Closes a ballot, or says what the chair made of a tie. 结束表决
    pub async fn close_ballot(&self, case: CaseId, number: i64, outcome: &str) -> Result<(), Error> {
        let sql = "UPDATE case_ballot SET outcome = $1, closed_at = $2 WHERE case_id = $3 AND number = $4 \
                   AND (closed_at IS NULL OR outcome = 'tied')";
        self.touched_once(self.run(sql, args![outcome, self.at(), case, number]).await?, case)
    }

    fn touched_once(&self, touched: u64, case: CaseId) -> Result<(), Error> {
        match touched {
            1 => Ok(()),
            _ => Err(Error::Moved {
                what: "case_ballot",
                id: case.0,
            }),
        }
    }
}
