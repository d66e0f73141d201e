import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newAdministrator } from "../../../../test/admin-world.ts";
import { newBillingWorld, type BillingWorld } from "../../../../test/stripe-world.ts";
import { newWorld } from "../../../../test/world.ts";
import { allOf, projected } from "../testing/reconciling.ts";
import { grantsCauses } from "./grants-causes.ts";
import { stripeGrants } from "./stripe-grants.ts";

const HOURS_MS = 2 * 3_600_000;
const sql = (text: string, ...values: unknown[]) => env.DB.prepare(text).bind(...values).run();
const atStripe = async ({ studio }: { studio: string }, aheadMs = HOURS_MS) =>
  (await allOf(stripeGrants, { aheadMs })).differences.filter((one) => one.studio === studio).map(({ subject, credits, detail, severity }) => [subject, credits, detail, severity]);
const unexplained = async ({ studio }: { studio: string }) => (await allOf(grantsCauses)).differences.filter((one) => one.studio === studio).map(({ subject, entry, credits, detail }) => [subject, entry, credits, detail]);

interface Bought { world: BillingWorld; invoice: string; session: string; pack: { id: string } }

/** Somebody who bought a plan and a pack, with everything in D1. */
async function bought(): Promise<Bought> {
  const world = await newBillingWorld();
  await world.buy({ plan: "creator_pro" });
  await world.buy({ pack: "credits_500" });
  await projected(world.studio);
  const keys = (await world.grants()).map(({ key }) => key);
  const pack = world.charges().at(-1);
  if (!pack) throw new Error("nothing was charged");
  return { world, invoice: keys.find((key) => key.startsWith("invoice:")) ?? "", session: keys.find((key) => key.startsWith("checkout:")) ?? "", pack };
}

test("what was bought, given back in part, disputed and won agrees with Stripe and with the wallet", async () => {
  const { world, pack } = await bought();
  const plan = world.charges().find(({ amount }) => amount === 2_999);
  world.stripe.refund(pack.id, 100);
  const dispute = world.stripe.dispute(plan?.id ?? "");
  await world.settle();
  world.stripe.closeDispute(dispute.id, "won");
  await world.settle();
  await projected(world.studio);
  expect((await world.grants()).map(({ kind }) => kind).toSorted()).toEqual(["dispute", "dispute_won", "pack", "period", "refund"]);
  expect([await atStripe(world), await unexplained(world)]).toEqual([[], []]);
});

test("money that came and went without anybody here hearing of it is found, once it is an hour old", async () => {
  const { world, pack } = await bought();
  const checkout = await world.checkout({ pack: "credits_2000" });
  world.stripe.pay(world.sessionOf(checkout), { card: "ok" });
  world.stripe.refund(pack.id, 100);
  expect(await atStripe(world, 0)).toEqual([]);
  expect(await atStripe(world)).toEqual(expect.arrayContaining([[`checkout:${world.sessionOf(checkout)}`, 2_000, "ungranted", "critical"], [expect.stringMatching(/^refund:re_/), null, "untaken", "critical"]]));
  await world.settle();
  await projected(world.studio);
  expect(await atStripe(world)).toEqual([]);
});

test("a grant whose row was lost, changed or made up is found on the side that knows better", async () => {
  const { world, invoice, session } = await bought();
  const row = await env.DB.prepare("SELECT * FROM grants WHERE key = ?").bind(session).first<Record<string, unknown>>() ?? {};
  const seq = Number(await env.DB.prepare("SELECT seq FROM wallet_entries WHERE wallet = ? AND cause = ?").bind(world.studio, session).first("seq"));
  await sql("DELETE FROM grants WHERE key = ?", session);
  expect(await atStripe(world)).toEqual([[session, 500, "ungranted", "critical"]]);
  expect(await unexplained(world)).toEqual([[session, seq, 500, "nobody can say what it was for"]]);
  const put = (change: object) => {
    const entries = Object.entries({ ...row, ...change });
    return sql(`INSERT OR REPLACE INTO grants (${entries.map(([name]) => name).join(", ")}) VALUES (${entries.map(() => "?").join(", ")})`, ...entries.map(([, value]) => value));
  };
  await put({ amount_cents: 1 });
  expect(await atStripe(world)).toEqual([[session, null, "amount", "critical"]]);
  await put({ credits: 450 });
  expect(await unexplained(world)).toEqual([[session, seq, 50, "its cause says 450 credits"]]);
  await put({ state: "pending" });
  expect(await atStripe(world)).toEqual([[session, 500, "unsent", "warning"]]);
  await put({});
  await put({ key: "invoice:in_made_up", purchase: "invoice:in_made_up", invoice: "in_made_up", session: null, payment_intent: "pi_made_up" });
  expect(await atStripe(world)).toEqual([["invoice:in_made_up", 500, "granted, and not paid", "critical"]]);
  expect(await unexplained(world)).toEqual([["invoice:in_made_up", null, 500, "it is done, and no entry says so"]]);
  await sql("DELETE FROM grants WHERE key = 'invoice:in_made_up'");
  expect([invoice === "", await atStripe(world), await unexplained(world)]).toEqual([false, [], []]);
});

test("credits that no payment, sign-up or two administrators account for are found by their entry", async () => {
  const [first, second, world] = [await newAdministrator(), await newAdministrator(), await newWorld()];
  const wallet = env.WALLET.getByName(world.studio);
  const made = await (await first.post("/api/v1/admin/grants", { studio: world.studio, bucket: "promo", credits: 7, reason: "a present" })).json<{ id: string }>();
  await second.post(`/api/v1/admin/proposals/${made.id}/approve`);
  await projected(world.studio);
  expect(await unexplained(world)).toEqual([]);
  await wallet.grant({ key: "by hand", bucket: "promo", credits: 1_000, expiresAt: null, reason: "because", ref: "x" });
  await wallet.clawBack({ key: "proposal:prop_nobody", credits: 3, reason: "because", ref: "x" });
  await projected(world.studio);
  expect(await unexplained(world)).toEqual([["by hand", 3, 1_000, "nobody can say what it was for"], ["proposal:prop_nobody", 4, 3, "nobody can say what it was for"]]);
  await sql("UPDATE proposals SET state = 'rejected' WHERE id = ?", made.id);
  expect((await unexplained(world)).map(([subject]) => subject)).toContain(`proposal:${made.id}`);
});
