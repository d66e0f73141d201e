import type { Fixture } from "../fixtures-of-routes.ts";

export const routingFixtures: Record<string, Fixture> = {
  getStudioProviders: { make: () => ({}) },
  putStudioProviders: { make: () => ({ body: { allowed: null } }) },
  listAffectedProjects: { make: () => ({ query: "model=runway/gen4.5" }) },
};
