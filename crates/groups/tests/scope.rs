//! Proposed groups with their tests, what only persons decide, and what they decided. 集团范围

use pinji_groups::{Controller, Decision, Origin, Party, Reason, Test, proposals, scope, undecided};

use crate::book::Book;

/// `group's companies: tests` of all proposals, and who controls each.
fn said(book: &Book) -> Vec<String> {
    let (graph, resolution) = book.resolve();
    let said = proposals(&graph, &resolution).into_iter().map(|proposal| {
        let controller = match &proposal.controller {
            Controller::Company(party) | Controller::Person(party) => book.name(*party).to_owned(),
            Controller::Family(persons) => book.said(persons.iter().copied()),
            Controller::Circle => "circle".to_owned(),
        };
        let members = proposal.members.iter().map(|member| {
            let tests: Vec<String> = member.tests.iter().map(|test| test.number().to_string()).collect();
            format!("{}:{}", book.name(member.company), tests.join("+"))
        });
        format!("{controller} | {}", members.collect::<Vec<_>>().join(" "))
    });
    said.collect()
}

#[test]
fn tests_by_rule() {
    let check = |text: &str, groups: &[&str]| assert_eq!(said(&Book::of(text)), groups, "{text}");
    check("A 60 B", &["A | A:1 B:1"]);
    check("A 60 B; A 60 C", &["A | A:1 B:1+2 C:1+2"]);
    check("A 60 B; B 60 C", &["A | A:1 B:1+2 C:1+2"]);
    check("p 60 A", &[]);
    check("p 60 A; p 60 B", &["p | A:3 B:3"]);
    check("p 60 A; p 60 B; A 60 C", &["p | A:1+3 B:3 C:1+3"]);
    check("p 60 A; A 60 C; A 60 D", &["p | A:1+3 C:1+2+3 D:1+2+3"]);
    check("p 60 A; q 60 B; p spouse q", &["p q | A:3 B:3"]);
    check("p 30 A; q 30 A; p spouse q; A 60 B", &["p q | A:1+3 B:1+3"]);
    // Kin who hold nothing of the group do not control it.
    check("p 60 A; p 60 B; p spouse q; q 10 X", &["p | A:3 B:3"]);
    check("A 100 B; B 100 A", &["circle | A:1 B:1"]);
    check("A 60 B; X 60 Y", &["A | A:1 B:1", "X | X:1 Y:1"]);
    check("A other B; C 50 D", &[]);
    // What a person and their company hold together: under the person, and nobody's company alone.
    check("p 60 A; A 30 B; p 30 B", &["p | A:3 B:3"]);
}

#[test]
fn reasons_name_edges() {
    let book = Book::of("p 60 A; q 60 B; p spouse q; A 60 C; A 60 D");
    let (graph, resolution) = book.resolve();
    let proposal = proposals(&graph, &resolution).remove(0);
    let of = |name: &str| {
        proposal
            .members
            .iter()
            .find(|member| member.company == book.at(name))
            .unwrap()
    };
    let kin = |reason: &&Reason| matches!(reason, Reason::SameFamily { kin, persons, companies: 4 } if kin.len() == 1 && persons.len() == 2);
    for company in ["A", "B", "C", "D"] {
        assert_eq!(of(company).reasons.iter().filter(kin).count(), 1, "{company}");
    }
    assert!(matches!(&of("A").reasons[1], Reason::Leads { companies: 2 }));
    let same = Reason::SameCompany {
        controller: book.at("A"),
        companies: 2,
    };
    assert!(of("D").reasons.contains(&same) && of("C").reasons.contains(&same) && !of("B").reasons.contains(&same));
    assert!(matches!(&of("C").reasons[0], Reason::Controlled(step) if step.by[0].holder == book.at("A")));
    assert_eq!(of("C").share.unwrap().to_string(), "36%");
    // What a family has together is the group's share, each one's own the controller's.
    let book = Book::of("p 30 A; q 40 A; p spouse q; A 60 B");
    let (_, resolution) = book.resolve();
    assert_eq!(resolution.group_share(book.at("A")).unwrap().to_string(), "70%");
    assert_eq!(resolution.group_share(book.at("B")).unwrap().to_string(), "42%");
    assert_eq!(resolution.share(book.at("B")).unwrap().to_string(), "60%");
}

#[test]
fn the_fourth_test_is_a_persons() {
    let book = Book::of("A 60 B; C 60 D; B other D; A other B; E; F");
    let (graph, resolution) = book.resolve();
    let open = undecided(&graph, &resolution);
    // Within a group there is nothing to decide.
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].ends, (book.at("B"), book.at("D")));
    let proposed = resolution.proposed();
    let check = |decisions: &[Decision], company: &str, members: &str, origin: Origin| {
        let scope = scope(proposed, decisions);
        let group = scope.group(book.at(company)).unwrap();
        assert_eq!(
            book.said(scope.members(group)),
            members,
            "{company} after {decisions:?}"
        );
        assert_eq!(scope.origin(group), origin, "{company} after {decisions:?}");
    };
    let at = |name: &str| book.at(name);
    let together = Decision::Together(at("B"), at("D"));
    let apart = Decision::Apart(at("A"));
    check(&[], "A", "A B", Origin::Rule);
    check(&[together], "A", "A B C D", Origin::Decided(vec![0]));
    check(&[together], "E", "E", Origin::Rule);
    check(&[apart], "B", "B", Origin::Rule);
    check(&[apart], "A", "A", Origin::Decided(vec![0]));
    for decisions in [[together, apart], [apart, together]] {
        let place = usize::from(decisions[0] == apart);
        check(&decisions, "B", "B C D", Origin::Decided(vec![place]));
        check(&decisions, "A", "A", Origin::Decided(vec![1 - place]));
    }
    // To move a company takes both.
    check(
        &[apart, Decision::Together(at("A"), at("C"))],
        "A",
        "A C D",
        Origin::Decided(vec![0, 1]),
    );
    let chain = [
        Decision::Together(at("E"), at("F")),
        Decision::Together(at("F"), at("A")),
        together,
    ];
    check(&chain, "E", "A B C D E F", Origin::Decided(vec![0, 1, 2]));
    // Nobody on the list: passed over.
    check(
        &[Decision::Together(at("A"), Party(99)), Decision::Apart(Party(99))],
        "C",
        "C D",
        Origin::Rule,
    );
    assert_eq!(Test::Judgement.number(), 4);
}
