import { syncSubscription } from "../../subscriptions/sync.ts";
import type { Family } from "./family.ts";

export const subscriptions: Family = {
  id: "subscriptions",
  types: [
    "customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted", "customer.subscription.paused", "customer.subscription.resumed",
    "customer.subscription.pending_update_applied", "customer.subscription.pending_update_expired",
  ],
  handle: (ctx, subscription) => syncSubscription(ctx, subscription),
};
