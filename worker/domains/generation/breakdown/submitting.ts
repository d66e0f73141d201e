/** How a breakdown is asked of its model: like of any vendor that answers at once, so that a run treats it as any other job. */
import type { Ctx } from "#core/context.ts";
import { readText } from "#domains/projects/index.ts";
import type { ScriptFormat } from "#film/fountain/index.ts";
import type { Recipe } from "#film/film.ts";
import { answeredAtOnce, keepAll, streamOf } from "../providers/kept.ts";
import type { Keep, Sight, Submission } from "../providers/provider.ts";
import { endedAtACost, refusalOf } from "../text/failures.ts";
import { readByModel } from "./service.ts";

/** Reads the script that a recipe names, and keeps what came. */
export async function submitReading(ctx: Ctx, { recipe, model, keep, signal }: { recipe: Pick<Recipe, "params">; model: string; keep: Keep; signal: AbortSignal }): Promise<Submission & { sight?: Sight }> {
  const { script, format } = recipe.params;
  const read = await readByModel(ctx, { text: await readText(ctx, String(script)), format: format as ScriptFormat }, { model, signal });
  if (read.reading === null) return read.isBought ? endedAtACost(read, "script") : refusalOf(read, "script");
  const kept = await keepAll(keep, [{ role: "reading", body: streamOf(new TextEncoder().encode(JSON.stringify(read.reading))), contentType: "application/json" }]);
  return kept ? answeredAtOnce({ id: "", kept: ["reading"], costMicros: read.costMicros }, { repairs: read.repairs }) : { end: "unknown", because: "lost" };
}
