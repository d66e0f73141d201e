/** A film made through the API, and what must hold of it whatever was killed meanwhile. */
import { expect } from "vitest";
import type { System } from "./system.ts";

const SCRIPT = "INT. DINER - NIGHT\n\nMARTA wipes the counter.\n\nMARTA\nYou're late.\n\nEXT. BRIDGE - DAWN\n\nTom walks alone.\n";
const OVER = new Set(["succeeded", "incomplete", "failed", "cancelled"]);
const POLL_MS = 200;
const POLLS_MAX = 2_000;

export interface Run {
  id: string;
  status: string;
  credits: { quoted: number; held: number; captured: number; returned: number };
  jobs: { id: string; node: string; status: string; attempts: number; credits: { quoted: number; captured: number }; problem: { code: string } | null }[];
}
interface Graph {
  nodes: { id: string; kind: string; takes: number }[];
}
interface Entry {
  kind: string;
  credits: number;
  job: string | null;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until it is so: much is told a moment later. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await wait(POLL_MS);
  }
  throw new Error(`it never came to be: ${JSON.stringify(await ask())}`);
}

export async function quoteOf(system: System, project: string, target: unknown): Promise<{ id: string; credits: number }> {
  return system.ask("POST", "/api/v1/quotes", { project, target }, { "idempotency-key": crypto.randomUUID() });
}

/** Opens the run of a quote as a client does: the same request again, under the same key, until it is answered. */
export async function openRun(system: System, quote: { id: string }): Promise<Run> {
  return system.ask("POST", "/api/v1/runs", { quote: quote.id }, { "idempotency-key": quote.id });
}

/** Watches a run until it is over. */
export async function watch(system: System, id: string, whileItGoes: (run: Run) => void | Promise<void> = () => undefined): Promise<Run> {
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    const run = await system.ask<Run>("GET", `/api/v1/runs/${id}`);
    if (OVER.has(run.status)) return run;
    await whileItGoes(run);
    await wait(POLL_MS);
  }
  throw new Error(`the run never ended: ${JSON.stringify(await system.ask("GET", `/api/v1/runs/${id}`))}`);
}

export const newFilm = (system: System): Promise<string> => system.newProject(SCRIPT);

const graphOf = (system: System, project: string): Promise<Graph> => system.ask("GET", `/api/v1/projects/${project}/graph`);

/** What costs something, and the cut that is made of it. */
export const PAID = ["clip", "cut"];

/** The nodes of these kinds. */
export async function nodesOf(system: System, project: string, kinds: readonly string[]): Promise<string[]> {
  return (await graphOf(system, project)).nodes.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
}

/** A film from its animatic, which is free, to its cut, whose clips are paid. */
export async function makeFilm(system: System, project: string, whileItGoes?: (run: Run) => void | Promise<void>): Promise<{ jobs: number; credits: number }> {
  const draft = await watch(system, (await openRun(system, await quoteOf(system, project, "animatic"))).id, whileItGoes);
  await expectWhole(system, project, draft, 0);
  expect(draft.jobs.length).toBeGreaterThanOrEqual(12);
  const quote = await quoteOf(system, project, await nodesOf(system, project, PAID));
  expect(quote.credits).toBeGreaterThan(0);
  const film = await watch(system, (await openRun(system, quote)).id, whileItGoes);
  await expectWhole(system, project, film, quote.credits);
  return { jobs: draft.jobs.length + film.jobs.length, credits: quote.credits };
}

/** The film is whole, each thing was submitted and taken once, and what was quoted was paid. */
export async function expectWhole(system: System, project: string, run: Run, quoted: number): Promise<void> {
  expect(run.jobs.filter(({ status }) => status !== "succeeded")).toEqual([]);
  expect(run.credits).toEqual({ quoted, held: 0, captured: quoted, returned: 0 });
  expect(run.jobs.filter(({ credits }) => credits.captured !== credits.quoted)).toEqual([]);
  expect(system.provider.doubles).toEqual([]);
  await expectTakes(system, project, run.jobs);
}

/** Each of these has one take. */
export async function expectTakes(system: System, project: string, jobs: Run["jobs"]): Promise<void> {
  const { nodes } = await graphOf(system, project);
  for (const { node } of jobs) expect(nodes.find(({ id }) => id === node)?.takes, node).toBe(1);
}

/** No credit is lost or taken twice: what was granted less what was spent is there, and every entry adds up. */
export async function expectBooks(system: System, { granted, spent }: { granted: number; spent: number }): Promise<void> {
  const { available, held, spent: paid } = await system.ask<{ available: number; held: number; spent: number }>("GET", "/api/v1/wallet");
  expect({ available, held, paid }).toEqual({ available: granted - spent, held: 0, paid: spent });
  await until(() => system.ask<{ data: { state: string }[] }>("GET", "/api/v1/wallet/holds?limit=100"), ({ data }) => data.every(({ state }) => state !== "open"));
  const { data: entries } = await system.ask<{ data: Entry[] }>("GET", "/api/v1/wallet/entries?limit=100");
  expect(entries.reduce((sum, { credits }) => sum + credits, 0)).toBe(available);
  const captured = entries.filter(({ kind }) => kind === "capture").map(({ job }) => job);
  expect(captured).toEqual([...new Set(captured)]);
}

/** What the database holds once the worker is gone: nothing is claimed any more, nothing was recorded twice, and nobody found anything wrong. */
export function expectTidy(system: System): void {
  const rows = system.rows();
  expect(rows("SELECT run FROM claims UNION SELECT run FROM open_runs")).toEqual([]);
  expect(rows("SELECT project, node FROM takes GROUP BY project, node HAVING count(*) > 1")).toEqual([]);
  expect(rows("SELECT wallet, item FROM wallet_entries WHERE kind = 'capture' GROUP BY wallet, item HAVING count(*) > 1")).toEqual([]);
  expect(rows("SELECT w.wallet FROM wallets AS w JOIN wallet_entries AS e ON e.wallet = w.wallet GROUP BY w.wallet HAVING sum(e.available) <> w.available OR sum(e.held) <> w.held OR w.frozen IS NOT NULL")).toEqual([]);
  expect(rows("SELECT subject, type FROM events WHERE type LIKE 'run.%' GROUP BY subject, type HAVING count(*) > 1")).toEqual([]);
  expect(rows("SELECT id, detail FROM findings")).toEqual([]);
}
