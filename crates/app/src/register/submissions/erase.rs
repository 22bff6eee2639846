//! What rows of submissions hold about a customer's people: found, and taken out. 报送中的个人信息

use pinji_domain::Kind;
use pinji_store::{ERASED, SubmissionPart, value_without_words, without_words};
use serde_json::Value;

use super::rows::{Became, Marks, Row, array, customer_of, line, lines, lines_of};
use crate::register::Fault;

/// A personal value in a row. 行内个人信息
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// The row, counted from 1 within the submission.
    pub(crate) row: i64,
    /// The field; of a cell that could not be read its heading.
    pub(crate) field: String,
    /// The value.
    pub(crate) value: Value,
}

/// A part without the personal values of one customer's rows. 抹除后的分段
pub(crate) struct Emptied {
    /// The part.
    pub(crate) part: SubmissionPart,
    /// What was taken out.
    pub(crate) held: Vec<Held>,
    /// Whether any row is the customer's.
    pub(crate) concerns: bool,
    /// The customer's rows, by their place in the part.
    own: Vec<usize>,
}

/// Takes the values of personal fields out of a customer's rows, also where the comparison quotes what was known before. Cells
/// that could not be read are taken out as a whole: nobody knows what is in them. 抹除个人字段
pub(crate) fn emptied(
    part: &SubmissionPart,
    kind: &Kind,
    code: &str,
    is_personal: impl Fn(&str) -> bool,
) -> Result<Emptied, Fault> {
    let (mut held, mut own, mut rows, mut said) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let verdicts: Vec<&str> = lines(&part.verdicts).collect();
    let any = kind.fields.iter().any(|field| is_personal(&field.id));
    for (at, text) in lines(&part.content).enumerate() {
        let marks = verdicts.get(at).copied().unwrap_or("{}").to_owned();
        let mut row: Row = serde_json::from_str(text).map_err(Fault::broken)?;
        if !any || customer_of(kind, &row.v) != code {
            rows.push(text.to_owned());
            said.push(marks);
            continue;
        }
        own.push(at);
        let number = part.first_row + i64::try_from(at).unwrap_or(i64::MAX);
        let mut take = |field: &str, value: Value| {
            held.push(Held {
                row: number,
                field: field.to_owned(),
                value,
            });
        };
        row.v.retain(|field, value| {
            let keep = !is_personal(field) || value.is_null();
            if !keep {
                take(field, value.take());
            }
            keep
        });
        for bad in row.bad.iter_mut().filter(|bad| bad.says != ERASED) {
            let says = std::mem::replace(&mut bad.says, ERASED.to_owned());
            for sentence in [&mut bad.why.zh, &mut bad.why.en] {
                if !says.is_empty() {
                    *sentence = without_words(sentence, std::slice::from_ref(&says));
                }
            }
            take(&bad.heading, says.into());
        }
        let mut marks: Marks = serde_json::from_str(&marks).map_err(Fault::broken)?;
        marks.old.retain(|field, value| {
            let keep = !is_personal(field) || value.is_null();
            if !keep {
                take(field, value.take());
            }
            keep
        });
        rows.push(line(&row)?);
        said.push(line(&marks)?);
    }
    Ok(Emptied {
        part: SubmissionPart {
            content: array(&rows),
            verdicts: array(&said),
            ..part.clone()
        },
        held,
        concerns: !own.is_empty(),
        own,
    })
}

/// The same part with these words taken out of the customer's rows wherever they stand. 删去文字
pub(crate) fn without(emptied: Emptied, words: &[String]) -> Result<SubmissionPart, Fault> {
    let Emptied { mut part, own, .. } = emptied;
    let clean = |text: &str| -> Result<String, Fault> {
        let mut all = Vec::new();
        for (at, element) in lines(text).enumerate() {
            if !own.contains(&at) {
                all.push(element.to_owned());
                continue;
            }
            let mut value: Value = serde_json::from_str(element).map_err(Fault::broken)?;
            value_without_words(&mut value, words);
            all.push(value.to_string());
        }
        Ok(array(&all))
    };
    part.content = clean(&part.content)?;
    part.verdicts = clean(&part.verdicts)?;
    part.outcome = part.outcome.as_deref().map(clean).transpose()?;
    Ok(part)
}

/// Texts that an auditor wrote about the rows of a part, with the rows. 行审核意见
pub(crate) fn remarks(part: &SubmissionPart) -> Result<Vec<Held>, Fault> {
    let Some(outcome) = &part.outcome else {
        return Ok(Vec::new());
    };
    let became: Vec<Became> = lines_of(outcome)?;
    let mut held = Vec::new();
    for (at, became) in became.into_iter().enumerate() {
        let row = part.first_row + i64::try_from(at).unwrap_or(i64::MAX);
        let whole = became.reason.map(|reason| ("reason".to_owned(), reason));
        let fields = became.kept_out.into_iter().map(|one| (one.field, one.reason));
        held.extend(whole.into_iter().chain(fields).map(|(field, reason)| Held {
            row,
            field,
            value: reason.into(),
        }));
    }
    Ok(held)
}
