-- Signed roots of the ledger: docs/design/ledger-proof.md says what they prove. One at a time is being collected, in steps that are
-- stored, so that a night that is cut short goes on where it was.
CREATE TABLE roots (
  number    INTEGER PRIMARY KEY CHECK (number >= 1),
  -- What it was made for: one night makes one root.
  occasion  TEXT NOT NULL UNIQUE,
  state     TEXT NOT NULL CHECK (state IN ('collecting', 'signed')),
  begun_at  INTEGER NOT NULL,
  -- The last wallet that was asked, and how many gave a leaf.
  cursor    TEXT NOT NULL,
  wallets   INTEGER NOT NULL CHECK (wallets >= 0),
  -- Once signed: the record's canonical text, its SHA-256, its signature and the hash of the tree.
  record    TEXT,
  hash      TEXT,
  jws       TEXT,
  root      TEXT,
  signed_at INTEGER,
  CHECK (state = 'collecting' OR (record IS NOT NULL AND hash IS NOT NULL AND jws IS NOT NULL AND root IS NOT NULL AND signed_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX roots_by_collecting ON roots (state) WHERE state = 'collecting';

-- What wallets said for a root, in the order of their names. Kept for the newest roots only.
CREATE TABLE root_leaves (
  root   INTEGER NOT NULL,
  wallet TEXT NOT NULL,
  seq    INTEGER NOT NULL CHECK (seq >= 1),
  head   TEXT NOT NULL,
  ord    INTEGER NOT NULL,
  PRIMARY KEY (root, wallet)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX root_leaves_by_ord ON root_leaves (root, ord);

-- The hash of each 256 leaves, so that a proof reads few of them.
CREATE TABLE root_nodes (
  root INTEGER NOT NULL,
  ord  INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (root, ord)
) STRICT, WITHOUT ROWID;
