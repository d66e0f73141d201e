/** Every fault of a provider crossed with every provider, as its customer meets it: a whole run, with its wallet. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { wav } from "./emulators/media.ts";
import type { QuoteWire, RunWire } from "./film-world.ts";
import { cancelCells, dubCells, filmCells, goneCells, sameIdCells, type Placed } from "./vendor-cells.ts";
import { changeQuote, KEY, newVendorWorld, termsOfModel, type VendorWorld } from "./vendor-world.ts";

const CLOCKS = { submitMs: 2_500, lookupLagMs: 300, resolveMs: 20_000, timeoutMs: 90_000, limits: { concurrency: 100, perMinute: null, perDay: null } };
const GRANTED = 10_000;

/** A scene a cell; spoken ones say their mark, the others show it. */
const scriptOf = (table: readonly Placed[]): string =>
  table.map(({ isSpoken, mark }, at) => `INT. ROOM ${at + 1} - DAY\n\n${isSpoken ? `A room.\n\nMARTA\nThis is ${mark}.\n` : `Marta stands by ${mark}.\n`}`).join("\n");

interface Played {
  world: VendorWorld;
  run: RunWire;
  cellOf: Map<string, Placed>;
}

const meet = (world: VendorWorld, table: readonly Placed[]): void => {
  for (const { provider, mark, cell: { faults = [] } } of table) world.vendors[provider]?.faults.push(...faults.map((fault) => ({ ...fault, says: mark })));
};

/** Lets the vendors' clocks go on, and their webhooks out, until something is over. */
async function inWeather<Value>(world: VendorWorld, work: () => Promise<Value>): Promise<Value> {
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  try {
    return await work();
  } finally {
    clearInterval(weather);
  }
}

/** What happens before a film is made, and while it is. */
interface Doings {
  before?(world: VendorWorld): void;
  during?(world: VendorWorld, run: string, cellOf: Played["cellOf"]): Promise<void>;
}

/** One film, in which each cell's shot or line is made by its provider and meets its fault. */
async function play(table: readonly Placed[], { before, during }: Doings = {}): Promise<Played> {
  const world = await newVendorWorld({ script: scriptOf(table), credits: GRANTED });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string; deps: string[] }[] }>();
  const quote = await world.quote(nodes.filter(({ kind, deps }) => kind === "voice" || (kind === "clip" && !deps.some((dep) => dep.startsWith("voice:")))).map(({ id }) => id));
  const cellOf = new Map<string, Placed>();
  await changeQuote(world, quote.id, (step) => {
    const placed = table.find(({ isSpoken, mark }) => step.kind === (isSpoken ? "voice" : "clip") && (step.words ?? "").includes(mark));
    if (!placed) return step;
    cellOf.set(step.job, placed);
    const { model, cell: { instead, clocks } } = placed;
    return { ...step, terms: termsOfModel(model, { ...CLOCKS, ...clocks }), alternatives: instead === undefined ? [] : [termsOfModel(instead, CLOCKS)] };
  });
  expect(cellOf.size).toBe(table.length);
  meet(world, table);
  before?.(world);
  return inWeather(world, async () => {
    const { id } = await world.start(quote.id);
    await during?.(world, id, cellOf);
    return { world, run: await world.until(id, undefined, 150), cellOf };
  });
}

/** Every job ended as its cell says: state, credits, how often it was sent and by whom it was made. */
function expectAsTold({ world, run, cellOf }: Played): void {
  const seen = (run.jobs as (RunWire["jobs"][number] & { provider: string | null })[]).flatMap((job) => {
    const placed = cellOf.get(job.id);
    return placed ? [{ ...placed, job, sends: world.vendors[placed.provider]?.submitted.filter(({ body }) => body.includes(placed.mark)).length ?? 0 }] : [];
  });
  const inWords = ({ provider, name }: Placed, { status, problem, captured, sends, by }: { status: string; problem: string | null; captured: number; sends: number; by: string | null }) =>
    `${provider} ${name}: ${status}${problem === null ? "" : ` (${problem})`}, ${captured} credits, sent ${sends}, by ${by}`;
  const wanted = seen.map((each) => {
    const { status, problem = null, sends, by = each.provider } = each.cell.expected;
    return inWords(each, { status, problem, captured: status === "succeeded" ? each.job.credits.quoted : 0, sends, by });
  });
  expect(seen.map((each) => inWords(each, { status: each.job.status, problem: each.job.problem?.code ?? null, captured: each.job.credits.captured, sends: each.sends, by: each.job.provider }))).toEqual(wanted);
  // What the user reads is ours: it says that nothing was charged and what to do, and shows no page, key or address of a vendor.
  for (const { name, job: { status, problem } } of seen) {
    if (status !== "succeeded" && status !== "cancelled") {
      expect([name, problem?.detail]).toEqual([name, expect.stringMatching(/[.,:] (?:Try it again|Make|Take out|Describe|Change|Choose|Bring|Say)\b/)]);
      expect([name, problem?.detail]).toEqual([name, expect.stringMatching(/nothing was charged\.( |$)/i)]);
    }
    expect(problem?.detail ?? "").not.toMatch(/<|https?:|key-of-the-vendor/);
  }
  expect(JSON.stringify(run)).not.toContain(KEY);
  // A fault that nobody met proves nothing: each that happens so often has happened so often.
  for (const { provider, mark } of seen) expect(world.vendors[provider]?.faults.filter(({ says, times }) => says === mark && times !== undefined)).toEqual([]);
}

/** What was captured is what was delivered, nothing is held, and the ledger adds up. */
async function expectPaid({ world, run }: Played): Promise<void> {
  expect(run.credits).toMatchObject({ held: 0, captured: run.jobs.reduce((total, { credits }) => total + credits.captured, 0) });
  expect((await env.WALLET.getByName(world.studio).check()).faults).toEqual([]);
}

test(`${goneCells.length} cells: a model that its vendor has taken away is left for the next that the quote allows`, { timeout: 120_000 }, async () => {
  const played = await play(goneCells);
  expectAsTold(played);
  await expectPaid(played);
});

test.each(filmCells.map((table) => [table.length, [...new Set(table.map(({ provider }) => provider))].join(", "), table] as const))("%i cells: whatever goes wrong at %s ends as the table says, costs what was delivered, and is sent no more often than it may be", { timeout: 240_000 }, async (_length, _providers, table) => {
  const played = await play(table);
  expectAsTold(played);
  // Other films of these tests may be under way: none of them asks inside either.
  expect(played.world.elsewhere.filter((url) => /^https?:\/\/(?:169\.254\.|127\.|10\.|192\.168\.|localhost)/.test(url))).toEqual([]);
  await expectPaid(played);
});

/** A recording of the studio's, whose address says which cell it is for. */
async function recordingFor({ studio }: VendorWorld, { mark, name }: Placed): Promise<string> {
  const [id, key, bytes] = [`asset_${name}${studio.slice(-20)}`, `takes/${studio}/${mark}.wav`, wav({ frames: 48, channels: 1 })];
  await env.MEDIA.put(key, bytes, { httpMetadata: { contentType: "audio/wav" } });
  await env.DB.prepare("INSERT INTO assets (id, studio, kind, role, key, content_type, bytes, sha256, duration_ms, created_at) VALUES (?, ?, 'clip', 'audio', ?, 'audio/wav', ?, ?, 2000, 1)")
    .bind(id, studio, key, bytes.length, `${name}${studio}`.padEnd(64, "0").slice(0, 64)).run();
  return id;
}

test(`${dubCells.length} cells: whatever goes wrong with a dub at ElevenLabs ends as the table says`, { timeout: 240_000 }, async () => {
  const world = await newVendorWorld({ script: "INT. ROOM - DAY\n\nA room.\n", credits: GRANTED });
  const cellOf: Played["cellOf"] = new Map();
  const quotes: string[] = [];
  for (const cell of dubCells) {
    const answer = await world.post("/api/v1/quotes", { tool: "dub", input: { media: await recordingFor(world, cell), to: "fr" }, wish: `model:${cell.model}` });
    const quote = await answer.json<QuoteWire>();
    quotes.push(quote.id);
    await changeQuote(world, quote.id, (step) => {
      cellOf.set(step.job, cell);
      return { ...step, terms: termsOfModel(cell.model, { ...CLOCKS, ...cell.cell.clocks }), alternatives: [] };
    });
  }
  meet(world, dubCells);
  const runs = await inWeather(world, async () => {
    const opened = await Promise.all(quotes.map((quote) => world.start(quote)));
    return Promise.all(opened.map(({ id }) => world.until(id, undefined, 150)));
  });
  for (const run of runs) {
    expectAsTold({ world, run, cellOf });
    await expectPaid({ world, run, cellOf });
  }
  expect(cellOf.size).toBe(dubCells.length);
});

test(`${cancelCells.length} cells: what is cancelled while it is made costs nothing, unless it is delivered all the same`, { timeout: 120_000 }, async () => {
  const vendorsOf = (world: VendorWorld) => [...new Set(cancelCells.map(({ provider }) => provider))].flatMap((provider) => world.vendors[provider] ?? []);
  const played = await play(cancelCells, {
    before: (world) => { for (const vendor of vendorsOf(world)) vendor.options.delayMs = null; },
    during: async (world, _run, cellOf) => {
      await expect.poll(() => vendorsOf(world).map(({ jobs }) => jobs.size), { timeout: 30_000 }).toEqual(vendorsOf(world).map(() => 2));
      for (const job of cellOf.keys()) await world.post(`/api/v1/jobs/${job}/cancel`, {});
      await expect.poll(() => vendorsOf(world).flatMap(({ options, jobs }) => (options === world.vendors["vertex"]?.options ? [] : [...jobs.values()].map(({ cancels }) => cancels > 0))), { timeout: 30_000 }).toEqual(Array.from({ length: 8 }, () => true));
      for (const vendor of vendorsOf(world)) vendor.endAll();
    },
  });
  expectAsTold(played);
  await expectPaid(played);
});

test(`${sameIdCells.length} cells: one id for two orders is one order to its vendor, and neither is sent again for it`, { timeout: 120_000 }, async () => {
  const played = await play(sameIdCells, { before: (world) => { for (const vendor of Object.values(world.vendors)) vendor.faults.push({ does: "reused", times: 1 }); } });
  const jobs = played.run.jobs.filter(({ id }) => played.cellOf.has(id));
  expect(jobs.map(({ status, credits }) => [status, credits.captured === credits.quoted])).toEqual(jobs.map(() => ["succeeded", true]));
  for (const { provider, sends } of sameIdCells) expect([provider, played.world.vendors[provider]?.submitted.length]).toEqual([provider, sends]);
  await expectPaid(played);
});

test("words that a provider would refuse, and bill, are not sent to it: the user is told what to change", { timeout: 60_000 }, async () => {
  const world = await newVendorWorld({ script: "INT. ROOM - DAY\n\nMarta breaks a FORBIDDEN vase.\n\nINT. HALL - DAY\n\nMarta sleeps.\n", credits: GRANTED });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("runway/gen4.5", CLOCKS) } : step));
  const { id } = await world.start(quote.id);
  const run = await world.until(id, undefined, 50);
  const clips = run.jobs.filter(({ kind }) => kind === "clip").map(({ status, problem, credits }) => [status, problem?.code ?? null, credits.captured > 0]);
  expect(clips).toEqual([["refused", "refused", false], ["succeeded", null, true]]);
  expect(run.jobs.find(({ status }) => status === "refused")?.problem?.detail).toMatch(/it reads as violence\. Say it in another way.*nothing was charged/i);
  expect(world.vendors["runway"]?.submitted.length).toBe(1);
});
