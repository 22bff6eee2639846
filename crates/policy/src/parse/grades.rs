//! `[[grade]]`, `[[cap]]`, `[[floor]]` and `[[guarantee]]`. 等级、封顶、保底与保证

use crate::document::{Bound, Document, Grade, Guarantee};
use crate::parse::fields::Fields;

pub(crate) fn grades(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("grade", document.grades.len()) {
        let id = fields.need("id").and_then(|value| value.string()).unwrap_or_default();
        let name = fields.need("name").and_then(|value| value.text()).unwrap_or_default();
        let class = fields.string("class").unwrap_or_default();
        let means = fields.text("means");
        let when = fields.string("when").unwrap_or_default();
        let review_every = fields.period("review_every");
        let entries = fields
            .fields("entitlements")
            .map(|fields| fields.entries())
            .unwrap_or_default();
        let entitlements = entries
            .into_iter()
            .filter_map(|(key, _, value)| Some((key.to_owned(), value.plain()?)))
            .collect();
        fields.done();
        document.grades.push(Grade {
            id,
            name,
            class,
            means,
            when,
            review_every,
            entitlements,
        });
    }
}

pub(crate) fn bounds(top: &Fields<'_>, document: &mut Document) {
    document.caps = bound(top, "cap", "at_most");
    document.floors = bound(top, "floor", "at_least");
}

fn bound(top: &Fields<'_>, key: &'static str, side: &'static str) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for (index, fields) in top.tables(key, 0).into_iter().enumerate() {
        let id = fields.string("id").unwrap_or_else(|| format!("{key}_{}", index + 1));
        let when = fields.need("when").and_then(|value| value.string()).unwrap_or_default();
        let grade = fields.need(side).and_then(|value| value.string()).unwrap_or_default();
        let reason = fields.need("reason").and_then(|value| value.text()).unwrap_or_default();
        let clause = fields.string("clause").unwrap_or_default();
        fields.done();
        bounds.push(Bound {
            id,
            when,
            grade,
            reason,
            clause,
        });
    }
    bounds
}

pub(crate) fn guarantees(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("guarantee", document.guarantees.len()) {
        let value = fields.need("says");
        let span = value.as_ref().map_or(fields.span.clone(), |value| value.span());
        let says = value.and_then(|value| value.string()).unwrap_or_default();
        let name = fields.text("name");
        let place = (fields.source.file.to_string(), span);
        fields.done();
        document.guarantees.push(Guarantee { says, name, place });
    }
}
