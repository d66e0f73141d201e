import { expect, test } from "vitest";
import { packs, planNamed, planOf, plans } from "./catalogue.ts";
import { planCodes, type SubscriptionStatus } from "./contract.ts";
import { cheapestFor, mayOn, monthStart, nextMonthStart, planInForce, type Standing } from "./rules.ts";

const NOW = Date.UTC(2027, 1, 15);
const DAY = 86_400_000;
const standing = (status: SubscriptionStatus, more: Partial<Standing> = {}): Standing => ({ plan: "creator_pro", status, cancelAt: null, graceUntil: null, ...more });

test("the catalogue has both ladders at their prices, and nobody can change it", () => {
  expect(plans.map(({ code, amountCents, credits }) => [code, amountCents, credits])).toEqual([
    ["creator_free", 0, 100], ["creator_starter", 999, 500], ["creator_pro", 2_999, 2_000], ["creator_enterprise", 9_999, 10_000],
    ["growth_starter", 4_900, 4_900], ["growth_pro", 14_900, 14_900], ["growth_agency", 49_900, 49_900],
  ]);
  expect(plans.map(({ code }) => code)).toEqual([...planCodes]);
  expect(plans.map(({ quotas: { avatars, filmsPerMonth, concepts } }) => [avatars, filmsPerMonth, concepts])).toEqual([
    [1, 3, 0], [5, 10, 0], [20, 30, 0], [999_999, 999_999, 0], [5, 30, 10], [20, 999_999, 50], [999_999, 999_999, 500],
  ]);
  expect(plans.filter(({ creditsCome }) => creditsCome === "once").map(({ code }) => code)).toEqual(["creator_free"]);
  expect(packs.map(({ credits, amountCents }) => [credits, amountCents])).toEqual([[500, 500], [2_000, 2_000], [10_000, 10_000]]);
  expect(planNamed("basic")).toBe(planOf("creator_starter"));
  expect(planNamed("platinum")).toBeUndefined();
  expect(() => Object.assign(planOf("creator_pro"), { credits: 1 })).toThrow(TypeError);
  expect(() => planOf("creator_pro").entitlements.push("api")).toThrow(TypeError);
});

test("an entitlement is in the plans that carry it, and the cheapest of either ladder is named to those that do not", () => {
  const having = (entitlement: "lip-sync" | "marketplace" | "api") => plans.filter(({ code }) => mayOn(code, { entitlement }).ok).map(({ code }) => code);
  expect(having("lip-sync")).toEqual(["creator_starter", "creator_pro", "creator_enterprise", "growth_starter", "growth_pro", "growth_agency"]);
  expect(having("marketplace")).toEqual(["creator_pro", "creator_enterprise", "growth_starter", "growth_pro", "growth_agency"]);
  expect(having("api")).toEqual(["creator_enterprise", "growth_starter", "growth_pro", "growth_agency"]);
  expect(cheapestFor({ entitlement: "lip-sync" })?.code).toBe("creator_starter");
  expect(cheapestFor({ entitlement: "api" })?.code).toBe("growth_starter");
});

test("a quota lets exactly as many through as it says, and without a limit none is too many", () => {
  expect(mayOn("creator_free", { quota: "filmsPerMonth", used: 2 })).toEqual({ ok: true });
  expect(mayOn("creator_free", { quota: "filmsPerMonth", used: 3 })).toMatchObject({ ok: false, why: "quota", limit: 3, used: 3, plan: { code: "creator_starter" } });
  expect(mayOn("creator_starter", { quota: "filmsPerMonth", used: 30 })).toMatchObject({ ok: false, plan: { code: "creator_enterprise" } });
  expect(mayOn("growth_agency", { quota: "filmsPerMonth", used: 5_000_000 })).toEqual({ ok: true });
  expect(mayOn("creator_free", { quota: "concepts", used: 0 })).toMatchObject({ ok: false, plan: { code: "growth_starter" } });
  expect(mayOn("growth_agency", { quota: "concepts", used: 500 })).toMatchObject({ ok: false, plan: null });
});

test("the plan in force follows from the subscription and the time: grace ends to the millisecond, and so does a cancelled plan", () => {
  expect(planInForce(undefined, NOW)).toBe("creator_free");
  const status = (one: SubscriptionStatus) => planInForce(standing(one), NOW);
  expect(["active", "trialing"].map((one) => status(one as SubscriptionStatus))).toEqual(["creator_pro", "creator_pro"]);
  for (const one of ["free", "incomplete", "incomplete_expired", "canceled", "paused", "past_due", "unpaid"] as const) expect(status(one)).toBe("creator_free");
  for (const one of ["past_due", "unpaid"] as const) {
    expect(planInForce(standing(one, { graceUntil: NOW + 1 }), NOW)).toBe("creator_pro");
    expect(planInForce(standing(one, { graceUntil: NOW }), NOW)).toBe("creator_free");
  }
  expect(planInForce(standing("active", { cancelAt: NOW + 1 }), NOW)).toBe("creator_pro");
  expect(planInForce(standing("active", { cancelAt: NOW }), NOW)).toBe("creator_free");
});

test("calendar months begin where the calendar says", () => {
  expect(monthStart(Date.UTC(2028, 1, 29, 23, 59))).toBe(Date.UTC(2028, 1, 1));
  expect(nextMonthStart(Date.UTC(2028, 1, 29, 23, 59))).toBe(Date.UTC(2028, 2, 1));
  expect(nextMonthStart(Date.UTC(2027, 11, 31))).toBe(Date.UTC(2028, 0, 1));
  expect(monthStart(Date.UTC(2028, 2, 1)) - DAY).toBe(Date.UTC(2028, 1, 29));
});
