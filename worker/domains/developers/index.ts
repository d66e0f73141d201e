export { developerSubscriptions } from "./handlers.ts";
export { partnerRoutes } from "./partners/routes.ts";
export { oldTransactionRoutes, transactionRoutes } from "./transactions/routes.ts";
