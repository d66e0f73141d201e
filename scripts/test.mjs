// `npm test`: everything that must pass, in one command. `npm run check` is its first part: types, lint and dead code.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "./local/chromium.mjs";
import { install } from "./local/install.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);
const node = install(root);
const bin = (name) => path.join(root, "node_modules/.bin", name);
const tsc = "node_modules/@typescript/native/bin/tsc";
const results = mkdtempSync(path.join(os.tmpdir(), "dailies-test-"));
const environment = {
  ...process.env, PATH: `${path.join(root, "node_modules/.bin")}${path.delimiter}${process.env.PATH}`,
  WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", DO_NOT_TRACK: "1", CI: "1",
};

/** Run a command, showing what it prints once it has ended; resolves to its exit code. */
function run(command, args, cwd = root) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { output += data; });
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const check = (name, ...commands) => ({
  name,
  async run() {
    for (const [command, args, cwd] of commands) {
      const { code, output } = await run(command, args, cwd);
      if (code !== 0) return { passed: 0, failed: 1, output };
    }
    return { passed: 1, failed: 0, output: "" };
  },
});

const suite = (name, project) => ({
  name,
  async run() {
    const file = path.join(results, `${project}.json`);
    const { code, output } = await run(bin("vitest"), ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
    let counted = { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0 };
    try { counted = JSON.parse(readFileSync(file, "utf8")); } catch { /* vitest ended before it wrote: counted as a failure below */ }
    const passed = counted.numPassedTests;
    const failed = code === 0 && passed > 0 ? counted.numFailedTests : Math.max(1, counted.numFailedTests);
    return { passed, failed, output: failed > 0 ? output : "" };
  },
});

/** What is generated and not kept: the web's messages and types. Everything that reads the web's sources needs it first. */
const prepare = check("generated sources", [bin("svelte-kit"), ["sync"], path.join(root, "web")],
  [bin("paraglide-js"), ["compile", "--project", "./project.inlang", "--outdir", "./src/lib/paraglide", "--strategy", "url", "baseLocale"], path.join(root, "web")]);
const checks = [
  check("types of worker, film and objects", [bin("wrangler"), ["types", "worker/bindings.d.ts", "--include-runtime=false", "--strict-vars=false", "--check"]], [node, [tsc, "-p", "tsconfig.json"]]),
  check("types of renderer, benches and journeys", [node, [tsc, "-p", "tsconfig.node.json"]]),
  check("types of the web", [bin("svelte-check"), ["--tsconfig", "./tsconfig.json", "--threshold", "error", "--output", "human"], path.join(root, "web")]),
  check("lint", [bin("oxlint"), ["--deny-warnings"]]),
  check("dead code", [bin("knip"), []]),
];
const suites = [suite("film", "film"), suite("house rules", "house"), suite("worker", "worker"), suite("renderer", "renderer")];
const browser = [check("build", [node, ["scripts/build.mjs"]]), check("web budget", [node, ["web/budget.mjs"]]), suite("journeys", "journeys")];

async function report(stage) {
  const began = Date.now();
  const result = await stage.run();
  const seconds = ((Date.now() - began) / 1_000).toFixed(1);
  console.log(`${result.failed === 0 ? "ok    " : "FAILED"} ${stage.name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
  if (result.output) console.log(result.output);
  return result;
}

async function main() {
  const all = [await report(prepare), ...(await Promise.all(checks.map(report)))];
  if (process.argv[2] !== "check") {
    for (const stage of suites) all.push(await report(stage));
    const browserPath = chromium();
    if (browserPath) {
      environment.CHROMIUM_PATH = browserPath;
      for (const stage of browser) all.push(await report(stage));
    } else all.push({ passed: 0, failed: 1 });
  }
  rmSync(results, { recursive: true, force: true });
  const sum = (key) => all.reduce((total, result) => total + result[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exit(sum("failed") === 0 ? 0 : 1);
}
await main();
