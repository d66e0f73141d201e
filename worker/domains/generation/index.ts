export { generationSubscriptions } from "./handlers.ts";
export { quoteRoutes } from "./quotes/routes.ts";
export { onDeadLetter, onJobMessage } from "./runs/consumer.ts";
export { pokeOverdue } from "./runs/overdue.ts";
export { runRoutes } from "./runs/routes.ts";
export { webhookRoutes } from "./runs/webhooks.ts";
export { provenanceOf, type Provenance } from "./takes/provenance.ts";
export { takeRoutes } from "./takes/routes.ts";
export { toolRoutes } from "./tools/routes.ts";
