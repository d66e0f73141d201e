import { outcomeTable } from "#film/outcomes.ts";
import { priceCard } from "#film/prices.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { PageServerLoad } from "./$types";

const SIGNUP_CREDITS = 100;

/** The card and the table that the quotes and the ledger of this same release are made with. */
export const load: PageServerLoad = ({ setHeaders }) => {
  setHeaders(PUBLIC_PAGE);
  const { version, lines, examples, freeAnimatic } = priceCard;
  return {
    version, freeAnimatic, signupCredits: SIGNUP_CREDITS,
    lines: lines.map(({ tool, model, unit, credits }) => ({ tool, model, unit, credits })),
    examples: examples.map(({ words, credits }) => ({ words, credits })),
    outcomes: outcomeTable.map(({ outcome, happened, pays }) => ({ outcome, happened, pays })),
  };
};
