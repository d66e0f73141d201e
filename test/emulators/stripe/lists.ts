import type Stripe from "stripe";
import { listOf } from "./account.ts";
import { type Input, invalid, missing } from "./wire.ts";

/** Of things in the order in which they were made: a page, newest first. */
export function page<Item extends { id: string; object: string; created?: number }>(oldestFirst: Item[], input: Input, url: string): Stripe.ApiList<Item> {
  const limit = input.integer("limit") ?? 10;
  if (limit < 1 || limit > 100) throw invalid(`This value must be between 1 and 100 (it currently is '${limit}').`, "limit", "parameter_invalid_integer");
  const items = oldestFirst.toReversed().filter(wasMadeWithin(input));
  const place = (param: "starting_after" | "ending_before"): number | null => {
    const id = input.text(param);
    if (id === null) return null;
    const index = items.findIndex((item) => item.id === id);
    if (index < 0) throw missing(items[0]?.object ?? "object", id, param);
    return index;
  };
  const [after, before] = [place("starting_after"), place("ending_before")];
  if (after !== null && before !== null) throw invalid("You may only specify one of these parameters: ending_before, starting_after.", "ending_before", "parameters_exclusive");
  if (before !== null) return listOf(url, items.slice(Math.max(0, before - limit), before), before > limit);
  const start = after === null ? 0 : after + 1;
  return listOf(url, items.slice(start, start + limit), start + limit < items.length);
}

/** `created` as a moment, or as a range. */
function wasMadeWithin(input: Input): (item: { created?: number }) => boolean {
  if (!input.has("created")) return () => true;
  if (typeof input.params["created"] === "string") return ({ created }) => created === input.integer("created");
  const range = input.map("created");
  const [gt, gte, lt, lte] = ["gt", "gte", "lt", "lte"].map((name) => range?.integer(name) ?? null);
  return ({ created = 0 }) => created > (gt ?? -Infinity) && created >= (gte ?? -Infinity) && created < (lt ?? Infinity) && created <= (lte ?? Infinity);
}

/** What every list takes. */
export const PAGING = ["limit", "starting_after", "ending_before", "created"];
