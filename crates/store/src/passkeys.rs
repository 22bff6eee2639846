//! Passkeys, and the questions that were answered with them. 通行密钥

use pinji_domain::Timestamp;
use pinji_domain::ids::UserId;

use crate::cell::args;
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error, Upkeep};

rows! {
    /// A passkey. 通行密钥
    Passkey, NewPasskey: NewInChange, "passkey", i64, {
        /// The credential's id as the authenticator gave it, in base64url; unique in the office.
        credential: String,
        /// Whose it is.
        user_id: UserId,
        /// What its owner calls it.
        name: String,
        /// The public key in COSE, in base64url.
        public_key: String,
        /// The authenticator's counter at its last use.
        counter: i64,
        /// Whether it may be copied to other devices of its owner.
        may_be_copied: bool,
        /// When it was registered.
        created_at: Timestamp,
    } then {
        /// When it was last used.
        used_at: Option<Timestamp>,
    }
}

impl View {
    /// The passkey with this number. 读取通行密钥
    pub async fn passkey(&self, id: i64) -> Result<Option<Passkey>, Error> {
        self.by_id(id).await
    }

    /// The passkey that an authenticator names so. 按凭据查通行密钥
    pub async fn passkey_by_credential(&self, credential: &str) -> Result<Option<Passkey>, Error> {
        self.one("WHERE credential = $1", args![credential]).await
    }

    /// A user's passkeys, the oldest first. 用户的通行密钥
    pub async fn passkeys_of(&self, user: UserId) -> Result<Vec<Passkey>, Error> {
        self.all("WHERE user_id = $1 ORDER BY id", args![user]).await
    }

    /// Whether a user has a passkey. 是否有通行密钥
    pub async fn has_passkey(&self, user: UserId) -> Result<bool, Error> {
        let sql = "SELECT count(*) FROM passkey WHERE user_id = $1";
        Ok(self.number(sql, args![user]).await? > 0)
    }
}

impl Upkeep {
    /// Notes that a question was answered, rightly or not; `false` where it was before. 问题只答一次
    pub async fn answer_question(&self, challenge: &str, expires_at: Timestamp) -> Result<bool, Error> {
        let sql = "INSERT INTO passkey_answered (challenge, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        Ok(self.run(sql, args![challenge, expires_at]).await? == 1)
    }

    /// Forgets answered questions that have lapsed. 清理问题
    pub async fn forget_questions(&self, now: Timestamp) -> Result<u64, Error> {
        self.run("DELETE FROM passkey_answered WHERE expires_at <= $1", args![now])
            .await
    }
}

impl Change {
    /// Notes that a passkey was used, with its counter; `false` where the counter has not moved on, or the passkey is gone. A
    /// device that does not count says 0 each time. 使用通行密钥
    pub async fn use_passkey(&self, id: i64, counter: i64) -> Result<bool, Error> {
        let sql = "UPDATE passkey SET counter = $1, used_at = $2 WHERE id = $3 \
                   AND (counter < $1 OR (counter = 0 AND $1 = 0))";
        Ok(self.run(sql, args![counter, self.at(), id]).await? == 1)
    }

    /// Takes a passkey away. 删除通行密钥
    pub async fn remove_passkey(&self, id: i64) -> Result<(), Error> {
        match self.run("DELETE FROM passkey WHERE id = $1", args![id]).await? {
            0 => Err(Error::missing("passkey")),
            _ => Ok(()),
        }
    }
}
