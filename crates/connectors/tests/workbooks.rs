//! Workbooks that Pinji writes, and typed cells that it reads.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use pinji_connectors::workbook::{
    Cell, Chart, ChartKind, Merged, Paint, Range, Row, Series, Sheet, Shown, Style, Workbook, bytes, write,
};
use pinji_domain::{FieldType, date};
use rust_xlsxwriter::{Format, Formula};

use crate::fixture::{Folder, bad, column, field, in_unit, kind, open_wide, open_with};

fn grades<'a>() -> Workbook<'a> {
    let rows: Vec<Row<'a>> = vec![
        vec![
            Cell::text("等级").styled(Style::heading()),
            Cell::text("家数").styled(Style::heading()),
        ],
        vec![Cell::text("VIP"), Cell::units(38, 0)],
        vec![Cell::text("=HYPERLINK(\"http://x\")"), Cell::units(123_456, 2)],
        vec![Cell::text("http://example.com"), Cell::number(f64::NAN)],
        vec![
            Cell::date(date::parse("2025-03-31").unwrap()),
            Cell::number(0.125).styled(Style::shown(Shown::Percent(1))),
        ],
    ];
    let range = |first_column, last_row| Range {
        sheet: "汇总/一".to_owned(),
        first_row: 1,
        first_column,
        last_row,
        last_column: first_column,
    };
    let chart = Chart {
        kind: ChartKind::Column,
        title: "VIP 最多".to_owned(),
        description: "四个等级的家数".to_owned(),
        series: vec![Series {
            name: "=家数".to_owned(),
            categories: range(0, 2),
            values: range(1, 2),
            colours: vec![0x12355B, 0xD5D9E0],
            labelled: true,
        }],
        category_axis: "等级".to_owned(),
        value_axis: String::new(),
        at: (6, 0),
        size: (480, 300),
    };
    let summary = Sheet {
        widths: vec![20.0, 12.0],
        frozen: (1, 1),
        filter: Some((0, 2)),
        paints: vec![Paint {
            column: 0,
            from_row: 1,
            rules: vec![("VIP".to_owned(), 0x12355B, 0xFFFFFF)],
        }],
        merged: vec![Merged {
            range: (20, 0, 20, 3),
            text: "说明".into(),
            style: Style::remark(),
        }],
        charts: vec![chart],
        notes: vec![(1, 0, "最高等级".to_owned())],
        ..Sheet::new("汇总/一", rows)
    };
    let many = (0..5_000_i64).map(|row| {
        vec![
            Cell::text(format!("C{row}")),
            Cell::units(row, 4),
            Cell::flag(row % 2 == 0),
        ]
    });
    let large = Sheet {
        streamed: true,
        ..Sheet::new("客户", many)
    };
    Workbook {
        title: "评级结果".to_owned(),
        sheets: vec![summary, large],
    }
}

#[test]
fn the_same_workbook_is_the_same_bytes() {
    let first = bytes(grades()).unwrap();
    for _ in 0..5 {
        assert!(bytes(grades()).unwrap() == first);
    }
    let folder = Folder::new();
    let path = folder.path().join("grades.xlsx");
    write(&path, grades()).unwrap();
    assert!(std::fs::read(path).unwrap() == first);
}

#[test]
fn texts_stay_texts() {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes(grades()).unwrap())).unwrap();
    assert_eq!(book.sheet_names(), ["汇总 一", "客户"]);
    let sheet = book.worksheet_range("汇总 一").unwrap();
    assert_eq!(
        sheet.get_value((2, 0)),
        Some(&Data::String("=HYPERLINK(\"http://x\")".to_owned()))
    );
    assert_eq!(sheet.get_value((2, 1)), Some(&Data::Float(1234.56)));
    assert!(book.worksheet_formula("汇总 一").unwrap().is_empty());
    assert_eq!(book.worksheet_range("客户").unwrap().height(), 5_000);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes(grades()).unwrap())).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        assert!(!name.contains("hyperlink"));
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        assert!(!text.contains("<f>"), "{name}");
        all.push_str(&text);
    }
    assert!(all.contains("<c:chart"), "a native chart");
    assert!(all.contains("2026-01-01T00:00:00Z") && !all.contains("<hyperlink"));
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let rows = vec![vec![Cell::text("长".repeat(40_000))]];
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(
        bytes(Workbook {
            title: String::new(),
            sheets: vec![Sheet::new("x", rows)],
        })
        .unwrap(),
    ))
    .unwrap();
    let cell = book
        .worksheet_range("x")
        .unwrap()
        .get_value((0, 0))
        .unwrap()
        .to_string();
    assert_eq!(cell.chars().count(), 32_767);
    assert!(cell.ends_with('…'));
}

/// A workbook by another hand: formats, formulas with cached values, merged cells, errors.
fn foreign(folder: &Folder) -> std::path::PathBuf {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let percent = Format::new().set_num_format("0.0%");
    let chinese_date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    for (column, heading) in ["id", "money（万元）", "ratio(%)", "day", "flag", "text", "code"]
        .iter()
        .enumerate()
    {
        sheet.write_string(0, column as u16, *heading).unwrap();
    }
    sheet.merge_range(1, 0, 2, 0, "A", &Format::new()).unwrap();
    sheet.write_number(1, 1, 0.1 + 0.2).unwrap();
    sheet.write_number_with_format(1, 2, 0.125, &percent).unwrap();
    sheet.write_number_with_format(1, 3, 45_747, &chinese_date).unwrap();
    sheet.write_boolean(1, 4, true).unwrap();
    sheet.write_number(1, 5, 12.50).unwrap();
    sheet
        .write_formula(2, 1, Formula::new("1+1").set_result("2.5"))
        .unwrap();
    sheet.write_number(2, 2, 12.5).unwrap();
    sheet.write_number(2, 3, 20_250_331).unwrap();
    sheet.write_number(2, 4, 0).unwrap();
    sheet.write_number_with_format(2, 5, 45_747, &chinese_date).unwrap();
    sheet.write_string(3, 0, "B").unwrap();
    sheet.write_number_with_format(3, 1, 45_747, &chinese_date).unwrap();
    sheet
        .write_formula(3, 2, Formula::new("1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet.write_number(3, 3, 60).unwrap();
    sheet.write_string(3, 4, "maybe").unwrap();
    sheet.write_number(3, 5, 91_440_300_708_461_136_f64).unwrap();
    sheet.set_row_hidden(2).unwrap();
    let path = folder.path().join("wide.xlsx");
    book.save(&path).unwrap();
    path
}

#[test]
fn typed_cells_are_understood_by_their_fields() {
    let folder = Folder::new();
    let wide = kind(
        "wide",
        "宽表",
        &[],
        None,
        vec![
            field("id", FieldType::Text),
            in_unit(field("money", FieldType::Money(2)), "元", "yuan"),
            field("ratio", FieldType::Decimal(4)),
            field("day", FieldType::Date),
            field("flag", FieldType::Flag),
            field("text", FieldType::Text),
        ],
    );
    let dataset = open_wide(&foreign(&folder), wide).unwrap();
    assert_eq!(
        bad(&dataset),
        [
            ("B4".to_owned(), "data-cell-date-for-number"),
            ("C4".to_owned(), "data-cell-excel-error"),
            ("D4".to_owned(), "data-cell-no-such-date"),
            ("E4".to_owned(), "data-cell-not-a-flag"),
            ("F4".to_owned(), "data-cell-digits-lost"),
        ]
    );
    let table = &dataset.tables[0];
    assert_eq!(
        column(table, "id"),
        ["A", "A"],
        "a merged cell says the same in every row"
    );
    assert_eq!(
        column(table, "money"),
        ["300000", "2500000"],
        "the noise of a double is not a decimal"
    );
    assert_eq!(
        column(table, "ratio"),
        ["1250", "1250"],
        "12.5% whether Excel or the heading says so"
    );
    assert_eq!(column(table, "day"), ["2025-03-31", "2025-03-31"]);
    assert_eq!(column(table, "flag"), ["true", "false"]);
    assert_eq!(column(table, "text"), ["12.5", "2025-03-31"]);
}

#[test]
fn merged_headings_over_two_rows() {
    let folder = Folder::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("客户").unwrap();
    let plain = Format::new();
    sheet.merge_range(0, 0, 1, 0, "客户编号", &plain).unwrap();
    sheet.merge_range(0, 1, 0, 2, "基本情况", &plain).unwrap();
    sheet.write_string(1, 1, "客户名称").unwrap();
    sheet.write_string(1, 2, "企业规模").unwrap();
    sheet.write_string(2, 0, "A").unwrap();
    sheet.write_string(2, 1, "甲").unwrap();
    sheet.write_string(2, 2, "大型").unwrap();
    book.save(folder.path().join("x.xlsx")).unwrap();
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(bad(&dataset), []);
    assert_eq!(column(&dataset.tables[0], "id"), ["A"]);
    assert_eq!(column(&dataset.tables[0], "size"), ["large"]);
}

#[test]
fn a_sheet_that_is_too_long_is_refused() {
    let rows = (0..1_048_577_u32).map(|_| vec![Cell::number(1.0)]);
    let long = Sheet {
        streamed: true,
        ..Sheet::new("x", rows)
    };
    let folder = Folder::new();
    let error = write(
        &folder.path().join("x.xlsx"),
        Workbook {
            title: String::new(),
            sheets: vec![long],
        },
    )
    .unwrap_err();
    assert_eq!(error.message().code, "data-in-file");
    assert!(!folder.path().join("x.xlsx").exists());
}
