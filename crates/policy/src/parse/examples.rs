//! `[[example]]`: the policy's own tests. 示例

use toml::de::DeValue;

use crate::document::{Document, Example, Given};
use crate::parse::fields::{Fields, Value};

pub(crate) fn examples(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("example", document.examples.len()) {
        let name = fields.text("name");
        let entries = fields
            .need("given")
            .and_then(|value| value.fields())
            .map(|given| given.entries());
        let given = entries.unwrap_or_default().into_iter();
        let given = given
            .filter_map(|(id, _, value)| Some((id.to_owned(), one(&value)?)))
            .collect();
        let grade = fields.string("grade");
        let entries = fields
            .fields("scores")
            .map(|scores| scores.entries())
            .unwrap_or_default();
        let scores = entries
            .into_iter()
            .filter_map(|(id, _, value)| Some((id.to_owned(), value.decimal()?)))
            .collect();
        let caps = fields.strings("caps");
        let as_of = fields.date("as_of");
        let place = (fields.source.file.to_string(), fields.span.clone());
        fields.done();
        document.examples.push(Example {
            name,
            given,
            grade,
            scores,
            caps,
            as_of,
            place,
        });
    }
}

fn one(value: &Value<'_>) -> Option<Given> {
    match value.value.get_ref() {
        DeValue::String(text) => Some(Given::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(Given::Flag(*flag)),
        DeValue::Datetime(_) => value.date().map(Given::Date),
        _ => value.decimal().map(Given::Number),
    }
}
