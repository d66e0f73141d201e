/** More jobs than their provider has places: who is called, and what a call is worth that comes late or for somebody else. */
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
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
  ["is over", (job: string) => ({ key: `${job}:1`, provider: "house", isProbe: false, expiresAt: 1 })],
  ["is for another model", (job: string) => ({ key: `${job}:1:1`, provider: "house", isProbe: false, expiresAt: Number.MAX_SAFE_INTEGER })],
])("a call with a lease that %s gets nobody past the limit", { timeout: 90_000 }, async (_, leaseOf) => {
  const full = await fullHouse();
  for (const { id } of full.waiting) await env.JOBS.send({ run: full.run, job: id, attempt: 1, action: "submit", lease: leaseOf(id) });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(full.world.provider.creates.size).toBe(PLACES);
  await finish(full);
});

test("what a provider took is not lost where the run does not answer once", { timeout: 90_000 }, async () => {
  const world = await newFilmWorld({ script: "INT. ROOM - DAY\n\nA cup stands on the table.\n" });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.flatMap(({ id, kind }) => (kind === "frame" ? [id] : [])));
  let failed = 0;
  const real = env.RUN.getByName.bind(env.RUN);
  const moved = vi.spyOn(env.RUN, "getByName").mockImplementation((name) => new Proxy(real(name), {
    get: (stub, method) => (method === "submitted" && failed === 0 ? () => { failed += 1; return Promise.reject(new Error("The object was moved.")); } : Reflect.get(stub, method)),
  }));
  try {
    const began = Date.now();
    expect((await world.until((await world.start(quote.id)).id)).status).toBe("succeeded");
    // Not by looking it up after its time, but at once.
    expect(Date.now() - began).toBeLessThan(5_000);
    expect([failed, world.provider.doubles]).toEqual([1, []]);
  } finally {
    moved.mockRestore();
  }
});
