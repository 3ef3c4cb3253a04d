-- Cancelled jobs whose service may not know yet: until when the hub that is to tell it may take.
CREATE INDEX jobs_untold ON jobs (lease_until) WHERE status = 'cancelled' AND lease_until IS NOT NULL;
