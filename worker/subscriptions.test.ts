import { expect, test } from "vitest";
import { isHeard } from "./core/events.ts";
import { takeRecorded } from "./domains/generation/contract.ts";
import { subscriptions } from "./subscriptions.ts";

test("what somebody subscribes to is sent, and what is said to be heard by nobody has no subscriber", () => {
  expect(subscriptions.length).toBeGreaterThan(10);
  expect(subscriptions.filter(({ event }) => !isHeard(event)).map(({ name }) => name)).toEqual([]);
  expect(isHeard(takeRecorded.type)).toBe(false);
});
