INSERT INTO office_user (id, login, name, created_at) VALUES (1, 'ann', 'Ann', 0);
INSERT INTO office_user (id, login, name, created_at) VALUES (2, 'bob', 'Bob', 0);
INSERT INTO run (id, name, policies, as_of, as_known, engine, created_by, created_at) VALUES (1, 'January', '[]', 20819, 0, '1', 1, 0);
