// B12: size and start-up of the worker, beside a bare Hono hello built and measured in the same run; what it loads later; and what each provider's adapter adds.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { writeDeployedConfig } from "../scripts/local/deployed.mjs";
import { sizesOf } from "../scripts/local/modules.mjs";

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

interface Metafile { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> }

/** Minified bytes of each provider's files, before compression: what the gzip of a single file would be says nothing about a bundle. */
function bytesByAdapter(metafile: string): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const { inputs } of Object.values((JSON.parse(readFileSync(metafile, "utf8")) as Metafile).outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name] = /generation\/providers\/(?:webhooks\/)?([a-z]+(?:-(?:ai|cloud))?)[a-z-]*\.ts$/.exec(file) ?? [];
      if (name) bytes[name] = (bytes[name] ?? 0) + bytesInOutput;
    }
  }
  return Object.fromEntries(Object.entries(bytes).toSorted(([, a], [, b]) => b - a));
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
  const metafile = path.join(folder, "meta.json");
  execFileSync(process.execPath, [path.join(root, "scripts/local/bundle.mjs"), "worker/index.ts", ".build/api", metafile], { cwd: root });
  const deployed = writeDeployedConfig(root);
  run(["deploy", "--dry-run", "--config", helloConfig, "--outdir", path.join(folder, "hello")]);
  const modules = sizesOf(path.join(root, ".build/api"));
  const sum = (starts: boolean) => modules.reduce((total, { bytes, startsWith }) => total + (startsWith === starts ? bytes : 0), 0);
  const ours = sum(true);
  const baseline = gzipBytes(path.join(folder, "hello"));
  console.log(JSON.stringify({ name: "B12 bundle", unit: "gzip bytes", ours: [ours], baseline: [baseline], ratio_median: Number((ours / baseline).toFixed(1)), rounds: 1, deterministic: { ours, baseline, later: sum(false) } }));
  console.log(JSON.stringify({ name: "B12 adapters", unit: "minified bytes", ...bytesByAdapter(metafile) }));
  const pairs = Array.from({ length: ROUNDS }, () => ({ ours: startupMs(deployed), baseline: startupMs(helloConfig) }));
  const ratios = pairs.map((pair) => pair.ours / pair.baseline);
  console.log(JSON.stringify({
    name: "B12 start-up", unit: "ms", ours: pairs.map((pair) => Math.round(pair.ours)), baseline: pairs.map((pair) => Math.round(pair.baseline)),
    ratio_median: Number(median(ratios).toFixed(2)), ratio_min: Number(Math.min(...ratios).toFixed(2)), ratio_max: Number(Math.max(...ratios).toFixed(2)), rounds: ROUNDS,
  }));
} finally {
  for (const file of [helloConfig, helloMain]) rmSync(file, { force: true });
  rmSync(folder, { recursive: true, force: true });
}
