/** The vendor's own SDK as a client: what it takes for OpenAI is near enough to OpenAI. */
import OpenAI from "openai";
import { expect, test } from "vitest";
import { OpenAiEmulator } from "./emulator.ts";

const KEY = "sk-of-the-sdk-tests";
const SECRET = `whsec_${btoa("the secret of the sdk tests")}`;

function world({ key = KEY } = {}) {
  const emulator = new OpenAiEmulator({ origin: "https://api.openai.com", filesOrigin: "https://api.openai.com", key: KEY, webhookSecret: SECRET, now: () => Date.now(), deliver: null, delayMs: null });
  const client = new OpenAI({ apiKey: key, maxRetries: 0, webhookSecret: SECRET, fetch: (url, init) => emulator.handle(new Request(url, { ...init, ...(init?.body ? { duplex: "half" } : {}) } as RequestInit)) });
  return { emulator, client };
}

test("speech, a transcript with words and a picture come as the SDK reads them", async () => {
  const { client } = world();
  const speech = await client.audio.speech.create({ model: "gpt-4o-mini-tts", voice: "coral", input: "You're late.", response_format: "wav" });
  expect(new TextDecoder().decode((await speech.arrayBuffer()).slice(0, 4))).toBe("RIFF");
  const heard = await client.audio.transcriptions.create({ model: "whisper-1", file: new File(["a recording"], "line.wav"), response_format: "verbose_json", timestamp_granularities: ["word"] });
  expect(heard.words?.[1]).toEqual({ word: "late", start: 0.4, end: expect.closeTo(0.7) });
  const { data, usage } = await client.images.generate({ model: "gpt-image-2", prompt: "A diner", size: "1280x720", quality: "medium", output_format: "png" });
  expect(atob(data?.[0]?.b64_json ?? "").slice(1, 4)).toBe("PNG");
  expect(usage?.output_tokens).toBe(1_700);
});

test("its list of models says when each is shut down", async () => {
  const { client } = world();
  const { data } = await client.models.list();
  expect(data.find(({ id }) => id === "whisper-1")?.shutdown_date).toBe("2027-02-26");
});

test("text fits the schema that it was given, is refused, or stops in the middle", async () => {
  const { emulator, client } = world();
  const ask = () => client.responses.create({ model: "gpt-6-luna", input: "Who?", text: { format: { type: "json_schema", name: "answer", strict: true, schema: { type: "object", properties: { who: { type: "string" } }, required: ["who"], additionalProperties: false } } } });
  emulator.texts.answers.push({ says: { who: "Marta" } }, "refuse", "stop");
  expect(JSON.parse((await ask()).output_text)).toEqual({ who: "Marta" });
  expect((await ask()).output[0]).toMatchObject({ content: [{ type: "refusal" }] });
  expect(await ask()).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
});

test("errors are the SDK's own: a key, a limit, an empty account, a refused picture", async () => {
  await expect(world({ key: "wrong" }).client.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  const { emulator, client } = world();
  emulator.faults.push({ at: "create", times: 1, does: { status: 429 } });
  await expect(client.images.generate({ model: "gpt-image-2", prompt: "x" })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  await expect(client.images.generate({ model: "gpt-image-2", prompt: "FORBIDDEN" })).rejects.toMatchObject({ code: "moderation_blocked" });
  await expect(client.images.generate({ model: "gpt-image-2", prompt: "x", size: "1000x700" })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
});

test("a webhook of the emulator is one to the SDK, and a forged one is not", async () => {
  const { emulator, client } = world();
  await client.audio.speech.create({ model: "gpt-4o-mini-tts", voice: "coral", input: "Hm." });
  const unwrapped = async (forged: boolean) => {
    const { headers, body } = await emulator.webhookOf("req_1", { forged });
    return client.webhooks.unwrap(String(body), headers as Record<string, string>);
  };
  expect(await unwrapped(false)).toMatchObject({ type: "response.completed" });
  await expect(unwrapped(true)).rejects.toBeInstanceOf(OpenAI.InvalidWebhookSignatureError);
});
