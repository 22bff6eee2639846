//! Every code that the crate makes has the values that its sentence needs. 措辞

use std::collections::BTreeMap;

use pinji_domain::{Arg, Message};
use pinji_groups::words::{self, Names};
use pinji_groups::{Evidence, Party, Refusal, Test, Tie, bound, path, proposals, undecided};

use crate::book::{Book, day};

/// The values that each sentence of a language mentions, as its file stands.
fn sentences(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        // A sentence goes on in lines that are set in.
        if !line.starts_with(' ') {
            last.clear();
        }
        if let Some((code, _)) = line.split_once(" =").filter(|_| line.starts_with("groups-")) {
            last = code.to_owned();
            found.insert(last.clone(), Vec::new());
        }
        if let Some(values) = found.get_mut(&last) {
            for part in line.split('$').skip(1) {
                let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !values.contains(&name) {
                    values.push(name);
                }
            }
        }
    }
    for values in found.values_mut() {
        values.sort();
    }
    found
}

fn collect(message: &Message, all: &mut Vec<Message>) {
    for (_, value) in &message.args {
        if let Arg::Say(inner) = value {
            collect(inner, all);
        }
    }
    all.push(message.clone());
}

fn said() -> Vec<Message> {
    let book = Book::of(
        "p 60 A; q 30 B; p 30 B; p spouse q; A 60 C; A 60 D; C 30 E; D 30 E; A manages F; C joint G; D joint G
         R 100 S; S 100 R; H 60 I; H 60 J; s 60 K; s 60 L; A other R; * 10 I; p direct9 s; A ? M; A joint M; A 90 N; R 90 N
         A manages O; R manages O; A 10 T @2020-01-01..; A 20 T @2021-01-01..",
    );
    let (graph, resolution) = book.resolve();
    let party = |party: Party| Arg::from(book.name(party));
    let names = Names {
        party: &party,
        relations: &book.relations,
    };
    let mut all = Vec::new();
    for proposal in proposals(&graph, &resolution) {
        all.push(words::controller(&proposal.controller, &names));
        for member in &proposal.members {
            all.extend(member.tests.iter().map(|test| words::test(*test)));
            all.extend(member.reasons.iter().map(|reason| words::reason(reason, &names)));
            for step in path(&graph, resolution.proposed(), member.company) {
                all.push(words::step(&step, &names));
                all.extend(
                    step.by
                        .iter()
                        .map(|holding| words::holding(holding, step.basis, &names)),
                );
            }
        }
    }
    all.push(words::test(Test::Judgement));
    all.extend(
        undecided(&graph, &resolution)
            .iter()
            .map(|open| words::undecided(open, &names)),
    );
    all.extend(graph.doubts().iter().map(|doubt| words::doubt(doubt, &names)));
    all.extend(book.relations.iter().map(|relation| relation.tie.words()));
    all.push(Tie::Voting(pinji_groups::Share::HALF).words());
    all.extend(Evidence::ALL.into_iter().map(words::evidence));
    let (from, last) = (day("2026-01-02"), day("2026-01-01"));
    for refusal in [
        Refusal::UnknownParty(Party(1)),
        Refusal::EndsBeforeItBegins { from, last },
        Refusal::KinOfACompany,
        Refusal::TooFewGenerations(1),
        Refusal::TargetIsNoCompany,
        Refusal::ToItself,
    ] {
        all.push(words::refusal(refusal));
    }
    let grade = |rank: usize| Arg::from(rank);
    for (own, group, members) in [
        (Some(0), Some(3), 2),
        (Some(3), Some(3), 2),
        (Some(0), None, 2),
        (Some(0), Some(3), 1),
        (None, None, 2),
    ] {
        let bounded = bound(own, group, 1, members);
        all.push(words::bounded(&bounded, &grade));
        all.extend(words::notches(&bounded, &grade));
    }
    let mut flat = Vec::new();
    for message in &all {
        collect(message, &mut flat);
    }
    flat
}

#[test]
fn every_code_has_its_sentence_with_its_values() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../locales");
    let mut unsaid: Vec<String> = Vec::new();
    for language in ["zh", "en"] {
        let text = std::fs::read_to_string(format!("{folder}/{language}/office.ftl")).unwrap();
        let sentences = sentences(&text);
        let all = said();
        for message in &all {
            let mut given: Vec<&str> = message.args.iter().map(|(name, _)| *name).collect();
            given.sort_unstable();
            let wanted = sentences
                .get(message.code)
                .unwrap_or_else(|| panic!("{language}: no `{}`", message.code));
            assert_eq!(&given, wanted, "{language}: `{}`", message.code);
        }
        let never = sentences
            .keys()
            .filter(|code| !all.iter().any(|message| message.code == code.as_str()));
        unsaid.extend(never.cloned());
    }
    assert_eq!(unsaid, Vec::<String>::new(), "sentences that nothing here says");
}
