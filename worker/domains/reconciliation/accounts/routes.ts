import { z } from "@hono/zod-openapi";
import { json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { Entry, Hold } from "#domains/credits/index.ts";
import { RunSummary } from "#domains/generation/index.ts";
import { AdminStudio, Member } from "#domains/identity/index.ts";
import { AdminWallet, Finding, Lot } from "../contract.ts";
import { getStudioAccount, listAdminWallets, listStudioEntries, listStudioHolds, listStudioLots } from "./service.ts";

const StudioAccount = z.object({
  object: z.literal("studio_account"), studio: AdminStudio, wallet: AdminWallet, plan: z.string(), members: z.array(Member),
  runs: z.array(RunSummary).meta({ description: "The newest" }), findings: z.array(Finding).meta({ description: "Open ones" }),
}).meta({ id: "StudioAccount" });

const account = route("admin", {
  method: "get", path: "/admin/studios/{id}", operationId: "getStudioAccount", summary: "A studio with its wallet, plan, members, runs and findings", request: { params: pathId() },
  responses: { 200: json(StudioAccount, "As it is now"), ...problems("studio.not_found") },
});
const entries = route("admin", {
  method: "get", path: "/admin/studios/{id}/entries", operationId: "listStudioEntries", summary: "The log of a studio's wallet", request: { params: pathId(), query: PageQuery },
  responses: { 200: json(pageOf(Entry), "Newest first"), ...problems("request.invalid", "studio.not_found") },
});
const holds = route("admin", {
  method: "get", path: "/admin/studios/{id}/holds", operationId: "listStudioHolds", summary: "What runs of a studio reserve", request: { params: pathId(), query: PageQuery },
  responses: { 200: json(pageOf(Hold), "Newest first"), ...problems("request.invalid", "studio.not_found") },
});
const lots = route("admin", {
  method: "get", path: "/admin/studios/{id}/lots", operationId: "listStudioLots", summary: "What a studio's credits are made of, from the wallet itself", request: { params: pathId() },
  responses: { 200: json(z.object({ data: z.array(Lot), nextCursor: z.null() }), "Those with something in them"), ...problems("studio.not_found") },
});
const wallets = route("admin", {
  method: "get", path: "/admin/wallets", operationId: "listAdminWallets", summary: "Wallets, and how far D1 is behind each",
  request: { query: PageQuery.extend({ only: z.enum(["all", "frozen", "in_debt"]).default("all") }) },
  responses: { 200: json(pageOf(AdminWallet), "By studio"), ...problems("request.invalid") },
});

export const accountRoutes = router()
  .openapi(account, async (c) => c.json(await getStudioAccount(c.var.ctx, c.req.valid("param").id), 200))
  .openapi(entries, async (c) => c.json(await listStudioEntries(c.var.ctx, c.req.valid("param").id, c.req.valid("query")), 200))
  .openapi(holds, async (c) => c.json(await listStudioHolds(c.var.ctx, c.req.valid("param").id, c.req.valid("query")), 200))
  .openapi(lots, async (c) => c.json({ data: await listStudioLots(c.var.ctx, c.req.valid("param").id), nextCursor: null }, 200))
  .openapi(wallets, async (c) => c.json(await listAdminWallets(c.var.ctx, c.req.valid("query")), 200));
