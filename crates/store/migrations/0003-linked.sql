-- Records of a kind that are read where they lie: proposed by one, approved by another.
CREATE TABLE link (
    id {id},
    kind {text} NOT NULL,
    location {text} NOT NULL,
    maps {text} NOT NULL,
    reason {text} NOT NULL,
    proposed_by {int} NOT NULL REFERENCES office_user (id),
    proposed_at {int} NOT NULL,
    found {text} NOT NULL,
    state {text} NOT NULL DEFAULT 'proposed'
        CONSTRAINT link_state CHECK (state IN ('proposed', 'active', 'refused', 'ended')),
    decided_by {int} REFERENCES office_user (id),
    decided_at {int},
    ended_by {int} REFERENCES office_user (id),
    ended_at {int},
    version {int} NOT NULL DEFAULT 1,
    CONSTRAINT link_not_approved_by_proposer CHECK (decided_by <> proposed_by),
    CONSTRAINT link_active_is_approved CHECK (state <> 'active' OR decided_by IS NOT NULL)
){strict};
CREATE UNIQUE INDEX link_once ON link (kind) WHERE state IN ('proposed', 'active');
