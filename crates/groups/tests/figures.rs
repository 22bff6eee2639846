//! Group measures from members' figures. 集团度量合并

use pinji_groups::{Accounts, Figure, Party, Rule, Standing, Steps, consolidate};

/// `member parent own consolidated weight`, `-` for none.
fn figures(text: &str) -> Vec<Figure> {
    let read = |line: &str| {
        let cells: Vec<Option<i64>> = line.split_whitespace().map(|cell| cell.parse().ok()).collect();
        Figure {
            member: Party(cells[0].unwrap() as u32),
            parent: cells[1].map(|parent| Party(parent as u32)),
            own: cells[2],
            consolidated: cells[3],
            weight: cells[4],
        }
    };
    text.split(';').map(read).collect()
}

#[test]
fn rules() {
    let check = |rule: Rule, text: &str, figure: Option<i64>, missing: usize| {
        let found = consolidate(rule, Accounts::EachOwn, &figures(text));
        assert_eq!(found.figure, figure, "{rule:?} of {text}");
        assert_eq!(found.missing().count(), missing, "{rule:?} of {text}");
    };
    check(Rule::Sum, "1 - 10 - -; 2 1 5 - -", Some(15), 0);
    check(Rule::Sum, "1 - 10 - -; 2 1 - - -", Some(10), 1);
    // Missing is not zero.
    check(Rule::Sum, "1 - - - -; 2 1 - - -", None, 2);
    check(Rule::Maximum, "1 - -10 - -; 2 1 -5 - -; 3 1 - - -", Some(-5), 1);
    check(Rule::Minimum, "1 - -10 - -; 2 1 -5 - -", Some(-10), 0);
    check(Rule::Weighted, "1 - 10 - 3; 2 1 20 - 1", Some(12), 0);
    check(Rule::Weighted, "1 - 10 - 1; 2 1 15 - 1", Some(12), 0);
    check(Rule::Weighted, "1 - 10 - 1; 2 1 99 - -; 3 1 - - 5", Some(10), 2);
    check(Rule::Weighted, "1 - 10 - 0; 2 1 20 - 0", None, 0);
    check(Rule::Weighted, "1 - 10 - -3; 2 1 20 - 1", Some(20), 1);
    // Beyond the exact range there is no figure; on the way to it sums are exact.
    check(Rule::Sum, "1 - 9007199254740992 - -; 2 1 1 - -", None, 0);
    check(
        Rule::Sum,
        "1 - 9007199254740992 - -; 2 1 1 - -; 3 1 -1 - -",
        Some(9_007_199_254_740_992),
        0,
    );
    check(
        Rule::Weighted,
        "1 - 9000000000000000 - 1000000000; 2 1 9000000000000000 - 1000000000",
        Some(9_000_000_000_000_000),
        0,
    );
}

#[test]
fn consolidated_statements_stand_for_those_below() {
    let check = |text: &str, figure: Option<i64>, standings: &[Standing]| {
        let found = consolidate(Rule::Sum, Accounts::ConsolidatedFirst, &figures(text));
        assert_eq!(found.figure, figure, "{text}");
        let parts: Vec<Standing> = found.parts.iter().map(|part| part.standing).collect();
        assert_eq!(parts, standings, "{text}");
    };
    use Standing::{Consolidated, Missing, Own, Within};
    check(
        "1 - 10 100 -; 2 1 5 - -; 3 2 7 - -",
        Some(100),
        &[Consolidated, Within(Party(1)), Within(Party(1))],
    );
    // A brother outside the statement is added; a nephew is within its own parent's.
    check(
        "1 - 10 - -; 2 1 5 50 -; 3 2 7 - -; 4 1 2 - -",
        Some(62),
        &[Own, Consolidated, Within(Party(2)), Own],
    );
    // Of two statements the higher one stands.
    check(
        "1 - 10 100 -; 2 1 5 50 -; 3 2 7 - -",
        Some(100),
        &[Consolidated, Within(Party(1)), Within(Party(1))],
    );
    check("1 - 10 - -; 2 1 - - -", Some(10), &[Own, Missing]);
    // Parents in a circle: one statement counts, of two the smaller party's.
    check("1 2 10 100 -; 2 1 5 - -", Some(100), &[Consolidated, Within(Party(1))]);
    check(
        "1 2 10 100 -; 2 1 5 90 -; 3 2 1 - -",
        Some(100),
        &[Consolidated, Within(Party(1)), Within(Party(1))],
    );
    check("1 2 10 - -; 2 1 5 - -; 3 2 1 7 -", Some(22), &[Own, Own, Consolidated]);
    check("1 1 10 - -", Some(10), &[Own]);
    // Each one's own, where that is the rule.
    let each = consolidate(Rule::Sum, Accounts::EachOwn, &figures("1 - 10 100 -; 2 1 5 - -"));
    assert_eq!(each.figure, Some(15));
}

#[test]
fn parents_are_those_whose_statements_cover() {
    let check = |text: &str, parents: &[&str]| {
        let book = crate::book::Book::of(text);
        let (graph, resolution) = book.resolve();
        let mut said = Vec::new();
        for members in resolution.proposed().groups().iter() {
            for (member, parent) in Steps::of(&graph, resolution.proposed(), members).parents(&graph) {
                said.push(format!(
                    "{}<{}",
                    book.name(member),
                    parent.map_or("-", |parent| book.name(parent))
                ));
            }
        }
        said.sort();
        assert_eq!(said, parents, "{text}");
    };
    check("A 60 B; B 60 C", &["A<-", "B<A", "C<B"]);
    // Together: the nearest company above both, be it one of them.
    check(
        "A 60 B; A 60 C; B 30 D; C 30 D; D 60 E",
        &["A<-", "B<A", "C<A", "D<A", "E<D"],
    );
    check("A 60 B; A 30 C; B 30 C", &["A<-", "B<A", "C<A"]);
    check(
        "A 60 B; B 60 X; A 60 C; X 30 D; C 30 D",
        &["A<-", "B<A", "C<A", "D<A", "X<B"],
    );
    // Persons have no statement.
    check(
        "p 60 A; p 60 B; A 30 C; B 30 C; A 60 D",
        &["A<-", "B<-", "C<-", "D<A", "p<-"],
    );
    check("p 30 C; A 30 C; p 60 A", &["A<-", "C<-", "p<-"]);
    check("A 100 B; B 100 A", &["A<B", "B<A"]);
    // In a circle, only who controls it alone.
    check("A 45 B; X 55 B; B 45 A; X 10 A; B 60 X", &["A<-", "B<X", "X<B"]);
}
