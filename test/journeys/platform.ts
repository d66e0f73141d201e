import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";

const root = path.resolve(import.meta.dirname, "../..");
const READY_MS_MAX = 240_000;

/** A running Dailies of its own: what `npm start` starts, in an empty folder. */
export interface Platform {
  origin: string;
  data: string;
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<number | null>;
}

/** Start the whole platform as a user would and wait until it says that it runs. */
export async function startPlatform(options: { port: number; args?: string[]; env?: Record<string, string>; data?: string }): Promise<Platform> {
  const data = options.data ?? mkdtempSync(path.join(os.tmpdir(), "dailies-journey-"));
  const child = spawn(process.execPath, ["scripts/start.mjs", "--port", String(options.port), "--data", data, ...(options.args ?? ["--no-demo"])], {
    cwd: root, env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => { output += chunk.toString(); });
  const origin = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_MS_MAX);
    child.once("exit", () => reject(new Error(`ended before it was ready:\n${output}`)));
    child.stdout?.on("data", () => {
      const match = /Dailies is running at (\S+)/.exec(output);
      if (!match?.[1]) return;
      clearTimeout(timer);
      resolve(match[1]);
    });
  });
  return { origin, data, output: () => output, stop: () => stop(child, options.data === undefined ? data : null) };
}

async function stop(child: ChildProcess, data: string | null): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => { child.once("exit", resolve); });
  child.kill("SIGINT");
  const code = await ended;
  if (data) rmSync(data, { recursive: true, force: true });
  return code;
}

/** Debian's Chromium (or `CHROMIUM_PATH`), headless and quiet. */
export const openBrowser = (): Promise<Browser> => chromium.launch({
  executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"],
});
