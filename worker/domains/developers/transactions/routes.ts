import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { studioOf, type AppEnv } from "#core/access.ts";
import { AppError } from "#core/errors.ts";
import { body, json, pathId, problems, route, router } from "#core/http.ts";
import { pageOf, PageQuery } from "#core/page.ts";
import { ProjectTokens, RecordTransaction, Transaction, transactionKinds } from "../contract.ts";
import { identifyPartner } from "../partners/service.ts";
import { KEY } from "../partners/rules.ts";
import { getProjectTokens, listOfPartner, listTransactions, recordTransaction } from "./service.ts";

const BODY_BYTES_MAX = 16 * 1024;

const Signed = z.object({
  "dailies-partner": z.string().openapi({ example: "partner_01k0example" }), "dailies-timestamp": z.string().openapi({ description: "Seconds since 1970, now" }),
  "dailies-signature": z.string().openapi({ description: "`v1=` and the HMAC-SHA256, in hex, of `${timestamp}.${method}.${path}.${Idempotency-Key}.${body}`" }),
  "idempotency-key": z.string().regex(KEY, "must be 1 to 255 letters, digits, - and _").openapi({ description: "One for each transaction, the same when it is sent again" }),
});
const Query = PageQuery.extend({ kind: z.enum(transactionKinds).optional(), from: z.iso.datetime({ offset: true }).optional().openapi({ description: "Recorded at this moment or later" }), to: z.iso.datetime({ offset: true }).optional().openapi({ description: "Recorded before this moment" }) });

const record = {
  method: "post", summary: "Record a payment or a token use, as a partner", request: { headers: Signed, body: body(RecordTransaction) },
  responses: {
    201: json(Transaction, "Recorded, now or under this key before. No credit moves"),
    ...problems("partner.signature", "partner.kind_refused", "transaction.target_not_found", "transaction.reference_used", "request.key_reused", "request.invalid", "request.too_large", "request.rate_limited"),
  },
} as const;
const create = route("signed", { ...record, path: "/transactions", operationId: "recordTransaction" });
const createAtOldAddress = route("signed", { ...record, path: "/transaction", operationId: "recordTransactionAtOldAddress" });
const list = route({ scope: "wallet:read", role: "viewer" }, {
  method: "get", path: "/transactions", operationId: "listTransactions", summary: "What partners recorded for the studio", request: { query: Query.extend({ project: z.string().max(120).optional() }) },
  responses: { 200: json(pageOf(Transaction), "The last first"), ...problems("request.invalid") },
});
const ofPartner = route("admin", {
  method: "get", path: "/admin/partners/{id}/transactions", operationId: "listPartnerTransactions", summary: "What a partner recorded", request: { params: pathId(), query: Query },
  responses: { 200: json(pageOf(Transaction), "The last first"), ...problems("request.invalid", "partner.not_found") },
});
const tokens = route({ scope: "projects:read", role: "viewer" }, {
  method: "get", path: "/projects/{id}/token-use", operationId: "getProjectTokens", summary: "Tokens that a film was expected to use, and used", request: { params: pathId() },
  responses: { 200: json(ProjectTokens, "As partners measured them"), ...problems("project.not_found") },
});

/** Before anything of a signed request is read: whose it is. */
const verify: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { pathname, search } = new URL(c.req.url);
  const header = (name: string) => c.req.header(name) ?? "";
  const actor = await identifyPartner(c.var.ctx, {
    partner: header("dailies-partner"), signature: header("dailies-signature"),
    request: { timestamp: header("dailies-timestamp"), method: c.req.method, path: `${pathname}${search}`, key: header("idempotency-key"), body: new Uint8Array(await c.req.arrayBuffer()) },
  });
  c.set("ctx", { ...c.var.ctx, actor });
  return next();
};
const isSmall = bodyLimit({ maxSize: BODY_BYTES_MAX, onError: () => { throw new AppError("request.too_large", "A transaction has at most 16 KB."); } });

export const transactionRoutes = router();
transactionRoutes.on("POST", "/transactions", isSmall, verify);
transactionRoutes
  .openapi(create, async (c) => c.json(await recordTransaction(c.var.ctx, c.req.valid("header")["idempotency-key"], c.req.valid("json")), 201))
  .openapi(list, async (c) => c.json(await listTransactions(studioOf(c), c.req.valid("query")), 200))
  .openapi(ofPartner, async (c) => c.json(await listOfPartner(c.var.ctx, c.req.valid("param").id, c.req.valid("query")), 200))
  .openapi(tokens, async (c) => c.json(await getProjectTokens(studioOf(c), c.req.valid("param").id), 200));

/** The address that partners of before know: `/api/transaction`. It signs its own path. */
export const oldTransactionRoutes = router();
oldTransactionRoutes.on("POST", "/transaction", isSmall, verify);
oldTransactionRoutes.openapi(createAtOldAddress, async (c) => c.json(await recordTransaction(c.var.ctx, c.req.valid("header")["idempotency-key"], c.req.valid("json")), 201));
