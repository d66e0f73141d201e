export { expectedOf, isPaid, moneyMoved, sellsHere, type MoneyMoved } from "./grants/comparing.ts";
export { grantsOfKeys, grantsOfPayments, listGrants } from "./grants/store.ts";
export { billingSubscriptions, billingTasks } from "./handlers.ts";
export { billingAliasRoutes, billingRoutes } from "./routes.ts";
export type { GrantRow } from "./tables.ts";
export { stripeWebhookRoutes } from "./webhook/routes.ts";
