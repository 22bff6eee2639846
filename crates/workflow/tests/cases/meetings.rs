//! Meetings: called, opened, closed.

use std::collections::BTreeSet;

use pinji_domain::ids::{CaseId, MeetingId, UserId};
use pinji_workflow::case::{Meeting, MeetingCommand, Refusal, Roll, Sitting, convene, decide_meeting};

use super::book::roll;
use crate::book::{COLLECTOR, day, signed};

fn called(agenda: &[i64], on: &str) -> Result<Meeting, Refusal> {
    let agenda = agenda.iter().copied().map(CaseId).collect();
    convene(MeetingId(3), day(on), agenda, signed(COLLECTOR), day("2027-01-15"))
}

#[test]
fn a_meeting_is_called() {
    let check = |agenda: &[i64], on: &str, expected: Option<&str>| {
        let code = called(agenda, on).err().map(|refusal| refusal.message().code);
        assert_eq!(code, expected, "{agenda:?} {on}");
    };
    check(&[5, 6], "2027-01-15", None);
    check(&[], "2027-01-15", Some("case-empty-agenda"));
    check(&[5, 6, 5], "2027-01-15", Some("case-on-the-agenda"));
    check(&[5], "2027-01-14", Some("case-in-the-past"));
}

#[test]
fn a_meeting_goes_its_way() {
    let mut meeting = called(&[5], "2027-01-20").unwrap();
    let some = |ids: &[i64]| -> BTreeSet<UserId> { ids.iter().copied().map(UserId).collect() };
    let mut check = |command: MeetingCommand, expected: Option<&str>, here: &[i64]| {
        let result = decide_meeting(&meeting, &roll(), command.clone(), signed(COLLECTOR));
        let code = result.as_ref().err().map(|refusal| refusal.message().code);
        assert_eq!(code, expected, "{command:?}");
        if let Ok(event) = result {
            meeting = meeting.clone().after(&event);
        }
        assert_eq!(meeting.present, some(here), "{command:?}");
        let sitting = |case: i64| match meeting.sitting(CaseId(case)) {
            Ok(Sitting::Meeting { present, .. }) => present.len() as i64,
            Ok(Sitting::Circulation { .. }) => panic!(),
            Err(refusal) if refusal.message().code == "case-not-on-the-agenda" => -1,
            Err(_) => -2,
        };
        (sitting(5), sitting(6))
    };
    let wrong = Some("case-meeting-stage");
    assert_eq!(check(MeetingCommand::Arrive(UserId(21)), wrong, &[]), (-2, -2));
    check(MeetingCommand::Close { open_ballots: 0 }, wrong, &[]);
    let open = |ids: &[i64]| MeetingCommand::Open { present: some(ids) };
    check(open(&[21, 99]), Some("case-no-member"), &[]);
    assert_eq!(check(open(&[21, 22]), None, &[21, 22]), (2, -1));
    check(open(&[21, 22]), wrong, &[21, 22]);
    check(MeetingCommand::Arrive(UserId(23)), None, &[21, 22, 23]);
    check(
        MeetingCommand::Arrive(UserId(99)),
        Some("case-no-member"),
        &[21, 22, 23],
    );
    check(MeetingCommand::Leave(UserId(21)), None, &[22, 23]);
    check(MeetingCommand::Add(CaseId(5)), Some("case-on-the-agenda"), &[22, 23]);
    assert_eq!(check(MeetingCommand::Add(CaseId(6)), None, &[22, 23]), (2, 2));
    check(
        MeetingCommand::Close { open_ballots: 1 },
        Some("case-ballots-open"),
        &[22, 23],
    );
    check(MeetingCommand::Close { open_ballots: 0 }, None, &[22, 23]);
    check(MeetingCommand::Leave(UserId(22)), wrong, &[22, 23]);
    assert_eq!(check(MeetingCommand::Add(CaseId(7)), wrong, &[22, 23]), (-2, -2));
}

#[test]
fn a_roll_is_in_order() {
    let check = |seats: &[(&str, i64)], chair: Option<i64>, expected: Option<&str>| {
        let seats = seats.iter().map(|(seat, id)| ((*seat).to_owned(), UserId(*id)));
        let code = Roll::new(seats, chair.map(UserId))
            .err()
            .map(|refusal| refusal.message().code);
        assert_eq!(code, expected);
    };
    check(&[("risk", 1), ("finance", 2)], Some(2), None);
    check(&[("risk", 1), ("finance", 2)], None, None);
    check(&[("risk", 1), ("risk", 2)], None, Some("case-seat-twice"));
    check(&[("risk", 1), ("finance", 1)], None, Some("case-member-twice"));
    check(&[("risk", 1)], Some(2), Some("case-chair-without-seat"));
}
