import type { Ctx } from "#core/context.ts";
import { registry } from "#core/registry.ts";
import type { Recipe } from "#film/film.ts";
import { providers, reach } from "../providers/index.ts";
import { lifecycleAt } from "../router/rules.ts";
import * as all from "./all.ts";
import type { Model, Tool } from "./tool.ts";

export const tools = registry<Tool>(Object.fromEntries(all.tools.map((tool) => [tool.id, tool])));
export const models = registry<Model>(Object.fromEntries([...providers.values()].flatMap((provider) => provider.models.map((model) => [model.id, model]))));
/** What tools are called. */
export const toolNames: ReadonlyMap<string, string> = new Map([...tools.values()].map(({ id, name }) => [id, name]));
export type { Model, Tool } from "./tool.ts";

/** What people bring is conformed by the tool `ingest`. */
export const toolOf = (recipe: Recipe): string => (recipe.tool === "upload" ? "ingest" : recipe.tool);

/** Models that may run a recipe here and now. */
export function modelsFor(ctx: Ctx, tool: string): Model[] {
  return [...models.values()].filter((model) => {
    const lifecycle = lifecycleAt(model, { now: ctx.now(), announced: null });
    return model.tool === tool && (lifecycle === "active" || lifecycle === "deprecated") && reach(ctx, model.provider) !== null;
  });
}
