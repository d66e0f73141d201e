/** Files that a vendor answers at once: kept under the submission's own name as they stream in, so that a crash after it pays for nothing twice. */
import type { Ctx } from "#core/context.ts";
import { isContentType, storeStream } from "#domains/media/index.ts";
import type { Keep } from "../providers/provider.ts";
import { submissionId, type Attempt } from "./webhook-url.ts";

const BYTES_MAX = 1_000_000_000;

/** Where what a submission brought lies until it is conformed. */
export const rawKey = (studio: string, attempt: Pick<Attempt, "job" | "attempt">, role: string): string => `raw/${studio}/${submissionId(attempt)}/${role}`;

/** The storage key of an address in an output, or null where it is not one of this submission's. */
export function keptKey(studio: string, attempt: Pick<Attempt, "job" | "attempt">, address: string): string | null {
  const role = address.startsWith("kept:") ? address.slice("kept:".length) : "";
  return /^[a-z][a-z0-9.]{0,40}$/.test(role) ? rawKey(studio, attempt, role) : null;
}

/** The place where one submission keeps its files. */
export function keepFor(ctx: Ctx, studio: string, attempt: Pick<Attempt, "job" | "attempt">): Keep {
  return {
    put: async (role, body, contentType) => {
      if (!isContentType(contentType)) throw new Error(`${contentType} is not a kind of file that is kept`);
      const outcome = await storeStream(ctx, { key: rawKey(studio, attempt, role), body, contentType, bytesMax: BYTES_MAX });
      if (!outcome.ok) throw new Error(`what the provider answered is ${outcome.reason}`);
      return `kept:${role}`;
    },
    has: async (role) => ((await ctx.env.MEDIA.head(rawKey(studio, attempt, role))) ? `kept:${role}` : null),
  };
}
