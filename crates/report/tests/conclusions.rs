//! Titles say what the numbers say.

use pinji_domain::{Lang, Text};
use pinji_report::html;
use pinji_report::run::{GradeCount, Report, Ungraded, UngradedCount};

use crate::made_up;
use crate::markup::read;

/// The titles of a page's pictures in Chinese, then in English.
fn titles(report: &Report) -> Vec<String> {
    let elements = read(&html(report, Lang::Zh));
    let tops = elements.iter().filter(|element| element.name == "title");
    tops.filter(|title| title.inside.last().is_some_and(|outer| outer == "svg"))
        .map(|title| title.text.clone())
        .collect()
}

#[test]
fn the_distribution_speaks_of_what_changed_most() {
    let check = |counts: &[(u64, Option<u64>)], ungraded: u64, zh: &str, en: &str| {
        let grades = counts.iter().enumerate().map(|(rank, (count, before))| GradeCount {
            id: rank.to_string(),
            name: Text::new(["甲级", "乙级", "丙级"][rank], ["A", "B", "C"][rank]),
            count: *count,
            before: *before,
            ..GradeCount::default()
        });
        let report = Report {
            grades: grades.collect(),
            ungraded: vec![UngradedCount {
                why: Ungraded::Coverage,
                count: ungraded,
            }],
            ..Report::default()
        };
        assert_eq!(titles(&report), [zh, en], "{counts:?}");
    };
    check(
        &[(5, Some(17)), (9, Some(2)), (1, Some(1))],
        0,
        "甲级比上期减少 12 家",
        "A shrank by 12",
    );
    check(
        &[(5, Some(5)), (1_009, Some(2)), (1, Some(1))],
        0,
        "乙级比上期增加 1,007 家",
        "B grew by 1,007",
    );
    check(
        &[(5, Some(5)), (2, Some(2))],
        3,
        "各等级家数与上期相同",
        "Every grade has as many as before",
    );
    check(
        &[(5, None), (14, None)],
        1,
        "乙级最多，14 家，占 70.0%",
        "B is the largest grade: 14, or 70.0%",
    );
    // Of equals the better grade is spoken of.
    check(
        &[(7, None), (7, None)],
        0,
        "甲级最多，7 家，占 50.0%",
        "A is the largest grade: 7, or 50.0%",
    );
    check(&[(0, None), (0, None)], 0, "没有可定级的对象", "Nothing was graded");
    check(&[(0, None)], 4, "没有可定级的对象", "Nothing was graded");
}

#[test]
fn the_other_pictures_conclude_too() {
    let found = titles(&made_up::report());
    let (zh, en) = found.split_at(found.len() / 2);
    assert_eq!(
        zh,
        [
            "潜力客户比上期增加 43 家",
            "1,776 家（90.6%）等级不变，上调 95 家，下调 74 家，新获或失去等级 15 家",
            "贡献得分中位数 57.30，一半在 45.20 与 68.90 之间",
            "前景得分中位数 51.00，一半在 38.10 与 62.50 之间",
            "经营规模最能区分等级：VIP客户 91.0，普通客户 30.2",
            "1,530 家客户（76.5%）的指标齐全",
            "缺得最多的指标是细分市场占有率（最近一次行业协会发布数）：412 家客户",
            "生效最多的规则是“12个月内有违约”：21 家客户",
        ]
    );
    assert_eq!(
        en[1],
        "1,776 (90.6%) unchanged, 95 rose, 74 fell, 15 got or lost a grade"
    );
    assert_eq!(en[5], "All indicators are there for 1,530 customers (76.5%)");
}

#[test]
fn another_scale_is_not_compared_in_notches() {
    let mut report = made_up::report();
    report.previous.as_mut().unwrap().grades[0].0 = "platinum".into();
    assert!(titles(&report).contains(&"两期的等级标尺不同，只列家数".to_owned()));
    let boxed = html(&report, Lang::Zh).matches("stroke-width=\"2.5\"").count();
    assert_eq!(boxed, 2 * 4, "three grades and the ungraded stay, in two languages");
}
