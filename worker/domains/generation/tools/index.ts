import type { Ctx } from "#core/context.ts";
import { registry } from "#core/registry.ts";
import type { Recipe } from "#film/film.ts";
import { cog } from "../providers/cog.ts";
import { providers, reach } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { lifecycleAt } from "../router/rules.ts";
import * as every from "./all.ts";
import type { Model, Tool } from "./tool.ts";

export const tools = registry<Tool>(Object.fromEntries(every.tools.map((tool) => [tool.id, tool])));

const modelsIn = (some: readonly Provider[]) => registry<Model>(Object.fromEntries(some.flatMap((provider) => provider.models.map((model) => [model.id, model]))));
const declared = modelsIn([...providers.values()].filter((provider) => provider !== cog));
let all: { configured: readonly Model[]; byId: ReadonlyMap<string, Model> } = { configured: [], byId: declared };

function everyModel(): ReadonlyMap<string, Model> {
  const configured = cog.models;
  if (configured !== all.configured) all = { configured, byId: new Map([...declared, ...modelsIn([cog])]) };
  return all.byId;
}

/** Every model: those that providers' files declare, and after them those that the deployment's setting names. */
export const models: Pick<ReadonlyMap<string, Model>, "get" | "keys" | "values"> = { get: (id) => everyModel().get(id), keys: () => everyModel().keys(), values: () => everyModel().values() };
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
