//! The minutes of a ballot: what was proposed, who took part, what was said, what came out. 会议纪要
//!
//! They follow from the case alone, so that anybody can write them again and compare. Of a secret ballot they name nobody's
//! vote: there is nothing kept that could.

use pinji_domain::ids::UserId;
use pinji_domain::{Arg, Message};

use super::ballot::{Closed, Outcome, Sitting, Vote};
use super::terms::{BallotSecrecy, Rank};
use super::{Basis, Case, Decision, Stage};

/// The minutes of one ballot of a case. 会议纪要
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minutes<'c> {
    /// The case.
    pub case: &'c Case,
    /// The ballot's number within the case, from 0.
    pub number: u32,
    /// The ballot and what came of it.
    pub closed: &'c Closed,
    /// The decision, where this ballot made one.
    pub decision: Option<&'c Decision>,
}

/// The minutes of a closed ballot; `None` where there is no such ballot, or it still waits for the chair. 会议纪要
pub fn minutes(case: &Case, number: u32) -> Option<Minutes<'_>> {
    let closed = case.ballots.get(usize::try_from(number).ok()?)?;
    if closed.outcome == Outcome::Tied {
        return None;
    }
    let decision = match &case.stage {
        Stage::Decided(decision) if decision.basis == (Basis::Committee { ballot: number }) => Some(decision),
        _ => None,
    };
    Some(Minutes {
        case,
        number,
        closed,
        decision,
    })
}

impl Minutes<'_> {
    /// The sentences, in their order.
    ///
    /// - `who`: a person's name; `grade`: a grade's, `None` being ungraded. The edge knows them.
    pub fn sentences(&self, who: &dyn Fn(UserId) -> String, grade: &dyn Fn(Option<Rank>) -> Arg) -> Vec<Message> {
        let mut lines = self.beginning(who, grade);
        let ballot = &self.closed.ballot;
        for (member, seat) in &ballot.electors {
            let code = match self.closed.counting.contains(member) {
                true => "case-minutes-took-part",
                false => "case-minutes-took-no-part",
            };
            let seat = seat.as_str();
            lines.push(Message::new(code).with("who", who(*member)).with("seat", seat));
        }
        for (person, (_, reason)) in &self.case.recused {
            let line = Message::new("case-minutes-recused").with("who", who(*person));
            lines.push(line.with("reason", reason.as_str()));
        }
        lines.extend(self.votes(who));
        lines.push(self.outcome(who));
        for (signed, reason) in &self.closed.dissent {
            let line = Message::new("case-minutes-dissent").with("who", who(signed.by.user));
            lines.push(line.with("reason", reason.as_str()));
        }
        if let Some(decision) = self.decision {
            let line = Message::new("case-minutes-effective").with("grade", grade(decision.grade));
            lines.push(line.with("from", decision.effective.to_string()));
            if let Some(departure) = &decision.departure {
                let line = Message::new("case-minutes-until").with("until", departure.until.to_string());
                lines.push(line.with("grade", grade(decision.model.grade)));
            }
        }
        lines
    }

    fn beginning(&self, who: &dyn Fn(UserId) -> String, grade: &dyn Fn(Option<Rank>) -> Arg) -> Vec<Message> {
        let proposal = &self.closed.proposal;
        let mut lines = vec![match &self.closed.ballot.sitting {
            Sitting::Meeting { meeting, .. } => {
                Message::new("case-minutes-meeting").with("meeting", meeting.to_string())
            }
            Sitting::Circulation { until } => Message::new("case-minutes-circulation").with("until", until.to_string()),
        }];
        let proposed = Message::new("case-minutes-proposed").with("who", who(proposal.signed.by.user));
        let proposed = proposed.with("grade", grade(proposal.terms.grade));
        lines.push(proposed.with("model", grade(self.case.model.grade)));
        if let Some(why) = &proposal.terms.why {
            let line = Message::new("case-minutes-why").with("code", why.code.as_str());
            lines.push(line.with("reason", why.reason.as_str()));
        }
        if let Some(signed) = proposal.seconded {
            lines.push(Message::new("case-minutes-seconded").with("who", who(signed.by.user)));
        }
        lines
    }

    fn votes(&self, who: &dyn Fn(UserId) -> String) -> Vec<Message> {
        let ballot = &self.closed.ballot;
        let mut lines = Vec::new();
        if ballot.secrecy == BallotSecrecy::Open {
            for (member, cast) in &ballot.cast {
                let Some((vote, reason)) = &cast.said else { continue };
                let code = match reason.is_empty() {
                    true => "case-minutes-vote",
                    false => "case-minutes-vote-because",
                };
                let line = Message::new(code).with("who", who(*member)).with("vote", word(*vote));
                lines.push(match reason.is_empty() {
                    true => line,
                    false => line.with("reason", reason.as_str()),
                });
            }
        }
        let tally = Message::new("case-minutes-tally").with("yes", i64::from(ballot.tally.yes));
        let tally = tally.with("no", i64::from(ballot.tally.no));
        lines.push(tally.with("abstained", i64::from(ballot.tally.abstained)));
        if let Some((signed, vote)) = self.closed.casting {
            let line = Message::new("case-minutes-casting").with("who", who(signed.by.user));
            lines.push(line.with("vote", word(vote)));
        }
        lines
    }

    fn outcome(&self, who: &dyn Fn(UserId) -> String) -> Message {
        match &self.closed.outcome {
            Outcome::Adopted => Message::new("case-minutes-adopted"),
            // A tie has no minutes before it is settled.
            Outcome::Rejected | Outcome::Tied => Message::new("case-minutes-rejected"),
            Outcome::NoQuorum { counting, quorum } => Message::new("case-minutes-no-quorum")
                .with("counting", i64::from(*counting))
                .with("quorum", i64::from(*quorum)),
            Outcome::Annulled { conflicted } => {
                let people: Vec<String> = conflicted.iter().map(|user| who(*user)).collect();
                Message::new("case-minutes-annulled").with("who", people.join(", "))
            }
        }
    }
}

fn word(vote: Vote) -> Message {
    Message::new(match vote {
        Vote::For => "case-vote-for",
        Vote::Against => "case-vote-against",
        Vote::Abstain => "case-vote-abstain",
    })
}
