/**
 * An emulator of the part of Stripe that the platform uses, at API version 2026-10-28.endive, made of web APIs only. The official SDK and
 * the platform's billing run against it unchanged. What the buyer, the bank and time do are methods.
 */
import type Stripe from "stripe";
import { Account, API_VERSION, type Card, type Options } from "./account.ts";
import { catalogRoutes } from "./catalog.ts";
import { checkoutRoutes, expireSession } from "./checkout.ts";
import { completeAsync, paySession } from "./checkout-payment.ts";
import { customerRoutes, setCard } from "./customers.ts";
import { closeDispute, dispute, disputeRoutes } from "./disputes.ts";
import { expanded } from "./expand.ts";
import { type Fault, failing, take } from "./faults.ts";
import { keep, replayed } from "./idempotency.ts";
import { eventRoutes, invoiceRoutes } from "./invoice-routes.ts";
import { PAGING } from "./lists.ts";
import { hosted } from "./hosted.ts";
import { paymentRoutes } from "./payments.ts";
import { isDue, pass } from "./passing-time.ts";
import { portalRoutes } from "./portal.ts";
import { previewRoutes } from "./previews.ts";
import { refund, refundRoutes, settleRefund } from "./refunds.ts";
import { match, type Route } from "./routes.ts";
import { scheduleRoutes } from "./schedules.ts";
import { subscriptionRoutes } from "./subscriptions.ts";
import { testClockRoutes } from "./test-clocks.ts";
import { inVersion } from "./versions.ts";
import { deliver, type Delivered, signed, type Weather } from "./webhooks.ts";
import { parseForm, StripeProblem } from "./wire.ts";

const ROUTES: Route[] = [
  ...catalogRoutes, ...customerRoutes, ...checkoutRoutes, ...paymentRoutes, ...refundRoutes, ...disputeRoutes, ...subscriptionRoutes, ...previewRoutes, ...invoiceRoutes, ...eventRoutes, ...scheduleRoutes,
  ...portalRoutes, ...testClockRoutes,
];

const REQUESTS_KEPT = 10_000;

export class StripeEmulator {
  readonly options: Options;
  readonly account: Account;
  /** What goes wrong next, first of those that fit. */
  readonly faults: Fault[] = [];
  /** How deliveries go wrong until further notice. */
  weather: Weather = {};
  /** Every request that arrived: method, path, parameters. */
  readonly requests: { method: string; path: string; body: string; key: string | null }[] = [];
  isDown = false;

  constructor(options: Options) {
    this.options = options;
    this.account = new Account(options);
  }

  /** Answers a request, or throws where the network would. */
  async handle(request: Request): Promise<Response> {
    if (this.isDown) throw new TypeError("connect ECONNREFUSED");
    const url = new URL(request.url);
    if (url.pathname.startsWith("/v1/")) return this.#api(request, url);
    const page = await hosted(this, request, url);
    this.account.save();
    return page;
  }

  async #api(request: Request, url: URL): Promise<Response> {
    const body = request.method === "POST" ? new TextDecoder().decode(await request.arrayBuffer()) : url.search.slice(1);
    const key = request.method === "POST" ? request.headers.get("idempotency-key") : null;
    const id = this.account.newId("req_", 14);
    this.requests.push({ method: request.method, path: url.pathname, body, key });
    if (this.requests.length > REQUESTS_KEPT) this.requests.shift();
    const fault = take(this.faults, request.method, url.pathname);
    const headers = { "request-id": id, "stripe-version": request.headers.get("stripe-version") ?? API_VERSION, ...(key === null ? {} : { "idempotency-key": key }) };
    if (fault && fault.does !== "lost" && fault.does !== "slow") return failing(fault, request.signal, headers);
    if (request.headers.get("authorization") !== `Bearer ${this.options.key}`) return answer(problem(unauthenticated(request)), headers);
    try {
      const known = key === null ? null : replayed(this.account, key, url.pathname, body);
      if (known) return answer(known, { ...headers, "idempotent-replayed": "true", "original-request": id });
    } catch (error) {
      return answer(problem(error), headers);
    }
    if (fault?.does === "slow") await fault.until;
    const given = this.#do(request, url.pathname, body, { id, idempotency_key: key });
    if (key !== null) keep(this.account, key, given);
    if (request.method !== "GET") this.account.save();
    if (fault?.does === "lost") throw new TypeError("Network connection lost.");
    return answer(given, headers);
  }

  /** Does one operation, all of it or nothing. */
  #do(request: Request, pathname: string, body: string, of: { id: string; idempotency_key: string | null }): { status: number; body: string } {
    const found = match(ROUTES, request.method, pathname);
    if (!found) return problem(new StripeProblem(404, { message: `Unrecognized request URL (${request.method}: ${pathname}). The emulator does not have it.` }));
    const { account } = this;
    account.request = of;
    try {
      const input = parseForm(body);
      const { route, id } = found;
      input.only([...(route.accepts ?? []), "expand", ...(request.method === "GET" ? PAGING : [])]);
      const result = account.wholly(() => expanded(account, route.answer(account, input, id), input.texts("expand")), request.method !== "GET");
      return { status: 200, body: JSON.stringify(inVersion(account, result, request.headers.get("stripe-version") ?? API_VERSION), null, 2) };
    } catch (error) {
      return problem(error);
    } finally {
      account.request = { id: null, idempotency_key: null };
    }
  }

  /** All events, oldest first. */
  get events(): Stripe.Event[] {
    return this.account.all("event");
  }

  /** The buyer pays on the hosted page: with a card that works, one that is declined, or a debit that clears later. */
  pay(session: string, how: { card: Card; email?: string } = { card: "ok" }): Stripe.Checkout.Session {
    return this.#act(() => paySession(this.account, session, how));
  }

  /** The debit of a session that was paid by "async" clears, or comes back. */
  completeAsync(session: string, outcome: "succeeded" | "failed" = "succeeded"): Stripe.Checkout.Session {
    return this.#act(() => completeAsync(this.account, session, outcome));
  }

  expire(session: string): Stripe.Checkout.Session {
    return this.#act(() => expireSession(this.account, session));
  }

  /** Somebody refunds in the dashboard; without an amount, what is left. */
  refund(charge: string, amount: number | null = null, status: "succeeded" | "pending" = "succeeded"): Stripe.Refund {
    return this.#act(() => refund(this.account, charge, { amount, status }));
  }

  settleRefund(id: string, status: "succeeded" | "failed"): Stripe.Refund {
    return this.#act(() => settleRefund(this.account, id, status));
  }

  dispute(charge: string, how: { amount?: number; inquiry?: boolean; reason?: string } = {}): Stripe.Dispute {
    return this.#act(() => dispute(this.account, charge, how));
  }

  closeDispute(id: string, outcome: "won" | "lost"): Stripe.Dispute {
    return this.#act(() => closeDispute(this.account, id, outcome));
  }

  /** The customer's card from now on. */
  setCard(customer: string, card: Card): Stripe.PaymentMethod {
    return this.#act(() => setCard(this.account, customer, card));
  }

  /** Lets time pass for everything that is on no test clock, up to a moment in milliseconds; without one, up to now. */
  tick(to: number = this.options.now()): void {
    const seconds = Math.floor(to / 1_000);
    const isAhead = to > this.options.now();
    if (!isAhead && !isDue(this.account, null, seconds)) return;
    this.#act(() => {
      pass(this.account, null, seconds);
      if (isAhead) this.account.state.time = Math.max(this.account.state.time, seconds);
    });
  }

  /** Makes an object unknown, while its events are still about. */
  forget(id: string): void {
    for (const objects of Object.values(this.account.state.objects)) objects.delete(id);
  }

  /** Sends what is due. */
  async deliverPending(weather: Weather = {}): Promise<Delivered[]> {
    const delivered = await deliver(this.account, { ...this.weather, ...weather });
    if (delivered.length > 0) this.account.save();
    return delivered;
  }

  /** One delivery of an event, as it would travel, for a test to send itself. */
  delivery(event: Stripe.Event | string, weather: Weather = {}): Promise<RequestInit> {
    return signed(this.account, typeof event === "string" ? this.account.get("event", event) : event, { ...this.weather, ...weather });
  }

  #act<Result>(act: () => Result): Result {
    const result = this.account.wholly(act);
    this.account.save();
    return structuredClone(result);
  }
}

/** An error as an answer. Those of the emulator itself are not hidden. */
function problem(error: unknown): { status: number; body: string } {
  const known = error instanceof StripeProblem ? error : new StripeProblem(500, { message: `The emulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
  return { status: known.status, body: JSON.stringify({ error: known.fields }, null, 2) };
}

function unauthenticated(request: Request): StripeProblem {
  const sent = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? null;
  const message = sent === null ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')." : `Invalid API Key provided: ${sent.slice(0, 8)}${"*".repeat(Math.max(0, sent.length - 12))}${sent.slice(-4)}`;
  return new StripeProblem(401, { message });
}

const answer = ({ status, body }: { status: number; body: string }, headers: Record<string, string>): Response =>
  new Response(body, { status, headers: { "content-type": "application/json", ...headers, ...(status === 409 ? { "stripe-should-retry": "true" } : {}) } });
