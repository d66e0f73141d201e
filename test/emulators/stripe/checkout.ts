import type Stripe from "stripe";
import { Account, decimal, idOf, listOf, type Order, unexpected } from "./account.ts";
import { createPrice, nameOf, rhythmOf } from "./catalog.ts";
import { page } from "./lists.ts";
import type { Route } from "./routes.ts";
import { Input, invalid } from "./wire.ts";

const SESSION = [
  "allow_promotion_codes", "automatic_tax", "billing_address_collection", "cancel_url", "client_reference_id", "consent_collection", "currency", "customer", "customer_creation", "customer_email", "customer_update", "custom_text", "expires_at", "invoice_creation", "line_items", "locale",
  "allowed_payment_method_types", "excluded_payment_method_types", "metadata", "mode", "payment_intent_data", "payment_method_collection", "payment_method_configuration", "payment_method_options", "phone_number_collection", "saved_payment_method_options", "submit_type", "subscription_data", "success_url", "tax_id_collection", "ui_mode", "origin_context",
];
const LINE = ["adjustable_quantity", "metadata", "price", "price_data", "quantity", "tax_rates"];
const DAY_S = 86_400;

function createSession(account: Account, input: Input): Stripe.Checkout.Session {
  const mode = input.oneOf("mode", ["payment", "subscription", "setup"]) ?? input.required("mode");
  if (mode === "setup") throw invalid("The emulator has no setup mode.", "mode");
  const [success, cancel] = [address(input, "success_url", true), address(input, "cancel_url", false)];
  const customer = input.text("customer");
  if (customer !== null) account.get("customer", customer, "customer");
  if (customer !== null && input.text("customer_email") !== null) throw invalid("You may only specify one of these parameters: customer, customer_email.", "customer_email", "parameters_exclusive");
  refuseOfOtherMode(input, mode);
  const created = account.seconds(customer);
  const expires = input.integer("expires_at") ?? created + DAY_S;
  if (expires < created + 1_800 || expires > created + DAY_S) throw invalid("The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.", "expires_at");
  const order = orderOf(account, input, mode);
  const isTaxed = input.map("automatic_tax")?.flag("enabled") === true;
  const subtotal = order.lines.reduce((sum, { amount_subtotal }) => sum + amount_subtotal, 0);
  const tax = isTaxed ? Math.round((subtotal * (account.options.taxPercent ?? 0)) / 100) : 0;
  const invoicing = input.map("invoice_creation")?.flag("enabled") ?? null;
  const id = account.newId("cs_test_", 58);
  const session = account.add("checkout.session", {
    id, object: "checkout.session", adaptive_pricing: mode === "payment" ? { enabled: false } : null, after_expiration: null, allow_promotion_codes: input.flag("allow_promotion_codes"), allowed_payment_method_types: null, amount_subtotal: subtotal, amount_total: subtotal + tax,
    automatic_tax: { enabled: isTaxed, liability: isTaxed ? { type: "self" } : null, provider: isTaxed ? "stripe" : null, status: isTaxed ? "requires_location_inputs" : null }, billing_address_collection: input.text("billing_address_collection"), cancel_url: cancel, client_reference_id: input.text("client_reference_id"), client_secret: null,
    collected_information: null, consent: null, consent_collection: null, created, currency: order.lines[0]?.currency ?? "usd", currency_conversion: null, custom_fields: [], custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null }, customer, customer_account: null,
    customer_creation: customer === null ? (input.text("customer_creation") ?? (mode === "subscription" ? "always" : "if_required")) : null, customer_details: customer === null ? null : { address: null, business_name: null, email: account.get("customer", customer).email, individual_name: null, name: null, phone: null, tax_exempt: "none", tax_ids: null },
    customer_email: input.text("customer_email"), discounts: [], expires_at: expires, integration_identifier: null, invoice: null,
    invoice_creation: mode !== "payment" ? null : { enabled: invoicing === true, invoice_data: { account_tax_ids: null, custom_fields: null, description: order.invoice.description, footer: null, issuer: null, metadata: order.invoice.metadata, rendering_options: null } },
    livemode: false, locale: input.text("locale"), managed_payments: null, metadata: input.metadata(), mode, origin_context: null, payment_intent: null, payment_link: null, payment_method_collection: input.text("payment_method_collection") ?? (mode === "subscription" ? "always" : "if_required"), payment_method_configuration_details: null,
    payment_method_options: {}, payment_method_types: ["card"], payment_status: "unpaid", permissions: null, phone_number_collection: { enabled: false }, recovered_from: null, saved_payment_method_options: null, setup_intent: null, shipping_address_collection: null, shipping_cost: null, shipping_options: [], status: "open",
    submit_type: input.text("submit_type"), subscription: null, success_url: success, total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: tax }, ui_mode: "hosted_page", url: `${account.options.origin}/checkout/${id}`, wallet_options: null,
  });
  account.note(id).order = order;
  return session;
}

function address(input: Input, name: string, isRequired: boolean): string | null {
  const value = isRequired ? input.required(name) : input.text(name);
  if (value !== null && !/^https?:\/\/[^\s/]+/.test(value)) throw invalid("Not a valid URL", name, "url_invalid");
  return value;
}

/** What belongs to one mode is refused in the other. */
function refuseOfOtherMode(input: Input, mode: string): void {
  const wrong = (mode === "subscription" ? ["payment_intent_data", "invoice_creation", "customer_creation", "submit_type"] : ["subscription_data"]).find((name) => input.has(name));
  if (wrong !== undefined) throw invalid(`You can not pass \`${wrong}\` in \`${mode}\` mode.`, wrong);
  const uiMode = input.text("ui_mode");
  if (uiMode !== null && uiMode !== "hosted_page") throw invalid("The emulator has hosted pages only.", "ui_mode");
}

function orderOf(account: Account, input: Input, mode: string): Order {
  const [subscription, intent, invoice] = [input.map("subscription_data"), input.map("payment_intent_data"), input.map("invoice_creation")?.map("invoice_data") ?? null];
  subscription?.only(["billing_mode", "description", "invoice_settings", "metadata", "proration_behavior", "trial_end", "trial_period_days", "trial_settings"]);
  intent?.only(["capture_method", "description", "metadata", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix"]);
  return {
    lines: linesOf(account, input, mode),
    subscription: { metadata: subscription?.metadata() ?? {}, description: subscription?.text("description") ?? null, trialEnd: subscription?.integer("trial_end") ?? null, trialDays: subscription?.integer("trial_period_days") ?? null },
    intent: { metadata: intent?.metadata() ?? {}, description: intent?.text("description") ?? null, setup: intent?.text("setup_future_usage") ?? null, email: intent?.text("receipt_email") ?? null },
    invoice: { metadata: invoice?.metadata() ?? {}, description: invoice?.text("description") ?? null },
  };
}

function linesOf(account: Account, input: Input, mode: string): Stripe.LineItem[] {
  const lines = input.maps("line_items");
  if (lines.length === 0) throw invalid("You must pass `line_items` in this mode.", "line_items", "parameter_missing");
  const isTaxed = input.map("automatic_tax")?.flag("enabled") === true;
  const trial = input.map("subscription_data");
  const isFree = trial?.has("trial_end") === true || trial?.has("trial_period_days") === true;
  const made = lines.map((line) => lineOf(account, line, isTaxed, isFree));
  const isRecurring = ({ price }: Stripe.LineItem): boolean => price?.type === "recurring";
  if (mode === "payment" && made.some(isRecurring)) throw invalid("You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.", "line_items");
  if (mode === "subscription" && !made.some(isRecurring)) throw invalid("You must provide at least one recurring price in `subscription` mode when using prices.", "line_items");
  if (new Set(made.map(({ currency }) => currency)).size > 1) throw invalid("All prices must have the same currency.", "line_items");
  return made;
}

function lineOf(account: Account, line: Input, isTaxed: boolean, isTrial: boolean): Stripe.LineItem {
  line.only(LINE);
  const data = line.map("price_data");
  const price = data ? createPrice(account, data) : account.get("price", line.required("price"), line.at("price"));
  if (!price.active) throw invalid(`The price specified is inactive. This field only accepts active prices.`, line.at("price"), "price_inactive");
  if (price.type === "recurring") rhythmOf(price);
  const quantity = line.integer("quantity");
  if (quantity === null || quantity < 1) throw invalid("Quantity is required. Add `quantity` to each of `line_items`.", line.at("quantity"), "parameter_missing");
  const subtotal = isTrial && price.type === "recurring" ? 0 : (price.unit_amount ?? 0) * quantity;
  const tax = isTaxed ? Math.round((subtotal * (account.options.taxPercent ?? 0)) / 100) : 0;
  return { id: account.newId("li_"), object: "item", adjustable_quantity: null, amount_discount: 0, amount_subtotal: subtotal, amount_tax: tax, amount_total: subtotal + tax, currency: price.currency, description: nameOf(account, price), metadata: line.metadata(), price: structuredClone({ ...price, unit_amount_decimal: decimal(price.unit_amount ?? 0) }), quantity };
}

export function expireSession(account: Account, id: string): Stripe.Checkout.Session {
  const session = account.get("checkout.session", id);
  if (session.status !== "open") throw unexpected(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`, "checkout_session_unexpected_state");
  account.change(session, { status: "expired", url: null });
  account.emit("checkout.session.expired", session);
  return session;
}

export const sessionLines = (account: Account, id: string): Stripe.LineItem[] => account.note(id).order?.lines ?? [];

export const checkoutRoutes: Route[] = [
  { method: "POST", path: "/v1/checkout/sessions", accepts: SESSION, answer: createSession },
  {
    method: "GET", path: "/v1/checkout/sessions", accepts: ["customer", "customer_details", "payment_intent", "subscription", "status"], answer: (account, input) => {
      const wanted = (["customer", "payment_intent", "subscription", "status"] as const).map((name) => [name, input.text(name)] as const);
      return page(account.all("checkout.session").filter((session) => wanted.every(([name, value]) => value === null || idOf(session[name]) === value)), input, "/v1/checkout/sessions");
    },
  },
  { method: "GET", path: "/v1/checkout/sessions/:id", answer: (account, _, id) => account.get("checkout.session", id) },
  {
    method: "POST", path: "/v1/checkout/sessions/:id", accepts: ["metadata"], answer: (account, input, id) => {
      const session = account.get("checkout.session", id);
      return account.change(session, { metadata: input.metadata(session.metadata) });
    },
  },
  { method: "POST", path: "/v1/checkout/sessions/:id/expire", answer: (account, _, id) => expireSession(account, id) },
  { method: "GET", path: "/v1/checkout/sessions/:id/line_items", answer: (account, _, id) => (account.get("checkout.session", id), listOf(`/v1/checkout/sessions/${id}/line_items`, sessionLines(account, id))) },
];
