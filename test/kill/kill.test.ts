import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectBooks, expectTakes, expectTidy, expectWhole, makeFilm, newFilm, nodesOf, openRun, PAID, quoteOf, until, watch, type Run } from "./film.ts";
import { Sweep } from "./gatehouse.ts";
import { buildWorker, System } from "./system.ts";

const GRANTED = 100;
const KILLS = 20;
const FILMS_MAX = 10;
const SYSTEMS = 2;
/** A download takes so long, and who died in it is to be replaced within this: by itself a run looks after a download only after a minute. */
const HELD_MS = 2_000;
const BACK_MS = 30_000;
const ROUNDS_MAX = 3;
/** So many jobs of the house's are at it at a time: see `worker/entry.ts`. */
const AT_PROVIDER = 3;

/** The steps of a run's life by their names in `docs/design/runs.md`, and the call that each of them is. */
const STEPS = {
  "opening: hold": "run → WALLET.hold",
  "opening: mark": "run → DB.update(quotes)",
  "opening: claim": "run → DB.batch(guards open_runs claims",
  "opening: open": "api → RUN.open",
  "queued": "run → JOBS.sendBatch",
  "ready": "consumer → RUN.ready",
  "lease": "consumer → GATE.lease",
  "begin": "consumer → RUN.begin",
  "submit": "consumer → provider.create",
  "submitted": "consumer → RUN.submitted",
  "webhook": "webhook → RUN.wake",
  "look": "consumer → provider.look",
  "checked": "consumer → RUN.checked",
  "lease given back": "run → GATE.giveBack",
  "claimFetch": "consumer → RUN.claimFetch",
  "fetch": "consumer → provider.file",
  "store": "consumer → MEDIA.put(takes)",
  "take recorded": "consumer → DB.batch(takes",
  "delivered": "consumer → RUN.delivered",
  "capture": "run → WALLET.capture",
  "claims given back": "run → DB.batch(claims open_runs)",
  "release": "run → WALLET.release",
  "projected": "run → DB.batch(run_log",
  "shown": "run → HUB.push",
} as const;
const CANCELLING = ["api → RUN.cancel", "consumer → provider.cancel", "consumer → RUN.checked", "run → GATE.giveBack", "run → DB.batch(claims open_runs)", "run → WALLET.release"];
const REFUSING = ["api → RUN.open", "run → WALLET.hold", "run → DB.update(quotes)", "run → DB.batch(claims open_runs quotes)", "run → WALLET.release"];

/** At which of these calls nobody was killed: an object's both before and after it, any other's after it. */
const unkilled = (calls: readonly string[], { killed }: Sweep): string[] =>
  calls.flatMap((call) => (call.startsWith("run ") ? ["before", "after"] : ["after"]).filter((when) => ![...killed].some((point) => point.startsWith(call) && point.endsWith(when))).map((when) => `${call}, ${when}`));

// A busy machine is slow to start a worker, and this starts it a hundred times.
vi.setConfig({ testTimeout: 900_000 });

let build = "";
const systems = new Set<System>();
beforeAll(() => { build = buildWorker("test/kill/worker/entry.ts"); });
afterAll(async () => {
  for (const system of systems) await system.close();
  rmSync(build, { recursive: true, force: true });
});

async function withSystem<T>(use: (system: System) => Promise<T>): Promise<T> {
  const system = await System.open(build, 60);
  systems.add(system);
  try {
    return await use(system);
  } finally {
    systems.delete(system);
    await system.close();
  }
}

/** A film whose animatic is there, with a paid run whose first jobs are at a provider that does not finish by itself. */
async function startPaid(system: System): Promise<{ project: string; quote: { id: string; credits: number }; run: Run }> {
  const project = await newFilm(system);
  await watch(system, (await openRun(system, await quoteOf(system, project, "animatic"))).id);
  system.provider.options.delayMs = null;
  const quote = await quoteOf(system, project, await nodesOf(system, project, PAID));
  const run = await openRun(system, quote);
  await until(async () => system.provider.underWay, (ids) => ids.length === AT_PROVIDER);
  return { project, quote, run };
}

test.concurrent("a worker that is killed between any two steps of a run finishes it: nothing is submitted, taken or paid twice, and nothing is lost", async () => {
  const sweep = new Sweep();
  const known = new Set<string>();
  const total = { films: 0, jobs: 0 };
  const left = () => [...known].filter((point) => !sweep.killed.has(point));
  const make = async (system: System, swept: Sweep | null) => {
    const project = await newFilm(system);
    system.gatehouse.seen.clear();
    system.gatehouse.sweep = swept;
    const { jobs, credits } = await makeFilm(system, project);
    system.gatehouse.sweep = null;
    await expectBooks(system, { granted: GRANTED, spent: credits });
    Object.assign(total, { films: total.films + 1, jobs: total.jobs + jobs });
  };
  const finish = async (system: System) => {
    await system.stop();
    expectTidy(system);
  };
  const others = Promise.all(Array.from({ length: SYSTEMS - 1 }, () => withSystem(async (system) => {
    await make(system, sweep);
    await finish(system);
  })));
  others.catch(() => undefined);
  await withSystem(async (system) => {
    // What there is to be killed at is what a film passes that nobody kills.
    await make(system, null);
    for (const point of system.gatehouse.seen) known.add(point);
    await make(system, sweep);
    await others;
    for (let round = 1; round < ROUNDS_MAX && left().length > 0; round += 1) await make(system, sweep);
    await finish(system);
  });
  console.log(JSON.stringify({ steps: Object.keys(STEPS).length, points: known.size, kills: sweep.killed.size, ...total }));
  expect(left()).toEqual([]);
  expect(unkilled(Object.values(STEPS), sweep)).toEqual([]);
});

test.concurrent("a run that is cancelled ends as cancelled wherever the worker is killed: what was delivered is paid once, and the rest comes back", async () => {
  const sweep = new Sweep((point) => /^(client|api|run|consumer|gate) /.test(point) && !/HUB|run_log|EVENTS/.test(point));
  await withSystem(async (system) => {
    const { project, quote, run } = await startPaid(system);
    const [first] = system.provider.underWay;
    system.provider.end(first ?? "", "succeeded");
    await until(() => system.ask<Run>("GET", `/api/v1/runs/${run.id}`), ({ credits }) => credits.captured > 0);
    system.gatehouse.sweep = sweep;
    const answered = await system.answer("POST", `/api/v1/runs/${run.id}/cancel`);
    // Repeated after the end it is told that there is nothing to cancel any more.
    expect([200, 409]).toContain(answered.status);
    const over = await watch(system, run.id);
    system.gatehouse.sweep = null;
    expect(over.status).toBe("cancelled");
    const paid = over.jobs.filter(({ status }) => status === "succeeded");
    expect(paid.length).toBe(1);
    expect(over.jobs.filter(({ status }) => status === "cancelled").length).toBe(over.jobs.length - 1);
    const captured = paid.reduce((sum, { credits }) => sum + credits.quoted, 0);
    expect(over.credits).toEqual({ quoted: quote.credits, held: 0, captured, returned: quote.credits - captured });
    expect(system.provider.doubles).toEqual([]);
    await expectTakes(system, project, paid);
    await expectBooks(system, { granted: GRANTED, spent: captured });
    await system.stop();
    expectTidy(system);
  });
  console.log(JSON.stringify({ cancelled: sweep.killed.size }));
  expect(unkilled(CANCELLING, sweep)).toEqual([]);
});

test.concurrent("an opening that is refused costs nothing wherever the worker is killed: it is undone, and its quote can be used again", async () => {
  const sweep = new Sweep((point) => /^(client|api|run) → (POST|RUN|WALLET|DB\.(update\(quotes|batch\((guards|claims)))/.test(point));
  await withSystem(async (system) => {
    const { project, quote, run } = await startPaid(system);
    const other = await quoteOf(system, project, await nodesOf(system, project, PAID));
    system.gatehouse.sweep = sweep;
    const refused = await system.answer("POST", "/api/v1/runs", { quote: other.id }, { "idempotency-key": other.id });
    system.gatehouse.sweep = null;
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "run.overlaps", run: run.id });
    const { available, held } = await system.ask<{ available: number; held: number }>("GET", "/api/v1/wallet");
    expect({ available, held }).toEqual({ available: GRANTED - quote.credits, held: quote.credits });
    const over = await watch(system, run.id, () => system.provider.finishAll());
    await expectWhole(system, project, over, quote.credits);
    const asked = system.provider.creates.size;
    const again = await watch(system, (await openRun(system, other)).id);
    expect(again.credits).toEqual({ quoted: other.credits, held: 0, captured: 0, returned: other.credits });
    expect(system.provider.creates.size).toBe(asked);
    await expectWhole(system, project, over, quote.credits);
    await expectBooks(system, { granted: GRANTED, spent: quote.credits });
    await system.stop();
    expectTidy(system);
  });
  console.log(JSON.stringify({ refused: sweep.killed.size }));
  expect(unkilled(REFUSING, sweep)).toEqual([]);
});

test.concurrent("a worker that dies in the middle of a long download is back at it as soon as somebody looks", async () => {
  await withSystem(async (system) => {
    const project = await newFilm(system);
    system.gatehouse.sweep = new Sweep((point) => point === "consumer → provider.file, after", HELD_MS);
    const run = await watch(system, (await openRun(system, await quoteOf(system, project, await nodesOf(system, project, ["music"])))).id);
    expect(system.gatehouse.sweep.killed.size).toBe(1);
    const backMs = Math.round(performance.now() - system.killedAt);
    console.log(JSON.stringify({ backMs }));
    expect(backMs).toBeLessThan(BACK_MS);
    await expectWhole(system, project, run, 0);
  });
});

test.concurrent("a film survives being killed at twenty random moments: nothing is submitted, taken or paid twice, and nothing is lost", async () => {
  const seed = Number(process.env["KILL_SEED"] ?? 20);
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const total = { kills: 0, jobs: 0 };
  await withSystem(async (system) => {
    for (let films = 0; films < FILMS_MAX && total.kills < KILLS; films += 1) {
      let nextAt = 0;
      const film = await makeFilm(system, await newFilm(system), async () => {
        if (total.kills === KILLS || performance.now() < nextAt) return;
        await new Promise((resolve) => setTimeout(resolve, 500 * random()));
        system.kill();
        total.kills += 1;
        nextAt = performance.now() + 1_500 * random();
      });
      total.jobs += film.jobs;
      await expectBooks(system, { granted: GRANTED, spent: film.credits });
    }
    await system.stop();
    expectTidy(system);
  });
  console.log(JSON.stringify({ seed, ...total }));
  expect(total.kills).toBe(KILLS);
});
