/** What a step asks of models, and what models are to the router. Pure. */
import { FRAME_RATE, type Aspect } from "#film/film.ts";
import type { Step } from "#film/plan.ts";
import { isOfGivenLength } from "#film/inputs/model-request.ts";
import { orderOf, priceOf } from "#film/prices.ts";
import type { Candidate } from "#film/routing/choose.ts";
import type { Wanted } from "#film/routing/fits.ts";
import { aspectIn, resolutionIn } from "#film/tasks/asking.ts";
import { isTask } from "#film/tasks/task.ts";
import type { Asking } from "#film/routing/request.ts";
import type { ModelStats } from "#film/routing/stats.ts";
import type { Terms } from "#objects/run/snapshot.ts";
import type { Provider } from "../providers/provider.ts";
import { priceCard } from "../tools/card.ts";
import type { Lifecycle, Model } from "../tools/tool.ts";

export type Routable = Pick<Step, "node" | "tool" | "recipe" | "frames">;

/** Seconds of what a step makes; null where it has no length, or none that is known. */
export function secondsOf({ recipe, frames }: Pick<Routable, "recipe" | "frames">): number | null {
  if (frames !== null) return frames / FRAME_RATE;
  const { seconds } = recipe.params;
  return recipe.tool === "music" && typeof seconds === "number" ? seconds : null;
}

/** What a model has to be able to do for a step. A film says no resolution: what comes is conformed to the film's. */
export function wantedOf(step: Routable): Wanted {
  const { tool, params } = step.recipe;
  if (isTask(step.node)) return wantedOfTask(step);
  const isSpoken = tool === "voice";
  return {
    seconds: secondsOf(step),
    aspect: (tool === "clip" || tool === "frame") && typeof params["aspect"] === "string" ? (params["aspect"] as Aspect) : null,
    resolution: null,
    firstFrame: tool === "clip" ? "have" : "none",
    letters: isSpoken && typeof params["text"] === "string" ? params["text"].length : null,
    language: isSpoken && typeof params["language"] === "string" ? params["language"] : null,
  };
}

/** Of a single thing people say everything, and none of their words is left out. */
function wantedOfTask({ recipe: { tool, params }, frames }: Pick<Routable, "recipe" | "frames">): Wanted {
  const words = [params["text"], params["prompt"]].find((value) => typeof value === "string");
  const language = params["language"] ?? params["to"];
  return {
    seconds: frames === null ? null : frames / FRAME_RATE, ...(isOfGivenLength(tool) && { isGiven: true as const }), aspect: tool === "clip" || tool === "frame" ? aspectIn(params) : null, resolution: resolutionIn(params),
    firstFrame: tool !== "clip" ? "none" : params["image"] === null ? "none" : "need", letters: typeof words === "string" ? words.length : null, language: typeof language === "string" ? language : null,
  };
}

/** What a step costs with a model; null where the card has no price for it. */
export const itemOf = ({ recipe, frames }: Routable, model: string) => priceOf(priceCard, orderOf(recipe, { model, frames }));

/** A model as it is at a time: one whose day has come is retired, whatever its file says. */
export function lifecycleAt({ lifecycle, sunset }: Pick<Model, "lifecycle" | "sunset">, { now, announced }: { now: number; announced: number | null }): Lifecycle {
  const ends = Math.min(announced ?? Infinity, sunset ? Date.parse(sunset.retires) : Infinity);
  if (now >= ends) return "retired";
  return lifecycle === "active" && ends !== Infinity ? "deprecated" : lifecycle;
}

/** A model as a candidate for a step. */
export function candidateOf(model: Model, step: Routable, lifecycle: Lifecycle): Candidate {
  const { seconds, perSecond } = model.speed;
  return {
    model: model.id, provider: model.provider, limits: model.accepts, lifecycle, quality: model.quality, credits: itemOf(step, model.id)?.credits ?? null,
    seconds: seconds + perSecond * (secondsOf(step) ?? 4),
  };
}

/** How a model is asked; null: it is the house's, and takes the tool's own input. */
export const askingOf = ({ accepts }: Model): Asking | null =>
  accepts && { promptMax: accepts.promptMax, resolution: accepts.resolutions[0] ?? "720p", firstFrame: accepts.firstFrame !== "never" };

/** How a run treats a model of a provider, frozen. */
export function termsFor(model: Model, { id, submitMs, lookupLagMs, resolveMs, limits }: Provider): Terms {
  return { provider: id, id: model.id, label: model.label, asking: askingOf(model), model: model.name, version: model.version, submitMs: model.submitMs ?? submitMs, lookupLagMs, resolveMs, timeoutMs: model.timeoutMs, limits };
}

/** The class of a step's task, as learning knows it. */
export const styleOf = (film: { style: string; aspect: string }, step: Routable): { aspect: string; style: string } => {
  const isPicture = step.recipe.tool === "clip" || step.recipe.tool === "frame";
  return { aspect: isPicture ? film.aspect : "any", style: isPicture ? film.style : "any" };
};

/** Statistics as people read them in a record: whole thousandths, so that a record says what it was made from and no more. */
export const rounded = (stats: Record<string, ModelStats>): Record<string, ModelStats> =>
  Object.fromEntries(Object.entries(stats).map(([model, { delivered, failed, accepted, retaken, seconds, cost }]) => {
    const part = (value: number) => Math.round(value * 1_000) / 1_000;
    return [model, { delivered: part(delivered), failed: part(failed), accepted: part(accepted), retaken: part(retaken), seconds: seconds === null ? null : part(seconds), ...(cost && { cost: { part: part(cost.part), weight: part(cost.weight) } }) }];
  }));
