import * as m from "#lib/paraglide/messages.js";
import { endWords } from "#lib/text/tool-words.ts";
import { modelList } from "./models.svelte.ts";
import { modelNamed, plainWishes } from "./wishes.ts";

const wishes: Record<(typeof plainWishes)[number], () => string> = { cheapest: m.wish_cheapest, fastest: m.wish_fastest, best: m.wish_best };
const hints: Record<(typeof plainWishes)[number], () => string> = { cheapest: m.wish_cheapest_hint, fastest: m.wish_fastest_hint, best: m.wish_best_hint };
export const plainWishName = (wish: (typeof plainWishes)[number]): string => wishes[wish]();
export const plainWishHint = (wish: (typeof plainWishes)[number]): string => hints[wish]();

/** A wish in words: a model by what people call it. */
export function wishName(wish: string): string {
  const named = modelNamed(wish);
  if (named !== null) return modelList.label(named);
  const plain = plainWishes.find((one) => one === wish);
  return plain ? plainWishName(plain) : wish;
}

/** When the model that a wish names ends; empty where it names none, or nothing is said about an end. */
export function endOf(wish: string): string {
  const named = modelNamed(wish);
  const model = named === null ? null : modelList.get(named);
  return model ? endWords(model) : "";
}
