//! The printable policy: a bilingual regulation as HTML and as Markdown. 分级标准文本
//!
//! Both are written from the same blocks, so they say the same.

mod indicators;
mod model;
mod results;
mod sources;
mod weights;

use pinji_charts::{Paint, grade_paint};
use pinji_domain::{Lang, Message, Text};
use pinji_locale::{date_long, say};

pub use model::{
    Band, Bound, Derivation, Dimension, Direction, Example, ExampleGrade, FastLane, Grade, Guarantee, Indicator, Level,
    MajorityOf, Measure, MissingRule, Parameter, PolicyPage, Reconcile, Review, Score, Scoring, StandardTable, Verdict,
};

use crate::doc::{Block, Line, Run, code, text};
use crate::html::{Shell, Side, page};
use crate::markdown;

/// The policy as one HTML file: Chinese, English or both, switched without a script; prints on A4. 分级标准网页
pub fn html(policy: &PolicyPage) -> String {
    let sides = Lang::ALL.map(|lang| {
        let printer = Printer { policy, lang };
        let body = printer.chapters();
        let contents = body.iter().filter_map(|block| match block {
            Block::Heading(2, id, line) => Some((id.clone(), crate::run::plain(line))),
            _ => None,
        });
        let mut head = printer.title();
        head.push(Block::Contents(contents.collect()));
        Side {
            lang,
            head,
            body,
            foot: printer.word("print-foot"),
        }
    });
    let title = format!("{} {}", policy.name.get(policy.lang), policy.version);
    let shell = Shell {
        lang: policy.lang,
        title: title.trim(),
        grades: policy.grades.len(),
        together: true,
    };
    page(&shell, &sides)
}

/// The policy as Markdown: the whole in Chinese, then the whole in English. 分级标准 Markdown
pub fn markdown(policy: &PolicyPage) -> String {
    let sides = Lang::ALL.map(|lang| {
        let printer = Printer { policy, lang };
        let mut blocks = printer.title();
        blocks.extend(printer.chapters());
        blocks.push(Block::Paragraph(text(printer.word("print-foot"))));
        markdown::write(&blocks)
    });
    sides.join("---\n\n")
}

/// A policy and the language it is printed in.
pub(crate) struct Printer<'a> {
    pub(crate) policy: &'a PolicyPage,
    pub(crate) lang: Lang,
}

impl Printer<'_> {
    fn title(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut line = Message::new("print-version").with("version", policy.version.as_str());
        if let Some(effective) = policy.effective {
            line = Message::new("print-version-effective")
                .with("version", policy.version.as_str())
                .with("date", date_long(self.lang, effective));
        }
        vec![
            Block::Heading(1, "top".to_owned(), text(self.of(&policy.name, &policy.id))),
            Block::Paragraph(text(self.say(line))),
        ]
    }

    /// The chapters that have something to say, numbered in order.
    fn chapters(&self) -> Vec<Block> {
        let chapters: [(&str, &'static str, Vec<Block>); 12] = [
            ("general", "print-general", self.general()),
            ("weights", "print-weights", self.weights()),
            ("indicators", "print-indicators", self.indicators()),
            ("measures", "print-measures", self.measures()),
            ("tables", "print-tables", self.tables()),
            ("grades", "print-grades", self.grades()),
            ("bounds", "print-bounds", self.bounds()),
            ("guarantees", "print-guarantees", self.guarantees()),
            ("review", "print-review", self.review()),
            ("derivations", "print-derivations", self.derivations()),
            ("examples", "print-examples", self.examples()),
            ("files", "print-files", self.files()),
        ];
        let mut blocks = Vec::new();
        let mut number = 0;
        for (id, code, body) in chapters.into_iter().filter(|(.., body)| !body.is_empty()) {
            number += 1;
            let heading = Message::new("print-chapter")
                .with("number", self.ordinal(number))
                .with("title", Message::new(code));
            blocks.push(Block::Heading(2, id.to_owned(), text(self.say(heading))));
            blocks.extend(body);
        }
        blocks
    }

    /// What the policy is for, whom it grades, and how it reckons. 总则
    fn general(&self) -> Vec<Block> {
        let policy = self.policy;
        let mut blocks = Vec::new();
        if !policy.purpose.get(self.lang).is_empty() {
            blocks.push(Block::Paragraph(text(policy.purpose.get(self.lang))));
        }
        let mut facts = vec![
            (self.word("print-subject"), text(policy.subject.get(self.lang))),
            (self.word("print-id"), code(policy.id.as_str())),
            (self.word("print-currency"), text(policy.currency.as_str())),
            (self.word("print-min-coverage"), text(policy.min_coverage.as_str())),
        ];
        facts.retain(|(_, line)| {
            line.iter()
                .any(|run| !matches!(run, Run::Text(words) if words.is_empty()))
        });
        for (alias, name, version) in &policy.uses {
            let mut line = text(format!("{} {version} ", self.of(name, alias)));
            line.push(Run::Code(alias.clone()));
            facts.push((self.word("print-uses"), line));
        }
        blocks.push(Block::Facts(facts));
        blocks.push(Block::List(
            [
                "print-rule-points",
                "print-rule-exact",
                "print-rule-missing",
                "print-rule-order",
            ]
            .map(|code| text(self.word(code)))
            .to_vec(),
        ));
        blocks
    }

    pub(crate) fn word(&self, code: &'static str) -> String {
        self.say(Message::new(code))
    }

    pub(crate) fn say(&self, message: Message) -> String {
        say(self.lang, &message)
    }

    /// A name in the reader's language, or the id where there is none.
    pub(crate) fn of(&self, name: &Text, id: &str) -> String {
        match name.get(self.lang) {
            "" => id.to_owned(),
            name => name.to_owned(),
        }
    }

    /// A grade's chip, by its position.
    pub(crate) fn chip(&self, position: usize) -> Line {
        let grades = &self.policy.grades;
        match grades.get(position) {
            Some(grade) => {
                vec![Run::Chip(
                    grade_paint(position, grades.len()),
                    self.of(&grade.name, &grade.id),
                )]
            }
            None => vec![Run::Chip(Paint::ungraded(), self.word("report-ungraded"))],
        }
    }

    /// The number of a chapter: 一, 二 … in Chinese, 1, 2 … in English.
    fn ordinal(&self, number: usize) -> String {
        const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        if self.lang == Lang::En {
            return number.to_string();
        }
        let digit = |n: usize| DIGITS.get(n).copied().unwrap_or_default();
        match (number / 10, number % 10) {
            (0, ones) => digit(ones).to_owned(),
            (1, ones) => format!("十{}", digit(ones)),
            (tens, ones) => format!("{}十{}", digit(tens), digit(ones)),
        }
    }
}
