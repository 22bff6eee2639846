//! A policy with one of each construct reads, checks and compiles.

use pinji_domain::Period;
use pinji_engine::{Expr, InputType, Operand, Test};
use pinji_policy::{
    AggregateCall, AggregateFunction, Finding, Loaded, MeasureSource, Statement, compile, load, statement,
};

pub const ENTRY: &str = include_str!("complete.toml");

pub fn read(files: &[(&str, &str)]) -> Loaded {
    load(files[0].0, &|name| {
        let found = files.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| "no such file".to_owned())
    })
}

pub fn shown(loaded: &Loaded, findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let text = loaded
            .files
            .iter()
            .find(|(name, _)| *name == finding.file)
            .map_or("", |(_, text)| text.as_str());
        let (line, column, length) = pinji_policy::finding::place(finding, text);
        let said = text
            .get(finding.span.clone())
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
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
    let loaded = read(&[
        ("complete.toml", ENTRY),
        ("credit.toml", CREDIT),
        ("tables.toml", TABLES),
    ]);
    assert_eq!(shown(&loaded, &loaded.findings), "");
    let document = loaded.document.unwrap();
    assert_eq!(document.files.len(), 3);
    let as_of = document.effective.unwrap();
    let compiled = compile(&document, as_of).unwrap_or_else(|findings| panic!("{findings:?}"));
    let types: Vec<(&str, &InputType)> = compiled.measures.iter().map(|m| (m.id.as_str(), &m.ty)).collect();
    assert!(types.contains(&("orders_12m", &InputType::Int(0))), "{types:?}");
    assert!(types.contains(&("revenue", &InputType::Int(2))), "{types:?}");
    sources(&compiled);
    let aliases = compiled
        .measures
        .iter()
        .filter(|m| matches!(m.source, MeasureSource::Grade { .. }));
    assert_eq!(aliases.count(), 1);
    for guarantee in &document.guarantees {
        statement(&document, as_of, &guarantee.says).unwrap_or_else(|findings| panic!("{findings:?}"));
    }
    let monotone = statement(&document, as_of, "monotone in net_margin").unwrap();
    assert_eq!(monotone, Statement::Monotone(Operand::Indicator(0)));
    let when = compiled.plan.parts().grades[0].when.clone().unwrap();
    let pinji_engine::Condition::All(tests) = when else {
        panic!("{when:?}")
    };
    let at_least_80 = pinji_engine::Condition::Test(Operand::Score(0), Test::Within(vec![(8000, i64::MAX)]));
    assert_eq!(tests[0], at_least_80);
}

/// What measures come to, part by part.
fn sources(compiled: &pinji_policy::Compiled) {
    let source = |id: &str| {
        &compiled
            .measures
            .iter()
            .find(|measure| measure.id == id)
            .unwrap()
            .source
    };
    let purchases = MeasureSource::Aggregate {
        kind: "transaction".to_owned(),
        fields: vec!["amount".to_owned()],
        calls: vec![AggregateCall {
            function: AggregateFunction::Sum,
            argument: Some(Expr::Input(0)),
            decimals: Some(2),
        }],
        value: Expr::Input(0),
        filter: None,
        over: Period::parse("12 months"),
    };
    assert_eq!(source("purchases_12m"), &purchases);
    let revenue = MeasureSource::Latest {
        kind: "financial_statement".to_owned(),
        fields: vec!["revenue".to_owned()],
        value: Expr::Input(0),
        filter: None,
        fresh: Period::parse("18 months"),
    };
    assert_eq!(source("revenue"), &revenue);
    assert!(matches!(
        source("satisfaction"),
        MeasureSource::Judged {
            min: 2,
            spread: Some(200_000),
            ..
        }
    ));
    let indicators = &compiled.plan.parts().indicators;
    let pinji_engine::Scoring::Bands(bands) = &indicators[0].scoring else {
        panic!("{:?}", indicators[0])
    };
    assert_eq!(bands.edges, [0, 300, 800]);
    assert_eq!(
        bands.bands[1],
        pinji_engine::Band {
            from: 0,
            to: 400_000,
            low: 0,
            high: 300
        }
    );
    let pinji_engine::Scoring::Keyed(keyed) = &indicators[1].scoring else {
        panic!("{:?}", indicators[1])
    };
    let keys: Vec<_> = keyed.choices.iter().map(|choice| choice.keys.clone()).collect();
    assert_eq!(keys, [vec![Some("制造业".to_owned()), None], vec![None, None]]);
    assert_eq!(compiled.inputs_of(1).len(), 3);
    let weights: i64 = indicators[2..].iter().map(|indicator| indicator.weight).sum();
    assert_eq!(weights, 1_000_000);
}
