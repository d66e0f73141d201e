/** What is sold is held against what vendors bill, model by model. */
import { expect, test } from "vitest";
import { creditsFor, CREDIT_MICROS } from "#film/model-prices.ts";
import { LETTERS_AS_ONE, priceCard, type PriceUnit } from "#film/prices.ts";
import { models, type Model } from "../tools/index.ts";

const sold = [...models.values()].filter(({ provider, lifecycle }) => provider !== "house" && lifecycle !== "retired");
/** A breakdown and a message have one price, whoever makes it, unless it costs us more. */
const lineOf = ({ id, tool }: Model) => priceCard.lines.find((line) => line.tool === tool && line.model === id) ?? (tool === "break-down" || tool === "chat" ? priceCard.lines.find((line) => line.tool === tool && line.model === "*") : undefined);

/** Vendor's units in one of ours. */
const parts: Record<string, Partial<Record<PriceUnit, number>>> = { second: { second: 1, minute: 60 }, minute: { minute: 1, second: 1 / 60 }, each: { each: 1, message: 1 }, letter: { letters: LETTERS_AS_ONE } };

test("every model that is not retired has a vendor's price with an example, and one line of its own on the card", () => {
  expect(sold.length).toBeGreaterThan(0);
  expect(sold.filter((model) => model.vendorPrice === null || model.vendorPrice.examples.length === 0 || model.accepts === null).map(({ id }) => id)).toEqual([]);
  expect(sold.filter((model) => !lineOf(model)).map(({ id }) => id)).toEqual([]);
});

test.each(sold.map((model) => [model.id, model] as const))("%s is sold by the rule, and never below what it costs us", (_, model) => {
  const line = lineOf(model);
  const vendor = model.vendorPrice;
  if (!line || !vendor) throw new Error("it has no line");
  const micros = vendor.micros * (parts[vendor.unit]?.[line.unit] ?? Number.NaN);
  if (line.model === "*") expect(line.credits).toBeGreaterThanOrEqual(creditsFor(micros));
  else expect(line.credits).toBe(creditsFor(micros));
  expect(line.credits * CREDIT_MICROS).toBeGreaterThanOrEqual(micros);
  if (line.unit !== "second" || !model.accepts?.seconds) return;
  const { least, only } = model.accepts.seconds;
  expect(line.lengths ?? null).toEqual(only);
  if (only === null) expect(line.least ?? 1).toBeGreaterThanOrEqual(least);
});

test.each(sold.flatMap(({ id, vendorPrice }) => (vendorPrice?.examples ?? []).map((example) => [`${id}: ${example.words}`, vendorPrice, example] as const)))("%s", (_, vendor, { quantity, micros }) => {
  expect((vendor?.micros ?? 0) * quantity).toBeCloseTo(micros, 3);
});

test("no line of the card is for a model that nobody has", () => {
  const known = new Set(models.keys());
  expect(priceCard.lines.filter(({ model }) => model !== "*" && !known.has(model)).map(({ model }) => model)).toEqual([]);
});
