import type { Job, Routing, RunRecord } from "#lib/api/types.ts";
import * as m from "#lib/paraglide/messages.js";

type Because = Routing["excluded"][number]["because"];

const exclusions: Record<Because, () => string> = {
  misfit: m.excluded_misfit, name: m.excluded_name, lifecycle: m.excluded_lifecycle, provider: m.excluded_provider, price: m.excluded_price, ceiling: m.excluded_ceiling, wish: m.excluded_wish,
};
export const exclusionName = (because: Because): string => exclusions[because]();

/** Why a job went to the model that it is at now, by its run's record; null where the record does not say. */
export function reasonFor(record: Pick<RunRecord, "rows"> | null, { id, model }: Pick<Job, "id" | "model">): string | null {
  for (const row of (record?.rows ?? []).toReversed()) {
    if (row.subject !== id || row.type !== "job") continue;
    const data: unknown = JSON.parse(row.data);
    if (typeof data === "object" && data !== null && "why" in data && typeof data.why === "string" && "model" in data && data.model === model) return data.why;
  }
  return null;
}
