//! Sessions, API tokens, set-up links and attempts to sign in: known by hashes only. 会话与令牌

use pinji_domain::Timestamp;
use pinji_domain::ids::{TokenId, UserId};

use crate::cell::{Cell, args};
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error, Upkeep};

rows! {
    /// A session in a browser. 会话
    Session, NewSession: NewInUpkeep, "session", i64, {
        /// The hash of its secret.
        hash: String,
        /// Whose.
        user_id: UserId,
        /// Since when.
        created_at: Timestamp,
        /// When it ends, whatever happens.
        expires_at: Timestamp,
        /// From where.
        address: String,
        /// With which program.
        agent: String,
        /// When it was last used.
        seen_at: Timestamp,
    } then {
        /// Until when it is elevated.
        elevated_until: Option<Timestamp>,
        /// When it was ended.
        ended_at: Option<Timestamp>,
        /// Why: `sign_out`, `password`, `expired`, `role`, …
        ended_why: Option<String>,
        /// What was shown when it was opened: `password` (and the second factor where one is set up), `directory` (a sign-in
        /// there), `directory_factor` (a sign-in there with more than a password, or the local second factor afterwards).
        proof: String,
    }
}

rows! {
    /// A token for programs. 接口令牌
    Token, NewToken: NewInChange, "api_token", TokenId, {
        /// The hash of its secret.
        hash: String,
        /// What it is for.
        name: String,
        /// For whom it acts.
        user_id: UserId,
        /// What it may do: a JSON array of actions.
        scopes: String,
        /// Who made it.
        created_by: UserId,
        /// When.
        created_at: Timestamp,
        /// When it ends.
        expires_at: Timestamp,
    } then {
        /// When it was last used.
        used_at: Option<Timestamp>,
        /// When it was revoked.
        revoked_at: Option<Timestamp>,
        /// By whom.
        revoked_by: Option<UserId>,
    }
}

rows! {
    /// A link that works once: the first start, a new user, a forgotten password. 一次性链接
    SetupLink, NewSetupLink: NewInUpkeep, "setup_link", i64, {
        /// The hash of its secret.
        hash: String,
        /// What it is for: `first`, `invite`, `reset`.
        sort: String,
        /// For whom; `None` for the first user, who is not there yet.
        user_id: Option<UserId>,
        /// When it was made.
        created_at: Timestamp,
        /// When it ends.
        expires_at: Timestamp,
    } then {
        /// When it was used.
        used_at: Option<Timestamp>,
    }
}

rows! {
    /// An attempt to sign in. 登录尝试
    LoginAttempt, NewLoginAttempt: NewInUpkeep, "login_attempt", i64, {
        /// The name that was typed, of a user or not.
        login: String,
        /// From where.
        address: String,
        /// When.
        at: Timestamp,
        /// Whether it went well.
        ok: bool,
    } then {
    }
}

impl View {
    /// The session with this hash, ended or not. 读取会话
    pub async fn session(&self, hash: &str) -> Result<Option<Session>, Error> {
        self.one("WHERE hash = $1", args![hash]).await
    }

    /// A user's sessions that have not ended, the newest first. 用户的会话
    pub async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Session>, Error> {
        let tail = "WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY id DESC";
        self.all(tail, args![user, now]).await
    }

    /// The token with this hash, revoked or not. 读取令牌
    pub async fn token(&self, hash: &str) -> Result<Option<Token>, Error> {
        self.one("WHERE hash = $1", args![hash]).await
    }

    /// The tokens that act for a user, the newest first. 用户的令牌
    pub async fn tokens_of(&self, user: UserId) -> Result<Vec<Token>, Error> {
        self.all("WHERE user_id = $1 ORDER BY id DESC", args![user]).await
    }

    /// The token with this id.
    pub async fn token_by_id(&self, id: TokenId) -> Result<Option<Token>, Error> {
        self.by_id(id.0).await
    }

    /// The link with this hash, used or not. 读取链接
    pub async fn setup_link(&self, hash: &str) -> Result<Option<SetupLink>, Error> {
        self.one("WHERE hash = $1", args![hash]).await
    }

    /// Attempts with this name since `since`, the newest first, at most `limit`. 按登录名查尝试
    pub async fn attempts_of(&self, login: &str, since: Timestamp, limit: u32) -> Result<Vec<LoginAttempt>, Error> {
        let tail = "WHERE login = $1 AND at >= $2 ORDER BY at DESC, id DESC LIMIT $3";
        self.all(tail, args![login, since, i64::from(limit)]).await
    }

    /// How many attempts failed from an address since `since`. 按地址计失败次数
    pub async fn failures_from(&self, address: &str, since: Timestamp) -> Result<i64, Error> {
        let sql = "SELECT count(*) FROM login_attempt WHERE address = $1 AND at >= $2 AND ok = 0";
        self.number(sql, args![address, since]).await
    }
}

impl Upkeep {
    /// Notes that a session was used. 会话活动
    pub async fn touch_session(&self, id: i64, now: Timestamp) -> Result<(), Error> {
        self.run("UPDATE session SET seen_at = $1 WHERE id = $2", args![now, id])
            .await?;
        Ok(())
    }

    /// Elevates a session for a while. 提升权限
    pub async fn elevate_session(&self, id: i64, until: Timestamp) -> Result<(), Error> {
        let set = vec![("elevated_until", until.put())];
        self.step("session", id, set, "ended_at IS NULL").await
    }

    /// Says what was shown for a session. 会话凭据
    pub async fn prove_session(&self, id: i64, proof: &str) -> Result<(), Error> {
        self.step("session", id, vec![("proof", proof.put())], "ended_at IS NULL")
            .await
    }

    /// Gives a session another secret, as at elevation. 更换会话标识
    pub async fn rename_session(&self, id: i64, hash: &str) -> Result<(), Error> {
        self.step("session", id, vec![("hash", hash.put())], "ended_at IS NULL")
            .await
    }

    /// Ends a session; `false` where it had ended before. 结束会话
    pub async fn end_session(&self, id: i64, now: Timestamp, why: &str) -> Result<bool, Error> {
        let sql = "UPDATE session SET ended_at = $1, ended_why = $2 WHERE id = $3 AND ended_at IS NULL";
        Ok(self.run(sql, args![now, why, id]).await? == 1)
    }

    /// Ends all sessions of a user, but for one where one is to stay. 结束用户全部会话
    pub async fn end_sessions_of(
        &self,
        user: UserId,
        but: Option<i64>,
        now: Timestamp,
        why: &str,
    ) -> Result<u64, Error> {
        let sql =
            "UPDATE session SET ended_at = $1, ended_why = $2 WHERE user_id = $3 AND ended_at IS NULL AND id <> $4";
        self.run(sql, args![now, why, user, but.unwrap_or(-1)]).await
    }

    /// Notes that a token was used. 令牌活动
    pub async fn touch_token(&self, id: TokenId, now: Timestamp) -> Result<(), Error> {
        self.run("UPDATE api_token SET used_at = $1 WHERE id = $2", args![now, id])
            .await?;
        Ok(())
    }

    /// Uses a link up; `false` where it was used before or has ended. 使用链接
    pub async fn use_setup_link(&self, hash: &str, now: Timestamp) -> Result<bool, Error> {
        let sql = "UPDATE setup_link SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1";
        Ok(self.run(sql, args![now, hash]).await? == 1)
    }

    /// Forgets attempts, ended sessions and links from before `before`. 清理
    pub async fn forget_before(&self, before: Timestamp) -> Result<u64, Error> {
        let mut gone = 0;
        for sql in [
            "DELETE FROM login_attempt WHERE at < $1",
            "DELETE FROM session WHERE expires_at < $1 OR ended_at < $1",
            "DELETE FROM setup_link WHERE expires_at < $1",
        ] {
            gone += self.run(sql, args![before]).await?;
        }
        Ok(gone)
    }
}

impl Change {
    /// Revokes a token. 吊销令牌
    pub async fn revoke_token(&self, id: TokenId, by: UserId) -> Result<(), Error> {
        let set = vec![("revoked_at", self.at().put()), ("revoked_by", by.put())];
        self.step("api_token", id.0, set, "revoked_at IS NULL").await
    }
}
