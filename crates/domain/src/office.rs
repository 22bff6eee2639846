//! What the office agrees about a kind of record: whom a change concerns, what must add up, how often it is due. 办公约定

use crate::{Decimal, Period, Text};

/// The way on which a submission comes in. 渠道
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Typed into a form. 表单
    Form,
    /// A workbook or CSV file that somebody uploads. 工作簿
    Workbook,
    /// Sent by a program over the interface. 接口
    Api,
    /// Fetched from a CRM. 客户关系管理系统
    Crm,
    /// Picked up from a watched folder. 文件夹
    Folder,
}

impl Channel {
    /// All channels, those of people first.
    pub const ALL: [Channel; 5] = [
        Channel::Form,
        Channel::Workbook,
        Channel::Api,
        Channel::Crm,
        Channel::Folder,
    ];

    /// Its name in interfaces, tables and files of record kinds.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Form => "form",
            Channel::Workbook => "workbook",
            Channel::Api => "api",
            Channel::Crm => "crm",
            Channel::Folder => "folder",
        }
    }

    /// The channel of this name.
    pub fn parse(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// Whether a machine fills it: only such a feed can be trusted by rule. 机器渠道
    pub fn is_machine(self) -> bool {
        matches!(self, Channel::Api | Channel::Crm | Channel::Folder)
    }
}

/// The office's part of a record kind. 办公约定
///
/// Everything may be left out: then nobody is told, nothing is due and nothing is accepted by rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct OfficeTerms {
    /// Fields whose change is told to departments. 关键字段
    pub key_fields: Vec<KeyField>,
    /// The departments that are told, by the company's own codes. 通知部门
    pub notify: Vec<String>,
    /// What must add up within a row. 勾稽关系
    pub identities: Vec<Identity>,
    /// Fields whose numbers are held against the customer's own history. 历史比对字段
    ///
    /// `None` leaves it to the kind: see [`crate::Kind::watched`].
    pub watch: Option<Vec<String>>,
    /// Dates that cannot lie in the future, besides the kind's own date. 不晚于当日的日期
    pub not_future: Vec<String>,
    /// How periods follow each other. 期间规则
    pub period: Option<PeriodRule>,
    /// By what two rows are likely the same customer. 重复客户
    pub duplicate: Option<DuplicateRule>,
    /// What holds for every channel that says nothing else. 通用目标
    pub general: ChannelTerms,
    /// What channels say themselves, in the order of the file. 渠道目标
    pub channels: Vec<(Channel, ChannelTerms)>,
}

impl OfficeTerms {
    /// What holds for a channel: what it says itself, and the general terms for the rest. 渠道约定
    pub fn of(&self, channel: Channel) -> ChannelTerms {
        let own = self.channels.iter().find(|(known, _)| *known == channel);
        let own = own.map_or(ChannelTerms::default(), |(_, terms)| *terms);
        ChannelTerms {
            fresh: own.fresh.or(self.general.fresh),
            every: own.every.or(self.general.every),
            sample: own.sample,
        }
    }

    /// The key field of this id.
    pub fn key_field(&self, id: &str) -> Option<&KeyField> {
        self.key_fields.iter().find(|key| key.field == id)
    }
}

/// A field whose change is told. 关键字段
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyField {
    /// The field's id.
    pub field: String,
    /// From which share of the old value on a change of a number is told; every change where there is none. 变动幅度
    pub change: Option<Decimal>,
}

/// What holds for a channel of a kind. 渠道约定
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ChannelTerms {
    /// How old the newest record of a customer may be. 时效
    pub fresh: Option<Period>,
    /// How often something must come in about a customer. 频率
    pub every: Option<Period>,
    /// For a trusted machine feed: the share of rows that is drawn for the auditor, above 0 and at most 1. 抽样比例
    pub sample: Option<Decimal>,
}

/// Sums within one row that must agree, such as assets = liabilities + equity. 勾稽关系
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Its id within the kind.
    pub id: String,
    /// Its name for people.
    pub name: Text,
    /// What stands on the left.
    pub left: Vec<Term>,
    /// How the sides compare.
    pub relation: Relation,
    /// What stands on the right.
    pub right: Vec<Term>,
    /// How far the sides may differ, in the unit of the fields. 允许差额
    pub within: Decimal,
    /// How far they may differ, as a share of the larger side; the larger of both allowances counts. 允许比例
    pub within_share: Decimal,
}

/// A field that is added or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Which.
    pub sign: Sign,
    /// The field's id.
    pub field: String,
}

/// Plus or minus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
}

/// How the sides of an identity compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Left and right are equal.
    Equal,
    /// The left is not larger than the right.
    AtMost,
}

/// How the rows of a series follow each other in time. 期间规则
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PeriodRule {
    /// Each period ends one step after the one before. 等距期间
    Steps {
        /// The choice field that says which step holds; `None` where one step holds for all.
        by: Option<String>,
        /// Code and step; the code is empty where there is no field. A code without a step is not looked at.
        steps: Vec<(String, Period)>,
    },
    /// Each row holds from one day to another; two rows of a series must not overlap. 起止区间
    Span {
        /// The field with the first day.
        from: String,
        /// The field with the last day; a row without it holds on.
        to: String,
    },
}

/// By what two rows are likely the same customer. 重复客户
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DuplicateRule {
    /// The field with a code that only one customer has.
    pub code: Option<String>,
    /// The field with the name.
    pub name: Option<String>,
    /// From which likeness of names on they are pointed out, above 0 and at most 1. 名称相似度
    pub likeness: Decimal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_names() {
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.code()), Some(channel));
        }
        assert_eq!(Channel::parse("fax"), None);
        let machines = Channel::ALL.into_iter().filter(|channel| channel.is_machine());
        assert_eq!(machines.count(), 3);
    }

    #[test]
    fn a_channel_falls_back_on_the_general_terms() {
        let terms = OfficeTerms {
            general: ChannelTerms {
                fresh: Period::parse("12 months"),
                every: Period::parse("3 months"),
                sample: None,
            },
            channels: vec![(
                Channel::Crm,
                ChannelTerms {
                    every: Period::parse("1 day"),
                    sample: Decimal::parse("0.02"),
                    ..ChannelTerms::default()
                },
            )],
            ..OfficeTerms::default()
        };
        let crm = terms.of(Channel::Crm);
        assert_eq!(crm.fresh, Period::parse("12 months"));
        assert_eq!(crm.every, Period::parse("1 day"));
        assert_eq!(crm.sample, Decimal::parse("0.02"));
        assert_eq!(terms.of(Channel::Api).sample, None);
    }
}
