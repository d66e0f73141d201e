import { late } from "#core/late.ts";

/** better-auth, as it is set up here: a sixth of what the worker would start with otherwise, and needed by nobody who is not signed in. */
export const auth = late(() => import("./auth.ts"));
