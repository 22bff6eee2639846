-- Step 1: the register.
--
-- One text for SQLite and PostgreSQL. `{id}`, `{int}`, `{text}`, `{bytes}`, `{strict}` and `{clustered}` are words that
-- `src/migrate.rs` replaces for each; texts compare byte by byte on both. A line `guard NAME: EVENT ON TABLE [WHEN …]`
-- becomes a trigger that refuses with NAME. What each table is for stands in docs/store.md.
--
-- Times are microseconds of UTC, days count from 1970-01-01. 9223372036854775807 in `known_to` means: still holds.

CREATE TABLE setting (
    name {text} NOT NULL PRIMARY KEY,
    value {text} NOT NULL
){strict};

-- People ------------------------------------------------------------------------------------------------------------

CREATE TABLE office_user (
    id {id},
    login {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    email {text},
    created_at {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'active' CONSTRAINT user_state CHECK (state IN ('active', 'locked', 'closed')),
    version {int} NOT NULL DEFAULT 1
){strict};

CREATE TABLE team (
    id {id},
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    closed_at {int},
    version {int} NOT NULL DEFAULT 1
){strict};

CREATE TABLE team_member (
    team {int} NOT NULL REFERENCES team (id),
    user_id {int} NOT NULL REFERENCES office_user (id),
    lead {int} NOT NULL DEFAULT 0,
    PRIMARY KEY (team, user_id)
){strict};
CREATE INDEX team_member_of_user ON team_member (user_id);

CREATE TABLE credential (
    user_id {int} NOT NULL REFERENCES office_user (id),
    sort {text} NOT NULL,
    secret {text} NOT NULL,
    counter {int} NOT NULL DEFAULT 0,
    changed_at {int} NOT NULL,
    PRIMARY KEY (user_id, sort)
){strict};

-- Nobody gives a role to himself, and nobody approves what he proposed. Grants of the set-up have no proposer.
CREATE TABLE role_grant (
    id {id},
    user_id {int} NOT NULL REFERENCES office_user (id),
    role {text} NOT NULL,
    proposed_by {int} REFERENCES office_user (id),
    proposed_at {int} NOT NULL,
    reason {text} NOT NULL,
    until {int},
    certified_until {int},
    state {text} NOT NULL DEFAULT 'proposed'
        CONSTRAINT grant_state CHECK (state IN ('proposed', 'active', 'refused', 'ended')),
    decided_by {int} REFERENCES office_user (id),
    decided_at {int},
    ended_by {int} REFERENCES office_user (id),
    ended_at {int},
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT grant_not_to_oneself CHECK (proposed_by <> user_id),
    CONSTRAINT grant_not_approved_by_proposer CHECK (decided_by <> proposed_by),
    CONSTRAINT grant_not_approved_by_holder CHECK (state = 'refused' OR decided_by <> user_id),
    CONSTRAINT grant_active_is_approved CHECK (state <> 'active' OR proposed_by IS NULL OR decided_by IS NOT NULL)
){strict};
CREATE UNIQUE INDEX role_grant_once ON role_grant (user_id, role) WHERE state IN ('proposed', 'active');

-- Who signs in by the company's directory: one user for each subject of an issuer.
CREATE TABLE directory_user (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    user_id {int} NOT NULL REFERENCES office_user (id),
    since {int} NOT NULL,
    PRIMARY KEY (issuer, subject)
){strict};
CREATE INDEX directory_user_of_user ON directory_user (user_id);

-- The grants that came with a group of the directory, until the directory takes the group away.
CREATE TABLE directory_grant (
    grant_id {int} NOT NULL PRIMARY KEY REFERENCES role_grant (id),
    issuer {text} NOT NULL,
    directory_group {text} NOT NULL,
    withdrawn_at {int}
){strict};

CREATE TABLE session (
    id {id},
    hash {text} NOT NULL UNIQUE,
    user_id {int} NOT NULL REFERENCES office_user (id),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    address {text} NOT NULL,
    agent {text} NOT NULL,
    seen_at {int} NOT NULL,
    elevated_until {int},
    ended_at {int},
    ended_why {text},
    proof {text} NOT NULL DEFAULT 'password'
        CONSTRAINT session_proof CHECK (proof IN ('password', 'directory', 'directory_factor'))
){strict};
CREATE INDEX session_of_user ON session (user_id) WHERE ended_at IS NULL;

CREATE TABLE api_token (
    id {id},
    hash {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    user_id {int} NOT NULL REFERENCES office_user (id),
    scopes {text} NOT NULL,
    created_by {int} NOT NULL REFERENCES office_user (id),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int},
    revoked_at {int},
    revoked_by {int} REFERENCES office_user (id)
){strict};
CREATE INDEX api_token_of_user ON api_token (user_id);

CREATE TABLE setup_link (
    id {id},
    hash {text} NOT NULL UNIQUE,
    sort {text} NOT NULL,
    user_id {int} REFERENCES office_user (id),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int}
){strict};

CREATE TABLE login_attempt (
    id {id},
    login {text} NOT NULL,
    address {text} NOT NULL,
    at {int} NOT NULL,
    ok {int} NOT NULL
){strict};
CREATE INDEX login_attempt_of_login ON login_attempt (login, at);
CREATE INDEX login_attempt_of_address ON login_attempt (address, at);

-- Customers ---------------------------------------------------------------------------------------------------------

CREATE TABLE customer (
    id {id},
    code {text} NOT NULL UNIQUE,
    uscc {text},
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    industry {text},
    region {text},
    size {text},
    manager {int} REFERENCES office_user (id),
    team {int} REFERENCES team (id),
    secrecy {text} NOT NULL DEFAULT 'internal'
        CONSTRAINT customer_secrecy CHECK (secrecy IN ('internal', 'confidential')),
    custom {text} NOT NULL DEFAULT '{}',
    created_at {int} NOT NULL,
    changed_at {int} NOT NULL,
    version {int} NOT NULL DEFAULT 1
){strict};
-- A list is sorted by name or by code, filtered by any of the other columns, and limited by what the reader may see. The
-- two indices hold all of these: the list walks one of them in order and stops when the page is full, and even a filter
-- that fits nobody costs one walk over the index, never over the table.
CREATE INDEX customer_by_name ON customer (name_key, id, industry, region, size, manager, team, secrecy);
CREATE INDEX customer_by_code ON customer (code, id, industry, region, size, manager, team, secrecy);
-- Few customers belong to one manager or team: their lists start here.
CREATE INDEX customer_by_manager ON customer (manager, id) WHERE manager IS NOT NULL;
CREATE INDEX customer_by_team ON customer (team, id) WHERE team IS NOT NULL;
-- The same company twice is pointed out, not forbidden.
CREATE INDEX customer_by_uscc ON customer (uscc) WHERE uscc IS NOT NULL;

CREATE TABLE customer_name (
    id {id},
    customer {int} NOT NULL REFERENCES customer (id),
    name {text} NOT NULL,
    known_from {int} NOT NULL,
    known_to {int} NOT NULL,
    UNIQUE (customer, known_to)
){strict};

CREATE TABLE access_permission (
    id {id},
    user_id {int} NOT NULL REFERENCES office_user (id),
    customer {int} NOT NULL REFERENCES customer (id),
    purpose {text} NOT NULL,
    asked_at {int} NOT NULL,
    wanted_until {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'asked'
        CONSTRAINT access_state CHECK (state IN ('asked', 'given', 'refused', 'ended')),
    decided_by {int} REFERENCES office_user (id),
    decided_at {int},
    expires_at {int},
    reason {text},
    ended_at {int},
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT access_not_given_by_asker CHECK (decided_by <> user_id),
    CONSTRAINT access_given_expires
        CHECK (state <> 'given' OR (decided_by IS NOT NULL AND expires_at IS NOT NULL))
){strict};
CREATE UNIQUE INDEX access_permission_once ON access_permission (user_id, customer) WHERE state IN ('asked', 'given');

CREATE TABLE reading (
    id {id},
    user_id {int} NOT NULL REFERENCES office_user (id),
    customer {int} NOT NULL REFERENCES customer (id),
    what {text} NOT NULL,
    permission {int} REFERENCES access_permission (id),
    at {int} NOT NULL,
    request {text} NOT NULL
){strict};
CREATE INDEX reading_of_customer ON reading (customer, id);
CREATE INDEX reading_of_user ON reading (user_id, id);
guard reading_is_kept: BEFORE UPDATE ON reading
guard reading_is_not_deleted: BEFORE DELETE ON reading

-- Submissions and records -------------------------------------------------------------------------------------------

CREATE TABLE evidence (
    sha256 {text} NOT NULL PRIMARY KEY,
    size {int} NOT NULL,
    name {text} NOT NULL,
    media {text} NOT NULL,
    kept_at {int} NOT NULL,
    kept_by {int} REFERENCES office_user (id),
    erased_at {int}
){strict};

CREATE TABLE evidence_part (
    sha256 {text} NOT NULL REFERENCES evidence (sha256),
    part {int} NOT NULL,
    content {bytes} NOT NULL,
    PRIMARY KEY (sha256, part)
){strict};

-- Who collected or entered a submission does not audit it.
CREATE TABLE submission (
    id {id},
    kind {text} NOT NULL,
    channel {text} NOT NULL,
    source {text} NOT NULL,
    method {text} NOT NULL,
    period {int},
    collected_by {int} NOT NULL REFERENCES office_user (id),
    collected_at {int} NOT NULL,
    entered_by {int} NOT NULL REFERENCES office_user (id),
    entered_at {int} NOT NULL,
    file {text} REFERENCES evidence (sha256),
    file_name {text},
    answers {int} REFERENCES submission (id),
    note {text} NOT NULL,
    summary {text} NOT NULL,
    rows_total {int} NOT NULL,
    rows_new {int} NOT NULL,
    rows_changed {int} NOT NULL,
    rows_same {int} NOT NULL,
    rows_bad {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'draft'
        CONSTRAINT submission_state
        CHECK (state IN ('draft', 'submitted', 'audited', 'withdrawn', 'returned', 'undone')),
    submitted_at {int},
    audited_by {int} REFERENCES office_user (id),
    audited_at {int},
    audit_rule {text},
    audit_note {text},
    rows_accepted {int} NOT NULL DEFAULT 0,
    rows_refused {int} NOT NULL DEFAULT 0,
    rows_returned {int} NOT NULL DEFAULT 0,
    undone_by {int} REFERENCES office_user (id),
    undone_at {int},
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT submission_auditor_did_not_collect CHECK (audited_by <> collected_by),
    CONSTRAINT submission_auditor_did_not_enter CHECK (audited_by <> entered_by),
    CONSTRAINT submission_audited_by_somebody
        CHECK (state NOT IN ('audited', 'undone') OR audited_by IS NOT NULL OR audit_rule IS NOT NULL)
){strict};
CREATE INDEX submission_by_state ON submission (state, id);
CREATE INDEX submission_by_collector ON submission (collected_by, id);

CREATE TABLE submission_part (
    submission {int} NOT NULL REFERENCES submission (id),
    part {int} NOT NULL,
    kind {text} NOT NULL,
    first_row {int} NOT NULL,
    row_count {int} NOT NULL,
    content {text} NOT NULL,
    verdicts {text} NOT NULL,
    outcome {text},
    PRIMARY KEY (submission, part)
){strict};

CREATE TABLE kind (
    id {id},
    code {text} NOT NULL UNIQUE
){strict};

-- One row is one version of one record; empty content says that the record does not hold any more. `line` tells the rows of a ledger apart, which have no key:
-- submission * 1000000000 + row. Kept narrow: there may be 20 million.
CREATE TABLE record (
    id {id},
    kind {int} NOT NULL REFERENCES kind (id),
    customer {int} NOT NULL REFERENCES customer (id),
    key {text} NOT NULL,
    line {int} NOT NULL,
    period {int},
    content {text} NOT NULL,
    known_from {int} NOT NULL,
    known_to {int} NOT NULL,
    submission {int} NOT NULL REFERENCES submission (id),
    row_no {int} NOT NULL,
    closed_by {int} REFERENCES submission (id),
    restores {int} REFERENCES record (id),
    erased_at {int}
){strict};
-- One index serves all: a record has one open version at most (unique, since all open ones share the same `known_to`);
-- the version that a new one closes is found by its full key; a customer's page is one short range per kind; a freeze
-- walks a kind customer by customer and passes over closed versions without touching the table.
CREATE UNIQUE INDEX record_version ON record (kind, customer, key, line, known_to);
-- For undo, and for the page of a submission. It grows at its end only.
CREATE INDEX record_of_submission ON record (submission);
guard record_is_closed_once: BEFORE UPDATE ON record WHEN NOT (NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.customer = OLD.customer AND NEW.key = OLD.key AND NEW.line = OLD.line AND NEW.period IS NOT DISTINCT FROM OLD.period AND NEW.known_from = OLD.known_from AND NEW.submission = OLD.submission AND NEW.row_no = OLD.row_no AND NEW.restores IS NOT DISTINCT FROM OLD.restores AND ((OLD.known_to = 9223372036854775807 AND NEW.known_to < 9223372036854775807 AND NEW.known_to > OLD.known_from AND OLD.closed_by IS NULL AND NEW.closed_by IS NOT NULL AND NEW.content = OLD.content AND NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at) OR (NEW.known_to = OLD.known_to AND NEW.closed_by IS NOT DISTINCT FROM OLD.closed_by AND NEW.erased_at IS NOT NULL)))
guard record_is_not_deleted: BEFORE DELETE ON record

-- Corporate groups --------------------------------------------------------------------------------------------------

CREATE TABLE party (
    id {id},
    sort {text} NOT NULL CONSTRAINT party_sort CHECK (sort IN ('company', 'person')),
    customer {int} REFERENCES customer (id),
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    code {text},
    version {int} NOT NULL DEFAULT 1
){strict};
CREATE UNIQUE INDEX party_of_customer ON party (customer) WHERE customer IS NOT NULL;
CREATE INDEX party_by_code ON party (code) WHERE code IS NOT NULL;
CREATE INDEX party_by_name ON party (name_key);

CREATE TABLE relation (
    id {id},
    sort {text} NOT NULL,
    from_party {int} NOT NULL REFERENCES party (id),
    to_party {int} NOT NULL REFERENCES party (id),
    share_ppm {int} CONSTRAINT relation_share CHECK (share_ppm BETWEEN 0 AND 1000000),
    valid_from {int},
    valid_to {int},
    evidence {text} NOT NULL,
    file {text} REFERENCES evidence (sha256),
    submission {int} REFERENCES submission (id),
    known_from {int} NOT NULL,
    known_to {int} NOT NULL,
    CONSTRAINT relation_dates CHECK (valid_from < valid_to)
){strict};
CREATE INDEX relation_from ON relation (from_party, known_to);
CREATE INDEX relation_to ON relation (to_party, known_to);
guard relation_is_closed_once: BEFORE UPDATE ON relation WHEN NOT (OLD.known_to = 9223372036854775807 AND NEW.known_to < 9223372036854775807 AND NEW.known_to > OLD.known_from AND NEW.known_from = OLD.known_from AND NEW.id = OLD.id AND NEW.sort = OLD.sort AND NEW.from_party = OLD.from_party AND NEW.to_party = OLD.to_party AND NEW.share_ppm IS NOT DISTINCT FROM OLD.share_ppm AND NEW.valid_from IS NOT DISTINCT FROM OLD.valid_from AND NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to AND NEW.evidence = OLD.evidence AND NEW.file IS NOT DISTINCT FROM OLD.file AND NEW.submission IS NOT DISTINCT FROM OLD.submission)
guard relation_is_not_deleted: BEFORE DELETE ON relation

CREATE TABLE corporate_group (
    id {id},
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    name_key {text} NOT NULL,
    controller {int} REFERENCES party (id),
    created_at {int} NOT NULL,
    note {text} NOT NULL,
    ended_at {int},
    version {int} NOT NULL DEFAULT 1
){strict};

CREATE TABLE group_decision (
    id {id},
    group_id {int} NOT NULL REFERENCES corporate_group (id),
    customer {int} NOT NULL REFERENCES customer (id),
    verdict {text} NOT NULL,
    test {text} NOT NULL,
    reason {text} NOT NULL,
    proposed_by {int} REFERENCES office_user (id),
    decided_by {int} NOT NULL REFERENCES office_user (id),
    decided_at {int} NOT NULL,
    CONSTRAINT group_not_decided_by_proposer CHECK (decided_by <> proposed_by)
){strict};
CREATE INDEX group_decision_of_group ON group_decision (group_id, id);
guard group_decision_is_kept: BEFORE UPDATE ON group_decision
guard group_decision_is_not_deleted: BEFORE DELETE ON group_decision
CREATE INDEX group_decision_of_customer ON group_decision (customer, id);

CREATE TABLE group_motion (
    id {id},
    group_id {int} NOT NULL REFERENCES corporate_group (id),
    sort {text} NOT NULL CONSTRAINT group_motion_sort CHECK (sort IN ('include', 'exclude', 'merge', 'split')),
    customers {text} NOT NULL,
    other {int} REFERENCES corporate_group (id),
    test {text} NOT NULL,
    reason {text} NOT NULL,
    valid_from {int} NOT NULL,
    proposed_by {int} NOT NULL REFERENCES office_user (id),
    proposed_at {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'proposed'
        CONSTRAINT group_motion_state CHECK (state IN ('proposed', 'approved', 'refused')),
    decided_by {int} REFERENCES office_user (id),
    decided_at {int},
    words {text},
    outcome {int} REFERENCES corporate_group (id),
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT group_motion_not_decided_by_proposer CHECK (decided_by <> proposed_by)
){strict};
CREATE INDEX group_motion_of_group ON group_motion (group_id, id);
CREATE INDEX group_motion_of_other ON group_motion (other, id) WHERE other IS NOT NULL;

CREATE TABLE group_member (
    id {id},
    group_id {int} NOT NULL REFERENCES corporate_group (id),
    customer {int} NOT NULL REFERENCES customer (id),
    valid_from {int} NOT NULL,
    valid_to {int},
    basis {text} NOT NULL,
    decision {int} REFERENCES group_decision (id),
    known_from {int} NOT NULL,
    known_to {int} NOT NULL,
    CONSTRAINT group_member_dates CHECK (valid_from < valid_to)
){strict};
CREATE UNIQUE INDEX group_member_once ON group_member (group_id, customer, valid_from, known_to);
CREATE INDEX group_member_of_customer ON group_member (customer, known_to);

-- Runs --------------------------------------------------------------------------------------------------------------

CREATE TABLE rule_file (
    id {id},
    sort {text} NOT NULL,
    name {text} NOT NULL,
    hash {text} NOT NULL,
    content {text} NOT NULL,
    loaded_at {int} NOT NULL,
    loaded_by {int} REFERENCES office_user (id),
    retired_at {int},
    UNIQUE (sort, name, hash)
){strict};
CREATE UNIQUE INDEX rule_file_in_force ON rule_file (sort, name) WHERE retired_at IS NULL;

CREATE TABLE job (
    id {id},
    kind {text} NOT NULL,
    payload {text} NOT NULL,
    created_by {int} REFERENCES office_user (id),
    created_at {int} NOT NULL,
    due_at {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'queued'
        CONSTRAINT job_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    steps_done {int} NOT NULL DEFAULT 0,
    steps_total {int} NOT NULL DEFAULT 0,
    note {text},
    cancel_asked_at {int},
    result {text},
    error {text},
    worker {text},
    lease_until {int},
    attempts {int} NOT NULL DEFAULT 0,
    started_at {int},
    finished_at {int}
){strict};
CREATE INDEX job_waiting ON job (state, due_at, id) WHERE state IN ('queued', 'running');

CREATE TABLE run (
    id {id},
    name {text} NOT NULL,
    policies {text} NOT NULL,
    as_of {int} NOT NULL,
    as_known {int} NOT NULL,
    engine {text} NOT NULL,
    previous {int} REFERENCES run (id),
    created_by {int} NOT NULL REFERENCES office_user (id),
    created_at {int} NOT NULL,
    job {int} REFERENCES job (id),
    state {text} NOT NULL DEFAULT 'created'
        CONSTRAINT run_state CHECK (state IN ('created', 'running', 'done', 'failed', 'cancelled')),
    snapshot_hash {text},
    policy_hash {text},
    folder {text},
    subjects {int} NOT NULL DEFAULT 0,
    counts {text},
    error {text},
    finished_at {int},
    version {int} NOT NULL DEFAULT 1
){strict};
CREATE INDEX run_by_known ON run (as_known);

CREATE TABLE run_chunk (
    run {int} NOT NULL REFERENCES run (id),
    chunk {int} NOT NULL,
    first_customer {int} NOT NULL,
    last_customer {int} NOT NULL,
    row_count {int} NOT NULL,
    checksum {text} NOT NULL,
    done_at {int} NOT NULL,
    PRIMARY KEY (run, chunk)
){strict};

-- On SQLite the rows lie in the order of their key: a run writes at the end, a customer's grades lie where it looks.
CREATE TABLE result (
    run {int} NOT NULL REFERENCES run (id),
    policy {int} NOT NULL,
    customer {int} NOT NULL REFERENCES customer (id),
    grade {text},
    rank {int} NOT NULL,
    total {int},
    scores {text} NOT NULL,
    reasons {text} NOT NULL,
    line {bytes} NOT NULL,
    PRIMARY KEY (run, policy, customer)
){clustered};
-- Lists by grade and by score, and how many each grade has.
CREATE INDEX result_by_rank ON result (run, policy, rank, customer);
CREATE INDEX result_by_total ON result (run, policy, COALESCE(total, -1), customer, rank);
CREATE INDEX result_of_customer ON result (customer, run);

-- Ledger ------------------------------------------------------------------------------------------------------------

CREATE TABLE ledger_entry (
    seq {int} NOT NULL PRIMARY KEY,
    at {int} NOT NULL,
    entry {bytes} NOT NULL,
    leaf {bytes} NOT NULL
){strict};
guard ledger_entry_is_kept: BEFORE UPDATE ON ledger_entry
guard ledger_entry_is_not_deleted: BEFORE DELETE ON ledger_entry

-- One row. Who changes anything locks it first; so entries come one after another, without a gap.
CREATE TABLE ledger_frontier (
    id {int} NOT NULL PRIMARY KEY CHECK (id = 1),
    next_seq {int} NOT NULL,
    last_at {int} NOT NULL,
    frontier {bytes}
){strict};
INSERT INTO ledger_frontier (id, next_seq, last_at, frontier) VALUES (1, 0, 0, NULL);
guard ledger_frontier_only_grows: BEFORE UPDATE ON ledger_frontier WHEN NOT (NEW.next_seq = OLD.next_seq + 1 AND NEW.last_at > OLD.last_at)
guard ledger_frontier_is_not_deleted: BEFORE DELETE ON ledger_frontier

CREATE TABLE ledger_checkpoint (
    id {id},
    size {int} NOT NULL,
    root {bytes} NOT NULL,
    note {text} NOT NULL,
    made_at {int} NOT NULL,
    sent_to {text} NOT NULL
){strict};
guard ledger_checkpoint_is_kept: BEFORE UPDATE ON ledger_checkpoint
guard ledger_checkpoint_is_not_deleted: BEFORE DELETE ON ledger_checkpoint

-- What passes through -----------------------------------------------------------------------------------------------

CREATE TABLE answer (
    caller {text} NOT NULL,
    key {text} NOT NULL,
    route {text} NOT NULL,
    request_hash {text} NOT NULL,
    status {int} NOT NULL,
    headers {text} NOT NULL,
    body {bytes} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (caller, key)
){strict};
CREATE INDEX answer_by_age ON answer (at);

CREATE TABLE notification (
    id {id},
    user_id {int} NOT NULL REFERENCES office_user (id),
    code {text} NOT NULL,
    args {text} NOT NULL,
    object {text} NOT NULL,
    at {int} NOT NULL,
    read_at {int}
){strict};
CREATE INDEX notification_of_user ON notification (user_id, id);

CREATE TABLE outbox (
    id {id},
    topic {text} NOT NULL,
    target {text} NOT NULL,
    payload {text} NOT NULL,
    created_at {int} NOT NULL,
    due_at {int} NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    worker {text},
    lease_until {int},
    done_at {int},
    error {text}
){strict};
CREATE INDEX outbox_waiting ON outbox (due_at, id) WHERE done_at IS NULL;
