import { z } from "@hono/zod-openapi";
import { json, problems, route, router } from "#core/http.ts";
import { receiveStripeEvent } from "./service.ts";

const hook = route("signed", {
  method: "post", path: "/stripe", operationId: "receiveStripeEvent", summary: "Stripe's webhook, signed by Stripe",
  responses: { 200: json(z.object({ received: z.boolean() }), "Kept"), ...problems("webhook.refused") },
});

/** Below `/api/webhooks`, ahead of the providers' own. */
export const stripeWebhookRoutes = router().openapi(hook, async (c) => {
  await receiveStripeEvent(c.var.ctx, c.req.raw);
  return c.json({ received: true }, 200);
});
