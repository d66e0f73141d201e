import { and, desc, eq, lt, max, sql } from "drizzle-orm";
import type { Ctx } from "#core/context.ts";
import { onlyIf, type Write } from "#core/db.ts";
import type { Leaf } from "#objects/wallet/leaf.ts";
import { rootLeaves, rootNodes, roots, type RootRow } from "./tables.ts";

/** A root that was signed. */
export type SignedRow = RootRow & { record: string; hash: string; jws: string; root: string; signedAt: number };

const isSigned = (row: RootRow): row is SignedRow => row.state === "signed";
const signed = (row: RootRow | undefined): SignedRow | undefined => (row && isSigned(row) ? row : undefined);

export const newestRoot = (ctx: Ctx): Promise<RootRow | undefined> => ctx.db.select().from(roots).orderBy(desc(roots.number)).limit(1).get();

export const collectingRoot = (ctx: Ctx): Promise<RootRow | undefined> => ctx.db.select().from(roots).where(eq(roots.state, "collecting")).get();

export const signedRoot = async (ctx: Ctx, number: number): Promise<SignedRow | undefined> =>
  signed(await ctx.db.select().from(roots).where(and(eq(roots.number, number), eq(roots.state, "signed"))).get());

export const newestSignedRoot = async (ctx: Ctx): Promise<SignedRow | undefined> =>
  signed(await ctx.db.select().from(roots).where(eq(roots.state, "signed")).orderBy(desc(roots.number)).limit(1).get());

/** Signed roots, the newest first. */
export async function listRoots(ctx: Ctx, before: number | null, limit: number): Promise<SignedRow[]> {
  const rows = await ctx.db.select().from(roots).where(and(eq(roots.state, "signed"), before === null ? undefined : lt(roots.number, before))).orderBy(desc(roots.number)).limit(limit);
  return rows.filter(isSigned);
}

/** Begins a root, unless one is being collected or this occasion had one already. */
export async function beginRoot(ctx: Ctx, occasion: string): Promise<void> {
  await ctx.db.insert(roots).select(sql`
    select coalesce(max(number), 0) + 1, ${occasion}, 'collecting', ${ctx.now()}, '', 0, null, null, null, null, null from roots
    having coalesce(sum(state = 'collecting'), 0) = 0 and coalesce(sum(occasion = ${occasion}), 0) = 0`).onConflictDoNothing();
}

export interface Asked {
  wallet: string;
  /** What the root before has of it. */
  before: { seq: number; head: string } | null;
}

/** The next wallets to ask, by name: all that there are, and all that the root before has. */
export async function walletsAfter(ctx: Ctx, { number, cursor }: RootRow, limit: number): Promise<Asked[]> {
  const rows = await ctx.db.all<{ wallet: string; seq: number | null; head: string | null }>(sql`
    select n.wallet, l.seq, l.head from (
      select wallet from wallets where wallet > ${cursor}
      union select wallet from root_leaves where root = ${number - 1} and wallet > ${cursor} order by wallet limit ${limit}
    ) as n left join root_leaves as l on l.root = ${number - 1} and l.wallet = n.wallet order by n.wallet`);
  return rows.map(({ wallet, seq, head }) => ({ wallet, before: seq === null || head === null ? null : { seq, head } }));
}

/** That nobody else went on with this root meanwhile. */
const unmoved = (ctx: Ctx, { number, cursor }: RootRow): Write =>
  onlyIf(ctx.db, sql`exists (select 1 from roots where number = ${number} and state = 'collecting' and cursor = ${cursor})`);

/** Writes down what wallets said, and how far the root has come. */
export const keepLeaves = (ctx: Ctx, root: RootRow, leaves: Leaf[], cursor: string): Write[] => [
  unmoved(ctx, root),
  ctx.db.insert(rootLeaves).select(sql`
    select ${root.number}, value ->> 'wallet', value ->> 'seq', value ->> 'head', ${root.wallets} + key from json_each(${JSON.stringify(leaves)})`),
  ctx.db.update(roots).set({ cursor, wallets: root.wallets + leaves.length }).where(eq(roots.number, root.number)),
];

/** Writes down the hashes of groups, and the signature. */
export const keepSignature = (ctx: Ctx, root: RootRow, groups: string[], signature: Pick<SignedRow, "record" | "hash" | "jws" | "root" | "signedAt">): Write[] => [
  unmoved(ctx, root),
  ctx.db.insert(rootNodes).select(sql`select ${root.number}, key, value from json_each(${JSON.stringify(groups)})`),
  ctx.db.update(roots).set({ ...signature, state: "signed" }).where(eq(roots.number, root.number)),
];

/** Leaves of a root in their order, from one place until before another. */
export const leavesBetween = (ctx: Ctx, root: number, from: number, until: number): Promise<Leaf[]> =>
  ctx.db.select({ wallet: rootLeaves.wallet, seq: rootLeaves.seq, head: rootLeaves.head }).from(rootLeaves)
    .where(and(eq(rootLeaves.root, root), sql`${rootLeaves.ord} >= ${from} and ${rootLeaves.ord} < ${until}`)).orderBy(rootLeaves.ord);

export const leafOf = (ctx: Ctx, root: number, wallet: string) =>
  ctx.db.select().from(rootLeaves).where(and(eq(rootLeaves.root, root), eq(rootLeaves.wallet, wallet))).get();

/** Hashes of all groups of a root, in their order. */
export const groupsOf = async (ctx: Ctx, root: number): Promise<string[]> =>
  (await ctx.db.select({ hash: rootNodes.hash }).from(rootNodes).where(eq(rootNodes.root, root)).orderBy(rootNodes.ord)).map(({ hash }) => hash);

/** Forgets some leaves of roots before this one. */
export async function forgetLeaves(ctx: Ctx, before: number, limit: number): Promise<void> {
  const oldest = await ctx.db.select({ root: rootLeaves.root, last: max(rootLeaves.ord) }).from(rootLeaves).where(lt(rootLeaves.root, before)).groupBy(rootLeaves.root).limit(1).get();
  if (oldest?.last === null || oldest?.last === undefined) return;
  await ctx.db.delete(rootLeaves).where(and(eq(rootLeaves.root, oldest.root), sql`${rootLeaves.ord} > ${oldest.last - limit}`));
  await ctx.db.delete(rootNodes).where(lt(rootNodes.root, before));
}

/** Writes a finding about a wallet, unless the same one is open. */
export async function noteFinding(ctx: Ctx, root: number, wallet: string, { severity, code, detail }: { severity: "warning" | "critical"; code: string; detail: string }): Promise<void> {
  await ctx.db.run(sql`
    insert into findings (id, studio, source, severity, subject, detail, data, at)
    select ${`root:${root}:${wallet}`}, ${wallet}, 'roots', ${severity}, ${wallet}, ${detail}, ${JSON.stringify({ code, root })}, ${ctx.now()}
    where not exists (select 1 from findings where source = 'roots' and subject = ${wallet} and state = 'open' and data ->> 'code' = ${code})
    on conflict (id) do nothing`);
}
