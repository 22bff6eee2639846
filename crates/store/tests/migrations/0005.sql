INSERT INTO customer (id, code, name, name_key, industry, region, size, created_at, changed_at) VALUES (1, 'C1', '一', '一', 'C13', '华东', 'large', 0, 0);
