//! Teams. 团队

use pinji_access::{Relation, Resource, State, What};
use pinji_domain::{Message, TeamId, Timestamp, UserId};
use pinji_store::{NewTeam as Row, Team, TeamMember, View};
use serde_json::{Value, json};

use super::deed::Deed;
use super::users::line;
use super::{Action, Answer, Caller, Fault, Office, Slice, Wrong};

/// A member. 成员
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Whether this one leads.
    pub lead: bool,
}

/// A team. 团队
#[derive(Debug, Clone)]
pub struct TeamView {
    /// The id.
    pub id: TeamId,
    /// The company's own code.
    pub code: String,
    /// The name.
    pub name: String,
    /// Who belongs to it, ascending by id.
    pub members: Vec<Member>,
    /// Since when it is closed.
    pub closed_at: Option<Timestamp>,
    /// The version.
    pub version: i64,
}

/// A new team. 新团队
pub struct NewTeam {
    /// The company's own code.
    pub code: String,
    /// The name.
    pub name: String,
    /// Who belongs to it.
    pub members: Vec<Member>,
}

/// What is to change. 团队变更
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// Who belongs to it from now on.
    pub members: Option<Vec<Member>>,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// Teams, ascending by id. 团队列表
pub async fn list(
    office: &Office,
    caller: &Caller,
    after: Option<TeamId>,
    limit: u32,
) -> Result<Slice<TeamView, TeamId>, Fault> {
    may_see(office, caller)?;
    let after = after.unwrap_or(TeamId(0));
    let rows = office.store.teams().await?.into_iter().filter(|team| team.id > after);
    let page = Slice::cut(rows.take(limit as usize + 1).collect(), limit, |team: &Team| team.id);
    let mut items = Vec::with_capacity(page.items.len());
    for team in page.items {
        items.push(view(&office.store, team).await?);
    }
    Ok(Slice { items, next: page.next })
}

/// One team. 查看团队
pub async fn read(office: &Office, caller: &Caller, id: TeamId) -> Result<TeamView, Fault> {
    may_see(office, caller)?;
    view(&office.store, office.store.team(id).await?.ok_or(Fault::Absent)?).await
}

/// Makes a team. 新建团队
pub async fn create(
    office: &Office,
    caller: &Caller,
    given: NewTeam,
    words: impl Fn(&TeamView) -> Answer + Send,
) -> Result<Answer, Fault> {
    office.authorize(
        caller,
        Action::TeamWrite,
        &resource(caller, &given.members).at(State::Draft),
    )?;
    let mut wrong = Vec::new();
    let code = line("/code", &given.code, 64, &mut wrong);
    let name = line("/name", &given.name, 100, &mut wrong);
    let change = office.store.change(caller.asked.at).await?;
    wrong.extend(strangers(&change, &given.members).await?);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let id = change.add(Row { code, name }).await?;
    for member in &given.members {
        change
            .set_team_member(TeamMember {
                team: id,
                user: member.user,
                lead: member.lead,
            })
            .await?;
    }
    let team = view(&change, change.team(id).await?.ok_or(Fault::Absent)?).await?;
    let answer = words(&team);
    let deed = Deed::new(Action::TeamWrite.code(), format!("team:{id}")).after(entry_of(&team));
    office.keep(change, caller, deed, answer).await
}

/// Changes a team. 修改团队
pub async fn change(
    office: &Office,
    caller: &Caller,
    id: TeamId,
    version: i64,
    given: Change,
    words: impl Fn(&TeamView) -> Answer + Send,
) -> Result<Answer, Fault> {
    may_see(office, caller)?;
    let change = office.store.change(caller.asked.at).await?;
    let old = change.team(id).await?.ok_or(Fault::Absent)?;
    let before = view(&change, old.clone()).await?;
    let touched: Vec<Member> = differing(&before.members, given.members.as_deref().unwrap_or(&before.members));
    office.authorize(caller, Action::TeamWrite, &resource(caller, &touched))?;
    if old.version != version {
        return Err(Fault::Stale(Box::new(words(&before))));
    }
    let mut wrong = Vec::new();
    let name = given
        .name
        .map_or_else(|| old.name.clone(), |name| line("/name", &name, 100, &mut wrong));
    let members = given.members.unwrap_or_else(|| before.members.clone());
    wrong.extend(strangers(&change, &members).await?);
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let closed_at = match given.closed {
        None => old.closed_at,
        Some(true) => old.closed_at.or(Some(change.at())),
        Some(false) => None,
    };
    change.update_team(&Team { name, closed_at, ..old }).await?;
    for member in &before.members {
        if !members.iter().any(|kept| kept.user == member.user) {
            change.remove_team_member(id, member.user).await?;
        }
    }
    for member in &members {
        change
            .set_team_member(TeamMember {
                team: id,
                user: member.user,
                lead: member.lead,
            })
            .await?;
    }
    let after = view(&change, change.team(id).await?.ok_or(Fault::Absent)?).await?;
    let answer = words(&after);
    let deed = Deed::new(Action::TeamWrite.code(), format!("team:{id}"));
    office
        .keep(
            change,
            caller,
            deed.before(entry_of(&before)).after(entry_of(&after)),
            answer,
        )
        .await
}

/// Teams are seen by whoever may see other users.
fn may_see(office: &Office, caller: &Caller) -> Result<(), Fault> {
    let others = Resource::new(What::User).related(Relation::OtherTeam);
    office.authorize(caller, Action::UserRead, &others)
}

/// Somebody's own place in a team makes the team his own: nobody puts himself into one.
fn resource(caller: &Caller, members: &[Member]) -> Resource {
    let own = members.iter().any(|member| member.user == caller.user);
    Resource::new(What::Team).related(if own { Relation::Own } else { Relation::OtherTeam })
}

/// The members whose place differs between the two.
fn differing(one: &[Member], other: &[Member]) -> Vec<Member> {
    let lacking = |here: &[Member], there: &[Member]| -> Vec<Member> {
        there.iter().filter(|member| !here.contains(member)).copied().collect()
    };
    [lacking(one, other), lacking(other, one)].concat()
}

async fn strangers(view: &View, members: &[Member]) -> Result<Vec<Wrong>, Fault> {
    let mut wrong = Vec::new();
    for (place, member) in members.iter().enumerate() {
        if view.user(member.user).await?.is_none() {
            let says = Message::new("app-user-unknown").with("user", member.user.to_string());
            wrong.push(Wrong::at(format!("/members/{place}/user"), says));
        }
    }
    Ok(wrong)
}

async fn view(view: &View, team: Team) -> Result<TeamView, Fault> {
    let members = view.team_members(team.id).await?;
    Ok(TeamView {
        members: members
            .into_iter()
            .map(|member| Member {
                user: member.user,
                lead: member.lead,
            })
            .collect(),
        id: team.id,
        code: team.code,
        name: team.name,
        closed_at: team.closed_at,
        version: team.version,
    })
}

fn entry_of(team: &TeamView) -> Value {
    let members: Vec<Value> = team
        .members
        .iter()
        .map(|member| json!({ "user": member.user.0, "lead": member.lead }))
        .collect();
    json!({
        "code": team.code, "name": team.name, "members": members,
        "closed_at": team.closed_at.map(|at| at.to_string()), "version": team.version,
    })
}
