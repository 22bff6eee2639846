//! Every stage × every command.

use std::collections::BTreeSet;

use pinji_workflow::case::{Occasion, Stage};

use super::book::{Desk, command, told, who_is};

const WAYS: [(&str, &str); 8] = [
    ("screening", ""),
    ("awaiting_data", "11 ask -> asked"),
    ("judging", "11 name 31,32 -> called:2"),
    ("committee", "11 send -> sent-on"),
    (
        "voting",
        "11 send -> sent-on\n 11 propose key committee -> proposed\n 11 open meeting 21,22,23,24 -> ballot:4",
    ),
    (
        "tied",
        "11 send -> sent-on\n 11 propose key committee -> proposed\n 11 open meeting 21,22,23,24 -> ballot:4
         21 vote for -> voted\n 22 vote for -> voted\n 23 vote against 早 -> voted\n 24 vote against 早 -> voted
         11 close -> tied",
    ),
    ("decided", "11 accept -> decided:key@2027-01-15"),
    ("withdrawn", "11 withdraw -> withdrawn"),
];

// A dot is `wrong-stage`.
const TABLE: &str = "
step                         | screening  awaiting  judging          committee        voting    tied          decided        withdrawn
11 accept                    | decided    .         .                .                .         .             .              .
11 ask                       | asked      .         .                .                .         .             .              .
11 resume                    | .          resumed   .                .                .         .             .              .
11 draw 2                    | called     .         called           .                .         .             .              .
11 send                      | sent-on    .         .                .                .         .             .              .
31 opine good good           | .          .         opined           .                .         .             .              .
11 reconcile                 | .          .         opinions-missing .                .         .             .              .
11 propose key committee     | .          .         .                proposed         .         .             .              .
12 second                    | nothing-proposed nothing-proposed nothing-proposed nothing-proposed . .        .              .
12 decline                   | nothing-proposed nothing-proposed nothing-proposed nothing-proposed . .        .              .
21 open meeting 21,22,23     | .          .         .                nothing-proposed .         .             .              .
22 vote for                  | .          .         .                .                voted     .             .              .
21 close                     | .          .         .                .                rejected  chair-decides .              .
21 cast for                  | .          .         .                .                .         cast          .              .
22 dissent 0                 | .          .         .                no-such-ballot   .         .             no-such-ballot .
24 recuse                    | recused    recused   recused          recused          recused   already-voted .              .
11 rerun 8 key               | rerun      rerun     rerun            rerun            .         .             .              .
11 withdraw                  | withdrawn  withdrawn not-to-withdraw  not-to-withdraw  .         .             .              .
";

#[test]
fn every_stage_and_command() {
    let mut seen = 0;
    let mut commands = BTreeSet::new();
    for line in TABLE.lines().skip(2) {
        let (step, expected) = line.split_once('|').unwrap();
        let words: Vec<&str> = step.split_whitespace().collect();
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(expected.len(), WAYS.len(), "{line}");
        commands.insert(command(&words[1..]).name());
        for ((stage, way), expected) in WAYS.into_iter().zip(expected) {
            let mut desk = Desk::opened(
                Occasion::ByHand {
                    reason: "抽查".to_owned(),
                },
                "key",
            );
            desk.play(way);
            assert_eq!(desk.case.stage.name(), stage);
            let before = desk.case.clone();
            let result = desk.act(who_is(words[0]), command(&words[1..]));
            if result.is_err() {
                assert_eq!(desk.case, before);
            }
            let found = told(&result);
            let found = found.split([':', '+']).next().unwrap();
            let expected = if expected == "." { "wrong-stage" } else { expected };
            assert_eq!(found, expected, "{stage}: {step}");
            seen += 1;
        }
    }
    assert_eq!((seen, commands.len()), (18 * 8, 18));
}

/// The names of all commands, as the table has them.
pub fn command_names() -> BTreeSet<&'static str> {
    let steps = TABLE.lines().skip(2).filter_map(|line| line.split_once('|'));
    steps
        .map(|(step, _)| command(&step.split_whitespace().skip(1).collect::<Vec<_>>()).name())
        .collect()
}

#[test]
fn stages_have_names() {
    let mut names = Vec::new();
    for (stage, way) in WAYS {
        let mut desk = Desk::opened(
            Occasion::ByHand {
                reason: "抽查".to_owned(),
            },
            "key",
        );
        desk.play(way);
        assert_eq!(desk.case.stage.is_final(), ["decided", "withdrawn"].contains(&stage));
        names.push(desk.case.stage.name());
    }
    assert_eq!(names, Stage::NAMES);
}
