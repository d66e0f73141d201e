export { creditSubscriptions } from "./handlers.ts";
export { creditRoutes } from "./routes.ts";
export { walletOf } from "./service.ts";
