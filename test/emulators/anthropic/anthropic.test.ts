/** The emulator, as Anthropic's own client meets it. */
import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { AnthropicEmulator } from "./emulator.ts";

const KEY = "key-of-the-tests";
const ORIGIN = "https://api.anthropic.com";

function world({ key = KEY } = {}) {
  const emulator = new AnthropicEmulator({ origin: ORIGIN, filesOrigin: ORIGIN, key: KEY, now: () => Date.now(), deliver: null, delayMs: null });
  const client = new Anthropic({ apiKey: key, baseURL: ORIGIN, maxRetries: 0, fetch: (url, init) => emulator.handle(new Request(url as string, { ...init, ...(init?.body ? { duplex: "half" } : {}) } as RequestInit)) });
  return { emulator, client };
}

const schema = { type: "object", properties: { who: { type: "string" } }, required: ["who"], additionalProperties: false } as const;
const ask = (client: Anthropic) => client.messages.create({ model: "claude-haiku-5-5", max_tokens: 200, messages: [{ role: "user", content: "Who?" }], output_config: { format: { type: "json_schema", schema } } });

test("text fits the schema that it was given, is refused, or stops in the middle", async () => {
  const { emulator, client } = world();
  emulator.texts.answers.push({ says: { who: "Marta" } }, "refuse", "stop");
  const { content, stop_reason: reason, usage } = await ask(client);
  expect([reason, content.map((part) => (part.type === "text" ? JSON.parse(part.text) : part.type)), usage.output_tokens > 0]).toEqual(["end_turn", [{ who: "Marta" }], true]);
  expect(await ask(client)).toMatchObject({ stop_reason: "refusal", content: [] });
  expect(await ask(client)).toMatchObject({ stop_reason: "max_tokens" });
});

test("errors are the SDK's own: a key, a limit, too much to do", async () => {
  await expect(ask(world({ key: "wrong" }).client)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
  const { emulator, client } = world();
  emulator.faults.push({ at: "create", times: 1, does: { status: 429 } }, { at: "create", times: 1, does: { status: 529 } });
  await expect(ask(client)).rejects.toBeInstanceOf(Anthropic.RateLimitError);
  await expect(ask(client)).rejects.toMatchObject({ status: 529, error: { error: { type: "overloaded_error" } } });
});
