import { csvOf } from "#core/csv.ts";
import type { Usage, UsageRow } from "./contract.ts";

const figuresOf = ({ credits, jobs, seconds }: UsageRow): number[] =>
  [credits.captured, credits.quoted, credits.returned, jobs.delivered, jobs.failed, jobs.refused, jobs.cancelled, jobs.expired, seconds];

/** Usage as a file for a spreadsheet. There is no line of totals, since it would be added up with the others. */
export function toCsv({ by, data }: Usage): string {
  const head = [...(by === "day" ? ["day"] : [by, "name"]), "captured", "quoted", "returned", "delivered", "failed", "refused", "cancelled", "expired", "seconds"];
  const lines = data.map((row) => [row.id ?? "", ...(by === "day" ? [] : [row.name ?? ""]), ...figuresOf(row)]);
  return csvOf([head, ...lines]);
}
