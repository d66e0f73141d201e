import { z } from "@hono/zod-openapi";
import { defineEvent } from "#core/events.ts";
import { PageQuery } from "#core/page.ts";
import { entitlements, FREE_PLAN, Pack, packCodes, Plan, planAliases, planCodes, quotas, subscriptionStatuses, UNLIMITED } from "#domains/credits/index.ts";

const cents = z.int().meta({ description: "US cents" });
const paidPlans = planCodes.filter((code) => code !== FREE_PLAN);
/** Plans that can be bought, by their codes or other names. */
const PaidPlan = z.enum([...paidPlans, ...planAliases]);

export const Catalogue = z.object({
  object: z.literal("catalogue"),
  plans: z.array(Plan), packs: z.array(Pack), unlimited: z.literal(UNLIMITED).meta({ description: "The limit that means none" }),
  available: z.boolean().meta({ description: "Whether anything can be bought here" }),
  isTest: z.boolean().meta({ description: "Payments here are tests: no money moves" }),
}).meta({ id: "Catalogue" });
export type Catalogue = z.infer<typeof Catalogue>;

const PaymentProblem = z.object({
  code: z.enum(["payment_failed", "payment_needed"]), detail: z.string(),
  payUrl: z.string().nullable().meta({ description: "Stripe's page on which the open invoice can be paid" }),
});

export const SubscriptionView = z.object({
  plan: z.enum(planCodes), status: z.enum(subscriptionStatuses), periodStartAt: z.iso.datetime().nullable(), periodEndAt: z.iso.datetime().nullable(),
  cancelAt: z.iso.datetime().nullable(), pendingPlan: z.enum(planCodes).nullable().meta({ description: "The plan that begins at `pendingAt`" }), pendingAt: z.iso.datetime().nullable(),
  graceUntil: z.iso.datetime().nullable().meta({ description: "An unpaid plan keeps what it opens until then" }), problem: PaymentProblem.nullable(),
}).meta({ id: "Subscription" });

export const QuotaUse = z.object({
  quota: z.enum(quotas), limit: z.int(), unlimited: z.boolean(), used: z.int().nullable().meta({ description: "Null where nothing counts against it yet" }),
  resetsAt: z.iso.datetime().nullable(),
}).meta({ id: "QuotaUse" });

export const SetTopUp = z.object({
  enabled: z.boolean(), belowCredits: z.int().min(1).max(1_000_000), pack: z.enum(packCodes), monthlyCeilingCents: z.int().min(0).max(10_000_000),
}).meta({ id: "SetTopUp" });
export type SetTopUp = z.infer<typeof SetTopUp>;
export const TopUp = SetTopUp.extend({
  object: z.literal("top_up"), spentCents: cents.meta({ description: "Bought by itself in this calendar month" }), pending: z.boolean(),
  offReason: z.enum(["failures"]).nullable().meta({ description: "Why we turned it off" }), resetsAt: z.iso.datetime(),
}).meta({ id: "TopUp" });
export type TopUp = z.infer<typeof TopUp>;

export const billingActions = ["subscribe", "change_plan", "cancel", "resume", "buy_pack", "open_portal", "set_top_up"] as const;
export const Billing = z.object({
  object: z.literal("billing"), studio: z.string(), available: z.boolean(), isTest: z.boolean(),
  plan: z.enum(planCodes).meta({ description: "The plan in force now" }),
  subscription: SubscriptionView.nullable(), entitlements: z.array(z.enum(entitlements)), quotas: z.array(QuotaUse),
  nextInvoice: z.object({ amountCents: cents, currency: z.string(), at: z.iso.datetime() }).nullable(),
  complete: z.boolean().meta({ description: "False where Stripe did not answer: the next invoice is not known just now" }),
  topUp: TopUp, actions: z.array(z.enum(billingActions)).meta({ description: "What can be done now by somebody who may" }),
}).meta({ id: "Billing" });
export type Billing = z.infer<typeof Billing>;

/** A page of ours: a path, never an address elsewhere. */
const returnTo = z.string().max(300).regex(/^\/(?![/\\])[^\\\s]*$/, "a path of ours, such as /studio/billing").default("/studio/billing");

export const CreateCheckout = z.object({ plan: PaidPlan.optional(), pack: z.enum(packCodes).optional(), returnTo })
  .refine(({ plan, pack }) => (plan === undefined) !== (pack === undefined), { error: "name a plan or a pack", path: ["plan"] }).meta({ id: "CreateCheckout" });
export type CreateCheckout = z.infer<typeof CreateCheckout>;
export const Checkout = z.object({
  object: z.literal("checkout"), id: z.string(), url: z.string().meta({ description: "Stripe's page; go there to pay" }),
  status: z.enum(["open", "waiting", "complete", "expired"]).meta({ description: "`waiting`: done, but the money takes days to arrive; credits come with it" }),
  plan: z.enum(planCodes).nullable(), pack: z.enum(packCodes).nullable(),
  credits: z.int().nullable().meta({ description: "What it brought into the wallet; null until then" }), createdAt: z.iso.datetime(), expiresAt: z.iso.datetime(),
}).meta({ id: "Checkout" });
export type Checkout = z.infer<typeof Checkout>;

export const ChangePlan = z.object({
  plan: PaidPlan, prorationAt: z.iso.datetime().optional().meta({ description: "From the preview, so that its figures hold" }),
}).meta({ id: "ChangePlan" });
export type ChangePlan = z.infer<typeof ChangePlan>;
export const PlanPreviewQuery = z.object({ plan: PaidPlan });
export const PlanPreview = z.object({
  object: z.literal("plan_preview"), from: z.enum(planCodes), to: z.enum(planCodes), when: z.enum(["now", "period_end"]), at: z.iso.datetime(),
  amountDueCents: cents.meta({ description: "Due now, after credit for what is left of the old plan" }), currency: z.string(), credits: z.int().meta({ description: "Into the wallet now" }),
  prorationAt: z.iso.datetime().nullable(),
}).meta({ id: "PlanPreview" });
export type PlanPreview = z.infer<typeof PlanPreview>;

export const CreatePortal = z.object({ returnTo }).meta({ id: "CreatePortal" });
export const Portal = z.object({ object: z.literal("portal"), url: z.string() }).meta({ id: "Portal" });

export const ListInvoices = PageQuery;
export const Invoice = z.object({
  object: z.literal("invoice"), id: z.string(), number: z.string().nullable(), status: z.enum(["draft", "open", "paid", "uncollectible", "void"]),
  amountCents: cents, paidCents: cents, currency: z.string(), description: z.string(), credits: z.int().nullable().meta({ description: "What it brought into the wallet" }),
  url: z.string().nullable(), pdfUrl: z.string().nullable(), createdAt: z.iso.datetime(),
}).meta({ id: "Invoice" });
export type Invoice = z.infer<typeof Invoice>;

export const stripeReceived = defineEvent("stripe.received", z.object({ event: z.string(), type: z.string(), object: z.string() }));
export const checkoutOpened = defineEvent("checkout.opened", z.object({ checkout: z.string(), code: z.string() }));
export const grantRecorded = defineEvent("grant.recorded", z.object({ key: z.string(), kind: z.string(), credits: z.int() }));
export const grantSettled = defineEvent("grant.settled", z.object({ key: z.string(), kind: z.string(), credits: z.int() }));
export const planChanged = defineEvent("plan.changed", z.object({ from: z.string(), to: z.string(), status: z.string() }));
export const planPaymentFailed = defineEvent("plan.payment_failed", z.object({ plan: z.string(), graceUntil: z.int().nullable() }));
export const planUpdated = defineEvent("plan.updated", z.object({ plan: z.string(), status: z.string() }));
export const topUpSet = defineEvent("top_up.set", z.object({ enabled: z.boolean() }));
export const topUpStarted = defineEvent("top_up.started", z.object({ topUp: z.string(), pack: z.string(), amountCents: z.int() }));
export const topUpPaid = defineEvent("top_up.paid", z.object({ topUp: z.string(), pack: z.string(), amountCents: z.int() }));
export const topUpFailed = defineEvent("top_up.failed", z.object({ topUp: z.string(), pack: z.string(), reason: z.string() }));
export const topUpCeilingReached = defineEvent("top_up.ceiling_reached", z.object({ month: z.string(), ceilingCents: z.int() }));
export const topUpTurnedOff = defineEvent("top_up.turned_off", z.object({ failures: z.int() }));
export const walletLow = defineEvent("wallet.low", z.object({ available: z.int(), reference: z.int() }));
export const walletNearlyEmpty = defineEvent("wallet.nearly_empty", z.object({ available: z.int(), reference: z.int() }));
