import type { Fixture } from "../fixtures-of-routes.ts";

export const analyticsFixtures: Record<string, Fixture> = {
  getUsage: { make: () => ({ query: "by=project" }) },
  getUsageSummary: { make: () => ({}) },
};
