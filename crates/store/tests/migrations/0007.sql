INSERT INTO office_user (id, login, name, created_at) VALUES (1, 'ann', 'Ann', 0);
