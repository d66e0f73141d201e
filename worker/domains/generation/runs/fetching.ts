import type { Ctx } from "#core/context.ts";
import { contentTypes, probe, storeStream, type ProbeFacts, type StoredObject } from "#domains/media/index.ts";
import type { ExpectedFile, ExpectedOutput } from "#film/inputs/expected-output.ts";
import type { Call, Provider } from "../providers/provider.ts";
import { contentTypeOf, faultIn } from "./accepting.ts";

const FETCH_TIMEOUT_MS = 120_000;
const BYTES_MAX: Record<ExpectedFile["kind"], number> = { video: 4_000_000_000, audio: 1_000_000_000, image: 100_000_000, text: 10_000_000 };

export interface StoredFile {
  role: string;
  expected: ExpectedFile;
  object: StoredObject;
  facts: ProbeFacts;
}

/** Why a file is not there: `never` where it is wrong, `later` where it may still come. */
export interface NotFetched {
  ok: false;
  problem: { code: "bad_output" | "fetch_failed"; detail: string };
  again: "never" | "later";
}

/** What came back cannot be used, and never will. */
export const bad = (detail: string): NotFetched => ({ ok: false, again: "never", problem: { code: "bad_output", detail: `What came back cannot be used: ${detail}. Nothing was charged.` } });

const later = (detail: string): NotFetched => ({ ok: false, again: "later", problem: { code: "fetch_failed", detail: `The result could not be brought in: ${detail}.` } });

/**
 * Fetches one file of an output to a key that nothing else uses, and probes it. It is external input: it comes only from where the provider's files
 * are, follows no redirect, has a largest size, and must be what was ordered. What is not does not stay.
 */
export async function fetchFile(
  ctx: Ctx, { provider, call }: { provider: Provider; call: Call }, { key: stem, role, url, expected }: { key: string; role: string; url: string; expected: ExpectedOutput },
): Promise<StoredFile | NotFetched> {
  const ordered = expected.files[role.split(".")[0] ?? ""];
  if (!ordered) return bad(`${role}: nobody ordered it`);
  const address = URL.parse(url);
  if (!address || !provider.mayFetch(call, address)) return bad(`${role}: it lies where nothing may be fetched from`);
  const contentType = contentTypeOf(ordered);
  const key = `${stem}.${contentTypes[contentType].ending}`;
  let outcome: Awaited<ReturnType<typeof storeStream>>;
  try {
    const response = await call.fetch(address.href, { redirect: "manual", signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      return response.status === 404 || response.status === 410 ? bad(`${role}: the provider does not have it any more`) : later(`the provider answered ${response.status}`);
    }
    outcome = await storeStream(ctx, { key, body: response.body as ReadableStream<Uint8Array>, contentType, bytesMax: BYTES_MAX[ordered.kind] });
  } catch {
    return later("the provider did not answer");
  }
  if (!outcome.ok) return outcome.reason === "cut_off" ? later("it was cut off") : bad(`${role}: it is ${outcome.reason === "empty" ? "empty" : "too large"}`);
  const facts = await probe(ctx, key);
  const fault = faultIn(ordered, facts);
  if (fault === null && facts) return { role, expected: ordered, object: outcome.object, facts };
  await ctx.env.MEDIA.delete(key);
  return bad(`${role}: ${fault ?? "it did not arrive"}`);
}

/** Takes stored files away that nothing will point at. */
export const discard = async (ctx: Ctx, stored: StoredFile[]): Promise<void> => {
  if (stored.length > 0) await ctx.env.MEDIA.delete(stored.map(({ object }) => object.key));
};
