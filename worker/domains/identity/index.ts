export { authRoutes } from "./sessions/paths.ts";
export { forgetExpired, gatekeeper } from "./sessions/service.ts";
export { sessionRoutes } from "./sessions/routes.ts";
export { studioRoutes } from "./studios/routes.ts";
export { keyRoutes } from "./keys/routes.ts";
export { isPersonal, studioByHandle, studioById } from "./studios/public.ts";
