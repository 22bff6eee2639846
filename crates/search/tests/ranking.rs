//! Which hit comes first, how it was found, and who is left out. 排序

use pinji_domain::ids::CustomerId;
use pinji_search::{Hit, How, Index, Terms};

use crate::book::customers;

fn book() -> Index {
    let customers = [
        (1, "北京华信科技有限公司", "", "C01", "91110000000000001A"),
        (2, "华信集团有限公司", "", "C02", "91110000000000002B"),
        (3, "上海中华信托有限公司", "", "C03", ""),
        (4, "晨光文具有限公司", "华信、晨光", "C04", ""),
        (5, "晨星文具有限公司", "老华信文具", "C05", ""),
        (6, "花心大萝卜食品有限公司", "", "C06", ""),
        (7, "深圳市花心食品有限公司", "", "C07", ""),
        (8, "大花心食品有限公司", "", "C08", ""),
        (9, "海鲜酒楼有限公司", "", "C09", ""),
        (10, "上海海鲜酒楼有限公司", "", "C10", ""),
        (11, "小海鲜酒楼有限公司", "", "C11", ""),
        (12, "Huaxin Steel Ltd", "", "C12", ""),
        (13, "New Huaxin Ltd", "", "C13", ""),
        (14, "华信", "", "HUAXIN", ""),
        (15, "华信贸易有限公司", "", "C15", ""),
        (16, "华信电器有限公司", "", "C16", ""),
        (17, "华信电器有限公司", "", "C17", ""),
        (18, "重庆山水有限公司", "", "C18", ""),
        (19, "中青山水有限公司", "", "C19", ""),
    ];
    Index::build(customers.map(|(id, name, aliases, code, uscc)| {
        let aliases = aliases
            .split('、')
            .filter(|alias| !alias.is_empty())
            .map(Into::into)
            .collect();
        (
            CustomerId(id),
            Terms {
                name: name.into(),
                aliases,
                code: code.into(),
                uscc: uscc.into(),
            },
        )
    }))
}

fn check(query: &str, expected: &[(i64, How)]) {
    let found: Vec<(i64, How)> = book()
        .find(query, expected.len().max(1), |_| true)
        .iter()
        .map(|hit| (hit.id.0, hit.how))
        .collect();
    assert_eq!(found, expected, "{query}");
}

#[test]
fn better_ways_come_first_then_short_names_then_pinyin_then_ids() {
    use How::*;
    check(
        "华信",
        &[
            (14, NameStart), // the shortest; then dian before ji before mao, and of two alike the smaller id
            (16, NameStart),
            (17, NameStart),
            (2, NameStart),
            (15, NameStart),
            (1, BrandStart),
            (4, WholeAlias),
            (3, Name),
            (5, Alias),
        ],
    );
    check(
        "huaxin",
        &[(14, Code), (12, NameStart), (13, BrandStart), (16, PinyinStart)],
    );
    check("huaxinshipin", &[(7, PinyinBrand), (8, Pinyin)]);
    check(
        "hx",
        &[
            (14, InitialsStart),
            (9, InitialsStart),
            (16, InitialsStart),
            (17, InitialsStart),
            (2, InitialsStart),
        ],
    );
    check("hxjl", &[(9, InitialsStart), (10, InitialsBrand), (11, Initials)]);
    check("C01", &[(1, Code)]);
    check(
        "c1",
        &[
            (16, CodeStart),
            (17, CodeStart),
            (15, CodeStart),
            (19, CodeStart),
            (18, CodeStart),
        ],
    );
    check("91110000000000002b", &[(2, Uscc)]);
    check("9111000", &[(2, UsccStart), (1, UsccStart)]);
    check("laohuaxin", &[(5, PinyinAlias)]);
    check("laohuaxinwenju", &[(5, PinyinWholeAlias)]);
    check("lhx", &[(5, InitialsAlias)]);
    check("lhxwj", &[(5, InitialsWholeAlias)]);
    // The right reading before the other one.
    check("zhongqing", &[(19, PinyinStart), (18, InitialsStart)]);
    check("chongqing", &[(18, PinyinStart)]);
    // As words that must all be there, in any order; found as the worst of them.
    check("科技 北京", &[(1, Name)]);
    check("北京 华信", &[(1, NameStart)]);
    check("北京 贸易", &[]);
}

#[test]
fn who_may_not_be_seen_leaves_no_gap() {
    let index = book();
    let all = index.find("华信", 100, |_| true);
    for hidden in &all {
        let expected: Vec<_> = all.iter().filter(|hit| hit.id != hidden.id).take(3).copied().collect();
        assert_eq!(index.find("华信", 3, |id| id != hidden.id), expected);
    }
    assert_eq!(index.find("华信", 10, |_| false), []);
    assert_eq!(
        index
            .find("C01", 10, |id| id.0 != 1)
            .iter()
            .filter(|hit| hit.how == How::Code)
            .count(),
        0
    );
}

#[test]
fn ranks_rise_and_the_limit_holds() {
    let index = book();
    for query in ["华信", "h", "有限公司", "hx", "c", "91"] {
        let all = index.find(query, 100, |_| true);
        assert!(all.windows(2).all(|pair| pair[0].rank <= pair[1].rank), "{query}");
        for limit in 0..all.len() {
            assert_eq!(index.find(query, limit, |_| true), all[..limit], "{query} {limit}");
        }
    }
}

/// The scan stops looking for what could no longer be good enough, and asks early whom it may show where few may be
/// seen: neither may change what is found.
#[test]
fn a_short_list_is_the_beginning_of_a_long_one() {
    let mut index = Index::build(customers(9, 6_000));
    // Part of the book is out of order.
    for (id, terms) in customers(10, 400) {
        index.upsert(CustomerId(id.0 * 15), &terms);
    }
    let queries = [
        "华",
        "有限公司",
        "科技有限",
        "深圳",
        "h",
        "hx",
        "hua",
        "gongsi",
        "yxgs",
        "shenzhen",
        "sz",
        "c",
        "c0",
        "c000",
        "91",
        "9",
        "al",
        "alpha",
        "co ltd",
        "有限 科技",
        "公司 华",
        "科技 hua",
        "s h",
        "长",
        "chang",
        "zhang",
        "z",
        "乐yuan",
        "厂",
        "chang'an",
    ];
    for query in queries {
        let all = index.find(query, 1_000, |_| true);
        for limit in [1, 2, 5, 20, 100] {
            let short = index.find(query, limit, |_| true);
            assert_eq!(short, all[..limit.min(all.len())], "{query}, {limit}");
        }
        let few = |id: CustomerId| id.0 % 97 == 0;
        let seen = index.find(query, 1_000, few);
        assert!(seen.len() < 1_000 && seen.iter().all(|hit| few(hit.id)), "{query}");
        let expected: Vec<Hit> = all.iter().filter(|hit| few(hit.id)).copied().collect();
        if all.len() < 1_000 {
            assert_eq!(seen, expected, "{query}");
        }
        assert_eq!(seen[..expected.len()], expected, "{query}");
        assert_eq!(index.find(query, 7, few), seen[..seen.len().min(7)], "{query}");
    }
}
