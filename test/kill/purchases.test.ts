import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StripeEmulator } from "../emulators/stripe/emulator.ts";
import { serveStripe } from "../emulators/stripe/server.ts";
import { buildWorker, System } from "./system.ts";

const FREE = 100;
const PACKS = 10;
const REFUNDED = 125;
/** Milliseconds after a webhook's answer, or after an answer of Stripe's, at which the worker is killed: between the steps that follow. */
const DELAYS = [0, 1, 2, 4, 6, 9, 12, 16, 20, 25, 30, 40, 50, 65, 80, 100];
const KEY = "sk_test_of_the_kill_tests";
const SECRET = "whsec_stripe_secret_of_the_kill_tests";
/** A renewal lies so far ahead at Stripe; the worker's own clock has not come to the end of the first period. */
const RENEWED_MS = 32 * 86_400_000;
const QUIET_MS_MAX = 150_000;

let build = "";
const folders: string[] = [];
beforeAll(() => { build = buildWorker(); });
afterAll(() => { for (const folder of [build, ...folders]) rmSync(folder, { recursive: true, force: true }); });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What of a request names its step: `GET /v1/refunds/:id`. */
const stepOf = ({ method, url }: Request): string => `${method} ${new URL(url).pathname.replace(/\/(cs|in|sub|re|ch|cus|price)_[^/]+/g, "/:id")}`;

/** Kills the worker at each step of Stripe's once before and once after it was done, and at each delay after some step. */
class Killer {
  readonly killed = new Set<string>();
  readonly #delays = [...DELAYS];
  readonly #system: System;
  isBusy = false;

  constructor(system: System, emulator: StripeEmulator) {
    this.#system = system;
    const handle = emulator.handle.bind(emulator);
    emulator.handle = async (request) => {
      const step = stepOf(request);
      if (this.#dies(`${step}, before`)) throw new Error("killed");
      const answer = await handle(request);
      if (this.#dies(`${step}, after`)) throw new Error("killed");
      this.after();
      return answer;
    };
  }

  /** The next of the delays begins now, if none is running. */
  after(): void {
    const delay = this.isBusy ? undefined : this.#delays.shift();
    if (delay === undefined) return;
    this.isBusy = true;
    setTimeout(() => {
      this.#system.kill();
      this.killed.add(`${delay} ms after an answer`);
      this.isBusy = false;
    }, delay);
  }

  get left(): number {
    return this.#delays.length;
  }

  #dies(point: string): boolean {
    if (this.isBusy || this.killed.has(point) || !point.includes("/v1/")) return false;
    this.killed.add(point);
    this.#system.kill();
    return true;
  }
}

interface Wallet { available: number; held: number; debt: number }

test("purchases, renewals and refunds survive a SIGKILL between any two steps: each is granted once, and to the credit", async () => {
  const [stripePort, data] = [await freePort(), mkdtempSync(path.join(tmpdir(), "dailies-stripe-"))];
  folders.push(data);
  const forStripe = { STRIPE_API_BASE: `http://127.0.0.1:${stripePort}`, STRIPE_SECRET_KEY: KEY, STRIPE_WEBHOOK_SECRETS: SECRET };
  Object.assign(process.env, forStripe);
  const system = await System.open(build, 60);
  for (const name of Object.keys(forStripe)) Reflect.deleteProperty(process.env, name);
  const { emulator, close } = await serveStripe({ host: "127.0.0.1", port: stripePort, dataDir: data, webhookUrl: `${system.origin}/api/webhooks/stripe`, secrets: [SECRET], key: KEY });
  const retry = setInterval(() => void emulator.deliverPending({ early: true, times: 2, shuffled: true }).catch(() => undefined), 300);
  try {
    await system.newProject("INT. ROOM - DAY\n\nA chair.\n");
    const killer = new Killer(system, emulator);
    const buy = async (body: object, key: string): Promise<string> => {
      const { url } = await system.ask<{ url: string }>("POST", "/api/v1/billing/checkout", body, { "idempotency-key": key });
      return new URL(url).pathname.split("/").at(-1) ?? "";
    };
    emulator.pay(await buy({ plan: "creator_starter" }, "plan"));
    for (let count = 0; count < PACKS; count += 1) {
      emulator.pay(await buy({ pack: "credits_500" }, `pack-${count}`));
      const charge = emulator.account.all("charge").at(-1);
      if (charge) emulator.refund(charge.id, REFUNDED);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    emulator.tick(Date.now() + RENEWED_MS);
    const expected = FREE + 2 * 500 + PACKS * (500 - REFUNDED);
    const began = Date.now();
    let wallet: Wallet = { available: 0, held: 0, debt: 0 };
    while (wallet.available !== expected || killer.left > 0 || killer.isBusy) {
      if (Date.now() - began > QUIET_MS_MAX) break;
      wallet = await system.ask<Wallet>("GET", "/api/v1/wallet");
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    console.log(JSON.stringify({ kills: killer.killed.size, at: [...killer.killed].toSorted(), seconds: Math.round((Date.now() - began) / 1_000) }));
    expect(wallet).toMatchObject({ available: expected, held: 0, debt: 0 });
    expect(killer.killed.size).toBeGreaterThan(DELAYS.length + 8);
    expect([emulator.account.all("customer").length, emulator.account.all("checkout.session").length, emulator.account.all("price").length]).toEqual([1, PACKS + 1, 2]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await system.stop();
    const rows = system.rows();
    expect(rows("SELECT kind, state, count(*) AS count, sum(credits) AS credits FROM grants GROUP BY kind, state ORDER BY kind")).toEqual([
      { kind: "pack", state: "done", count: PACKS, credits: PACKS * 500 }, { kind: "period", state: "done", count: 2, credits: 1_000 }, { kind: "refund", state: "done", count: PACKS, credits: -PACKS * REFUNDED },
    ]);
    expect(rows("SELECT kind, count(*) AS count, sum(available) AS available FROM wallet_entries WHERE kind IN ('grant', 'claw_back') GROUP BY kind ORDER BY kind")).toEqual([
      { kind: "claw_back", count: PACKS, available: -PACKS * REFUNDED }, { kind: "grant", count: PACKS + 3, available: FREE + 1_000 + PACKS * 500 },
    ]);
    expect(rows("SELECT id, detail FROM findings")).toEqual([]);
  } finally {
    clearInterval(retry);
    await close();
    await system.close();
  }
}, 600_000);
