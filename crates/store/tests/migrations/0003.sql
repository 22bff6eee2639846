INSERT INTO office_user (id, login, name, created_at) VALUES (1, 'chen.an', '陈安', 0);
INSERT INTO kind (id, code) VALUES (1, 'transaction');
