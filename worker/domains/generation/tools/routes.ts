import { json, route, router } from "#core/http.ts";
import { pageOf } from "#core/page.ts";
import { outcomeTable } from "#film/outcomes.ts";
import { ModelView, Prices, ToolView } from "../contract.ts";
import { listAllModels, sunsetHeaders } from "../router/sunsets.ts";
import { priceCard } from "./card.ts";
import { modelsFor, tools } from "./index.ts";

const listTools = route("public", { method: "get", path: "/tools", operationId: "listTools", summary: "What can be done here", responses: { 200: json(pageOf(ToolView), "All tools") } });
const listModels = route("public", { method: "get", path: "/models", operationId: "listModels", summary: "What it can be done with", responses: { 200: json(pageOf(ModelView), "All models. Where one of them ends, `Sunset` and `Deprecation` have the dates of the first that does") } });
const prices = route("public", { method: "get", path: "/prices", operationId: "getPrices", summary: "The price card, and what each outcome costs", responses: { 200: json(Prices, "The card of today") } });

export const toolRoutes = router()
  .openapi(listTools, (c) => c.json({
    data: [...tools.values()].map((tool) => {
      const able = modelsFor(c.var.ctx, tool.id).map(({ id }) => id);
      return { object: "tool" as const, ...tool, available: able.length > 0, models: able };
    }),
    nextCursor: null,
  }, 200))
  .openapi(listModels, async (c) => {
    const data = await listAllModels(c.var.ctx);
    return c.json({ data, nextCursor: null }, 200, sunsetHeaders(data.map(({ lifecycle, sunset }) => (lifecycle === "retired" ? null : sunset))));
  })
  .openapi(prices, (c) => c.json({
    object: "prices" as const, card: priceCard.version, lines: [...priceCard.lines], examples: priceCard.examples.map(({ words, credits }) => ({ words, credits })),
    freeAnimatic: { ...priceCard.freeAnimatic }, outcomes: [...outcomeTable],
  }, 200));
