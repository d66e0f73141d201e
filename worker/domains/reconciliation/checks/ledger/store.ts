/** What runs, jobs and holds say in D1, as checks compare it. Several domains' tables are read here; none is written. */
import { sql, type SQL } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { CaptureFacts, HoldFacts, JobFacts, RunFacts } from "../../comparing/runs.ts";

const among = (column: SQL, values: readonly string[]): SQL => sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;

export type RunRead = RunFacts & { quote: string; finishedAt: number | null };

/** Runs after an id, of one studio or of all, that did not end just now: their last rows may be on their way. */
export async function runsAfter({ db }: Ctx, { studio, after, limit, settledBefore }: { studio: string | null; after: string; limit: number; settledBefore: number }): Promise<RunRead[]> {
  const rows = await db.all<Omit<RunRead, "isOver">>(sql`
    select id, studio, project, quote, credits_quoted as quoted, credits_captured as captured, credits_returned as returned, finished_at as finishedAt from runs
    where id > ${after} and ${studio === null ? sql`true` : sql`studio = ${studio}`} and created_at < ${settledBefore} order by id limit ${limit}`);
  return rows.map((row) => ({ ...row, isOver: row.finishedAt !== null && row.finishedAt < settledBefore }));
}

export const jobsOf = ({ db }: Ctx, runs: readonly string[]): Promise<(JobFacts & { run: string })[]> => db.all(sql`
  select id, run, label, status, attempts, credits_quoted as quoted, credits_captured as captured from jobs where ${among(sql`run`, runs)} order by run, ord`);

export const holdsOfRuns = ({ db }: Ctx, runs: readonly string[]): Promise<(HoldFacts & { run: string; wallet: string })[]> => db.all(sql`
  select hold as id, wallet, run, state, credits, captured from wallet_holds where ${among(sql`run`, runs)} order by run, opened_at`);

/** Captures of holds, each of the wallet that it is in. */
export const capturesOf = ({ db }: Ctx, holds: readonly { wallet: string; id: string }[]): Promise<(CaptureFacts & { wallet: string })[]> => db.all(sql`
  select e.wallet, e.hold, e.item, e.spent as credits, e.seq from json_each(${JSON.stringify(holds)}) as h
  cross join wallet_entries as e indexed by wallet_entries_by_hold on e.wallet = h.value ->> 'wallet' and e.hold = h.value ->> 'id' where e.kind = 'capture' order by e.wallet, e.seq`);

/** Jobs whose run has said already that they were delivered and could not be captured. */
export async function toldUncaptured({ db }: Ctx, jobs: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ id: string }>(sql`select substr(id, 13) as id from findings where ${among(sql`id`, jobs.map((job) => `run:capture:${job}`))}`);
  return new Set(rows.map(({ id }) => id));
}

export interface StrayHold extends HoldFacts {
  wallet: string;
  project: string | null;
  run: string;
}

/** Holds after one, taken for runs that D1 does not know. */
export const holdsAfter = ({ db }: Ctx, { studio, wallet, hold, limit }: { studio: string | null; wallet: string; hold: string; limit: number }): Promise<(StrayHold & { isStray: 0 | 1; openedAt: number })[]> => db.all(sql`
  select h.wallet, h.hold as id, h.project, h.run, h.state, h.credits, h.captured, h.opened_at as openedAt, iif(r.id is null and h.run like 'run\\_%' escape '\\', 1, 0) as isStray
  from wallet_holds as h left join runs as r on r.id = h.run
  where (h.wallet, h.hold) > (${wallet}, ${hold}) and ${studio === null ? sql`true` : sql`h.wallet = ${studio}`} order by h.wallet, h.hold limit ${limit}`);

/** Credits of quotes by id. */
export async function quotedCredits({ db }: Ctx, quotes: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.all<{ id: string; credits: number }>(sql`select id, credits from quotes where ${among(sql`id`, quotes)}`);
  return new Map(rows.map(({ id, credits }) => [id, credits]));
}
