/** Anthropic's Messages API, as @ai-sdk/anthropic 4 and its own client speak it. */
import { VendorEmulator, type Asked } from "../vendor/emulator.ts";
import type { Where } from "../vendor/faults.ts";
import { tokensIn, TextScript, wordsIn } from "../vendor/texts.ts";

export class AnthropicEmulator extends VendorEmulator {
  override readonly backoff = [];
  readonly texts = new TextScript();

  locate(method: string): Pick<Where, "at" | "job"> {
    return { at: method === "POST" ? "create" : "other", job: null };
  }

  answer({ request, url, body }: Asked): Promise<Response> {
    return Promise.resolve(this.#answer(request, url, body));
  }

  failure(status: number): Response {
    const types: Record<number, string> = { 400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error" };
    return error(status, types[status] ?? "api_error", "It did not work.");
  }

  messageOf(): null {
    return null;
  }

  sign(): Promise<Record<string, string>> {
    return Promise.resolve({});
  }

  #answer(request: Request, url: URL, body: string): Response {
    // Its own client sends the key as a bearer's since version 1; others send it by its old header.
    const key = request.headers.get("x-api-key") ?? request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (key !== this.options.key) return error(401, "authentication_error", "invalid x-api-key");
    if (url.pathname !== "/v1/messages") return error(404, "not_found_error", "Not found");
    if (!request.headers.get("anthropic-version")) return error(400, "invalid_request_error", "anthropic-version: header is required");
    const { model, max_tokens: most, tools, tool_choice: choice } = JSON.parse(body) as { model: string; max_tokens?: number; tools?: { name: string }[]; tool_choice?: { type: string; name?: string } };
    if (most === undefined) return error(400, "invalid_request_error", "max_tokens: Field required");
    const answer = this.texts.next(body);
    const text = answer === "stop" ? '{"half' : wordsIn(answer);
    // Without native structured output its SDK asks by a tool.
    const asTool = choice?.type === "tool" || (choice?.type === "any" && tools?.length === 1) ? (choice.name ?? tools?.[0]?.name ?? null) : null;
    const content = answer === "refuse" ? [] : asTool !== null && typeof answer === "object" && typeof answer.says === "object" ? [{ type: "tool_use", id: "toolu_1", name: asTool, input: answer.says }] : [{ type: "text", text }];
    const reason = answer === "refuse" ? "refusal" : answer === "stop" ? "max_tokens" : asTool === null ? "end_turn" : "tool_use";
    return Response.json({ id: "msg_1", type: "message", role: "assistant", model, content, stop_reason: reason, stop_sequence: null, usage: { input_tokens: tokensIn(body), output_tokens: tokensIn(text) } });
  }
}

const error = (status: number, type: string, message: string): Response => Response.json({ type: "error", error: { type, message }, request_id: "req_1" }, { status });
