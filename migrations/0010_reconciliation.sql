-- Administrators, and reconciliation: what is compared with what each night, what was found, and money that two administrators move.

-- Who was made an administrator by whom, and why. The right itself is `users.admin`; those whom the deployment names have no row.
CREATE TABLE administrators (
  user       TEXT PRIMARY KEY,
  granted_by TEXT NOT NULL,
  reason     TEXT NOT NULL,
  granted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_admin ON users (id) WHERE admin = 1;

-- A finding is keyed by what is wrong, so the same difference on the next night is the same finding, seen again. `source` names the check or the
-- object that found it; `unit` is what was examined as a whole, such as one wallet: once that was examined and the difference is gone, it closes.
ALTER TABLE findings ADD COLUMN unit TEXT;
ALTER TABLE findings ADD COLUMN run TEXT;
ALTER TABLE findings ADD COLUMN project TEXT;
ALTER TABLE findings ADD COLUMN entry INTEGER;
ALTER TABLE findings ADD COLUMN credits INTEGER;
ALTER TABLE findings ADD COLUMN explanation TEXT;
ALTER TABLE findings ADD COLUMN seen_at INTEGER;
ALTER TABLE findings ADD COLUMN repaired_at INTEGER;
ALTER TABLE findings ADD COLUMN resolved_at INTEGER;
-- The administrator who resolved it; null where it closed by itself.
ALTER TABLE findings ADD COLUMN resolved_by TEXT;
ALTER TABLE findings ADD COLUMN resolution TEXT;
ALTER TABLE findings ADD COLUMN mailed_at INTEGER;
CREATE INDEX findings_by_time ON findings (at DESC, id DESC);
CREATE INDEX findings_of_severity ON findings (severity, at DESC, id DESC);
CREATE INDEX findings_of_studio ON findings (studio, at DESC, id DESC);
CREATE INDEX findings_of_source ON findings (source, at DESC, id DESC);
CREATE INDEX findings_by_severity ON findings (severity, state, at DESC, id DESC);
CREATE INDEX findings_by_studio ON findings (studio, state, at DESC, id DESC);
CREATE INDEX findings_by_source ON findings (source, state, at DESC, id DESC);
CREATE INDEX findings_by_unit ON findings (source, unit) WHERE state = 'open';
CREATE INDEX findings_by_project ON findings (project, at DESC) WHERE state = 'open';
CREATE INDEX findings_unmailed ON findings (at) WHERE severity = 'critical' AND mailed_at IS NULL;

CREATE TABLE finding_notes (
  id      TEXT PRIMARY KEY,
  finding TEXT NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('note', 'resolved', 'reopened', 'proposal')),
  author  TEXT NOT NULL,
  text    TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_notes_by_finding ON finding_notes (finding, at, id);

-- One comparison of everything, or of one studio. `position` says where it goes on; `turn` counts its steps, so that a step which somebody else
-- has taken meanwhile is not written twice.
CREATE TABLE reconciliation_runs (
  id           TEXT PRIMARY KEY,
  -- The studio's id, or `platform`.
  scope        TEXT NOT NULL,
  cause        TEXT NOT NULL CHECK (cause IN ('night', 'asked')),
  requested_by TEXT,
  state        TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
  position     TEXT NOT NULL,
  turn         INTEGER NOT NULL DEFAULT 0,
  tries        INTEGER NOT NULL DEFAULT 0,
  counts       TEXT NOT NULL,
  problem      TEXT,
  started_at   INTEGER NOT NULL,
  stepped_at   INTEGER NOT NULL,
  finished_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX reconciliation_runs_one_at_a_time ON reconciliation_runs (scope) WHERE state = 'running';
CREATE INDEX reconciliation_runs_by_time ON reconciliation_runs (started_at DESC, id DESC);
CREATE INDEX reconciliation_runs_by_scope ON reconciliation_runs (scope, started_at DESC, id DESC);

-- Money that one administrator proposes and another approves. `command` is what the wallet is sent, stored before it is sent and repeated until
-- it is acknowledged, under a key that follows from the proposal's id.
CREATE TABLE proposals (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('grant', 'claw_back', 'thaw')),
  studio      TEXT NOT NULL,
  bucket      TEXT CHECK (bucket IN ('promo', 'boost', 'purchased')),
  credits     INTEGER CHECK (credits > 0),
  -- For a thaw: the entry, and its hash, up to which the wallet takes over what D1 has.
  upto        INTEGER,
  head        TEXT,
  reason      TEXT NOT NULL,
  finding     TEXT,
  state       TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'expired', 'executed', 'failed')),
  proposed_by TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  decided_by  TEXT CHECK (decided_by <> proposed_by OR state = 'rejected'),
  decided_at  INTEGER,
  command     TEXT,
  executed_at INTEGER,
  entry       INTEGER,
  failure     TEXT
) STRICT;
CREATE INDEX proposals_by_time ON proposals (proposed_at DESC, id DESC);
CREATE INDEX proposals_by_state ON proposals (state, proposed_at DESC, id DESC);
CREATE INDEX proposals_by_studio ON proposals (studio, proposed_at DESC, id DESC);

-- What providers say that they billed. An id that stands there twice was billed twice.
CREATE TABLE provider_statements (
  id          TEXT PRIMARY KEY,
  provider    TEXT NOT NULL,
  period      TEXT NOT NULL,
  source      TEXT NOT NULL CHECK (source IN ('csv', 'api')),
  sha256      TEXT NOT NULL,
  charges     INTEGER NOT NULL,
  -- Millionths of a dollar.
  cost_micros INTEGER NOT NULL,
  imported_by TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  UNIQUE (provider, sha256)
) STRICT;
CREATE INDEX provider_statements_by_time ON provider_statements (imported_at DESC, id DESC);

CREATE TABLE provider_charges (
  statement   TEXT NOT NULL,
  line        INTEGER NOT NULL,
  provider    TEXT NOT NULL,
  -- The provider's own id of the submission, or ours where it takes ours.
  charge      TEXT NOT NULL,
  model       TEXT NOT NULL,
  status      TEXT NOT NULL,
  cost_micros INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (statement, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_charges_by_charge ON provider_charges (provider, charge);

-- What comparing needs of others' tables: the ticket by which a provider's statement names an attempt, what a quote expected its run to take,
-- and ways to find grants by what they were for, holds by run and files by key.
ALTER TABLE decisions ADD COLUMN ticket TEXT;
CREATE INDEX decisions_by_ticket ON decisions (provider, ticket) WHERE ticket IS NOT NULL;
CREATE INDEX decisions_by_time ON decisions (provider, at);
ALTER TABLE quotes ADD COLUMN seconds_p50 REAL;
ALTER TABLE quotes ADD COLUMN seconds_p90 REAL;
ALTER TABLE wallet_entries ADD COLUMN cause TEXT GENERATED ALWAYS AS (iif(body ->> 'kind' IN ('grant', 'claw_back'), body ->> 'key', NULL)) VIRTUAL;
CREATE INDEX wallet_entries_by_cause ON wallet_entries (wallet, cause) WHERE cause IS NOT NULL;
CREATE INDEX wallet_holds_by_run ON wallet_holds (run);
CREATE INDEX runs_by_studio_in_order ON runs (studio, id);
CREATE INDEX wallets_frozen ON wallets (wallet) WHERE frozen IS NOT NULL;
CREATE INDEX assets_by_key ON assets (key);
