import { Stripe } from "stripe";
import type { Options } from "./emulators/stripe/account.ts";
import { StripeEmulator } from "./emulators/stripe/emulator.ts";

export const SECRET = "whsec_of_the_emulator's_tests";
const KEY = "sk_test_of_the_tests";

/** The official SDK against an emulator of its own, whose time stands still until it is moved. */
export function newStripe(options: Partial<Options> = {}) {
  const clock = { now: Date.UTC(2026, 10, 20) };
  const received: { body: string; signature: string }[] = [];
  const emulator = new StripeEmulator({
    origin: "https://stripe.example", key: KEY, webhookUrl: "https://dailies.example/api/webhooks/stripe", webhookSecrets: [SECRET], now: () => clock.now, seed: 7,
    deliver: async (_, init) => {
      received.push({ body: String(init.body), signature: new Headers(init.headers).get("stripe-signature") ?? "" });
      return new Response(null, { status: 200 });
    },
    ...options,
  });
  const network = (async (input, init) => emulator.handle(new Request(input as RequestInfo, init))) as typeof fetch;
  const client = (config: Stripe.StripeConfig = {}, key = KEY) => new Stripe(key, { host: "stripe.example", httpClient: Stripe.createFetchHttpClient(network), maxNetworkRetries: 0, ...config });
  const stripe = client();
  return { emulator, stripe, client, network, clock, received, verify: (delivery: { body: string; signature: string }, secret = SECRET) => stripe.webhooks.constructEventAsync(delivery.body, delivery.signature, secret, undefined, Stripe.createSubtleCryptoProvider(), clock.now) };
}

export type TestStripe = ReturnType<typeof newStripe>;

/** An account with two plans and a pack. */
export async function withCatalogue(options: Partial<Options> = {}) {
  const world = newStripe(options);
  const { stripe } = world;
  const monthly = async (name: string, unit_amount: number) => stripe.prices.create({ currency: "usd", unit_amount, recurring: { interval: "month" }, lookup_key: name, product_data: { name } });
  const pack = await stripe.prices.create({ currency: "usd", unit_amount: 2_500, lookup_key: "pack", product_data: { name: "Pack" } });
  return { ...world, starter: await monthly("starter", 1_000), pro: await monthly("pro", 2_000), agency: await monthly("agency", 10_000), pack };
}

/** A customer who has bought a plan on the hosted page. */
export async function subscribed(options: Partial<Options> & { at?: number } = {}) {
  const world = await withCatalogue(options);
  if (options.at !== undefined) world.clock.now = options.at;
  const { stripe, emulator } = world;
  const customer = await stripe.customers.create({ email: "maker@example.com", metadata: { studio: "std_1" } });
  const session = await stripe.checkout.sessions.create({ mode: "subscription", customer: customer.id, line_items: [{ price: world.starter.id, quantity: 1 }], success_url: "https://dailies.example/done", subscription_data: { metadata: { studio: "std_1" } } });
  const { subscription } = emulator.pay(session.id);
  const id = String(subscription);
  const read = () => stripe.subscriptions.retrieve(id);
  const item = async () => {
    const first = (await read()).items.data[0];
    if (!first) throw new Error("the subscription has no item");
    return first;
  };
  return { ...world, customer, session, id, read, item, invoices: async () => (await stripe.invoices.list({ subscription: id, limit: 100 })).data };
}

/** Types of the events since the last call. */
export function listener({ emulator }: { emulator: StripeEmulator }): () => string[] {
  let heard = emulator.events.length;
  return () => {
    const types = emulator.events.slice(heard).map(({ type }) => type);
    heard = emulator.events.length;
    return types;
  };
}
