//! Text in every encoding that tables come in, found by itself.

use std::io::Write;

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, WINDOWS_1252};
use pinji_connectors::Mapping;
use pinji_domain::Message;

use crate::fixture::{Folder, bad, column, open_with, refusal};

/// Customers whose names fill more than any sample, so that cuts inside characters are met.
fn customers(rows: usize) -> String {
    let mut text = String::from("客户编号,客户名称,企业规模\n");
    for row in 0..rows {
        text.push_str(&format!("C{row:05},上海第{row}工业品有限公司,大型\n"));
    }
    text
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable);
    bytes.into_owned()
}

fn utf16(text: &str, mark: bool, little: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units
        .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn all_encodings_read_the_same() {
    let text = customers(3_000);
    let files: [(&str, Vec<u8>); 8] = [
        ("客户.csv", text.clone().into_bytes()),
        ("客户.csv", [&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat()),
        ("客户.csv", encoded(&text, GBK)),
        ("客户.csv.gz", gzip(&encoded(&text, GB18030))),
        ("客户.csv", utf16(&text, true, true)),
        ("客户.csv", utf16(&text, true, false)),
        ("客户.csv", utf16(&text, false, true)),
        ("客户.tsv", text.replace(',', "\t").into_bytes()),
    ];
    for (at, (name, bytes)) in files.into_iter().enumerate() {
        let folder = Folder::new();
        folder.put(name, bytes);
        let dataset = open_with(folder.path(), |_| {}).unwrap();
        assert_eq!(bad(&dataset), [], "{at}");
        let names = column(&dataset.tables[0], "name");
        assert_eq!(names.len(), 3_000, "{at}");
        assert_eq!(names[2_999], "上海第2999工业品有限公司", "{at}");
    }
}

#[test]
fn a_cut_inside_a_character_does_not_mislead() {
    // The first character that is not ASCII stands so that a sample of any power of two cuts it.
    for pad in 0..4 {
        let mut text = String::from("id,name\n");
        while text.len() < (1 << 16) - 16 + pad {
            text.push_str("1234567,abcdefg\n");
        }
        let mut row = 0;
        let text: String = text
            .lines()
            .map(|line| {
                row += 1;
                if row == 1 {
                    format!("{line}\n")
                } else {
                    format!("{row}{}\n", &line[7..])
                }
            })
            .collect::<String>()
            + &" ".repeat(pad)
            + "9000001,上海某某贸易有限公司与北京某某科技有限公司\n";
        let folder = Folder::new();
        folder.put("customer.csv", encoded(&text, GBK));
        let dataset = open_with(folder.path(), |_| {}).unwrap();
        let names = column(&dataset.tables[0], "name");
        assert_eq!(names.last().unwrap(), "上海某某贸易有限公司与北京某某科技有限公司");
    }
}

#[test]
fn rare_characters_survive() {
    // 㛃 and 䶮 need four bytes in GB 18030 and are not in GBK.
    let text = customers(50) + "R1,㛃䶮商贸有限公司,小型\n";
    let folder = Folder::new();
    folder.put("客户.csv", encoded(&text, GB18030));
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(column(&dataset.tables[0], "name").last().unwrap(), "㛃䶮商贸有限公司");
    let said = Message::new("data-note-encoding")
        .with("file", "客户.csv")
        .with("encoding", "gb18030");
    assert!(dataset.notes.contains(&said), "{:?}", dataset.notes);
}

#[test]
fn a_few_characters_are_enough_for_chinese_and_more_for_others() {
    let check = |encoding: &'static Encoding, heading: &str, names: &[&str], times: usize| {
        let mut text = format!("id,{heading}\n");
        for (row, name) in names.iter().cycle().take(names.len() * times).enumerate() {
            text.push_str(&format!("{row},{name}\n"));
        }
        let folder = Folder::new();
        folder.put("customer.csv", encoded(&text, encoding));
        let dataset = open_with(folder.path(), |options| {
            options.maps = vec![Mapping::parse(&format!("{heading}=name")).unwrap()]
        })
        .unwrap();
        assert_eq!(column(&dataset.tables[0], "name")[0], names[0], "{}", encoding.name());
    };
    check(GBK, "客户名称", &["甲"], 1);
    check(GBK, "流动比率", &["甲公司"], 1);
    check(GBK, "客户名称", &["上海某某贸易有限公司"], 1);
    check(
        GBK,
        "客户名称",
        &["深圳市㈱腾讯計算機系统有限公司", "重庆（渝）鑫淼商贸"],
        300,
    );
    check(BIG5, "公司名稱", &["台灣積體電路製造股份有限公司"], 1);
    check(BIG5, "公司名稱", &["台灣電子股份有限公司與其關係企業"], 200);
    check(SHIFT_JIS, "会社名", &["株式会社日立製作所", "トヨタ自動車株式会社"], 40);
    check(EUC_KR, "회사명", &["삼성전자 주식회사", "현대자동차 주식회사"], 60);
    check(
        WINDOWS_1252,
        "société",
        &["Société Générale", "Crédit Agricole", "L'Oréal"],
        1,
    );
}

#[test]
fn bytes_that_the_encoding_lacks_are_bad_cells() {
    let mut bytes = encoded(&customers(40), GBK);
    bytes.extend_from_slice(b"X1,\xB8\xFF\xCA,");
    bytes.extend_from_slice(&encoded("大型\n", GBK));
    let folder = Folder::new();
    folder.put("客户.csv", bytes);
    let dataset = open_with(folder.path(), |_| {}).unwrap();
    assert_eq!(bad(&dataset), [("B42".to_owned(), "data-cell-broken-text")]);
}

#[test]
fn what_is_no_text_is_refused() {
    let folder = Folder::new();
    let path = folder.put(
        "customer.csv",
        [
            b"id,name\n".as_slice(),
            &[0, 1, 2, 3, 0, 0, 0, 9, 0x80, 0xFF].repeat(40),
        ]
        .concat(),
    );
    assert_eq!(refusal(open_with(&path, |_| {})), "data-not-text");
}
