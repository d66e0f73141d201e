// B12: size and start-up of the worker's bundle, beside a bare Hono hello built and measured in the same run.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";

const root = path.resolve(import.meta.dirname, "..");
const wrangler = path.join(root, "node_modules/.bin/wrangler");
const ROUNDS = 5;

const HELLO = `import { Hono } from "hono";\nexport default new Hono().get("/", (c) => c.text("hello"));\n`;
const folder = mkdtempSync(path.join(os.tmpdir(), "dailies-bundle-"));
const helloConfig = path.join(root, "bench-hello.toml");
const helloMain = path.join(root, "bench-hello.ts");

function run(args: string[]): string {
  const { stdout, stderr, status } = spawnSync(wrangler, args, { cwd: root, encoding: "utf8", env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" } });
  if (status !== 0) throw new Error(`wrangler ${args.join(" ")}\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

function gzipBytes(outdir: string): number {
  const file = readdirSync(outdir).find((name) => name.endsWith(".js"));
  if (!file) throw new Error(`no bundle in ${outdir}`);
  return gzipSync(readFileSync(path.join(outdir, file)), { level: 9 }).length;
}

/** Milliseconds of script start-up, read from the CPU profile that wrangler writes. */
function startupMs(config: string): number {
  const profile = path.join(folder, "startup.cpuprofile");
  run(["check", "startup", "--config", config, "--outfile", profile]);
  const { startTime, endTime }: { startTime: number; endTime: number } = JSON.parse(readFileSync(profile, "utf8"));
  return (endTime - startTime) / 1_000;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

try {
  writeFileSync(helloMain, HELLO);
  writeFileSync(helloConfig, `name = "hello"\nmain = "bench-hello.ts"\ncompatibility_date = "2026-09-01"\nminify = true\n`);
  run(["deploy", "--dry-run", "--outdir", path.join(folder, "ours")]);
  run(["deploy", "--dry-run", "--config", helloConfig, "--outdir", path.join(folder, "hello")]);
  const ours = gzipBytes(path.join(folder, "ours"));
  const baseline = gzipBytes(path.join(folder, "hello"));
  console.log(JSON.stringify({ name: "B12 bundle", unit: "gzip bytes", ours: [ours], baseline: [baseline], ratio_median: Number((ours / baseline).toFixed(1)), rounds: 1, deterministic: { ours, baseline } }));
  const pairs = Array.from({ length: ROUNDS }, () => ({ ours: startupMs("wrangler.toml"), baseline: startupMs(helloConfig) }));
  const ratios = pairs.map((pair) => pair.ours / pair.baseline);
  console.log(JSON.stringify({
    name: "B12 start-up", unit: "ms", ours: pairs.map((pair) => Math.round(pair.ours)), baseline: pairs.map((pair) => Math.round(pair.baseline)),
    ratio_median: Number(median(ratios).toFixed(2)), ratio_min: Number(Math.min(...ratios).toFixed(2)), ratio_max: Number(Math.max(...ratios).toFixed(2)), rounds: ROUNDS,
  }));
} finally {
  for (const file of [helloConfig, helloMain]) rmSync(file, { force: true });
  rmSync(folder, { recursive: true, force: true });
}
