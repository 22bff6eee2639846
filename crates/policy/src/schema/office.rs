//! `[kind.NAME.office]` in the schema. 办公约定模式

use serde_json::{Value, json};

use super::{above, both, id, list, named, object, share, text, zero_or_more};

/// What the office agrees about a kind of record.
pub(super) fn of_kind() -> Value {
    let key_field = object(
        "A key field of which only large changes are told.",
        &["field"],
        vec![
            ("field", text("The field's id; a number.")),
            (
                "change",
                above("From which share of the old value on a change is told, for instance 0.2. 变动幅度"),
            ),
        ],
    );
    let key_field = json!({ "anyOf": [text("A field's id: every change is told."), key_field] });
    let identity = object(
        "Sums within a row that must agree. 勾稽关系",
        &["id", "says", "name"],
        vec![
            ("id", id("Its id.")),
            (
                "says",
                text("`total_assets = total_liabilities + equity`, or `a <= b`; exact numbers of the kind."),
            ),
            ("name", both("Its name. 名称")),
            (
                "within",
                zero_or_more("How far the sides may differ, in the unit of the fields. 允许差额"),
            ),
            (
                "within_share",
                zero_or_more("How far they may differ, as a share of the larger side. 允许比例"),
            ),
        ],
    );
    let period = object(
        "How rows of a series follow each other: `every`, or `by` with `steps`, or `from` with `to`. 期间规则",
        &[],
        vec![
            ("every", text("One step for all, for instance `1 month`.")),
            ("by", text("The choice field that says which step holds.")),
            (
                "steps",
                named("Steps by code; codes left out are not looked at.", text("A period.")),
            ),
            ("from", text("The field with the first day.")),
            ("to", text("The field with the last day.")),
        ],
    );
    let duplicate = object(
        "By what two rows are likely the same customer. 重复客户",
        &[],
        vec![
            ("code", text("The field with a code that only one customer has.")),
            ("name", text("The field with the name.")),
            (
                "likeness",
                share("From which likeness of names on they are pointed out; 0.9 unless said. 名称相似度"),
            ),
        ],
    );
    let own = |machine: bool| {
        let mut keys = vec![
            ("fresh", text("How old a customer's newest record may be. 时效")),
            ("every", text("How often something must come in. 频率")),
        ];
        if machine {
            keys.push((
                "sample",
                share("Trusted feed: the share of rows that is drawn for the auditor; the rest is accepted by rule. 抽样比例"),
            ));
        }
        object("What holds for this channel. 渠道约定", &[], keys)
    };
    let channels = object(
        "What channels say themselves. 渠道",
        &[],
        vec![
            ("form", own(false)),
            ("workbook", own(false)),
            ("api", own(true)),
            ("crm", own(true)),
            ("folder", own(true)),
        ],
    );
    object(
        "The office's part of a record kind. 办公约定",
        &[],
        vec![
            ("key_fields", list("Fields whose change is told. 关键字段", key_field)),
            (
                "notify",
                list("The departments that are told. 通知部门", text("A department's code.")),
            ),
            ("identity", list("Sums that must agree. 勾稽关系", identity)),
            (
                "watch",
                list(
                    "Numbers held against the customer's own history; all of a periodic kind unless said. 历史比对字段",
                    text("A field's id."),
                ),
            ),
            (
                "not_future",
                list("Dates that cannot lie in the future.", text("A field's id.")),
            ),
            ("period", period),
            ("duplicate", duplicate),
            (
                "fresh",
                text("How old a customer's newest record may be, for instance `18 months`. 时效"),
            ),
            ("every", text("How often something must come in about a customer. 频率")),
            ("channel", channels),
        ],
    )
}
