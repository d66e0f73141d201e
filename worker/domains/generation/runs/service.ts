import { and, desc, eq, lt, or, type SQL } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { batch } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { derivedId, isId } from "#core/id.ts";
import { once } from "#core/idempotency.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { getFilm } from "#domains/projects/index.ts";
import { buildGraph } from "#film/graph/graph.ts";
import type { NodeId } from "#film/film.ts";
import { runOf } from "#objects/run/calls.ts";
import type { Refusal } from "#objects/run/opening.ts";
import type { JobView, RunView } from "#objects/run/view.ts";
import { jobWire, runWire } from "#objects/run/wire.ts";
import type { z } from "zod";
import type { Job, Quote, Run, RunSummary } from "../contract.ts";
import { createQuote, requireQuote } from "../quotes/service.ts";
import { jobs, runs, type JobRow, type RunRow } from "../tables.ts";

type RunSummary = z.infer<typeof RunSummary>;

const actorOf = ({ actor }: StudioCtx) => ({ member: actor.kind === "user" ? actor.user : null, apiKey: actor.kind === "key" ? actor.key : null });

/** Start what was quoted: holds its credits and begins. A quote makes one run, however often it is sent. */
export function createRun(ctx: StudioCtx, input: { quote: string }): Promise<Run> {
  return once(ctx, {
    operation: "createRun", kind: "run", input,
    create: async (_id, remember) => {
      const quote = await requireQuote(ctx, input.quote);
      const run = await derivedId("run", quote.id);
      const outcome = await runOf(ctx.env, run).open({ run, quote: quote.id, studio: ctx.studio, actor: actorOf(ctx), key: ctx.idempotencyKey, requestId: ctx.requestId });
      const offer = { project: quote.project, target: quote.target };
      if (!outcome.ok) throw refusalOf(outcome.refusal, offer);
      if (outcome.opened === "before" && (ctx.idempotencyKey === null || outcome.key !== ctx.idempotencyKey)) {
        throw new AppError("quote.used", `This quote has a run already: ${run}. To make something again, ask for a new quote.`, { run, offer });
      }
      await batch(ctx.db, remember);
      return getRun(ctx, run);
    },
    read: async () => getRun(ctx, await derivedId("run", input.quote)),
  });
}

function refusalOf(refusal: Refusal | null, offer: { project: string; target: unknown }): AppError {
  switch (refusal?.code) {
    case undefined:
      return new AppError("service.unavailable", "The run could not be opened just now. Send the same request again in a moment; nothing is charged twice.", { retryAfterSeconds: 3 });
    case "quote_unknown":
      return new AppError("quote.not_found", "There is no such quote in this studio. Ask for a new one.");
    case "quote_expired":
      return new AppError("quote.expired", "This quote was valid for 15 minutes, and they are over. Ask for a new one.", { offer });
    case "quote_used":
      return new AppError("quote.used", "This quote has a run already. Ask for a new one.", { offer });
    case "frozen":
      return new AppError("credits.frozen", "The wallet is being checked by us, and takes no holds until then. Nothing was charged.");
    case "overlaps":
      return new AppError("run.overlaps", `${refusal.run} is making the same thing. Wait for it, or cancel it first.`, { run: refusal.run });
    case "limit":
      return new AppError("run.limit_reached", `${refusal.most} free runs may be open at once. Wait until one of yours is over, or cancel it.`, { most: refusal.most });
    case "credits":
      return creditsRefusal(refusal);
  }
}

function creditsRefusal({ why, need, available, held }: Extract<Refusal, { code: "credits" }>): AppError {
  const facts = { need, available, held };
  if (why === "held_elsewhere") return new AppError("credits.held_elsewhere", `This needs ${need} credits. ${available} are free, and ${held} are held by runs that are under way. Wait for them, or cancel one.`, facts);
  if (why === "ceiling_reached") return new AppError("credits.ceiling_reached", `This needs ${need} credits, which is more than a spending ceiling leaves. Ask an owner to raise it.`, facts);
  return new AppError("credits.insufficient", `This needs ${need} credits, and ${available} are there.`, facts);
}

const notFound = () => new AppError("run.not_found", "There is no such run in this studio. List them at /api/v1/runs.");
const jobNotFound = () => new AppError("job.not_found", "There is no such job in this studio. List them at /api/v1/jobs.");

async function viewOf(ctx: StudioCtx, id: string): Promise<{ run: RunView; jobs: JobView[] }> {
  const view = isId("run", id) ? await runOf(ctx.env, id).view() : null;
  if (!view || view.run.studio !== ctx.studio) throw notFound();
  return view;
}

const toRun = ({ run, jobs: views }: { run: RunView; jobs: JobView[] }): Run => {
  const { jobCounts: _counts, target, ...wire } = runWire(run);
  return { ...wire, target: target as Run["target"], jobs: views.map(toJob) };
};

const toJob = (view: JobView): Job => {
  const wire = jobWire(view);
  return { ...wire, kind: wire.kind as Job["kind"] };
};

export const getRun = async (ctx: StudioCtx, id: string): Promise<Run> => toRun(await viewOf(ctx, id));

/** Stop a run. What is at a provider is asked to stop; what is delivered nevertheless is kept and paid, the rest is free. */
export async function cancelRun(ctx: StudioCtx, id: string): Promise<Run> {
  await viewOf(ctx, id);
  const told = await runOf(ctx.env, id).cancel();
  if (!told.ok) throw told.code === "failed" ? new AppError("service.unavailable", "Try that again in a moment.") : new AppError("run.not_cancelable", "The run is over. What it made is kept.");
  return getRun(ctx, id);
}

/** A quote of what a run did not make. */
export async function retryRun(ctx: StudioCtx, id: string): Promise<Quote> {
  const { run, jobs: views } = await viewOf(ctx, id);
  const missing = views.filter(({ status }) => status === "failed" || status === "refused" || status === "cancelled" || status === "expired");
  const graph = buildGraph((await getFilm(ctx, run.project)).film);
  const target = missing.map(({ node }) => node).filter((node) => graph.nodes.has(node as NodeId));
  if (target.length === 0) throw new AppError("run.nothing_failed", "Everything of this run was made, or is no longer in the film.");
  return createQuote({ ...ctx, idempotencyKey: null }, { project: run.project, target, priority: 2 });
}

export interface ListRuns extends PageQuery {
  project?: string | undefined;
}

export async function listRuns(ctx: StudioCtx, { limit, cursor, project }: ListRuns) {
  const filters: (SQL | undefined)[] = [eq(runs.studio, ctx.studio)];
  if (project !== undefined) filters.push(eq(runs.project, project));
  if (cursor !== undefined) filters.push(before(runs, cursor));
  const rows = await ctx.db.select().from(runs).where(and(...filters)).orderBy(desc(runs.createdAt), desc(runs.id)).limit(limit + 1).all();
  return toPage(rows, limit, toSummary, (row) => [row.createdAt, row.id]);
}

function before(table: typeof runs | typeof jobs, cursor: string): SQL | undefined {
  const [at = 0, id = ""] = decodeCursor(cursor, 2);
  return or(lt(table.createdAt, Number(at)), and(eq(table.createdAt, Number(at)), lt(table.id, String(id))));
}

const toSummary = (row: RunRow): RunSummary => {
  const wire = runWire({
    ...row, quoted: row.creditsQuoted, held: row.creditsHeld, captured: row.creditsCaptured, returned: row.creditsReturned, isFree: row.free, counts: row.jobCounts,
    remaining: row.remainingP50 === null ? null : { p50: row.remainingP50, p90: row.remainingP90 ?? row.remainingP50 },
  });
  const { id, project, quote, status, waitingFor, credits, progress, remaining, jobCounts, createdAt, deadlineAt, finishedAt, actions } = wire;
  return { object: "run", id, project, quote, target: row.target, status, waitingFor, credits, progress, remaining, jobCounts: jobCounts as Record<string, number>, createdAt, deadlineAt, finishedAt, actions };
};

export interface ListJobs extends PageQuery {
  run?: string | undefined;
  project?: string | undefined;
  status?: Job["status"] | undefined;
}

export async function listJobs(ctx: StudioCtx, { limit, cursor, run, project, status }: ListJobs) {
  const filters: (SQL | undefined)[] = [eq(jobs.studio, ctx.studio)];
  if (run !== undefined) filters.push(eq(jobs.run, run));
  if (project !== undefined) filters.push(eq(jobs.project, project));
  if (status !== undefined) filters.push(eq(jobs.status, status));
  if (cursor !== undefined) filters.push(before(jobs, cursor));
  const rows = await ctx.db.select().from(jobs).where(and(...filters)).orderBy(desc(jobs.createdAt), desc(jobs.id)).limit(limit + 1).all();
  return toPage(rows, limit, rowToJob, (row) => [row.createdAt, row.id]);
}

const rowToJob = (row: JobRow): Job => {
  const { studio: _studio, ord: _ord, seq: _seq, remainingLow, remainingHigh, creditsQuoted, creditsCaptured, problemCode, problemDetail, ...rest } = row;
  return toJob({
    ...rest, quoted: creditsQuoted, captured: creditsCaptured, remaining: remainingLow === null ? null : { low: remainingLow, high: remainingHigh ?? remainingLow },
    problem: problemCode === null ? null : { code: problemCode, detail: problemDetail ?? "" },
  });
};

async function requireJob(ctx: StudioCtx, id: string): Promise<JobRow> {
  const row = await ctx.db.select().from(jobs).where(and(eq(jobs.studio, ctx.studio), eq(jobs.id, id))).get();
  if (!row) throw jobNotFound();
  return row;
}

export async function getJob(ctx: StudioCtx, id: string): Promise<Job> {
  const { run } = await requireJob(ctx, id);
  const view = (await viewOf(ctx, run)).jobs.find((job) => job.id === id);
  if (!view) throw jobNotFound();
  return toJob(view);
}

/** Stop one job. What needs it ends with it; the rest of the run goes on. */
export async function cancelJob(ctx: StudioCtx, id: string): Promise<Job> {
  const { run } = await requireJob(ctx, id);
  const told = await runOf(ctx.env, run).cancelJob(id);
  if (!told.ok) throw told.code === "failed" ? new AppError("service.unavailable", "Try that again in a moment.") : new AppError("job.not_cancelable", "The job is over. What it made is kept.");
  return getJob(ctx, id);
}
