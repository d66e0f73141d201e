/** Chooses the models of a quote's steps from what is set up, allowed, able and known, and keeps why. */
import type { Ctx, StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import type { Write } from "#core/db.ts";
import type { Film } from "#film/film.ts";
import { seedFrom } from "#film/hash.ts";
import type { Step } from "#film/plan.ts";
import { nearestMiss, offersBeside, recordOf, type Candidate, type Choice, type ChoiceRecord } from "#film/routing/choose.ts";
import type { Misfit } from "#film/routing/fits.ts";
import { canMake } from "#film/tasks/asking.ts";
import { isTask } from "#film/tasks/task.ts";
import { classOf, statsOf, type ModelStats } from "#film/routing/stats.ts";
import type { Offer } from "#objects/run/snapshot.ts";
import { providers, reach } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { models, toolOf, type Model } from "../tools/index.ts";
import { candidateOf, itemOf, lifecycleAt, rounded, secondsOf, styleOf, wantedOf } from "./rules.ts";
import * as store from "./store.ts";

export interface Routed {
  /** With the price of the model that was chosen. */
  step: Step;
  model: Model;
  provider: Provider;
  /** Who may stand in, best first. */
  alternatives: { model: Model; provider: Provider }[];
  /** Who else could, if people say so. */
  offers: Offer[];
  choice: Choice;
  class: string;
  /** Null where there was nothing to choose from. */
  record: ChoiceRecord | null;
}

interface Known {
  stats: ReadonlyMap<string, Record<string, ModelStats>>;
  spent: Map<string, { credits: number; explored: number }>;
  allowed: string[] | null;
  shutdowns: store.Shutdowns;
}

/** Models of a tool that this deployment can reach, whatever their lifecycle. */
const reachable = (ctx: Ctx, tool: string): Model[] => [...models.values()].filter((model) => model.tool === tool && reach(ctx, model.provider) !== null);

/** In what kind of film a step is made, as far as learning knows kinds; a single thing is in none. */
export type Look = { style: string; aspect: string };

/**
 * The model of each step, with what it costs. `voices`: the model that the film's voices have now. Nothing is written. Throws `tool.unsupported` where a step asks for what nobody who may make it can do,
 * naming what is wrong and the nearest that works, and `tool.unavailable` where there is nobody.
 */
export async function route(ctx: StudioCtx, input: { quote: string; film: Look; steps: readonly Step[]; stepCreditsMax: number | null; voices: string | null; labelOf(step: Step): string }): Promise<Routed[]> {
  const { quote, film, steps } = input;
  const able = new Map([...new Set(steps.map(({ recipe }) => toolOf(recipe)))].map((tool) => [tool, reachable(ctx, tool)]));
  const ofStep = (step: Step): Model[] => (able.get(toolOf(step.recipe)) ?? []).filter(({ provider }) => !isTask(step.node) || canMake(provider === "house" ? "house" : "other", step.recipe));
  const classes = new Map(steps.map((step) => [step.id, classOf({ tool: step.tool, seconds: secondsOf(step), ...styleOf(film, step) })]));
  const open = steps.filter((step) => ofStep(step).length > 1);
  const leavesUs = steps.some((step) => ofStep(step).some(({ accepts }) => accepts !== null));
  const known = await whatIsKnown(ctx, { classes: [...new Set(open.map(({ id }) => classes.get(id) ?? ""))], leavesUs });
  const refused: { step: Step; choice: Choice; candidates: Candidate[] }[] = [];
  const routed = steps.flatMap((step): Routed[] => {
    const name = classes.get(step.id) ?? "";
    const candidates = ofStep(step).map((model) => candidateOf(model, step, lifecycleAt(model, { now: ctx.now(), announced: known.shutdowns.get(model.id)?.retires ?? null })));
    const spent = known.spent.get(name) ?? { credits: 0, explored: 0 };
    const record = recordOf({
      tool: step.tool, class: name, wish: step.recipe.wish, wanted: wantedOf(step), ceiling: input.stepCreditsMax, kept: step.tool === "voice" ? input.voices : null, providers: known.allowed, candidates,
      stats: known.stats.get(name) ?? {}, spent, seed: seedFrom(quote, step.id),
    });
    const { choice } = record;
    const picked = reached(ctx, choice.model);
    const item = choice.model === null ? null : itemOf(step, choice.model);
    if (!picked || !item) {
      refused.push({ step, choice, candidates });
      return [];
    }
    // What this quote explores counts at once, so that one quote does not try beyond the share.
    known.spent.set(name, { credits: spent.credits + choice.credits, explored: spent.explored + (choice.explored ? choice.credits : 0) });
    return [{ step: { ...step, item }, ...picked, alternatives: choice.alternatives.flatMap((id) => reached(ctx, id) ?? []), offers: offersBeside(record.input, choice).map((offer) => ({ ...offer, label: models.get(offer.model)?.label ?? offer.model })), choice, class: name, record: candidates.length > 1 ? record : null }];
  });
  if (refused.length > 0) throw refusal(refused, input.labelOf);
  return routed;
}

function reached(ctx: Ctx, id: string | null): { model: Model; provider: Provider } | null {
  const model = id === null ? undefined : models.get(id);
  const provider = model && reach(ctx, model.provider)?.provider;
  return model && provider ? { model, provider } : null;
}

/**
 * `classes`: those in which there is a choice, for which alone it matters what became of others. `leavesUs`: some of it may go to somebody else, which the studio has
 * to allow and which may have come to its end, also where nobody else could make it.
 */
async function whatIsKnown(ctx: StudioCtx, { classes, leavesUs }: { classes: string[]; leavesUs: boolean }): Promise<Known> {
  const none: Pick<Known, "stats" | "spent"> = { stats: new Map(), spent: new Map() };
  const [own, shutdowns, { stats, spent }] = await Promise.all([leavesUs ? store.findProviders(ctx) : undefined, leavesUs ? store.shutdownsOf(ctx) : new Map(), classes.length > 0 ? whatBecame(ctx, classes) : none]);
  return { stats, spent, allowed: own?.allowed ?? null, shutdowns };
}

async function whatBecame(ctx: StudioCtx, classes: string[]): Promise<Pick<Known, "stats" | "spent">> {
  const [outcomes, spent] = await Promise.all([store.outcomesOf(ctx, classes), store.spentIn(ctx, classes)]);
  return { stats: new Map([...outcomes].map(([name, rows]) => [name, rounded(statsOf(rows))])), spent };
}

const SHOWN_MAX = 20;

function refusal(refused: readonly { step: Step; choice: Choice; candidates: Candidate[] }[], labelOf: (step: Step) => string): AppError {
  const missed = refused.flatMap(({ step, choice, candidates }) => {
    // Where somebody could, were it not for what it may cost, that is what stands in the way.
    if (choice.excluded.some(({ because }) => because === "ceiling")) return [];
    const miss = nearestMiss(choice, candidates, secondsOf(step));
    return miss ? [{ node: step.node, label: labelOf(step), ...miss }] : [];
  });
  const [first] = missed;
  const [misfit] = first?.misfits ?? [];
  if (first && misfit) {
    const detail = `${first.label}: ${misfit.detail}${nearestWords(misfit)} ${missed.length > 1 ? `${missed.length - 1} more are like that. ` : ""}${adviceOn(refused.find(({ step }) => step.node === first.node)?.step, misfit)}, or wish for another model.`;
    return new AppError("tool.unsupported", detail, { field: misfit.field, nearest: misfit.nearest, model: first.model, steps: missed.slice(0, SHOWN_MAX) });
  }
  const [{ step, choice, candidates }] = refused as [(typeof refused)[number]];
  const { wish } = step.recipe;
  const named = wish.startsWith("model:") ? ` with ${wish.slice("model:".length)}` : "";
  const because = new Set(choice.excluded.map((one) => one.because));
  const why = because.has("provider") ? ` The studio does not allow its provider${names(candidates, choice)}: an owner or admin can, under Providers in the studio's settings, or at /api/v1/studio/providers.` : because.has("lifecycle") ? " The model has been retired." : because.has("ceiling") ? " All that could cost more than a step may." : "";
  const todo = candidates.length === 0 && isTask(step.node) ? "Nobody who does this is set up here, or not for what was asked." : candidates.length === 1 ? "There is no other model for it here." : "Choose another model, or take the wish away.";
  return new AppError("tool.unavailable", `Nothing here can make ${labelOf(step)}${named}.${why} ${todo}`, { tool: step.tool, node: step.node });
}

/** Which providers were left out because the studio does not allow them. */
function names(candidates: readonly Candidate[], { excluded }: Choice): string {
  const left = new Set(excluded.flatMap(({ model, because }) => (because === "provider" ? [model] : [])));
  const ids = new Set(candidates.flatMap(({ model, provider }) => (left.has(model) ? [provider] : [])));
  return ids.size === 0 ? "" : ` (${[...ids].map((id) => providers.get(id)?.name ?? id).join(", ")})`;
}

function adviceOn(step: Step | undefined, { field, nearest }: Misfit): string {
  if (!step || !isTask(step.node)) return "Change the shot";
  return field === "seconds" && Number(nearest) > (secondsOf(step) ?? Infinity) ? "Send a longer file" : "Ask for less";
}

const nearestWords = ({ field, nearest }: Misfit): string => (nearest === null ? "" : field === "seconds" ? ` The nearest that works is ${nearest} seconds.` : field === "prompt" ? ` The nearest that works is ${nearest} letters.` : ` The nearest that works is ${nearest}.`);

/** What steps would cost if they were quoted now. Where that would be refused, what they cost with the house. */
export async function creditsOf(ctx: StudioCtx, { film, steps }: { film: Film; steps: readonly Step[] }): Promise<number> {
  const total = (priced: readonly Pick<Step, "item">[]): number => priced.reduce((sum, { item }) => sum + item.credits, 0);
  try {
    return total((await route(ctx, { quote: "what-if", film, steps, stepCreditsMax: null, voices: null, labelOf: ({ node }) => node })).map(({ step }) => step));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return total(steps);
  }
}

/** Writes of why each step went where it did, in the quote's batch. */
export const keepRoutings = (ctx: StudioCtx, { quote, routed, jobOf }: { quote: string; routed: readonly Routed[]; jobOf(step: Step): string }): Write[] =>
  store.insertRoutings(ctx, routed.flatMap(({ step, choice, class: name, record }) =>
    (record ? [{ job: jobOf(step), quote, studio: ctx.studio, class: name, model: choice.model ?? "", credits: choice.credits, explored: choice.explored, record, at: ctx.now() }] : [])));
