import type { Ctx, StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { late } from "#core/late.ts";
import { toPage, type PageQuery } from "#core/page.ts";
import { administratorIn, adminStudios } from "#domains/identity/index.ts";
import { checkNames, entriesFor, shownToStudios } from "../checks/catalogue.ts";
import { PLATFORM, reconciliationStarted, type ReconciliationRun } from "../contract.ts";
import { toStudioFinding } from "../findings/service.ts";
import { openIn } from "../findings/store.ts";
import type { RunRow } from "../tables.ts";
import { tellCritical } from "./alarms.ts";
import { noCount, studioOfScope } from "./scope.ts";
import * as store from "./store.ts";

/** The comparisons themselves. */
export const driving = late(() => import("./driving.ts"));
/** A studio may ask so often in an hour. */
const ASKED_MAX = 30;
const HOUR_MS = 3_600_000;
/** A run that nobody has taken a step of for so long is taken up by the cron. */
const STALLED_MS = 30_000;
const RUNS_DRIVEN_MAX = 3;
const FINDINGS_SHOWN_MAX = 50;

const iso = (at: number): string => new Date(at).toISOString();

function toRun({ id, scope, cause, state, counts, problem, startedAt, finishedAt }: RunRow): ReconciliationRun {
  const studio = studioOfScope(scope);
  const checks = Object.entries(counts).map(([check, count]) => ({ check, name: checkNames.get(check) ?? check, ...count }));
  const sum = (part: "examined" | "differences" | "repaired") => checks.reduce((total, count) => total + count[part], 0);
  return {
    object: "reconciliation", id, scope: studio === null ? "platform" : "studio", studio, cause, state, examined: sum("examined"), differences: sum("differences"), repaired: sum("repaired"),
    checks, problem, startedAt: iso(startedAt), finishedAt: finishedAt === null ? null : iso(finishedAt),
  };
}

/** A run as its studio sees it: what went wrong inside is ours to look into. */
function toOwnRun(row: RunRow): ReconciliationRun {
  const run = toRun(row);
  return { ...run, problem: run.problem === null ? null : "One of the comparisons could not be made. We were told; the next run makes it again." };
}

/** Begins a run, or answers the one of this scope that is under way. */
async function begin(ctx: Ctx, { scope, cause }: { scope: string; cause: RunRow["cause"] }): Promise<RunRow> {
  const known = await store.findRunning(ctx, scope);
  if (known) return known;
  const studio = studioOfScope(scope);
  const now = ctx.now();
  const row: RunRow = {
    id: ctx.newId("reconciliation"), scope, cause, requestedBy: ctx.actor.kind === "user" ? ctx.actor.user : ctx.actor.kind === "key" ? ctx.actor.key : null, state: "running",
    position: { check: 0, at: null }, turn: 0, tries: 0, counts: Object.fromEntries(entriesFor(studio).map(({ id }) => [id, noCount()])), problem: null, startedAt: now, steppedAt: now, finishedAt: null,
  };
  try {
    await commit(ctx, reconciliationStarted(studio, row.id, { scope, cause }), [store.insert(ctx, row)]);
    return row;
  } catch (error) {
    const winner = isDuplicate(error, "reconciliation_runs") ? await store.findRunning(ctx, scope) : undefined;
    if (!winner) throw error;
    return winner;
  }
}

/** Does a share of a run, and wakes whoever does the next. A message that is lost is made up for by the cron. */
export async function goOnWith(ctx: Ctx, id: string): Promise<void> {
  const { drive } = await driving();
  const standing = await drive(ctx, id);
  if (standing === "more") await ctx.env.EVENTS.send({ reconciliation: id });
  else if (standing === "over") await tellCritical(ctx);
}

/** Goes on with a run after the answer. */
const goOn = (ctx: Ctx, { id }: RunRow): void => ctx.later(goOnWith(ctx, id));

/** Compare what this studio has with what everybody says that it has. */
export async function startOwn(ctx: StudioCtx): Promise<ReconciliationRun> {
  if ((await store.countSince(ctx, ctx.studio, ctx.now() - HOUR_MS)) >= ASKED_MAX) {
    throw new AppError("request.rate_limited", `A studio is reconciled at most ${ASKED_MAX} times an hour. Read the last result instead.`, { retryAfterSeconds: 600 });
  }
  const row = await begin(ctx, { scope: ctx.studio, cause: "asked" });
  goOn(ctx, row);
  return toOwnRun(row);
}

export async function listOwn(ctx: StudioCtx, query: PageQuery) {
  return toPage(await store.list(ctx, { ...query, scope: ctx.studio }), query.limit, toOwnRun, ({ startedAt, id }) => [startedAt, id]);
}

export async function getOwn(ctx: StudioCtx, id: string) {
  const [row, open] = await Promise.all([store.get(ctx, id, ctx.studio), openIn(ctx, { studio: ctx.studio, sources: shownToStudios }, FINDINGS_SHOWN_MAX)]);
  return { ...toOwnRun(row), findings: open.map(toStudioFinding) };
}

/** Compare everything, or one studio. */
export async function startAsAdministrator(ctx: Ctx, studio: string | null): Promise<ReconciliationRun> {
  administratorIn(ctx);
  if (studio !== null && (await adminStudios(ctx, [studio])).length === 0) throw new AppError("studio.not_found", "There is no such studio. Search them at /api/v1/admin/studios.");
  const row = await begin(ctx, { scope: studio ?? PLATFORM, cause: "asked" });
  goOn(ctx, row);
  return toRun(row);
}

export async function listAll(ctx: Ctx, query: PageQuery & { studio?: string | undefined }) {
  administratorIn(ctx);
  return toPage(await store.list(ctx, { ...query, scope: query.studio ?? null }), query.limit, toRun, ({ startedAt, id }) => [startedAt, id]);
}

export async function getAny(ctx: Ctx, id: string): Promise<ReconciliationRun> {
  administratorIn(ctx);
  return toRun(await store.get(ctx, id, null));
}

/** Every night everything is compared. */
export async function reconcileNightly(ctx: Ctx): Promise<void> {
  const row = await begin(ctx, { scope: PLATFORM, cause: "night" });
  await goOnWith(ctx, row.id);
}

/** Every minute runs go on that nobody drives, and administrators are told what is critical. */
export async function goOnReconciling(ctx: Ctx): Promise<void> {
  for (const { id } of await store.listStalled(ctx, ctx.now() - STALLED_MS, RUNS_DRIVEN_MAX)) await goOnWith(ctx, id);
  await tellCritical(ctx);
}
