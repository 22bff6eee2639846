//! Files that another program lays down in a watched folder come in as drafts. 文件夹渠道
//!
//! `inbox/<kind>/file` is read as that kind, `inbox/file` by the names of its sheets. A file that came in moves to `done/`,
//! one that was refused to `refused/` with the reason beside it. A file that still grows is left for the next time.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pinji_domain::{Lang, Message, UserId};

use super::draft::{Sent, Terms, send};
use super::views::SubmissionView;
use crate::register::{Answer, Asked, Caller, Fault, Office, Once, Repeated, Via, rules};

/// From where such a submission comes, as the ledger says it.
pub(super) const ADDRESS: &str = "inbox";
/// A file that was written to less long ago may not be whole.
const AT_REST: Duration = Duration::from_secs(2);
/// Larger files are refused: see the limit of an upload.
const MOST_BYTES: u64 = 128 << 20;

/// What came of one round. 收取结果
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// Files that came in.
    pub taken: usize,
    /// Files that were refused.
    pub refused: usize,
}

/// Takes up what lies in the office's own inbox, in the name of the user who signs in with this name. 收取文件
pub async fn pick_up_as(office: &Office, login: &str) -> Result<Picked, Fault> {
    let user = office.store.user_by_login(login).await?;
    let user = user.ok_or_else(|| Fault::refused("app-submission-inbox-user"))?;
    pick_up(office, office.folder(), user.id).await
}

/// Takes up what lies in `folder/inbox`, in the name of a user. 收取文件
///
/// A crash between keeping the draft and moving the file costs nothing: the same file again gets the first answer.
pub async fn pick_up(office: &Office, folder: &Path, by: UserId) -> Result<Picked, Fault> {
    let mut picked = Picked::default();
    for (kind, path) in waiting(&folder.join("inbox")).map_err(Fault::broken)? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let about = std::fs::metadata(&path).map_err(Fault::broken)?;
        let rests = about
            .modified()
            .ok()
            .and_then(|at| SystemTime::now().duration_since(at).ok());
        if rests.is_none_or(|rests| rests < AT_REST) {
            continue;
        }
        let sent = match about.len() <= MOST_BYTES {
            true => take(office, by, kind, &path, &name).await,
            false => Err(Fault::field("/file", Message::new("app-submission-file-large"))),
        };
        match sent {
            Ok(()) => {
                move_to(&path, &folder.join("done"), &name).map_err(Fault::broken)?;
                picked.taken += 1;
            }
            Err(Fault::Away(why)) => return Err(Fault::Away(why)),
            Err(Fault::Full) => return Err(Fault::Full),
            Err(Fault::Broken(why)) => return Err(Fault::Broken(why)),
            Err(fault) => {
                let moved = move_to(&path, &folder.join("refused"), &name).map_err(Fault::broken)?;
                std::fs::write(beside(&moved), reasons(&fault)).map_err(Fault::broken)?;
                picked.refused += 1;
            }
        }
    }
    Ok(picked)
}

/// The files, with the kind that their folder names; sorted, so that they come in in one order.
fn waiting(inbox: &Path) -> std::io::Result<Vec<(Option<String>, PathBuf)>> {
    let mut files = Vec::new();
    if !inbox.is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(inbox)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        if !path.is_dir() {
            files.push((None, path));
            continue;
        }
        for inner in std::fs::read_dir(&path)? {
            let inner = inner?.path();
            let hidden = inner
                .file_name()
                .is_none_or(|name| name.to_string_lossy().starts_with(['.', '~']));
            if inner.is_file() && !hidden {
                files.push((Some(name.clone()), inner));
            }
        }
    }
    files.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(files)
}

async fn take(office: &Office, by: UserId, kind: Option<String>, path: &Path, name: &str) -> Result<(), Fault> {
    let bytes = std::fs::read(path).map_err(Fault::broken)?;
    let key = rules::hash(&bytes);
    let route = format!("inbox/{}", kind.as_deref().unwrap_or_default());
    let asked = Asked {
        request: office.new_id(),
        address: ADDRESS.to_owned(),
        at: office.now(),
        once: Some(Once {
            scope: format!("inbox:{by}"),
            fingerprint: office.digest(&[route.as_bytes(), name.as_bytes(), key.as_bytes()]),
            key,
            route,
        }),
    };
    if let Some(once) = &asked.once {
        match office.repeated(once).await? {
            Repeated::No => {}
            Repeated::Same(_) => return Ok(()),
            Repeated::Different => return Err(Fault::refused("app-submission-file-again")),
        }
    }
    let caller: Caller = office.caller(by, Via::Session(ADDRESS.to_owned()), &asked).await?;
    let terms = Terms {
        kind,
        source: "inbox".to_owned(),
        method: "folder".to_owned(),
        ..Terms::default()
    };
    let sent = Sent::File {
        name: name.to_owned(),
        bytes,
    };
    let words = |one: &SubmissionView| {
        let body = serde_json::json!({ "id": one.id.0 });
        Answer::made(format!("/api/v1/submissions/{}", one.id), one.kept.version, body)
    };
    send(office, &caller, terms, sent, words).await?;
    Ok(())
}

/// Moves a file, beside one of the same name that is there already.
fn move_to(path: &Path, folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let mut target = folder.join(name);
    let mut number = 2;
    while target.exists() {
        target = folder.join(format!("{number}-{name}"));
        number += 1;
    }
    std::fs::rename(path, &target)?;
    Ok(target)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".reason.txt");
    PathBuf::from(name)
}

/// Why, in both languages.
fn reasons(fault: &Fault) -> String {
    let messages: Vec<Message> = match fault {
        Fault::Invalid(wrong) => wrong.iter().map(|wrong| wrong.says.clone()).collect(),
        Fault::Refused(says) | Fault::Forbidden(says) | Fault::NotSignedIn(says) => vec![says.clone()],
        _ => vec![Message::new("app-submission-inbox-user")],
    };
    let said = messages
        .iter()
        .flat_map(|message| Lang::ALL.map(|lang| pinji_locale::say(lang, message)));
    said.map(|line| line + "\n").collect()
}
