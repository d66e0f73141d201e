// B1: what our middleware, contracts and queries cost over bare Hono doing the same database work, and over a hello, on the same workerd.
import path from "node:path";
import autocannon from "autocannon";
import { build } from "vite";
import { serveBeside } from "./local-worker.ts";

const ROUNDS = 7;
const SECONDS = 3;
const CONNECTIONS = 32;

/** The baseline as one module. */
async function baselineScript(): Promise<string> {
  const built = await build({
    configFile: false, logLevel: "silent", ssr: { noExternal: true, target: "webworker" },
    build: { write: false, ssr: true, minify: true, rollupOptions: { input: path.join(import.meta.dirname, "baseline-worker.ts") } },
  });
  const output = Array.isArray(built) ? built[0] : built;
  const chunk = output && "output" in output ? output.output[0] : undefined;
  if (!chunk || !("code" in chunk)) throw new Error("the baseline was not built");
  return chunk.code;
}

async function rate(url: string, headers: Record<string, string> = {}): Promise<number> {
  const { requests, non2xx } = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, headers });
  if (non2xx > 0) throw new Error(`${url}: ${non2xx} answers were not 2xx`);
  return requests.average;
}

async function p99(url: string): Promise<number> {
  const { latency } = await autocannon({ url, connections: 100, duration: 5, overallRate: 500 });
  return latency.p99;
}

const noHeaders: Record<string, string> = {};
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function signedIn(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: "POST", headers: { origin, "content-type": "application/json" }, body: JSON.stringify({ email: "bench@dailies.example", password: "a long enough password", name: "Bench" }),
  });
  if (!answer.ok) throw new Error(`sign-up: ${answer.status} ${await answer.text()}`);
  return answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
}

const serving = await serveBeside(await baselineScript(), { ours: 8_941, baseline: 8_942 });
try {
  const cookie = await signedIn(serving.origin);
  const pairs = [
    { name: "B1 public route over hello", ours: `${serving.origin}/api/v1/problems`, baseline: `${serving.baseline}/hello`, headers: noHeaders },
    { name: "B1 feed over bare Hono with the same statement", ours: `${serving.origin}/api/v1/feed`, baseline: `${serving.baseline}/feed`, headers: noHeaders },
    { name: "B1 feed over hello", ours: `${serving.origin}/api/v1/feed`, baseline: `${serving.baseline}/hello`, headers: noHeaders },
    { name: "B1 signed-in me over bare Hono with one statement", ours: `${serving.origin}/api/v1/me`, baseline: `${serving.baseline}/session`, headers: { cookie } },
  ];
  for (const pair of pairs) {
    const rounds: { ours: number; baseline: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ ours: await rate(pair.ours, pair.headers), baseline: await rate(pair.baseline) });
    const ratios = rounds.map(({ ours, baseline }) => ours / baseline);
    console.log(JSON.stringify({
      name: pair.name, unit: "requests/s", ours: rounds.map(({ ours }) => Math.round(ours)), baseline: rounds.map(({ baseline }) => Math.round(baseline)),
      ratio_median: Number(median(ratios).toFixed(3)), ratio_min: Number(Math.min(...ratios).toFixed(3)), ratio_max: Number(Math.max(...ratios).toFixed(3)), rounds: ROUNDS,
    }));
  }
  const [ours, baseline] = [await p99(`${serving.origin}/api/v1/problems`), await p99(`${serving.baseline}/hello`)];
  console.log(JSON.stringify({ name: "B1 p99 at 500 requests/s on 100 connections", unit: "ms", ours: [ours], baseline: [baseline], ratio_median: Number((ours / baseline).toFixed(2)), rounds: 1 }));
} finally {
  await serving.stop();
}
