import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf, unstable_splitSqlQuery as splitSql } from "wrangler";
import { modulesOf } from "../scripts/local/modules.mjs";

const root = path.resolve(import.meta.dirname, "..");

/** Settings of a worker that is only measured. */
export const settings = {
  ENVIRONMENT: "test", EMAIL_VERIFICATION: "off", AUTH_SECRET: "a secret that is used in benches only", MEDIA_SIGNING_KEYS: "bench:bWVkaWEgc2lnbmluZyBrZXkgb2YgdGhlIGJlbmNo",
  RENDERER_TOKEN: "renderer-token-of-benches", RENDERER_WEBHOOK_SECRET: "whsec_dGhlIHdlYmhvb2sgc2VjcmV0IG9mIHRoZSBiZW5jaA==",
  ROOT_SIGNING_KEYS: "bench:cm9vdCBzaWduaW5nIHNlZWQgb2YgdGhlIGJlbmNoISE=", PARTNER_SECRET: "the secret that partners' secrets derive from",
  R2_ACCESS_KEY_ID: "bench", R2_SECRET_ACCESS_KEY: "bench",
};

export interface Serving {
  origin: string;
  baseline: string;
  stop(): Promise<void>;
}

/** Serve the built worker and a baseline script, both straight from workerd, on one database. Build first: `node scripts/build.mjs`. */
export async function serveBeside(baselineScript: string, ports: { ours: number; baseline: number }): Promise<Serving> {
  const { modulesRules: _, rootPath: __, ...options } = workerOptionsOf(path.join(root, "wrangler.toml")).workerOptions;
  const origin = `http://127.0.0.1:${ports.ours}`;
  const api = {
    ...options, ...modulesOf(path.join(root, ".build/api")), name: "dailies-api",
    bindings: { ...(options.bindings as Record<string, string>), ...settings, APP_ORIGIN: origin, RENDERER_URL: "http://127.0.0.1:9", RENDERER_CALLBACK_ORIGIN: origin },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: ports.ours }],
  };
  const baseline = {
    name: "baseline", modules: true, script: baselineScript, compatibilityDate: "2026-09-01", d1Databases: options.d1Databases, unsafeDirectSockets: [{ host: "127.0.0.1", port: ports.baseline }],
  };
  const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, workers: [api, baseline] } as Parameters<typeof convertV4MiniflareOptions>[0]));
  await miniflare.ready;
  const db = await miniflare.getD1Database("DB", "dailies-api");
  for (const file of readdirSync(path.join(root, "migrations")).filter((name) => name.endsWith(".sql")).toSorted()) {
    await db.batch(splitSql(readFileSync(path.join(root, "migrations", file), "utf8")).map((statement) => db.prepare(statement)));
  }
  await db.prepare(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
    INSERT INTO videos SELECT printf('video_%06d', i), 'studio_1', 'proj_1', 'asset_1', 'A film', '', '[]', 'public', 'live', '16:9', 60000, 1280, 720, 'en', 0, 0,
    '{"files":{},"color":null}', 'videos/x', 'maker', 'A maker', 1700000000000 + i, 0 FROM n`).run();
  return { origin, baseline: `http://127.0.0.1:${ports.baseline}`, stop: () => miniflare.dispose() };
}
