import { expect, test } from "vitest";
import { agreed } from "./agreeing.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const quote = { expiresAt: "2026-11-29T12:00:01.000Z" };
const job = (status: string, ...actions: string[]) => ({ status, actions }) as unknown as Parameters<typeof agreed>[1];

test("what waits is stopped before it is made elsewhere, and what came to nothing is simply made", () => {
  expect([agreed(quote, job("queued", "cancel"), NOW), agreed(quote, job("retrying", "cancel"), NOW)]).toEqual(["cancel", "cancel"]);
  expect([agreed(quote, job("cancelled"), NOW), agreed(quote, job("refused"), NOW), agreed(quote, null, NOW)]).toEqual(["begin", "begin", "begin"]);
});

test("what is made meanwhile, or may still come, is not ordered a second time", () => {
  expect([agreed(quote, job("running", "cancel"), NOW), agreed(quote, job("succeeded"), NOW), agreed(quote, job("cancelling"), NOW)]).toEqual(["stays", "stays", "wait"]);
});

test("for a quote that ran out nothing is stopped: the new figures come first", () => {
  expect(agreed({ expiresAt: "2026-11-29T12:00:00.000Z" }, job("queued", "cancel"), NOW)).toBe("renew");
});
