//! What is made of members' figures also depends on what weighs them, and on who is above whom. 成员合并

use pinji_policy::{Statement, compile, statement};

use crate::happy::{read, shown};

/// Two measures and one that weighs, in a policy for groups.
const POLICY: &str = r#"
policy = "groups"
version = "1"
subject = "group"
effective = 2026-01-01
name = { zh = "集团", en = "Groups" }
[measure.turnover]
name = { zh = "收入", en = "Turnover" }
from = "financial_statement"
take = "latest"
value = "revenue"
fresh = "18 months"
members = "sum"
accounts = "consolidated_first"
[measure.group_share]
given = "number"
decimals = 9
members = "max"
[measure.orders]
name = { zh = "订单", en = "Orders" }
from = "service_record"
over = "12 months"
value = "count(*)"
members = { weighted_by = "group_share" }
[measure.visits]
name = { zh = "次数", en = "Visits" }
from = "service_record"
over = "12 months"
value = "count(*)"
members = "sum"
[[dimension]]
id = "all"
weight = 100
name = { zh = "全", en = "All" }
[[indicator]]
id = "size"
dimension = "all"
weight = 100
name = { zh = "规模", en = "Size" }
formula = "turnover * (orders + visits)"
unit = "money"
decimals = 2
better = "neither"
bands = [{ below = 0, points = 0 }, { points = 100 }]
missing = "worst"
[[grade]]
id = "a"
name = { zh = "甲", en = "A" }
"#;

#[test]
fn independence_follows_weights_and_parents() {
    let loaded = read(&[("groups.toml", POLICY)]);
    assert_eq!(shown(&loaded, &loaded.findings), "");
    let document = loaded.document.unwrap();
    let as_of = document.effective.unwrap();
    let compiled = compile(&document, as_of).unwrap();
    let check = |name: &str, expected: &[&str]| {
        let Ok(Statement::Independent { inputs, .. }) = statement(&document, as_of, &format!("independent of {name}"))
        else {
            panic!("{name}");
        };
        let found: Vec<&str> = inputs.iter().map(|at| compiled.measures[*at].id.as_str()).collect();
        assert_eq!(found, expected, "{name}");
    };
    check("group_share", &["group_share", "orders"]);
    check("parent", &["turnover"]);
    check("scope", &["turnover"]);
    check("revenue", &["turnover"]);
    check("visits", &["visits"]);
    check("region", &[]);
}
