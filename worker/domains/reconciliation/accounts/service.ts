import type { Ctx, StudioCtx } from "#core/context.ts";
import { inStudio } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { listEntries, listHolds, listWallets, planOfStudio, projectedWallet, walletOf, type ProjectedWallet } from "#domains/credits/index.ts";
import { listRuns } from "#domains/generation/index.ts";
import { administratorIn, adminStudios, listMembers } from "#domains/identity/index.ts";
import type { AdminWallet } from "../contract.ts";
import { toFinding } from "../findings/service.ts";
import { openIn } from "../findings/store.ts";

const RUNS_SHOWN = 10;
const FINDINGS_SHOWN = 50;

/** A studio as its members would read it, for an administrator. */
async function enter(ctx: Ctx, studio: string): Promise<StudioCtx> {
  administratorIn(ctx);
  if ((await adminStudios(ctx, [studio])).length === 0) throw new AppError("studio.not_found", "There is no such studio. Search them at /api/v1/admin/studios.");
  return inStudio(ctx, studio, "viewer");
}

/** What the wallet itself has, beside what D1 has of it. */
async function toWallet(ctx: Ctx, row: ProjectedWallet | undefined, studio: string, handle: string | null): Promise<AdminWallet> {
  const { available, held, debt, spent, frozen, seq, head } = await walletOf(ctx, studio).balance();
  const projected = { seq: row?.seq ?? 0, head: row?.head ?? "", at: new Date(row?.at ?? 0).toISOString() };
  return { object: "admin_wallet", studio, handle, available, held, debt, spent, frozen, seq, head, projected, lag: seq - projected.seq };
}

/** Wallets by their studio's id, each asked itself. */
export async function listAdminWallets(ctx: Ctx, { limit, cursor, only }: PageQuery & { only: "all" | "frozen" | "in_debt" }) {
  administratorIn(ctx);
  const after = cursor === undefined ? "" : String(decodeCursor(cursor, 1)[0]);
  const page = toPage(await listWallets(ctx, { after, limit: limit + 1, only }), limit, (row) => row, ({ wallet }) => [wallet]);
  const handles = new Map((await adminStudios(ctx, page.data.map(({ wallet }) => wallet))).map(({ id, handle }) => [id, handle]));
  return { data: await Promise.all(page.data.map((row) => toWallet(ctx, row, row.wallet, handles.get(row.wallet) ?? null))), nextCursor: page.nextCursor };
}

/** Everything about a studio that an administrator looks for first. */
export async function getStudioAccount(ctx: Ctx, id: string) {
  const own = await enter(ctx, id);
  const [studios, row, plan, members, runs, findings] = await Promise.all([
    adminStudios(ctx, [id]), projectedWallet(ctx, id), planOfStudio(ctx, id), listMembers(own), listRuns(own, { limit: RUNS_SHOWN }), openIn(ctx, { studio: id }, FINDINGS_SHOWN),
  ]);
  const [studio] = studios;
  if (!studio) throw new AppError("studio.not_found", "There is no such studio.");
  return { object: "studio_account" as const, studio, wallet: await toWallet(ctx, row, id, studio.handle), plan, members, runs: runs.data, findings: findings.map(toFinding) };
}

export const listStudioEntries = async (ctx: Ctx, id: string, query: PageQuery) => listEntries(await enter(ctx, id), query);

export const listStudioHolds = async (ctx: Ctx, id: string, query: PageQuery) => listHolds(await enter(ctx, id), query);

/** Lots that have something in them, from the wallet itself. */
export async function listStudioLots(ctx: Ctx, id: string) {
  const lots = await walletOf(ctx, (await enter(ctx, id)).studio).lots();
  return lots.map(({ expiresAt, ...lot }) => ({ object: "lot" as const, ...lot, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() }));
}
