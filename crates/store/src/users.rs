//! Users, their secrets and teams. 用户与团队

use pinji_domain::Timestamp;
use pinji_domain::ids::{CustomerId, TeamId, UserId};

use crate::cell::{Cell, args, codes};
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error, Upkeep};

codes! {
    /// Whether somebody may sign in. 用户状态
    UserState {
        /// May sign in. 正常
        Active = "active",
        /// May not for now. 锁定
        Locked = "locked",
        /// Has left; nothing of what was done is lost. 注销
        Closed = "closed",
    }
}

rows! {
    /// Somebody who signs in. 用户
    User, NewUser: NewInChange, "office_user", UserId, {
        /// The name for signing in.
        login: String,
        /// The name for people.
        name: String,
        /// Where mail goes.
        email: Option<String>,
        /// Since when.
        created_at: Timestamp,
        /// The customer for which he speaks in the portal; `None` for the office's own people.
        customer: Option<CustomerId>,
    } then {
        /// Whether he may sign in.
        state: UserState,
        /// Goes up by one with each change.
        version: i64,
    }
}

rows! {
    /// A team of users. 团队
    Team, NewTeam: NewInChange, "team", TeamId, {
        /// The company's own code for it.
        code: String,
        /// Its name.
        name: String,
    } then {
        /// When it was closed.
        closed_at: Option<Timestamp>,
        /// Goes up by one with each change, of its members too.
        version: i64,
    }
}

/// A secret by which somebody proves who he is. 凭证
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// `password`, `totp`, `recovery`, or the key for what the ledger commits to.
    pub sort: String,
    /// The password's hash, the sealed TOTP secret.
    pub secret: String,
    /// The last TOTP step that was used; 0 at first.
    pub counter: i64,
    /// When it was set.
    pub changed_at: Timestamp,
}

/// A user's place in a team. 团队成员
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TeamMember {
    /// The team.
    pub team: TeamId,
    /// The user.
    pub user: UserId,
    /// Whether he leads it.
    pub lead: bool,
}

impl View {
    /// The user with this id. 读取用户
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        self.by_id(id.0).await
    }

    /// The user with this name for signing in. 按登录名读取用户
    pub async fn user_by_login(&self, login: &str) -> Result<Option<User>, Error> {
        self.one("WHERE login = $1", args![login]).await
    }

    /// Users after `after`, ascending by id. 用户列表
    pub async fn users(&self, after: UserId, limit: u32) -> Result<Vec<User>, Error> {
        self.all("WHERE id > $1 ORDER BY id LIMIT $2", args![after, i64::from(limit)])
            .await
    }

    /// How many users there are; none means that the office is not set up yet. 用户数
    pub async fn count_users(&self) -> Result<i64, Error> {
        self.number("SELECT count(*) FROM office_user", Vec::new()).await
    }

    /// A user's secrets. 凭证
    pub async fn credentials(&self, user: UserId) -> Result<Vec<Credential>, Error> {
        let sql = "SELECT sort, secret, counter, changed_at FROM credential WHERE user_id = $1 ORDER BY sort";
        let rows = self.rows(sql, args![user]).await?;
        rows.iter()
            .map(|row| {
                Ok(Credential {
                    sort: Cell::get(row, 0)?,
                    secret: Cell::get(row, 1)?,
                    counter: Cell::get(row, 2)?,
                    changed_at: Cell::get(row, 3)?,
                })
            })
            .collect()
    }

    /// The team with this id. 读取团队
    pub async fn team(&self, id: TeamId) -> Result<Option<Team>, Error> {
        self.by_id(id.0).await
    }

    /// All teams, ascending by id. 团队列表
    pub async fn teams(&self) -> Result<Vec<Team>, Error> {
        self.all("ORDER BY id", Vec::new()).await
    }

    /// The members of a team. 团队成员
    pub async fn team_members(&self, team: TeamId) -> Result<Vec<TeamMember>, Error> {
        self.members("team = $1", team.0).await
    }

    /// The teams that a user is in. 用户所在团队
    pub async fn teams_of(&self, user: UserId) -> Result<Vec<TeamMember>, Error> {
        self.members("user_id = $1", user.0).await
    }

    async fn members(&self, condition: &str, id: i64) -> Result<Vec<TeamMember>, Error> {
        let sql = format!("SELECT team, user_id, lead FROM team_member WHERE {condition} ORDER BY team, user_id");
        let rows = self.rows(&sql, args![id]).await?;
        rows.iter()
            .map(|row| {
                Ok(TeamMember {
                    team: Cell::get(row, 0)?,
                    user: Cell::get(row, 1)?,
                    lead: Cell::get(row, 2)?,
                })
            })
            .collect()
    }
}

impl Upkeep {
    /// Remembers that a one-time code was used; `false` where this or a later one was used before. 防重放
    pub async fn use_counter(&self, user: UserId, sort: &str, counter: i64) -> Result<bool, Error> {
        let sql = "UPDATE credential SET counter = $1 WHERE user_id = $2 AND sort = $3 AND counter < $1";
        Ok(self.run(sql, args![counter, user, sort]).await? == 1)
    }
}

impl Change {
    /// Writes a user as `user` says, if it is still at `user.version`; login, creation and customer stay. 修改用户
    pub async fn update_user(&self, user: &User) -> Result<i64, Error> {
        let set = vec![
            ("name", user.name.clone().put()),
            ("email", user.email.clone().put()),
            ("state", user.state.put()),
        ];
        self.update("office_user", user.id.0, user.version, set).await
    }

    /// Sets a secret, in place of the one of the same sort. 设置凭证
    pub async fn set_credential(&self, user: UserId, sort: &str, secret: &str) -> Result<(), Error> {
        let sql = "INSERT INTO credential (user_id, sort, secret, counter, changed_at) VALUES ($1, $2, $3, 0, $4) \
                   ON CONFLICT (user_id, sort) DO UPDATE SET secret = excluded.secret, counter = 0, \
                   changed_at = excluded.changed_at";
        self.run(sql, args![user, sort, secret, self.at()]).await?;
        Ok(())
    }

    /// Takes a secret away. 删除凭证
    pub async fn remove_credential(&self, user: UserId, sort: &str) -> Result<(), Error> {
        let sql = "DELETE FROM credential WHERE user_id = $1 AND sort = $2";
        match self.run(sql, args![user, sort]).await? {
            0 => Err(Error::missing("credential")),
            _ => Ok(()),
        }
    }

    /// Writes a team as `team` says, if it is still at `team.version`; its code stays. 修改团队
    pub async fn update_team(&self, team: &Team) -> Result<i64, Error> {
        let set = vec![("name", team.name.clone().put()), ("closed_at", team.closed_at.put())];
        self.update("team", team.id.0, team.version, set).await
    }

    /// Puts a user into a team, or says anew whether he leads it. 加入团队
    pub async fn set_team_member(&self, member: TeamMember) -> Result<(), Error> {
        let sql = "INSERT INTO team_member (team, user_id, lead) VALUES ($1, $2, $3) \
                   ON CONFLICT (team, user_id) DO UPDATE SET lead = excluded.lead";
        self.run(sql, args![member.team, member.user, member.lead]).await?;
        Ok(())
    }

    /// Takes a user out of a team. 移出团队
    pub async fn remove_team_member(&self, team: TeamId, user: UserId) -> Result<(), Error> {
        let sql = "DELETE FROM team_member WHERE team = $1 AND user_id = $2";
        match self.run(sql, args![team, user]).await? {
            0 => Err(Error::missing("team_member")),
            _ => Ok(()),
        }
    }
}
