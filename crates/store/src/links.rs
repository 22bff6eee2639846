//! Links: records of a kind that are read where they lie; the schema holds that two people stand behind each. 数据链接

use pinji_domain::Timestamp;
use pinji_domain::ids::{LinkId, UserId};

use crate::cell::{Cell, args, codes};
use crate::rows::{Row, rows};
use crate::view::View;
use crate::{Change, Error};

codes! {
    /// Where a link stands. 链接状态
    LinkState {
        /// Waits for a second person. 待批
        Proposed = "proposed",
        /// Holds: runs read it. 生效
        Active = "active",
        /// The second person said no. 已拒绝
        Refused = "refused",
        /// Held, or was proposed, and was taken away. 已终止
        Ended = "ended",
    }
}

rows! {
    /// Records of one kind that lie elsewhere. 数据链接
    Link, NewLink: NewInChange, "link", LinkId, {
        /// The record kind.
        kind: String,
        /// Where they lie: the name of a root, and the way from there.
        location: String,
        /// Which columns are which fields, where their headings do not say; a list of texts as JSON.
        maps: String,
        /// Why.
        reason: String,
        /// Who proposed it.
        proposed_by: UserId,
        /// When.
        proposed_at: Timestamp,
        /// What was found there then, as JSON: for who decides.
        found: String,
    } then {
        /// Where it stands.
        state: LinkState,
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
    /// The link with this id. 读取数据链接
    pub async fn link(&self, id: LinkId) -> Result<Option<Link>, Error> {
        self.by_id(id.0).await
    }

    /// Links after `after`, of one state or of all, ascending by id. 数据链接列表
    pub async fn links(&self, state: Option<LinkState>, after: LinkId, limit: u32) -> Result<Vec<Link>, Error> {
        match state {
            Some(state) => {
                let values = args![state, after, i64::from(limit)];
                self.all("WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3", values)
                    .await
            }
            None => {
                let values = args![after, i64::from(limit)];
                self.all("WHERE id > $1 ORDER BY id LIMIT $2", values).await
            }
        }
    }

    /// The links that hold, by kind. 现行数据链接
    pub async fn links_in_force(&self) -> Result<Vec<Link>, Error> {
        self.all("WHERE state = $1 ORDER BY kind", args![LinkState::Active])
            .await
    }
}

impl Change {
    /// A second person approves or refuses. 批准或拒绝链接
    pub async fn decide_link(&self, id: LinkId, version: i64, state: LinkState, by: UserId) -> Result<i64, Error> {
        match self.link(id).await? {
            Some(link) if link.version == version && link.state != LinkState::Proposed => {
                return Err(Error::Moved {
                    what: Link::TABLE,
                    id: id.0,
                });
            }
            _ => {}
        }
        let set = vec![
            ("state", state.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
        ];
        self.update(Link::TABLE, id.0, version, set).await
    }

    /// Takes a link away, or a proposal back. 终止链接
    pub async fn end_link(&self, id: LinkId, version: i64, by: UserId) -> Result<i64, Error> {
        let set = vec![
            ("state", LinkState::Ended.put()),
            ("ended_by", by.put()),
            ("ended_at", self.at().put()),
        ];
        self.update(Link::TABLE, id.0, version, set).await
    }
}
