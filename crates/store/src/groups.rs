//! Corporate groups: their members through time, and the decisions that made them. 集团客户

use pinji_domain::ids::{CustomerId, GroupId, UserId};
use pinji_domain::{Date, Timestamp};
use sea_orm::QueryResult;

use crate::cell::{Cell, OPEN, Until, args, codes};
use crate::records::Known;
use crate::relations::holds_on;
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error};

rows! {
    /// Customers under one ultimate controller. 集团客户
    Group, NewGroup: NewInChange, "corporate_group", GroupId, {
        /// The company's own number for it.
        code: String,
        /// Its name.
        name: String,
        /// The name as lists sort it.
        name_key: String,
        /// The party that controls it.
        controller: Option<i64>,
        /// Since when the register has it.
        created_at: Timestamp,
        /// What people say about it.
        note: String,
    } then {
        /// When it was dissolved.
        ended_at: Option<Timestamp>,
        /// Goes up by one with each change, of its members too.
        version: i64,
    }
}

rows! {
    /// A person's decision on a customer's place in a group; kept for ever. 集团成员认定
    GroupDecision, NewGroupDecision: NewInChange, "group_decision", i64, {
        /// The group.
        group_id: GroupId,
        /// The customer.
        customer: CustomerId,
        /// What was decided: `member` (it, whatever the rules say), `not_member`, or `together` (all that the rules put with
        /// it belong to the group).
        verdict: String,
        /// By which of the four tests.
        test: String,
        /// Why.
        reason: String,
        /// Who proposed it; `None` where a rule did.
        proposed_by: Option<UserId>,
        /// Who decided; never who proposed.
        decided_by: UserId,
        /// When.
        decided_at: Timestamp,
    } then {
    }
}

codes! {
    /// What a motion wants. 提议类型
    MotionSort {
        /// Customers belong to the group. 纳入
        Include = "include",
        /// Customers do not belong to it. 剔除
        Exclude = "exclude",
        /// Another group is one with it. 合并
        Merge = "merge",
        /// Some of its members are a group of their own. 拆分
        Split = "split",
    }
}

codes! {
    /// How far a motion has come. 提议状态
    MotionState {
        /// Waits for another person. 待认定
        Proposed = "proposed",
        /// Decided: it is so. 已认定
        Approved = "approved",
        /// Decided: it is not so. 已否决
        Refused = "refused",
    }
}

rows! {
    /// What a person wants another to decide about a group. 集团认定提议
    GroupMotion, NewGroupMotion: NewInChange, "group_motion", i64, {
        /// The group.
        group_id: GroupId,
        /// What is wanted.
        sort: MotionSort,
        /// The customers that it moves, as a JSON array of ids, ascending.
        customers: String,
        /// The group that is to be merged into this one.
        other: Option<GroupId>,
        /// By which of the four tests.
        test: String,
        /// Why.
        reason: String,
        /// From which day on.
        valid_from: Date,
        /// Who proposed it.
        proposed_by: UserId,
        /// When.
        proposed_at: Timestamp,
    } then {
        /// How far it has come.
        state: MotionState,
        /// Who decided; never who proposed.
        decided_by: Option<UserId>,
        /// When.
        decided_at: Option<Timestamp>,
        /// What who decided says to it.
        words: Option<String>,
        /// The group that a split made.
        outcome: Option<GroupId>,
        /// Goes up by one with each change.
        version: i64,
    }
}

/// A customer's time in a group. 集团成员
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// Its id.
    pub id: i64,
    /// The group.
    pub group: GroupId,
    /// The member.
    pub customer: CustomerId,
    /// Its first day as a member.
    pub valid_from: Date,
    /// The first day on which it is none any more; `None` while it is one.
    pub valid_to: Option<Date>,
    /// By what it is one: `rule` or `decision`.
    pub basis: String,
    /// The decision, where one was made.
    pub decision: Option<i64>,
    /// From when this was known.
    pub known_from: Timestamp,
    /// Until when; `None` while it is held to be so.
    pub known_to: Option<Timestamp>,
}

const MEMBER: &str = "id, group_id, customer, valid_from, valid_to, basis, decision, known_from, known_to";

impl View {
    /// The group with this id. 读取集团
    pub async fn group(&self, id: GroupId) -> Result<Option<Group>, Error> {
        self.by_id(id.0).await
    }

    /// The group with this number. 按编号读取集团
    pub async fn group_by_code(&self, code: &str) -> Result<Option<Group>, Error> {
        self.one("WHERE code = $1", args![code]).await
    }

    /// Groups after `after`, ascending by id. 遍历集团
    pub async fn groups(&self, after: GroupId, limit: u32) -> Result<Vec<Group>, Error> {
        self.all("WHERE id > $1 ORDER BY id LIMIT $2", args![after, i64::from(limit)])
            .await
    }

    /// The members of a group on a day; of all days where none is given. 集团成员
    pub async fn group_members(
        &self,
        group: GroupId,
        known: Known,
        on: Option<Date>,
    ) -> Result<Vec<GroupMember>, Error> {
        let sql = format!(
            "SELECT {MEMBER} FROM group_member WHERE group_id = $1 AND {} AND {} ORDER BY customer, valid_from",
            known.condition(""),
            holds_on(on)
        );
        let rows = self.rows(&sql, args![group]).await?;
        rows.iter().map(member).collect()
    }

    /// The members of all groups on a day, after `after`, ascending by id. 遍历集团成员
    pub async fn all_group_members(
        &self,
        known: Known,
        on: Option<Date>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<GroupMember>, Error> {
        let sql = format!(
            "SELECT {MEMBER} FROM group_member WHERE id > $1 AND {} AND {} ORDER BY id LIMIT $2",
            known.condition(""),
            holds_on(on)
        );
        let rows = self.rows(&sql, args![after, i64::from(limit)]).await?;
        rows.iter().map(member).collect()
    }

    /// The groups that a customer is in, or was. 客户所属集团
    pub async fn memberships(
        &self,
        customer: CustomerId,
        known: Known,
        on: Option<Date>,
    ) -> Result<Vec<GroupMember>, Error> {
        let sql = format!(
            "SELECT {MEMBER} FROM group_member WHERE customer = $1 AND {} AND {} ORDER BY group_id, valid_from",
            known.condition(""),
            holds_on(on)
        );
        let rows = self.rows(&sql, args![customer]).await?;
        rows.iter().map(member).collect()
    }

    /// The decisions on a group's members, the oldest first. 认定记录
    pub async fn group_decisions(&self, group: GroupId) -> Result<Vec<GroupDecision>, Error> {
        self.all("WHERE group_id = $1 ORDER BY id", args![group]).await
    }

    /// All decisions on members after `after`, ascending by id. 遍历认定记录
    pub async fn all_group_decisions(&self, after: i64, limit: u32) -> Result<Vec<GroupDecision>, Error> {
        self.all("WHERE id > $1 ORDER BY id LIMIT $2", args![after, i64::from(limit)])
            .await
    }

    /// The motion with this id. 读取提议
    pub async fn group_motion(&self, id: i64) -> Result<Option<GroupMotion>, Error> {
        self.by_id(id).await
    }

    /// The motions about a group, also about merging it into another, the oldest first. 集团的提议
    pub async fn group_motions(&self, group: GroupId) -> Result<Vec<GroupMotion>, Error> {
        self.all("WHERE group_id = $1 OR other = $1 ORDER BY id", args![group])
            .await
    }
}

impl Change {
    /// Decides a motion; who proposed it cannot. 认定提议
    pub async fn decide_motion(
        &self,
        motion: &GroupMotion,
        state: MotionState,
        by: UserId,
        words: &str,
        outcome: Option<GroupId>,
    ) -> Result<i64, Error> {
        let set = vec![
            ("state", state.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
            ("words", words.put()),
            ("outcome", outcome.put()),
        ];
        self.update("group_motion", motion.id, motion.version, set).await
    }

    /// Writes a group as `group` says, if it is still at `group.version`. 修改集团
    pub async fn update_group(&self, group: &Group) -> Result<i64, Error> {
        let set = vec![
            ("name", group.name.clone().put()),
            ("name_key", group.name_key.clone().put()),
            ("controller", group.controller.put()),
            ("note", group.note.clone().put()),
            ("ended_at", group.ended_at.put()),
        ];
        self.update("corporate_group", group.id.0, group.version, set).await
    }

    /// Raises a group's version, so that two cannot change its members unseen. 集团版本
    pub async fn touch_group(&self, id: GroupId, version: i64) -> Result<i64, Error> {
        self.update("corporate_group", id.0, version, Vec::new()).await
    }

    /// Makes a customer a member from a day on. 加入集团
    pub async fn add_group_member(
        &self,
        group: GroupId,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
        basis: &str,
        decision: Option<i64>,
    ) -> Result<i64, Error> {
        let sql = "INSERT INTO group_member (group_id, customer, valid_from, valid_to, basis, decision, known_from, \
                   known_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
        self.number(sql, args![group, customer, from, to, basis, decision, self.at(), OPEN])
            .await
    }

    /// Ends a membership on a day: what was known of it is closed, and the shorter one added. 退出集团
    pub async fn end_group_member(&self, id: i64, to: Date, decision: Option<i64>) -> Result<i64, Error> {
        let sql = format!("SELECT {MEMBER} FROM group_member WHERE id = $1 AND known_to = {OPEN}");
        let row = self
            .row(&sql, args![id])
            .await?
            .ok_or_else(|| Error::missing("group_member"))?;
        let known = member(&row)?;
        self.close_group_member(id).await?;
        let decision = decision.or(known.decision);
        self.add_group_member(
            known.group,
            known.customer,
            known.valid_from,
            Some(to),
            &known.basis,
            decision,
        )
        .await
    }

    /// Says that a membership never was. 更正成员
    pub async fn close_group_member(&self, id: i64) -> Result<(), Error> {
        let still = format!("known_to = {OPEN}");
        self.step("group_member", id, vec![("known_to", self.at().put())], &still)
            .await
    }
}

fn member(row: &QueryResult) -> Result<GroupMember, Error> {
    let Until(known_to) = Cell::get(row, 8)?;
    Ok(GroupMember {
        id: Cell::get(row, 0)?,
        group: Cell::get(row, 1)?,
        customer: Cell::get(row, 2)?,
        valid_from: Cell::get(row, 3)?,
        valid_to: Cell::get(row, 4)?,
        basis: Cell::get(row, 5)?,
        decision: Cell::get(row, 6)?,
        known_from: Cell::get(row, 7)?,
        known_to,
    })
}
