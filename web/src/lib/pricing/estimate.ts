import { FRAME_RATE } from "#film/film.ts";
import { priceOf, type PriceCard, type PriceLine, type PriceUnit } from "#film/prices.ts";
import type { Pack, Plan } from "#lib/api/types.ts";

/** What somebody thinks of making: so many shots of a film, or so many pieces of what one tool makes, each of a length. */
export interface Idea {
  make: string;
  /** A model of the tool by its name in the card, or `*` where any other is meant; null: the one that is chosen by itself. */
  model: string | null;
  count: number;
  seconds: number;
  /** Letters of each text that is spoken. */
  letters: number;
}

/** A film is its shots: the rest of it costs nothing. */
export const FILM = "film";
const SHOT_TOOL = "clip";
export const COUNT_MAX = 10_000;
export const SECONDS_MAX = 3_600;
export const LETTERS_MAX = 100_000;
const FIRST: Idea = { make: FILM, model: null, count: 12, seconds: 5, letters: 200 };

/** What of each has to be known for its price. */
export type Measure = "seconds" | "letters" | "none";

export interface Estimate {
  credits: number;
  /** What one of them costs, and of what it is the price. */
  creditsEach: number;
  quantityEach: number;
  unit: PriceUnit;
  unitCredits: number;
  measure: Measure;
  /** Seconds that are paid where they are more than were asked for: the model sells whole lengths. */
  soldAs: number | null;
}

/** The tool that makes it. */
export const toolOf = ({ make }: Pick<Idea, "make">): string => (make === FILM ? SHOT_TOOL : make);

/** Everything that costs something with some model, a film first. */
export const makeable = (card: PriceCard): string[] => [FILM, ...new Set(card.lines.filter(({ credits }) => credits > 0).map(({ tool }) => tool))];

/** The card's lines for what is made: the house's own first, or what any model costs, then others by price. */
export function modelsOf(card: PriceCard, idea: Pick<Idea, "make">): PriceLine[] {
  const tool = toolOf(idea);
  const isOwn = ({ model }: PriceLine) => model === `dailies/${tool}` || model === "*";
  return card.lines.filter((line) => line.tool === tool).toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
}

function within(text: string | null, { least, most, otherwise }: { least: number; most: number; otherwise: number }): number {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
}

/** An idea from an address, or the first one that the page shows. What makes no sense becomes the nearest thing that does. */
export function readIdea(card: PriceCard, query: URLSearchParams): Idea {
  const make = makeable(card).find((known) => known === query.get("make")) ?? FIRST.make;
  return {
    make,
    model: modelsOf(card, { make }).find(({ model }) => model === query.get("model"))?.model ?? null,
    count: Math.round(within(query.get("count"), { least: 1, most: COUNT_MAX, otherwise: make === FILM ? FIRST.count : 1 })),
    seconds: within(query.get("seconds"), { least: 0.1, most: SECONDS_MAX, otherwise: FIRST.seconds }),
    letters: Math.round(within(query.get("letters"), { least: 1, most: LETTERS_MAX, otherwise: FIRST.letters })),
  };
}

const measures: Record<PriceUnit, Measure> = { second: "seconds", minute: "seconds", letters: "letters", each: "none", message: "none" };

/** What it costs by the card, as a quote would say; null where the card has no price for it. */
export function estimate(card: PriceCard, idea: Idea): Estimate | null {
  const { model, count, seconds, letters } = idea;
  const frames = Math.round(seconds * FRAME_RATE);
  const one = priceOf(card, { tool: toolOf(idea), model, frames, count: 1, letters });
  if (!one) return null;
  return {
    credits: one.credits * count, creditsEach: one.credits, quantityEach: one.quantity, unit: one.unit, unitCredits: one.unitCredits, measure: measures[one.unit],
    soldAs: one.unit === "second" && one.quantity > Math.ceil(frames / FRAME_RATE) ? one.quantity : null,
  };
}

export interface Cover {
  /** The plan that every studio begins on, where its credits are enough. */
  free: Plan | null;
  /** The cheapest paid plan that brings as many in a month. */
  plan: Plan | null;
  /** Packs that bring as many at once, and what they cost together. */
  packs: { pack: Pack; count: number }[];
  packsCents: number;
}

const cheapest = <Sold extends { amountCents: number }>(list: Sold[]): Sold | null => list.toSorted((a, b) => a.amountCents - b.amountCents)[0] ?? null;

/** What covers so many credits. */
export function coverOf(credits: number, { plans, packs }: { plans: Plan[]; packs: Pack[] }): Cover {
  const enough = plans.filter((plan) => plan.credits >= credits);
  const chosen = packsFor(credits, packs);
  return {
    free: cheapest(enough.filter(({ amountCents }) => amountCents === 0)),
    plan: cheapest(enough.filter(({ amountCents }) => amountCents > 0)),
    packs: chosen, packsCents: chosen.reduce((sum, { pack, count }) => sum + pack.amountCents * count, 0),
  };
}

/** The largest pack as often as it takes, and the smallest that covers what is left. */
function packsFor(credits: number, packs: Pack[]): Cover["packs"] {
  const sizes = packs.toSorted((a, b) => a.credits - b.credits);
  const largest = sizes.at(-1);
  if (!largest || credits <= 0) return [];
  const whole = Math.max(0, Math.ceil(credits / largest.credits) - 1);
  const rest = sizes.find((pack) => pack.credits >= credits - whole * largest.credits) ?? largest;
  if (rest === largest) return [{ pack: largest, count: whole + 1 }];
  return [...(whole > 0 ? [{ pack: largest, count: whole }] : []), { pack: rest, count: 1 }];
}
