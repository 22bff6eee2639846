-- Step 6: cases, the committee, decisions.
--
-- What a case is follows from its events. The other tables hold what the database itself must forbid: a second vote of a
-- member, a part of somebody with a conflict, a maker who is his own checker, a decision that is changed. Words in braces
-- and guards: see step 1. What each table is for stands in docs/store.md.

-- Who holds a seat of the committee; nobody appoints himself.
CREATE TABLE committee_seat (
    id {id},
    policy {text} NOT NULL,
    seat {text} NOT NULL,
    member {int} NOT NULL REFERENCES office_user (id),
    is_chair {int} NOT NULL CONSTRAINT seat_chair CHECK (is_chair IN (0, 1)),
    appointed_by {int} NOT NULL REFERENCES office_user (id),
    appointed_at {int} NOT NULL,
    ended_at {int},
    CONSTRAINT seat_not_to_oneself CHECK (appointed_by <> member)
){strict};
CREATE UNIQUE INDEX committee_seat_once ON committee_seat (policy, seat) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX committee_member_once ON committee_seat (policy, member) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX committee_chair_once ON committee_seat (policy) WHERE ended_at IS NULL AND is_chair = 1;
guard committee_seat_ends_once: BEFORE UPDATE ON committee_seat WHEN NOT (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.id = OLD.id AND NEW.policy = OLD.policy AND NEW.seat = OLD.seat AND NEW.member = OLD.member AND NEW.is_chair = OLD.is_chair AND NEW.appointed_by = OLD.appointed_by AND NEW.appointed_at = OLD.appointed_at)
guard committee_seat_is_not_deleted: BEFORE DELETE ON committee_seat

-- A customer has one open case under a policy at a time.
CREATE TABLE rating_case (
    id {id},
    policy {text} NOT NULL,
    customer {int} NOT NULL REFERENCES customer (id),
    occasion {text} NOT NULL,
    run {int} NOT NULL REFERENCES run (id),
    opened_by {int} REFERENCES office_user (id),
    opened_at {int} NOT NULL,
    stage {text} NOT NULL DEFAULT 'screening'
        CONSTRAINT case_stage
        CHECK (stage IN ('screening', 'awaiting_data', 'judging', 'committee', 'voting', 'tied', 'decided', 'withdrawn')),
    events {int} NOT NULL DEFAULT 0,
    version {int} NOT NULL DEFAULT 1
){strict};
CREATE UNIQUE INDEX rating_case_open_once ON rating_case (policy, customer) WHERE stage NOT IN ('decided', 'withdrawn');
CREATE INDEX rating_case_by_stage ON rating_case (stage, id);
CREATE INDEX rating_case_of_customer ON rating_case (customer, id);
guard rating_case_stays_closed: BEFORE UPDATE ON rating_case WHEN OLD.stage IN ('decided', 'withdrawn') AND NEW.stage <> OLD.stage
guard rating_case_is_not_deleted: BEFORE DELETE ON rating_case

-- Of a secret ballot the votes are not here while it is open: beside the event that somebody voted, a count would tell what.
CREATE TABLE case_event (
    case_id {int} NOT NULL REFERENCES rating_case (id),
    seq {int} NOT NULL,
    at {int} NOT NULL,
    name {text} NOT NULL,
    content {text} NOT NULL,
    erased_at {int},
    PRIMARY KEY (case_id, seq)
){strict};
guard case_event_is_kept: BEFORE UPDATE ON case_event WHEN NOT (NEW.case_id = OLD.case_id AND NEW.seq = OLD.seq AND NEW.at = OLD.at AND NEW.name = OLD.name AND NEW.erased_at IS NOT NULL)
guard case_event_is_not_deleted: BEFORE DELETE ON case_event

-- Who has had a part in a case, and who must not. Whoever is barred has no vote, no opinion and no proposal, and whoever has one
-- of these is not barred any more afterwards: both follow from the foreign keys, in which `barred` is 0.
CREATE TABLE case_person (
    case_id {int} NOT NULL REFERENCES rating_case (id),
    user_id {int} NOT NULL REFERENCES office_user (id),
    barred {int} NOT NULL DEFAULT 0 CONSTRAINT case_person_barred CHECK (barred IN (0, 1)),
    reason {text},
    erased_at {int},
    PRIMARY KEY (case_id, user_id),
    UNIQUE (case_id, user_id, barred),
    CONSTRAINT case_barred_with_reason CHECK (barred = 0 OR reason IS NOT NULL)
){strict};
guard case_person_stays_barred: BEFORE UPDATE ON case_person WHEN OLD.barred = 1 AND NOT (NEW.case_id = OLD.case_id AND NEW.user_id = OLD.user_id AND NEW.barred = 1 AND NEW.erased_at IS NOT NULL)
guard case_person_is_not_deleted: BEFORE DELETE ON case_person

CREATE TABLE case_opinion (
    case_id {int} NOT NULL,
    round {int} NOT NULL CONSTRAINT case_opinion_round CHECK (round IN (1, 2)),
    expert {int} NOT NULL,
    at {int} NOT NULL,
    barred {int} NOT NULL DEFAULT 0 CONSTRAINT case_opinion_without_conflict CHECK (barred = 0),
    PRIMARY KEY (case_id, round, expert),
    FOREIGN KEY (case_id, expert, barred) REFERENCES case_person (case_id, user_id, barred)
){strict};
guard case_opinion_is_kept: BEFORE UPDATE ON case_opinion
guard case_opinion_is_not_deleted: BEFORE DELETE ON case_opinion

-- `maker` is who proposed a departure from the model grade: he has no vote on it. 0: it departs from nothing.
CREATE TABLE case_ballot (
    case_id {int} NOT NULL REFERENCES rating_case (id),
    number {int} NOT NULL,
    maker {int} NOT NULL,
    is_secret {int} NOT NULL CONSTRAINT case_ballot_secret CHECK (is_secret IN (0, 1)),
    opened_at {int} NOT NULL,
    yes {int} NOT NULL DEFAULT 0,
    no {int} NOT NULL DEFAULT 0,
    abstained {int} NOT NULL DEFAULT 0,
    outcome {text},
    closed_at {int},
    PRIMARY KEY (case_id, number),
    UNIQUE (case_id, number, maker, is_secret),
    CONSTRAINT case_ballot_closed_with_outcome CHECK ((outcome IS NULL) = (closed_at IS NULL))
){strict};
CREATE UNIQUE INDEX case_ballot_open_once ON case_ballot (case_id) WHERE closed_at IS NULL;
guard case_ballot_only_grows: BEFORE UPDATE ON case_ballot WHEN NOT (NEW.case_id = OLD.case_id AND NEW.number = OLD.number AND NEW.maker = OLD.maker AND NEW.is_secret = OLD.is_secret AND NEW.opened_at = OLD.opened_at AND ((OLD.closed_at IS NULL AND NEW.closed_at IS NULL AND NEW.yes >= OLD.yes AND NEW.no >= OLD.no AND NEW.abstained >= OLD.abstained AND NEW.yes + NEW.no + NEW.abstained = OLD.yes + OLD.no + OLD.abstained + 1) OR (NEW.closed_at IS NOT NULL AND NEW.yes = OLD.yes AND NEW.no = OLD.no AND NEW.abstained = OLD.abstained AND (OLD.closed_at IS NULL OR OLD.outcome = 'tied'))))
guard case_ballot_is_not_deleted: BEFORE DELETE ON case_ballot

CREATE TABLE case_elector (
    case_id {int} NOT NULL,
    ballot {int} NOT NULL,
    member {int} NOT NULL REFERENCES office_user (id),
    seat {text} NOT NULL,
    PRIMARY KEY (case_id, ballot, member),
    UNIQUE (case_id, ballot, seat),
    FOREIGN KEY (case_id, ballot) REFERENCES case_ballot (case_id, number)
){strict};
guard case_elector_is_kept: BEFORE UPDATE ON case_elector
guard case_elector_is_not_deleted: BEFORE DELETE ON case_elector

-- That a member voted; what, only where the ballot is open to see. One vote per member, one part per person.
CREATE TABLE case_vote (
    case_id {int} NOT NULL,
    ballot {int} NOT NULL,
    member {int} NOT NULL,
    cast_by {int} NOT NULL,
    vote {text} CONSTRAINT case_vote_word CHECK (vote IN ('for', 'against', 'abstain')),
    maker {int} NOT NULL,
    is_secret {int} NOT NULL,
    barred {int} NOT NULL DEFAULT 0 CONSTRAINT case_vote_without_conflict CHECK (barred = 0),
    PRIMARY KEY (case_id, ballot, member),
    UNIQUE (case_id, ballot, cast_by),
    FOREIGN KEY (case_id, ballot, member) REFERENCES case_elector (case_id, ballot, member),
    FOREIGN KEY (case_id, ballot, maker, is_secret) REFERENCES case_ballot (case_id, number, maker, is_secret),
    FOREIGN KEY (case_id, member, barred) REFERENCES case_person (case_id, user_id, barred),
    FOREIGN KEY (case_id, cast_by, barred) REFERENCES case_person (case_id, user_id, barred),
    CONSTRAINT case_vote_not_by_maker CHECK (member <> maker AND cast_by <> maker),
    CONSTRAINT case_vote_secret CHECK ((vote IS NULL) = (is_secret = 1))
){strict};
guard case_vote_is_kept: BEFORE UPDATE ON case_vote
guard case_vote_is_not_deleted: BEFORE DELETE ON case_vote

-- A decided grade. It is never changed: a later decision supersedes it. Nulls: ungraded; no departure from the model grade.
CREATE TABLE grade_decision (
    id {id},
    case_id {int} NOT NULL UNIQUE REFERENCES rating_case (id),
    policy {text} NOT NULL,
    customer {int} NOT NULL REFERENCES customer (id),
    grade {text},
    place {int},
    run {int} NOT NULL REFERENCES run (id),
    model_grade {text},
    model_place {int},
    coverage_ppm {int} NOT NULL,
    basis {text} NOT NULL
        CONSTRAINT decision_basis CHECK (basis IN ('fast_lane', 'committee', 'two_people', 'emergency')),
    ballot {int},
    code {text},
    reason {text},
    proposed_by {int},
    proposed_at {int},
    seconded_by {int},
    seconded_at {int},
    until {int},
    decided_at {int} NOT NULL,
    effective {int} NOT NULL,
    barred {int} NOT NULL DEFAULT 0 CONSTRAINT decision_without_conflict CHECK (barred = 0),
    erased_at {int},
    FOREIGN KEY (case_id, ballot) REFERENCES case_ballot (case_id, number),
    FOREIGN KEY (case_id, proposed_by, barred) REFERENCES case_person (case_id, user_id, barred),
    FOREIGN KEY (case_id, seconded_by, barred) REFERENCES case_person (case_id, user_id, barred),
    CONSTRAINT decision_not_seconded_by_proposer CHECK (seconded_by <> proposed_by),
    CONSTRAINT decision_by_two CHECK (basis NOT IN ('two_people', 'emergency') OR seconded_by IS NOT NULL),
    CONSTRAINT decision_by_ballot CHECK ((basis = 'committee') = (ballot IS NOT NULL)),
    CONSTRAINT decision_departs_with_reason
        CHECK (grade IS NOT DISTINCT FROM model_grade OR (code IS NOT NULL AND reason IS NOT NULL AND proposed_by IS NOT NULL AND until IS NOT NULL)),
    CONSTRAINT decision_fast_lane_departs_from_nothing CHECK (basis <> 'fast_lane' OR grade IS NOT DISTINCT FROM model_grade),
    CONSTRAINT decision_emergency_ends CHECK (basis <> 'emergency' OR until IS NOT NULL)
){strict};
CREATE INDEX grade_decision_of_customer ON grade_decision (customer, policy, id);
guard grade_decision_is_kept: BEFORE UPDATE ON grade_decision WHEN NOT (NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.policy = OLD.policy AND NEW.customer = OLD.customer AND NEW.run = OLD.run AND NEW.coverage_ppm = OLD.coverage_ppm AND NEW.basis = OLD.basis AND NEW.decided_at = OLD.decided_at AND NEW.effective = OLD.effective AND NEW.barred = OLD.barred AND NEW.grade IS NOT DISTINCT FROM OLD.grade AND NEW.place IS NOT DISTINCT FROM OLD.place AND NEW.model_grade IS NOT DISTINCT FROM OLD.model_grade AND NEW.model_place IS NOT DISTINCT FROM OLD.model_place AND NEW.ballot IS NOT DISTINCT FROM OLD.ballot AND NEW.code IS NOT DISTINCT FROM OLD.code AND NEW.proposed_by IS NOT DISTINCT FROM OLD.proposed_by AND NEW.proposed_at IS NOT DISTINCT FROM OLD.proposed_at AND NEW.seconded_by IS NOT DISTINCT FROM OLD.seconded_by AND NEW.seconded_at IS NOT DISTINCT FROM OLD.seconded_at AND NEW.until IS NOT DISTINCT FROM OLD.until AND NEW.erased_at IS NOT NULL)
guard grade_decision_is_not_deleted: BEFORE DELETE ON grade_decision
