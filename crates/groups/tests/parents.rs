//! Who stands right above whom: the member whose consolidated statement covers another. 直接上级

use pinji_groups::Steps;

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
