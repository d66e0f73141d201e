// The local platform: one Miniflare process serves the built worker and the built web, with D1, R2, queues, objects and crons.
// Usage: serve.mjs --port N --data DIR --renderer URL [--stripe URL]
import { appendFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { parseArgs } from "node:util";
import { Log, LogLevel, Miniflare, Response, convertV4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions as workerOptionsOf, unstable_splitSqlQuery as splitSql } from "wrangler";
import { modulesOf } from "./local/modules.mjs";
import { PROVIDER_SETTINGS } from "./local/providers.mjs";
import { localSecrets } from "./local/secrets.mjs";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { port: { type: "string" }, data: { type: "string" }, renderer: { type: "string" }, stripe: { type: "string" } } });
const port = Number(values.port);
const data = path.resolve(values.data);
const origin = `http://localhost:${port}`;
const { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS, ...secrets } = localSecrets(data);
const logs = path.join(data, "logs");
const mails = path.join(data, "mails");
for (const folder of [logs, mails]) mkdirSync(folder, { recursive: true });

/** The mail binding: each mail is a file in the data folder, listed newest first. */
async function mail(request) {
  if (request.method === "POST") {
    const message = await request.json();
    const at = new Date().toISOString();
    writeFileSync(path.join(mails, `${at.replaceAll(/[:.]/g, "-")}-${Math.random().toString(36).slice(2, 8)}.json`), JSON.stringify({ at, ...message }, null, 2));
    return Response.json({ ok: true });
  }
  const newest = readdirSync(mails).filter((file) => file.endsWith(".json")).toSorted().toReversed().slice(0, 50);
  return Response.json(newest.map((file) => JSON.parse(readFileSync(path.join(mails, file), "utf8"))));
}

const local = {
  ENVIRONMENT: "local", APP_ORIGIN: origin, EMAIL_VERIFICATION: process.env.EMAIL_VERIFICATION ?? "off", RENDERER_URL: values.renderer, RENDERER_CALLBACK_ORIGIN: origin,
  R2_ENDPOINT: `${origin}/cdn-cgi/local/r2/s3`, ADMIN_EMAILS: process.env.ADMIN_EMAILS ?? "demo@dailies.example",
  // The secrets made for the stand-in are given to nobody else.
  ...(values.stripe ? { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS, STRIPE_API_BASE: values.stripe } : {}),
};
const PASSED_ON = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "ADMIN_NETWORKS", ...PROVIDER_SETTINGS, ...(values.stripe ? [] : ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE", "STRIPE_TAX"])];
for (const name of PASSED_ON) if (process.env[name]) local[name] = process.env[name];

function apiWorker() {
  const { modulesRules: _, rootPath: __, ...options } = workerOptionsOf(path.join(root, "wrangler.toml")).workerOptions;
  return {
    ...options, ...modulesOf(path.join(root, ".build/api")), name: "dailies-api",
    bindings: { ...options.bindings, ...secrets, ...local },
    r2Buckets: { MEDIA: { id: options.bindings.R2_BUCKET, s3Credentials: { accessKeyId: secrets.R2_ACCESS_KEY_ID, secretAccessKey: secrets.R2_SECRET_ACCESS_KEY } } },
    serviceBindings: { ...options.serviceBindings, MAIL: mail },
  };
}

function webWorker() {
  const { modulesRules: _, rootPath: __, ...options } = workerOptionsOf(path.join(root, "web/wrangler.worker.toml")).workerOptions;
  return {
    ...options, ...modulesOf(path.join(root, ".build/web")), name: "dailies-web", serviceBindings: { API: "dailies-api" },
    // The local stand-in for the edge's cache takes stale-while-revalidate for freshness: pages would be ten minutes old, and outlive a rebuild.
    cacheAPI: false,
    assets: { directory: path.join(root, "web/.svelte-kit/cloudflare"), binding: "ASSETS", routerConfig: { has_user_worker: true }, assetConfig: {} },
  };
}

const miniflare = new Miniflare(convertV4MiniflareOptions({
  host: "127.0.0.1", port, cf: false, telemetry: { enabled: false }, log: new Log(LogLevel.WARN), logRequests: false,
  resourcePersistencePath: path.join(data, "platform"),
  handleStructuredLogs: ({ level, message }) => {
    appendFileSync(path.join(logs, "worker.log"), `${message}\n`);
    // A browser that leaves in the middle of an answer is no error of ours.
    if (level === "error" && !/disconnected: |^stack: /.test(message)) console.error(message);
  },
  workers: [webWorker(), apiWorker()],
}));

async function migrate() {
  const db = await miniflare.getD1Database("DB", "dailies-api");
  await db.prepare("CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)").run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map((row) => row.name));
  const pending = readdirSync(path.join(root, "migrations")).filter((name) => name.endsWith(".sql") && !applied.has(name)).toSorted();
  const statements = pending.flatMap((file) => [
    ...splitSql(readFileSync(path.join(root, "migrations", file), "utf8")).map((statement) => db.prepare(statement)),
    db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file),
  ]);
  // One transaction: whoever sees one of the new tables sees them all.
  if (statements.length > 0) await db.batch(statements);
}

const MINUTE_MS = 60_000;
/** The worker is asked for anew each time: the runtime may have been started again since. */
async function tick(cron) {
  try {
    const worker = await miniflare.getWorker("dailies-api");
    await worker.scheduled({ cron, scheduledTime: new Date() });
  } catch (error) {
    console.error(`cron ${cron}: ${error.message}`);
  }
}

await miniflare.ready;
await migrate();
void tick("* * * * *");
const minute = setInterval(() => void tick("* * * * *"), Number(process.env.CRON_MS ?? MINUTE_MS));
const night = setInterval(() => void tick("17 3 * * *"), 24 * 60 * MINUTE_MS);
process.send?.({ ready: true });
console.log(`serving ${origin}`);

let closing = false;
let refused = 0;
/** The runtime is a process of its own: when it is gone, nobody listens, and this process ends so that both are started again. */
setInterval(() => {
  const socket = connect(port, "127.0.0.1");
  socket.once("connect", () => { refused = 0; socket.destroy(); });
  socket.once("error", () => {
    refused += 1;
    if (refused >= 2 && !closing) process.exit(1);
  });
}, 1_000).unref();

async function close() {
  if (closing) return;
  closing = true;
  clearInterval(minute);
  clearInterval(night);
  await miniflare.dispose();
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, close);
process.on("disconnect", close);
