import { sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { runOf } from "#objects/run/calls.ts";

const POKED_MAX = 100;
const QUIET_MS = 60_000;

/** Pokes every run that is not over, and the wallets in which a hold has expired: alarms can be dropped, and this finds what sleeps. */
export async function pokeOverdue(ctx: Ctx): Promise<void> {
  const before = ctx.now() - QUIET_MS;
  const runs = await ctx.db.all<{ id: string }>(sql`
    select id from runs where finished_at is null and created_at < ${before} union select run as id from open_runs where opened_at < ${before}
    union select run as id from quotes where status = 'used' and created_at > ${ctx.now() - 86_400_000} and run is not null and not exists (select 1 from runs where runs.id = quotes.run) limit ${POKED_MAX}`);
  const wallets = await ctx.db.all<{ wallet: string }>(sql`select wallet from wallets where next_expiry is not null and next_expiry < ${before} limit ${POKED_MAX}`);
  await Promise.allSettled([...runs.map(({ id }) => runOf(ctx.env, id).poke()), ...wallets.map(({ wallet }) => ctx.env.WALLET.getByName(wallet).poke())]);
}
