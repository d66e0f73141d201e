import type { Plan } from "#lib/api/types.ts";

/** What plans speak of and nobody can use yet. Each is taken out of here by the change that opens it. */
const closed: ReadonlySet<keyof Plan["quotas"] | Plan["entitlements"][number]> = new Set(["avatars", "concepts", "lip-sync", "marketplace"]);
export const isOpenYet = (feature: keyof Plan["quotas"] | Plan["entitlements"][number]): boolean => !closed.has(feature);
