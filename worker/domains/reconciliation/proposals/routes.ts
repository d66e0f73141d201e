import { z } from "@hono/zod-openapi";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { PageQuery, pageOf } from "#core/page.ts";
import { CreateGrant, CreateProposal, Proposal, proposalStates } from "../contract.ts";
import { approveProposal, createProposal, getProposal, listProposals, rejectProposal } from "./service.ts";

const made = { 201: json(Proposal, "It waits for another administrator"), ...problems("request.invalid", "request.key_reused", "studio.not_found", "finding.not_found", "proposal.impossible", "admin.unsettled") };

const create = route("admin", {
  method: "post", path: "/admin/proposals", operationId: "createProposal", summary: "Propose to give credits, take them back, or thaw a wallet", request: { headers: IdempotencyKey, body: body(CreateProposal) }, responses: made,
});
const grant = route("admin", {
  method: "post", path: "/admin/grants", operationId: "proposeGrant", summary: "Propose to give a studio credits", request: { headers: IdempotencyKey, body: body(CreateGrant) }, responses: made,
});
const list = route("admin", {
  method: "get", path: "/admin/proposals", operationId: "listProposals", summary: "What was proposed, and what became of it",
  request: { query: PageQuery.extend({ state: z.enum(proposalStates).optional(), studio: z.string().optional() }) },
  responses: { 200: json(pageOf(Proposal), "Newest first"), ...problems("request.invalid") },
});
const get = route("admin", {
  method: "get", path: "/admin/proposals/{id}", operationId: "getProposal", summary: "A proposal", request: { params: pathId() },
  responses: { 200: json(Proposal, "As it is now"), ...problems("proposal.not_found") },
});
const approve = route("admin", {
  method: "post", path: "/admin/proposals/{id}/approve", operationId: "approveProposal", summary: "Approve what another administrator proposed", request: { params: pathId() },
  responses: { 200: json(Proposal, "Approved, and executed where the wallet answered"), ...problems("proposal.not_found", "proposal.own", "proposal.decided", "proposal.expired", "proposal.impossible", "admin.unsettled", "resource.changed") },
});
const reject = route("admin", {
  method: "post", path: "/admin/proposals/{id}/reject", operationId: "rejectProposal", summary: "Turn a proposal down, or take one's own back", request: { params: pathId() },
  responses: { 200: json(Proposal, "Nothing moves"), ...problems("proposal.not_found", "proposal.decided", "resource.changed") },
});

export const proposalRoutes = router()
  .openapi(create, async (c) => c.json(await createProposal(c.var.ctx, c.req.valid("json")), 201))
  .openapi(grant, async (c) => c.json(await createProposal(c.var.ctx, { kind: "grant", ...c.req.valid("json") }), 201))
  .openapi(list, async (c) => c.json(await listProposals(c.var.ctx, c.req.valid("query")), 200))
  .openapi(get, async (c) => c.json(await getProposal(c.var.ctx, c.req.valid("param").id), 200))
  .openapi(approve, async (c) => c.json(await approveProposal(c.var.ctx, c.req.valid("param").id), 200))
  .openapi(reject, async (c) => c.json(await rejectProposal(c.var.ctx, c.req.valid("param").id), 200));
