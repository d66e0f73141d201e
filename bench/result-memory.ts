/**
 * Memory while a large result streams through: a vendor's file of 500 MB comes in pieces and without a length, and is stored, hashed on the way. Prints one JSON
 * line: what workerd held at most above its rest, beside the size. The local stand-in of R2 is in the same process, so this is more than the worker's own. Usage: node bench/result-memory.ts [megabytes]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const root = path.resolve(import.meta.dirname, "..");
const megabytes = Number(process.argv[2] ?? 500);

const folder = mkdtempSync(path.join(tmpdir(), "result-memory-"));
const entry = path.join(root, "bench/.result-memory-entry.ts");
writeFileSync(entry, `import { storeStream } from "../worker/domains/media/storing.ts";
export default { async fetch(request: Request, env: Env) {
  const source = new URL(request.url).searchParams.get("from");
  if (!source) return new Response("ready");
  const answer = await fetch(source);
  return Response.json(await storeStream({ env } as never, { key: "raw/large", body: answer.body as ReadableStream<Uint8Array>, contentType: "video/mp4", bytesMax: 4_000_000_000 }));
} };
`);
const bundle = path.join(folder, "index.js");
const built = spawnSync(path.join(root, "node_modules/.bin/esbuild"), [entry, "--bundle", "--format=esm", "--conditions=workerd", "--external:node:*", "--external:cloudflare:*", `--outfile=${bundle}`], { cwd: root, encoding: "utf8" });
rmSync(entry, { force: true });
if (built.status !== 0) throw new Error(built.stderr);

const piece = Buffer.alloc(1024 * 1024, 7);
const source = createServer((_, response) => {
  response.writeHead(200, { "content-type": "video/mp4" });
  let sent = 0;
  const more = (): void => {
    while (sent < megabytes) {
      sent += 1;
      if (!response.write(piece)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
});
await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));

const worker = { name: "result", modules: [{ type: "ESModule", path: bundle }], modulesRoot: folder, compatibilityDate: "2026-09-01", compatibilityFlags: ["nodejs_compat"], r2Buckets: { MEDIA: "media" } };
const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, resourcePersistencePath: path.join(folder, "state"), workers: [worker] } as Parameters<typeof convertV4MiniflareOptions>[0]));
const residentMib = (): number => execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" }).trim().split("\n")
  .reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0), 0) / 1_024;
try {
  await miniflare.ready;
  const url = (query: string) => `http://localhost/${query}`;
  await (await miniflare.dispatchFetch(url(""))).text();
  const atRest = residentMib();
  let most = atRest;
  const watch = setInterval(() => { most = Math.max(most, residentMib()); }, 50);
  const began = performance.now();
  const outcome = (await (await miniflare.dispatchFetch(url(`?from=http://127.0.0.1:${(source.address() as AddressInfo).port}/`))).json()) as { ok: boolean; object?: { bytes: number } };
  clearInterval(watch);
  console.log(JSON.stringify({
    name: "memory while a result streams through", unit: "MiB above rest", ours: Math.round(most - atRest), baseline: megabytes, ratio: (most - atRest) / megabytes, atRest: Math.round(atRest),
    seconds: Math.round((performance.now() - began) / 1_000), stored: outcome.object?.bytes ?? 0, whole: outcome.ok && outcome.object?.bytes === megabytes * 1024 * 1024,
  }));
} finally {
  await miniflare.dispose();
  source.close();
  rmSync(folder, { recursive: true, force: true });
}
