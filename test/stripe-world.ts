import { vi } from "vitest";
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { systemCtx } from "../worker/core/context.ts";
import { openDb } from "../worker/core/db.ts";
import { settings } from "../worker/core/env.ts";
import { deliver } from "../worker/core/relay.ts";
import type { PackCode, PlanCode } from "../worker/domains/credits/index.ts";
import worker from "../worker/index.ts";
import { subscriptions } from "../worker/subscriptions.ts";
import { StripeEmulator } from "./emulators/stripe/emulator.ts";
import { newWorld, type World } from "./world.ts";

const secretsOf = (text: string | undefined): string[] => (text ?? "").split(",").filter((secret) => secret !== "");

/** A Stripe account of its own, whose webhooks come to the worker. */
export function newStripe(webhooks: "sent" | "none" = "sent"): StripeEmulator {
  const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS, STRIPE_API_BASE, APP_ORIGIN } = settings(env);
  return new StripeEmulator({
    origin: new URL(STRIPE_API_BASE ?? "").origin, key: STRIPE_SECRET_KEY ?? "", webhookUrl: webhooks === "sent" ? `${APP_ORIGIN}/api/webhooks/stripe` : null, webhookSecrets: secretsOf(STRIPE_WEBHOOK_SECRETS),
    now: () => Date.now(), deliver: (url, init) => exports.default.fetch(new Request(url, init)),
  });
}

export interface CheckoutWire { id: string; url: string; status: string; plan: string | null; pack: string | null; credits: number | null }
export interface BillingWire {
  plan: PlanCode; available: boolean; isTest: boolean; complete: boolean; actions: string[]; entitlements: string[];
  subscription: { plan: PlanCode; status: string; periodStartAt: string; periodEndAt: string; cancelAt: string | null; pendingPlan: string | null; pendingAt: string | null; graceUntil: string | null; problem: { code: string; payUrl: string | null } | null } | null;
  nextInvoice: { amountCents: number; at: string } | null;
  quotas: { quota: string; limit: number; unlimited: boolean; used: number | null }[];
  topUp: { enabled: boolean; spentCents: number; pending: boolean; offReason: string | null };
}
export interface GrantWire { key: string; kind: string; credits: number; amount_cents: number; state: string; command: string | null }
export interface LotWire { bucket: string; credits: number; expiresAt: string | null }

/** A person with a studio, and the Stripe account in which they pay. */
export interface BillingWorld extends World {
  stripe: StripeEmulator;
  checkout(what: { plan: PlanCode } | { pack: PackCode }, key?: string): Promise<CheckoutWire>;
  /** Stripe's id of a page. */
  sessionOf(checkout: CheckoutWire): string;
  /** Buys a plan or a pack, and waits until its credits are there. */
  buy(what: { plan: PlanCode } | { pack: PackCode }, card?: "ok" | "async"): Promise<CheckoutWire>;
  billing(): Promise<BillingWire>;
  /** Lets Stripe's news come and everything be done about it. */
  settle(weather?: Parameters<StripeEmulator["deliverPending"]>[0]): Promise<void>;
  /** What payments did to the wallet, as it is written down. */
  grants(): Promise<GrantWire[]>;
  /** What came into the wallet, from the wallet's own log. */
  lots(): Promise<LotWire[]>;
  /** What the wallet has, without the free plan's credits. */
  bought(): Promise<{ subscription: number; purchased: number; debt: number }>;
  customer(): Promise<string>;
  /** The charges of the customer, the oldest first. */
  charges(): { id: string; amount: number; payment_intent: string | null }[];
}

const OVER_TRIES = 60;
let movedMs = 0;

/** Moves the time of the worker, its wallets and Stripe. */
export function moveTime(to: number): void {
  movedMs += to - Date.now();
}

/** What was made in another account is of no use in this one, and nobody must ask this one about it. */
export const forgetAccount = (): Promise<unknown> => env.DB.batch([
  env.DB.prepare("DELETE FROM stripe_prices"),
  env.DB.prepare("UPDATE subscriptions SET subscription = NULL"),
  env.DB.prepare("UPDATE checkouts SET state = 'expired' WHERE state <> 'complete'"),
  env.DB.prepare("UPDATE top_up_charges SET state = 'failed' WHERE state = 'pending'"),
  env.DB.prepare("UPDATE stripe_events SET handled_at = 0 WHERE handled_at IS NULL"),
]);

/** Requests to Stripe go to this account, and time is where `moveTime` put it. */
export function useStripe(stripe: StripeEmulator): void {
  vi.restoreAllMocks();
  movedMs = 0;
  const realNow = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => realNow() + movedMs);
  const real = globalThis.fetch;
  const { origin } = new URL(settings(env).STRIPE_API_BASE ?? "");
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input as RequestInfo, init);
    return new URL(request.url).origin === origin ? stripe.handle(request) : real(request);
  });
}

const ctxOf = () => systemCtx(env, openDb(env), "test", () => undefined);

/** Delivers every event that is not heard by all yet, as queue and sweep would. True where nothing was left to do. */
export async function deliverEvents(): Promise<boolean> {
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE sent_at IS NULL ORDER BY at, rowid LIMIT 200").all<{ id: string }>();
  for (const { id } of results) await deliver(ctxOf(), id, subscriptions);
  return results.length === 0;
}

export async function runMinute(): Promise<void> {
  const execution = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron: "* * * * *" }), env, execution);
  await waitOnExecutionContext(execution);
}

export async function ok<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.json<T>();
}

export const problemOf = async (answer: Response) => ({ status: answer.status, ...(await answer.json<Record<string, unknown>>()) }) as { status: number; code: string; detail: string } & Record<string, unknown>;

/** `broke`: without the free plan's credits, so that only what was paid for is counted. */
export async function newBillingWorld({ broke = false, stripe = newStripe() }: { broke?: boolean; stripe?: StripeEmulator } = {}): Promise<BillingWorld> {
  useStripe(stripe);
  await forgetAccount();
  const world = await newWorld();
  const wallet = env.WALLET.getByName(world.studio);
  if (broke) await wallet.clawBack({ key: "test", credits: (await wallet.balance()).available, reason: "test", ref: "test" });
  const self: BillingWorld = {
    ...world, stripe,
    checkout: async (what, key) => ok(await world.post("/api/v1/billing/checkout", what, key === undefined ? {} : { "idempotency-key": key })),
    sessionOf: ({ url }) => new URL(url).pathname.split("/").at(-1) ?? "",
    buy: async (what, card = "ok") => {
      const checkout = await self.checkout(what);
      stripe.pay(self.sessionOf(checkout), { card });
      await self.settle();
      return checkout;
    },
    billing: async () => ok(await world.get("/api/v1/billing")),
    settle: async (weather) => {
      for (let tries = 0; tries < OVER_TRIES; tries += 1) {
        const sent = await stripe.deliverPending(weather);
        if ((await deliverEvents()) && sent.length === 0) return;
      }
      throw new Error("there is no end of news");
    },
    grants: async () => (await env.DB.prepare("SELECT key, kind, credits, amount_cents, state, command FROM grants WHERE studio = ? ORDER BY rowid").bind(world.studio).all<GrantWire>()).results,
    lots: async () => {
      const entries = await wallet.entries({ after: 0, limit: 1_000 });
      return entries.flatMap(({ body }) => {
        const entry = JSON.parse(body) as { kind: string; reason: string; lots: { bucket: string; expiresAt: number | null }[]; postings: { account: string; credits: number }[] };
        const granted = entry.postings.find(({ account }) => account === "granted");
        return entry.kind === "grant" && granted && entry.reason !== "free plan" ? entry.lots.map(({ bucket, expiresAt }) => ({ bucket, credits: -granted.credits, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() })) : [];
      });
    },
    bought: async () => {
      const { buckets, debt } = await wallet.balance();
      const of = (name: string) => buckets.find(({ bucket }) => bucket === name)?.available ?? 0;
      return { subscription: of("subscription"), purchased: of("purchased"), debt };
    },
    customer: async () => (await env.DB.prepare("SELECT customer FROM subscriptions WHERE studio = ?").bind(world.studio).first<{ customer: string }>())?.customer ?? "",
    charges: () => stripe.account.all("charge").map(({ id, amount, payment_intent }) => ({ id, amount, payment_intent: typeof payment_intent === "string" ? payment_intent : null })),
  };
  return self;
}
