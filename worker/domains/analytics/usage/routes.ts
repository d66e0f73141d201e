import { accepts } from "hono/accepts";
import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { json, problems, route, router } from "#core/http.ts";
import { Usage, UsageQuery, UsageSummary } from "./contract.ts";
import { toCsv } from "./csv.ts";
import { getUsage, getUsageSummary } from "./service.ts";

const read = { scope: "wallet:read", role: "viewer" } as const;
const CSV = "text/csv";

const usage = route(read, {
  method: "get", path: "/usage", operationId: "getUsage", summary: "What the studio used, by day, project, tool, member, key or model", request: { query: UsageQuery },
  responses: {
    200: { description: "Every day, or what used the most first", content: { ...json(Usage, "").content, [CSV]: { schema: z.string() } } },
    ...problems("request.invalid"),
  },
});
const summary = route(read, {
  method: "get", path: "/usage/summary", operationId: "getUsageSummary", summary: "What the studio spent in this period, and how near its quotes were",
  responses: { 200: json(UsageSummary, "The plan's period, or the calendar month") },
});

export const usageRoutes = router()
  .openapi(usage, async (c) => {
    const query = c.req.valid("query");
    const found = await getUsage(studioOf(c), query);
    const wanted = query.format ?? (accepts(c, { header: "Accept", supports: ["application/json", CSV], default: "application/json" }) === CSV ? "csv" : "json");
    c.header("vary", "Accept");
    if (wanted === "json") return c.json(found, 200);
    c.header("content-disposition", `attachment; filename="dailies-usage-by-${found.by}-${found.from}-to-${found.to}.csv"`);
    return c.body(toCsv(found), 200, { "content-type": `${CSV}; charset=utf-8` });
  })
  .openapi(summary, async (c) => c.json(await getUsageSummary(studioOf(c)), 200));
