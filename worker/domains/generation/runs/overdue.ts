import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { runOf } from "#objects/run/calls.ts";

const POKED_MAX = 100;
const QUIET_MS = 60_000;
const MINUTE_MS = 60_000;

/** Pokes runs that are not over, and wallets in which a hold has expired: alarms can be dropped, and this finds what sleeps. A hundred of each in a minute, by turns, so that each is reached. */
export async function pokeOverdue(ctx: Ctx): Promise<void> {
  const before = ctx.now() - QUIET_MS;
  const [runs, wallets] = await Promise.all([
    inTurn(ctx, sql`
      select id from runs where finished_at is null and created_at < ${before} union select run as id from open_runs where opened_at < ${before}
      union select run as id from quotes where status = 'used' and created_at > ${ctx.now() - 86_400_000} and run is not null and not exists (select 1 from runs where runs.id = quotes.run)`),
    inTurn(ctx, sql`select wallet as id from wallets where next_expiry is not null and next_expiry < ${before}`),
  ]);
  await Promise.allSettled([...runs.map((id) => runOf(ctx.env, id).poke()), ...wallets.map((id) => ctx.env.WALLET.getByName(id).poke())]);
}

/** Those whose turn it is in this minute: in the order of their ids, the next hundred each minute, and from the first again after the last. */
async function inTurn(ctx: Ctx, found: SQL): Promise<string[]> {
  const minute = Math.floor(ctx.now() / MINUTE_MS);
  // Numbers are bound as fractions: the page is counted in whole ones.
  const rows = await ctx.db.all<{ id: string }>(sql`
    with asked as (select cast(${minute} as integer) as minute, cast(${POKED_MAX} as integer) as most),
      ranked as (select id, row_number() over (order by id) - 1 as place, count(*) over () as n from (${found}))
    select id from ranked, asked where place / most = minute % ((n + most - 1) / most)`);
  return rows.map(({ id }) => id);
}
