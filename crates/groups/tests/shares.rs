//! Effective shares and ultimate owners. 实际持股与穿透

use pinji_groups::{Party, PartyKind, Share, Tie, look_through};

use crate::book::Book;

fn units(text: &str) -> Option<u32> {
    (text != "-").then(|| crate::book::percent(text).units())
}

#[test]
fn the_controllers_share_follows_the_group() {
    let check = |text: &str, company: &str, share: &str| {
        let book = Book::of(text);
        let found = book.resolve().1.share(book.at(company));
        assert_eq!(found.map(Share::units), units(share), "{company} in {text}");
    };
    check("A 60 B; B 60 C", "C", "36");
    check("A 60 B; B 60 C; A 10 C", "C", "46");
    check("A 60 B; B 60 C", "A", "100");
    // What comes back to the controller does not count again; what members hold of each other does.
    check("A 80 B; B 20 A", "B", "80");
    check("A 60 B; A 60 C; B 40 C; C 40 B", "C", "100");
    check("A 60 B; A 60 C; B 20 C; C 20 B", "C", "75");
    // Own shares belong to the other holders.
    check("B 20 B; A 60 B; X 20 B", "B", "75");
    // A minority through another group is not the group's.
    check("A 60 B; A 40 X; X 40 B", "B", "60");
    // Control without ownership.
    check("A manages B", "B", "0");
    check("A manages B; A manages C; B 100 C; C 100 B", "C", "0");
    check("A 100 B; B 100 A", "A", "-");
    check("A 33.3333333 B; A votes 60 B", "B", "33.3333333");
}

#[test]
fn owners_are_followed_to_the_end() {
    let check = |text: &str, company: &str, owners: &str, unknown: &str, circle: &str| {
        let book = Book::of(text);
        let found = look_through(&book.graph("2026-01-01"), book.at(company)).unwrap();
        let said = |(party, share): &(Party, Share)| format!("{} {share}", book.name(*party));
        let said: Vec<String> = found.owners.iter().map(said).collect();
        assert_eq!(said.join(", "), owners, "{company} in {text}");
        assert_eq!(found.unknown.to_string(), unknown, "unknown of {text}");
        assert_eq!(found.circle.to_string(), circle, "circle of {text}");
        assert!(found.settled);
    };
    check("p 75 A", "A", "p 75%", "25%", "0%");
    check("p 60 A; q 40 A; A 50 B; q 50 B", "B", "q 70%, p 30%", "0%", "0%");
    // 0.8 B comes from A, of which B has a fifth: 0.8 × 0.8 / (1 − 0.16).
    check(
        "p 80 A; B 20 A; A 80 B; q 20 B",
        "B",
        "p 76.1904762%, q 23.8095238%",
        "0%",
        "0%",
    );
    check("A 100 B; B 100 A", "A", "", "0%", "100%");
    check("A 100 B; B 100 A; A 30 C; p 70 C", "C", "p 70%", "0%", "30%");
    check("A 50 A; p 25 A", "A", "p 50%", "50%", "0%");
    check("A 100 A", "A", "", "0%", "100%");
    check("A ? B", "B", "", "100%", "0%");
    check("A", "A", "", "100%", "0%");
    check(
        "p 33.3333333 A; q 33.3333333 A; r 33.3333334 A",
        "A",
        "r 33.3333334%, p 33.3333333%, q 33.3333333%",
        "0%",
        "0%",
    );
    // Thirds of thirds: rounded, and the whole all the same.
    check(
        "P 33.3333333 A; Q 66.6666667 A; r 33.3333333 P; s 66.6666667 P",
        "A",
        "Q 66.6666667%, s 22.2222222%, r 11.1111111%",
        "0%",
        "0%",
    );
    assert_eq!(look_through(&Book::of("A").graph("2026-01-01"), Party(7)), None);
}

/// A ring in which each holds `part` of the next, and the head or an owner the rest of the first.
fn ring(size: u32, part: u32) -> Book {
    let mut book = Book {
        kinds: vec![PartyKind::Company; size as usize + 1],
        ..Book::default()
    };
    let tie = |units| Tie::Equity(Share::from_units(units));
    for at in 1..=size {
        let next = at % size + 1;
        let part = if next == 1 { part } else { 1_000_000_000 };
        book.relate(Party(at), tie(part), Party(next));
    }
    book.relate(Party(0), tie(1_000_000_000 - part), Party(1));
    book.relate(Party(0), Tie::Management, Party(1));
    book
}

#[test]
fn nearly_closed_rings_lose_no_digits() {
    // All that is not the ring's own is the head's, however little that is: it has the whole of each.
    for (size, part) in [
        (2, 999_999_999),
        (3, 400_000_000),
        (16, 999_999_999),
        (17, 999_999_999),
        (900, 999_999_999),
        (3_000, 400_000_000),
    ] {
        let book = ring(size, part);
        let (graph, resolution) = book.resolve();
        assert_eq!(resolution.unsettled().count(), 0, "{size} {part}");
        for at in [1, size / 2 + 1, size] {
            assert_eq!(resolution.controller(Party(at)), Some(Party(0)));
            assert_eq!(resolution.share(Party(at)), Some(Share::WHOLE), "{size} {part} {at}");
        }
        let found = look_through(&graph, Party(size / 2 + 1)).unwrap();
        assert_eq!(found.owners, [(Party(0), Share::WHOLE)], "{size} {part}");
        assert!(found.settled);
    }
    // Beyond what is eliminated it is said that the share did not settle, and it ends.
    let (graph, resolution) = ring(1_100, 999_999_999).resolve();
    assert_eq!(resolution.unsettled().count(), 1);
    assert!(!look_through(&graph, Party(5)).unwrap().settled);
}
