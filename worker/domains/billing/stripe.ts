/** The only file that imports Stripe's SDK: how Stripe is reached, how its signatures are checked, and what its failures mean to a caller. */
import { Stripe } from "stripe";
import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { settings } from "#core/env.ts";
import { logLine } from "#core/log.ts";

export type { Stripe };

const API_VERSION = "2026-10-28.endive";
const TIMEOUT_MS = 20_000;
const RETRIES = 2;

/** Whether anything is sold here, and with which money. */
export function standingOfStripe(ctx: Ctx): { available: boolean; isTest: boolean } {
  const { STRIPE_SECRET_KEY: key } = settings(ctx.env);
  return { available: key !== undefined, isTest: key?.includes("_test_") ?? false };
}

/** What we ask of Stripe: the rest of its SDK is not in the worker's bundle (stand-ins.json). */
export type StripeApi = Pick<Stripe,
  "balanceTransactions" | "billingPortal" | "checkout" | "customers" | "disputes" | "invoiceItems" | "invoicePayments" | "invoices" | "prices" | "refunds" | "subscriptions" | "subscriptionSchedules">;

/** Stripe, reached through the context's network. Throws `billing.unavailable` where no key is set. */
export function stripeOf(ctx: Ctx): StripeApi {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_BASE: base } = settings(ctx.env);
  if (!key) throw new AppError("billing.unavailable", "No payment provider is set up here, so nothing can be bought. The owner of this installation sets STRIPE_SECRET_KEY.");
  return new Stripe(key, {
    apiVersion: API_VERSION, maxNetworkRetries: RETRIES, timeout: TIMEOUT_MS, telemetry: false,
    httpClient: Stripe.createFetchHttpClient((input: RequestInfo | URL, init?: RequestInit) => ctx.fetch(input instanceof URL ? input.href : input, init)),
    ...(base ? addressOf(new URL(base)) : {}),
  });
}

const addressOf = ({ protocol, hostname, port }: URL) =>
  (protocol === "http:" ? { protocol: "http" as const, host: hostname, port: port || 80 } : { protocol: "https" as const, host: hostname, port: port || 443 });

const { StripeError, StripeCardError, StripeInvalidRequestError, StripeIdempotencyError, StripeConnectionError, StripeRateLimitError, StripeAPIError, StripeAuthenticationError, StripePermissionError } = Stripe.errors;
/** Failures that say nothing about what was asked: no answer, too much at once, a fault of Stripe's, a key that is not ours any more. */
const SILENT = [StripeConnectionError, StripeRateLimitError, StripeAPIError, StripeIdempotencyError, StripeAuthenticationError, StripePermissionError];

/** What a caller asks of Stripe: an answer that does not come is a 503 that says so. Whatever was begun is found again by its key. */
export async function asked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StripeIdempotencyError && error.statusCode === 400) throw new AppError("request.key_reused", "Something else was begun under this Idempotency-Key. Send a new one.", {}, { cause: error });
    if (error instanceof StripeError && SILENT.some((kind) => error instanceof kind)) {
      logLine({ evt: "stripe.failed", type: error.type, status: error.statusCode, requestId: error.requestId });
      throw new AppError("billing.unavailable", "Stripe does not answer just now. Nothing is lost and nothing is charged twice: send the same request again in a moment.", { retryAfterSeconds: 5 }, { cause: error });
    }
    throw error;
  }
}

/** Whether Stripe says that the card was refused, or that its owner must confirm the payment. */
export const isDeclined = (error: unknown): boolean => error instanceof StripeCardError;

/** Whether Stripe knows no such object. */
export const isMissing = (error: unknown): boolean => error instanceof StripeInvalidRequestError && error.code === "resource_missing";

/** Whether Stripe refused because the object is not in a state for it. */
export const isRefused = (error: unknown): boolean => error instanceof StripeInvalidRequestError;

/** Why Stripe refused, in words that a customer may read. */
export const reasonOf = (error: unknown): string => (error instanceof StripeError ? error.message : "The payment did not go through.");

/** The ids in an event; what happened is read from Stripe again, so the event's own copy, of whatever version, does not matter. */
export interface StripeNews {
  id: string;
  type: string;
  object: string;
  apiVersion: string | null;
  account: string | null;
  isTest: boolean;
}

/** The event in a webhook's raw body, if one of our secrets signed it just now; otherwise null. */
export async function verifiedNews(ctx: Ctx, { rawBody, signature }: { rawBody: string; signature: string }): Promise<StripeNews | null> {
  const secrets = (settings(ctx.env).STRIPE_WEBHOOK_SECRETS ?? "").split(",").map((secret) => secret.trim()).filter((secret) => secret !== "");
  for (const secret of secrets) {
    const event = await Stripe.webhooks.constructEventAsync(rawBody, signature, secret, undefined, Stripe.createSubtleCryptoProvider(), ctx.now()).catch(() => null);
    if (!event) continue;
    const object: unknown = Reflect.get(event.data?.object ?? {}, "id");
    if (typeof event.id !== "string" || typeof event.type !== "string" || typeof object !== "string") return null;
    return { id: event.id, type: event.type, object, apiVersion: event.api_version ?? null, account: event.account ?? null, isTest: !event.livemode };
  }
  return null;
}

/** The id of something that Stripe gives as an id or as the thing itself. */
export const idOf = (value: string | { id: string } | null | undefined): string | null => (typeof value === "string" ? value : (value?.id ?? null));

export const fromSeconds = (seconds: number): number => seconds * 1_000;
export const toSeconds = (ms: number): number => Math.floor(ms / 1_000);
