/** When a balance is low. Pure. */

export type Level = "low" | "nearly_empty";
const PERCENT: Record<Level, number> = { low: 20, nearly_empty: 5 };

/** The levels that a balance has sunk to, the worst last. */
export const levelsOf = (available: number, reference: number): Level[] =>
  (["low", "nearly_empty"] as const).filter((level) => available * 100 <= reference * PERCENT[level]);
