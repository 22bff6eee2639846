//! The resources of the interface, one file for each; every route is put into the table here. 资源

pub mod access_requests;
pub mod grants;
pub mod jobs;
pub mod ledger;
pub mod notifications;
pub mod second_factor;
pub mod session;
pub mod setup;
pub mod sign_on;
pub mod system;
pub mod teams;
pub mod tokens;
pub mod users;

use pinji_app::register::Action;
use pinji_domain::Timestamp;
use utoipa::OpenApi;
use utoipa_axum::routes;

use crate::routes::{Needs, Routes, Rule};

/// All routes of `/api/v1`.
#[must_use]
pub fn all() -> Routes {
    sign_on(people(Routes::new(crate::openapi::About::openapi())))
}

fn people(table: Routes) -> Routes {
    // Signing in costs a slow hash; so it costs credits, and is never answered from memory.
    let slow = Rule::of(Needs::Nothing).costing(20).never_repeated();
    let mine = Rule::of(Needs::SignedIn).unversioned();
    let slow_mine = mine.costing(20).never_repeated();
    let may = Needs::Permission;
    table
        .add(Needs::Nothing, routes!(setup::read_setup))
        .add_with(slow, routes!(setup::set_up))
        .add_with(slow, routes!(setup::set_password))
        .add_with(slow, routes!(session::sign_in))
        .add_with(mine, routes!(session::read_session))
        .add_with(mine, routes!(session::sign_out))
        .add_with(slow_mine, routes!(session::elevate))
        .add_with(slow_mine, routes!(session::change_password))
        .add_with(slow_mine, routes!(second_factor::begin_second_factor))
        .add_with(slow_mine, routes!(second_factor::confirm_second_factor))
        .add(may(Action::UserRead), routes!(users::list_users))
        .add(may(Action::UserWrite), routes!(users::create_user))
        .add(may(Action::UserRead), routes!(users::read_user))
        .add(may(Action::UserWrite), routes!(users::change_user))
        .add(may(Action::UserWrite), routes!(users::send_link))
        .add(may(Action::UserRead), routes!(teams::list_teams))
        .add(may(Action::TeamWrite), routes!(teams::create_team))
        .add(may(Action::UserRead), routes!(teams::read_team))
        .add(may(Action::TeamWrite), routes!(teams::change_team))
        .add(may(Action::UserRead), routes!(grants::list_grants))
        .add(may(Action::GrantPropose), routes!(grants::propose_grant))
        .add(may(Action::UserRead), routes!(grants::read_grant))
        .add(may(Action::GrantApprove), routes!(grants::approve_grant))
        .add(may(Action::GrantApprove), routes!(grants::refuse_grant))
        .add(may(Action::UserWrite), routes!(grants::end_grant))
        .add(may(Action::TokenRead), routes!(tokens::list_tokens))
        .add(may(Action::TokenWrite), routes!(tokens::create_token))
        .add_with(
            Rule::of(may(Action::TokenWrite)).unversioned(),
            routes!(tokens::revoke_token),
        )
        .add(
            may(Action::AccessRequest),
            routes!(access_requests::list_access_requests),
        )
        .add(may(Action::AccessRequest), routes!(access_requests::ask_access))
        .add(
            may(Action::AccessRequest),
            routes!(access_requests::read_access_request),
        )
        .add(may(Action::AccessApprove), routes!(access_requests::approve_access))
        .add(may(Action::AccessApprove), routes!(access_requests::refuse_access))
        .add(
            may(Action::NotificationRead),
            routes!(notifications::list_notifications),
        )
        .add(may(Action::JobRead), routes!(jobs::read_job))
        .add_with(Rule::of(may(Action::JobRead)).streaming(), routes!(jobs::follow_job))
        .add(may(Action::LedgerRead), routes!(ledger::list_entries))
        .add(may(Action::LedgerRead), routes!(ledger::read_entry))
        .add(may(Action::LedgerRead), routes!(ledger::read_checkpoint))
        .add(may(Action::LedgerRead), routes!(ledger::prove_inclusion))
        .add(may(Action::LedgerRead), routes!(ledger::prove_consistency))
        .add(may(Action::SystemRead), routes!(system::read_system))
}

fn sign_on(table: Routes) -> Routes {
    // Each of the two asks another service, for a stranger.
    let asks = Rule::of(Needs::Nothing).costing(5);
    table
        .add(Needs::Nothing, routes!(sign_on::list_providers))
        .add_with(asks, routes!(sign_on::go_to_directory))
        .add_with(asks.costing(20), routes!(sign_on::come_back_from_directory))
}

/// An instant as the interface writes it.
pub(crate) fn when(at: Timestamp) -> String {
    at.to_string()
}
