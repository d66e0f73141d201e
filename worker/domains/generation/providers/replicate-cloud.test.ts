/** Replicate, with everything that it may do to us on the way. */
import { expect, test } from "vitest";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { checkFaults, submitFaults } from "../../../../test/emulators/vendor/adapter-faults.ts";
import { clockAt, networkOf } from "../../../../test/emulators/vendor/calling.ts";
import { PRIVATE_ADDRESS } from "../../../../test/emulators/vendor/emulator.ts";
import { MemoryKeep } from "../../../../test/emulators/vendor/keep.ts";
import { ReplicateCloudEmulator } from "../../../../test/emulators/replicate-cloud/emulator.ts";
import { replicate } from "./replicate-cloud.ts";
import { runnables } from "./replicate-models.ts";

const KEY = "r8_secret_of_the_tests";
const SECRET = `whsec_${btoa("the webhook secret of the tests")}`;
const HOOK = "https://dailies.example/api/webhooks/replicate?run=run_1&job=job_1&attempt=1&proof=p";
const VEO = "google/veo-3.1-fast";
const clip: ModelRequest = { tool: "clip", prompt: "A door opens", seconds: 4.3, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 7 };
const link = (file: string): string => `https://dailies.example/media/${file}`;

function world() {
  const clock = clockAt();
  const emulator = new ReplicateCloudEmulator({ origin: "https://api.replicate.com", filesOrigin: "https://replicate.delivery", key: KEY, webhookSecret: SECRET, now: () => clock.now, deliver: null, delayMs: null });
  const { fetch, elsewhere } = networkOf(emulator);
  const call = { baseUrl: "https://api.replicate.com", token: KEY, webhookSecret: SECRET, more: {}, now: () => clock.now, fetch };
  const submit = (request: ModelRequest = clip, model = VEO, id = "job_1-1") =>
    replicate.submit(call, { model, version: runnables.find((one) => one.model.name === model)?.model.version ?? null, request, id, webhookUrl: HOOK, signal: AbortSignal.timeout(2_000), keep: new MemoryKeep() });
  const accepted = async (request?: ModelRequest, model?: string, id?: string) => {
    const submission = await submit(request, model, id);
    if (submission.end !== "accepted") throw new Error(JSON.stringify(submission));
    return submission.ticket as { id: string; model: string };
  };
  const asked = () => JSON.parse(emulator.submitted.at(-1)?.body ?? "{}") as Record<string, unknown>;
  const lookup = (id = "job_1-1", sentAt = clock.now) => replicate.lookup(call, { id, sentAt, keep: new MemoryKeep() });
  const hook = (init: RequestInit, secret = SECRET) => replicate.verifyWebhook({ ...call, webhookSecret: secret }, { headers: new Headers(init.headers), rawBody: String(init.body) });
  const only = () => [...emulator.jobs.keys()][0] ?? "";
  return { clock, emulator, elsewhere, call, submit, accepted, asked, lookup, hook, only };
}

const requests: Readonly<Record<string, ModelRequest>> = {
  clip, frame: { tool: "frame", prompt: "A door", aspect: "9:16", seed: 3 }, "lip-sync": { tool: "lip-sync", video: link("a.mp4"), audio: link("a.wav"), seconds: 4 }, roto: { tool: "roto", video: link("a.mp4"), prompt: null, seconds: 4 },
  mesh: { tool: "mesh", image: link("a.png"), seed: 3 }, transcribe: { tool: "transcribe", audio: link("a.wav"), language: "de", seconds: 4 },
};

test.each(runnables.map(({ model }) => [model.id, model] as const))("%s takes what it is sent, and gives a file of its tool", async (_id, model) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted(requests[model.tool], model.name);
  emulator.end(only());
  const sight = await replicate.check(call, ticket);
  expect(sight.state).toBe("succeeded");
  const output = sight.state === "succeeded" ? (sight.output as Record<string, unknown>) : {};
  if (model.tool === "transcribe") expect(output).toEqual({ text: "Hello there.", language: null, words: [{ text: "Hello", start: 0.1, end: 0.4 }, { text: "there.", start: 0.5, end: 0.5 }] });
  else expect(Object.values(output)).toEqual([expect.stringContaining("https://replicate.delivery/files/")]);
});

test("an official model is asked for by name, another by its pinned version, and both end by themselves", async () => {
  const { emulator, accepted, asked } = world();
  await accepted({ ...clip, firstFrame: link("panel.png") });
  expect(emulator.submitted[0]).toMatchObject({ path: "/v1/models/google/veo-3.1-fast/predictions" });
  expect(emulator.submitted[0]?.headers.get("cancel-after")).toBe("1800s");
  expect(asked()).toEqual({
    input: { prompt: "A door opens", duration: 6, aspect_ratio: "16:9", resolution: "720p", generate_audio: false, seed: 7, image: link("panel.png") }, webhook: `${HOOK}&submission=job_1-1`, webhook_events_filter: ["completed"],
  });
  await accepted(requests["mesh"], "firtoz/trellis");
  expect([emulator.submitted[1]?.path, asked()["version"]]).toEqual(["/v1/predictions", "e8f6c45206993f297372f5436b90350817bd9b4a0d52d2a76df50c1c8afa2b3c"]);
});

test.each<[string, ModelRequest, string, string]>([
  ["too long", { ...clip, seconds: 8.2 }, VEO, "at most 8 seconds"],
  ["something to look for, where it finds people only", { tool: "roto", video: link("a.mp4"), prompt: "the dog", seconds: 2 }, "arielreplicate/robust_video_matting", "reads at most 0 letters"],
  ["a model that is not there", clip, "somebody/something", "does not do this"],
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
  expect(JSON.stringify(submission)).not.toContain(KEY);
});

test("how long to wait is read from its words, and an empty account is ours to fill", async () => {
  const { emulator, submit } = world();
  emulator.faults.push({ at: "create", does: { status: 429 }, times: 1 }, { at: "create", does: { status: 402 }, times: 1 });
  expect(await submit()).toMatchObject({ end: "rejected", retryAfterMs: 30_000 });
  const broke = await submit();
  expect(broke).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(JSON.stringify(broke)).not.toContain("replicate.com");
});

test("a version that was taken away is a model that is gone", async () => {
  const { emulator, submit } = world();
  const detail = "The specified version does not exist (or perhaps you don't have permission to use it?)";
  emulator.faults.push({ at: "create", does: { status: 422, body: JSON.stringify({ title: "Invalid version or not permitted", detail, status: 422 }) } });
  expect(await submit()).toMatchObject({ end: "rejected", problem: { code: "model_gone" }, retryAfterMs: null });
});

test.each(checkFaults)("a check goes wrong and decides nothing: $words", async ({ does }) => {
  const { emulator, elsewhere, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "check", does, times: 1 });
  expect(await replicate.check(call, ticket)).toEqual({ state: "silent" });
  expect(elsewhere).toEqual([]);
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test("what a second of its machine costs is known after, and how far it is from its logs", async () => {
  const { emulator, call, accepted, clock, only } = world();
  const ticket = await accepted(requests["mesh"], "firtoz/trellis");
  emulator.start(only(), 0.3);
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "running", progress: 30 });
  clock.now += 40_000;
  emulator.end(only());
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "succeeded", madeMs: 40_000, costMicros: 56_000 });
});

test("what was not fetched within the hour is lost there, and is not bought again by itself", async () => {
  const { emulator, call, accepted, clock, only } = world();
  const ticket = await accepted();
  emulator.end(only());
  clock.now += 3_600_000;
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", problem: { code: "expired", detail: expect.stringMatching(/for an hour.*not made a second time by itself; nothing was charged/) } });
});

test.each([
  ["The input was flagged as sensitive. Please try again with different inputs. (E005)", { state: "refused", stage: "input" }],
  ["NSFW content detected in the output", { state: "refused", stage: "output" }],
  ["NSFW content detected. Try running it again, or try a different prompt.", { state: "refused", stage: "output" }],
  ["The input or output was flagged as sensitive. Please try again with different inputs. (E005)", { state: "refused", stage: null }],
  ["This was flagged.", { state: "refused", stage: null }],
  ["CUDA out of memory", { state: "failed", retry: "later", costMicros: 0, problem: { detail: "The model failed at Replicate. It says: “CUDA out of memory”." } }],
  ["Error reading https://internal/r8_secret_of_the_tests", { state: "failed", problem: { detail: "The model failed at Replicate." } }],
])("it fails with the words: %s", async (words, seen) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only(), { as: "failed", words });
  const sight = await replicate.check(call, ticket);
  expect(sight).toMatchObject(seen);
  expect(JSON.stringify(sight)).not.toMatch(/r8_secret|E005/);
});

test("what is sold by the second of a machine has its cost where it fails, and is not bought again by itself unless it never began", async () => {
  const { emulator, call, accepted, clock } = world();
  const whisper = "vaibhavs10/incredibly-fast-whisper";
  const ticket = await accepted(requests["transcribe"], whisper);
  emulator.start(ticket.id);
  clock.now += 4_000;
  emulator.end(ticket.id, { as: "failed", words: "CUDA out of memory" });
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", costMicros: 3_900 });
  const early = await accepted(requests["transcribe"], whisper, "job_2-1");
  emulator.end(early.id, { as: "failed", words: "CUDA out of memory" });
  expect(await replicate.check(call, early)).toMatchObject({ state: "failed", retry: "later", costMicros: 0 });
});

test("a deadline that passed before it began is no room, free, and may be tried elsewhere", async () => {
  const { emulator, call, accepted, clock } = world();
  const ticket = await accepted();
  clock.now += 1_800_000;
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "failed", retry: "later", costMicros: 0, problem: { code: "throttled" } });
  expect(emulator.job(ticket.id).ending).toEqual({ as: "aborted" });
});

test("cancelling is asked for, is too late when it is over, and success without a file is a failure", async () => {
  const { emulator, call, accepted } = world();
  const ticket = await accepted();
  expect(await replicate.cancel(call, ticket)).toBe("requested");
  expect(await replicate.check(call, ticket)).toMatchObject({ state: "canceled" });
  const second = await accepted();
  emulator.faults.push({ does: "empty", job: second.id });
  emulator.end(second.id);
  expect(await replicate.cancel(call, second)).toBe("too_late");
  expect(await replicate.check(call, second)).toMatchObject({ state: "failed", retry: "never", problem: { code: "empty_output" } });
});

test("a create that is answered with another's prediction is looked up, and never taken for it", async () => {
  const { emulator, submit, accepted, lookup } = world();
  const first = await accepted(clip, VEO, "job_1-1");
  emulator.faults.push({ does: "reused", times: 1 });
  expect(await submit(clip, VEO, "job_2-1")).toEqual({ end: "unknown", because: "answered" });
  expect(await lookup("job_2-1")).toEqual({ state: "not_found" });
  expect(await lookup("job_1-1")).toMatchObject({ ticket: first });
});

test("an id that was used before is not taken for another's work", async () => {
  const { emulator, call, accepted } = world();
  const ticket = await accepted();
  emulator.faults.push({ at: "check", does: { status: 200, body: JSON.stringify({ id: "another", status: "succeeded", output: "https://replicate.delivery/x.mp4" }) } });
  expect(await replicate.check(call, ticket)).toEqual({ state: "silent" });
});

test("a submission whose answer was lost is found in the list by our own id, over many pages, and sent no second time", async () => {
  const { emulator, submit, accepted, lookup, clock } = world();
  const sentAt = clock.now;
  emulator.faults.push({ at: "create", does: "lost", times: 1 });
  expect(await submit()).toMatchObject({ end: "unknown", because: "lost" });
  for (let count = 2; count < 9; count += 1) await accepted(clip, VEO, `job_${count}-1`);
  emulator.pageSize = 3;
  const sight = await lookup("job_1-1", sentAt);
  expect(sight).toMatchObject({ state: "running", ticket: { id: [...emulator.jobs.keys()][0], model: VEO } });
  expect(emulator.submitted.filter(({ body }) => body.includes("submission=job_1-1")).length).toBe(1);
});

test("one that never arrived is not found, however long the list is", async () => {
  const { emulator, submit, accepted, lookup, clock } = world();
  for (let count = 2; count < 6; count += 1) await accepted(clip, VEO, `job_${count}-1`);
  clock.now += 3_600_000;
  emulator.faults.push({ at: "create", does: "unreached", times: 1 });
  await submit();
  emulator.pageSize = 2;
  expect(await lookup()).toEqual({ state: "not_found" });
  expect(emulator.seen.filter(({ at }) => at === "list").length).toBe(1);
});

test("a list that does not tell the webhooks, breaks off, or leads elsewhere proves nothing", async () => {
  const { emulator, submit, accepted, lookup, elsewhere } = world();
  emulator.faults.push({ at: "create", does: "lost", times: 1 });
  await submit();
  emulator.listsWebhooks = false;
  expect(await lookup()).toEqual({ state: "silent" });
  emulator.listsWebhooks = true;
  for (const { does } of checkFaults) {
    emulator.faults.push({ at: "list", does, times: 1 });
    expect(await lookup()).toEqual({ state: "silent" });
  }
  const { id } = await accepted(clip, VEO, "job_2-1");
  const results = [{ id, model: VEO, source: "api", webhook: HOOK, created_at: "2026-11-20T12:00:00Z" }];
  emulator.faults.push({ at: "list", does: { status: 200, body: JSON.stringify({ next: "https://evil.example/v1/predictions", results }) }, times: 1 });
  expect(await lookup()).toEqual({ state: "silent" });
  expect(elsewhere).toEqual([]);
});

test("a webhook wakes, brings a lost ticket, and is told from the next by its id", async () => {
  const { emulator, call, submit, hook, only } = world();
  emulator.faults.push({ at: "create", does: "lost", times: 1 });
  await submit();
  emulator.end(only());
  const wake = await hook(await emulator.webhookOf(only()));
  expect(wake).toMatchObject({ ok: true, id: `msg_${only()}`, ticket: { id: only(), model: VEO } });
  expect(await replicate.check(call, wake.ok ? wake.ticket : null)).toMatchObject({ state: "succeeded" });
});

test("while a secret is being replaced, both hold, and no empty one ever does", async () => {
  const { emulator, accepted, hook, only } = world();
  await accepted();
  emulator.end(only());
  const init = await emulator.webhookOf(only());
  expect((await hook(init, `whsec_${btoa("the next secret of the tests")},${SECRET}`)).ok).toBe(true);
  for (const secret of ["", "whsec_", `whsec_${btoa("short")}`, "whsec_?", `whsec_${btoa("the next secret of the tests")}`]) expect((await hook(init, secret)).ok).toBe(false);
});

test.each([["forged", { forged: true }], ["changed", { tampered: true }], ["six minutes old", { staleSeconds: 360 }], ["of the future", { staleSeconds: -360 }]])("a webhook is refused: %s", async (_words, weather) => {
  const { emulator, accepted, hook, only } = world();
  await accepted();
  emulator.end(only());
  expect(await hook(await emulator.webhookOf(only(), weather))).toMatchObject({ ok: false });
});

test("files come from Replicate's own hosts alone, over https", () => {
  const { call } = world();
  const may = (url: string) => replicate.mayFetch(call, new URL(url));
  expect(["https://replicate.delivery/a", "https://pbxt.replicate.delivery/a"].map(may)).toEqual([true, true]);
  expect(["http://replicate.delivery/a", "https://replicate.delivery.evil.example/a", "https://xreplicate.delivery/a", PRIVATE_ADDRESS].map(may)).toEqual([false, false, false, false]);
});
