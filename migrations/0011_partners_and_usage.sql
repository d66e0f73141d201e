-- Partners: systems of others that tell us about payments and tokens. Nothing here is money of ours: no credit moves by any of it. A
-- partner's secret is derived from its id and version, so there is none to steal from this table.
CREATE TABLE partners (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL COLLATE NOCASE,
  -- The one studio that it acts for; null: any.
  studio     TEXT,
  -- What it may record, a JSON list.
  kinds      TEXT NOT NULL,
  version    INTEGER NOT NULL CHECK (version >= 1),
  -- Versions before that are accepted a while longer: a JSON list of {version, until}.
  earlier    TEXT NOT NULL,
  made_by    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX partners_by_name ON partners (name) WHERE revoked_at IS NULL;
CREATE INDEX partners_newest ON partners (created_at DESC, id DESC);

-- What partners told us, word for word and for good. A repeat under one key finds the first; a reference is used once by each partner.
CREATE TABLE transactions (
  id               TEXT PRIMARY KEY,
  partner          TEXT NOT NULL,
  studio           TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('payment', 'token_use')),
  reference        TEXT NOT NULL,
  idempotency_key  TEXT NOT NULL,
  input_hash       TEXT NOT NULL,
  amount_cents     INTEGER CHECK (amount_cents > 0),
  currency         TEXT CHECK (length(currency) = 3),
  description      TEXT,
  project          TEXT,
  run              TEXT,
  job              TEXT,
  provider         TEXT,
  model            TEXT,
  estimated_tokens INTEGER CHECK (estimated_tokens >= 0),
  actual_tokens    INTEGER CHECK (actual_tokens >= 0),
  occurred_at      INTEGER NOT NULL,
  recorded_at      INTEGER NOT NULL,
  UNIQUE (partner, reference),
  UNIQUE (partner, idempotency_key),
  CHECK (CASE kind
    WHEN 'payment' THEN amount_cents IS NOT NULL AND currency IS NOT NULL AND estimated_tokens IS NULL AND actual_tokens IS NULL
    ELSE amount_cents IS NULL AND currency IS NULL AND provider IS NOT NULL AND model IS NOT NULL AND estimated_tokens IS NOT NULL AND actual_tokens IS NOT NULL
  END)
) STRICT;
CREATE INDEX transactions_by_studio ON transactions (studio, recorded_at DESC, id DESC);
CREATE INDEX transactions_by_studio_kind ON transactions (studio, kind, recorded_at DESC, id DESC);
CREATE INDEX transactions_by_project ON transactions (project, recorded_at DESC, id DESC) WHERE project IS NOT NULL;
CREATE INDEX transactions_by_partner ON transactions (partner, recorded_at DESC, id DESC);
CREATE TRIGGER transactions_are_final BEFORE UPDATE ON transactions BEGIN SELECT RAISE(ABORT, 'transactions are final'); END;
CREATE TRIGGER transactions_stay BEFORE DELETE ON transactions BEGIN SELECT RAISE(ABORT, 'transactions are final'); END;

-- Tokens of a project by model, added up in the batch that records each use. `differs` while what was used is far from what was expected.
CREATE TABLE token_totals (
  project   TEXT NOT NULL,
  provider  TEXT NOT NULL,
  model     TEXT NOT NULL,
  studio    TEXT NOT NULL,
  uses      INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  actual    INTEGER NOT NULL,
  differs   INTEGER NOT NULL DEFAULT 0 CHECK (differs IN (0, 1)),
  PRIMARY KEY (project, provider, model)
) STRICT, WITHOUT ROWID;

-- How usage is read: credits by when they were captured, jobs by when they ended. Both indexes hold all that is asked, so that a row is read once.
CREATE INDEX wallet_entries_captures ON wallet_entries (wallet, at, hold, item, spent) WHERE kind = 'capture';
CREATE INDEX wallet_entries_lots ON wallet_entries (wallet, seq) WHERE body ->> '$.lots[0].id' IS NOT NULL;
ALTER TABLE jobs ADD COLUMN frames INTEGER;
UPDATE jobs SET frames = (SELECT t.frames FROM takes AS t WHERE t.id = jobs.take) WHERE take IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (studio, finished_at, tool, model, project, run, status, attempts, credits_quoted, credits_captured, frames) WHERE finished_at IS NOT NULL;
