import type Stripe from "stripe";
import { Account, idOf } from "./account.ts";
import { page } from "./lists.ts";
import type { Route } from "./routes.ts";
import { endsAt, goesOn, periodOf } from "./subscription.ts";
import { refuseIfScheduled } from "./subscription-updates.ts";
import { Input, invalid } from "./wire.ts";

const PATH = "/v1/billing_portal";
const FLOWS = ["payment_method_update", "subscription_cancel", "subscription_update", "subscription_update_confirm"] as const;

function createSession(account: Account, input: Input): Stripe.BillingPortal.Session {
  const customer = account.get("customer", input.required("customer"), "customer").id;
  const back = input.text("return_url");
  if (back !== null && !/^https?:\/\/[^\s/]+/.test(back)) throw invalid("Not a valid URL", "return_url", "url_invalid");
  const named = input.text("configuration");
  const configuration = named === null ? defaultConfiguration(account) : account.get("billing_portal.configuration", named, "configuration");
  const id = account.newId("bps_");
  const flow = input.map("flow_data")?.oneOf("type", FLOWS) ?? null;
  return account.add("billing_portal.session", {
    id, object: "billing_portal.session", configuration: configuration.id, created: account.seconds(customer), customer, customer_account: null, livemode: false, locale: input.text("locale"), on_behalf_of: null, return_url: back, url: `${account.options.origin}/portal/${id}`,
    flow: flow && ({ after_completion: { hosted_confirmation: null, redirect: null, type: "portal_homepage" }, subscription_cancel: null, subscription_pause: null, subscription_update: null, subscription_update_confirm: null, type: flow } as unknown as Stripe.BillingPortal.Session.Flow),
  });
}

function createConfiguration(account: Account, input: Input | null, isDefault: boolean): Stripe.BillingPortal.Configuration {
  const created = account.seconds();
  const id = account.newId("bpc_");
  const profile = input?.map("business_profile") ?? null;
  return account.add("billing_portal.configuration", {
    id, object: "billing_portal.configuration", active: true, application: null, business_profile: { headline: profile?.text("headline") ?? null, privacy_policy_url: profile?.text("privacy_policy_url") ?? null, terms_of_service_url: profile?.text("terms_of_service_url") ?? null }, created, default_return_url: input?.text("default_return_url") ?? null,
    features: {
      customer_update: { allowed_updates: [], enabled: false }, invoice_history: { enabled: true }, payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: { cancellation_reason: { enabled: false, options: [] }, enabled: true, mode: "at_period_end", proration_behavior: "none" }, subscription_update: { billing_cycle_anchor: null, default_allowed_updates: [], enabled: false, proration_behavior: "none", schedule_at_period_end: { conditions: [] }, trial_update_behavior: "end_trial" },
    } as unknown as Stripe.BillingPortal.Configuration.Features,
    is_default: isDefault, livemode: false, login_page: { enabled: false, url: null }, metadata: input?.metadata() ?? {}, name: input?.text("name") ?? null, updated: created,
  });
}

const defaultConfiguration = (account: Account): Stripe.BillingPortal.Configuration => account.all("billing_portal.configuration").find(({ is_default }) => is_default) ?? createConfiguration(account, null, true);

/** As the portal does it in flexible billing mode: by a date, not by `cancel_at_period_end`. */
export function cancelInPortal(account: Account, subscription: Stripe.Subscription): void {
  refuseIfScheduled(subscription);
  account.change(subscription, { ...endsAt(periodOf(subscription).end, account.seconds(idOf(subscription.customer))), cancel_at_period_end: false }, "customer.subscription.updated");
}

export function resumeInPortal(account: Account, subscription: Stripe.Subscription): void {
  refuseIfScheduled(subscription);
  account.change(subscription, goesOn, "customer.subscription.updated");
}

export const portalRoutes: Route[] = [
  { method: "POST", path: `${PATH}/sessions`, accepts: ["configuration", "customer", "flow_data", "locale", "return_url"], answer: createSession },
  { method: "POST", path: `${PATH}/configurations`, accepts: ["business_profile", "default_return_url", "features", "login_page", "metadata", "name"], answer: (account, input) => createConfiguration(account, input, false) },
  { method: "GET", path: `${PATH}/configurations`, accepts: ["active", "is_default"], answer: (account, input) => page(account.all("billing_portal.configuration").filter(({ is_default }) => (input.flag("is_default") ?? is_default) === is_default), input, `${PATH}/configurations`) },
  { method: "GET", path: `${PATH}/configurations/:id`, answer: (account, _, id) => account.get("billing_portal.configuration", id) },
];
