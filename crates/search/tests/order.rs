//! Keys sort 2,000 names as ICU 78 does (CLDR 48, zh): the lists were sorted by `Intl.Collator`. 排序键

use pinji_search::{pinyin_key, stroke_key};

/// In pinyin order.
fn names() -> Vec<&'static str> {
    include_str!("icu_pinyin.txt").lines().collect()
}

/// How many neighbours stand the wrong way round.
fn check(names: &[&str], key: impl Fn(&str) -> Vec<u8>) {
    assert!(names.len() >= 2_000);
    let keys: Vec<Vec<u8>> = names.iter().map(|name| key(name)).collect();
    let wrong: Vec<String> = (1..names.len())
        .filter(|at| keys[at - 1] >= keys[*at])
        .map(|at| format!("{} before {}", names[at - 1], names[at]))
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn pinyin_order_is_that_of_icu() {
    check(&names(), pinyin_key);
}

#[test]
fn stroke_order_is_that_of_icu() {
    let names = names();
    // The places, in the list in pinyin order, of the names in stroke order.
    let order = include_str!("icu_stroke.txt")
        .split_whitespace()
        .map(|at| at.parse::<usize>().unwrap());
    check(&order.map(|at| names[at]).collect::<Vec<_>>(), stroke_key);
}

#[test]
fn keys_are_short_and_tell_names_apart() {
    assert_eq!(pinyin_key("招商银行").len(), 8);
    assert_ne!(pinyin_key("ABC"), pinyin_key("abc"));
    assert_ne!(pinyin_key("华信(深圳)"), pinyin_key("华信（深圳）"));
    assert_eq!(pinyin_key(""), [0; 0]);
}
