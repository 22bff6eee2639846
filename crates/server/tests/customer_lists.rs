//! Lists, searches and exports of customers: filters, order, pages, counts, and nothing of what is not one's own.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde_json::json;

use crate::business::Business;
use crate::site::{Person, Site, sites};

fn codes(site: &Site, by: &Person, query: &str) -> Vec<String> {
    let body = site.get(by, &format!("/api/v1/customers?{query}")).expect(200).json();
    let items = body["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

/// A text as an address carries it.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn a_search_finds_by_all_that_people_type_and_shows_only_what_is_theirs() {
    for site in sites() {
        let b = Business::open(&site);
        let uscc = "91350100M000100Y43";
        site.customer(
            &b.updater,
            "C-1",
            "海岸贸易有限公司",
            json!({ "uscc": uscc, "custom": { "aliases": ["蓝湾"] } }),
        );
        site.customer(&b.east, "C-2", "青山机械股份有限公司", json!({}));
        site.customer(&b.west, "C-3", "青山电缆有限公司", json!({}));
        let check = |query: &str, found: &[&str], by: Option<&str>| {
            let path = format!("/api/v1/customers?q={}", escaped(query));
            let body = site.get(&b.updater, &path).expect(200).json();
            let items = body["items"].as_array().unwrap();
            let codes: Vec<&str> = items.iter().map(|one| one["code"].as_str().unwrap()).collect();
            assert_eq!(codes, found, "{} {query}", site.name);
            if let Some(by) = by {
                assert_eq!(items[0]["found_by"], by, "{query} {body}");
            }
        };
        check("海岸", &["C-1"], Some("name"));
        check("haian", &["C-1"], Some("pinyin"));
        check("hamy", &["C-1"], Some("initials"));
        check("海岸貿易", &["C-1"], Some("name"));
        check("蓝湾", &["C-1"], Some("alias"));
        check("c-2", &["C-2"], Some("code"));
        check(&uscc.to_lowercase(), &["C-1"], Some("uscc"));
        check("没有这家", &[], None);
        // A new name is found at once, and so is the one before.
        site.patch(
            &b.updater,
            "/api/v1/customers/C-1",
            &json!({ "name": "远洋贸易有限公司" }),
        )
        .expect(200);
        check("yuanyang", &["C-1"], Some("pinyin"));
        check("海岸贸易", &["C-1"], Some("alias"));
        // Rows of others neither appear nor count.
        assert_eq!(codes(&site, &b.east, "q=qingshan"), ["C-2"]);
        assert_eq!(codes(&site, &b.west, "q=qingshan"), ["C-3"]);
        let counted = site.get(&b.east, "/api/v1/customers?q=qingshan&count=true").json();
        assert_eq!(counted["count"], json!({ "rows": 1, "exact": true }));
        assert_eq!(
            site.get(&b.east, "/api/v1/customers?count=true").json()["count"]["rows"],
            1
        );
        assert_eq!(
            site.get(&b.updater, "/api/v1/customers?count=true").json()["count"]["rows"],
            3
        );
    }
}

#[test]
fn lists_are_filtered_sorted_and_go_on_where_they_stopped() {
    for site in sites() {
        let b = Business::open(&site);
        for (number, name) in ["丁", "丙", "乙", "甲"].iter().enumerate() {
            let region = if number % 2 == 0 { "north" } else { "south" };
            site.customer(
                &b.east,
                &format!("C-{number}"),
                &format!("{name}贸易有限公司"),
                json!({ "region": region, "size": "small" }),
            );
        }
        // 丙 bing, 丁 ding, 甲 jia, 乙 yi.
        assert_eq!(codes(&site, &b.east, ""), ["C-1", "C-0", "C-3", "C-2"], "{}", site.name);
        assert_eq!(codes(&site, &b.east, "sort=-code"), ["C-3", "C-2", "C-1", "C-0"]);
        assert_eq!(codes(&site, &b.east, "sort=code&region=north"), ["C-0", "C-2"]);
        assert_eq!(
            codes(&site, &b.east, "sort=code&region=north,south&size=small").len(),
            4
        );
        assert_eq!(codes(&site, &b.east, "size=large"), Vec::<String>::new());
        assert_eq!(
            codes(
                &site,
                &b.updater,
                &format!("manager={}&team={}", b.east.id, b.east_team)
            )
            .len(),
            4
        );
        let first = site
            .get(&b.east, "/api/v1/customers?sort=code&limit=3")
            .expect(200)
            .json();
        let cursor = first["next"].as_str().unwrap();
        assert_eq!(
            codes(&site, &b.east, &format!("sort=code&limit=3&cursor={cursor}")),
            ["C-3"]
        );
        // Somebody else's cursor, or that of another list, is none.
        let bad = |by: &Person, query: &str| {
            site.get(by, &format!("/api/v1/customers?{query}&cursor={cursor}"))
                .problem()
        };
        assert_eq!(bad(&b.updater, "sort=code&limit=3"), "bad-cursor");
        assert_eq!(bad(&b.east, "sort=-code&limit=3"), "bad-cursor");
        assert_eq!(bad(&b.east, "sort=code&limit=3&region=north"), "bad-cursor");
        let problem = |query: &str| {
            let answer = site.get(&b.east, &format!("/api/v1/customers?{query}"));
            (answer.problem(), answer.json()["errors"][0]["pointer"].clone())
        };
        assert_eq!(problem("sort=colour"), ("invalid".to_owned(), json!("/sort")));
        assert_eq!(problem("secrecy=top"), ("invalid".to_owned(), json!("/secrecy")));
        assert_eq!(problem("q=a&sort=name"), ("invalid".to_owned(), json!("/sort")));
        assert_eq!(problem("manager=x").0, "malformed-request");
        assert_eq!(problem("colour=red").0, "malformed-request");
        assert_eq!(problem("sort=grade").0, "conflict", "no run is done yet");
        assert_eq!(
            site.get(&b.updater, "/api/v1/customers?sort=grade").problem(),
            "forbidden"
        );
    }
}

#[test]
fn an_export_is_elevated_within_reach_neutral_and_in_the_ledger() {
    for site in sites() {
        let b = Business::open(&site);
        site.customer(&b.updater, "C-1", "=1+1贸易", json!({ "region": "+north" }));
        site.customer(&b.updater, "C-2", "海岸贸易有限公司", json!({ "region": "south" }));
        site.customer(
            &b.updater,
            "C-3",
            "机密贸易有限公司",
            json!({ "secrecy": "confidential" }),
        );
        let csv = "/api/v1/customers/export.csv";
        assert_eq!(site.get(&b.rater, csv).problem(), "elevation-needed", "{}", site.name);
        assert_eq!(site.get(&b.updater, csv).problem(), "forbidden");
        let rater = site.elevate(&b.rater);
        let before = site.ledger_size(&b.system);
        let file = site.get(&rater, csv).expect(200);
        assert_eq!(
            file.header("content-disposition"),
            Some("attachment; filename=\"customers.csv\"")
        );
        let lines: Vec<&str> = file.body.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 3, "what is confidential is not in it: {lines:?}");
        assert!(lines[1].starts_with("C-1,'=1+1贸易,,,'+north,"), "{lines:?}");
        let filtered = site.get(&rater, &format!("{csv}?region=south")).expect(200);
        assert_eq!(filtered.body.lines().count(), 2);
        let book = site.get(&rater, "/api/v1/customers/export.xlsx").expect(200);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.get_value((1, 1)).unwrap().to_string(), "=1+1贸易");
        assert!(book.worksheet_formula("Customers").unwrap().is_empty());
        assert_eq!(site.ledger_size(&b.system), before + 3, "one entry for each");
    }
}
