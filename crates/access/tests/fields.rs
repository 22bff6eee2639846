//! Which fields are shown to whom, cell by cell. 字段级权限

use pinji_access::{FieldClass, Relation, Resource, What};
use pinji_domain::{Role, Secrecy};

use crate::cells::{actor_of, columns, permissions};

/// Reaches as in the table of actions; `p`: with a permission only.
#[rustfmt::skip]
const TABLE: [(&str, &str); 7] = [
    //              c u a e m h r k f s  s s a  c
    ("general",    "T U U U U U U T U A  - - -  O"),
    ("personal",   "T U U - - - - T - -  - - -  O"),
    ("figure",     "T U U U U U U T U A  - - -  -"),
    ("restricted", "- - Up - Up Up Up Tp Up Ap - - - -"),
    ("opinion",    "- - - - U U U - - A  - - -  -"),
    ("grade",      "- - - U U U U T U A  - - -  O"),
    ("reason",     "- - - U U U U T U A  - - -  O"),
];

#[test]
fn each_class_is_shown_to_those_of_the_table() {
    let mut compared = 0;
    for class in FieldClass::ALL {
        let (_, row) = TABLE.iter().find(|(code, _)| *code == class.code()).unwrap();
        for (column, role) in columns().enumerate() {
            let reach = row.split_whitespace().nth(column).unwrap_or("-");
            let far = match reach.chars().next() {
                Some('O') => 1,
                Some('T') => 2,
                Some('U') => 3,
                Some('A') => 4,
                _ => 0,
            };
            for (at, relation) in Relation::ALL.into_iter().enumerate() {
                for secrecy in Secrecy::ALL {
                    for granted in [false, true] {
                        let thing = Resource {
                            granted,
                            ..Resource::new(What::Record).related(relation).secret(secrecy)
                        };
                        let open = secrecy == Secrecy::Internal || granted || role == Some(Role::Customer);
                        let wanted = at < far && open && (granted || !reach.ends_with('p'));
                        let found = permissions().visible(&actor_of(role), class, &thing);
                        assert_eq!(found, wanted, "{class:?} to {role:?}: {thing:?}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert_eq!(compared, 7 * 15 * 5 * 2 * 2);
}

#[test]
fn declared_fields_have_their_class() {
    let field = |personal: bool| pinji_domain::Field {
        id: "x".to_owned(),
        ty: pinji_domain::FieldType::Text,
        unit: pinji_domain::Text::new("", ""),
        label: pinji_domain::Text::new("", ""),
        aliases: Vec::new(),
        words: Vec::new(),
        required: false,
        personal,
    };
    assert_eq!(FieldClass::of("customer", &field(true)), FieldClass::Personal);
    assert_eq!(FieldClass::of("customer", &field(false)), FieldClass::General);
    assert_eq!(FieldClass::of("financials", &field(false)), FieldClass::Figure);
    assert_eq!(FieldClass::of("assessment", &field(true)), FieldClass::Personal);
}
