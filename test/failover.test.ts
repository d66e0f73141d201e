/** A provider disappears in the middle of a run: what its customers see, and pay. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import { changeQuote, newVendorWorld, termsOfModel, type VendorWorld } from "./vendor-world.ts";

const CLOCKS = { submitMs: 1_500, lookupLagMs: 200, resolveMs: 3_000, timeoutMs: 60_000, limits: { concurrency: 20, perMinute: null, perDay: null } };
const SCRIPT = Array.from({ length: 8 }, (_, at) => `INT. ROOM ${at + 1} - DAY\n\nMarta waits.\n`).join("\n");

/** What a gate has learned here is no news for other tests: an hour to be left alone, least of all. */
afterEach(async () => {
  for (const name of ["runway", "fal"]) {
    const gate = env.GATE.getByName(name);
    await runInDurableObject(gate, async (_, { storage }) => { await storage.deleteAlarm(); await storage.deleteAll(); });
    await evictDurableObject(gate);
  }
});

/** Opens a run of all clips by one model, others standing in. */
async function open(models: string[]): Promise<{ world: VendorWorld; run: string; stop(): void }> {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000, hasBreakers: true });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  const [first = "", ...others] = models;
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel(first, CLOCKS), alternatives: others.map((id) => termsOfModel(id, CLOCKS)) } : step));
  const pumps = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  return { world, run: (await world.start(quote.id)).id, stop: () => clearInterval(pumps) };
}

const clipsOf = async (world: VendorWorld, run: string) => (await world.run(run)).jobs.filter(({ kind }) => kind === "clip") as unknown as { status: string; provider: string; model: string; problem: { code: string } | null; credits: { quoted: number; captured: number } }[];

test("a provider that is gone costs nobody anything: its shots are made by the next one", { timeout: 120_000 }, async () => {
  const { world, run, stop } = await open(["runway/gen4.5", "fal/kling-v3-standard"]);
  // Cloudflare's own answer where it cannot connect to a host: nothing arrived there.
  world.vendors["runway"]?.faults.push({ at: "create", does: { status: 521, body: "error code: 521" } });
  try {
    const over = await world.until(run, undefined, 80);
    expect(over.status).toBe("succeeded");
    const clips = await clipsOf(world, run);
    expect(clips.map(({ status, provider }) => `${status} at ${provider}`)).toEqual(clips.map(() => "succeeded at fal"));
    expect(clips.map(({ credits }) => credits.captured)).toEqual(clips.map(({ credits }) => credits.quoted));
    expect(world.vendors["fal"]?.submitted.length).toBe(clips.length);
    expect(world.vendors["runway"]?.jobs.size).toBe(0);
    const decisions = async () => (await env.DB.prepare("SELECT why, outcome FROM decisions WHERE run = ? AND provider = 'fal'").bind(run).all<{ why: string; outcome: string }>()).results;
    // The run is over before the database has heard all of it.
    await expect.poll(async () => (await decisions()).map(({ why, outcome }) => [why.startsWith("instead of Runway Gen-4.5: "), outcome])).toEqual(clips.map(() => [true, "succeeded"]));
  } finally {
    stop();
  }
});

test("where nothing is taken any more, others make it, though a job from before still answers", { timeout: 180_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000, hasBreakers: true });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const clips = nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id);
  const start = async (from: number, to: number, others: string[]) => {
    const { id } = await world.quote(clips.slice(from, to));
    await changeQuote(world, id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("runway/gen4.5", CLOCKS), alternatives: others.map((other) => termsOfModel(other, CLOCKS)) } : step));
    return (await world.start(id)).id;
  };
  const { runway, fal } = world.vendors;
  if (!runway || !fal) throw new Error("no vendors");
  Object.assign(runway.options, { delayMs: null });
  const pumps = setInterval(() => fal.pump(), 100);
  try {
    const older = await start(0, 1, []);
    await expect.poll(() => runway.jobs.size, { timeout: 20_000 }).toBe(1);
    runway.faults.push({ at: "create", does: { status: 500 } });
    const polls = () => runway.seen.filter(({ at }) => at === "check").length;
    const lost = await world.until(await start(1, 5, []), undefined, 60);
    expect(lost.jobs.flatMap(({ kind, problem }) => (kind === "clip" ? [problem?.code] : []))).toEqual(["unresolved", "unresolved", "unresolved", "unresolved"]);
    const before = polls();
    await expect.poll(polls, { timeout: 20_000 }).toBeGreaterThan(before);
    expect((await env.GATE.getByName("runway").standing()).breakers).toMatchObject([{ circuit: "runway/gen4.5", openUntil: expect.any(Number) }]);
    const next = await start(5, 8, ["fal/kling-v3-standard"]);
    const over = (await world.until(next, undefined, 90)).status;
    // At most one of them goes to find out whether it takes work again.
    const ends = (await clipsOf(world, next)).map(({ status, provider }) => `${status} at ${provider}`);
    expect([over === "failed", ends.filter((end) => end === "succeeded at fal").length]).toEqual([false, expect.toSatisfy((made: number) => made >= ends.length - 1)]);
    await world.post(`/api/v1/runs/${older}/cancel`, {});
  } finally {
    clearInterval(pumps);
  }
});

test("when every provider is down the run waits, says for what and until when, keeps its credits whole, and goes on by itself", { timeout: 120_000 }, async () => {
  const { world, run, stop } = await open(["runway/gen4.5", "fal/kling-v3-standard"]);
  for (const id of ["runway", "fal"]) world.vendors[id]?.faults.push({ at: "create", does: { status: 401 } });
  try {
    const waiting = (await world.until(run, ["waiting"], 60)) as unknown as { waitingFor: string; waitingUntil: string; credits: { held: number; captured: number; quoted: number } };
    expect(waiting.waitingFor).toMatch(/^(?:Runway|Kling) .*not answering.*nothing is charged/);
    expect(waiting.waitingFor).not.toContain("/");
    expect(Date.parse(waiting.waitingUntil)).toBeGreaterThan(Date.now() - 60_000);
    expect(waiting.credits).toMatchObject({ captured: 0, held: waiting.credits.quoted });
    for (const id of ["runway", "fal"]) world.vendors[id]?.faults.splice(0);
    const over = await world.until(run, undefined, 90);
    expect(over.status).toBe("succeeded");
    expect(over.credits).toMatchObject({ captured: waiting.credits.quoted, held: 0 });
  } finally {
    stop();
  }
});

test("where none of its models answers, others are offered at their price; who agrees pays that alone", { timeout: 120_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000, hasBreakers: true });
  const { nodes, filmVersion } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[]; filmVersion: number }>();
  const clip = nodes.find(({ kind }) => kind === "clip")?.id ?? "";
  await world.put(`/api/v1/projects/${world.project}/nodes/${clip}/wish`, { base: filmVersion, wish: "model:runway/gen4.5" });
  world.vendors["runway"]?.faults.push({ at: "create", does: { status: 401 } });
  const pumps = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  type Stuck = { id: string; node: string; status: string; offers: { model: string; credits: number }[]; credits: { quoted: number } };
  const jobIn = async (run: string) => (await world.run(run)).jobs.find(({ node }) => node === clip) as unknown as Stuck;
  const clipNow = async () => (await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; wish: string; state: string }[] }>()).nodes.find(({ id }) => id === clip);
  try {
    const { id: run } = await world.start((await world.quote([clip])).id);
    await expect.poll(async () => (await jobIn(run)).offers.length, { timeout: 30_000 }).toBeGreaterThan(0);
    const stuck = await jobIn(run);
    const prices = stuck.offers.map(({ credits }) => credits);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    await expect.poll(async () => (await world.get(`/api/v1/jobs/${stuck.id}`)).status).toBe(200);
    const asked = await world.post(`/api/v1/jobs/${stuck.id}/reroute`, { model: "fal/veo3.1" });
    const quote = await asked.json<{ id: string; credits: number; items: { node: string; model: string }[] }>();
    expect([asked.status, quote.items.find(({ node }) => node === clip)?.model]).toEqual([201, "fal/veo3.1"]);
    expect(quote.credits).toBeGreaterThan(stuck.credits.quoted);
    // Asking costs, changes and stops nothing; agreeing is cancelling the one and running the other.
    expect((await jobIn(run)).status).not.toBe("cancelled");
    expect(await clipNow()).toMatchObject({ wish: "model:runway/gen4.5" });
    expect((await world.post(`/api/v1/jobs/${stuck.id}/cancel`, {})).status).toBe(200);
    const before = await world.until(run, undefined, 60);
    expect(before.credits).toMatchObject({ captured: 0, held: 0 });
    const made = await world.until((await world.start(quote.id)).id, undefined, 60);
    expect(made).toMatchObject({ status: "succeeded", credits: { captured: quote.credits, held: 0 } });
    expect(await world.balance()).toEqual({ available: 1_000 - quote.credits, held: 0 });
    expect(await clipNow()).toMatchObject({ wish: "model:fal/veo3.1", state: "current" });
    const again = await world.post(`/api/v1/jobs/${made.jobs.find(({ node }) => node === clip)?.id}/reroute`, { model: "fal/veo3.1" });
    expect(((await again.json()) as { code: string }).code).toBe("run.nothing_failed");
  } finally {
    clearInterval(pumps);
  }
});

test("who agrees to another model for a film that is gone meanwhile is answered the run that began", { timeout: 120_000 }, async () => {
  const world = await newVendorWorld({ script: SCRIPT, credits: 1_000, hasBreakers: true });
  const { nodes, filmVersion } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[]; filmVersion: number }>();
  const clip = nodes.find(({ kind }) => kind === "clip")?.id ?? "";
  await world.put(`/api/v1/projects/${world.project}/nodes/${clip}/wish`, { base: filmVersion, wish: "model:runway/gen4.5" });
  world.vendors["runway"]?.faults.push({ at: "create", does: { status: 401 } });
  const { id: run } = await world.start((await world.quote([clip])).id);
  const stuck = async () => (await world.run(run)).jobs.find(({ node }) => node === clip) as unknown as { id: string; offers: unknown[] } | undefined;
  await expect.poll(async () => (await stuck())?.offers.length, { timeout: 30_000 }).toBeGreaterThan(0);
  const asked = await world.post(`/api/v1/jobs/${(await stuck())?.id}/reroute`, { model: "fal/veo3.1" });
  const quote = await asked.json<{ id: string }>();
  expect((await world.delete(`/api/v1/projects/${world.project}`)).status).toBeLessThan(300);
  const began = await world.post("/api/v1/runs", { quote: quote.id });
  expect(began.status).toBe(201);
  for (const id of [run, (await began.json<{ id: string }>()).id]) await world.post(`/api/v1/runs/${id}/cancel`, {});
});

test("a vendor that asks for an hour is not asked again before: others make it, or its run waits and says so", { timeout: 120_000 }, async () => {
  const { world, run, stop } = await open(["runway/gen4.5", "fal/kling-v3-standard"]);
  const { runway } = world.vendors;
  runway?.faults.push({ at: "create", does: { status: 429, headers: { "retry-after": "3600" } } });
  try {
    const over = await world.until(run, undefined, 80);
    const clips = await clipsOf(world, run);
    expect([over.status, ...clips.map(({ provider }) => provider)]).toEqual(["succeeded", ...clips.map(() => "fal")]);
    const asked = runway?.submitted.length ?? 0;
    expect(asked).toBeLessThanOrEqual(clips.length);
    const alone = await newVendorWorld({ script: "INT. ROOM - DAY\n\nMarta waits.\n", credits: 1_000, hasBreakers: true });
    const { nodes } = await (await alone.get(`/api/v1/projects/${alone.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
    const quote = await alone.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
    await changeQuote(alone, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("runway/gen4.5", CLOCKS), alternatives: [] } : step));
    const waiting = (await alone.until((await alone.start(quote.id)).id, ["waiting"], 30)) as unknown as { id: string; waitingFor: string; waitingUntil: string; credits: { held: number; quoted: number } };
    expect(waiting.waitingFor).toMatch(/^Runway .*not answering.*nothing is charged/);
    expect(Date.parse(waiting.waitingUntil)).toBeGreaterThan(Date.now() - 5_000);
    expect(waiting.credits.held).toBe(waiting.credits.quoted);
    // Whom another studio's work was told to leave alone is not asked by this one's.
    expect(alone.vendors["runway"]?.submitted).toEqual([]);
    await alone.post(`/api/v1/runs/${waiting.id}/cancel`, {});
  } finally {
    stop();
  }
});
