//! Decided grades: appended, never changed. Which of them holds on a day is for the rules to say. 认定等级

use pinji_domain::ids::{CaseId, CustomerId, RunId, UserId};
use pinji_domain::{Date, Timestamp};

use crate::Error;
use crate::cell::{Cell, args};
use crate::rows::rows;
use crate::view::View;

rows! {
    /// A decided grade. 认定
    GradeDecision, NewGradeDecision: NewInChange, "grade_decision", i64, {
        /// The case that it ends.
        case_id: CaseId,
        /// The policy's id.
        policy: String,
        /// Whose grade it is.
        customer: CustomerId,
        /// The grade's id; `None`: ungraded.
        grade: Option<String>,
        /// Its place on the scale, from 0, the best.
        place: Option<i64>,
        /// The run that gave the model grade.
        run: RunId,
        /// The model grade's id.
        model_grade: Option<String>,
        /// Its place.
        model_place: Option<i64>,
        /// The least coverage of the scores, in millionths.
        coverage_ppm: i64,
        /// How it came about: `fast_lane`, `committee`, `two_people`, `emergency`.
        basis: String,
        /// The ballot that adopted it.
        ballot: Option<i64>,
        /// Why it departs from the model grade, by code.
        code: Option<String>,
        /// Why, in words.
        reason: Option<String>,
        /// Who proposed the departure.
        proposed_by: Option<UserId>,
        /// When.
        proposed_at: Option<Timestamp>,
        /// Who seconded it; never who proposed it.
        seconded_by: Option<UserId>,
        /// When.
        seconded_at: Option<Timestamp>,
        /// The last day of the departure.
        until: Option<Date>,
        /// When it was decided.
        decided_at: Timestamp,
        /// From which day on it holds.
        effective: Date,
    } then {
    }
}

impl View {
    /// A customer's decisions under a policy, in the order in which they were decided. 历次认定
    pub async fn decisions(&self, customer: CustomerId, policy: &str) -> Result<Vec<GradeDecision>, Error> {
        let tail = "WHERE customer = $1 AND policy = $2 ORDER BY id";
        self.all(tail, args![customer, policy]).await
    }

    /// The policies under which something was decided about a customer. 有认定的标准
    pub async fn policies_decided(&self, customer: CustomerId) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT policy FROM grade_decision WHERE customer = $1 ORDER BY policy";
        let rows = self.rows(sql, args![customer]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The decision that ended a case. 评级案认定
    pub async fn decision_of(&self, case: CaseId) -> Result<Option<GradeDecision>, Error> {
        self.one("WHERE case_id = $1", args![case]).await
    }
}
