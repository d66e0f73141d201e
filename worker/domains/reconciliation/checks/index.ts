import { registry } from "#core/registry.ts";
import * as all from "./all.ts";
import type { Check } from "./check.ts";

const checks = registry<Check>(all);

/** In the order in which they run: a later one may rely on what an earlier one has put right. */
const order = ["object-itself", "object-projection", "jobs-ledger", "quotes-captures", "provider-statements", "grants-causes", "stripe-grants", "files-takes", "background"];

/** The checks of a run, in order. */
export const checksFor = (studio: string | null): Check[] => inOrder().filter(({ covers }) => studio === null || covers === "studio");

/** What a studio is shown of what was found about it: not what providers and payments have to do with us. */
export const shownToStudios: ReadonlySet<string> = new Set(["wallet", "run", ...inOrder().flatMap(({ id, covers }) => (covers === "studio" ? [id] : []))]);

export const checkNames: ReadonlyMap<string, string> = new Map(inOrder().map(({ id, name }) => [id, name]));

function inOrder(): Check[] {
  const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return [...checks.values()].toSorted((a, b) => rank(a.id) - rank(b.id));
}
