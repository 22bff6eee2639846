//! Roles: proposed by one, approved by another; the schema holds that they are two. 授权

use pinji_domain::ids::{GrantId, UserId};
use pinji_domain::{Role, Timestamp};

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Change, Error};

codes! {
    /// Where a grant stands. 授权状态
    GrantState {
        /// Waits for a second person. 待批
        Proposed = "proposed",
        /// Holds. 生效
        Active = "active",
        /// The second person said no. 已拒绝
        Refused = "refused",
        /// Held, and was taken away. 已终止
        Ended = "ended",
    }
}

rows! {
    /// A role given to a user. 授权
    Grant, NewGrant: NewInChange, "role_grant", GrantId, {
        /// Who gets it.
        user_id: UserId,
        /// Which role.
        role: Role,
        /// Who proposed it; never who gets it. `None` for the grants of the set-up.
        proposed_by: Option<UserId>,
        /// When.
        proposed_at: Timestamp,
        /// Why.
        reason: String,
        /// Until when it holds; `None` without end.
        until: Option<Timestamp>,
        /// Until when the certificate that the role needs is good.
        certified_until: Option<Timestamp>,
    } then {
        /// Where it stands.
        state: GrantState,
        /// Who approved or refused it; never who proposed it.
        decided_by: Option<UserId>,
        /// When.
        decided_at: Option<Timestamp>,
        /// Who took it away.
        ended_by: Option<UserId>,
        /// When.
        ended_at: Option<Timestamp>,
        /// Goes up by one with each step.
        version: i64,
    }
}

impl View {
    /// The grant with this id. 读取授权
    pub async fn grant(&self, id: GrantId) -> Result<Option<Grant>, Error> {
        self.by_id(id.0).await
    }

    /// All grants of a user, the oldest first. 用户的授权
    pub async fn grants_of(&self, user: UserId) -> Result<Vec<Grant>, Error> {
        self.all("WHERE user_id = $1 ORDER BY id", args![user]).await
    }

    /// Grants in a state after `after`, ascending by id. 授权列表
    pub async fn grants(&self, state: GrantState, after: GrantId, limit: u32) -> Result<Vec<Grant>, Error> {
        let values = args![state, after, i64::from(limit)];
        self.all("WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3", values)
            .await
    }

    /// The roles that hold for a user at `now`. 现行角色
    pub async fn roles_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Role>, Error> {
        let sql = "SELECT DISTINCT role FROM role_grant WHERE user_id = $1 AND state = 'active' \
                   AND (until IS NULL OR until > $2) ORDER BY role";
        let rows = self.rows(sql, args![user, now]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }
}

impl Change {
    /// A grant of the set-up, which holds at once: there is nobody yet who could approve it. 初始授权
    pub async fn add_first_grant(&self, grant: NewGrant) -> Result<GrantId, Error> {
        let grant = NewGrant {
            proposed_by: None,
            ..grant
        };
        self.insert_with(grant, &[("state", GrantState::Active.put())]).await
    }

    /// A second person approves or refuses. 批准或拒绝
    pub async fn decide_grant(&self, id: GrantId, version: i64, state: GrantState, by: UserId) -> Result<i64, Error> {
        self.grant_from(id, version, GrantState::Proposed).await?;
        let set = vec![
            ("state", state.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
        ];
        self.update(Grant::TABLE, id.0, version, set).await
    }

    /// Takes a role away, or a proposal back. 终止授权
    pub async fn end_grant(&self, id: GrantId, version: i64, by: UserId) -> Result<i64, Error> {
        let set = vec![
            ("state", GrantState::Ended.put()),
            ("ended_by", by.put()),
            ("ended_at", self.at().put()),
        ];
        self.update(Grant::TABLE, id.0, version, set).await
    }

    /// Takes a role away, or a proposal back, that came with a group of the directory: nobody here did it. 目录收回授权
    pub async fn end_grant_unheld(&self, id: GrantId, version: i64) -> Result<i64, Error> {
        let set = vec![("state", GrantState::Ended.put()), ("ended_at", self.at().put())];
        self.update(Grant::TABLE, id.0, version, set).await
    }

    /// Notes until when the certificate that the role needs is good. 上岗证有效期
    pub async fn certify_grant(&self, id: GrantId, version: i64, until: Option<Timestamp>) -> Result<i64, Error> {
        self.update(Grant::TABLE, id.0, version, vec![("certified_until", until.put())])
            .await
    }

    async fn grant_from(&self, id: GrantId, version: i64, state: GrantState) -> Result<(), Error> {
        match self.grant(id).await? {
            Some(grant) if grant.version == version && grant.state != state => Err(Error::Moved {
                what: Grant::TABLE,
                id: id.0,
            }),
            _ => Ok(()),
        }
    }
}
