import type { Model } from "#lib/api/types.ts";

type Price = NonNullable<Model["price"]>;

/** So much of each unit is one ordinary order: seconds and letters are sold by many at once. */
const usual: Record<Price["unit"], number> = { second: 5, minute: 1, message: 1, each: 1, letters: 1 };

/** The price of the model that an ordinary order costs least with; null where none is sold. */
export function leastPrice(models: readonly Pick<Model, "price">[]): Price | null {
  const prices = models.flatMap(({ price }) => price ?? []);
  return prices.toSorted((a, b) => a.credits * usual[a.unit] - b.credits * usual[b.unit])[0] ?? null;
}
