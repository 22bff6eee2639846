//! CSV files and folders that are not what they should be.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Room, refused};
use crate::program::Table;

const GOOD: &str = "id,sales,kind_of_customer,orders\nA1,1200,private,3\nA2,800,state,12\n";

#[test]
fn the_good_table_is_taken() {
    let room = Room::new();
    let run = room.takes(&room.write("book.csv", GOOD));
    let grades = Table::read(&run.join("grades.parquet"));
    assert_eq!(grades.full("id"), ["A1", "A2"]);
    // 50 + 0.2 × 60, and 30 + 0.2 × 80.
    assert_eq!(grades.numbers("total"), [Some(62.0), Some(46.0)]);
    assert_eq!(grades.full("grade"), ["good", "other"]);
}

#[test]
fn malformed_tables() {
    let long = "x".repeat(40_000);
    let cases: [(&str, Vec<u8>, &[&str]); 14] = [
        ("nothing.csv", Vec::new(), &["nothing.csv"]),
        ("spaces.csv", b"  \n \n\n".to_vec(), &["spaces.csv"]),
        (
            "heading.csv",
            b"id,sales,kind_of_customer,orders\n".to_vec(),
            &["heading.csv"],
        ),
        ("strangers.csv", b"a,b,c\n1,2,3\n".to_vec(), &["strangers.csv"]),
        (
            "no-id.csv",
            b"sales,kind_of_customer,orders\n1,private,2\n".to_vec(),
            &["no-id.csv"],
        ),
        (
            "twice.csv",
            b"id,sales,sales,orders\nA1,1,2,3\n".to_vec(),
            &["twice.csv", "sales"],
        ),
        (
            "keys.csv",
            b"id,sales,kind_of_customer,orders\nA1,1,private,2\nA1,3,state,4\n".to_vec(),
            &["keys.csv", "A1"],
        ),
        (
            "no-key.csv",
            b"id,sales,kind_of_customer,orders\n,1,private,2\n".to_vec(),
            &["no-key.csv", "2"],
        ),
        (
            "words.csv",
            b"id,sales,kind_of_customer,orders\nA1,plenty,private,2\n".to_vec(),
            &["words.csv", "plenty", "2"],
        ),
        (
            "nan.csv",
            b"id,sales,kind_of_customer,orders\nA1,NaN,private,2\n".to_vec(),
            &["nan.csv", "NaN"],
        ),
        (
            "inf.csv",
            b"id,sales,kind_of_customer,orders\nA1,inf,private,2\n".to_vec(),
            &["inf.csv", "inf"],
        ),
        (
            "huge.csv",
            b"id,sales,kind_of_customer,orders\nA1,1,private,99999999999999999999\n".to_vec(),
            &["huge.csv", "99999"],
        ),
        (
            "half.csv",
            b"id,sales,kind_of_customer,orders\nA1,1,private,2.5\n".to_vec(),
            &["half.csv", "2.5"],
        ),
        (
            "long.csv",
            format!("id,sales,kind_of_customer,orders\nA1,{long},private,2\n").into_bytes(),
            &["long.csv"],
        ),
    ];
    for (name, bytes, says) in cases {
        let room = Room::new();
        room.refuses(&room.write(name, bytes), says);
    }
}

#[test]
fn tables_that_are_not_text() {
    let noise: Vec<u8> = (0..4096_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut zeros = GOOD.as_bytes().to_vec();
    zeros.extend([0; 512]);
    let cases: [(&str, Vec<u8>); 4] = [
        ("noise.csv", noise.clone()),
        ("zeros.csv", zeros),
        (
            "picture.csv",
            [b"\x89PNG\r\n\x1a\n".as_slice(), noise.as_slice()].concat(),
        ),
        // Half of a GBK character at the end, and bytes that no encoding of ours has.
        (
            "cut.csv",
            [
                b"id,sales,kind_of_customer,orders\nA1,1,\xcb\xbd".as_slice(),
                b"\xff\xfe\xff\xff,2\nA2,1,\xd3".as_slice(),
            ]
            .concat(),
        ),
    ];
    for (name, bytes) in cases {
        let room = Room::new();
        room.refuses(&room.write(name, bytes), &[name]);
    }
}

#[test]
fn encodings_that_are_understood() {
    // 客户编号,销售额,客户类型,订单数 in GBK, and the same in UTF-8 with a byte order mark.
    let gbk = b"\xbf\xcd\xbb\xa7\xb1\xe0\xba\xc5,\xcf\xfa\xca\xdb\xb6\xee,\xbf\xcd\xbb\xa7\xc0\xe0\xd0\xcd,\xb6\xa9\xb5\xa5\xca\xfd\nA1,1200,private,3\n";
    let utf8 = "\u{feff}客户编号,销售额,客户类型,订单数\nA1,1200,private,3\n";
    for (name, bytes) in [("gbk.csv", gbk.as_slice()), ("bom.csv", utf8.as_bytes())] {
        let room = Room::new();
        let run = room.takes(&room.write(name, bytes));
        assert_eq!(
            Table::read(&run.join("grades.parquet")).numbers("total"),
            [Some(62.0)],
            "{name}"
        );
    }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn packed_tables() {
    let packed = gz(GOOD.as_bytes());
    let cut = packed[..packed.len() - 12].to_vec();
    let mut spoilt = packed.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle] ^= 0xff;
    // A quarter of a gibibyte of spaces in 260 kB: a thousand times its size.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(GOOD.as_bytes()).unwrap();
    let block = [b' '; 1 << 16];
    for _ in 0..(1 << 12) {
        bomb.write_all(&block).unwrap();
    }
    let cases = [
        ("cut.csv.gz", cut),
        ("spoilt.csv.gz", spoilt),
        ("plain.csv.gz", GOOD.as_bytes().to_vec()),
        ("bomb.csv.gz", bomb.finish().unwrap()),
        ("empty.csv.gz", Vec::new()),
    ];
    for (name, bytes) in cases {
        let room = Room::new();
        room.refuses(&room.write(name, bytes), &[name]);
    }
}

#[test]
fn a_thousand_columns() {
    let mut text = String::from("id,sales,kind_of_customer,orders");
    for column in 0..996 {
        write!(text, ",c{column}").unwrap();
    }
    let tail = ",1".repeat(996);
    write!(text, "\nA1,1200,private,3{tail}\nA2,oops,private,3{tail}\n").unwrap();
    let room = Room::new();
    room.refuses(
        &room.write("wide.csv", text.replace(",c995", ",sales")),
        &["wide.csv", "sales"],
    );
    room.refuses(&room.write("wide.csv", &text), &["wide.csv", "oops", "3"]);
    let run = room.takes(&room.write("wide.csv", text.replace("oops", "900")));
    assert_eq!(Table::read(&run.join("grades.parquet")).full("id"), ["A1", "A2"]);
}

#[test]
fn a_million_rows() {
    let mut text = String::with_capacity(24 << 20);
    text.push_str("id,sales,kind_of_customer,orders\n");
    for row in 0..1_000_000 {
        writeln!(text, "C{row:07},{},private,{}", row % 2_000, row % 20).unwrap();
    }
    let room = Room::new();
    // The last row is bad, and is found: Excel would show it as row 1,000,002.
    let mut bad = text.clone();
    bad.push_str("C1000000,many,private,1\n");
    let data = room.write("rows.csv", bad);
    let ran = room.rate(&data, &["--write", "grades"]);
    refused(&ran, &["rows.csv", "many"]);
    assert!(
        ran.said.contains("1000002") || ran.said.contains("1,000,002"),
        "{}",
        ran.said
    );
    room.nothing_written();
    // The first id comes again at the end.
    text.push_str("C0000000,1,private,1\n");
    let data = room.write("rows.csv", text);
    refused(&room.rate(&data, &["--write", "grades"]), &["rows.csv", "C0000000"]);
    room.nothing_written();
}

#[test]
fn folders() {
    let room = Room::new();
    let empty = room.path("empty");
    std::fs::create_dir(&empty).unwrap();
    room.refuses(&empty, &["empty"]);
    room.write("strange/letter.docx", b"not for us");
    room.write("strange/unknown_kind.csv", GOOD);
    room.refuses(&room.path("strange"), &["strange"]);
    room.refuses(&room.path("absent.csv"), &["absent.csv"]);
    room.refuses(&room.path("absent"), &["absent"]);
    room.refuses(&room.write("letter.docx", b"not for us"), &["letter.docx"]);
}

#[test]
fn words_of_the_command_line() {
    let room = Room::new();
    let data = room.write("book.csv", GOOD);
    let cases: [&[&str]; 6] = [
        &["--map", "sales"],
        &["--map", "sales=nowhere"],
        &["--map", "sales=orders*many"],
        &["--as-of", "2026-02-30"],
        &["--write", "everything"],
        &["--threads", "minus"],
    ];
    for words in cases {
        let ran = room.rate(&data, words);
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.said);
        refused(&ran, &[]);
        room.nothing_written();
    }
}
