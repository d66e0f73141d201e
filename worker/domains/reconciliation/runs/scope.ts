import { PLATFORM } from "../contract.ts";
import type { Count } from "../tables.ts";

/** Null for everything. */
export const studioOfScope = (scope: string): string | null => (scope === PLATFORM ? null : scope);

export const noCount = (): Count => ({ examined: 0, differences: 0, repaired: 0, state: "waiting" });
