//! Names and queries that nobody should write. 异常输入

use pinji_domain::ids::CustomerId;
use pinji_search::{How, Index, Terms, name_core, pinyin_key, similarity, spell, stroke_key};

fn inputs() -> Vec<String> {
    let mut inputs: Vec<String> = [
        "",
        " ",
        "\u{3000}",
        "\u{0}",
        "\u{1}\u{2}",
        "\u{7f}\u{85}\n\r\t",
        "\u{301}",
        "\u{301}\u{302}\u{20dd}",
        "\u{feff}",
        "\u{202e}abc\u{202c}",
        "()",
        "（）",
        "((((",
        "））））",
        "【",
        "中国",
        "有限公司",
        "公司",
        "，。！",
        "\u{fdfa}",
        "İ",
        "ﬃ",
        "e\u{301}",
        "\u{d7ff}\u{e000}",
        "\u{10ffff}",
        "🏦银行",
        "👨‍👩‍👧",
        "한국은행",
        "トヨタ",
        "ㄅㄆㄇ",
        "กขค",
        "ﷺ",
        "a\u{0}b",
        "'",
        "...",
        "S.A.",
        "v",
        "lv",
        "ng",
        "\u{2f00}\u{f900}",
        "𠀀𪜀𫝀𫠠𬺰𮯰𰀀𱍐",
        "\\\"'; DROP TABLE",
        "%_*?[a-z]",
    ]
    .map(String::from)
    .to_vec();
    for part in [
        "a", "中", "zhuang", "\u{301}", "a\u{301}", "（", "阿", "𠀀", "a ", "中 ", "\u{fdfa}", ".",
    ] {
        inputs.push(part.repeat(10_000));
    }
    // Each character there is, once: more different letters than the table of letters holds.
    inputs.push((0..2_000).filter_map(|at| char::from_u32(0x4e00 + at * 13)).collect());
    inputs
}

#[test]
fn nothing_stops_the_search() {
    let inputs = inputs();
    let terms = |text: &str| Terms {
        name: text.to_owned().into(),
        aliases: vec![text.to_owned().into(), String::new().into()],
        code: text.to_owned().into(),
        uscc: text.to_owned().into(),
    };
    let mut index = Index::build((1..).map(CustomerId).zip(inputs.iter().map(|text| terms(text))));
    for (id, text) in (1..).zip(&inputs) {
        let hits = index.find(text, 100, |_| true);
        let folded = spell(text);
        assert!(
            !folded.is_empty() || hits.is_empty(),
            "{text:.40} has nothing to be found by"
        );
        assert!(
            folded.is_empty() || hits.iter().any(|hit| hit.id.0 == id),
            "{text:.40} does not find itself"
        );
        assert_eq!(
            similarity(text, text),
            if name_core(text).is_empty() { 0 } else { 1_000 },
            "{text:.40}"
        );
        pinyin_key(text);
        stroke_key(text);
        index.upsert(CustomerId(id), &terms(text));
    }
    assert_eq!(index.len(), inputs.len());
}

#[test]
fn no_control_character_reaches_another_customer() {
    // The marks between customers are small numbers; text that holds such characters must not look like them.
    let index = Index::build([
        (CustomerId(1), Terms::new("甲\u{0}乙\u{1}丙\u{2}丁", "A\u{0}B")),
        (CustomerId(2), Terms::new("戊", "\u{0}")),
    ]);
    let ids = |query: &str| {
        index
            .find(query, 9, |_| true)
            .iter()
            .map(|hit| hit.id.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("甲乙丙丁"), [1]);
    assert_eq!(ids("丁戊"), [0; 0]);
    assert_eq!(ids("AB"), [1]);
    assert_eq!(ids("\u{0}"), [0; 0]);
}

#[test]
fn an_empty_book_answers() {
    let index = Index::default();
    assert_eq!(index.find("华", 10, |_| true), []);
    assert_eq!(Index::build([]).len(), 0);
}

/// More different characters than letters have numbers: what comes too late is not found, and nothing else breaks.
#[test]
fn a_book_of_all_characters_still_answers() {
    let all: Vec<char> = (0x3400..0x3_2400)
        .filter_map(char::from_u32)
        .filter(|c| !c.is_control())
        .collect();
    let names: Vec<String> = all.chunks(100).map(|chunk| chunk.iter().collect()).collect();
    let index = Index::build((1..).map(CustomerId).zip(names.iter().map(|name| Terms::new(name, ""))));
    assert!(index.find("㐀㐁", 9, |_| true).iter().any(|hit| hit.id.0 == 1));
    assert!(index.find("中", 9, |_| true).iter().any(|hit| hit.how == How::Name));
    assert_eq!(index.len(), names.len());
}
