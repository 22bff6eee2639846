-- Step 2: privacy.
--
-- What is about persons can be taken out again: values that the ledger only commits to lie beside it, with the salt that opens the
-- commitment; an erasure is asked for by one and approved by another. A passkey answers a question once.

-- The texts for which commitments stand in the ledger, by entry and place in it; erasing takes value and salt away.
CREATE TABLE sealed_value (
    seq {int} NOT NULL,
    place {text} NOT NULL,
    object {text} NOT NULL,
    value {text},
    salt {bytes},
    erased_at {int},
    PRIMARY KEY (seq, place),
    CONSTRAINT sealed_value_or_erased CHECK ((value IS NULL) = (erased_at IS NOT NULL) AND (salt IS NULL) = (erased_at IS NOT NULL))
){strict};
CREATE INDEX sealed_value_of_object ON sealed_value (object, seq);
guard sealed_value_is_only_erased: BEFORE UPDATE ON sealed_value WHEN NOT (NEW.seq = OLD.seq AND NEW.place = OLD.place AND NEW.object = OLD.object AND NEW.erased_at IS NOT NULL)
guard sealed_value_is_not_deleted: BEFORE DELETE ON sealed_value

-- Nobody erases alone. `mentions` are further texts to take out; they go with the rest.
CREATE TABLE erasure (
    id {id},
    sort {text} NOT NULL CONSTRAINT erasure_sort CHECK (sort IN ('customer', 'person', 'user', 'file')),
    customer {int} REFERENCES customer (id),
    person {int} REFERENCES party (id),
    user_id {int} REFERENCES office_user (id),
    file {text} REFERENCES evidence (sha256),
    mentions {text} NOT NULL,
    reason {text} NOT NULL,
    asked_by {int} NOT NULL REFERENCES office_user (id),
    asked_at {int} NOT NULL,
    state {text} NOT NULL DEFAULT 'asked'
        CONSTRAINT erasure_state CHECK (state IN ('asked', 'done', 'refused')),
    decided_by {int} REFERENCES office_user (id),
    decided_at {int},
    words {text},
    counts {text},
    scrubbed_at {int},
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT erasure_not_decided_by_asker CHECK (decided_by <> asked_by),
    CONSTRAINT erasure_done_is_decided CHECK (state = 'asked' OR decided_by IS NOT NULL),
    CONSTRAINT erasure_of_one CHECK (
        (sort = 'customer') = (customer IS NOT NULL) AND (sort = 'person') = (person IS NOT NULL)
        AND (sort = 'user') = (user_id IS NOT NULL) AND (sort = 'file') = (file IS NOT NULL))
){strict};
CREATE INDEX erasure_by_state ON erasure (state, id);
-- What was erased, but not yet scrubbed out of the files of the database.
CREATE INDEX erasure_to_scrub ON erasure (id) WHERE state = 'done' AND scrubbed_at IS NULL;
guard erasure_is_not_deleted: BEFORE DELETE ON erasure

-- Words about persons may be taken out of what is otherwise kept as it was.
ALTER TABLE relation ADD COLUMN erased_at {int};
unguard relation_is_closed_once ON relation
guard relation_is_closed_once: BEFORE UPDATE ON relation WHEN NOT (NEW.known_from = OLD.known_from AND NEW.id = OLD.id AND NEW.sort = OLD.sort AND NEW.from_party = OLD.from_party AND NEW.to_party = OLD.to_party AND NEW.share_ppm IS NOT DISTINCT FROM OLD.share_ppm AND NEW.valid_from IS NOT DISTINCT FROM OLD.valid_from AND NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to AND NEW.file IS NOT DISTINCT FROM OLD.file AND NEW.submission IS NOT DISTINCT FROM OLD.submission AND ((OLD.known_to = 9223372036854775807 AND NEW.known_to < 9223372036854775807 AND NEW.known_to > OLD.known_from AND NEW.evidence = OLD.evidence AND NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at) OR (NEW.known_to = OLD.known_to AND NEW.erased_at IS NOT NULL)))
ALTER TABLE group_decision ADD COLUMN erased_at {int};
unguard group_decision_is_kept ON group_decision
guard group_decision_is_kept: BEFORE UPDATE ON group_decision WHEN NOT (NEW.id = OLD.id AND NEW.group_id = OLD.group_id AND NEW.customer = OLD.customer AND NEW.verdict = OLD.verdict AND NEW.test = OLD.test AND NEW.proposed_by IS NOT DISTINCT FROM OLD.proposed_by AND NEW.decided_by = OLD.decided_by AND NEW.decided_at = OLD.decided_at AND NEW.erased_at IS NOT NULL)

-- Passkeys: questions that were answered, until they would have lapsed anyway; each is answered once.
CREATE TABLE passkey_answered (
    challenge {text} NOT NULL PRIMARY KEY,
    expires_at {int} NOT NULL
){strict};
CREATE INDEX passkey_answered_by_age ON passkey_answered (expires_at);

-- A passkey is found by its own id, which is unique in the office.
CREATE TABLE passkey (
    id {id},
    credential {text} NOT NULL UNIQUE,
    user_id {int} NOT NULL REFERENCES office_user (id),
    name {text} NOT NULL,
    public_key {text} NOT NULL,
    counter {int} NOT NULL,
    may_be_copied {int} NOT NULL,
    created_at {int} NOT NULL,
    used_at {int}
){strict};
CREATE INDEX passkey_of_user ON passkey (user_id, id);
