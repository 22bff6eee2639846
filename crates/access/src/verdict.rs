//! The answer: allowed, allowed after a step-up, or refused with a reason that can be said. 决定

use pinji_domain::Message;

use crate::Action;

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident $key:literal $say:literal)*) => {
        /// Why something was refused. 拒绝原因
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Why {
            $($(#[$doc])* $name,)*
        }

        impl Why {
            /// All reasons.
            pub const ALL: [Why; [$($key),*].len()] = [$(Why::$name),*];

            /// The code of its sentence, stable for programs.
            pub fn code(self) -> &'static str {
                match self {
                    $(Why::$name => $say,)*
                }
            }

            /// The reason that a policy names by its annotation `@why`.
            pub(crate) fn named(key: &str) -> Option<Why> {
                match key {
                    $($key => Some(Why::$name),)*
                    _ => None,
                }
            }
        }
    };
}

whys! {
    /// Nobody has signed in.
    NotSignedIn "not-signed-in" "access-not-signed-in"
    /// No role of the actor may do this.
    NotYourRole "not-your-role" "access-not-your-role"
    /// The role may do this, but not with this one.
    NotYours "not-yours" "access-not-yours"
    /// Not in the state in which the thing is.
    NotInThisState "not-in-this-state" "access-not-in-this-state"
    /// Only its maker may do this.
    NotTheMaker "not-the-maker" "access-not-the-maker"
    /// Confidential, and there is no valid permission.
    NeedsPermission "needs-permission" "access-needs-permission"
    /// The actor made it, and would check it.
    OwnWork "own-work" "access-own-work"
    /// A role for oneself.
    OwnRole "own-role" "access-own-role"
    /// One would appoint oneself to the committee. 本人席位
    OwnSeat "own-seat" "access-own-seat"
    /// The actor's own user.
    OwnUser "own-user" "access-own-user"
    /// The actor looks after this customer.
    OwnAccount "own-account" "access-own-account"
    /// A conflict of interest.
    Conflict "conflict" "access-conflict"
    /// System administrators read no customers' data.
    SystemAdministrator "system-administrator" "access-system-administrator"
    /// Security administrators have no business rights.
    SecurityAdministrator "security-administrator" "access-security-administrator"
    /// Audit administrators write nothing.
    AuditAdministrator "audit-administrator" "access-audit-administrator"
    /// A customer sees only its own.
    CustomerOnly "customer-only" "access-customer-only"
    /// The token has ended.
    TokenExpired "token-expired" "access-token-expired"
    /// The token was not made for this.
    TokenScope "token-scope" "access-token-scope"
    /// Not for programs: a person confirms it by signing in again.
    TokenStepUp "token-step-up" "access-token-step-up"
    /// A second factor is demanded.
    SecondFactor "second-factor" "access-second-factor"
    /// A session that was elevated within the last ten minutes is demanded.
    Elevation "elevation" "access-elevation"
    /// The action is not done to this kind of thing.
    WrongKind "wrong-kind" "access-wrong-kind"
    /// A rule could not be evaluated, so it is no.
    Undecidable "undecidable" "access-undecidable"
}

/// The answer to one question. 决定
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict<'a> {
    /// Yes.
    Allowed,
    /// Yes, once the session is elevated. 需提权
    NeedsElevation,
    /// No.
    Refused {
        /// Why not.
        why: Why,
        /// The policy that says so; `no-rule-allows-it` where none says yes.
        policy: &'a str,
    },
}

/// What stands for the policy where no rule says yes.
pub const NO_RULE: &str = "no-rule-allows-it";

impl Verdict<'_> {
    /// Whether it is a plain yes.
    pub fn is_allowed(self) -> bool {
        self == Verdict::Allowed
    }

    /// The sentence for whoever asked; `None` for a yes.
    ///
    /// For things that the asker may not even know of, the edge says the same as for things that do not exist.
    pub fn message(self, action: Action) -> Option<Message> {
        let why = match self {
            Verdict::Allowed => return None,
            Verdict::NeedsElevation => Why::Elevation,
            Verdict::Refused { why, .. } => why,
        };
        Some(Message::new(why.code()).with("action", action.name()))
    }
}
