//! A policy with one of each construct reads, checks and compiles.

use pinji_engine::{InputType, Operand, Test};
use pinji_policy::{Finding, Loaded, MeasureSource, Statement, compile, load, statement};

pub const ENTRY: &str = include_str!("complete.toml");

pub fn read(files: &[(&str, &str)]) -> Loaded {
    load(files[0].0, &|name| {
        let found = files.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    })
}

pub fn shown(loaded: &Loaded, findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let text = loaded.files.iter().find(|(name, _)| *name == finding.file).map_or("", |(_, text)| text.as_str());
        let (line, column, length) = pinji_policy::finding::place(finding, text);
        let said = text.get(finding.span.clone()).unwrap_or_default().lines().next().unwrap_or_default();
        out.push_str(&format!(
            "{}:{line}:{column}+{length} {:?} {} [{said}] {:?} | {:?}\n",
            finding.file, finding.severity, finding.message.code, finding.message.args, finding.help
        ));
    }
    out
}

pub const CREDIT: &str = include_str!("credit.toml");
pub const TABLES: &str = include_str!("tables.toml");

#[test]
fn a_complete_policy_has_no_findings_and_compiles() {
    let loaded = read(&[("complete.toml", ENTRY), ("credit.toml", CREDIT), ("tables.toml", TABLES)]);
    assert_eq!(shown(&loaded, &loaded.findings), "");
    let document = loaded.document.unwrap();
    assert_eq!(document.files.len(), 3);
    let as_of = document.effective.unwrap();
    let compiled = compile(&document, as_of).unwrap_or_else(|findings| panic!("{findings:?}"));
    let types: Vec<(&str, &InputType)> = compiled.measures.iter().map(|m| (m.id.as_str(), &m.ty)).collect();
    assert!(types.contains(&("orders_12m", &InputType::Int(0))), "{types:?}");
    assert!(types.contains(&("revenue", &InputType::Int(2))), "{types:?}");
    let aliases = compiled.measures.iter().filter(|m| matches!(m.source, MeasureSource::Grade { .. }));
    assert_eq!(aliases.count(), 1);
    for guarantee in &document.guarantees {
        statement(&document, as_of, &guarantee.says).unwrap_or_else(|findings| panic!("{findings:?}"));
    }
    let monotone = statement(&document, as_of, "monotone in net_margin").unwrap();
    assert_eq!(monotone, Statement::Monotone(Operand::Indicator(0)));
    let when = compiled.plan.parts().grades[0].when.clone().unwrap();
    let pinji_engine::Condition::All(tests) = when else { panic!("{when:?}") };
    let at_least_80 = pinji_engine::Condition::Test(Operand::Score(0), Test::Within(vec![(8000, i64::MAX)]));
    assert_eq!(tests[0], at_least_80);
}
