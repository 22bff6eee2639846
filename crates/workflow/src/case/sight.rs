//! Who sees what of opinions and ballots, and when. 可见范围
//!
//! Nobody with a conflict sees either. Experts are blind to each other until all opinions are in, everybody else is until
//! then as well. Of a ballot that is open one sees how many have voted and one's own vote; of a closed one the votes where
//! it was open, the totals where it was secret.

use std::collections::BTreeMap;

use pinji_domain::ids::UserId;

use super::ballot::{Ballot, Closed, Outcome, Tally, Vote};
use super::decide::{Around, stands_apart};
use super::panel::Opinion;
use super::refusal::Refusal;
use super::{Case, Stage};
use crate::submission::By;

/// An opinion that somebody may see. 可见意见
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpinionView<'c> {
    /// 1 or, after it went back to the experts, 2.
    pub round: u8,
    /// Whose.
    pub expert: UserId,
    /// What.
    pub opinion: &'c Opinion,
}

/// The opinions that somebody may see at this moment. 可见意见
///
/// # Errors
/// He has a conflict.
pub fn opinions<'c>(case: &'c Case, around: &Around<'_>, by: By) -> Result<Vec<OpinionView<'c>>, Refusal> {
    stands_apart(case, around, by)?;
    let Some(panel) = &case.panel else {
        return Ok(Vec::new());
    };
    let is_judging = case.stage == Stage::Judging;
    let is_expert = by.people().any(|user| panel.experts.contains_key(&user));
    let round = |round: u8, opinions: &'c BTreeMap<UserId, Opinion>| {
        opinions.iter().map(move |(expert, opinion)| OpinionView {
            round,
            expert: *expert,
            opinion,
        })
    };
    let last = if panel.before.is_some() { 2 } else { 1 };
    let before = panel.before.iter().flat_map(|opinions| round(1, opinions));
    let now = round(last, &panel.opinions);
    let own = |view: &OpinionView<'_>| view.expert == by.user;
    Ok(match (is_judging, is_expert) {
        (false, _) => before.chain(now).collect(),
        // The first round was complete: its views are why it went back.
        (true, true) => before.chain(now.filter(own)).collect(),
        (true, false) => Vec::new(),
    })
}

/// A ballot as somebody may see it. 可见表决
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotView<'c> {
    /// Its number within the case, from 0.
    pub number: u32,
    /// Who may vote, with the seats.
    pub electors: &'c BTreeMap<UserId, String>,
    /// How many have voted.
    pub voted: usize,
    /// Who said what and why; of a closed, open ballot.
    pub votes: Option<Vec<(UserId, Vote, &'c str)>>,
    /// How many said what; of a closed ballot.
    pub tally: Option<Tally>,
    /// What one has said oneself in an open ballot.
    pub own: Option<Vote>,
    /// What came out; of a closed ballot.
    pub outcome: Option<&'c Outcome>,
}

/// The ballots as somebody may see them at this moment. 可见表决
///
/// # Errors
/// He has a conflict.
pub fn ballots<'c>(case: &'c Case, around: &Around<'_>, by: By) -> Result<Vec<BallotView<'c>>, Refusal> {
    stands_apart(case, around, by)?;
    let closed = case.ballots.iter().map(|closed| (&closed.ballot, Some(closed)));
    let open = match &case.stage {
        Stage::Voting(ballot) => Some((ballot, None)),
        _ => None,
    };
    let all = closed.chain(open).zip(0..);
    Ok(all
        .map(|((ballot, closed), number)| view(ballot, closed, number, by))
        .collect())
}

fn view<'c>(ballot: &'c Ballot, closed: Option<&'c Closed>, number: u32, by: By) -> BallotView<'c> {
    let said = ballot.cast.iter().map(|(member, cast)| {
        let (vote, reason) = cast.said.as_ref()?;
        Some((*member, *vote, reason.as_str()))
    });
    // One secret vote, and the list as a whole is none.
    let votes: Option<Vec<_>> = said.collect();
    let member = by.on_behalf_of.unwrap_or(by.user);
    let own = ballot.cast.get(&member).and_then(|cast| cast.said.as_ref());
    BallotView {
        number,
        electors: &ballot.electors,
        voted: ballot.cast.len(),
        votes: votes.filter(|_| closed.is_some() && ballot.secrecy == super::BallotSecrecy::Open),
        tally: closed.map(|_| ballot.tally),
        own: own.map(|(vote, _)| *vote),
        outcome: closed.map(|closed| &closed.outcome),
    }
}
