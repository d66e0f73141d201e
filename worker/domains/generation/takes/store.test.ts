import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { newWorld } from "../../../../test/world.ts";
import { countingRows } from "../../../../test/rows-read.ts";
import { inStudio, systemCtx } from "#core/context.ts";
import { openDb } from "#core/db.ts";
import { taskTakesOf } from "./store.ts";

const FILL = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?4)
  INSERT INTO takes (id, studio, project, node, kind, fingerprint, variant, tool, model, model_version, provider, frames, credits, assets, facts, quote, run, job, manifest, created_at)
  SELECT ?1 || '_' || ?3 || i, ?1, ?2, 'task:x', 'task', ?1 || ?3 || i, 0, ?3, 'm', NULL, 'house', NULL, 0, '{}', '{}', 'q', 'r', 'j', '', i FROM n`;

test("results of one tool cost the database what is shown of them, however much others made", async () => {
  const studio = `studio_${crypto.randomUUID()}`;
  await env.DB.batch([env.DB.prepare(FILL).bind(studio, studio, "frame", 3_000), env.DB.prepare(FILL).bind(studio, "proj_x", "chat", 3)]);
  const cost = async (query: Omit<Parameters<typeof taskTakesOf>[1], "limit" | "cursor">): Promise<[number, boolean]> => {
    const counted = countingRows(env.DB);
    const ctx = inStudio({ ...systemCtx(env, openDb(env), "test", () => undefined), db: openDb({ ...env, DB: counted.db }) }, studio, "owner");
    const rows = await taskTakesOf(ctx, { ...query, limit: 10, cursor: undefined });
    return [rows.length, counted.rows() < 100];
  };
  expect(await cost({ tools: ["chat"] })).toEqual([3, true]);
  expect(await cost({ tools: ["chat"], project: "proj_x" })).toEqual([3, true]);
  expect(await cost({ tools: ["frame", "chat"] })).toEqual([11, true]);
});

test("any number of tools can be asked for at once", async () => {
  const world = await newWorld();
  expect((await world.get(`/api/v1/takes?tool=${"a,".repeat(149)}a`)).status).toBe(200);
});
