/** The worker as one process that can be killed and comes back: `serve.ts PORT DATA RENDERER BUILD GATEHOUSE`. State is in DATA and survives. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { modulesOf } from "../../scripts/local/modules.mjs";
import { PLAN, workerSettings, type Plan } from "./settings.ts";

const [port = "0", data = "", renderer = "", build = "", gatehouse = ""] = process.argv.slice(2);
const { options, migrations } = JSON.parse(readFileSync(path.join(build, PLAN), "utf8")) as Plan;
const CRON_MS = 10_000;
/** What is set for Stripe in the environment. */
const stripe = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("STRIPE_")));
const origin = `http://127.0.0.1:${port}`;

// Whoever forked this ends it; where it died itself, nothing of it stays.
process.once("disconnect", () => process.kill(-process.pid, "SIGKILL"));

const { default: workerd } = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd") as { default: string };
mkdirSync(path.join(data, "process"));
Object.assign(process.env, { WORKERD: workerd, KEPT: path.join(data, "process"), MINIFLARE_WORKERD_PATH: path.join(import.meta.dirname, "restarting.sh") });

/** Errors are shown, but not what the runtime says about alarms that a kill interrupted. */
function handleStructuredLogs({ level, message }: { level: string; message: string }): void {
  if (level === "error" && !message.startsWith("NOSENTRY")) console.error(message);
}

const miniflare = new Miniflare(convertV4MiniflareOptions({
  host: "127.0.0.1", port: Number(port), cf: false, telemetry: { enabled: false }, log: new Log(LogLevel.ERROR), logRequests: false, handleStructuredLogs, resourcePersistencePath: path.join(data, "platform"),
  unsafeTriggerHandlers: true,
  workers: [{
    ...options, name: "dailies-api", ...modulesOf(build),
    bindings: { ...options.bindings, ...workerSettings, ...stripe, APP_ORIGIN: origin, RENDERER_URL: renderer, RENDERER_CALLBACK_ORIGIN: origin, GATEHOUSE: gatehouse },
  }],
} as Parameters<typeof convertV4MiniflareOptions>[0]));
await miniflare.ready;
const db = await miniflare.getD1Database("DB", "dailies-api");
for (const statements of migrations) await db.batch(statements.map((statement) => db.prepare(statement)));
setInterval(() => void fetch(`${origin}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => undefined), CRON_MS);
process.send?.({ ready: true });
