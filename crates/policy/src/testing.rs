//! A small policy for the tests of this crate. 测试用标准

use crate::document::Document;

/// Two dimensions, one indicator of each sort, a cap, a floor, a guarantee, and an example that holds.
pub(crate) const SMALL: &str = r#"
policy = "small"
version = "1"
subject = "customer"
name = { zh = "小标准", en = "A small policy" }
purpose = { zh = "测试。", en = "For tests." }
effective = 2026-01-01

[measure.revenue]
given = "money"
name = { zh = "营业收入", en = "Revenue" }

[measure.debt]
given = "number"
name = { zh = "资产负债率", en = "Debt ratio" }

[measure.ownership]
given = "text"
name = { zh = "企业性质", en = "Ownership" }

[[dimension]]
id = "financial"
weight = 60
name = { zh = "财务", en = "Financial" }

[[dimension]]
id = "people"
weight = 40
name = { zh = "合作", en = "Cooperation" }

[[indicator]]
id = "debt_ratio"
dimension = "financial"
weight = 50
clause = "1.1"
name = { zh = "资产负债率", en = "Debt ratio" }
formula = "debt"
unit = "ratio"
decimals = 4
better = "lower"
bands = [ { up_to = 0.6, points = 100 }, { up_to = 0.8, points = 60 }, { points = 0 } ]
missing = "worst"

[[indicator]]
id = "size"
dimension = "financial"
weight = 50
name = { zh = "规模", en = "Size" }
formula = "revenue"
unit = "money"
decimals = 2
better = "higher"
interpolate = true
bands = [ { below = 1000000, points = 20 }, { below = 10000000, points = [20, 100] }, { points = 100 } ]
missing = "reweight"

[[indicator]]
id = "owner"
dimension = "people"
weight = 40
name = { zh = "企业性质", en = "Ownership" }
formula = "ownership"
map = { state = 80, private = 60 }
otherwise = 30
missing = { points = 30 }

[[indicator]]
id = "attitude"
dimension = "people"
weight = 60
name = { zh = "合作态度", en = "Attitude" }
judged = "expert"
levels = [
  { id = "good", points = 100, name = { zh = "好", en = "Good" }, means = { zh = "主动配合", en = "helps of its own accord" } },
  { id = "poor", points = 40, name = { zh = "差", en = "Poor" }, means = { zh = "不配合", en = "does not help" } },
]
missing = "reweight"

[[grade]]
id = "vip"
class = "A"
name = { zh = "VIP", en = "VIP" }
when = "total >= 80"
review_every = "6 months"
entitlements = { account_manager = "dedicated", discount_pct = 8 }

[[grade]]
id = "key"
class = "B"
name = { zh = "重点", en = "Key" }
when = "total >= 60"
review_every = "12 months"
entitlements = { account_manager = "shared", discount_pct = 3 }

[[grade]]
id = "ordinary"
class = "C"
name = { zh = "普通", en = "Ordinary" }
review_every = "12 months"
entitlements = { account_manager = "none", discount_pct = 0 }

[[cap]]
id = "too_much_debt"
when = "debt_ratio > 0.9"
at_most = "ordinary"
reason = { zh = "负债过高", en = "too much debt" }

[[guarantee]]
says = "debt_ratio > 0.9 implies grade at_most 'ordinary'"

[[example]]
name = { zh = "好客户", en = "A good customer" }
given = { debt = 0.5, revenue = 5500000, ownership = "private", attitude = "good" }
grade = "vip"
scores = { total = 81.6 }
caps = []
"#;

/// Reads a policy of one file.
pub(crate) fn read(text: &str) -> Document {
    let loaded = crate::load("small.toml", &|name| {
        if name == "small.toml" {
            Ok(text.to_owned())
        } else {
            Err(String::new())
        }
    });
    assert!(
        loaded
            .document
            .as_ref()
            .is_some_and(|document| document.unusable.is_empty()),
        "{:?}",
        loaded.findings
    );
    loaded.document.unwrap_or_default()
}
