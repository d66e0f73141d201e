-- Projections of the studios' wallets. The truth is in each wallet's object, which sends its log here by itself; what stands here is
-- only queried, and may be behind by a second. No foreign keys: a log must never wait for another table.

-- The log. `body` is the entry's canonical text, whose SHA-256 is `hash`; generated columns show parts of it to queries.
-- `available`, `held` and `spent` are how far the entry moved them.
CREATE TABLE wallet_entries (
  wallet    TEXT NOT NULL,
  seq       INTEGER NOT NULL CHECK (seq >= 1),
  at        INTEGER NOT NULL GENERATED ALWAYS AS (body ->> 'at') VIRTUAL,
  kind      TEXT NOT NULL GENERATED ALWAYS AS (body ->> 'kind') VIRTUAL,
  hold      TEXT GENERATED ALWAYS AS (body ->> 'hold') VIRTUAL,
  item      TEXT GENERATED ALWAYS AS (body ->> 'item') VIRTUAL,
  reason    TEXT GENERATED ALWAYS AS (body ->> 'reason') VIRTUAL,
  available INTEGER NOT NULL,
  held      INTEGER NOT NULL,
  spent     INTEGER NOT NULL,
  body      TEXT NOT NULL,
  hash      TEXT NOT NULL,
  PRIMARY KEY (wallet, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_entries_by_hold ON wallet_entries (wallet, hold, seq) WHERE hold IS NOT NULL;

-- One row for each wallet, as of entry `seq`.
CREATE TABLE wallets (
  wallet      TEXT PRIMARY KEY,
  available   INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  debt        INTEGER NOT NULL,
  spent       INTEGER NOT NULL,
  next_expiry INTEGER,
  frozen      TEXT,
  head        TEXT NOT NULL,
  seq         INTEGER NOT NULL,
  at          INTEGER NOT NULL
) STRICT;

-- One row for each hold, as of entry `seq`. Open holds past their expiry belong to a wallet that sleeps and must be poked.
CREATE TABLE wallet_holds (
  wallet     TEXT NOT NULL,
  hold       TEXT NOT NULL,
  run        TEXT NOT NULL,
  project    TEXT,
  member     TEXT,
  api_key    TEXT,
  state      TEXT NOT NULL CHECK (state IN ('open', 'settled', 'failed', 'cancelled', 'compensated', 'expired')),
  credits    INTEGER NOT NULL,
  captured   INTEGER NOT NULL,
  remaining  INTEGER NOT NULL,
  opened_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  closed_at  INTEGER,
  seq        INTEGER NOT NULL,
  PRIMARY KEY (wallet, hold)
) STRICT, WITHOUT ROWID;
CREATE INDEX wallet_holds_by_open_expiry ON wallet_holds (expires_at) WHERE state = 'open';
CREATE INDEX wallet_holds_by_project ON wallet_holds (wallet, project, opened_at DESC);
