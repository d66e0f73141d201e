import { FRAME_RATE } from "./film.ts";

/** What one of something costs. A second, minute or message that was started counts whole. */
export type PriceUnit = "second" | "minute" | "message" | "each";

export interface PriceLine {
  tool: string;
  /** A model by name, or `*`: whichever model serves it. */
  model: string;
  unit: PriceUnit;
  credits: number;
}

/** An order and what it must cost: a test works each of them out again. */
export interface WorkedExample {
  words: string;
  order: Order;
  credits: number;
}

/** Prices in credits. A card is never changed: new prices are a new version, and a quote names the version that it was made with. */
export interface PriceCard {
  version: string;
  lines: readonly PriceLine[];
  examples: readonly WorkedExample[];
  /** Up to where animatics on house models cost nothing, per studio. */
  freeAnimatic: FreeLimits;
}

export interface FreeLimits {
  /** Free runs that are open at the same time. */
  openRuns: number;
  /** Shots of one free run. */
  shots: number;
  /** Seconds of film of one free run. */
  seconds: number;
}

export interface Order {
  tool: string;
  /** Null: the house's own. */
  model: string | null;
  /** Length, for what is priced by time. */
  frames?: number | null;
  /** How many, for what is priced by piece; 1 if it is not given. */
  count?: number;
}

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
  version: "2026-11-1",
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
  ],
  examples: [
    { words: "A drawn frame on the house's model is free", order: { tool: "frame", model: "dailies/frame" }, credits: 0 },
    { words: "A clip of exactly four seconds", order: { tool: "clip", model: "dailies/clip", frames: seconds(4) }, credits: 4 },
    { words: "A clip one frame longer than four seconds has started its fifth", order: { tool: "clip", model: null, frames: seconds(4) + 1 }, credits: 5 },
    { words: "The cut of a whole film", order: { tool: "cut", model: null, frames: seconds(600) }, credits: 0 },
    { words: "A breakdown by a language model", order: { tool: "break-down", model: "any" }, credits: 10 },
    { words: "Roto of half a minute", order: { tool: "roto", model: "any", frames: seconds(30) }, credits: 25 },
    { words: "Roto of sixty-one seconds has started its second minute", order: { tool: "roto", model: "any", frames: seconds(61) }, credits: 50 },
    { words: "A mesh", order: { tool: "mesh", model: "any" }, credits: 25 },
    { words: "A rig", order: { tool: "rig", model: "any" }, credits: 30 },
    { words: "A grade", order: { tool: "grade", model: "any" }, credits: 15 },
    { words: "One recording cleaned", order: { tool: "clean-audio", model: "any" }, credits: 10 },
    { words: "Three messages in a chat", order: { tool: "chat", model: "any", count: 3 }, credits: 6 },
  ],
  freeAnimatic: { openRuns: 2, shots: 160, seconds: 900 },
};

/** The price of an order, or null where the card has none for it. Without a length, what is priced by time has quantity 0. */
export function priceOf(card: PriceCard, order: Order): Price | null {
  const ofTool = card.lines.filter(({ tool }) => tool === order.tool);
  const house = ofTool.find(({ model }) => model === `dailies/${order.tool}`) ?? ofTool[0];
  const line = order.model === null ? house : (ofTool.find(({ model }) => model === order.model) ?? ofTool.find(({ model }) => model === "*"));
  if (!line) return null;
  const quantity = quantityOf(line.unit, order);
  return { credits: line.credits * quantity, quantity, unit: line.unit, unitCredits: line.credits };
}

function quantityOf(unit: PriceUnit, { frames, count }: Order): number {
  if (unit === "second") return Math.ceil((frames ?? 0) / FRAME_RATE);
  if (unit === "minute") return Math.ceil((frames ?? 0) / (FRAME_RATE * 60));
  return count ?? 1;
}

/** Which limit of the free animatic a run would pass, with the limit; null if it stays within all. */
export function freeLimitPassed(card: PriceCard, asked: FreeLimits): { limit: keyof FreeLimits; most: number; asked: number } | null {
  for (const limit of ["openRuns", "shots", "seconds"] as const) {
    if (asked[limit] > card.freeAnimatic[limit]) return { limit, most: card.freeAnimatic[limit], asked: asked[limit] };
  }
  return null;
}
