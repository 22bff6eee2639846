//! Why the rules of cases say no. 拒绝原因

use pinji_domain::ids::{CaseId, RunId, UserId};
use pinji_domain::number::plain;
use pinji_domain::{Date, Message};

use super::people::Conflict;
use super::terms::Rank;

/// Why a command is refused. Nothing has changed then. 拒绝
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().code)]
pub enum Refusal {
    /// The command does not fit where the case stands.
    WrongStage {
        /// Where it stands.
        stage: &'static str,
        /// What was wanted.
        command: &'static str,
    },
    /// Who acts, or for whom he does, has a conflict with the customer.
    Conflict {
        /// Which.
        conflict: Conflict,
    },
    /// Who acts, or for whom he does, has declared that he stands aside.
    Recused {
        /// Who.
        person: UserId,
    },
    /// A reason is needed here.
    ReasonMissing,
    /// This is done by oneself, not for another.
    NotForAnother,
    /// By hand means by somebody.
    OpenedByNobody,
    /// A proposal stands in the way.
    ProposalStands,
    /// Nothing is proposed.
    NothingProposed,
    /// It cannot be taken back.
    NotToWithdraw,
    /// The run is not newer.
    OlderRun {
        /// The run that the case stands on.
        run: RunId,
    },
    /// The policy has no fast lane.
    NoFastLane,
    /// Such a case is not for the fast lane.
    NeedsPeople {
        /// Why the case was opened.
        occasion: &'static str,
    },
    /// There is no model grade to accept.
    Ungraded,
    /// Too little is known for the fast lane.
    CoverageTooLow {
        /// The coverage, in millionths.
        coverage_ppm: u32,
        /// The least.
        least_ppm: u32,
    },
    /// A grade that is neither given nor taken on the fast lane.
    NeverOnFastLane {
        /// The grade.
        rank: Rank,
    },
    /// The first grade is not for the fast lane.
    FirstGrade,
    /// The grade moves too far for the fast lane.
    TooFarForFastLane {
        /// How far.
        notches: u16,
        /// How far at most.
        limit: u16,
    },
    /// A fall is not confirmed yet.
    NotConfirmed {
        /// How many runs say so.
        runs: u32,
        /// How many must.
        needed: u32,
    },
    /// The grade may not rise yet.
    CoolingDown {
        /// From when on it may rise.
        until: Date,
    },
    /// The policy has no committee.
    NoCommittee,
    /// No indicator is judged by experts.
    NothingJudged,
    /// There are too few experts without a conflict.
    TooFewExperts {
        /// How many there are.
        found: u32,
        /// How many there must be.
        needed: u32,
    },
    /// The person is no expert.
    NoExpert {
        /// Who.
        person: UserId,
    },
    /// The expert has a conflict.
    ExpertConflicted {
        /// Who.
        person: UserId,
    },
    /// The expert was called already.
    AlreadyCalled {
        /// Who.
        person: UserId,
    },
    /// Nobody names himself.
    NamesHimself,
    /// He was not called as an expert.
    NotCalled,
    /// He has given his opinion.
    AlreadyOpined,
    /// An indicator was not judged.
    IndicatorMissing {
        /// Which.
        indicator: String,
    },
    /// No such indicator is judged.
    NoSuchIndicator {
        /// Which.
        indicator: String,
    },
    /// There is no such level.
    NoSuchLevel {
        /// Of which indicator.
        indicator: String,
        /// Which.
        level: String,
    },
    /// An opinion needs a reason.
    OpinionWithoutReason {
        /// Which.
        indicator: String,
    },
    /// Not all opinions are in.
    OpinionsMissing {
        /// How many.
        missing: usize,
    },
    /// There is no such grade.
    NoSuchGrade {
        /// Which.
        rank: Rank,
    },
    /// The day is over.
    InThePast {
        /// Which.
        day: Date,
    },
    /// It does not depart from the model grade.
    NoDeparture,
    /// Only the committee decides this.
    ForTheCommittee,
    /// A second person decides this, not the committee.
    ForTheSecond,
    /// Nobody departs from a grade that is not there.
    UngradedModel,
    /// The policy has no overrides.
    NoOverrides,
    /// A departure needs a reason.
    OverrideWithoutReason,
    /// There is no such reason code.
    NoSuchReason {
        /// Which.
        code: String,
    },
    /// It departs too far.
    TooManyNotches {
        /// How many.
        notches: u16,
        /// How many at most.
        limit: u16,
    },
    /// The policy has no emergency route.
    NoEmergency,
    /// An emergency says until when it holds.
    ExpiryMissing {
        /// The last day that is allowed.
        longest: Date,
    },
    /// It would end too early or too late.
    ExpiryOutside {
        /// Which.
        until: Date,
        /// The last day that is allowed.
        longest: Date,
    },
    /// The maker is never the checker.
    OwnProposal,
    /// It needs no second person, or has one.
    NeedsNoSecond,
    /// It needs a second person first.
    NotSeconded,
    /// Who proposed or seconded it has a conflict by now.
    MakerConflicted {
        /// Who.
        person: UserId,
    },
    /// The policy lets nobody vote without a meeting.
    NoCirculation,
    /// The circulation would end too early or too late.
    CirculationOutside {
        /// Which.
        until: Date,
        /// The last day that is allowed.
        longest: Date,
    },
    /// Too few may vote.
    NoQuorum {
        /// How many may.
        counting: u32,
        /// How many must.
        quorum: u32,
    },
    /// He has no vote in this ballot.
    NoElector {
        /// Who.
        member: UserId,
    },
    /// He has had a part in a vote of this ballot.
    AlreadyVoted {
        /// Whose vote it was.
        member: UserId,
    },
    /// The last day of the circulation is over.
    VotedTooLate {
        /// The last day.
        until: Date,
    },
    /// Of a secret ballot no reasons are kept.
    ReasonInSecret,
    /// The circulation is not over.
    StillVoting {
        /// The last day.
        until: Date,
        /// How many have not voted.
        missing: usize,
    },
    /// Only the chair decides here.
    NotTheChair,
    /// The chair decides first.
    ChairDecides,
    /// A casting vote is for or against.
    ChairAbstains,
    /// Somebody who voted has a conflict by now.
    MustBeAnnulled,
    /// There is no such ballot.
    NoSuchBallot {
        /// Which.
        number: u32,
    },
    /// He did not vote in it.
    DidNotVote,
    /// He voted for it.
    Agreed,
    /// His dissent is recorded.
    AlreadyDissented,
    /// Two people hold one seat.
    SeatTwice {
        /// Which.
        seat: String,
    },
    /// One person holds two seats.
    MemberTwice {
        /// Who.
        member: UserId,
    },
    /// The chair has no seat.
    ChairWithoutSeat {
        /// Who.
        chair: UserId,
    },
    /// The agenda is empty.
    EmptyAgenda,
    /// The case is on the agenda already.
    OnTheAgenda {
        /// Which.
        case: CaseId,
    },
    /// The case is not on the agenda.
    NotOnTheAgenda {
        /// Which.
        case: CaseId,
    },
    /// He is no member.
    NoMember {
        /// Who.
        person: UserId,
    },
    /// Ballots are open.
    BallotsOpen {
        /// How many.
        open_ballots: u32,
    },
    /// It does not fit where the meeting stands.
    MeetingStage {
        /// Where it stands.
        stage: &'static str,
    },
}

impl Refusal {
    /// The sentence for readers. It names nobody: ids are for the edge, which knows who may see whom.
    pub fn message(&self) -> Message {
        match self {
            Refusal::WrongStage { stage, command } => Message::new("case-wrong-stage")
                .with("stage", Message::new(stage_word(stage)))
                .with("command", Message::new(command_word(command))),
            Refusal::Conflict { conflict } => {
                Message::new("case-conflict").with("conflict", Message::new(conflict_word(*conflict)))
            }
            Refusal::Recused { .. } => Message::new("case-recused"),
            Refusal::ReasonMissing => Message::new("case-reason-missing"),
            Refusal::NotForAnother => Message::new("case-not-for-another"),
            Refusal::OpenedByNobody => Message::new("case-opened-by-nobody"),
            Refusal::ProposalStands => Message::new("case-proposal-stands"),
            Refusal::NothingProposed => Message::new("case-nothing-proposed"),
            Refusal::NotToWithdraw => Message::new("case-not-to-withdraw"),
            Refusal::OlderRun { run } => Message::new("case-older-run").with("run", run.to_string()),
            Refusal::NoFastLane => Message::new("case-no-fast-lane"),
            Refusal::NeedsPeople { occasion } => {
                Message::new("case-needs-people").with("occasion", Message::new(occasion_word(occasion)))
            }
            Refusal::Ungraded => Message::new("case-ungraded"),
            Refusal::CoverageTooLow {
                coverage_ppm,
                least_ppm,
            } => Message::new("case-coverage-too-low")
                .with("coverage", share(*coverage_ppm))
                .with("least", share(*least_ppm)),
            Refusal::NeverOnFastLane { rank } => {
                Message::new("case-never-on-fast-lane").with("rank", i64::from(rank.0) + 1)
            }
            Refusal::FirstGrade => Message::new("case-first-grade"),
            Refusal::TooFarForFastLane { notches, limit } => Message::new("case-too-far-for-fast-lane")
                .with("notches", i64::from(*notches))
                .with("limit", i64::from(*limit)),
            Refusal::NotConfirmed { runs, needed } => Message::new("case-not-confirmed")
                .with("runs", i64::from(*runs))
                .with("needed", i64::from(*needed)),
            Refusal::CoolingDown { until } => Message::new("case-cooling-down").with("until", until.to_string()),
            Refusal::NoCommittee => Message::new("case-no-committee"),
            Refusal::NothingJudged => Message::new("case-nothing-judged"),
            Refusal::TooFewExperts { found, needed } => Message::new("case-too-few-experts")
                .with("found", i64::from(*found))
                .with("needed", i64::from(*needed)),
            Refusal::NoExpert { .. } => Message::new("case-no-expert"),
            Refusal::ExpertConflicted { .. } => Message::new("case-expert-conflicted"),
            Refusal::AlreadyCalled { .. } => Message::new("case-already-called"),
            Refusal::NamesHimself => Message::new("case-names-himself"),
            Refusal::NotCalled => Message::new("case-not-called"),
            Refusal::AlreadyOpined => Message::new("case-already-opined"),
            Refusal::IndicatorMissing { indicator } => {
                Message::new("case-indicator-missing").with("indicator", indicator.as_str())
            }
            Refusal::NoSuchIndicator { indicator } => {
                Message::new("case-no-such-indicator").with("indicator", indicator.as_str())
            }
            Refusal::NoSuchLevel { indicator, level } => Message::new("case-no-such-level")
                .with("indicator", indicator.as_str())
                .with("level", level.as_str()),
            Refusal::OpinionWithoutReason { indicator } => {
                Message::new("case-opinion-without-reason").with("indicator", indicator.as_str())
            }
            Refusal::OpinionsMissing { missing } => Message::new("case-opinions-missing").with("missing", *missing),
            Refusal::NoSuchGrade { rank } => Message::new("case-no-such-grade").with("rank", i64::from(rank.0) + 1),
            Refusal::InThePast { day } => Message::new("case-in-the-past").with("day", day.to_string()),
            Refusal::NoDeparture => Message::new("case-no-departure"),
            Refusal::ForTheCommittee => Message::new("case-for-the-committee"),
            Refusal::ForTheSecond => Message::new("case-for-the-second"),
            Refusal::UngradedModel => Message::new("case-ungraded-model"),
            Refusal::NoOverrides => Message::new("case-no-overrides"),
            Refusal::OverrideWithoutReason => Message::new("case-override-without-reason"),
            Refusal::NoSuchReason { code } => Message::new("case-no-such-reason").with("code", code.as_str()),
            Refusal::TooManyNotches { notches, limit } => Message::new("case-too-many-notches")
                .with("notches", i64::from(*notches))
                .with("limit", i64::from(*limit)),
            Refusal::NoEmergency => Message::new("case-no-emergency"),
            Refusal::ExpiryMissing { longest } => {
                Message::new("case-expiry-missing").with("longest", longest.to_string())
            }
            Refusal::ExpiryOutside { until, longest } => Message::new("case-expiry-outside")
                .with("until", until.to_string())
                .with("longest", longest.to_string()),
            Refusal::OwnProposal => Message::new("case-own-proposal"),
            Refusal::NeedsNoSecond => Message::new("case-needs-no-second"),
            Refusal::NotSeconded => Message::new("case-not-seconded"),
            Refusal::MakerConflicted { .. } => Message::new("case-maker-conflicted"),
            Refusal::NoCirculation => Message::new("case-no-circulation"),
            Refusal::CirculationOutside { until, longest } => Message::new("case-circulation-outside")
                .with("until", until.to_string())
                .with("longest", longest.to_string()),
            Refusal::NoQuorum { counting, quorum } => Message::new("case-no-quorum")
                .with("counting", i64::from(*counting))
                .with("quorum", i64::from(*quorum)),
            Refusal::NoElector { .. } => Message::new("case-no-elector"),
            Refusal::AlreadyVoted { .. } => Message::new("case-already-voted"),
            Refusal::VotedTooLate { until } => Message::new("case-voted-too-late").with("until", until.to_string()),
            Refusal::ReasonInSecret => Message::new("case-reason-in-secret"),
            Refusal::StillVoting { until, missing } => Message::new("case-still-voting")
                .with("until", until.to_string())
                .with("missing", *missing),
            Refusal::NotTheChair => Message::new("case-not-the-chair"),
            Refusal::ChairDecides => Message::new("case-chair-decides"),
            Refusal::ChairAbstains => Message::new("case-chair-abstains"),
            Refusal::MustBeAnnulled => Message::new("case-must-be-annulled"),
            Refusal::NoSuchBallot { number } => Message::new("case-no-such-ballot").with("number", i64::from(*number)),
            Refusal::DidNotVote => Message::new("case-did-not-vote"),
            Refusal::Agreed => Message::new("case-agreed"),
            Refusal::AlreadyDissented => Message::new("case-already-dissented"),
            Refusal::SeatTwice { seat } => Message::new("case-seat-twice").with("seat", seat.as_str()),
            Refusal::MemberTwice { .. } => Message::new("case-member-twice"),
            Refusal::ChairWithoutSeat { .. } => Message::new("case-chair-without-seat"),
            Refusal::EmptyAgenda => Message::new("case-empty-agenda"),
            Refusal::OnTheAgenda { case } => Message::new("case-on-the-agenda").with("case", case.to_string()),
            Refusal::NotOnTheAgenda { case } => Message::new("case-not-on-the-agenda").with("case", case.to_string()),
            Refusal::NoMember { .. } => Message::new("case-no-member"),
            Refusal::BallotsOpen { open_ballots } => {
                Message::new("case-ballots-open").with("open", i64::from(*open_ballots))
            }
            Refusal::MeetingStage { stage } => {
                Message::new("case-meeting-stage").with("stage", Message::new(meeting_word(stage)))
            }
        }
    }
}

/// Millionths as per cent.
fn share(ppm: u32) -> String {
    format!("{}%", plain(i64::from(ppm) / 100, 2))
}

fn conflict_word(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::AccountManager => "case-conflict-account-manager",
        Conflict::Shareholder => "case-conflict-shareholder",
        Conflict::SameOwnerGroup => "case-conflict-same-owner-group",
        Conflict::Relative => "case-conflict-relative",
        Conflict::Declared => "case-conflict-declared",
    }
}

fn occasion_word(name: &str) -> &'static str {
    match name {
        "alert" => "case-occasion-alert",
        "appeal" => "case-occasion-appeal",
        _ => "case-occasion-after-emergency",
    }
}

fn meeting_word(name: &str) -> &'static str {
    match name {
        "called" => "case-meeting-called",
        "sitting" => "case-meeting-sitting",
        _ => "case-meeting-closed",
    }
}

fn stage_word(name: &str) -> &'static str {
    match name {
        "screening" => "case-stage-screening",
        "awaiting_data" => "case-stage-awaiting-data",
        "judging" => "case-stage-judging",
        "committee" => "case-stage-committee",
        "voting" => "case-stage-voting",
        "tied" => "case-stage-tied",
        "decided" => "case-stage-decided",
        _ => "case-stage-withdrawn",
    }
}

fn command_word(name: &str) -> &'static str {
    match name {
        "accept" => "case-command-accept",
        "ask" => "case-command-ask",
        "resume" => "case-command-resume",
        "consult" => "case-command-consult",
        "send-on" => "case-command-send-on",
        "opine" => "case-command-opine",
        "reconcile" => "case-command-reconcile",
        "propose" => "case-command-propose",
        "second" => "case-command-second",
        "decline" => "case-command-decline",
        "open-ballot" => "case-command-open-ballot",
        "vote" => "case-command-vote",
        "close-ballot" => "case-command-close-ballot",
        "casting-vote" => "case-command-casting-vote",
        "dissent" => "case-command-dissent",
        "recuse" => "case-command-recuse",
        "rerun" => "case-command-rerun",
        _ => "case-command-withdraw",
    }
}
