/** What whoever runs the platform sees of the making: providers, models, queue, and what went wrong. */
import type { z } from "@hono/zod-openapi";
import { inStudio, type Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { priceOf } from "#film/prices.ts";
import type { Standing } from "#objects/gate/object.ts";
import type { Job, RunRecord } from "../contract.ts";
import { providers } from "../providers/index.ts";
import type { Provider } from "../providers/provider.ts";
import { getRecord } from "../runs/recorded.ts";
import { priceCard } from "../tools/card.ts";
import { models } from "../tools/index.ts";
import type { Model } from "../tools/tool.ts";
import { recordRead, type AdminModel, type AdminProvider, type FailureGroup, type Health, type QueueStanding } from "./contract.ts";
import { healthOf, microsFor, type Counted, type Estimate, type Took } from "./rules.ts";
import { countOutcomes, creditsCaptured, failuresSince, jobsUnderWay, placeOf, standstills, timesTaken, unpricedSince } from "./store.ts";

const DAY_MS = 86_400_000;
const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

interface Lately {
  counted: Counted[];
  taken: Awaited<ReturnType<typeof timesTaken>>;
  captured: { provider: string; model: string; credits: number }[];
  unpriced: ({ provider: string; model: string } & Estimate)[];
}
type Meant = (row: { provider: string; model: string }) => boolean;

function healthIn({ counted, captured, unpriced }: Lately, took: Took | undefined, isMeant: Meant): Health {
  const estimates = unpriced.filter(isMeant);
  const estimate = estimates.length === 0 ? null : { attempts: estimates.reduce((sum, { attempts }) => sum + attempts, 0), micros: estimates.reduce((sum, { micros }) => sum + micros, 0) };
  const credits = captured.filter(isMeant).reduce((sum, row) => sum + row.credits, 0);
  return healthOf(counted.filter(isMeant), { took: { p50Ms: took?.p50Ms ?? null, p90Ms: took?.p90Ms ?? null }, credits, estimate });
}

/** Every provider with its gate, its models and how the last day went. */
export async function listProviders(ctx: Ctx): Promise<AdminProvider[]> {
  const since = ctx.now() - DAY_MS;
  const [counted, taken, captured, unsaid] = await Promise.all([countOutcomes(ctx, since), timesTaken(ctx, since), creditsCaptured(ctx, since), unpricedSince(ctx, since)]);
  const unpriced = unsaid.flatMap(({ provider, model: id, attempts, credits }) => {
    const model = models.get(id);
    const micros = model ? microsFor(credits, { price: priceOf(priceCard, { tool: model.tool, model: id }), vendorPrice: model.vendorPrice }) : null;
    return micros === null ? [] : [{ provider, model: id, attempts, micros }];
  });
  return Promise.all([...providers.values()].map((provider) => providerView(ctx, provider, { counted, taken, captured, unpriced })));
}

async function providerView(ctx: Ctx, provider: Provider, lately: Lately): Promise<AdminProvider> {
  const { id, name, secrets, limits, models } = provider;
  const standing: Standing = await ctx.env.GATE.getByName(id).standing();
  return {
    object: "provider", id, name, configured: provider.configured(ctx.env) !== null, secrets: [...secrets],
    gate: { leases: standing.leases, waiters: standing.waiters, longestWaitMs: standing.longestWaitMs, throttledUntil: isoOrNull(standing.throttledUntil), limits: { ...(standing.limits ?? limits) } },
    health: healthIn(lately, lately.taken.find((row) => row.provider === id && row.model === null), (row) => row.provider === id), models: models.map((model) => modelView(ctx, model, standing, lately)),
  };
}

function modelView(ctx: Ctx, model: Model, standing: Standing, lately: Lately): z.infer<typeof AdminModel> {
  const { id, label, tool, lifecycle, sunset, vendorPrice, provider } = model;
  const breaker = standing.breakers.find(({ circuit }) => circuit === id || (provider === "house" && circuit === provider));
  const price = priceOf(priceCard, { tool, model: id });
  const isMeant: Meant = (row) => row.model === id || (row.provider === provider && row.model === model.name);
  const isOpen = breaker?.openUntil !== undefined && breaker.openUntil !== null && breaker.openUntil > ctx.now();
  return {
    id, label, tool, lifecycle, retires: sunset?.retires ?? null, successor: sunset?.successor ?? null,
    price: price && { credits: price.unitCredits, unit: price.unit, card: priceCard.version },
    vendorPrice: vendorPrice && { micros: vendorPrice.micros, unit: vendorPrice.unit, version: vendorPrice.version, source: vendorPrice.source },
    breaker: { state: isOpen ? "open" : breaker ? "failing" : "closed", failures: breaker?.failures ?? 0, openUntil: isoOrNull(breaker?.openUntil ?? null) },
    health: healthIn(lately, lately.taken.find((row) => row.model !== null && isMeant({ provider: row.provider, model: row.model })), isMeant),
  };
}

/** What ended badly in so many hours, by cause, the most frequent first. */
export async function listFailures(ctx: Ctx, hours: number): Promise<FailureGroup[]> {
  const rows = await failuresSince(ctx, ctx.now() - hours * 3_600_000);
  return rows.map(({ jobs, first, last, ...row }) => ({ ...row, first: iso(first), last: iso(last), jobs: JSON.parse(jobs) as FailureGroup["jobs"] }));
}

/** The record of a job's run, whosever it is. It has what the studio wrote, so reading it is written down first. */
export async function getJobRecord(ctx: Ctx, job: string): Promise<RunRecord> {
  const place = await placeOf(ctx, job);
  if (!place) throw new AppError("job.not_found", "There is no such job. Copy its id from /admin/jobs.");
  await commit(ctx, recordRead(place.studio, job, { job, run: place.run }), []);
  return getRecord(inStudio(ctx, place.studio, "viewer"), place.run);
}

/** What is under way, and what stands still. */
export async function queueStanding(ctx: Ctx): Promise<z.infer<typeof QueueStanding>> {
  const [states, { waiting, dead }] = await Promise.all([jobsUnderWay(ctx), standstills(ctx)]);
  return { object: "queue", states: states.map(({ status, tool, count, oldest }) => ({ status: status as Job["status"], tool, count, oldest: iso(oldest) })), runsWaiting: waiting, deadLetters: dead };
}
