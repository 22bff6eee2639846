-- Step 5: lists of customers that stay quick whatever they are filtered and sorted by.

-- Within a grade by score, for lists by grade, by score, and by score within grades; and how many each grade has.
DROP INDEX result_by_rank;
DROP INDEX result_by_total;
CREATE INDEX result_by_rank ON result (run, policy, rank, COALESCE(total, -1), customer);

-- Whom these traits leave: each one alone and each two together begin an index.
CREATE INDEX customer_by_region ON customer (region, industry, size);
CREATE INDEX customer_by_industry ON customer (industry, size);
CREATE INDEX customer_by_size ON customer (size, region);
