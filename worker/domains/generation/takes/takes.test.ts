import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newFilmWorld, type FilmWorld } from "../../../../test/film-world.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n";
interface Node { id: string; kind: string; shot: string | null; state: string; fingerprint: string; take: { id: string } | null; takes: number; uploaded: boolean }
interface Graph { filmVersion: number; nodes: Node[] }

async function madeFilm(): Promise<FilmWorld & { at(rest: string): string; graph(): Promise<Graph>; node(kind: string): Promise<Node> }> {
  const world = await newFilmWorld({ script: SCRIPT });
  expect((await world.animatic()).status).toBe("succeeded");
  const at = (rest: string) => `/api/v1/projects/${world.project}${rest}`;
  const graph = async () => (await world.get(at("/graph"))).json<Graph>();
  const node = async (kind: string) => {
    const found = (await graph()).nodes.find((one) => one.kind === kind);
    if (!found) throw new Error(`the film has no ${kind}`);
    return found;
  };
  return { ...world, at, graph, node };
}

test("a retake runs what hangs on it and nothing else; choosing the old take brings all of it back at no cost", async () => {
  const world = await madeFilm();
  const before = await world.graph();
  const frame = await world.node("frame");
  expect((await world.post(world.at(`/nodes/${frame.id}/retake`), { base: before.filmVersion })).status).toBe(200);
  const stale = (await world.graph()).nodes.filter(({ state, kind }) => state !== "current" && kind !== "clip" && kind !== "cut" && kind !== "poster" && kind !== "preview");
  const quote = await world.quote("animatic");
  expect(quote.items.map(({ node }) => node).sort()).toEqual(stale.map(({ id }) => id).sort());
  expect((await world.until((await world.start(quote.id)).id)).status).toBe("succeeded");
  const takes = await (await world.get(world.at(`/nodes/${frame.id}/takes`))).json<{ data: { id: string; current: boolean; variant: number }[] }>();
  expect(takes.data.map(({ current, variant }) => [current, variant])).toEqual([[true, 1], [false, 0]]);
  const animatic = before.nodes.find(({ kind }) => kind === "animatic");
  const { filmVersion } = await world.graph();
  expect((await world.post(`/api/v1/takes/${animatic?.take?.id}/choose`, { base: filmVersion })).status).toBe(200);
  const after = await world.graph();
  expect(after.nodes.map(({ fingerprint }) => fingerprint)).toEqual(before.nodes.map(({ fingerprint }) => fingerprint));
  expect((await world.post("/api/v1/quotes", { project: world.project, target: "animatic" })).status).toBe(409);
});

test("what an edit would make stale is told before it is made, and is what then runs", async () => {
  const world = await madeFilm();
  const { filmVersion, nodes } = await world.graph();
  const shot = nodes.find(({ kind }) => kind === "frame")?.shot;
  const fields = { framing: "extreme-close" };
  for (const wrong of [{ cast: "x" }, { description: 5 }, { props: [{}] }, { seconds: -1 }]) {
    expect({ wrong, status: (await world.post(world.at("/what-if"), { shot, fields: wrong })).status }).toEqual({ wrong, status: 422 });
  }
  const told = await (await world.post(world.at("/what-if"), { shot, fields, target: "animatic" })).json<{ stale: string[]; credits: number }>();
  expect((await world.graph()).filmVersion).toBe(filmVersion);
  expect((await world.patch(world.at(`/shots/${shot}`), { base: filmVersion, fields })).status).toBe(200);
  const quote = await world.quote("animatic");
  expect(quote.items.map(({ node }) => node).sort()).toEqual(told.stale.toSorted());
  expect(quote.credits).toBe(told.credits);
});

test("a picture that somebody brings becomes a take, and taking it away makes the frame again", async () => {
  const world = await madeFilm();
  const { filmVersion } = await world.graph();
  const frame = await world.node("frame");
  const asset = "asset_brought0000000000000000000";
  await env.MEDIA.put("uploads/picture", new Uint8Array([1]), { httpMetadata: { contentType: "image/png" } });
  await env.DB.prepare("INSERT INTO assets (id, studio, project, kind, role, key, content_type, bytes, sha256, created_at) VALUES (?, ?, ?, 'upload', 'original', 'uploads/picture', 'image/png', 1, ?, 0)")
    .bind(asset, world.studio, world.project, "a".repeat(64)).run();
  const used = await world.post(world.at(`/nodes/${frame.id}/upload`), { base: filmVersion, asset });
  expect(used.status).toBe(200);
  expect(await world.node("frame")).toMatchObject({ uploaded: true, state: "stale" });
  const voice = await world.node("voice");
  expect((await world.post(world.at(`/nodes/${voice.id}/upload`), { base: filmVersion + 1, asset })).status).toBe(422);
  expect((await world.post(world.at("/nodes/frame:shot_of_nobody/upload"), { base: filmVersion + 1, asset })).status).toBe(404);
  const run = await world.until((await world.start((await world.quote([frame.id])).id)).id);
  expect(run).toMatchObject({ status: "succeeded", jobs: [{ node: frame.id }] });
  const sent = [...world.provider.predictions.values()].find(({ model }) => model === "dailies/ingest");
  expect(sent?.input).toMatchObject({ kind: "image", file: expect.stringMatching(/^https:\/\/.+\/media\/uploads\/picture\?.*signature=/) });
  expect((await world.delete(`${world.at(`/nodes/${frame.id}/upload`)}?base=${filmVersion + 1}`)).status).toBe(200);
  expect(await world.node("frame")).toMatchObject({ uploaded: false, state: "current", fingerprint: frame.fingerprint });
});

/** A file of somebody's, as an upload leaves it. */
async function brought(world: FilmWorld, contentType: string): Promise<string> {
  const asset = `asset_${crypto.randomUUID().replaceAll("-", "").slice(0, 26)}`;
  await env.MEDIA.put(`uploads/${asset}`, new Uint8Array([1]), { httpMetadata: { contentType } });
  await env.DB.prepare("INSERT INTO assets (id, studio, project, kind, role, key, content_type, bytes, sha256, created_at) VALUES (?, ?, ?, 'upload', 'original', ?, ?, 1, ?, 0)")
    .bind(asset, world.studio, world.project, `uploads/${asset}`, contentType, Array.from(asset, (char) => char.charCodeAt(0).toString(16)).join("").slice(0, 64).padEnd(64, "0")).run();
  return asset;
}

test("a recording takes a voice's place, and the film is timed, captioned and cut by it; footage takes a clip's, and costs nothing", async () => {
  const world = await madeFilm();
  const clips = (await world.graph()).nodes.filter(({ kind }) => kind === "clip");
  const [voice, clip] = [await world.node("voice"), clips.find(({ shot }) => shot !== null)];
  if (!clip) throw new Error("the film has no clip");
  const { filmVersion } = await world.graph();
  expect((await world.post(world.at(`/nodes/${voice.id}/upload`), { base: filmVersion, asset: await brought(world, "audio/mp4") })).status).toBe(200);
  const quote = await world.quote("animatic");
  expect(quote.credits).toBe(0);
  const remade = quote.items.map(({ node }) => node.split(":")[0]).toSorted();
  expect(remade).toEqual(expect.arrayContaining(["animatic", "captions", "voice"]));
  const run = await world.until((await world.start(quote.id)).id);
  expect(run.status).toBe("succeeded");
  const takeOf = (node: string) => run.jobs.find((job) => job.node === node)?.take ?? "";
  const manifestOf = async (take: string) => (await (await world.get(`/api/v1/takes/${take}/manifest`)).json<{ manifest: { generated: boolean; madeFrom: { node: string; fingerprint: string }[] } }>()).manifest;
  // What somebody said themselves is not labelled as made by a machine; what is cut from it names it.
  expect((await manifestOf(takeOf(voice.id))).generated).toBe(false);
  const recorded = await world.node("voice");
  expect(recorded).toMatchObject({ uploaded: true, state: "current" });
  for (const kind of ["captions", "animatic"]) {
    const { id, state } = await world.node(kind);
    expect([kind, state]).toEqual([kind, "current"]);
    expect((await manifestOf(takeOf(id))).madeFrom).toContainEqual({ node: voice.id, fingerprint: recorded.fingerprint });
  }
  const said = [...world.provider.predictions.values()].findLast(({ model }) => model === "dailies/animatic");
  expect(JSON.stringify(said?.input)).toContain(takeOf(voice.id));

  const before = await world.quote("master");
  expect((await world.post(world.at(`/nodes/${clip.id}/upload`), { base: filmVersion + 1, asset: await brought(world, "video/mp4") })).status).toBe(200);
  const master = await world.quote("master");
  expect(master.items.find(({ node }) => node === clip.id)?.credits).toBe(0);
  expect(master.credits).toBeLessThan(before.credits);
  const film = await world.until((await world.start(master.id)).id);
  expect([film.status, film.credits.captured]).toEqual(["succeeded", master.credits]);
  const cut = [...world.provider.predictions.values()].findLast(({ model }) => model === "dailies/cut");
  expect(JSON.stringify(cut?.input)).toContain(film.jobs.find(({ node }) => node === clip.id)?.take);
});

test("tools, models, prices and what each outcome costs are open to everyone", async () => {
  const world = await newFilmWorld({ script: SCRIPT });
  const [tools, models, prices] = await Promise.all(["/tools", "/models", "/prices"].map(async (path) => (await world.get(`/api/v1${path}`, { cookie: "" })).json<Record<string, unknown>>()));
  expect(tools).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: "voice", available: true, models: ["dailies/voice"] })]) });
  expect(models).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: "dailies/clip", price: expect.objectContaining({ credits: 1, unit: "second" }) })]) });
  expect(prices).toMatchObject({ outcomes: expect.arrayContaining([expect.objectContaining({ outcome: "duplicate", rule: "nothing" })]) });
});
