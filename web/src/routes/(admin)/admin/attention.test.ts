import { expect, test } from "vitest";
import type { Proposal, Reconciliation } from "#lib/api/admin.ts";
import { lastNight, nightNeeds, rootMissed, waiting } from "./attention.ts";

const now = Date.parse("2026-11-29T09:00:00Z");
const run = (cause: "night" | "asked", startedAt: string, state: Reconciliation["state"] = "succeeded"): Reconciliation => ({
  object: "reconciliation", id: `recon_${startedAt}`, scope: "platform", studio: null, cause, state, examined: 0, differences: 0, repaired: 0, checks: [], problem: null, startedAt, finishedAt: startedAt,
});
const proposal = (id: string, actions: Proposal["actions"], state: Proposal["state"] = "proposed"): Proposal => ({
  object: "proposal", id, kind: "grant", studio: "studio_1", bucket: "promo", credits: 5, reason: "a reason", finding: null, state, waitingFor: null, proposedBy: { id: "user_1", name: "Ada", email: "ada@admin.example" },
  decidedBy: null, proposedAt: "2026-11-28T09:00:00Z", decidedAt: null, expiresAt: "2026-12-05T09:00:00Z", executedAt: null, entry: null, failure: null, actions,
});

test("the last night is the newest run that a night began, whoever asked for others since", () => {
  const night = run("night", "2026-11-29T03:17:00Z");
  expect(lastNight([run("asked", "2026-11-29T08:00:00Z"), night, run("night", "2026-11-28T03:17:00Z")])).toBe(night);
  expect(lastNight([run("asked", "2026-11-29T08:00:00Z")])).toBeNull();
});

test("a night that failed and a night that never came both need somebody; an installation without a night yet does not", () => {
  expect(nightNeeds(run("night", "2026-11-29T03:17:00Z"), now)).toBeNull();
  expect(nightNeeds(run("night", "2026-11-29T03:17:00Z", "failed"), now)).toBe("failed");
  expect(nightNeeds(run("night", "2026-11-28T03:17:00Z"), now)).toBe("missed");
  expect(nightNeeds(null, now)).toBeNull();
});

test("a root that is more than a night old is missed", () => {
  const root = { object: "root" as const, number: 4, at: "2026-11-29T03:20:00Z", wallets: 3, root: "r", hash: "h", previous: null };
  expect(rootMissed(root, now)).toBe(false);
  expect(rootMissed({ ...root, at: "2026-11-27T03:20:00Z" }, now)).toBe(true);
  expect(rootMissed(null, now)).toBe(false);
});

test("proposals are one's own to decide only where the API says so, and none that expired waits", () => {
  const { mine, others } = waiting([proposal("a", ["approve", "reject"]), proposal("b", ["reject"]), proposal("c", [], "expired")]);
  expect(mine.map(({ id }) => id)).toEqual(["a"]);
  expect(others.map(({ id }) => id)).toEqual(["b"]);
});
