-- Quotes, and the projections of what runs do with them. The truth of a run is its object; `quotes`, `claims`, `open_runs` and `takes` are D1's
-- own. A claim keeps two open runs from making the same thing, an open run counts against the free limits; both go when the run is over.
CREATE TABLE quotes (
  id           TEXT PRIMARY KEY,
  studio       TEXT NOT NULL,
  project      TEXT NOT NULL,
  target       TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('open', 'used')),
  run          TEXT,
  credits      INTEGER NOT NULL CHECK (credits >= 0),
  steps        INTEGER NOT NULL CHECK (steps BETWEEN 1 AND 500),
  film_version INTEGER NOT NULL,
  price_card   TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX quotes_by_studio ON quotes (studio, created_at DESC);

CREATE TABLE claims (
  project     TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  run         TEXT NOT NULL,
  PRIMARY KEY (project, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_run ON claims (run);

CREATE TABLE open_runs (
  run       TEXT PRIMARY KEY,
  studio    TEXT NOT NULL,
  project   TEXT NOT NULL,
  free      INTEGER NOT NULL CHECK (free IN (0, 1)),
  opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX open_runs_by_studio ON open_runs (studio, free);

CREATE TABLE runs (
  id               TEXT PRIMARY KEY,
  studio           TEXT NOT NULL,
  project          TEXT NOT NULL,
  quote            TEXT NOT NULL,
  target           TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('opening', 'running', 'waiting', 'cancelling', 'succeeded', 'incomplete', 'failed', 'cancelled')),
  waiting_for      TEXT,
  credits_quoted   INTEGER NOT NULL,
  credits_held     INTEGER NOT NULL,
  credits_captured INTEGER NOT NULL,
  credits_returned INTEGER NOT NULL,
  progress         INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
  remaining_p50    REAL,
  remaining_p90    REAL,
  free             INTEGER NOT NULL CHECK (free IN (0, 1)),
  job_counts       TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  deadline_at      INTEGER NOT NULL,
  finished_at      INTEGER,
  seq              INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_studio ON runs (studio, created_at DESC, id DESC);
CREATE INDEX runs_by_project ON runs (project, created_at DESC, id DESC);
CREATE INDEX runs_unfinished ON runs (created_at) WHERE finished_at IS NULL;

CREATE TABLE jobs (
  id               TEXT PRIMARY KEY,
  run              TEXT NOT NULL,
  studio           TEXT NOT NULL,
  project          TEXT NOT NULL,
  node             TEXT NOT NULL,
  kind             TEXT NOT NULL,
  label            TEXT NOT NULL,
  tool             TEXT NOT NULL,
  model            TEXT NOT NULL,
  provider         TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('pending', 'queued', 'running', 'retrying', 'cancelling', 'succeeded', 'failed', 'refused', 'cancelled', 'expired')),
  attempts         INTEGER NOT NULL,
  priority         INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 3),
  progress         INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
  step             TEXT NOT NULL,
  remaining_low    REAL,
  remaining_high   REAL,
  credits_quoted   INTEGER NOT NULL,
  credits_captured INTEGER NOT NULL,
  problem_code     TEXT,
  problem_detail   TEXT,
  take             TEXT,
  ord              INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  started_at       INTEGER,
  finished_at      INTEGER,
  seq              INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_studio ON jobs (studio, created_at DESC, id DESC);
CREATE INDEX jobs_by_run ON jobs (run, ord);
CREATE INDEX jobs_making ON jobs (project) WHERE finished_at IS NULL;
CREATE INDEX jobs_by_tool ON jobs (tool, finished_at DESC) WHERE status = 'succeeded';

CREATE TABLE run_log (
  run     TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  type    TEXT NOT NULL,
  subject TEXT NOT NULL,
  data    TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Which model was picked for an attempt, and why.
CREATE TABLE decisions (
  job      TEXT NOT NULL,
  attempt  INTEGER NOT NULL,
  run      TEXT NOT NULL,
  model    TEXT NOT NULL,
  provider TEXT NOT NULL,
  why      TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;

-- One take for a fingerprint: whoever records a second one finds the first.
CREATE TABLE takes (
  id            TEXT PRIMARY KEY,
  studio        TEXT NOT NULL,
  project       TEXT NOT NULL,
  node          TEXT NOT NULL,
  kind          TEXT NOT NULL,
  fingerprint   TEXT NOT NULL,
  variant       INTEGER NOT NULL,
  tool          TEXT NOT NULL,
  model         TEXT NOT NULL,
  model_version TEXT,
  provider      TEXT NOT NULL,
  frames        INTEGER,
  credits       INTEGER NOT NULL,
  assets        TEXT NOT NULL,
  facts         TEXT NOT NULL,
  quote         TEXT NOT NULL,
  run           TEXT NOT NULL,
  job           TEXT NOT NULL,
  manifest      TEXT NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX takes_by_fingerprint ON takes (project, fingerprint);
CREATE INDEX takes_by_node ON takes (project, node, created_at DESC);
CREATE INDEX takes_by_studio ON takes (studio, id);
