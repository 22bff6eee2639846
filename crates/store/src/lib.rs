//! What the office keeps, on SQLite and PostgreSQL. 存储
//!
//! [`Store`] opens a place and is read from through [`View`]; [`Change`] changes the business and leaves one entry in the
//! ledger; [`Upkeep`] writes what needs none. Rows are plain structs: what they mean, and who may do what, is decided
//! above. The tables are described in `docs/store.md`.

mod accept;
mod answers;
mod cases;
mod cell;
mod change;
mod customers;
mod decisions;
mod directory;
mod erasures;
mod error;
mod files;
mod grants;
mod groups;
mod jobs;
mod ledger;
mod links;
mod listing;
mod migrate;
mod notices;
mod open;
mod passkeys;
mod permissions;
mod place;
mod records;
mod relations;
mod rows;
mod rules;
mod runs;
mod scrub;
mod sealed;
mod sessions;
mod submissions;
mod users;
mod view;
mod words;

pub use accept::{Accepted, AcceptedRow, Batch, Undone};
pub use answers::Answer;
pub use cases::{CaseBallot, CaseEvent, CaseList, CommitteeSeat, NewCommitteeSeat, NewRatingCase, NewVote, RatingCase};
pub use change::{Change, LedgerLine, Slot, Upkeep};
pub use customers::{Customer, CustomerKeys, NameSpan, NewCustomer, RosterRow};
pub use decisions::{GradeDecision, NewGradeDecision};
pub use directory::DirectoryGrant;
pub use erasures::{Erasure, ErasureSort, ErasureState, NewErasure};
pub use error::Error;
pub use files::KeptFile;
pub use grants::{Grant, GrantState, NewGrant};
pub use groups::{
    Group, GroupDecision, GroupMember, GroupMotion, MotionSort, MotionState, NewGroup, NewGroupDecision, NewGroupMotion,
};
pub use jobs::{GoOn, Job, JobState, NewJob};
pub use ledger::{Checkpoint, LedgerEntry, LedgerHead, NewCheckpoint};
pub use links::{Link, LinkState, NewLink};
pub use listing::{Count, Cursor, CustomerList, CustomerPage, Direction, GradeHead, Reach, Scope, SortBy};
pub use migrate::NEWEST as NEWEST_SCHEMA;
pub use notices::{NewNotification, NewOutgoing, Notification, Outgoing};
pub use open::{Snapshot, Store, private_folder};
pub use passkeys::{NewPasskey, Passkey};
pub use permissions::{Access, AccessState, NewAccess, NewReading, Reading};
pub use place::{FILE, Place};
pub use records::{Frozen, FrozenPage, FrozenRecord, Known, Record, RecordCursor, RecordPlace, RecordsOf};
pub use relations::{NewParty, NewRelation, Party, PartySort, Relation};
pub use rows::{New, NewInChange, NewInUpkeep};
pub use rules::{NewRuleFile, RuleFile};
pub use runs::{Graded, NewRun, Run, RunChunk, RunEnd, RunState, Subject};
pub use scrub::Scrubbed;
pub use sealed::SealedValue;
pub use sessions::{LoginAttempt, NewLoginAttempt, NewSession, NewSetupLink, NewToken, Session, SetupLink, Token};
pub use submissions::{Audit, NewSubmission, Submission, SubmissionList, SubmissionPart, SubmissionState};
pub use users::{Credential, NewTeam, NewUser, Team, TeamMember, User, UserState};
pub use view::View;
pub use words::{ERASED, Near, Words, value_without_words, without_words};

/// What a request does must be able to move between threads.
const _: () = {
    const fn send<T: Send + Sync>() {}
    send::<Store>();
    send::<Snapshot>();
    send::<Upkeep>();
    send::<Change>();
};
