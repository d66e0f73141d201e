import { sql, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import { sqliteTable, integer } from "drizzle-orm/sqlite-core";
import { AppError } from "./errors.ts";

export type Db = DrizzleD1Database;
/** A statement that is not yet run: a service lists its writes and `commit` sends them as one batch. */
export type Write = BatchItem<"sqlite">;

export const openDb = (env: Env): Db => drizzle(env.DB);

/** Never holds a row: an insert into it fails by its CHECK and takes the batch with it. */
export const guards = sqliteTable("guards", { ok: integer("ok").notNull() });

/** A write that makes the whole batch fail with `resource.changed` unless the condition (an EXISTS, or any boolean SQL) holds. */
export const onlyIf = (db: Db, condition: SQL): Write => db.insert(guards).select(sql`select 0 where not (${condition})`);

/** Whether an error is the refusal of `onlyIf`. */
export const isGuardFailure = (error: unknown): boolean => messages(error).includes("guard_failed");

/** Whether an error is a unique constraint on this table. */
export const isDuplicate = (error: unknown, table: string): boolean => messages(error).includes(`UNIQUE constraint failed: ${table}.`);

function messages(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messages(error.cause)}` : "";
}

/** Run statements as one transaction. All of them happen, or none. */
export async function batch(db: Db, writes: Write[]): Promise<void> {
  const [first, ...rest] = writes;
  if (!first) return;
  try {
    await db.batch([first, ...rest]);
  } catch (error) {
    if (isGuardFailure(error)) {
      throw new AppError("resource.changed", "Somebody changed this since you read it. Read it again and repeat your change.", {}, { cause: error });
    }
    throw error;
  }
}
