import { getBilling, getCatalogue, getCheckout, listInvoices } from "#lib/api/billing.ts";
import { orNull, orPage } from "#lib/api/load.ts";
import { toProblem } from "#lib/api/problem.ts";
import { safeNext } from "#lib/text/safe-next.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:billing");
  const query = url.searchParams;
  const returned = query.get("checkout");
  // Asking how a payment stands takes in what was paid: what is read after it shows it.
  const checkout = returned === null ? null : await orNull(getCheckout(fetch, returned)).catch(() => null);
  const [{ me }, billing, catalogue, invoices] = await Promise.all([
    parent(),
    orPage(getBilling(fetch), url),
    orPage(getCatalogue(fetch), url),
    // Invoices are read from Stripe: the rest of the page opens without them.
    listInvoices(fetch, query.get("cursor")).then((page) => ({ ...page, problem: null })).catch((error: unknown) => ({ data: [], nextCursor: null, problem: toProblem(error) })),
  ]);
  const { role } = me.studio;
  const next = query.get("next");
  return {
    billing, catalogue, invoices, checkout,
    /** Whether whoever looks may do what the studio can. */
    manages: role === "owner" || role === "admin",
    /** Where they came from, to go back to when it is done. */
    next: next === null ? null : safeNext(next, "/studio"),
  };
};
