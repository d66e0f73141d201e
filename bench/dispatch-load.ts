/**
 * B7 under load: jobs are asked for at a steady rate, or as quickly as they are made, and are counted afterwards in the database and at the provider, which
 * answers at once. Prints a JSON line: from the queue to the provider, from there until the take is recorded, and what was lost, doubled or not paid as it was made.
 * Of free work a quote makes at most 160 shots. Usage: node bench/dispatch-load.ts [jobs] [jobs a second, 0: as many as it can] [jobs a run]
 */
import { rmSync } from "node:fs";
import { buildWorker, System } from "../test/kill/system.ts";

const [jobsWanted = 2_000, perSecond = 20, perRun = perSecond > 0 ? 4 : 150] = process.argv.slice(2).map(Number);
/** A film has so many frames, and each of them is made once. */
const FRAMES = 300;
/** Without a rate so many studios have a run under way at a time. */
const LANES = 4;
/** Quotes are valid for a quarter of an hour: so many are asked for ahead. */
const AHEAD_MAX = 2_000;
const POLL_MS = 1_000;
const SETTLING_MS = 120_000;
const MINUTE_MS = 60_000;
const script = Array.from({ length: FRAMES }, (_, scene) => `INT. ROOM ${scene + 1} - DAY\n\nA cup stands on table ${scene + 1}.\n`).join("\n");

interface Order { cookie: string; quote: string; jobs: number }
interface Film { cookie: string; project: string; frames: string[] }

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (sorted: number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const quantiles = (list: number[]) => { list.sort((a, b) => a - b); return { p50: quantile(list, 0.5), p90: quantile(list, 0.9), p99: quantile(list, 0.99), most: list.at(-1) ?? 0 }; };

/** A film of somebody's. Sign-ups from one address have a limit: who has one may have many. */
async function newFilm(system: System, cookie: string): Promise<Film> {
  const project = await system.newFilm(script, { cookie });
  const { nodes } = await system.ask<{ nodes: { id: string; kind: string }[] }>("GET", `/api/v1/projects/${project}/graph`, undefined, { cookie });
  return { cookie, project, frames: nodes.filter(({ kind }) => kind === "frame").map(({ id }) => id) };
}

async function quoted(system: System, { cookie, project, frames }: Film, count: number): Promise<Order> {
  const target = frames.splice(0, count);
  const { id } = await system.ask<{ id: string }>("POST", "/api/v1/quotes", { project, target }, { cookie });
  return { cookie, quote: id, jobs: target.length };
}

async function open(system: System, { cookie, quote }: Order): Promise<{ run: string; cookie: string }> {
  const { id } = await system.ask<{ id: string }>("POST", "/api/v1/runs", { quote }, { cookie });
  return { run: id, cookie };
}

async function untilOver(system: System, { run, cookie }: { run: string; cookie: string }): Promise<void> {
  for (let status = "running"; status === "running" || status === "waiting";) {
    await pause(POLL_MS);
    status = (await system.ask<{ status: string }>("GET", `/api/v1/runs/${run}`, undefined, { cookie })).status;
  }
}

/** Studios take turns, so that none has more free runs open than it may. */
async function steadily(system: System): Promise<number> {
  const films: Film[] = [];
  while (films.length * FRAMES < jobsWanted) films.push(await newFilm(system, await system.signUp()));
  const orders: Order[] = [];
  let left = jobsWanted;
  while (left > 0 && orders.length < AHEAD_MAX) {
    for (const film of films) {
      const count = Math.min(perRun, left, film.frames.length);
      if (count === 0) continue;
      orders.push(await quoted(system, film, count));
      left -= count;
    }
  }
  const began = performance.now();
  let asked = 0;
  await Promise.all(orders.map(async (order) => {
    const dueMs = (asked / perSecond) * 1_000;
    asked += order.jobs;
    await pause(dueMs - (performance.now() - began));
    await open(system, order);
  }));
  while (system.provider.creates.size < asked && performance.now() - began < (asked / perSecond) * 1_000 + SETTLING_MS) await pause(POLL_MS);
  await pause(10 * POLL_MS);
  return asked;
}

async function asQuickly(system: System): Promise<number> {
  let left = jobsWanted;
  let asked = 0;
  let said = performance.now();
  const make = async (cookie: string, count: number) => {
    const film = await newFilm(system, cookie);
    for (let made = 0; made < count;) {
      const order = await quoted(system, film, Math.min(perRun, count - made));
      const opened = await open(system, order);
      asked += order.jobs;
      made += order.jobs;
      await untilOver(system, opened);
    }
  };
  const lane = async () => {
    const cookie = await system.signUp();
    while (left > 0) {
      const count = Math.min(FRAMES, left);
      left -= count;
      await make(cookie, count).catch((error: unknown) => console.error(String(error)));
      if (performance.now() - said < MINUTE_MS) continue;
      said = performance.now();
      console.error(`${system.provider.creates.size} made, ${new Date().toISOString()}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await pause(10 * POLL_MS);
  return asked;
}

const build = buildWorker();
const system = await System.open(build, 0);
try {
  const began = performance.now();
  const asked = perSecond > 0 ? await steadily(system) : await asQuickly(system);
  const seconds = (performance.now() - began) / 1_000;
  await system.stop();
  const rows = system.rows();
  const count = (sql: string): number => Number(Object.values(rows(sql)[0] as Record<string, number>)[0]);
  const arrivedAt = new Map([...system.provider.predictions.values()].map(({ id, finishAt }) => [id.replace(/-\d+$/, ""), finishAt]));
  const times = rows(
    `SELECT subject, min(CASE WHEN data ->> 'status' = 'queued' THEN at END) AS queued, min(CASE WHEN data ->> 'status' = 'succeeded' THEN at END) AS stored
     FROM run_log WHERE type = 'job' GROUP BY subject`) as { subject: string; queued: number | null; stored: number | null }[];
  const whole = times.flatMap(({ subject, queued, stored }) => { const at = arrivedAt.get(subject); return at === undefined || queued === null || stored === null ? [] : [{ toProvider: at - queued, untilStored: stored - at }]; });
  console.log(JSON.stringify({
    name: "B7 dispatch under load", unit: "ms", asked, perSecond: perSecond > 0 ? perSecond : null, perRun, seconds: Math.round(seconds), made: system.provider.creates.size,
    fromQueue: quantiles(whole.map(({ toProvider }) => toProvider)), untilStored: quantiles(whole.map(({ untilStored }) => untilStored)),
    lost: asked - whole.length, doubled: system.provider.doubles.length, takes: count("SELECT count(*) FROM takes"), files: count("SELECT count(DISTINCT take) FROM assets WHERE take IS NOT NULL"),
    jobsSucceeded: count("SELECT count(*) FROM jobs WHERE status = 'succeeded'"), runsOpen: count("SELECT count(*) FROM open_runs"), claimsLeft: count("SELECT count(*) FROM claims"),
    findings: count("SELECT count(*) FROM findings"),
  }));
} finally {
  await system.close();
  rmSync(build, { recursive: true, force: true });
}
