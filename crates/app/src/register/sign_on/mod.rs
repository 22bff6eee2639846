//! Signing in by the company's directory: what the office asks of it, and what it does with the answer. 目录登录
//!
//! The office knows no protocol: whoever opens it hands in something that sends people away and says who came back
//! ([`SignOn`]). Which roles go with which groups is written in the [`Directory`]; the rules of separation hold as for
//! every grant. Local accounts stay as they are: when the directory is away, they are the way in.

mod begin;
mod elevate;
mod enter;
mod finish;
mod roles;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use pinji_domain::{Message, Role, Timestamp};

pub use begin::{Begun, begin, offered};
pub use finish::{Entered, Returned, finish};

/// What comes later from the directory. 异步结果
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, Unsure>> + Send + 'a>>;

/// A directory that says who somebody is. 目录登录接口
pub trait SignOn: Send + Sync {
    /// The name under which it speaks; with a subject it names one person for good.
    fn issuer(&self) -> &str;

    /// Where to send somebody.
    fn begin<'a>(&'a self, errand: &'a Errand) -> Later<'a, String>;

    /// Who came back with this code. `from` is the issuer that the answer itself names, where it does.
    fn finish<'a>(&'a self, code: &'a str, from: Option<&'a str>, errand: &'a Errand, now: Timestamp)
    -> Later<'a, Who>;
}

/// One sending away and coming back: what must be the same on both ways. 一次登录往返
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Where the directory sends people back to.
    pub back: String,
    /// Goes out and comes back beside the code.
    pub state: String,
    /// Goes out, and comes back inside of what is signed.
    pub nonce: String,
    /// Only its hash goes out; whoever shows it later is who asked.
    pub verifier: String,
    /// Whether somebody must prove anew who he is, though the directory may still know him.
    pub anew: bool,
}

/// Who came back. 目录用户
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The directory's own name for the person, never given to another.
    pub subject: String,
    /// The name to sign in with.
    pub login: Option<String>,
    /// The name that people read.
    pub name: Option<String>,
    /// Where mail goes, if the directory has made sure of it.
    pub email: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// Whether more than a password was shown.
    pub strong: bool,
    /// When it was shown.
    pub proved_at: Option<Timestamp>,
}

/// Why nobody came back. 目录拒绝或故障
#[derive(Debug)]
pub enum Unsure {
    /// The directory does not answer, or not as it should.
    Away(Box<dyn Error + Send + Sync>),
    /// What came back proves nothing; this is why.
    Refused(Message),
}

/// The directory, and what the office makes of what it says. 目录设置
#[derive(Clone)]
pub struct Directory {
    /// Who asks it.
    pub provider: Arc<dyn SignOn>,
    /// Its name for people: on the button.
    pub name: String,
    /// Which roles go with which groups.
    pub map: Vec<Mapping>,
    /// Whether somebody who is not known yet becomes a user.
    pub creates: bool,
    /// Whether somebody who is not known yet becomes the local user who signs in with the same name. Never one with an
    /// administrator's role: those accounts are the way in when the directory is wrong.
    pub links: bool,
}

/// The roles of one group. 组与角色
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The group.
    pub group: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether administrators' roles hold at once, without a second person's approval here.
    pub approved: bool,
}
