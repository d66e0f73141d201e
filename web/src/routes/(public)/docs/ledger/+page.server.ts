import { listRoots } from "#lib/api/ledger.ts";
import { PUBLIC_PAGE } from "#lib/api/public-page.ts";
import type { PageServerLoad } from "./$types";

const SHOWN = 5;

/** Where roots cannot be read, the page says so and is not kept by the edge. */
export const load: PageServerLoad = async ({ fetch, setHeaders }) => {
  const roots = await listRoots(fetch, SHOWN).then(({ data }) => data).catch(() => null);
  if (roots) setHeaders(PUBLIC_PAGE);
  return { roots };
};
