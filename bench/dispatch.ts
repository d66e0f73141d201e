/**
 * B7: from the moment that a run is asked for until its job's request leaves for the provider, and from one job's end until the request of the job
 * that needs it. Prints one JSON line. Usage: node bench/dispatch.ts [runs]
 */
import { rmSync } from "node:fs";
import { buildWorker, System } from "../test/kill/system.ts";

const runsWanted = Number(process.argv[2] ?? 40);
const build = buildWorker();
const system = await System.open(build, 0);

const quantile = (sorted: number[], share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

try {
  const scenes = Array.from({ length: runsWanted }, (_, scene) => `INT. ROOM ${scene + 1} - DAY\n\nA cup stands on table ${scene + 1}.\n`).join("\n");
  const project = await system.newProject(scenes);
  const graph = await system.ask<{ nodes: { id: string; kind: string }[] }>("GET", `/api/v1/projects/${project}/graph`);
  const frames = graph.nodes.filter(({ kind }) => kind === "frame").map(({ id }) => id).slice(0, runsWanted);
  const waits: number[] = [];
  for (const frame of frames) {
    const quote = await system.ask<{ id: string }>("POST", "/api/v1/quotes", { project, target: [frame] });
    const known = system.provider.creates.size;
    const asked = performance.now();
    const run = await system.ask<{ id: string }>("POST", "/api/v1/runs", { quote: quote.id });
    while (system.provider.creates.size === known) await new Promise((resolve) => setTimeout(resolve, 1));
    waits.push(performance.now() - asked);
    for (let status = "running"; status === "running";) {
      status = (await system.ask<{ status: string }>("GET", `/api/v1/runs/${run.id}`)).status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const sorted = waits.sort((a, b) => a - b);
  console.log(JSON.stringify({
    name: "B7 dispatch", unit: "ms from POST /runs until the provider's request", runs: sorted.length, p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), p99: quantile(sorted, 0.99),
    lost: frames.length - system.provider.creates.size, doubled: system.provider.doubles.length,
  }));
} finally {
  await system.close();
  rmSync(build, { recursive: true, force: true });
}
