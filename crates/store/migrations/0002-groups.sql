-- The results of policies that grade groups, beside those of customers. A chunk of such a policy names groups where others
-- name customers.

CREATE TABLE group_result (
    run {int} NOT NULL REFERENCES run (id),
    policy {int} NOT NULL,
    group_id {int} NOT NULL REFERENCES corporate_group (id),
    grade {text},
    rank {int} NOT NULL,
    total {int},
    scores {text} NOT NULL,
    reasons {text} NOT NULL,
    line {bytes} NOT NULL,
    PRIMARY KEY (run, policy, group_id)
){clustered};
CREATE INDEX group_result_by_rank ON group_result (run, policy, rank, group_id);
CREATE INDEX group_result_of_group ON group_result (group_id, run);

-- An undo looks for the relations that a submission brought.
CREATE INDEX relation_of_submission ON relation (submission, id) WHERE submission IS NOT NULL;
