//! Measures of groups that are made of their members' figures, over files: kept, explained, verified. 成员合并

use std::path::{Path, PathBuf};

use pinji_app::derive::Write;
use pinji_app::explain::{Explanation, explain};
use pinji_app::intake::Reading;
use pinji_app::progress::Unwatched;
use pinji_app::rate::{RateOutcome, RateRequest, rate};
use pinji_app::regulation::Origin;
use pinji_app::verify::{Verification, VerifyRequest, verify};
use pinji_domain::{Lang, date};

const POLICY: &str = r#"policy = "groups"
version = "1"
subject = "group"
name = { zh = "集团", en = "Groups" }
effective = 2024-01-01
[measure.turnover]
name = { zh = "集团收入", en = "Turnover" }
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
[measure.margin]
name = { zh = "利润", en = "Margin" }
from = "financial_statement"
over = "24 months"
value = "sum(net_profit)"
members = { weighted_by = "group_share" }
[[dimension]]
id = "all"
weight = 100
name = { zh = "全", en = "All" }
[[indicator]]
id = "size"
dimension = "all"
weight = 50
name = { zh = "规模", en = "Size" }
formula = "turnover"
unit = "money"
decimals = 2
better = "higher"
bands = [{ below = 100, points = 20 }, { below = 200, points = 60 }, { points = 100 }]
missing = "worst"
[[indicator]]
id = "gain"
dimension = "all"
weight = 50
name = { zh = "利润", en = "Gain" }
formula = "margin"
unit = "money"
decimals = 2
better = "higher"
bands = [{ below = 10, points = 20 }, { points = 100 }]
missing = "worst"
[[grade]]
id = "a"
name = { zh = "甲", en = "A" }
when = "total >= 75"
[[grade]]
id = "b"
name = { zh = "乙", en = "B" }
"#;

const CUSTOMERS: &str = "\
id,name,group,直接上级成员,集团实际持股比例
A,Alpha,Delta,,100%
B,Beta,Delta,A,80%
C,Gamma,Delta,B,60%
D,Dee,Delta,A,
E,Epsilon,Solo,,50%
";

const STATEMENTS: &str = "\
customer,period_end,报表范围,revenue,net_profit
A,2025-06-30,单体,100.00,10.00
B,2024-12-31,单体,40.00,20.00
B,2025-06-30,合并,60.00,30.00
C,2025-06-30,,30.00,5.00
E,2025-06-30,母公司,7.00,
";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn with(customers: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/customer.csv"), customers).unwrap();
        std::fs::write(folder.path().join("data/financial_statement.csv"), STATEMENTS).unwrap();
        std::fs::write(folder.path().join("groups.toml"), POLICY).unwrap();
        Place { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn rate(&self, without: &[&str]) -> Result<RateOutcome, String> {
        let request = RateRequest {
            policy: Origin::Named(self.path("groups.toml").display().to_string()),
            data: self.path("data"),
            as_of: date::parse("2025-12-31").unwrap(),
            out: self.path("run"),
            previous: None,
            write: Write::All,
            money: None,
            reading: Reading {
                without: without.iter().map(|id| (*id).to_owned()).collect(),
                ..Reading::default()
            },
            lang: Lang::En,
            dry_run: false,
        };
        rate(&request, &Unwatched).map_err(|error| match error {
            pinji_app::error::AppError::Lacking(lacking) => lacking
                .lacks
                .iter()
                .map(|lack| lack.id.clone())
                .collect::<Vec<_>>()
                .join(" "),
            other => pinji_locale::say(Lang::En, &other.message()),
        })
    }

    fn explain(&self, group: &str) -> Explanation {
        explain(&self.path("run"), group, Lang::En, &Unwatched).unwrap()
    }

    fn verify(&self, data: Option<&Path>) -> Verification {
        let request = VerifyRequest {
            run: self.path("run"),
            data: data.map(Path::to_owned),
            lang: Lang::En,
            linked: Vec::new(),
        };
        verify(&request, &Unwatched).unwrap()
    }
}

#[test]
fn a_run_keeps_what_each_member_brought() {
    let place = Place::with(CUSTOMERS);
    let outcome = place.rate(&[]).unwrap();
    let files: Vec<&str> = outcome.manifest.outputs.iter().map(|file| file.file.as_str()).collect();
    assert!(files.contains(&"members.parquet"), "{files:?}");
    assert!(place.verify(None).same && place.verify(Some(&place.path("data"))).same);
    let found = place.explain("Delta");
    let told = |id: &str| {
        let measure = found.measures.iter().find(|measure| measure.id == id).unwrap();
        let lines = measure
            .members
            .iter()
            .map(|member| format!("{} {}", member.standing, member.says));
        (measure.value.clone(), lines.collect::<Vec<_>>().join(" | "))
    };
    let (value, says) = told("turnover");
    assert!(value.contains("160"), "{value}");
    assert_eq!(
        says,
        "own A: 100.00, its own | consolidated B: 60.00, its consolidated statement, members below it included | within C: \
         within the consolidated statement of `B` | missing D: not reported, not included"
    );
    // (10·1 + 50·0.8 + 5·0.6) / 2.4; the statements of B lie within 24 months, both.
    let (value, says) = told("margin");
    assert!(value.contains("22.08"), "{value}");
    assert!(
        says.contains("weight 0.800000000") && says.contains("missing D"),
        "{says}"
    );
    let source = &found
        .measures
        .iter()
        .find(|measure| measure.id == "turnover")
        .unwrap()
        .source;
    assert!(source.contains("consolidated statements first"), "{source}");
}

#[test]
fn who_is_above_whom_must_be_said_where_statements_are_consolidated() {
    let lacks = CUSTOMERS.replace(",直接上级成员", ",备注");
    let place = Place::with(&lacks);
    assert_eq!(place.rate(&[]).unwrap_err(), "customer.parent");
    place.rate(&["customer.parent"]).unwrap();
    let place = Place::with(&lacks);
    let statements = STATEMENTS.replace("报表范围", "备注");
    std::fs::write(place.path("data/financial_statement.csv"), statements).unwrap();
    place.rate(&[]).unwrap();
    // A weight is read as well.
    let place = Place::with(&CUSTOMERS.replace("集团实际持股比例", "备注"));
    assert_eq!(place.rate(&[]).unwrap_err(), "group_share");
}

#[test]
fn a_changed_figure_of_a_member_is_found() {
    let place = Place::with(CUSTOMERS);
    place.rate(&[]).unwrap();
    // The same run with another figure of one member, its file put into the first one with all its hashes.
    let other = Place::with(CUSTOMERS);
    let statements = STATEMENTS.replace("60.00,30.00", "61.00,30.00");
    std::fs::write(other.path("data/financial_statement.csv"), statements).unwrap();
    other.rate(&[]).unwrap();
    let (ours, theirs) = (place.path("run/members.parquet"), other.path("run/members.parquet"));
    let entry = |place: &Place| {
        let manifest = pinji_app::manifest::Manifest::read(&place.path("run")).unwrap();
        manifest
            .outputs
            .into_iter()
            .find(|file| file.file == "members.parquet")
            .unwrap()
    };
    let (before, after) = (entry(&place), entry(&other));
    std::fs::copy(theirs, ours).unwrap();
    let verified = place.verify(None);
    assert!(!verified.same);
    // Also where somebody has set the hash right.
    let path = place.path("run/run.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace(&before.sha256, &after.sha256);
    let text = text.replace(&before.content.unwrap(), &after.content.unwrap());
    std::fs::write(&path, text).unwrap();
    let verified = place.verify(None);
    let said = format!("{verified:?}");
    assert!(!verified.same && said.contains("Delta turnover"), "{said}");
}
