import { and, eq } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { StudioCtx } from "./context.ts";
import { isDuplicate, type Write } from "./db.ts";
import { sha256 } from "./encoding.ts";
import { AppError } from "./errors.ts";
import { derivedId, type IdKind } from "./id.ts";

const remembered = sqliteTable("idempotency_keys", {
  studio: text("studio").notNull(),
  operation: text("operation").notNull(),
  key: text("key").notNull(),
  inputHash: text("input_hash").notNull(),
  resource: text("resource").notNull(),
  at: integer("at").notNull(),
}, (t) => [primaryKey({ columns: [t.studio, t.operation, t.key] })]);

const own = (ctx: StudioCtx, operation: string, key: string) => and(eq(remembered.studio, ctx.studio), eq(remembered.operation, operation), eq(remembered.key, key));

/**
 * Claims the request's key for a create whose effect lies outside D1 and is idempotent by `resource`, so that two inputs never both happen
 * under one key. Whoever repeats the input does the effect again; `forget` gives the key back where the effect was refused.
 */
export async function claimKey(ctx: StudioCtx, { operation, input, resource }: { operation: string; input: unknown; resource: string }): Promise<{ forget(): Promise<void> }> {
  const key = ctx.idempotencyKey;
  if (!key) return { forget: () => Promise.resolve() };
  const inputHash = await sha256(JSON.stringify(input));
  await ctx.db.insert(remembered).values({ studio: ctx.studio, operation, key, inputHash, resource, at: ctx.now() }).onConflictDoNothing();
  const row = await ctx.db.select().from(remembered).where(own(ctx, operation, key)).get();
  if (row?.inputHash !== inputHash) throw keyReused();
  return { forget: async () => { await ctx.db.delete(remembered).where(and(own(ctx, operation, key), eq(remembered.resource, resource))); } };
}

const keyReused = () => new AppError("request.key_reused", "Send a new Idempotency-Key for a new request.");

interface Once<Result> {
  operation: string;
  kind: IdKind;
  input: unknown;
  /** Make it under this id, committing `remember` with it. */
  create(id: string, remember: Write[]): Promise<Result>;
  /** Answer for what was made already under this id. */
  read(id: string): Promise<Result>;
}

/**
 * Create something at most once per `Idempotency-Key`. The id follows from studio, operation and key, and the memory of the key commits with
 * the thing itself, so a retry after a lost answer finds it. Refusals are not remembered. Another input under the same key: 409.
 */
export async function once<Result>(ctx: StudioCtx, { operation, kind, input, create, read }: Once<Result>): Promise<Result> {
  const key = ctx.idempotencyKey;
  if (!key) return create(ctx.newId(kind), []);
  const inputHash = await sha256(JSON.stringify(input));
  const find = () => ctx.db.select().from(remembered).where(own(ctx, operation, key)).get();
  const replay = (row: typeof remembered.$inferSelect) => {
    if (row.inputHash !== inputHash) throw keyReused();
    return read(row.resource);
  };
  const known = await find();
  if (known) return replay(known);
  const id = await derivedId(kind, ctx.studio, operation, key);
  try {
    return await create(id, [ctx.db.insert(remembered).values({ studio: ctx.studio, operation, key, inputHash, resource: id, at: ctx.now() })]);
  } catch (error) {
    const winner = isDuplicate(error, "idempotency_keys") ? await find() : undefined;
    if (!winner) throw error;
    return replay(winner);
  }
}
