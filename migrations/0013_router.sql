-- Which model was chosen for a job, from what, and why: the whole record, so that the choice can be made again. Only where there was more than one
-- model to choose from. Written with the quote; rows of quotes that no run used are swept away.
CREATE TABLE routings (
  job      TEXT PRIMARY KEY,
  quote    TEXT NOT NULL,
  studio   TEXT NOT NULL,
  class    TEXT NOT NULL,
  model    TEXT NOT NULL,
  credits  INTEGER NOT NULL CHECK (credits >= 0),
  explored INTEGER NOT NULL CHECK (explored IN (0, 1)),
  record   TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;
CREATE INDEX routings_by_class ON routings (class, at DESC);
CREATE INDEX routings_by_age ON routings (at);

-- What became of each attempt at a model, by class of task. `accepted`: whether people went on with its take, or asked for another.
CREATE TABLE model_outcomes (
  job       TEXT NOT NULL,
  attempt   INTEGER NOT NULL,
  class     TEXT NOT NULL,
  model     TEXT NOT NULL,
  delivered INTEGER NOT NULL CHECK (delivered IN (0, 1)),
  seconds   REAL,
  credits   INTEGER NOT NULL,
  take      TEXT,
  accepted  INTEGER CHECK (accepted IN (0, 1)),
  judged_at INTEGER,
  at        INTEGER NOT NULL,
  PRIMARY KEY (job, attempt)
) STRICT;
CREATE INDEX model_outcomes_by_class ON model_outcomes (class, at DESC);
CREATE INDEX model_outcomes_by_take ON model_outcomes (take);

-- Providers that a studio allows beside the house. No row: all.
CREATE TABLE studio_providers (
  studio     TEXT PRIMARY KEY,
  allowed    TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

-- What vendors have published about the end of their models, as it was first seen.
CREATE TABLE model_shutdowns (
  model   TEXT PRIMARY KEY,
  retires INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
