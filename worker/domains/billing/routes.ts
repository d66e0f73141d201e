import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf } from "#core/page.ts";
import {
  Billing, Catalogue, ChangePlan, Checkout, CreateCheckout, CreatePortal, Invoice, ListInvoices, PlanPreview, PlanPreviewQuery, Portal, SetTopUp, TopUp,
} from "./contract.ts";
import { createCheckout, getCheckout } from "./checkouts/service.ts";
import { getBilling, getCatalogue, listInvoices, openPortal } from "./overview/service.ts";
import { cancelPlan, changePlan, previewPlan, resumePlan } from "./subscriptions/service.ts";
import { setTopUp } from "./top-ups/service.ts";

const read = { scope: "billing:read", role: "viewer" } as const;
const write = { scope: "billing:write", role: "admin" } as const;
const stripeProblems = ["request.invalid", "billing.unavailable"] as const;

const plans = route("public", { method: "get", path: "/billing/plans", operationId: "listPlans", summary: "Every plan and credit pack, with its price", responses: { 200: json(Catalogue, "The catalogue") } });
const overview = route(read, { method: "get", path: "/billing", operationId: "getBilling", summary: "The studio's plan, what is used of it, and what comes next", responses: { 200: json(Billing, "As it is now") } });
const checkoutConfig = {
  request: { headers: IdempotencyKey, body: body(CreateCheckout) },
  responses: { 201: json(Checkout, "Go to its `url` to pay"), ...problems(...stripeProblems, "request.key_reused", "billing.subscribed", "billing.payment_due", "resource.changed") },
};
const checkout = route(write, { method: "post", path: "/billing/checkout", operationId: "createCheckout", summary: "Buy a plan or a pack of credits on Stripe's page", ...checkoutConfig });
const oneCheckout = route(read, {
  method: "get", path: "/billing/checkouts/{id}", operationId: "getCheckout", summary: "How a checkout stands, for the page that one comes back to", request: { params: pathId() },
  responses: { 200: json(Checkout, "As Stripe says"), ...problems("checkout.not_found") },
});
const change = route(write, {
  method: "post", path: "/billing/plan", operationId: "changePlan", summary: "Change the plan: a larger one now, a smaller one at the period's end", request: { headers: IdempotencyKey, body: body(ChangePlan) },
  responses: { 200: json(Billing, "Changed, or to be changed; `subscription.problem` where a payment must be confirmed first"), ...problems(...stripeProblems, "request.key_reused", "billing.not_subscribed", "billing.same_plan", "billing.plan_ends", "billing.payment_due") },
});
const preview = route(read, {
  method: "get", path: "/billing/plan/preview", operationId: "previewPlan", summary: "What a change of plan costs and brings, before it is made", request: { query: PlanPreviewQuery },
  responses: { 200: json(PlanPreview, "Holds if its `prorationAt` is sent with the change"), ...problems(...stripeProblems, "billing.not_subscribed", "billing.same_plan", "billing.plan_ends", "billing.payment_due") },
});
const cancel = route(write, {
  method: "post", path: "/billing/cancel", operationId: "cancelPlan", summary: "End the plan with the period that is paid", responses: { 200: json(Billing, "It ends at `subscription.cancelAt`"), ...problems("billing.unavailable", "billing.not_subscribed") },
});
const resume = route(write, {
  method: "post", path: "/billing/resume", operationId: "resumePlan", summary: "Keep the plan that was to end or to become smaller", responses: { 200: json(Billing, "It goes on"), ...problems("billing.unavailable", "billing.not_subscribed") },
});
const portalConfig = { request: { body: body(CreatePortal) }, responses: { 201: json(Portal, "Go to its `url`"), ...problems(...stripeProblems) } };
const portal = route(write, { method: "post", path: "/billing/portal", operationId: "createPortal", summary: "Stripe's page for cards, addresses and invoices", ...portalConfig });
const invoices = route(read, {
  method: "get", path: "/billing/invoices", operationId: "listInvoices", summary: "The studio's invoices", request: { query: ListInvoices },
  responses: { 200: json(pageOf(Invoice), "Newest first"), ...problems("request.invalid", "billing.unavailable") },
});
const topUp = route(write, {
  method: "put", path: "/billing/top-up", operationId: "setTopUp", summary: "Let credits be bought when they run low, up to a sum a month", request: { body: body(SetTopUp) },
  responses: { 200: json(TopUp, "Set"), ...problems(...stripeProblems, "billing.no_payment_method") },
});

export const billingRoutes = router()
  .openapi(plans, (c) => {
    c.header("cache-control", "public, max-age=300, stale-while-revalidate=600");
    return c.json(getCatalogue(c.var.ctx), 200);
  })
  .openapi(overview, async (c) => c.json(await getBilling(studioOf(c), c.var.planRules.used), 200))
  .openapi(checkout, async (c) => c.json(await createCheckout(studioOf(c), c.req.valid("json")), 201))
  .openapi(oneCheckout, async (c) => c.json(await getCheckout(studioOf(c), c.req.valid("param").id), 200))
  .openapi(change, async (c) => {
    await changePlan(studioOf(c), c.req.valid("json"));
    return c.json(await getBilling(studioOf(c), c.var.planRules.used), 200);
  })
  .openapi(preview, async (c) => c.json(await previewPlan(studioOf(c), c.req.valid("query").plan), 200))
  .openapi(cancel, async (c) => {
    await cancelPlan(studioOf(c));
    return c.json(await getBilling(studioOf(c), c.var.planRules.used), 200);
  })
  .openapi(resume, async (c) => {
    await resumePlan(studioOf(c));
    return c.json(await getBilling(studioOf(c), c.var.planRules.used), 200);
  })
  .openapi(portal, async (c) => c.json(await openPortal(studioOf(c), c.req.valid("json").returnTo), 201))
  .openapi(invoices, async (c) => c.json(await listInvoices(studioOf(c), c.req.valid("query")), 200))
  .openapi(topUp, async (c) => c.json(await setTopUp(studioOf(c), c.req.valid("json")), 200));

const aliasCheckout = route(write, { method: "post", path: "/billing/create-checkout", operationId: "createCheckoutAlias", summary: "The same as POST /api/v1/billing/checkout", ...checkoutConfig });
const aliasPortal = route(write, { method: "post", path: "/billing/create-portal", operationId: "createPortalAlias", summary: "The same as POST /api/v1/billing/portal", ...portalConfig });

/** Old names of two routes, below `/api`. */
export const billingAliasRoutes = router()
  .openapi(aliasCheckout, async (c) => c.json(await createCheckout(studioOf(c), c.req.valid("json")), 201))
  .openapi(aliasPortal, async (c) => c.json(await openPortal(studioOf(c), c.req.valid("json").returnTo), 201));
