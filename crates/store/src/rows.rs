//! Rows as structs: which table, which columns, in which order. 表行

use sea_orm::{QueryResult, Value};

use crate::Error;

/// A struct whose fields are the columns of one table.
pub(crate) trait Row: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    fn read(row: &QueryResult) -> Result<Self, Error>;

    /// The columns as a list for `SELECT`.
    fn columns() -> String {
        Self::COLUMNS.join(", ")
    }
}

/// What a row is when it comes into being; the rest of its columns have defaults.
pub trait New: Sized {
    /// The type of its id.
    type Id;
    #[doc(hidden)]
    const INTO: &'static str;
    #[doc(hidden)]
    const GIVEN: &'static [&'static str];
    #[doc(hidden)]
    fn given(self) -> Vec<Value>;
    #[doc(hidden)]
    fn id(id: i64) -> Self::Id;
}

/// The business rows: they come into being only in a [`crate::Change`], with its entry in the ledger.
pub trait NewInChange: New {}

/// What passes through and is no business of the ledger: sessions, jobs, messages.
pub trait NewInUpkeep: New {}

/// Declares the struct of a table, and the struct of what is given when a row of it comes into being.
macro_rules! rows {
    (
        $(#[$doc:meta])*
        $name:ident, $new:ident $(: $how:ident)?, $table:literal, $id:ty, {
            $($(#[$gdoc:meta])* $given:ident: $gty:ty,)*
        } then {
            $($(#[$ldoc:meta])* $later:ident: $lty:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            /// Its id.
            pub id: $id,
            $($(#[$gdoc])* pub $given: $gty,)*
            $($(#[$ldoc])* pub $later: $lty,)*
        }

        #[doc = concat!("What is given when a row of `", $table, "` comes into being; see [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $new {
            $($(#[$gdoc])* pub $given: $gty,)*
        }

        impl $crate::rows::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &["id", $(stringify!($given),)* $(stringify!($later),)*];
            fn read(row: &sea_orm::QueryResult) -> Result<Self, $crate::Error> {
                let mut places = 0..;
                let mut next = || places.next().unwrap_or(usize::MAX);
                Ok($name {
                    id: $crate::cell::Cell::get(row, next())?,
                    $($given: $crate::cell::Cell::get(row, next())?,)*
                    $($later: $crate::cell::Cell::get(row, next())?,)*
                })
            }
        }

        impl $crate::rows::New for $new {
            type Id = $id;
            const INTO: &'static str = $table;
            const GIVEN: &'static [&'static str] = &[$(stringify!($given)),*];
            fn given(self) -> Vec<sea_orm::Value> {
                vec![$($crate::cell::Cell::put(self.$given)),*]
            }
            #[allow(clippy::useless_conversion, reason = "some ids are plain numbers")]
            fn id(id: i64) -> $id {
                <$id as $crate::rows::FromNumber>::from_number(id)
            }
        }

        $(impl $crate::rows::$how for $new {})?
    };
}
pub(crate) use rows;

/// An id from its number.
pub(crate) trait FromNumber {
    fn from_number(number: i64) -> Self;
}

impl FromNumber for i64 {
    fn from_number(number: i64) -> i64 {
        number
    }
}

macro_rules! numbers {
    ($($ty:ident),* $(,)?) => {
        $(impl FromNumber for pinji_domain::ids::$ty {
            fn from_number(number: i64) -> Self {
                pinji_domain::ids::$ty(number)
            }
        })*
    };
}

numbers!(
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
);
