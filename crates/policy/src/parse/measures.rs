//! `[parameter.*]` and `[measure.*]`. 参数与度量

use pinji_domain::{Message, Text};

use crate::document::{Accounts, Document, GivenType, Measure, MeasureFrom, Members, MembersRule, Parameter, Unit};
use crate::parse::fields::{Fields, Value};

pub(crate) fn parameters(top: &Fields<'_>, document: &mut Document) {
    for (id, value) in top.named("parameter", document.parameters.len()) {
        let Some(fields) = value.fields() else { continue };
        let name = fields.text("name");
        let mut values = Vec::new();
        for entry in fields.need("values").and_then(|value| value.list()).unwrap_or_default() {
            let Some(entry) = entry.fields() else { continue };
            let from = entry.date("from");
            let number = entry.need("value").and_then(|value| value.decimal());
            values.extend(number.map(|number| (from, number)));
            entry.done();
        }
        fields.done();
        document.parameters.push(Parameter { id, name, values });
    }
}

pub(crate) fn measures(top: &Fields<'_>, document: &mut Document) {
    for (id, value) in top.named("measure", document.measures.len()) {
        let Some(fields) = value.fields() else { continue };
        let name = fields.text("name");
        let unit = fields.string("unit").map_or(Unit::Unknown, |unit| unit_of(&unit));
        let decimals = fields.get("decimals").and_then(decimals);
        let from = if fields.has("given") {
            given(&fields)
        } else {
            taken(&fields)
        };
        let members = members(&fields);
        fields.done();
        document.measures.push(Measure {
            id,
            name,
            from,
            unit,
            decimals,
            members,
        });
    }
}

/// `members`, and what is said beside it: `accounts`, `complete`.
fn members(fields: &Fields<'_>) -> Option<Members> {
    let rule = fields.get("members").map(|value| rule(&value));
    let words = [
        ("own", Accounts::Own),
        ("consolidated_first", Accounts::ConsolidatedFirst),
    ];
    let beside = [fields.get("accounts"), fields.get("complete")];
    if rule.is_none() {
        for value in beside.iter().flatten() {
            value.error(Message::new("policy-members-beside"));
        }
    }
    let [accounts, complete] = beside;
    Some(Members {
        rule: rule?,
        accounts: accounts.and_then(|value| value.word(&words)).unwrap_or(Accounts::Own),
        complete: complete.and_then(|value| value.flag()).unwrap_or(false),
    })
}

fn rule(value: &Value<'_>) -> MembersRule {
    if value.is_table() {
        let by = value.fields().and_then(|fields| {
            let by = fields.need("weighted_by").and_then(|value| value.string());
            fields.done();
            by
        });
        return MembersRule::Weighted(by.unwrap_or_default());
    }
    match value.word(&[("sum", 0), ("max", 1), ("min", 2)]) {
        Some(1) => MembersRule::Max,
        Some(2) => MembersRule::Min,
        _ => MembersRule::Sum,
    }
}

/// A number of decimals, 0 to 9.
pub(crate) fn decimals(value: Value<'_>) -> Option<u8> {
    let whole = value.whole()?;
    let fitting = u8::try_from(whole)
        .ok()
        .filter(|decimals| *decimals <= pinji_domain::number::MAX_DECIMALS);
    if fitting.is_none() {
        value.error(Message::new("policy-decimals-range").with("decimals", whole.to_string()));
    }
    fitting
}

/// A unit by its word; anything that is not one of the known words is shown as it stands.
pub(crate) fn unit_of(word: &str) -> Unit {
    match word {
        "money" => Unit::Money,
        "ratio" => Unit::Ratio,
        "count" => Unit::Count,
        "days" => Unit::Days,
        "months" => Unit::Months,
        "years" => Unit::Years,
        "points" => Unit::Points,
        "text" => Unit::Text,
        "date" => Unit::Date,
        "flag" => Unit::Flag,
        other => Unit::Other(Text::new(other, other)),
    }
}

fn given(fields: &Fields<'_>) -> MeasureFrom {
    let types = [
        ("number", GivenType::Number),
        ("integer", GivenType::Integer),
        ("money", GivenType::Money),
        ("text", GivenType::Text),
        ("date", GivenType::Date),
        ("flag", GivenType::Flag),
    ];
    MeasureFrom::Given(
        fields
            .get("given")
            .and_then(|value| value.word(&types))
            .unwrap_or(GivenType::Number),
    )
}

fn taken(fields: &Fields<'_>) -> MeasureFrom {
    // Not asked for before, so that a mistaken key may be suggested `given`.
    let _ = fields.get("given");
    let kind = match fields.get("from") {
        Some(value) => value.string().unwrap_or_default(),
        None => {
            let message = Message::new("policy-measure-source");
            fields.source.error(fields.span.clone(), message);
            String::new()
        }
    };
    let value = fields
        .need("value")
        .and_then(|value| value.string())
        .unwrap_or_default();
    let filter = fields.string("where");
    let latest = fields.get("take").map(|value| value.word(&[("latest", ())]));
    let (fresh, over) = (fields.get("fresh"), fields.get("over"));
    if latest.is_some() {
        if let Some(over) = over {
            over.error(Message::new("policy-measure-over-latest"));
        }
        let any = fresh.as_ref().and_then(Value::as_str) == Some("any");
        let fresh = fresh.filter(|_| !any).and_then(|fresh| fresh.period());
        return MeasureFrom::Latest {
            kind,
            value,
            filter,
            fresh,
        };
    }
    if let Some(fresh) = fresh {
        fresh.error(Message::new("policy-measure-fresh-aggregate"));
    }
    let over = match over {
        Some(value) if value.as_str() == Some("all") => None,
        Some(value) => value.period(),
        None => {
            fields.source.report(
                crate::finding::Severity::Error,
                fields.span.clone(),
                Message::new("policy-measure-period"),
                Some(Message::new("policy-measure-period-help")),
            );
            None
        }
    };
    MeasureFrom::Aggregate {
        kind,
        value,
        filter,
        over,
    }
}
