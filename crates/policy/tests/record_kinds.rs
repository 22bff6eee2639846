//! docs/record-kinds.md lists what the shipped kinds recognise; `PINJI_BLESS=1 cargo test -p pinji-policy` writes it anew.

mod office;

use std::fmt::Write;
use std::path::Path;

use pinji_domain::{Field, FieldType, Kind, Text};
use pinji_policy::kinds::shipped;

const HEAD: &str = "# 记录种类与表头 · Record kinds and headings

本页由 `crates/policy/kinds/shipped.toml` 生成，请勿手改。文件或工作表按下列任一名称识别，列按下列任一表头识别；大小写、全半角、空格和括号
不计，表头可以带单位，如“营业收入（万元）”。认不出的列用 `--map \"表头=字段\"` 说明（多种记录共有的字段写作 `种类.字段`）。公司可在自己的
文件中增加种类、字段和写法，见 [分级语言](policy-language.md#record-kinds-of-your-own)。

This page comes from `crates/policy/kinds/shipped.toml`; do not edit it. A file or sheet is recognised by any of the names
below, a column by any of the headings; case, width, blanks and brackets do not matter, and a heading may have a unit, as in
`Revenue (CNY million)`. Tell about others with `--map \"heading=field\"` (`kind.field` for a field that several kinds have).
A company adds kinds, fields and names in a file of its own: see [the policy language](policy-language.md#record-kinds-of-your-own).

A wide sheet, with a row per customer, is read by the names of the policy's measures and by the headings of `customer`.
每个客户一行的宽表，按分级标准中度量的名称以及 `customer` 的表头识别。
";

#[test]
fn the_page_of_record_kinds_is_what_the_kinds_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/record-kinds.md");
    let page = page();
    if std::env::var_os("PINJI_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written
        .lines()
        .zip(page.lines())
        .find(|(written, page)| written != page);
    assert!(
        written == page,
        "docs/record-kinds.md is not what the kinds say; run again with PINJI_BLESS=1. First difference: {differs:?}"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for kind in &shipped().kinds {
        self::kind(&mut page, kind);
    }
    page
}

fn kind(page: &mut String, kind: &Kind) {
    let names = [kind.name.zh.as_str(), &kind.name.en];
    let names = names.into_iter().chain(kind.aliases.iter().map(String::as_str));
    writeln!(page, "\n## {} · {} `{}`\n", kind.name.zh, kind.name.en, kind.id).unwrap();
    writeln!(page, "文件或工作表 · File or sheet: {}\n", listed(names)).unwrap();
    page.push_str("| 字段 field | 名称 label | 内容 holds | 其他表头 other headings |\n| --- | --- | --- | --- |\n");
    for field in &kind.fields {
        let required = if field.required { " **\\***" } else { "" };
        writeln!(
            page,
            "| `{}`{required} | {} · {} | {} | {} |",
            field.id,
            field.label.zh,
            field.label.en,
            holds(field),
            listed(field.aliases.iter().map(String::as_str)),
        )
        .unwrap();
    }
    for field in &kind.fields {
        if let FieldType::Choice(options) = &field.ty {
            writeln!(page, "\n`{}`: {}", field.id, choices(field, options)).unwrap();
        }
    }
    if kind.fields.iter().any(|field| field.required) {
        page.push_str("\n\\* 必填 required\n");
    }
    office::office(page, kind);
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names
        .map(|name| name.replace('|', "\\|"))
        .collect::<Vec<_>>()
        .join("、")
}

fn holds(field: &Field) -> String {
    let kind = match &field.ty {
        FieldType::Text => "文本 text".to_owned(),
        FieldType::Choice(_) => "选项 choice".to_owned(),
        FieldType::Integer => "整数 whole number".to_owned(),
        FieldType::Decimal(decimals) => format!("{decimals} 位小数 decimals"),
        FieldType::Money(decimals) => format!("金额，{decimals} 位小数 money"),
        FieldType::Number => "数字 number".to_owned(),
        FieldType::Date => "日期 date".to_owned(),
        FieldType::Flag => "是否 yes or no".to_owned(),
    };
    match &field.unit {
        unit if *unit == Text::default() => kind,
        unit if unit.zh == unit.en => format!("{kind}, {}", unit.zh),
        unit => format!("{kind}, {} {}", unit.zh, unit.en),
    }
}

fn choices(field: &Field, options: &[(String, Text)]) -> String {
    let one = |(id, name): &(String, Text)| {
        let words = field.words.iter().filter(|(_, meant)| meant == id);
        let words: Vec<&str> = words.map(|(word, _)| word.as_str()).collect();
        let also = if words.is_empty() {
            String::new()
        } else {
            format!("（{}）", words.join("、"))
        };
        format!("`{id}` {} {}{also}", name.zh, name.en)
    };
    options.iter().map(one).collect::<Vec<_>>().join("；")
}
