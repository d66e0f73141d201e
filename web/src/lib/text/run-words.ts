import type { Run } from "#lib/api/types.ts";
import * as m from "#lib/paraglide/messages.js";

/** How a run of a single thing ended that did not succeed, and what of it was charged. */
export function overWords({ jobs: [job], credits: { captured } }: Run): string {
  const detail = job?.problem?.detail ?? "";
  // What was not made says itself that nothing was charged; what was cancelled does not.
  const charged = captured > 0 ? m.tool_run_charged({ price: m.credits({ count: captured }) }) : /nothing was charged/i.test(detail) ? "" : m.tool_run_nothing_charged();
  return [detail, charged].filter(Boolean).join(" ");
}
