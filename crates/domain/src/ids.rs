//! Ids: a type for each thing, so that one cannot stand where another is due. 标识

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub i64);

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}", self.0)
                }
            }

            impl FromStr for $name {
                type Err = ParseIntError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map($name)
                }
            }
        )*
    };
}

ids! {
    /// A customer of the register. 客户
    CustomerId,
    /// Somebody who signs in. 用户
    UserId,
    /// A team of users. 团队
    TeamId,
    /// A role given to a user. 授权
    GrantId,
    /// Records of a kind that lie elsewhere. 数据链接
    LinkId,
    /// An API token. 接口令牌
    TokenId,
    /// One version of one record. 记录版本
    RecordId,
    /// A submission of records. 报送
    SubmissionId,
    /// A typed edge between two parties. 关联关系
    RelationId,
    /// A corporate group. 集团
    GroupId,
    /// A rating run. 评级批次
    RunId,
    /// A long job. 作业
    JobId,
    /// A permission to read confidential data, asked for and given. 查阅许可
    AccessId,
    /// A message to a person or a department in the office itself. 站内通知
    NotificationId,
    /// A customer's way to a decided grade. 评级案
    CaseId,
    /// A meeting of the review committee. 评审会议
    MeetingId,
}
