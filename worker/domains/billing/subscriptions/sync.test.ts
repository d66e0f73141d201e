import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { newBillingWorld, useStripe } from "../../../../test/stripe-world.ts";
import { syncSubscription } from "./sync.ts";

test.each([
  ["was ended and is resumed", ["true", "false"]],
  ["is ended", ["false", "true"]],
] as const)("of two who read a subscription that %s at once, whoever read it later has the last word, however slow the other is", async (_words, [before, after]) => {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  const ctx = systemCtx(env, openDb(env), "test", () => undefined);
  const id = world.stripe.account.all("subscription")[0]?.id ?? "";
  const customer = await world.customer();
  const real = world.stripe.handle.bind(world.stripe);
  const setEnding = (ending: string) => real(new Request(`${world.stripe.options.origin}/v1/subscriptions/${id}`, { method: "POST", body: new URLSearchParams({ cancel_at_period_end: ending }), headers: { authorization: `Bearer ${world.stripe.options.key}` } }));
  const held = Promise.withResolvers<void>();
  let isFirst = true;
  vi.spyOn(world.stripe, "handle").mockImplementation(async (request) => {
    const answer = await real(request);
    if (isFirst && request.method === "GET" && request.url.includes("/v1/subscriptions/")) {
      isFirst = false;
      await held.promise;
    }
    return answer;
  });
  await setEnding(before);
  const slow = syncSubscription(ctx, id, customer);
  await expect.poll(() => isFirst).toBe(false);
  await setEnding(after);
  await syncSubscription(ctx, id, customer);
  held.resolve();
  await slow;
  useStripe(world.stripe);
  const { subscription } = await world.billing();
  expect(subscription?.cancelAt).toBe(after === "true" ? subscription?.periodEndAt : null);
});
