/** What a price card is made of. */

export const priceUnits = ["second", "minute", "message", "each", "letters"] as const;
/** What one of something costs. A second, minute or message that was started counts whole; so does each hundred of the letters of a text that is spoken. */
export type PriceUnit = (typeof priceUnits)[number];

/** How many letters (UTF-16 code units) are priced as one. */
export const LETTERS_AS_ONE = 100;

export interface PriceLine {
  tool: string;
  /** A model by name, or `*`: whichever model serves it. */
  model: string;
  unit: PriceUnit;
  credits: number;
  /** Seconds that are sold, where not any number of them is: the shortest that is long enough is paid. */
  lengths?: readonly number[];
  /** The fewest seconds that are sold. */
  least?: number;
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
  /** Letters of the text that is spoken. */
  letters?: number;
}
