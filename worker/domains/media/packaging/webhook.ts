import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { logLine } from "#core/log.ts";
import { adopt, follow } from "./copying.ts";
import { namedIn } from "./rules.ts";
import { verifyStreamWebhook } from "./signature.ts";
import * as store from "./store.ts";
import { details, stream, textOf, type StreamAccess } from "./stream.ts";

const BODY_BYTES_MAX = 1_000_000;

/** What of a webhook is looked at: whom it is about. What it says of them is asked of Stream again. */
const News = z.object({ uid: z.string().regex(/^[\w-]{8,64}$/), meta: z.record(z.string(), z.unknown()).nullish() });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Takes a webhook that Stream signed. An account has one webhook for all that use it: what is not ours is none of our business, and is answered all the same. */
export async function receiveStreamEvent(ctx: Ctx, request: Request): Promise<void> {
  const access = stream.configured(ctx.env);
  const rawBody = (await textOf(request, BODY_BYTES_MAX)) ?? "";
  const verified = access ? await verifyStreamWebhook({ secret: access.webhookSecrets, headers: request.headers, rawBody, now: ctx.now() }) : { ok: false as const, reason: "Stream is not set up here" };
  if (!access || !verified.ok) {
    logLine({ evt: "webhook.refused", source: "stream", reason: verified.ok ? "" : verified.reason, requestId: ctx.requestId });
    throw new AppError("webhook.refused", "The webhook's signature or time is not right.");
  }
  const news = News.safeParse(parsed(rawBody));
  const named = news.success ? namedIn(news.data.meta ?? {}) : null;
  if (!news.success || named?.environment !== access.environment) return logLine({ evt: "stream.webhook_ignored", uid: news.data?.uid ?? null, reason: "not ours" });
  const { uid } = news.data;
  const system: Ctx = { ...ctx, actor: { kind: "webhook", source: "stream" } };
  // Whatever goes wrong from here on is made up for by the minute.
  ctx.later(hear(system, access, uid).catch((error: unknown) => logLine({ evt: "stream.webhook_failed", uid, error: String(error) })));
}

/** Looks at Stream what became of a film. A film of ours that no package knows is deleted: nobody would ever show it or pay heed to it. */
async function hear(ctx: Ctx, access: StreamAccess, uid: string): Promise<void> {
  const found = await details(ctx, access, uid);
  if (found.end !== "found") return logLine({ evt: "stream.webhook_ignored", uid, reason: found.end });
  const named = namedIn(found.video.meta ?? {});
  if (named?.environment !== access.environment) return logLine({ evt: "stream.webhook_ignored", uid, reason: "not ours" });
  const row = await store.find(ctx, named.package);
  if (row && row.video !== named.video) return logLine({ evt: "stream.webhook_ignored", uid, reason: "its names do not fit" });
  if (row?.uid !== uid) return adopt(ctx, access, named.package, found.video);
  if (row.state !== "copying") return logLine({ evt: "stream.webhook_ignored", uid, reason: `it is ${row.state}` });
  await follow(ctx, access, row);
}
