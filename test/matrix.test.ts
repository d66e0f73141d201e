/** Every fault of a provider crossed with every provider, as its customer meets it: a whole run, with its wallet. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Ending } from "./emulators/vendor/emulator.ts";
import type { Fault } from "./emulators/vendor/faults.ts";
import type { RunWire } from "./film-world.ts";
import { changeQuote, KEY, newVendorWorld, termsOfModel, type VendorWorld } from "./vendor-world.ts";

const CLOCKS = { submitMs: 2_500, lookupLagMs: 300, resolveMs: 12_000, timeoutMs: 60_000, limits: { concurrency: 100, perMinute: null, perDay: null } };
const GRANTED = 10_000;

/** How a cell ends. `sends`: how often the provider was asked to make it. */
interface Expected {
  status: "succeeded" | "failed" | "refused" | "cancelled" | "expired";
  problem?: string;
  sends: number;
}
interface Cell {
  faults?: Omit<Fault, "says">[];
  ending?: Ending;
  expected: Expected;
}

const made: Expected = { status: "succeeded", sends: 1 };
const madeAfter = (sends: number): Expected => ({ status: "succeeded", sends });
const failed = (problem: string, sends = 1): Expected => ({ status: "failed", problem, sends });
/** A submission that nobody knows of: it is never sent again, and costs nothing. */
const unresolved = failed("unresolved");
const bad = failed("bad_output");

const atCreate = (does: Fault["does"], times = 1) => [{ at: "create" as const, does, times }];
const atCheck = (does: Fault["does"], times = 2) => [{ at: "check" as const, does, times }];

/** What a lost answer comes to: found by the webhook, by the vendor's list, or not at all. */
type Found = "webhook" | "list" | "never";

/** Jobs that are asked for, looked at and fetched: most vendors. */
function jobCells(found: Found): Record<string, Cell> {
  const lost = found === "never" ? unresolved : made;
  const never = found === "list" ? madeAfter(2) : unresolved;
  return {
    plain: { expected: made },
    "nobody-answers": { faults: atCreate("unreached"), expected: never },
    "answer-lost": { faults: atCreate("lost"), expected: lost },
    hangs: { faults: atCreate("hang"), expected: never },
    html: { faults: atCreate("html"), expected: lost },
    truncated: { faults: atCreate("truncated"), expected: lost },
    schema: { faults: atCreate("schema"), expected: lost },
    "bytewise": { faults: atCreate("trickle"), expected: lost },
    noise: { faults: atCreate("corrupt"), expected: lost },
    "busy-seconds": { faults: atCreate({ status: 429, headers: { "retry-after": "1" } }), expected: madeAfter(2) },
    "status-500": { faults: atCreate({ status: 500 }), expected: never },
    "check-500": { faults: atCheck({ status: 500 }), expected: made },
    "check-html": { faults: atCheck("html"), expected: made },
    "check-lost": { faults: atCheck("lost"), expected: made },
    "check-schema": { faults: atCheck("schema"), expected: made },
    backwards: { faults: [{ does: "backwards", times: 3 }], expected: made },
    expired: { faults: [{ does: "expired" }], expected: bad },
    "leads-inside": { faults: [{ does: "private" }], expected: bad },
    "lies-inside": { faults: [{ does: "elsewhere" }], expected: bad },
    "file-cut-once": { faults: [{ at: "file", does: "truncated", times: 1 }], expected: made },
    "file-blank": { faults: [{ at: "file", does: "blank" }], expected: bad },
    "webhook-silent": { faults: [{ does: "silent" }], expected: made },
  };
}

/** What is answered at once, into our own storage. */
const spokenCells: Record<string, Cell> = {
  plain: { expected: made },
  "nobody-answers": { faults: atCreate("unreached"), expected: unresolved },
  "answer-lost": { faults: atCreate("lost"), expected: unresolved },
  hangs: { faults: atCreate("hang"), expected: unresolved },
  truncated: { faults: atCreate("truncated"), expected: unresolved },
  "status-500": { faults: atCreate({ status: 500 }), expected: unresolved },
  "busy-seconds": { faults: atCreate({ status: 429, headers: { "retry-after": "1" } }), expected: madeAfter(2) },
  "busy-alone": { faults: atCreate({ status: 429 }), expected: madeAfter(2) },
};

const rows: Record<string, { model: string; cells: Record<string, Cell> }> = {
  runway: { model: "runway/gen4.5", cells: { ...jobCells("never"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output", 3) } } },
  fal: { model: "fal/kling-v3-standard", cells: { ...jobCells("webhook"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output", 3) } } },
  replicate: { model: "replicate/veo-3.1-fast", cells: { ...jobCells("list"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output", 3) } } },
  gemini: { model: "gemini/omni-1.1", cells: { ...jobCells("webhook"), "no-file": { faults: [{ does: "empty" }], expected: { status: "refused", problem: "refused", sends: 1 } } } },
  elevenlabs: { model: "elevenlabs/multilingual-v2", cells: spokenCells },
};

const markOf = (provider: string, cell: string): string => `cell-${provider}-${cell}-end`;
const isSpoken = (provider: string): boolean => rows[provider]?.cells === spokenCells;

const cells = Object.entries(rows).flatMap(([provider, row]) => Object.entries(row.cells).map(([name, cell]) => ({ provider, name, cell, model: row.model, mark: markOf(provider, name) })));

/** A scene a cell; spoken ones say their mark, the others show it. */
const script = cells.map(({ provider, mark }, at) =>
  `INT. ROOM ${at + 1} - DAY\n\n${isSpoken(provider) ? `A room.\n\nMARTA\nThis is ${mark}.\n` : `Marta stands by ${mark}.\n`}`).join("\n");

/** One film, in which each cell's shot or line is made by its provider and meets its fault. */
async function play(): Promise<{ world: VendorWorld; run: RunWire; cellOf: Map<string, (typeof cells)[number]> }> {
  const world = await newVendorWorld({ script, credits: GRANTED });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string; deps: string[] }[] }>();
  const quote = await world.quote(nodes.filter(({ kind, deps }) => kind === "voice" || (kind === "clip" && !deps.some((dep) => dep.startsWith("voice:")))).map(({ id }) => id));
  const cellOf = new Map<string, (typeof cells)[number]>();
  await changeQuote(world, quote.id, (step) => {
    const cell = cells.find(({ provider, mark }) => step.kind === (isSpoken(provider) ? "voice" : "clip") && (step.words ?? "").includes(mark));
    if (!cell) return step;
    cellOf.set(step.job, cell);
    return { ...step, terms: termsOfModel(cell.model, CLOCKS) };
  });
  expect(cellOf.size).toBe(cells.length);
  for (const { provider, mark, cell: { faults = [] } } of cells) world.vendors[provider]?.faults.push(...faults.map((fault) => ({ ...fault, says: mark })));
  const weather = setInterval(() => { for (const vendor of Object.values(world.vendors)) { vendor.pump(); void vendor.deliverPending(); } }, 100);
  try {
    const { id } = await world.start(quote.id);
    return { world, run: await world.until(id, undefined, 150), cellOf };
  } finally {
    clearInterval(weather);
  }
}

test(`${cells.length} cells: whatever goes wrong at a provider ends as the table says, costs what was delivered, and is sent no more often than it may be`, { timeout: 240_000 }, async () => {
  const { world, run, cellOf } = await play();
  const seen = run.jobs.flatMap((job) => {
    const cell = cellOf.get(job.id);
    return cell ? [{ ...cell, job, sends: world.vendors[cell.provider]?.submitted.filter(({ body }) => body.includes(cell.mark)).length ?? 0 }] : [];
  });
  const inWords = ({ provider, name }: { provider: string; name: string }, { status, problem, captured, sends }: { status: string; problem: string | null; captured: number; sends: number }) =>
    `${provider} ${name}: ${status}${problem === null ? "" : ` (${problem})`}, ${captured} credits, sent ${sends}`;
  const wanted = seen.map((each) => {
    const { status, problem = null, sends } = each.cell.expected;
    return inWords(each, { status, problem, captured: status === "succeeded" ? each.job.credits.quoted : 0, sends });
  });
  expect(seen.map((each) => inWords(each, { status: each.job.status, problem: each.job.problem?.code ?? null, captured: each.job.credits.captured, sends: each.sends }))).toEqual(wanted);
  // What the user reads is ours: it says that nothing was charged, or what to do, and shows no page, key or address of a vendor.
  for (const { name, job: { status, problem } } of seen) {
    if (status !== "succeeded") expect([name, (problem?.detail.length ?? 0) > 20]).toEqual([name, true]);
    expect(problem?.detail ?? "").not.toMatch(/<|https?:|key-of-the-vendor/);
  }
  // Other films of these tests may be under way: none of them asks inside either.
  expect(world.elsewhere.filter((url) => /^https?:\/\/(?:169\.254\.|127\.|10\.|192\.168\.|localhost)/.test(url))).toEqual([]);
  expect(JSON.stringify(run)).not.toContain(KEY);
  expect(run.credits).toMatchObject({ held: 0, captured: run.jobs.reduce((total, { credits }) => total + credits.captured, 0) });
  expect((await env.WALLET.getByName(world.studio).check()).faults).toEqual([]);
});

test("words that a provider would refuse, and bill, are not sent to it: the user is told what to change", { timeout: 60_000 }, async () => {
  const world = await newVendorWorld({ script: "INT. ROOM - DAY\n\nMarta breaks a FORBIDDEN vase.\n\nINT. HALL - DAY\n\nMarta sleeps.\n", credits: GRANTED });
  const { nodes } = await (await world.get(`/api/v1/projects/${world.project}/graph`)).json<{ nodes: { id: string; kind: string }[] }>();
  const quote = await world.quote(nodes.filter(({ kind }) => kind === "clip").map(({ id }) => id));
  await changeQuote(world, quote.id, (step) => (step.kind === "clip" ? { ...step, terms: termsOfModel("runway/gen4.5", CLOCKS) } : step));
  const { id } = await world.start(quote.id);
  const run = await world.until(id, undefined, 50);
  const clips = run.jobs.filter(({ kind }) => kind === "clip").map(({ status, problem, credits }) => [status, problem?.code ?? null, credits.captured > 0]);
  expect(clips).toEqual([["refused", "refused", false], ["succeeded", null, true]]);
  expect(run.jobs.find(({ status }) => status === "refused")?.problem?.detail).toMatch(/it reads as violence\. Say it in another way.*nothing was charged/i);
  expect(world.vendors["runway"]?.submitted.length).toBe(1);
});
