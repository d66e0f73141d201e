/** How the cells of the fault matrix are played, and what is said of each when it is over. */
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { Terms } from "../durable-objects/run/snapshot.ts";
import type { RunWire } from "./film-world.ts";
import type { Placed } from "./vendor-cells.ts";
import { changeQuote, KEY, newVendorWorld, termsOfModel, type VendorWorld } from "./vendor-world.ts";

export const CLOCKS: Partial<Terms> = { submitMs: 2_500, lookupLagMs: 300, resolveMs: 20_000, timeoutMs: 90_000, limits: { concurrency: 100, perMinute: null, perDay: null } };
export const GRANTED = 10_000;

export interface Played {
  world: VendorWorld;
  run: RunWire;
  cellOf: Map<string, Placed>;
  /** What each job costs, as the quote froze it. */
  priceOf: Map<string, number>;
}

/** A world with every vendor, in which a file that trickles in is given up after seconds. */
export async function newMatrixWorld(script: string): Promise<VendorWorld> {
  const world = await newVendorWorld({ script, credits: GRANTED, isWhole: true });
  const real = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => real(ms >= FILE_MS ? FILE_MS_HERE : ms));
  return world;
}
/** What `runs/fetching.ts` gives a whole file, and what it has here. */
const FILE_MS = 13 * 60_000;
const FILE_MS_HERE = 4_000;

/** Gives the steps of a quote to the models of their cells. */
export async function deal(world: VendorWorld, quote: string, { cellOf, priceOf }: Pick<Played, "cellOf" | "priceOf">, cellFor: (step: Parameters<Parameters<typeof changeQuote>[2]>[0]) => Placed | undefined): Promise<void> {
  await changeQuote(world, quote, (step) => {
    priceOf.set(step.job, step.step.item.credits);
    const placed = cellFor(step);
    if (!placed) return step;
    cellOf.set(step.job, placed);
    const { model, cell: { instead, clocks } } = placed;
    return { ...step, terms: termsOfModel(model, { ...CLOCKS, ...clocks }), alternatives: instead === undefined ? [] : [termsOfModel(instead, CLOCKS)] };
  });
}

export const meet = (world: VendorWorld, table: readonly Placed[]): void => {
  for (const { provider, mark, cell: { faults = [], beside = {} } } of table) {
    for (const [id, own] of Object.entries({ ...beside, [provider]: faults })) world.vendors[id]?.faults.push(...own.map((fault) => ({ ...fault, says: mark })));
  }
};

/** Lets the vendors' clocks go on, and their webhooks out, until something is over. */
export async function inWeather<Value>(world: VendorWorld, work: () => Promise<Value>): Promise<Value> {
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  try {
    return await work();
  } finally {
    clearInterval(weather);
  }
}

type JobWire = RunWire["jobs"][number] & { provider: string | null };

/** How often a vendor was asked to make what a cell is about, which to look its words through is not; the house counts what arrived, whichever attempt it was. */
const sendsTo = (world: VendorWorld, provider: string, { mark, job }: { mark: string; job: string }): number =>
  provider === "house"
    ? [...world.provider.creates].reduce((sum, [id, count]) => sum + (new RegExp(`^${job}-\\d+$`).test(id) ? count : 0), 0)
    : (world.vendors[provider]?.submitted.filter(({ body, path }) => body.includes(mark) && !path.includes("llama-guard")).length ?? 0);

/** Every job ended as its cell says: state, credits, how often it was sent, to nobody but its provider and who stands in for it, and by whom it was made. */
export async function expectAsTold(world: VendorWorld, played: readonly Omit<Played, "world">[]): Promise<void> {
  const seen = played.flatMap(({ run, cellOf, priceOf }) => (run.jobs as JobWire[]).flatMap((job) => {
    const placed = cellOf.get(job.id);
    return placed ? [{ ...placed, job, price: priceOf.get(job.id) ?? Number.NaN, sends: sendsTo(world, placed.provider, { mark: placed.mark, job: job.id }) }] : [];
  }));
  const inWords = ({ provider, name }: Placed, { status, problem, captured, sends, by }: { status: string; problem: string | null; captured: number; sends: number; by: string | null }) =>
    `${provider} ${name}: ${status}${problem === null ? "" : ` (${problem})`}, ${captured} credits, sent ${sends}, by ${by}`;
  const wanted = seen.map((each) => {
    const { status, problem = null, sends, by = each.provider } = each.cell.expected;
    return inWords(each, { status, problem, captured: status === "succeeded" ? each.price : 0, sends, by });
  });
  expect(seen.map((each) => inWords(each, { status: each.job.status, problem: each.job.problem?.code ?? null, captured: each.job.credits.captured, sends: each.sends, by: each.job.provider }))).toEqual(wanted);
  for (const { provider, name, mark, cell: { expected: { by } } } of seen) {
    const others = Object.keys(world.vendors).filter((id) => id !== provider).map((id) => [id, sendsTo(world, id, { mark, job: "" })]).filter(([, sends]) => sends !== 0);
    expect([provider, name, others]).toEqual([provider, name, by === undefined ? [] : [[by, 1]]]);
  }
  for (const { name, job } of seen) expectReadable(name, job);
  expect(JSON.stringify(played.map(({ run }) => run))).not.toContain(KEY);
  // A fault that nobody met proves nothing: each that happens so often has happened so often.
  const marks = new Set<string | undefined>(seen.map(({ mark }) => mark));
  for (const { faults } of Object.values(world.vendors)) expect(faults.filter(({ says, times }) => marks.has(says) && times !== undefined)).toEqual([]);
  for (const { provider, name, mark, cell: { webhook } } of seen) if (webhook !== undefined) await expectAnswered(world, { provider, name, mark, webhook });
}

/** What the user reads is ours: it says what to do and that nothing was charged, or that it was cancelled, and shows no page, key or address of a vendor. */
function expectReadable(name: string, { status, problem }: JobWire): void {
  if (status === "cancelled") expect([name, problem?.detail]).toEqual([name, expect.stringMatching(/^It was cancelled\b.*\.$/)]);
  else if (status !== "succeeded") {
    expect([name, problem?.detail]).toEqual([name, expect.stringMatching(/[.,:] (?:Try it again|Make|Take out|Describe|Change|Choose|Bring|Say)\b/)]);
    expect([name, problem?.detail]).toEqual([name, expect.stringMatching(/nothing was charged\.( |$)/i)]);
  }
  expect(problem?.detail ?? "").not.toMatch(/<|https?:|key-of-the-vendor/);
}

/** Each webhook about a cell was answered, and so. */
async function expectAnswered(world: VendorWorld, { provider, name, mark, webhook }: { provider: string; name: string; mark: string; webhook: number }): Promise<void> {
  const vendor = world.vendors[provider];
  const answers = () => new Set((vendor?.delivered ?? []).flatMap(({ job, status }) => (JSON.stringify(vendor?.jobs.get(job)?.input).includes(mark) ? [status] : [])));
  await expect.poll(() => [provider, name, ...answers()]).toEqual([provider, name, webhook]);
}

interface EntryBody {
  kind: string;
  hold: string | null;
  item: string | null;
  ref: { run?: string } | string | null;
  postings: { account: string; credits: number }[];
}
const moved = ({ postings }: EntryBody, account: string): number => postings.reduce((sum, posting) => sum + (posting.account === account ? posting.credits : 0), 0);

/**
 * The ledger of runs that are over: of each, one hold of what was quoted, one capture of each item that was delivered, at its price, one release of the rest,
 * and nothing else; the studio has what it was granted but for that, nothing of it held, and the entries add up.
 */
export async function expectPaid(world: VendorWorld, played: readonly Omit<Played, "world">[]): Promise<void> {
  const wallet = env.WALLET.getByName(world.studio);
  const log = (await wallet.entries({ after: 0, limit: 1_000 })).map(({ body }) => JSON.parse(body) as EntryBody);
  let spent = 0;
  const holds = new Set<string | null>();
  for (const { run, cellOf, priceOf } of played) {
    const opening = log.find(({ kind, ref }) => kind === "hold" && typeof ref === "object" && ref?.run === run.id);
    const entries = log.filter(({ hold }) => hold !== null && hold === opening?.hold);
    const items = run.jobs.map(({ id }) => [id, (cellOf.get(id)?.cell.expected.status ?? "succeeded") === "succeeded" ? (priceOf.get(id) ?? Number.NaN) : 0] as const).filter(([, credits]) => credits !== 0);
    const quoted = run.jobs.reduce((sum, { id }) => sum + (priceOf.get(id) ?? Number.NaN), 0);
    const sum = items.reduce((total, [, credits]) => total + credits, 0);
    expect(entries.filter(({ kind }) => kind === "capture").map((entry) => [entry.item, moved(entry, "spent")]).toSorted()).toEqual(items.toSorted());
    expect(entries.map((entry) => [entry.kind, moved(entry, "held")]).filter(([kind]) => kind !== "capture")).toEqual([["hold", quoted], ["release", sum - quoted === 0 ? 0 : sum - quoted]]);
    expect(run.credits).toEqual({ quoted, held: 0, captured: sum, returned: quoted - sum });
    holds.add(opening?.hold ?? null);
    spent += sum;
  }
  expect(log.filter(({ kind, hold }) => !holds.has(hold) && kind !== "grant")).toEqual([]);
  expect(await world.balance()).toEqual({ available: GRANTED - spent, held: 0 });
  expect((await wallet.check()).faults).toEqual([]);
}
