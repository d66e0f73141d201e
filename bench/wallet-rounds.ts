/** Alternating rounds of load, and the ratio of what was served. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const autocannon = path.resolve(import.meta.dirname, "../node_modules/autocannon/autocannon.js");

/** Requests per second that a URL answers to so many clients, each waiting for its answer. Fails where any answer is not 2xx. */
export async function load(url: string, { clients, seconds }: { clients: number; seconds: number }): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [autocannon, "-j", "-n", "-m", "POST", "-c", String(clients), "-d", String(seconds), url], { maxBuffer: 1 << 24 });
  const result = JSON.parse(stdout) as { "2xx": number; non2xx: number; errors: number; duration: number };
  if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return result["2xx"] / result.duration;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Prints one JSON line: what we did, what the baseline did in the same rounds, and the ratio. */
export function report(name: string, ours: number[], baseline: number[], conditions: Record<string, unknown>): void {
  const ratios = ours.map((value, round) => value / (baseline[round] ?? Number.NaN));
  console.log(JSON.stringify({
    name, unit: "cycles/s", ours: ours.map(Math.round), baseline: baseline.map(Math.round), ratio_median: rounded(median(ratios)),
    ratio_min: rounded(Math.min(...ratios)), ratio_max: rounded(Math.max(...ratios)), rounds: ours.length, deterministic: conditions,
  }));
}
