// `npm run deploy [-- --dry-run]`: builds what is deployed, lists what it needs, and (without --dry-run) migrates and deploys.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeDeployedConfig } from "./local/deployed.mjs";
import { install } from "./local/install.mjs";
import { sizesOf } from "./local/modules.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const dryRun = process.argv.includes("--dry-run");
const node = install(root);
const wrangler = path.join(root, "node_modules/.bin/wrangler");
const environment = { ...process.env, PATH: `${path.join(root, "node_modules/.bin")}${path.delimiter}${process.env.PATH}`, WRANGLER_SEND_METRICS: "false" };

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", env: environment });
  if (result.status !== 0) {
    console.error(`Stopped at: ${path.basename(command)} ${args.join(" ")}`);
    process.exit(result.status ?? 1);
  }
}

function sizeOf(folder) {
  let bytes = 0;
  let files = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    bytes += statSync(path.join(entry.parentPath, entry.name)).size;
  }
  return `${files} files, ${(bytes / 1024).toFixed(0)} KiB`;
}

run(node, ["scripts/build.mjs"]);
const deployed = writeDeployedConfig(root);
const modules = sizesOf(".build/api");
const kib = (sizes) => (sizes.reduce((sum, { bytes }) => sum + bytes, 0) / 1024).toFixed(0);
const { unstable_readConfig: readConfig } = await import("wrangler");
const config = readConfig({ config: "wrangler.toml" });

console.log(`
What is deployed
  worker ${config.name}          ${kib(modules.filter(({ startsWith }) => startsWith))} KiB gzip to start with, of ${kib(modules)} in ${modules.length} modules
  web on Cloudflare Pages     ${sizeOf("web/.svelte-kit/cloudflare")}
  renderer                    any machine with Node 24: node renderer/server.ts (docs/runbooks/deploy.md)

What it needs
  D1        ${config.d1_databases.map((db) => `${db.database_name} as ${db.binding}, ${readdirSync("migrations").filter((file) => file.endsWith(".sql")).length} migrations`).join(", ")}
  R2        ${config.r2_buckets.map((bucket) => `${bucket.bucket_name} as ${bucket.binding}`).join(", ")}
  Queues    ${[...new Set([...config.queues.producers.map((queue) => queue.queue), ...config.queues.consumers.flatMap((queue) => [queue.queue, queue.dead_letter_queue ?? []].flat())])].join(", ")}
  Objects   ${config.durable_objects.bindings.map((object) => object.class_name).join(", ")}
  Crons     ${config.triggers.crons.join(" | ")}
  Secrets   AUTH_SECRET, MEDIA_SIGNING_KEYS, RENDERER_TOKEN, RENDERER_WEBHOOK_SECRET, ROOT_SIGNING_KEYS, PARTNER_SECRET, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY
            and, where manifests were signed with a secret, MANIFEST_SIGNING_KEYS
            and, to sell plans and credits, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRETS
            and, for models of others, RUNWAY_API_KEY, FAL_KEY, REPLICATE_API_TOKEN with REPLICATE_WEBHOOK_SECRET, GEMINI_API_KEY, VERTEX_SERVICE_ACCOUNT with VERTEX_STORAGE_URI, ELEVENLABS_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY
            and, for models in containers of your own behind the renderer, COG_MODELS
            and, to hear from them at once, GEMINI_WEBHOOK_SECRET, ELEVENLABS_WEBHOOK_SECRET, OPENAI_WEBHOOK_SECRET
            and, to play films as streams by Cloudflare Stream, all of STREAM_ACCOUNT_ID, STREAM_API_TOKEN, STREAM_CUSTOMER_CODE, STREAM_WEBHOOK_SECRETS, STREAM_SIGNING_KEY_ID, STREAM_SIGNING_JWK
            and, for sign-in with them, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET
`);
run(wrangler, ["deploy", "--dry-run", "--config", deployed, "--outdir", ".build/deployed"]);
if (dryRun) {
  console.log("Dry run: nothing was sent.");
  process.exit(0);
}
if (!existsSync(".build/web")) process.exit(1);
run(wrangler, ["d1", "migrations", "apply", config.d1_databases[0].database_name, "--remote"]);
run(wrangler, ["deploy", "--config", deployed]);
// What is deployed is said there: wrangler is in that folder when it reads where it is.
run(wrangler, ["pages", "deploy", "--cwd", "web"]);
