import { z } from "@hono/zod-openapi";
import type { Ctx } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { json, pathNames, problems, route, router } from "#core/http.ts";
import { logLine } from "#core/log.ts";
import { runOf } from "#objects/run/calls.ts";
import { reach } from "../providers/index.ts";
import { attemptIn, attemptOf, isBare } from "./webhook-url.ts";

const BODY_BYTES_MAX = 4_000_000;

/** A provider says that something happened. It is believed only that it is worth a look. */
async function hear(ctx: Ctx, source: string, request: Request): Promise<void> {
  const url = new URL(request.url);
  const reached = reach(ctx, source);
  const refuse = (reason: string): never => {
    logLine({ evt: "webhook.refused", source, reason, requestId: ctx.requestId });
    throw new AppError("webhook.refused", "The webhook's signature, time or address is not right.");
  };
  if (!reached) return refuse("there is no such provider");
  const { provider, call } = reached;
  const named = await attemptIn(ctx, url);
  const isRegistered = provider.verifyRegistered !== undefined && isBare(url);
  if (!named && !isRegistered) return refuse("its address is not ours");
  const rawBody = await request.text();
  if (rawBody.length > BODY_BYTES_MAX) return refuse("it is too large");
  const asked = { headers: request.headers, rawBody };
  const verified = named ? await provider.verifyWebhook(call, { ...asked, url }) : await provider.verifyRegistered?.(call, asked);
  if (!verified?.ok) return refuse(verified?.reason ?? "it sends none");
  const attempt = named ?? (await attemptOf(ctx, source, verified.ticket));
  // A registered webhook tells of whatever its account does: what is not ours is answered all the same.
  if (!attempt) return logLine({ evt: "webhook.ignored", source, requestId: ctx.requestId });
  const told = await runOf(ctx.env, attempt.run).wake(attempt.job, { attempt: attempt.attempt, ticket: named ? verified.ticket : null, message: verified.id });
  logLine({ evt: "webhook.heard", source, run: attempt.run, job: attempt.job, effect: told.ok ? "check" : told.code });
}

const hook = route("signed", {
  method: "post", path: "/{source}", operationId: "receiveWebhook", summary: "A provider's webhook, signed by Standard Webhooks", request: { params: pathNames("source") },
  responses: { 200: json(z.object({ ok: z.boolean() }), "Heard"), ...problems("webhook.refused") },
});

export const webhookRoutes = router().openapi(hook, async (c) => {
  await hear(c.var.ctx, c.req.valid("param").source, c.req.raw);
  return c.json({ ok: true }, 200);
});
