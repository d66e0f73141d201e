import { and, desc, eq, lt, or, type SQL } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { derivedId, isId } from "#core/id.ts";
import { claimKey } from "#core/idempotency.ts";
import { logLine } from "#core/log.ts";
import { decodeCursor, toPage, type PageQuery } from "#core/page.ts";
import { makerOfKey } from "#domains/identity/index.ts";
import { getFilm } from "#domains/projects/index.ts";
import { buildGraph } from "#film/graph/graph.ts";
import { isTerminal } from "#film/next.ts";
import type { NodeId } from "#film/film.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import { runOf } from "#objects/run/calls.ts";
import { projectOf } from "#objects/run/snapshot.ts";
import type { Refusal } from "#objects/run/opening.ts";
import type { JobView, RunView } from "#objects/run/view.ts";
import { jobWire, runWire } from "#objects/run/wire.ts";
import type { z } from "zod";
import type { Job, Quote, Run, RunSummary } from "../contract.ts";
import { declaredSeconds } from "../quotes/estimate.ts";
import { hasCut, requireFilm } from "../quotes/films.ts";
import { createQuote, quoteByWish, readSnapshot, requireQuote } from "../quotes/service.ts";
import { creditsRefusal } from "./credit-refusals.ts";
import { placeOfJob } from "./places.ts";
import { expectedOf, leftOfRun, type History } from "../times/rules.ts";
import { historyOf } from "../times/store.ts";
import { checkedWish, keepWish } from "../router/wishes.ts";
import { requoteTask } from "../tasks/service.ts";
import { models } from "../tools/index.ts";
import { jobs, runs, type JobRow, type QuoteRow, type RunRow } from "../tables.ts";

type RunSummary = z.infer<typeof RunSummary>;

/** For whom a run is: what a key orders counts for the key, and for the member who made it. */
async function actorOf(ctx: StudioCtx): Promise<{ member: string | null; apiKey: string | null }> {
  const { actor } = ctx;
  if (actor.kind === "key") return { member: await makerOfKey(ctx, actor.key), apiKey: actor.key };
  return { member: actor.kind === "user" ? actor.user : null, apiKey: null };
}

/** Start what was quoted: holds its credits and begins. A quote makes one run, and a key stands for one quote, however often they are sent. */
export async function createRun(ctx: StudioCtx, input: { quote: string }): Promise<Run> {
  const run = await derivedId("run", input.quote);
  const claim = await claimKey(ctx, { operation: "createRun", input, resource: run });
  try {
    await openRun(ctx, { run, quote: input.quote });
  } catch (error) {
    if (error instanceof AppError && error.code !== "service.unavailable") await claim.forget();
    throw error;
  }
  return getRun(ctx, run);
}

async function openRun(ctx: StudioCtx, { run, quote: id }: { run: string; quote: string }): Promise<void> {
  const quote = await requireQuote(ctx, id);
  await requireQuota(ctx, quote);
  const outcome = await runOf(ctx.env, run).open({ run, quote: id, studio: ctx.studio, actor: await actorOf(ctx), key: ctx.idempotencyKey, requestId: ctx.requestId });
  if (!outcome.ok) throw refusalOf(outcome.refusal, await offerOf(ctx, quote));
  if (outcome.opened === "before" && (ctx.idempotencyKey === null || outcome.key !== ctx.idempotencyKey)) {
    throw new AppError("quote.used", `This quote has a run already: ${run}. To make something again, ask for a new quote.`, { run, offer: await offerOf(ctx, quote) });
  }
  await wishAsQuoted(ctx, quote);
}

/** What asks for a fresh quote of the same. */
const offerOf = async (ctx: StudioCtx, quote: QuoteRow): Promise<object> =>
  (await readSnapshot(ctx, quote.id).catch(() => null))?.asked ?? { project: projectOf(quote), target: quote.target };

/** What was quoted by another model than the film wishes for is wished for so from now on, or its take would be nobody's. Such a quote is of one node. A film that takes no wish any more stops no run. */
async function wishAsQuoted(ctx: StudioCtx, { id, project, target }: QuoteRow): Promise<void> {
  const wished = Array.isArray(target) && target.length === 1 ? (await readSnapshot(ctx, id)).wished : undefined;
  if (!wished) return;
  try {
    await keepWish(ctx, { project, ...wished });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logLine({ evt: "runs.wish_not_kept", quote: id, code: error.code });
  }
}

/** Quotes that were made side by side each saw the same quota: what they order is counted again as they begin. */
async function requireQuota(ctx: StudioCtx, { id, project, status, target }: QuoteRow): Promise<void> {
  if (status === "used" || (target !== "master" && !hasCut(target))) return;
  const { steps } = await readSnapshot(ctx, id);
  await requireFilm(ctx, { project, nodes: steps.map(({ step }) => step.node) });
}

function refusalOf(refusal: Refusal | null, offer: object): AppError {
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

const notFound = () => new AppError("run.not_found", "There is no such run in this studio. List them at /api/v1/runs.");
const jobNotFound = () => new AppError("job.not_found", "There is no such job in this studio. List them at /api/v1/jobs.");

/** A run of this studio with its jobs, from the run itself. */
export async function viewOf(ctx: StudioCtx, id: string): Promise<{ run: RunView; jobs: JobView[] }> {
  const view = isId("run", id) ? await runOf(ctx.env, id).view() : null;
  if (!view || view.run.studio !== ctx.studio) throw notFound();
  return view;
}

/** What the models of jobs that are not over took lately. */
const historyFor = (ctx: StudioCtx, views: readonly JobView[]): Promise<History> => historyOf(ctx, views.flatMap(({ model, status }) => (isTerminal(status) ? [] : model)));

function toJob(view: JobView, history: History, now: number): Job {
  const wire = jobWire(view);
  return { ...wire, kind: wire.kind as Job["kind"], expected: expectedOf(view, history, now) };
}

/** Jobs as others are shown them, with how long those that are not over still take. */
export async function toJobs(ctx: StudioCtx, views: readonly JobView[]): Promise<Job[]> {
  const history = await historyFor(ctx, views);
  return views.map((view) => toJob(view, history, ctx.now()));
}

export async function getRun(ctx: StudioCtx, id: string): Promise<Run> {
  const { run, jobs: views } = await viewOf(ctx, id);
  const { jobCounts: _counts, target, remaining, ...wire } = runWire(run);
  const history = await historyFor(ctx, views);
  const declared = ({ model, frames }: { model: string; frames: number | null }): number => { const known = models.get(model); return known ? declaredSeconds(known, frames) : 0; };
  const left = remaining && leftOfRun(views, { history, now: ctx.now(), declared });
  return { ...wire, target: target as Run["target"], remaining: left?.remaining ?? null, remainingFrom: left?.remaining ? left.from : null, jobs: views.map((view) => toJob(view, history, ctx.now())) };
}

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
  const snapshot = await readSnapshot(ctx, run.quote);
  const missing = views.filter(({ status }) => status === "failed" || status === "refused" || status === "cancelled" || status === "expired");
  if (!snapshot.film && missing.length > 0) return requoteTask(ctx, snapshot);
  if (!snapshot.film) throw new AppError("run.nothing_failed", "Everything of this run was made.");
  const graph = buildGraph((await getFilm(ctx, run.project)).film);
  const target = missing.map(({ node }) => node).filter((node) => graph.nodes.has(node as NodeId));
  if (target.length === 0) throw new AppError("run.nothing_failed", "Everything of this run was made, or is no longer in the film.");
  return createQuote({ ...ctx, idempotencyKey: null }, { project: run.project, target, priority: 2 });
}

/** A quote of what a job did not make, or of another making of what it made. */
export async function retryJob(ctx: StudioCtx, id: string): Promise<Quote> {
  const { run, job: { project, node, kind, status } } = await requireJob(ctx, id);
  if (status !== "failed" && status !== "refused" && status !== "cancelled" && status !== "expired") throw new AppError("job.not_over", `The job is ${status}. Cancel it first, or ask for a retake of what it made.`);
  if (kind === "task") return requoteTask(ctx, await readSnapshot(ctx, run.quote));
  const graph = buildGraph((await getFilm(ctx, project)).film);
  if (!graph.nodes.has(node as NodeId)) throw new AppError("run.nothing_failed", `What this job was to make is no longer in the film. Its run is ${run.id}.`);
  return createQuote({ ...ctx, idempotencyKey: null }, { project, target: [node as NodeId], priority: 2 });
}

/**
 * A quote of a job by another model, for people to agree to: nothing is changed, made, cancelled or paid yet. Whoever agrees cancels the job, if it still
 * waits, and runs the quote; from then on the film wishes for that model for that node.
 */
export async function rerouteJob(ctx: StudioCtx, id: string, { model }: { model: string }): Promise<Quote> {
  const { run, job: { project, node, kind, status } } = await requireJob(ctx, id);
  if (status === "succeeded") throw new AppError("run.nothing_failed", "It is made already. Ask for a retake to have it made by another model.");
  if (status === "running" || status === "cancelling") throw new AppError("job.not_over", "It is at its provider just now. Wait for it, or cancel it first.");
  if (kind === "task") return requoteTask(ctx, await readSnapshot(ctx, run.quote), `model:${model}`);
  return quoteByWish(ctx, { project, node: node as NodeId, wish: checkedWish(`model:${model}`, partsOf(node as NodeId).kind, "/model") });
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
  const { id, project, quote, status, waitingFor, waitingUntil, credits, progress, remaining, jobCounts, createdAt, deadlineAt, finishedAt, actions } = wire;
  return { object: "run", id, project, quote, target: row.target, status, waitingFor, waitingUntil, credits, progress, remaining, jobCounts: jobCounts as Record<string, number>, createdAt, deadlineAt, finishedAt, actions };
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
  const { data, nextCursor } = toPage(rows, limit, viewOfRow, (row) => [row.createdAt, row.id]);
  return { data: await toJobs(ctx, data), nextCursor };
}

/** A job's row as its run would show it, but for what comes before it. */
export const viewOfRow = (row: JobRow): JobView => {
  const { ord: _ord, seq: _seq, remainingLow, remainingHigh, creditsQuoted, creditsCaptured, problemCode, problemDetail, ...rest } = row;
  return {
    ...rest, after: [], offers: [], quoted: creditsQuoted, captured: creditsCaptured, remaining: remainingLow === null ? null : { low: remainingLow, high: remainingHigh ?? remainingLow },
    problem: problemCode === null ? null : { code: problemCode, detail: problemDetail ?? "" },
  };
};

/** The database knows whose job it is; what it is at, its run alone knows at any moment. */
async function requireJob(ctx: StudioCtx, id: string): Promise<{ run: RunView; job: JobView }> {
  const row = await placeOfJob(ctx, id);
  if (!row) throw jobNotFound();
  const { run, jobs: views } = await viewOf(ctx, row.run);
  const job = views.find((view) => view.id === id);
  if (!job) throw jobNotFound();
  return { run, job };
}

export async function getJob(ctx: StudioCtx, id: string): Promise<Job> {
  const [shown] = await toJobs(ctx, [(await requireJob(ctx, id)).job]);
  if (!shown) throw jobNotFound();
  return shown;
}

/** Stop one job. What needs it ends with it; the rest of the run goes on. */
export async function cancelJob(ctx: StudioCtx, id: string): Promise<Job> {
  const { run } = await requireJob(ctx, id);
  const told = await runOf(ctx.env, run.id).cancelJob(id);
  if (!told.ok) throw told.code === "failed" ? new AppError("service.unavailable", "Try that again in a moment.") : new AppError("job.not_cancelable", "The job is over. What it made is kept.");
  return getJob(ctx, id);
}
