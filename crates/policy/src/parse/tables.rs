//! `[table.*]` and `[[rate]]`: standard tables and exchange rates, mostly in files of their own. 标准值表与汇率

use pinji_domain::{Decimal, Message};

use crate::document::{Document, Rate, Table, TableRow};
use crate::parse::fields::Fields;
use crate::parse::top::points;

pub(crate) fn tables(top: &Fields<'_>, document: &mut Document) {
    for (id, value) in top.named("table", document.tables.len()) {
        let Some(fields) = value.fields() else { continue };
        let name = fields.text("name");
        let source = fields.text("source");
        let key = fields.need("key").and_then(|value| value.strings()).unwrap_or_default();
        let list = fields.need("points").and_then(|value| value.list()).unwrap_or_default();
        let list = list.iter().filter_map(points).collect();
        let zero = Decimal { units: 0, scale: 0 };
        let beyond = fields.need("beyond").and_then(|value| points(&value)).unwrap_or(zero);
        let mut rows = Vec::new();
        for value in fields.need("row").and_then(|value| value.list()).unwrap_or_default() {
            let Some(row) = value.fields() else { continue };
            let indicator = row
                .need("indicator")
                .and_then(|value| value.string())
                .unwrap_or_default();
            let keys = row.need("keys").and_then(|value| value.strings()).unwrap_or_default();
            let edges = row.need("edges").and_then(|value| value.decimals()).unwrap_or_default();
            row.done();
            rows.push(TableRow { indicator, keys, edges });
        }
        fields.done();
        document.tables.push(Table {
            id,
            name,
            source,
            key,
            points: list,
            beyond,
            rows,
        });
    }
}

pub(crate) fn rates(top: &Fields<'_>, document: &mut Document) {
    for fields in top.tables("rate", document.rates.len()) {
        let from = fields.need("from").and_then(|value| {
            let currency = value.string()?;
            if !is_currency(&currency) {
                value.error(Message::new("policy-currency-form").with("currency", currency.as_str()));
                return None;
            }
            Some(currency)
        });
        let date = fields.need("date").and_then(|value| value.date());
        let value = fields.need("value").and_then(|value| {
            let rate = value.decimal()?;
            if rate.units <= 0 {
                value.error(Message::new("policy-rate-positive"));
                return None;
            }
            Some(rate)
        });
        fields.done();
        if let (Some(from), Some(date), Some(value)) = (from, date, value) {
            document.rates.push(Rate { from, date, value });
        }
    }
}

/// Three capital letters, as ISO 4217 has them.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
