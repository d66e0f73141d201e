/** Cloudflare Stream's REST API, as far as it is used here. Source: developers.cloudflare.com/api/resources/stream. */
import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { settings } from "#core/env.ts";
import { metaOf, type Named } from "./rules.ts";

/** A request is given up after this: what it did is then unknown. */
const ASK_TIMEOUT_MS = 20_000;
const ANSWER_BYTES_MAX = 4_000_000;
const RETRY_AFTER_SECONDS_MAX = 3_600;
/** Answers that are about us and our account (token, payment, minutes that are used up) and would be the same for any film. */
const OURS: ReadonlySet<number> = new Set([401, 402, 403, 413]);
const CAPACITY_EXCEEDED = 10_011;

/** How Stream is reached, and who we are there. */
export interface StreamAccess {
  account: string;
  token: string;
  apiBase: string;
  playbackBase: string;
  webhookSecrets: string;
  keyId: string;
  /** Base64 of a private RSA key as JWK. */
  jwk: string;
  /** Names this installation in `meta`: accounts are shared, and have one webhook. */
  environment: string;
}

export const stream = {
  /** Null where Stream is not set up: then nothing is packaged. */
  configured(env: Env): StreamAccess | null {
    const { STREAM_ACCOUNT_ID: account, STREAM_API_TOKEN: token, STREAM_CUSTOMER_CODE: code, STREAM_WEBHOOK_SECRETS: webhookSecrets, STREAM_SIGNING_KEY_ID: keyId, STREAM_SIGNING_JWK: jwk, ...rest } = settings(env);
    if (!account || !token || !code || !webhookSecrets || !keyId || !jwk) return null;
    return { account, token, apiBase: rest.STREAM_API_BASE, playbackBase: rest.STREAM_PLAYBACK_BASE ?? `https://customer-${code}.cloudflarestream.com`, webhookSecrets, keyId, jwk, environment: rest.APP_ORIGIN };
  },
};

const Envelope = z.object({ success: z.boolean(), errors: z.array(z.object({ code: z.number(), message: z.string() })).nullish(), result: z.unknown() });
const StreamVideo = z.object({
  uid: z.string().regex(/^[\w-]{8,64}$/), readyToStream: z.boolean(), created: z.iso.datetime({ offset: true }),
  status: z.object({ state: z.string(), errorReasonCode: z.string().nullish() }), meta: z.record(z.string(), z.unknown()).nullish(),
});
export type StreamVideo = z.infer<typeof StreamVideo>;

interface Answer {
  status: number;
  headers: Headers;
  /** Undefined where the answer is not what Stream's API answers with. */
  envelope: z.infer<typeof Envelope> | undefined;
}

/** Asks Stream; null: no answer came. Redirects are not followed: the token would go along. */
async function ask(ctx: Ctx, { apiBase, account, token }: StreamAccess, method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Answer | null> {
  try {
    const response = await ctx.fetch(`${apiBase}/accounts/${account}/stream${path}`, {
      method, redirect: "manual", signal: AbortSignal.timeout(ASK_TIMEOUT_MS), headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) }, body: body ? JSON.stringify(body) : null,
    });
    return { status: response.status, headers: response.headers, envelope: Envelope.safeParse(await jsonOf(response)).data };
  } catch {
    return null;
  }
}

/** An answer as JSON; undefined where it is none, or larger than any answer is. Throws where it is cut off. */
async function jsonOf(answer: Response): Promise<unknown> {
  const text = await textOf(answer, ANSWER_BYTES_MAX);
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a body, null where it is too long. */
export async function textOf({ body }: Request | Response, bytesMax: number): Promise<string | null> {
  const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > bytesMax) {
      await reader?.cancel();
      return null;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** `rejected`: never taken; `isOurs`: because of us and not of the film, so that it counts as no attempt. `unknown`: it may have been taken. */
export type Copied = { end: "accepted"; video: StreamVideo } | { end: "rejected"; reason: string; isOurs: boolean; waitMs: number | null } | { end: "unknown" };

/** Orders a copy of the file behind a link. The package's id is its creator's name, by which a list finds it again. */
export async function copy(ctx: Ctx, access: StreamAccess, { url, named }: { url: string; named: Named }): Promise<Copied> {
  const answer = await ask(ctx, access, "POST", "/copy", { url, creator: named.package, meta: metaOf(named), requireSignedURLs: true });
  if (!answer) return { end: "unknown" };
  const { status, headers, envelope } = answer;
  if (status === 429) return { end: "rejected", reason: "ERR_THROTTLED", isOurs: true, waitMs: waitOf(headers) };
  if (!envelope) return { end: "unknown" };
  const video = StreamVideo.safeParse(envelope.result);
  if (status < 300 && envelope.success && video.success) return { end: "accepted", video: video.data };
  if (status < 400 || status >= 500) return { end: "unknown" };
  const code = envelope.errors?.[0]?.code;
  return { end: "rejected", reason: `ERR_HTTP_${status}${code === undefined ? "" : `_${code}`}`, isOurs: OURS.has(status) || code === CAPACITY_EXCEEDED, waitMs: null };
}

function waitOf(headers: Headers): number | null {
  const seconds = Number(headers.get("retry-after") ?? "");
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, RETRY_AFTER_SECONDS_MAX) * 1_000 : null;
}

/** `silent`: Stream did not answer in a way from which anything follows. */
export type Found = { end: "found"; video: StreamVideo } | { end: "gone" } | { end: "silent" };

/** A film as Stream has it now. */
export async function details(ctx: Ctx, access: StreamAccess, uid: string): Promise<Found> {
  const answer = await ask(ctx, access, "GET", `/${encodeURIComponent(uid)}`);
  if (!answer?.envelope) return { end: "silent" };
  if (answer.status === 404) return { end: "gone" };
  const video = StreamVideo.safeParse(answer.envelope.result);
  return answer.status === 200 && answer.envelope.success && video.success && video.data.uid === uid ? { end: "found", video: video.data } : { end: "silent" };
}

/** Films at Stream that go by a package's name, the oldest first; null: Stream did not answer. What else the list shows is not ours to touch. */
export async function listNamed(ctx: Ctx, access: StreamAccess, named: Named): Promise<StreamVideo[] | null> {
  const answer = await ask(ctx, access, "GET", `?creator=${encodeURIComponent(named.package)}`);
  const listed = answer?.status === 200 && answer.envelope?.success ? z.array(z.unknown()).safeParse(answer.envelope.result).data : undefined;
  if (!listed) return null;
  const wanted = JSON.stringify(metaOf(named));
  const videos = listed.flatMap((one) => StreamVideo.safeParse(one).data ?? []);
  return videos.filter(({ meta }) => JSON.stringify({ name: meta?.["name"], video: meta?.["video"], environment: meta?.["environment"] }) === wanted).toSorted((a, b) => Date.parse(a.created) - Date.parse(b.created));
}

/** Deletes a film at Stream. True only once Stream says that it knows no such film. */
export async function remove(ctx: Ctx, access: StreamAccess, uid: string): Promise<boolean> {
  await ask(ctx, access, "DELETE", `/${encodeURIComponent(uid)}`);
  return (await details(ctx, access, uid)).end === "gone";
}
