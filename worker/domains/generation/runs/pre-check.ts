/**
 * Words, and the picture that a shot begins with, are looked through before they go to a provider that bills what it refuses: by OpenAI's moderation, which is
 * free, where its key is set, and else by Llama Guard on Workers AI, which reads words only.
 */
import { z } from "@hono/zod-openapi";
import { inStudio, type Ctx } from "#core/context.ts";
import { logLine } from "#core/log.ts";
import { reach } from "../providers/index.ts";
import type { Call, Order, Problem, Provider } from "../providers/provider.ts";
import { findProviders } from "../router/store.ts";

/** For all who are asked: an order has its own time to be sent in, of which this takes a part. */
const TIMEOUT_MS = 6_000;
const GUARD = "@cf/meta/llama-guard-3-8b";

const Moderated = z.object({ results: z.array(z.object({
  flagged: z.boolean(), categories: z.record(z.string(), z.boolean()).default({}),
  /** Which of the inputs a category was found in. */
  category_applied_input_types: z.record(z.string(), z.array(z.string())).default({}),
})).min(1) });
/** As JSON, which it is asked for, or in its own words: `unsafe`, and its hazards on the next line. */
const Guarded = z.object({ response: z.union([
  z.object({ safe: z.boolean(), categories: z.array(z.string().max(20)).max(50).nullish() }),
  z.string().regex(/^\s*(?:un)?safe\b/).transform((words) => ({ safe: !/^\s*unsafe/.test(words), categories: words.match(/\bS\d{1,2}\b/g) })),
]) });

/** What people call the vendor's categories. */
const subjects: Readonly<Record<string, string>> = {
  sexual: "sexual content", "sexual/minors": "minors in a sexual context", hate: "hate", "hate/threatening": "threats", harassment: "harassment", "harassment/threatening": "threats",
  "self-harm": "self-harm", "self-harm/intent": "self-harm", "self-harm/instructions": "self-harm", violence: "violence", "violence/graphic": "graphic violence", illicit: "illicit acts", "illicit/violent": "illicit acts",
};
/** Of Llama Guard's hazards those that makers of pictures refuse: the others are about advice, elections, rights and code. */
const hazards: Readonly<Record<string, string>> = { S1: "violence", S3: "sexual content", S4: "minors in a sexual context", S10: "hate", S11: "self-harm", S12: "sexual content" };

/** What is looked through. */
interface Given {
  words: string;
  picture: string | null;
}

/** `found`: what it breaks, in words, and whether that is seen in the picture alone; null: nothing. `because`: nobody knows, and why. */
type Verdict = { found: { subjects: readonly string[]; inPicture: boolean } | null } | { because: string };

const checkers: readonly { provider: string; look: (call: Call, given: Given, signal: AbortSignal) => Promise<Verdict> }[] = [
  { provider: "openai", look: async (call, given, signal) => {
    const seen = await moderated(call, given, signal);
    // A picture that it cannot fetch must not keep the words from being read.
    return "because" in seen && given.picture !== null ? moderated(call, { ...given, picture: null }, signal) : seen;
  } },
  { provider: "workers-ai", look: guarded },
];

/** Why an order would be refused at its provider's price, or null. Where nobody can be asked, or what is the studio's may not go there, it goes on, and is logged. */
export async function refusalAhead(ctx: Ctx, { id, billsRefusals, name }: Provider, { studio, request }: { studio: string; request: Order["request"] }): Promise<Problem | null> {
  const words = "prompt" in request ? request.prompt : "text" in request ? request.text : null;
  if (!billsRefusals || !words) return null;
  const given: Given = { words, picture: request.tool === "clip" ? request.firstFrame : null };
  const allowed = (await findProviders(inStudio(ctx, studio, "owner")))?.allowed ?? null;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const reasons: string[] = [];
  for (const { provider, look } of checkers) {
    const isAllowed = allowed === null || allowed.includes(provider);
    const reached = isAllowed ? reach(ctx, provider) : null;
    const verdict: Verdict = reached ? await look(reached.call, given, signal) : { because: isAllowed ? "not set up" : "not allowed" };
    if (!("because" in verdict)) return verdict.found && refused(name, verdict.found);
    reasons.push(`${provider}: ${verdict.because}`);
  }
  logLine({ evt: "pre_check.not_made", provider: id, because: reasons.join(", "), requestId: ctx.requestId });
  return null;
}

function refused(name: string, { subjects: found, inPicture }: { subjects: readonly string[]; inPicture: boolean }): Problem {
  const what = found.length === 0 ? "" : `: ${inPicture ? "the picture that it begins with looks" : "it reads"} as ${found.join(", ")}`;
  return { code: "refused", detail: `${name} would refuse this${what}. ${inPicture ? "Begin with another picture" : "Say it in another way"}, or choose another model. It was not sent, and nothing was charged.` };
}

async function moderated(call: Call, { words, picture }: Given, signal: AbortSignal): Promise<Verdict> {
  const input = picture === null ? words : [{ type: "text", text: words }, { type: "image_url", image_url: { url: picture } }];
  try {
    const answer = await call.fetch(new URL("/v1/moderations", call.baseUrl).href, {
      method: "POST", redirect: "manual", signal, headers: { authorization: `Bearer ${call.token}`, "content-type": "application/json" }, body: JSON.stringify({ model: "omni-moderation-latest", input }),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return { because: String(answer.status) };
    }
    const verdict = Moderated.safeParse(await answer.json()).data?.results[0];
    if (!verdict) return { because: "unreadable" };
    if (!verdict.flagged) return { found: null };
    const found = Object.keys(verdict.categories).filter((category) => verdict.categories[category]);
    const where = new Set(found.flatMap((category) => verdict.category_applied_input_types[category] ?? ["text"]));
    return { found: { subjects: [...new Set(found.map((category) => subjects[category] ?? category))], inPicture: where.has("image") && !where.has("text") } };
  } catch {
    return { because: "no answer" };
  }
}

async function guarded({ ai }: Call, { words }: Given, signal: AbortSignal): Promise<Verdict> {
  try {
    const answer = await ai?.run(GUARD, { messages: [{ role: "user", content: words }], response_format: { type: "json_object" }, temperature: 0, max_tokens: 100 }, { returnRawResponse: true, signal });
    if (!(answer instanceof Response)) return { because: "no answer" };
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return { because: String(answer.status) };
    }
    const verdict = Guarded.safeParse(await answer.json()).data?.response;
    if (!verdict) return { because: "unreadable" };
    const found = [...new Set((verdict.categories ?? []).flatMap((category) => hazards[category] ?? []))];
    return { found: verdict.safe || found.length === 0 ? null : { subjects: found, inPicture: false } };
  } catch {
    return { because: "no answer" };
  }
}
