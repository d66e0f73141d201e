/** How a quote is kept: its snapshot in storage, its row and why each step went where it did in one batch. */
import { and, eq } from "drizzle-orm";
import type { StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { walletOf } from "#domains/credits/index.ts";
import type { Film } from "#film/film.ts";
import type { Step } from "#film/plan.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import { projectOf, snapshotKey, type QuotedStep, type Snapshot } from "#objects/run/snapshot.ts";
import type { Quote } from "../contract.ts";
import { termsFor } from "../router/rules.ts";
import { keepRoutings, type Routed } from "../router/service.ts";
import { quotes, type QuoteRow } from "../tables.ts";
import { historyOf } from "../times/store.ts";
import { priceCard } from "../tools/card.ts";
import { estimate } from "./estimate.ts";

export const QUOTE_MS = 15 * 60_000;
/** A run is given ten times what it is expected to take, and at least an hour, so that a provider may be down for a while. */
const DEADLINE_TIMES = 10;
const DEADLINE_MS_MIN = 3_600_000;
const DEADLINE_MS_MAX = 24 * 3_600_000;

interface Kept extends Pick<Snapshot, "project" | "target" | "priority" | "freeRunsMax" | "wished" | "asked"> {
  id: string;
  film: Film | null;
  routed: readonly Routed[];
  labelOf(step: Step): string;
  /** What a step is to make in words, for models that read prompts, where its recipe does not say so itself. */
  wordsOf(step: Step): string | null;
  /** What remembers the request's key. */
  remember: readonly Write[];
}

/** Keeps a quote, and answers it. */
export async function keepQuote(ctx: StudioCtx, kept: Kept): Promise<Quote> {
  const { id, routed, remember } = kept;
  const snapshot = await snapshotOf(ctx, kept);
  const jobs = new Map(snapshot.steps.map(({ step, job }) => [step.id, job]));
  await ctx.env.MEDIA.put(snapshotKey(ctx.studio, id), JSON.stringify(snapshot), { httpMetadata: { contentType: "application/json" } });
  const row: QuoteRow = {
    id, studio: ctx.studio, project: snapshot.project, target: snapshot.target, status: "open", run: null, credits: snapshot.credits, steps: snapshot.steps.length,
    filmVersion: snapshot.film?.version ?? 0, priceCard: snapshot.priceCard, createdAt: snapshot.createdAt, expiresAt: snapshot.expiresAt,
    secondsP50: snapshot.seconds.p50, secondsP90: snapshot.seconds.p90,
  };
  await commit(ctx, { type: "quote.made", studio: ctx.studio, subject: id, data: { quote: id, project: row.project, credits: row.credits } }, [
    ...remember, ctx.db.insert(quotes).values(row), ...keepRoutings(ctx, { quote: id, routed, jobOf: (step) => jobs.get(step.id) ?? "" }),
  ]);
  return toQuote(ctx, row, snapshot);
}

async function snapshotOf(ctx: StudioCtx, { id, project, target, priority, film, routed, freeRunsMax, wished, asked, labelOf, wordsOf }: Kept): Promise<Snapshot> {
  const now = ctx.now();
  const steps = await Promise.all(routed.map(async ({ step, model, provider, alternatives, offers, choice }): Promise<QuotedStep> => ({
    step, job: await derivedId("job", id, step.id), kind: partsOf(step.node).kind, label: labelOf(step), allowed: [model, ...alternatives.map((other) => other.model)].map((one) => one.id), why: choice.why,
    terms: termsFor(model, provider), alternatives: alternatives.map((other) => termsFor(other.model, other.provider)), words: wordsOf(step), offers,
  })));
  const seconds = estimate(routed, await historyOf(ctx, routed.map(({ model }) => model.id)));
  return {
    v: 1, quote: id, run: await derivedId("run", id), studio: ctx.studio, project, target, film, priceCard: priceCard.version,
    priority, credits: routed.reduce((sum, { step }) => sum + step.item.credits, 0), seconds, deadlineMs: Math.min(DEADLINE_MS_MAX, Math.max(DEADLINE_MS_MIN, seconds.p90 * 1_000 * DEADLINE_TIMES)),
    freeRunsMax, createdAt: now, expiresAt: now + QUOTE_MS, steps, ...(wished && { wished }), ...(asked && { asked }),
  };
}

/** The quote's row, or a 404 that does not tell whether another studio has it. */
export async function requireQuote(ctx: StudioCtx, id: string): Promise<QuoteRow> {
  const row = await ctx.db.select().from(quotes).where(and(eq(quotes.studio, ctx.studio), eq(quotes.id, id))).get();
  if (!row) throw new AppError("quote.not_found", "There is no such quote in this studio. Ask for a new one.");
  return row;
}

/** What a quote froze. */
export async function readSnapshot(ctx: StudioCtx, id: string): Promise<Snapshot> {
  const stored = await ctx.env.MEDIA.get(snapshotKey(ctx.studio, id));
  if (!stored) throw new Error(`the snapshot of ${id} is missing`);
  return stored.json<Snapshot>();
}

export async function getQuote(ctx: StudioCtx, id: string): Promise<Quote> {
  const row = await requireQuote(ctx, id);
  return toQuote(ctx, row, await readSnapshot(ctx, id));
}

async function toQuote(ctx: StudioCtx, row: QuoteRow, snapshot: Snapshot): Promise<Quote> {
  const { available } = await walletOf(ctx, ctx.studio).balance();
  return {
    object: "quote", id: row.id, project: projectOf(row), target: row.target, status: row.status === "used" ? "used" : ctx.now() >= row.expiresAt ? "expired" : "open", run: row.run,
    credits: row.credits, available, seconds: snapshot.seconds, createdAt: new Date(row.createdAt).toISOString(), expiresAt: new Date(row.expiresAt).toISOString(),
    items: snapshot.steps.map(({ step, label, terms, why, alternatives }) => ({
      step: step.id, node: step.node, label, tool: step.tool, model: terms.id ?? terms.model, credits: step.item.credits, quantity: step.item.quantity, unit: step.item.unit,
      why, alternatives: (alternatives ?? []).map((other) => other.id ?? other.model),
    })),
  };
}
