import type { Db } from "./db.ts";
import { newId, type IdKind } from "./id.ts";

export const roles = ["owner", "admin", "editor", "reviewer", "viewer"] as const;
export type Role = (typeof roles)[number];

export const scopes = [
  "projects:read", "projects:write", "runs:read", "runs:write", "media:read", "media:write", "videos:read", "videos:write",
  "wallet:read", "wallet:write", "billing:read", "billing:write", "studio:read", "studio:write", "keys:read", "keys:write",
] as const;
export type Scope = (typeof scopes)[number];

/** Who acts. Audit never says "unknown". */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "user"; user: string; session: string; emailVerified: boolean; admin: boolean }
  | { kind: "key"; key: string; scopes: readonly Scope[] }
  | { kind: "system"; name: string }
  | { kind: "webhook"; source: string }
  /** A system of others, known by its signature: for one studio or, null, for any, and for these kinds of transactions. */
  | { kind: "partner"; partner: string; studio: string | null; kinds: readonly string[] };

/** What every function is given: who, when, and how to reach the world. Time, randomness and network come from here alone. */
export interface Ctx {
  env: Env;
  db: Db;
  actor: Actor;
  requestId: string;
  /** Milliseconds since the epoch. */
  now(): number;
  newId(kind: IdKind): string;
  fetch(request: Request | string, init?: RequestInit): Promise<Response>;
  /** Work that goes on after the answer. */
  later(work: Promise<unknown>): void;
  /** The `Idempotency-Key` of the request, if it has one. */
  idempotencyKey: string | null;
}

/** A context inside one studio: every query is scoped by `studio`. */
export interface StudioCtx extends Ctx {
  studio: string;
  role: Role;
}

/** Build the context of something that the system does by itself. */
export function systemCtx(env: Env, db: Db, name: string, later: (work: Promise<unknown>) => void): Ctx {
  return makeCtx({ env, db, actor: { kind: "system", name }, requestId: newId("request", Date.now(), (bytes) => crypto.getRandomValues(bytes)), later, idempotencyKey: null });
}

/** The real clock, randomness and network. Tests build their own. */
export function makeCtx(parts: Pick<Ctx, "env" | "db" | "actor" | "requestId" | "later" | "idempotencyKey">): Ctx {
  const now = () => Date.now();
  return { ...parts, now, newId: (kind) => newId(kind, now(), (bytes) => crypto.getRandomValues(bytes)), fetch: (request, init) => fetch(request, init) };
}

/** The same context inside a studio. */
export const inStudio = (ctx: Ctx, studio: string, role: Role): StudioCtx => ({ ...ctx, studio, role });
