import type { Job, Quote } from "#lib/api/types.ts";

/** What agreeing to a quote comes to: `renew`: it ran out, so the new figures come first; `stays`: the job that it was to replace is being made after all; `wait`: it is just being stopped; `cancel`: it is stopped first; `begin`. */
export type Agreed = "renew" | "stays" | "wait" | "cancel" | "begin";

/** What is at its provider, or was made, is paid when it comes: whoever has it made elsewhere as well pays twice. */
export function agreed({ expiresAt }: Pick<Quote, "expiresAt">, moved: Pick<Job, "status" | "actions"> | null, now: number): Agreed {
  if (Date.parse(expiresAt) <= now) return "renew";
  if (moved?.status === "running" || moved?.status === "succeeded") return "stays";
  if (moved?.status === "cancelling") return "wait";
  return moved?.actions.includes("cancel") ? "cancel" : "begin";
}
