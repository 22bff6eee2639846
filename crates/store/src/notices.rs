//! Messages to people in the office, and what goes out to other systems. 通知与发件箱

use pinji_domain::Timestamp;
use pinji_domain::ids::{NotificationId, UserId};

use crate::cell::{Cell, args};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Error, Upkeep};

rows! {
    /// A message to a user in the office itself. 站内通知
    Notification, NewNotification: NewInUpkeep, "notification", NotificationId, {
        /// To whom.
        user_id: UserId,
        /// The sentence: a message code.
        code: String,
        /// Its values: a JSON object.
        args: String,
        /// What it is about, as a path in the interface.
        object: String,
        /// When.
        at: Timestamp,
    } then {
        /// When it was read.
        read_at: Option<Timestamp>,
    }
}

rows! {
    /// Something that goes out: a mail, a webhook, a push to a CRM. May be delivered twice, never lost. 发件
    Outgoing, NewOutgoing: NewInUpkeep, "outbox", i64, {
        /// What sort.
        topic: String,
        /// Where to.
        target: String,
        /// What: a JSON object.
        payload: String,
        /// When it was written.
        created_at: Timestamp,
        /// Not before.
        due_at: Timestamp,
    } then {
        /// How often it was tried.
        attempts: i64,
        /// Who has it.
        worker: Option<String>,
        /// Until when.
        lease_until: Option<Timestamp>,
        /// When it was delivered, or given up.
        done_at: Option<Timestamp>,
        /// What went wrong last.
        error: Option<String>,
    }
}

impl View {
    /// A user's messages before `before`, the newest first. 通知列表
    pub async fn notifications(
        &self,
        user: UserId,
        before: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Notification>, Error> {
        let before = before.map_or(i64::MAX, |id| id.0);
        let values = args![user, before, i64::from(limit)];
        self.all("WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", values)
            .await
    }

    /// How many messages a user has not read. 未读数
    pub async fn unread(&self, user: UserId) -> Result<i64, Error> {
        let sql = "SELECT count(*) FROM notification WHERE user_id = $1 AND read_at IS NULL";
        self.number(sql, args![user]).await
    }
}

impl Upkeep {
    /// Marks a user's message as read; another user's is [`Error::Missing`]. 标为已读
    pub async fn read_notification(&self, user: UserId, id: NotificationId, now: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE notification SET read_at = COALESCE(read_at, $1) WHERE id = $2 AND user_id = $3";
        match self.run(sql, args![now, id, user]).await? {
            0 => Err(Error::missing("notification")),
            _ => Ok(()),
        }
    }

    /// Takes what is due to go out, at most `limit`, for `lease_until`. 领取待发
    pub async fn claim_outgoing(
        &self,
        worker: &str,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Outgoing>, Error> {
        let skip = if self.is_postgres() {
            " FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let sql = format!(
            "UPDATE outbox SET worker = $1, lease_until = $2, attempts = attempts + 1 WHERE id IN (SELECT id FROM outbox \
             WHERE done_at IS NULL AND due_at <= $3 AND (lease_until IS NULL OR lease_until < $3) \
             ORDER BY due_at, id LIMIT $4{skip}) RETURNING {}",
            Outgoing::columns()
        );
        let rows = self
            .rows(&sql, args![worker, lease_until, now, i64::from(limit)])
            .await?;
        let mut claimed: Vec<Outgoing> = rows.iter().map(Outgoing::read).collect::<Result<_, _>>()?;
        claimed.sort_by_key(|out| (out.due_at, out.id));
        Ok(claimed)
    }

    /// Notes that something was delivered. 已送达
    pub async fn delivered(&self, id: i64, now: Timestamp) -> Result<(), Error> {
        let set = vec![("done_at", now.put()), ("lease_until", None::<i64>.put())];
        self.step("outbox", id, set, "done_at IS NULL").await
    }

    /// Notes that a delivery failed; `again_at` says when it is tried again, `None` gives it up. 未送达
    pub async fn not_delivered(
        &self,
        id: i64,
        error: &str,
        again_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut set = vec![("error", error.put()), ("lease_until", None::<i64>.put())];
        match again_at {
            Some(again) => set.push(("due_at", again.put())),
            None => set.push(("done_at", now.put())),
        }
        self.step("outbox", id, set, "done_at IS NULL").await
    }
}
