//! The policy as a document for publication. 印刷

use pinji_domain::{Date, Lang, Message};
use pinji_policy::prove::{Outcome, prove};
use pinji_policy::{Compiled, Document, compile};
use pinji_report::policy::Verdict;

use crate::error::AppError;
use crate::policy::prove::NODES;
use crate::regulation::{Origin, Regulation};
use crate::view::policy_page;

/// In what form. 形式
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One HTML file.
    Html,
    /// Markdown.
    Markdown,
}

/// The document. 印刷结果
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The policy's id and version.
    pub policy: (String, String),
    /// The text.
    pub text: String,
}

/// Prints a policy; its guarantees are proved on the way, so that the document says which ones hold. 印刷标准
///
/// # Errors
/// When it cannot be read or used.
pub fn print(origin: &Origin, form: Form, lang: Lang) -> Result<Printed, AppError> {
    let regulation = Regulation::read(origin)?;
    let document = regulation.usable()?;
    let entry = regulation.manifest_entry(document);
    let files = entry
        .files
        .iter()
        .map(|file| (file.name.clone(), file.sha256.clone()))
        .collect();
    let as_of = document.effective.unwrap_or_default();
    let compiled = compile(document, as_of).ok();
    let verdicts = compiled
        .as_ref()
        .map(|compiled| verdicts(document, compiled, as_of))
        .unwrap_or_default();
    let plan = compiled.as_ref().map(|compiled| &compiled.plan);
    let page = policy_page::fill(document, plan, &entry.sha256, files, &verdicts, lang);
    let text = match form {
        Form::Html => pinji_report::policy::html(&page),
        Form::Markdown => pinji_report::policy::markdown(&page),
    };
    Ok(Printed {
        policy: (document.id.clone(), document.version.clone()),
        text,
    })
}

fn verdicts(document: &Document, compiled: &Compiled, as_of: Date) -> Vec<Verdict> {
    let verdict = |guarantee| match prove(document, compiled, as_of, guarantee, NODES) {
        Outcome::Proved { .. } => Verdict::Proved,
        Outcome::Refuted { counterexample, .. } => Verdict::Refuted(match counterexample {
            Some(found) => {
                let grade = found.customer.grade.unwrap_or_default();
                pinji_locale::both(&Message::new("app-refuted-by").with("grade", grade))
            }
            None => pinji_locale::both(&Message::new("app-refuted-nobody")),
        }),
        Outcome::Undecided { .. } | Outcome::Unclear(_) => Verdict::Undecided,
    };
    document.guarantees.iter().map(verdict).collect()
}
