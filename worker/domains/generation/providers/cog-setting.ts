/** `COG_MODELS`: the models that a deployment has in containers which Cog built. `docs/runbooks/deploy.md` shows one. */
import { z } from "@hono/zod-openapi";
import { FRAME_RATE, type Aspect, type Json } from "#film/film.ts";
import { resolutions, type ModelRequest } from "#film/inputs/model-request.ts";
import { creditsFor } from "#film/model-prices.ts";
import { LETTERS_AS_ONE, priceCard, priceOf, type Order, type PriceLine, type WorkedExample } from "#film/prices.ts";
import type { Accepts, Model, VendorPrice } from "../tools/tool.ts";
import { accepts as acceptsOf, misfit, price as priceFrom } from "./cards.ts";
import { cogTools, fieldsOf, filled, roleOf, templateFault, type CogTool } from "./cog-words.ts";
import type { Words } from "./replicate.ts";

/** A container's model, as it is asked, read and sold. */
export interface CogModel {
  model: Model;
  /** What it makes at a time. */
  concurrency: number;
  line: PriceLine;
  example: WorkedExample;
  /** A request in the container's words; null where it is of another tool. */
  input(request: ModelRequest): Json | null;
  /** Its file by role, or null where it is not there. */
  output(given: Json): Json | null;
}

export interface CogSetting {
  /** Of the prices: it stands in the card's version. */
  version: string;
  models: readonly CogModel[];
}

const aspects = ["16:9", "9:16", "1:1"] as const satisfies readonly Aspect[];
const Length = z.number().positive().max(7_200);
const Seconds = z.union([z.strictObject({ least: Length, most: Length }), z.strictObject({ only: z.array(Length).min(1).max(50) })]);
const Entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,59}$/, "is lower-case letters, digits, dots and dashes"),
  label: z.string().trim().min(1).max(80),
  container: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}\/[a-z0-9][a-z0-9._-]{0,99}$/, "is owner/name of RENDERER_COGS").refine((name) => !name.startsWith("dailies/"), "is one of the renderer's own models"),
  /** Of the container, as RENDERER_COGS has it: with another one it is not asked. */
  containerVersion: z.string().regex(/^[0-9a-f]{64}$/, "is 64 hex digits").nullable().default(null),
  tool: z.enum(cogTools),
  input: z.record(z.string(), z.json()),
  /** The field of its output that has the file; null: the output is the file. */
  output: z.string().min(1).max(100).nullable(),
  seconds: Seconds.nullable().default(null),
  aspects: z.array(z.enum(aspects)).default([]),
  resolutions: z.array(z.enum(resolutions)).default([]),
  firstFrame: z.enum(["never", "may", "must"]).default("never"),
  promptMax: z.int().min(0).max(100_000).default(1_000),
  languages: z.array(z.string().regex(/^[a-z]{2}$/, "is a code of ISO 639-1")).min(1).nullable().default(null),
  quality: z.number().min(0).max(100),
  speed: z.strictObject({ seconds: z.number().nonnegative(), perSecond: z.number().nonnegative() }),
  timeoutSeconds: z.int().min(30).max(7_200),
  concurrency: z.int().min(1).max(64).default(1),
  price: z.strictObject({
    unit: z.enum(["second", "minute", "each", "letter"]), micros: z.number().positive(), source: z.string().trim().min(1).max(300),
    example: z.strictObject({ words: z.string().trim().min(1).max(200), quantity: z.number().positive(), micros: z.number().positive(), credits: z.int().positive() }),
  }),
});
type Entry = z.infer<typeof Entry>;
const Setting = z.strictObject({ version: z.string().regex(/^[0-9A-Za-z.-]{1,40}$/, "is letters, digits, dots and dashes"), models: z.array(Entry).max(50) });

/** Reads the setting; throws one sentence for the operator, which has no value of it but names. */
export function readCogModels(text: string): CogSetting {
  const read = Setting.safeParse(jsonIn(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`COG_MODELS is wrong at ${issue?.path.join(".") || "its top"}: ${issue?.message ?? "it cannot be read"}`);
  }
  const { version, models } = read.data;
  for (const name of ["id", "container"] as const) {
    const twice = models.find((entry, at) => models.findIndex((other) => other[name] === entry[name]) < at);
    // What a container made is read by the container's name.
    if (twice) throw new Error(`COG_MODELS has two models of one ${name}, ${twice[name]}`);
  }
  return { version, models: models.map((entry) => modelOf(entry, version)) };
}

/** How containers are asked and read, each by its name. */
export const wordsOf = (known: () => ReadonlyMap<string, CogModel>): Words => ({
  input: (name, request) => {
    const own = known().get(name);
    const input = own?.input(request) ?? null;
    if (!own || input === null) return { fault: "This container does not do this. Choose another model." };
    const fault = misfit(own.model, request);
    return fault === null ? { input } : { fault };
  },
  output: (name, output) => known().get(name)?.output(output) ?? null,
});

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("COG_MODELS is not JSON");
  }
}

function modelOf(entry: Entry, version: string): CogModel {
  const { tool, input, output } = entry;
  const accepts = limitsOf(entry);
  const id = `cog/${entry.id}`;
  const line = lineOf(entry, { id, accepts });
  const { words, quantity, credits } = entry.price.example;
  const example: WorkedExample = { words, order: orderOf(entry.price.unit, { tool, model: id, quantity }), credits };
  const fault = limitsFault(entry) ?? templateFault(tool, input, accepts) ?? priceFault(entry, { line, example });
  if (fault !== null) throw new Error(`COG_MODELS, ${entry.id}: ${fault}`);
  const vendorPrice: VendorPrice = priceFrom(version, entry.price.source, entry.price.unit, entry.price.micros, [words, quantity, entry.price.example.micros]);
  return {
    model: {
      id, label: entry.label, tool, provider: "cog", name: entry.container, version: entry.containerVersion, lifecycle: "active", sunset: null, quality: entry.quality, speed: entry.speed,
      timeoutMs: entry.timeoutSeconds * 1_000, accepts, vendorPrice,
    },
    concurrency: entry.concurrency, line, example,
    input: (request) => (request.tool === tool ? filled(input, request, accepts) : null),
    output: (given) => fileIn(given, output, roleOf(tool)),
  };
}

function limitsOf({ seconds, aspects: able, resolutions: sizes, firstFrame, promptMax, languages }: Entry): Accepts {
  const only = seconds && "only" in seconds ? seconds.only.toSorted((a, b) => a - b) : null;
  const lengths = seconds && ("only" in seconds ? { least: only?.[0] ?? 0, most: only?.at(-1) ?? 0, only } : { ...seconds, only: null });
  return acceptsOf({ seconds: lengths, aspects: able, resolutions: sizes, firstFrame, promptMax, languages });
}

/** A tool that is asked for in some field must say what it does there. */
function limitsFault({ tool, seconds, aspects: able, resolutions: sizes, firstFrame }: Entry): string | null {
  const fields = fieldsOf(tool);
  if (fields.includes("seconds") !== (seconds !== null)) return seconds === null ? `say the seconds that a ${tool} may have` : `a ${tool} has no seconds`;
  if (seconds && "least" in seconds && seconds.least > seconds.most) return "its least seconds are more than its most";
  if (fields.includes("aspect") !== able.length > 0) return able.length === 0 ? `say the aspects of a ${tool}` : `a ${tool} has no aspects`;
  if (fields.includes("resolution") !== sizes.length > 0) return sizes.length === 0 ? `say the resolutions of a ${tool}` : `a ${tool} has no resolutions`;
  return firstFrame !== "never" && tool !== "clip" ? `a ${tool} has no first frame` : null;
}

/** The line that sells it, by the rule of every other model. */
function lineOf({ tool, price: { unit, micros } }: Entry, { id, accepts: { seconds } }: { id: string; accepts: Accepts }): PriceLine {
  const ours = unit === "letter" ? "letters" : unit;
  const lengths = unit !== "second" || !seconds ? {} : seconds.only ? { lengths: seconds.only } : seconds.least > 1 ? { least: Math.ceil(seconds.least) } : {};
  return { tool, model: id, unit: ours, credits: creditsFor(micros * (unit === "letter" ? LETTERS_AS_ONE : 1)), ...lengths };
}

function orderOf(unit: VendorPrice["unit"], { quantity, ...order }: Order & { quantity: number }): Order {
  if (unit === "letter") return { ...order, letters: quantity };
  if (unit === "each") return { ...order, count: quantity };
  return { ...order, frames: Math.round(quantity * FRAME_RATE * (unit === "minute" ? 60 : 1)) };
}

/** By what a tool can be sold: what is not known before it is made has no price. */
const unitsOf = (tool: CogTool): readonly VendorPrice["unit"][] => (tool === "voice" ? ["letter", "each"] : fieldsOf(tool).includes("seconds") ? ["second", "minute", "each"] : ["each"]);

function priceFault({ tool, price: { unit, micros, example: said } }: Entry, { line, example }: { line: PriceLine; example: WorkedExample }): string | null {
  if (!unitsOf(tool).includes(unit)) return `a ${tool} is not sold by the ${unit}, but by the ${unitsOf(tool).join(", ")}`;
  if (Math.round(micros * said.quantity) !== said.micros) return `its example is not its price: ${said.quantity} x ${micros} is ${Math.round(micros * said.quantity)} millionths of a dollar, not ${said.micros}`;
  const sold = priceOf({ ...priceCard, lines: [line] }, example.order)?.credits;
  return sold === example.credits ? null : `its example is not what it is sold for: that is ${sold ?? 0} credits, not ${example.credits}`;
}

const Address = z.string().min(1).max(4_000);

/** One file, by itself or as the first of a list. */
function fileIn(given: Json, field: string | null, role: string): Json | null {
  const place = field === null ? given : typeof given === "object" && given !== null && !Array.isArray(given) ? given[field] : null;
  const address = Address.safeParse(Array.isArray(place) ? place[0] : place);
  return address.success ? { [role]: address.data } : null;
}
