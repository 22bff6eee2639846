//! Every way of writing a value that is understood, and those that are refused.

use pinji_connectors::csv::{CsvCell, write_row};
use pinji_domain::{Field, FieldType};

use crate::fixture::{Folder, bad, column, field, in_unit, kind, open_wide};

/// Reads one cell as a field of a wide sheet: its value, or the code of what is wrong.
fn read(field: &Field, heading: &str, text: &str, period: bool) -> String {
    let folder = Folder::new();
    let mut file = Vec::new();
    write_row(&mut file, &[CsvCell::Text("id"), CsvCell::Text(heading)]).unwrap();
    // As people write it: quoted, but not neutralised.
    file.extend_from_slice(format!("1,\"{}\"\r\n", text.replace('"', "\"\"")).as_bytes());
    let path = folder.put("wide.csv", file);
    let date = period.then_some("x");
    let wide = kind(
        "wide",
        "宽表",
        &[],
        date,
        vec![self::field("id", FieldType::Text), field.clone()],
    );
    let dataset = open_wide(&path, wide).unwrap();
    match dataset.bad.is_empty() {
        true => column(&dataset.tables[0], &field.id).remove(0),
        false => bad(&dataset)[0].1.to_owned(),
    }
}

fn check(field: &Field, heading: &str, rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(
            read(field, heading, text, false),
            *expected,
            "{text:?} under {heading:?} as {:?}",
            field.ty
        );
    }
}

#[test]
fn money() {
    let yuan = in_unit(field("x", FieldType::Money(2)), "元", "yuan");
    check(
        &yuan,
        "x",
        &[
            ("1234.5", "123450"),
            ("1,234.5", "123450"),
            ("1 234.50", "123450"),
            ("１，２３４．５", "123450"),
            ("-0.05", "-5"),
            ("+7", "700"),
            (".5", "50"),
            ("5.", "500"),
            ("(1,234)", "-123400"),
            ("（1,234）", "-123400"),
            ("−12", "-1200"),
            ("¥1,234.50", "123450"),
            ("￥-3", "-300"),
            ("-￥3", "-300"),
            ("CNY 12", "1200"),
            ("1200元", "120000"),
            ("人民币 12 元", "1200"),
            ("3.2万", "3200000"),
            ("3.2 万元", "3200000"),
            ("3.2萬", "3200000"),
            ("1.5亿", "15000000000"),
            ("3千万元", "3000000000"),
            ("12.3400", "1234"),
            ("90071992547409.92", "9007199254740992"),
            ("0.1", "10"),
            ("1e-2", "1"),
            ("", "∅"),
            ("  ", "∅"),
            ("-", "∅"),
            ("—", "∅"),
            ("N/A", "∅"),
            ("无", "∅"),
            ("NULL", "∅"),
            ("12.345", "data-cell-too-many-decimals"),
            ("1.23456万", "1234560"),
            ("1.2345678万", "data-cell-too-many-decimals"),
            ("90071992547409.93", "data-cell-too-large"),
            ("1,5", "data-cell-separators"),
            ("12,34.5", "data-cell-separators"),
            ("1,234,56", "data-cell-separators"),
            ("1.234,56", "data-cell-separators"),
            ("1.2E+05", "data-cell-shortened"),
            ("12%", "data-cell-percent"),
            ("NaN", "data-cell-not-finite"),
            ("-inf", "data-cell-not-finite"),
            ("#DIV/0!", "data-cell-excel-error"),
            ("#N/A", "data-cell-excel-error"),
            ("约100", "data-cell-not-a-number"),
            ("100左右", "data-cell-not-a-number"),
            ("1-2", "data-cell-not-a-number"),
            ("((1))", "data-cell-not-a-number"),
            ("(-1)", "data-cell-not-a-number"),
            ("1.2.3", "data-cell-not-a-number"),
            ("三万", "data-cell-not-a-number"),
            ("1万2千", "data-cell-not-a-number"),
            ("9999999999999999999999999999999999999999", "data-cell-too-large"),
        ],
    );
}

#[test]
fn the_unit_in_the_heading_scales() {
    let yuan = in_unit(field("x", FieldType::Money(2)), "元", "yuan");
    check(
        &yuan,
        "x（万元）",
        &[
            ("3.2", "3200000"),
            ("-1,000", "-1000000000"),
            ("0.000001", "1"),
            ("3.2万", "data-cell-unit-twice"),
        ],
    );
    check(&yuan, "x (亿元)", &[("1.5", "15000000000")]);
    check(&yuan, "x/千元", &[("1.5", "150000")]);
    check(&yuan, "x（元）", &[("1.5", "150"), ("3.2万", "3200000")]);
    check(&yuan, "x (CNY million)", &[("1.5", "150000000")]);
    check(
        &yuan,
        "x（分）",
        &[("150", "150"), ("0.5", "data-cell-too-many-decimals")],
    );
    let ten_thousands = in_unit(field("x", FieldType::Decimal(4)), "万元", "10k yuan");
    check(&ten_thousands, "x", &[("3.2", "32000"), ("3.2万", "32000")]);
    check(
        &ten_thousands,
        "x（元）",
        &[("32000", "32000"), ("1", "1"), ("0.5", "data-cell-too-many-decimals")],
    );
    check(&ten_thousands, "x（亿元）", &[("1.5", "150000000")]);
    let days = in_unit(field("x", FieldType::Integer), "天", "days");
    check(&days, "x（天）", &[("30", "30"), ("30天", "30"), ("30 天", "30")]);
    check(&days, "x（月）", &[("1", "data-unit-clash")]);
}

#[test]
fn spans_of_time_may_be_named_in_the_cell() {
    let in_time = |zh: &str, en: &str| in_unit(field("x", FieldType::Integer), zh, en);
    check(
        &in_time("天", "days"),
        "x",
        &[
            ("3天", "3"),
            ("3 days", "3"),
            ("1,200日", "1200"),
            ("12个月", "data-cell-other-unit"),
            ("5年", "data-cell-other-unit"),
        ],
    );
    let months = [
        ("12个月", "12"),
        ("12 months", "12"),
        ("12月", "12"),
        ("3天", "data-cell-other-unit"),
    ];
    check(&in_time("月", "months"), "x", &months);
    check(
        &in_time("年", "years"),
        "x",
        &[("5年", "5"), ("5 years", "5"), ("12个月", "data-cell-other-unit")],
    );
    // A column without such a unit does not know what 天 is.
    check(
        &field("x", FieldType::Integer),
        "x",
        &[("3天", "data-cell-not-a-number")],
    );
    let doubles = in_unit(field("x", FieldType::Number), "年", "years");
    check(&doubles, "x", &[("2.5年", "2.5")]);
}

#[test]
fn letters_among_digits_are_named() {
    let yuan = in_unit(field("x", FieldType::Money(2)), "元", "yuan");
    check(
        &yuan,
        "x",
        &[
            ("4,35O,000.00", "data-cell-letter-for-digit"),
            ("１２Ｏ", "data-cell-letter-for-digit"),
            ("l2.5", "data-cell-not-a-number"),
            ("1l2", "data-cell-letter-for-digit"),
            ("12,3x4,000", "data-cell-letter"),
            ("3 pcs", "data-cell-not-a-number"),
            ("1万2千", "data-cell-not-a-number"),
            ("1,5", "data-cell-separators"),
        ],
    );
    let said = |text: &str, ty: FieldType| {
        let folder = Folder::new();
        let path = folder.put("wide.csv", format!("id,x\n1,\"{text}\"\n"));
        let fields = vec![field("id", FieldType::Text), field("x", ty)];
        let dataset = open_wide(&path, kind("wide", "宽表", &[], None, fields)).unwrap();
        pinji_locale::say(pinji_domain::Lang::En, &dataset.bad[0].message)
    };
    assert!(said("4,35O,000.00", FieldType::Money(2)).contains("letter `O` among its digits; is 4,350,000.00 meant?"));
    assert!(said("many", FieldType::Integer).contains("a whole number, for instance 1234 or 1,234"));
    assert!(said("many", FieldType::Decimal(1)).contains("for instance 1234.5"));
    assert!(said("1,5", FieldType::Integer).ends_with("write 1234 or 1,234."));
}

#[test]
fn ratios_and_percentages() {
    let ratio = field("x", FieldType::Decimal(4));
    check(
        &ratio,
        "x",
        &[
            ("12%", "1200"),
            ("12.34％", "1234"),
            ("-0.5%", "-50"),
            ("0.12", "1200"),
            ("5‰", "50"),
            ("0.12345", "data-cell-too-many-decimals"),
            ("12.345%", "data-cell-too-many-decimals"),
            ("¥5", "data-cell-not-a-number"),
        ],
    );
    check(&ratio, "x(%)", &[("12", "1200"), ("12%", "1200"), ("0.5", "50")]);
    let percent = in_unit(field("x", FieldType::Decimal(2)), "%", "%");
    check(&percent, "x", &[("12", "1200"), ("12%", "1200")]);
    check(&percent, "x（%）", &[("12", "1200"), ("12%", "1200")]);
    // `_pct` after a field's name is a unit; where it is part of the name it scales nothing.
    check(&ratio, "x_pct", &[("12", "1200")]);
    check(&field("x_pct", FieldType::Decimal(4)), "x_pct", &[("0.12", "1200")]);
}

#[test]
fn whole_numbers_and_doubles() {
    let whole = field("x", FieldType::Integer);
    check(
        &whole,
        "x",
        &[
            ("12", "12"),
            ("12.0", "12"),
            ("1.2万", "12000"),
            ("9007199254740992", "9007199254740992"),
            ("9007199254740993", "data-cell-too-large"),
            ("1.5", "data-cell-not-whole"),
            ("12%", "data-cell-percent"),
            ("true", "data-cell-not-a-number"),
        ],
    );
    let number = field("x", FieldType::Number);
    check(
        &number,
        "x",
        &[
            ("0.1", "0.1"),
            ("1.2E+05", "120000"),
            ("1e-05", "0.00001"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("12%", "0.12"),
            ("42749.53", "42749.53"),
            ("1e17", "data-cell-too-large"),
            ("nan", "data-cell-not-finite"),
        ],
    );
    check(&number, "x(%)", &[("12.3", "0.123")]);
}

#[test]
fn dates_and_periods() {
    let date = field("x", FieldType::Date);
    check(
        &date,
        "x",
        &[
            ("2025-03-31", "2025-03-31"),
            ("2025/3/31", "2025-03-31"),
            ("2025.3.31", "2025-03-31"),
            ("2025年3月31日", "2025-03-31"),
            ("２０２５年３月３１日", "2025-03-31"),
            ("2025 年 3 月 31 日", "2025-03-31"),
            ("20250331", "2025-03-31"),
            ("2010-12-01 08:26:00", "2010-12-01"),
            ("2025-03-31T23:59:59.999Z", "2025-03-31"),
            ("2025/3/31 8:05", "2025-03-31"),
            ("45747", "2025-03-31"),
            ("-", "∅"),
            ("2025-02-29", "data-cell-no-such-date"),
            ("2025-13-01", "data-cell-no-such-date"),
            ("20251301", "data-cell-no-such-date"),
            ("31/3/2025", "data-cell-day-or-month"),
            ("3/4/2025", "data-cell-day-or-month"),
            ("2025-03", "data-cell-month-only"),
            ("202503", "data-cell-month-only"),
            ("2025", "data-cell-not-a-date"),
            ("25-03-31", "data-cell-not-a-date"),
            ("昨天", "data-cell-not-a-date"),
            ("2025-03-31-01", "data-cell-not-a-date"),
            ("114/08/16", "data-cell-not-a-date"),
            ("99999999", "data-cell-no-such-date"),
        ],
    );
    for (text, expected) in [
        ("2025-03", "2025-03-31"),
        ("2024年2月", "2024-02-29"),
        ("202502", "2025-02-28"),
        ("2025/12", "2025-12-31"),
        ("2024", "2024-12-31"),
        ("2024年度", "2024-12-31"),
        ("2025Q1", "2025-03-31"),
        ("2025年第三季度", "2025-09-30"),
        ("2025年上半年", "2025-06-30"),
        ("2024年12月31日", "2024-12-31"),
        ("2025-00", "data-cell-no-such-date"),
    ] {
        assert_eq!(read(&date, "x", text, true), expected, "{text}");
    }
}

#[test]
fn flags_choices_and_texts() {
    let flag = field("x", FieldType::Flag);
    let yes = ["是", "Y", "yes", "TRUE", "1", "有", "√", "Ｙ"].map(|text| (text, "true"));
    let no = ["否", "N", "no", "False", "0", "无"].map(|text| (text, "false"));
    check(&flag, "x", &yes);
    check(&flag, "x", &no);
    check(
        &flag,
        "x",
        &[
            ("", "∅"),
            ("-", "∅"),
            ("n/a", "∅"),
            ("也许", "data-cell-not-a-flag"),
            ("2", "data-cell-not-a-flag"),
        ],
    );
    let choice = field("x", crate::fixture::size());
    check(
        &choice,
        "x",
        &[
            ("large", "large"),
            ("大型", "large"),
            (" LARGE ", "large"),
            ("Small", "small"),
            ("-", "∅"),
            ("巨型", "data-cell-not-listed"),
        ],
    );
    let text = field("x", FieldType::Text);
    check(
        &text,
        "x",
        &[
            ("  上海 某某\u{3000}", "上海 某某"),
            ("007", "007"),
            ("12%", "12%"),
            ("'=1+1", "=1+1"),
            ("=1+1", "=1+1"),
            ("N/A", "∅"),
            ("㛃䶮𫖯𬭊", "㛃䶮𫖯𬭊"),
            ("a\u{FFFD}", "data-cell-broken-text"),
        ],
    );
    check(
        &text,
        "x",
        &[
            (&"长".repeat(32_767), &"长".repeat(32_767)),
            (&"长".repeat(32_768), "data-cell-too-long"),
        ],
    );
}

#[test]
fn credit_codes_have_a_check_character() {
    let mut code = field("uscc", FieldType::Text);
    code.label = pinji_domain::Text::new("x", "x");
    let read = |text: &str| {
        let folder = Folder::new();
        let path = folder.put("wide.csv", format!("id,uscc\n1,{text}\n"));
        let wide = kind(
            "wide",
            "宽表",
            &[],
            None,
            vec![field("id", FieldType::Text), code.clone()],
        );
        let dataset = open_wide(&path, wide).unwrap();
        if dataset.bad.is_empty() {
            column(&dataset.tables[0], "uscc").remove(0)
        } else {
            bad(&dataset)[0].1.to_owned()
        }
    };
    // The example of the standard, and public codes of three large companies.
    for good in [
        "91350100M000100Y43",
        "91440300708461136T",
        "91110000100017643K",
        "914403001922038216",
    ] {
        assert_eq!(read(good), good);
    }
    assert_eq!(read("９１３５０１００m000100y43"), "91350100M000100Y43");
    assert_eq!(read("91350100M000100Y44"), "data-cell-code-check");
    assert_eq!(read("91350100M000100Y4O"), "data-cell-code-form");
    assert_eq!(read("350100000100043"), "data-cell-code-form");
    assert_eq!(read("-"), "∅");
}
