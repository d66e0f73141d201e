import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { auth } from "#domains/identity/sessions/library.ts";
import { demuxing } from "#domains/media/probe.ts";
import { driving } from "#domains/reconciliation/runs/service.ts";

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
// What a deployed worker loads late, it loads by itself. Here loading asks the process outside, which two requests at once must not wait for together.
await Promise.all([auth(), demuxing(), driving()]);
