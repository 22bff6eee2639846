//! The printed policy says all that the policy says, the same in HTML and in Markdown.

use pinji_domain::{Lang, Text};
use pinji_report::policy::{self, PolicyPage, Scoring};

use crate::made_up::{self, decimal};
use crate::markup::read;

/// All texts of a page, joined, without what makes them HTML.
fn words(page: &str) -> String {
    read(page).into_iter().map(|element| element.text + "\n").collect()
}

#[test]
fn nothing_of_the_policy_is_left_out() {
    let page = made_up::policy();
    let mut texts: Vec<&Text> = vec![
        &page.name,
        &page.purpose,
        &page.subject,
        &page.group.as_ref().unwrap().0,
    ];
    for dimension in &page.dimensions {
        texts.push(&dimension.name);
        for indicator in &dimension.indicators {
            texts.extend([&indicator.name, &indicator.means, &indicator.source]);
            match &indicator.scoring {
                Scoring::Judged { levels, .. } => {
                    texts.extend(levels.iter().flat_map(|level| [&level.name, &level.means]))
                }
                Scoring::Map { entries, .. } => texts.extend(entries.iter().map(|(text, _)| text)),
                Scoring::Bands { bands, .. } => texts.extend(bands.iter().map(|band| &band.name)),
                Scoring::Table { name, keys, .. } => texts.extend(keys.iter().chain([name])),
            }
        }
    }
    for grade in &page.grades {
        texts.extend([&grade.name, &grade.means, &grade.condition]);
        texts.extend(grade.entitlements.iter().flat_map(|(what, value)| [what, value]));
    }
    for bound in page.caps.iter().chain(&page.floors) {
        texts.extend([&bound.condition, &bound.reason]);
    }
    texts.extend(
        page.measures
            .iter()
            .flat_map(|measure| [&measure.name, &measure.source, &measure.unit]),
    );
    texts.extend(
        page.examples
            .iter()
            .flat_map(|example| example.given.iter().flat_map(|(what, value)| [what, value])),
    );
    let (html, markdown) = (words(&policy::html(&page)), policy::markdown(&page));
    for text in texts {
        for words in [&text.zh, &text.en] {
            assert!(html.contains(words.as_str()), "HTML lacks {words}");
            let escaped = words.replace('_', "\\_").replace('&', "\\&");
            assert!(markdown.contains(&escaped), "Markdown lacks {words}");
        }
    }
    for formula in [
        "net_profit / nullif(revenue, 0)",
        "defaults_12m > 0 implies grade at_most 'ordinary'",
    ] {
        assert!(
            html.contains(formula) && markdown.contains(&format!("`{formula}`")),
            "{formula}"
        );
    }
}

#[test]
fn bands_are_written_as_inequalities() {
    let found = words(&policy::html(&made_up::policy()));
    for range in [
        "< 0%",
        "0% ≤ x < 3%",
        "3% ≤ x ≤ 8%",
        "> 8%",
        "≤ 0",
        "0 < x ≤ 30",
        "40 → 60",
        "1/3",
    ] {
        assert!(found.lines().any(|line| line == range), "{range}");
    }
}

#[test]
fn shares_of_a_score_sum_to_one() {
    let shares = |lang: Lang, head: &str| {
        let page = policy::markdown(&PolicyPage {
            lang,
            ..made_up::policy()
        });
        let table = page
            .split(head)
            .nth(1)
            .unwrap()
            .split("\n\n")
            .nth(1)
            .unwrap()
            .to_owned();
        let cells = table
            .lines()
            .skip(2)
            .map(|line| line.split('|').nth(5).unwrap().trim().to_owned());
        cells
            .filter_map(|cell| cell.strip_suffix('%').map(|share| decimal(share).at(2).unwrap()))
            .sum::<i64>()
    };
    assert_eq!(shares(Lang::Zh, "**指标权重**"), 10_000);
    assert_eq!(shares(Lang::En, "**Weights of the indicators**"), 10_000);
}

#[test]
fn chapters_are_numbered_without_gaps() {
    let headings = |page: &PolicyPage| -> Vec<String> {
        let lines = policy::markdown(page);
        lines
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .map(str::to_owned)
            .collect()
    };
    let found = headings(&made_up::policy());
    assert_eq!(found.len(), 24);
    assert_eq!(
        (found[0].as_str(), found[10].as_str()),
        ("第一章　总则", "第十一章　示例")
    );
    assert_eq!(found[23], "12. Version and hashes");
    let short = PolicyPage {
        measures: Vec::new(),
        parameters: Vec::new(),
        rates: Vec::new(),
        ..made_up::policy()
    };
    assert_eq!(headings(&short)[3], "第四章　标准值表");
    assert_eq!(headings(&PolicyPage::default()), ["第一章　总则", "1. General"]);
}
