import { json, route, router } from "#core/http.ts";
import { pageOf } from "#core/page.ts";
import { outcomeTable } from "#film/outcomes.ts";
import { priceCard, priceOf } from "#film/prices.ts";
import { ModelView, Prices, ToolView } from "../contract.ts";
import { models, modelsFor, tools } from "./index.ts";

const listTools = route("public", { method: "get", path: "/tools", operationId: "listTools", summary: "What can be done here", responses: { 200: json(pageOf(ToolView), "All tools") } });
const listModels = route("public", { method: "get", path: "/models", operationId: "listModels", summary: "What it can be done with", responses: { 200: json(pageOf(ModelView), "All models") } });
const prices = route("public", { method: "get", path: "/prices", operationId: "getPrices", summary: "The price card, and what each outcome costs", responses: { 200: json(Prices, "The card of today") } });

export const toolRoutes = router()
  .openapi(listTools, (c) => c.json({
    data: [...tools.values()].map((tool) => {
      const able = modelsFor(c.var.ctx, tool.id).map(({ id }) => id);
      return { object: "tool" as const, ...tool, available: able.length > 0, models: able };
    }),
    nextCursor: null,
  }, 200))
  .openapi(listModels, (c) => c.json({
    data: [...models.values()].map(({ id, tool, provider, lifecycle, speed }) => {
      const price = priceOf(priceCard, { tool, model: id });
      return {
        object: "model" as const, id, tool, provider, lifecycle, speed, available: modelsFor(c.var.ctx, tool).some((model) => model.id === id),
        price: price && { credits: price.unitCredits, unit: price.unit, card: priceCard.version },
      };
    }),
    nextCursor: null,
  }, 200))
  .openapi(prices, (c) => c.json({
    object: "prices" as const, card: priceCard.version, lines: [...priceCard.lines], examples: priceCard.examples.map(({ words, credits }) => ({ words, credits })),
    freeAnimatic: { ...priceCard.freeAnimatic }, outcomes: [...outcomeTable],
  }, 200));
