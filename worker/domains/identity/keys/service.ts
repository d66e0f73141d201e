import type { z } from "zod";
import type { Actor, Ctx, Role, StudioCtx } from "#core/context.ts";
import { sha256 } from "#core/encoding.ts";
import { AppError } from "#core/errors.ts";
import { commit } from "#core/events.ts";
import { keyCreated, keyRevoked, type ApiKey, type CreatedKey, type CreateKey } from "../contract.ts";
import { beyond, DAY_MS, KEY_PREFIX, KEY_REQUESTS_MAX, KEY_SHOWN_CHARS, KEY_WINDOW_MS } from "../rules.ts";
import type { ApiKeyRow } from "../tables.ts";
import * as store from "./store.ts";

type ApiKey = z.infer<typeof ApiKey>;
type CreatedKey = z.infer<typeof CreatedKey>;

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const toKey = ({ id, name, prefix, scopes, requestsPer10Seconds, lastUsedAt, expiresAt, createdAt }: ApiKeyRow): ApiKey =>
  ({ object: "key", id, name, prefix, scopes, requestsPer10Seconds, lastUsedAt: iso(lastUsedAt), expiresAt: iso(expiresAt), createdAt: new Date(createdAt).toISOString() });

export async function listKeys(ctx: StudioCtx): Promise<ApiKey[]> {
  return (await store.listKeys(ctx)).map(toKey);
}

/** Make a key. Its secret is in this answer alone; we keep the hash. A key cannot make one with scopes that it lacks. */
export async function createKey(ctx: StudioCtx, { name, scopes, expiresInDays }: z.infer<typeof CreateKey>): Promise<CreatedKey> {
  const maker = await makerOf(ctx);
  const missing = ctx.actor.kind === "key" ? beyond(ctx.actor.scopes, scopes) : [];
  if (missing.length > 0) throw new AppError("auth.scope_missing", `A key cannot give scopes that it lacks: ${missing.join(", ")}.`, { scopes: missing });
  const secret = `${KEY_PREFIX}${ctx.newId("key").slice(-16)}${ctx.newId("key").slice(-16)}`;
  const row: ApiKeyRow = {
    id: ctx.newId("key"), studio: ctx.studio, madeBy: maker, name, prefix: secret.slice(0, KEY_SHOWN_CHARS), hash: await sha256(secret), scopes: [...new Set(scopes)],
    requestsPer10Seconds: KEY_REQUESTS_MAX, windowAt: 0, windowCount: 0, lastUsedAt: null,
    expiresAt: expiresInDays === null ? null : ctx.now() + expiresInDays * DAY_MS, revokedAt: null, createdAt: ctx.now(),
  };
  await commit(ctx, keyCreated(ctx.studio, row.id, { key: row.id, scopes: row.scopes }), [store.insertKey(ctx, row)]);
  return { ...toKey(row), secret };
}

async function makerOf(ctx: StudioCtx): Promise<string> {
  if (ctx.actor.kind === "user") return ctx.actor.user;
  if (ctx.actor.kind === "key") return makerOfKey(ctx, ctx.actor.key);
  throw new AppError("auth.required", "Sign in to make a key.");
}

/** The member who made a key. */
export const makerOfKey = async (ctx: StudioCtx, key: string): Promise<string> => (await store.getKey(ctx, key)).madeBy;

/** End a key at once. */
export async function revokeKey(ctx: StudioCtx, id: string): Promise<void> {
  await store.getKey(ctx, id);
  await commit(ctx, keyRevoked(ctx.studio, id, { key: id }), [store.revokeKey(ctx, id)]);
}

/** Who a secret acts as. Throws where there is no such key any more, and when it is used too fast. */
export async function useKey(ctx: Ctx, secret: string): Promise<{ actor: Actor; keyStudio: string }> {
  const row = secret.startsWith(KEY_PREFIX) ? await store.useKey(ctx, await sha256(secret)) : undefined;
  if (!row) throw new AppError("auth.required", "This API key does not exist, was revoked or has expired. Make a new one in the settings.");
  if (row.windowCount > row.requestsPer10Seconds) {
    const retryAfterSeconds = Math.max(1, Math.ceil((row.windowAt + KEY_WINDOW_MS - ctx.now()) / 1000));
    throw new AppError("request.rate_limited", `This key may send ${row.requestsPer10Seconds} requests in 10 seconds. Wait ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
  return { actor: { kind: "key", key: row.id, scopes: row.scopes }, keyStudio: row.studio };
}

/** A key does at most what the member who made it may do now. */
export async function roleOfKey(ctx: Ctx, key: string): Promise<Role> {
  const role = await store.roleOfKey(ctx, key);
  if (!role) throw new AppError("auth.required", "The member who made this key has left the studio. Make a new key.");
  return role;
}
