import type Stripe from "stripe";
import { Account, type Card, idOf, listOf } from "./account.ts";
import { page } from "./lists.ts";
import type { Route } from "./routes.ts";
import { endSubscription } from "./subscription.ts";
import { Input, invalid, StripeProblem } from "./wire.ts";

const CUSTOMER = ["address", "balance", "description", "email", "invoice_settings", "metadata", "name", "phone", "preferred_locales", "shipping", "tax", "tax_exempt"];

export function createCustomer(account: Account, { email, name, metadata = {}, description = null, clock = null, phone = null, address = null }: {
  email: string | null; name: string | null; metadata?: Record<string, string>; description?: string | null; clock?: string | null; phone?: string | null; address?: Stripe.Address | null;
}): Stripe.Customer {
  const id = account.newId("cus_", 14);
  const created = clock === null ? account.seconds() : account.get("test_helpers.test_clock", clock, "test_clock").frozen_time;
  const customer = account.add("customer", {
    id, object: "customer", address, balance: 0, created, currency: null, customer_account: null, default_source: null, delinquent: false, description, discount: null, email,
    invoice_prefix: account.newId("", 8).toUpperCase(), invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null }, livemode: false, metadata, name,
    next_invoice_sequence: 1, phone, preferred_locales: [], shipping: null, tax_exempt: "none", test_clock: clock,
  });
  account.emit("customer.created", customer);
  return customer;
}

function updateCustomer(account: Account, input: Input, id: string): Stripe.Customer {
  const customer = account.get("customer", id);
  const settings = input.map("invoice_settings");
  const card = settings?.text("default_payment_method") ?? null;
  if (card !== null && idOf(account.get("payment_method", card, "invoice_settings[default_payment_method]").customer) !== id) {
    throw invalid("The customer does not have a payment method with the ID " + card + ". The payment method must be attached to the customer.", "invoice_settings[default_payment_method]", "resource_missing");
  }
  const texts = Object.fromEntries(["description", "email", "name", "phone"].flatMap((name) => (input.has(name) ? [[name, input.text(name)]] : [])));
  return account.change(customer, {
    ...texts, metadata: input.metadata(customer.metadata), balance: input.integer("balance") ?? customer.balance, ...(input.has("address") ? { address: addressOf(input.map("address")) } : {}),
    ...(settings?.has("default_payment_method") === true ? { invoice_settings: { ...customer.invoice_settings, default_payment_method: card } } : {}),
  }, "customer.updated");
}

export function addressOf(input: Input | null): Stripe.Address | null {
  return input && { city: input.text("city"), country: input.text("country"), line1: input.text("line1"), line2: input.text("line2"), postal_code: input.text("postal_code"), state: input.text("state") };
}

const CARDS: Record<Card, { brand: string; last4: string }> = { ok: { brand: "visa", last4: "4242" }, declined: { brand: "visa", last4: "0341" }, async: { brand: "us_bank_account", last4: "6789" } };

/** A card of Stripe's test cards, or a bank account whose debits take days. */
export function createPaymentMethod(account: Account, card: Card, customer: string | null, email: string | null = null): Stripe.PaymentMethod {
  const { brand, last4 } = CARDS[card];
  const id = account.newId("pm_");
  account.note(id).card = card;
  const method = account.add("payment_method", {
    id, object: "payment_method", allow_redisplay: "unspecified", billing_details: { address: null, email, name: null, phone: null, tax_id: null }, created: account.seconds(customer), customer, customer_account: null, livemode: false, metadata: {},
    type: card === "async" ? "us_bank_account" : "card",
    ...(card === "async"
      ? { us_bank_account: { account_holder_type: "individual", account_type: "checking", bank_name: "STRIPE TEST BANK", financial_connections_account: null, fingerprint: null, last4, networks: null, routing_number: "110000000", status_details: null } }
      : { card: { brand, checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" }, country: "US", display_brand: brand, exp_month: 12, exp_year: 2034, fingerprint: `test${last4}`, funding: "credit", generated_from: null, last4, networks: { available: [brand], preferred: null }, regulated_status: "unregulated", three_d_secure_usage: { supported: true }, wallet: null } }),
  });
  if (customer !== null) account.emit("payment_method.attached", method);
  return method;
}

/** Stripe's names of test cards: those that are declined say so. */
function attach(account: Account, id: string, customer: string): Stripe.PaymentMethod {
  account.get("customer", customer, "customer");
  if (/^pm_card_\w+$/.test(id)) return createPaymentMethod(account, /declined|fail/i.test(id) ? "declined" : "ok", customer);
  const method = account.get("payment_method", id);
  if (method.customer !== null && method.customer !== customer) throw new StripeProblem(400, { message: "The payment method you provided has already been attached to a customer.", code: "payment_method_already_attached" });
  account.change(method, { customer });
  account.emit("payment_method.attached", method);
  return method;
}

/** The card that pays for this: its own, its subscription's, or the customer's. */
export function cardFor(account: Account, { customer, own = null, subscription = null }: { customer: string; own?: string | null; subscription?: Stripe.Subscription | null }): Stripe.PaymentMethod | null {
  const id = own ?? (idOf(subscription?.default_payment_method) || idOf(account.find("customer", customer)?.invoice_settings.default_payment_method));
  return account.find("payment_method", id) ?? null;
}

/** A new card, as the portal takes it: the customer's default, and that of its subscriptions. */
export function setCard(account: Account, customerId: string, card: Card): Stripe.PaymentMethod {
  const customer = account.get("customer", customerId);
  const method = createPaymentMethod(account, card, customerId, customer.email);
  account.change(customer, { invoice_settings: { ...customer.invoice_settings, default_payment_method: method.id } }, "customer.updated");
  for (const subscription of account.all("subscription")) {
    if (subscription.customer === customerId && subscription.default_payment_method !== null && subscription.ended_at === null) account.change(subscription, { default_payment_method: method.id }, "customer.subscription.updated");
  }
  return method;
}

export const customerRoutes: Route[] = [
  {
    method: "POST", path: "/v1/customers", accepts: [...CUSTOMER, "payment_method", "test_clock", "tax_id_data"], answer: (account, input) => {
      const customer = createCustomer(account, { email: input.text("email"), name: input.text("name"), metadata: input.metadata(), description: input.text("description"), clock: input.text("test_clock"), phone: input.text("phone"), address: addressOf(input.map("address")) });
      const method = input.text("payment_method");
      const attached = method === null ? null : attach(account, method, customer.id).id;
      const settings = input.map("invoice_settings")?.text("default_payment_method") ?? null;
      if (settings !== null) customer.invoice_settings.default_payment_method = settings === method ? attached : settings;
      return customer;
    },
  },
  {
    method: "GET", path: "/v1/customers", accepts: ["email", "test_clock"], answer: (account, input) =>
      page(account.all("customer").filter(({ email, test_clock }) => (input.text("email") ?? email) === email && (input.text("test_clock") ?? test_clock) === test_clock), input, "/v1/customers"),
  },
  // A deleted customer is answered, and says so.
  { method: "GET", path: "/v1/customers/:id", answer: (account, _, id) => (account.note(id).deleted === true ? { id, object: "customer", deleted: true } : account.get("customer", id)) },
  { method: "POST", path: "/v1/customers/:id", accepts: [...CUSTOMER, "default_source"], answer: updateCustomer },
  {
    method: "DELETE", path: "/v1/customers/:id", answer: (account, _, id) => {
      const customer = account.get("customer", id);
      for (const subscription of account.all("subscription")) if (subscription.customer === id && subscription.ended_at === null) endSubscription(account, subscription);
      account.emit("customer.deleted", customer);
      account.remove("customer", id);
      account.note(id).deleted = true;
      return { id, object: "customer", deleted: true };
    },
  },
  {
    method: "GET", path: "/v1/customers/:id/payment_methods", accepts: ["type"], answer: (account, input, id) =>
      page(account.all("payment_method").filter(({ customer }) => customer === id), input, `/v1/customers/${id}/payment_methods`),
  },
  {
    method: "GET", path: "/v1/payment_methods", accepts: ["customer", "type"], answer: (account, input) => {
      const [customer, type] = [input.text("customer"), input.text("type")];
      return customer === null ? listOf("/v1/payment_methods", []) : page(account.all("payment_method").filter((method) => method.customer === customer && (type === null || method.type === type)), input, "/v1/payment_methods");
    },
  },
  { method: "GET", path: "/v1/payment_methods/:id", answer: (account, _, id) => account.get("payment_method", id) },
  { method: "POST", path: "/v1/payment_methods/:id/attach", accepts: ["customer"], answer: (account, input, id) => attach(account, id, input.required("customer")) },
  {
    method: "POST", path: "/v1/payment_methods/:id/detach", answer: (account, _, id) => {
      const method = account.get("payment_method", id);
      const previous = { customer: method.customer };
      account.change(method, { customer: null });
      account.emit("payment_method.detached", method, previous);
      return method;
    },
  },
];
