INSERT INTO office_user (id, login, name, created_at) VALUES (1, 'a', 'A', 0), (2, 'b', 'B', 0), (3, 'c', 'C', 0);
INSERT INTO role_grant (id, user_id, role, proposed_by, proposed_at, reason, state, decided_by, decided_at) VALUES (1, 3, 'collector', 1, 0, 'why', 'active', 2, 0);
INSERT INTO customer (id, code, name, name_key, created_at, changed_at) VALUES (1, 'C-1', 'C', 'c', 0, 0);
INSERT INTO party (id, sort, customer, name, name_key) VALUES (1, 'company', 1, 'C', 'c'), (2, 'person', NULL, 'P', 'p');
INSERT INTO relation (id, sort, from_party, to_party, evidence, known_from, known_to) VALUES (1, 'management', 2, 1, 'register P', 1, 9223372036854775807);
INSERT INTO corporate_group (id, code, name, name_key, created_at, note) VALUES (1, 'G-1', 'C', 'c', 0, '');
INSERT INTO group_decision (id, group_id, customer, verdict, test, reason, proposed_by, decided_by, decided_at) VALUES (1, 1, 1, 'member', '4', 'P', 1, 2, 0);
