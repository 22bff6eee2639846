//! Classes of fields: what a column says of whom. 字段类别

use pinji_domain::{Field, Message};

use crate::resource::closed;

closed! {
    /// What a field tells, which decides who sees it. 字段类别
    FieldClass:
    /// Who the customer is: name, code, region, industry, account manager. 一般信息
    General "general" "access-field-general"
    /// About a person: contacts, the legal representative. 个人信息
    Personal "personal" "access-field-personal"
    /// Figures and facts of the customer's business. 经营数据
    Figure "figure" "access-field-figure"
    /// Columns that the office declared restricted: only with a permission, whatever the customer's class. 受限字段
    Restricted "restricted" "access-field-restricted"
    /// Opinions, votes, weights, the lines of a score. 评审意见与得分明细
    Opinion "opinion" "access-field-opinion"
    /// The grade. 等级
    Grade "grade" "access-field-grade"
    /// Reasons that are marked for release. 对外理由
    Reason "reason" "access-field-reason"
}

impl FieldClass {
    /// The class of a declared field of a record kind: personal where its declaration says so, else general for the customer's own
    /// sheet and a figure for all other records.
    pub fn of(kind: &str, field: &Field) -> FieldClass {
        if field.personal {
            FieldClass::Personal
        } else if kind == "customer" {
            FieldClass::General
        } else {
            FieldClass::Figure
        }
    }
}
