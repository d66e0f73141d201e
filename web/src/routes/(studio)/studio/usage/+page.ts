import { orPage } from "#lib/api/load.ts";
import { getUsage, getUsageSummary } from "#lib/api/usage.ts";
import { readBy, readDay } from "./range.ts";
import type { PageLoad } from "./$types";

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends("dailies:usage");
  const [by, from, to] = [readBy(url.searchParams.get("by")), readDay(url.searchParams.get("from")), readDay(url.searchParams.get("to"))];
  const time = { ...(from && { from }), ...(to && { to }) };
  const [usage, days, summary] = await Promise.all([
    orPage(getUsage(fetch, { by, ...time }), url),
    by === "day" ? null : orPage(getUsage(fetch, { by: "day", ...time }), url),
    getUsageSummary(fetch).catch(() => null),
  ]);
  return { usage, days: days ?? usage, summary };
};
