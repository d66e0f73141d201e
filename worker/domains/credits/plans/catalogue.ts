/** The catalogue: every plan and pack that there is, with its price. Pages, quotas, grants and Stripe's prices all come from here. */
import { entitlements, type Entitlement, type Pack, type PackCode, type Plan, type PlanCode, UNLIMITED } from "./contract.ts";

const lipSync: Entitlement[] = ["lip-sync"];
const selling: Entitlement[] = [...lipSync, "marketplace"];
const everything: Entitlement[] = [...entitlements];

const plan = ({ aliases = [], ...rest }: Omit<Plan, "object" | "currency" | "interval" | "creditsCome" | "aliases"> & Partial<Pick<Plan, "aliases">>): Plan =>
  ({ object: "plan", currency: "usd", interval: "month", creditsCome: rest.amountCents === 0 ? "once" : "monthly", aliases, ...rest });

const list: Plan[] = [
  plan({ code: "creator_free", ladder: "creator", name: "Free", amountCents: 0, credits: 100, quotas: { avatars: 1, filmsPerMonth: 3, concepts: 0 }, entitlements: [] }),
  plan({ code: "creator_starter", ladder: "creator", name: "Starter", aliases: ["basic"], amountCents: 999, credits: 500, quotas: { avatars: 5, filmsPerMonth: 10, concepts: 0 }, entitlements: lipSync }),
  plan({ code: "creator_pro", ladder: "creator", name: "Pro", amountCents: 2_999, credits: 2_000, quotas: { avatars: 20, filmsPerMonth: 30, concepts: 0 }, entitlements: selling }),
  plan({ code: "creator_enterprise", ladder: "creator", name: "Enterprise", amountCents: 9_999, credits: 10_000, quotas: { avatars: UNLIMITED, filmsPerMonth: UNLIMITED, concepts: 0 }, entitlements: everything }),
  plan({ code: "growth_starter", ladder: "growth", name: "Growth Starter", amountCents: 4_900, credits: 4_900, quotas: { avatars: 5, filmsPerMonth: 30, concepts: 10 }, entitlements: everything }),
  plan({ code: "growth_pro", ladder: "growth", name: "Growth Pro", amountCents: 14_900, credits: 14_900, quotas: { avatars: 20, filmsPerMonth: UNLIMITED, concepts: 50 }, entitlements: everything }),
  plan({ code: "growth_agency", ladder: "growth", name: "Agency", amountCents: 49_900, credits: 49_900, quotas: { avatars: UNLIMITED, filmsPerMonth: UNLIMITED, concepts: 500 }, entitlements: everything }),
];

/** One cent a credit; they never expire. */
const packList: Pack[] = ([["credits_500", 500], ["credits_2000", 2_000], ["credits_10000", 10_000]] as const)
  .map(([code, credits]) => ({ object: "pack", code, credits, amountCents: credits, currency: "usd" }));

function freeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
}

export const plans: readonly Plan[] = freeze(list);
export const packs: readonly Pack[] = freeze(packList);
export const FREE_PLAN = "creator_free" satisfies PlanCode;

function named<Entry extends { code: string }>(entries: readonly Entry[], code: string): Entry {
  const entry = entries.find((one) => one.code === code);
  if (!entry) throw new Error(`the catalogue has no ${code}`);
  return entry;
}

export const planOf = (code: PlanCode): Plan => named(plans, code);
export const packOf = (code: PackCode): Pack => named(packs, code);

/** The plan of a code or of another name for it. */
export const planNamed = (name: string): Plan | undefined => plans.find(({ code, aliases }) => code === name || aliases.some((alias) => alias === name));
