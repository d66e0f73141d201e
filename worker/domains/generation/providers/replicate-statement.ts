/** What a provider that speaks the predictions contract made in a time, as lines of a bill: read from its list, newest first. */
import { z } from "@hono/zod-openapi";
import type { BilledSubmission, Call } from "./provider.ts";

const PAGES_MAX = 500;
const LIST_TIMEOUT_MS = 20_000;

const Page = z.object({
  next: z.string().nullish(),
  results: z.array(z.object({
    id: z.string().min(1).max(200), model: z.string().max(200).default(""), status: z.string().max(40), created_at: z.iso.datetime(),
    metrics: z.object({ predict_time: z.number().nonnegative().nullish() }).nullish(),
  })),
});

/** Throws where the provider does not answer: half a bill is none. */
export async function billedBetween(call: Call, { from, to }: { from: number; to: number }, microsPerSecond: number): Promise<BilledSubmission[]> {
  const lines: BilledSubmission[] = [];
  let url: string | null = new URL("/v1/predictions", call.baseUrl).href;
  for (let pages = 0; url !== null && pages < PAGES_MAX; pages += 1) {
    // The next page is the provider's word: only the provider itself is asked.
    if (new URL(url).origin !== new URL(call.baseUrl).origin) throw new Error("the provider's list leads elsewhere");
    const answer = await call.fetch(url, { headers: { authorization: `Bearer ${call.token}` }, redirect: "manual", signal: AbortSignal.timeout(LIST_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`the provider's list answered ${answer.status}`);
    const { next, results } = Page.parse(await answer.json());
    for (const { id, model, status, created_at: created, metrics } of results) {
      const createdAt = Date.parse(created);
      if (createdAt >= from && createdAt < to) lines.push({ id, model, status, costMicros: Math.round((metrics?.predict_time ?? 0) * microsPerSecond), createdAt });
    }
    const oldest = results.at(-1);
    url = next && oldest && Date.parse(oldest.created_at) >= from ? next : null;
  }
  return lines.toReversed();
}
