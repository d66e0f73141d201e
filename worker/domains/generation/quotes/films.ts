import { and, eq, gte, isNull } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import { monthStart, requirePlan } from "#domains/credits/index.ts";
import type { NodeId } from "#film/film.ts";
import type { Target } from "#film/plan.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import type { TaskTarget } from "#objects/run/snapshot.ts";
import { jobs, takes } from "../tables.ts";

/** Whether a target, or what a plan makes, has a film's cut in it. */
export const hasCut = (nodes: Target | TaskTarget | readonly NodeId[]): boolean => Array.isArray(nodes) && (nodes as readonly NodeId[]).some((node) => partsOf(node).kind === "cut");

/** The projects whose film counts in this calendar month: those with a cut of this month, and those whose cut is being made. */
async function countedProjects(ctx: StudioCtx): Promise<Set<string>> {
  const since = monthStart(ctx.now());
  const [made, making] = await Promise.all([
    ctx.db.selectDistinct({ project: takes.project }).from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.kind, "cut"), gte(takes.createdAt, since))).all(),
    ctx.db.selectDistinct({ project: jobs.project }).from(jobs).where(and(eq(jobs.studio, ctx.studio), eq(jobs.kind, "cut"), isNull(jobs.finishedAt))).all(),
  ]);
  return new Set([...made, ...making].map(({ project }) => project));
}

/** How many films the studio has made, or is making, in this calendar month. */
export const filmsThisMonth = async (ctx: StudioCtx): Promise<number> => (await countedProjects(ctx)).size;

/** Refuses a cut that would be one film more than the plan has. Cutting a film again that counts already is free of that. */
export async function requireFilm(ctx: StudioCtx, { project, nodes }: { project: string; nodes: readonly NodeId[] }): Promise<void> {
  if (!hasCut(nodes)) return;
  const counted = await countedProjects(ctx);
  if (!counted.has(project)) await requirePlan(ctx, { quota: "filmsPerMonth", used: counted.size });
}
