//! Pages: well-formed, self-contained, in both languages, true to their numbers, and proof against their contents.

use std::collections::BTreeSet;

use pinji_domain::{Lang, Text};
use pinji_report::policy::{self, PolicyPage};
use pinji_report::{Report, html};

use crate::made_up;
use crate::markup::{Element, read};

/// Every page that we can make, with a name.
fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for lang in Lang::ALL {
        let reports = [
            ("run", made_up::report()),
            ("nine", made_up::nine_levels()),
            ("empty", Report::default()),
        ];
        for (name, report) in reports {
            pages.push((format!("report {name} {lang:?}"), html(&report, lang)));
        }
        for (name, page) in [("full", made_up::policy()), ("empty", PolicyPage::default())] {
            pages.push((
                format!("policy {name} {lang:?}"),
                policy::html(&PolicyPage { lang, ..page }),
            ));
        }
    }
    pages
}

fn is_inside(element: &Element, name: &str) -> bool {
    element.inside.iter().any(|outer| outer == name)
}

#[test]
fn pages_are_well_formed_and_fetch_nothing() {
    for (name, page) in pages() {
        let elements = read(&page);
        for element in &elements {
            assert!(
                !["script", "iframe", "object", "link", "img", "form"].contains(&element.name.as_str()),
                "{name}"
            );
            for (key, value) in &element.attributes {
                assert!(
                    !key.starts_with("on") && key != "style" && key != "src",
                    "{name}: {element:?}"
                );
                assert!(key == "xmlns" || !value.contains("://"), "{name}: {element:?}");
            }
        }
        let style = &elements.iter().find(|element| element.name == "style").unwrap().text;
        assert!(!style.contains("url(") && !style.contains("@import"), "{name}");
        assert!(page.contains("default-src 'none'"), "{name}");
    }
}

#[test]
fn links_labels_and_headings_lead_somewhere() {
    for (name, page) in pages() {
        let elements = read(&page);
        let ids: Vec<&str> = elements.iter().filter_map(|element| element.get("id")).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
        for element in &elements {
            let target = element.get("href").map(|href| href.strip_prefix('#').unwrap());
            for id in [target, element.get("for"), element.get("aria-labelledby")]
                .into_iter()
                .flatten()
            {
                assert!(unique.contains(id), "{name}: {id} is nowhere");
            }
        }
        for lang in ["zh-CN", "en"] {
            let first = elements
                .iter()
                .position(|element| element.name == "article" && element.get("lang") == Some(lang));
            assert!(first.is_some(), "{name} lacks {lang}");
        }
        // No level of heading is skipped on the way down.
        let levels = elements.iter().filter_map(|element| match element.name.as_bytes() {
            [b'h', level @ b'1'..=b'4'] => Some(level - b'0'),
            _ => None,
        });
        let levels: Vec<u8> = levels.collect();
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{name}: {levels:?}"
        );
        assert_eq!(
            levels.iter().filter(|level| **level == 1).count(),
            2,
            "{name}: one title in each language"
        );
    }
}

#[test]
fn tables_have_heads_and_as_many_cells_as_columns() {
    for (name, page) in pages() {
        let elements = read(&page);
        let mut rows: Vec<usize> = Vec::new();
        let even = |rows: &[usize]| assert!(rows.windows(2).all(|pair| pair[0] == pair[1]), "{name}: {rows:?}");
        for element in &elements {
            match element.name.as_str() {
                "table" => even(&std::mem::take(&mut rows)),
                "tr" => rows.push(0),
                "th" | "td" => *rows.last_mut().unwrap() += 1,
                _ => {}
            }
            assert!(
                element.name != "th" || element.get("scope").is_some(),
                "{name}: {element:?}"
            );
        }
        even(&rows);
    }
}

#[test]
fn every_code_has_words() {
    for (name, page) in pages() {
        for element in read(&page).iter().filter(|element| element.name != "style") {
            for leak in ["report-", "print-", "chart-", "missing-", "{$", "{ $"] {
                assert!(!element.text.contains(leak), "{name}: {element:?}");
            }
        }
    }
}

#[test]
fn both_languages_show_the_same_figures() {
    for (name, page) in pages() {
        let halves: Vec<&str> = page.split("<article").skip(1).collect();
        let count = |half: &str, what: &str| half.matches(what).count();
        for what in ["<table", "<tr>", "<svg", "<section", "<h3", "data-value"] {
            assert_eq!(count(halves[0], what), count(halves[1], what), "{name}: {what}");
        }
        let figures = |half: &str| -> Vec<String> {
            let values = half.split("data-value=\"").skip(1);
            values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        assert_eq!(figures(halves[0]), figures(halves[1]), "{name}");
    }
}

/// What a picture draws, and the cells of the table beside it.
fn pairs(page: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let mut pairs: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for element in read(page) {
        if element.name == "div" && element.get("class").is_some_and(|class| class.starts_with("pair")) {
            pairs.push((Vec::new(), Vec::new()));
        }
        let Some((drawn, written)) = pairs.last_mut() else {
            continue;
        };
        match element.get("data-value") {
            Some(value) if is_inside(&element, "svg") && !value.is_empty() => drawn.push(value.to_owned()),
            _ if element.name == "td" && is_inside(&element, "table") => written.push(element.text.replace(',', "")),
            _ => {}
        }
    }
    pairs
}

#[test]
fn tables_hold_what_pictures_draw() {
    for (name, page) in pages() {
        for (drawn, written) in pairs(&page) {
            for value in &drawn {
                assert!(
                    written.contains(value),
                    "{name}: {value} is drawn but not in {written:?}"
                );
            }
        }
    }
    let report = made_up::report();
    let found = pairs(&html(&report, Lang::Zh));
    assert_eq!(
        found.len(),
        2 * 8,
        "distribution, matrix, two scores, profile, coverage, missing, bounds, in two languages"
    );
    let sum = |values: &[String]| values.iter().map(|value| value.parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(sum(&found[0].0), 2000);
    assert_eq!(
        sum(&found[1].0),
        report.previous.unwrap().moved.iter().flatten().sum::<u64>()
    );
    assert_eq!(
        sum(&found[2].0),
        report.scores[0].bins.iter().map(|bin| bin.2).sum::<u64>()
    );
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(pages(), pages());
}

const CANARY: &str =
    "</td></title></style><script>alert('1')</script><b onload=\"x\">&copy;\u{0}\u{1f}| ` *_x_* ${y} {{z}}";

fn poison(text: &mut Text) {
    *text = Text::new(format!("{CANARY}中"), format!("{CANARY}en"));
}

fn poisoned_report() -> Report {
    let mut report = made_up::report();
    for text in [&mut report.policy, &mut report.purpose, &mut report.stake] {
        poison(text);
    }
    let spare = CANARY.to_owned();
    report.policy_id.clone_from(&spare);
    report.version.clone_from(&spare);
    report.facts.engine.clone_from(&spare);
    report.facts.policy_sha256.clone_from(&spare);
    report.facts.inputs.push((spare.clone(), 1, spare.clone()));
    for grade in &mut report.grades {
        poison(&mut grade.name);
        poison(&mut grade.condition);
        grade.class.clone_from(&spare);
    }
    for score in &mut report.scores {
        poison(&mut score.name);
        score.cut_offs.iter_mut().for_each(|(_, label)| poison(label));
    }
    report
        .dimensions
        .iter_mut()
        .for_each(|dimension| poison(&mut dimension.name));
    report.missing.iter_mut().for_each(|row| poison(&mut row.indicator));
    for bound in &mut report.bounds {
        poison(&mut bound.reason);
        bound.clause.clone_from(&spare);
    }
    for mover in &mut report.movers {
        mover.id.clone_from(&spare);
        mover.name.clone_from(&spare);
    }
    for look in &mut report.first {
        look.id.clone_from(&spare);
        look.name.clone_from(&spare);
    }
    report.guarantees.iter_mut().for_each(|(says, _)| poison(says));
    report
}

fn poisoned_policy() -> PolicyPage {
    let mut page = made_up::policy();
    let spare = CANARY.to_owned();
    for text in [&mut page.name, &mut page.purpose, &mut page.subject] {
        poison(text);
    }
    for field in [
        &mut page.id,
        &mut page.version,
        &mut page.currency,
        &mut page.min_coverage,
        &mut page.sha256,
    ] {
        field.clone_from(&spare);
    }
    for dimension in &mut page.dimensions {
        dimension.id.push_str(&spare);
        poison(&mut dimension.name);
        for indicator in &mut dimension.indicators {
            indicator.id.push_str(&spare);
            indicator.formula.clone_from(&spare);
            indicator.clause.clone_from(&spare);
            for text in [
                &mut indicator.name,
                &mut indicator.means,
                &mut indicator.unit,
                &mut indicator.source,
            ] {
                poison(text);
            }
        }
    }
    for grade in &mut page.grades {
        poison(&mut grade.name);
        poison(&mut grade.condition);
        grade.entitlements.iter_mut().for_each(|(_, value)| poison(value));
    }
    for bound in page.caps.iter_mut().chain(&mut page.floors) {
        poison(&mut bound.reason);
        poison(&mut bound.condition);
    }
    for guarantee in &mut page.guarantees {
        guarantee.says.clone_from(&spare);
        poison(&mut guarantee.name);
    }
    page.files.push((spare.clone(), spare));
    page
}

#[test]
fn hostile_texts_are_only_shown() {
    let shown = CANARY.replace(['\u{0}', '\u{1f}'], "\u{FFFD}");
    for page in [html(&poisoned_report(), Lang::Zh), policy::html(&poisoned_policy())] {
        let elements = read(&page);
        assert!(
            elements
                .iter()
                .all(|element| element.name != "script" && element.get("onload").is_none())
        );
        let times = elements.iter().filter(|element| element.text.contains(&shown)).count();
        assert!(times > 60, "shown only {times} times");
    }
}

#[test]
fn hostile_texts_do_not_break_markdown() {
    let written = policy::markdown(&poisoned_policy());
    // Within a table every line has as many bars that count as its head.
    let bars = |line: &str| {
        let plain = line.replace("\\\\", "").replace("\\|", "");
        plain.matches('|').count()
    };
    let mut head = None;
    for line in written.lines() {
        match line.starts_with('|') {
            true => assert_eq!(bars(line), *head.get_or_insert(bars(line)), "{line}"),
            false => head = None,
        }
    }
    for line in written.lines().filter(|line| !line.contains("``")) {
        for (at, _) in line.match_indices('<') {
            assert!(line[..at].ends_with('\\') || line[at..].starts_with("<br>"), "{line}");
        }
    }
    assert!(written.contains("\\<script\\>"), "the text is still there to read");
}
