//! The canonical form: what is written, and what is refused though it says the same. 规范形式

use pinji_ledger::{Error, encode, exact, read};
use serde_json::{Value, json};

/// Lines that are JSON, or nearly, and not canonical; the tampering tests plant them in signed ledgers.
pub const CROOKED: [&[u8]; 22] = [
    b"",
    b"{",
    br#"{"a": 1}"#,
    br#" {"a":1}"#,
    b"{\"a\":1}\r",
    br#"{"b":1,"a":2}"#,
    br#"{"a":1,"a":1}"#,
    br#"{"a":1.0}"#,
    br#"{"a":1.5}"#,
    br#"{"a":1e3}"#,
    br#"{"a":-0}"#,
    br#"{"a":01}"#,
    br#"{"a":NaN}"#,
    br#"{"a":Infinity}"#,
    br#"{"a":"\u0041"}"#,
    br#"{"a":"\/"}"#,
    br#"{"a":"\u001F"}"#,
    br#"{"a":"\u000a"}"#,
    br#"{"a":"\ud83d\ude00"}"#,
    br#"{"a":"\ud800"}"#,
    b"{\"a\":\"\xff\"}",
    b"\xef\xbb\xbf{\"a\":1}",
];

#[test]
fn one_value_has_one_form() {
    let check = |value: Value, expected: &str| {
        let bytes = encode(&value).unwrap();
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
        assert_eq!(read(&bytes).unwrap(), value);
    };
    check(
        json!({ "b": 1, "a": { "z": null, "y": [true, false] } }),
        r#"{"a":{"y":[true,false],"z":null},"b":1}"#,
    );
    check(
        json!([i64::MIN, 0, i64::MAX]),
        "[-9223372036854775808,0,9223372036854775807]",
    );
    check(
        json!("\u{8}\u{9}\n\u{c}\r\u{0}\u{1f}\"\\/\u{7f}\u{2028}客户😀"),
        "\"\\b\\t\\n\\f\\r\\u0000\\u001f\\\"\\\\/\u{7f}\u{2028}客户😀\"",
    );
    // By code points: U+FF5E before U+1F600, though UTF-16 has it the other way.
    check(
        json!({ "😀": 1, "～": 2, "": 3, "B": 4, "a": 5 }),
        "{\"\":3,\"B\":4,\"a\":5,\"～\":2,\"😀\":1}",
    );
}

#[test]
fn everything_else_is_refused() {
    for line in CROOKED {
        assert!(read(line).is_err(), "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn numbers_without_a_form_are_refused_and_can_be_made_exact() {
    let check = |value: Value, number: &str, made: Value| {
        let number = number.to_owned();
        assert_eq!(encode(&json!({ "a": [value] })), Err(Error::NumberNotWhole { number }));
        assert_eq!(exact(json!({ "a": [value] })), json!({ "a": [made] }));
    };
    check(json!(0.1), "0.1", json!("0.1"));
    check(json!(2.0), "2.0", json!("2.0"));
    check(json!(1e300), "1e+300", json!("1e+300"));
    check(json!(u64::MAX), "18446744073709551615", json!("18446744073709551615"));
    assert_eq!(exact(json!([1, "1", null])), json!([1, "1", null]));
}

#[test]
fn depth_has_an_end() {
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    assert!(encode(&nested(64)).is_ok());
    assert_eq!(encode(&nested(65)), Err(Error::TooDeep { most: 64 }));
    assert!(read("[".repeat(100_000).as_bytes()).is_err());
}
