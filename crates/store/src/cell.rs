//! How a value of ours lies in a column, and comes back. 列值

use pinji_domain::date::{from_days, to_days};
use pinji_domain::ids::{
    AccessId, CaseId, CustomerId, GrantId, GroupId, JobId, LinkId, NotificationId, RecordId, RelationId, RunId,
    SubmissionId, TeamId, TokenId, UserId,
};
use pinji_domain::{Channel, Date, Role, Secrecy, Timestamp};
use sea_orm::{QueryResult, Value};

use crate::Error;

/// The instant that stands in `known_to` while a version still holds.
pub(crate) const OPEN: i64 = i64::MAX;

/// A value that fits a column: integers, texts and bytes only, the same on both databases.
pub(crate) trait Cell: Sized {
    /// Reads the column at `place`.
    fn get(row: &QueryResult, place: usize) -> Result<Self, Error>;
    /// As a parameter.
    fn put(self) -> Value;
}

macro_rules! plain {
    ($($ty:ty => $value:ident),* $(,)?) => {
        $(
            impl Cell for $ty {
                fn get(row: &QueryResult, place: usize) -> Result<Self, Error> {
                    Ok(row.try_get_by_index(place)?)
                }
                fn put(self) -> Value {
                    Value::$value(Some(self))
                }
            }
            impl Cell for Option<$ty> {
                fn get(row: &QueryResult, place: usize) -> Result<Self, Error> {
                    Ok(row.try_get_by_index(place)?)
                }
                fn put(self) -> Value {
                    Value::$value(self)
                }
            }
        )*
    };
}

plain!(i64 => BigInt, String => String, Vec<u8> => Bytes);

impl Cell for &str {
    fn get(_: &QueryResult, place: usize) -> Result<Self, Error> {
        Err(Error::Damaged(format!("column {place} cannot be borrowed")))
    }
    fn put(self) -> Value {
        Value::String(Some(self.to_owned()))
    }
}

/// Types that lie in a column of another type: how they become it, and how they come back.
macro_rules! through {
    ($ty:ty, $column:ty, $out:expr, $back:expr) => {
        impl $crate::cell::Cell for $ty {
            fn get(row: &sea_orm::QueryResult, place: usize) -> Result<Self, $crate::Error> {
                $crate::cell::read::<$ty, $column>(<$column as $crate::cell::Cell>::get(row, place)?, $back)
            }
            fn put(self) -> sea_orm::Value {
                let out: fn($ty) -> $column = $out;
                $crate::cell::Cell::put(out(self))
            }
        }
        impl $crate::cell::Cell for Option<$ty> {
            fn get(row: &sea_orm::QueryResult, place: usize) -> Result<Self, $crate::Error> {
                let found = <Option<$column> as $crate::cell::Cell>::get(row, place)?;
                found
                    .map(|column| $crate::cell::read::<$ty, $column>(column, $back))
                    .transpose()
            }
            fn put(self) -> sea_orm::Value {
                let out: fn($ty) -> $column = $out;
                $crate::cell::Cell::put(self.map(out))
            }
        }
    };
}
pub(crate) use through;

/// Takes a column's value back into a type of ours.
pub(crate) fn read<T, C: std::fmt::Debug>(column: C, back: fn(&C) -> Option<T>) -> Result<T, Error> {
    back(&column).ok_or_else(|| Error::Damaged(format!("{column:?}")))
}

macro_rules! ids {
    ($($ty:ident),* $(,)?) => { $(through!($ty, i64, |id| id.0, |id| Some($ty(*id)));)* };
}

ids!(
    CustomerId,
    UserId,
    TeamId,
    GrantId,
    LinkId,
    TokenId,
    RecordId,
    SubmissionId,
    RelationId,
    GroupId,
    RunId,
    JobId,
    AccessId,
    NotificationId,
    CaseId,
    Timestamp,
);
through!(bool, i64, i64::from, |flag| Some(*flag != 0));
through!(Date, i64, |date| i64::from(to_days(date)), |days| from_days(
    i32::try_from(*days).ok()?
));
through!(Role, String, |role| role.code().to_owned(), |code| Role::parse(code));
through!(Secrecy, String, |class| class.code().to_owned(), |code| Secrecy::parse(
    code
));
through!(Channel, String, |channel| channel.code().to_owned(), |code| {
    Channel::parse(code)
});

/// Until when something holds; open is [`OPEN`] in the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Until(pub(crate) Option<Timestamp>);

impl Cell for Until {
    fn get(row: &QueryResult, place: usize) -> Result<Self, Error> {
        let instant = i64::get(row, place)?;
        Ok(Until((instant != OPEN).then_some(Timestamp(instant))))
    }
    fn put(self) -> Value {
        self.0.map_or(OPEN, |instant| instant.0).put()
    }
}

/// An enum whose variants lie as their codes.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Its code in tables and interfaces.
            pub fn code(self) -> &'static str {
                match self {
                    $($name::$variant => $code,)*
                }
            }

            /// The one with this code.
            pub fn parse(code: &str) -> Option<$name> {
                match code {
                    $($code => Some($name::$variant),)*
                    _ => None,
                }
            }
        }

        $crate::cell::through!($name, String, |it| it.code().to_owned(), |code| $name::parse(code));
    };
}
pub(crate) use codes;

/// Parameters of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::cell::Cell::put($value)),*] };
}
pub(crate) use args;
