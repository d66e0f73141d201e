import { z } from "@hono/zod-openapi";
import { studioOf } from "#core/access.ts";
import { body, IdempotencyKey, json, pathId, problems, route, router } from "#core/http.ts";
import { ChangeRole, CreateStudio, Invite, InviteMember, Me, Member, Studio, UpdateStudio } from "../contract.ts";
import { acceptInvite, cancelInvite, changeRole, inviteMember, listInvites, listMembers, removeMember } from "./members.ts";
import { createStudio, getMe, getStudio, listStudios, updateStudio } from "./service.ts";

const list = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), nextCursor: z.null() });
const read = { scope: "studio:read", role: "viewer" } as const;
const manage = { scope: "studio:write", role: "admin" } as const;

const me = route(read, { method: "get", path: "/me", operationId: "getMe", summary: "Who is asking, and for which studio", responses: { 200: json(Me, "You"), ...problems("auth.required") } });
const studiosList = route("account", { method: "get", path: "/studios", operationId: "listStudios", summary: "The studios that you work in", responses: { 200: json(list(Studio), "The personal one first"), ...problems("auth.required") } });
const create = route("account", {
  method: "post", path: "/studios", operationId: "createStudio", summary: "Make a studio for a team", request: { body: body(CreateStudio) },
  responses: { 201: json(Studio, "Made; you own it"), ...problems("request.invalid", "handle.taken") },
});
const studio = route(read, { method: "get", path: "/studio", operationId: "getStudio", summary: "The studio of this request", responses: { 200: json(Studio, "The studio"), ...problems("studio.not_found") } });
const update = route(manage, {
  method: "patch", path: "/studio", operationId: "updateStudio", summary: "Change name, handle or biography", request: { body: body(UpdateStudio) },
  responses: { 200: json(Studio, "Changed"), ...problems("request.invalid", "handle.taken") },
});
const members = route(read, { method: "get", path: "/members", operationId: "listMembers", summary: "Who works in the studio", responses: { 200: json(list(Member), "In the order of joining") } });
const role = route(manage, {
  method: "patch", path: "/members/{id}", operationId: "changeRole", summary: "Give a member another role", request: { params: pathId(), body: body(ChangeRole) },
  responses: { 200: json(Member, "Changed"), ...problems("member.not_found", "member.last_owner", "auth.role_too_low", "resource.changed") },
});
const remove = route({ scope: "studio:write", role: "viewer" }, {
  method: "delete", path: "/members/{id}", operationId: "removeMember", summary: "Take a member out, or leave", request: { params: pathId() },
  responses: { 204: { description: "Gone, with their keys" }, ...problems("member.not_found", "member.last_owner", "auth.role_too_low", "resource.changed") },
});
const invites = route({ scope: "studio:read", role: "admin" }, { method: "get", path: "/invites", operationId: "listInvites", summary: "Who is invited", responses: { 200: json(list(Invite), "Newest first") } });
const invite = route(manage, {
  method: "post", path: "/invites", operationId: "inviteMember", summary: "Invite somebody by e-mail", request: { headers: IdempotencyKey, body: body(InviteMember) },
  responses: { 201: json(Invite, "Sent"), ...problems("request.invalid", "auth.role_too_low", "request.key_reused") },
});
const cancel = route(manage, {
  method: "delete", path: "/invites/{id}", operationId: "cancelInvite", summary: "Call an invitation off", request: { params: pathId() },
  responses: { 204: { description: "Called off" }, ...problems("invite.not_found") },
});
const accept = route("account", {
  method: "post", path: "/invites/{id}/accept", operationId: "acceptInvite", summary: "Join the studio that invited you", request: { params: pathId() },
  responses: { 200: json(Studio, "Joined"), ...problems("invite.not_found", "auth.email_unverified") },
});

export const studioRoutes = router()
  .openapi(me, async (c) => c.json(await getMe(studioOf(c)), 200))
  .openapi(studiosList, async (c) => c.json({ data: await listStudios(c.var.ctx), nextCursor: null }, 200))
  .openapi(create, async (c) => c.json(await createStudio(c.var.ctx, c.req.valid("json")), 201))
  .openapi(studio, async (c) => c.json(await getStudio(studioOf(c)), 200))
  .openapi(update, async (c) => c.json(await updateStudio(studioOf(c), c.req.valid("json")), 200))
  .openapi(members, async (c) => c.json({ data: await listMembers(studioOf(c)), nextCursor: null }, 200))
  .openapi(role, async (c) => c.json(await changeRole(studioOf(c), c.req.valid("param").id, c.req.valid("json").role), 200))
  .openapi(remove, async (c) => {
    await removeMember(studioOf(c), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(invites, async (c) => c.json({ data: await listInvites(studioOf(c)), nextCursor: null }, 200))
  .openapi(invite, async (c) => c.json(await inviteMember(studioOf(c), c.req.valid("json")), 201))
  .openapi(cancel, async (c) => {
    await cancelInvite(studioOf(c), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(accept, async (c) => c.json(await acceptInvite(c.var.ctx, c.req.valid("param").id), 200));
