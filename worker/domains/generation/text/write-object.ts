/** Has a language model write something of a given shape. What it reads is data: instructions are ours alone. */
import type { z } from "zod";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { failureOf, type WhyNot } from "./failures.ts";
import { costOf, tokensOf, type TextModel, type Tokens } from "./models.ts";
import { languageModel, textModelsHere } from "./vendors.ts";

/** What is to be written. `model`: one by name; else the cheapest or best that is set up here. */
export interface WriteOrder<Value> {
  schema: z.ZodType<Value>;
  instructions: string;
  input: string;
  maxOutputTokens: number;
  signal?: AbortSignal;
  model?: string;
  wish?: "cheapest" | "best";
}

/** `costMicros`: millionths of a dollar, of what was counted; of an answer that never came nobody knows. */
export type Written<Value> =
  | { ok: true; value: Value; model: string; tokens: Tokens; costMicros: number }
  | { ok: false; because: WhyNot; model: string | null; tokens: Tokens; costMicros: number; retryAfterMs: number | null };

/** Models that a text and an answer of these lengths fit into, in the order in which they are asked. */
export function writersFor(ctx: Ctx, { inputTokens, maxOutputTokens, model, wish = "cheapest" }: { inputTokens: number; maxOutputTokens: number; model?: string | undefined; wish?: "cheapest" | "best" | undefined }): TextModel[] {
  const able = textModelsHere(ctx).filter((each) => (model === undefined || each.id === model) && inputTokens + maxOutputTokens <= each.context && maxOutputTokens <= each.outputMax);
  const worst = (each: TextModel): number => costOf(each, { input: inputTokens, output: maxOutputTokens });
  return able.sort((a, b) => (wish === "best" ? b.quality - a.quality : worst(a) - worst(b)) || (a.id < b.id ? -1 : 1));
}

/**
 * Writes once. A model that certainly did nothing (busy, or our set-up at it is at fault) is passed over for the next; whatever else goes wrong ends
 * it, since it may have been paid for. Nothing is thrown.
 */
export async function writeObject<Value>(ctx: Ctx, order: WriteOrder<Value>): Promise<Written<Value>> {
  const inputTokens = tokensOf(order.instructions) + tokensOf(order.input);
  const writers = writersFor(ctx, { inputTokens, maxOutputTokens: order.maxOutputTokens, model: order.model, wish: order.wish });
  let last: Written<Value> = { ok: false, because: textModelsHere(ctx).length === 0 || writers.length > 0 ? "not_configured" : "too_long", model: null, tokens: { input: 0, output: 0 }, costMicros: 0, retryAfterMs: null };
  for (const writer of writers) {
    last = await writeWith(ctx, writer, order);
    logLine({ evt: "text.written", model: writer.id, because: last.ok ? null : last.because, input: last.tokens.input, output: last.tokens.output, requestId: ctx.requestId });
    if (last.ok || (last.because !== "busy" && last.because !== "not_let_in")) return last;
  }
  return last;
}

async function writeWith<Value>(ctx: Ctx, writer: TextModel, { schema, instructions, input, maxOutputTokens, signal }: WriteOrder<Value>): Promise<Written<Value>> {
  const { APICallError, generateText, NoObjectGeneratedError, Output } = await import("ai");
  try {
    const model = await languageModel(ctx, writer);
    if (!model) return { ok: false, because: "not_configured", model: writer.id, tokens: { input: 0, output: 0 }, costMicros: 0, retryAfterMs: null };
    const answer = await generateText({ model, instructions, prompt: input, output: Output.object({ schema }), maxOutputTokens, maxRetries: 0, ...(signal && { abortSignal: signal }) });
    const tokens = { input: answer.usage.inputTokens ?? 0, output: answer.usage.outputTokens ?? 0 };
    // Read again by our own schema: what an SDK lets through is its matter.
    const value = schema.safeParse(answer.output);
    if (!value.success) return { ok: false, because: "unreadable", model: writer.id, tokens, costMicros: costOf(writer, tokens), retryAfterMs: null };
    return { ok: true, value: value.data, model: writer.id, tokens, costMicros: costOf(writer, tokens) };
  } catch (error) {
    const { because, tokens, retryAfterMs } = failureOf(error, { APICallError, NoObjectGeneratedError }, ctx.now());
    return { ok: false, because, model: writer.id, tokens, costMicros: costOf(writer, tokens), retryAfterMs };
  }
}
