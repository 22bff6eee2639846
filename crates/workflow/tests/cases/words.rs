//! Every refusal and every line of the minutes has a sentence in both languages, with all the values that it mentions.

use pinji_domain::ids::{CaseId, RunId, UserId};
use pinji_domain::{Lang, Message};
use pinji_workflow::case::{BallotSecrecy, Conflict, Occasion, Rank, Refusal, Stage, minutes};

use super::book::Desk;
use crate::book::day;
use crate::words::said;

#[test]
fn refusals_have_words() {
    let user = || UserId(3);
    let text = || "risk".to_owned();
    let until = || day("2027-01-31");
    let longest = || day("2027-02-28");
    let (case, run, rank) = (CaseId(5), RunId(7), Rank(0));
    let mut all = vec![
        Refusal::Recused { person: user() },
        Refusal::ReasonMissing,
        Refusal::NotForAnother,
        Refusal::OpenedByNobody,
        Refusal::ProposalStands,
        Refusal::NothingProposed,
        Refusal::NotToWithdraw,
        Refusal::OlderRun { run },
        Refusal::NoFastLane,
        Refusal::Ungraded,
        Refusal::CoverageTooLow {
            coverage_ppm: 712_345,
            least_ppm: 800_000,
        },
        Refusal::NeverOnFastLane { rank },
        Refusal::FirstGrade,
        Refusal::TooFarForFastLane { notches: 2, limit: 1 },
        Refusal::NotConfirmed { runs: 1, needed: 2 },
        Refusal::CoolingDown { until: until() },
        Refusal::NoCommittee,
        Refusal::NothingJudged,
        Refusal::TooFewExperts { found: 1, needed: 2 },
        Refusal::NoExpert { person: user() },
        Refusal::ExpertConflicted { person: user() },
        Refusal::AlreadyCalled { person: user() },
        Refusal::NamesHimself,
        Refusal::NotCalled,
        Refusal::AlreadyOpined,
        Refusal::IndicatorMissing { indicator: text() },
        Refusal::NoSuchIndicator { indicator: text() },
        Refusal::NoSuchLevel {
            indicator: text(),
            level: text(),
        },
        Refusal::OpinionWithoutReason { indicator: text() },
        Refusal::OpinionsMissing { missing: 2 },
        Refusal::NoSuchGrade { rank },
        Refusal::InThePast { day: until() },
        Refusal::NoDeparture,
        Refusal::ForTheCommittee,
        Refusal::ForTheSecond,
        Refusal::UngradedModel,
        Refusal::NoOverrides,
        Refusal::OverrideWithoutReason,
        Refusal::NoSuchReason { code: text() },
        Refusal::TooManyNotches { notches: 2, limit: 1 },
        Refusal::NoEmergency,
        Refusal::ExpiryMissing { longest: longest() },
        Refusal::ExpiryOutside {
            until: until(),
            longest: longest(),
        },
        Refusal::OwnProposal,
        Refusal::NeedsNoSecond,
        Refusal::NotSeconded,
        Refusal::MakerConflicted { person: user() },
        Refusal::NoCirculation,
        Refusal::CirculationOutside {
            until: until(),
            longest: longest(),
        },
        Refusal::NoQuorum { counting: 2, quorum: 3 },
        Refusal::NoElector { member: user() },
        Refusal::AlreadyVoted { member: user() },
        Refusal::VotedTooLate { until: until() },
        Refusal::ReasonInSecret,
        Refusal::StillVoting {
            until: until(),
            missing: 2,
        },
        Refusal::NotTheChair,
        Refusal::ChairDecides,
        Refusal::ChairAbstains,
        Refusal::MustBeAnnulled,
        Refusal::NoSuchBallot { number: 4 },
        Refusal::DidNotVote,
        Refusal::Agreed,
        Refusal::AlreadyDissented,
        Refusal::SeatTwice { seat: text() },
        Refusal::MemberTwice { member: user() },
        Refusal::ChairWithoutSeat { chair: user() },
        Refusal::EmptyAgenda,
        Refusal::OnTheAgenda { case },
        Refusal::NotOnTheAgenda { case },
        Refusal::NoMember { person: user() },
        Refusal::BallotsOpen { open_ballots: 1 },
    ];
    let conflicts = [
        Conflict::AccountManager,
        Conflict::Shareholder,
        Conflict::SameOwnerGroup,
        Conflict::Relative,
        Conflict::Declared,
    ];
    all.extend(conflicts.map(|conflict| Refusal::Conflict { conflict }));
    let apart = [Occasion::Alert, Occasion::Appeal, Occasion::AfterEmergency];
    all.extend(apart.map(|occasion| Refusal::NeedsPeople {
        occasion: occasion.name(),
    }));
    all.extend(["called", "sitting", "closed"].map(|stage| Refusal::MeetingStage { stage }));
    for stage in Stage::NAMES {
        for command in super::stages::command_names() {
            all.push(Refusal::WrongStage { stage, command });
        }
    }
    for refusal in &all {
        said(&refusal.message());
        assert_eq!(refusal.to_string(), refusal.message().code);
    }
    let check = |refusal: &Refusal, lang: Lang, expected: &str| {
        assert_eq!(pinji_locale::say(lang, &refusal.message()), expected);
    };
    let low = Refusal::CoverageTooLow {
        coverage_ppm: 712_345,
        least_ppm: 800_000,
    };
    check(
        &low,
        Lang::En,
        "The grade stands on 71.23% of the weight, but the fast lane wants 80.00%. Ask for the missing data, or send the \
         case on.",
    );
    let wrong = Refusal::WrongStage {
        stage: "voting",
        command: "accept",
    };
    check(
        &wrong,
        Lang::Zh,
        "该评级案正在表决，不能接受机评等级，请刷新页面查看最新状态。",
    );
}

#[test]
fn minutes_have_words() {
    let votes = "21 vote for -> voted\n 22 vote against 早 -> voted\n 24 recuse -> recused";
    let lines = |before: &str, after: &str| -> Vec<Message> {
        let mut desk = Desk::new();
        desk.play("11 send -> sent-on");
        desk.play(before);
        desk.play(&format!("{votes}\n{after}"));
        let minutes = minutes(&desk.case, 0).unwrap();
        minutes.sentences(&|user| format!("U{user}"), &|rank| super::book::grade_word(rank).into())
    };
    let meeting = "12 propose vip committee recent_event -> proposed\n 11 second -> seconded
                   11 open meeting 21,22,23,24 -> ballot:4";
    let circulation = "12 propose key committee -> proposed\n 11 open until 2027-01-16 -> ballot:4";
    let mut all = lines(
        meeting,
        "23 vote for -> voted\n 11 close -> adopted+decided:vip@2027-01-15..2027-07-14",
    );
    all.extend(lines(
        circulation,
        "23 vote abstain -> voted\n 11 close -> tied\n 21 cast against -> cast:against",
    ));
    all.extend(lines(circulation, "day 2027-01-17\n 11 close -> no-quorum"));
    all.extend(lines(
        meeting,
        "conflict 22\n 11 close -> annulled\n 21 dissent 0 -> agreed",
    ));
    let codes: std::collections::BTreeSet<&str> = all.iter().map(|line| line.code).collect();
    assert!(codes.len() >= 16, "{codes:?}");
    all.iter().for_each(said);
    // A tie has no minutes before the chair has settled it.
    let mut desk = Desk::new();
    desk.terms.committee.as_mut().unwrap().secrecy = BallotSecrecy::Secret;
    desk.play(
        "11 send -> sent-on
         11 propose key committee -> proposed
         11 open meeting 21,22,23,24 -> ballot:4
         21 vote for -> voted+counted
         22 vote against -> voted+counted
         11 close -> tied",
    );
    assert_eq!(minutes(&desk.case, 0), None);
    assert_eq!(minutes(&desk.case, 1), None);
}
