/** The table of faults crossed with providers: what a customer meets where something goes wrong at one. */
import type { Terms } from "../durable-objects/run/snapshot.ts";
import type { Fault } from "./emulators/vendor/faults.ts";

/** How a cell ends. `sends`: how often the provider was asked to make it; `by`: who made it, where that is another. */
export interface Expected {
  status: "succeeded" | "failed" | "refused" | "cancelled" | "expired";
  problem?: string;
  sends: number;
  by?: string;
}
/** `instead`: a model that the quote allows beside the row's own; `clocks`: where the cell has others than the rest. */
export interface Cell {
  clocks?: Partial<Terms>;
  faults?: Omit<Fault, "says">[];
  instead?: string;
  expected: Expected;
}
/** A cell by its place: its words are in the script by its mark, and nowhere else. */
export interface Placed {
  provider: string;
  name: string;
  cell: Cell;
  model: string;
  mark: string;
  isSpoken: boolean;
}

const made: Expected = { status: "succeeded", sends: 1 };
const madeAfter = (sends: number): Expected => ({ status: "succeeded", sends });
const failed = (problem: string, sends = 1): Expected => ({ status: "failed", problem, sends });
/** A submission that nobody knows of: it is never sent again, and costs nothing. */
const unresolved = failed("unresolved");
const bad = failed("bad_output");

const atCreate = (does: Fault["does"], times = 1) => [{ at: "create" as const, does, times }];
/** A proxy's page on the way. */
const page = (status: number) => ({ status, body: "<html><title>Bad Gateway</title></html>", headers: { "content-type": "text/html" } });
const soon = { "retry-after": "1" };
/** Lost submissions are given up before an outage of the checks is over. */
const SHORT: Partial<Terms> = { resolveMs: 2_000 };
/** An attempt is over before a lost submission is given up. */
const LONG: Partial<Terms> = { resolveMs: 900_000, timeoutMs: 8_000 };
const atCheck = (does: Fault["does"], times = 2) => [{ at: "check" as const, does, times }];

/** What a lost answer comes to: found by the webhook, by the vendor's list, or not at all. */
type Found = "webhook" | "list" | "never";

/** What can befall a submission, wherever the result is then. */
function createCells(lost: Expected, never: Expected): Record<string, Cell> {
  return {
    plain: { expected: made },
    "nobody-answers": { faults: atCreate("unreached"), expected: never },
    "answer-lost": { faults: atCreate("lost"), expected: lost },
    hangs: { faults: atCreate("hang"), expected: never },
    truncated: { faults: atCreate("truncated"), expected: lost },
    slow: { faults: atCreate("slow"), expected: made },
    "busy-seconds": { faults: atCreate({ status: 429, headers: soon }), expected: madeAfter(2) },
    "busy-alone": { faults: atCreate({ status: 429 }), expected: madeAfter(2) },
    "status-500": { faults: atCreate({ status: 500 }), expected: never },
    "status-502": { faults: atCreate(page(502)), expected: never },
    "status-503": { faults: atCreate({ status: 503, headers: soon }), expected: madeAfter(2) },
    "status-503-page": { faults: atCreate(page(503)), expected: never },
  };
}

/** Jobs that are asked for, looked at and fetched: most vendors. */
function jobCells(found: Found): Record<string, Cell> {
  const lost = found === "never" ? unresolved : made;
  const never = found === "list" ? madeAfter(2) : unresolved;
  return {
    ...createCells(lost, never),
    ...(found !== "list" && { "lost-past-its-time": { faults: atCreate("unreached"), clocks: LONG, expected: unresolved } }),
    html: { faults: atCreate("html"), expected: lost },
    schema: { faults: atCreate("schema"), expected: lost },
    "bytewise": { faults: atCreate("trickle"), expected: lost },
    noise: { faults: atCreate("corrupt"), expected: lost },
    "check-500": { faults: atCheck({ status: 500 }), expected: made },
    "check-html": { faults: atCheck("html"), expected: made },
    "check-lost": { faults: atCheck("lost"), expected: made },
    "check-schema": { faults: atCheck("schema"), expected: made },
    "check-noise": { faults: atCheck("corrupt"), expected: made },
    "check-429": { faults: atCheck({ status: 429 }), expected: made },
    "check-503": { faults: atCheck({ status: 503 }), expected: made },
    "check-out-long": { faults: atCheck("lost", 4), clocks: SHORT, expected: made },
    "check-404": { faults: atCheck({ status: 404 }), expected: made },
    "check-404-for-good": { faults: [{ at: "check", does: { status: 404 } }], expected: unresolved },
    expired: { faults: [{ does: "expired" }], expected: failed("fetch_failed") },
    "expired-once": { faults: [{ does: "expired", times: 1 }], expected: made },
    "leads-inside": { faults: [{ does: "private" }], expected: bad },
    "file-cut-once": { faults: [{ at: "file", does: "truncated", times: 1 }], expected: made },
    "file-503-once": { faults: [{ at: "file", does: { status: 503 }, times: 1 }], expected: made },
    "file-lost-once": { faults: [{ at: "file", does: "lost", times: 1 }], expected: made },
    "file-503-long": { faults: [{ at: "file", does: { status: 503 }, times: 5 }], expected: made },
    "file-lost-long": { faults: [{ at: "file", does: "lost", times: 5 }], expected: made },
  };
}

/** Of a film's files: what is ordered alone is fetched again where it is empty, and ElevenLabs does not say where a dub lies. */
const filmed: Record<string, Cell> = {
  "file-blank": { faults: [{ at: "file", does: "blank" }], expected: bad },
  "lies-inside": { faults: [{ does: "elsewhere" }], expected: bad },
};

/** Vendors that tell a queue from work: seen at work, it is in the queue again. */
const queued: Record<string, Cell> = { backwards: { faults: [{ does: "backwards", after: 1, times: 2 }], expected: made } };

/** Vendors that tell when it is made. That one of these comes before the answer to the submission is `slow`. */
const heard: Record<string, Cell> = {
  "webhook-silent": { faults: [{ does: "silent" }], expected: made },
  "webhook-ten-times": { faults: [{ does: "repeated" }], expected: made },
  "webhook-reordered": { faults: [{ does: "reordered" }], expected: made },
};

/** What is answered at once, into our own storage. */
const spokenCells: Record<string, Cell> = createCells(unresolved, unresolved);

const empty = (expected: Expected): Record<string, Cell> => ({ "no-file": { faults: [{ does: "empty" }], expected } });

interface Row { model: string; isSpoken?: true; cells: Record<string, Cell> }

/** Films of these rows: one of them all has more steps than are quoted at once. */
const films: readonly Record<string, Row>[] = [
  {
    runway: { model: "runway/gen4.5", cells: { ...jobCells("never"), ...filmed, ...queued, ...empty(failed("empty_output")) } },
    fal: { model: "fal/kling-v3-standard", cells: { ...jobCells("webhook"), ...filmed, ...queued, ...heard, ...empty(failed("empty_output")) } },
    replicate: { model: "replicate/veo-3.1-fast", cells: { ...jobCells("list"), ...filmed, ...queued, ...heard, ...empty(failed("empty_output")) } },
  },
  {
    gemini: { model: "gemini/omni-1.1", cells: { ...jobCells("webhook"), ...filmed, ...queued, ...heard, ...empty({ status: "refused", problem: "refused", sends: 1 }) } },
    vertex: { model: "vertex/veo-3.1", cells: { ...jobCells("never"), ...filmed, ...empty(failed("empty_output")) } },
    elevenlabs: { model: "elevenlabs/multilingual-v2", isSpoken: true, cells: spokenCells },
    openai: { model: "openai/speech", isSpoken: true, cells: spokenCells },
  },
];

const place = (provider: string, name: string, { cell, model, isSpoken = false }: { cell: Cell; model: string; isSpoken?: boolean }): Placed => ({ provider, name, cell, model, isSpoken, mark: `cell-${provider}-${name}-end` });

const placed = (rows: Record<string, Row>): Placed[] =>
  Object.entries(rows).flatMap(([provider, { cells, ...row }]) => Object.entries(cells).map(([name, cell]) => place(provider, name, { cell, ...row })));

export const filmCells: readonly (readonly Placed[])[] = films.map(placed);

/** Dubs, which are ordered one by one. */
export const dubCells: readonly Placed[] = placed({ elevenlabs: { model: "elevenlabs/dubbing-v1", cells: jobCells("never") } });

/** Models that their vendors have taken away, and those that stand in for them. They have a film of their own: among models that fail this often they would be left before they are asked. */
const goneModels = {
  runway: ["runway/veo3.1", "fal/veo3.1"], fal: ["fal/kling-v3-pro", "runway/veo3.1-fast"], replicate: ["replicate/veo-3.1-fast", "runway/veo3.1-fast"], gemini: ["gemini/omni-1.2", "fal/veo3.1"], vertex: ["vertex/veo-3.1-fast", "runway/veo3.1-fast"],
  elevenlabs: ["elevenlabs/v3", "openai/speech"], openai: ["openai/speech", "elevenlabs/flash-v2.5"],
} as const;

export const goneCells: readonly Placed[] = Object.entries(goneModels).map(([provider, [model, instead]]) =>
  place(provider, "gone", { model, isSpoken: model === "elevenlabs/v3" || model === "openai/speech", cell: { faults: atCreate({ status: 404 }), instead, expected: { status: "succeeded", sends: 1, by: instead.split("/")[0] ?? "" } } }));

const jobModels = { runway: "runway/gen4.5", fal: "fal/kling-v3-standard", replicate: "replicate/veo-3.1-fast", gemini: "gemini/omni-1.1", vertex: "vertex/veo-3.1" } as const;
/** Vertex stops nothing: what was ordered there is made, kept and paid. */
const stopped = (provider: string): Expected => (provider === "vertex" ? made : { status: "cancelled", problem: "cancelled", sends: 1 });

/** What is cancelled while its vendor is at work; one vendor's cancel is accepted, and the work comes all the same. */
export const cancelCells: readonly Placed[] = Object.entries(jobModels).flatMap(([provider, model]) => [
  place(provider, "cancelled", { model, cell: { expected: stopped(provider) } }), place(provider, "cancelled-in-vain", { model, cell: { faults: [{ does: "late" }], expected: made } }),
]);

/** Two orders that their vendor gives one id. Replicate says whose it is, so that the second is known to be none of ours, and is sent again once it is not in the list. */
export const sameIdCells: readonly (Placed & { sends: number })[] = Object.entries(jobModels).flatMap(([provider, model]) =>
  ["one-id", "same-id"].map((name) => ({ ...place(provider, name, { model, cell: { expected: made } }), sends: provider === "replicate" ? 3 : 2 })));
