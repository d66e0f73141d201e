import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { deliverEvents, moveTime, newBillingWorld, runMinute, useStripe, type BillingWorld } from "../../../test/stripe-world.ts";
import type { Wallet } from "#objects/wallet/object.ts";

const HOUR = 3_600_000;

/** What fails: a call of the database, of Stripe or of the wallet, before it was done or after. */
interface Break {
  what: "batch" | "fetch" | "wallet";
  when: "before" | "after";
}

/** Breaks the nth call of a kind; of those to Stripe the next two as well, so that the SDK's own repeats do not help. Returns how many there were. */
function breakNth(world: BillingWorld, { what, when }: Break, nth: number): () => number {
  let count = 0;
  const last = what === "fetch" ? nth + 2 : nth;
  const once = async <T>(work: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count < nth || count > last) return work();
    if (when === "after") await work();
    throw new Error(`broken on purpose: ${what} ${nth}, ${when} it was done`);
  };
  if (what === "batch") {
    const real = env.DB.batch.bind(env.DB);
    vi.spyOn(env.DB, "batch").mockImplementation((statements) => once(() => real(statements)));
  } else if (what === "fetch") {
    const real = world.stripe.handle.bind(world.stripe);
    vi.spyOn(world.stripe, "handle").mockImplementation((request) => once(() => real(request)));
  } else {
    const real = env.WALLET.getByName.bind(env.WALLET);
    vi.spyOn(env.WALLET, "getByName").mockImplementation((name) => {
      const stub = real(name) as unknown as Pick<Wallet, "grant" | "clawBack" | "balance">;
      return {
        balance: () => stub.balance(), grant: (input: Parameters<Wallet["grant"]>[0]) => once(() => stub.grant(input)), clawBack: (input: Parameters<Wallet["clawBack"]>[0]) => once(() => stub.clawBack(input)),
      } as unknown as DurableObjectStub<Wallet>;
    });
  }
  return () => count;
}

/** Delivers with one call broken, then lets the minutes pass in which everything is tried again. */
async function comeToRest(world: BillingWorld): Promise<void> {
  for (let tries = 0; tries < 4; tries += 1) {
    await world.stripe.deliverPending({ early: true }).catch(() => undefined);
    await deliverEvents().catch(() => undefined);
  }
  const now = Date.now();
  useStripe(world.stripe);
  moveTime(now + 5 * 60_000);
  await runMinute();
  await world.settle({ early: true });
}

const kinds = [["batch", "before"], ["batch", "after"], ["fetch", "before"], ["fetch", "after"], ["wallet", "before"], ["wallet", "after"]] as const;

test.each(kinds)("a pack and a refund: whichever %s call fails once, %s it was done, the books are exact in the end", async (what, when) => {
  const world = await newBillingWorld({ broke: true });
  let expected = 0;
  let broken = 0;
  for (let nth = 1; ; nth += 1) {
    const checkout = await world.checkout({ pack: "credits_2000" });
    world.stripe.pay(world.sessionOf(checkout));
    world.stripe.refund(world.charges().at(-1)?.id ?? "", 700);
    const count = breakNth(world, { what, when }, nth);
    await comeToRest(world);
    expected += 1_300;
    expect([nth, await world.bought()]).toEqual([nth, { subscription: 0, purchased: expected, debt: 0 }]);
    expect((await world.grants()).filter(({ state }) => state !== "done")).toEqual([]);
    expect(await world.grants()).toHaveLength(2 * nth);
    if (count() < nth) break;
    broken = nth;
  }
  expect(broken).toBeGreaterThanOrEqual(2);
  console.log(JSON.stringify({ broken: what, when, calls: broken }));
  expect((await world.lots()).every(({ credits }) => credits === 2_000)).toBe(true);
  expect(await env.WALLET.getByName(world.studio).check()).toMatchObject({ faults: [] });
}, 400_000);

test.each(kinds)("a renewal: whichever %s call fails once, %s it was done, the period is granted once", async (what, when) => {
  const world = await newBillingWorld({ broke: true });
  await world.buy({ plan: "creator_starter" });
  let broken = 0;
  for (let nth = 1; ; nth += 1) {
    const end = Date.parse((await world.billing()).subscription?.periodEndAt ?? "");
    moveTime(end + 2 * HOUR);
    world.stripe.tick();
    const count = breakNth(world, { what, when }, nth);
    await comeToRest(world);
    expect([nth, await world.bought()]).toEqual([nth, { subscription: 500, purchased: 0, debt: 0 }]);
    expect(await world.lots()).toHaveLength(nth + 1);
    const { plan, subscription } = await world.billing();
    expect([plan, Date.parse(subscription?.periodEndAt ?? "") > end]).toEqual(["creator_starter", true]);
    if (count() < nth) break;
    broken = nth;
  }
  expect(broken).toBeGreaterThanOrEqual(1);
  console.log(JSON.stringify({ broken: what, when, calls: broken }));
}, 400_000);
