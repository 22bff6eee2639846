//! The seats of the committee, and the grades that cases have put in force. 委员席位与生效等级

use axum::Json;
use axum::extract::Path;
use pinji_app::register::Answer;
use pinji_app::register::cases::seats::{self, Appointment, SeatView};
use pinji_app::register::cases::{self, GradeInForce};
use pinji_domain::UserId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cases::CaseDecision;
use super::times::maybe_day;
use super::when;
use crate::body::{Body, Id, Query};
use crate::guard::By;
use crate::problem::Problem;
use crate::reply::{Reply, value};
use crate::shared::Shared;

/// A seat of a committee and who holds it. 委员席位
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": 2, "policy": "tob-standard", "seat": "risk", "member": 21, "is_chair": false, "appointed_by": 8,
    "appointed_at": "2026-11-22T08:00:00.000000Z", "ended_at": null,
}))]
pub struct Seat {
    /// The id.
    pub id: i64,
    /// The policy whose committee it is.
    pub policy: String,
    /// The seat, by the policy's word.
    pub seat: String,
    /// Who holds it.
    pub member: i64,
    /// Whether he has the chair.
    pub is_chair: bool,
    /// Who appointed him; never himself.
    pub appointed_by: i64,
    /// When.
    #[schema(format = DateTime)]
    pub appointed_at: String,
    /// When he left it.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

impl From<&SeatView> for Seat {
    fn from(view: &SeatView) -> Seat {
        Seat {
            id: view.id,
            policy: view.policy.clone(),
            seat: view.seat.clone(),
            member: view.member.0,
            is_chair: view.is_chair,
            appointed_by: view.appointed_by.0,
            appointed_at: when(view.appointed_at),
            ended_at: view.ended_at.map(when),
        }
    }
}

/// The seats of a committee that are held. 现任委员
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct Seats {
    /// The seats, by name.
    pub items: Vec<Seat>,
}

/// An appointment. 任命
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "policy": "tob-standard", "seat": "risk", "member": 21 }))]
pub struct NewSeat {
    /// The policy whose committee it is.
    pub policy: String,
    /// The seat, by the policy's word.
    pub seat: String,
    /// Who is to hold it.
    pub member: i64,
    /// Whether he shall have the chair.
    #[serde(default)]
    pub is_chair: bool,
}

/// Whose committee. 所属标准
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichCommittee {
    /// The policy.
    #[param(example = "tob-standard")]
    pub policy: String,
}

/// The grade of a customer under one policy. 生效等级
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "policy": "tob-standard", "given": null, "run": 3, "model_grade": "key" }))]
pub struct CustomerGrade {
    /// The policy.
    pub policy: String,
    /// The grade in force; empty where nothing was decided until the day.
    pub given: Option<GivenGrade>,
    /// The run that graded it last, for who sees grades before the decision.
    pub run: Option<i64>,
    /// What that run says; empty: ungraded.
    pub model_grade: Option<String>,
}

/// A grade in force. 生效等级
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "grade": "key", "since": "2026-11-22", "is_returned": false, "due": "2027-11-22", "case": 5, "decision": {
        "grade": "key", "basis": "fast_lane", "effective": "2026-11-22", "at": "2026-11-22T08:00:00.000000Z",
        "code": null, "reason": null, "until": null,
    },
}))]
pub struct GivenGrade {
    /// The grade; empty: ungraded.
    pub grade: Option<String>,
    /// Since when it is so.
    #[schema(format = Date)]
    pub since: String,
    /// Whether an override has ended and the model grade returned.
    pub is_returned: bool,
    /// The day by which it is to be looked at again.
    #[schema(format = Date)]
    pub due: Option<String>,
    /// The case that decided it, for who may read it.
    pub case: Option<i64>,
    /// What was decided there.
    pub decision: Option<CaseDecision>,
}

impl From<&GradeInForce> for CustomerGrade {
    fn from(view: &GradeInForce) -> CustomerGrade {
        CustomerGrade {
            policy: view.policy.clone(),
            given: view.given.as_ref().map(|given| GivenGrade {
                grade: given.grade.clone(),
                since: given.since.to_string(),
                is_returned: given.is_returned,
                due: given.due.map(|day| day.to_string()),
                case: given.decided.as_ref().map(|(case, _)| case.0),
                decision: given.decided.as_ref().map(|(_, decision)| CaseDecision::from(decision)),
            }),
            run: view.run.map(|run| run.0),
            model_grade: view.model_grade.clone(),
        }
    }
}

/// The grades of a customer, by policy. 客户等级
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "items": [] }))]
pub struct CustomerGrades {
    /// One for each policy that has graded the customer or decided on it.
    pub items: Vec<CustomerGrade>,
}

/// On which day. 基准日
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OnDay {
    /// The day; today, if left out.
    #[param(format = Date, example = json!(null))]
    pub on: Option<String>,
}

/// Lists who sits in the committee of a policy. 现任委员
#[utoipa::path(get, path = "/committee-seats", tag = "Cases", params(WhichCommittee),
    responses((status = 200, description = "The seats that are held", body = Seats)))]
pub async fn list_seats(
    shared: Shared,
    By(caller): By,
    Query(which): Query<WhichCommittee>,
) -> Result<Json<Seats>, Problem> {
    let seats = seats::list(&shared.office, &caller, &which.policy).await?;
    Ok(Json(Seats {
        items: seats.iter().map(Seat::from).collect(),
    }))
}

/// Appoints somebody else to a seat. 任命委员
#[utoipa::path(post, path = "/committee-seats", tag = "Cases", request_body = NewSeat,
    responses((status = 201, description = "The seat", body = Seat)))]
pub async fn appoint_seat(shared: Shared, By(caller): By, Body(given): Body<NewSeat>) -> Result<Reply, Problem> {
    let appointment = Appointment {
        policy: given.policy,
        seat: given.seat,
        member: UserId(given.member),
        is_chair: given.is_chair,
    };
    let answered = |seat: &SeatView| {
        let place = format!("/api/v1/committee-seats/{}", seat.id);
        Answer::made(place, None, value(&Seat::from(seat)))
    };
    Ok(Reply(
        seats::appoint(&shared.office, &caller, appointment, answered).await?,
    ))
}

/// Reads a seat, held or left. 查看席位
#[utoipa::path(get, path = "/committee-seats/{id}", tag = "Cases",
    params(("id" = i64, Path, description = "The seat", example = 2)),
    responses((status = 200, description = "The seat", body = Seat)))]
pub async fn read_seat(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Json<Seat>, Problem> {
    let seat = seats::read(&shared.office, &caller, id).await?;
    Ok(Json(Seat::from(&seat)))
}

/// Ends somebody's time in a seat. 终止任命
#[utoipa::path(delete, path = "/committee-seats/{id}", tag = "Cases",
    params(("id" = i64, Path, description = "The seat", example = 2)),
    responses((status = 200, description = "The seat, left", body = Seat)))]
pub async fn end_seat(shared: Shared, By(caller): By, Id(id): Id<i64>) -> Result<Reply, Problem> {
    let answered = |seat: &SeatView| Answer::changed(None, value(&Seat::from(seat)));
    Ok(Reply(seats::end(&shared.office, &caller, id, answered).await?))
}

/// Reads the grade in force of a customer, beside what the last run says. 客户生效等级
#[utoipa::path(get, path = "/customers/{code}/grade", tag = "Cases",
    params(("code" = String, Path, description = "The customer's own number", example = "C-0042"), OnDay),
    responses((status = 200, description = "The grades, by policy", body = CustomerGrades)))]
pub async fn read_customer_grade(
    shared: Shared,
    By(caller): By,
    Path(code): Path<String>,
    Query(which): Query<OnDay>,
) -> Result<Json<CustomerGrades>, Problem> {
    let on = maybe_day("/on", which.on.as_deref())?;
    let grades = cases::grade_in_force(&shared.office, &caller, &code, on).await?;
    Ok(Json(CustomerGrades {
        items: grades.iter().map(CustomerGrade::from).collect(),
    }))
}
