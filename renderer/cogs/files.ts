import { writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { allowedUrl, download } from "../download.ts";
import { InputError, type OutputValue } from "../model.ts";
import type { DownloadLimits } from "../settings.ts";

/** The ending of a file by its type. */
const ENDINGS: Readonly<Record<string, string>> = {
  "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/avif": ".avif", "image/gif": ".gif", "video/mp4": ".mp4", "video/webm": ".webm", "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/mpeg": ".mp3", "audio/flac": ".flac",
  "application/json": ".json", "text/plain": ".txt", "text/vtt": ".vtt", "model/gltf-binary": ".glb",
};
const FILES_MAX = 200;
const DEPTH_MAX = 20;
/** Text that names a place: `scheme://`. */
const PLACE = /^[a-z][a-z0-9+.-]{0,20}:\/\//i;

/** Throws `InputError` where an input names a place that may not be read: the container fetches them itself. */
export function checkInput(input: unknown, allowedHosts: string[]): void {
  if (typeof input === "string" && PLACE.test(input) && !allowedUrl(input, allowedHosts)) throw new InputError("an input names an address that may not be fetched: only http and https addresses of allowed hosts");
  if (typeof input === "object" && input !== null) for (const value of Object.values(input)) checkInput(value, allowedHosts);
}

/** An output with its files in `dir`: those that it has within, as data URLs, and those that lie at the container itself. Whatever is elsewhere stays the text that it is. */
export async function takeFiles(output: unknown, { dir, origin, limits, signal }: { dir: string; origin: string; limits: DownloadLimits; signal: AbortSignal }): Promise<OutputValue> {
  let files = 0;
  const place = (ending: string): string => {
    files += 1;
    if (files > FILES_MAX) throw new Error(`the container answered with more than ${FILES_MAX} files`);
    return join(dir, `output-${files}${ending}`);
  };
  const take = async (value: unknown, depth: number): Promise<OutputValue> => {
    if (depth > DEPTH_MAX) throw new Error("the container's output is nested too deeply");
    if (typeof value === "string") return (await takeData(value)) ?? (await takeOwn(value)) ?? value;
    if (value === null || typeof value === "number" || typeof value === "boolean") return value;
    if (Array.isArray(value)) {
      const all: OutputValue[] = [];
      for (const each of value) all.push(await take(each, depth + 1));
      return all;
    }
    const entries: [string, OutputValue][] = [];
    for (const [key, each] of Object.entries(value ?? {})) entries.push([key, await take(each, depth + 1)]);
    return Object.fromEntries(entries);
  };
  const takeData = async (text: string): Promise<OutputValue | null> => {
    const head = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w.+-]+=[^;,]*)*)(;base64)?,/i.exec(text.slice(0, 300));
    if (!head) return null;
    const body = text.slice(head[0].length);
    const bytes = head[3] === undefined ? Buffer.from(decodeURIComponent(body)) : Buffer.from(body, "base64");
    if (bytes.length > limits.bytes) throw new Error(`the container answered with a file of more than ${Math.floor(limits.bytes / 1024 / 1024)} MB`);
    const file = place(ENDINGS[(head[1] ?? "").toLowerCase()] ?? ".bin");
    await writeFile(file, bytes);
    return { file };
  };
  const takeOwn = async (text: string): Promise<OutputValue | null> => {
    const url = PLACE.test(text) ? URL.parse(text) : null;
    if (url === null || url.origin !== new URL(origin).origin) return null;
    const ending = extname(url.pathname).toLowerCase();
    const file = place(/^\.[a-z0-9]{1,8}$/.test(ending) ? ending : ".bin");
    await download(text, file, { ...limits, allowedHosts: [url.host.toLowerCase()] }, signal);
    return { file };
  };
  return take(output, 0);
}
