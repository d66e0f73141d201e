/** The table of faults crossed with providers: what a customer meets where something goes wrong at one. */
import type { Terms } from "../durable-objects/run/snapshot.ts";
import type { Fault as HouseFault } from "./emulators/replicate.ts";
import type { Fault } from "./emulators/vendor/faults.ts";

/** How a cell ends. `sends`: how often the provider was asked to make it; `by`: who made it, where that is another. */
export interface Expected {
  status: "succeeded" | "failed" | "refused" | "cancelled" | "expired";
  problem?: string;
  sends: number;
  by?: string;
}
/** `instead`: a model that the quote allows beside the row's own; `clocks`: where the cell has others than the rest. `beside`: what happens at other vendors that are asked about it; `webhook`: how each webhook about it is answered. */
export interface Cell {
  clocks?: Partial<Terms>;
  faults?: Omit<Fault, "says">[];
  beside?: Record<string, Omit<Fault, "says">[]>;
  instead?: string;
  webhook?: number;
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

export const made: Expected = { status: "succeeded", sends: 1 };
export const madeAfter = (sends: number): Expected => ({ status: "succeeded", sends });
export const failed = (problem: string, sends = 1): Expected => ({ status: "failed", problem, sends });
/** A submission that nobody knows of: it is never sent again, and costs nothing. */
export const unresolved = failed("unresolved");
export const bad = failed("bad_output");
export const refused: Expected = { status: "refused", problem: "refused", sends: 1 };

export const atCreate = (does: Fault["does"], times = 1) => [{ at: "create" as const, does, times }];
/** A proxy's page on the way. */
export const page = (status: number) => ({ status, body: "<html><title>Bad Gateway</title></html>", headers: { "content-type": "text/html" } });
const soon = { "retry-after": "1" };
/** Lost submissions are given up before an outage of the checks is over. */
const SHORT: Partial<Terms> = { resolveMs: 2_000 };
/** An attempt is over before a lost submission is given up. */
const LONG: Partial<Terms> = { resolveMs: 900_000, timeoutMs: 8_000 };
const atCheck = (does: Fault["does"], times = 2) => [{ at: "check" as const, does, times }];
const atFile = (does: Fault["does"], times?: number) => [{ at: "file" as const, does, ...(times !== undefined && { times }) }];

/** What a lost answer comes to: found by the webhook, by the vendor's list, or not at all. */
type Found = "webhook" | "list" | "never";

/** What can befall a submission, wherever the result is then. */
export function createCells(lost: Expected, never: Expected): Record<string, Cell> {
  return {
    plain: { expected: made },
    "nobody-answers": { faults: atCreate("unreached"), expected: never },
    "answer-lost": { faults: atCreate("lost"), expected: lost },
    hangs: { faults: atCreate("hang"), expected: never },
    truncated: { faults: atCreate("truncated"), expected: lost },
    bytewise: { faults: atCreate("trickle"), expected: lost },
    html: { faults: atCreate("html"), expected: lost },
    schema: { faults: atCreate("schema"), expected: lost },
    blank: { faults: atCreate("blank"), expected: lost },
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
export function jobCells(found: Found): Record<string, Cell> {
  const lost = found === "never" ? unresolved : made;
  const never = found === "list" ? madeAfter(2) : unresolved;
  return {
    ...createCells(lost, never),
    ...(found !== "list" && { "lost-past-its-time": { faults: atCreate("unreached"), clocks: LONG, expected: unresolved } }),
    noise: { faults: atCreate("corrupt"), expected: lost },
    endless: { faults: atCreate("endless"), expected: lost },
    "check-500": { faults: atCheck({ status: 500 }), expected: made },
    "check-html": { faults: atCheck("html"), expected: made },
    "check-lost": { faults: atCheck("lost"), expected: made },
    "check-schema": { faults: atCheck("schema"), expected: made },
    "check-noise": { faults: atCheck("corrupt"), expected: made },
    "check-429": { faults: atCheck({ status: 429 }), expected: made },
    "check-503": { faults: atCheck({ status: 503 }), expected: made },
    "check-out-long": { faults: atCheck("lost", 4), clocks: SHORT, expected: made },
    "check-404": { faults: atCheck({ status: 404 }), clocks: { resolveMs: 60_000 }, expected: made },
    "check-404-for-good": { faults: [{ at: "check", does: { status: 404 } }], expected: unresolved },
    // Over, it is looked at again where its file is not there: then it is at work once more.
    "not-over-after-all": { faults: [{ does: "expired", times: 1 }, { does: "undone", after: 1, times: 2 }], expected: made },
    expired: { faults: [{ does: "expired" }], expected: failed("fetch_failed") },
    "expired-once": { faults: [{ does: "expired", times: 1 }], expected: made },
    "leads-inside": { faults: [{ does: "private" }], expected: bad },
    "file-cut-once": { faults: atFile("truncated", 1), expected: made },
    "file-bytewise-once": { faults: atFile("trickle", 1), expected: made },
    "file-five-gigabytes": { faults: atFile("vast"), expected: bad },
    "file-503-once": { faults: atFile({ status: 503 }, 1), expected: made },
    "file-lost-once": { faults: atFile("lost", 1), expected: made },
    "file-503-long": { faults: atFile({ status: 503 }, 5), expected: made },
    "file-lost-long": { faults: atFile("lost", 5), expected: made },
  };
}

/** Of a film's files: what is ordered alone is fetched again where it is empty, and ElevenLabs does not say where a dub lies. */
const filmed: Record<string, Cell> = {
  "file-blank": { faults: atFile("blank"), expected: bad },
  "lies-inside": { faults: [{ does: "elsewhere" }], expected: bad },
};

/** Vendors that tell a queue from work: seen at work, it is in the queue again. Vertex and a dub know only that it is over, or not. */
const queued: Record<string, Cell> = { backwards: { faults: [{ does: "backwards", after: 1, times: 2 }], expected: made } };

/**
 * Vendors that tell when it is made, where `lost` is what becomes of an order whose answer is lost and whose webhook is not to be believed. That a webhook
 * comes before the answer to the submission is `slow`. One that is refused has no effect: what was sent is made by looking, and what was lost stays lost.
 */
const heard = (lost: Expected): Record<string, Cell> => ({
  "webhook-silent": { faults: [{ does: "silent" }], expected: made },
  "webhook-ten-times": { faults: [{ does: "repeated" }], webhook: 200, expected: made },
  "webhook-reordered": { faults: [{ does: "reordered" }], webhook: 200, expected: made },
  "webhook-two-megabytes": { faults: [{ does: "large" }], webhook: 200, expected: made },
  ...Object.fromEntries((["tampered", "forged", "stale", "unsigned", "misaddressed", "huge"] as const).flatMap((does): [string, Cell][] => [
    [`webhook-${does}`, { faults: [{ does }], webhook: 400, expected: made }],
    [`webhook-${does}-of-a-lost-one`, { faults: [...atCreate("lost"), { does }], webhook: 400, clocks: { resolveMs: 6_000 }, expected: lost }],
  ])),
});

const empty = (expected: Expected): Record<string, Cell> => ({ "no-file": { faults: [{ does: "empty" }], expected } });

/** What is answered at once, into our own storage. `json`: it comes within JSON, of which eight megabytes are read and noise is seen at once. Else a gigabyte is kept, which one piece passes, and noise for sound is seen by the house that makes it fit. */
export const answeredCells = (comes: "json" | "bytes"): Record<string, Cell> => ({
  ...createCells(unresolved, unresolved),
  ...(comes === "json" && { noise: { faults: atCreate("corrupt"), expected: unresolved } }),
  endless: { faults: atCreate(comes === "json" ? "endless" : "vast"), expected: unresolved },
});

interface Row { model: string; isSpoken?: true; cells: Record<string, Cell> }

/** Workers AI says that it has no room by its code alone, and that it is out in no words that are known. */
export const outAtWorkersAi: Record<string, Cell> = { "status-503": { faults: atCreate({ status: 503, headers: soon }), expected: unresolved } };

/** Films of these rows: one of them all has more steps than are quoted at once. */
const films: readonly Record<string, Row>[] = [
  {
    runway: { model: "runway/gen4.5", cells: { ...jobCells("never"), ...filmed, ...queued, ...empty(failed("empty_output")) } },
    fal: { model: "fal/kling-v3-standard", cells: { ...jobCells("webhook"), ...filmed, ...queued, ...heard(unresolved), ...empty(failed("empty_output")) } },
    replicate: { model: "replicate/veo-3.1-fast", cells: { ...jobCells("list"), ...filmed, ...queued, ...heard(made), ...empty(failed("empty_output")) } },
  },
  {
    gemini: { model: "gemini/omni-1.1", cells: { ...jobCells("webhook"), ...filmed, ...queued, ...heard(unresolved), ...empty(refused) } },
    vertex: { model: "vertex/veo-3.1", cells: { ...jobCells("never"), ...filmed, ...empty(failed("empty_output")) } },
    elevenlabs: { model: "elevenlabs/multilingual-v2", isSpoken: true, cells: { ...answeredCells("json"), ...empty(unresolved) } },
    openai: { model: "openai/speech", isSpoken: true, cells: answeredCells("bytes") },
    "workers-ai": { model: "workers-ai/aura-2", isSpoken: true, cells: { ...answeredCells("bytes"), ...outAtWorkersAi } },
  },
];

export const place = (provider: string, name: string, { cell, model, isSpoken = false }: { cell: Cell; model: string; isSpoken?: boolean }): Placed => ({ provider, name, cell, model, isSpoken, mark: `cell-${provider}-${name}-end` });

export const placed = (rows: Record<string, Row>): Placed[] =>
  Object.entries(rows).flatMap(([provider, { cells, ...row }]) => Object.entries(cells).map(([name, cell]) => place(provider, name, { cell, ...row })));

export const filmCells: readonly (readonly Placed[])[] = films.map(placed);

const ofHouse = (at: HouseFault["at"], does: HouseFault["does"], times?: number): Omit<HouseFault, "id">[] => [{ at, does, ...(times !== undefined && { times }) }];
/**
 * The house itself, whose stand-in counts what arrived. It makes nothing twice of one id, so whatever is not known is asked, and what did not arrive is sent again.
 * It has no queue that is seen, and its files redirect nowhere.
 */
const house: Record<string, { faults?: Omit<HouseFault, "id">[]; expected: Expected }> = {
  plain: { expected: made },
  "nobody-answers": { faults: ofHouse("create", "unreached", 1), expected: made },
  "answer-lost": { faults: ofHouse("create", "lost", 1), expected: made },
  hangs: { faults: ofHouse("create", "hang", 1), expected: made },
  html: { faults: ofHouse("create", "garbage", 1), expected: made },
  "busy-seconds": { faults: ofHouse("create", { status: 429, headers: soon }, 1), expected: made },
  "status-500": { faults: ofHouse("create", { status: 500 }, 1), expected: made },
  "status-502": { faults: ofHouse("create", page(502), 1), expected: made },
  "status-503": { faults: ofHouse("create", { status: 503, headers: soon }, 1), expected: made },
  "check-500": { faults: ofHouse("get", { status: 500 }, 2), expected: made },
  "check-html": { faults: ofHouse("get", "garbage", 2), expected: made },
  "check-lost": { faults: ofHouse("get", "unreached", 2), expected: made },
  "file-noise": { faults: ofHouse("file", "corrupt"), expected: bad },
  "file-short": { faults: ofHouse("file", "short"), expected: bad },
  "file-blank": { faults: ofHouse("file", "empty"), expected: bad },
  "lies-inside": { faults: ofHouse("file", "elsewhere"), expected: bad },
  "webhook-silent": { faults: ofHouse("webhook", "silence"), expected: made },
  "webhook-ten-times": { faults: ofHouse("webhook", "twice"), expected: made },
  "webhook-forged": { faults: ofHouse("webhook", "forge"), expected: made },
};

export const houseCells: readonly (Placed & { ofHouse: readonly Omit<HouseFault, "id">[] })[] = Object.entries(house).map(([name, { faults = [], expected }]) => ({ ...place("house", name, { model: "dailies/clip", cell: { expected } }), ofHouse: faults }));

/** Models that their vendors have taken away, and those that stand in for them. They have a film of their own: among models that fail this often they would be left before they are asked. */
const goneModels = {
  runway: ["runway/veo3.1", "fal/veo3.1"], fal: ["fal/kling-v3-pro", "runway/veo3.1-fast"], replicate: ["replicate/veo-3.1-fast", "runway/veo3.1-fast"], gemini: ["gemini/omni-1.2", "fal/veo3.1"], vertex: ["vertex/veo-3.1-fast", "runway/veo3.1-fast"],
  elevenlabs: ["elevenlabs/v3", "openai/speech"], openai: ["openai/speech", "elevenlabs/flash-v2.5"], "workers-ai": ["workers-ai/aura-2", "openai/speech"],
} as const;
const spoken: ReadonlySet<string> = new Set(["elevenlabs", "openai", "workers-ai"]);
/** Workers AI says it by its own code. */
const goneThere = { status: 400, body: JSON.stringify({ result: null, success: false, errors: [{ code: 5_007, message: "AiError: No such model" }], messages: [] }), headers: { "content-type": "application/json" } };

export const goneCells: readonly Placed[] = Object.entries(goneModels).map(([provider, [model, instead]]) =>
  place(provider, "gone", { model, isSpoken: spoken.has(provider), cell: { faults: atCreate(provider === "workers-ai" ? goneThere : { status: 404 }), instead, expected: { status: "succeeded", sends: 1, by: instead.split("/")[0] ?? "" } } }));

const jobModels = { runway: "runway/gen4.5", fal: "fal/kling-v3-standard", replicate: "replicate/veo-3.1-fast", gemini: "gemini/omni-1.1", vertex: "vertex/veo-3.1" } as const;
/** Vertex stops nothing: what was ordered there is made, kept and paid. */
const stopped = (provider: string): Expected => (provider === "vertex" ? made : { status: "cancelled", problem: "cancelled", sends: 1 });

/** What is cancelled while its vendor is at work; one vendor's cancel is accepted, and the work comes all the same. */
export const cancelCells: readonly Placed[] = Object.entries(jobModels).flatMap(([provider, model]) => [
  place(provider, "cancelled", { model, cell: { expected: stopped(provider) } }), place(provider, "cancelled-in-vain", { model, cell: { faults: [{ does: "late" }], expected: made } }),
]);

/** It is asked with the picture that a shot begins with, and again without it. */
const atModeration = (does: Fault["does"]) => ({ openai: [{ at: "other" as const, does, times: 2 }] });
const atGuard = (does: Fault["does"]) => ({ "workers-ai": atCreate(does) });
const unsent: Expected = { ...refused, sends: 0 };
/**
 * Words are looked through before they go to Runway, which bills what it refuses: by OpenAI's moderation, and where that does not answer by Workers AI's guard. Where
 * neither does in its six seconds, they are sent.
 */
const lookedThrough: Record<string, Omit<Cell, "clocks">> = {
  fine: { expected: made },
  FORBIDDEN: { expected: unsent },
  "moderation-500": { beside: atModeration({ status: 500 }), expected: made },
  "FORBIDDEN-moderation-500": { beside: atModeration({ status: 500 }), expected: unsent },
  "FORBIDDEN-moderation-429": { beside: atModeration({ status: 429 }), expected: unsent },
  "FORBIDDEN-moderation-lost": { beside: atModeration("lost"), expected: unsent },
  "FORBIDDEN-moderation-html": { beside: atModeration("html"), expected: unsent },
  "FORBIDDEN-moderation-schema": { beside: atModeration("schema"), expected: unsent },
  "FORBIDDEN-moderation-hangs": { beside: atModeration("hang"), expected: made },
  "guard-500": { beside: { ...atModeration({ status: 500 }), ...atGuard({ status: 500 }) }, expected: made },
  "guard-busy": { beside: { ...atModeration({ status: 500 }), ...atGuard({ status: 429 }) }, expected: made },
  "guard-lost": { beside: { ...atModeration({ status: 500 }), ...atGuard("lost") }, expected: made },
  "guard-html": { beside: { ...atModeration({ status: 500 }), ...atGuard("html") }, expected: made },
  "guard-schema": { beside: { ...atModeration({ status: 500 }), ...atGuard("schema") }, expected: made },
  "guard-hangs": { beside: { ...atModeration({ status: 500 }), ...atGuard("hang") }, expected: made },
  "FORBIDDEN-both-out": { beside: { ...atModeration("lost"), ...atGuard("lost") }, expected: made },
};
export const lookedThroughCells: readonly Placed[] = Object.entries(lookedThrough).map(([name, cell]) => place("runway", name, { model: "runway/gen4.5", cell: { ...cell, clocks: { submitMs: 15_000 } } }));

/** Two orders that their vendor gives one id. Replicate says whose it is, so that the second is known to be none of ours, and is sent again once it is not in the list. */
export const sameIdCells: readonly (Placed & { sends: number })[] = Object.entries(jobModels).flatMap(([provider, model]) =>
  ["one-id", "same-id"].map((name) => ({ ...place(provider, name, { model, cell: { expected: made } }), sends: provider === "replicate" ? 3 : 2 })));
