-- Published films at Cloudflare Stream, where one is set up: one row for each life of a film's package there, gone when nothing of it is left at Stream.
CREATE TABLE packages (
  -- What the package is called at Stream: its `creator`, and the name in its `meta`.
  id          TEXT PRIMARY KEY,
  studio      TEXT NOT NULL,
  video       TEXT NOT NULL,
  -- The file that is packaged: where it lies, and its content.
  source_key  TEXT NOT NULL,
  sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'copying', 'ready', 'failed', 'removing')),
  -- Stream's id; null while it is not known.
  uid         TEXT,
  -- Copies that were ordered, whatever became of them.
  attempts    INTEGER NOT NULL CHECK (attempts >= 0),
  -- Times in a row that Stream did not answer.
  silences    INTEGER NOT NULL CHECK (silences >= 0),
  -- Stream's code, or ours, for why the last copy came to nothing.
  failure     TEXT,
  -- When the last copy was ordered.
  sent_at     INTEGER,
  -- When it is looked at next; null: never by itself.
  due_at      INTEGER,
  revision    INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;
-- A film has one package, besides those that are being removed.
CREATE UNIQUE INDEX packages_of_video ON packages (video) WHERE state <> 'removing';
CREATE INDEX packages_by_video ON packages (video);
CREATE INDEX packages_due ON packages (due_at) WHERE due_at IS NOT NULL;
