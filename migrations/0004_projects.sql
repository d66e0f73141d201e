-- Films in the making. The film document itself is in R2 under films/<film_hash>.json, texts under scripts/<sha256>; the row says which is
-- current. Counts and length repeat parts of the film for lists.
CREATE TABLE projects (
  id              TEXT PRIMARY KEY,
  studio          TEXT NOT NULL,
  title           TEXT NOT NULL,
  style           TEXT NOT NULL,
  aspect          TEXT NOT NULL,
  language        TEXT NOT NULL,
  target_seconds  INTEGER,
  status          TEXT NOT NULL CHECK (status IN ('draft', 'queued', 'processing', 'completed', 'failed')),
  publication     TEXT NOT NULL CHECK (publication IN ('private', 'in_review', 'published', 'unlisted', 'rejected', 'archived')),
  film_hash       TEXT NOT NULL,
  film_version    INTEGER NOT NULL CHECK (film_version >= 0),
  scenes          INTEGER NOT NULL,
  shots           INTEGER NOT NULL,
  lines           INTEGER NOT NULL,
  characters      INTEGER NOT NULL,
  seconds         REAL NOT NULL,
  -- The draft: what the editor shows. Null until something is written.
  script_hash     TEXT,
  script_format   TEXT CHECK (script_format IN ('fountain', 'txt', 'md')),
  script_version  INTEGER NOT NULL DEFAULT 0,
  script_saved_at INTEGER,
  -- The text of the newest kept version: where it is another than the draft's, ten idle minutes keep the draft.
  versioned_hash  TEXT,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER
) STRICT;
CREATE INDEX projects_by_studio ON projects (studio, updated_at DESC, id DESC);
CREATE INDEX projects_by_unkept_draft ON projects (script_saved_at) WHERE script_hash IS NOT versioned_hash;

-- The last 200 states of each film: undo puts one of them back.
CREATE TABLE film_versions (
  project TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash    TEXT NOT NULL,
  script  TEXT,
  what    TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (project, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE script_versions (
  id         TEXT PRIMARY KEY,
  studio     TEXT NOT NULL,
  project    TEXT NOT NULL,
  label      TEXT NOT NULL,
  reason     TEXT NOT NULL CHECK (reason IN ('save', 'idle', 'quote', 'restore', 'upload')),
  sha256     TEXT NOT NULL,
  format     TEXT NOT NULL CHECK (format IN ('fountain', 'txt', 'md')),
  characters INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX script_versions_by_project ON script_versions (project, created_at DESC, id DESC);
