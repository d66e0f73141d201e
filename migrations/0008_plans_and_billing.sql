-- Plans and billing. Stripe owns subscriptions, invoices and payments; what stands here is what we made of them, each thing once.
-- No foreign keys: news of Stripe comes in any order.

-- One row for each studio that ever came near a payment. The plan in force follows from it and the time (credits/plans/rules.ts).
-- `revision` grows with every change, so that what was read before another change is not written over it.
CREATE TABLE subscriptions (
  studio       TEXT PRIMARY KEY,
  plan         TEXT NOT NULL CHECK (plan IN ('creator_free', 'creator_starter', 'creator_pro', 'creator_enterprise', 'growth_starter', 'growth_pro', 'growth_agency')),
  status       TEXT NOT NULL CHECK (status IN ('free', 'incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused')),
  customer     TEXT UNIQUE,
  subscription TEXT UNIQUE,
  item         TEXT,
  schedule     TEXT,
  period_start INTEGER,
  period_end   INTEGER,
  cancel_at    INTEGER,
  pending_plan TEXT,
  pending_at   INTEGER,
  grace_until  INTEGER,
  pay_url      TEXT,
  revision     INTEGER NOT NULL,
  synced_at    INTEGER NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX subscriptions_by_end ON subscriptions (period_end) WHERE subscription IS NOT NULL;

-- Every event that Stripe sent, once. Only ids are kept: what happened is read from Stripe again.
CREATE TABLE stripe_events (
  id          TEXT PRIMARY KEY,
  type        TEXT NOT NULL,
  object      TEXT NOT NULL,
  api_version TEXT,
  received_at INTEGER NOT NULL,
  handled_at  INTEGER,
  note        TEXT
) STRICT;
CREATE INDEX stripe_events_by_object ON stripe_events (object, received_at);

-- The prices that we made at Stripe from the catalogue. Old ones stay: subscriptions may still be on them.
CREATE TABLE stripe_prices (
  price   TEXT PRIMARY KEY,
  code    TEXT NOT NULL,
  cents   INTEGER NOT NULL CHECK (cents > 0),
  made_at INTEGER NOT NULL,
  UNIQUE (code, cents)
) STRICT;

-- Pages of Stripe on which a studio may pay, one for a plan at a time. `waiting`: done, but its money takes days to come.
CREATE TABLE checkouts (
  id         TEXT PRIMARY KEY,
  studio     TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('plan', 'pack')),
  code       TEXT NOT NULL,
  session    TEXT NOT NULL UNIQUE,
  url        TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'complete', 'expired')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  checked_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX checkouts_open_plan ON checkouts (studio) WHERE kind = 'plan' AND state = 'open';
CREATE INDEX checkouts_open ON checkouts (checked_at) WHERE state IN ('open', 'waiting');

-- What payments did to a wallet: the exact command, stored before it is sent and repeated until the wallet has it. `purchase` is the key
-- of the grant that a refund or dispute is about; `credits` and `amount_cents` of one purchase add up to what is left of it.
CREATE TABLE grants (
  key            TEXT PRIMARY KEY,
  studio         TEXT NOT NULL,
  kind           TEXT NOT NULL CHECK (kind IN ('period', 'upgrade', 'pack', 'top_up', 'refund', 'refund_failed', 'dispute', 'dispute_won')),
  purchase       TEXT NOT NULL,
  credits        INTEGER NOT NULL,
  amount_cents   INTEGER NOT NULL,
  currency       TEXT NOT NULL,
  command        TEXT,
  state          TEXT NOT NULL CHECK (state IN ('pending', 'done', 'refused')),
  invoice        TEXT,
  session        TEXT,
  payment_intent TEXT,
  charge         TEXT,
  at             INTEGER NOT NULL,
  done_at        INTEGER
) STRICT;
CREATE INDEX grants_by_studio ON grants (studio, at DESC);
CREATE INDEX grants_by_purchase ON grants (purchase, at);
CREATE INDEX grants_by_payment ON grants (payment_intent) WHERE payment_intent IS NOT NULL;
CREATE INDEX grants_pending ON grants (at) WHERE state = 'pending';

-- What a studio's owner wants bought when credits run low, and what was.
CREATE TABLE top_ups (
  studio                TEXT PRIMARY KEY,
  enabled               INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  below_credits         INTEGER NOT NULL CHECK (below_credits >= 0),
  pack                  TEXT NOT NULL,
  monthly_ceiling_cents INTEGER NOT NULL CHECK (monthly_ceiling_cents >= 0),
  failures              INTEGER NOT NULL CHECK (failures >= 0),
  off_reason            TEXT,
  retry_at              INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL
) STRICT;
CREATE TABLE top_up_charges (
  id           TEXT PRIMARY KEY,
  studio       TEXT NOT NULL,
  month        TEXT NOT NULL,
  number       INTEGER NOT NULL,
  pack         TEXT NOT NULL,
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  state        TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'failed')),
  invoice      TEXT UNIQUE,
  at           INTEGER NOT NULL,
  done_at      INTEGER,
  UNIQUE (studio, month, number)
) STRICT;
CREATE UNIQUE INDEX top_up_charges_pending ON top_up_charges (studio) WHERE state = 'pending';

-- Warnings that were given: of a low balance once for each inflow and level, of a top-up's ceiling once a month.
CREATE TABLE wallet_warnings (
  studio    TEXT NOT NULL,
  reference TEXT NOT NULL,
  level     TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (studio, reference, level)
) STRICT, WITHOUT ROWID;

-- Films of a month are counted by their cuts.
CREATE INDEX takes_cuts ON takes (studio, created_at) WHERE kind = 'cut';
CREATE INDEX jobs_cuts ON jobs (studio) WHERE kind = 'cut' AND finished_at IS NULL;
