/** Words are looked through before they go to a provider that bills what it refuses: OpenAI's moderation is free, and is asked where its key is set. */
import { z } from "@hono/zod-openapi";
import { inStudio, type Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { reach } from "../providers/index.ts";
import type { Order, Problem, Provider } from "../providers/provider.ts";
import { findProviders } from "../router/store.ts";

const TIMEOUT_MS = 5_000;
const Answer = z.object({ results: z.array(z.object({ flagged: z.boolean(), categories: z.record(z.string(), z.boolean()).default({}) })).min(1) });

/** What people call the vendor's categories. */
const subjects: Readonly<Record<string, string>> = {
  sexual: "sexual content", "sexual/minors": "minors in a sexual context", hate: "hate", "hate/threatening": "threats", harassment: "harassment", "harassment/threatening": "threats",
  "self-harm": "self-harm", "self-harm/intent": "self-harm", "self-harm/instructions": "self-harm", violence: "violence", "violence/graphic": "graphic violence", illicit: "illicit acts", "illicit/violent": "illicit acts",
};

/** Why an order would be refused at its provider's price, or null. Where nobody can be asked, or the studio's words may not go there, it goes on. */
export async function refusalAhead(ctx: Ctx, { billsRefusals, name }: Provider, { studio, request }: { studio: string; request: Order["request"] }): Promise<Problem | null> {
  const words = "prompt" in request ? request.prompt : "text" in request ? request.text : null;
  const openai = billsRefusals && words ? reach(ctx, "openai") : null;
  if (!openai) return null;
  const allowed = (await findProviders(inStudio(ctx, studio, "owner")))?.allowed ?? null;
  if (allowed !== null && !allowed.includes("openai")) return null;
  try {
    const answer = await openai.call.fetch(new URL("/v1/moderations", openai.call.baseUrl).href, {
      method: "POST", redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS), headers: { authorization: `Bearer ${openai.call.token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "omni-moderation-latest", input: words }),
    });
    const verdict = answer.ok ? Answer.safeParse(await answer.json()).data?.results[0] : undefined;
    if (!answer.ok) await answer.body?.cancel();
    if (!verdict?.flagged) return null;
    const found = [...new Set(Object.entries(verdict.categories).flatMap(([category, isFound]) => (isFound ? [subjects[category] ?? category] : [])))];
    return { code: "refused", detail: `${name} would refuse this${found.length > 0 ? `: it reads as ${found.join(", ")}` : ""}. Say it in another way, or choose another model. It was not sent, and nothing was charged.` };
  } catch (error) {
    logLine({ evt: "pre_check.failed", error: String(error) });
    return null;
  }
}
