/** fal, with everything that it may do to us on the way. */
import { expect, test } from "vitest";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { checkFaults, submitFaults } from "../../../../test/emulators/vendor/adapter-faults.ts";
import { clockAt, networkOf } from "../../../../test/emulators/vendor/calling.ts";
import { PRIVATE_ADDRESS } from "../../../../test/emulators/vendor/emulator.ts";
import { MemoryKeep } from "../../../../test/emulators/vendor/keep.ts";
import { FalEmulator } from "../../../../test/emulators/fal/emulator.ts";
import { endpoints } from "./fal-endpoints.ts";
import { fal } from "./fal.ts";

const KEY = "fal-id:fal-secret-of-the-tests";
const KLING = "fal-ai/kling-video/v3/pro";
const HOOK = "https://dailies.example/api/webhooks/fal?run=run_1&job=job_1&attempt=1&proof=p";
const clip: ModelRequest = { tool: "clip", prompt: "A door opens", seconds: 4.3, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 7 };
let worlds = 0;

function world() {
  const clock = clockAt();
  const emulator = new FalEmulator({ origin: "https://queue.fal.run", filesOrigin: "https://v3b.fal.media", key: KEY, now: () => clock.now, deliver: null, delayMs: null });
  // Keys are kept per address in the isolate, which all tests share: each world has its own.
  const keysUrl = `https://keys-${(worlds += 1)}.fal.example/.well-known/jwks.json`;
  const { fetch, elsewhere } = networkOf(emulator, { more: [keysUrl] });
  const call = { baseUrl: "https://queue.fal.run", token: KEY, webhookSecret: "", more: { keysUrl }, now: () => clock.now, fetch };
  const submit = (request: ModelRequest = clip, model = KLING) => fal.submit(call, { model, version: null, request, id: "job_1-1", webhookUrl: HOOK, signal: AbortSignal.timeout(2_000), keep: new MemoryKeep() });
  const accepted = async (request?: ModelRequest, model?: string) => {
    const submission = await submit(request, model);
    if (submission.end !== "accepted") throw new Error(JSON.stringify(submission));
    return submission.ticket as { id: string; model: string; status: string; result: string; cancel: string; oddAnswers: number };
  };
  const asked = () => JSON.parse(emulator.submitted.at(-1)?.body ?? "{}") as Record<string, unknown>;
  const hook = async (init: RequestInit, url: URL | undefined = new URL(emulator.job(only()).webhook ?? "")) => fal.verifyWebhook(call, { headers: new Headers(init.headers), rawBody: String(init.body), ...(url ? { url } : {}) });
  const only = () => [...emulator.jobs.keys()][0] ?? "";
  return { clock, emulator, elsewhere, call, submit, accepted, asked, hook, only };
}

const link = (file: string): string => `https://dailies.example/media/${file}`;
const requests: Readonly<Record<string, ModelRequest>> = {
  clip, frame: { tool: "frame", prompt: "A door", aspect: "9:16", seed: 3 }, "lip-sync": { tool: "lip-sync", video: link("a.mp4"), audio: link("a.wav"), seconds: 4 }, upscale: { tool: "upscale", video: link("a.mp4"), resolution: "1080p", seconds: 4 },
  roto: { tool: "roto", video: link("a.mp4"), prompt: null, seconds: 4 }, mesh: { tool: "mesh", image: link("a.png"), seed: 3 }, rig: { tool: "rig", mesh: link("a.glb") }, "clean-audio": { tool: "clean-audio", audio: link("a.wav"), seconds: 4 },
  transcribe: { tool: "transcribe", audio: link("a.wav"), language: "de", seconds: 4 }, sound: { tool: "sound", prompt: "A door creaks", seconds: 1.5 },
};

test.each(endpoints.map(({ model }) => [model.id, model] as const))("%s takes what it is sent, and gives a file of its tool", async (_id, model) => {
  const { emulator, call, accepted, only } = world();
  const request = requests[model.tool] ?? clip;
  const fitting = "resolution" in request ? { ...request, resolution: model.accepts?.resolutions[0] ?? request.resolution } : request;
  const ticket = await accepted(fitting, model.name);
  emulator.end(only());
  const sight = await fal.check(call, ticket);
  expect(sight.state).toBe("succeeded");
  const output = sight.state === "succeeded" ? (sight.output as Record<string, unknown>) : {};
  if (model.tool === "transcribe") expect(output).toEqual({ text: "Hello there.", language: "deu", words: [{ text: "Hello", start: 0.1, end: 0.4 }, { text: "there.", start: 0.5, end: 0.9 }] });
  else expect(Object.values(output)).toEqual([expect.stringContaining("https://v3b.fal.media/files/")]);
});

test.each<[string, ModelRequest, string, string, object]>([
  ["Kling's lengths are text, and it has no resolution", clip, KLING, `/${KLING}/text-to-video`, { prompt: "A door opens", duration: "5", aspect_ratio: "16:9", generate_audio: false }],
  ["a panel is Kling's first frame, and gives the aspect", { ...clip, firstFrame: link("panel.png") }, KLING, `/${KLING}/image-to-video`, { prompt: "A door opens", duration: "5", start_image_url: link("panel.png"), generate_audio: false }],
  ["Veo's lengths have a letter, and are its own", { ...clip, resolution: "1080p" }, "fal-ai/veo3.1/fast", "/fal-ai/veo3.1/fast", { prompt: "A door opens", duration: "6s", aspect_ratio: "16:9", resolution: "1080p", seed: 7, generate_audio: false }],
  ["a panel is Veo's first frame", { ...clip, firstFrame: link("panel.png") }, "fal-ai/veo3.1", "/fal-ai/veo3.1/image-to-video", { prompt: "A door opens", duration: "6s", aspect_ratio: "16:9", resolution: "720p", seed: 7, image_url: link("panel.png"), generate_audio: false }],
  ["to 4k is 2160 lines", { tool: "upscale", video: link("a.mp4"), resolution: "4k", seconds: 2 }, "fal-ai/seedvr/upscale/video", "/fal-ai/seedvr/upscale/video", { video_url: link("a.mp4"), target_resolution: "2160p", upscale_mode: "target", output_format: "X264 (.mp4)" }],
  ["a language that Scribe has no letters for is left to it", { tool: "transcribe", audio: link("a.wav"), language: "tlh", seconds: 2 }, "fal-ai/elevenlabs/speech-to-text/scribe-v2", "/fal-ai/elevenlabs/speech-to-text/scribe-v2", { audio_url: link("a.wav"), diarize: false, tag_audio_events: false }],
])("%s", async (_words, request, model, path, body) => {
  const { emulator, accepted, asked } = world();
  await accepted(request, model);
  expect([emulator.submitted[0]?.path, asked()]).toEqual([path, body]);
  expect(emulator.submitted[0]?.headers.get("x-fal-object-lifecycle-preference")).toBe('{"expiration_duration_seconds":86400}');
});

test.each<[string, ModelRequest, string, string]>([
  ["too long", { ...clip, seconds: 15.5 }, KLING, "at most 15 seconds"],
  ["a square of Veo", { ...clip, aspect: "1:1" }, "fal-ai/veo3.1", "does not make 1:1"],
  ["more than it is priced for", { ...clip, resolution: "1080p" }, "fal-ai/bytedance/seedance/v1.5/pro", "does not make 1080p"],
  ["Sora, which is gone", clip, "fal-ai/sora-2/text-to-video", "does not do this"],
])("what it cannot make is never sent: %s", async (_words, request, model, detail) => {
  const { emulator, submit } = world();
  expect(await submit(request, model)).toMatchObject({ end: "rejected", retry: "never", problem: { code: "bad_input", detail: expect.stringContaining(detail) } });
  expect(emulator.seen).toEqual([]);
});

test.each(submitFaults)("a submission goes wrong: $words", async ({ does, ends }) => {
  const { emulator, elsewhere, submit } = world();
  emulator.faults.push({ at: "create", does });
  const submission = await submit();
  expect(submission).toMatchObject(ends);
  expect([emulator.submitted.length, elsewhere]).toEqual([1, []]);
  expect(JSON.stringify(submission)).not.toMatch(/fal-secret|fal-id/);
});

test("a model that it has no door for any more is gone", async () => {
  const { emulator, submit } = world();
  emulator.faults.push({ at: "create", does: { status: 405 } });
  expect(await submit()).toMatchObject({ end: "rejected", problem: { code: "model_gone" }, retryAfterMs: null });
});

test.each(checkFaults)("a status goes wrong and decides nothing: $words", async ({ does }) => {
  const { emulator, elsewhere, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "check", does, times: 1 });
  expect(await fal.check(call, ticket)).toEqual({ state: "silent" });
  expect(elsewhere).toEqual([]);
  expect(await fal.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test.each(checkFaults.filter(({ words }) => !/^(400|500|503)$/.test(words)))("asking for the result goes wrong and decides nothing: $words", async ({ does }) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "result", does, times: 1 });
  expect(await fal.check(call, ticket)).toEqual({ state: "silent" });
  expect(await fal.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test("a server of fal's that fails once loses nothing; a model that broke down fails in the end, unbilled", async () => {
  const { emulator, call, accepted, only } = world();
  const first = await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "result", does: { status: 500 }, times: 1 });
  const seen = await fal.check(call, first);
  expect(seen).toMatchObject({ state: "running", ticket: { oddAnswers: 1 } });
  expect(await fal.check(call, seen.state === "running" ? seen.ticket : null)).toMatchObject({ state: "succeeded" });
  const second = await accepted();
  emulator.end(second.id, { as: "failed" });
  let ticket: unknown = second;
  for (const state of ["running", "running", "failed"]) {
    const sight = await fal.check(call, ticket as typeof second);
    expect(sight).toMatchObject(state === "failed" ? { state, retry: "later", costMicros: 0 } : { state });
    if (sight.state === "running") ticket = sight.ticket;
  }
});

test.each([
  ["content_policy_violation", undefined, { state: "refused", stage: "input", problem: { code: "refused", detail: expect.stringContaining("Take out") } }],
  ["content_policy_violation", "output", { state: "refused", stage: "output", problem: { detail: expect.stringContaining("held back") } }],
  ["image_too_large", "The image is 9000 pixels wide.", { state: "failed", retry: "never", problem: { code: "bad_input", detail: expect.stringContaining("smaller one") } }],
  ["no_media_generated", undefined, { state: "failed", retry: "never", problem: { code: "empty_output" } }],
  ["file_download_error", undefined, { state: "failed", retry: "never" }],
  ["generation_timeout", undefined, { state: "failed", retry: "never", costMicros: null }],
  ["value_error", "Prompt is too short", { state: "failed", retry: "never", problem: { detail: "The model did not accept this. It says: “Prompt is too short”. Change the description or what it is made from, or choose another model." } }],
  ["value_error", "Bad key fal-secret-of-the-tests at https://internal.fal.ai/x", { state: "failed", problem: { detail: "The model did not accept this. Change the description or what it is made from, or choose another model." } }],
])("COMPLETED is not success: its result says %s (%s)", async (code, words, seen) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only(), { as: "failed", status: 422, code, ...(words === undefined ? {} : { words }) });
  const sight = await fal.check(call, ticket);
  expect(sight).toMatchObject(seen);
  expect(JSON.stringify("problem" in sight ? sight.problem : {})).not.toMatch(/fal-secret|https:/);
});

test("success without a file is a failure that is not bought again by itself", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.faults.push({ does: "empty" });
  emulator.end(only());
  expect(await fal.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", problem: { code: "empty_output" } });
});

test("how far it is comes from its queue and its logs, and going back is waiting", async () => {
  const { emulator, call, accepted, clock } = world();
  await accepted();
  clock.now += 1_000;
  const ticket = await accepted();
  expect(await fal.check(call, ticket)).toMatchObject({ state: "running", text: "Number 2 in fal's queue" });
  emulator.start(ticket.id, 0.4);
  expect(await fal.check(call, ticket)).toMatchObject({ state: "running", progress: 40 });
  emulator.faults.push({ does: "backwards", times: 1, job: ticket.id });
  expect(await fal.check(call, ticket)).toMatchObject({ state: "running" });
});

test("how long it was made is known from its metrics", async () => {
  const { emulator, call, accepted, clock, only } = world();
  const ticket = await accepted();
  emulator.start(only());
  clock.now += 12_500;
  emulator.end(only());
  expect(await fal.check(call, ticket)).toMatchObject({ state: "succeeded", madeMs: 12_500 });
});

test("addresses that are not fal's are never asked, and no key goes there", async () => {
  const { emulator, elsewhere, call, accepted } = world();
  const evil = (path: string) => `https://evil.example/fal-ai/kling-video/requests/r_1${path}`;
  emulator.faults.push({ at: "create", does: { status: 200, body: JSON.stringify({ status: "IN_QUEUE", request_id: "r_1", status_url: evil("/status"), response_url: evil(""), cancel_url: evil("/cancel") }) } });
  const ticket = await accepted();
  expect(ticket).toMatchObject({ status: "https://queue.fal.run/fal-ai/kling-video/requests/r_1/status", result: "https://queue.fal.run/fal-ai/kling-video/requests/r_1" });
  expect(await fal.check(call, { ...ticket, status: evil("/status") })).toEqual({ state: "silent" });
  expect(await fal.cancel(call, { ...ticket, cancel: evil("/cancel") })).toBe("too_late");
  expect(elsewhere).toEqual([]);
});

test.each(["https://queue.fal.run/fal-ai/kling-video/requests/of_another/status", "https://queue.fal.run/status?r_1", "https://name:word@queue.fal.run/fal-ai/kling-video/requests/r_1/status"])("an address of fal's own that is not this request's is not taken: %s", async (status) => {
  const { emulator, call, accepted } = world();
  const own = "https://queue.fal.run/fal-ai/kling-video/requests/r_1";
  emulator.faults.push({ at: "create", does: { status: 200, body: JSON.stringify({ status: "IN_QUEUE", request_id: "r_1", status_url: status, response_url: own, cancel_url: `${own}/cancel` }) } });
  const ticket = await accepted();
  expect(ticket.status).toBe(`${own}/status`);
  expect(await fal.check(call, { ...ticket, status })).toEqual({ state: "silent" });
  expect(emulator.seen.filter(({ at }) => at !== "create")).toEqual([]);
});

test("cancelling is asked for, is too late when it is over, and a result that comes all the same is seen", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.faults.push({ does: "late", job: only() });
  expect(await fal.cancel(call, ticket)).toBe("requested");
  emulator.end(only());
  expect(await fal.cancel(call, ticket)).toBe("too_late");
  expect(await fal.check(call, ticket)).toMatchObject({ state: "succeeded" });
  const second = await accepted();
  await fal.cancel(call, second);
  expect((await fal.check(call, second)).state).toBe("failed");
});

test("a webhook brings the ticket of a submission whose answer was lost, and what was made is found by it", async () => {
  const { emulator, call, submit, hook, only } = world();
  emulator.faults.push({ at: "create", does: "lost", times: 1 });
  expect(await submit()).toMatchObject({ end: "unknown" });
  emulator.end(only());
  const wake = await hook(await emulator.webhookOf(only()));
  expect(wake).toMatchObject({ ok: true, id: only(), ticket: { id: only(), model: KLING } });
  expect(await fal.check(call, wake.ok ? wake.ticket : null)).toMatchObject({ state: "succeeded" });
  expect(emulator.submitted.length).toBe(1);
});

test("a webhook without a payload, or that says it failed, only wakes", async () => {
  const { emulator, accepted, hook, only } = world();
  await accepted();
  emulator.hasPayload = false;
  emulator.end(only(), { as: "failed" });
  expect(await hook(await emulator.webhookOf(only()))).toMatchObject({ ok: true, ticket: { id: only() } });
});

test("a webhook that does not say which model it was supplies no ticket", async () => {
  const { emulator, accepted, hook, only } = world();
  await accepted();
  emulator.end(only());
  const init = await emulator.webhookOf(only());
  expect(await hook(init, new URL("https://dailies.example/hook?model=fal-ai/../../x"))).toMatchObject({ ok: true, ticket: null });
});

test.each([
  ["signed by somebody else", { forged: true }], ["changed on the way", { tampered: true }], ["six minutes old", { staleSeconds: 360 }], ["of the future", { staleSeconds: -360 }],
])("a webhook is refused: %s", async (_words, weather) => {
  const { emulator, accepted, hook, only } = world();
  await accepted();
  emulator.end(only());
  expect(await hook(await emulator.webhookOf(only(), weather))).toMatchObject({ ok: false });
});

test("a webhook is refused where a header is missing, is of another request, or is an HMAC", async () => {
  const { emulator, accepted, call, hook, only } = world();
  await accepted();
  emulator.end(only());
  const init = await emulator.webhookOf(only());
  for (const name of ["request-id", "user-id", "timestamp", "signature"]) {
    const headers = new Headers(init.headers);
    headers.delete(`x-fal-webhook-${name}`);
    expect(await fal.verifyWebhook(call, { headers, rawBody: String(init.body) })).toMatchObject({ ok: false });
  }
  const headers = new Headers(init.headers);
  headers.set("x-fal-webhook-request-id", "another");
  expect(await hook({ ...init, headers })).toMatchObject({ ok: false });
  headers.set("x-fal-webhook-signature", "v1,abcd");
  expect(await hook({ ...init, headers })).toMatchObject({ ok: false });
});

test("fal's keys are read once a day, again where a signature fits none, and not for every forgery", async () => {
  const { emulator, accepted, hook, only, clock } = world();
  await accepted();
  emulator.end(only());
  const reads = () => emulator.seen.filter(({ at }) => at === "keys").length;
  const fresh = async (forged = false) => hook(await emulator.webhookOf(only(), { forged }));
  expect([(await fresh()).ok, (await fresh()).ok, reads()]).toEqual([true, true, 1]);
  for (let count = 0; count < 5; count += 1) expect((await fresh(true)).ok).toBe(false);
  expect(reads()).toBe(1);
  clock.now += 600_000;
  emulator.rotateKeys();
  expect([(await fresh()).ok, reads()]).toEqual([true, 2]);
  clock.now += 25 * 3_600_000;
  expect([(await fresh()).ok, reads()]).toEqual([true, 3]);
});

test("keys that cannot be read leave webhooks unbelieved, and known keys hold for a day", async () => {
  const { emulator, accepted, hook, only, clock } = world();
  await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "keys", does: { status: 500 }, times: 1 });
  expect(await hook(await emulator.webhookOf(only()))).toMatchObject({ ok: false, reason: expect.stringContaining("cannot be read") });
  expect((await hook(await emulator.webhookOf(only()))).ok).toBe(true);
  emulator.faults.push({ at: "keys", does: "html" });
  clock.now += 3_600_000;
  expect((await hook(await emulator.webhookOf(only()))).ok).toBe(true);
  clock.now += 24 * 3_600_000;
  expect((await hook(await emulator.webhookOf(only()))).ok).toBe(false);
});

test("files come from fal's own hosts alone, over https", () => {
  const { call } = world();
  const may = (url: string) => fal.mayFetch(call, new URL(url));
  expect(["https://v3b.fal.media/a.mp4", "https://fal.media/a", "https://queue.fal.run/a"].map(may)).toEqual([true, true, true]);
  expect(["http://v3b.fal.media/a", "https://fal.media.evil.example/a", "https://notfal.media/a", "https://v3.fal.media:444/a", PRIVATE_ADDRESS].map(may)).toEqual([false, false, false, false, false]);
});
