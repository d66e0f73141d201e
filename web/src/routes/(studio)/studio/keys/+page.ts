import { getBilling, getCatalogue } from "#lib/api/billing.ts";
import { orPage } from "#lib/api/load.ts";
import { listKeys } from "#lib/api/studio.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends, parent }) => {
  depends("dailies:keys", "dailies:billing");
  const { me } = await parent();
  const manages = me.studio.role === "owner" || me.studio.role === "admin";
  const [keys, billing, catalogue] = await Promise.all([
    manages ? orPage(listKeys(fetch), url).then(({ data }) => data) : [],
    // Without these the page still opens; the API itself says what the plan lacks.
    getBilling(fetch).catch(() => null), getCatalogue(fetch).catch(() => null),
  ]);
  const plans = catalogue?.plans ?? [];
  const writing = plans.filter(({ entitlements }) => entitlements.includes("api")).toSorted((a, b) => a.amountCents - b.amountCents)[0];
  /** Where the plan lets keys only read: which it is, and the cheapest one that lets them do more. */
  const readOnly = billing && !billing.entitlements.includes("api") ? { plan: plans.find(({ code }) => code === billing.plan)?.name ?? billing.plan, writing: writing ?? null } : null;
  return { manages, keys, readOnly };
};
