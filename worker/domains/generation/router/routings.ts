/** Why a job's model was chosen, as its studio reads it. */
import type { StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { and, eq } from "drizzle-orm";
import { readSnapshot } from "../quotes/service.ts";
import { jobs, runs } from "../tables.ts";
import type { Routing } from "./contract.ts";
import * as store from "./store.ts";

/** A job's choice with what else there was. Of a job whose step had one model only, that. */
export async function getRouting(ctx: StudioCtx, id: string): Promise<Routing> {
  const row = await store.findRouting(ctx, id);
  if (row) {
    const { input, choice } = row.record;
    return {
      object: "routing", job: id, model: choice.model, wish: input.wish, why: choice.why, explored: choice.explored, class: row.class, scores: choice.scores.map(({ price: _price, ...score }) => score), alternatives: choice.alternatives,
      excluded: choice.excluded.map((one) => ({ model: one.model, because: one.because, misfits: one.because === "misfit" ? one.misfits : [] })), at: new Date(row.at).toISOString(),
    };
  }
  const known = await ctx.db.select({ quote: runs.quote }).from(jobs).innerJoin(runs, eq(runs.id, jobs.run)).where(and(eq(jobs.studio, ctx.studio), eq(jobs.id, id))).get();
  const snapshot = known ? await readSnapshot(ctx, known.quote) : null;
  const quoted = snapshot?.steps.find(({ job }) => job === id);
  if (!snapshot || !quoted) throw new AppError("job.not_found", "There is no such job in this studio. List them at /api/v1/jobs.");
  return {
    object: "routing", job: id, model: quoted.terms.id ?? quoted.terms.model, wish: quoted.step.recipe.wish, why: quoted.why, explored: false, class: null, scores: [], excluded: [],
    alternatives: (quoted.alternatives ?? []).map((other) => other.id ?? other.model), at: new Date(snapshot.createdAt).toISOString(),
  };
}
