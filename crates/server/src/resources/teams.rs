//! Teams: whose customers are whose. 团队

use axum::extract::OriginalUri;
use pinji_app::register::Answer;
use pinji_app::register::teams::{self, Member as AppMember, TeamView};
use pinji_domain::{TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::pages::{Listed, Page, Paging};
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;
use crate::versions::{IfMatch, Versioned};

/// A member of a team. 团队成员
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": 4, "lead": true }))]
pub struct Member {
    /// The user.
    pub user: i64,
    /// Whether this one leads the team.
    #[serde(default)]
    pub lead: bool,
}

/// A team. 团队
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 2, "code": "east", "name": "华东", "members": [{ "user": 4, "lead": true }], "closed_at": null, "version": 1,
}))]
pub struct Team {
    /// The id.
    pub id: i64,
    /// The company's own code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub members: Vec<Member>,
    /// Since when it is closed.
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// The version, also in the `ETag`.
    pub version: i64,
}

impl From<&TeamView> for Team {
    fn from(view: &TeamView) -> Team {
        Team {
            id: view.id.0,
            code: view.code.clone(),
            name: view.name.clone(),
            members: view
                .members
                .iter()
                .map(|member| Member {
                    user: member.user.0,
                    lead: member.lead,
                })
                .collect(),
            closed_at: view.closed_at.map(when),
            version: view.version,
        }
    }
}

/// A new team. 新团队
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "east", "name": "华东", "members": [{ "user": 4, "lead": true }] }))]
pub struct NewTeam {
    /// The company's own code.
    #[schema(min_length = 1, max_length = 64)]
    pub code: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Who belongs to it.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub members: Vec<Member>,
}

/// What is to change; what is left out stays. 团队变更
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "members": [{ "user": 4, "lead": true }, { "user": 5, "lead": false }] }))]
pub struct TeamChange {
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Who belongs to it from now on: all of them.
    #[schema(max_items = 1000)]
    pub members: Option<Vec<Member>>,
    /// `true` closes the team, `false` opens it again.
    pub closed: Option<bool>,
}

/// Lists teams. 团队列表
#[utoipa::path(get, path = "/teams", tag = "People", params(Paging),
    responses((status = 200, description = "A page of teams", body = Page<Team>)))]
pub async fn list_teams(
    shared: Shared,
    By(caller): By,
    OriginalUri(uri): OriginalUri,
    Query(paging): Query<Paging>,
) -> Result<Listed<Team>, Problem> {
    let after = paging.after(&shared, "teams")?.map(TeamId);
    let page = teams::list(&shared.office, &caller, after, paging.limit()?).await?;
    let next = page.next.map(|id| id.0);
    Listed::new(&shared, uri, "teams", page.items.iter().map(Team::from).collect(), next)
}

/// Makes a team. 新建团队
#[utoipa::path(post, path = "/teams", tag = "People", request_body = NewTeam,
    responses((status = 201, description = "The team", body = Team)))]
pub async fn create_team(shared: Shared, By(caller): By, Body(given): Body<NewTeam>) -> Result<Reply, Problem> {
    let members = members(given.members);
    let new = teams::NewTeam {
        code: given.code,
        name: given.name,
        members,
    };
    Ok(Reply(teams::create(&shared.office, &caller, new, in_words).await?))
}

/// Reads a team. 查看团队
#[utoipa::path(get, path = "/teams/{id}", tag = "People", params(("id" = i64, Path, description = "The team", example = 2)),
    responses((status = 200, description = "The team", body = Team)))]
pub async fn read_team(shared: Shared, By(caller): By, Id(id): Id<TeamId>) -> Result<Versioned<Team>, Problem> {
    let team = teams::read(&shared.office, &caller, id).await?;
    Ok(Versioned(team.version, Team::from(&team)))
}

/// Changes a team. 修改团队
#[utoipa::path(patch, path = "/teams/{id}", tag = "People", request_body = TeamChange,
    params(("id" = i64, Path, description = "The team", example = 2)),
    responses((status = 200, description = "The team as it is now", body = Team)))]
pub async fn change_team(
    shared: Shared,
    By(caller): By,
    Id(id): Id<TeamId>,
    IfMatch(version): IfMatch,
    Body(given): Body<TeamChange>,
) -> Result<Reply, Problem> {
    let change = teams::Change {
        name: given.name,
        members: given.members.map(members),
        closed: given.closed,
    };
    Ok(Reply(
        teams::change(&shared.office, &caller, id, version, change, in_words).await?,
    ))
}

fn members(given: Vec<Member>) -> Vec<AppMember> {
    given
        .into_iter()
        .map(|member| AppMember {
            user: UserId(member.user),
            lead: member.lead,
        })
        .collect()
}

fn in_words(team: &TeamView) -> Answer {
    let body = value(&Team::from(team));
    match team.version {
        1 => Answer::made(format!("/api/v1/teams/{}", team.id), 1, body),
        version => Answer::changed(version, body),
    }
}
