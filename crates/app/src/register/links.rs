//! Links: records of a ledger that are read where they lie; proposed by one, approved by another. 数据链接

use pinji_access::{Relation, Resource, State, What};
use pinji_connectors::Mapping;
use pinji_domain::{Kind, LinkId, Message, Timestamp, UserId};
use pinji_store::{Link, LinkState, NewLink, View};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::deed::Deed;
use super::users::line;
use super::{Action, Answer, Caller, Fault, Office, Slice, Wrong};
use crate::linked::{Roots, shown};

/// More mappings than these are no exceptions any more.
const MOST_MAPS: usize = 50;
/// So many of the files with a problem are told at once.
const MOST_TOLD: usize = 20;

/// A link. 数据链接
#[derive(Debug, Clone)]
pub struct LinkView {
    /// The id.
    pub id: LinkId,
    /// The record kind.
    pub kind: String,
    /// Where its records lie: the name of a root, and the way from there.
    pub location: String,
    /// Which columns are which fields, where their headings do not say.
    pub maps: Vec<String>,
    /// Why.
    pub reason: String,
    /// What was found there when it was proposed.
    pub found: Found,
    /// `proposed`, `active`, `refused`, `ended`.
    pub state: &'static str,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Who ended it.
    pub ended_by: Option<UserId>,
    /// When.
    pub ended_at: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

/// What lies at a location. 所见数据
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// How many files.
    pub files: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Their rows together, as their footers say.
    pub rows: u64,
    /// The columns that are read: heading and field.
    pub columns: Vec<(String, String)>,
    /// Headings that no field answers to.
    pub unused: Vec<String>,
}

/// What is proposed. 链接提议
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The record kind.
    pub kind: String,
    /// Where its records lie.
    pub location: String,
    /// Which columns are which fields: `heading=field`, as `--map` has it.
    pub maps: Vec<String>,
    /// Why.
    pub reason: String,
}

/// What the second person says. 决定
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Refuse,
}

/// Links, ascending by id; of all states where none is said. 数据链接列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    state: Option<&str>,
    after: Option<LinkId>,
    limit: u32,
) -> Result<Slice<LinkView, LinkId>, Fault> {
    office.authorize(caller, Action::LinkRead, &about(State::Committed))?;
    let unknown = |state: &str| Fault::field("/state", Message::new("app-state-unknown").with("state", state));
    let state = state
        .map(|code| LinkState::parse(code).ok_or_else(|| unknown(code)))
        .transpose()?;
    let rows = office.store.links(state, after.unwrap_or(LinkId(0)), limit + 1).await?;
    let views = rows.iter().map(view).collect::<Result<_, Fault>>()?;
    Ok(Slice::cut(views, limit, |link: &LinkView| link.id))
}

/// One link. 查看数据链接
pub async fn read(office: &Office, caller: &Caller, id: LinkId) -> Result<LinkView, Fault> {
    view(&there(office, caller, &office.store, id).await?)
}

/// Proposes that the records of a kind be read where they lie. 提议数据链接
pub async fn propose(
    office: &Office,
    caller: &Caller,
    given: Proposal,
    words: impl Fn(&LinkView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(caller, Action::LinkPropose, &about(State::Draft))?;
    let mut wrong = Vec::new();
    let reason = line("/reason", &given.reason, 500, &mut wrong);
    let location = line("/location", given.location.trim_end_matches('/'), 500, &mut wrong);
    let kinds = office.kinds(&office.store).await?;
    let kind = match kinds.get(&given.kind) {
        Some(kind) if kind.is_ledger() => Some(kind.clone()),
        Some(kind) => {
            let says = Message::new("app-link-not-ledger").with("kind", kind.id.as_str());
            wrong.push(Wrong::at("/kind", says));
            None
        }
        None => {
            let known = kinds.kinds.iter().filter(|kind| kind.is_ledger());
            let known: Vec<&str> = known.map(|kind| kind.id.as_str()).collect();
            let says = Message::new("app-kind-unknown").with("kind", given.kind.as_str());
            wrong.push(Wrong::at("/kind", says.with("known", known.join(", "))));
            None
        }
    };
    let maps = mappings(&given, kind.as_ref(), &mut wrong);
    let (Some(kind), true) = (kind, wrong.is_empty()) else {
        return Err(Fault::Invalid(wrong));
    };
    let found = looked_at(office, kind.clone(), location.clone(), maps.clone()).await?;
    let change = office.store.change(caller.asked.at).await?;
    without_records(&change, &kind.id).await?;
    let new = NewLink {
        kind: kind.id.clone(),
        location,
        maps: json!(maps).to_string(),
        reason,
        proposed_by: caller.user,
        proposed_at: change.at(),
        found: serde_json::to_string(&found).map_err(Fault::broken)?,
    };
    let id = change.add(new).await.map_err(|error| match error {
        pinji_store::Error::Taken { .. } => {
            Fault::Refused(Message::new("app-link-already").with("kind", kind.id.as_str()))
        }
        other => other.into(),
    })?;
    let link = change.link(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&link)?);
    let deed = Deed::new(Action::LinkPropose.code(), format!("link:{id}")).after(entry_of(&link));
    office.keep(change, caller, deed, answer).await
}

/// Approves or refuses what another proposed. 批准或拒绝数据链接
pub async fn decide(
    office: &Office,
    caller: &Caller,
    id: LinkId,
    decision: Decision,
    words: impl Fn(&LinkView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let seen = there(office, caller, &office.store, id).await?;
    office.authorize(caller, Action::LinkApprove, &resource(caller, &seen))?;
    if decision == Decision::Approve && seen.state == LinkState::Proposed {
        // Looked at again, before anybody is held up: in the meantime the files, or the kind, may be others.
        let kinds = office.kinds(&office.store).await?;
        let kind = kinds.get(&seen.kind).filter(|kind| kind.is_ledger()).cloned();
        let not_ledger = || Fault::Refused(Message::new("app-link-not-ledger").with("kind", seen.kind.as_str()));
        let maps = serde_json::from_str(&seen.maps).map_err(Fault::broken)?;
        looked_at(office, kind.ok_or_else(not_ledger)?, seen.location.clone(), maps).await?;
    }
    let change = office.store.change(caller.asked.at).await?;
    let link = there(office, caller, &change, id).await?;
    office.authorize(caller, Action::LinkApprove, &resource(caller, &link))?;
    if link.state != LinkState::Proposed {
        return Err(Fault::refused("app-link-decided"));
    }
    let state = match decision {
        Decision::Approve => {
            without_records(&change, &link.kind).await?;
            LinkState::Active
        }
        Decision::Refuse => LinkState::Refused,
    };
    let before = entry_of(&link);
    change.decide_link(id, link.version, state, caller.user).await?;
    let link = change.link(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&link)?);
    let deed = Deed::new(Action::LinkApprove.code(), format!("link:{id}"))
        .before(before)
        .after(entry_of(&link));
    office.keep(change, caller, deed, answer).await
}

/// Ends a link, or takes a proposal back. Runs that have read it keep what they found. 终止数据链接
pub async fn end(
    office: &Office,
    caller: &Caller,
    id: LinkId,
    version: i64,
    words: impl Fn(&LinkView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let change = office.store.change(caller.asked.at).await?;
    let link = there(office, caller, &change, id).await?;
    office.authorize(caller, Action::LinkEnd, &resource(caller, &link))?;
    if link.version != version {
        return Err(Fault::Stale(Box::new(words(&view(&link)?))));
    }
    if !matches!(link.state, LinkState::Active | LinkState::Proposed) {
        return Err(Fault::refused("app-link-decided"));
    }
    let before = entry_of(&link);
    change.end_link(id, version, caller.user).await?;
    let link = change.link(id).await?.ok_or(Fault::Absent)?;
    let answer = words(&view(&link)?);
    let deed = Deed::new(Action::LinkEnd.code(), format!("link:{id}"))
        .before(before)
        .after(entry_of(&link));
    office.keep(change, caller, deed, answer).await
}

/// Refuses records of a kind that is linked: they would count beside those that lie elsewhere. 拒收已链接种类的记录
pub(crate) async fn refuse_linked<'k>(view: &View, kinds: impl IntoIterator<Item = &'k str>) -> Result<(), Fault> {
    let links = view.links_in_force().await?;
    let mut kinds = kinds.into_iter();
    match kinds.find(|kind| links.iter().any(|link| link.kind == *kind)) {
        Some(kind) => Err(Fault::Refused(
            Message::new("app-submission-kind-linked").with("kind", kind),
        )),
        None => Ok(()),
    }
}

/// What was found at a link when it was proposed. 链接所见
pub(crate) fn found_of(link: &Link) -> Found {
    serde_json::from_str(&link.found).unwrap_or_default()
}

/// The mappings, each naming its kind, so that they can stand among those of other kinds.
fn mappings(given: &Proposal, kind: Option<&Kind>, wrong: &mut Vec<Wrong>) -> Vec<String> {
    if given.maps.len() > MOST_MAPS {
        let says = Message::new("app-link-many-maps").with("most", MOST_MAPS);
        wrong.push(Wrong::at("/maps", says));
    }
    let mut maps = Vec::new();
    for (at, map) in given.maps.iter().take(MOST_MAPS).enumerate() {
        let pointer = format!("/maps/{at}");
        if let Err(error) = Mapping::parse(map) {
            wrong.push(Wrong::at(pointer, error.message()));
            continue;
        }
        let (heading, target) = map.rsplit_once('=').unwrap_or((map, ""));
        let name = target.split([':', '：', '*', '×']).next().unwrap_or_default().trim();
        let (own, field) = name.split_once('.').unwrap_or((given.kind.as_str(), name));
        if let Some(kind) = kind
            && (own != kind.id || kind.field(field).is_none())
        {
            let says = Message::new("app-link-map-field")
                .with("field", name)
                .with("kind", kind.id.as_str());
            wrong.push(Wrong::at(pointer, says));
            continue;
        }
        maps.push(match name.contains('.') {
            true => map.clone(),
            false => format!("{heading}={}.{}", given.kind, target.trim_start()),
        });
    }
    maps
}

/// Looks at the footers of all files at a location, on a thread of its own: what they would be read as.
async fn looked_at(office: &Office, kind: Kind, location: String, maps: Vec<String>) -> Result<Found, Fault> {
    let roots = office.roots.clone();
    tokio::task::spawn_blocking(move || survey(&roots, &kind, &location, &maps))
        .await
        .map_err(Fault::broken)?
}

fn survey(roots: &Roots, kind: &Kind, location: &str, maps: &[String]) -> Result<Found, Fault> {
    let files = roots.find(location).map_err(|says| Fault::field("/location", says))?;
    let maps: Vec<Mapping> = maps.iter().filter_map(|map| Mapping::parse(map).ok()).collect();
    let mut all = Found::default();
    let mut wrong = Vec::new();
    let mut used = vec![false; maps.len()];
    for file in files {
        if wrong.len() >= MOST_TOLD {
            break;
        }
        let name = shown(&kind.id, &file.name);
        let found = match pinji_connectors::survey(&file.path, &name, kind, &maps) {
            Ok(found) => found,
            Err(error) => {
                wrong.push(Wrong::at("/location", error.message()));
                continue;
            }
        };
        let mut problems = found.problems;
        let lacks = |field: &str| !found.columns.iter().any(|(_, own)| own == field);
        // Without its day a row would count for no window, however it is read.
        if let Some(date) = kind.date.as_deref().filter(|date| lacks(date)) {
            problems.push(Message::new("app-link-lacks").with("field", date));
        }
        if let Some(first) = problems.into_iter().next() {
            let says = Message::new("app-link-file").with("file", name).with("says", first);
            wrong.push(Wrong::at("/location", says));
        }
        found.maps_used.iter().for_each(|at| {
            if let Some(used) = used.get_mut(*at) {
                *used = true;
            }
        });
        all.files += 1;
        all.bytes += file.bytes;
        all.rows += found.rows;
        let columns = found.columns.into_iter().filter(|column| !all.columns.contains(column));
        let columns: Vec<_> = columns.collect();
        all.columns.extend(columns);
        let unused = found.unused.into_iter().filter(|heading| !all.unused.contains(heading));
        let unused: Vec<_> = unused.collect();
        all.unused.extend(unused);
    }
    if wrong.is_empty() {
        let idle = used.iter().enumerate().filter(|(_, used)| !**used);
        wrong.extend(idle.map(|(at, _)| Wrong::at(format!("/maps/{at}"), Message::new("app-link-map-idle"))));
    }
    match wrong.is_empty() {
        true => Ok(all),
        false => Err(Fault::Invalid(wrong)),
    }
}

/// A linked kind has all its records elsewhere.
async fn without_records(view: &View, kind: &str) -> Result<(), Fault> {
    match view.has_records(kind).await? {
        true => Err(Fault::Refused(Message::new("app-link-has-records").with("kind", kind))),
        false => Ok(()),
    }
}

async fn there(office: &Office, caller: &Caller, view: &View, id: LinkId) -> Result<Link, Fault> {
    office.authorize(caller, Action::LinkRead, &about(State::Committed))?;
    view.link(id).await?.ok_or(Fault::Absent)
}

/// Links are the company's, not somebody's.
fn about(state: State) -> Resource {
    Resource::new(What::Link).related(Relation::OtherTeam).at(state)
}

fn resource(caller: &Caller, link: &Link) -> Resource {
    let state = match link.state {
        LinkState::Proposed => State::InReview,
        LinkState::Active | LinkState::Refused | LinkState::Ended => State::Committed,
    };
    about(state).made_by(Some(link.proposed_by), &caller.actor)
}

fn view(link: &Link) -> Result<LinkView, Fault> {
    Ok(LinkView {
        id: link.id,
        kind: link.kind.clone(),
        location: link.location.clone(),
        maps: serde_json::from_str(&link.maps).map_err(Fault::broken)?,
        reason: link.reason.clone(),
        found: found_of(link),
        state: link.state.code(),
        proposed_by: link.proposed_by,
        proposed_at: link.proposed_at,
        decided_by: link.decided_by,
        decided_at: link.decided_at,
        ended_by: link.ended_by,
        ended_at: link.ended_at,
        version: link.version,
    })
}

fn entry_of(link: &Link) -> Value {
    json!({
        "kind": link.kind, "location": link.location, "maps": serde_json::from_str::<Value>(&link.maps).unwrap_or_default(),
        "reason": link.reason, "state": link.state.code(), "version": link.version,
    })
}
