//! Answers that were given under an idempotency key, so that a request sent twice has one effect. 幂等应答

use pinji_domain::Timestamp;

use crate::cell::{Cell, args};
use crate::view::View;
use crate::{Error, Upkeep};

/// A kept answer. 幂等应答
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who asked: a user, a token, or the address for the set-up.
    pub caller: String,
    /// The key that the caller sent.
    pub key: String,
    /// Method and path.
    pub route: String,
    /// The hash of the request's body: the same key with another request is a mistake of the caller's.
    pub request_hash: String,
    /// The status.
    pub status: i64,
    /// The headers that matter, as a JSON object.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
    /// When.
    pub at: Timestamp,
}

impl View {
    /// The answer that was given to this caller under this key. 查找应答
    pub async fn answer(&self, caller: &str, key: &str) -> Result<Option<Answer>, Error> {
        let sql = "SELECT caller, key, route, request_hash, status, headers, body, at FROM answer WHERE caller = $1 \
                   AND key = $2";
        let row = self.row(sql, args![caller, key]).await?;
        row.map(|row| {
            Ok(Answer {
                caller: Cell::get(&row, 0)?,
                key: Cell::get(&row, 1)?,
                route: Cell::get(&row, 2)?,
                request_hash: Cell::get(&row, 3)?,
                status: Cell::get(&row, 4)?,
                headers: Cell::get(&row, 5)?,
                body: Cell::get(&row, 6)?,
                at: Cell::get(&row, 7)?,
            })
        })
        .transpose()
    }
}

impl Upkeep {
    /// Keeps an answer, in the same transaction as what it answers for. 保存应答
    ///
    /// [`Error::Taken`] where another request with this key was quicker: then the whole change is dropped, and that
    /// one's answer is the answer.
    pub async fn keep_answer(&self, answer: Answer) -> Result<(), Error> {
        let sql = "INSERT INTO answer (caller, key, route, request_hash, status, headers, body, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = args![
            answer.caller,
            answer.key,
            answer.route,
            answer.request_hash,
            answer.status,
            answer.headers,
            answer.body,
            answer.at,
        ];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Forgets answers from before `before`. 清理应答
    pub async fn forget_answers(&self, before: Timestamp) -> Result<u64, Error> {
        self.run("DELETE FROM answer WHERE at < $1", args![before]).await
    }
}
