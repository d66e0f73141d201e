/** How a message of a chat is answered: by a language model, once, like by any vendor that answers at once. */
import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { readText } from "#domains/projects/index.ts";
import { breakDown } from "#film/breakdown/index.ts";
import { CHAT_INSTRUCTIONS, chatInput, filmTold, TURN_LETTERS_MAX, type ChatTurn } from "#film/chat/prompt.ts";
import type { Json, Recipe } from "#film/film.ts";
import { readScript, type ScriptFormat } from "#film/fountain/index.ts";
import { answeredAtOnce, keepAll, streamOf } from "../providers/kept.ts";
import type { Keep, Sight, Submission } from "../providers/provider.ts";
import { endedAtACost, refusalOf } from "../text/failures.ts";
import { writeObject } from "../text/write-object.ts";

const REPLY_TOKENS_MAX = 1_000;
const Reply = z.object({ reply: z.string().trim().min(1).max(TURN_LETTERS_MAX) });

/** Answers the message that a recipe has, and keeps the answer. */
export async function submitMessage(ctx: Ctx, { recipe, model, keep, signal }: { recipe: Pick<Recipe, "params">; model: string; keep: Keep; signal: AbortSignal }): Promise<Submission & { sight?: Sight }> {
  const { message, history, script, format } = recipe.params;
  const told = typeof script === "string" ? await toldOf(ctx, script, format) : null;
  const turns: ChatTurn[] = [...((history ?? []) as unknown as ChatTurn[]), { by: "you", text: String(message) }];
  const written = await writeObject(ctx, { schema: Reply, instructions: CHAT_INSTRUCTIONS, input: chatInput({ told, turns }), maxOutputTokens: REPLY_TOKENS_MAX, model, signal });
  if (!written.ok) return written.costMicros > 0 ? endedAtACost(written, "message") : refusalOf(written, "message");
  const kept = await keepAll(keep, [{ role: "reply", body: streamOf(new TextEncoder().encode(JSON.stringify(written.value))), contentType: "application/json" }]);
  return kept ? answeredAtOnce({ id: "", kept: ["reply"], costMicros: written.costMicros }, {}) : { end: "unknown", because: "lost" };
}

async function toldOf(ctx: Ctx, script: string, format: Json | undefined): Promise<string> {
  const text = await readText(ctx, script);
  return filmTold({ text, breakdown: () => breakDown(readScript({ text, format: format as ScriptFormat }), { seed: 1 }) });
}
