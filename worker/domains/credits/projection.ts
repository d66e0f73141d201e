/** What D1 has of wallets, read and written anew by reconciliation. Nobody else writes these rows but the wallets themselves. */
import { and, type AnyColumn, asc, desc, eq, gt, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { walletEntries, walletHolds, wallets } from "./tables.ts";

export type ProjectedWallet = typeof wallets.$inferSelect;
export type ProjectedHold = typeof walletHolds.$inferSelect;
export interface ProjectedEntry {
  seq: number;
  body: string;
  hash: string;
  available: number;
  held: number;
  spent: number;
}

const { seq, body, hash, available, held, spent } = walletEntries;
const inList = (column: AnyColumn, values: readonly (string | number)[]) => sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;

export const projectedWallet = (ctx: Ctx, wallet: string): Promise<ProjectedWallet | undefined> => ctx.db.select().from(wallets).where(eq(wallets.wallet, wallet)).get();

/** Entries after a number, oldest first. */
export const projectedEntries = (ctx: Ctx, wallet: string, { after, limit }: { after: number; limit: number }): Promise<ProjectedEntry[]> =>
  ctx.db.select({ seq, body, hash, available, held, spent }).from(walletEntries).where(and(eq(walletEntries.wallet, wallet), gt(seq, after))).orderBy(asc(seq)).limit(limit).all();

export const lastEntry = (ctx: Ctx, wallet: string): Promise<{ seq: number; hash: string; body: string } | undefined> =>
  ctx.db.select({ seq, hash, body }).from(walletEntries).where(eq(walletEntries.wallet, wallet)).orderBy(desc(seq)).limit(1).get();

/** Holds after an id, by id. */
export const projectedHolds = (ctx: Ctx, wallet: string, { after, limit }: { after: string; limit: number }): Promise<ProjectedHold[]> =>
  ctx.db.select().from(walletHolds).where(and(eq(walletHolds.wallet, wallet), gt(walletHolds.hold, after))).orderBy(asc(walletHolds.hold)).limit(limit).all();

/** Ids of holds that entries speak of, after an id, in order. */
export async function holdsInEntries(ctx: Ctx, wallet: string, { after, limit }: { after: string; limit: number }): Promise<string[]> {
  const rows = await ctx.db.all<{ hold: string }>(sql`
    with recursive ids (hold) as (
      select min(hold) from wallet_entries where wallet = ${wallet} and hold > ${after}
      union all select (select min(e.hold) from wallet_entries as e where e.wallet = ${wallet} and e.hold > ids.hold) from ids where ids.hold is not null limit ${limit + 1}
    ) select hold from ids where hold is not null limit ${limit}`);
  return rows.map(({ hold }) => hold);
}

/** The entries of these holds, oldest first. Without statistics the planner would read the whole log of the wallet, so it is told the index. */
export const entriesOfHolds = (ctx: Ctx, wallet: string, holds: readonly string[]): Promise<{ seq: number; body: string }[]> => ctx.db.all(sql`
  select e.seq, e.body from json_each(${JSON.stringify(holds)}) as h cross join wallet_entries as e indexed by wallet_entries_by_hold on e.wallet = ${wallet} and e.hold = h.value order by e.seq`);

/** Writes entries as the wallet has them, over whatever stands there. */
export const rewriteEntries = (ctx: Ctx, wallet: string, entries: readonly ProjectedEntry[]): Write[] => Array.from({ length: Math.ceil(entries.length / CHUNK) }, (_, index) =>
  ctx.db.insert(walletEntries).select(sql`
    select ${wallet}, value ->> 'seq', value ->> 'available', value ->> 'held', value ->> 'spent', value ->> 'body', value ->> 'hash' from json_each(${JSON.stringify(entries.slice(index * CHUNK, (index + 1) * CHUNK))}) where true`)
    .onConflictDoUpdate({ target: [walletEntries.wallet, walletEntries.seq], set: { available: sql`excluded.available`, held: sql`excluded.held`, spent: sql`excluded.spent`, body: sql`excluded.body`, hash: sql`excluded.hash` } }));

/** Entries in one statement: D1 takes values of two megabytes at most. */
const CHUNK = 500;

/** Takes rows away that are no entries of this wallet. */
export const removeEntries = (ctx: Ctx, wallet: string, seqs: readonly number[]): Write[] =>
  seqs.length === 0 ? [] : [ctx.db.delete(walletEntries).where(and(eq(walletEntries.wallet, wallet), inList(seq, seqs)))];

/** Writes holds as they follow from the entries. */
export const rewriteHolds = (ctx: Ctx, holds: readonly ProjectedHold[]): Write[] => holds.map((row) =>
  ctx.db.insert(walletHolds).values(row).onConflictDoUpdate({ target: [walletHolds.wallet, walletHolds.hold], set: row, setWhere: sql`${walletHolds.seq} <= ${row.seq} or not exists (select 1 from wallet_entries where wallet = ${row.wallet} and seq = ${walletHolds.seq})` }));

export const removeHolds = (ctx: Ctx, wallet: string, holds: readonly string[]): Write[] =>
  holds.length === 0 ? [] : [ctx.db.delete(walletHolds).where(and(eq(walletHolds.wallet, wallet), inList(walletHolds.hold, holds)))];

/** Writes the row of a wallet, unless it has changed since it was read: the wallet itself may have been quicker. */
export const rewriteWallet = (ctx: Ctx, row: ProjectedWallet, read: ProjectedWallet | undefined): Write => {
  const insert = ctx.db.insert(wallets).values(row);
  return read === undefined ? insert.onConflictDoNothing() : insert.onConflictDoUpdate({ target: wallets.wallet, set: row, setWhere: and(eq(wallets.seq, read.seq), eq(wallets.head, read.head), eq(wallets.at, read.at)) });
};

/** Names of wallets after a name, in order: of every studio, and of everything that D1 has an entry, a hold or a standing of. */
export async function walletNames(ctx: Ctx, { after, limit }: { after: string; limit: number }): Promise<string[]> {
  const rows = await ctx.db.all<{ wallet: string }>(sql`
    with recursive logged (wallet) as (
      select min(wallet) from wallet_entries where wallet > ${after}
      union all select (select min(e.wallet) from wallet_entries as e where e.wallet > logged.wallet) from logged where logged.wallet is not null limit ${limit + 1}
    )
    select wallet from (
      select wallet from logged where wallet is not null
      union select * from (select wallet from wallets where wallet > ${after} order by wallet limit ${limit})
      union select * from (select id as wallet from studios where id > ${after} order by id limit ${limit})
    ) order by wallet limit ${limit}`);
  return rows.map(({ wallet }) => wallet);
}

/** Rows of wallets after a name: all, or those that are frozen, owe something. */
export const listWallets = (ctx: Ctx, { after, limit, only }: { after: string; limit: number; only: "all" | "frozen" | "in_debt" }): Promise<ProjectedWallet[]> =>
  ctx.db.select().from(wallets)
    .where(and(gt(wallets.wallet, after), only === "frozen" ? sql`${wallets.frozen} is not null` : only === "in_debt" ? gt(wallets.debt, 0) : undefined))
    .orderBy(asc(wallets.wallet)).limit(limit).all();
