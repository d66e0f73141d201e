-- Published films. A row is a frozen snapshot: what was shown when it was published stays what is shown, whatever becomes of the project.
-- The maker's name and handle repeat the studio's, so that a feed page is one query over one index.
CREATE TABLE videos (
  id            TEXT PRIMARY KEY,
  studio        TEXT NOT NULL,
  project       TEXT NOT NULL,
  asset         TEXT NOT NULL,
  title         TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
  description   TEXT NOT NULL CHECK (length(description) <= 5000),
  tags          TEXT NOT NULL,
  visibility    TEXT NOT NULL CHECK (visibility IN ('private', 'unlisted', 'public')),
  state         TEXT NOT NULL CHECK (state IN ('live', 'taken_down')),
  aspect        TEXT NOT NULL CHECK (aspect IN ('16:9', '9:16', '1:1')),
  duration_ms   INTEGER NOT NULL,
  width         INTEGER NOT NULL,
  height        INTEGER NOT NULL,
  language      TEXT NOT NULL,
  shows_script  INTEGER NOT NULL CHECK (shows_script IN (0, 1)),
  shows_production INTEGER NOT NULL CHECK (shows_production IN (0, 1)),
  files         TEXT NOT NULL,
  details_key   TEXT NOT NULL,
  maker_handle  TEXT NOT NULL,
  maker_name    TEXT NOT NULL,
  published_at  INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX videos_by_newest ON videos (published_at DESC, id DESC) WHERE visibility = 'public' AND state = 'live';
CREATE INDEX videos_by_maker ON videos (maker_handle, published_at DESC, id DESC) WHERE visibility = 'public' AND state = 'live';
CREATE INDEX videos_by_studio ON videos (studio, published_at DESC, id DESC) WHERE state = 'live';
