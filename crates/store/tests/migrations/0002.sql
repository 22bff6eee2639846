INSERT INTO office_user (login, name, created_at) VALUES ('a', 'A', 1);
INSERT INTO corporate_group (code, name, name_key, created_at, note) VALUES ('G-000001', 'G', 'g', 1, '');
INSERT INTO customer (code, name, name_key, created_at, changed_at) VALUES ('C1', 'C', 'c', 1, 1);
INSERT INTO run (name, policies, as_of, as_known, engine, created_by, created_at, state) VALUES ('R', '[]', 1, 1, '0.1.0', 1, 1, 'done');
INSERT INTO run_chunk (run, chunk, first_customer, last_customer, row_count, checksum, done_at) VALUES (1, 0, 1, 1, 1, 'c', 1);
