/** The worker as one process that can be killed: `serve.ts PORT DATA RENDERER BUILD`. State is in DATA and survives. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf, unstable_splitSqlQuery as splitSql } from "wrangler";
import { workerSettings } from "./settings.ts";

const [port = "0", data = "", renderer = "", build = ""] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname, "../..");
const { modulesRules: _rules, rootPath: _root, ...options } = workerOptionsOf(path.join(root, "wrangler.toml")).workerOptions;
const origin = `http://127.0.0.1:${port}`;
const main = readdirSync(build).find((file) => file.endsWith(".js")) ?? "index.js";
const wasm = readdirSync(build).filter((file) => file.endsWith(".wasm")).map((file) => ({ type: "CompiledWasm" as const, path: path.join(build, file) }));

const miniflare = new Miniflare(convertV4MiniflareOptions({
  host: "127.0.0.1", port: Number(port), cf: false, telemetry: { enabled: false }, log: new Log(LogLevel.ERROR), logRequests: false, resourcePersistencePath: path.join(data, "platform"),
  workers: [{
    ...options, name: "dailies-api", rootPath: build, modulesRoot: build, modules: [{ type: "ESModule", path: path.join(build, main) }, ...wasm],
    bindings: { ...(options.bindings as Record<string, string>), ...workerSettings, APP_ORIGIN: origin, RENDERER_URL: renderer, RENDERER_CALLBACK_ORIGIN: origin },
  }],
} as Parameters<typeof convertV4MiniflareOptions>[0]));
await miniflare.ready;
const db = await miniflare.getD1Database("DB", "dailies-api");
const isNew = (await db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'events'").all()).results.length === 0;
if (isNew) {
  for (const file of readdirSync(path.join(root, "migrations")).filter((name) => name.endsWith(".sql")).toSorted()) {
    await db.batch(splitSql(readFileSync(path.join(root, "migrations", file), "utf8")).map((statement) => db.prepare(statement)));
  }
}
const api = await miniflare.getWorker("dailies-api");
setInterval(() => void api.scheduled({ cron: "* * * * *", scheduledTime: new Date() }).catch(() => undefined), 5_000);
process.send?.({ ready: true });
