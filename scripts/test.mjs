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

const suite = (name, project, ...more) => ({
  name,
  async run() {
    const file = path.join(results, `${name.replaceAll(/\W/g, "-")}.json`);
    const { code, output } = await run(bin("vitest"), ["run", "--project", project, ...more, "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]);
    let counted = { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0 };
    try { counted = JSON.parse(readFileSync(file, "utf8")); } catch { /* vitest ended before it wrote: counted as a failure below */ }
    const passed = counted.numPassedTests;
    const failed = code === 0 && passed > 0 ? counted.numFailedTests : Math.max(1, counted.numFailedTests);
    return { passed, failed, output: failed > 0 ? output : "" };
  },
});

/** What is generated and not kept: the web's messages and types. Everything that reads the web's sources needs it first. */
const prepare = check("generated sources", [bin("svelte-kit"), ["sync"], path.join(root, "web")], [node, ["web/messages/compile.js"]]);
/** The checks run side by side, each on one thread: more of them cost a third more, and nobody waits less. */
const checks = [
  check("types of worker, film and objects", [bin("wrangler"), ["types", "worker/bindings.d.ts", "--include-runtime=false", "--strict-vars=false", "--check"]], [node, [tsc, "-p", "tsconfig.json", "--singleThreaded"]]),
  check("types of renderer, benches and journeys", [node, [tsc, "-p", "tsconfig.node.json", "--singleThreaded"]]),
];
const checksOfGenerated = [
  check("types of the web", [bin("svelte-check"), ["--tsconfig", "./tsconfig.json", "--threshold", "error", "--output", "human"], path.join(root, "web")]),
  check("lint", [bin("oxlint"), ["--deny-warnings"]]),
  check("dead code", [bin("knip"), []]),
];
/** The worker's tests share one database and its objects, and what looks at all of them grows slower with each: so they come in parts, each with its own. */
const WORKER_PARTS = 4;
const journeys = suite("journeys", "journeys", "test/journeys");
const build = check("build", [node, ["scripts/build.mjs"]]);
const budget = check("budgets of worker and web", [node, ["scripts/worker-budget.mjs"]], [node, ["web/budget.mjs"]]);
const workerPart = (part) => [suite(`worker, part ${part}`, "worker", `--shard=${part}/${WORKER_PARTS}`)];
/** What is taken up one after the other, the longest first; but the first of the worker's parts bundles what all of them use, before another begins. */
const queue = [
  [build, budget, journeys], workerPart(1), [suite("kills", "journeys", "test/kill")], workerPart(4), [suite("renderer", "renderer")],
  workerPart(2), workerPart(3), [suite("film", "film")], [suite("house rules", "house")],
];
/** So many side by side: most of them wait half of the time, so that there is room for one more than there are cores. Each takes up to 2 GB. */
const LANES = Math.min(os.availableParallelism() + 1, 4);

async function report(stage) {
  const began = Date.now();
  const result = await stage.run();
  const seconds = ((Date.now() - began) / 1_000).toFixed(1);
  console.log(`${result.failed === 0 ? "ok    " : "FAILED"} ${stage.name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
  if (result.output) console.log(result.output);
  return result;
}

async function inTurn(stages) {
  const results = [];
  for (const stage of stages) results.push(await report(stage));
  return results;
}

async function main() {
  const isWhole = process.argv[2] !== "check";
  const generated = async () => [await report(prepare), ...(await Promise.all(checksOfGenerated.map(report)))];
  // While the checks run, the browser is looked for, and installed where there is none. Without it the journeys fail, and say so; the rest is run all the same.
  const [browserPath, ...checked] = await Promise.all([isWhole ? chromium() : null, generated(), ...checks.map(report)]);
  const all = checked.flat();
  if (isWhole) {
    if (browserPath) environment.CHROMIUM_PATH = browserPath;
    else all.push({ passed: 0, failed: 1 });
    const left = queue.map((stages) => stages.filter((stage) => browserPath || stage !== journeys));
    const lane = async () => {
      for (let stages = left.shift(); stages; stages = left.shift()) all.push(...await inTurn(stages));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  rmSync(results, { recursive: true, force: true });
  const sum = (key) => all.reduce((total, result) => total + result[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exit(sum("failed") === 0 ? 0 : 1);
}
await main();
