/** What can be bought, the studio's plan, and its way to Stripe's pages. */
import { answerOf, api, type Fetch } from "./client.ts";
import type { components } from "./schema.d.ts";
import type { Billing, Catalogue, Checkout, Invoice, Page, Plan, PlanPreview, TopUp } from "./types.ts";

type Schemas = components["schemas"];
export type PaidPlan = Schemas["ChangePlan"]["plan"];

const keyed = (key: string) => ({ params: { header: { "idempotency-key": key } } });

export const getCatalogue = (fetch: Fetch): Promise<Catalogue> => answerOf(api(fetch).GET("/api/v1/billing/plans"));
export const getBilling = (fetch: Fetch): Promise<Billing> => answerOf(api(fetch).GET("/api/v1/billing"));
export const createCheckout = (fetch: Fetch, body: Schemas["CreateCheckout"], key: string): Promise<Checkout> => answerOf(api(fetch).POST("/api/v1/billing/checkout", { body, ...keyed(key) }));
export const getCheckout = (fetch: Fetch, id: string): Promise<Checkout> => answerOf(api(fetch).GET("/api/v1/billing/checkouts/{id}", { params: { path: { id } } }));
/** What a change of plan costs and brings, before it is made. */
export const previewPlan = (fetch: Fetch, plan: PaidPlan): Promise<PlanPreview> => answerOf(api(fetch).GET("/api/v1/billing/plan/preview", { params: { query: { plan } } }));
export const changePlan = (fetch: Fetch, body: Schemas["ChangePlan"], key: string): Promise<Billing> => answerOf(api(fetch).POST("/api/v1/billing/plan", { body, ...keyed(key) }));
export const cancelPlan = (fetch: Fetch): Promise<Billing> => answerOf(api(fetch).POST("/api/v1/billing/cancel"));
export const resumePlan = (fetch: Fetch): Promise<Billing> => answerOf(api(fetch).POST("/api/v1/billing/resume"));
export const openPortal = (fetch: Fetch, returnTo: string): Promise<{ url: string }> => answerOf(api(fetch).POST("/api/v1/billing/portal", { body: { returnTo } }));
export const listInvoices = (fetch: Fetch, cursor: string | null): Promise<Page<Invoice>> => answerOf(api(fetch).GET("/api/v1/billing/invoices", { params: { query: { limit: 20, ...(cursor !== null && { cursor }) } } }));
export const setTopUp = (fetch: Fetch, body: Schemas["SetTopUp"]): Promise<TopUp> => answerOf(api(fetch).PUT("/api/v1/billing/top-up", { body }));

/** Plans that are bought; the first one comes by itself. */
export const isPaid = (plan: Plan): plan is Plan & { code: Exclude<Plan["code"], "creator_free"> } => plan.code !== "creator_free";
