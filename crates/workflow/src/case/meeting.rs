//! A meeting of the committee: called with an agenda, opened with those who are there, closed. 评审会议

use std::collections::BTreeSet;

use pinji_domain::Date;
use pinji_domain::ids::{CaseId, MeetingId, UserId};

use super::ballot::Sitting;
use super::people::Roll;
use super::refusal::Refusal;
use crate::submission::Signed;

/// A meeting as its rules ask about it. 评审会议
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// The day for which it was called.
    pub day: Date,
    /// The cases, in the order in which they are taken.
    pub agenda: Vec<CaseId>,
    /// Who called it, and when.
    pub called: Signed,
    /// Where it stands.
    pub stage: MeetingStage,
    /// Who is there.
    pub present: BTreeSet<UserId>,
}

/// Where a meeting stands. 会议状态
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingStage {
    /// Called. 已召集
    Called,
    /// Under way. 进行中
    Sitting {
        /// Who opened it, and when.
        opened: Signed,
    },
    /// Over. 已结束
    Closed {
        /// Who closed it, and when.
        closed: Signed,
    },
}

impl MeetingStage {
    /// Its name in interfaces and tables.
    pub fn name(self) -> &'static str {
        match self {
            MeetingStage::Called => "called",
            MeetingStage::Sitting { .. } => "sitting",
            MeetingStage::Closed { .. } => "closed",
        }
    }
}

/// What somebody wants to do with a meeting. 会议操作
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingCommand {
    /// To put one more case on the agenda. 增列议程
    Add(CaseId),
    /// To open it with these members. 开会
    Open {
        /// Who is there.
        present: BTreeSet<UserId>,
    },
    /// To note that a member has come. 到会
    Arrive(UserId),
    /// To note that a member has gone. 离会
    Leave(UserId),
    /// To close it. 散会
    Close {
        /// How many of its ballots are still open.
        open_ballots: u32,
    },
}

/// What came of it. 会议事件
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingEvent {
    /// A case came onto the agenda.
    Added(CaseId),
    /// It was opened.
    Opened {
        /// Who and when.
        signed: Signed,
        /// Who is there.
        present: BTreeSet<UserId>,
    },
    /// A member came.
    Arrived(UserId),
    /// A member went.
    Left(UserId),
    /// It was closed.
    Closed(Signed),
}

/// Calls a meeting. 召集会议
///
/// # Errors
/// An empty agenda, a case twice, a day that is over.
pub fn convene(id: MeetingId, day: Date, agenda: Vec<CaseId>, signed: Signed, today: Date) -> Result<Meeting, Refusal> {
    let mut seen = BTreeSet::new();
    if let Some(case) = agenda.iter().find(|case| !seen.insert(**case)) {
        return Err(Refusal::OnTheAgenda { case: *case });
    }
    if agenda.is_empty() {
        return Err(Refusal::EmptyAgenda);
    }
    if day < today {
        return Err(Refusal::InThePast { day });
    }
    Ok(Meeting {
        id,
        day,
        agenda,
        called: signed,
        stage: MeetingStage::Called,
        present: BTreeSet::new(),
    })
}

/// Decides what a command does to a meeting. 会议决定
///
/// # Errors
/// A [`Refusal`]; nothing has changed then.
pub fn decide_meeting(
    meeting: &Meeting,
    roll: &Roll,
    command: MeetingCommand,
    signed: Signed,
) -> Result<MeetingEvent, Refusal> {
    let member = |user: UserId| match roll.members().contains_key(&user) {
        true => Ok(user),
        false => Err(Refusal::NoMember { person: user }),
    };
    match (meeting.stage, command) {
        (MeetingStage::Called | MeetingStage::Sitting { .. }, MeetingCommand::Add(case)) => {
            if meeting.agenda.contains(&case) {
                return Err(Refusal::OnTheAgenda { case });
            }
            Ok(MeetingEvent::Added(case))
        }
        (MeetingStage::Called, MeetingCommand::Open { present }) => {
            present.iter().try_for_each(|user| member(*user).map(|_| ()))?;
            Ok(MeetingEvent::Opened { signed, present })
        }
        (MeetingStage::Sitting { .. }, MeetingCommand::Arrive(user)) => member(user).map(MeetingEvent::Arrived),
        (MeetingStage::Sitting { .. }, MeetingCommand::Leave(user)) => member(user).map(MeetingEvent::Left),
        (MeetingStage::Sitting { .. }, MeetingCommand::Close { open_ballots: 0 }) => Ok(MeetingEvent::Closed(signed)),
        (MeetingStage::Sitting { .. }, MeetingCommand::Close { open_ballots }) => {
            Err(Refusal::BallotsOpen { open_ballots })
        }
        (stage, _) => Err(Refusal::MeetingStage { stage: stage.name() }),
    }
}

impl Meeting {
    /// The meeting after an event that was decided for it. 演进
    #[must_use]
    pub fn after(mut self, event: &MeetingEvent) -> Meeting {
        match event {
            MeetingEvent::Added(case) => self.agenda.push(*case),
            MeetingEvent::Opened { signed, present } => {
                self.stage = MeetingStage::Sitting { opened: *signed };
                self.present = present.clone();
            }
            MeetingEvent::Arrived(user) => {
                self.present.insert(*user);
            }
            MeetingEvent::Left(user) => {
                self.present.remove(user);
            }
            MeetingEvent::Closed(signed) => self.stage = MeetingStage::Closed { closed: *signed },
        }
        self
    }

    /// The sitting in which a case of the agenda is voted on, with those who are there. 会议表决
    ///
    /// # Errors
    /// The meeting is not under way, or the case is not on its agenda.
    pub fn sitting(&self, case: CaseId) -> Result<Sitting, Refusal> {
        if !matches!(self.stage, MeetingStage::Sitting { .. }) {
            let stage = self.stage.name();
            return Err(Refusal::MeetingStage { stage });
        }
        if !self.agenda.contains(&case) {
            return Err(Refusal::NotOnTheAgenda { case });
        }
        Ok(Sitting::Meeting {
            meeting: self.id,
            present: self.present.clone(),
        })
    }
}
