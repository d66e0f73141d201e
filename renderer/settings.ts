import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type CogSettings, readCogs } from "./cogs/config.ts";

/** What an operator may decide. Sizes in bytes, times in milliseconds. */
export interface Settings {
  host: string;
  port: number;
  dataDir: string;
  /** Who may call: the bearer token. */
  token: string;
  /** Signs webhooks: `whsec_` and base64. */
  webhookSecret: string;
  /** Origin that output URLs begin with; null: the address that the server listens on. */
  publicUrl: string | null;
  concurrency: number;
  /** Predictions that may wait; one more is refused. */
  queueLimit: number;
  bodyBytes: number;
  predictionTimeoutMs: number;
  /** Outputs, inputs and logs go away this long after completion. */
  keepMs: number;
  download: DownloadLimits;
  /** Containers that Cog built, by the names of the models that they are. */
  cogs: ReadonlyMap<string, CogSettings>;
  /** Origin by which they reach the renderer; null: the one that output URLs begin with. */
  cogCallbackUrl: string | null;
}

export interface DownloadLimits {
  bytes: number;
  timeoutMs: number;
  /** Host names, with port where it is not the scheme's own, that inputs and webhooks may name; empty: any. */
  allowedHosts: string[];
}

/** Reads command line and environment. Throws a sentence for the operator. */
export function readSettings(argv: string[], env: NodeJS.ProcessEnv): Settings {
  const { values } = parseArgs({
    args: argv,
    options: { port: { type: "string", default: "8790" }, host: { type: "string", default: "127.0.0.1" }, data: { type: "string" } },
  });
  const token = env.RENDERER_TOKEN ?? "";
  const webhookSecret = env.RENDERER_WEBHOOK_SECRET ?? "";
  if (!values.data) throw new Error("say with --data where the renderer keeps its files");
  if (token.length < 16) throw new Error("set RENDERER_TOKEN to a secret of at least 16 characters");
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(webhookSecret)) throw new Error("set RENDERER_WEBHOOK_SECRET to whsec_ and the base64 of at least 24 random bytes");
  return {
    host: values.host,
    port: wholeNumber("--port", values.port, 0, 65_535),
    dataDir: values.data,
    token,
    webhookSecret,
    publicUrl: env.RENDERER_PUBLIC_URL?.replace(/\/$/, "") ?? null,
    concurrency: wholeNumber("RENDERER_CONCURRENCY", env.RENDERER_CONCURRENCY ?? String(availableParallelism()), 1, 256),
    queueLimit: wholeNumber("RENDERER_QUEUE_LIMIT", env.RENDERER_QUEUE_LIMIT ?? "1000", 1, 100_000),
    bodyBytes: 2 * 1024 * 1024,
    predictionTimeoutMs: 1000 * wholeNumber("RENDERER_TIMEOUT_SECONDS", env.RENDERER_TIMEOUT_SECONDS ?? "1800", 1, 86_400),
    keepMs: 1000 * wholeNumber("RENDERER_KEEP_SECONDS", env.RENDERER_KEEP_SECONDS ?? "3600", 1, 86_400),
    download: {
      bytes: 1024 * 1024 * wholeNumber("RENDERER_DOWNLOAD_MB", env.RENDERER_DOWNLOAD_MB ?? "1024", 1, 1_000_000),
      timeoutMs: 1000 * wholeNumber("RENDERER_DOWNLOAD_SECONDS", env.RENDERER_DOWNLOAD_SECONDS ?? "120", 1, 3600),
      allowedHosts: (env.RENDERER_ALLOWED_HOSTS ?? "").split(",").map((host) => host.trim().toLowerCase()).filter((host) => host !== ""),
    },
    cogs: readCogs(env.RENDERER_COGS),
    cogCallbackUrl: env.RENDERER_COG_CALLBACK_URL?.replace(/\/$/, "") ?? null,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${name} is "${text}": give a whole number from ${least} to ${most}`);
  return value;
}
