import { expect, test } from "vitest";
import { VertexEmulator } from "../../../../test/emulators/vertex/emulator.ts";
import { callTo, NOW, orderFor, OURS, outputOf, ticketOf } from "../../../../test/vendor-call.ts";
import { vertex } from "./vertex.ts";

const origin = "https://us-central1-aiplatform.googleapis.com";
const files = "https://storage.googleapis.com";
let worlds = 0;

async function world({ isForeign = false } = {}) {
  worlds += 1;
  const place = { project: `project-${worlds}`, location: "us-central1", bucket: "films", tokenUrl: "https://oauth2.googleapis.com/token" };
  const clock = { now: NOW };
  const emulator = new VertexEmulator({ origin, filesOrigin: files, key: "", now: () => clock.now, deliver: null, delayMs: null, ...place });
  const token = await emulator.serviceAccount({ isForeign });
  const access = { baseUrl: origin, token, webhookSecret: "", more: { project: place.project, location: place.location, tokenUrl: place.tokenUrl, storageUri: "gs://films/dailies", filesOrigin: files } };
  const calls = callTo(emulator, access, { "panel.png": { ending: "png", width: 1280, height: 720 } }, ["https://oauth2.googleapis.com"]);
  return { emulator, clock, ...calls, call: { ...calls.call, now: () => clock.now, token: token.replace('"key1"', `"key${worlds}"`) } };
}

const shot = { tool: "clip", prompt: "Tom walks alone", seconds: 4.5, aspect: "9:16", resolution: "720p", firstFrame: null, seed: 5 } as const;
const order = (more: Partial<Omit<typeof shot, "prompt" | "firstFrame" | "seconds">> & { prompt?: string; firstFrame?: string; seconds?: number } = {}) => orderFor(vertex, "vertex/veo-3.1-fast", { ...shot, ...more }, { submitMs: 500 });
type Ticket = { model: string; operation: string };
const begin = async ({ call }: Awaited<ReturnType<typeof world>>) => ticketOf<Ticket>(await vertex.submit(call, order()));

test("a shot begins from its panel, goes on without a figure, and comes by our bucket with a token of its own", async () => {
  const at = await world();
  const ticket = ticketOf<Ticket>(await vertex.submit(at.call, order({ firstFrame: `${OURS}panel.png` })));
  const sent = JSON.parse(at.emulator.submitted[0]?.body ?? "") as { instances: { image: { mimeType: string; bytesBase64Encoded: string } }[]; parameters: object };
  expect(sent.parameters).toEqual({ aspectRatio: "9:16", resolution: "720p", durationSeconds: 6, sampleCount: 1, generateAudio: false, seed: 5, storageUri: "gs://films/dailies/job_1-1" });
  expect(atob(sent.instances[0]?.image.bytesBase64Encoded ?? "").slice(1, 4)).toBe("PNG");
  expect(await vertex.check(at.call, ticket)).toMatchObject({ state: "running", progress: null });
  at.emulator.end(ticket.operation);
  const { video } = outputOf<{ video: string }>(await vertex.check(at.call, ticket));
  expect(video).toBe(`${files}/films/dailies/job_1-1/sample_0.mp4`);
  expect(vertex.mayFetch(at.call, new URL(video))).toBe(true);
  expect((await at.call.fetch(video, { headers: (await vertex.fileHeaders?.(at.call, new URL(video))) ?? {} })).status).toBe(200);
  expect((await at.call.fetch(video)).status).toBe(401);
});

test("the token opens nothing but our own folder", async () => {
  const { call } = await world();
  for (const elsewhere of [`${files}/films-of-others/x`, `${files}/films/dailies-2/x`, "https://storage.googleapis.com.evil.example/films/dailies/x", `${files}/films/dailies/../../other/x`]) {
    expect(vertex.mayFetch(call, new URL(elsewhere)), elsewhere).toBe(false);
    expect(await vertex.fileHeaders?.(call, new URL(elsewhere)), elsewhere).toEqual({});
  }
});

test("a token is bought once, again a minute before it ends, and again where it was taken back", async () => {
  const at = await world();
  const bought = () => at.asked.filter((url) => url.startsWith("https://oauth2")).length;
  const ticket = await begin(at);
  await vertex.check(at.call, ticket);
  expect(bought()).toBe(1);
  at.clock.now += 3_600_000 - 30_000;
  await vertex.check(at.call, ticket);
  expect(bought()).toBe(2);
  at.emulator.tokens.clear();
  expect(await vertex.check(at.call, ticket)).toEqual({ state: "silent" });
  expect(await vertex.check(at.call, ticket)).toMatchObject({ state: "running" });
  expect(bought()).toBe(3);
});

test("where Google sells no token, nothing was sent: our account's fault is ours, its silence is waited out", async () => {
  const foreign = await world({ isForeign: true });
  const refused = await vertex.submit(foreign.call, order());
  expect(refused).toMatchObject({ end: "rejected", problem: { code: "provider_config" } });
  expect(JSON.stringify(refused)).not.toContain("PRIVATE KEY");
  const quiet = await world();
  quiet.emulator.faults.push({ at: "keys", does: "lost" });
  expect(await vertex.submit(quiet.call, order())).toMatchObject({ end: "rejected", retry: "later" });
  expect([...foreign.emulator.submitted, ...quiet.emulator.submitted]).toHaveLength(0);
});

test("forbidden words are refused before, filtered films after, and nothing made is no success", async () => {
  const at = await world();
  expect(await vertex.submit(at.call, order({ prompt: "FORBIDDEN" }))).toMatchObject({ end: "refused" });
  const filtered = await begin(at);
  at.emulator.end(filtered.operation, { as: "failed", code: "filtered" });
  expect(await vertex.check(at.call, filtered)).toMatchObject({ state: "refused", stage: "output" });
  const early = await begin(at);
  at.emulator.end(early.operation, { as: "failed", code: "3", words: "violates our usage guidelines" });
  expect(await vertex.check(at.call, early)).toMatchObject({ state: "refused", stage: "input" });
  const nothing = await begin(at);
  at.emulator.faults.push({ does: "empty", job: nothing.operation });
  at.emulator.end(nothing.operation);
  expect(await vertex.check(at.call, nothing)).toMatchObject({ state: "failed", retry: "never", costMicros: null, problem: { code: "empty_output" } });
  const full = await begin(at);
  at.emulator.end(full.operation, { as: "failed", code: "8" });
  expect(await vertex.check(at.call, full)).toMatchObject({ state: "failed", problem: { code: "capacity" }, retry: "later", costMicros: 0 });
});

test("a film inside an answer is not read into memory, small or large: it ends failed, under a code that is looked after", async () => {
  for (const letters of [1_000, 9_000_000]) {
    const at = await world();
    const ticket = await begin(at);
    const job = at.emulator.job(ticket.operation);
    delete (job.input["parameters"] as { storageUri?: string }).storageUri;
    at.emulator.end(ticket.operation, { as: "succeeded", words: String(letters) });
    expect(await vertex.check(at.call, ticket)).toMatchObject({ state: "failed", problem: { code: "output_in_answer" }, retry: "never" });
  }
});

test("a lost answer is not sent again, and what cannot be read while looking fails nothing", async () => {
  for (const does of ["lost", "truncated", "html", "schema", "hang"] as const) {
    const at = await world();
    at.emulator.faults.push({ at: "create", does, times: 1 });
    const lost = order();
    expect((await vertex.submit(at.call, lost)).end, does).toBe("unknown");
    expect(await vertex.lookup(at.call, { id: lost.id, sentAt: NOW, keep: lost.keep })).toEqual({ state: "silent" });
    expect(at.emulator.submitted, does).toHaveLength(1);
  }
  const at = await world();
  const ticket = await begin(at);
  for (const does of ["lost", "html", "truncated", { status: 400 }, { status: 500 }, { status: 302, body: "", headers: { location: "https://elsewhere.example/" } }] as const) {
    at.emulator.faults.push({ at: "check", does, times: 1 });
    expect(await vertex.check(at.call, ticket), JSON.stringify(does)).toEqual({ state: "silent" });
  }
  expect(await vertex.check(at.call, { model: ticket.model, operation: "of/nobody" })).toEqual({ state: "not_found" });
  expect(await vertex.check(at.call, { model: "../../other", operation: ticket.operation })).toEqual({ state: "silent" });
  expect(at.asked.every((url) => /^https:\/\/(us-central1-aiplatform|oauth2)\.googleapis\.com\//.test(url))).toBe(true);
});

test("it waits where there is too much to do, and says what to change where a shot does not fit", async () => {
  const at = await world();
  at.emulator.faults.push({ at: "create", times: 1, does: { status: 429, headers: { "retry-after": "7" } } });
  expect(await vertex.submit(at.call, order())).toMatchObject({ end: "rejected", problem: { code: "throttled" }, retryAfterMs: 7_000 });
  at.emulator.faults.push({ at: "create", times: 1, does: { status: 503 } });
  expect(await vertex.submit(at.call, order())).toMatchObject({ end: "rejected", problem: { code: "throttled" } });
  expect(await vertex.submit(at.call, order({ seconds: 9 }))).toMatchObject({ end: "rejected", problem: { code: "bad_input", detail: expect.stringContaining("8 seconds") } });
  expect(await vertex.submit(at.call, order({ firstFrame: `${OURS}gone.png` }))).toMatchObject({ end: "rejected", problem: { code: "bad_input" } });
});
