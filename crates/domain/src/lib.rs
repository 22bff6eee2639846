//! The words of Pinji as values with invariants: no verbs, no I/O, no clock. 领域词汇

pub mod date;
pub mod ids;
pub mod kind;
pub mod message;
pub mod missing;
pub mod number;
pub mod office;
pub mod people;
pub mod text;
pub mod time;

pub use date::{Date, Period, PeriodUnit};
pub use ids::{
    AccessId, CaseId, CustomerId, GrantId, GroupId, JobId, LinkId, MeetingId, NotificationId, RecordId, RelationId,
    RunId, SubmissionId, TeamId, TokenId, UserId,
};
pub use kind::{Field, FieldType, Kind, Kinds};
pub use message::{Arg, Message};
pub use missing::MissingCause;
pub use number::Decimal;
pub use office::{Channel, ChannelTerms, OfficeTerms};
pub use people::{Role, Secrecy};
pub use text::{Lang, Text};
pub use time::Timestamp;
