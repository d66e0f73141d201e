import { createReadStream, mkdirSync, rmSync } from "node:fs";
import { rename, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, extname, join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { OutputValue } from "./model.ts";
import { notFound, Problem } from "./problem.ts";
import type { Json } from "./store.ts";

const TYPES: Record<string, string> = {
  ".mp4": "video/mp4",
  ".wav": "audio/wav",
  ".json": "application/json",
  ".vtt": "text/vtt; charset=utf-8",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".glb": "model/gltf-binary",
  ".webm": "video/webm",
  ".mp3": "audio/mpeg",
  ".flac": "audio/flac",
  ".gif": "image/gif",
  ".txt": "text/plain; charset=utf-8",
};

/** The outputs that are waiting to be fetched, one unguessable folder a prediction. */
export class Files {
  private readonly root: string;

  constructor(dataDir: string) {
    this.root = join(dataDir, "files");
    mkdirSync(this.root, { recursive: true });
  }

  /** Moves every file of a model's output from `dir` into `folder` and puts its URL in the file's place. */
  async publish(output: OutputValue, at: { dir: string; folder: string; origin: string }): Promise<Json> {
    if (Array.isArray(output)) return Promise.all(output.map((one) => this.publish(one, at)));
    if (output === null || typeof output !== "object") return output;
    if (isFile(output)) return this.publishFile(output.file, at);
    return Object.fromEntries(await Promise.all(Object.entries(output).map(async ([key, value]) => [key, await this.publish(value, at)] as const)));
  }

  remove(folder: string): void {
    rmSync(join(this.root, folder), { recursive: true, force: true });
  }

  /** Answers `GET` or `HEAD /files/<folder>/<name>`, with ranges. */
  async serve(request: IncomingMessage, response: ServerResponse, at: { folder: string; name: string }): Promise<void> {
    const path = join(this.root, at.folder, at.name);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw notFound("file");
    const range = byteRange(request.headers.range, found.size);
    const headers = {
      "content-type": TYPES[extname(at.name)] ?? "application/octet-stream",
      "content-length": range.end - range.start + 1,
      "accept-ranges": "bytes",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
      ...(range.partial ? { "content-range": `bytes ${range.start}-${range.end}/${found.size}` } : {}),
    };
    response.writeHead(range.partial ? 206 : 200, headers);
    if (request.method === "HEAD" || found.size === 0) {
      response.end();
      return;
    }
    await pipeline(createReadStream(path, { start: range.start, end: range.end }), response);
  }

  private async publishFile(path: string, at: { dir: string; folder: string; origin: string }): Promise<string> {
    const inside = relative(resolve(at.dir), resolve(path));
    if (inside.startsWith("..") || inside === "") throw new Error("an output lies outside of the prediction's folder");
    mkdirSync(join(this.root, at.folder), { recursive: true });
    await rename(path, join(this.root, at.folder, basename(path)));
    return `${at.origin}/files/${at.folder}/${basename(path)}`;
  }
}

function isFile(output: { [key: string]: OutputValue } | { file: string }): output is { file: string } {
  return Object.keys(output).length === 1 && typeof output.file === "string";
}

/** The bytes that a Range header asks for; everything where it asks for none or for several ranges. */
function byteRange(header: string | undefined, size: number): { start: number; end: number; partial: boolean } {
  const whole = { start: 0, end: size - 1, partial: false };
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [, from = "", to = ""] = match ?? [];
  if (from === "" && to === "") return whole;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) throw new Problem(416, "Range not satisfiable", `The file has ${size} bytes.`);
  return { start, end, partial: true };
}
