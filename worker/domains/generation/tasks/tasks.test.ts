import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newFilmWorld, type FilmWorld, type QuoteWire, type RunWire } from "../../../../test/film-world.ts";
import { expectSame, recordOf } from "../../../../test/records.ts";
import { filesIn, type Files } from "../../../../test/task-files.ts";
import { newVendorWorld, type VendorWorld } from "../../../../test/vendor-world.ts";
import { newWorld } from "../../../../test/world.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nA room.\n";
interface TakeWire { id: string; project: string | null; tool: string; model: string; provider: string; frames: number | null; credits: number; values: Record<string, unknown>; assets: { role: string; contentType: string; url: string; asset: string }[] }

const ask = (world: Pick<FilmWorld, "post">, tool: string, input: object, more: object = {}) => world.post("/api/v1/quotes", { tool, input, ...more });
const quoted = async (answer: Response): Promise<QuoteWire & { project: string | null; target: unknown; items: { tool: string; model: string; label: string; credits: number }[] }> => {
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json();
};
const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) });

async function made(world: FilmWorld, quote: QuoteWire): Promise<{ run: RunWire; take: TakeWire }> {
  const run = await world.until((await world.start(quote.id)).id);
  const [job] = run.jobs;
  if (!job?.take) throw new Error(JSON.stringify(run, null, 1));
  return { run, take: await (await world.get(`/api/v1/takes/${job.take}`)).json<TakeWire>() };
}
/** What is made while the vendors' clocks go on. */
async function madeThere(world: VendorWorld, quote: QuoteWire): Promise<{ run: RunWire; take: TakeWire }> {
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 50);
  try {
    return await made(world, quote);
  } finally {
    clearInterval(weather);
  }
}

/** Tool, what it is asked for, what the house asks for it, and what comes. */
const atHome: [string, (files: Files) => object, number, string[]][] = [
  ["frame", () => ({ prompt: "A lighthouse in the fog" }), 0, ["panel image/png"]],
  ["clip", ({ image }) => ({ prompt: "The camera moves in", image, seconds: 2.5 }), 3, ["video video/mp4"]],
  ["voice", () => ({ text: "You're late.", cast: "clara" }), 0, ["audio audio/wav", "timings application/json"]],
  ["music", () => ({ mood: "tense", seconds: 12 }), 0, ["audio audio/wav"]],
  ["clean-audio", ({ audio }) => ({ audio }), 10, ["audio audio/wav"]],
  ["grade", ({ video }) => ({ video, look: "noir" }), 15, ["video video/mp4"]],
  ["roto", ({ video }) => ({ video, color: "#00b140" }), 25, ["mask video/mp4", "video video/mp4"]],
  ["upscale", ({ video }) => ({ video }), 2, ["video video/mp4"]],
  ["mesh", ({ image }) => ({ image }), 25, ["mesh model/gltf-binary"]],
  ["rig", ({ mesh }) => ({ mesh }), 30, ["mesh model/gltf-binary"]],
];

test("each tool of the house's makes a single thing: priced first, paid when it is there, kept with how it was made, and its record replays", { timeout: 120_000 }, async () => {
  const world = await newFilmWorld({ script: SCRIPT, credits: 1_000 });
  const files = await filesIn(world);
  let spent = 0;
  for (const [tool, input, credits, expected] of atHome) {
    const quote = await quoted(await ask(world, tool, input(files)));
    expect([tool, quote.credits, quote.project, quote.target]).toEqual([tool, credits, null, { tool }]);
    const { run, take } = await made(world, quote);
    expect([tool, run.status, run.credits]).toEqual([tool, "succeeded", { quoted: credits, captured: credits, returned: 0, held: 0 }]);
    expect([tool, take.assets.map(({ role, contentType }) => `${role} ${contentType}`).sort()]).toEqual([tool, expected]);
    expect(take).toMatchObject({ project: null, tool, model: `dailies/${tool}`, provider: "house", credits });
    expect((await world.get(take.assets[0]?.url ?? "")).status).toBe(200);
    expectSame(await recordOf(world, run.id));
    spent += credits;
  }
  expect(await world.balance()).toEqual({ available: 1_000 - spent, held: 0 });
  const { data, nextCursor } = await (await world.get("/api/v1/takes?limit=4")).json<{ data: TakeWire[]; nextCursor: string }>();
  expect(data.map(({ tool }) => tool)).toEqual(["rig", "mesh", "upscale", "roto"]);
  const rest = await (await world.get(`/api/v1/takes?limit=100&cursor=${nextCursor}`)).json<{ data: TakeWire[] }>();
  expect(rest.data.map(({ tool }) => tool)).toEqual(["grade", "clean-audio", "music", "voice", "clip", "frame"]);
  expect((await (await world.get("/api/v1/takes?tool=voice")).json<{ data: TakeWire[] }>()).data).toHaveLength(1);
  const { manifest } = await (await world.get(`/api/v1/takes/${data[3]?.id}/manifest`)).json<{ manifest: Record<string, unknown> }>();
  expect(manifest).toMatchObject({ tool: "roto", project: null, inputs: [{ asset: files.video, role: "video" }], credits: 25 });
});

test("the same order twice is two things, and one request that is repeated is one", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const order = { tool: "frame", input: { prompt: "A lighthouse", seed: 4 } };
  const [one, two] = [await quoted(await world.post("/api/v1/quotes", order, { "idempotency-key": "a" })), await quoted(await world.post("/api/v1/quotes", order, { "idempotency-key": "a" }))];
  expect(two.id).toBe(one.id);
  const other = await quoted(await world.post("/api/v1/quotes", order, { "idempotency-key": "b" }));
  const [first, second] = [await made(world, one), await made(world, other)];
  expect(second.take.id).not.toBe(first.take.id);
});

test("what was made can be ordered again as its record says, whatever seed was drawn for it", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  for (let tries = 0; tries < 6; tries += 1) {
    const { id } = await quoted(await ask(world, "frame", { prompt: "A lighthouse" }));
    const snapshot = await (await env.MEDIA.get(`quotes/${world.studio}/${id}.json`))?.json<{ steps: { step: { recipe: { params: Record<string, unknown> } } }[] }>();
    expect((await ask(world, "frame", snapshot?.steps[0]?.step.recipe.params ?? {})).status).toBe(201);
  }
});

test("what is ordered for a film lies with it, and a film is not changed by it", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const before = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ filmVersion: number; nodes: unknown[] }>();
  const quote = await quoted(await ask(world, "frame", { prompt: "A lighthouse" }, { project: world.project }));
  expect(quote.project).toBe(world.project);
  const { take } = await made(world, quote);
  expect(take.project).toBe(world.project);
  const after = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ filmVersion: number; nodes: unknown[] }>();
  expect([after.filmVersion, after.nodes.length]).toEqual([before.filmVersion, before.nodes.length]);
  expect(await problemOf(await world.post(`/api/v1/takes/${take.id}/choose`, { base: after.filmVersion }))).toMatchObject({ status: 404, code: "take.not_found" });
  expect(await problemOf(await ask(world, "frame", { prompt: "x" }, { project: "proj_of_nobody" }))).toMatchObject({ status: 404 });
});

const refusals: [string, string, (files: Files) => object, object][] = [
  ["a tool that there is not", "teleport", () => ({}), { status: 422, code: "request.invalid", errors: [{ pointer: "/tool" }] }],
  ["a film's step", "cut", () => ({}), { status: 422, code: "request.invalid", errors: [{ pointer: "/tool" }] }],
  ["a field that is missing", "frame", () => ({}), { status: 422, errors: [{ pointer: "/input/prompt" }] }],
  ["a field that nobody knows", "frame", () => ({ prompt: "x", size: 4 }), { status: 422, code: "request.invalid" }],
  ["music without words or mood", "music", () => ({ seconds: 10 }), { status: 422, errors: [{ pointer: "/input/prompt" }] }],
  ["a file that is not there", "upscale", () => ({ video: "asset_nobody" }), { status: 404, code: "asset.not_found", errors: [{ pointer: "/input/video" }] }],
  ["a file of another kind", "upscale", ({ audio }) => ({ video: audio }), { status: 422, code: "upload.unsupported", errors: [{ pointer: "/input/video" }] }],
  ["a file that is too long", "clean-audio", ({ long }) => ({ audio: long }), { status: 422, code: "upload.unsupported" }],
  ["what is large enough already", "upscale", ({ video }) => ({ video, resolution: "720p" }), { status: 422, errors: [{ pointer: "/input/resolution" }] }],
  ["more than the house speaks at once", "voice", () => ({ text: "word ".repeat(500) }), { status: 409, code: "tool.unavailable" }],
  ["a screen and words at once", "roto", ({ video }) => ({ video, color: "#00ff00", prompt: "the dog" }), { status: 422, errors: [{ pointer: "/input/color" }] }],
  ["a model of another tool", "frame", () => ({ prompt: "x" }), { status: 422, errors: [{ pointer: "/wish" }] }],
  ["what nobody here can make", "sound", () => ({ prompt: "a door" }), { status: 409, code: "tool.unavailable" }],
  ["a clip from words alone, of the house", "clip", () => ({ prompt: "a dog runs" }), { status: 409, code: "tool.unavailable" }],
];

test("what cannot be made is refused before anything is held, naming the field", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const files = await filesIn(world);
  for (const [name, tool, input, expected] of refusals) {
    const wish = name === "a model of another tool" ? { wish: "model:dailies/clip" } : {};
    expect({ name, ...(await problemOf(await ask(world, tool, input(files), wish))) }).toMatchObject({ name, ...expected });
  }
  expect(await problemOf(await world.post("/api/v1/quotes", { target: "master" }))).toMatchObject({ status: 422, errors: [{ pointer: "/project" }] });
  expect(await problemOf(await world.post("/api/v1/quotes", { project: world.project }))).toMatchObject({ status: 422, errors: [{ pointer: "/target" }] });
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
});

test("another studio's files, takes and orders are not there", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const files = await filesIn(world);
  const { take } = await made(world, await quoted(await ask(world, "frame", { prompt: "A lighthouse" })));
  const other = await newWorld({ credits: 100 });
  expect(await problemOf(await ask(other, "upscale", { video: files.video }))).toMatchObject({ status: 404, code: "asset.not_found" });
  expect((await other.get(`/api/v1/takes/${take.id}`)).status).toBe(404);
  expect((await (await other.get("/api/v1/takes")).json<{ data: unknown[] }>()).data).toEqual([]);
});

test("what a run could not make is paid by nobody, and quoted again as it was", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const files = await filesIn(world);
  world.provider.faults.push({ at: "file", model: "dailies/upscale", does: "elsewhere" });
  const run = await world.until((await world.start((await quoted(await ask(world, "upscale", { video: files.video }))).id)).id);
  expect(run).toMatchObject({ status: "failed", credits: { captured: 0, held: 0 }, jobs: [{ problem: { code: "bad_output" } }] });
  expect(await world.balance()).toEqual({ available: 100, held: 0 });
  await expect.poll(async () => (await world.get(`/api/v1/jobs/${run.jobs[0]?.id}`)).status).toBe(200);
  for (const path of [`/api/v1/runs/${run.id}/retry`, `/api/v1/jobs/${run.jobs[0]?.id}/retry`]) {
    const again = await quoted(await world.post(path, {}));
    expect(again).toMatchObject({ target: { tool: "upscale" }, credits: 2, project: null });
  }
});

/** Tool, model, what it is asked for, credits, and what comes. */
const elsewhere: [string, string, (files: Files) => object, number, string[]][] = [
  ["frame", "fal/nano-banana-2", () => ({ prompt: "A lighthouse", aspect: "9:16" }), 10, ["panel image/png"]],
  ["clip", "fal/kling-v3-standard", ({ image }) => ({ prompt: "She turns around", image, seconds: 5 }), 55, ["video video/mp4"]],
  ["clip", "runway/gen4.5", () => ({ prompt: "A dog runs", seconds: 5 }), 75, ["video video/mp4"]],
  ["voice", "elevenlabs/multilingual-v2", () => ({ text: "Guten Abend.", language: "de" }), 2, ["audio audio/mpeg", "timings application/json"]],
  ["sound", "fal/sound-v2", () => ({ prompt: "A door falls shut", seconds: 3 }), 3, ["audio audio/mpeg"]],
  ["lip-sync", "fal/sync-lipsync-2", ({ video, audio }) => ({ video, audio }), 14, ["video video/mp4"]],
  ["transcribe", "fal/scribe-v2", ({ audio }) => ({ audio, language: "en" }), 1, ["captions text/vtt", "transcript application/json"]],
  ["clean-audio", "fal/audio-isolation", ({ audio }) => ({ audio }), 13, ["audio audio/mpeg"]],
  ["upscale", "fal/seedvr-1080p", ({ video }) => ({ video, resolution: "1080p" }), 14, ["video video/mp4"]],
  ["roto", "fal/sam-3", ({ video }) => ({ video, prompt: "the dog" }), 2, ["video video/mp4"]],
  ["mesh", "fal/trellis-2", ({ image }) => ({ image }), 38, ["mesh model/gltf-binary"]],
  ["rig", "fal/meshy-rigging", ({ mesh }) => ({ mesh }), 25, ["mesh model/gltf-binary"]],
  ["dub", "elevenlabs/dubbing-v1", ({ audio }) => ({ media: audio, to: "fr" }), 63, ["media audio/mpeg"]],
];

test("each tool at a vendor's: asked in its own words, kept as it came, paid once, and its record replays", { timeout: 180_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000 });
  const files = await filesIn(world);
  let spent = 0;
  for (const [tool, model, input, credits, expected] of elsewhere) {
    const quote = await quoted(await ask(world, tool, input(files), { wish: `model:${model}` }));
    expect([model, quote.credits]).toEqual([model, credits]);
    const { run, take } = await madeThere(world, quote);
    expect([model, run.status, run.credits]).toEqual([model, "succeeded", { quoted: credits, captured: credits, returned: 0, held: 0 }]);
    expect([model, take.model, take.assets.map(({ role, contentType }) => `${role} ${contentType}`).sort()]).toEqual([model, model, expected]);
    // The house wrote each video anew, and listened to each sound.
    const isPlayed = expected.some((file) => / (?:video|audio)\//.test(file));
    expect([model, take.values["integratedLufs"], take.values["truePeakDbtp"]]).toEqual([model, ...(isPlayed ? [-20, -6] : [undefined, undefined])]);
    expectSame(await recordOf(world, run.id));
    spent += credits;
  }
  expect(await world.balance()).toEqual({ available: 1_000 - spent, held: 0 });
  // What was looked at is not kept twice.
  await expect.poll(async () => (await env.MEDIA.list({ prefix: `raw/${world.studio}/` })).objects.map(({ key }) => key)).toEqual([]);
  expect(world.elsewhere.filter((url) => /^https?:\/\/(?:169\.254\.|127\.|10\.)/.test(url))).toEqual([]);
});

test.each([
  ["silent", "sound", "fal/sound-v2", () => ({ prompt: "A door falls shut", seconds: 3 }), "nothing can be heard in it"],
  ["damaged", "upscale", "fal/seedvr-1080p", ({ video }: Files) => ({ video, resolution: "1080p" }), "the video is damaged"],
] as const)("a vendor's result that is %s is not paid for: the user reads what is wrong with it", { timeout: 60_000 }, async (what, tool, model, input, words) => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000, ...(what === "damaged" ? { delayMs: null } : {}) });
  const files = await filesIn(world);
  world.provider.faults.push({ at: "file", model: "dailies/remux", does: "silent" });
  const quote = await quoted(await ask(world, tool, input(files), { wish: `model:${model}` }));
  const weather = setInterval(() => {
    for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); }
    if (what === "damaged") for (const id of world.provider.underWay) world.provider.end(id, "failed", "the video is damaged: it says that it lasts 4.00 s, and 1.00 s of it are there", "input");
  }, 50);
  const run = await world.until((await world.start(quote.id)).id).finally(() => clearInterval(weather));
  expect(run).toMatchObject({ status: "failed", credits: { captured: 0, held: 0 }, jobs: [{ problem: { code: "bad_output", detail: expect.stringMatching(new RegExp(`${words}.*Nothing was charged`)) } }] });
  expect(await world.balance()).toEqual({ available: 1_000, held: 0 });
});

test("lengths, shapes and sizes that no model has are refused with the nearest that works", async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000 });
  const files = await filesIn(world);
  expect(await problemOf(await ask(world, "clip", { prompt: "x", seconds: 29 }))).toMatchObject({ status: 422, code: "tool.unsupported", field: "seconds", nearest: 15 });
  expect(await problemOf(await ask(world, "upscale", { video: files.video, resolution: "1080p" }, { wish: "model:fal/seedvr-4k" }))).toMatchObject({ code: "tool.unsupported", field: "resolution", nearest: "4k" });
  expect(await problemOf(await ask(world, "sound", { prompt: "x".repeat(600), seconds: 2 }, { wish: "model:fal/sound-v2" }))).toMatchObject({ code: "tool.unsupported", field: "prompt", nearest: 450 });
  expect(await problemOf(await ask(world, "clip", { prompt: "x", seconds: 5 }, { stepCreditsMax: 3 }))).toMatchObject({ code: "tool.unavailable" });
  // The recording is two seconds long, and nothing is held for what a vendor would not take.
  expect(await problemOf(await ask(world, "clean-audio", { audio: files.audio }, { wish: "model:runway/isolation" }))).toMatchObject({ status: 422, code: "tool.unsupported", field: "seconds", nearest: 4, detail: expect.stringMatching(/at least 4 seconds.*The nearest that works is 4 seconds. Send a longer file/) });
  expect(await world.balance()).toEqual({ available: 1_000, held: 0 });
});
