//! Rows as the store keeps them: what was read, what the comparison says, what became of each. 报送行
//!
//! A part of a submission holds three JSON arrays with one line for each row, so that a row can be taken out without
//! reading its neighbours. Sentences are kept in both languages as they were said.

use std::sync::Arc;

use pinji_domain::{Kind, Kinds, Lang, Message, Text};
use pinji_store::{Submission, View};
use pinji_workflow::submission::{Judgement, Outcome};
use pinji_workflow::values::Values;
use pinji_workflow::{Compared, Suspicion, Verdict};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::register::Fault;

/// Rows in one part.
pub(super) const PART_ROWS: usize = 1_000;

/// A sentence as it was said. 语句
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Said {
    pub(super) fn of(message: &Message) -> Said {
        Said {
            code: message.code.to_owned(),
            zh: pinji_locale::say(Lang::Zh, message),
            en: pinji_locale::say(Lang::En, message),
        }
    }

    /// For this reader.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// The same sentence as a message again.
    pub(super) fn message(&self) -> Message {
        Message::new("app-said").with("says", Text::new(&self.zh, &self.en))
    }
}

/// A cell that could not be understood. 问题单元格
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadPlace {
    /// Its column, from 0.
    pub column: Option<u32>,
    /// The column's heading.
    pub heading: String,
    /// What it says.
    pub says: String,
    /// What is wrong.
    pub why: Said,
}

/// A row as it was read. 行
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Where it stood: the row of the sheet, or its place in the list.
    pub at: u32,
    /// Its values; of a bad row only whom it is about.
    pub v: Values,
    /// Its bad cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bad: Vec<BadPlace>,
}

/// Something that deserves a second look. 疑点
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubted {
    /// The field, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What it is.
    pub why: Said,
}

/// What the comparison says of a row. 比对结论
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Marks {
    /// `new`, `changed`, `same`, `bad`.
    pub v: String,
    /// Why it is bad, where that lies not in its cells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaw: Option<Said>,
    /// The row that says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u32>,
    /// Of a changed record: the fields that differ with what is known; null where nothing was.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub old: Values,
    /// What is suspicious.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubted>,
}

impl Marks {
    pub(super) fn of(kind: &Kind, row: &Compared, closed: Option<&Message>, doubts: &[&Suspicion]) -> Marks {
        let flaw = match (closed, row.verdict) {
            (Some(why), _) => Some(Said::of(why)),
            (None, Verdict::Bad(pinji_workflow::Flaw::Cells)) => None,
            (None, Verdict::Bad(flaw)) => Some(Said::of(&flaw.message())),
            _ => None,
        };
        let old = match row.verdict {
            Verdict::Changed => {
                let fields = row.differences.iter();
                fields
                    .map(|one| (one.field.clone(), one.old.clone().unwrap_or(Value::Null)))
                    .collect()
            }
            _ => Values::new(),
        };
        let doubts = doubts.iter().map(|one| Doubted {
            field: one.doubt.field().map(str::to_owned),
            why: Said::of(&one.doubt.message(kind)),
        });
        Marks {
            v: verdict_code(row.verdict).to_owned(),
            flaw,
            repeats: row.repeats,
            old,
            doubts: doubts.collect(),
        }
    }

    pub(super) fn is_bad(&self) -> bool {
        self.v == "bad"
    }

    /// Whether two comparisons say the same; suspicions may come and go.
    pub(super) fn agrees(&self, other: &Marks) -> bool {
        self.v == other.v && self.old == other.old && self.repeats == other.repeats
    }
}

pub(super) fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::New => "new",
        Verdict::Changed => "changed",
        Verdict::Same => "same",
        Verdict::Bad(_) => "bad",
    }
}

/// A field that was not accepted. 未采纳字段
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOut {
    /// The field.
    pub field: String,
    /// `refused` or `returned`.
    pub became: String,
    /// Why.
    pub reason: String,
}

/// What became of a row. 行结果
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Became {
    /// `accepted`, `refused`, `returned`, `left_out`, or `waits` for the auditor after a rule accepted the others.
    pub became: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Fields of an accepted row that were not accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_out: Vec<KeptOut>,
    /// Whether it was drawn for the auditor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drawn: bool,
}

impl Became {
    pub(super) fn plain(became: &str) -> Became {
        Became {
            became: became.to_owned(),
            reason: None,
            kept_out: Vec::new(),
            drawn: false,
        }
    }

    pub(super) fn waits(&self) -> bool {
        self.became == "waits"
    }

    pub(super) fn of(outcome: &Outcome) -> Became {
        let with = |became: &str, reason: &str| Became {
            reason: Some(reason.to_owned()),
            ..Became::plain(became)
        };
        match outcome {
            Outcome::Accepted { kept_out } => Became {
                kept_out: kept_out.iter().filter_map(kept).collect(),
                ..Became::plain("accepted")
            },
            Outcome::Refused { reason } => with("refused", reason),
            Outcome::Returned { reason } => with("returned", reason),
            Outcome::LeftOut => Became::plain("left_out"),
        }
    }
}

fn kept((field, judgement): &(String, Judgement)) -> Option<KeptOut> {
    let (became, reason) = match judgement {
        Judgement::Accept => return None,
        Judgement::Refuse { reason } => ("refused", reason),
        Judgement::Return { reason } => ("returned", reason),
    };
    Some(KeptOut {
        field: field.clone(),
        became: became.to_owned(),
        reason: reason.clone(),
    })
}

/// Rows of one sheet within the submission. 分表
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SheetNote {
    /// The sheet's name, in a workbook.
    pub sheet: Option<String>,
    /// The kind of its rows.
    pub kind: String,
    /// The fields that it brings.
    pub fields: Vec<String>,
    /// The number of its first row within the submission, from 1.
    pub first_row: u32,
    /// How many.
    pub rows: u32,
}

/// What is known of a submission as a whole, besides its counts. 概要
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Summary {
    /// The hash of what it says.
    pub content: String,
    /// An earlier submission that said exactly the same.
    pub resent: Option<i64>,
    /// Rows about which something is suspicious.
    pub suspicious: i64,
    /// Whether an empty field takes a value away.
    pub clears: bool,
    /// Its sheets.
    pub sheets: Vec<SheetNote>,
    /// What the reader of the file had to say.
    pub notes: Vec<Said>,
}

impl Summary {
    pub(super) fn of(submission: &Submission) -> Result<Summary, Fault> {
        serde_json::from_str(&submission.summary).map_err(Fault::broken)
    }

    pub(super) fn sheet_of(&self, row: u32) -> Option<&SheetNote> {
        let mut sheets = self.sheets.iter();
        sheets.find(|sheet| sheet.first_row <= row && row - sheet.first_row < sheet.rows)
    }
}

/// A row in work: small, as there may be many. 在办行
#[derive(Debug, Clone)]
pub(super) struct Work {
    /// Its number within the submission.
    pub row: u32,
    /// Whom it is about.
    pub customer: String,
    /// Its [`Row`] as a line of JSON.
    pub line: String,
    /// Whether it cannot be taken, whatever the comparison says.
    pub is_bad: bool,
}

/// The rows of one sheet in work. 在办表
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    /// Their kind.
    pub kind: Arc<Kind>,
    /// The sheet's name.
    pub name: Option<String>,
    /// The fields that it brings.
    pub fields: Vec<String>,
    /// The rows, by number.
    pub rows: Vec<Work>,
}

/// A part of a submission as it is kept. 分段
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub part: i64,
    pub first: u32,
    pub rows: usize,
    pub verdicts: String,
    pub outcome: Option<String>,
}

/// A submission in work, with what is kept of it. 在办报送
pub(super) struct Loaded {
    pub sheets: Vec<Sheet>,
    pub parts: Vec<Kept>,
    pub summary: Summary,
}

/// Reads a submission's rows for another comparison. Rows that were bad stay so: their collector left them out. 装载
pub(super) async fn load(view: &View, submission: &Submission, kinds: &Kinds) -> Result<Loaded, Fault> {
    let summary = Summary::of(submission)?;
    let mut sheets: Vec<Sheet> = Vec::new();
    for note in &summary.sheets {
        let kind = kinds.get(&note.kind).cloned();
        sheets.push(Sheet {
            kind: Arc::new(kind.ok_or_else(|| kind_gone(&note.kind))?),
            name: note.sheet.clone(),
            fields: note.fields.clone(),
            rows: Vec::new(),
        });
    }
    let mut parts = Vec::new();
    loop {
        let from = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        let found = view.submission_parts(submission.id, from, 16).await?;
        if found.is_empty() {
            break;
        }
        for part in found {
            let first = u32::try_from(part.first_row).unwrap_or(u32::MAX);
            let place = summary.sheets.iter().position(|sheet| {
                sheet.first_row <= first && first.saturating_sub(sheet.first_row) < sheet.rows.max(1)
            });
            let sheet = place.and_then(|place| sheets.get_mut(place));
            let sheet = sheet.ok_or_else(|| Fault::broken("a part of a submission lies in no sheet"))?;
            let marks: Vec<Marks> = lines_of(&part.verdicts)?;
            for ((number, line), marks) in (first..).zip(lines(&part.content)).zip(&marks) {
                let row: Row = serde_json::from_str(line).map_err(Fault::broken)?;
                sheet.rows.push(Work {
                    row: number,
                    customer: customer_of(&sheet.kind, &row.v),
                    line: line.to_owned(),
                    is_bad: marks.is_bad(),
                });
            }
            parts.push(Kept {
                part: part.part,
                first,
                rows: usize::try_from(part.row_count).unwrap_or(0),
                verdicts: part.verdicts,
                outcome: part.outcome,
            });
        }
    }
    Ok(Loaded { sheets, parts, summary })
}

pub(super) fn kind_gone(kind: &str) -> Fault {
    Fault::Refused(Message::new("app-submission-kind-gone").with("kind", kind))
}

/// The customer that a row names; empty where none.
pub(super) fn customer_of(kind: &Kind, values: &Values) -> String {
    pinji_workflow::values::customer_of(kind, values).unwrap_or_default()
}

/// Lines as one JSON array.
pub(super) fn array(lines: &[String]) -> String {
    format!("[\n{}\n]", lines.join(",\n"))
}

/// The elements of such an array as lines.
pub(super) fn lines(array: &str) -> impl Iterator<Item = &str> {
    array
        .lines()
        .filter(|line| !matches!(*line, "[" | "]" | ""))
        .map(|line| line.strip_suffix(',').unwrap_or(line))
}

/// The elements of such an array, read.
pub(super) fn lines_of<T: DeserializeOwned>(array: &str) -> Result<Vec<T>, Fault> {
    lines(array)
        .map(|line| serde_json::from_str(line).map_err(Fault::broken))
        .collect()
}

/// An element as a line.
pub(super) fn line(element: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(element).map_err(Fault::broken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_array_is_taken_apart_again() {
        let rows = vec![
            serde_json::json!({ "a": "x,\ny" }).to_string(),
            "[1,2]".to_owned(),
            "\"]\"".to_owned(),
        ];
        let whole = array(&rows);
        assert_eq!(lines(&whole).collect::<Vec<_>>(), rows);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&whole).unwrap().len(), 3);
        assert_eq!(lines(&array(&[])).count(), 0);
    }
}
