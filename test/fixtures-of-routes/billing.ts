import type { Call, Fixture } from "../fixtures-of-routes.ts";
import type { FilmWorld } from "../film-world.ts";

/** A page of Stripe's for a pack: it can be opened as often as one likes. */
async function checkout(world: FilmWorld): Promise<Call> {
  const answer = await world.post("/api/v1/billing/checkout", { pack: "credits_500" });
  return { params: { id: (await answer.json<{ id: string }>()).id } };
}

const nothing: Fixture = { make: () => ({}) };
const buying: Fixture = { make: () => ({ body: { pack: "credits_500" } }) };
const portal: Fixture = { make: () => ({ body: {} }) };

/** The plan of the suite's owner was never bought at Stripe, so there is nothing to change, end or resume. */
export const billingFixtures: Record<string, Fixture> = {
  listPlans: nothing,
  getBilling: nothing,
  createCheckout: buying,
  createCheckoutAlias: buying,
  getCheckout: { make: checkout },
  changePlan: { make: () => ({ body: { plan: "growth_pro" } }), status: 409 },
  previewPlan: { make: () => ({ query: "plan=growth_pro" }), status: 409 },
  cancelPlan: { make: () => ({}), status: 409 },
  resumePlan: { make: () => ({}), status: 409 },
  createPortal: portal,
  createPortalAlias: portal,
  listInvoices: nothing,
  setTopUp: { make: () => ({ body: { enabled: false, belowCredits: 50, pack: "credits_500", monthlyCeilingCents: 1_000 } }) },
  receiveStripeEvent: { make: () => ({ body: { forged: true } }), status: 400 },
};
