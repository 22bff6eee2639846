//! Files made to hurt: each is refused with its own words, none makes the program panic or run out of memory.

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use pinji_connectors::workbook::{Cell, Sheet, Workbook, bytes};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::fixture::{Folder, bad, column, open_with, refusal};

/// An honest workbook of customers.
fn honest() -> Vec<u8> {
    let rows = vec![
        vec![Cell::text("客户编号"), Cell::text("客户名称")],
        vec![Cell::text("A"), Cell::text("甲")],
    ];
    bytes(Workbook {
        title: String::new(),
        sheets: vec![Sheet::new("客户", rows)],
    })
    .unwrap()
}

/// The same workbook with its parts changed, and others added.
fn with_parts(change: impl Fn(&str, Vec<u8>) -> Vec<u8>, more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(honest())).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        out.start_file(name.as_str(), options).unwrap();
        out.write_all(&change(&name, content)).unwrap();
    }
    for (name, content) in more {
        out.start_file(*name, options).unwrap();
        out.write_all(content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// The workbook with this as the content of its sheet.
fn with_sheet(xml: &str) -> Vec<u8> {
    let sheet = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{xml}</worksheet>"
    );
    with_parts(
        |name, content| {
            if name == "xl/worksheets/sheet1.xml" {
                sheet.clone().into_bytes()
            } else {
                content
            }
        },
        &[],
    )
}

fn text(address: &str, text: &str) -> String {
    format!("<c r=\"{address}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

const HEADINGS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>客户编号</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>客户名称</t></is></c></row>";

fn put(folder: &Folder, bytes: Vec<u8>) -> PathBuf {
    folder.put("customer.xlsx", bytes)
}

fn refused(bytes: Vec<u8>) -> &'static str {
    let folder = Folder::new();
    refusal(open_with(&put(&folder, bytes), |_| {}))
}

#[test]
fn archives_that_grow_are_refused() {
    let zeros = |mebibytes: usize| vec![b' '; mebibytes << 20];
    assert_eq!(
        refused(with_parts(|_, content| content, &[("xl/bomb.xml", zeros(8))])),
        "data-archive-ratio"
    );
    assert_eq!(
        refused(with_parts(|_, content| content, &[("xl/media/bomb.bin", zeros(8))])),
        "data-archive-ratio"
    );
    let many: Vec<(String, Vec<u8>)> = (0..1_001)
        .map(|at| (format!("xl/part{at}.xml"), b"<a/>".to_vec()))
        .collect();
    let many: Vec<(&str, Vec<u8>)> = many
        .iter()
        .map(|(name, content)| (name.as_str(), content.clone()))
        .collect();
    assert_eq!(
        refused(with_parts(|_, content| content, &many)),
        "data-archive-too-many-parts"
    );
    let folder = Folder::new();
    let path = put(
        &folder,
        with_parts(|_, content| content, &[("xl/large.xml", noise(1 << 20))]),
    );
    assert_eq!(
        refusal(open_with(&path, |options| options.limits.archive_bytes = 1 << 19)),
        "data-archive-too-large"
    );
    assert_eq!(
        refusal(open_with(&path, |options| options.limits.workbook_bytes = 1 << 10)),
        "data-workbook-too-large"
    );
}

/// Bytes that do not pack, but are no zeros.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = |state: &mut u64| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        b'a' + (*state >> 33) as u8 % 26
    };
    (0..length).map(|_| next(&mut state)).collect()
}

#[test]
fn a_directory_that_lies_about_sizes_does_not_help() {
    // Both places that claim the unpacked size of the bomb are set to 10 bytes.
    let mut bytes = with_parts(|_, content| content, &[("xl/bomb.xml", vec![b' '; 8 << 20])]);
    let size = (8_u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == size).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let code = refused(bytes);
    assert!(matches!(code, "data-archive-ratio" | "data-archive-broken"), "{code}");
}

#[test]
fn document_types_are_refused() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]><sst>&lol2;</sst>";
    assert_eq!(
        refused(with_parts(
            |_, content| content,
            &[("xl/other.xml", laughs.as_bytes().to_vec())]
        )),
        "data-archive-doctype"
    );
    let hidden: Vec<u8> = laughs.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        refused(with_parts(|_, content| content, &[("xl/other.xml", hidden)])),
        "data-archive-doctype"
    );
}

#[test]
fn files_that_are_not_what_they_are_called_are_named() {
    let folder = Folder::new();
    let program = [b"MZ\x90\0".as_slice(), &[0; 200]].concat();
    let compound = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    for (name, content, code) in [
        ("customer.xlsx", program.clone(), "data-is-program"),
        ("customer.csv", program, "data-is-program"),
        ("customer.xlsx", compound, "data-old-or-locked-workbook"),
        ("customer.csv", honest(), "data-is-zip"),
        ("customer.xlsx", b"id,name\n1,2\n".to_vec(), "data-is-not-workbook"),
        ("customer.parquet", b"id,name\n1,2\n".to_vec(), "data-is-not-parquet"),
        ("customer.csv.gz", b"id,name\n1,2\n".to_vec(), "data-is-not-gzip"),
        ("customer.csv", b"%PDF-1.7 ...".to_vec(), "data-is-picture"),
        ("customer.csv", b"PAR1....".to_vec(), "data-is-parquet"),
        ("customer.csv", vec![0x1F, 0x8B, 8, 0], "data-is-gzip"),
        ("customer.xlsx", b"PK\x03\x04".to_vec(), "data-archive-broken"),
        (
            "customer.xlsx",
            b"PK\x05\x06".iter().copied().chain([0; 18]).collect(),
            "data-workbook-broken",
        ),
    ] {
        assert_eq!(refusal(open_with(&folder.put(name, content), |_| {})), code, "{name}");
    }
}

#[test]
fn truncated_and_spoilt_workbooks_never_panic() {
    let whole = with_sheet(&format!(
        "<sheetData>{HEADINGS}<row r=\"2\">{}</row></sheetData><mergeCells><mergeCell ref=\"A1:A1\"/></mergeCells>",
        text("A2", "x")
    ));
    let folder = Folder::new();
    for cut in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
        let result = open_with(&put(&folder, whole[..cut].to_vec()), |_| {});
        refusal(result);
    }
    for at in (0..whole.len()).step_by(7) {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 0x55;
        if let Err(error) = open_with(&put(&folder, spoilt), |_| {}) {
            assert!(error.message().code.starts_with("data-"));
        }
    }
}

#[test]
fn a_sheet_that_claims_to_be_huge_costs_nothing() {
    let started = Instant::now();
    let folder = Folder::new();
    let far = format!(
        "<dimension ref=\"A1:XFD1048576\"/><sheetData>{HEADINGS}<row r=\"2\">{}</row><row r=\"1048576\">{}<c r=\"XFD1048576\"><v>1</v></c></row></sheetData>\
         <mergeCells count=\"1\"><mergeCell ref=\"B2:B1048576\"/></mergeCells>",
        text("A2", "A") + &text("B2", "甲"),
        text("A1048576", "Z")
    );
    let dataset = open_with(&put(&folder, with_sheet(&far)), |_| {}).unwrap();
    assert_eq!(column(&dataset.tables[0], "id"), ["A", "Z"]);
    assert_eq!(column(&dataset.tables[0], "name"), ["甲", "甲"]);
    assert!(started.elapsed() < Duration::from_secs(20));
    let order = with_sheet(&format!(
        "<sheetData><row r=\"9\">{}</row>{HEADINGS}</sheetData>",
        text("A9", "x")
    ));
    assert_eq!(refused(order), "data-workbook-broken");
    for address in ["A4294967295", "A99999999999999999999", "ZZZZZZZ1", "A0", "1A", ""] {
        let sheet = with_sheet(&format!(
            "<sheetData>{HEADINGS}<row r=\"2\">{}</row></sheetData>",
            text(address, "x")
        ));
        if let Err(error) = open_with(&put(&folder, sheet), |_| {}) {
            assert_eq!(error.message().code, "data-in-file", "{address}");
        }
    }
}

#[test]
fn formulas_macros_and_hidden_rows_are_only_read() {
    let sheet = format!(
        "<sheetData>{HEADINGS}<row r=\"2\" hidden=\"1\"><c r=\"A2\" t=\"str\"><f>HYPERLINK(\"http://x\")</f><v>cached</v></c>{}</row></sheetData>",
        text("B2", "=cmd|' /C calc'!A0")
    );
    let sheet = with_sheet(&sheet);
    let folder = Folder::new();
    let dataset = open_with(&put(&folder, sheet), |_| {}).unwrap();
    assert_eq!(column(&dataset.tables[0], "id"), ["cached"]);
    assert_eq!(column(&dataset.tables[0], "name"), ["=cmd|' /C calc'!A0"]);
    let codes: Vec<&str> = dataset.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["data-note-hidden-rows"]);
    let macros = with_parts(
        |_, content| content,
        &[
            ("xl/vbaProject.bin", noise(500)),
            ("xl/externalLinks/externalLink1.xml", b"<externalLink/>".to_vec()),
        ],
    );
    assert!(open_with(&put(&folder, macros), |_| {}).unwrap().usable());
}

#[test]
fn packed_text_is_bounded_and_must_be_whole() {
    let pack = |content: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(content).unwrap();
        packed.finish().unwrap()
    };
    let text: String = std::iter::once("id,name\n".to_owned())
        .chain((0..20_000).map(|row| format!("{row},x\n")))
        .collect();
    let folder = Folder::new();
    let whole = pack(text.as_bytes());
    let path = folder.put("customer.csv.gz", &whole);
    assert_eq!(open_with(&path, |_| {}).unwrap().tables[0].rows(), 20_000);
    assert_eq!(
        refusal(open_with(&path, |options| options.limits.gzip_bytes = 1000)),
        "data-gzip-too-large"
    );
    for cut in [3, 12, whole.len() / 2, whole.len() - 1] {
        let code = refusal(open_with(&folder.put("customer.csv.gz", &whole[..cut]), |_| {}));
        assert_eq!(code, "data-gzip-truncated", "{cut}");
    }
    let mut spoilt = whole.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle] ^= 0xFF;
    let code = refusal(open_with(&folder.put("customer.csv.gz", spoilt), |_| {}));
    assert!(code.starts_with("data-gzip-"), "{code}");
}

#[test]
fn a_missing_quotation_mark_does_not_swallow_rows() {
    let folder = Folder::new();
    let path = folder.put("customer.csv", "id,name\n1,\"甲\n2,乙\n3,丙\n");
    assert_eq!(refusal(open_with(&path, |_| {})), "data-open-quote");
    let long = format!("id,name\n1,\"{}\"\n", "x".repeat(5_000));
    let path = folder.put("customer.csv", long);
    assert_eq!(
        refusal(open_with(&path, |options| options.limits.record_bytes = 1_000)),
        "data-record-too-long"
    );
}

#[test]
fn a_thousand_columns_are_read_and_too_many_refused() {
    let headings: Vec<String> = std::iter::once("id".to_owned())
        .chain((1..1_000).map(|column| format!("c{column}")))
        .collect();
    let row: Vec<String> = (0..1_000).map(|cell| cell.to_string()).collect();
    let folder = Folder::new();
    let path = folder.put("customer.csv", format!("{}\n{}\n", headings.join(","), row.join(",")));
    assert_eq!(column(&open_with(&path, |_| {}).unwrap().tables[0], "id"), ["0"]);
    assert_eq!(
        refusal(open_with(&path, |options| options.limits.columns = 999)),
        "data-too-many-columns"
    );
}

#[test]
fn a_million_rows_are_read_and_may_spill() {
    let mut text = String::with_capacity(20 << 20);
    text.push_str("客户编号,交易日期,金额\n");
    for row in 0..1_000_000 {
        text.push_str(&format!("{},2025-01-01,{}\n", row % 5_000, row % 97));
    }
    let folder = Folder::new();
    let path = folder.put("交易.csv", text);
    let dataset = open_with(&path, |options| options.limits.rows_in_memory = 300_000).unwrap();
    let table = &dataset.tables[0];
    assert_eq!((table.rows(), table.parts() > 1), (1_000_000, true));
    let amounts = column(table, "amount");
    let sum: i64 = amounts.iter().map(|units| units.parse::<i64>().unwrap()).sum();
    assert_eq!(sum, (0..1_000_000_i64).map(|row| row % 97 * 100).sum::<i64>());
    assert_eq!(column(table, "quantity").len(), 1_000_000);
    assert_eq!(bad(&dataset), []);
}
