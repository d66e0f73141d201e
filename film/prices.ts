import { FRAME_RATE, type Recipe } from "./film.ts";
import { modelLines, modelExamples } from "./model-prices.ts";
import { LETTERS_AS_ONE, type FreeLimits, type Order, type PriceCard, type PriceLine, type PriceUnit } from "./price-card.ts";

export { LETTERS_AS_ONE, priceUnits, type FreeLimits, type Order, type PriceCard, type PriceLine, type PriceUnit, type WorkedExample } from "./price-card.ts";

export interface Price {
  credits: number;
  quantity: number;
  unit: PriceUnit;
  unitCredits: number;
}

const houseTools = ["voice", "frame", "move", "title", "music", "captions", "animatic", "cut", "poster", "preview"] as const;

const free = (tool: string, model: string): PriceLine => ({ tool, model, unit: "each", credits: 0 });

const seconds = (value: number): number => Math.round(value * FRAME_RATE);

/** The prices of today. */
export const priceCard: PriceCard = {
  version: "2026-11-3",
  lines: [
    ...houseTools.map((tool) => free(tool, `dailies/${tool}`)),
    free("upload", "dailies/ingest"),
    free("ingest", "dailies/ingest"),
    { tool: "clip", model: "dailies/clip", unit: "second", credits: 1 },
    { tool: "break-down", model: "*", unit: "each", credits: 10 },
    { tool: "roto", model: "*", unit: "minute", credits: 25 },
    { tool: "mesh", model: "*", unit: "each", credits: 25 },
    { tool: "rig", model: "*", unit: "each", credits: 30 },
    { tool: "grade", model: "*", unit: "each", credits: 15 },
    { tool: "clean-audio", model: "*", unit: "each", credits: 10 },
    { tool: "chat", model: "*", unit: "message", credits: 2 },
    { tool: "upscale", model: "dailies/upscale", unit: "second", credits: 1 },
    ...modelLines,
  ],
  examples: [
    { words: "A drawn frame on the house's model is free", order: { tool: "frame", model: "dailies/frame" }, credits: 0 },
    { words: "A clip of exactly four seconds", order: { tool: "clip", model: "dailies/clip", frames: seconds(4) }, credits: 4 },
    { words: "A clip one frame longer than four seconds has started its fifth", order: { tool: "clip", model: null, frames: seconds(4) + 1 }, credits: 5 },
    { words: "The cut of a whole film", order: { tool: "cut", model: null, frames: seconds(600) }, credits: 0 },
    { words: "A breakdown by a language model, of a script of one part (10,000 tokens, some 25 pages)", order: { tool: "break-down", model: "any" }, credits: 10 },
    { words: "A breakdown of a feature of five parts", order: { tool: "break-down", model: "any", count: 5 }, credits: 50 },
    { words: "Roto of half a minute", order: { tool: "roto", model: "any", frames: seconds(30) }, credits: 25 },
    { words: "Roto of sixty-one seconds has started its second minute", order: { tool: "roto", model: "any", frames: seconds(61) }, credits: 50 },
    { words: "A mesh", order: { tool: "mesh", model: "any" }, credits: 25 },
    { words: "A rig", order: { tool: "rig", model: "any" }, credits: 30 },
    { words: "A grade", order: { tool: "grade", model: "any" }, credits: 15 },
    { words: "One recording cleaned", order: { tool: "clean-audio", model: "any" }, credits: 10 },
    { words: "Ten seconds made larger on the house's model", order: { tool: "upscale", model: "dailies/upscale", frames: seconds(10) }, credits: 10 },
    { words: "Three messages in a chat", order: { tool: "chat", model: "any", count: 3 }, credits: 6 },
    ...modelExamples,
  ],
  freeAnimatic: { openRuns: 2, shots: 160, seconds: 900 },
};

/** The price of an order, or null where the card has none for it. Without a length, what is priced by time has quantity 0. */
export function priceOf(card: PriceCard, order: Order): Price | null {
  const ofTool = card.lines.filter(({ tool }) => tool === order.tool);
  const house = ofTool.find(({ model }) => model === `dailies/${order.tool}`) ?? ofTool[0];
  const line = order.model === null ? house : (ofTool.find(({ model }) => model === order.model) ?? ofTool.find(({ model }) => model === "*"));
  if (!line) return null;
  const quantity = quantityOf(line, order);
  return { credits: line.credits * quantity, quantity, unit: line.unit, unitCredits: line.credits };
}

function quantityOf({ unit, lengths, least }: PriceLine, { frames, count, letters }: Order): number {
  if (unit === "letters") return Math.ceil((letters ?? 0) / LETTERS_AS_ONE);
  if (unit === "minute") return Math.ceil((frames ?? 0) / (FRAME_RATE * 60));
  if (unit !== "second") return count ?? 1;
  const started = Math.ceil((frames ?? 0) / FRAME_RATE);
  if (started === 0) return 0;
  const sold = lengths?.filter((length) => length >= started) ?? [];
  return Math.max(sold.length > 0 ? Math.min(...sold) : started, least ?? 0);
}

/** What a recipe orders of a model (null: the house's own). `frames`: how long it will last, as far as that is known. */
export function orderOf({ tool, params }: Pick<Recipe, "tool" | "params">, { model, frames }: { model: string | null; frames: number | null }): Order {
  const { text, seconds, parts } = params;
  return {
    tool, model,
    frames: frames ?? (tool === "music" && typeof seconds === "number" ? Math.round(seconds * FRAME_RATE) : null),
    ...(tool === "break-down" && typeof parts === "number" ? { count: parts } : {}),
    ...(tool === "voice" && typeof text === "string" ? { letters: text.length } : {}),
  };
}

/** Which limit of the free animatic a run would pass, with the limit; null if it stays within all. */
export function freeLimitPassed(card: PriceCard, asked: FreeLimits): { limit: keyof FreeLimits; most: number; asked: number } | null {
  for (const limit of ["openRuns", "shots", "seconds"] as const) {
    if (asked[limit] > card.freeAnimatic[limit]) return { limit, most: card.freeAnimatic[limit], asked: asked[limit] };
  }
  return null;
}
