/**
 * A script broken down by a language model, on top of the one by rules. What a model says is held against the script and mended once; what is not proven
 * then is not taken, and the rules' own breakdown stands.
 */
import { readScript, type ScriptFormat } from "#film/fountain/index.ts";
import { BREAKDOWN_INSTRUCTIONS, chunkInput, chunksOf, mergeReadings, problemsIn, repairInput, type Chunk, type Reading } from "#film/breakdown/by-model/index.ts";
import type { Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import type { WhyNot } from "../text/failures.ts";
import type { Tokens } from "../text/models.ts";
import { writeObject } from "../text/write-object.ts";
import { AskedReading, Reading as ReadingShape } from "./contract.ts";

/** A script as it was written. */
export interface ScriptToRead {
  text: string;
  format: ScriptFormat;
}

/** `unproven`: it named what is not in the script, twice. */
type WhyNotRead = WhyNot | "unproven";

/** What came of it: a reading, or why there is none. `costMicros`: millionths of a dollar, of what was counted; `isBought`: some of it was answered, and is paid for. */
interface Read {
  reading: Reading | null;
  because: WhyNotRead | null;
  retryAfterMs: number | null;
  tokens: Tokens;
  costMicros: number;
  repairs: number;
  isBought: boolean;
}

/** By which model, and for how long. */
interface By {
  model: string;
  signal: AbortSignal;
}

const OUTPUT_TOKENS_MAX = 8_000;
export const PARTS_MAX = 40;
/** So many parts are read at the same time. */
const AT_ONCE = 3;
/** A model that is busy is asked again after this, where it does not say when. */
const BUSY_WAIT_MS = 15_000;

/** In how many parts a script is read: of some 10,000 tokens each, at scenes. */
export const partsOf = (script: ScriptToRead): number => chunksOf(readScript(script)).length;

/** Reads a script. Nothing is thrown for what a model does or does not do. */
export async function readByModel(ctx: Ctx, script: ScriptToRead, by: By): Promise<Read> {
  const parts = await readAll(ctx, chunksOf(readScript(script)), by);
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
  // A model that is busy in the middle is not why it ends, where there is another reason.
  const failed = parts.find(({ because }) => because !== null && because !== "busy") ?? parts.find(({ because }) => because !== null);
  const sums = {
    tokens: { input: sum(({ tokens }) => tokens.input), output: sum(({ tokens }) => tokens.output) }, costMicros: sum(({ costMicros }) => costMicros), repairs: sum(({ repairs }) => repairs), isBought: parts.some(isBought),
  };
  logLine({ evt: "breakdown.read", model: by.model, parts: parts.length, because: failed?.because ?? null, ...sums.tokens, costMicros: sums.costMicros, repairs: sums.repairs, requestId: ctx.requestId });
  if (failed || parts.length === 0) return { reading: null, because: failed?.because ?? "unreadable", retryAfterMs: failed?.retryAfterMs ?? null, ...sums };
  return { reading: mergeReadings(parts.flatMap(({ reading }) => reading ?? [])), because: null, retryAfterMs: null, ...sums };
}

/** A part of a script, as far as it was read. `problems`: what was wrong with the first answer; null: there is none yet. */
interface Part {
  chunk: Chunk;
  problems: readonly string[] | null;
  reading: Reading | null;
  because: WhyNotRead | null;
  retryAfterMs: number | null;
  tokens: Tokens;
  costMicros: number;
  repairs: number;
}

const isBought = ({ reading, problems, costMicros }: Part): boolean => reading !== null || problems !== null || costMicros > 0;

/**
 * Reads parts, a few at the same time. One that cannot be read ends it: half a breakdown is none. Of a model that gets busy after some were read, the rest
 * is waited for: to begin anew would be to pay for those again.
 */
async function readAll(ctx: Ctx, chunks: readonly Chunk[], by: By): Promise<Part[]> {
  const parts = chunks.map((chunk): Part => ({ chunk, problems: null, reading: null, because: null, retryAfterMs: null, tokens: { input: 0, output: 0 }, costMicros: 0, repairs: 0 }));
  for (;;) {
    const next = parts.filter(({ reading }) => reading === null).slice(0, AT_ONCE);
    if (next.length === 0) return parts;
    await Promise.all(next.map(async (part) => Object.assign(part, await readPart(ctx, part, by))));
    const failed = next.filter(({ because }) => because !== null);
    if (failed.some(({ because }) => because !== "busy") || (failed.length > 0 && !parts.some(isBought))) return parts;
    if (failed.length > 0 && !(await waited(Math.max(...failed.map(({ retryAfterMs }) => retryAfterMs ?? BUSY_WAIT_MS)), by.signal))) return parts;
  }
}

/** Lets so much time go by; false where the attempt's time is over before. */
function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => resolve(true), ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(false); }, { once: true });
  });
}

/** Reads one part, and once more where what came is not proven by it. */
async function readPart(ctx: Ctx, before: Part, by: By): Promise<Part> {
  const { chunk, problems: wrong } = before;
  const input = wrong === null ? chunkInput(chunk) : repairInput(chunk, wrong);
  const written = await writeObject(ctx, { schema: AskedReading, instructions: BREAKDOWN_INSTRUCTIONS, input, maxOutputTokens: OUTPUT_TOKENS_MAX, model: by.model, signal: by.signal });
  const part: Part = {
    ...before, because: null, retryAfterMs: null, tokens: { input: before.tokens.input + written.tokens.input, output: before.tokens.output + written.tokens.output },
    costMicros: before.costMicros + written.costMicros, repairs: wrong === null ? 0 : 1,
  };
  if (!written.ok && written.because !== "unreadable") return { ...part, because: written.because, retryAfterMs: written.retryAfterMs };
  const shape = written.ok ? ReadingShape.safeParse(written.value) : null;
  const problems = shape?.success ? problemsIn(shape.data, chunk) : ["the answer is not of the shape that was asked for, or longer than is read"];
  if (shape?.success && problems.length === 0) return { ...part, reading: shape.data };
  return wrong === null ? readPart(ctx, { ...part, problems }, by) : { ...part, because: shape?.success ? "unproven" : "unreadable" };
}
