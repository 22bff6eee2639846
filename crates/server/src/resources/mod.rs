//! The resources of the interface, one file for each; every route is put into the table here. 资源

pub mod access_requests;
pub mod cases;
pub mod committee;
pub mod customers;
pub mod erasures;
pub mod files;
pub mod grants;
pub mod groups;
pub mod jobs;
pub mod kinds;
pub mod ledger;
pub mod links;
pub mod notifications;
pub mod passkeys;
pub mod records;
pub mod relations;
pub mod runs;
pub mod second_factor;
pub mod session;
pub mod setup;
pub mod sign_on;
pub mod submissions;
pub mod system;
pub mod teams;
mod times;
pub mod tokens;
pub mod users;

use std::time::Duration;

use pinji_app::register::Action;
use utoipa::OpenApi;
use utoipa_axum::routes;

pub(crate) use times::when;

use crate::routes::{Needs, Patience, Routes, Rule};

/// All routes of `/api/v1`.
#[must_use]
pub fn all() -> Routes {
    let table = people(Routes::new(crate::openapi::About::openapi()));
    let table = sign_on(table);
    let table = by_passkey(table);
    let table = customers(table);
    let table = audited(table);
    let table = corporate_groups(table);
    let table = linked(table);
    let table = privacy(table);
    let table = office(table);
    runs(table)
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

fn corporate_groups(table: Routes) -> Routes {
    let may = Needs::Permission;
    // Finding all groups reads all relations.
    let whole = Rule::of(may(Action::GroupDecide)).costing(20);
    table
        .add(may(Action::RelationRead), routes!(relations::list_relations))
        .add(may(Action::RelationWrite), routes!(relations::record_relations))
        .add(may(Action::RelationWrite), routes!(relations::close_relation))
        .add(may(Action::RelationRead), routes!(relations::list_customer_relations))
        .add_with(whole, routes!(groups::propose_groups))
        .add(may(Action::GroupRead), routes!(groups::list_groups))
        .add(may(Action::GroupRead), routes!(groups::read_group))
        .add(may(Action::GroupRead), routes!(groups::list_members))
        .add(may(Action::GroupRead), routes!(groups::read_customer_group))
        .add(may(Action::GroupRead), routes!(groups::list_decisions))
        .add(may(Action::GroupDecide), routes!(groups::propose_decision))
        .add(may(Action::GroupDecide), routes!(groups::approve_decision))
        .add(may(Action::GroupDecide), routes!(groups::refuse_decision))
}

/// Cases, the committee, and the grades in force.
fn office(table: Routes) -> Routes {
    let may = Needs::Permission;
    // All results of a run are held against what was decided.
    let whole = Rule {
        patience: Patience::Of(Duration::from_secs(300)),
        ..Rule::of(may(Action::CaseOpen)).costing(20)
    };
    table
        .add(may(Action::CaseRead), routes!(cases::list_cases))
        .add(may(Action::CaseOpen), routes!(cases::open_case))
        .add_with(whole, routes!(cases::open_cases))
        .add(may(Action::CaseRead), routes!(cases::read_case))
        .add(may(Action::CaseScreen), routes!(cases::screen_case))
        .add(may(Action::CaseScreen), routes!(cases::call_experts))
        .add(may(Action::CaseScreen), routes!(cases::reconcile_opinions))
        .add(may(Action::CaseOpine), routes!(cases::give_opinion))
        .add(may(Action::CasePropose), routes!(cases::propose_grade))
        .add(may(Action::CasePropose), routes!(cases::second_grade))
        .add(may(Action::CasePropose), routes!(cases::decline_grade))
        .add(may(Action::CaseBallot), routes!(cases::open_ballot))
        .add(may(Action::CaseVote), routes!(cases::vote))
        .add(may(Action::CaseBallot), routes!(cases::close_ballot))
        .add(may(Action::CaseVote), routes!(cases::cast_casting_vote))
        .add(may(Action::CaseVote), routes!(cases::dissent))
        .add(may(Action::CaseRead), routes!(cases::stand_aside))
        .add(may(Action::CaseOpen), routes!(cases::withdraw_case))
        .add(may(Action::SeatRead), routes!(committee::list_seats))
        .add(may(Action::SeatAppoint), routes!(committee::appoint_seat))
        .add(may(Action::SeatRead), routes!(committee::read_seat))
        .add_with(
            Rule::of(may(Action::SeatAppoint)).unversioned(),
            routes!(committee::end_seat),
        )
        .add(may(Action::GradeRead), routes!(committee::read_customer_grade))
}

/// What is about persons: taken out, and erased by two.
fn privacy(table: Routes) -> Routes {
    let may = Needs::Permission;
    // All that was ever sent is looked through.
    let time = Duration::from_secs(600);
    let long = |action| Rule {
        patience: Patience::Of(time),
        ..Rule::of(may(action)).costing(20)
    };
    table
        .add_with(
            long(Action::PersonalExport),
            routes!(erasures::read_customer_personal_data),
        )
        .add(may(Action::UserWrite), routes!(erasures::read_user_personal_data))
        .add(may(Action::ErasurePropose), routes!(erasures::list_erasures))
        .add(may(Action::ErasurePropose), routes!(erasures::ask_erasure))
        .add(may(Action::ErasurePropose), routes!(erasures::read_erasure))
        .add_with(long(Action::ErasureApprove), routes!(erasures::approve_erasure))
        .add(may(Action::ErasureApprove), routes!(erasures::refuse_erasure))
        .add(may(Action::UserErase), routes!(erasures::list_user_erasures))
        .add(may(Action::UserErase), routes!(erasures::ask_user_erasure))
        .add(may(Action::UserErase), routes!(erasures::read_user_erasure))
        .add_with(long(Action::UserEraseApprove), routes!(erasures::approve_user_erasure))
        .add(may(Action::UserEraseApprove), routes!(erasures::refuse_user_erasure))
}

fn customers(table: Routes) -> Routes {
    let may = Needs::Permission;
    // A whole book is read and written down: minutes, and many credits.
    let long = std::time::Duration::from_secs(300);
    let export = Rule {
        patience: crate::routes::Patience::Of(long),
        ..Rule::of(may(Action::ExportBulk)).costing(20)
    };
    let rules = |action| Rule::of(may(action)).costing(20);
    table
        .add(may(Action::KindRead), routes!(kinds::list_kinds))
        .add_with(rules(Action::KindWrite), routes!(kinds::load_kinds))
        .add(may(Action::KindRead), routes!(kinds::read_kind))
        .add_with(rules(Action::KindRead), routes!(kinds::kind_template))
        .add(may(Action::PolicyRead), routes!(kinds::list_policies))
        .add_with(rules(Action::PolicyWrite), routes!(kinds::load_policy))
        .add(may(Action::PolicyRead), routes!(kinds::read_policy))
        .add_with(rules(Action::PolicyRead), routes!(kinds::policy_template))
        .add(may(Action::CustomerList), routes!(customers::list_customers))
        .add(may(Action::CustomerWrite), routes!(customers::create_customer))
        .add_with(export, routes!(customers::export_csv))
        .add_with(export, routes!(customers::export_xlsx))
        .add(may(Action::CustomerRead), routes!(customers::read_customer))
        .add(may(Action::CustomerWrite), routes!(customers::change_customer))
        .add(may(Action::CustomerAssign), routes!(customers::assign_customer))
        .add(may(Action::CustomerRead), routes!(records::customer_page))
        .add(may(Action::RecordRead), routes!(records::list_records))
        .add(may(Action::RecordRead), routes!(records::record_versions))
        .add(Needs::SignedIn, routes!(records::list_conflicts))
        .add(Needs::SignedIn, routes!(records::declare_conflict))
}

fn linked(table: Routes) -> Routes {
    let may = Needs::Permission;
    // The footers of up to ten thousand files are read.
    let looks = |action| Rule {
        patience: Patience::Of(Duration::from_secs(120)),
        ..Rule::of(may(action)).costing(20)
    };
    table
        .add(may(Action::LinkRead), routes!(links::list_links))
        .add_with(looks(Action::LinkPropose), routes!(links::propose_link))
        .add(may(Action::LinkRead), routes!(links::read_link))
        .add_with(looks(Action::LinkApprove), routes!(links::approve_link))
        .add(may(Action::LinkApprove), routes!(links::refuse_link))
        .add(may(Action::LinkEnd), routes!(links::end_link))
}

fn runs(table: Routes) -> Routes {
    let may = Needs::Permission;
    // A run reckons the whole book, a regrade one customer with its ways up and down.
    let whole = Rule::of(may(Action::RunCreate)).costing(20);
    let alone = Rule::of(may(Action::GradeRegrade)).costing(5);
    table
        .add(may(Action::RunRead), routes!(runs::list_runs))
        .add_with(whole, routes!(runs::create_run))
        .add(may(Action::RunRead), routes!(runs::read_run))
        .add(may(Action::RunCancel), routes!(runs::cancel_run))
        .add(may(Action::GradeRead), routes!(runs::list_grades))
        .add(may(Action::GradeRead), routes!(runs::read_grade))
        .add(may(Action::GroupRead), routes!(runs::list_group_grades))
        .add(may(Action::GroupRead), routes!(runs::read_group_grade))
        // A file may be large, and its reader slow.
        .add_with(
            Rule::of(may(Action::ExportBulk)).streaming().costing(20),
            routes!(runs::read_run_file),
        )
        .add_with(alone, routes!(runs::regrade_customer))
}

/// Submissions and their audit.
fn audited(table: Routes) -> Routes {
    let may = Needs::Permission;
    // A hundred thousand rows are compared and kept in one request.
    let time = Duration::from_secs(600);
    let long = |action| Rule {
        patience: Patience::Of(time),
        ..Rule::of(may(action))
    };
    let file = Rule::of(may(Action::SubmissionCreate)).with_file(submissions::MOST_BYTES, time);
    table
        .add(may(Action::SubmissionRead), routes!(submissions::list_submissions))
        .add_with(file.costing(5), routes!(submissions::send_submission))
        .add(may(Action::SubmissionRead), routes!(submissions::read_submission))
        .add(may(Action::SubmissionRead), routes!(submissions::list_submission_rows))
        .add(may(Action::SubmissionRead), routes!(submissions::list_sample))
        .add_with(long(Action::SubmissionRead), routes!(submissions::read_submission_file))
        .add_with(long(Action::SubmissionRead), routes!(submissions::read_marked_file))
        .add_with(
            long(Action::SubmissionConfirm),
            routes!(submissions::confirm_submission),
        )
        .add(
            may(Action::SubmissionWithdraw),
            routes!(submissions::withdraw_submission),
        )
        .add_with(long(Action::SubmissionAudit), routes!(submissions::audit_submission))
        .add_with(long(Action::SubmissionUndo), routes!(submissions::undo_submission))
        .add(may(Action::RecordRead), routes!(submissions::list_overdue))
}

fn sign_on(table: Routes) -> Routes {
    // Each of the two asks another service, for a stranger.
    let asks = Rule::of(Needs::Nothing).costing(5);
    table
        .add(Needs::Nothing, routes!(sign_on::list_providers))
        .add_with(asks, routes!(sign_on::go_to_directory))
        .add_with(asks.costing(20), routes!(sign_on::come_back_from_directory))
}

fn by_passkey(table: Routes) -> Routes {
    let mine = Rule::of(Needs::SignedIn).unversioned();
    let proves = mine.costing(20).never_repeated();
    table
        .add(Needs::Nothing, routes!(passkeys::ask_passkey))
        .add_with(
            Rule::of(Needs::Nothing).costing(20).never_repeated(),
            routes!(passkeys::sign_in_by_passkey),
        )
        .add_with(mine, routes!(passkeys::list_passkeys))
        .add_with(mine, routes!(passkeys::ask_new_passkey))
        .add_with(proves, routes!(passkeys::add_passkey))
        .add_with(mine, routes!(passkeys::remove_passkey))
        .add_with(mine, routes!(passkeys::ask_elevation_passkey))
        .add_with(proves, routes!(passkeys::elevate_by_passkey))
}
