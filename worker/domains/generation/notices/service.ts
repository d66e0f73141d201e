/** What people should know of before they go on: models of theirs that end, and runs of theirs that stand still. */
import type { StudioCtx } from "#core/context.ts";
import { getFilm, liveCount, liveTitles, projectTitles, requireProject } from "#domains/projects/index.ts";
import type { Film } from "#film/film.ts";
import { projectOf } from "#objects/run/snapshot.ts";
import { stillToBeMade, sunsetOf } from "../router/sunsets.ts";
import { shutdownsOf } from "../router/store.ts";
import { takesOf } from "../takes/store.ts";
import { models, type Model } from "../tools/index.ts";
import type { Notices } from "./contract.ts";
import * as store from "./store.ts";

/** So many projects are looked at, those first that were changed last. */
const PROJECTS_READ = 24;
const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Of a studio, or of one project. */
export async function noticesOf(ctx: StudioCtx, project: string | null): Promise<Notices> {
  const titles = project === null ? await liveTitles(ctx, { first: [], limit: PROJECTS_READ }) : new Map([[project, (await requireProject(ctx, project)).title]]);
  const [ending, waiting, all] = await Promise.all([endingIn(ctx, titles), store.waitingRuns(ctx, project), project === null && titles.size === PROJECTS_READ ? liveCount(ctx) : titles.size]);
  const names = await projectTitles(ctx, waiting.map((row) => row.project));
  return { object: "notices", ending, unread: all - titles.size, waiting: waiting.map((row) => ({ ...row, project: projectOf({ studio: ctx.studio, project: row.project }), title: names.get(row.project) ?? null, since: isoOrNull(row.since), until: isoOrNull(row.until) })) };
}

/** Models that end and that these projects still need. */
async function endingIn(ctx: StudioCtx, titles: ReadonlyMap<string, string>): Promise<Notices["ending"]> {
  const shutdowns = await shutdownsOf(ctx);
  const ending = [...models.values()].flatMap((model) => { const sunset = sunsetOf(model, shutdowns); return sunset ? [{ model, retires: sunset.retires }] : []; });
  if (ending.length === 0) return [];
  const needed = await Promise.all([...titles].map(async ([id, title]) => ({ id, title, models: await neededBy(ctx, id, ending.map(({ model }) => model)) })));
  return ending.map(({ model, retires }) => ({
    model: model.id, label: model.label, retires, ended: Date.parse(retires) <= ctx.now(),
    projects: needed.flatMap(({ id, title, models: named }) => (named.has(model.id) ? [{ id, title }] : [])),
  })).filter(({ projects }) => projects.length > 0).sort((a, b) => a.retires.localeCompare(b.retires));
}

/** Which of these models a film names for something that is still to be made. */
async function neededBy(ctx: StudioCtx, project: string, of: readonly Model[]): Promise<ReadonlySet<string>> {
  const { film } = await getFilm(ctx, project);
  const named = of.filter(({ id }) => names(film, id));
  if (named.length === 0) return new Set();
  const made = new Set((await takesOf(ctx, project)).map(({ fingerprint }) => fingerprint));
  return new Set(named.flatMap(({ id }) => (stillToBeMade(film, id, (fingerprint) => made.has(fingerprint)) > 0 ? [id] : [])));
}

/** Whether a film speaks of a model at all: most do not, and then there is nothing to derive. */
const names = ({ wishes, choices }: Film, model: string): boolean => JSON.stringify({ wishes, choices }).includes(JSON.stringify(`model:${model}`));
