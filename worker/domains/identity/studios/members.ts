import type { z } from "zod";
import type { Ctx, Role, StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { settings } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { once } from "#core/idempotency.ts";
import { logLine } from "#core/log.ts";
import { sendMail } from "#core/mail.ts";
import { inviteCancelled, memberChanged, memberInvited, memberJoined, memberRemoved, type Invite, type InviteMember, type Member, type Studio } from "../contract.ts";
import { canAssign, INVITE_MS } from "../rules.ts";
import { inviteLetter } from "../sessions/letters.ts";
import type { InviteRow } from "../tables.ts";
import { toStudio, userOf } from "./service.ts";
import * as store from "./store.ts";

type Member = z.infer<typeof Member>;
type Invite = z.infer<typeof Invite>;

const toMember = ({ createdAt, ...row }: store.MemberWithUser): Member => ({ object: "member", ...row, createdAt: new Date(createdAt).toISOString() });

const toInvite = (ctx: Ctx, { id, email, role, status, expiresAt }: InviteRow): Invite =>
  ({ object: "invite", id, email, role, status: status === "pending" && expiresAt <= ctx.now() ? "expired" : status, expiresAt: new Date(expiresAt).toISOString() });

export async function listMembers(ctx: StudioCtx): Promise<Member[]> {
  return (await store.listMembers(ctx)).map(toMember);
}

/** Give a member another role. A studio keeps at least one owner. */
export async function changeRole(ctx: StudioCtx, id: string, role: Role): Promise<Member> {
  const row = await store.getMember(ctx, id);
  requireAssign(ctx, row.role);
  requireAssign(ctx, role);
  const guards = row.role === "owner" && role !== "owner" ? await keepOwner(ctx, id) : [];
  await commit(ctx, memberChanged(ctx.studio, id, { user: row.user, role }), [...guards, store.setRole(ctx, id, role)]);
  return toMember({ ...row, role });
}

/** Take a member out of the studio, or leave it. Their keys stop with them. */
export async function removeMember(ctx: StudioCtx, id: string): Promise<void> {
  const row = await store.getMember(ctx, id);
  const isSelf = ctx.actor.kind === "user" && ctx.actor.user === row.user;
  if (!isSelf) {
    requireAssign(ctx, "viewer");
    requireAssign(ctx, row.role);
  }
  const guards = row.role === "owner" ? await keepOwner(ctx, id) : [];
  await commit(ctx, memberRemoved(ctx.studio, id, { user: row.user }), [...guards, store.removeMember(ctx, id)]);
}

async function keepOwner(ctx: StudioCtx, id: string) {
  if (!(await store.hasOtherOwner(ctx, id))) throw new AppError("member.last_owner", "Make somebody else an owner first.");
  return [store.onlyIfOtherOwner(ctx, id)];
}

function requireAssign(ctx: StudioCtx, role: Role): void {
  if (!canAssign(ctx.role, role)) throw new AppError("auth.role_too_low", `Your role ${ctx.role} cannot give or take the role ${role}. Ask an owner.`, { yours: ctx.role });
}

export async function listInvites(ctx: StudioCtx): Promise<Invite[]> {
  return (await store.listInvites(ctx)).map((row) => toInvite(ctx, row));
}

/** Invite an address. Whoever signs in with it may accept within seven days. */
export async function inviteMember(ctx: StudioCtx, { email, role }: z.infer<typeof InviteMember>): Promise<Invite> {
  requireAssign(ctx, role);
  return once(ctx, {
    operation: "inviteMember", kind: "invite", input: { email, role },
    create: async (id, remember) => {
      const studio = await store.getStudio(ctx);
      const row: InviteRow = {
        id, studio: ctx.studio, email: email.toLowerCase(), role, status: "pending", invitedBy: ctx.actor.kind === "user" ? ctx.actor.user : null,
        expiresAt: ctx.now() + INVITE_MS, createdAt: ctx.now(),
      };
      await commit(ctx, memberInvited(ctx.studio, id, { invite: id, role }), [...remember, store.insertInvite(ctx, row)]);
      const letter = inviteLetter(row.email, `${settings(ctx.env).APP_ORIGIN}/invites/${id}`, studio.name, role);
      ctx.later(sendMail(ctx, letter).catch((error: unknown) => logLine({ evt: "mail.failed", requestId: ctx.requestId, invite: id, error: String(error) })));
      return toInvite(ctx, row);
    },
    read: async (id) => toInvite(ctx, await store.getInvite(ctx, id)),
  });
}

/** Call an invitation off. Doing it again, or after it was accepted, changes nothing. */
export async function cancelInvite(ctx: StudioCtx, id: string): Promise<void> {
  const row = await store.getInvite(ctx, id);
  if (row.status !== "pending") return;
  await commit(ctx, inviteCancelled(ctx.studio, id, { invite: id }), store.setInviteStatus(ctx, id, "cancelled"));
}

/** Join the studio that invited this person's confirmed address. Others see no invitation at all. */
export async function acceptInvite(ctx: Ctx, id: string): Promise<Studio> {
  const userId = userOf(ctx);
  const [invite, user] = await Promise.all([store.findInvite(ctx, id), store.findUser(ctx, userId)]);
  const missing = new AppError("invite.not_found", "There is no such invitation for your address, or it has expired. Ask for a new one.");
  if (!invite || !user || user.email.toLowerCase() !== invite.email) throw missing;
  if (settings(ctx.env).EMAIL_VERIFICATION === "required" && !user.emailVerified) throw new AppError("auth.email_unverified", "Confirm your e-mail address, then accept the invitation.");
  const studioCtx: StudioCtx = { ...ctx, studio: invite.studio, role: invite.role };
  const role = await store.findRole(ctx, invite.studio, userId);
  if (role && invite.status === "accepted") return toStudio(await store.getStudio(studioCtx), role);
  if (invite.status !== "pending" || invite.expiresAt <= ctx.now()) throw missing;
  try {
    await commit(ctx, memberJoined(invite.studio, invite.id, { user: userId, role: role ?? invite.role }), [
      ...store.setInviteStatus(ctx, id, "accepted"),
      ...(role ? [] : [store.insertMember(ctx, { id: ctx.newId("member"), studio: invite.studio, userId, role: invite.role, createdAt: ctx.now() })]),
    ]);
  } catch (error) {
    if (!isDuplicate(error, "members")) throw error;
  }
  return toStudio(await store.getStudio(studioCtx), role ?? invite.role);
}
