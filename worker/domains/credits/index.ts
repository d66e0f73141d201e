export { creditSubscriptions } from "./handlers.ts";
export { ceilingRoutes } from "./ceilings/routes.ts";
export { beginNightlyRoot, continueRoot } from "./roots/collecting.ts";
export { isSigned, keysAddress, signText } from "./roots/keys.ts";
export { rootKeyRoutes, rootRoutes } from "./roots/routes.ts";
export { Entry, Hold } from "./contract.ts";
export {
  entriesOfHolds, holdsInEntries, lastEntry, listWallets, projectedEntries, projectedHolds, projectedWallet, removeEntries, removeHolds, rewriteEntries, rewriteHolds, rewriteWallet,
  walletNames, type ProjectedEntry, type ProjectedHold, type ProjectedWallet,
} from "./projection.ts";
export { statementRoutes } from "./statement/routes.ts";
export { creditRoutes } from "./routes.ts";
export { listEntries, listHolds, walletOf } from "./service.ts";
export { FREE_PLAN, packOf, packs, planNamed, planOf, plans } from "./plans/catalogue.ts";
export {
  entitlements, Pack, packCodes, Plan, planAliases, planCodes, quotas, subscriptionStatuses, UNLIMITED, type Entitlement, type PackCode, type PlanCode, type Quota, type SubscriptionStatus,
} from "./plans/contract.ts";
export { newestInflow } from "./plans/inflow.ts";
export { GRACE_MS, isLive, monthStart, nextMonthStart, planInForce, type Need } from "./plans/rules.ts";
export { planOfStudio, requirePlan } from "./plans/service.ts";
export { findByCustomer, findSubscription, insertCustomer, listOverdue, touchSubscription, updateSubscription, type SubscriptionFacts } from "./plans/store.ts";
export type { SubscriptionRow } from "./plans/tables.ts";
