import { sql } from "drizzle-orm";
import { z } from "@hono/zod-openapi";
import { settings } from "#core/env.ts";
import { json, route, router } from "#core/http.ts";
import type { Ctx } from "#core/context.ts";
import { cogFault } from "#domains/generation/index.ts";

const Part = z.object({ status: z.enum(["ok", "failing"]), milliseconds: z.int() });
export const Health = z.object({
  status: z.enum(["ok", "failing"]),
  parts: z.object({ worker: Part.extend({ detail: z.string().optional().meta({ description: "What is wrong with the deployment's settings" }) }), database: Part, storage: Part, queue: Part, renderer: Part }),
}).openapi("Health");

const PROBE_TIMEOUT_MS = 3_000;

async function probe(ctx: Ctx, test: () => Promise<unknown>): Promise<z.infer<typeof Part>> {
  const began = ctx.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("too slow")), PROBE_TIMEOUT_MS); });
    await Promise.race([test(), late]);
    return { status: "ok", milliseconds: ctx.now() - began };
  } catch {
    return { status: "failing", milliseconds: ctx.now() - began };
  } finally {
    clearTimeout(timer);
  }
}

async function renderer(ctx: Ctx): Promise<void> {
  const answer = await ctx.fetch(new URL("/health-check", settings(ctx.env).RENDERER_URL).href, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`renderer answered ${answer.status}`);
  await answer.body?.cancel();
}

const health = route("public", {
  method: "get", path: "/health", operationId: "getHealth", summary: "Whether each part answers, really probed",
  responses: { 200: json(Health, "All parts answer"), 503: json(Health, "A part does not answer") },
});

export const healthRoutes = router().openapi(health, async (c) => {
  const { ctx } = c.var;
  const [database, storage, queue, rendering] = await Promise.all([
    probe(ctx, async () => ctx.db.run(sql`select id from events limit 1`)),
    probe(ctx, async () => ctx.env.MEDIA.head("health")),
    probe(ctx, async () => ctx.env.EVENTS.send({ ping: true })),
    probe(ctx, () => renderer(ctx)),
  ]);
  const fault = cogFault();
  const worker = { status: fault === null ? ("ok" as const) : ("failing" as const), milliseconds: 0, ...(fault !== null && { detail: fault }) };
  const parts = { worker, database, storage, queue, renderer: rendering };
  const failing = Object.values(parts).some((part) => part.status === "failing");
  c.header("cache-control", "no-store");
  return failing ? c.json({ status: "failing" as const, parts }, 503) : c.json({ status: "ok" as const, parts }, 200);
});
