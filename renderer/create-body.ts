import { createHash } from "node:crypto";
import { z } from "zod";
import { Problem } from "./problem.ts";
import { webhookEvents } from "./store.ts";

/** The body of a create, whichever way the model is named. */
export const createBody = z.object({
  version: z.string().max(200).optional(),
  input: z.record(z.string(), z.json()),
  webhook: z.string().max(2000).nullish(),
  webhook_events_filter: z.array(z.enum(webhookEvents)).max(4).nullish(),
});

export interface CreateCommand {
  /** The caller's own id (an idempotent create), or null. */
  id: string | null;
  /** The model by its path, or null where the body's `version` names it. */
  model: string | null;
  body: unknown;
  cancelAfterMs: number | null;
}

/** One hash for everything that makes two creates the same. */
export const hashOfAsked = (asked: unknown[]): string => createHash("sha256").update(JSON.stringify(sorted(asked))).digest("hex");

/** Says which fields are wrong, as Replicate does, and where by JSON pointer. */
export function invalid(error: z.ZodError, path: string[]): Problem {
  const fields = error.issues.slice(0, 20).map((issue) => ({ loc: [...path, ...issue.path.map(String)], msg: issue.message, pointer: `/${[...path, ...issue.path.map(String)].join("/")}` }));
  return new Problem(422, "Input validation failed", fields.map((field) => `- ${field.loc.join(".")}: ${field.msg}`).join("\n"), { invalid_fields: fields });
}

/** The same value with the keys of every object in order, so that equal bodies have equal hashes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
