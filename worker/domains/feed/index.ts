export { feedRoutes } from "./routes.ts";
export { feedSubscriptions } from "./handlers.ts";
