import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InputError } from "./model.ts";
import type { DownloadLimits } from "./settings.ts";

const MOST_REDIRECTS = 3;

/** Whether inputs and webhooks may name this address. */
export function allowedUrl(text: string, allowedHosts: string[]): URL | null {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "") return null;
  return allowedHosts.length === 0 || allowedHosts.includes(url.host.toLowerCase()) ? url : null;
}

/** An address does not answer, or not with the file: it may, later. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}

/** Downloads `url` to `path` within the limits, every redirect checked anew. Throws `InputError` where that is never allowed, `FetchError` where it may be possible later. */
export async function download(url: string, path: string, limits: DownloadLimits, signal: AbortSignal): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
  try {
    const response = await follow(url, limits.allowedHosts, until);
    if (!response.ok || !response.body) throw new FetchError(`cannot fetch ${shown(url)}: the answer was ${response.status}`);
    if (Number(response.headers.get("content-length") ?? 0) > limits.bytes) throw tooLarge(url, limits);
    await pipeline(response.body, atMost(limits.bytes, () => tooLarge(url, limits)), createWriteStream(path), { signal: until });
  } catch (error) {
    await rm(path, { force: true });
    if (error instanceof InputError || error instanceof FetchError) throw error;
    signal.throwIfAborted();
    throw new FetchError(until.aborted ? `cannot fetch ${shown(url)}: it took longer than ${limits.timeoutMs / 1000} s` : `cannot fetch ${shown(url)}: the host does not answer`);
  }
}

async function follow(url: string, allowedHosts: string[], signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const target = allowedUrl(at, allowedHosts);
    if (!target) throw new InputError(`may not fetch ${shown(at)}: only http and https addresses of allowed hosts`);
    const response = await fetch(target, { redirect: "manual", signal });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    at = new URL(location, target).href;
  }
  throw new InputError(`cannot fetch ${shown(url)}: too many redirects`);
}

function atMost(bytes: number, refuse: () => Error): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      done(seen > bytes ? refuse() : null, chunk);
    },
  });
}

const tooLarge = (url: string, limits: DownloadLimits): InputError => new InputError(`cannot fetch ${shown(url)}: larger than ${Math.floor(limits.bytes / 1024 / 1024)} MB`);

/** An address without its query, which may hold a signature. */
const shown = (url: string): string => url.split("?", 1)[0]?.slice(0, 200) ?? "";
