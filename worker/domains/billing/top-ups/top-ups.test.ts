import { env } from "cloudflare:workers";
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { deliverEvents, moveTime, newBillingWorld, ok, problemOf, runMinute, type BillingWorld } from "../../../../test/stripe-world.ts";

const HOUR = 3_600_000;
const settings = { enabled: true, belowCredits: 300, pack: "credits_500", monthlyCeilingCents: 1_000 };

interface TopUpWire { enabled: boolean; spentCents: number; pending: boolean; offReason: string | null }

/** A studio that has a card on file, and lets credits be bought. */
async function withTopUps(more: object = {}): Promise<BillingWorld> {
  const world = await newBillingWorld();
  await world.buy({ pack: "credits_500" });
  await ok(await world.put("/api/v1/billing/top-up", { ...settings, ...more }));
  await world.settle();
  return world;
}

/** A run that spends credits, as the wallet and the events see it. */
async function spend(world: BillingWorld, credits: number): Promise<void> {
  const wallet = env.WALLET.getByName(world.studio);
  const run = `run_${crypto.randomUUID().replaceAll("-", "")}`;
  const ref = { run, project: null, member: null, apiKey: null };
  const held = await wallet.hold({ key: `h:${run}`, hold: run, credits, expiresAt: Date.now() + HOUR, ref });
  if (!held.ok) throw new Error(held.code);
  await wallet.capture({ key: `c:${run}`, hold: run, item: "job", credits, reason: "delivered" });
  await wallet.release({ key: `r:${run}`, hold: run, cause: "settled" });
  await runDurableObjectAlarm(wallet);
  await finished(world, run);
}

async function finished(world: BillingWorld, run: string): Promise<void> {
  await recordEnd(world, run);
  await world.settle();
}

/** What a run's object writes down when the run is over. */
async function recordEnd(world: BillingWorld, run: string): Promise<void> {
  await env.DB.prepare("INSERT INTO events (id, studio, type, subject, actor, data, request_id, at) VALUES (?1, ?2, 'run.finished', ?3, '{\"kind\":\"system\",\"name\":\"run\"}', json_object('run', ?3, 'project', 'proj_none', 'status', 'succeeded', 'captured', 0), 'req', ?4)")
    .bind(`evt_${crypto.randomUUID()}`, world.studio, run, Date.now()).run();
}

const topUp = async (world: BillingWorld): Promise<TopUpWire> => (await world.billing()).topUp;
const kinds = async (world: BillingWorld): Promise<string[]> => (await world.events()).filter((type) => /^(top_up|wallet)\./.test(type));

test("credits are bought when they run low, once, and are in the wallet when the next run begins", async () => {
  const world = await withTopUps();
  await spend(world, 250);
  expect(await world.bought()).toMatchObject({ purchased: 350 });
  expect(await topUp(world)).toMatchObject({ enabled: true, spentCents: 0 });
  await spend(world, 100);
  expect(await world.balance()).toEqual({ available: 750, held: 0 });
  expect(await topUp(world)).toMatchObject({ spentCents: 500, pending: false });
  expect(await kinds(world)).toEqual(expect.arrayContaining(["top_up.started", "top_up.paid"]));
  expect(world.charges().map(({ amount }) => amount)).toEqual([500, 500]);
  const { data } = await ok<{ data: { credits: number | null; description: string }[] }>(await world.get("/api/v1/billing/invoices"));
  expect(data[0]).toMatchObject({ credits: 500, description: expect.stringContaining("500") });
});

test("twenty events that see the same low balance buy one pack, and the month's ceiling is never passed", async () => {
  const world = await withTopUps();
  const wallet = env.WALLET.getByName(world.studio);
  const ref = { run: "run_x", project: null, member: null, apiKey: null };
  await wallet.hold({ key: "h", hold: "h", credits: 590, expiresAt: Date.now() + HOUR, ref });
  await wallet.capture({ key: "c", hold: "h", item: "j", credits: 590, reason: "delivered" });
  for (let index = 0; index < 20; index += 1) await recordEnd(world, `run_${index}`);
  await Promise.all(Array.from({ length: 8 }, deliverEvents));
  await world.settle();
  expect(world.charges()).toHaveLength(2);
  expect(await world.balance()).toMatchObject({ available: 510 });
  await spend(world, 400);
  expect(await topUp(world)).toMatchObject({ spentCents: 1_000 });
  await spend(world, 500);
  await spend(world, 50);
  expect(world.charges()).toHaveLength(3);
  expect((await kinds(world)).filter((type) => type === "top_up.ceiling_reached")).toHaveLength(1);
  const date = new Date(Date.now());
  moveTime(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1, 0, 0, 1));
  expect(await topUp(world)).toMatchObject({ spentCents: 0 });
  await spend(world, 10);
  expect(world.charges()).toHaveLength(4);
  expect(await topUp(world)).toMatchObject({ spentCents: 500 });
});

test("a card that fails twice turns it off, nothing is left that could be charged later, and turning it on again begins anew", async () => {
  const world = await withTopUps();
  world.stripe.setCard(await world.customer(), "declined");
  await spend(world, 350);
  expect(await topUp(world)).toMatchObject({ enabled: true, spentCents: 0, pending: false });
  await spend(world, 10);
  expect((await kinds(world)).filter((type) => type === "top_up.failed")).toHaveLength(1);
  moveTime(Date.now() + HOUR + 1_000);
  await spend(world, 10);
  expect(await topUp(world)).toMatchObject({ enabled: false, offReason: "failures" });
  expect((await kinds(world)).filter((type) => type.startsWith("top_up."))).toEqual(["top_up.set", "top_up.started", "top_up.failed", "top_up.started", "top_up.failed", "top_up.turned_off"]);
  expect(world.stripe.account.all("invoice").filter(({ status }) => status === "open" || status === "draft")).toEqual([]);
  expect(await world.bought()).toMatchObject({ purchased: 230 });
  world.stripe.setCard(await world.customer(), "ok");
  await ok(await world.put("/api/v1/billing/top-up", settings));
  await world.settle();
  expect(await topUp(world)).toMatchObject({ enabled: true, offReason: null, spentCents: 500 });
  expect(await world.bought()).toMatchObject({ purchased: 730 });
});

test("whatever answer of Stripe's is lost on the way, one pack is bought and paid once", async () => {
  for (const path of ["/v1/invoices", "/v1/invoiceitems", "/finalize", "/pay"]) {
    const world = await withTopUps();
    const pattern = path.startsWith("/v1") ? new RegExp(`${path}$`) : new RegExp(`${path}$`);
    world.stripe.faults.push({ method: "POST", path: pattern, does: "lost", times: 1 }, { method: "POST", path: pattern, does: "unreached", times: 2 });
    await spend(world, 350);
    moveTime(Date.now() + 2 * 60_000);
    await runMinute();
    await world.settle();
    expect([path, await world.balance()]).toEqual([path, { available: 750, held: 0 }]);
    expect([path, world.charges().length, world.stripe.account.all("invoice").filter(({ metadata }) => metadata?.["topUp"]).length]).toEqual([path, 2, 1]);
  }
}, 120_000);

test("the ceiling's month is the studio's own: it begins when the calendar there says so", async () => {
  const world = await withTopUps({ monthlyCeilingCents: 500 });
  await env.WALLET.getByName(world.studio).setTimeZone({ timeZone: "Pacific/Kiritimati" });
  const noon = Date.parse("2027-03-31T09:59:00Z");
  moveTime(noon);
  await spend(world, 350);
  // The end of a run may be heard of before the database knows the balance: it is looked at again at the next one's.
  await expect.poll(async () => {
    await finished(world, `run_${crypto.randomUUID().replaceAll("-", "")}`);
    return topUp(world);
  }).toMatchObject({ spentCents: 500, resetsAt: "2027-03-31T10:00:00.000Z" });
  await spend(world, 500);
  expect(world.charges()).toHaveLength(2);
  moveTime(noon + 61_000);
  await spend(world, 10);
  expect(world.charges()).toHaveLength(3);
  expect((await world.billing()).topUp).toMatchObject({ spentCents: 500, resetsAt: "2027-04-30T10:00:00.000Z" });
});

test("it cannot be turned on without a card, nor with a ceiling below one pack, nor by somebody who may not spend", async () => {
  const world = await newBillingWorld();
  expect((await problemOf(await world.put("/api/v1/billing/top-up", settings))).code).toBe("billing.no_payment_method");
  expect((await problemOf(await world.put("/api/v1/billing/top-up", { ...settings, monthlyCeilingCents: 499 }))).code).toBe("request.invalid");
  for (const body of [{ ...settings, belowCredits: 0 }, { ...settings, pack: "credits_7" }, { ...settings, monthlyCeilingCents: -1 }, { ...settings, monthlyCeilingCents: 10.5 }]) {
    expect((await problemOf(await world.put("/api/v1/billing/top-up", body))).code).toBe("request.invalid");
  }
  expect((await problemOf(await (await world.member("editor")).put("/api/v1/billing/top-up", settings))).code).toBe("auth.role_too_low");
  expect(await topUp(world)).toMatchObject({ enabled: false });
});

test("a balance that sinks to a fifth and to a twentieth is told of once each, and again after the next credits came", async () => {
  const world = await newBillingWorld();
  await spend(world, 79);
  expect(await kinds(world)).toEqual([]);
  await spend(world, 1);
  await spend(world, 1);
  expect(await kinds(world)).toEqual(["wallet.low"]);
  await spend(world, 14);
  await spend(world, 1);
  expect(await kinds(world)).toEqual(["wallet.low", "wallet.nearly_empty"]);
  await world.buy({ plan: "creator_starter" });
  await runDurableObjectAlarm(env.WALLET.getByName(world.studio));
  await spend(world, 490);
  expect(await kinds(world)).toEqual(["wallet.low", "wallet.nearly_empty", "wallet.nearly_empty"]);
  const last = await env.DB.prepare("SELECT data FROM events WHERE studio = ? AND type = 'wallet.nearly_empty' ORDER BY at DESC, rowid DESC LIMIT 1").bind(world.studio).first<{ data: string }>();
  expect(JSON.parse(last?.data ?? "{}")).toEqual({ available: 14, reference: 500 });
});
