export { feedRoutes } from "./routes.ts";
export { feedSubscriptions, feedTasks } from "./handlers.ts";
