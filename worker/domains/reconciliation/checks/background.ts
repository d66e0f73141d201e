import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { walletOf } from "#domains/credits/index.ts";
import { entryOf } from "./catalogue.ts";
import { nothing, only, type Check, type Difference } from "./check.ts";

const UNIT = "background";
const HOUR_MS = 3_600_000;
/** Wallets are woken every minute when something of theirs is due. */
const LATE_MS = 10 * 60_000;
const SHOWN_MAX = 50;

/** Work that goes on behind the requests: what should have happened by now, and has not. */
export const background: Check = {
  ...entryOf("background"),
  async step(ctx) {
    const found = await Promise.all([
      waiting(ctx, { what: "events that not everybody has heard", from: sql`events where sent_at is null`, at: sql`at`, name: sql`id` }),
      waiting(ctx, { what: "Stripe's events that nobody has looked at", from: sql`stripe_events where handled_at is null`, at: sql`received_at`, name: sql`id` }),
      overdueHolds(ctx), sleepingWallets(ctx), overdueRuns(ctx),
    ]);
    return { examined: found.length, differences: found.flat(), repairs: [], finished: [only(UNIT)], next: null };
  },
};

const about = { ...nothing, unit: UNIT, studio: null, severity: "warning" as const };

/** One finding for everything that has been waiting in a queue for more than an hour. */
async function waiting({ db, now }: Ctx, { what, from, at, name }: { what: string; from: SQL; at: SQL; name: SQL }): Promise<Difference[]> {
  const row = await db.get<{ count: number; oldest: number | null; names: string | null }>(sql`
    select count(*) as count, min(at) as oldest, group_concat(name) as names from (select ${at} as at, ${name} as name from ${from} and ${at} < ${now() - HOUR_MS} order by 1 limit ${SHOWN_MAX})`);
  if (!row || row.count === 0 || row.oldest === null) return [];
  const count = row.count === SHOWN_MAX ? `${SHOWN_MAX} or more` : String(row.count);
  return [{
    ...about, key: what, subject: what, detail: `${count}, the oldest since ${new Date(row.oldest).toISOString()}`, data: { names: (row.names ?? "").split(",") },
    explanation: `There are ${count} ${what}, the oldest since ${new Date(row.oldest).toISOString()}. They are sent again every minute; something refuses them.`,
  }];
}

/** Reservations that should have ended by themselves. Their wallets are woken. */
async function overdueHolds(ctx: Ctx): Promise<Difference[]> {
  const rows = await ctx.db.all<{ wallet: string; hold: string; project: string | null; remaining: number; expiresAt: number }>(sql`
    select wallet, hold, project, remaining, expires_at as expiresAt from wallet_holds where state = 'open' and expires_at < ${ctx.now() - LATE_MS} order by expires_at limit ${SHOWN_MAX}`);
  await Promise.all([...new Set(rows.map(({ wallet }) => wallet))].map((wallet) => walletOf(ctx, wallet).poke()));
  return rows.map(({ wallet, hold, project, remaining, expiresAt }) => ({
    ...about, key: `hold ${hold}`, studio: wallet, project, subject: hold, credits: remaining, detail: `expired at ${new Date(expiresAt).toISOString()} and is still open`,
    explanation: `The reservation ${hold} should have ended at ${new Date(expiresAt).toISOString()} and still holds ${remaining} credits. Its wallet was woken.`,
  }));
}

async function sleepingWallets(ctx: Ctx): Promise<Difference[]> {
  const rows = await ctx.db.all<{ wallet: string; nextExpiry: number }>(sql`
    select wallet, next_expiry as nextExpiry from wallets where next_expiry < ${ctx.now() - HOUR_MS} and frozen is null order by wallet limit ${SHOWN_MAX}`);
  await Promise.all(rows.map(({ wallet }) => walletOf(ctx, wallet).poke()));
  return rows.map(({ wallet, nextExpiry }) => ({
    ...about, key: `wallet ${wallet}`, studio: wallet, subject: wallet, detail: `something was due at ${new Date(nextExpiry).toISOString()}`,
    explanation: `Something in this wallet should have expired at ${new Date(nextExpiry).toISOString()}, and D1 has not heard of it. The wallet was woken.`,
  }));
}

/** Runs whose deadline is long over. */
async function overdueRuns(ctx: Ctx): Promise<Difference[]> {
  const rows = await ctx.db.all<{ id: string; studio: string; project: string; held: number; deadlineAt: number }>(sql`
    select id, studio, project, credits_held as held, deadline_at as deadlineAt from runs where finished_at is null and deadline_at < ${ctx.now() - 2 * HOUR_MS} order by created_at limit ${SHOWN_MAX}`);
  return rows.map(({ id, studio, project, held, deadlineAt }) => ({
    ...about, key: `run ${id}`, studio, project, subject: id, credits: held, detail: `its deadline was ${new Date(deadlineAt).toISOString()}`,
    explanation: `The run should have been over by ${new Date(deadlineAt).toISOString()}. It is asked to go on every minute.`,
  }));
}
