//! Templates: what is in them, and that what people fill in is read back.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Reader, Xlsx};
use pinji_connectors::template::{EXAMPLE, STAMP_SHEET, Template};
use pinji_connectors::{Dataset, OpenOptions, mark, open};
use pinji_domain::{FieldType, Kind, Kinds, Text};

use crate::bad_cells::values;
use crate::fixture::{Folder, bad, called, column, field, kind, kinds, refusal, required};

fn shipped() -> Kinds {
    pinji_policy::kinds::shipped()
}

fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// What somebody types: texts as texts, the rest as numbers.
enum Typed {
    Text(&'static str),
    Number(f64),
    Nothing,
}
use Typed::{Nothing, Number};

fn text(says: &'static str) -> Typed {
    Typed::Text(says)
}

/// Types rows below the example of a sheet (from 1), and leaves everything else of the file as it is. The cells of each
/// column keep the column's own format.
fn typed(workbook: &[u8], sheet: usize, rows: &[Vec<Typed>]) -> Vec<u8> {
    let target = format!("xl/worksheets/sheet{sheet}.xml");
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name == target {
            let xml = String::from_utf8(bytes).unwrap();
            let styles = styles(&xml);
            let added: String = rows
                .iter()
                .enumerate()
                .map(|(at, row)| row_xml(at + 3, row, &styles))
                .collect();
            bytes = xml
                .replacen("</sheetData>", &format!("{added}</sheetData>"), 1)
                .into_bytes();
        }
        out.start_file(name, options).unwrap();
        out.write_all(&bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// The format of each column: what Excel gives a cell that one types into.
fn styles(xml: &str) -> Vec<String> {
    let mut styles = Vec::new();
    for column in xml.split("<col ").skip(1) {
        let attribute = |name: &str| {
            let (_, rest) = column.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let (min, max): (usize, usize) = (
            attribute("min").unwrap().parse().unwrap(),
            attribute("max").unwrap().parse().unwrap(),
        );
        styles.resize(max, String::new());
        styles[min - 1..max].fill(attribute("style").unwrap_or_default());
    }
    styles
}

fn row_xml(number: usize, row: &[Typed], styles: &[String]) -> String {
    let cells = row.iter().enumerate().map(|(at, typed)| {
        let place = format!("{}{number}", pinji_connectors::column_letter(at as u32));
        let style = &styles[at];
        match typed {
            Typed::Text(says) => format!("<c r=\"{place}\" s=\"{style}\" t=\"inlineStr\"><is><t>{says}</t></is></c>"),
            Number(number) => format!("<c r=\"{place}\" s=\"{style}\"><v>{number}</v></c>"),
            Nothing => String::new(),
        }
    });
    format!("<row r=\"{number}\">{}</row>", cells.collect::<String>())
}

fn opened(path: &Path, kinds: &Kinds) -> Dataset {
    open(path, kinds, &OpenOptions::default()).unwrap()
}

#[test]
fn every_shipped_kind_has_a_template_that_reads_its_own_headings() {
    let kinds = shipped();
    let folder = Folder::new();
    for kind in &kinds.kinds {
        let template = Template::of_kind(kind);
        let bytes = template.bytes().unwrap();
        assert!(
            template.bytes().unwrap() == bytes,
            "{}: the same bytes every time",
            kind.id
        );
        // Empty, it has no rows: the example is none.
        let empty = folder.put(&format!("{}.xlsx", kind.id), &bytes);
        assert_eq!(
            refusal(open(&empty, &kinds, &OpenOptions::default())),
            "data-no-rows",
            "{}",
            kind.id
        );
        // With the example taken for real, every column is read, and nothing of it is bad.
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        let strings = part(&bytes, "xl/sharedStrings.xml");
        let real = rewritten(&bytes, "xl/sharedStrings.xml", &strings.replace(EXAMPLE, ""));
        let path = folder.put("real.xlsx", &real);
        let dataset = opened(&path, &kinds);
        assert_eq!(bad(&dataset), [], "{}", kind.id);
        assert_eq!(dataset.notes, [], "{}", kind.id);
        let table = &dataset.tables[0];
        assert_eq!((table.kind(), table.rows()), (kind.id.as_str(), 1));
        assert_eq!(table.fields().len(), kind.fields.len(), "{}", kind.id);
        for field in &kind.fields {
            assert_ne!(column(table, &field.id), ["∅"], "{} {}", kind.id, field.id);
        }
        // Headings are known without the hidden sheet too: people copy them into books of their own.
        let stamp = template.stamp();
        let csv: Vec<&str> = stamp.sheets[0]
            .columns
            .iter()
            .map(|(heading, _)| heading.as_str())
            .collect();
        let alone = folder.put(
            &format!("{}.csv", kind.name.zh),
            format!("{}\n{}\n", csv.join(","), ",".repeat(csv.len() - 1)),
        );
        let found = std::fs::read_to_string(alone).unwrap();
        for (heading, field) in &stamp.sheets[0].columns {
            let named = csv_field(kind, heading);
            assert_eq!(
                named.as_deref(),
                Some(field.as_str()),
                "{} {heading} in {found}",
                kind.id
            );
        }
        let lists = kind
            .fields
            .iter()
            .filter(|field| matches!(field.ty, FieldType::Choice(_) | FieldType::Flag));
        assert_eq!(sheet.matches("<dataValidation ").count(), lists.count(), "{}", kind.id);
        assert_eq!(
            part(&bytes, "xl/comments1.xml").matches("<comment ").count(),
            kind.fields.len()
        );
    }
}

/// Which field a file without a hidden sheet takes a heading for: the one whose column comes out filled.
fn csv_field(kind: &Kind, heading: &str) -> Option<String> {
    let folder = Folder::new();
    let mut loose = kind.clone();
    loose.key.clear();
    loose.fields.iter_mut().for_each(|field| {
        field.required = false;
        field.ty = FieldType::Text;
    });
    let path = folder.put(&format!("{}.csv", kind.id), format!("{heading}\nx\n"));
    let kinds = Kinds { kinds: vec![loose] };
    let dataset = open(&path, &kinds, &OpenOptions::default()).ok()?;
    dataset
        .tables
        .first()?
        .fields()
        .first()
        .map(|field| (*field).to_owned())
}

fn rewritten(workbook: &[u8], name: &str, text: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let own = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        out.start_file(own.clone(), zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(if own == name { text.as_bytes() } else { &bytes })
            .unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn headings_lists_notes_and_the_hidden_sheet() {
    let kinds = shipped();
    let kind = kinds.get("financial_statement").unwrap();
    let bytes = Template::of_kind(kind).bytes().unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    assert_eq!(book.sheet_names(), ["财务报表", STAMP_SHEET]);
    let sheet = book.worksheet_range("财务报表").unwrap();
    let row = |at: u32| {
        (0..sheet.width() as u32)
            .map(|column| sheet.get_value((at, column)).unwrap().to_string())
            .collect::<Vec<_>>()
    };
    let headings = row(0);
    assert_eq!(headings[..3], ["客户编号*", "报告期末*", "报表类型"]);
    assert!(headings.contains(&"营业收入（元）".to_owned()), "{headings:?}");
    assert_eq!(row(1)[0], format!("{EXAMPLE}C10001"));
    let about = part(&bytes, "xl/workbook.xml");
    assert!(
        about.contains(&format!("name=\"{STAMP_SHEET}\" sheetId=\"2\" state=\"hidden\"")),
        "{about}"
    );
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("<pane xSplit=\"1\" ySplit=\"1\""), "frozen");
    assert!(xml.contains("<formula1>\"年报,半年报,季报,月报\"</formula1>"), "a list");
    assert!(xml.contains("C2:C1048576"), "down to the last row");
    let notes = part(&bytes, "xl/comments1.xml");
    for says in [
        "营业收入",
        "Revenue",
        "单位：元",
        "Unit: yuan",
        "必填",
        "Required",
        "例如：1,234,567.89",
        "可选：年报",
    ] {
        assert!(notes.contains(says), "{says}");
    }
    let styles = part(&bytes, "xl/styles.xml");
    for format in ["yyyy-mm-dd", "FFFFE8CC", "FFEEF1F4"] {
        assert!(styles.contains(format), "{format}");
    }
}

#[test]
fn what_is_typed_into_a_template_is_read_back() {
    let kinds = shipped();
    let folder = Folder::new();
    let standing = kinds.get("market_standing").unwrap();
    let service = kinds.get("service_record").unwrap();
    let reads: [(&Kind, &[&str]); 3] = [
        (standing, &["market_share", "brand", "no_such_field"]),
        (service, &["complaints"]),
        (service, &["orders"]),
    ];
    let title = Text::new("ToB 客户分级标准", "Standard policy");
    let template = Template::of_policy("tob-standard", title, reads);
    let bytes = template.bytes().unwrap();
    let bytes = typed(
        &bytes,
        1,
        &[
            // Customer, period end, share (12.5%), brand.
            vec![text("007"), Number(46_022.0), Number(0.125), text("全国知名")],
            vec![text("C2"), text("2025年"), text("3%"), text("local")],
            vec![text("C3"), Number(46_022.0), Nothing, Nothing],
        ],
    );
    let bytes = typed(
        &bytes,
        2,
        &[vec![text("C1"), Number(46_022.0), Number(12.0), Number(3.0)]],
    );
    let path = folder.put("上报.xlsx", &bytes);
    let dataset = opened(&path, &kinds);
    assert_eq!(bad(&dataset), []);
    let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["data-note-examples", "data-note-examples"]);
    let table = dataset.of_kind("market_standing").next().unwrap();
    assert_eq!(table.fields(), ["customer", "period_end", "market_share", "brand"]);
    assert_eq!(column(table, "customer"), ["007", "C2", "C3"]);
    assert_eq!(column(table, "period_end"), ["2025-12-31"; 3]);
    assert_eq!(column(table, "market_share"), ["125000", "30000", "∅"]);
    assert_eq!(column(table, "brand"), ["national", "local", "∅"]);
    let table = dataset.of_kind("service_record").next().unwrap();
    assert_eq!(table.fields(), ["customer", "period_end", "orders", "complaints"]);
    assert_eq!(column(table, "orders"), ["12"]);
    let stamp = &dataset.templates[0];
    assert_eq!(
        (stamp.id.as_str(), stamp.version.as_str()),
        ("policy:tob-standard", template.version().as_str())
    );
    assert_eq!(*stamp, template.stamp());
}

#[test]
fn a_row_that_keeps_the_mark_is_never_data() {
    let folder = Folder::new();
    let kinds = kinds();
    let bytes = Template::of_kind(kinds.get("customer").unwrap()).bytes().unwrap();
    let rows = vec![
        vec![text("C1"), text("甲")],
        vec![text("〔示例〕C2"), text("乙")],
        vec![text("示例公司"), text("丙")],
    ];
    let path = folder.put("x.xlsx", typed(&bytes, 1, &rows));
    let dataset = opened(&path, &kinds);
    assert_eq!(column(&dataset.tables[0], "id"), ["C1", "示例公司"]);
    let said = pinji_locale::say(pinji_domain::Lang::Zh, &dataset.notes[0]);
    assert!(said.contains("示例") && said.contains("2, 4"), "{said}");
    // In CSV too.
    let csv = folder.put(
        "customer.csv",
        "客户编号*,客户名称\n〔示例〕C10001,客户名称示例\nC1,甲\n",
    );
    assert_eq!(column(&opened(&csv, &kinds).tables[0], "id"), ["C1"]);
}

#[test]
fn an_old_template_is_read_after_the_kind_has_changed() {
    let folder = Folder::new();
    let made = |label: &str, name: &str, extra: bool| {
        let mut fields = vec![
            required(called(field("id", FieldType::Text), "客户编号", "Customer no.", &[])),
            called(field("score", FieldType::Integer), label, "Score", &[]),
            called(field("gone", FieldType::Text), "旧列", "Old", &[]),
        ];
        if extra {
            fields.truncate(2);
            fields.push(called(field("level", FieldType::Text), "内部评分", "Level", &[]));
        }
        kind("survey", name, &["id"], None, fields)
    };
    let old = made("内部评分", "调查", false);
    let bytes = Template::of_kind(&old).bytes().unwrap();
    let path = folder.put("x.xlsx", typed(&bytes, 1, &[vec![text("C1"), Number(7.0), text("x")]]));
    // Later the column is called otherwise, its old name is another field's, one field is gone, and so is the sheet's name.
    let new = made("满意度评分", "满意度调查", true);
    assert_ne!(Template::of_kind(&new).version(), Template::of_kind(&old).version());
    let kinds = Kinds { kinds: vec![new] };
    let dataset = opened(&path, &kinds);
    assert_eq!(bad(&dataset), []);
    let table = &dataset.tables[0];
    assert_eq!((table.kind(), table.fields()), ("survey", vec!["id", "score"]));
    assert_eq!(column(table, "score"), ["7"]);
    assert_eq!(dataset.templates[0].version, Template::of_kind(&old).version());
    assert!(
        dataset.notes.iter().any(|note| note.code == "data-note-unused-columns"),
        "{:?}",
        dataset.notes
    );
}

#[test]
fn a_sheet_of_that_name_by_another_hand_is_nothing_special() {
    let folder = Folder::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("客户").unwrap();
    for (column, (heading, value)) in [("客户编号", "C1"), ("客户名称", "甲")].iter().enumerate() {
        sheet.write_string(0, column as u16, *heading).unwrap();
        sheet.write_string(1, column as u16, *value).unwrap();
    }
    let other = book.add_worksheet().set_name(STAMP_SHEET).unwrap();
    other.write_string(0, 0, "something else").unwrap();
    let path = folder.put("x.xlsx", book.save_to_buffer().unwrap());
    let dataset = opened(&path, &kinds());
    assert_eq!(dataset.templates, []);
    assert_eq!(column(&dataset.tables[0], "id"), ["C1"]);
    assert_eq!(dataset.notes[0].code, "data-note-unknown-sheet");
}

#[test]
fn a_marked_template_is_still_one() {
    let folder = Folder::new();
    let kinds = kinds();
    let bytes = Template::of_kind(kinds.get("customer").unwrap()).bytes().unwrap();
    let path = folder.put(
        "客户.xlsx",
        typed(&bytes, 1, &[vec![text("C1"), text("甲"), text("not a code")]]),
    );
    let dataset = opened(&path, &kinds);
    assert_eq!(bad(&dataset), [("C3".to_owned(), "data-cell-code-form")]);
    let copy = mark(&path, &dataset.bad).unwrap();
    assert!(
        part(&copy, "xl/workbook.xml").contains("state=\"hidden\""),
        "what was hidden stays so"
    );
    assert!(
        values(copy.clone(), "客户")
            .get_value((0, 0))
            .unwrap()
            .to_string()
            .contains("错误原因")
    );
    let again = opened(&folder.put("客户2.xlsx", &copy), &kinds);
    assert_eq!(bad(&again), [("D3".to_owned(), "data-cell-code-form")]);
    assert_eq!(again.templates, dataset.templates);
}

#[test]
fn long_lists_stand_in_the_hidden_sheet() {
    let folder = Folder::new();
    let options = (0..60).map(|at| {
        (
            format!("o{at}"),
            Text::new(format!("第{at}种很长的选项名称"), format!("Option {at}")),
        )
    });
    let odd = vec![
        ("a".to_owned(), Text::new("甲,乙", "A")),
        ("b".to_owned(), Text::new("丙", "B")),
    ];
    let kind = kind(
        "survey",
        "调查",
        &[],
        None,
        vec![
            required(field("id", FieldType::Text)),
            field("long", FieldType::Choice(options.collect())),
            field("odd", FieldType::Choice(odd)),
        ],
    );
    let bytes = Template::of_kind(&kind).bytes().unwrap();
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        xml.contains("'_pinji'!$G$1:$G$60") && xml.contains("'_pinji'!$H$1:$H$2"),
        "{xml}"
    );
    let hidden = values(bytes.clone(), STAMP_SHEET);
    assert_eq!(hidden.get_value((59, 6)).unwrap().to_string(), "第59种很长的选项名称");
    assert_eq!(hidden.get_value((0, 7)).unwrap().to_string(), "甲,乙");
    let kinds = Kinds { kinds: vec![kind] };
    let path = folder.put(
        "x.xlsx",
        typed(
            &bytes,
            1,
            &[vec![text("C1"), text("第7种很长的选项名称"), text("甲,乙")]],
        ),
    );
    let dataset = opened(&path, &kinds);
    assert_eq!(bad(&dataset), []);
    assert_eq!(dataset.templates[0].sheets[0].columns.len(), 3);
    assert_eq!(
        (column(&dataset.tables[0], "long"), column(&dataset.tables[0], "odd")),
        (vec!["o7".to_owned()], vec!["a".to_owned()])
    );
}

#[test]
fn another_office_opens_it_and_gives_it_back() {
    let Some(office) = office() else {
        println!("skipped: LibreOffice (`soffice`) is not installed");
        return;
    };
    let kinds = shipped();
    let folder = Folder::new();
    let kind = kinds.get("market_standing").unwrap();
    let bytes = Template::of_kind(kind).bytes().unwrap();
    let mut row = vec![
        text("007"),
        Number(46_022.0),
        Nothing,
        text("机械"),
        Number(0.125),
        Number(3.0),
    ];
    row.extend([Nothing, text("全国知名")]);
    let path = folder.put("上报.xlsx", typed(&bytes, 1, &[row]));
    let flat = converted(&office, &path, "fods", folder.path());
    let flat = std::fs::read_to_string(flat).unwrap();
    assert!(
        flat.contains("<table:content-validation ") && flat.contains("国际知名"),
        "drop-downs"
    );
    assert_eq!(flat.matches("<office:annotation ").count(), kind.fields.len(), "notes");
    assert!(
        flat.contains("0.00%") || flat.contains("<number:percentage-style"),
        "per cent"
    );
    for error in ["#REF!", "#NAME?", "Err:"] {
        assert!(!flat.contains(error), "{error}");
    }
    let saved = converted(&office, &path, "xlsx", &folder.path().join("saved"));
    let dataset = opened(&saved, &kinds);
    assert_eq!(bad(&dataset), []);
    let table = &dataset.tables[0];
    assert_eq!(table.rows(), 1);
    let read = ["customer", "period_end", "market_share", "brand"].map(|field| column(table, field).remove(0));
    assert_eq!(read, ["007", "2025-12-31", "125000", "national"]);
    assert_eq!(dataset.templates[0].id, "kind:market_standing");
}

fn office() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| ["soffice", "libreoffice"].map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

fn converted(office: &Path, file: &Path, format: &str, out: &Path) -> PathBuf {
    // A profile of its own, so that no other office is in the way.
    let profile = format!(
        "-env:UserInstallation=file://{}",
        file.parent().unwrap().join("profile").display()
    );
    let ran = Command::new(office)
        .args([profile.as_str(), "--headless", "--convert-to", format, "--outdir"])
        .arg(out)
        .arg(file)
        .output()
        .unwrap();
    let made = out.join(file.with_extension(format).file_name().unwrap());
    assert!(made.is_file(), "{}", String::from_utf8_lossy(&ran.stderr));
    made
}
