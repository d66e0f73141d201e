-- People, how they sign in, the studios that they work in, and the keys that act for a studio. The first four tables have the shape that
-- better-auth expects; the others are ours. Times are milliseconds.
CREATE TABLE users (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  email          TEXT NOT NULL UNIQUE,
  email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  image          TEXT,
  admin          INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1)),
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  id         TEXT PRIMARY KEY,
  token      TEXT NOT NULL UNIQUE,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  ip_address TEXT,
  user_agent TEXT,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

CREATE TABLE accounts (
  id                       TEXT PRIMARY KEY,
  account_id               TEXT NOT NULL,
  provider_id              TEXT NOT NULL,
  user_id                  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access_token             TEXT,
  refresh_token            TEXT,
  id_token                 TEXT,
  access_token_expires_at  INTEGER,
  refresh_token_expires_at INTEGER,
  scope                    TEXT,
  password                 TEXT,
  created_at               INTEGER NOT NULL,
  updated_at               INTEGER NOT NULL,
  UNIQUE (provider_id, account_id)
) STRICT;
CREATE INDEX accounts_by_user ON accounts (user_id);

CREATE TABLE verifications (
  id         TEXT PRIMARY KEY,
  identifier TEXT NOT NULL,
  value      TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX verifications_by_identifier ON verifications (identifier);

-- How often something happened in its present window. A row past its window is as good as none.
CREATE TABLE rate_limits (
  key       TEXT PRIMARY KEY,
  count     INTEGER NOT NULL,
  window_at INTEGER NOT NULL,
  ends_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX rate_limits_by_end ON rate_limits (ends_at);

CREATE TABLE studios (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  handle      TEXT NOT NULL UNIQUE,
  bio         TEXT NOT NULL DEFAULT '',
  -- The user whose own studio it is; null for a team's.
  personal_of TEXT UNIQUE,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  id         TEXT PRIMARY KEY,
  studio     TEXT NOT NULL REFERENCES studios (id) ON DELETE CASCADE,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'reviewer', 'viewer')),
  created_at INTEGER NOT NULL,
  UNIQUE (studio, user_id)
) STRICT;
CREATE INDEX members_by_user ON members (user_id, created_at);

CREATE TABLE invites (
  id         TEXT PRIMARY KEY,
  studio     TEXT NOT NULL REFERENCES studios (id) ON DELETE CASCADE,
  email      TEXT NOT NULL,
  role       TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'reviewer', 'viewer')),
  status     TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'cancelled')),
  invited_by TEXT,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invites_by_studio ON invites (studio, created_at DESC);
CREATE INDEX invites_by_email ON invites (email);

-- A key is kept as its SHA-256 alone. It acts for its studio, with its scopes, and at most with the role of the member who made it.
CREATE TABLE api_keys (
  id                       TEXT PRIMARY KEY,
  studio                   TEXT NOT NULL REFERENCES studios (id) ON DELETE CASCADE,
  made_by                  TEXT NOT NULL,
  name                     TEXT NOT NULL,
  prefix                   TEXT NOT NULL,
  hash                     TEXT NOT NULL UNIQUE,
  scopes                   TEXT NOT NULL,
  requests_per_10_seconds  INTEGER NOT NULL CHECK (requests_per_10_seconds > 0),
  window_at                INTEGER NOT NULL DEFAULT 0,
  window_count             INTEGER NOT NULL DEFAULT 0,
  last_used_at             INTEGER,
  expires_at               INTEGER,
  revoked_at               INTEGER,
  created_at               INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_by_studio ON api_keys (studio, created_at DESC);
