//! Guarantees proved from the policy file, and counterexamples for those that do not hold. 证明

use pinji_connectors::csv::{CsvCell, write_row};
use pinji_domain::{Date, Decimal, Lang, Message, MissingCause, Text};
use pinji_policy::document::Guarantee;
use pinji_policy::prove::{Customer, CustomerLine, Outcome, prove as decide};
use serde::Serialize;

use crate::error::AppError;
use crate::regulation::{Level, Origin, Regulation};
use crate::words;

/// How many parts a proof may look at unless told otherwise.
pub const NODES: u64 = 1_000_000;

/// What is asked. 证明请求
#[derive(Debug, Clone)]
pub struct ProveRequest {
    /// The policy.
    pub policy: Origin,
    /// Statements to prove instead of the policy's own.
    pub says: Vec<String>,
    /// As of when; the policy's effective date unless given.
    pub as_of: Option<Date>,
    /// How many parts each proof may look at.
    pub nodes: Option<u64>,
    /// The reader's language.
    pub lang: Lang,
}

/// What came of all statements. 证明结果
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proofs {
    /// The policy's id and version.
    pub policy: (String, String),
    /// As of when they were proved.
    pub as_of: String,
    /// Whether all were proved.
    pub proved: bool,
    /// One for each statement.
    pub proofs: Vec<Proof>,
}

/// What came of one statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// The statement.
    pub says: String,
    /// What it is called.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Why it could not be asked, where that is so.
    pub unclear: Option<String>,
    /// How many parts were looked at.
    pub nodes: u64,
    /// Whether the kernel graded the counterexample so.
    pub confirmed: bool,
    /// Who breaks it; for `reachable` who has the grade.
    pub customer: Option<Shown>,
    /// The same customer changed, for `monotone` and `independent`.
    pub changed: Option<Shown>,
}

/// What a proof came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds for every customer there can be.
    Proved,
    /// It does not.
    Refuted,
    /// Neither within the budget.
    Undecided,
    /// It cannot be asked.
    Unclear,
}

/// A customer of a proof. 反例客户
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Measures by id: name, plain value (`None`: missing).
    pub measures: Vec<(String, String, Option<String>)>,
    /// Its lines.
    pub lines: Vec<ShownLine>,
    /// Scores: name and value.
    pub scores: Vec<(String, String)>,
    /// The grade's name.
    pub grade: String,
    /// Reasons of the caps and floors that bind.
    pub bounds: Vec<String>,
}

/// A line of such a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownLine {
    /// The indicator's name.
    pub indicator: String,
    /// Its value.
    pub value: String,
    /// The band in words.
    pub band: String,
    /// Points.
    pub points: String,
}

/// Proves the guarantees of a policy, or other statements about it. 证明
///
/// # Errors
/// When the policy cannot be read or used.
pub fn prove(request: &ProveRequest) -> Result<Proofs, AppError> {
    let regulation = Regulation::read(&request.policy)?;
    let document = regulation.usable()?;
    let as_of = request.as_of.or(document.effective).unwrap_or_default();
    let level = regulation
        .levels(as_of)?
        .pop()
        .ok_or_else(|| AppError::Failed(Message::new("app-no-policy")))?;
    let asked: Vec<Guarantee> = match request.says.is_empty() {
        true => document.guarantees.clone(),
        false => {
            let statement = |says: &String| Guarantee {
                says: says.clone(),
                name: Text::default(),
                place: ("-".to_owned(), 0..0),
            };
            request.says.iter().map(statement).collect()
        }
    };
    let nodes = request.nodes.unwrap_or(NODES);
    let mut proofs = Vec::new();
    for guarantee in &asked {
        let outcome = decide(document, &level.compiled, as_of, guarantee, nodes);
        // What somebody asks must be a statement; what the file says is the check's to judge.
        if let (Outcome::Unclear(why), false) = (&outcome, request.says.is_empty()) {
            let message = Message::new("app-says-unclear").with("says", guarantee.says.as_str());
            return Err(AppError::Failed(message.with("why", why.clone())));
        }
        proofs.push(proof(&level, guarantee, outcome, request.lang));
    }
    Ok(Proofs {
        policy: (document.id.clone(), document.version.clone()),
        as_of: pinji_locale::date(as_of),
        proved: proofs.iter().all(|proof| proof.verdict == Verdict::Proved),
        proofs,
    })
}

fn proof(level: &Level, guarantee: &Guarantee, outcome: Outcome, lang: Lang) -> Proof {
    let mut proof = Proof {
        says: guarantee.says.clone(),
        name: guarantee.name.get(lang).to_owned(),
        verdict: Verdict::Unclear,
        unclear: None,
        nodes: 0,
        confirmed: false,
        customer: None,
        changed: None,
    };
    match outcome {
        Outcome::Proved { nodes, example } => {
            (proof.verdict, proof.nodes) = (Verdict::Proved, nodes);
            proof.customer = example.map(|customer| shown(level, &customer, lang));
        }
        Outcome::Refuted {
            counterexample,
            confirmed,
            nodes,
        } => {
            (proof.verdict, proof.nodes, proof.confirmed) = (Verdict::Refuted, nodes, confirmed);
            if let Some(found) = counterexample {
                proof.customer = Some(shown(level, &found.customer, lang));
                proof.changed = found.changed.map(|customer| shown(level, &customer, lang));
            }
        }
        Outcome::Undecided { nodes } => (proof.verdict, proof.nodes) = (Verdict::Undecided, nodes),
        Outcome::Unclear(why) => proof.unclear = Some(pinji_locale::say(lang, &why)),
    }
    proof
}

fn shown(level: &Level, customer: &Customer, lang: Lang) -> Shown {
    let document = &level.document;
    let name = |at: usize| words::input_name(level, at).get(lang).to_owned();
    let measures = customer
        .inputs
        .iter()
        .enumerate()
        .map(|(at, (id, value))| (id.clone(), name(at), value.as_ref().map(ToString::to_string)));
    let lines = customer
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| shown_line(level, customer, at, line, lang));
    let score = |(id, value): &(String, Option<Decimal>)| {
        let named = document.scores.iter().find(|named| named.id == *id);
        let value = value.map_or_else(|| "–".to_owned(), |value| value.to_string());
        (
            named.map_or_else(|| id.clone(), |named| named.name.get(lang).to_owned()),
            value,
        )
    };
    let grade = customer
        .grade
        .as_ref()
        .and_then(|id| document.grades.iter().find(|grade| grade.id == *id));
    let bounds = document.caps.iter().filter(|cap| customer.caps.contains(&cap.id));
    let floors = document
        .floors
        .iter()
        .filter(|floor| customer.floors.contains(&floor.id));
    Shown {
        measures: measures.collect(),
        lines: lines.collect(),
        scores: customer.scores.iter().map(score).collect(),
        grade: grade.map_or_else(
            || pinji_locale::word(lang, "app-ungraded"),
            |grade| grade.name.get(lang).to_owned(),
        ),
        bounds: bounds
            .chain(floors)
            .map(|bound| bound.reason.get(lang).to_owned())
            .collect(),
    }
}

fn shown_line(level: &Level, customer: &Customer, at: usize, line: &CustomerLine, lang: Lang) -> ShownLine {
    let found = words::indicator(level, at);
    let decimals = found.map_or(0, |found| found.decimals);
    let text_of = |input: usize| customer.inputs.get(input)?.1.as_ref().map(ToString::to_string);
    let points = line
        .points
        .and_then(|points| points.at(pinji_engine::plan::POINT_DECIMALS));
    let points = points.and_then(|points| i32::try_from(points).ok());
    let value = match (line.value, &line.text, line.missing) {
        (Some(value), _, _) => words::indicator_value(lang, level, at, value.at(decimals).unwrap_or(value.units)),
        (None, Some(text), _) => text.clone(),
        (None, None, cause) => words::cause(lang, cause.or(Some(MissingCause::NotReported))),
    };
    ShownLine {
        indicator: found.map(|found| found.name.get(lang).to_owned()).unwrap_or_default(),
        value,
        band: words::band(lang, level, at, words::choice(level, at, text_of), line.band, points),
        points: points.map_or_else(|| "–".to_owned(), words::points),
    }
}

/// Counterexamples as a wide sheet that `rate` reads: one row each, so that everybody can confirm them. 反例表
///
/// # Errors
/// When there is none to write.
pub fn counterexample_csv(proofs: &Proofs) -> Result<Vec<u8>, AppError> {
    let mut customers: Vec<(String, &Shown)> = Vec::new();
    for (at, proof) in proofs
        .proofs
        .iter()
        .enumerate()
        .filter(|(_, proof)| proof.verdict == Verdict::Refuted)
    {
        customers.extend(proof.customer.iter().map(|customer| (format!("G{}", at + 1), customer)));
        customers.extend(
            proof
                .changed
                .iter()
                .map(|customer| (format!("G{}-changed", at + 1), customer)),
        );
    }
    let Some((_, first)) = customers.first() else {
        return Err(AppError::Failed(Message::new("app-no-counterexample")));
    };
    let mut out = Vec::new();
    let headings: Vec<CsvCell<'_>> = std::iter::once(CsvCell::Text("id"))
        .chain(first.measures.iter().map(|(id, _, _)| CsvCell::Text(id)))
        .collect();
    let failed = |why: std::io::Error| {
        AppError::Failed(
            Message::new("app-cannot-write")
                .with("path", "CSV")
                .with("why", why.to_string()),
        )
    };
    write_row(&mut out, &headings).map_err(failed)?;
    for (id, customer) in &customers {
        let cells = customer.measures.iter().map(|(_, _, value)| match value {
            None => CsvCell::Empty,
            Some(text) if text.parse::<f64>().is_ok() => CsvCell::Number(text),
            Some(text) => CsvCell::Text(text),
        });
        let row: Vec<CsvCell<'_>> = std::iter::once(CsvCell::Text(id)).chain(cells).collect();
        write_row(&mut out, &row).map_err(failed)?;
    }
    Ok(out)
}
