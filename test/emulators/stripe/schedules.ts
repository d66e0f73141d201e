import type Stripe from "stripe";
import { Account, idOf, unexpected } from "./account.ts";
import { anchored, type Interval } from "./calendar.ts";
import { rhythmOf } from "./catalog.ts";
import { page } from "./lists.ts";
import type { Change } from "./proration.ts";
import type { Route } from "./routes.ts";
import { endsAt, endSubscription, newItem, periodOf, planOf } from "./subscription.ts";
import { applyChanges, type ProrationBehavior } from "./subscription-updates.ts";
import { Input, invalid } from "./wire.ts";

type Phase = Stripe.SubscriptionSchedule.Phase;
const PRORATIONS = ["always_invoice", "create_prorations", "none"] as const;
const PHASE = ["billing_cycle_anchor", "collection_method", "currency", "default_payment_method", "description", "duration", "end_date", "items", "metadata", "proration_behavior", "start_date"];

/** Takes a subscription over as it is; what comes next is said by an update. */
function createSchedule(account: Account, input: Input): Stripe.SubscriptionSchedule {
  const from = input.text("from_subscription");
  if (from === null) throw invalid("Schedules of the emulator start from_subscription.", "from_subscription", "parameter_missing");
  const subscription = account.get("subscription", from, "from_subscription");
  if (subscription.schedule !== null) throw unexpected(`You cannot migrate a subscription that is already attached to a schedule: ${idOf(subscription.schedule)}.`, "subscription_schedule_attached", "from_subscription");
  if (subscription.ended_at !== null || subscription.status === "incomplete") throw unexpected(`You cannot migrate a subscription that is ${subscription.status}.`, "subscription_schedule_unexpected_state", "from_subscription");
  const { start, end } = periodOf(subscription);
  const id = account.newId("sub_sched_");
  const schedule = account.add("subscription_schedule", {
    id, object: "subscription_schedule", application: null, billing_mode: subscription.billing_mode, canceled_at: null, completed_at: null, created: account.seconds(idOf(subscription.customer)), current_phase: { start_date: start, end_date: end }, customer: subscription.customer, customer_account: null,
    default_settings: { application_fee_percent: null, automatic_tax: { disabled_reason: null, enabled: subscription.automatic_tax.enabled, liability: null }, billing_cycle_anchor: "automatic", billing_thresholds: null, collection_method: subscription.collection_method, default_payment_method: null, description: null, invoice_settings: { account_tax_ids: null, custom_fields: null, days_until_due: null, description: null, footer: null, issuer: { type: "self" } }, on_behalf_of: null, transfer_data: null },
    // A cancellation that was planned becomes the schedule's own.
    end_behavior: subscription.cancel_at === null ? "release" : "cancel", livemode: false, metadata: input.metadata(), pause_schedules: [], phases: [phaseOf(subscription, subscription.items.data.map((item) => phaseItem(idOf(item.price), item.quantity ?? 1)), start, end)], released_at: null, released_subscription: null, status: "active", subscription: subscription.id, test_clock: subscription.test_clock,
  });
  account.change(subscription, { schedule: id, ...(schedule.end_behavior === "cancel" ? { cancel_at_period_end: false } : {}) }, "customer.subscription.updated");
  account.emit("subscription_schedule.created", schedule);
  return schedule;
}

const phaseItem = (price: string, quantity: number, metadata: Record<string, string> = {}): Phase["items"][number] => ({ billing_thresholds: null, discounts: [], metadata, plan: price, price, quantity, tax_rates: [] });

const phaseOf = ({ currency }: Stripe.Subscription, items: Phase["items"], start: number, end: number, more: Partial<Phase> = {}): Phase => ({
  add_invoice_items: [], application_fee_percent: null, billing_cycle_anchor: null, billing_thresholds: null, collection_method: null, currency, default_payment_method: null, default_tax_rates: [], description: null, discounts: [], end_date: end, invoice_settings: null, items, metadata: {}, on_behalf_of: null, proration_behavior: "create_prorations",
  start_date: start, transfer_data: null, trial_end: null, ...more,
});

function live(account: Account, id: string): { schedule: Stripe.SubscriptionSchedule; subscription: Stripe.Subscription } {
  const schedule = account.get("subscription_schedule", id);
  if (schedule.status !== "active" && schedule.status !== "not_started") throw unexpected(`You cannot change a subscription schedule that is currently in the \`${schedule.status}\` status.`, "subscription_schedule_unexpected_state");
  return { schedule, subscription: account.get("subscription", idOf(schedule.subscription)) };
}

function updateSchedule(account: Account, input: Input, id: string): Stripe.SubscriptionSchedule {
  const { schedule, subscription } = live(account, id);
  const now = account.seconds(idOf(subscription.customer));
  const phases = input.has("phases") ? phasesOf(account, subscription, input.maps("phases"), now) : schedule.phases;
  const current = phases.find(({ start_date, end_date }) => start_date <= now && now < end_date);
  if (!current) throw invalid("The subscription schedule must have a current phase: the first phase has to start with the one that is under way.", "phases");
  account.change(schedule, { phases, metadata: input.metadata(schedule.metadata), end_behavior: input.oneOf("end_behavior", ["cancel", "release"]) ?? schedule.end_behavior, current_phase: { start_date: current.start_date, end_date: current.end_date } }, "subscription_schedule.updated");
  enter(account, subscription, current, now, input.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations");
  const last = phases.at(-1);
  const to = schedule.end_behavior === "cancel" && last ? { ...endsAt(last.end_date, now), cancel_at_period_end: false } : { cancel_at: null, canceled_at: null };
  account.change(subscription, to, "customer.subscription.updated");
  return schedule;
}

function phasesOf(account: Account, subscription: Stripe.Subscription, inputs: Input[], now: number): Phase[] {
  const phases: Phase[] = [];
  for (const [index, input] of inputs.entries()) {
    input.only(PHASE);
    const previous = phases.at(-1);
    const start = input.text("start_date") === "now" ? now : (input.integer("start_date") ?? previous?.end_date);
    if (start === undefined) throw invalid("The first phase needs a start_date.", input.at("start_date"), "parameter_missing");
    if (previous && start !== previous.end_date) throw invalid("Each phase has to start when the one before ends.", input.at("start_date"));
    const items = input.maps("items").map((item) => phaseItem(account.get("price", item.required("price"), item.at("price")).id, item.integer("quantity") ?? 1, item.metadata()));
    if (items.length === 0) throw invalid("Each phase needs items.", input.at("items"), "parameter_missing");
    const end = endOf(account, input, start, items, index === inputs.length - 1, now);
    if (end <= start) throw invalid("The end date of a phase has to be after its start date.", input.at("end_date"));
    phases.push(phaseOf(subscription, items, start, end, { metadata: input.metadata(), proration_behavior: input.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations" }));
  }
  return phases;
}

function endOf(account: Account, input: Input, start: number, items: Phase["items"], isLast: boolean, now: number): number {
  const duration = input.map("duration");
  if (duration && input.has("end_date")) throw invalid("You may only specify one of these parameters: duration, end_date.", input.at("duration"), "parameters_exclusive");
  if (duration) return anchored(start, duration.required("interval") as Interval, duration.integer("interval_count") ?? 1);
  const named = input.text("end_date") === "now" ? now : input.integer("end_date");
  if (named !== null) return named;
  if (!isLast) throw invalid("All phases but the last need an end_date or a duration.", input.at("end_date"), "parameter_missing");
  const { interval, interval_count: count } = rhythmOf(account.get("price", idOf(items[0]?.price)));
  return anchored(start, interval, count);
}

/** Puts a phase's items on the subscription. */
function enter(account: Account, subscription: Stripe.Subscription, phase: Phase, date: number, proration: ProrationBehavior): void {
  const { start, end } = periodOf(subscription);
  const rest = [...subscription.items.data];
  const changes = phase.items.map(({ price: reference, quantity = 1 }, index): Change => {
    const price = account.get("price", idOf(reference));
    const same = rest.findIndex((item) => item.price.id === price.id);
    const before = rest.splice(same >= 0 ? same : 0, same >= 0 || index === phase.items.length - 1 ? 1 : 0)[0] ?? null;
    return { before, after: before ? { ...before, price: structuredClone(price), plan: planOf(price), quantity } : newItem(account, subscription, { price, quantity }, start, end) };
  });
  const all = [...changes, ...rest.map((before) => ({ before, after: null }))];
  const isChanged = all.some(({ before, after }) => before?.price.id !== after?.price.id || before?.quantity !== after?.quantity);
  if (isChanged) applyChanges(account, subscription, { changes: all, proration: date >= end ? "none" : proration, payment: "allow_incomplete", date });
  if (Object.keys(phase.metadata ?? {}).length > 0) account.change(subscription, { metadata: { ...subscription.metadata, ...phase.metadata } }, "customer.subscription.updated");
}

/** The end of the phase that is under way: the next begins, or the schedule is over. */
export function nextPhase(account: Account, schedule: Stripe.SubscriptionSchedule, subscription: Stripe.Subscription, date: number): void {
  const phase = schedule.phases.find(({ start_date }) => start_date === schedule.current_phase?.end_date);
  if (phase) {
    enter(account, subscription, phase, date, PRORATIONS.find((known) => known === phase.proration_behavior) ?? "create_prorations");
    account.change(schedule, { current_phase: { start_date: phase.start_date, end_date: phase.end_date } }, "subscription_schedule.updated");
    return;
  }
  if (schedule.end_behavior === "cancel") {
    account.change(schedule, { status: "completed", completed_at: date, current_phase: null });
    account.emit("subscription_schedule.completed", schedule);
    account.change(subscription, { schedule: null });
    endSubscription(account, subscription);
    return;
  }
  release(account, schedule, subscription, date);
}

function release(account: Account, schedule: Stripe.SubscriptionSchedule, subscription: Stripe.Subscription, date: number): Stripe.SubscriptionSchedule {
  account.change(schedule, { status: "released", released_at: date, released_subscription: subscription.id, subscription: null, current_phase: null });
  account.change(subscription, { schedule: null }, "customer.subscription.updated");
  account.emit("subscription_schedule.released", schedule);
  return schedule;
}

export const scheduleRoutes: Route[] = [
  { method: "POST", path: "/v1/subscription_schedules", accepts: ["from_subscription", "metadata"], answer: createSchedule },
  {
    method: "GET", path: "/v1/subscription_schedules", accepts: ["customer"], answer: (account, input) =>
      page(account.all("subscription_schedule").filter(({ customer }) => (input.text("customer") ?? customer) === customer), input, "/v1/subscription_schedules"),
  },
  { method: "GET", path: "/v1/subscription_schedules/:id", answer: (account, _, id) => account.get("subscription_schedule", id) },
  { method: "POST", path: "/v1/subscription_schedules/:id", accepts: ["default_settings", "end_behavior", "metadata", "phases", "proration_behavior"], answer: updateSchedule },
  {
    method: "POST", path: "/v1/subscription_schedules/:id/release", accepts: ["preserve_cancel_date"], answer: (account, input, id) => {
      const { schedule, subscription } = live(account, id);
      if (input.flag("preserve_cancel_date") !== true) account.change(subscription, { cancel_at: null, canceled_at: null });
      return release(account, schedule, subscription, account.seconds(idOf(subscription.customer)));
    },
  },
  {
    method: "POST", path: "/v1/subscription_schedules/:id/cancel", accepts: ["invoice_now", "prorate"], answer: (account, _, id) => {
      const { schedule, subscription } = live(account, id);
      endSubscription(account, subscription);
      return schedule;
    },
  },
];
