import { expect, test } from "vitest";
import { voiceCasts } from "#film/recipes/voice.ts";
import { OpenAiEmulator } from "../../../../test/emulators/openai/emulator.ts";
import { callTo, NOW, orderFor, OURS } from "../../../../test/vendor-call.ts";
import { openai, openaiVoices } from "./openai.ts";

const KEY = "sk-of-the-openai-tests";
const SECRET = `whsec_${btoa("the secret of the openai tests")}`;
const origin = "https://api.openai.com";

function world() {
  const emulator = new OpenAiEmulator({ origin, filesOrigin: origin, key: KEY, webhookSecret: SECRET, now: () => NOW, deliver: null, delayMs: null });
  return { emulator, ...callTo(emulator, { baseUrl: origin, token: KEY, webhookSecret: SECRET, more: {} }, { "line.wav": { ending: "wav", seconds: 1, channels: 1 } }) };
}

const speak = (text = "You're late.", options = {}, voice = "ada") => orderFor(openai, "openai/speech", { tool: "voice", text, voice, language: "en", pace: 1, seed: 1 }, options);
const panel = (prompt = "A diner at night", aspect: "16:9" | "9:16" | "1:1" = "16:9") => orderFor(openai, "openai/image-2", { tool: "frame", prompt, aspect, seed: 1 });
const hear = (name = "line.wav") => orderFor(openai, "openai/whisper", { tool: "transcribe", audio: `${OURS}${name}`, language: "en", seconds: 1 });

test("a line streams to storage, and each of our casts has a voice of its own", async () => {
  const { call } = world();
  const order = speak();
  expect(await openai.submit(call, order)).toMatchObject({ end: "accepted", ticket: { kept: ["audio"] }, sight: { state: "succeeded", output: { audio: "kept:audio", words: null } } });
  expect(order.keep.files.get("audio")?.contentType).toBe("audio/mpeg");
  for (const cast of voiceCasts) expect((await openai.submit(call, speak("Hm.", {}, cast))).end, cast).toBe("accepted");
  expect(new Set(voiceCasts.map((cast) => openaiVoices[cast])).size).toBe(voiceCasts.length);
});

test("a panel is drawn in the film's shape, kept as a picture, and its cost read from its tokens", async () => {
  const { emulator, call } = world();
  for (const [aspect, size] of [["16:9", "1280x720"], ["9:16", "720x1280"], ["1:1", "1024x1024"]] as const) {
    const order = panel("A diner at night", aspect);
    expect(await openai.submit(call, order)).toMatchObject({ end: "accepted", sight: { output: { panel: "kept:panel" }, costMicros: 40 * 5 + 1_700 * 30 } });
    expect(JSON.parse(emulator.submitted.at(-1)?.body ?? "")).toMatchObject({ size, quality: "medium" });
    expect([...(order.keep.files.get("panel")?.bytes.slice(0, 2) ?? [])]).toEqual([0xff, 0xd8]);
  }
});

test("what is said is heard word by word from a file that streams through", async () => {
  const { emulator, call } = world();
  const order = hear();
  expect(await openai.submit(call, order)).toMatchObject({ end: "accepted", sight: { output: { transcript: "kept:transcript", text: "You're late. The bridge was closed.", words: expect.arrayContaining([{ text: "late", start: 0.4, end: 0.7 }]) } } });
  expect(emulator.jobs.get("req_1")?.input["file"]).toMatchObject({ file: "recording.wav" });
  expect(await openai.submit(call, hear("gone.wav"))).toMatchObject({ end: "rejected", problem: { code: "bad_input" }, retry: "never" });
});

test("an answer that was lost is paid once, and what was kept before we died is found", async () => {
  for (const make of [speak, panel, hear] as const) {
    for (const does of ["lost", "truncated", "html", "schema", "hang"] as const) {
      const { emulator, call } = world();
      emulator.faults.push({ at: "create", does, times: 1 });
      const order = { ...make(), signal: AbortSignal.timeout(300) };
      expect((await openai.submit(call, order)).end, `${order.request.tool} ${does}`).toBe("unknown");
      expect(await openai.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toEqual({ state: "silent" });
      expect(emulator.submitted).toHaveLength(1);
    }
    const { call } = world();
    const order = make();
    const answer = await openai.submit(call, order);
    expect(await openai.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toMatchObject({ state: "succeeded" });
    if (answer.end === "accepted") expect(await openai.check(call, answer.ticket)).toMatchObject({ state: "succeeded" });
  }
});

test("too many requests wait; an account that is empty does not, and is our matter", async () => {
  const { emulator, call } = world();
  emulator.faults.push({ at: "create", times: 1, does: { status: 429, headers: { "retry-after-ms": "2500" } } });
  expect(await openai.submit(call, speak())).toMatchObject({ end: "rejected", problem: { code: "throttled" }, retry: "later", retryAfterMs: 2_500 });
  emulator.faults.push({ at: "create", times: 1, does: { status: 429, body: JSON.stringify({ error: { message: `quota of ${KEY}`, type: "insufficient_quota", code: "insufficient_quota" } }) } });
  const empty = await openai.submit(call, speak());
  expect(empty).toMatchObject({ end: "rejected", problem: { code: "provider_config" }, retry: "never", retryAfterMs: null });
  expect(JSON.stringify(empty)).not.toContain(KEY);
  emulator.faults.push({ at: "create", times: 1, does: { status: 500 } });
  expect(await openai.submit(call, speak())).toEqual({ end: "unknown", because: "answered" });
  emulator.faults.push({ at: "create", times: 1, does: { status: 503 } });
  expect(await openai.submit(call, speak())).toMatchObject({ end: "rejected", problem: { code: "throttled" } });
});

test("a forbidden picture is refused, too long a text says so, and a wrong key is our matter", async () => {
  const { call, emulator } = world();
  expect(await openai.submit(call, panel("FORBIDDEN"))).toMatchObject({ end: "refused", problem: { code: "refused", detail: expect.stringContaining("description") } });
  expect(await openai.submit(call, speak("Long. ".repeat(800)))).toMatchObject({ end: "rejected", problem: { code: "bad_input", detail: expect.stringContaining("too long") } });
  expect(await openai.submit({ ...call, token: "wrong" }, speak())).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  emulator.faults.push({ does: "empty", times: 1 });
  expect(await openai.submit(call, panel())).toEqual({ end: "unknown", because: "answered" });
});

test("a redirect is not followed with the key", async () => {
  const { emulator, call, asked } = world();
  emulator.faults.push({ at: "create", does: { status: 308, body: "", headers: { location: "https://elsewhere.example/" } } });
  expect(await openai.submit(call, speak())).toEqual({ end: "unknown", because: "answered" });
  expect(asked.every((url) => url.startsWith(origin))).toBe(true);
});

test("models that will be shut down are read from its list, and half a list is none", async () => {
  const { emulator, call } = world();
  expect(await openai.shutdowns?.(call)).toEqual([{ name: "gpt-4o-mini-tts", at: Date.parse("2027-01-06") }, { name: "whisper-1", at: Date.parse("2027-02-26") }]);
  emulator.faults.push({ at: "list", does: "truncated", times: 1 });
  await expect(openai.shutdowns?.(call)).rejects.toThrow("did not come");
});

test("a webhook counts with a signature of its raw body within five minutes", async () => {
  const { emulator, call } = world();
  await openai.submit(call, speak());
  const told = async (weather: Parameters<typeof emulator.webhookOf>[1] = {}) => {
    const { headers, body } = await emulator.webhookOf("req_1", weather);
    return openai.verifyWebhook(call, { headers: new Headers(headers), rawBody: String(body) });
  };
  expect(await told()).toMatchObject({ ok: true, ticket: null });
  for (const weather of [{ forged: true }, { tampered: true }, { staleSeconds: 301 }, { staleSeconds: -301 }]) expect(await told(weather)).toMatchObject({ ok: false });
});
