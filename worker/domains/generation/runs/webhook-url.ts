import { sql } from "drizzle-orm";
import { base64url } from "#core/encoding.ts";
import { settings } from "#core/env.ts";
import type { Ctx } from "#core/context.ts";
import { hmacKey } from "#core/hmac.ts";
import type { Json } from "#film/film.ts";

/** Which attempt a webhook is about. */
export interface Attempt {
  run: string;
  job: string;
  attempt: number;
}

/** Our own id of a submission: where the provider takes it, creating twice is creating once. */
export const submissionId = ({ job, attempt }: Pick<Attempt, "job" | "attempt">): string => `${job}-${attempt}`;

async function proofOf(ctx: Ctx, { run, job, attempt }: Attempt): Promise<string> {
  const key = await hmacKey("webhook", settings(ctx.env).AUTH_SECRET, (secret) => Uint8Array.from(new TextEncoder().encode(secret)));
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`webhook\n${run}\n${job}\n${attempt}`));
  return base64url(new Uint8Array(signature).subarray(0, 16));
}

/** Where a provider reports to: the address names the attempt, and proves that we made it. */
export async function webhookUrl(ctx: Ctx, provider: string, attempt: Attempt): Promise<string> {
  const url = new URL(`/api/webhooks/${provider}`, settings(ctx.env).RENDERER_CALLBACK_ORIGIN);
  url.searchParams.set("run", attempt.run);
  url.searchParams.set("job", attempt.job);
  url.searchParams.set("attempt", String(attempt.attempt));
  url.searchParams.set("proof", await proofOf(ctx, attempt));
  return url.href;
}

/** The attempt that a webhook's address names, or null where we did not make it. */
export async function attemptIn(ctx: Ctx, url: URL): Promise<Attempt | null> {
  const attempt = { run: url.searchParams.get("run") ?? "", job: url.searchParams.get("job") ?? "", attempt: Number(url.searchParams.get("attempt")) };
  const isRight = Number.isInteger(attempt.attempt) && (await proofOf(ctx, attempt)) === url.searchParams.get("proof");
  return isRight ? attempt : null;
}

/** Whether an address is the one that is registered with a provider once: it names no attempt. */
export const isBare = (url: URL): boolean => ["run", "job", "attempt", "proof"].every((name) => !url.searchParams.has(name));

/** The attempt that a provider knows by this ticket, or null where there is none, or the database has not heard of it yet. */
export async function attemptOf(ctx: Ctx, provider: string, ticket: Json): Promise<Attempt | null> {
  if (typeof ticket !== "string") return null;
  // Without being told, the database goes through all of a provider's attempts by time.
  const found = await ctx.db.get<Attempt | undefined>(sql`select run, job, attempt from decisions indexed by decisions_by_ticket where provider = ${provider} and ticket = ${ticket} order by at desc limit 1`);
  return found ?? null;
}
