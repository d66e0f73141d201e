/** Every fault of a provider crossed with every provider, as its customer meets it: whole films, with their wallets. What is ordered by itself is in `matrix-orders.test.ts`. */
import { expect, test } from "vitest";
import { deal, expectAsTold, expectPaid, inWeather, meet, newMatrixWorld, type Played } from "./matrix-world.ts";
import { cancelCells, filmCells, goneCells, houseCells, lookedThroughCells, sameIdCells, type Placed } from "./vendor-cells.ts";
import type { VendorWorld } from "./vendor-world.ts";

/** A scene a cell; spoken ones say their mark, the others show it. */
const scriptOf = (table: readonly Placed[]): string =>
  table.map(({ isSpoken, mark }, at) => `INT. ROOM ${at + 1} - DAY\n\n${isSpoken ? `A room.\n\nMARTA\nThis is ${mark}.\n` : `Marta stands by ${mark}.\n`}`).join("\n");

/** What happens before a film is made, and while it is. */
interface Doings {
  before?(world: VendorWorld, cellOf: Played["cellOf"]): void;
  during?(world: VendorWorld, run: string, cellOf: Played["cellOf"]): Promise<void>;
}

/** One film, in which each cell's shot or line is made by its provider and meets its fault. */
async function play(table: readonly Placed[], { before, during }: Doings = {}): Promise<Played> {
  const world = await newMatrixWorld(scriptOf(table));
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string; deps: string[] }[] }>();
  const quote = await world.quote(nodes.filter(({ kind, deps }) => kind === "voice" || (kind === "clip" && !deps.some((dep) => dep.startsWith("voice:")))).map(({ id }) => id));
  const dealt = { cellOf: new Map<string, Placed>(), priceOf: new Map<string, number>() };
  const { cellOf } = dealt;
  await deal(world, quote.id, dealt, (step) => table.find(({ isSpoken, mark }) => step.kind === (isSpoken ? "voice" : "clip") && (step.words ?? "").includes(mark)));
  expect(cellOf.size).toBe(table.length);
  meet(world, table);
  before?.(world, cellOf);
  return inWeather(world, async () => {
    const { id } = await world.start(quote.id);
    await during?.(world, id, cellOf);
    return { world, run: await world.until(id, undefined, 300), ...dealt };
  });
}

test(`${goneCells.length} cells: a model that its vendor has taken away is left for the next that the quote allows`, { timeout: 120_000 }, async () => {
  const played = await play(goneCells);
  await expectAsTold(played.world, [played]);
  await expectPaid(played.world, [played]);
});

test.each(filmCells.map((table) => [table.length, [...new Set(table.map(({ provider }) => provider))].join(", "), table] as const))("%i cells: whatever goes wrong at %s ends as the table says, costs what was delivered, and is sent no more often than it may be", { timeout: 480_000 }, async (_length, _providers, table) => {
  const played = await play(table);
  await expectAsTold(played.world, [played]);
  // Other films of these tests may be under way: none of them asks inside either.
  expect(played.world.elsewhere.filter((url) => /^https?:\/\/(?:169\.254\.|127\.|10\.|192\.168\.|localhost)/.test(url))).toEqual([]);
  await expectPaid(played.world, [played]);
});

test(`${houseCells.length} cells: whatever goes wrong at the house itself ends as the table says`, { timeout: 120_000 }, async () => {
  const played = await play(houseCells, {
    before: ({ provider }, cellOf) => {
      provider.options.delayMs = 200;
      for (const [job, { name }] of cellOf) provider.faults.push(...(houseCells.find((cell) => cell.name === name)?.ofHouse ?? []).map((fault) => ({ ...fault, id: `${job}-1` })));
    },
  });
  await expectAsTold(played.world, [played]);
  expect(played.world.provider.faults.filter(({ times }) => times !== undefined)).toEqual([]);
  await expectPaid(played.world, [played]);
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
  await expectAsTold(played.world, [played]);
  await expectPaid(played.world, [played]);
});

test(`${sameIdCells.length} cells: one id for two orders is one order to its vendor, and neither is sent again for it`, { timeout: 120_000 }, async () => {
  const played = await play(sameIdCells, { before: (world) => { for (const vendor of Object.values(world.vendors)) vendor.faults.push({ does: "reused", times: 1 }); } });
  const jobs = played.run.jobs.filter(({ id }) => played.cellOf.has(id));
  expect(jobs.map(({ status, credits }) => [status, credits.captured === credits.quoted])).toEqual(jobs.map(() => ["succeeded", true]));
  for (const { provider, sends } of sameIdCells) expect([provider, played.world.vendors[provider]?.submitted.length]).toEqual([provider, sends]);
  await expectPaid(played.world, [played]);
});

test(`${lookedThroughCells.length} cells: words that a provider would refuse, and bill, are not sent to it: the user is told what to change, whoever looks them through`, { timeout: 120_000 }, async () => {
  const played = await play(lookedThroughCells);
  await expectAsTold(played.world, [played]);
  const read = played.run.jobs.flatMap(({ id, problem }) => (played.cellOf.get(id)?.cell.expected.sends === 0 ? [problem?.detail] : []));
  expect(read).toEqual(read.map(() => expect.stringMatching(/it reads as violence\. Say it in another way.*nothing was charged/i)));
  await expectPaid(played.world, [played]);
});
