//! Ownership that others wrote down: the fixtures of the open standard, and lists of subsidiaries. 公开数据
//!
//! Runs where `PINJI_OPEN_DATA` names the folder.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use pinji_domain::Decimal;
use pinji_groups::{Controller, Doubt, Party, Share, Tie, look_through, proposals};
use serde_json::Value;

use crate::book::Book;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PINJI_OPEN_DATA").map(|data| Path::new(&data).join(name));
    let there = folder.filter(|folder| folder.is_dir());
    if there.is_none() {
        println!("skipped: PINJI_OPEN_DATA does not name a folder with `{name}`");
    }
    there
}

/// A bundle of statements as a book: upper-case names for entities, lower-case for persons.
fn bundle(path: &Path) -> Book {
    let statements: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut book = Book::default();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for statement in statements.as_array().unwrap() {
        let (id, details) = (statement["recordId"].as_str().unwrap(), &statement["recordDetails"]);
        let name = match statement["recordType"].as_str().unwrap() {
            "entity" => details["name"].as_str().unwrap().to_uppercase(),
            "person" => details["names"][0]["fullName"].as_str().unwrap().to_lowercase(),
            _ => continue,
        };
        book.party(&name);
        names.insert(id.to_owned(), name);
    }
    for statement in statements.as_array().unwrap() {
        let details = &statement["recordDetails"];
        let Some(subject) = details["subject"].as_str() else {
            continue;
        };
        let target = book.at(&names[subject]);
        let holder = match details["interestedParty"].as_str() {
            Some(known) => book.at(&names[known]),
            None => book.party("*"),
        };
        let interests = details["interests"].as_array().cloned().unwrap_or_default();
        if interests.is_empty() {
            book.relate(holder, Tie::Equity(None), target);
        }
        for interest in interests {
            let share = interest["share"]["exact"].to_string();
            let share = Decimal::parse(&share).and_then(Share::from_percent);
            match (interest["type"].as_str().unwrap(), share) {
                ("shareholding", share) => book.relate(holder, Tie::Equity(share), target),
                ("votingRights", Some(votes)) => book.relate(holder, Tie::Voting(votes), target),
                other => panic!("{other:?}"),
            };
        }
    }
    book
}

#[test]
fn ownership_statements() {
    let Some(folder) = folder("bods-fixtures") else { return };
    let book = bundle(&folder.join("01-direct-ownership.json"));
    let (graph, resolution) = book.resolve();
    let acme = book.at("ACME HOLDINGS LTD");
    assert_eq!(resolution.controller(acme), Some(book.at("jane smith")));
    assert_eq!(resolution.share(acme).unwrap().to_string(), "75%");
    let through = look_through(&graph, acme).unwrap();
    assert_eq!(through.owners, [(book.at("jane smith"), crate::book::percent("75"))]);
    assert_eq!(through.unknown.to_string(), "25%");
    assert_eq!(graph.doubts(), []);

    let book = bundle(&folder.join("10-circular-ownership.json"));
    let (graph, resolution) = book.resolve();
    let proposals = proposals(&graph, &resolution);
    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].controller, Controller::Circle);
    assert_eq!(
        book.said(proposals[0].members.iter().map(|member| member.company)),
        "ALPHA CORP LTD BETA CORP LTD"
    );
    assert_eq!(
        look_through(&graph, book.at("ALPHA CORP LTD")).unwrap().circle,
        Share::WHOLE
    );

    let book = bundle(&folder.join("11-anonymous-person.json"));
    let (graph, resolution) = book.resolve();
    let opaque = book.at("OPAQUE HOLDINGS SA");
    assert_eq!(resolution.controller(opaque), Some(opaque));
    assert_eq!(look_through(&graph, opaque).unwrap().unknown, Share::WHOLE);
    let edge = pinji_groups::Edge(0);
    assert_eq!(
        graph.doubts(),
        [Doubt::UnknownShare { edge }, Doubt::AnonymousHolder { edge }]
    );
}

/// The cells of a CSV line; quotes are doubled within quotes.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(character),
        }
    }
    cells
}

#[test]
fn lists_of_subsidiaries() {
    let Some(folder) = folder("ex21-subsidiaries") else {
        return;
    };
    let file = std::fs::File::open(folder.join("subsidiaries.csv.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let expected = std::fs::read_to_string(folder.join("../expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let expected = &expected["groups"]["ex21_dev"];
    let count = |key: &str| expected[key].as_u64().unwrap() as usize;

    // As stated; and read as filers mean it, where saying nothing is the whole.
    let (mut stated, mut meant) = (Book::default(), Book::default());
    let mut shares: Vec<Option<Share>> = Vec::new();
    for (at, line) in text.lines().skip(1).enumerate() {
        let cells = cells(line);
        let share = Decimal::parse(&cells[4]).and_then(Share::from_percent);
        assert_eq!(share.is_none(), cells[4].is_empty(), "{line}");
        shares.push(share);
        for (book, share) in [(&mut stated, share), (&mut meant, share.or(Some(Share::WHOLE)))] {
            let parent = book.party(&format!("P{}", cells[0]));
            // Names repeat within a filing: each line is a company of its own.
            let owned = book.party(&format!("S{at}"));
            book.relate(parent, Tie::Equity(share), owned);
        }
    }
    assert_eq!(shares.len(), count("subsidiaries"));
    let known = shares.iter().flatten();
    assert_eq!(known.clone().count(), count("with_ownership"));
    assert_eq!(
        known.clone().filter(|share| **share == Share::WHOLE).count(),
        count("exactly_100")
    );

    let (graph, resolution) = stated.resolve();
    let controlled = (0..stated.kinds.len() as u32).filter(|party| resolution.control().is_controlled(Party(*party)));
    assert_eq!(controlled.count(), count("controlled_over_50"));
    assert_eq!(graph.doubts().len(), count("subsidiaries") - count("with_ownership"));

    let (graph, resolution) = meant.resolve();
    assert_eq!(graph.doubts(), []);
    let groups = proposals(&graph, &resolution);
    let members: usize = groups.iter().map(|group| group.members.len()).sum();
    let minorities = count("with_ownership") - count("controlled_over_50");
    assert_eq!(members, count("parents") + count("subsidiaries") - minorities);
    let largest = groups.iter().max_by_key(|group| group.members.len()).unwrap();
    let parent = format!("P{}", expected["largest_group"]["parent_cik"].as_str().unwrap());
    assert_eq!(largest.controller, Controller::Company(meant.at(&parent)));
    for group in &groups {
        let Controller::Company(parent) = group.controller else {
            panic!("{group:?}")
        };
        assert!(meant.name(parent).starts_with('P'));
    }
}
