import type { Aspect } from "#film/film.ts";

/** One picture holds this many tiles each way, spread evenly over the whole film. */
const TILES = 10;
const COUNT = TILES * TILES;

const SIZES: Record<Aspect, { width: number; height: number }> = { "16:9": { width: 160, height: 90 }, "9:16": { width: 90, height: 160 }, "1:1": { width: 120, height: 120 } };

/** The size of a tile on the page, in CSS pixels. */
export const tileSize = (aspect: Aspect): { width: number; height: number } => SIZES[aspect];

/** Where the tile of a moment lies, as a CSS background of ten by ten. */
export function tilePosition(input: { seconds: number; total: number }): string {
  const part = input.total > 0 ? input.seconds / input.total : 0;
  const index = Math.min(COUNT - 1, Math.max(0, Math.floor(part * COUNT)));
  const percent = (step: number) => `${((step * 100) / (TILES - 1)).toFixed(3)}%`;
  return `${percent(index % TILES)} ${percent(Math.floor(index / TILES))}`;
}
