import { outcomeTable } from "#film/outcomes.ts";
import { priceCard } from "#film/prices.ts";
import { getCatalogue } from "#lib/api/billing.ts";
import { listTools } from "#lib/api/making.ts";
import { listModels } from "#lib/api/models.ts";
import { toProblem } from "#lib/api/problem.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import { readIdea } from "#lib/pricing/estimate.ts";
import type { PageServerLoad } from "./$types";

/** The card and the table are those that quotes and the ledger of this same release are made with. Where plans cannot be read, the page says so and is not kept by the edge. */
export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  const [sold, tools, models] = await Promise.all([
    getCatalogue(fetch).then((catalogue) => ({ catalogue, problem: null })).catch((error: unknown) => ({ catalogue: null, problem: toProblem(error) })),
    listTools(fetch).then(({ data }) => data.map(({ id }) => id)).catch(() => null),
    listModels(fetch).then(({ data }) => data).catch(() => null),
  ]);
  if (sold.catalogue && tools && models) setHeaders(PUBLIC_PAGE);
  const { version, lines, examples, freeAnimatic } = priceCard;
  return {
    version, freeAnimatic, tools, models,
    catalogue: sold.catalogue, problem: sold.problem && { detail: sold.problem.detail, requestId: sold.problem.requestId },
    idea: readIdea(priceCard, url.searchParams),
    lines: lines.map(({ tool, model, unit, credits }) => ({ tool, model, unit, credits })),
    examples: examples.map(({ words, credits }) => ({ words, credits })),
    outcomes: outcomeTable.map(({ outcome, happened, pays }) => ({ outcome, happened, pays })),
  };
};
