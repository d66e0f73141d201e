-- Stored files. An asset is an object in R2 that somebody may ask for; an upload is the way in for what people bring.
CREATE TABLE assets (
  id           TEXT PRIMARY KEY,
  studio       TEXT NOT NULL,
  project      TEXT,
  kind         TEXT NOT NULL,
  node         TEXT,
  take         TEXT,
  role         TEXT NOT NULL,
  key          TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes        INTEGER NOT NULL CHECK (bytes >= 0),
  sha256       TEXT NOT NULL CHECK (length(sha256) = 64),
  duration_ms  INTEGER,
  width        INTEGER,
  height       INTEGER,
  created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX assets_by_project ON assets (studio, project, created_at DESC, id DESC);
CREATE INDEX assets_by_kind ON assets (studio, project, kind, created_at DESC, id DESC);
CREATE INDEX assets_by_take ON assets (take);
CREATE INDEX assets_by_hash ON assets (studio, sha256);

CREATE TABLE uploads (
  id           TEXT PRIMARY KEY,
  studio       TEXT NOT NULL,
  project      TEXT,
  filename     TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes        INTEGER NOT NULL CHECK (bytes > 0),
  sha256       TEXT,
  key          TEXT NOT NULL,
  status       TEXT NOT NULL CHECK (status IN ('waiting', 'ready', 'failed')),
  asset        TEXT,
  problem      TEXT,
  created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX uploads_by_studio ON uploads (studio, created_at DESC);
