import * as film from "#film/prices.ts";
import type { PriceCard, PriceLine, WorkedExample } from "#film/price-card.ts";
import { cogSetting } from "../providers/cog.ts";

/** The prices of this deployment: those of every one, and those of the models that its setting names. These carry a version of their own, which stands behind the card's. */
export const priceCard: PriceCard = {
  get version(): string {
    const { version, models } = cogSetting();
    return models.length === 0 ? film.priceCard.version : `${film.priceCard.version}+${version}`;
  },
  get lines(): readonly PriceLine[] {
    return [...film.priceCard.lines, ...cogSetting().models.map(({ line }) => line)];
  },
  get examples(): readonly WorkedExample[] {
    return [...film.priceCard.examples, ...cogSetting().models.map(({ example }) => example)];
  },
  freeAnimatic: film.priceCard.freeAnimatic,
};
