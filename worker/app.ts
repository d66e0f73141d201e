import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { makeCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import { router } from "#core/http.ts";
import { newId } from "#core/id.ts";
import { onError, problemResponse } from "#core/problem.ts";
import { billingAliasRoutes, billingRoutes, stripeWebhookRoutes } from "#domains/billing/index.ts";
import { usageRoutes } from "#domains/analytics/index.ts";
import { ceilingRoutes, creditRoutes, rootKeyRoutes, rootRoutes, statementRoutes } from "#domains/credits/index.ts";
import { oldTransactionRoutes, partnerRoutes, transactionRoutes } from "#domains/developers/index.ts";
import { feedRoutes } from "#domains/feed/index.ts";
import { adminRoutes, authRoutes, gatekeeper, keyRoutes, sessionRoutes, studioRoutes } from "#domains/identity/index.ts";
import { breakdownRoutes, jobAliasRoutes, noticeRoutes, operationRoutes, queueRoutes, quoteRoutes, receiptRoutes, routerRoutes, runRoutes, takeRoutes, toolRoutes, webhookRoutes } from "#domains/generation/index.ts";
import { mediaGateway, mediaRoutes, playbackRoutes, streamWebhookRoutes } from "#domains/media/index.ts";
import { filmRoutes, projectRoutes, scriptRoutes } from "#domains/projects/index.ts";
import { liveRoutes } from "#domains/notifications/index.ts";
import { reconciliationAlias, reconciliationRoutes } from "#domains/reconciliation/index.ts";
import { healthRoutes } from "./health.ts";
import { planRules } from "./plan-rules.ts";
import { referenceRoutes } from "./reference.ts";

const BODY_BYTES_MAX = 12 * 1024 * 1024;

/** The whole API: middleware in order, then one mount line per domain. */
export function createApp() {
  const app = router();
  app.onError(onError);
  app.notFound((c) => problemResponse("route.not_found", "There is nothing at this address. The API is described at /api/v1/openapi.json.", c.get("requestId")));

  app.use(async (c, next) => {
    const given = c.req.header("dailies-request-id");
    const requestId = given && /^req_[0-9a-z]{26}$/.test(given) ? given : newId("request", Date.now(), (bytes) => crypto.getRandomValues(bytes));
    c.set("requestId", requestId);
    c.set("gatekeeper", gatekeeper);
    c.set("studioCtx", null);
    c.set("planRules", planRules);
    c.set("ctx", makeCtx({
      env: c.env, db: openDb(c.env), actor: { kind: "anonymous" }, requestId,
      later: (work) => c.executionCtx.waitUntil(work), idempotencyKey: c.req.header("idempotency-key") ?? null,
    }));
    await next();
    if (c.res.status === 101) return;
    c.res.headers.set("dailies-request-id", requestId);
    if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "private, no-store");
  });
  app.use(secureHeaders({ crossOriginResourcePolicy: "same-origin", xFrameOptions: "DENY" }));
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: () => { throw new AppError("request.too_large", "Send at most 12 MB in one request; files go through uploads."); } }));

  app.route("/api/v1", healthRoutes);
  app.route("/api/v1", referenceRoutes);
  app.route("/api/auth", authRoutes);
  for (const routes of [sessionRoutes, studioRoutes, keyRoutes, creditRoutes, projectRoutes, scriptRoutes, filmRoutes]) app.route("/api/v1", routes);
  app.route("/api/v1", mediaRoutes);
  app.route("/api/v1", playbackRoutes);
  app.route("/api/v1", feedRoutes);
  for (const routes of [breakdownRoutes, noticeRoutes, queueRoutes, quoteRoutes, receiptRoutes, routerRoutes, runRoutes, takeRoutes, toolRoutes, liveRoutes]) app.route("/api/v1", routes);
  for (const routes of [partnerRoutes, transactionRoutes, usageRoutes]) app.route("/api/v1", routes);
  app.route("/api", oldTransactionRoutes);
  for (const routes of [ceilingRoutes, rootRoutes, statementRoutes]) app.route("/api/v1", routes);
  app.route("/", rootKeyRoutes);
  for (const routes of [adminRoutes, operationRoutes, ...reconciliationRoutes]) app.route("/api/v1", routes);
  app.route("/api", reconciliationAlias);
  app.route("/api/v1", billingRoutes);
  app.route("/api", billingAliasRoutes);
  app.route("/api", jobAliasRoutes);
  app.route("/api/webhooks", stripeWebhookRoutes);
  app.route("/api/webhooks", streamWebhookRoutes);
  app.route("/api/webhooks", webhookRoutes);
  app.route("/media", mediaGateway);

  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Dailies", version: "1", description: "Write, make, show and pay for AI-made films. The same routes serve the browser, API keys and agents." },
    servers: [{ url: "/" }],
  });
  return app;
}
