-- When a run that waits is tried again.
ALTER TABLE runs ADD COLUMN waiting_until INTEGER;

-- How an attempt at a provider ended, when, and what it cost us in millionths of a dollar, where the provider says so.
ALTER TABLE decisions ADD COLUMN outcome TEXT;
ALTER TABLE decisions ADD COLUMN ended_at INTEGER;
ALTER TABLE decisions ADD COLUMN cost_micros INTEGER;
CREATE INDEX decisions_at ON decisions (at, provider, model, outcome, ended_at, cost_micros);
