//! Experts: called, blind, made one, sent back once.

use pinji_domain::ids::UserId;
use pinji_workflow::case::{Chosen, Event, Onward, Refusal, Stage, opinions};

use super::book::{Desk, who_is};

#[test]
fn opinions_become_one() {
    let check = |opinions: &[(&str, &str)], expected: &str| {
        let mut desk = Desk::new();
        let names: Vec<String> = (31..31 + opinions.len()).map(|id| id.to_string()).collect();
        desk.play(&format!("11 name {} -> called:{}", names.join(","), opinions.len()));
        for (at, (reputation, satisfaction)) in opinions.iter().enumerate() {
            let after = if at + 1 == opinions.len() { expected } else { "opined" };
            desk.play(&format!("{} opine {reputation} {satisfaction} -> {after}", names[at]));
        }
    };
    // Reputation by the median, satisfaction by the mean; at most 50 and 30 points apart.
    check(&[("good", "good"), ("good", "good")], "opined+reconciled:80,80");
    check(
        &[("excellent", "excellent"), ("good", "good")],
        "opined+reconciled:90,90",
    );
    check(
        &[("excellent", "excellent"), ("excellent", "good"), ("fair", "excellent")],
        "opined+reconciled:100,93.3333",
    );
    check(&[("good", "excellent"), ("good", "fair")], "opined+sent-back");
    check(&[("excellent", "good"), ("poor", "good")], "opined+sent-back");
}

#[test]
fn too_far_apart_goes_back_once_and_then_on_with_both_views() {
    let mut desk = Desk::new();
    desk.play(
        "11 name 31,32 -> called:2
         31 opine good excellent -> opined
         32 opine good poor      -> opined+sent-back
         11 send                 -> wrong-stage
         31 opine good excellent -> opined
         32 opine good fair      -> opined+reconciled:80,split",
    );
    assert_eq!(desk.case.stage, Stage::Committee);
    let seen = desk.look(|around| opinions(&desk.case, around, who_is("22")).unwrap().len());
    assert_eq!(seen, 4);
    // Where they agree the second time, they are one.
    let mut desk = Desk::new();
    desk.play(
        "11 name 31,32 -> called:2
         31 opine good excellent -> opined
         32 opine good poor      -> opined+sent-back
         31 opine good good      -> opined
         32 opine good good      -> opined+reconciled:80,80",
    );
}

#[test]
fn who_is_asked() {
    let mut desk = Desk::new();
    desk.play(
        "11 name 31         -> too-few-experts
         11 name 31,77      -> no-expert
         33 name 31,33      -> names-himself
         9/33 name 31,33    -> names-himself
         11 draw 7          -> too-few-experts
         11 draw 0          -> too-few-experts
         31 opine good good -> wrong-stage
         conflict 32
         11 name 31,32      -> expert-conflicted
         11 draw 6          -> too-few-experts
         11 draw 5          -> called:5
         11 name 31         -> already-called
         32 opine good good -> conflict
         8 opine good good  -> not-called
         8/31 opine good good -> not-for-another
         31 opine good good -> opined
         31 opine fair good -> already-opined
         33 opine good best -> no-such-level",
    );
    let panel = desk.case.panel.as_ref().unwrap();
    assert!(panel.experts.values().all(|how| *how == Chosen::Drawn));
    assert!(!panel.experts.contains_key(&UserId(32)));
    desk.terms.judged.clear();
    desk.play("11 draw 1 -> nothing-judged");
}

#[test]
fn an_opinion_is_whole() {
    let check = |change: fn(&mut std::collections::BTreeMap<String, pinji_workflow::case::Judgement>),
                 expected: Refusal| {
        let mut desk = Desk::new();
        desk.play("11 name 31,32 -> called:2");
        let pinji_workflow::case::Command::Opine(mut scores) = super::book::command(&["opine", "good", "good"]) else {
            panic!()
        };
        change(&mut scores);
        let result = desk.act(who_is("31"), pinji_workflow::case::Command::Opine(scores));
        assert_eq!(result, Err(expected));
    };
    let indicator = || "reputation".to_owned();
    check(
        |scores| drop(scores.remove("reputation")),
        Refusal::IndicatorMissing { indicator: indicator() },
    );
    check(
        |scores| scores.get_mut("reputation").unwrap().reason = " ".to_owned(),
        Refusal::OpinionWithoutReason { indicator: indicator() },
    );
    check(
        |scores| {
            let more = scores["reputation"].clone();
            scores.insert("beauty".to_owned(), more);
        },
        Refusal::NoSuchIndicator {
            indicator: "beauty".to_owned(),
        },
    );
}

#[test]
fn experts_fall_away() {
    // The one for whom the others waited stands aside: what is there is enough.
    Desk::new().play(
        "11 name 31,32,33 -> called:3
         31 opine good good -> opined
         32 opine good good -> opined
         33 recuse          -> recused+reconciled:80,80",
    );
    // It is not enough: more are called.
    Desk::new().play(
        "11 name 31,32 -> called:2
         31 opine good good -> opined
         32 recuse          -> recused
         11 reconcile       -> too-few-experts
         11 name 32         -> expert-conflicted
         11 draw 1          -> called:1
         11 reconcile       -> opinions-missing",
    );
    // A conflict comes to light: his opinion does not count, and nobody must wait for him.
    Desk::new().play(
        "11 name 31,32,33 -> called:3
         31 opine good good      -> opined
         32 opine excellent good -> opined
         11 reconcile       -> opinions-missing
         conflict 33
         33 opine poor poor -> conflict
         11 reconcile       -> reconciled:90,80",
    );
    let mut desk = Desk::new();
    desk.terms.committee = None;
    desk.play(
        "11 name 31,32 -> called:2\n 31 opine good good -> opined\n 32 opine good good -> opined+reconciled:80,80",
    );
    assert_eq!(desk.case.stage, Stage::Screening);
    assert!(matches!(
        desk.events.last(),
        Some(Event::Reconciled {
            onward: Onward::Screening,
            ..
        })
    ));
}

#[test]
fn experts_are_blind_to_each_other() {
    let mut desk = Desk::new();
    let seen = |desk: &Desk, who: &str| {
        desk.look(|around| match opinions(&desk.case, around, who_is(who)) {
            Ok(found) => {
                let found = found.iter().map(|view| format!("{}.{}", view.round, view.expert));
                found.collect::<Vec<_>>().join(" ")
            }
            Err(refusal) => refusal.message().code.to_owned(),
        })
    };
    let check = |desk: &Desk, rows: [(&str, &str); 4]| {
        for (who, expected) in rows {
            assert_eq!(seen(desk, who), expected, "{who}");
        }
    };
    desk.play("11 name 31,32 -> called:2\n 31 opine good excellent -> opined");
    check(&desk, [("31", "1.31"), ("32", ""), ("11", ""), ("41", "case-conflict")]);
    desk.play("32 opine good poor -> opined+sent-back\n 32 opine good good -> opined");
    check(
        &desk,
        [
            ("31", "1.31 1.32"),
            ("32", "1.31 1.32 2.32"),
            ("22", ""),
            ("9/41", "case-conflict"),
        ],
    );
    desk.play("31 opine good good -> opined+reconciled:80,80");
    let all = "1.31 1.32 2.31 2.32";
    check(&desk, [("31", all), ("22", all), ("11", all), ("41", "case-conflict")]);
}
