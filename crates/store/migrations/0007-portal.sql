-- Step 7: users who speak for a customer.

-- Whom a user speaks for in the portal; null for the office's own people. Said when the user is made, and never changed.
ALTER TABLE office_user ADD COLUMN customer {int} REFERENCES customer (id);
CREATE INDEX office_user_of_customer ON office_user (customer) WHERE customer IS NOT NULL;
guard office_user_speaks_for_one: BEFORE UPDATE ON office_user WHEN NEW.customer IS DISTINCT FROM OLD.customer
