import { and, eq } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { once } from "#core/idempotency.ts";
import { walletOf } from "#domains/credits/index.ts";
import { getFilm, makeVersion } from "#domains/projects/index.ts";
import { FRAME_RATE, type Film, type NodeId } from "#film/film.ts";
import { buildGraph, type Graph } from "#film/graph/graph.ts";
import { MAX_STEPS, plan, type Plan, type Target } from "#film/plan.ts";
import { freeLimitPassed, priceCard } from "#film/prices.ts";
import { nodeId, partsOf } from "#film/recipes/recipe.ts";
import { snapshotKey, type QuotedStep, type Snapshot } from "#objects/run/snapshot.ts";
import type { CreateQuote, Quote } from "../contract.ts";
import { reach } from "../providers/index.ts";
import { quotes, type QuoteRow } from "../tables.ts";
import { indexTakes, takesOf } from "../takes/store.ts";
import { pickModel } from "../tools/index.ts";
import { estimate, historyOf } from "./estimate.ts";
import { labelsOf } from "./labels.ts";

export const QUOTE_MS = 15 * 60_000;
/** A run is given ten times what it is expected to take, and at least an hour, so that a provider may be down for a while. */
const DEADLINE_TIMES = 10;
const DEADLINE_MS_MIN = 3_600_000;
const DEADLINE_MS_MAX = 24 * 3_600_000;

/** Price what must be made, as it is now. The quote is an immutable snapshot: it binds us for 15 minutes, whatever is edited meanwhile. */
export function createQuote(ctx: StudioCtx, input: CreateQuote): Promise<Quote> {
  return once(ctx, {
    operation: "createQuote", kind: "quote", input,
    create: async (id, remember) => {
      const { film } = await getFilm(ctx, input.project);
      const graph = buildGraph(film);
      const target = targetOf(film, graph, input);
      const planned = plan({ graph, film, takes: indexTakes(await takesOf(ctx, input.project)), prices: priceCard, target });
      refuse(planned, input);
      const free = freeTerms(film, planned);
      await makeVersion(ctx, input.project, "quote");
      const snapshot = await snapshotOf(ctx, { id, input, film, planned, freeRunsMax: free });
      await ctx.env.MEDIA.put(snapshotKey(ctx.studio, id), JSON.stringify(snapshot), { httpMetadata: { contentType: "application/json" } });
      const row: QuoteRow = {
        id, studio: ctx.studio, project: input.project, target: input.target as Target, status: "open", run: null, credits: snapshot.credits, steps: snapshot.steps.length,
        filmVersion: film.version, priceCard: snapshot.priceCard, createdAt: snapshot.createdAt, expiresAt: snapshot.expiresAt,
      };
      await commit(ctx, { type: "quote.made", studio: ctx.studio, subject: id, data: { quote: id, project: input.project, credits: row.credits } }, [...remember, ctx.db.insert(quotes).values(row)]);
      return toQuote(ctx, row, snapshot);
    },
    read: (id) => getQuote(ctx, id),
  });
}

function targetOf(film: Film, graph: Graph, { target, scenes }: CreateQuote): Target {
  if (graph.nodes.size === 0) throw new AppError("film.empty", "Write a script first: there is nothing to make yet.");
  if (Array.isArray(target)) {
    const unknown = target.find((id) => !graph.nodes.has(id as NodeId));
    if (unknown !== undefined) throw new AppError("node.not_found", `The film has no node ${unknown}. Read the graph again.`);
    return target as NodeId[];
  }
  if (!scenes) return target;
  if (scenes.length === 0) throw new AppError("request.invalid", "Name the scenes, or leave them out for the whole film.", { errors: [{ pointer: "/scenes", detail: "empty" }] });
  const wanted = film.scenes.filter(({ id }) => scenes.includes(id));
  if (wanted.length < new Set(scenes).size) throw new AppError("scene.not_found", "The film does not have all of these scenes. Read the breakdown again.");
  const kinds = target === "animatic" ? (["frame", "move"] as const) : (["frame", "clip"] as const);
  const nodes = wanted.flatMap(({ lines, shots }) => [...lines.map((line) => nodeId("voice", line)), ...shots.flatMap((shot) => kinds.map((kind) => nodeId(kind, shot)))]);
  return nodes.filter((id) => graph.nodes.has(id));
}

function refuse({ steps, needsVoices, unpriced }: Plan, { project, target }: CreateQuote): void {
  if (unpriced.length > 0) throw new AppError("tool.unavailable", "Some of it was wished for from a model that is not there. Take the wish away, or choose another.", { nodes: unpriced });
  if (needsVoices.length > 0) {
    throw new AppError("quote.needs_voices", `${needsVoices.length} voices decide how long the clips are, so they come first. Make the animatic: it is free, and has them.`, { missing: needsVoices, offer: { project, target: "animatic" } });
  }
  if (steps.length === 0) throw new AppError("quote.nothing_to_do", "Everything that you asked for is made already.", { project, target });
  if (steps.length > MAX_STEPS) throw new AppError("quote.too_long", `That takes ${steps.length} steps, and one quote has at most ${MAX_STEPS}. Quote some scenes at a time, by \`scenes\`, and then the whole.`, { steps: steps.length });
}

/** A run that costs nothing stays within the limits of free work; returns how many of them may be open at once. */
function freeTerms(film: Film, { steps, credits }: Plan): number | null {
  if (credits > 0) return null;
  const shots = new Set(steps.flatMap(({ node }) => (["frame", "move"].includes(partsOf(node).kind) ? [partsOf(node).subject] : [])));
  const known = new Map(film.shots.map(({ id, seconds }) => [id, seconds]));
  const seconds = steps.reduce((sum, { node, frames }) => sum + (partsOf(node).kind !== "move" ? 0 : frames === null ? (known.get(partsOf(node).subject) ?? 0) : frames / FRAME_RATE), 0);
  const passed = freeLimitPassed(priceCard, { openRuns: 0, shots: shots.size, seconds });
  if (passed) throw new AppError("quote.too_long", `Free work makes at most ${passed.most} ${passed.limit} at a time, and this asks for ${Math.ceil(passed.asked)}. Quote some scenes at a time, by \`scenes\`.`, { limit: passed.limit, most: passed.most, asked: passed.asked });
  return priceCard.freeAnimatic.openRuns;
}

async function snapshotOf(ctx: StudioCtx, { id, input, film, planned, freeRunsMax }: { id: string; input: CreateQuote; film: Film; planned: Plan; freeRunsMax: number | null }): Promise<Snapshot> {
  const label = labelsOf(film);
  const now = ctx.now();
  const picked = planned.steps.map((step) => ({ step, ...pickModel(ctx, step.recipe) }));
  const steps = await Promise.all(picked.map(async ({ step, model, allowed, why }): Promise<QuotedStep> => {
    const provider = reach(ctx, model.provider)?.provider;
    if (!provider) throw new AppError("tool.unavailable", "The provider went away. Ask for the quote again.");
    const { submitMs, lookupLagMs, resolveMs, limits } = provider;
    return {
      step, job: await derivedId("job", id, step.id), kind: partsOf(step.node).kind, label: label(step.node), allowed: allowed.map((one) => one.id), why,
      terms: { provider: provider.id, model: model.name, version: model.version, submitMs, lookupLagMs, resolveMs, timeoutMs: model.timeoutMs, limits },
    };
  }));
  const seconds = estimate(picked, await historyOf(ctx, [...new Set(planned.steps.map(({ tool }) => tool))]));
  return {
    v: 1, quote: id, run: await derivedId("run", id), studio: ctx.studio, project: input.project, target: input.target as Target, film, priceCard: priceCard.version,
    priority: input.priority, credits: planned.credits, seconds, deadlineMs: Math.min(DEADLINE_MS_MAX, Math.max(DEADLINE_MS_MIN, seconds.p90 * 1_000 * DEADLINE_TIMES)),
    freeRunsMax, createdAt: now, expiresAt: now + QUOTE_MS, steps,
  };
}

/** The quote's row, or a 404 that does not tell whether another studio has it. */
export async function requireQuote(ctx: StudioCtx, id: string): Promise<QuoteRow> {
  const row = await ctx.db.select().from(quotes).where(and(eq(quotes.studio, ctx.studio), eq(quotes.id, id))).get();
  if (!row) throw new AppError("quote.not_found", "There is no such quote in this studio. Ask for a new one.");
  return row;
}

/** What a quote froze. */
export async function readSnapshot(ctx: StudioCtx, id: string): Promise<Snapshot> {
  const stored = await ctx.env.MEDIA.get(snapshotKey(ctx.studio, id));
  if (!stored) throw new Error(`the snapshot of ${id} is missing`);
  return stored.json<Snapshot>();
}

export async function getQuote(ctx: StudioCtx, id: string): Promise<Quote> {
  const row = await requireQuote(ctx, id);
  return toQuote(ctx, row, await readSnapshot(ctx, id));
}

async function toQuote(ctx: StudioCtx, row: QuoteRow, snapshot: Snapshot): Promise<Quote> {
  const { available } = await walletOf(ctx, ctx.studio).balance();
  return {
    object: "quote", id: row.id, project: row.project, target: row.target, status: row.status === "used" ? "used" : ctx.now() >= row.expiresAt ? "expired" : "open", run: row.run,
    credits: row.credits, available, seconds: snapshot.seconds, createdAt: new Date(row.createdAt).toISOString(), expiresAt: new Date(row.expiresAt).toISOString(),
    items: snapshot.steps.map(({ step, label, terms }) => ({
      step: step.id, node: step.node, label, tool: step.tool, model: terms.model, credits: step.item.credits, quantity: step.item.quantity, unit: step.item.unit,
    })),
  };
}
