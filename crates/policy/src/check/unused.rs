//! What is declared and never used. 未使用项

use pinji_domain::Message;

use crate::document::Document;
use crate::finding::Finding;

pub(super) fn check(document: &Document, used: &std::collections::BTreeSet<String>, findings: &mut Vec<Finding>) {
    let mut unused = |ids: Vec<String>, key: &str, code| {
        for (index, id) in ids
            .into_iter()
            .enumerate()
            .filter(|(_, id)| !used.contains(id) && !id.is_empty())
        {
            let shown = id.strip_prefix("table:").unwrap_or(&id);
            let finding = Finding::warning(
                document.places.id(&format!("{key}[{index}]")),
                Message::new(code).with("name", shown),
            );
            findings.push(finding.help(Message::new("policy-unused-help")));
        }
    };
    let measures = document.measures.iter().map(|measure| measure.id.clone()).collect();
    unused(measures, "measure", "policy-unused-measure");
    let parameters = document
        .parameters
        .iter()
        .map(|parameter| parameter.id.clone())
        .collect();
    unused(parameters, "parameter", "policy-unused-parameter");
    let tables = document
        .tables
        .iter()
        .map(|table| format!("table:{}", table.id))
        .collect();
    unused(tables, "table", "policy-unused-table");
    let aliases = document.uses.iter().map(|used| used.alias.clone()).collect();
    unused(aliases, "uses", "policy-unused-alias");
}
