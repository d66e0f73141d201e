-- What every domain stands on: the record of what happened (audit log, outbox and reconciliation source in one), the memory of
-- Idempotency-Keys, and a table whose CHECK makes a batch fail when a condition no longer holds.
CREATE TABLE events (
  id         TEXT PRIMARY KEY,
  studio     TEXT,
  type       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  actor      TEXT NOT NULL,
  data       TEXT NOT NULL,
  request_id TEXT NOT NULL,
  at         INTEGER NOT NULL,
  sent_at    INTEGER
) STRICT;
CREATE INDEX events_by_unsent ON events (at) WHERE sent_at IS NULL;
CREATE INDEX events_by_studio ON events (studio, at DESC);
CREATE INDEX events_by_type ON events (type, at);

CREATE TABLE event_deliveries (
  event        TEXT NOT NULL,
  subscription TEXT NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (event, subscription)
) STRICT;

CREATE TABLE idempotency_keys (
  studio     TEXT NOT NULL,
  operation  TEXT NOT NULL,
  key        TEXT NOT NULL,
  input_hash TEXT NOT NULL,
  resource   TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (studio, operation, key)
) STRICT;

CREATE TABLE guards (
  ok INTEGER NOT NULL CONSTRAINT guard_failed CHECK (ok = 1)
) STRICT;

CREATE TABLE findings (
  id         TEXT PRIMARY KEY,
  studio     TEXT,
  source     TEXT NOT NULL,
  severity   TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  subject    TEXT NOT NULL,
  detail     TEXT NOT NULL,
  data       TEXT NOT NULL,
  state      TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX findings_by_state ON findings (state, at DESC);
