import { error } from "@sveltejs/kit";
import { listPartners, listPartnerTransactions, type Partner } from "#lib/api/admin.ts";
import type { Fetch } from "#lib/api/client.ts";
import { orPage } from "#lib/api/load.ts";
import type { Page } from "#lib/api/types.ts";
import { isTransactionKind } from "#lib/admin/words.ts";
import type { PageLoad } from "./$types";

/** There are few partners, and the API has them as a list alone. */
async function findPartner(fetch: Fetch, id: string): Promise<Partner | null> {
  let cursor: string | null = null;
  do {
    const page: Page<Partner> = await listPartners(fetch, { cursor, limit: 100 });
    const found = page.data.find((partner) => partner.id === id);
    if (found) return found;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return null;
}

export const load: PageLoad = async ({ fetch, url, depends, params, parent }) => {
  depends("dailies:admin");
  await parent();
  const asked = url.searchParams.get("kind");
  const kind = isTransactionKind(asked) ? asked : null;
  const [partner, transactions] = await Promise.all([
    orPage(findPartner(fetch, params.id), url),
    orPage(listPartnerTransactions(fetch, params.id, { kind, cursor: url.searchParams.get("cursor") }), url),
  ]);
  if (!partner) error(404, { message: "There is nothing at this address." });
  return { partner, kind, transactions };
};
