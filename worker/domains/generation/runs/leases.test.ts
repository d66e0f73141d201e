/** More jobs than their provider has places: who is called, and what a call is worth that comes late or for somebody else. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newFilmWorld, type FilmWorld, type RunWire } from "../../../../test/film-world.ts";
import { house } from "../providers/house.ts";

const PLACES = house.limits.concurrency;
const SCRIPT = Array.from({ length: PLACES + 4 }, (_, at) => `INT. ROOM ${at + 1} - DAY\n\nA cup stands on table ${at + 1}.\n`).join("\n");
const gate = (provider: string) => env.GATE.getByName(provider);

interface Waiting { world: FilmWorld; run: string; all: number; waiting: { id: string }[] }

/** A run of four more frames than the house makes at a time, with every place taken. */
async function fullHouse(): Promise<Waiting> {
  const world = await newFilmWorld({ script: SCRIPT, delayMs: null });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const frames = nodes.filter(({ kind }) => kind === "frame").map(({ id }) => id).slice(0, PLACES + 4);
  const { id: run } = await world.start((await world.quote(frames)).id);
  await expect.poll(async () => ({ made: world.provider.creates.size, waiters: (await gate("house").standing()).waiters }), { timeout: 20_000 }).toEqual({ made: PLACES, waiters: 4 });
  const { jobs } = await world.run(run);
  return { world, run, all: frames.length, waiting: jobs.filter(({ id }) => ![...world.provider.creates.keys()].some((name) => name.startsWith(id))) };
}

async function finish({ world, run, all }: Waiting): Promise<RunWire> {
  const pump = setInterval(() => world.provider.finishAll(), 100);
  const over = await world.until(run).finally(() => clearInterval(pump));
  expect(over.status).toBe("succeeded");
  expect(world.provider.creates.size).toBe(all);
  expect(world.provider.doubles).toEqual([]);
  return over;
}

test("who waits is called when a place is free, and is made once", { timeout: 90_000 }, async () => {
  const full = await fullHouse();
  expect(full.waiting).toHaveLength(4);
  await finish(full);
  await expect.poll(() => gate("house").standing()).toMatchObject({ leases: 0, waiters: 0 });
});

test.each([
  ["is over", { provider: "house", isProbe: false, expiresAt: 1 }],
  ["is another provider's", { provider: "elsewhere", isProbe: false, expiresAt: Number.MAX_SAFE_INTEGER }],
])("a call with a lease that %s gets nobody past the limit", { timeout: 90_000 }, async (_, lease) => {
  const full = await fullHouse();
  for (const { id } of full.waiting) await env.JOBS.send({ run: full.run, job: id, attempt: 1, action: "submit", lease });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(full.world.provider.creates.size).toBe(PLACES);
  await finish(full);
});
