import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildWorker, System } from "./system.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";
const OVER = new Set(["succeeded", "incomplete", "failed", "cancelled"]);

interface Run {
  id: string;
  status: string;
  credits: { quoted: number; held: number; captured: number; returned: number };
  jobs: { node: string; status: string; attempts: number; problem: { code: string } | null }[];
}
interface Entry {
  kind: string;
  credits: number;
}

let build = "";
beforeAll(() => { build = buildWorker(); });
afterAll(() => rmSync(build, { recursive: true, force: true }));

/** Watches a run until it is over, killing the worker whenever `isTime` says so. */
async function runThrough(system: System, id: string, isTime: (run: Run) => boolean): Promise<{ run: Run; kills: number }> {
  let kills = 0;
  for (let tries = 0; tries < 2_000; tries += 1) {
    const run = await system.ask<Run>("GET", `/api/v1/runs/${id}`);
    if (OVER.has(run.status)) return { run, kills };
    if (isTime(run)) {
      await system.kill();
      kills += 1;
      await system.start();
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error(`the run never ended: ${JSON.stringify(await system.ask("GET", `/api/v1/runs/${id}`))}`);
}

/** What must hold whatever was killed: the film is whole, each thing was submitted and taken once, and the books agree. */
async function expectWhole(system: System, project: string, { run, quoted }: { run: Run; quoted: number }): Promise<void> {
  expect(run.jobs.filter(({ status }) => status !== "succeeded")).toEqual([]);
  expect(run.credits).toEqual({ quoted, held: 0, captured: quoted, returned: 0 });
  expect(system.provider.doubles).toEqual([]);
  const graph = await system.ask<{ nodes: { id: string; takes: number }[] }>("GET", `/api/v1/projects/${project}/graph`);
  for (const { node } of run.jobs) expect(graph.nodes.find(({ id }) => id === node)?.takes, node).toBe(1);
}

async function balance(system: System): Promise<{ available: number; held: number; spent: number }> {
  const { available, held, spent } = await system.ask<{ available: number; held: number; spent: number }>("GET", "/api/v1/wallet");
  return { available, held, spent };
}

async function start(system: System, body: object): Promise<{ run: Run; quoted: number }> {
  const quote = await system.ask<{ id: string; credits: number }>("POST", "/api/v1/quotes", body, { "idempotency-key": crypto.randomUUID() });
  const run = await system.ask<Run>("POST", "/api/v1/runs", { quote: quote.id }, { "idempotency-key": quote.id });
  return { run, quoted: quote.credits };
}

test("a film survives being killed at twenty random moments: nothing is submitted, taken or paid twice, and nothing is lost", async () => {
  const system = await System.open(build, 120);
  try {
    const project = await system.newProject(SCRIPT);
    let kills = 0;
    const seed = Number(process.env["KILL_SEED"] ?? 20);
    let state = seed;
    const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const animatic = await start(system, { project, target: "animatic" });
    expect(animatic.run.jobs.length).toBeGreaterThanOrEqual(12);
    const first = await runThrough(system, animatic.run.id, () => kills < 12 && random() < 0.25 && (kills += 1) > 0);
    await expectWhole(system, project, { run: first.run, quoted: 0 });
    const graph = await system.ask<{ nodes: { id: string; kind: string }[] }>("GET", `/api/v1/projects/${project}/graph`);
    const clips = await start(system, { project, target: graph.nodes.filter(({ kind }) => kind === "clip" || kind === "cut").map(({ id }) => id) });
    const second = await runThrough(system, clips.run.id, () => kills < 20 && random() < 0.4 && (kills += 1) > 0);
    await expectWhole(system, project, { run: second.run, quoted: clips.quoted });
    console.log(JSON.stringify({ seed, kills, jobs: first.run.jobs.length + second.run.jobs.length, retried: [...first.run.jobs, ...second.run.jobs].filter(({ attempts }) => attempts > 1).length }));
    expect(await balance(system)).toEqual({ available: 100 - clips.quoted, held: 0, spent: clips.quoted });
    const entries = await system.ask<{ data: Entry[] }>("GET", "/api/v1/wallet/entries?limit=100");
    const captures = entries.data.filter(({ kind }) => kind === "capture");
    expect(captures.length).toBe(second.run.jobs.filter(({ node }) => node.startsWith("clip:")).length);
  } finally {
    await system.close();
  }
});

test.each([
  ["as soon as it is opened", (run: Run) => run.jobs.length > 0],
  ["while jobs are being sent", (run: Run) => run.jobs.some(({ status, attempts }) => status === "running" && attempts === 1)],
  ["after the first take is recorded", (run: Run) => run.jobs.some(({ status }) => status === "succeeded")],
  ["when only the last step is left", (run: Run) => run.jobs.filter(({ status }) => status === "succeeded").length >= run.jobs.length - 1],
] as const)("a run that is killed %s goes on where it was", async (_words, isTime) => {
  const system = await System.open(build, 150);
  try {
    const project = await system.newProject(SCRIPT);
    const { run } = await start(system, { project, target: "animatic" });
    let isKilled = false;
    const over = await runThrough(system, run.id, (now) => !isKilled && isTime(now) && (isKilled = true));
    expect(over.kills).toBe(1);
    await expectWhole(system, project, { run: over.run, quoted: 0 });
    expect(await balance(system)).toEqual({ available: 100, held: 0, spent: 0 });
  } finally {
    await system.close();
  }
});
