//! The language files, parsed once. 语言文件

use std::collections::BTreeSet;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentResource, FluentValue};
use fluent_syntax::ast;
use pinji_domain::Lang;
use unic_langid::LanguageIdentifier;

/// One language: its sentences, and the names of their values.
pub(crate) struct Book {
    pub(crate) bundle: FluentBundle<FluentResource>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) faults: Vec<String>,
}

/// One sentence's code, and the names of the values that it mentions, sorted.
pub(crate) struct Sentence {
    pub(crate) code: String,
    pub(crate) variables: Vec<String>,
}

const ZH: [(&str, &str); 6] = [
    ("policy", include_str!("../../../locales/zh/policy.ftl")),
    ("data", include_str!("../../../locales/zh/data.ftl")),
    ("cli", include_str!("../../../locales/zh/cli.ftl")),
    ("report", include_str!("../../../locales/zh/report.ftl")),
    ("office", include_str!("../../../locales/zh/office.ftl")),
    ("case", include_str!("../../../locales/zh/case.ftl")),
];
const EN: [(&str, &str); 6] = [
    ("policy", include_str!("../../../locales/en/policy.ftl")),
    ("data", include_str!("../../../locales/en/data.ftl")),
    ("cli", include_str!("../../../locales/en/cli.ftl")),
    ("report", include_str!("../../../locales/en/report.ftl")),
    ("office", include_str!("../../../locales/en/office.ftl")),
    ("case", include_str!("../../../locales/en/case.ftl")),
];

/// The book of a language.
pub(crate) fn of(lang: Lang) -> &'static Book {
    static CHINESE: OnceLock<Book> = OnceLock::new();
    static ENGLISH: OnceLock<Book> = OnceLock::new();
    match lang {
        Lang::Zh => CHINESE.get_or_init(|| read(lang, &ZH)),
        Lang::En => ENGLISH.get_or_init(|| read(lang, &EN)),
    }
}

fn read(lang: Lang, files: &[(&str, &str)]) -> Book {
    let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks round values are invisible characters that end up in cells, file names and comparisons.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => {
            let units = number.value.round() as i64;
            Some(if number.options.use_grouping {
                crate::count(units)
            } else {
                units.to_string()
            })
        }
        _ => None,
    }));
    let mut faults = Vec::new();
    if let Err(error) = bundle.add_builtins() {
        faults.push(error.to_string());
    }
    let mut sentences = Vec::new();
    for (area, text) in files {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
            let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            faults.extend(
                errors
                    .iter()
                    .map(|error| format!("{area}.ftl:{}: {error}", line(error.pos.start))),
            );
            resource
        });
        for entry in resource.entries() {
            if let ast::Entry::Message(message) = entry
                && let Some(pattern) = &message.value
            {
                let mut names = BTreeSet::new();
                in_pattern(pattern, &mut names);
                let variables = names.into_iter().map(str::to_owned).collect();
                sentences.push(Sentence {
                    code: message.id.name.to_owned(),
                    variables,
                });
            }
        }
        if let Err(errors) = bundle.add_resource(resource) {
            faults.extend(errors.iter().map(|error| format!("{area}.ftl: {error}")));
        }
    }
    Book {
        bundle,
        sentences,
        faults,
    }
}

fn in_pattern<'a>(pattern: &ast::Pattern<&'a str>, names: &mut BTreeSet<&'a str>) {
    for element in &pattern.elements {
        if let ast::PatternElement::Placeable { expression } = element {
            in_expression(expression, names);
        }
    }
}

fn in_expression<'a>(expression: &ast::Expression<&'a str>, names: &mut BTreeSet<&'a str>) {
    match expression {
        ast::Expression::Inline(inline) => in_inline(inline, names),
        ast::Expression::Select { selector, variants } => {
            in_inline(selector, names);
            for variant in variants {
                in_pattern(&variant.value, names);
            }
        }
    }
}

fn in_inline<'a>(inline: &ast::InlineExpression<&'a str>, names: &mut BTreeSet<&'a str>) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            names.insert(id.name);
        }
        ast::InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                in_inline(argument, names);
            }
        }
        ast::InlineExpression::Placeable { expression } => in_expression(expression, names),
        _ => {}
    }
}
