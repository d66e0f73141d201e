// Builds what is served and deployed: the worker's bundle and the web. Skipped where the inputs have not changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const bin = (name) => path.join(root, "node_modules/.bin", name);
/** What is served is always built for production: tests that start the platform bring another word along, and the pages would carry Svelte's checks for developers. */
const environment = { ...process.env, NODE_ENV: "production", WRANGLER_SEND_METRICS: "false", CI: "1", NO_COLOR: "1", PATH: `${path.join(root, "node_modules/.bin")}${path.delimiter}${process.env.PATH}` };

function run(command, args, cwd = root) {
  const result = spawnSync(command, args, { cwd, env: environment, encoding: "utf8" });
  if (result.status === 0) return;
  console.error(`${result.stdout ?? ""}${result.stderr ?? ""}\nBuilding failed at: ${path.basename(command)} ${args.join(" ")}`);
  process.exit(1);
}

/** What is made by building, and what only tests read: neither makes a build necessary. */
const IGNORED = /(^|\/)(node_modules|\.svelte-kit|\.build|\.state|\.wrangler|paraglide|project\.inlang\/cache)(\/|$)|\.test\.ts$/;

function hashOf(paths) {
  const hash = createHash("sha256");
  const visit = (file) => {
    const full = path.join(root, file);
    if (IGNORED.test(file) || !existsSync(full)) return;
    let children;
    try { children = readdirSync(full).toSorted(); } catch { children = null; }
    if (children) for (const child of children) visit(`${file}/${child}`);
    else hash.update(`${file}\0`).update(readFileSync(full));
  };
  for (const file of paths) visit(file);
  return hash.digest("hex");
}

function unlessDone(name, inputs, build) {
  const stampFile = path.join(root, ".build", `${name}.stamp`);
  const stamp = hashOf([...inputs, "package-lock.json", "scripts/build.mjs"]);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  console.log(`Building the ${name} …`);
  rmSync(stampFile, { force: true });
  build();
  mkdirSync(path.join(root, ".build"), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Build all that is out of date into `.build/api`, `.build/web` and `web/.svelte-kit/cloudflare`. */
export function build() {
  unlessDone("worker", ["worker", "durable-objects", "film", "scripts/local/bundle.mjs"], () => {
    run(process.execPath, [path.join(root, "scripts/local/bundle.mjs"), "worker/index.ts", ".build/api"]);
  });
  unlessDone("web", ["web", "film", "docs/openapi.json", "scripts/web-entry.mjs"], () => {
    run(process.execPath, [path.join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], path.join(root, "web"));
    run(process.execPath, [path.join(root, "scripts/web-entry.mjs")]);
    run(bin("wrangler"), ["deploy", "--dry-run", "--config", "web/wrangler.worker.toml", "--outdir", path.join(root, ".build/web")]);
  });
}

if (process.argv[1] === import.meta.filename) build();
