//! Permissions to read what is confidential, and who has read it. 查阅许可

use pinji_domain::Timestamp;
use pinji_domain::ids::{AccessId, CustomerId, UserId};

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Change, Error};

codes! {
    /// Where a permission stands. 许可状态
    AccessState {
        /// Asked for. 待批
        Asked = "asked",
        /// Given until it expires. 已批
        Given = "given",
        /// Refused. 已拒绝
        Refused = "refused",
        /// Given, and taken back or run out. 已终止
        Ended = "ended",
    }
}

rows! {
    /// A permission to read one customer's confidential data. 查阅许可
    Access, NewAccess: NewInChange, "access_permission", AccessId, {
        /// Who reads.
        user_id: UserId,
        /// Whose data.
        customer: CustomerId,
        /// What for.
        purpose: String,
        /// When it was asked for.
        asked_at: Timestamp,
        /// Until when it is wanted.
        wanted_until: Timestamp,
    } then {
        /// Where it stands.
        state: AccessState,
        /// Who gave or refused it; never who asked.
        decided_by: Option<UserId>,
        /// When.
        decided_at: Option<Timestamp>,
        /// When it ends.
        expires_at: Option<Timestamp>,
        /// What the approver says.
        reason: Option<String>,
        /// When it was taken back, or found to have run out.
        ended_at: Option<Timestamp>,
        /// Goes up by one with each step.
        version: i64,
    }
}

rows! {
    /// That somebody has read confidential data; kept for ever. 查阅记录
    Reading, NewReading: NewInUpkeep, "reading", i64, {
        /// Who.
        user_id: UserId,
        /// Whose data.
        customer: CustomerId,
        /// What: `customer`, `records`, `grade`, an export.
        what: String,
        /// By which permission; `None` where the role was enough.
        permission: Option<AccessId>,
        /// When.
        at: Timestamp,
        /// In which request.
        request: String,
    } then {
    }
}

impl View {
    /// The permission with this id. 读取许可
    pub async fn access(&self, id: AccessId) -> Result<Option<Access>, Error> {
        self.by_id(id.0).await
    }

    /// Permissions in a state after `after`, ascending by id. 许可列表
    pub async fn accesses(&self, state: AccessState, after: AccessId, limit: u32) -> Result<Vec<Access>, Error> {
        let values = args![state, after, i64::from(limit)];
        self.all("WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3", values)
            .await
    }

    /// All permissions that a user asked for, the newest first. 用户的许可
    pub async fn accesses_of(&self, user: UserId) -> Result<Vec<Access>, Error> {
        self.all("WHERE user_id = $1 ORDER BY id DESC", args![user]).await
    }

    /// The permissions that hold for a user at `now`; part of his scope. 现行许可
    pub async fn permitted(&self, user: UserId, now: Timestamp) -> Result<Vec<(CustomerId, AccessId)>, Error> {
        let sql = "SELECT customer, id FROM access_permission WHERE user_id = $1 AND state = 'given' \
                   AND expires_at > $2 ORDER BY customer";
        let rows = self.rows(sql, args![user, now]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?)))
            .collect()
    }

    /// Who read a customer's confidential data, the newest first. 谁查阅过
    pub async fn readings_of(
        &self,
        customer: CustomerId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Reading>, Error> {
        let values = args![customer, before.unwrap_or(i64::MAX), i64::from(limit)];
        self.all("WHERE customer = $1 AND id < $2 ORDER BY id DESC LIMIT $3", values)
            .await
    }

    /// What a user has read of confidential data, the newest first. 某人查阅过什么
    pub async fn readings_by(&self, user: UserId, before: Option<i64>, limit: u32) -> Result<Vec<Reading>, Error> {
        let values = args![user, before.unwrap_or(i64::MAX), i64::from(limit)];
        self.all("WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", values)
            .await
    }
}

impl Change {
    /// Gives a permission until an instant. 批准查阅
    pub async fn give_access(
        &self,
        id: AccessId,
        version: i64,
        by: UserId,
        expires_at: Timestamp,
        reason: &str,
    ) -> Result<i64, Error> {
        let set = vec![
            ("state", AccessState::Given.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
            ("expires_at", expires_at.put()),
            ("reason", reason.put()),
        ];
        self.access_step(id, version, AccessState::Asked, set).await
    }

    /// Refuses a permission. 拒绝查阅
    pub async fn refuse_access(&self, id: AccessId, version: i64, by: UserId, reason: &str) -> Result<i64, Error> {
        let set = vec![
            ("state", AccessState::Refused.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
            ("reason", reason.put()),
        ];
        self.access_step(id, version, AccessState::Asked, set).await
    }

    /// Ends a permission: it was taken back, or has run out. 终止许可
    pub async fn end_access(&self, id: AccessId, version: i64) -> Result<i64, Error> {
        let set = vec![("state", AccessState::Ended.put()), ("ended_at", self.at().put())];
        self.access_step(id, version, AccessState::Given, set).await
    }

    async fn access_step(
        &self,
        id: AccessId,
        version: i64,
        from: AccessState,
        set: Vec<(&str, sea_orm::Value)>,
    ) -> Result<i64, Error> {
        if let Some(access) = self.access(id).await?
            && access.version == version
            && access.state != from
        {
            return Err(Error::Moved {
                what: Access::TABLE,
                id: id.0,
            });
        }
        self.update(Access::TABLE, id.0, version, set).await
    }
}
