/** Runway, with everything that it may do to us on the way. */
import { expect, test } from "vitest";
import type { ModelRequest } from "#film/inputs/model-request.ts";
import { checkFaults, submitFaults } from "../../../../test/emulators/vendor/adapter-faults.ts";
import { clockAt, networkOf } from "../../../../test/emulators/vendor/calling.ts";
import { PRIVATE_ADDRESS } from "../../../../test/emulators/vendor/emulator.ts";
import { MemoryKeep } from "../../../../test/emulators/vendor/keep.ts";
import { RunwayEmulator } from "../../../../test/emulators/runway/emulator.ts";
import { runway } from "./runway.ts";

const KEY = "key_secret_of_the_tests";
const clip: ModelRequest = { tool: "clip", prompt: "A door opens", seconds: 4.3, aspect: "16:9", resolution: "720p", firstFrame: null, seed: 7 };

function world() {
  const clock = clockAt();
  const emulator = new RunwayEmulator({ origin: "https://api.dev.runwayml.com", filesOrigin: "https://dnznrvs05pmza.cloudfront.net", key: KEY, now: () => clock.now, deliver: null, delayMs: null });
  const { fetch, elsewhere } = networkOf(emulator);
  const call = { baseUrl: "https://api.dev.runwayml.com", token: KEY, webhookSecret: "", more: {}, now: () => clock.now, fetch };
  const submit = (request: ModelRequest = clip, model = "gen4.5") => runway.submit(call, { model, version: null, request, id: "job_1-1", webhookUrl: "https://dailies.example/hook", signal: AbortSignal.timeout(2_000), keep: new MemoryKeep() });
  const accepted = async (request?: ModelRequest, model?: string) => {
    const submission = await submit(request, model);
    if (submission.end !== "accepted") throw new Error(JSON.stringify(submission));
    return submission.ticket;
  };
  const asked = () => JSON.parse(emulator.submitted.at(-1)?.body ?? "{}") as Record<string, unknown>;
  return { clock, emulator, elsewhere, call, submit, accepted, asked, only: () => [...emulator.jobs.keys()][0] ?? "" };
}

test("a clip is asked for in whole seconds and in pixels, without sound, and comes back as a video with what it cost", async () => {
  const { emulator, call, accepted, asked, only } = world();
  const ticket = await accepted();
  expect(asked()).toEqual({ model: "gen4.5", promptText: "A door opens", ratio: "1280:720", duration: 5, seed: 7 });
  emulator.start(only(), 0.42);
  expect(await runway.check(call, ticket)).toMatchObject({ state: "running", progress: 42 });
  emulator.end(only());
  const sight = await runway.check(call, ticket);
  expect(sight).toMatchObject({ state: "succeeded", costMicros: 600_000, output: { video: expect.stringContaining("cloudfront.net/files/") } });
});

test.each<[string, ModelRequest, string, string, object]>([
  ["a panel is the first frame", { ...clip, firstFrame: "https://dailies.example/panel.png", aspect: "9:16" }, "gen4_turbo", "/v1/image_to_video", { promptImage: "https://dailies.example/panel.png", ratio: "720:1280" }],
  ["Veo has lengths of its own, and sound that would cost twice", { ...clip, resolution: "1080p" }, "veo3.1_fast", "/v1/text_to_video", { duration: 6, ratio: "1920:1080", audio: false }],
  ["a frame of rounding buys no second more", { ...clip, seconds: 4.000_4 }, "veo3.1", "/v1/text_to_video", { duration: 4 }],
  ["a panel is drawn", { tool: "frame", prompt: "A door", aspect: "1:1", seed: 3 }, "gen4_image", "/v1/text_to_image", { ratio: "720:720", seed: 3 }],
  ["a sound is no shorter than it can be", { tool: "sound", prompt: "A door creaks", seconds: 0.2 }, "eleven_text_to_sound_v2", "/v1/sound_effect", { duration: 0.5 }],
  ["a recording is cleaned", { tool: "clean-audio", audio: "https://dailies.example/line.wav", seconds: 20 }, "eleven_voice_isolation", "/v1/voice_isolation", { audioUri: "https://dailies.example/line.wav" }],
])("%s", async (_words, request, model, path, body) => {
  const { emulator, accepted, asked, call, only } = world();
  const ticket = await accepted(request, model);
  expect([emulator.submitted[0]?.path, asked()]).toEqual([path, expect.objectContaining(body)]);
  emulator.end(only());
  expect(await runway.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test.each<[string, ModelRequest, string, string]>([
  ["too long", { ...clip, seconds: 11 }, "gen4.5", "at most 10 seconds"],
  ["a square from words", { ...clip, aspect: "1:1" }, "gen4.5", "does not make 1:1"],
  ["4k", { ...clip, resolution: "4k" }, "veo3.1", "does not make 4k"],
  ["too many words", { ...clip, prompt: "x".repeat(1_001) }, "gen4.5", "at most 1000 letters"],
  ["no picture where one is needed", clip, "gen4_turbo", "needs a picture"],
  ["a model that is not there", clip, "gen3a_turbo", "does not do this"],
  ["a tool that it has not", { tool: "rig", mesh: "https://dailies.example/mesh.glb" }, "gen4.5", "does not do this"],
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
  expect(emulator.submitted.length).toBe(1);
  expect(elsewhere).toEqual([]);
  expect(JSON.stringify(submission)).not.toContain(KEY);
});

test("a model that it has no door for any more is gone", async () => {
  const { emulator, submit } = world();
  emulator.faults.push({ at: "create", does: { status: 405 } });
  expect(await submit()).toMatchObject({ end: "rejected", problem: { code: "model_gone" }, retryAfterMs: null });
});

test.each(checkFaults)("a check goes wrong and decides nothing: $words", async ({ does }) => {
  const { emulator, elsewhere, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only());
  emulator.faults.push({ at: "check", does, times: 1 });
  expect(await runway.check(call, ticket)).toEqual({ state: "silent" });
  expect(elsewhere).toEqual([]);
  expect(await runway.check(call, ticket)).toMatchObject({ state: "succeeded" });
});

test("waiting for a free place is waiting, and going back to the queue is too", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.concurrency = 0;
  expect(await runway.check(call, ticket)).toMatchObject({ state: "running", progress: 0, text: "Waiting for a free place at Runway" });
  emulator.concurrency = 1;
  emulator.start(only(), 0.5);
  emulator.faults.push({ does: "backwards", times: 1 });
  expect(await runway.check(call, ticket)).toMatchObject({ state: "running" });
});

test.each([
  ["SAFETY.INPUT.TEXT", { state: "refused", stage: "input", costMicros: 600_000 }],
  ["SAFETY.INPUT.PUBLIC_FIGURE", { state: "refused", stage: "input" }],
  ["SAFETY.OUTPUT.NUDITY", { state: "refused", stage: "output", costMicros: 600_000 }],
  ["INPUT_PREPROCESSING.SAFETY.TEXT", { state: "refused", stage: "input" }],
  ["ASSET.INVALID", { state: "failed", retry: "never", problem: { code: "bad_input" } }],
  ["INTERNAL.BAD_OUTPUT.CODE01", { state: "failed", retry: "later", costMicros: 0 }],
  ["THIRD_PARTY.UNAVAILABLE", { state: "failed", retry: "later" }],
  ["SOMETHING.NEW", { state: "failed", retry: "later" }],
])("it ends with %s", async (code, seen) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only(), { as: "failed", code, words: `Runway's own words about ${code} and key_secret` });
  const sight = await runway.check(call, ticket);
  expect(sight).toMatchObject(seen);
  const read = "problem" in sight ? sight.problem.detail : "";
  expect(read).not.toMatch(new RegExp(`${code.split(".").at(-1)}|own words|key_`, "i"));
  if (sight.state === "refused") expect(read).toMatch(/[Dd]escri|Take out/);
});

test.each(["INTERNAL.BAD_OUTPUT.CODE01", "INTERNAL", "THIRD_PARTY.UNAVAILABLE"])("%s that was billed is not bought again by itself, and neither is what does not say what it cost", async (code) => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.end(only(), { as: "failed", code, cost: 30 });
  expect(await runway.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", costMicros: 300_000 });
  emulator.faults.push({ at: "check", does: { status: 200, body: JSON.stringify({ id: only(), status: "FAILED", failureCode: code, createdAt: "2026-11-20T12:00:00Z" }) } });
  expect(await runway.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", costMicros: null });
});

test("success with nothing to show has its cost and is not bought again by itself, unless it was free", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.faults.push({ does: "empty" });
  emulator.end(only());
  expect(await runway.check(call, ticket)).toMatchObject({ state: "failed", retry: "never", costMicros: 600_000, problem: { code: "empty_output" } });
  const free = await accepted();
  emulator.end([...emulator.jobs.keys()][1] ?? "", { as: "succeeded", cost: 0 });
  expect(await runway.check(call, free)).toMatchObject({ state: "failed", retry: "later", costMicros: 0, problem: { code: "empty_output" } });
});

test("a task that is another's is not taken for ours", async () => {
  const { emulator, call, accepted } = world();
  const ticket = await accepted();
  emulator.faults.push({ at: "check", does: { status: 200, body: JSON.stringify({ id: "another", status: "SUCCEEDED", output: ["https://x.cloudfront.net/a.mp4"], createdAt: "2026-11-20T12:00:00Z" }) } });
  expect(await runway.check(call, ticket)).toEqual({ state: "silent" });
});

test("an id that would lead elsewhere is never asked for", async () => {
  const { emulator, call, submit } = world();
  emulator.faults.push({ at: "create", does: { status: 200, body: JSON.stringify({ id: "../organization", estimatedCost: { credits: 1 } }) } });
  expect(await submit()).toEqual({ end: "unknown", because: "answered" });
  expect(await runway.check(call, { id: "../organization", role: "video" })).toEqual({ state: "silent" });
  expect(emulator.seen.length).toBe(1);
});

test("cancelling stops what is under way, and deletes nothing that is made", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  expect(await runway.cancel(call, ticket)).toBe("requested");
  expect(await runway.check(call, ticket)).toMatchObject({ state: "canceled", costMicros: 0 });
  const second = await accepted();
  const id = [...emulator.jobs.keys()][1] ?? only();
  emulator.end(id);
  expect(await runway.cancel(call, second)).toBe("too_late");
  expect(emulator.seen.filter(({ method }) => method === "DELETE").length).toBe(1);
  expect(await runway.check(call, second)).toMatchObject({ state: "succeeded" });
});

test("what it makes although it was cancelled is seen", async () => {
  const { emulator, call, accepted, only } = world();
  const ticket = await accepted();
  emulator.faults.push({ does: "late" });
  expect(await runway.cancel(call, ticket)).toBe("requested");
  emulator.end(only());
  expect(await runway.check(call, ticket)).toMatchObject({ state: "succeeded", costMicros: 600_000 });
});

test("a lost submission cannot be found, and nothing pretends that it never came", async () => {
  const { call, clock } = world();
  expect(await runway.lookup(call, { id: "job_1-1", sentAt: clock.now, keep: new MemoryKeep() })).toEqual({ state: "silent" });
});

test("files come from Runway's own hosts alone, over https", () => {
  const { call } = world();
  const may = (url: string) => runway.mayFetch(call, new URL(url));
  expect([may("https://dnznrvs05pmza.cloudfront.net/a.mp4?_jwt=x"), may("https://api.dev.runwayml.com/x")]).toEqual([true, true]);
  expect(["http://dnznrvs05pmza.cloudfront.net/a", "https://cloudfront.net.evil.example/a", "https://evilcloudfront.net/a", PRIVATE_ADDRESS, "https://dnznrvs05pmza.cloudfront.net:8443/a"].map(may)).toEqual([false, false, false, false, false]);
});

test("no webhook is believed, since Runway sends none", async () => {
  const { call } = world();
  expect(await runway.verifyWebhook(call, { headers: new Headers(), rawBody: "{}" })).toMatchObject({ ok: false });
});
