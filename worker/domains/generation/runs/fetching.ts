import type { Ctx } from "#core/context.ts";
import { contentTypes, probe, storeStream, type ProbeFacts, type StoredObject } from "#domains/media/index.ts";
import type { ExpectedFile, ExpectedOutput } from "#film/inputs/expected-output.ts";
import type { Again } from "#objects/run/rules.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { contentTypeOf, faultIn } from "./accepting.ts";

/** A host that has not begun to answer by then is out. How long the file itself takes is a matter of its size: it ends where no byte comes any more, or here. */
const ANSWER_MS = 30_000;
const FETCH_MS_MAX = 13 * 60_000;
const HOPS_MAX = 3;
/** How hosts answer for an address that is not good, or not any more. */
const GONE: ReadonlySet<number> = new Set([401, 403, 404, 410]);
const BYTES_MAX: Record<ExpectedFile["kind"], number> = { video: 4_000_000_000, audio: 1_000_000_000, image: 100_000_000, text: 10_000_000 };

export interface StoredFile {
  role: string;
  expected: ExpectedFile;
  object: StoredObject;
  facts: ProbeFacts;
}

/** Why a file is not there, and what may still bring it in. */
export interface NotFetched {
  ok: false;
  problem: { code: "bad_output" | "fetch_failed" | "conforming"; detail: string };
  again: Again;
}

/** What came back cannot be used, and never will. */
export const bad = (detail: string): NotFetched => ({ ok: false, again: "never", problem: { code: "bad_output", detail: `What came back cannot be used: ${detail}. Nothing was charged.` } });

/** It could not be brought in just now. */
export const later = (detail: string): NotFetched => ({ ok: false, again: "later", problem: { code: "fetch_failed", detail: `The result could not be brought in: ${detail}.` } });

/** It lies with us, and what must look at it is out: it waits. */
export const held: NotFetched = { ok: false, again: "held", problem: { code: "conforming", detail: "Waiting to be looked at: the house does not answer just now" } };

/** Its address is good no more, which may be so only for a while: vendors' are signed, and end. The provider is asked where it lies now. */
const elsewhere = (detail: string): NotFetched => ({ ...bad(detail), again: "ask" });

/**
 * Opens a file of an output. It is external input: it comes only from where the provider's files are, each redirect is looked at as if it were the first
 * address, and what the provider wants to be asked with goes to the address's own origin alone.
 */
export async function download({ provider, call }: { provider: Provider; call: Call }, url: string, role: string): Promise<{ body: ReadableStream<Uint8Array> } | NotFetched> {
  let address = URL.parse(url);
  const origin = address?.origin;
  try {
    for (let hops = 0; hops <= HOPS_MAX; hops += 1) {
      if (!address || !provider.mayFetch(call, address)) return bad(`${role}: it lies where nothing may be fetched from`);
      const headers = address.origin === origin ? ((await provider.fileHeaders?.(call, address)) ?? {}) : {};
      const response = await answered(call, address.href, headers);
      if (response.status === 200 && response.body) return { body: response.body as ReadableStream<Uint8Array> };
      await response.body?.cancel();
      if (response.status >= 300 && response.status < 400) address = URL.parse(response.headers.get("location") ?? "", address.href);
      else return GONE.has(response.status) ? elsewhere(`${role}: the provider does not have it any more`) : later(`the provider answered ${response.status}`);
    }
    return bad(`${role}: it leads from one address to the next`);
  } catch {
    return later("the provider did not answer");
  }
}

/** What a host answers, whose body may take its time. */
async function answered(call: Call, address: string, headers: Record<string, string>): Promise<Response> {
  const unanswered = new AbortController();
  const timer = setTimeout(() => unanswered.abort(), ANSWER_MS);
  try {
    return await call.fetch(address, { redirect: "manual", headers, signal: AbortSignal.any([unanswered.signal, AbortSignal.timeout(FETCH_MS_MAX)]) });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Fetches one file of an output to a key that nothing else uses, and probes it. It is external input: it comes only from where the provider's files
 * are, has a largest size, and must be what was ordered. What is not does not stay.
 */
export async function fetchFile(
  ctx: Ctx, reached: { provider: Provider; call: Call }, { key: stem, role, url, expected }: { key: string; role: string; url: string; expected: ExpectedOutput },
): Promise<StoredFile | NotFetched> {
  const ordered = expected.files[role.split(".")[0] ?? ""];
  if (!ordered) return bad(`${role}: nobody ordered it`);
  const contentType = contentTypeOf(ordered);
  const key = `${stem}.${contentTypes[contentType].ending}`;
  const found = await download(reached, url, role);
  if ("ok" in found) return found;
  const outcome = await storeStream(ctx, { key, body: found.body, contentType, bytesMax: BYTES_MAX[ordered.kind] });
  if (!outcome.ok) return outcome.reason === "cut_off" ? later("it was cut off") : bad(`${role}: it is ${outcome.reason === "empty" ? "empty" : "too large"}`);
  const facts = await probe(ctx, key, outcome.held);
  const fault = faultIn(ordered, facts);
  if (fault === null && facts) return { role, expected: ordered, object: outcome.object, facts };
  await ctx.env.MEDIA.delete(key);
  return bad(`${role}: ${fault ?? "it did not arrive"}`);
}

/** Takes stored files away that nothing will point at. */
export const discard = async (ctx: Ctx, stored: readonly Pick<StoredFile, "object">[]): Promise<void> => {
  if (stored.length > 0) await ctx.env.MEDIA.delete(stored.map(({ object }) => object.key));
};
