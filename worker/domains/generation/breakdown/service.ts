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

/** What came of it: a reading, or why there is none. `costMicros`: millionths of a dollar, of what was counted. */
interface Read {
  reading: Reading | null;
  because: WhyNotRead | null;
  retryAfterMs: number | null;
  tokens: Tokens;
  costMicros: number;
  repairs: number;
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

/** In how many parts a script is read: of some 10,000 tokens each, at scenes. */
export const partsOf = (script: ScriptToRead): number => chunksOf(readScript(script)).length;

/** Reads a script. Nothing is thrown for what a model does or does not do. */
export async function readByModel(ctx: Ctx, script: ScriptToRead, by: By): Promise<Read> {
  const parts = await readAll(ctx, chunksOf(readScript(script)), by);
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const failed = parts.find(({ because }) => because !== null);
  const sums = { tokens: { input: sum(({ tokens }) => tokens.input), output: sum(({ tokens }) => tokens.output) }, costMicros: sum(({ costMicros }) => costMicros), repairs: sum(({ repairs }) => repairs) };
  logLine({ evt: "breakdown.read", model: by.model, parts: parts.length, because: failed?.because ?? null, ...sums.tokens, costMicros: sums.costMicros, repairs: sums.repairs, requestId: ctx.requestId });
  if (failed || parts.length === 0) return { reading: null, because: failed?.because ?? "unreadable", retryAfterMs: failed?.retryAfterMs ?? null, ...sums };
  return { reading: mergeReadings(parts.flatMap(({ reading }) => reading ?? [])), because: null, retryAfterMs: null, ...sums };
}

interface Part {
  reading: Reading | null;
  because: WhyNotRead | null;
  retryAfterMs: number | null;
  tokens: Tokens;
  costMicros: number;
  repairs: number;
}

/** Reads parts, a few at the same time. One that cannot be read ends it: half a breakdown is none. */
async function readAll(ctx: Ctx, chunks: readonly Chunk[], by: By): Promise<Part[]> {
  const parts: Part[] = [];
  for (let from = 0; from < chunks.length; from += AT_ONCE) {
    parts.push(...(await Promise.all(chunks.slice(from, from + AT_ONCE).map((chunk) => readPart(ctx, chunk, by)))));
    if (parts.some(({ because }) => because !== null)) break;
  }
  return parts;
}

/** Reads one part, and once more where what came is not proven by it. */
async function readPart(ctx: Ctx, chunk: Chunk, { model, signal }: By): Promise<Part> {
  const part: Part = { reading: null, because: null, retryAfterMs: null, tokens: { input: 0, output: 0 }, costMicros: 0, repairs: 0 };
  let input = chunkInput(chunk);
  for (const isRepair of [false, true]) {
    const written = await writeObject(ctx, { schema: AskedReading, instructions: BREAKDOWN_INSTRUCTIONS, input, maxOutputTokens: OUTPUT_TOKENS_MAX, model, signal });
    part.tokens = { input: part.tokens.input + written.tokens.input, output: part.tokens.output + written.tokens.output };
    part.costMicros += written.costMicros;
    if (isRepair) part.repairs = 1;
    if (!written.ok && written.because !== "unreadable") return { ...part, because: written.because, retryAfterMs: written.retryAfterMs };
    const shape = written.ok ? ReadingShape.safeParse(written.value) : null;
    const problems = shape?.success ? problemsIn(shape.data, chunk) : ["the answer is not of the shape that was asked for, or longer than is read"];
    if (shape?.success && problems.length === 0) return { ...part, reading: shape.data, because: null };
    part.because = shape?.success ? "unproven" : "unreadable";
    input = repairInput(chunk, problems);
  }
  return part;
}
