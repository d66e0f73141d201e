/** What a step's model is asked for, before its files have links: it is sent so, and the take's manifest says so. */
import type { Aspect, Json, NodeId, TakeFacts } from "#film/film.ts";
import { toolInput } from "#film/inputs/tool-input.ts";
import { requestOf } from "#film/routing/request.ts";
import { houseInput, taskRequest } from "#film/tasks/asking.ts";
import type { QuotedStep, Terms } from "#objects/run/snapshot.ts";

export interface Asked {
  quoted: Pick<QuotedStep, "step" | "kind" | "words">;
  /** Of the model that is asked. */
  terms: Pick<Terms, "asking">;
  takes: readonly [NodeId, TakeFacts][];
  aspect: Aspect;
}

/** The house gets its tool's own input, anybody else our words. Null for a tool that has no request; throws where what it is made from is missing. */
export function placedRequest({ quoted: { step, kind, words }, terms: { asking }, takes: list, aspect }: Asked): Json {
  if (kind === "task") return asking ? taskRequest(step.recipe, asking) : houseInput(step.recipe);
  const takes = new Map(list);
  return asking ? (requestOf(step, { words: words ?? "", takes, asking }) as Json) : toolInput(step, takes, { aspect });
}

/** The words and the seed of what was sent, each null where it has none: of a voice its text, of a house's picture its description, of a chat its message. */
export function wordsAndSeed(asked: Asked): { prompt: Json; seed: Json } {
  const { tool, recipe: { params } } = asked.quoted.step;
  if (tool === "chat") return { prompt: params["message"] ?? null, seed: null };
  const request = placedRequest(asked);
  const sent = typeof request === "object" && request !== null && !Array.isArray(request) ? request : {};
  return { prompt: sent["text"] ?? sent["prompt"] ?? sent["description"] ?? sent["title"] ?? null, seed: sent["seed"] ?? null };
}
