/**
 * B7: from the moment that a run is asked for until its job's request is at the provider, its opening included; and of that the part from the queue on, which
 * the run's own log tells; and (B8 for a single job) from that request, which is answered at once, until what came is stored, probed and recorded. One after
 * the other. Prints a JSON line. Usage: node bench/dispatch.ts [runs]
 */
import { rmSync } from "node:fs";
import { buildWorker, System } from "../test/kill/system.ts";

const runsWanted = Number(process.argv[2] ?? 40);
const build = buildWorker();
const system = await System.open(build, 0);

const quantile = (sorted: number[], share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;

interface Dispatched { asked: number; run: string }

/** Opens runs of one job each, and waits until each is over. */
async function measure(quotes: string[]): Promise<void> {
  const opened: Dispatched[] = [];
  for (const quote of quotes) {
    const asked = Date.now();
    const { id: run } = await system.ask<{ id: string }>("POST", "/api/v1/runs", { quote });
    for (let status = "running"; status === "running";) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      status = (await system.ask<{ status: string }>("GET", `/api/v1/runs/${run}`)).status;
    }
    opened.push({ asked, run });
  }
  const waits = { whole: [] as number[], queue: [] as number[], stored: [] as number[] };
  let lost = 0;
  for (const { asked, run } of opened) {
    const { rows } = await system.ask<{ rows: { type: string; subject: string; at: number; data: string }[] }>("GET", `/api/v1/runs/${run}/record`);
    const whenIs = (status: string) => rows.find(({ type, data }) => type === "job" && (JSON.parse(data) as { status?: string }).status === status);
    const [queued, stored] = [whenIs("queued"), whenIs("succeeded")];
    // The provider is over at once, so that the end of a prediction is when it was asked for.
    const made = queued && [...system.provider.predictions.values()].find(({ id }) => id.startsWith(`${queued.subject}-`));
    if (!made || !stored) lost += 1;
    else {
      waits.whole.push(made.finishAt - asked);
      waits.queue.push(made.finishAt - queued.at);
      waits.stored.push(stored.at - made.finishAt);
    }
  }
  for (const list of Object.values(waits)) list.sort((a, b) => a - b);
  const quantiles = (list: number[]) => ({ p50: quantile(list, 0.5), p90: quantile(list, 0.9), p99: quantile(list, 0.99) });
  console.log(JSON.stringify({ name: "B7 dispatch", unit: "ms", runs: quotes.length, fromPost: quantiles(waits.whole), fromQueue: quantiles(waits.queue), untilStored: quantiles(waits.stored), lost, doubled: system.provider.doubles.length }));
}


try {
  const scenes = Array.from({ length: runsWanted }, (_, scene) => `INT. ROOM ${scene + 1} - DAY\n\nA cup stands on table ${scene + 1}.\n`).join("\n");
  const project = await system.newProject(scenes);
  const graph = await system.ask<{ nodes: { id: string; kind: string }[] }>("GET", `/api/v1/projects/${project}/graph`);
  const frames = graph.nodes.filter(({ kind }) => kind === "frame").map(({ id }) => id).slice(0, runsWanted);
  const quotes: string[] = [];
  for (const frame of frames) quotes.push((await system.ask<{ id: string }>("POST", "/api/v1/quotes", { project, target: [frame] })).id);
  await measure(quotes);
} finally {
  await system.close();
  rmSync(build, { recursive: true, force: true });
}
