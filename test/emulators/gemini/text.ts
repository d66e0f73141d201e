/** Text by `:generateContent`, and how it refuses: of what was asked, without a candidate; of what it wrote, with an empty one. */
import { tokensIn, wordsIn, type TextScript } from "../vendor/texts.ts";

export function generateContent(script: TextScript, path: string, body: string): Response {
  const { contents } = JSON.parse(body) as { contents?: unknown[] };
  if (!Array.isArray(contents) || contents.length === 0) return Response.json({ error: { code: 400, message: "contents is not specified", status: "INVALID_ARGUMENT" } }, { status: 400 });
  const answer = script.next(body);
  const modelVersion = /models\/([^:]+):/.exec(path)?.[1] ?? "";
  const asked = tokensIn(body);
  if (answer === "refuse") return Response.json({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: asked, totalTokenCount: asked }, modelVersion });
  const text = answer === "stop" ? '{"half' : wordsIn(answer);
  const usageMetadata = { promptTokenCount: asked, candidatesTokenCount: tokensIn(text), totalTokenCount: asked + tokensIn(text) };
  return Response.json({ candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: answer === "stop" ? "MAX_TOKENS" : "STOP", index: 0 }], usageMetadata, modelVersion });
}
