import { accountRoutes } from "./accounts/routes.ts";
import { findingRoutes } from "./findings/routes.ts";
import { projectReconciliationRoutes } from "./projects/routes.ts";
import { proposalRoutes } from "./proposals/routes.ts";
import { reconciliationRoutes as runRoutes } from "./runs/routes.ts";
import { statementRoutes } from "./statements/routes.ts";

export { reconciliationSubscriptions } from "./handlers.ts";
export { noteDeadLetter } from "./findings/dead-letters.ts";
export { executeApproved } from "./proposals/executing.ts";
export { reconciliationAlias } from "./runs/routes.ts";
export { goOnReconciling, goOnWith, reconcileNightly } from "./runs/service.ts";

/** Everything below `/api/v1`. */
export const reconciliationRoutes = [runRoutes, findingRoutes, proposalRoutes, statementRoutes, accountRoutes, projectReconciliationRoutes];
