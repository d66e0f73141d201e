/** Single things that are ordered by themselves: quoted like the steps of a film, and made by the same runs. */
import type { StudioCtx } from "#core/context.ts";
import type { Write } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { getFilm, getScript } from "#domains/projects/index.ts";
import type { Recipe } from "#film/film.ts";
import { priceCard } from "#film/prices.ts";
import { partsOf } from "#film/recipes/recipe.ts";
import { aspectIn } from "#film/tasks/asking.ts";
import { taskLabel, taskStep, type TaskOrder, type TaskTool } from "#film/tasks/task.ts";
import type { Snapshot } from "#objects/run/snapshot.ts";
import { BREAK_DOWN, orderReading } from "../breakdown/ordering.ts";
import type { CreateQuote, Quote } from "../contract.ts";
import { keepQuote } from "../quotes/keeping.ts";
import { route } from "../router/service.ts";
import { checkedWish } from "../router/wishes.ts";
import { toolNames } from "../tools/index.ts";
import { readOrder } from "./order.ts";

const CHAT = "chat";

type TaskAsked = Pick<CreateQuote, "project" | "input" | "wish" | "priority" | "stepCreditsMax"> & { tool: string };

/** Prices an order of a single thing. The length, the shape and the files that it names are looked at before anything is held. */
export async function quoteTask(ctx: StudioCtx, { id, remember, asked }: { id: string; remember: readonly Write[]; asked: TaskAsked }): Promise<Quote> {
  if (asked.project !== undefined) await getFilm(ctx, asked.project);
  const read = await readOrder(ctx, id, { tool: asked.tool, input: asked.input ?? {}, wish: asked.wish ?? (asked.tool === BREAK_DOWN || asked.tool === CHAT ? "cheapest" : "best") });
  const reading = read.tool === BREAK_DOWN ? await orderReading(ctx, asked.project ?? noProject()) : null;
  const order = reading ? { ...read, params: reading.params } : read.tool === CHAT ? { ...read, params: { ...read.params, ...(await scriptIn(ctx, asked.project)) } } : read;
  return keepTask(ctx, { id, subject: reading?.id ?? id, remember, order, project: asked.project ?? ctx.studio, priority: asked.priority, stepCreditsMax: asked.stepCreditsMax ?? null, asked });
}

/** The script that a conversation is about; none where it is about no film, or nothing is written yet. */
async function scriptIn(ctx: StudioCtx, project: string | undefined): Promise<TaskOrder["params"]> {
  try {
    const { sha256: script, format } = project === undefined ? { sha256: null, format: null } : await getScript(ctx, project);
    return { script, format };
  } catch (error) {
    if (error instanceof AppError && error.code === "script.not_found") return { script: null, format: null };
    throw error;
  }
}

function noProject(): never {
  throw new AppError("request.invalid", "Name the project whose script is to be read.", { errors: [{ pointer: "/project", detail: "missing" }] });
}

/** A quote of the same again, or by another wish: what a run did not make. */
export function requoteTask(ctx: StudioCtx, { project, priority, steps: [first] }: Snapshot, other?: string): Promise<Quote> {
  if (!first) throw new Error("a quote without a step");
  const { tool, params, wish: before }: Recipe = first.step.recipe;
  const wish = other === undefined ? before : checkedWish(other, tool, "/model");
  const id = ctx.newId("quote");
  return keepTask(ctx, { id, subject: tool === BREAK_DOWN ? partsOf(first.step.node).subject : id, remember: [], order: { tool: tool as TaskTool, params, wish }, project, priority, stepCreditsMax: null });
}

async function keepTask(
  ctx: StudioCtx, { id, subject, remember, order, project, priority, stepCreditsMax, asked }: { id: string; subject: string; remember: readonly Write[]; order: TaskOrder; project: string; priority: number; stepCreditsMax: number | null; asked?: Snapshot["asked"] },
): Promise<Quote> {
  const label = taskLabel(toolNames.get(order.tool) ?? order.tool, order.params);
  const look = { style: "any", aspect: aspectIn(order.params) ?? "any" };
  const routed = await route(ctx, { quote: id, film: look, steps: [taskStep(subject, order)], stepCreditsMax, voices: null, labelOf: () => label });
  const isFree = routed.every(({ step }) => step.item.credits === 0);
  return keepQuote(ctx, {
    id, remember, project, target: { tool: order.tool }, priority, film: null, routed, freeRunsMax: isFree ? priceCard.freeAnimatic.openRuns : null, labelOf: () => label, wordsOf: () => null, ...(asked && { asked }),
  });
}
