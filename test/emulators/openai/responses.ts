/** The Responses API: text, structured where a schema is given. */
import { tokensIn, wordsIn, type TextScript } from "../vendor/texts.ts";

export function respond(script: TextScript, body: string): Response {
  const { model, text: format, max_output_tokens: most } = JSON.parse(body) as { model: string; text?: { format?: { type: string; strict?: boolean; schema?: { additionalProperties?: boolean } } }; max_output_tokens?: number };
  const schema = format?.format?.type === "json_schema" ? format.format : null;
  if (schema?.strict === true && schema.schema?.additionalProperties !== false) return Response.json({ error: { message: "Invalid schema for response_format: 'additionalProperties' is required to be supplied and to be false.", type: "invalid_request_error", param: "text.format.schema", code: "invalid_json_schema" } }, { status: 400 });
  const answer = script.next(body);
  const text = answer === "stop" ? '{"half' : wordsIn(answer);
  const content = answer === "refuse" ? [{ type: "refusal", refusal: "I'm sorry, I can't help with that." }] : [{ type: "output_text", text, annotations: [], logprobs: [] }];
  const usage = { input_tokens: tokensIn(body), input_tokens_details: { cached_tokens: 0 }, output_tokens: tokensIn(text), output_tokens_details: { reasoning_tokens: 0 }, total_tokens: tokensIn(body) + tokensIn(text) };
  return Response.json({
    id: "resp_1", object: "response", created_at: 1_795_000_000, status: answer === "stop" ? "incomplete" : "completed", incomplete_details: answer === "stop" ? { reason: "max_output_tokens" } : null, error: null, model, max_output_tokens: most ?? null,
    output: [{ id: "msg_1", type: "message", role: "assistant", status: answer === "stop" ? "incomplete" : "completed", content }], parallel_tool_calls: true, tools: [], usage,
  });
}
