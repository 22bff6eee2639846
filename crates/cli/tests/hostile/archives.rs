//! Workbooks whose archive is the attack.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Room;
use crate::program::Table;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#;
const ROWS: &str = concat!(
    r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>sales</t></is></c>"#,
    r#"<c r="C1" t="inlineStr"><is><t>kind_of_customer</t></is></c><c r="D1" t="inlineStr"><is><t>orders</t></is></c></row>"#,
    r#"<row r="2"><c r="A2" t="inlineStr"><is><t>A1</t></is></c><c r="B2"><v>1200</v></c><c r="C2" t="inlineStr"><is><t>private</t></is></c>"#,
    r#"<c r="D2"><v>3</v></c></row></sheetData></worksheet>"#
);

/// A workbook of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with one sheet, and whatever else.
fn workbook(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend_from_slice(more);
    archive(&parts)
}

fn sheet(before: &str) -> Vec<u8> {
    format!("{HEAD}{before}{ROWS}").into_bytes()
}

#[test]
fn the_plain_workbook_is_taken() {
    let room = Room::new();
    let run = room.takes(&room.write("book.xlsx", workbook(&sheet(""), &[])));
    assert_eq!(Table::read(&run.join("grades.parquet")).numbers("total"), [Some(62.0)]);
}

#[test]
fn a_sheet_that_lies_about_its_size() {
    let room = Room::new();
    let run = room.takes(&room.write(
        "book.xlsx",
        workbook(&sheet(r#"<dimension ref="A1:XFD1048576"/>"#), &[]),
    ));
    assert_eq!(Table::read(&run.join("grades.parquet")).full("id"), ["A1"]);
}

#[test]
fn hostile_archives() {
    let good = workbook(&sheet(""), &[]);
    let spaces = vec![b' '; 300 << 20];
    let many: Vec<(String, Vec<u8>)> = (0..5_000).map(|n| (format!("xl/media/{n}.bin"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let mut laughs = String::from(r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a0 "lol">"#);
    for n in 1..40 {
        laughs.push_str(&format!(
            "<!ENTITY a{n} \"&a{0};&a{0};&a{0};&a{0};&a{0};&a{0};&a{0};&a{0};\">",
            n - 1
        ));
    }
    laughs.push_str(
        r#"]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a39;</t></is></c></row></sheetData></worksheet>"#,
    );
    let outside = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&secret;</t></is></c></row></sheetData></worksheet>"#;
    let far = format!(
        r#"{HEAD}<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="1048577"><c r="XFE1048577"><v>1</v></c></row></sheetData></worksheet>"#
    );
    let encrypted = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 4096]].concat();
    let cases: [(&str, Vec<u8>); 13] = [
        ("cut.xlsx", good[..good.len() / 2].to_vec()),
        ("cut-late.xlsx", good[..good.len() - 10].to_vec()),
        ("spoilt.xlsx", spoilt(&good)),
        ("text.xlsx", b"id,sales\nA1,3\n".to_vec()),
        ("nothing.xlsx", Vec::new()),
        ("encrypted.xlsx", encrypted),
        ("no-book.xlsx", archive(&[("hello.txt", b"hello")])),
        (
            "no-sheet.xlsx",
            archive(&[
                ("xl/workbook.xml", BOOK.as_bytes()),
                ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
            ]),
        ),
        ("bomb.xlsx", workbook(&sheet(&String::from_utf8(spaces).unwrap()), &[])),
        ("many.xlsx", workbook(&sheet(""), &many)),
        ("laughs.xlsx", workbook(laughs.as_bytes(), &[])),
        ("outside.xlsx", workbook(outside.as_bytes(), &[])),
        ("far.xlsx", workbook(far.as_bytes(), &[])),
    ];
    for (name, bytes) in cases {
        let room = Room::new();
        let data = room.write(name, bytes);
        let ran = room.rate(&data, &[]);
        super::refused(&ran, &[name]);
        assert!(!ran.said.contains("root:"), "a file outside was read: {}", ran.said);
        room.nothing_written();
    }
}

/// A byte in the packed sheet turned over.
fn spoilt(good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    let name = b"xl/worksheets/sheet1.xml";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap() + name.len() + 40;
    bytes[at] ^= 0x55;
    bytes
}

#[test]
fn names_that_climb_out_are_never_written() {
    let room = Room::new();
    let climbing = workbook(&sheet(""), &[("../../climbed.txt", b"out"), ("/climbed.txt", b"out")]);
    let data = room.write("below/book.xlsx", climbing);
    // Read or refused, both are well; nothing may appear outside.
    let ran = room.rate(&data, &[]);
    assert!(matches!(ran.code, 0..=2), "{}", ran.said);
    assert!(!room.path("climbed.txt").exists() && !std::path::Path::new("/climbed.txt").exists());
}

#[test]
fn no_formula_is_evaluated() {
    let room = Room::new();
    let cells = ROWS.replace("<c r=\"B2\"><v>1200</v></c>", "<c r=\"B2\"><f>1+1</f></c>");
    // A formula without a kept result has no value, whatever it would give.
    let run = room.takes(&room.write("book.xlsx", workbook(format!("{HEAD}{cells}").as_bytes(), &[])));
    assert_eq!(Table::read(&run.join("grades.parquet")).numbers("total"), [Some(12.0)]);
    let room = Room::new();
    let cells = ROWS.replace("<c r=\"B2\"><v>1200</v></c>", "<c r=\"B2\"><f>1+1</f><v>1200</v></c>");
    let run = room.takes(&room.write("book.xlsx", workbook(format!("{HEAD}{cells}").as_bytes(), &[])));
    assert_eq!(Table::read(&run.join("grades.parquet")).numbers("total"), [Some(62.0)]);
}
