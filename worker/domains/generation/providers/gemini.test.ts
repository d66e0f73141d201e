import { SignJWT, UnsecuredJWT } from "jose";
import { expect, test } from "vitest";
import { GeminiEmulator } from "../../../../test/emulators/gemini/emulator.ts";
import { callTo, NOW, orderFor, OURS, ticketOf } from "../../../../test/vendor-call.ts";
import { gemini } from "./gemini.ts";

const KEY = "AIza-of-the-gemini-tests";
const SECRET = `whsec_${btoa("the registered secret of these tests")}`;
const origin = "https://generativelanguage.googleapis.com";
let worlds = 0;

function world({ registered = false } = {}) {
  const emulator = new GeminiEmulator({ origin, filesOrigin: "https://storage.googleapis.com", key: KEY, webhookSecret: registered ? SECRET : null, now: () => NOW, deliver: null, delayMs: null });
  worlds += 1;
  return { emulator, ...callTo(emulator, { baseUrl: origin, token: KEY, webhookSecret: registered ? SECRET : "", more: { keysUrl: `${origin}/${worlds}/.well-known/jwks.json` } }, { "panel.png": { ending: "png", width: 1280, height: 720 }, "panel.jpg": { ending: "jpg" } }) };
}

const HOOK = "https://dailies.example/api/webhooks/gemini?run=r&job=j&attempt=1&proof=p";
const shot = { tool: "clip", prompt: "Tom walks alone over a bridge at dawn", seconds: 4.2, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 1 } as const;
const order = (more: Partial<Omit<typeof shot, "prompt" | "seconds" | "firstFrame" | "aspect">> & { prompt?: string; seconds?: number; firstFrame?: string; aspect?: "1:1" } = {}) => orderFor(gemini, "gemini/omni-1.1", { ...shot, ...more }, { webhookUrl: HOOK, submitMs: 500 });
const begin = async ({ call }: ReturnType<typeof world>) => ticketOf<string>(await gemini.submit(call, order()));

test("a shot is asked for in Omni's spelling, seen under way without a figure, and found with an address that needs the key", async () => {
  const at = world();
  const { emulator, call } = at;
  const id = ticketOf<string>(await gemini.submit(call, order({ firstFrame: `${OURS}panel.png` })));
  expect(JSON.parse(emulator.submitted[0]?.body ?? "")).toMatchObject({
    background: true, store: true, response_format: { duration: "5s", delivery: "uri", aspect_ratio: "16:9" }, generation_config: { video_config: { task: "image_to_video" } }, webhook_config: { uris: [HOOK] },
  });
  expect(await gemini.check(call, id)).toMatchObject({ state: "running", progress: null });
  emulator.start(id);
  expect(await gemini.check(call, id)).toMatchObject({ state: "running" });
  emulator.end(id);
  expect(await gemini.check(call, id)).toMatchObject({ state: "succeeded", output: { video: `${origin}/v1beta/files/${id}:download?alt=media` } });
});

test.each([["panel.png", "image/png"], ["panel.jpg", "image/jpeg"]])("a shot begins from a picture that is said to be what is stored: %s", async (file, type) => {
  const { emulator, call } = world();
  ticketOf(await gemini.submit(call, order({ firstFrame: `${OURS}${file}` })));
  expect((JSON.parse(emulator.submitted[0]?.body ?? "") as { input: unknown[] }).input[0]).toEqual({ type: "image", uri: `${OURS}${file}`, mime_type: type });
});

test("the key opens Google's own file, and does not go along to where that redirects", async () => {
  const at = world();
  const id = await begin(at);
  at.emulator.end(id);
  const url = new URL(`${origin}/v1beta/files/${id}:download?alt=media`);
  expect(gemini.mayFetch(at.call, url)).toBe(true);
  const first = await at.call.fetch(url.href, { redirect: "manual", headers: (await gemini.fileHeaders?.(at.call, url)) ?? {} });
  expect(first.status).toBe(302);
  const next = new URL(first.headers.get("location") ?? "");
  expect(gemini.mayFetch(at.call, next)).toBe(true);
  expect(gemini.fileHeaders?.(at.call, next)).toEqual({});
  expect((await at.call.fetch(next.href)).status).toBe(200);
  for (const elsewhere of ["http://169.254.169.254/x", "https://storage.googleapis.com.evil.example/x", "http://storage.googleapis.com/x"]) expect(gemini.mayFetch(at.call, new URL(elsewhere)), elsewhere).toBe(false);
});

test("done without a picture is a refusal, not a success; forbidden words are refused before it begins", async () => {
  const at = world();
  const { emulator, call } = at;
  const quiet = await begin(at);
  emulator.faults.push({ does: "empty", job: quiet });
  emulator.end(quiet);
  expect(await gemini.check(call, quiet)).toMatchObject({ state: "refused", stage: "output", problem: { code: "refused" } });
  expect(await gemini.submit(call, order({ prompt: "FORBIDDEN" }))).toMatchObject({ end: "refused", problem: { detail: expect.stringContaining("Take out") } });
  const blocked = await begin(at);
  emulator.end(blocked, { as: "failed", words: "blocked for SAFETY" });
  expect(await gemini.check(call, blocked)).toMatchObject({ state: "refused", stage: "output" });
});

test("what ends otherwise is told apart: failed, cancelled, stopped half way", async () => {
  const at = world();
  const { emulator, call } = at;
  const broken = await begin(at);
  emulator.end(broken, { as: "failed" });
  expect(await gemini.check(call, broken)).toMatchObject({ state: "failed", retry: "later", costMicros: 0 });
  const half = await begin(at);
  emulator.end(half, { as: "failed", code: "incomplete" });
  expect(await gemini.check(call, half)).toMatchObject({ state: "failed", retry: "never", costMicros: null });
  const unwanted = await begin(at);
  expect(await gemini.cancel(call, unwanted)).toBe("requested");
  expect(await gemini.check(call, unwanted)).toMatchObject({ state: "canceled" });
});

test("a 400 while looking fails nothing that is paid for, unless it says that there is no such interaction", async () => {
  const at = world();
  const { emulator, call } = at;
  const id = await begin(at);
  emulator.faults.push({ at: "check", times: 1, does: { status: 400 } });
  expect(await gemini.check(call, id)).toEqual({ state: "silent" });
  for (const does of ["lost", "html", "truncated", "schema", { status: 500 }, { status: 429 }] as const) {
    emulator.faults.push({ at: "check", times: 1, does });
    expect(await gemini.check(call, id), JSON.stringify(does)).toEqual({ state: "silent" });
  }
  expect(await gemini.check(call, "v1_int_of_nobody")).toEqual({ state: "not_found" });
  expect(await gemini.check(call, id)).toMatchObject({ state: "running" });
});

test("an answer that was lost is never asked for again; the webhook that the request named brings its ticket", async () => {
  for (const does of ["lost", "truncated", "html", "schema"] as const) {
    const { emulator, call } = world();
    emulator.faults.push({ at: "create", does, times: 1 });
    const lost = order();
    expect((await gemini.submit(call, lost)).end, does).toBe("unknown");
    expect(await gemini.lookup(call, { id: lost.id, sentAt: NOW, keep: lost.keep })).toEqual({ state: "silent" });
    expect(emulator.submitted, does).toHaveLength(1);
    const [id = ""] = emulator.jobs.keys();
    emulator.end(id);
    const { headers, body } = await emulator.webhookOf(id);
    expect(await gemini.verifyWebhook(call, { headers: new Headers(headers), rawBody: String(body) })).toMatchObject({ ok: true, ticket: id });
  }
  const { emulator, call } = world();
  emulator.faults.push({ at: "create", does: "hang" });
  expect(await gemini.submit(call, order())).toEqual({ end: "unknown", because: "lost" });
});

test("too many waits as long as it is asked to, a model that is gone and a key that is wrong are our matter, and nothing of the key is said", async () => {
  const { emulator, call } = world();
  const told = async (status: number, message: string, headers: Record<string, string> = {}) => {
    emulator.faults.push({ at: "create", times: 1, does: { status, headers, body: JSON.stringify([{ error: { code: String(status), message, status: "X" } }]) } });
    return gemini.submit(call, order());
  };
  expect(await told(429, "quota, retry in 12s")).toMatchObject({ end: "rejected", problem: { code: "throttled" }, retryAfterMs: 12_000 });
  expect(await told(429, "quota", { "retry-after": "40" })).toMatchObject({ retryAfterMs: 40_000 });
  expect(await told(503, "overloaded")).toMatchObject({ end: "rejected", problem: { code: "throttled" } });
  expect(await told(404, "no longer available")).toMatchObject({ end: "rejected", problem: { code: "model_gone" } });
  expect(await told(400, "blocked: SAFETY")).toMatchObject({ end: "refused" });
  expect(await told(500, "internal")).toEqual({ end: "unknown", because: "answered" });
  expect(await gemini.submit({ ...call, token: "wrong" }, order())).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(JSON.stringify(await told(400, `key ${KEY} is odd`))).not.toContain(KEY);
});

test("what the model does not make is refused before it is asked, with what would work", async () => {
  const { emulator, call } = world();
  expect(await gemini.submit(call, order({ aspect: "1:1" }))).toMatchObject({ end: "rejected", problem: { code: "bad_input", detail: expect.stringContaining("16:9") }, retry: "never" });
  expect(await gemini.submit(call, order({ seconds: 14 }))).toMatchObject({ end: "rejected", problem: { detail: expect.stringContaining("10 seconds") } });
  expect(emulator.submitted).toHaveLength(0);
});

test("a webhook that a request named is believed by its token alone: not forged, not stale, not by another algorithm", async () => {
  const at = world();
  const { emulator, call } = at;
  const id = await begin(at);
  emulator.end(id);
  const hear = async (weather: Parameters<typeof emulator.webhookOf>[1] = {}) => {
    const { headers, body } = await emulator.webhookOf(id, weather);
    return gemini.verifyWebhook(call, { headers: new Headers(headers), rawBody: String(body) });
  };
  const heard = await hear();
  expect(heard).toMatchObject({ ok: true, ticket: id });
  // The token does not cover the body, so the body says nothing.
  expect(await hear({ tampered: true })).toEqual(heard);
  expect(await hear({ forged: true })).toMatchObject({ ok: false });
  expect(await hear({ staleSeconds: 299 })).toMatchObject({ ok: true });
  expect(await hear({ staleSeconds: 900 })).toMatchObject({ ok: false });
  expect(await hear({ staleSeconds: -900 })).toMatchObject({ ok: false });
  const seconds = NOW / 1_000;
  const claims = { type: "interaction.completed", data: { id: "v1_int_9" } };
  const publicKey = (await (await call.fetch(call.more["keysUrl"] ?? "")).json<{ keys: { n: string }[] }>()).keys[0];
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "key-of-the-emulator" }).setIssuedAt(seconds).sign(new TextEncoder().encode(JSON.stringify(publicKey)));
  const unsigned = new UnsecuredJWT(claims).setIssuedAt(seconds).encode();
  for (const token of [confused, unsigned, `${unsigned}AAAA`]) {
    expect(await gemini.verifyWebhook(call, { headers: new Headers({ "webhook-id": "m", "webhook-timestamp": String(seconds), "webhook-signature": token }), rawBody: JSON.stringify(claims) })).toMatchObject({ ok: false });
  }
});

test("a token that is made out to another address is another's, though Google signed it", async () => {
  const at = world();
  const id = await begin(at);
  at.emulator.end(id);
  const { headers, body } = await at.emulator.webhookOf(id);
  const hear = (url: string) => gemini.verifyWebhook(at.call, { headers: new Headers(headers), rawBody: String(body), url: new URL(url) });
  expect(await hear(HOOK)).toMatchObject({ ok: true, ticket: id });
  for (const other of ["https://elsewhere.example/api/webhooks/gemini", "https://dailies.example/api/webhooks/fal"]) expect(await hear(other), other).toMatchObject({ ok: false });
});

test("keys are read once, and no more than once in five minutes for tokens of nobody's", async () => {
  const at = world();
  const id = await begin(at);
  at.emulator.end(id);
  for (const forged of [false, false, true, true, true]) {
    const { headers, body } = await at.emulator.webhookOf(id, { forged });
    await gemini.verifyWebhook(at.call, { headers: new Headers(headers), rawBody: String(body) });
  }
  expect(at.asked.filter((url) => url.endsWith("jwks.json"))).toHaveLength(1);
});

test("a registered webhook is believed by its secret, over its raw body, within five minutes", async () => {
  const at = world({ registered: true });
  const id = await begin(at);
  at.emulator.end(id);
  const hear = async (weather: Parameters<typeof at.emulator.webhookOf>[1] = {}) => {
    const { headers, body } = await at.emulator.webhookOf(id, weather);
    return gemini.verifyWebhook(at.call, { headers: new Headers(headers), rawBody: String(body) });
  };
  expect(await hear()).toEqual({ ok: true, id: `msg_${id}`, ticket: id });
  expect(await hear({ tampered: true })).toMatchObject({ ok: false });
  expect(await hear({ forged: true })).toMatchObject({ ok: false });
  expect(await hear({ staleSeconds: 301 })).toMatchObject({ ok: false });
});
