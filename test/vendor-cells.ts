/** The table of faults crossed with providers: what a customer meets where something goes wrong at one. */
import type { Fault } from "./emulators/vendor/faults.ts";

/** How a cell ends. `sends`: how often the provider was asked to make it; `by`: who made it, where that is another. */
export interface Expected {
  status: "succeeded" | "failed" | "refused" | "cancelled" | "expired";
  problem?: string;
  sends: number;
  by?: string;
}
/** `instead`: a model that the quote allows beside the row's own. */
export interface Cell {
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

const rows: Record<string, { model: string; isSpoken?: true; cells: Record<string, Cell> }> = {
  runway: { model: "runway/gen4.5", cells: { ...jobCells("never"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output") } } },
  fal: { model: "fal/kling-v3-standard", cells: { ...jobCells("webhook"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output") } } },
  replicate: { model: "replicate/veo-3.1-fast", cells: { ...jobCells("list"), "no-file": { faults: [{ does: "empty" }], expected: failed("empty_output") } } },
  gemini: { model: "gemini/omni-1.1", cells: { ...jobCells("webhook"), "no-file": { faults: [{ does: "empty" }], expected: { status: "refused", problem: "refused", sends: 1 } } } },
  elevenlabs: { model: "elevenlabs/multilingual-v2", isSpoken: true, cells: spokenCells },
};

const place = (provider: string, name: string, { cell, model, isSpoken = false }: { cell: Cell; model: string; isSpoken?: boolean }): Placed => ({ provider, name, cell, model, isSpoken, mark: `cell-${provider}-${name}-end` });

export const cells: readonly Placed[] = Object.entries(rows).flatMap(([provider, { model, isSpoken, cells: of }]) => Object.entries(of).map(([name, cell]) => place(provider, name, { cell, model, ...(isSpoken && { isSpoken }) })));

/** Models that their vendors have taken away, and those that stand in for them. They have a film of their own: among models that fail this often they would be left before they are asked. */
const goneModels = {
  runway: ["runway/veo3.1", "fal/veo3.1"], fal: ["fal/kling-v3-pro", "runway/veo3.1-fast"], replicate: ["replicate/veo-3.1-fast", "runway/veo3.1-fast"], gemini: ["gemini/omni-1.2", "fal/veo3.1"], elevenlabs: ["elevenlabs/v3", "openai/speech"],
} as const;

export const goneCells: readonly Placed[] = Object.entries(goneModels).map(([provider, [model, instead]]) =>
  place(provider, "gone", { model, isSpoken: provider === "elevenlabs", cell: { faults: atCreate({ status: 404 }), instead, expected: { status: "succeeded", sends: 1, by: instead.split("/")[0] ?? "" } } }));
