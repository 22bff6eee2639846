//! Who controls whom, case by case. 控制关系
//!
//! Each row: a book, a company, its ultimate controller (`circle` for none) and the parties of its proposed group.

use pinji_groups::{Basis, Doubt, Edge, Evidence, Kinship, Party, PartyKind, Refusal, Relation, Tie, path};

use crate::book::{Book, day};

fn check(text: &str, company: &str, controller: &str, group: &str) {
    let book = Book::of(text);
    let (_, resolution) = book.resolve();
    let at = book.at(company);
    let found = resolution.controller(at).map_or("circle", |party| book.name(party));
    assert_eq!(found, controller, "who controls {company} in {text}");
    let label = resolution.proposed().group(at);
    let all = (0..book.kinds.len() as u32).map(Party);
    let members = all.filter(|party| resolution.proposed().group(*party) == label);
    assert_eq!(book.said(members), group, "the group of {company} in {text}");
}

#[test]
fn votes() {
    check("A 50.0000001 B", "B", "A", "A B");
    // One half is no majority, nor is half and half.
    check("A 50 B", "B", "B", "B");
    check("A 50 B; C 50 B", "B", "B", "B");
    check("A 50 B; C 50 B; A 51 C", "B", "A", "A B C");
    // Minorities of companies that one controls count together.
    check("A 60 B; A 60 C; B 30 D; C 21 D", "D", "A", "A B C D");
    check("A 60 B; A 60 C; B 30 D; C 20 D", "D", "D", "D");
    check("A 30 D; A 60 B; B 21 D", "D", "A", "A B D");
    // A share that nobody knows is no vote.
    check("A ? B", "B", "B", "B");
    // A company's own shares carry no votes: 45 of 80 is a majority.
    check("B 20 B; A 45 B; C 35 B", "B", "A", "A B");
    check("B 20 B; A 40 B; C 40 B", "B", "B", "B");
    // Recorded votes stand before what shares would carry, and leave less for the others.
    check("p 20 A; p votes 60 A; X 80 A", "A", "p", "A p");
    check("A 60 B; A votes 10 B; X 40 B; X votes 55 B", "B", "X", "B X");
    check("A 45 B; A votes 55 B; X 10 B; X votes 0 B; Y 45 B", "B", "A", "A B");
    // More than there is: a majority is one of what is recorded.
    check("A 60 B; C 60 B", "B", "B", "B");
    check("A 90 B; C 60 B", "B", "A", "A B");
}

#[test]
fn agreements_stand_before_votes() {
    check("A 100 B; X manages B", "B", "X", "B X");
    check("p manages A; A 60 B", "B", "p", "A B p");
    // Several who are said to decide alone: none does.
    check("A manages B; X manages B; A 100 B", "B", "B", "B");
    check("A manages B; X manages B; A 60 X", "B", "A", "A B X");
    // Joint control takes all of its parties.
    check("A joint B; C joint B; A 90 B", "B", "B", "B");
    check("A joint B; C joint B; X 60 A; X 60 C", "B", "X", "A B C X");
    check("A joint B; C joint B; D joint B; X 60 A; X 60 C", "B", "B", "B");
    check("A joint B; A 90 B", "B", "B", "B");
}

#[test]
fn circles_end() {
    check("A 100 B; B 100 A", "A", "circle", "A B");
    check("A 100 B; B 100 C; C 100 A", "B", "circle", "A B C");
    check("A 100 B; B 100 C; C 100 A; C 70 D; D 60 E", "E", "circle", "A B C D E");
    // A circle that somebody outside controls in part is not closed.
    check("H 40 A; B 60 A; A 100 B", "A", "circle", "A B");
    check("H 60 A; B 40 A; A 100 B", "B", "H", "A B H");
    // Held by its own subsidiary with less than half: it stays the head.
    check("A 80 B; B 50 A", "B", "A", "A B");
    // All of itself: nobody else has anything.
    check("A 100 A", "A", "A", "A");
    check("A 60 B; C 60 A; B 60 C; D manages A", "B", "D", "A B C D");
}

#[test]
fn chains_of_any_depth() {
    for depth in [50, 50_000] {
        let mut book = Book {
            kinds: vec![PartyKind::Company; depth + 1],
            ..Book::default()
        };
        // From the far end, and every other link by two hands.
        for at in (1..=depth as u32).rev() {
            let tie = |units| Tie::Equity(pinji_groups::Share::from_units(units));
            if at > 2 && at % 2 == 0 {
                book.relate(Party(at - 1), tie(400_000_000), Party(at));
                book.relate(Party(at - 2), tie(200_000_000), Party(at));
            } else {
                book.relate(Party(at - 1), tie(900_000_000), Party(at));
            }
        }
        let (graph, resolution) = book.resolve();
        let last = Party(depth as u32);
        assert_eq!(resolution.controller(last), Some(Party(0)));
        assert_eq!(resolution.control().size(last), depth + 1);
        let steps = path(&graph, resolution.control(), last);
        assert_eq!(steps.len(), depth);
        assert!(steps.windows(2).all(|two| two[0].rank < two[1].rank));
        let ranks: Vec<_> = steps.iter().map(|step| step.rank.unwrap() as usize).collect();
        assert_eq!(ranks, (1..=depth).collect::<Vec<_>>());
    }
}

#[test]
fn what_a_group_brings_along_counts() {
    // A takes B and C in by two hands each, then Y takes A in late and with more holdings of its own: what B and C have must
    // still be found behind A, whichever of them comes first.
    let holdings = "A 60 A2; A 30 B; A2 30 B; A 30 C; A2 30 C; B 30 Z; Y 30 Z; C 30 Z2; Y 30 Z2; A 30 Z3; Y 30 Z3
        Y 60 Y2; Y 30 V; Y2 30 V; Y 30 A; V 30 A; Y 10 Q; Y2 10 Q; Y 10 R; Y2 10 R; X 50 Q; X 50 R";
    for first in ["Z;Z2;Z3;A;B;C", "Z;Z2;Z3;B;A;C", "Z;Z2;Z3;C;B;A", "Z;Z2;Z3;B;C;A"] {
        let text = format!("{first};{holdings}");
        for company in ["Z", "Z2", "Z3", "A2", "C"] {
            check(&text, company, "Y", "A A2 B C V Y Y2 Z Z2 Z3");
        }
    }
}

#[test]
fn persons_and_families() {
    check("p 60 A; p 60 B", "A", "p", "A B p");
    check("p 30 A; q 30 A", "A", "A", "A");
    check("p 30 A; q 30 A; p spouse q", "A", "A", "A p q");
    check("p 60 A; q 60 B; p spouse q", "B", "q", "A B p q");
    check("p 60 A; q 60 B; p direct3 q", "B", "q", "A B p q");
    check("p 60 A; q 60 B; p direct4 q", "B", "q", "B q");
    check("p 60 A; q 60 B; p collateral2 q", "B", "q", "A B p q");
    check("p 60 A; q 60 B; p collateral3 q", "B", "q", "B q");
    check("p joint A; q joint A; q spouse p", "A", "A", "A p q");
    // Nobody knows whether two who were not named are one.
    check("* 60 A; * 60 B", "A", "*", "* A");
    check("* 60 A; * 60 B", "B", "*", "* B");
    // The fourth test is never a rule.
    check("A other B", "A", "A", "A");
}

#[test]
fn steps_say_what_they_rest_on() {
    let book = Book::of("A 60 B; A 60 C; B 30 D; C 30 D; D 40 A; X manages E; D 10 E; B joint F; C joint F");
    let (graph, resolution) = book.resolve();
    let steps = path(&graph, resolution.control(), book.at("D"));
    let said: Vec<String> = steps
        .iter()
        .map(|step| {
            let by: Vec<String> = step
                .by
                .iter()
                .map(|holding| {
                    let relation = &book.relations[holding.edge.0 as usize];
                    assert_eq!((relation.holder, relation.target), (holding.holder, step.company));
                    format!("{} {}", book.name(holding.holder), holding.power)
                })
                .collect();
            format!(
                "{} < {} ({} of {})",
                book.name(step.company),
                by.join(", "),
                step.held,
                step.need
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "B < A 600000000 (600000000 of 500000000)",
            "C < A 600000000 (600000000 of 500000000)",
            "D < B 300000000, C 300000000 (600000000 of 500000000)",
        ]
    );
    let of = |company: &str| path(&graph, resolution.control(), book.at(company)).pop().unwrap();
    assert_eq!((of("E").basis, of("E").held, of("E").need), (Basis::Agreement, 1, 0));
    assert_eq!((of("F").basis, of("F").held, of("F").need), (Basis::Agreement, 2, 1));
    let ring = Book::of("A 100 B; B 100 C; C 100 A");
    let (graph, resolution) = ring.resolve();
    let steps = path(&graph, resolution.control(), ring.at("B"));
    assert_eq!(steps.len(), 1);
    assert_eq!(
        (steps[0].rank, ring.said(steps[0].by.iter().map(|by| by.holder))),
        (None, "A".to_owned())
    );
}

#[test]
fn doubts_are_told() {
    let check = |text: &str, doubts: &[Doubt]| {
        assert_eq!(Book::of(text).graph("2026-01-01").doubts(), doubts, "{text}");
    };
    let company = |at| Party(at);
    check("A 60 B; C 40 B", &[]);
    check("A ? B", &[Doubt::UnknownShare { edge: Edge(0) }]);
    check("* 30 B", &[Doubt::AnonymousHolder { edge: Edge(0) }]);
    check("p direct5 q", &[Doubt::DistantKin { edge: Edge(0) }]);
    check("A joint B", &[Doubt::JointAlone { edge: Edge(0) }]);
    check(
        "A manages B; C joint B",
        &[Doubt::AgreementsClash { company: company(1) }],
    );
    check(
        "A manages B; C manages B",
        &[Doubt::AgreementsClash { company: company(1) }],
    );
    check(
        "A 60 B; C 60 B",
        &[
            Doubt::EquityBeyondWhole {
                company: company(1),
                sum: 1_200_000_000,
            },
            Doubt::VotesBeyondWhole {
                company: company(1),
                sum: 1_200_000_000,
            },
        ],
    );
    check(
        "A votes 60 B; C votes 60 B",
        &[Doubt::VotesBeyondWhole {
            company: company(1),
            sum: 1_200_000_000,
        }],
    );
    // What shares carry gives way to recorded votes without a doubt.
    check("p votes 60 A; X 80 A", &[]);
    // Of two at once the one that began later counts, whatever the order.
    let later = Doubt::Overlap {
        kept: Edge(1),
        dropped: Edge(0),
    };
    check("A 60 B @2019-01-01..; A 40 B @2020-01-01..", &[later]);
    let later = Doubt::Overlap {
        kept: Edge(0),
        dropped: Edge(1),
    };
    check("A 40 B @2020-01-01..; A 60 B @2019-01-01..", &[later]);
    check("A 60 B @2019-01-01..2020-01-01; A 40 B @2020-01-01..", &[]);
}

#[test]
fn unsound_relations_are_refused() {
    let kinds = [
        PartyKind::Company,
        PartyKind::Company,
        PartyKind::Person,
        PartyKind::Person,
        PartyKind::Anonymous,
    ];
    let check = |holder: u32, tie: Tie, target: u32, expected: Result<(), Refusal>| {
        let relation = Relation {
            id: pinji_domain::ids::RelationId(1),
            holder: Party(holder),
            target: Party(target),
            tie,
            from: None,
            until: None,
            evidence: Evidence::Nothing,
        };
        assert_eq!(relation.check(&kinds), expected, "{holder} {tie:?} {target}");
        let graph = pinji_groups::Graph::as_of(&kinds, &[relation], day("2026-01-01"));
        assert_eq!(graph.map(|_| ()), expected);
    };
    let spouse = Tie::Family(Kinship::Spouse);
    check(0, Tie::Equity(None), 1, Ok(()));
    check(0, Tie::Equity(None), 0, Ok(()));
    check(0, Tie::Management, 0, Err(Refusal::ToItself));
    check(0, Tie::Other, 0, Err(Refusal::ToItself));
    check(2, spouse, 2, Err(Refusal::ToItself));
    check(0, Tie::Equity(None), 2, Err(Refusal::TargetIsNoCompany));
    check(2, Tie::Other, 3, Ok(()));
    check(2, spouse, 3, Ok(()));
    check(2, spouse, 0, Err(Refusal::KinOfACompany));
    check(2, spouse, 4, Err(Refusal::KinOfACompany));
    let direct = |generations| Tie::Family(Kinship::Direct { generations });
    check(2, direct(1), 3, Err(Refusal::TooFewGenerations(1)));
    check(2, direct(2), 3, Ok(()));
    check(0, Tie::Joint, 9, Err(Refusal::UnknownParty(Party(9))));
    check(9, Tie::Joint, 0, Err(Refusal::UnknownParty(Party(9))));
    let mut relation = Book::of("A 60 B").relations[0];
    relation.from = Some(day("2026-02-01"));
    relation.until = relation.from;
    let (from, last) = (day("2026-02-01"), day("2026-01-31"));
    assert_eq!(relation.check(&kinds), Err(Refusal::EndsBeforeItBegins { from, last }));
}
