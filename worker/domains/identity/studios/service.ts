import type { z } from "zod";
import type { Ctx, Role, StudioCtx } from "#core/context.ts";
import { isDuplicate } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { derivedId } from "#core/id.ts";
import { studioCreated, studioUpdated, type CreateStudio, type Me, type Studio, type UpdateStudio } from "../contract.ts";
import { handleFor, isReserved } from "../rules.ts";
import type { StudioRow } from "../tables.ts";
import * as store from "./store.ts";

const iso = (at: number): string => new Date(at).toISOString();

export const toStudio = ({ id, name, handle, bio, personalOf, createdAt }: StudioRow, role: Role): Studio =>
  ({ object: "studio", id, name, handle, bio, personal: personalOf !== null, role, createdAt: iso(createdAt) });

/**
 * The personal studio of a user, made where it is missing: at sign-up, and by the next request if sign-up was cut short. Its id follows from
 * the user's, so two at once make one.
 */
export async function ensureStudio(ctx: Ctx, user: { id: string; name: string }): Promise<StudioRow> {
  const known = await store.findPersonal(ctx, user.id);
  if (known) return known;
  const id = await derivedId("studio", "personal", user.id);
  const member = await derivedId("member", id, user.id);
  const name = user.name.trim().slice(0, 80) || "My studio";
  const handle = handleFor(name);
  for (const candidate of [handle, suffixed(ctx, handle), suffixed(ctx, handle)]) {
    const row: StudioRow = { id, name, handle: candidate, bio: "", personalOf: user.id, createdAt: ctx.now() };
    try {
      await commit(ctx, studioCreated(id, id, { studio: id, personal: true }), [
        store.insertStudio(ctx, row),
        store.insertMember(ctx, { id: member, studio: id, userId: user.id, role: "owner", createdAt: row.createdAt }),
      ]);
      return row;
    } catch (error) {
      if (!isDuplicate(error, "studios")) throw error;
      const winner = await store.findPersonal(ctx, user.id);
      if (winner) return winner;
    }
  }
  throw new Error("no free handle was found");
}

const suffixed = (ctx: Ctx, handle: string): string => `${handle.slice(0, 20)}-${ctx.newId("studio").slice(-8)}`;

/** Who is asking, and for which studio. */
export async function getMe(ctx: StudioCtx): Promise<Me> {
  const studio = toStudio(await store.getStudio(ctx), ctx.role);
  if (ctx.actor.kind !== "user") return { object: "me", user: null, studio, studios: [studio] };
  const [user, studios] = await Promise.all([store.findUser(ctx, ctx.actor.user), store.listOfUser(ctx, ctx.actor.user)]);
  if (!user) throw new AppError("auth.required", "Sign in again.");
  const { id, name, email, emailVerified, createdAt } = user;
  return { object: "me", user: { id, name, email, emailVerified, admin: ctx.actor.admin, createdAt: createdAt.toISOString() }, studio, studios: studios.map((own) => toStudio(own.studio, own.role)) };
}

/** The studios that a user works in. */
export async function listStudios(ctx: Ctx): Promise<Studio[]> {
  return (await store.listOfUser(ctx, userOf(ctx))).map(({ studio, role }) => toStudio(studio, role));
}

export async function getStudio(ctx: StudioCtx): Promise<Studio> {
  return toStudio(await store.getStudio(ctx), ctx.role);
}

/** A team's studio. It begins without credits: the free ones belong to people. */
export async function createStudio(ctx: Ctx, { name, handle }: z.infer<typeof CreateStudio>): Promise<Studio> {
  const user = userOf(ctx);
  refuseReserved(handle);
  const row: StudioRow = { id: ctx.newId("studio"), name, handle, bio: "", personalOf: null, createdAt: ctx.now() };
  await orTaken(handle, () => commit(ctx, studioCreated(row.id, row.id, { studio: row.id, personal: false }), [
    store.insertStudio(ctx, row),
    store.insertMember(ctx, { id: ctx.newId("member"), studio: row.id, userId: user, role: "owner", createdAt: row.createdAt }),
  ]));
  return toStudio(row, "owner");
}

/** Change name, public handle or biography. */
export async function updateStudio(ctx: StudioCtx, input: z.infer<typeof UpdateStudio>): Promise<Studio> {
  const row = await store.getStudio(ctx);
  const fields = Object.keys(input);
  if (fields.length === 0) return toStudio(row, ctx.role);
  if (input.handle !== undefined && input.handle !== row.handle) refuseReserved(input.handle);
  await orTaken(input.handle ?? "", () => commit(ctx, studioUpdated(ctx.studio, ctx.studio, { fields }), [store.updateStudio(ctx, input)]));
  return toStudio({ ...row, ...input }, ctx.role);
}

function refuseReserved(handle: string): void {
  if (isReserved(handle)) throw taken(handle);
}

const taken = (handle: string): AppError => new AppError("handle.taken", `@${handle} is taken. Choose another name.`, { errors: [{ pointer: "/handle", detail: "taken" }] });

async function orTaken(handle: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isDuplicate(error, "studios") ? taken(handle) : error;
  }
}

/** The person who acts. Routes that reach here refuse keys. */
export function userOf(ctx: Ctx): string {
  if (ctx.actor.kind !== "user") throw new AppError("auth.required", "This needs a person: sign in with a browser session, not with a key.");
  return ctx.actor.user;
}
