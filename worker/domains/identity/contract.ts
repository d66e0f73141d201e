import { z } from "@hono/zod-openapi";
import { roles, scopes } from "#core/context.ts";
import { defineEvent } from "#core/events.ts";

export const HANDLE = /^[a-z0-9](?:[a-z0-9-]{1,28}[a-z0-9])$/;

export const Studio = z.object({
  object: z.literal("studio"), id: z.string(), name: z.string().min(1).max(80), handle: z.string().regex(HANDLE), bio: z.string().max(500),
  personal: z.boolean(), role: z.enum(roles), createdAt: z.iso.datetime(),
}).meta({ id: "Studio" });
export type Studio = z.infer<typeof Studio>;
export const CreateStudio = z.object({ name: z.string().trim().min(1).max(80), handle: z.string().regex(HANDLE) }).meta({ id: "CreateStudio" });
export const UpdateStudio = z.object({ name: z.string().trim().min(1).max(80), handle: z.string().regex(HANDLE), bio: z.string().max(500) }).partial().meta({ id: "UpdateStudio" });

export const Me = z.object({
  object: z.literal("me"),
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), emailVerified: z.boolean(), admin: z.boolean(), createdAt: z.iso.datetime() }).nullable().meta({ description: "Null for a key" }),
  studio: Studio, studios: z.array(Studio),
}).meta({ id: "Me" });
export type Me = z.infer<typeof Me>;

export const Member = z.object({ object: z.literal("member"), id: z.string(), user: z.string(), name: z.string(), email: z.string(), role: z.enum(roles), createdAt: z.iso.datetime() }).meta({ id: "Member" });
export const InviteMember = z.object({ email: z.email(), role: z.enum(roles).exclude(["owner"]) }).meta({ id: "InviteMember" });
export const Invite = z.object({ object: z.literal("invite"), id: z.string(), email: z.string(), role: z.enum(roles), status: z.enum(["pending", "accepted", "cancelled", "expired"]), expiresAt: z.iso.datetime() }).meta({ id: "Invite" });
export const ChangeRole = z.object({ role: z.enum(roles) }).meta({ id: "ChangeRole" });

export const ApiKey = z.object({
  object: z.literal("key"), id: z.string(), name: z.string(), prefix: z.string().meta({ description: "The first characters, to recognise it by" }), scopes: z.array(z.enum(scopes)),
  requestsPer10Seconds: z.int(), lastUsedAt: z.iso.datetime().nullable(), expiresAt: z.iso.datetime().nullable(), createdAt: z.iso.datetime(),
}).meta({ id: "ApiKey" });
export const CreateKey = z.object({ name: z.string().trim().min(1).max(60), scopes: z.array(z.enum(scopes)).min(1), expiresInDays: z.int().min(1).max(365).nullable().default(null) }).meta({ id: "CreateKey" });
export const CreatedKey = ApiKey.extend({ secret: z.string().meta({ description: "Shown this once" }) }).meta({ id: "CreatedKey" });

export const Session = z.object({ object: z.literal("session"), id: z.string(), current: z.boolean(), userAgent: z.string(), ipAddress: z.string(), createdAt: z.iso.datetime(), expiresAt: z.iso.datetime() }).meta({ id: "Session" });

export const SiteConfig = z.object({ emailVerification: z.boolean(), social: z.array(z.enum(["google", "github"])) }).meta({ id: "SiteConfig" });

const SearchedPerson = z.object({ id: z.string(), name: z.string(), email: z.string() });
/** Why an administrator did something: it stays in the event of it. */
export const Reason = z.object({ reason: z.string().trim().min(3).max(200).refine((text) => text.isWellFormed(), "must be well-formed text") }).meta({ id: "Reason" });
export const GrantAdministrator = Reason.extend({ email: z.email() }).meta({ id: "GrantAdministrator" });
export const Administrator = z.object({
  object: z.literal("administrator"), id: z.string(), name: z.string(), email: z.string(),
  way: z.enum(["setting", "grant"]).meta({ description: "Named by the deployment, or made one by another administrator" }),
  granted: z.object({ by: z.string(), reason: z.string(), at: z.iso.datetime() }).nullable(),
}).meta({ id: "Administrator" });
export const AdminUser = z.object({
  object: z.literal("admin_user"), id: z.string(), name: z.string(), email: z.string(), emailVerified: z.boolean(), administrator: z.enum(["setting", "grant"]).nullable(),
  studio: z.string().nullable().meta({ description: "The studio of their own" }), createdAt: z.iso.datetime(),
}).meta({ id: "AdminUser" });
export const AdminStudio = z.object({
  object: z.literal("admin_studio"), id: z.string(), name: z.string(), handle: z.string(), personal: z.boolean(), owner: SearchedPerson.nullable(), createdAt: z.iso.datetime(),
}).meta({ id: "AdminStudio" });

export const studioCreated = defineEvent("studio.created", z.object({ studio: z.string(), personal: z.boolean() }));
export const studioUpdated = defineEvent("studio.updated", z.object({ fields: z.array(z.string()) }));
export const memberInvited = defineEvent("member.invited", z.object({ invite: z.string(), role: z.string() }));
export const inviteCancelled = defineEvent("invite.cancelled", z.object({ invite: z.string() }));
export const memberJoined = defineEvent("member.joined", z.object({ user: z.string(), role: z.string() }));
export const memberChanged = defineEvent("member.changed", z.object({ user: z.string(), role: z.string() }));
export const memberRemoved = defineEvent("member.removed", z.object({ user: z.string() }));
export const keyCreated = defineEvent("key.created", z.object({ key: z.string(), scopes: z.array(z.string()) }));
export const keyRevoked = defineEvent("key.revoked", z.object({ key: z.string() }));
export const administratorGranted = defineEvent("administrator.granted", z.object({ user: z.string(), reason: z.string() }));
/** One administrator is to be told that somebody became one. */
export const administratorAnnounced = defineEvent("administrator.announced", z.object({ to: z.string(), user: z.string(), by: z.string(), reason: z.string() }));
export const administratorRevoked = defineEvent("administrator.revoked", z.object({ user: z.string(), reason: z.string() }));
