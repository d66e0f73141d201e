/**
 * B8: what the platform adds to a job. A film of many steps runs against a provider that answers at once; the same predictions are then made
 * by calling that provider directly. Prints one JSON line. Usage: node bench/job-overhead.ts [jobs]
 */
import { rmSync } from "node:fs";
import { workerSettings } from "../test/kill/settings.ts";
import { buildWorker, System } from "../test/kill/system.ts";

const jobsWanted = Number(process.argv[2] ?? 300);
const BUDGET_MS = 30;
/** As often as a page asks that watches a run without a socket. When it ended is what the run itself says. */
const POLL_MS = 5_000;
const OVER = new Set(["succeeded", "incomplete", "failed", "cancelled"]);
interface Run { id: string; status: string; finishedAt: string; jobs: { status: string }[] }

/** A script whose animatic takes about this many steps: each scene is a frame, a move and a voice or more. */
const scriptOf = (scenes: number): string =>
  Array.from({ length: scenes }, (_, scene) => `INT. ROOM ${scene + 1} - DAY\n\nMARTA waits at the door of room ${scene + 1}.\n\nMARTA\nThis is line ${scene + 1}.\n`).join("\n");

const build = buildWorker();
const system = await System.open(build, 0);
try {
  const project = await system.newProject(scriptOf(Math.ceil(jobsWanted / 5)));
  const graph = await system.ask<{ nodes: { id: string; kind: string }[] }>("GET", `/api/v1/projects/${project}/graph`);
  const target = graph.nodes.filter(({ kind }) => kind === "voice" || kind === "frame" || kind === "move").map(({ id }) => id).slice(0, jobsWanted);
  const quote = await system.ask<{ id: string; items: unknown[] }>("POST", "/api/v1/quotes", { project, target });
  const began = Date.now();
  let run = await system.ask<Run>("POST", "/api/v1/runs", { quote: quote.id });
  const opened = Date.now();
  while (!OVER.has(run.status)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    run = await system.ask<Run>("GET", `/api/v1/runs/${run.id}`);
  }
  const oursMs = Date.parse(run.finishedAt) - began;
  const direct = performance.now();
  const inputs = [...system.provider.predictions.values()].map(({ model, input }) => ({ version: model, input }));
  for (const [index, body] of inputs.entries()) {
    const answer = await fetch(`${system.provider.options.origin}/v1/predictions/direct-${index}`, { method: "PUT", headers: { authorization: `Bearer ${workerSettings.RENDERER_TOKEN}` }, body: JSON.stringify(body) });
    await answer.arrayBuffer();
  }
  const directMs = performance.now() - direct;
  const jobs = run.jobs.length;
  const perJobMs = (oursMs - directMs) / jobs;
  console.log(JSON.stringify({
    name: "B8 job overhead", unit: "ms a job", jobs, made: run.jobs.filter(({ status }) => status === "succeeded").length, ours: oursMs / jobs, baseline: directMs / jobs, added: perJobMs,
    openingMs: opened - began, budget: BUDGET_MS, holds: perJobMs < BUDGET_MS,
  }));
} finally {
  await system.close();
  rmSync(build, { recursive: true, force: true });
}
