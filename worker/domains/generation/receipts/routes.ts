import { accepts } from "hono/accepts";
import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { Receipt, ReceiptQuery } from "./contract.ts";
import { toCsv } from "./rules.ts";
import { getReceipt } from "./service.ts";

const CSV = "text/csv";

const receipt = route({ scope: "runs:read", role: "viewer" }, {
  method: "get", path: "/runs/{id}/receipt", operationId: "getReceipt", summary: "What a run cost, item by item, by the ledger", request: { params: pathId(), query: ReceiptQuery },
  responses: { 200: { description: "Each item with what was captured and why", content: { ...json(Receipt, "").content, [CSV]: { schema: z.string() } } }, ...problems("run.not_found", "request.invalid") },
});

export const receiptRoutes = router().openapi(receipt, async (c) => {
  const made = await getReceipt(studioOf(c), c.req.valid("param").id);
  const wanted = c.req.valid("query").format ?? (accepts(c, { header: "Accept", supports: ["application/json", CSV], default: "application/json" }) === CSV ? "csv" : "json");
  c.header("vary", "Accept");
  if (wanted === "json") return c.json(made, 200);
  c.header("content-disposition", `attachment; filename="dailies-receipt-${made.run}.csv"`);
  return c.body(toCsv(made), 200, { "content-type": `${CSV}; charset=utf-8` });
});
