/** The table of faults crossed with what is ordered by itself: dubs, sounds and music. */
import { answeredCells, atCreate, bad, jobCells, place, unresolved, type Cell, type Placed } from "./vendor-cells.ts";

/** `given`: what it is made from: a recording, or words alone. */
export interface Order extends Placed {
  tool: string;
  given: "recording" | "words";
  input: (mark: string, asset: string) => object;
}

interface Row extends Pick<Order, "tool" | "given" | "input"> {
  model: string;
  cells: Record<string, Cell>;
}

/** Nothing of what is answered at once can be looked up: a cell is over once its vendor was silent for this long. */
const soonOver = (cells: Record<string, Cell>): Record<string, Cell> => Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, { ...cell, clocks: { resolveMs: 3_000, ...cell.clocks } }]));

/** A table without some of its cells. */
const omit = (cells: Record<string, Cell>, ...names: string[]): Record<string, Cell> => Object.fromEntries(Object.entries(cells).filter(([name]) => !names.includes(name)));

/** A dub has no address of its own, no queue that is seen, and no webhook; what its file may be beyond these is played with films. */
const dubs: Record<string, Cell> = omit(jobCells("never"), "blank", "endless", "not-over-after-all", "file-bytewise-once", "file-five-gigabytes");

/** A recording: what of it is no sound is seen when it is looked at. */
const recordings: Record<string, Cell> = soonOver({ ...answeredCells("bytes"), noise: { faults: atCreate("corrupt"), expected: bad }, "no-file": { faults: [{ does: "empty" }], expected: unresolved } });
const recording = (field: string, more: object = {}): Pick<Row, "given" | "input"> => ({ given: "recording", input: (_mark, asset) => ({ [field]: asset, ...more }) });
const prompt = (more: object = {}): Pick<Row, "given" | "input"> => ({ given: "words", input: (mark) => ({ prompt: `A door by ${mark}`, ...more }) });

/** Orders of these rows are under way together. */
const rows: Record<string, readonly Row[]> = {
  dubs: [{ model: "elevenlabs/dubbing-v1", tool: "dub", ...recording("media", { to: "fr" }), cells: dubs }],
  "sounds and music": [
    { model: "elevenlabs/sound-v2", tool: "sound", ...prompt({ seconds: 2 }), cells: recordings },
    { model: "elevenlabs/music-v2", tool: "music", ...prompt({ seconds: 5 }), cells: recordings },
    // Of a recording that it was sent its stand-in keeps no mark to tell an empty one by: `blank` is the same.
    { model: "elevenlabs/isolation", tool: "clean-audio", ...recording("audio"), cells: omit(recordings, "no-file") },
  ],
};

const ordersOf = ({ model, tool, given, input, cells }: Row): Order[] =>
  Object.entries(cells).map(([name, cell]) => ({ ...place(model.split("/")[0] ?? "", `${tool}-${name}`, { model, cell }), tool, given, input }));

export const orderCells: readonly (readonly [string, readonly Order[]])[] = Object.entries(rows).map(([words, all]) => [words, all.flatMap(ordersOf)]);
