import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { registry } from "#core/registry.ts";
import type { Recipe } from "#film/film.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import { reach } from "../providers/index.ts";
import * as all from "./all.ts";
import type { Model, Tool } from "./tool.ts";

export const tools = registry<Tool>(Object.fromEntries(all.tools.map((tool) => [tool.id, tool])));
export const models = registry<Model>(Object.fromEntries(all.models.map((model) => [model.id, model])));
export type { Model, Tool } from "./tool.ts";

/** What people bring is conformed by the tool `ingest`. */
const toolOf = (recipe: Recipe): string => (recipe.tool === "upload" ? "ingest" : recipe.tool);

/** Models that may run a recipe here and now. */
export function modelsFor(ctx: Ctx, tool: string): Model[] {
  return [...models.values()].filter((model) => model.tool === tool && (model.lifecycle === "active" || model.lifecycle === "deprecated") && reach(ctx, model.provider) !== null);
}

/** Picks the model for a recipe by its wish, and says why. */
export function pickModel(ctx: Ctx, recipe: Recipe): { model: Model; allowed: Model[]; why: string } {
  const { wish } = recipe;
  const able = modelsFor(ctx, toolOf(recipe));
  const named = wish.startsWith("model:") ? able.filter(({ id }) => id === wish.slice("model:".length)) : able;
  const credits = (model: Model) => priceOf(priceCard, { tool: recipe.tool, model: model.id, frames: 24 })?.credits ?? Infinity;
  const rank = (model: Model): number => (wish === "fastest" ? model.speed.seconds + model.speed.perSecond : wish === "best" ? -model.quality : credits(model));
  const allowed = [...named].sort((a, b) => rank(a) - rank(b) || b.quality - a.quality || (a.id < b.id ? -1 : 1));
  const [model] = allowed;
  if (!model) throw new AppError("tool.unavailable", `Nothing here can run ${recipe.tool}${wish.startsWith("model:") ? ` with ${wish.slice(6)}` : ""}. Choose another model, or take the wish away.`, { tool: recipe.tool });
  const why = wish.startsWith("model:") ? "wished for by name" : allowed.length === 1 ? "the only one that can" : `${wish} of ${allowed.length}`;
  return { model, allowed, why };
}
