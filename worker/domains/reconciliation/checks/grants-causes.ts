import { sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { grantsOfKeys } from "#domains/billing/index.ts";
import { entryOf } from "./catalogue.ts";
import { END, nothing, type Check, type Difference, type StepResult } from "./check.ts";
import { YOUNG_MS } from "./projection/log.ts";

const PAGE = 400;

type Place = { part: "entries"; wallet: string; cause: string } | { part: "proposals" | "payments"; after: string };

/** Every credit that came or was taken back has its cause, and every cause its entry, of the same amount. */
export const grantsCauses: Check = {
  ...entryOf("grants-causes"),
  async step(ctx, { at }) {
    const place = (at as Place | null) ?? { part: "entries", wallet: "", cause: "" };
    return place.part === "entries" ? explainEntries(ctx, place) : findUnbooked(ctx, place);
  },
};

interface EntryRow {
  wallet: string;
  seq: number;
  cause: string;
  kind: string;
  at: number;
  /** Into the wallet, or negative out of it; what paid debts included. */
  credits: number;
}

const moved = sql`(select -sum(p.value ->> 'credits') from json_each(e.body, '$.postings') as p where p.value ->> 'account' in ('granted', 'reclaimed'))`;

async function explainEntries(ctx: Ctx, { wallet, cause }: { wallet: string; cause: string }): Promise<StepResult> {
  const rows = await ctx.db.all<EntryRow>(sql`
    select e.wallet, e.seq, e.cause, e.kind, e.at, ${moved} as credits from wallet_entries as e indexed by wallet_entries_by_cause
    where (e.wallet, e.cause) > (${wallet}, ${cause}) and e.cause is not null order by e.wallet, e.cause limit ${PAGE}`);
  const causes = await causesOf(ctx, rows);
  const differences = rows.flatMap((row): Difference[] => {
    const credits = causes.get(`${row.wallet} ${row.cause}`);
    if (credits === row.credits) return [];
    return [{
      ...nothing, key: `entry ${row.seq}`, unit: `entry ${row.wallet} ${row.cause}`, studio: row.wallet, subject: row.cause, entry: row.seq, credits: Math.abs(row.credits - (credits ?? 0)), severity: "critical",
      detail: credits === undefined ? "nobody can say what it was for" : `its cause says ${credits} credits`, data: { kind: row.kind },
      explanation: credits === undefined
        ? `Entry ${row.seq} moved ${row.credits} credits (${row.cause}), and there is no payment, no sign-up and no decision of two administrators that it belongs to.`
        : `Entry ${row.seq} moved ${row.credits} credits (${row.cause}), and what it was for says ${credits}.`,
    }];
  });
  const last = rows.length < PAGE ? undefined : rows.at(-1);
  return {
    examined: rows.length, differences, repairs: [], finished: [{ from: `entry ${wallet} ${cause}`, to: last ? `entry ${last.wallet} ${last.cause}` : `entry ${END}` }],
    next: (!last ? { part: "proposals", after: "" } : { part: "entries", wallet: last.wallet, cause: last.cause }) satisfies Place,
  };
}

/** How many credits the causes of entries say that they move. A cause counts for its own wallet alone. */
async function causesOf(ctx: Ctx, rows: readonly EntryRow[]): Promise<Map<string, number>> {
  const known = new Map(rows.filter(({ wallet, cause }) => cause === `signup:${wallet}`).map(({ wallet, cause, credits }) => [`${wallet} ${cause}`, Math.min(credits, SIGNUP_MOST)]));
  for (const { studio, key, credits, command } of await grantsOfKeys(ctx, rows.map(({ cause }) => cause))) if (command) known.set(`${studio} ${key}`, credits);
  const ids = rows.flatMap(({ cause }) => (cause.startsWith("proposal:") ? [cause.slice("proposal:".length)] : []));
  const proposals = await ctx.db.all<{ id: string; studio: string; kind: string; credits: number }>(sql`
    select id, studio, kind, credits from proposals where state in ('approved', 'executed') and decided_by <> proposed_by and id in (select value from json_each(${JSON.stringify(ids)}))`);
  for (const { id, studio, kind, credits } of proposals) known.set(`${studio} proposal:${id}`, kind === "grant" ? credits : -credits);
  return known;
}

/** The most that a sign-up ever brought. */
const SIGNUP_MOST = 100;

const causes = {
  proposals: { from: sql`(select 'proposal:' || id as key, studio, credits, executed_at as at from proposals where state = 'executed' and kind <> 'thaw')`, next: "payments" },
  payments: { from: sql`(select key, studio, credits, done_at as at from grants where state = 'done' and command is not null)`, next: null },
} as const;

/** Causes that say that they are done, and whose entry is not there. */
async function findUnbooked(ctx: Ctx, { part, after }: { part: "proposals" | "payments"; after: string }): Promise<StepResult> {
  const { from, next } = causes[part];
  const rows = await ctx.db.all<{ key: string; studio: string; credits: number; at: number; seq: number | null }>(sql`
    select c.key, c.studio, c.credits, c.at, (select e.seq from wallet_entries as e indexed by wallet_entries_by_cause where e.wallet = c.studio and e.cause = c.key) as seq
    from ${from} as c where c.key > ${after} order by c.key limit ${PAGE}`);
  const last = rows.length < PAGE ? undefined : rows.at(-1);
  return {
    examined: rows.length, repairs: [], finished: [{ from: `${part} ${after}`, to: `${part} ${last?.key ?? END}` }],
    differences: rows.filter(({ seq, at }) => seq === null && at < ctx.now() - YOUNG_MS).map(({ key, studio, credits }) => ({
      ...nothing, key: "unbooked", unit: `${part} ${key}`, studio, subject: key, credits: Math.abs(credits), severity: "critical", detail: "it is done, and no entry says so",
      explanation: `${key} says that its ${Math.abs(credits)} credits reached the wallet, and the wallet has no such entry.`,
    })),
    next: last ? ({ part, after: last.key } satisfies Place) : next === null ? null : ({ part: next, after: "" } satisfies Place),
  };
}
