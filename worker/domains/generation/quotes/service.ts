import type { StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { once } from "#core/idempotency.ts";
import { getFilm, makeVersion } from "#domains/projects/index.ts";
import { FRAME_RATE, type Film, type NodeId } from "#film/film.ts";
import { recipesOf } from "#film/graph/derive.ts";
import { buildGraph, type Graph } from "#film/graph/graph.ts";
import { MAX_STEPS, plan, type Plan, type Step, type Target } from "#film/plan.ts";
import { freeLimitPassed } from "#film/prices.ts";
import { nodeId, partsOf } from "#film/recipes/recipe.ts";
import { wordsOf } from "#film/routing/request.ts";
import type { Wished } from "#objects/run/snapshot.ts";
import type { CreateQuote, Quote } from "../contract.ts";
import { route } from "../router/service.ts";
import { wishedFilm } from "../router/wishes.ts";
import { indexTakes, takesOf } from "../takes/store.ts";
import { quoteTask } from "../tasks/service.ts";
import { priceCard } from "../tools/card.ts";
import { requireFilm } from "./films.ts";
import { getQuote, keepQuote } from "./keeping.ts";
import { labelsOf } from "./labels.ts";

export { getQuote, readSnapshot, requireQuote } from "./keeping.ts";

/** A film to be made, or a part of it. */
type FilmAsked = CreateQuote & { project: string; target: Target };

/** Price what must be made, as it is now. The quote is an immutable snapshot: it binds us for 15 minutes, whatever is edited meanwhile. */
export function createQuote(ctx: StudioCtx, input: CreateQuote): Promise<Quote> {
  return once(ctx, {
    operation: "createQuote", kind: "quote", input,
    create: (id, remember) => (input.tool === undefined ? quoteFilm(ctx, { id, remember, asked: filmAsked(input) }) : quoteTask(ctx, { id, remember, asked: { ...input, tool: input.tool } })),
    read: (id) => getQuote(ctx, id),
  });
}

function filmAsked(input: CreateQuote): FilmAsked {
  const { project, target } = input;
  const missing = (name: string) => new AppError("request.invalid", `Say the ${name}: of a film \`project\` and \`target\`, of a single thing \`tool\` and \`input\`.`, { errors: [{ pointer: `/${name}`, detail: "missing" }] });
  if (project === undefined) throw missing("project");
  if (target === undefined) throw missing("target");
  return { ...input, project, target: target as Target };
}

/** A quote of one node as if it were wished for from a model. The film is left as it is: it wishes so once the quote is run (`keepWish`). */
export const quoteByWish = (ctx: StudioCtx, { project, ...wished }: Wished & { project: string }): Promise<Quote> =>
  quoteFilm(ctx, { id: ctx.newId("quote"), remember: [], asked: { project, target: [wished.node], priority: 2 }, wished });

async function quoteFilm(ctx: StudioCtx, { id, remember, asked, wished }: { id: string; remember: readonly Write[]; asked: FilmAsked; wished?: Wished }): Promise<Quote> {
  const { film: now } = await getFilm(ctx, asked.project);
  const film = wished ? { ...wishedFilm(now, wished), version: now.version } : now;
  const graph = buildGraph(film);
  const target = targetOf(film, graph, asked);
  const made = await takesOf(ctx, asked.project);
  const planned = plan({ graph, film, takes: indexTakes(made), prices: priceCard, target });
  refuse(planned, asked);
  await requireFilm(ctx, { project: asked.project, nodes: planned.steps.map(({ node }) => node) });
  const label = labelsOf(film);
  const labelOf = ({ node }: Step) => label(node);
  const routed = await route(ctx, { quote: id, film, steps: planned.steps, stepCreditsMax: asked.stepCreditsMax ?? null, voices: made.find(({ tool, provider }) => tool === "voice" && provider !== "house")?.model ?? null, labelOf });
  const freeRunsMax = freeTerms(film, routed.map(({ step }) => step));
  await makeVersion(ctx, asked.project, "quote");
  const recipes = recipesOf(film);
  return keepQuote(ctx, { id, remember, project: asked.project, target: asked.target, priority: asked.priority, film, routed, freeRunsMax, labelOf, wordsOf: (step) => wordsOf(recipes, step), ...(wished ? { wished } : { asked }) });
}

function targetOf(film: Film, graph: Graph, { target, scenes }: FilmAsked): Target {
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

function refuse({ steps, needsVoices, unpriced }: Plan, { project, target }: FilmAsked): void {
  if (unpriced.length > 0) throw new AppError("tool.unavailable", "Some of it was wished for from a model that is not there. Take the wish away, or choose another.", { nodes: unpriced });
  if (needsVoices.length > 0) {
    throw new AppError("quote.needs_voices", `${needsVoices.length} voices decide how long the clips are, so they come first. Make the animatic: it is free, and has them.`, { missing: needsVoices, offer: { project, target: "animatic" } });
  }
  if (steps.length === 0) throw new AppError("quote.nothing_to_do", "Everything that you asked for is made already.", { project, target });
  if (steps.length > MAX_STEPS) throw new AppError("quote.too_long", `That takes ${steps.length} steps, and one quote has at most ${MAX_STEPS}. Quote some scenes at a time, by \`scenes\`, and then the whole.`, { steps: steps.length });
}

/** Steps that cost nothing, but for those that something is made from which costs something: these are paid for by it. Each step comes after what it is made from. */
function freeWork(steps: readonly Step[]): Step[] {
  const paidFor = new Set<string>();
  for (const { id, after, item } of steps.toReversed()) if (item.credits > 0 || paidFor.has(id)) for (const other of after) paidFor.add(other);
  return steps.filter(({ id, item }) => item.credits === 0 && !paidFor.has(id));
}

/** Free work stays within its limits, whatever is paid for beside it; returns how many runs with such work may be open at once, or null where all of it is paid for. */
function freeTerms(film: Film, steps: readonly Step[]): number | null {
  const shown = freeWork(steps).filter(({ node }) => ["frame", "move"].includes(partsOf(node).kind));
  const shots = new Set(shown.map(({ node }) => partsOf(node).subject));
  const known = new Map(film.shots.map(({ id, seconds }) => [id, seconds]));
  const seconds = shown.reduce((sum, { node, frames }) => sum + (partsOf(node).kind !== "move" ? 0 : frames === null ? (known.get(partsOf(node).subject) ?? 0) : frames / FRAME_RATE), 0);
  const passed = freeLimitPassed(priceCard, { openRuns: 0, shots: shots.size, seconds });
  if (passed) throw new AppError("quote.too_long", `Free work makes at most ${passed.most} ${passed.limit} at a time, and this asks for ${Math.ceil(passed.asked)}. Quote some scenes at a time, by \`scenes\`.`, { limit: passed.limit, most: passed.most, asked: passed.asked });
  return shots.size === 0 && steps.some(({ item }) => item.credits > 0) ? null : priceCard.freeAnimatic.openRuns;
}
