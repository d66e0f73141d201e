/** Models that end: what their vendors have said, who depends on them, and how a film moves to what takes their place. */
import { and, count, eq } from "drizzle-orm";
import type { z } from "zod";
import type { Ctx, StudioCtx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { logLine } from "#core/log.ts";
import { decodeCursor, encodeCursor } from "#core/page.ts";
import { changeFilm, getFilm, liveTitles } from "#domains/projects/index.ts";
import { replaceModel } from "#film/choices.ts";
import type { Film } from "#film/film.ts";
import { buildGraph } from "#film/graph/graph.ts";
import { priceOf } from "#film/prices.ts";
import { providers, reach } from "../providers/index.ts";
import { createQuote } from "../quotes/service.ts";
import { takes } from "../tables.ts";
import { takesOf } from "../takes/store.ts";
import { priceCard } from "../tools/card.ts";
import { models, type Model } from "../tools/index.ts";
import { modelSunset, type AffectedProjects, type OfModel, type ReplaceModel, type Replacement } from "./contract.ts";
import type { ModelView, Quote, Sunset } from "../contract.ts";
import { lifecycleAt } from "./rules.ts";
import * as store from "./store.ts";

/** What is said about a model's end: by its file here, or as the vendor published it since. Null: nothing. */
export function sunsetOf(model: Model, shutdowns: store.Shutdowns): z.infer<typeof Sunset> | null {
  const published = shutdowns.get(model.id);
  if (model.sunset === null && published === undefined) return null;
  const retires = Math.min(published?.retires ?? Infinity, model.sunset ? Date.parse(model.sunset.retires) : Infinity);
  const announced = model.sunset ? Date.parse(model.sunset.announced) : (published?.seenAt ?? retires);
  return { announced: new Date(announced).toISOString(), retires: new Date(retires).toISOString(), successor: model.sunset?.successor ?? null };
}

/** Headers of RFC 8594 and RFC 9745 for an answer that names models which end: the dates of the one that ends first. */
export function sunsetHeaders(ending: readonly (z.infer<typeof Sunset> | null)[]): Record<string, string> {
  const [first] = ending.flatMap((sunset) => sunset ?? []).sort((a, b) => Date.parse(a.retires) - Date.parse(b.retires));
  return first ? { sunset: new Date(first.retires).toUTCString(), deprecation: `@${Math.floor(Date.parse(first.announced) / 1_000)}` } : {};
}

/** Every night: asks those providers that publish the ends of their models, and tells administrators of what is new. */
export async function noteShutdowns(ctx: Ctx): Promise<void> {
  for (const provider of providers.values()) {
    const reached = reach(ctx, provider.id);
    if (!reached?.provider.shutdowns) continue;
    try {
      for (const { name, at } of await reached.provider.shutdowns(reached.call)) await noteShutdown(ctx, { provider: provider.id, name, at });
    } catch (error) {
      logLine({ evt: "models.shutdowns_unread", provider: provider.id, error: String(error) });
    }
  }
}

async function noteShutdown(ctx: Ctx, { provider, name, at }: { provider: string; name: string; at: number }): Promise<void> {
  const named = [...models.values()].filter((model) => model.provider === provider && model.name === name);
  const known = new Map((await store.knownShutdowns(ctx, named.map(({ id }) => id))).map((row) => [row.model, row.retires]));
  for (const model of named) {
    if (known.get(model.id) === at) continue;
    const retires = new Date(at).toISOString();
    // A critical finding is told to every administrator by mail.
    const finding = ctx.env.DB.prepare("INSERT INTO findings (id, studio, source, severity, subject, detail, data, at) VALUES (?, NULL, 'models', 'critical', ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
      .bind(`models:${model.id}:${retires}`, model.id, `${provider} shuts ${model.id} down on ${retires.slice(0, 10)}. Name a successor in its adapter.`, JSON.stringify({ model: model.id, provider, retires }), ctx.now());
    await finding.run();
    await commit(ctx, modelSunset(null, model.id, { model: model.id, provider, retires, successor: model.sunset?.successor ?? null }), [store.putShutdown(ctx, { model: model.id, retires: at, seenAt: ctx.now() })]);
  }
}

/** All models, as anybody may read of them. */
export async function listAllModels(ctx: Ctx): Promise<z.infer<typeof ModelView>[]> {
  const shutdowns = await store.shutdownsOf(ctx);
  return [...models.values()].map((model) => {
    const { id, label, tool, provider, speed, quality, accepts } = model;
    const price = priceOf(priceCard, { tool, model: id });
    const lifecycle = lifecycleAt(model, { now: ctx.now(), announced: shutdowns.get(id)?.retires ?? null });
    return {
      object: "model", id, label, tool, provider, lifecycle, speed, quality, sunset: sunsetOf(model, shutdowns), available: (lifecycle === "active" || lifecycle === "deprecated") && reach(ctx, provider) !== null,
      accepts: accepts && { ...accepts, seconds: accepts.seconds && { ...accepts.seconds, only: accepts.seconds.only && [...accepts.seconds.only] }, aspects: [...accepts.aspects], resolutions: [...accepts.resolutions], languages: accepts.languages && [...accepts.languages] },
      price: price && { credits: price.unitCredits, unit: price.unit, card: priceCard.version },
    };
  });
}

/** The same headers for an answer that names these models. */
export async function headersFor(ctx: Ctx, named: readonly string[]): Promise<Record<string, string>> {
  const ending = [...new Set(named)].flatMap((id) => models.get(id) ?? []);
  if (ending.every(({ provider }) => provider === "house")) return {};
  const shutdowns = await store.shutdownsOf(ctx);
  return sunsetHeaders(ending.map((model) => sunsetOf(model, shutdowns)));
}

function requireModel(id: string): Model {
  const model = models.get(id);
  if (!model) throw new AppError("model.not_found", "There is no such model. List them at /api/v1/models.");
  return model;
}

const sideOf = ({ id, tool, quality }: Model) => {
  const price = priceOf(priceCard, { tool, model: id });
  return { model: id, quality, price: price && { credits: price.unitCredits, unit: price.unit } };
};

const successorOf = (model: Model): Model | null => (model.sunset?.successor ? (models.get(model.sunset.successor) ?? null) : null);

/** The nodes of a film that are wished for from a model and have no take yet. */
export function stillToBeMade(film: Film, model: string, hasTake: (fingerprint: string) => boolean): number {
  return [...buildGraph(film).nodes.values()].filter(({ recipe, fingerprint }) => recipe.wish === `model:${model}` && !hasTake(fingerprint)).length;
}

/** What is offered in a model's place where no successor is named that the studio may use: the nearest in quality, then in price. Null where there is nothing of its tool. */
async function nearestTo(ctx: StudioCtx, model: Model, shutdowns: store.Shutdowns): Promise<Model | null> {
  const allowed = (await store.findProviders(ctx))?.allowed ?? null;
  const mayUse = ({ provider }: Model): boolean => reach(ctx, provider) !== null && (provider === "house" || allowed === null || allowed.includes(provider));
  const stays = (other: Model): boolean => lifecycleAt(other, { now: ctx.now(), announced: shutdowns.get(other.id)?.retires ?? null }) === "active";
  const successor = successorOf(model);
  if (successor && mayUse(successor)) return null;
  const others = [...models.values()].filter((other) => other.tool === model.tool && other.id !== model.id && stays(other) && mayUse(other));
  const away = ({ quality }: Model): number => Math.abs(quality - model.quality);
  const credits = ({ id, tool }: Model): number => priceOf(priceCard, { tool, model: id })?.unitCredits ?? Infinity;
  return others.toSorted((a, b) => away(a) - away(b) || credits(a) - credits(b))[0] ?? null;
}

/** The studio's projects that have takes of a model, or still wish for it: those with takes first, then those that were changed last. So many are looked at for a page. */
export async function affectedProjects(ctx: StudioCtx, { model: id, limit, cursor }: z.infer<typeof OfModel>): Promise<z.infer<typeof AffectedProjects>> {
  const model = requireModel(id);
  const shutdowns = await store.shutdownsOf(ctx);
  const from = cursor === undefined ? 0 : Math.max(0, Math.trunc(Number(decodeCursor(cursor, 1)[0])) || 0);
  const made = new Map((await ctx.db.select({ project: takes.project, takes: count() }).from(takes).where(and(eq(takes.studio, ctx.studio), eq(takes.model, id))).groupBy(takes.project).all()).map((row) => [row.project, row.takes]));
  const titles = [...(await liveTitles(ctx, { first: [...made.keys()], limit: limit + 1, from }))];
  const data = await Promise.all(titles.slice(0, limit).map(async ([project, title]) => {
    const { film } = await getFilm(ctx, project);
    const fingerprints = new Set((await takesOf(ctx, project)).map(({ fingerprint }) => fingerprint));
    return { project, title, takes: made.get(project) ?? 0, wished: stillToBeMade(film, id, (fingerprint) => fingerprints.has(fingerprint)) };
  }));
  const successor = successorOf(model);
  const nearest = await nearestTo(ctx, model, shutdowns);
  return {
    object: "affected_projects", model: id, lifecycle: lifecycleAt(model, { now: ctx.now(), announced: shutdowns.get(id)?.retires ?? null }), sunset: sunsetOf(model, shutdowns),
    from: sideOf(model), to: successor && sideOf(successor), nearest: nearest && sideOf(nearest), data: data.filter((row) => row.takes > 0 || row.wished > 0), nextCursor: titles.length > limit ? encodeCursor([from + limit]) : null,
  };
}

/**
 * Moves a film off a model, to its successor unless another is named, and quotes what is still to be made. What has its take keeps it. The answer says what the
 * two models differ in.
 */
export async function replaceInFilm(ctx: StudioCtx, project: string, { base, from, to, target }: z.infer<typeof ReplaceModel>): Promise<z.infer<typeof Replacement>> {
  const old = requireModel(from);
  const other = to === null ? successorOf(old) : requireModel(to);
  if (!other) {
    const nearest = await nearestTo(ctx, old, await store.shutdownsOf(ctx));
    throw new AppError("model.no_successor", `Nobody has named what takes the place of ${from}. Name a model yourself, as \`to\`${nearest ? `: ${nearest.id} is nearest` : ""}.`);
  }
  if (other.tool !== old.tool) throw new AppError("request.invalid", `${other.id} makes ${other.tool}, not ${old.tool}.`, { errors: [{ pointer: "/to", detail: "another tool" }] });
  const fingerprints = new Set((await takesOf(ctx, project)).map(({ fingerprint }) => fingerprint));
  const hasTake = (fingerprint: string): boolean => fingerprints.has(fingerprint);
  const film = await changeFilm(ctx, project, {
    base, what: `${from} was replaced by ${other.id}`, touches: [{ field: "wishes", yours: null, read: ({ wishes, choices }) => ({ wishes, choices }) }],
    change: (before) => replaceModel(before, { from, to: `model:${other.id}`, hasTake }),
  });
  const quote = await orWhyNot(() => createQuote({ ...ctx, idempotencyKey: null }, { project, target, priority: 2 }));
  return { object: "replacement", film, from: sideOf(old), to: sideOf(other), ...quote };
}

/** The film is changed whether or not it can be quoted as a whole: then the reason is told, and parts of it can be quoted. */
async function orWhyNot(quote: () => Promise<Quote>): Promise<{ quote: Quote | null; problem: { code: string; detail: string } | null }> {
  try {
    return { quote: await quote(), problem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { quote: null, problem: { code: error.code, detail: error.detail } };
  }
}
