import { expect, test } from "vitest";
import { voiceCasts } from "#film/recipes/voice.ts";
import { ElevenLabsEmulator } from "../../../../test/emulators/elevenlabs/emulator.ts";
import { callTo, NOW, orderFor, OURS, outputOf, ticketOf } from "../../../../test/vendor-call.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { voices } from "./elevenlabs-models.ts";
import { wordsOf } from "./elevenlabs-wire.ts";

const KEY = "sk_of_the_elevenlabs_tests";
const SECRET = "wsec_of_the_tests";
const origin = "https://api.elevenlabs.io";

function world() {
  const emulator = new ElevenLabsEmulator({ origin, filesOrigin: origin, key: KEY, webhookSecret: SECRET, now: () => NOW, deliver: null, delayMs: null });
  return { emulator, ...callTo(emulator, { baseUrl: origin, token: KEY, webhookSecret: SECRET, more: {} }, { "line.wav": { ending: "wav", seconds: 1, channels: 1 } }) };
}

const line = { tool: "voice", text: "You're late. The bridge was closed.", voice: "ada", language: "en", pace: 1, seed: 7 } as const;
const speak = (more: Partial<Omit<typeof line, "text">> & { text?: string } = {}, model = "elevenlabs/v3", options = {}) => orderFor(elevenlabs, model, { ...line, ...more }, options);

test("a line comes back spoken, with its words in time, what it cost, and each of our casts a voice of its own", async () => {
  const { emulator, call } = world();
  const order = speak();
  const answer = await elevenlabs.submit(call, order);
  expect(answer).toMatchObject({ end: "accepted", ticket: { kept: ["words", "audio"], costMicros: 3_500 }, sight: { state: "succeeded", output: { audio: "kept:audio" }, costMicros: 3_500 } });
  const words = outputOf<{ words: { text: string; start: number; end: number }[] }>(answer.sight).words;
  expect(words.map(({ text }) => text)).toEqual(["You're", "late.", "The", "bridge", "was", "closed."]);
  expect(words[1]).toEqual({ text: "late.", start: expect.closeTo(0.42), end: expect.closeTo(0.72) });
  expect(order.keep.files.get("audio")?.contentType).toBe("audio/mpeg");
  for (const voice of voiceCasts) expect((await elevenlabs.submit(call, speak({ voice: voice as "ada" }))).end, voice).toBe("accepted");
  expect(new Set(voiceCasts.map((cast) => voices[cast])).size).toBe(voiceCasts.length);
  expect(emulator.submitted).toHaveLength(1 + voiceCasts.length);
});

test("a model that knows no language is not told one, and a pace that no voice has is the nearest one", async () => {
  const { emulator, call } = world();
  await elevenlabs.submit(call, speak({ pace: 2 as 1 }, "elevenlabs/multilingual-v2"));
  const sent = JSON.parse(emulator.submitted[0]?.body ?? "") as Record<string, unknown>;
  expect(sent).not.toHaveProperty("language_code");
  expect(sent).toMatchObject({ model_id: "eleven_multilingual_v2", voice_settings: { speed: 1.2 }, seed: 7 });
});

test("a language is told without its country, and Filipino is not taken for Finnish", async () => {
  const { emulator, call } = world();
  for (const language of ["pt-BR", "fil"]) await elevenlabs.submit(call, speak({ language: language as "en" }));
  expect(emulator.submitted.map(({ body }) => (JSON.parse(body) as { language_code: string }).language_code)).toEqual(["pt", "fil"]);
});

test("a text too long for JSON streams to storage, and its times are left to be found from its sound", async () => {
  const { emulator, call } = world();
  const order = speak({ text: "Long. ".repeat(600) });
  expect(await elevenlabs.submit(call, order)).toMatchObject({ end: "accepted", sight: { output: { audio: "kept:audio", words: null } } });
  expect(emulator.submitted[0]?.url).not.toContain("with-timestamps");
  expect(order.keep.puts).toEqual(["audio"]);
});

test.each([["zh", "他推开门，雨声涌了进来。"], ["ja", "かれはとびらをあけた。雨だ。"], ["ko", "그는 문을 열었고 비가 들이쳤다. "]])("a long line in a script of syllables (%s) is not asked for in an answer that is too large to be read, and is not lost", async (language, words) => {
  for (const letters of [2_900, 1_800, 1_000, 740]) {
    const { emulator, call } = world();
    const order = speak({ text: words.repeat(300).slice(0, letters), language: language as "en" }, "elevenlabs/v3", { submitMs: 20_000 });
    expect(await elevenlabs.submit(call, order), `${letters}`).toMatchObject({ end: "accepted", sight: { output: { audio: "kept:audio" } } });
    expect([letters, emulator.submitted.length, emulator.submitted[0]?.url.includes("with-timestamps")]).toEqual([letters, 1, letters === 740]);
  }
});

test("letters without times are no words, and times that fit no letters are not believed", async () => {
  const { emulator, call } = world();
  emulator.hasTimes = false;
  expect(await elevenlabs.submit(call, speak())).toMatchObject({ end: "accepted", sight: { output: { words: null } } });
  expect(wordsOf({ characters: ["a", "b"], character_start_times_seconds: [0], character_end_times_seconds: [1, 2] })).toBeNull();
});

test("sound and music arrive as recordings, of the lengths that the model has", async () => {
  const { emulator, call } = world();
  expect(await elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/sound-v2", { tool: "sound", prompt: "Rain on a tin roof", seconds: 0.2 }))).toMatchObject({ end: "accepted", sight: { output: { audio: "kept:audio" } } });
  expect(await elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/music-v2", { tool: "music", prompt: "A quiet bed", seconds: 12, seed: 1 }))).toMatchObject({ end: "accepted" });
  expect(emulator.submitted.map(({ body }) => JSON.parse(body) as object)).toMatchObject([{ duration_seconds: 0.5 }, { music_length_ms: 12_000, force_instrumental: true }]);
});

test("a recording is cleaned by streaming it through, and one that is gone is not ordered", async () => {
  const { emulator, call } = world();
  const clean = (name: string) => elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/isolation", { tool: "clean-audio", audio: `${OURS}${name}`, seconds: 1 }));
  expect(await clean("line.wav")).toMatchObject({ end: "accepted", sight: { output: { audio: "kept:audio" } } });
  expect(await clean("gone.wav")).toMatchObject({ end: "rejected", problem: { code: "bad_input" }, retry: "never" });
  expect(emulator.submitted).toHaveLength(1);
});

test("what is said is heard word by word, without the spaces between", async () => {
  const { call } = world();
  const order = orderFor(elevenlabs, "elevenlabs/scribe-v2", { tool: "transcribe", audio: `${OURS}line.wav`, language: "en", seconds: 3 });
  const answer = await elevenlabs.submit(call, order);
  expect(answer).toMatchObject({ end: "accepted", ticket: { kept: ["transcript"] }, sight: { output: { text: "You're late. The bridge was closed.", language: "eng" } } });
  const kept = JSON.parse(new TextDecoder().decode(order.keep.files.get("transcript")?.bytes)) as { words: { text: string }[] };
  expect(kept.words.map(({ text }) => text).join(" ")).toBe("You're late. The bridge was closed.");
});

test("a dub is a job: under way, done with a file that only its own key opens, failed, refused, cancelled, unknown", async () => {
  const { emulator, call } = world();
  const dub = async () => ticketOf<{ dub: string; to: string }>(await elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/dubbing-v1", { tool: "dub", media: `${OURS}line.wav`, from: "en", to: "es", seconds: 3 })));
  const ticket = await dub();
  expect(await elevenlabs.check(call, ticket)).toMatchObject({ state: "running" });
  emulator.end(ticket.dub);
  const seen = await elevenlabs.check(call, ticket);
  expect(seen).toMatchObject({ state: "succeeded", output: { media: `${origin}/v1/dubbing/${ticket.dub}/audio/es` } });
  const file = new URL(outputOf<{ media: string }>(seen).media);
  expect(elevenlabs.mayFetch(call, file)).toBe(true);
  expect(elevenlabs.fileHeaders?.(call, file)).toEqual({ "xi-api-key": KEY });
  expect(elevenlabs.fileHeaders?.(call, new URL("https://elsewhere.example/x"))).toEqual({});
  const failing = await dub();
  emulator.end(failing.dub, { as: "failed", words: "blocked by our content policy" });
  expect(await elevenlabs.check(call, failing)).toMatchObject({ state: "refused", stage: "input" });
  const broken = await dub();
  emulator.end(broken.dub, { as: "failed", words: "worker died" });
  expect(await elevenlabs.check(call, broken)).toMatchObject({ state: "failed", retry: "never", costMicros: null });
  const unwanted = await dub();
  expect(await elevenlabs.cancel(call, unwanted)).toBe("requested");
  expect(await elevenlabs.check(call, unwanted)).toEqual({ state: "not_found" });
});

test("a dub that is done when it is cancelled is kept: nothing is deleted that was not looked at", async () => {
  const { emulator, call } = world();
  const ticket = ticketOf<{ dub: string }>(await elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/dubbing-v1", { tool: "dub", media: `${OURS}line.wav`, from: "en", to: "es", seconds: 3 })));
  emulator.faults.push({ at: "check", does: "lost", times: 1 });
  expect(await elevenlabs.cancel(call, ticket)).toBe("too_late");
  emulator.end(ticket.dub);
  expect(await elevenlabs.cancel(call, ticket)).toBe("too_late");
  expect(emulator.seen.filter(({ at }) => at === "cancel")).toEqual([]);
  expect(await elevenlabs.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test("an answer that was lost after the line was spoken is paid once: it is not asked for again, and nothing is captured", async () => {
  for (const does of ["lost", "truncated", "html", "schema"] as const) {
    const { emulator, call } = world();
    emulator.faults.push({ at: "create", does, times: 1 });
    const order = speak();
    expect((await elevenlabs.submit(call, order)).end, does).toBe("unknown");
    expect(await elevenlabs.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep }), does).toEqual({ state: "silent" });
    expect(emulator.submitted, does).toHaveLength(1);
  }
});

test("a line that was kept before we died is found by what was kept, and not spoken twice", async () => {
  const { emulator, call } = world();
  const order = speak();
  await elevenlabs.submit(call, order);
  expect(await elevenlabs.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toMatchObject({ state: "succeeded", output: { audio: "kept:audio", words: "kept:words" } });
  order.keep.files.delete("audio");
  expect(await elevenlabs.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toEqual({ state: "silent" });
  expect(emulator.submitted).toHaveLength(1);
});

test("a recording that breaks off, never ends or cannot be stored is not believed to be one", async () => {
  for (const does of ["truncated", "endless", "html", "blank"] as const) {
    const { emulator, call } = world();
    emulator.faults.push({ at: "create", does });
    const order = speak({ text: "Long. ".repeat(600) }, "elevenlabs/v3", { submitMs: 300 });
    expect((await elevenlabs.submit(call, order)).end, does).toBe("unknown");
    expect(order.keep.files.size, does).toBe(0);
  }
  const { call } = world();
  const order = speak();
  order.keep.isDown = true;
  expect((await elevenlabs.submit(call, order)).end).toBe("unknown");
  expect(await elevenlabs.lookup(call, { id: order.id, sentAt: NOW, keep: order.keep })).toEqual({ state: "silent" });
});

test("an answer in JSON that never ends is read no further than its limit", async () => {
  const { emulator, call } = world();
  emulator.faults.push({ at: "create", does: "endless" });
  expect(await elevenlabs.submit(call, speak({}, "elevenlabs/v3", { submitMs: 5_000 }))).toEqual({ end: "unknown", because: "answered" });
});

test("too many of ours wait a moment, too many of everybody's wait longer and may go elsewhere", async () => {
  const { emulator, call } = world();
  emulator.faults.push({ at: "create", times: 1, does: { status: 429 } });
  expect(await elevenlabs.submit(call, speak())).toMatchObject({ end: "rejected", problem: { code: "throttled" }, retry: "later", retryAfterMs: 3_000 });
  emulator.faults.push({ at: "create", times: 1, does: { status: 429, body: '{"detail":{"status":"system_busy","message":"busy"}}' } });
  expect(await elevenlabs.submit(call, speak())).toMatchObject({ end: "rejected", problem: { code: "capacity" }, retryAfterMs: 20_000 });
  emulator.faults.push({ at: "create", times: 1, does: { status: 429, headers: { "retry-after": "11" } } });
  expect(await elevenlabs.submit(call, speak())).toMatchObject({ retryAfterMs: 11_000 });
});

test("what it refuses is refused, what it cannot take says what to change, and our own account is no matter of the customer's", async () => {
  const { emulator, call } = world();
  const told = async (status: number, code: string) => {
    emulator.faults.push({ at: "create", times: 1, does: { status, body: JSON.stringify({ detail: { status: code, message: `about ${KEY}` } }) } });
    return elevenlabs.submit(call, speak());
  };
  expect(await told(400, "content_against_terms")).toMatchObject({ end: "refused", problem: { code: "refused", detail: expect.stringContaining("Take out") } });
  expect(await told(400, "bad_prompt")).toMatchObject({ end: "refused" });
  expect(await told(400, "max_character_limit_exceeded")).toMatchObject({ end: "rejected", problem: { code: "bad_input", detail: expect.stringContaining("shorter") }, retry: "never" });
  expect(await told(401, "quota_exceeded")).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(await told(401, "invalid_api_key")).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(await told(500, "internal")).toEqual({ end: "unknown", because: "answered" });
  expect(JSON.stringify([await told(400, "odd"), await told(422, "odd"), await told(403, "odd")])).not.toContain(KEY);
});

test("a redirect is no answer, and no key goes along", async () => {
  const { emulator, call, asked } = world();
  emulator.faults.push({ at: "create", does: { status: 307, body: "", headers: { location: "https://elsewhere.example/steal" } } });
  expect(await elevenlabs.submit(call, speak())).toEqual({ end: "unknown", because: "answered" });
  expect(asked.every((url) => url.startsWith(origin))).toBe(true);
});

test("a webhook counts where its signature is of its raw body and its time within five minutes, and of any of our secrets", async () => {
  const { emulator, call } = world();
  const ticket = ticketOf<{ dub: string }>(await elevenlabs.submit(call, orderFor(elevenlabs, "elevenlabs/dubbing-v1", { tool: "dub", media: `${OURS}line.wav`, from: null, to: "es", seconds: 3 })));
  const hear = async (weather: Parameters<typeof emulator.webhookOf>[1], more: Partial<typeof call> = {}) => {
    const { headers, body } = await emulator.webhookOf(ticket.dub, weather);
    return elevenlabs.verifyWebhook({ ...call, ...more }, { headers: new Headers(headers), rawBody: String(body) });
  };
  expect(await hear({})).toMatchObject({ ok: true, id: expect.stringContaining(ticket.dub) });
  expect(await hear({ staleSeconds: 299 })).toMatchObject({ ok: true });
  expect(await hear({ staleSeconds: 301 })).toMatchObject({ ok: false });
  expect(await hear({ staleSeconds: -301 })).toMatchObject({ ok: false });
  expect(await hear({ forged: true })).toMatchObject({ ok: false });
  expect(await hear({ tampered: true })).toMatchObject({ ok: false });
  expect(await hear({}, { webhookSecret: `a new one,${SECRET}` })).toMatchObject({ ok: true });
  expect(await hear({}, { webhookSecret: "" })).toMatchObject({ ok: false });
  expect(await elevenlabs.verifyWebhook(call, { headers: new Headers({ "elevenlabs-signature": `t=${NOW / 1_000}` }), rawBody: "{}" })).toMatchObject({ ok: false });
});
